"""Measure what short queries with their marks typed find: words that differ by marks alone.

    python benchmarks/relevance/short.py FOLDER [--markdown FILE]

FOLDER is a collection (see collection.py) or holds some. Drawn at random are words, and pairs of
adjacent words, that stand in at least ten documents exactly so and whose letters without marks have
another spelling too. The figure is the share of the ten best hits that hold exactly what was typed.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance.collection import Collection, find_collections, read_collection
from benchmarks.relevance.programs import index_of, parser, write_page
from searchlib import Index
from searchlib.analysis import has_marks
from searchlib.languages import analyzer

DEPTH = 10
_SEED = 1


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--queries", type=int, default=300, help="at most so many of each length")
    options = made.parse_args()
    lines = [
        "| collection | one word | queries | two words | queries |",
        "|---|---|---|---|---|",
    ]
    for path in find_collections(options.folder):
        collection = read_collection(path)
        if len(collection.languages) == 1:
            cells = [cell for size in (1, 2) for cell in _row(collection, size, options.queries)]
            if any(cell != "–" for cell in cells):
                lines.append(f"| {collection.name} | {' | '.join(cells)} |")
    if len(lines) == 2:
        sys.exit(f"no ambiguous words with marks below {options.folder}")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER"
        if options.queries != made.get_default("queries"):
            command += f" --queries {options.queries}"
        write_page(options.markdown, "Short queries with marks", command, table)


def _row(collection: Collection, size: int, queries: int) -> tuple[str, str]:
    chosen, holders = ambiguous(collection, size, queries)
    if not chosen:
        return "–", "0"
    index = index_of(collection)
    shares = [share(index, form, holders) for form in chosen]
    return f"{fmean(shares):.3f}", str(len(chosen))


def ambiguous(
    collection: Collection, size: int, queries: int | None
) -> tuple[Sequence[str], dict[str, set[str]]]:
    """Return forms of so many words that differ from others by marks alone, drawn at random, and
    form → ids of the documents that hold it as written."""
    holders = _holders(collection, size)
    spellings = Counter(_folded(collection, form) for form in holders)
    chosen = sorted(
        form
        for form, ids in holders.items()
        if len(ids) >= DEPTH and has_marks(form) and spellings[_folded(collection, form)] > 1
    )
    return Random(_SEED).sample(chosen, min(queries or len(chosen), len(chosen))), holders


def share(index: Index, form: str, holders: dict[str, set[str]]) -> float:
    """Return the share of the best hits that hold exactly a form."""
    return fmean(found in holders[form] for found in index.search(form, limit=DEPTH).ids)


def _holders(collection: Collection, size: int) -> dict[str, set[str]]:
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for document in collection.documents:
        for name in ("title", "text"):
            for form in _sequences(collection, document[name], size):
                holders[form].add(document["id"])
    return holders


def _sequences(collection: Collection, text: str, size: int) -> Iterator[str]:
    tokens = analyzer(collection.languages[0]).tokens(text)
    words = [token.written for token in tokens]
    yield from words if size == 1 else map(" ".join, pairwise(words))


def _folded(collection: Collection, form: str) -> str:
    return " ".join(token.folded for token in analyzer(collection.languages[0]).tokens(form))


if __name__ == "__main__":
    main()
