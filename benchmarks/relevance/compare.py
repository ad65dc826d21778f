"""Compare two saved runs of run.py query by query: is B better than A, or was it luck?

    python benchmarks/relevance/compare.py A.json B.json [--measure nDCG@10] [--test t]

Prints, for each collection and variant that both runs hold, the two means over the queries of both,
how many queries rose and fell, and the p value of a paired test: the chance of a difference at
least this large if it made no difference which run was which.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance.measures import MEASURES, Values, p_value


class Row(NamedTuple):
    """The comparison of one collection in one variant."""

    collection: str
    variant: str
    queries: int
    before: float
    after: float
    rose: int
    fell: int
    p: float

    def __str__(self) -> str:
        sign = "**" if self.p < 0.01 else "*" if self.p < 0.05 else ""
        return (
            f"{self.collection:<16}  {self.variant:<9} {self.queries:>6} {self.before:>8.4f} "
            f"{self.after:>8.4f} {self.after - self.before:>+8.4f} {self.rose:>5} {self.fell:>5} "
            f"{self.p:>7.4f} {sign}"
        ).rstrip()


def compare(before: dict[str, Any], after: dict[str, Any], measure: str, test: str) -> list[Row]:
    """Return one row for each collection and variant of both runs, and one for each variant over
    all of their queries."""
    rows: list[Row] = []
    pooled: dict[str, tuple[Values, Values]] = {}
    for collection, variant, one, two in _common(before, after, measure):
        rows.append(_row(collection, variant, one, two, test))
        all_one, all_two = pooled.setdefault(variant, ({}, {}))
        all_one |= {f"{collection}/{query}": value for query, value in one.items()}
        all_two |= {f"{collection}/{query}": value for query, value in two.items()}
    if len({row.collection for row in rows}) > 1:
        rows += [_row("all queries", variant, *both, test) for variant, both in pooled.items()]
    return rows


def _common(
    before: dict[str, Any], after: dict[str, Any], measure: str
) -> Iterator[tuple[str, str, Values, Values]]:
    for collection, result in before["collections"].items():
        other = after["collections"].get(collection, {"variants": {}})
        for variant, part in result["variants"].items():
            if variant in other["variants"]:
                one = part["values"][measure]
                two = other["variants"][variant]["values"][measure]
                both = [query for query in one if query in two]
                if both:
                    yield collection, variant, {q: one[q] for q in both}, {q: two[q] for q in both}


def _row(collection: str, variant: str, one: Values, two: Values, test: str) -> Row:
    differences = [two[query] - one[query] for query in one]
    return Row(
        collection,
        variant,
        len(one),
        fmean(one.values()),
        fmean(two.values()),
        sum(difference > 0 for difference in differences),
        sum(difference < 0 for difference in differences),
        p_value(differences, test),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--measure", choices=MEASURES, default="nDCG@10")
    parser.add_argument("--test", choices=("t", "randomisation"), default="t")
    options = parser.parse_args()
    before, after = (
        json.loads(path.read_text("utf-8")) for path in (options.before, options.after)
    )
    for name in ("union", "language_given", "seed"):
        if before[name] != after[name]:
            print(f"note: the runs differ in {name}: {before[name]} and {after[name]}")
    rows = compare(before, after, options.measure, options.test)
    if not rows:
        sys.exit("the two runs have no collection and variant in common")
    print(
        f"{options.measure:<16}  {'variant':<9} {'queries':>6} {'before':>8} {'after':>8} "
        f"{'change':>8} {'rose':>5} {'fell':>5} {'p':>7}"
    )
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
