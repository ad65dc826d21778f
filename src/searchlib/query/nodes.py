"""The parts of a query: frozen values that combine by ``&``, ``|`` and ``~`` and print as the
query string that parses to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from searchlib.errors import QueryError

__all__ = [
    "LARGEST_BOOST",
    "LARGEST_SLOP",
    "All",
    "And",
    "Boost",
    "ConstantScore",
    "Exists",
    "Fuzzy",
    "Match",
    "MoreLikeThis",
    "Near",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Should",
    "Term",
    "Value",
    "texts_of",
]

#: A value of a keyword, category, number, boolean, date or datetime field.
Value: TypeAlias = str | int | float | bool | date | datetime

#: The largest factor of a ``Boost`` and score of a ``ConstantScore``: scores are 32-bit floats, and
#: their sums must stay finite.
LARGEST_BOOST: Final = 1_000_000.0
#: The largest ``slop`` of a ``Near``.
LARGEST_SLOP: Final = 1_000

_SPECIAL: Final = re.compile(r'[\\"“”„«»():^*~]|(?<!\S)[+\-]|(?<!\S)(?=(?:AND|OR|NOT)(?!\S))')
_SPACE: Final = re.compile(r"\s")


class Query:
    """The base of all nodes."""

    __slots__ = ()

    def __and__(self, other: Query) -> And:
        return And(*_parts(And, self), *_parts(And, other))

    def __or__(self, other: Query) -> Or:
        return Or(*_parts(Or, self), *_parts(Or, other))

    def __invert__(self) -> Not:
        return Not(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the node as plain values that JSON can hold; ``Query.from_dict`` makes it again.

        >>> (Match("été") & Range("day", gte=date(2022, 1, 1))).to_dict()["clauses"][1]
        {'type': 'Range', 'field': 'day', 'gte': {'date': '2022-01-01'}}
        """
        plain: dict[str, Any] = {"type": type(self).__name__}
        for item in fields(self):  # type: ignore[arg-type]  # every node is a dataclass
            value = getattr(self, item.name)
            if value is not None:
                plain[item.name] = _to_plain(value)
        return plain

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Query:
        """Make the node that ``to_dict`` gave.

        Raises:
            QueryError: the dict is not of that form.

        >>> Query.from_dict({"type": "Match", "text": "été", "field": "title"})
        Match(text='été', field='title')
        """
        try:
            return _from_plain(plain)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if isinstance(error, QueryError):
                raise
            raise QueryError(f"not a query's dict: {error!r}") from error


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
        return _named(self.field, _quoted(self.text))


@dataclass(frozen=True, slots=True)
class Prefix(Query):
    """Words that begin so; of several words, side by side in this order, only the last goes on. On
    a keyword or category field, values that begin so.

    >>> str(Prefix("coop")), str(Prefix("quoc ho", field="title"))
    ('coop*', 'title:"quoc ho"*')
    """

    text: str
    field: str | None = None

    def __str__(self) -> str:
        is_word = self.text and not _SPACE.search(self.text)
        return _named(self.field, (_escape if is_word else _quoted)(self.text) + "*")


@dataclass(frozen=True, slots=True)
class Fuzzy(Query):
    """A word, and those that differ from it by at most so many letters, less.

    Attributes:
        text: the word.
        distance: how many letters may be left out, added, mistaken or swapped with the next: 1 or
            2. Of the words at a distance of 2, those with the same first letter are found.
        field: the text field; None takes all.

    >>> str(Fuzzy("icesko")), str(Fuzzy("icesko", 2))
    ('icesko~', 'icesko~2')
    """

    text: str
    distance: int = 1
    field: str | None = None

    def __str__(self) -> str:
        word = _SPACE.sub(lambda match: "\\" + match[0], _escape(self.text))
        return _named(self.field, word + ("~" if self.distance == 1 else f"~{self.distance}"))


@dataclass(frozen=True, slots=True)
class Near(Query):
    """Words that stand near each other: at most ``slop`` places away from where they would stand
    in a phrase. Two words in the other order are two places away.

    >>> str(Near("commission unesco", 3))
    '"commission unesco"~3'
    """

    text: str
    slop: int
    field: str | None = None

    def __str__(self) -> str:
        return _named(self.field, f"{_quoted(self.text)}~{self.slop}")


@dataclass(frozen=True, slots=True)
class MoreLikeThis(Query):
    """Documents that are like a text, or like a document, which is not found itself: they share the
    words that tell it from others.

    It has no form in the query language; ``to_dict`` holds all of it.

    Attributes:
        text: the text; None where there is an id.
        id: the document's id.
        field: the text field that is read and searched; None takes all.

    Raises:
        QueryError: both text and id are given, or neither.

    >>> MoreLikeThis(id="a").to_dict()
    {'type': 'MoreLikeThis', 'id': 'a'}
    """

    text: str | None = None
    id: str | None = None
    field: str | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.id is None):
            raise QueryError("MoreLikeThis: give a text or the id of a document, one of the two")

    def __str__(self) -> str:
        like = f"id={self.id!r}" if self.text is None else repr(self.text)
        return f"<more like {like}{'' if self.field is None else f' in {self.field}'}>"


