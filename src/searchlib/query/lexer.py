"""Query string → lexemes, each knowing where it stands. Nothing here can fail."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from unicodedata import normalize

from searchlib.query.nodes import LARGEST_BOOST

__all__ = ["Kind", "Lexeme", "lex"]


class Kind(Enum):
    """What a lexeme is."""

    WORD = auto()
    PHRASE = auto()
    RANGE = auto()
    ALL = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query string.

    Attributes:
        kind: what it is.
        text: its content: unescaped for a word, between the quotes for a phrase.
        start, end: where it stands, prefixes and suffixes included, in code points.
        sign: ``+``, ``-`` or nothing.
        field: the field before the colon, or None.
        boost: the factor after ``^``, or None.
        problem: what is wrong with it, or None.
    """

    kind: Kind
    text: str
    start: int
    end: int
    sign: str = ""
    field: str | None = None
    boost: float | None = None
    problem: str | None = None


_SPACE: Final = re.compile(r"\s*")
_SIGN: Final = re.compile(r"[+-](?=[^\s)+-])")
_FIELD: Final = re.compile(r"([^\W\d]\w*):(?=[^\s)])")
_ALL: Final = re.compile(r"\*:\*(?=[\s)^]|$)")
_RANGE: Final = re.compile(r"[\[{]\s*(\S+)\s+TO\s+([^\s\]}]+)\s*[\]}]")
_BOOST: Final = re.compile(r"\^(\d+(?:\.\d+)?)(?=[\s)]|$)")
# A sign behind an even number of backslashes is itself, behind an odd one it is escaped.
_UNESCAPED: Final = r"(?:^|[^\\])(?:\\\\)*"
_WORD_BOOST: Final = re.compile(_UNESCAPED + r"(?P<sign>\^)(?P<factor>\d+(?:\.\d+)?)$")
_STAR: Final = re.compile(_UNESCAPED + r"\*")
_BAD_BOOST: Final = "a weight is a number above 0 and at most a million: it was ignored"
_WORD: Final = re.compile(r'(?:\\.|[^\s()"“”„«»\\]|\\$)+', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
# People's keyboards and word processors put these for quotes; each opens what the other closes.
_QUOTES: Final = {'"': '"', "“": "”", "„": "“”", "«": "»"}
_STRAY_QUOTES: Final = "”»"
_OPERATORS: Final = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def lex(text: str, fields: Collection[str]) -> list[Lexeme]:
    """Cut a query string into lexemes; ``name:`` is a prefix where ``fields`` has that name.

    >>> [lexeme.text for lexeme in lex('title:été -"deux mots"', {"title"})]
    ['été', 'deux mots']
    """
    lexemes: list[Lexeme] = []
    position = 0
    while (start := _end(_SPACE, text, position)) < len(text):
        lexeme = _next(text, start, fields)
        lexemes.append(lexeme)
        position = lexeme.end
    return [lexeme for lexeme in lexemes if lexeme.text or lexeme.kind is not Kind.WORD]


def _next(text: str, start: int, fields: Collection[str]) -> Lexeme:
    sign, field, problem = "", None, None
    position = start
    # Inside a word a sign is a hyphen, and after a quote or bracket it is hardly meant.
    if (start == 0 or text[start - 1].isspace() or text[start - 1] == "(") and _SIGN.match(
        text, start
    ):
        sign = text[start]
        position += 1
    if _ALL.match(text, position):
        boost, end, problem = _boost(text, position + 3)
        return Lexeme(Kind.ALL, "*:*", start, end, sign, None, boost, problem)
    if prefix := _FIELD.match(text, position):
        name = normalize("NFKC", prefix[1])  # the form of the names of a schema
        if name in fields:
            field, position = name, prefix.end()
        elif not text.startswith("//", prefix.end()):
            problem = f"there is no field {prefix[1]!r}: its name was searched as a word"
    char = text[position]
    if char == "(":
        return Lexeme(Kind.OPEN, char, start, position + 1, sign, field, problem=problem)
    if char == ")":
        boost, end, problem = _boost(text, position + 1)
        return Lexeme(Kind.CLOSE, char, start, end, boost=boost, problem=problem)
    if char == '"' and position == start and start > 0 and text[start - 1].isalnum():
        return Lexeme(Kind.WORD, "", start, start + 1)  # an inch: 27" monitor
    if char in _QUOTES:
        return _phrase(text, start, position, sign, field)
    if char in _STRAY_QUOTES:
        return Lexeme(Kind.WORD, "", start, position + 1)
    if field is not None and (bounds := _RANGE.match(text, position)):
        boost, end, problem = _boost(text, bounds.end())
        return Lexeme(Kind.RANGE, bounds[0], start, end, sign, field, boost, problem)
    return _word(text, start, position, sign, field, problem)


def _phrase(text: str, start: int, position: int, sign: str, field: str | None) -> Lexeme:
    closing = _QUOTES[text[position]]
    begin = end = position + 1
    while end < len(text) and text[end] not in closing:
        end += 2 if text[end] == "\\" else 1
    content = _ESCAPED.sub(r"\1", text[begin:end])
    if end >= len(text):
        unclosed = "the quotation mark is not closed: taken as closed at the end"
        return Lexeme(Kind.PHRASE, content, start, len(text), sign, field, problem=unclosed)
    boost, after, problem = _boost(text, end + 1)
    return Lexeme(Kind.PHRASE, content, start, after, sign, field, boost, problem)


def _word(
    text: str, start: int, position: int, sign: str, field: str | None, problem: str | None
) -> Lexeme:
    match = _WORD.match(text, position)
    if match is None:  # a sign or field before a quote or bracket that closes
        return Lexeme(Kind.WORD, "", start, max(position, start + 1))
    raw, end = match[0], match.end()
    if not sign and field is None and raw in _OPERATORS:
        return Lexeme(_OPERATORS[raw], raw, start, end)
    boost = None
    if (found := _WORD_BOOST.search(raw)) and found.start("sign") > 0:
        raw, boost = raw[: found.start("sign")], _factor(found["factor"])
        problem = problem or (_BAD_BOOST if boost is None else None)
    if problem is None and _STAR.search(raw):
        problem = "* stands for no letters here: the word was searched without it"
    word = " ".join(_ESCAPED.sub(r"\1", raw).split())
    return Lexeme(Kind.WORD, word, start, end, sign, field, boost, problem)


def _boost(text: str, position: int) -> tuple[float | None, int, str | None]:
    """The factor at a position, where it ends, and what is wrong with it."""
    match = _BOOST.match(text, position)
    if match is None:
        return None, position, None
    factor = _factor(match[1])
    return factor, match.end(), _BAD_BOOST if factor is None else None


def _factor(digits: str) -> float | None:
    value = float(digits)
    return value if 0 < value <= LARGEST_BOOST else None


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
