"""The parts of a query: frozen values that combine by ``&``, ``|`` and ``~`` and print as the
query string that parses to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from searchlib._dataclass import dataclass, names_of
from searchlib._later import regex
from searchlib.errors import QueryError

__all__ = [
    "ACCENTS",
    "LARGEST_BOOST",
    "LARGEST_SLOP",
    "Accents",
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
    "Regex",
    "Should",
    "Term",
    "Value",
    "Words",
    "words_of",
]

#: A value of a keyword, category, number, boolean, date or datetime field.
Value: TypeAlias = str | int | float | bool | date | datetime

#: What marks (accents, tones, đ for d) do to a match. ``"prefer"``: a word is found with any marks,
#: those as typed come first. ``"strict"``: with exactly the marks that were typed. ``"ignore"``:
#: marks make no difference at all.
Accents: TypeAlias = Literal["prefer", "strict", "ignore"]
ACCENTS: Final[tuple[Accents, ...]] = ("prefer", "strict", "ignore")

#: The largest factor of a ``Boost`` and score of a ``ConstantScore``: scores are 32-bit floats, and
#: their sums must stay finite.
LARGEST_BOOST: Final = 1_000_000.0
#: The largest ``slop`` of a ``Near``.
LARGEST_SLOP: Final = 1_000

_SPECIAL: Final = regex(
    r'[\\"“”„«»():^*~]|(?<!\S)(?:[+\-/]|=(?=\S|\Z))|(?<!\S)(?=(?:AND|OR|NOT)(?!\S))'
)
_SPACE: Final = regex(r"\s")
# A pattern, each of its signs escaped or not.
_IS_PATTERN: Final = regex(r"(?:\\.|[^\\])+", re.DOTALL)
_ESCAPED: Final = regex(r"\\.", re.DOTALL)
_AFTER_SIGN: Final = regex(r'[\w"(\\]')
_ACCENT_SIGNS: Final[Mapping[Accents, str]] = {"strict": "=", "ignore": "=~", "prefer": "=?"}


class _UnsaidError(Exception):
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
        except _UnsaidError:
            return _json(self)

    def _said(self) -> str:
        """The query string that parses to the node.

        Raises:
            _UnsaidError: there is none for it, or for a part of it.
        """
        raise _UnsaidError

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
class Match(Query):
    """Words to be ranked by: a document with any of them matches, one with more and rarer ones
    comes first. On a field that is not text, any of the words as its value.

    Attributes:
        text: the words, one space between them.
        field: the text field, or another; None takes all text fields.
        accents: what marks do; None takes the mode of the search.

    >>> str(Match("hợp tác", field="title")), str(Match("été", accents="strict"))
    ('title:(hợp tác)', '=été')
    """

    text: str
    field: str | None = None
    accents: Accents | None = None

    def __post_init__(self) -> None:
        _check_accents(self)
        _one_space_each(self)

    def _said(self) -> str:
        if not self.text:
            raise _UnsaidError
        words = _escape(self.text)
        if self.field is None and self.accents is None:
            return words
        return _named(self, f"({words})" if " " in words else words)


@dataclass(frozen=True, slots=True)
class Phrase(Query):
    """Words that stand side by side in this order. Marks and case do not matter for a match;
    where marks are given, texts with exactly these come first.

    Attributes:
        text: the words.
        field: the text field, or another; None takes all text fields.
        accents: what marks do; None takes the mode of the search.

    >>> str(Phrase("quốc hội", "title", accents="strict"))
    '=title:"quốc hội"'
    """

    text: str
    field: str | None = None
    accents: Accents | None = None

    def __post_init__(self) -> None:
        _check_accents(self)

    def _said(self) -> str:
        if not _is_said(self.text):
            raise _UnsaidError
        return _named(self, _quoted(self.text))


@dataclass(frozen=True, slots=True)
class Prefix(Query):
    """Words that begin so; of several words, side by side in this order, only the last goes on. On
    a keyword or category field, values that begin so.

    Attributes:
        text: the beginning.
        field: the field; None takes all text fields.
        accents: what marks do; None takes the mode of the search.

    >>> str(Prefix("coop")), str(Prefix("quoc ho", field="title"))
    ('coop*', 'title:"quoc ho"*')
    """

    text: str
    field: str | None = None
    accents: Accents | None = None

    def __post_init__(self) -> None:
        _check_accents(self)

    def _said(self) -> str:
        if not _is_said(self.text):
            raise _UnsaidError
        is_word = not _SPACE.search(self.text)
        return _named(self, (_escape if is_word else _quoted)(self.text) + "*")


@dataclass(frozen=True, slots=True)
class Fuzzy(Query):
    """A word, and those that differ from it by at most so many letters, less.

    Attributes:
        text: the word.
        distance: how many letters may be left out, added, mistaken or swapped with the next: 1 or
            2. Of the words at a distance of 2, those with the same first letter are found.
        field: the text field; None takes all.
        accents: what marks do; None takes the mode of the search. In strict mode a marked letter is
            another letter, and words that differ by marks only are not found.

    >>> str(Fuzzy("icesko")), str(Fuzzy("icesko", 2))
    ('icesko~', 'icesko~2')
    """

    text: str
    distance: int = 1
    field: str | None = None
    accents: Accents | None = None

    def __post_init__(self) -> None:
        _check_accents(self)
        _one_space_each(self)

    def _said(self) -> str:
        if not self.text:
            raise _UnsaidError
        word = _SPACE.sub(lambda match: "\\" + match[0], _escape(self.text))
        return _named(self, word + ("~" if self.distance == 1 else f"~{self.distance}"))


@dataclass(frozen=True, slots=True)
class Near(Query):
    """Words that stand near each other: each two of them at most ``slop`` places away from where
    they would stand in a phrase. Two adjacent words in the other order are two places away. Of a
    long text, words that are more than eight places apart need not be near each other.

    Attributes:
        text: the words; one that stands there twice is looked for once.
        slop: how many places.
        field: the text field; None takes all.
        accents: what marks do; None takes the mode of the search.

    >>> str(Near("commission unesco", 3))
    '"commission unesco"~3'
    """

    text: str
    slop: int
    field: str | None = None
    accents: Accents | None = None

    def __post_init__(self) -> None:
        _check_accents(self)

    def _said(self) -> str:
        if not _is_said(self.text):
            raise _UnsaidError
        return _named(self, f"{_quoted(self.text)}~{self.slop}")


@dataclass(frozen=True, slots=True)
class Regex(Query):
    r"""Words that a regular expression matches from their first letter to their last; on a keyword
    or category field, values.

    Of a text field the words are those of the index, in small letters. They are matched without
    their marks, unless the pattern has marks, or the mode of the search is strict. A document
    scores as if what was found were one word: by how few documents hold any.

    The pattern is matched by an automaton, in time that grows with the number of words only. It
    knows ``. [ ] ( ) | * + ? {m,n} \d \w \s`` and ``(?i)``; neither groups to refer back to, nor
    looking ahead or behind, nor lazy repetition. ``\d`` is 0 to 9, and ``\w`` takes in every
    character beyond ASCII.

    Attributes:
        pattern: the regular expression, of at most 200 code points.
        field: the text, keyword or category field; None takes all text fields.

    >>> str(Regex("covid(19|20)?")), str(Regex("a/b", field="section"))
    ('/covid(19|20)?/', 'section:/a\\/b/')
    """

    pattern: str
    field: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.pattern, str):  # an escaped slash is a slash
            unescaped = _ESCAPED.sub(lambda m: "/" if m[0] == "\\/" else m[0], self.pattern)
            object.__setattr__(self, "pattern", unescaped)

    def _said(self) -> str:
        if not (self.pattern and _IS_PATTERN.fullmatch(self.pattern)):
            raise _UnsaidError
        pattern = self.pattern.replace("/", "\\/")
        return f"/{pattern}/" if self.field is None else f"{self.field}:/{pattern}/"


#: The nodes that hold words, and so a mode of accents.
Words: TypeAlias = Match | Phrase | Prefix | Fuzzy | Near


@dataclass(frozen=True, slots=True)
class MoreLikeThis(Query):
    """Documents that are like a text, or like a document, which is not found itself: they share the
    words that tell it from others.

    It has no form in the query language, and prints as its JSON.

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


