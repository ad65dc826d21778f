"""Query string → lexemes, each knowing where it stands. Nothing here can fail."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from searchlib._dataclass import NamedTuple
from searchlib._later import regex
from searchlib.query.nodes import LARGEST_BOOST, Accents

__all__ = ["Kind", "Lexeme", "is_without_syntax", "lex", "only_beginning", "only_phrase"]


class Kind(Enum):
    """What a lexeme is."""

    WORD = auto()
    PHRASE = auto()
    REGEX = auto()
    RANGE = auto()
    ALL = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()


class Lexeme(NamedTuple):
    """One piece of a query string.

    Attributes:
        kind: what it is.
        text: its content: unescaped for a word, between the quotes or slashes for a phrase or a
            regular expression.
        start, end: where it stands, prefixes and suffixes included, in code points.
        sign: ``+``, ``-`` or nothing.
        field: the field before the colon, or None.
        accents: what ``=``, ``=~`` or ``=?`` before it says of marks, or None.
        boost: the number after ``^`` or ``^=``, or None.
        is_constant: whether it is the score itself (``^=``).
        suffix: ``*`` or ``~`` behind a word or phrase, or nothing; ``*`` alone behind a field.
        number: the number after ``~``, or None.
        problem: what is wrong with it, or None.
    """

    kind: Kind
    text: str
    start: int
    end: int
    sign: str = ""
    field: str | None = None
    boost: float | None = None
    is_constant: bool = False
    suffix: str = ""
    number: float | None = None
    problem: str | None = None
    accents: Accents | None = None


_SPACE: Final = regex(r"\s*")
# What most queries consist of: a word without any sign that means something.
_PLAIN: Final = regex(r"[^\W_][\w'’.,;!?-]*+(?!\S)")
# Such words, and signs that stand alone and mean nothing: *Où est-ce ?* No group is possessive,
# which early releases of Python 3.11 match wrong; what is in these matches in one way only.
_WORDS: Final = r"(?:(?!(?:AND|OR|NOT)(?!\S))(?:[^\W_][\w'’.,;!?-]*+|[.,;!?]++)(?!\S)\s*+)+"
_NO_SYNTAX: Final = regex(rf"\s*+{_WORDS}(?:(?:OR(?!\S)\s*+{_WORDS})*|(?:AND(?!\S)\s*+{_WORDS})*)")
# One phrase and nothing else, one beginning of a word.
_ONE_PHRASE: Final = regex(r'\s*+"([^"“”„«»\\]*+)"\s*+')
_ONE_BEGINNING: Final = regex(r"\s*+([^\W_][\w'’-]*+)\*\s*+")
_SIGN: Final = regex(r"[+-](?=[^\s)+-])")
_FIELD: Final = regex(r"([^\W\d]\w*):(?=[^\s)])")
# Only before what can be a word: =) and => are what people type besides.
_ACCENTS: Final = regex(r'=[~?]?(?=[\w"“„«(\\])')
_MODES: Final[dict[str, Accents]] = {"=": "strict", "=~": "ignore", "=?": "prefer"}
_REGEX: Final = regex(r"/((?:\\.|[^/\\])+)/(?=[\s)^]|$)", re.DOTALL)
_ALL: Final = regex(r"\*:\*(?=[\s)^]|$)")
_RANGE: Final = regex(r"[\[{]\s*(\S+)\s+TO\s+([^\s\]}]+)\s*[\]}]")
_NUMBER: Final = r"\d+(?:\.\d+)?"
_WEIGHT: Final = rf"\^(?P<constant>=?)(?P<factor>{_NUMBER})"
_SUFFIX: Final = rf"(?P<suffix>\*|~)(?P<number>(?<=~){_NUMBER})?"
# What may stand behind a phrase or bracket.
_BEHIND: Final = regex(rf"(?:{_SUFFIX})?(?:{_WEIGHT})?(?=[\s)]|$)")
_BEHIND_BRACKET: Final = regex(rf"{_WEIGHT}(?=[\s)]|$)")
# A sign behind an even number of backslashes is itself, behind an odd one it is escaped.
_UNESCAPED: Final = r"(?:^|[^\\])(?:\\\\)*"
_WORD_WEIGHT: Final = regex(rf"{_UNESCAPED}(?P<sign>{_WEIGHT})$")
_WORD_SUFFIX: Final = regex(rf"{_UNESCAPED}(?P<sign>{_SUFFIX})$")
_STAR: Final = regex(_UNESCAPED + r"\*")
_BAD_BOOST: Final = "a weight is a number above 0 and at most a million: it was ignored"
_BAD_STAR: Final = "* stands for letters at the end of a word only: it was searched as a sign"
# Hebrew abbreviations have it before their last letter, where keyboards lack U+05F4.
_GERSHAYIM: Final = '(?<=[\u0591-\u05c7\u05d0-\u05f2])"(?=[\u05d0-\u05f2])'
_INNER_QUOTE: Final = regex(_GERSHAYIM)
_WORD: Final = regex(rf'(?:\\.|[^\s()"“”„«»\\]|{_GERSHAYIM}|\\$)+', re.DOTALL)
_ESCAPED: Final = regex(r"\\(.)", re.DOTALL)
# People's keyboards and word processors put these for quotes; each opens what the other closes.
_QUOTES: Final = {'"': '"', "“": "”", "„": "“”", "«": "»"}
_STRAY_QUOTES: Final = "”»"
_OPERATORS: Final = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def is_without_syntax(text: str) -> bool:
    """Whether a query string is nothing but words, or such words joined by one operator.

    >>> list(map(is_without_syntax, ["Où est-ce ?", "a b OR c", "a OR b AND c", "year:2022"]))
    [True, True, False, False]
    """
    words = text.split()
    if "".join(words).isalnum() and _OPERATORS.keys().isdisjoint(words):
        return True  # as most are, before there is any expression
    return _NO_SYNTAX.fullmatch(text) is not None


def only_phrase(text: str) -> str | None:
    """Return what stands between the quotes of a query string that is one phrase; else None."""
    match = _ONE_PHRASE.fullmatch(text)
    return match[1] if match is not None and match[1].strip() else None


def only_beginning(text: str) -> str | None:
    """Return the beginning of a word that is all of a query string, ``coop*``; else None."""
    match = _ONE_BEGINNING.fullmatch(text)
    return None if match is None else match[1]


class _Reader(NamedTuple):
    """What a string is read with.

    Attributes:
        fields: the names that are prefixes.
        values: those of them whose values hold no marks to be strict about.
        regex: whether ``/…/`` is a regular expression.
    """

    fields: Collection[str]
    values: Collection[str]
    regex: bool


def lex(
    text: str,
    fields: Collection[str],
    *,
    values: Collection[str] = (),
    regex: bool = False,
) -> list[Lexeme]:
    """Cut a query string into lexemes.

    Args:
        text: the query string.
        fields: ``name:`` is a prefix where it has that name.
        values: those of the fields that are not text: no sign before a value is one of accents.
        regex: whether ``/…/`` is a regular expression.

    >>> [lexeme.text for lexeme in lex('title:été -"deux mots"', {"title"})]
    ['été', 'deux mots']
    """
    reader = _Reader(fields, values, regex)
    lexemes: list[Lexeme] = []
    position = 0
    while (start := _end(_SPACE, text, position)) < len(text):
        plain = _PLAIN.match(text, start)
        if plain is not None and plain[0] not in _OPERATORS:
            lexeme = Lexeme(Kind.WORD, plain[0], start, plain.end())
        else:
            lexeme = _next(text, start, reader)
        lexemes.append(lexeme)
        position = lexeme.end
    return [one for one in lexemes if one.text or one.suffix or one.kind is not Kind.WORD]


def _next(text: str, start: int, reader: _Reader) -> Lexeme:
    sign, field, problem = "", None, None
    accents: Accents | None = None
    position = start
    # Inside a word a sign is a hyphen, and after a quote or bracket it is hardly meant.
    begins = start == 0 or text[start - 1].isspace() or text[start - 1] == "("
    if begins and _SIGN.match(text, start):
        sign = text[start]
        position += 1
    if _ALL.match(text, position):
        end, weight = _weight(_BEHIND_BRACKET, text, position + 3)
        return Lexeme(Kind.ALL, "*:*", start, end, sign, None, **weight)
    if begins and (mode := _ACCENTS.match(text, position)):
        accents, position = _MODES[mode[0]], mode.end()
    if prefix := _FIELD.match(text, position):
        name = normalize("NFKC", prefix[1])  # the form of the names of a schema
        if name in reader.fields:
            field, position = name, prefix.end()
            mode = None if name in reader.values else _ACCENTS.match(text, position)
            if mode is not None:
                accents, position = _MODES[mode[0]], mode.end()
        elif not text.startswith("//", prefix.end()):
            problem = f"there is no field {prefix[1]!r}: its name was searched as a word"
    lexeme = _content(text, start, position, sign, field, accents, begins, problem, reader)
    return lexeme if accents is None else lexeme._replace(accents=accents)


def _content(
    text: str,
    start: int,
    position: int,
    sign: str,
    field: str | None,
    accents: Accents | None,
    begins: bool,
    problem: str | None,
    reader: _Reader,
) -> Lexeme:
    """The lexeme behind its sign and field."""
    char = text[position]
    if char == "(":
        return Lexeme(Kind.OPEN, char, start, position + 1, sign, field, problem=problem)
    if char == ")":
        end, weight = _weight(_BEHIND_BRACKET, text, position + 1)
        return Lexeme(Kind.CLOSE, char, start, end, **weight)
    if char == '"' and position == start and start > 0 and text[start - 1].isalnum():
        return Lexeme(Kind.WORD, "", start, start + 1)  # an inch: 27" monitor
    if char in _QUOTES:
        return _phrase(text, start, position, sign, field)
    if char in _STRAY_QUOTES:
        return Lexeme(Kind.WORD, "", start, position + 1)
    if field is not None and (bounds := _RANGE.match(text, position)):
        end, weight = _weight(_BEHIND_BRACKET, text, bounds.end())
        return Lexeme(Kind.RANGE, bounds[0], start, end, sign, field, **weight)
    is_free = reader.regex and accents is None and (begins or field is not None)
    if is_free and (pattern := _REGEX.match(text, position)):
        end, weight = _weight(_BEHIND_BRACKET, text, pattern.end())
        return Lexeme(Kind.REGEX, pattern[1], start, end, sign, field, **weight)
    return _word(text, start, position, sign, field, accents, problem)


def _phrase(text: str, start: int, position: int, sign: str, field: str | None) -> Lexeme:
    begin = position + 1
    end = _closed(text, begin, _QUOTES[text[position]])
    content = _ESCAPED.sub(r"\1", text[begin:end])
    if end >= len(text):
        unclosed = "the quotation mark is not closed: taken as closed at the end"
        return Lexeme(Kind.PHRASE, content, start, len(text), sign, field, problem=unclosed)
    after, behind = _weight(_BEHIND, text, end + 1)
    return Lexeme(Kind.PHRASE, content, start, after, sign, field, **behind)


def _closed(text: str, position: int, closing: str) -> int:
    """Where the quotation mark stands that closes a phrase; behind the text where none does. One
    in a Hebrew abbreviation closes it if no other can."""
    inner: int | None = None
    while position < len(text):
        if text[position] in closing:
            if _INNER_QUOTE.match(text, position) is None:
                return position
            inner = position if inner is None else inner
        position += 2 if text[position] == "\\" else 1
    return position if inner is None else inner


def _word(
    text: str,
    start: int,
    position: int,
    sign: str,
    field: str | None,
    accents: Accents | None,
    problem: str | None,
) -> Lexeme:
    match = _WORD.match(text, position)
    if match is None:  # a sign or field before a quote or bracket that closes
        return Lexeme(Kind.WORD, "", start, max(position, start + 1))
    raw, end = match[0], match.end()
    if not sign and field is None and accents is None and raw in _OPERATORS:
        return Lexeme(_OPERATORS[raw], raw, start, end)
    behind: _Behind = {}
    if (found := _WORD_WEIGHT.search(raw)) and found.start("sign") > 0:
        raw, behind = raw[: found.start("sign")], _read(found)
    if (found := _WORD_SUFFIX.search(raw)) and (found.start("sign") > 0 or (field and raw == "*")):
        raw, behind = raw[: found.start("sign")], {**_read(found), **behind}
    problem = problem or behind.get("problem") or (_BAD_STAR if _STAR.search(raw) else None)
    behind["problem"] = problem
    word = " ".join(_ESCAPED.sub(r"\1", raw).split())
    return Lexeme(Kind.WORD, word, start, end, sign, field, **behind)


if TYPE_CHECKING:
    from typing import TypedDict

    class _Behind(TypedDict, total=False):
        boost: float | None
        is_constant: bool
        suffix: str
        number: float | None
        problem: str | None


def _weight(pattern: re.Pattern[str], text: str, position: int) -> tuple[int, _Behind]:
    """Where what stands behind a phrase or bracket ends, and what it says."""
    match = pattern.match(text, position)
    return (match.end(), _read(match)) if match else (position, {})


def _read(match: re.Match[str]) -> _Behind:
    groups = match.groupdict()
    behind: _Behind = {}
    if groups.get("suffix"):
        behind["suffix"] = groups["suffix"]
        behind["number"] = float(groups["number"]) if groups["number"] else None
    if groups.get("factor"):
        value = float(groups["factor"])
        is_constant = bool(groups["constant"])
        if value <= LARGEST_BOOST and (value > 0 or is_constant):
            behind["boost"], behind["is_constant"] = value, is_constant
        else:
            behind["problem"] = _BAD_BOOST
    return behind


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
