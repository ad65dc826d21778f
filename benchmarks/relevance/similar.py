"""Measure what documents like a document are found.

    python benchmarks/relevance/similar.py FOLDER [--markdown FILE]

FOLDER holds collections (see collection.py). Documents that are relevant to one query are like each
other: of each query with two or more of them, each document in turn, five at the most, is the one
given. The figure is the share of the others that the ten best hold, as far as ten can hold them.

Besides more_like: the whole text as a query, and tantivy's own query over the view that counts by
BM25, with the values it has if nothing is said, and with those that suit short texts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, find_collections, read_collection
from searchlib import Index, Match, Schema, Text
from searchlib import _tantivy as tantivy
from searchlib.languages import analyzer

_DEPTH = 10
_GIVEN = 5  # documents of one query

Find = Callable[[str, str], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=100, help="at most so many a collection")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    lines: list[str] = []
    for path in find_collections(options.folder):
        collection = read_collection(path)
        groups = _groups(collection)[: options.queries]
        if len(groups) < 10 or len(collection.languages) > 1:
            continue
        index = _indexed(collection)
        ways = _ways(index, collection)
        if not lines:
            lines.append(f"| collection | given | {' | '.join(ways)} |")
            lines.append("|---" * (2 + len(ways)) + "|")
        cells = [_cell(collection, groups, find) for find in ways.values()]
        given = sum(min(len(group), _GIVEN) for group in groups)
        lines.append(f"| {collection.name} | {given} | {' | '.join(cells)} |")
        print(lines[-1], file=sys.stderr)
    if not lines:
        sys.exit(f"no collection below {options.folder} has queries with two relevant documents")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER"
        note = "Share of the others found, and milliseconds a document (median of one run).\n"
        text = f"# Documents like a document\n\n{heading(command)}\n{note}\n{table}"
        options.markdown.write_text(text, "utf-8")


def _groups(collection: Collection) -> list[list[str]]:
    """The relevant documents of each query that has several."""
    known = {document["id"] for document in collection.documents}
    found = [
        sorted(one for one, grade in grades.items() if grade > 0 and one in known)
        for grades in collection.judgements.values()
    ]
    return [group for group in found if len(group) > 1]


def _indexed(collection: Collection) -> Index:
    schema = Schema({"title": Text(weight=1.5), "text": Text()}, languages=collection.languages)
    index = Index(schema)
    kept = ("id", "title", "text")
    index.add({key: one[key] for key in kept} for one in collection.documents).raise_for_rejected()
    return index


def _ways(index: Index, collection: Collection) -> dict[str, Find]:
    code = collection.languages[0]
    view = analyzer(code).language.plain.main.value
    searcher = index.searcher()._snapshot()
    field = f"_text.{view}"

    def whole(document: str, text: str) -> list[str]:
        return list(index.search(Match(text), limit=_DEPTH + 1, typos=False).ids)

    def theirs(documents: int = 5, times: int = 2) -> Find:
        def find(document: str, text: str) -> list[str]:
            terms = getattr(analyzer(code).views(text), view)
            query = tantivy.Query.more_like_this_document_fields_query(
                searcher.schema,
                {field: [terms]},
                min_doc_frequency=documents,
                min_term_frequency=times,
            )
            _, page = searcher.search(query, limit=_DEPTH + 1, offset=0)
            return [searcher.document(address).id for _, address in page]

        return find

    return {
        "more_like": lambda document, text: list(index.more_like(document, limit=_DEPTH).ids),
        "whole text": whole,
        "tantivy's": theirs(),
        "tantivy's, 2 documents, once": theirs(documents=2, times=1),
    }


def _cell(collection: Collection, groups: list[list[str]], find: Find) -> str:
    texts = {one["id"]: f"{one['title']}\n{one['text']}" for one in collection.documents}
    shares, times = [], []
    for group in groups:
        for given in group[:_GIVEN]:
            others = set(group) - {given}
            started = perf_counter()
            found = find(given, texts[given])
            times.append(perf_counter() - started)
            best = [one for one in found if one != given][:_DEPTH]
            shares.append(len(others.intersection(best)) / min(len(others), _DEPTH))
    times.sort()
    return f"{fmean(shares):.3f} ({1000 * times[len(times) // 2]:.1f} ms)"


if __name__ == "__main__":
    main()