@dataclass(frozen=True, slots=True)
class Exists(Query):
    """Documents that have a value in a field of any type; a text counts if it holds a word.

    >>> str(Exists("year"))
    'year:*'
    """

    field: str

    def _said(self) -> str:
        return f"{self.field}:*"


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
        return f"{self.field}:{_quoted(_plain(self.value))}"


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


@dataclass(frozen=True, slots=True)
class All(Query):
    """Every document.

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

    >>> And(Should(Match("été")), Should(Match("indien")), Term("year", 2022)).clauses[0].clause
    Match(text='été indien', field=None, accents=None)
    """

    clauses: tuple[Query, ...]

    def __init__(self, *clauses: Query) -> None:
        kept: list[Query] = []
        for clause in clauses:
            joined = _joined(kept[-1], clause) if kept else None
            if joined is None:
                kept.append(clause)
            else:
                kept[-1] = joined
        if kept and all(isinstance(clause, Should) for clause in kept):
            kept.insert(0, ConstantScore(All(), 0.0))
        object.__setattr__(self, "clauses", tuple(kept))

    def _said(self) -> str:
        clauses = self.clauses
        if not clauses:
            raise _UnsaidError
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
    """Any of these. Without any it finds nothing.

    >>> str(Match("paix") | Match("peace") | Match("hòa bình"))
    'paix OR peace OR (hòa bình)'
    """

    clauses: tuple[Query, ...]

    def __init__(self, *clauses: Query) -> None:
        object.__setattr__(self, "clauses", clauses)

    def _said(self) -> str:
        if len(self.clauses) == 1:
            raise _UnsaidError
        return " OR ".join(map(_inner, self.clauses))


