"""Measure how well words that are looked for in one of two fields rank.

    python benchmarks/relevance/named_field.py FOLDER [--queries N] [--markdown FILE]

FOLDER holds collections (see collection.py); those in one language count whose documents mostly
have titles. Each is indexed twice: title and text together, as searchlib does, where pairs of words
are those of both, so that in one field they are asked for as phrases; and apart, which fields do
that weigh less than half, each with its own pairs. All words of a query are looked for in the title
alone, and in the text alone: nDCG@10, and p of a paired t test of all queries against the first
row. In a cell, * stands for p < 0.05 in its column and ** for p < 0.01.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance.collection import Collection, Query, sample
from benchmarks.relevance.lab import table
from benchmarks.relevance.lab_studies import Row
from benchmarks.relevance.measures import measure
from benchmarks.relevance.programs import (
    add_collections,
    chosen_collections,
    index_of,
    parser,
    write_page,
)
from benchmarks.relevance.settings import WITHOUT_PAIRS, Change
from searchlib import Index, Match

_FIELDS: Final = ("title", "text")
_APART: Final = 0.4  # a weight by which a field is not indexed together with others
_DEPTH: Final = 10


def main() -> None:
    made = parser(__doc__)
    add_collections(made)
    made.add_argument("--queries", type=int, help="at most so many a collection")
    options = made.parse_args()
    columns: dict[str, list[Row]] = {}
    for collection in chosen_collections(options):
        titled = sum(bool(one["title"]) for one in collection.documents)
        if len(collection.languages) > 1 or titled < len(collection.documents) / 2:
            continue
        queries = sample(collection.queries, options.queries)
        together, apart = index_of(collection), index_of(collection, _APART, _APART)
        for field in _FIELDS:
            columns[f"{collection.name}, {field}"] = list(
                _rows(together, apart, field, collection, queries)
            )
        print(f"{collection.name} done", file=sys.stderr)
    if not columns:
        sys.exit(f"no collection below {options.folder} is in one language and has titles")
    text = table(columns)
    print(text)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER"
        command += f" --queries {options.queries}" if options.queries is not None else ""
        about = __doc__.partition("titles. ")[2].strip()
        write_page(options.markdown, "Words in a named field", command, f"{about}\n\n{text}")


def _rows(
    together: Index, apart: Index, field: str, collection: Collection, queries: Sequence[Query]
) -> Iterator[Row]:
    judgements = {query.id: collection.judgements[query.id] for query in queries}
    ways: dict[str, tuple[Index, Change]] = {
        "pairs of the field": (apart, lambda code: nullcontext()),
        "phrases": (together, lambda code: nullcontext()),
        "neither": (together, WITHOUT_PAIRS),
    }
    for label, (index, change) in ways.items():
        index.searcher()._snapshot().kept.clear()  # the queries as they were compiled before
        with change(collection.languages[0]):
            ranked = {
                query.id: index.search(Match(query.text, field), limit=_DEPTH).ids
                for query in queries
            }
        values = measure(ranked, judgements)["nDCG@10"]
        yield Row(label, np.array([values[query.id] for query in queries]))


if __name__ == "__main__":
    main()
