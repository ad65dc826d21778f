"""Range facets: bounds, their filters and labels, and bounds that are chosen to fit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ulp
from typing import Final

from searchlib.fields import Field, Integer
from searchlib.query.nodes import Range

__all__ = ["are_beyond_floats", "fitting_ranges", "range_label", "ranges_between", "touching"]

_LARGEST_EXACT: Final = 2**53  # integers up to here are floats without loss
_WIDENING: Final = Fraction(1, 2**52)


def ranges_between(field: str, bounds: Sequence[float]) -> list[Range]:
    """Return the ranges below, between and above bounds."""
    edges = [None, *bounds, None]
    return [Range(field, gte=low, lt=high) for low, high in pairwise(edges)]


def fitting_ranges(
    field: str, kind: Field, least: float, greatest: float, bins: int
) -> list[Range]:
    """Return ranges of one width that hold all from the least to the greatest value.

    Args:
        field: the field's name.
        kind: its type.
        least: the least value, as tantivy's float; of a large integer, rounded.
        greatest: the greatest, likewise.
        bins: into how many widths to cut; one range more where the first begins between two.
    """
    low, high = Fraction(least), Fraction(greatest)
    if isinstance(kind, Integer):
        low -= abs(low) * _WIDENING if abs(low) >= _LARGEST_EXACT else 0
        high += abs(high) * _WIDENING if abs(high) >= _LARGEST_EXACT else 0
    # Floats of that size lie no closer together.
    spacing = Fraction(ulp(max(abs(least), abs(greatest))))
    least_step = (high - low) / bins
    if least_step or spacing > 1:
        least_step = max(least_step, spacing)
    step = _nice_step(least_step, isinstance(kind, Integer))
    first, last = low // step, high // step + 1
    edges: list[float | None] = []
    for number in range(first, last + 1):
        edge = _as_value(number * step, kind)
        if edge is None or edge not in edges:
            edges.append(edge)
    # What no value of the type can say, and what was rounded inwards, is left open.
    if edges[0] is not None and edges[0] > low:
        edges[0] = None
    if edges[-1] is not None and edges[-1] <= high:
        edges[-1] = None
    return [Range(field, gte=start, lt=end) for start, end in pairwise(edges)]


def range_label(node: Range) -> str:
    """Return a range as people write it.

    >>> range_label(Range("pages", gte=5, lt=10)), range_label(Range("pages", gte=10))
    ('5 – 10', '≥ 10')
    """
    if node.gte is None:
        return "all" if node.lt is None else f"< {node.lt}"
    return f"≥ {node.gte}" if node.lt is None else f"{node.gte} – {node.lt}"


def are_beyond_floats(nodes: Sequence[Range]) -> bool:
    """Whether a bound is an integer that tantivy's aggregations, which take floats, would round."""
    bounds = [bound for node in nodes for bound in (node.gte, node.lt)]
    return any(isinstance(bound, int) and abs(bound) > _LARGEST_EXACT for bound in bounds)


def touching(nodes: Sequence[Range]) -> list[dict[str, float]]:
    """Return ranges that touch each other as tantivy's aggregation takes them."""
    return [
        {
            key: float(bound)
            for key, bound in (("from", node.gte), ("to", node.lt))
            if isinstance(bound, (int, float))
        }
        for node in nodes
    ]


def _nice_step(least: Fraction, is_whole: bool) -> Fraction:
    """The least of 1, 2, 5, 10, 20 … and their tenths that is not below this."""
    if not least:
        return Fraction(1)
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
    return max(step, Fraction(1)) if is_whole else step


def _as_value(edge: Fraction, kind: Field) -> float | None:
    try:
        value: float = kind.encode(int(edge) if isinstance(kind, Integer) else float(edge))
    except (ValueError, OverflowError):
        return None
    return value