@dataclass(frozen=True, slots=True)
class Not(Query):
    """All documents but these.

    >>> str(~Match("paix")), ~~Match("paix") == Not(Not(Match("paix")))
    ('NOT paix', True)
    """

    clause: Query

    def _said(self) -> str:
        return f"NOT {_inner(self.clause)}"


@dataclass(frozen=True, slots=True)
class Should(Query):
    """Within an ``And``: need not match, adds its score where it does.

    >>> str(And(Match("paix"), Should(Match("urgent"))))
    '+paix urgent'
    """

    clause: Query

    # No _said: outside an And there is no sign for it.


@dataclass(frozen=True, slots=True)
class Boost(Query):
    """The same documents, their score from this clause multiplied by a factor above 0 and at
    most a million.

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

    >>> str(ConstantScore(Match("été"), 2.0))
    'été^=2'
    """

    clause: Query
    score: float

    def _said(self) -> str:
        return f"{_inner(self.clause)}^={_number(self.score)}"


def words_of(node: Query, *, excluded: bool = False) -> Iterator[Words | MoreLikeThis]:
    """Yield the nodes with words that a query looks for, and on demand those that it excludes.

    >>> [node.text for node in words_of(Match("été") & ~Match("hiver"))]
    ['été']
    >>> [node.text for node in words_of(Match("été") & ~Match("hiver"), excluded=True)]
    ['été', 'hiver']
    """
    match node:
        case Match() | Phrase() | Prefix() | Fuzzy() | Near() | MoreLikeThis():
            yield node
        case And(clauses) | Or(clauses):
            for clause in clauses:
                if isinstance(clause, Match):  # as most are
                    yield clause
                else:
                    yield from words_of(clause, excluded=excluded)
        case Should(clause) | Boost(clause, _) | ConstantScore(clause, _):
            yield from words_of(clause, excluded=excluded)
        case Not(clause) if excluded:
            yield from words_of(clause, excluded=True)


def _parts(kind: type[And] | type[Or], query: Query) -> tuple[Query, ...]:
    return query.clauses if isinstance(query, kind) else (query,)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _named(node: Words, text: str) -> str:
    if node.field is not None:
        text = f"{node.field}:{text}"
    if node.accents is None:
        return text
    escape = "" if _AFTER_SIGN.match(text) else "\\"
    return _ACCENT_SIGNS[node.accents] + escape + text


def _is_said(text: object) -> bool:
    """Whether a text holds anything that a query string could say."""
    return not isinstance(text, str) or bool(text.strip())


def _check_accents(node: Words) -> None:
    if node.accents is not None and node.accents not in ACCENTS:
        known = ", ".join(map(repr, ACCENTS))
        raise QueryError(f"accents is one of {known} or None, not {node.accents!r}")


def _one_space_each(node: Match | Fuzzy) -> None:
    if isinstance(node.text, str):  # what it is else, the compiler says
        object.__setattr__(node, "text", " ".join(node.text.split()))


def _joined(one: Query, two: Query) -> Query | None:
    """One ``Should`` for two with plain words side by side."""
    match one, two:
        case Should(Match(str(before), None, mode)), Should(Match(str(after), None, other)):
            return Should(Match(f"{before} {after}", None, mode)) if mode == other else None
    return None


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
    if not text:  # any of nothing
        raise _UnsaidError
    plain = Phrase | Prefix | Fuzzy | Near | Regex | MoreLikeThis | Exists | Term | Range | All
    is_one = isinstance(clause, plain) or (
        isinstance(clause, Match) and (clause.accents or clause.field or " " not in text)
    )
    return text if is_one else f"({text})"


def _signed(clause: Query) -> str:
    if isinstance(clause, Should):
        # A bare value would narrow: year:2022.
        inner = clause.clause
        is_value = isinstance(inner, (Term, Range, Exists)) or (
            isinstance(inner, (Prefix, Regex)) and inner.field is not None
        )
        return f"({inner._said()})" if is_value else _inner(inner)
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
        *(Match, Phrase, Near, Prefix, Fuzzy, Regex, MoreLikeThis, Term, Range, Exists, All),
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
