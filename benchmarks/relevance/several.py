"""Measure how near several indexes, searched as one, come to one index of all documents.

    python benchmarks/relevance/several.py FOLDER... --markdown several.md

Each FOLDER is a collection (see collection.py). Its documents are split over several indexes: at
random, or the shorter ones here and the longer ones there, which is the hardest split there is for
the average length of a field. The last rows have every collection in an index of its own. What is
found by ``MultiSearcher``, and by merging what each index finds by its own scores, is compared with
what one index finds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from statistics import fmean
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, Query, read_collection, union
from benchmarks.relevance.measures import mean, measure
from searchlib import Index, MultiSearcher, Schema, Searcher, Text

_DEPTH = 10
#: What a query finds: id and score of each hit.
Ranking = list[tuple[str, float]]
Documents = Sequence[Mapping[str, str]]
_COLUMNS = (
    ["collection", "split", "searched"],
    ["nDCG@10", "same top 10", "of its 10", "score differs", "CPU ms"],
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--queries", type=int, default=300, help="at most so many a collection")
    parser.add_argument("--markdown", type=Path, help="write the table here")
    options = parser.parse_args()
    collections = [read_collection(folder) for folder in options.folders]
    table = [
        f"| {' | '.join(_COLUMNS[0] + _COLUMNS[1])} |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    print(*table, sep="\n")
    for row in _rows(collections, options.queries):
        table.append(row)
        print(row, flush=True)
    if options.markdown:
        names = " ".join(one.name for one in collections)
        command = f"python benchmarks/relevance/several.py {names} --queries {options.queries}"
        options.markdown.write_text(
            f"# Several indexes\n\n{heading(command)}\n" + "\n".join(table) + "\n", "utf-8"
        )


def _rows(collections: Sequence[Collection], most: int) -> Iterator[str]:
    random = Random(1)
    for one in collections:
        shuffled = random.sample(one.documents, len(one.documents))
        by_length = sorted(one.documents, key=lambda each: len(each["title"] + each["text"]))
        half = len(by_length) // 2
        splits = {
            "2 at random": [shuffled[n::2] for n in range(2)],
            "8 at random": [shuffled[n::8] for n in range(8)],
            "short, long": [by_length[:half], by_length[half:]],
        }
        queries = random.sample(one.queries, min(most, len(one.queries)))
        yield from _compared(one, queries, splits)
    if len(collections) > 1:
        whole = union(list(collections))
        apart = [
            [each for each in whole.documents if each["id"].startswith(f"{one.name}/")]
            for one in collections
        ]
        queries = random.sample(whole.queries, min(most, len(whole.queries)))
        yield from _compared(whole, queries, {"each collection": apart})


def _compared(
    collection: Collection, queries: Sequence[Query], splits: Mapping[str, Sequence[Documents]]
) -> Iterator[str]:
    languages = collection.languages
    one = _index(collection.documents, languages)
    expected, took = _searched(partial(_found, one), queries)
    yield _row(collection, queries, "", "one index", expected, expected, took)
    for name, split in splits.items():
        indexes = {f"part {n}": _index(part, languages) for n, part in enumerate(split)}
        searcher = MultiSearcher(indexes)
        found, took = _searched(partial(_found, searcher), queries)
        yield _row(collection, queries, name, "MultiSearcher", found, expected, took)
        found, took = _searched(partial(_merged, indexes), queries)
        yield _row(collection, queries, name, "own scores", found, expected, took)


def _index(documents: Documents, languages: Sequence[str]) -> Index:
    index = Index(Schema({"title": Text(weight=1.5), "text": Text()}, languages=languages))
    kept = ("id", "title", "text")
    index.add({key: one[key] for key in kept} for one in documents).raise_for_rejected()
    return index


def _searched(
    search: Callable[[str], Ranking], queries: Sequence[Query]
) -> tuple[dict[str, Ranking], float]:
    """What each query finds, and the mean milliseconds of a core that it takes."""
    started = process_time()
    found = {query.id: search(query.text) for query in queries}
    return found, 1000 * (process_time() - started) / len(queries)


def _found(searcher: Searcher, text: str) -> Ranking:
    return [(hit.id, hit.score or 0.0) for hit in searcher.search(text, limit=_DEPTH)]


def _merged(indexes: Mapping[str, Searcher], text: str) -> Ranking:
    hits = [hit for index in indexes.values() for hit in _found(index, text)]
    return sorted(hits, key=lambda hit: -hit[1])[:_DEPTH]


def _row(
    collection: Collection,
    queries: Sequence[Query],
    split: str,
    searched: str,
    found: Mapping[str, Ranking],
    expected: Mapping[str, Ranking],
    took: float,
) -> str:
    ids = {query: [document for document, _ in hits] for query, hits in found.items()}
    wanted = {query: [document for document, _ in hits] for query, hits in expected.items()}
    judgements = {query.id: collection.judgements[query.id] for query in queries}
    quality = mean(measure(ids, judgements)["nDCG@10"])
    same = fmean(ids[query] == wanted[query] for query in ids)
    common = fmean(
        len({*ids[query]} & {*wanted[query]}) / max(len(wanted[query]), 1) for query in ids
    )
    differences = [
        abs(score / scores[document] - 1)
        for query, hits in found.items()
        for scores in [dict(expected[query])]
        for document, score in hits
        if scores.get(document)
    ]
    differs = 100 * fmean(differences or [0.0])
    return (
        f"| {collection.name} | {split} | {searched} | {quality:.4f} | {same:.3f} | {common:.3f} "
        f"| {differs:.2f} % | {took:.1f} |"
    )


if __name__ == "__main__":
    main()
