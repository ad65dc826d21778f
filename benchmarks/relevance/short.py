"""Measure what short queries with their marks typed find: words that differ by marks alone.

    python benchmarks/relevance/short.py FOLDER [--markdown FILE]

FOLDER is a collection (see collection.py) or holds some. Drawn at random are words, and pairs of
adjacent words, that stand in at least ten documents exactly so and whose letters without marks have
another spelling too. The figure is the share of the ten best hits that hold exactly what was typed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, find_collections, read_collection
from searchlib import Index, Schema, Text
from searchlib.analysis import has_marks
from searchlib.languages import analyzer

_DEPTH = 10
_SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=300, help="at most so many of each length")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
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
        text = f"# Short queries with marks\n\n{heading(command)}\n{table}"
        options.markdown.write_text(text, "utf-8")


def _row(collection: Collection, size: int, queries: int) -> tuple[str, str]:
    holders, spellings = _forms(collection, size)
    chosen = sorted(
        form
        for form, ids in holders.items()
        if len(ids) >= _DEPTH and has_marks(form) and spellings[_folded(collection, form)] > 1
    )
    if not chosen:
        return "–", "0"
    chosen = Random(_SEED).sample(chosen, min(queries, len(chosen)))
    index = Index(
        Schema({"title": Text(weight=1.5), "text": Text()}, languages=collection.languages)
    )
    kept = ("id", "title", "text")
    index.add({key: one[key] for key in kept} for one in collection.documents).raise_for_rejected()
    shares = [
        fmean(found in holders[form] for found in index.search(form, limit=_DEPTH).ids)
        for form in chosen
    ]
    return f"{fmean(shares):.3f}", str(len(chosen))


def _forms(collection: Collection, size: int) -> tuple[dict[str, set[str]], Counter[str]]:
    """Return form as written → ids of the documents that hold it, and folded → how many forms."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for document in collection.documents:
        for name in ("title", "text"):
            for form in _sequences(collection, document[name], size):
                holders[form].add(document["id"])
    return holders, Counter(_folded(collection, form) for form in holders)


def _sequences(collection: Collection, text: str, size: int) -> Iterator[str]:
    tokens = analyzer(collection.languages[0]).tokens(text)
    words = [token.written for token in tokens]
    yield from words if size == 1 else map(" ".join, pairwise(words))


def _folded(collection: Collection, form: str) -> str:
    return " ".join(token.folded for token in analyzer(collection.languages[0]).tokens(form))


if __name__ == "__main__":
    main()
