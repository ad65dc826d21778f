"""Nodes that look for words, and how a query string says them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from searchlib._dataclass import dataclass
from searchlib._later import regex
from searchlib.errors import QueryError
from searchlib.query.nodes.combined import (
    And,
    Boost,
    ConstantScore,
    Not,
    Or,
    Query,
    Should,
    UnsaidError,
)

__all__ = [
    "ACCENTS",
    "LARGEST_SLOP",
    "Accents",
    "Fuzzy",
    "Match",
    "MoreLikeThis",
    "Near",
    "Phrase",
    "Prefix",
    "Regex",
    "Words",
    "quoted",
    "words_of",
]

#: What marks (accents, tones, đ for d) do to a match. ``"prefer"``: a word is found with any marks,
#: those as typed come first. ``"strict"``: with exactly the marks that were typed. ``"ignore"``:
#: marks make no difference at all.
Accents: TypeAlias = Literal["prefer", "strict", "ignore"]
ACCENTS: Final[tuple[Accents, ...]] = ("prefer", "strict", "ignore")

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
            raise UnsaidError
        words = _escape(self.text)
        if self.field is None and self.accents is None:
            return words
        return _named(self, f"({words})" if " " in words else words)

    def _is_several(self) -> bool:
        return not (self.accents or self.field) and " " in self.text

    def _joined(self, other: Query) -> Match | None:
        match self, other:
            case Match(str(before), None, mode), Match(str(after), None, its) if mode == its:
                return Match(f"{before} {after}", None, mode)
        return None


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
            raise UnsaidError
        return _named(self, quoted(self.text))


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
            raise UnsaidError
        is_word = not _SPACE.search(self.text)
        return _named(self, (_escape if is_word else quoted)(self.text) + "*")

    def _may_narrow(self) -> bool:
        return self.field is not None


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
            raise UnsaidError
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
            raise UnsaidError
        return _named(self, f"{quoted(self.text)}~{self.slop}")


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
            raise UnsaidError
        pattern = self.pattern.replace("/", "\\/")
        return f"/{pattern}/" if self.field is None else f"{self.field}:/{pattern}/"

    def _may_narrow(self) -> bool:
        return self.field is not None


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


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


def quoted(text: str) -> str:
    r"""Return a text as it stands in a query string, quotation marks and all.

    >>> print(quoted('10" vinyl'))
    "10\" vinyl"
    """
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
