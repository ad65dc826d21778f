"""The side-by-side table: collections down, engines across, one table for each variant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from benchmarks.relevance.measures import p_value

__all__ = ["tables"]


def tables(engines: Mapping[str, Any], measure: str) -> Iterator[str]:
    """Yield a table for each variant of the runs; the first engine is the one to compare.

    The best peer is the one of the highest mean in its row. p tells by a paired t test whether the
    first engine's difference from it may be luck. A collection whose queries a variant leaves alone
    has no row in that variant.
    """
    first, *peers = engines
    collections = engines[first]["collections"]
    for variant in next(iter(collections.values()))["variants"]:
        kept = {
            name: one
            for name, one in collections.items()
            if variant == "typed" or one["variants"][variant]["changed"]
        }
        if not kept:
            continue
        rows = [[f"{measure}, {variant}", "queries", first, "best peer", "", "p", *peers]]
        means = {}
        for name, one in kept.items():
            found = {
                engine: run["collections"][name]["variants"][variant]
                for engine, run in engines.items()
            }
            means[name] = {engine: part["means"][measure] for engine, part in found.items()}
            p = ""
            if peers:
                best = max(peers, key=means[name].__getitem__)
                ours, theirs = (found[engine]["values"][measure] for engine in (first, best))
                p = f"{p_value([ours[query] - theirs[query] for query in ours]):.4f}"
            rows.append(_row(name, str(one["queries"]), p, means[name]))
        by_language: dict[str, list[str]] = {}
        for name, one in kept.items():
            by_language.setdefault("+".join(one["languages"]), []).append(name)
        groups = {f"mean {language}": names for language, names in sorted(by_language.items())}
        for title, names in (groups | {"mean": list(kept)}).items():
            averages = {engine: fmean(means[name][engine] for name in names) for engine in engines}
            rows.append(_row(title, "", "", averages))
        yield _aligned(rows)


def _row(title: str, queries: str, p: str, means: Mapping[str, float]) -> list[str]:
    ours, *theirs = (f"{value:.4f}" for value in means.values())
    best = max(list(means)[1:], key=means.__getitem__, default="")
    return [title, queries, ours, f"{means[best]:.4f}" if best else "", best, p, *theirs]


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = zip(row, widths, strict=True)
        aligned = [
            cell.ljust(width) if place in (0, 4) else cell.rjust(width)
            for place, (cell, width) in enumerate(cells)
        ]
        lines.append("  ".join(aligned).rstrip())
    return "\n".join([*lines, ""])
