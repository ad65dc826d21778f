"""Show what each view of the text adds to the ranking: nDCG@10 with some views left out.

    python benchmarks/relevance/views.py FOLDER [--markdown FILE]

FOLDER is a collection (see collection.py) or holds some. An index is made once for each; only the
the weights that a query gives to the views differ from column to column.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, find_collections, read_collection
from benchmarks.relevance.measures import mean, measure
from benchmarks.relevance.variants import vary
from searchlib import Index, Schema, Text
from searchlib.analysis import Language, Weights
from searchlib.languages import analyzer

_MEASURE = "nDCG@10"
_VARIANTS = ("typed", "unmarked")


def _only(weights: Weights) -> Callable[[Language], Language]:
    return lambda language: replace(language, plain=weights, marked=weights)


def _without_pairs(language: Language) -> Language:
    return replace(
        language, plain=replace(language.plain, pair=0.0), marked=replace(language.marked, pair=0.0)
    )


_COLUMNS: dict[str, Callable[[Language], Language]] = {
    "written": _only(Weights(written=1.0)),
    "folded": _only(Weights(folded=1.0)),
    "stem": lambda one: _only(Weights(stem=1.0) if one.stemmer else Weights(folded=1.0))(one),
    "no pairs": _without_pairs,
    "all": lambda language: language,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    rows = [["collection", *(f"{c}, {v}" for c in _COLUMNS for v in _VARIANTS)]]
    for path in find_collections(options.folder):
        collection = read_collection(path)
        if len(collection.languages) == 1:
            values = _row(collection)
            rows.append([collection.name, *(f"{value:.3f}" for value in values)])
    if len(rows) == 1:
        sys.exit(f"no collection of one language below {options.folder}")
    columns = list(zip(*rows[1:], strict=True))[1:]
    rows.append(["mean", *(f"{fmean(map(float, column)):.3f}" for column in columns)])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER"
        options.markdown.write_text(f"# {_MEASURE} by view\n\n{heading(command)}\n{table}", "utf-8")


def _row(collection: Collection) -> list[float]:
    (code,) = collection.languages
    index = Index(Schema({"title": Text(weight=1.5), "text": Text()}, languages=[code]))
    kept = ("id", "title", "text")
    index.add({key: one[key] for key in kept} for one in collection.documents).raise_for_rejected()
    judgements = {query.id: collection.judgements[query.id] for query in collection.queries}
    shared = analyzer(code)
    original = shared.language
    values = []
    for change in _COLUMNS.values():
        shared.language = change(original)
        for variant in _VARIANTS:
            ranked = {
                query.id: index.search(vary(variant, query.id, query.text, 1)).ids
                for query in collection.queries
            }
            values.append(mean(measure(ranked, judgements)[_MEASURE]))
    shared.language = original
    return values


if __name__ == "__main__":
    main()
