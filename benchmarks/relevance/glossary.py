"""Measure what a small glossary gives: does a question find the paragraph in another language?

    python benchmarks/relevance/glossary.py FOLDER [--markdown FILE] [--weights]

FOLDER holds the collections xquad-en, xquad-vi and xquad-es (see collection.py): the same
paragraphs and the same questions in three languages, indexed as one. Of each question that holds a
term of glossary.csv, written by hand beside this program, two things are measured:

- across: nDCG@10 and Recall@10 among the paragraphs of another language alone, where the one with
  the same number answers it;
- own: nDCG@10 among all paragraphs of all languages, where the one in its own language counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, Query, read_collection
from benchmarks.relevance.measures import measure, p_value
from searchlib import Glossary, Index, Schema, Text
from searchlib.engine import synonyms
from searchlib.glossary import folded_words

_LANGUAGES = ("en", "vi", "es")
_TERMS = Path(__file__).with_name("glossary.csv")
_WEIGHTS = (0.4, 0.6, 0.75, 0.9, 1.0, 1.25)


class Figures(NamedTuple):
    """Query → value, with and without a glossary."""

    ndcg: dict[str, float]
    found: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", action="store_true", help="compare weights of a synonym too")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    options = parser.parse_args()
    collections = {code: read_collection(options.folder / f"xquad-{code}") for code in _LANGUAGES}
    glossary = Glossary.from_csv(_TERMS)
    index = _indexed(collections)
    tables = ["\n".join(_overview(index, collections, glossary))]
    if options.weights:
        tables.append("\n".join(_weights(index, collections, glossary)))
    text = "\n\n".join(tables) + "\n"
    print(text)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER --weights"
        title = f"# A glossary of {len(glossary)} concepts"
        options.markdown.write_text(f"{title}\n\n{heading(command)}\n{text}", "utf-8")


def _indexed(collections: dict[str, Collection]) -> Index:
    index = Index(Schema({"text": Text()}, languages=_LANGUAGES))
    for code, collection in collections.items():
        index.add(
            ({"id": f"{code}/{one['id']}", "text": one["text"]} for one in collection.documents),
            language=code,
        ).raise_for_rejected()
    return index


def _overview(
    index: Index, collections: dict[str, Collection], glossary: Glossary
) -> Iterator[str]:
    cells = "questions in | paragraphs in | questions | nDCG@10 without | with"
    yield f"| {cells} | Recall@10 without | with | p of nDCG |"
    yield "|---|---|---|---|---|---|---|---|"
    for code in _LANGUAGES:
        queries = _with_terms(collections[code], glossary)
        for other in [*(one for one in _LANGUAGES if one != code), None]:
            before = _figures(index, collections[code], queries, other, None)
            after = _figures(index, collections[code], queries, other, glossary)
            differences = [after.ndcg[one] - before.ndcg[one] for one in before.ndcg]
            yield (
                f"| {code} | {other or 'all, own counts'} | {len(queries)} "
                f"| {fmean(before.ndcg.values()):.4f} | {fmean(after.ndcg.values()):.4f} "
                f"| {fmean(before.found.values()):.4f} | {fmean(after.found.values()):.4f} "
                f"| {p_value(differences):.4f} |"
            )


def _weights(index: Index, collections: dict[str, Collection], glossary: Glossary) -> Iterator[str]:
    yield "| weight of a synonym | across, nDCG@10 | across, Recall@10 | own, nDCG@10 |"
    yield "|---|---|---|---|"
    kept = synonyms._SYNONYM
    queries = {code: _with_terms(one, glossary) for code, one in collections.items()}
    for weight in (0.0, *_WEIGHTS):
        synonyms._SYNONYM = weight  # type: ignore[misc]  # what is measured
        given = glossary if weight else None
        across: list[Figures] = []
        own: list[Figures] = []
        for code, collection in collections.items():
            own.append(_figures(index, collection, queries[code], None, given))
            for other in _LANGUAGES:
                if other != code:
                    across.append(_figures(index, collection, queries[code], other, given))
        name = f"{weight:g}" if weight else "no glossary"
        name = f"**{name}**" if weight == kept else name
        cells = [_mean(across, "ndcg"), _mean(across, "found"), _mean(own, "ndcg")]
        yield f"| {name} | {' | '.join(f'{cell:.4f}' for cell in cells)} |"
    synonyms._SYNONYM = kept  # type: ignore[misc]


def _mean(figures: Sequence[Figures], name: str) -> float:
    return fmean(fmean(getattr(one, name).values()) for one in figures)


def _with_terms(collection: Collection, glossary: Glossary) -> list[Query]:
    """The questions that hold a term."""
    words = {query.id: folded_words(query.text).split() for query in collection.queries}
    return [
        query
        for query in collection.queries
        if any(glossary.longest(words[query.id], place) for place in range(len(words[query.id])))
    ]


def _figures(
    index: Index,
    collection: Collection,
    queries: Sequence[Query],
    other: str | None,
    glossary: Glossary | None,
) -> Figures:
    """Ask each question, for the paragraphs of another language or for all."""
    where = {"_language": other} if other else None
    rankings: dict[str, Sequence[str]] = {}
    judgements: dict[str, dict[str, int]] = {}
    for query in queries:
        found = index.search(query.text, where=where, glossary=glossary)
        rankings[query.id] = found.ids
        judgements[query.id] = {
            f"{other or query.language}/{document}": grade
            for document, grade in collection.judgements[query.id].items()
        }
    recall = {
        one: float(any(judgements[one].get(document) for document in rankings[one]))
        for one in rankings
    }
    return Figures(measure(rankings, judgements)["nDCG@10"], recall)


if __name__ == "__main__":
    main()