@dataclass(frozen=True, slots=True)
class Exists(Query):
    """Documents that have a value in a field of any type; a text counts if it holds a word.

    >>> str(Exists("year"))
    'year:*'
    """

    field: str

    def __str__(self) -> str:
        return f"{self.field}:*"


@dataclass(frozen=True, slots=True)
class Term(Query):
    """Exactly this value of a field that is not text; of a category, also all that lies below."""

    field: str
    value: Value

    def __str__(self) -> str:
        return _named(self.field, _quoted(_plain(self.value)))


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
        clauses = self.clauses
        if len(clauses) > 1 and not any(isinstance(clause, Should) for clause in clauses):
            return " AND ".join(map(_inner, clauses))
        signed = list(map(_signed, clauses))
        # Beside what is excluded, clauses without a sign are what is looked for. That they need
        # not match takes one that must.
        if not any(sign[0] == "+" for sign in signed):
            excluded = next((n for n, one in enumerate(clauses) if isinstance(one, Not)), None)
            if excluded is not None:
                signed[excluded] = f"+({clauses[excluded]})"
            elif signed:
                signed.insert(0, "+*:*")
        return " ".join(signed)


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
        return f"{_inner(self.clause)}^{_number(self.factor)}"


@dataclass(frozen=True, slots=True)
class ConstantScore(Query):
    """The same documents, each with this score for it, from 0 to ``LARGEST_BOOST``.

    >>> str(ConstantScore(Match("été"), 2.0))
    'été^=2'
    """

    clause: Query
    score: float

    def __str__(self) -> str:
        return f"{_inner(self.clause)}^={_number(self.score)}"


def texts_of(node: Query) -> Iterator[str]:
    """Yield the texts that a query looks for, not those that it excludes.

    >>> list(texts_of(Match("été") & ~Match("hiver")))
    ['été']
    """
    match node:
        case Match(str(text), _) | Phrase(str(text), _) | Prefix(str(text), _):
            yield text
        case Fuzzy(str(text), _, _) | Near(str(text), _, _) | MoreLikeThis(str(text), _, _):
            yield text
        case And(clauses) | Or(clauses):
            for clause in clauses:
                yield from texts_of(clause)
        case Should(clause) | Boost(clause, _) | ConstantScore(clause, _):
            yield from texts_of(clause)


def _parts(kind: type[And] | type[Or], query: Query) -> tuple[Query, ...]:
    return query.clauses if isinstance(query, kind) else (query,)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _named(field: str | None, text: str) -> str:
    return text if field is None else f"{field}:{text}"


def _number(value: float) -> str:
    try:
        return f"{Decimal(repr(value)).normalize():f}"  # all its digits, and no exponent
    except ArithmeticError:  # no number: what compiles it says so
        return str(value)


def _inner(clause: Query) -> str:
    text = str(clause)
    is_one = isinstance(
        clause, (Phrase, Prefix, Fuzzy, Near, MoreLikeThis, Exists, Term, Range, All)
    ) or (isinstance(clause, Match) and (clause.field is not None or " " not in text))
    return text if is_one else f"({text})"


def _signed(clause: Query) -> str:
    if isinstance(clause, Should):
        # A bare value would narrow: year:2022.
        inner = clause.clause
        is_value = isinstance(inner, (Term, Range, Exists)) or (
            isinstance(inner, Prefix) and inner.field is not None
        )
        return f"({inner})" if is_value else _inner(inner)
    if isinstance(clause, Not):
        return "-" + _inner(clause.clause)
    return "+" + _inner(clause)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _bound(value: Value | None) -> str:
    return "*" if value is None else _plain(value)


_NODES: Final[Mapping[str, type[Query]]] = {
    kind.__name__: kind
    for kind in (
        *(Match, Phrase, Near, Prefix, Fuzzy, MoreLikeThis, Term, Range, Exists, All),
        *(And, Or, Not, Should, Boost, ConstantScore),
    )
}
_SEVERAL: Final = (And, Or)
_DATES: Final[Mapping[str, type[date]]] = {"date": date, "datetime": datetime}


def _to_plain(value: Any) -> Any:
    if isinstance(value, Query):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_to_plain(one) for one in value]
    if isinstance(value, date):
        return {type(value).__name__: value.isoformat()}
    if not isinstance(value, (str, int, float)):
        raise QueryError(f"JSON cannot hold {value!r}, which is no value of a query")
    return value


def _from_plain(plain: Mapping[str, Any]) -> Query:
    kind = _NODES.get(plain["type"])
    if kind is None:
        known = ", ".join(_NODES)
        raise QueryError(f"there is no node {plain['type']!r}; the nodes: {known}")
    values = {name: _value_of(value) for name, value in plain.items() if name != "type"}
    return kind(*values["clauses"]) if kind in _SEVERAL else kind(**values)


def _value_of(plain: Any) -> Any:
    if isinstance(plain, Mapping):
        if "type" in plain:
            return _from_plain(plain)
        ((name, text),) = plain.items()
        return _DATES[name].fromisoformat(text)
    if isinstance(plain, (list, tuple)):
        return [_from_plain(one) for one in plain]
    return plain
