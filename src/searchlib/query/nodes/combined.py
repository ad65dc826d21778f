"""What all nodes have in common, and the nodes that combine others.

``All`` is among these: an ``And`` of what need not match has one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from searchlib._dataclass import dataclass, names_of
from searchlib.errors import QueryError

__all__ = [
    "KINDS",
    "LARGEST_BOOST",
    "All",
    "And",
    "Boost",
    "ConstantScore",
    "Not",
    "Or",
    "Query",
    "Should",
    "UnsaidError",
]

#: The largest factor of a ``Boost`` and score of a ``ConstantScore``: scores are 32-bit floats, and
#: their sums must stay finite.
LARGEST_BOOST: Final = 1_000_000.0


class UnsaidError(Exception):
    """No query string says what a node does."""


class Query:
    """The base of all nodes.

    >>> from searchlib import Match, Phrase, Query
    >>> query = (Match("paix") | Match("peace")) & ~Phrase("war plan")
    >>> str(query)
    '(paix OR peace) AND (NOT "war plan")'
    >>> Query.from_dict(query.to_dict()) == query
    True
    """

    __slots__ = ()

    def __str__(self) -> str:
        try:
            return self._said()
        except UnsaidError:
            return _json(self)

    def _said(self) -> str:
        """The query string that parses to the node.

        Raises:
            UnsaidError: there is none for it, or for a part of it.
        """
        raise UnsaidError

    def _is_several(self) -> bool:
        """Whether what the node prints is several things, in brackets within another node."""
        return isinstance(self, (And, Or, Not, Should, Boost, ConstantScore))

    def _may_narrow(self) -> bool:
        """Whether what the node prints may narrow what stands beside it, as ``year:2022`` does."""
        return False

    def _joined(self, other: Query) -> Query | None:
        """One node for this one and another, neither of which need match; None if they are two."""
        return None

    def __and__(self, other: Query) -> And:
        return And(*_parts(And, self), *_parts(And, other))

    def __or__(self, other: Query) -> Or:
        return Or(*_parts(Or, self), *_parts(Or, other))

    def __invert__(self) -> Not:
        return Not(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the node as plain values that JSON can hold; ``Query.from_dict`` makes it again.

        >>> from searchlib import Match, Range
        >>> (Match("été") & Range("day", gte=date(2022, 1, 1))).to_dict()["clauses"][1]
        {'type': 'Range', 'field': 'day', 'gte': {'date': '2022-01-01'}}
        """
        plain: dict[str, Any] = {"type": type(self).__name__}
        for name in names_of(self):
            value = getattr(self, name)
            if value is not None:
                plain[name] = _to_plain(value)
        return plain

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Query:
        """Make the node that ``to_dict`` gave.

        Raises:
            QueryError: the dict is not of that form.

        >>> Query.from_dict({"type": "Match", "text": "été", "field": "title"})
        Match(text='été', field='title', accents=None)
        """
        try:
            return _from_plain(plain)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if isinstance(error, QueryError):
                raise
            raise QueryError(f"not a query's dict: {error!r}") from error


@dataclass(frozen=True, slots=True)
class All(Query):
    """Every document.

    >>> from searchlib import All, Match
    >>> str(All()), str(All() & ~Match("paix"))
    ('*:*', '*:* AND (NOT paix)')
    """

    def _said(self) -> str:
        return "*:*"


@dataclass(frozen=True, slots=True, init=False)
class And(Query):
    """All of these; a ``Should`` among them adds to the score only.

    Words side by side that need not match are one ``Match``, as they are in a query string. Where
    nothing must match and nothing is excluded, that all documents match is said by a clause of its
    own, without a score.

    >>> from searchlib import And, Match, Should, Term
    >>> And(Should(Match("été")), Should(Match("indien")), Term("year", 2022)).clauses[0].clause
    Match(text='été indien', field=None, accents=None)
    """

    clauses: tuple[Query, ...]

    def __init__(self, *clauses: Query) -> None:
        kept: list[Query] = []
        for clause in clauses:
            match kept[-1:], clause:
                case [Should(Query() as one)], Should(two) if joined := one._joined(two):
                    kept[-1] = Should(joined)
                case _:
                    kept.append(clause)
        if kept and all(isinstance(clause, Should) for clause in kept):
            kept.insert(0, ConstantScore(All(), 0.0))
        object.__setattr__(self, "clauses", tuple(kept))

    def _said(self) -> str:
        clauses = self.clauses
        if not clauses:
            raise UnsaidError
        if len(clauses) > 1 and not any(isinstance(clause, Should) for clause in clauses):
            return " AND ".join(map(_inner, clauses))
        signed = list(map(_signed, clauses))
        # Beside what is excluded, clauses without a sign are what is looked for. That they need
        # not match takes one that must.
        if not any(sign[0] == "+" for sign in signed):
            excluded = next((n for n, one in enumerate(clauses) if isinstance(one, Not)), None)
            if excluded is not None:
                signed[excluded] = f"+({clauses[excluded]._said()})"
        return " ".join(signed)


