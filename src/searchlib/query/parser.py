"""Query string → nodes.

    either   := each ("OR" each)*
    each     := clauses ("AND" clauses)*
    clauses  := (["+" | "-" | "NOT"] clause)+
    clause   := [field ":"] (word | "phrase" | "(" either ")" | "[" from "TO" to "]") ["^" factor]

Words that stand together are one ``Match``, ranked as a whole. A value of a field that is not text
(``year:2022``) narrows what the words beside it find. The parser is lenient by default:
whatever people type means something, and what had to be ignored or guessed is a notice. In strict
mode the first notice is an error instead.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from searchlib.errors import QuerySyntaxError
from searchlib.fields import Date, DateTime, Keyword, Stored, Text
from searchlib.fields import Field as FieldType
from searchlib.query.lexer import Kind, Lexeme, lex
from searchlib.query.nodes import (
    All,
    And,
    Boost,
    Match,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Should,
    Term,
    Value,
)
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["LANGUAGE_FIELD", "parse"]

#: The name under which the language of each document can be filtered and counted.
LANGUAGE_FIELD: Final = "_language"

# The sign of a clause such as year:2022 that has none: it narrows what the words beside it find.
_FILTER: Final = "="
_OCCURS: Final[dict[str, Callable[[Query], Query]]] = {
    "+": lambda clause: clause,
    _FILTER: lambda clause: clause,
    "-": Not,
    "": Should,
}
_DEEPEST: Final = 50  # brackets within brackets; no person goes there
_COMPARISON: Final = re.compile(r"(>=|<=|>|<)(.+)", re.DOTALL)
_COMPARISONS: Final = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}
_PART_OF_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_BOUNDS: Final = re.compile(r"([\[{])\s*(\S+)\s+TO\s+([^\s\]}]+)\s*([\]}])")


def parse(text: str, schema: Schema, *, strict: bool = False) -> tuple[Query, tuple[Notice, ...]]:
    """Parse a query string into nodes and the notices about it.

    Args:
        text: what a person typed.
        schema: names the fields that may stand before a colon, and types their values.
        strict: raise instead of guessing.

    Raises:
        QuerySyntaxError: in strict mode; points at the character.

    >>> from searchlib.fields import Text
    >>> query, _ = parse('climat +été -"fonte des neiges"', Schema({"title": Text()}))
    >>> print(query)
    climat +été -"fonte des neiges"
    """
    kinds: dict[str, FieldType] = {
        LANGUAGE_FIELD: Keyword(),
        schema.id: Keyword(),
        **schema.fields,
    }
    parser = _Parser(text, kinds, lex(text, kinds), strict)
    found = [parser.either(0)]
    while parser.peek() is not None:  # a bracket that closes nothing
        parser.notice("stray-bracket", "a ) closes nothing: it was ignored", parser.take())
        found.append(parser.either(0))
    parts = [part for part in found if part is not None]
    query = Or(*parts) if len(parts) > 1 else parts[0] if parts else None
    if query is None and not parser.notices:
        everything = Lexeme(Kind.WORD, text, 0, len(text))
        parser.notice("no-words", "the query holds nothing to search for", everything)
    return (Or() if query is None else query), tuple(parser.notices)


@dataclass(slots=True)
class _Parser:
    text: str
    kinds: dict[str, FieldType]
    lexemes: list[Lexeme]
    strict: bool
    position: int = 0
    notices: list[Notice] = field(default_factory=list)

    def peek(self) -> Lexeme | None:
        return self.lexemes[self.position] if self.position < len(self.lexemes) else None

    def take(self) -> Lexeme:
        lexeme = self.lexemes[self.position]
        self.position += 1
        return lexeme

    def notice(self, code: str, message: str, lexeme: Lexeme) -> None:
        if self.strict:
            raise QuerySyntaxError(message, query=self.text, position=lexeme.start)
        self.notices.append(Notice(code, message, lexeme.start, lexeme.end))

    def either(self, depth: int) -> Query | None:
        return self._joined(Kind.OR, Or, lambda: self.each(depth))

    def each(self, depth: int) -> Query | None:
        return self._joined(Kind.AND, And, lambda: self.clauses(depth))

    def _joined(
        self, operator: Kind, node: type[And] | type[Or], part: Callable[[], Query | None]
    ) -> Query | None:
        parts = [part()]
        while self._is_operator(operator):
            self.take()
            parts.append(part())
        found = [one for one in parts if one is not None]
        return node(*found) if len(found) > 1 else found[0] if found else None

    def _is_operator(self, operator: Kind) -> bool:
        """Whether an operator comes next and has something to join on its right."""
        lexeme = self.peek()
        if lexeme is None or lexeme.kind is not operator:
            return False
        following = self.lexemes[self.position + 1 : self.position + 2]
        return bool(following) and following[0].kind not in (Kind.AND, Kind.OR, Kind.CLOSE)

    def clauses(self, depth: int) -> Query | None:
        sequence = _Sequence()
        while (lexeme := self.peek()) is not None and lexeme.kind is not Kind.CLOSE:
            joins = self._is_operator(Kind.OR) or self._is_operator(Kind.AND)
            if joins and not sequence.is_empty:
                break
            if lexeme.kind in (Kind.AND, Kind.OR):
                self.notice(
                    "dangling-operator",
                    f"{lexeme.text} joins nothing here: it was searched as a word",
                    lexeme,
                )
                sequence.add_word(self.take().text)
                continue
            sign, lexeme = self._signed()
            if lexeme is None:
                break
            is_plain = lexeme.kind is Kind.WORD and lexeme.field is None and lexeme.boost is None
            if is_plain and not sign:
                self._report(lexeme)
                sequence.add_word(lexeme.text)
                continue
            clause = self._clause(lexeme, depth)
            if clause is not None:
                sequence.add(sign or (_FILTER if self._is_filter(lexeme) else ""), clause)
        return sequence.query()

    def _is_filter(self, lexeme: Lexeme) -> bool:
        return lexeme.field is not None and not isinstance(self.kinds[lexeme.field], Text)

    def _signed(self) -> tuple[str, Lexeme | None]:
        """Take the next lexeme, and a NOT before it as its sign."""
        lexeme = self.take()
        if lexeme.kind is not Kind.NOT:
            return lexeme.sign, lexeme
        following = self.peek()
        if following is None or following.kind in (Kind.AND, Kind.OR, Kind.NOT, Kind.CLOSE):
            self.notice(
                "dangling-operator", "NOT excludes nothing: it was searched as a word", lexeme
            )
            return "", Lexeme(Kind.WORD, lexeme.text, lexeme.start, lexeme.end)
        return "-", self.take()

    def _report(self, lexeme: Lexeme) -> None:
        if lexeme.problem is not None:
            self.notice("syntax", lexeme.problem, lexeme)

    def _clause(self, lexeme: Lexeme, depth: int) -> Query | None:
        self._report(lexeme)
        boost = lexeme.boost
        clause: Query | None
        if lexeme.kind is Kind.OPEN:
            clause, boost = self._group(lexeme, depth)
        elif lexeme.kind is Kind.ALL:
            clause = All()
        elif lexeme.kind is Kind.RANGE:
            clause = self._range(lexeme)
        elif not lexeme.text.strip():
            self.notice("no-words", "there is nothing between the quotation marks: ignored", lexeme)
            clause = None
        elif lexeme.field is None or isinstance(self.kinds[lexeme.field], Text):
            node = Phrase if lexeme.kind is Kind.PHRASE else Match
            clause = node(lexeme.text, lexeme.field)
        else:
            clause = self._value(lexeme, lexeme.text)
        return Boost(clause, boost) if clause is not None and boost is not None else clause

    def _group(self, opening: Lexeme, depth: int) -> tuple[Query | None, float | None]:
        if depth >= _DEEPEST:
            self.notice("too-deep", f"brackets nest deeper than {_DEEPEST}: ignored", opening)
            return None, None
        clause = self.either(depth + 1)
        if self.peek() is None:
            self.notice("open-bracket", "a ( is not closed: closed at the end", opening)
            boost = None
        else:
            closing = self.take()
            self._report(closing)
            boost = closing.boost
        if opening.field is not None and clause is not None:
            clause = self._within(opening, clause)
        return clause, boost

    def _within(self, opening: Lexeme, clause: Query) -> Query | None:
        """Bind a group to the field before it: ``title:(quốc hội)``."""
        assert opening.field is not None
        is_text = isinstance(self.kinds[opening.field], Text)
        match clause:
            case Match(text, None) if is_text:
                return Match(text, opening.field)
            case Match(text, None):
                values = [self._value(opening, word) for word in text.split()]
                found = [value for value in values if value is not None]
                return Or(*found) if len(found) > 1 else found[0] if found else None
            case Phrase(text, None):
                return Phrase(text, opening.field) if is_text else self._value(opening, text)
            case And(parts) | Or(parts):
                bound = [self._within(opening, part) for part in parts]
                kept = [part for part in bound if part is not None]
                if len(kept) > 1:
                    return type(clause)(*kept)
                alone = kept[0] if kept else None
                return alone.clause if isinstance(alone, Should) else alone
            case Not(part) | Should(part):
                inner = self._within(opening, part)
                return None if inner is None else type(clause)(inner)
            case Boost(part, factor):
                inner = self._within(opening, part)
                return None if inner is None else Boost(inner, factor)
            case _:  # a field of its own inside the brackets
                return clause

    def _value(self, lexeme: Lexeme, text: str) -> Query | None:
        """A value of a field that is not text: ``year:2022``, ``year:>=2022``, ``date:2022-09``."""
        name = str(lexeme.field)
        comparison = _COMPARISON.fullmatch(text) if lexeme.kind is not Kind.PHRASE else None
        if comparison is not None:
            if not self._is_ordered(lexeme):
                return None
            keyword = _COMPARISONS[comparison[1]]
            bound = self._bound(lexeme, comparison[2], keyword)
            return None if bound is None else Range(name, **{keyword: bound})
        if span := _span(self.kinds[name], text):
            return Range(name, gte=span[0], lte=span[1])
        value = self._parsed(lexeme, text)
        return None if value is None else Term(name, value)

    def _range(self, lexeme: Lexeme) -> Query | None:
        bounds = _BOUNDS.fullmatch(lexeme.text)
        assert bounds is not None and lexeme.field is not None
        if not self._is_ordered(lexeme):
            return None
        opening, low, high, closing = bounds.groups()
        wanted = {"gte" if opening == "[" else "gt": low, "lte" if closing == "]" else "lt": high}
        values: dict[str, Value | None] = {}
        for keyword, text in wanted.items():
            values[keyword] = None if text == "*" else self._bound(lexeme, text, keyword)
            if values[keyword] is None and text != "*":
                return None
        return Range(lexeme.field, **values)

    def _bound(self, lexeme: Lexeme, text: str, keyword: str) -> Value | None:
        """The value of a bound; of a year, month or day, the end of it that is meant."""
        span = _span(self.kinds[str(lexeme.field)], text)
        if span is None:
            return self._parsed(lexeme, text)
        return span[0] if keyword in ("gte", "lt") else span[1]

    def _is_ordered(self, lexeme: Lexeme) -> bool:
        kind = self.kinds[str(lexeme.field)]
        if not kind.is_ordered:
            why = f"{lexeme.field!r} is a {kind.type_name} field: it takes no ranges"
            self.notice("bad-value", f"{why}; ignored", lexeme)
        return kind.is_ordered

    def _parsed(self, lexeme: Lexeme, text: str) -> Value | None:
        kind = self.kinds[str(lexeme.field)]
        if isinstance(kind, Stored):
            why = f"{lexeme.field!r} is a {kind.type_name} field: it cannot be searched"
            self.notice("bad-value", f"{why}; ignored", lexeme)
            return None
        try:
            value: Value = kind.parse(text)
        except ValueError:
            self.notice(
                "bad-value",
                f"{text!r} is no value of {lexeme.field!r}, which holds {kind.expects}: ignored",
                lexeme,
            )
            return None
        return value


class _Sequence:
    """Clauses that stand side by side; plain words next to each other make one ``Match``."""

    def __init__(self) -> None:
        self._clauses: list[tuple[str, Query]] = []
        self._words: list[str] = []

    @property
    def is_empty(self) -> bool:
        return not self._clauses and not self._words

    def add_word(self, word: str) -> None:
        self._words.append(word)

    def add(self, sign: str, clause: Query) -> None:
        if not sign and isinstance(clause, Match) and clause.field is None:
            self._words.append(clause.text)  # brackets around plain words mean nothing
            return
        self._close_words()
        self._clauses.append((sign, clause))

    def query(self) -> Query | None:
        self._close_words()
        clauses = self._clauses
        if all(sign == "" for sign, _ in clauses):
            plain = [clause for _, clause in clauses]
            return Or(*plain) if len(plain) > 1 else plain[0] if plain else None
        plain = [clause for sign, clause in clauses if not sign]
        if not any(sign == "+" for sign, _ in clauses):
            # Nothing is required by its sign, so the plain clauses are what is looked for.
            wanted = [Or(*plain)] if len(plain) > 1 else plain
            wanted += [Not(clause) if sign == "-" else clause for sign, clause in clauses if sign]
            return And(*wanted) if len(wanted) > 1 else wanted[0]
        signed = [_OCCURS[sign](clause) for sign, clause in clauses]
        return And(*signed) if len(signed) > 1 else signed[0]

    def _close_words(self) -> None:
        if self._words:
            self._clauses.append(("", Match(" ".join(self._words))))
            self._words = []


def _span(kind: FieldType, text: str) -> tuple[Value, Value] | None:
    """First and last value of a year or month, or of a day where the field holds moments."""
    match = _PART_OF_DATE.fullmatch(text) if isinstance(kind, (Date, DateTime)) else None
    if match is None or (match[3] and isinstance(kind, Date)):
        return None
    year, first, last = int(match[1]), int(match[2] or 1), int(match[2] or 12)
    try:
        start = date(year, first, int(match[3] or 1))
        end = date(year, last, int(match[3] or monthrange(year, last)[1]))
    except ValueError:
        return None
    if isinstance(kind, Date):
        return start, end
    return datetime.combine(start, time.min, UTC), datetime.combine(end, time.max, UTC)
