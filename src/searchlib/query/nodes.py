"""The parts of a query: frozen values that combine by ``&``, ``|`` and ``~`` and print as the
query string that parses to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

__all__ = [
    "LARGEST_BOOST",
    "All",
    "And",
    "Boost",
    "Match",
    "Not",
    "Or",
    "Phrase",
    "Query",
    "Range",
    "Should",
    "Term",
    "Value",
    "texts_of",
]

#: A value of a keyword, category, number, boolean, date or datetime field.
Value: TypeAlias = str | int | float | bool | date | datetime

#: The largest factor of a ``Boost``: scores are 32-bit floats, and their sums must stay finite.
LARGEST_BOOST: Final = 1_000_000.0

_SPECIAL: Final = re.compile(r'[\\"“”„«»():^]|(?<!\S)[+\-]|(?<!\S)(?=(?:AND|OR|NOT)(?!\S))')


class Query:
    """The base of all nodes."""

    __slots__ = ()

    def __and__(self, other: Query) -> And:
        return And(*_parts(And, self), *_parts(And, other))

    def __or__(self, other: Query) -> Or:
        return Or(*_parts(Or, self), *_parts(Or, other))

    def __invert__(self) -> Not:
        return Not(self)


@dataclass(frozen=True, slots=True)
class Match(Query):
    """Words to be ranked by: a document with any of them matches, one with more and rarer ones
    comes first. On a field that is not text, any of the words as its value.

    >>> str(Match("hợp tác", field="title"))
    'title:(hợp tác)'
    """

    text: str
    field: str | None = None

    def __str__(self) -> str:
        words = _escape(self.text)
        if self.field is None:
            return words
        return f"{self.field}:({words})" if " " in words else f"{self.field}:{words}"


@dataclass(frozen=True, slots=True)
class Phrase(Query):
    """Words that stand side by side in this order. Marks and case do not matter for a match;
    where marks are given, texts with exactly these come first."""

    text: str
    field: str | None = None

    def __str__(self) -> str:
        quoted = self.text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"' if self.field is None else f'{self.field}:"{quoted}"'


@dataclass(frozen=True, slots=True)
class Term(Query):
    """Exactly this value of a field that is not text; of a category, also all that lies below."""

    field: str
    value: Value

    def __str__(self) -> str:
        quoted = _plain(self.value).replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.field}:"{quoted}"'


@dataclass(frozen=True, slots=True, init=False)
class Range(Query):
    """Values between bounds, of an integer, float, date or datetime field; without any bound, all
    documents that have a value.

    Attributes:
        field: the field's name, as the one positional argument.
        gte, gt: lower bound, itself included or not; at most one of the two.
        lte, lt: upper bound, likewise.

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
            raise ValueError(f"Range on {field!r}: give gte or gt, not both")
        if lte is not None and lt is not None:
            raise ValueError(f"Range on {field!r}: give lte or lt, not both")
        for name, value in (
            ("field", field),
            ("gte", gte),
            ("gt", gt),
            ("lte", lte),
            ("lt", lt),
        ):
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        low = self.gt if self.gt is not None else self.gte
        high = self.lt if self.lt is not None else self.lte
        opening = "{" if self.gt is not None else "["
        closing = "}" if self.lt is not None else "]"
        return f"{self.field}:{opening}{_bound(low)} TO {_bound(high)}{closing}"


@dataclass(frozen=True, slots=True)
class All(Query):
    """Every document."""

    def __str__(self) -> str:
        return "*:*"


@dataclass(frozen=True, slots=True, init=False)
class And(Query):
    """All of these; a ``Should`` among them adds to the score only."""

    clauses: tuple[Query, ...]

    def __init__(self, *clauses: Query) -> None:
        object.__setattr__(self, "clauses", clauses)

    def __str__(self) -> str:
        if any(isinstance(clause, Should) for clause in self.clauses):
            return " ".join(map(_signed, self.clauses))
        return " AND ".join(map(_inner, self.clauses))


@dataclass(frozen=True, slots=True, init=False)
class Or(Query):
    """Any of these."""

    clauses: tuple[Query, ...]

    def __init__(self, *clauses: Query) -> None:
        object.__setattr__(self, "clauses", clauses)

    def __str__(self) -> str:
        return " OR ".join(map(_inner, self.clauses))


@dataclass(frozen=True, slots=True)
class Not(Query):
    """All documents but these."""

    clause: Query

    def __str__(self) -> str:
        return f"NOT {_inner(self.clause)}"


@dataclass(frozen=True, slots=True)
class Should(Query):
    """Within an ``And``: need not match, adds its score where it does."""

    clause: Query

    def __str__(self) -> str:
        return _inner(self.clause)


@dataclass(frozen=True, slots=True)
class Boost(Query):
    """The same documents, their score from this clause multiplied by a factor above 0 and at
    most ``LARGEST_BOOST``."""

    clause: Query
    factor: float

    def __str__(self) -> str:
        factor = Decimal(repr(self.factor)).normalize()  # all its digits, and no exponent
        return f"{_inner(self.clause)}^{factor:f}"


def texts_of(node: Query) -> Iterator[str]:
    """Yield the texts that a query looks for, not those that it excludes.

    >>> list(texts_of(Match("été") & ~Match("hiver")))
    ['été']
    """
    match node:
        case Match(str(text), _) | Phrase(str(text), _):
            yield text
        case And(clauses) | Or(clauses):
            for clause in clauses:
                yield from texts_of(clause)
        case Should(clause) | Boost(clause, _):
            yield from texts_of(clause)


def _parts(kind: type[And] | type[Or], query: Query) -> tuple[Query, ...]:
    return query.clauses if isinstance(query, kind) else (query,)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


def _inner(clause: Query) -> str:
    text = str(clause)
    is_one = isinstance(clause, (Phrase, Term, Range, All)) or (
        isinstance(clause, Match) and (clause.field is not None or " " not in text)
    )
    return text if is_one else f"({text})"


def _signed(clause: Query) -> str:
    if isinstance(clause, Should):
        # A bare value would narrow: year:2022.
        is_value = isinstance(clause.clause, (Term, Range))
        return f"({clause.clause})" if is_value else _inner(clause.clause)
    if isinstance(clause, Not):
        return "-" + _inner(clause.clause)
    return "+" + _inner(clause)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _bound(value: Value | None) -> str:
    return "*" if value is None else _plain(value)
