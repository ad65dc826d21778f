"""Comparisons, in which other libraries write their filters, as nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from searchlib.query.nodes import Exists, Not, Or, Query, Range, Term

__all__ = ["COMPARISONS"]


def _equal(field: str, value: Any) -> Query:
    return Not(Exists(field)) if value is None else Term(field, value)


def _any_of(field: str, values: Any) -> Query:
    return Or(*(_equal(field, value) for value in values))


def _bound(name: str) -> Callable[[str, Any], Query]:
    # What is compared with nothing is neither larger nor smaller.
    return lambda field, value: Or() if value is None else Range(field, **{name: value})


#: Sign → what makes the node of a field and a value. A document without the field differs from
#: every value, and equals None.
COMPARISONS: Final[Mapping[str, Callable[[str, Any], Query]]] = {
    "==": _equal,
    "!=": lambda field, value: Not(_equal(field, value)),
    ">": _bound("gt"),
    ">=": _bound("gte"),
    "<": _bound("lt"),
    "<=": _bound("lte"),
    "in": _any_of,
    "not in": lambda field, values: Not(_any_of(field, values)),
}
