"""Nodes about the values of fields, and how a query string says them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from searchlib._dataclass import dataclass
from searchlib.errors import QueryError
from searchlib.query.nodes.combined import Query
from searchlib.query.nodes.words import quoted

__all__ = ["Exists", "Range", "Term", "Value"]

#: A value of a keyword, category, number, boolean, date or datetime field.
Value: TypeAlias = str | int | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class Exists(Query):
    """Documents that have a value in a field of any type; a text counts if it holds a word.

    >>> str(Exists("year"))
    'year:*'
    """

    field: str

    def _said(self) -> str:
        return f"{self.field}:*"

    def _may_narrow(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Term(Query):
    """Exactly this value of a field that is not text; of a category, also all that lies below.

    >>> from searchlib import Category, Index, Schema, Term
    >>> index = Index(Schema({"section": Category()}))
    >>> index.add([{"id": "a", "section": "News/Asia"}, {"id": "b", "section": "Sport"}]).added
    2
    >>> index.search(Term("section", "News")).ids
    ('a',)
    """

    field: str
    value: Value

    def _said(self) -> str:
        return f"{self.field}:{quoted(_plain(self.value))}"

    def _may_narrow(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, init=False)
class Range(Query):
    """Values between bounds, of an integer, float, date or datetime field.

    Attributes:
        field: the field's name, as the one positional argument.
        gte, gt: lower bound, itself included or not; at most one of the two.
        lte, lt: upper bound, likewise.

    Raises:
        QueryError: there are two lower or two upper bounds, or none at all.

    >>> str(Range("year", gte=2020, lt=2023))
    'year:[2020 TO 2023}'
    """

    field: str
    gte: Value | None = None
    gt: Value | None = None
    lte: Value | None = None
    lt: Value | None = None

    def __init__(
        self,
        field: str,
        *,
        gte: Value | None = None,
        gt: Value | None = None,
        lte: Value | None = None,
        lt: Value | None = None,
    ) -> None:
        if gte is not None and gt is not None:
            raise QueryError(f"Range on {field!r}: give gte or gt, not both")
        if lte is not None and lt is not None:
            raise QueryError(f"Range on {field!r}: give lte or lt, not both")
        if gte is gt is lte is lt:  # None
            raise QueryError(f"Range on {field!r}: give a bound; Exists({field!r}) takes any value")
        for name, value in (
            ("field", field),
            ("gte", gte),
            ("gt", gt),
            ("lte", lte),
            ("lt", lt),
        ):
            object.__setattr__(self, name, value)

    def _said(self) -> str:
        low = self.gt if self.gt is not None else self.gte
        high = self.lt if self.lt is not None else self.lte
        opening = "{" if self.gt is not None else "["
        closing = "}" if self.lt is not None else "]"
        return f"{self.field}:{opening}{_bound(low)} TO {_bound(high)}{closing}"

    def _may_narrow(self) -> bool:
        return True


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _bound(value: Value | None) -> str:
    return "*" if value is None else _plain(value)