@dataclass(frozen=True, slots=True, init=False)
class Or(Query):
    """Any of these. Without any it finds nothing, which no query string says: an empty one finds
    everything.

    >>> from searchlib import Match
    >>> str(Match("paix") | Match("peace") | Match("hòa bình"))
    'paix OR peace OR (hòa bình)'
    """

    clauses: tuple[Query, ...]

    def __init__(self, *clauses: Query) -> None:
        object.__setattr__(self, "clauses", clauses)

    def _said(self) -> str:
        if len(self.clauses) < 2:
            raise UnsaidError
        return " OR ".join(map(_inner, self.clauses))


@dataclass(frozen=True, slots=True)
class Not(Query):
    """All documents but these.

    >>> from searchlib import Match, Not
    >>> str(~Match("paix")), ~~Match("paix") == Not(Not(Match("paix")))
    ('NOT paix', True)
    """

    clause: Query

    def _said(self) -> str:
        return f"NOT {_inner(self.clause)}"


@dataclass(frozen=True, slots=True)
class Should(Query):
    """Within an ``And``: need not match, adds its score where it does.

    >>> from searchlib import And, Match, Should
    >>> str(And(Match("paix"), Should(Match("urgent"))))
    '+paix urgent'
    """

    clause: Query

    # No _said: outside an And there is no sign for it.


@dataclass(frozen=True, slots=True)
class Boost(Query):
    """The same documents, their score from this clause multiplied by a factor above 0 and at
    most a million.

    >>> from searchlib import Boost, Match
    >>> str(Boost(Match("paix"), 2.5))
    'paix^2.5'
    """

    clause: Query
    factor: float

    def _said(self) -> str:
        return f"{_inner(self.clause)}^{_number(self.factor)}"


@dataclass(frozen=True, slots=True)
class ConstantScore(Query):
    """The same documents, each with this score for it, from 0 to a million.

    >>> from searchlib import ConstantScore, Match
    >>> str(ConstantScore(Match("été"), 2.0))
    'été^=2'
    """

    clause: Query
    score: float

    def _said(self) -> str:
        return f"{_inner(self.clause)}^={_number(self.score)}"


def _parts(kind: type[And] | type[Or], query: Query) -> tuple[Query, ...]:
    return query.clauses if isinstance(query, kind) else (query,)


def _json(node: Query) -> str:
    """A node that no query string says, or not all of it, as its JSON: no string may say something
    else instead."""
    try:
        return json.dumps(node.to_dict(), ensure_ascii=False)
    except (TypeError, QueryError):  # it holds what no node should
        return repr(node)


def _number(value: float) -> str:
    try:
        from decimal import Decimal  # for a boost that is no plain number, as hardly one is

        return f"{Decimal(repr(value)).normalize():f}"  # all its digits, and no exponent
    except ArithmeticError:  # no number: what compiles it says so
        return str(value)


def _inner(clause: Query) -> str:
    text = clause._said()
    return f"({text})" if clause._is_several() else text


def _signed(clause: Query) -> str:
    if isinstance(clause, Should):
        inner = clause.clause
        return f"({inner._said()})" if inner._may_narrow() else _inner(inner)
    if isinstance(clause, Not):
        return "-" + _inner(clause.clause)
    return "+" + _inner(clause)


#: The nodes by their names. The package puts them in: others than these derive from ``Query``, and
#: so stand in modules that import this one.
KINDS: Final[dict[str, type[Query]]] = {}
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
    kind = KINDS.get(plain["type"])
    if kind is None:
        known = ", ".join(KINDS)
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
