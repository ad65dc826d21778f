"""Values of fields that are not text, as people type them → nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time

from searchlib._later import regex
from searchlib._typing import Final
from searchlib.fields import Category, Date, DateTime, Keyword, Stored, described
from searchlib.fields import Field as FieldType
from searchlib.query.lexer import Kind, Lexeme
from searchlib.query.nodes import Exists, Prefix, Query, Range, Term, Value

__all__ = ["Values"]

_COMPARISON: Final = regex(r"(>=|<=|>|<)(.+)", re.DOTALL)
_COMPARISONS: Final = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}
_SPAN: Final = regex(r"(.*?)\.\.(.*)", re.DOTALL)
_PART_OF_DATE: Final = regex(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_BOUNDS: Final = regex(r"([\[{])\s*(\S+)\s+TO\s+([^\s\]}]+)\s*([\]}])")


class Values:
    """Reads the values of a query string.

    Args:
        kinds: the fields that may stand before a colon.
        notice: takes a code, a message and the lexeme that is meant, where a value is none.
    """

    def __init__(
        self, kinds: Mapping[str, FieldType], notice: Callable[[str, str, Lexeme], None]
    ) -> None:
        self.kinds = kinds
        self.notice = notice

    def suffixed(self, lexeme: Lexeme, text: str, suffix: str) -> Query | None:
        """A value with what stands behind it: ``author:Le*``."""
        kind = self.kinds[str(lexeme.field)]
        if suffix == "*" and isinstance(kind, (Keyword, Category)):
            return Prefix(text, lexeme.field, lexeme.accents)
        if suffix:
            why = f"{lexeme.field!r} is {described(kind)}: it takes no {suffix}"
            self.notice("bad-value", f"{why}; ignored", lexeme)
            if suffix == "*":  # of a number or a day it leaves another one
                return None
        return self.value(lexeme, text, is_quoted=lexeme.kind is Kind.PHRASE)

    def value(self, lexeme: Lexeme, text: str, *, is_quoted: bool = False) -> Query | None:
        """A value of a field that is not text: ``year:2022``, ``year:>=2022``, ``date:2022-09``."""
        name = str(lexeme.field)
        span = _SPAN.fullmatch(text)
        if span is not None and self.kinds[name].is_ordered and not is_quoted and text != "..":
            low, high = (part or "*" for part in span.groups())
            return self._between(lexeme, {"gte": low, "lte": high})
        comparison = _COMPARISON.fullmatch(text) if not is_quoted else None
        if comparison is not None:
            if not self._is_ordered(lexeme):
                return None
            keyword = _COMPARISONS[comparison[1]]
            bound = self._bound(lexeme, comparison[2], keyword)
            return None if bound is None else Range(name, **{keyword: bound})
        if days := _span(self.kinds[name], text):
            return Range(name, gte=days[0], lte=days[1])
        value = self._parsed(lexeme, text)
        return None if value is None else Term(name, value)

    def range(self, lexeme: Lexeme) -> Query | None:
        """A range in brackets: ``year:[2020 TO 2022}``."""
        bounds = _BOUNDS.fullmatch(lexeme.text)
        assert bounds is not None
        if not self._is_ordered(lexeme):
            return None
        opening, low, high, closing = bounds.groups()
        wanted = {"gte" if opening == "[" else "gt": low, "lte" if closing == "]" else "lt": high}
        return self._between(lexeme, wanted)

    def _between(self, lexeme: Lexeme, wanted: Mapping[str, str]) -> Query | None:
        """A range between bounds; ``*`` is none."""
        if set(wanted.values()) == {"*"}:
            return Exists(str(lexeme.field))
        values: dict[str, Value | None] = {}
        for keyword, text in wanted.items():
            values[keyword] = None if text == "*" else self._bound(lexeme, text, keyword)
            if values[keyword] is None and text != "*":
                return None
        return Range(str(lexeme.field), **values)

    def _bound(self, lexeme: Lexeme, text: str, keyword: str) -> Value | None:
        """The value of a bound; of a year, month or day, the end of it that is meant."""
        span = _span(self.kinds[str(lexeme.field)], text)
        if span is None:
            return self._parsed(lexeme, text)
        return span[0] if keyword in ("gte", "lt") else span[1]

    def _is_ordered(self, lexeme: Lexeme) -> bool:
        kind = self.kinds[str(lexeme.field)]
        if not kind.is_ordered:
            why = f"{lexeme.field!r} is {described(kind)}: it takes no ranges"
            self.notice("bad-value", f"{why}; ignored", lexeme)
        return kind.is_ordered

    def _parsed(self, lexeme: Lexeme, text: str) -> Value | None:
        kind = self.kinds[str(lexeme.field)]
        if isinstance(kind, Stored):
            why = f"{lexeme.field!r} is {described(kind)}: it cannot be searched"
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


def _span(kind: FieldType, text: str) -> tuple[Value, Value] | None:
    """First and last value of a year or month, or of a day where the field holds moments."""
    match = _PART_OF_DATE.fullmatch(text) if isinstance(kind, (Date, DateTime)) else None
    if match is None or (match[3] and isinstance(kind, Date)):
        return None
    year, first, last = int(match[1]), int(match[2] or 1), int(match[2] or 12)
    try:
        start = date(year, first, int(match[3] or 1))
        end = date(year, last, int(match[3] or _days_of(year, last)))
    except ValueError:
        return None
    if isinstance(kind, Date):
        return start, end
    return datetime.combine(start, time.min, UTC), datetime.combine(end, time.max, UTC)


def _days_of(year: int, month: int) -> int:
    from calendar import monthrange  # which loads the names of its days in the system's language

    return monthrange(year, month)[1]
