"""What type of field suits the values of one column, if they leave no doubt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple
from unicodedata import name as character_name

from searchlib.fields import (
    Boolean,
    Date,
    DateTime,
    Field,
    Float,
    Integer,
    Keyword,
    Stored,
    Text,
    show,
)
from searchlib.io.fit import is_uuid, is_whole, list_in

__all__ = ["Answer", "Column"]

_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_COMMA_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9 .,]*,[0-9]+")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
_COMPACT_DAY: Final = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_OTHER_DAY: Final = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}( [0-9:]+)?")
_ZEROS: Final = re.compile(r"[+-]?0[0-9]")
_INT64: Final = 1 << 63

_TEXT_NAMES: Final = re.compile(
    r"(.*_)?(title|name|headline|subject|body|content|contents|text|abstract|summary|description"
    r"|comment|comments|message|note|notes|titre|nom|texte|résumé)",
    re.I,
)
_KEYWORD_NAMES: Final = re.compile(
    r"(.*_)?(author|authors|category|categories|tag|tags|keyword|keywords|status|type|kind|source"
    r"|publisher|section|country|city|url|uri|link|email|user|lang|language|code|sku|isbn|key)",
    re.I,
)
_LABEL_NAMES: Final = re.compile(
    r"(.*_)?(zip|zipcode|postcode|postal_code|phone|tel|telephone|fax|isbn|issn|ean|sku|code|siret"
    r"|siren|iban|id|uuid)",
    re.I,
)
# Scripts in which no spaces stand between words.
_UNSPACED: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")

_MANY_WORDS: Final = 5  # on average: a text
_LONG: Final = 120  # code points of one value: a text
_FEW_VALUES: Final = 20  # fewer do not tell whether values repeat
_REPEATED: Final = 0.5  # share of values that differ, at most: labels
_MANY: Final = 0.5  # of the values that are of one form, short of all: a question
_MOST_BITS: Final = 10_000  # of a whole number that is an id: Python writes little larger ones
_SHORTEST_ID: Final = 200  # code points of the longest id


class Answer(NamedTuple):
    """The type of field of a column, and why; None, and a question, where it is in doubt."""

    kind: Field | None
    why: str


class Column:
    """The values of one field in a sample of records.

    Args:
        name: what it is called.
        values: one a record; None where a record has none.
        is_untyped: whether all values are text, whatever they mean.

    >>> Column("year", ["2021", "2022"], is_untyped=True).answer()
    Answer(kind=Integer(), why='all are whole numbers')
    >>> Column("zip", ["02134", "90210"], is_untyped=True).answer().why
    "'zip' holds digits that begin with 0, such as '02134': say fields={'zip': Keyword()} to keep \
them as they are, or fields={'zip': Integer()}, by which '02134' becomes 2134"
    """

    def __init__(self, name: str, values: Sequence[Any], *, is_untyped: bool) -> None:
        self.name = name
        self.records = len(values)
        if is_untyped:
            values = list(map(_cell, values))
        self.values = [value for value in values if value is not None]
        self._is_untyped = is_untyped

    @cached_property
    def _flat(self) -> list[Any]:
        """The values, of lists what is in them."""
        flat: list[Any] = []
        for value in self.values:
            flat += value if isinstance(value, (list, tuple)) else [value]
        return [value for value in flat if value is not None]

    @property
    def is_short(self) -> bool:
        """Whether the values are short enough for ids that people may read."""
        return all(len(str(value)) <= _SHORTEST_ID for value in self.values)

    def no_id(self) -> str:
        """Return why this is not the id; empty if it can be."""
        if len(self.values) < self.records:
            return f"{self.records - len(self.values):,} of {self.records:,} records have none"
        odd = [value for value in self.values if not _is_id(value)]
        if odd:
            return f"{show(odd[0])} is no id: an id is a str or a whole number"
        seen: set[str] = set()
        for value in map(str, self.values):
            if value in seen:
                return f"several records have {value!r}, and a later one replaces an earlier one"
            seen.add(value)
        return ""

    def answer(self) -> Answer:
        """Return the type of field, or the question."""
        flat = self._flat
        if not flat:
            return self._ask("has no value in any record looked at", "Text", "Keyword")
        kinds = set(map(type, flat))
        if any(issubclass(kind, dict) for kind in kinds) or any(
            isinstance(value, (list, tuple)) for value in flat
        ):
            return Answer(Stored(), "what lies within is kept, and not searched")
        if all(issubclass(kind, str) for kind in kinds):
            return self._of_text([str(value) for value in flat])
        if all(map(is_uuid, flat)):
            return Answer(Keyword(), "all are UUIDs")
        typed = (one for one in _TYPED if all(issubclass(kind, one.types) for kind in kinds))
        found = next(typed, None)
        if found is None or (bool in kinds and kinds != {bool}):
            return self._ask_of_types(kinds)
        are_whole = isinstance(found.kind, Float) and all(map(is_whole, flat))
        if isinstance(found.kind, Integer) and not all(map(_is_int64, flat)):
            return self._ask("holds whole numbers of more than 64 bits", "Float", "Keyword")
        if are_whole and (kinds == {Decimal} or len(self.values) < self.records):
            what = f"holds whole numbers written as {_names(kinds)}{_examples(flat)}"
            return self._ask(what, "Integer", "Float")
        if isinstance(found.kind, Date) and any(issubclass(kind, datetime) for kind in kinds):
            return Answer(DateTime(), "some are days, some are moments")
        return Answer(found.kind, found.why)

    def _of_text(self, values: list[str]) -> Answer:
        filled = [value for value in values if value.strip()]
        if not filled:
            return self._ask("holds blank texts only", "Text", "Keyword")
        for form in (self._as_days, self._as_numbers, self._as_booleans):
            if answer := form(filled):
                return answer
        return self._as_words(filled)

    def _as_days(self, values: list[str]) -> Answer | None:
        days = [value for value in values if _DAY.fullmatch(value) and _is(Date(), value)]
        moments = [value for value in values if _MOMENT.fullmatch(value) and _is(DateTime(), value)]
        count = len(days) + len(moments)
        if count == len(values):
            kind: Field = DateTime() if moments else Date()
            what = "moments" if moments else "days"
            return Answer(kind, f"all are {what} in the form of ISO 8601")
        if count >= _MANY * len(values):
            other = next(value for value in values if value not in {*days, *moments})
            kind_name = "DateTime" if moments else "Date"
            return Answer(
                None,
                f"{self.name!r} holds dates, but {len(values) - count:,} of {len(values):,} are "
                f"none, such as {other[:60]!r}: say {self._way(kind_name)}, by which such rows are "
                f"rejected, or {self._way('Keyword')}",
            )
        if all(map(_COMPACT_DAY.fullmatch, values)):
            return self._ask(
                f"holds digits that may be days{_examples(values)}", "Date", "Integer", "Keyword"
            )
        if all(map(_OTHER_DAY.fullmatch, values)) and not all(map(_NUMBER.fullmatch, values)):
            return Answer(
                None,
                f"{self.name!r} holds what may be dates{_examples(values)}, of which nobody can "
                "tell the day from the month: write them as 2022-09-15 on the way in for a Date, "
                f"or say {self._way('Keyword')}",
            )
        return None

    def _as_numbers(self, values: list[str]) -> Answer | None:
        stripped = [value.strip() for value in values]
        numbers = [value for value in stripped if _NUMBER.fullmatch(value)]
        if len(numbers) < len(values):
            if len(numbers) >= _MANY * len(values):
                other = next(value for value in stripped if not _NUMBER.fullmatch(value))
                kind = "Integer" if all(map(_WHOLE.fullmatch, numbers)) else "Float"
                return Answer(
                    None,
                    f"{self.name!r} holds numbers, but {len(values) - len(numbers):,} of "
                    f"{len(values):,} are none, such as {other[:60]!r}: say {self._way(kind)}, by "
                    f"which such rows are rejected, or {self._way('Keyword')}",
                )
            if all(map(_COMMA_NUMBER.fullmatch, stripped)):
                return Answer(
                    None,
                    f"{self.name!r} holds what may be numbers with a comma{_examples(values)}: "
                    "write them with a point on the way in for a Float, or say "
                    f"{self._way('Keyword')}",
                )
            return None
        zeros = [value for value in stripped if _ZEROS.match(value)]
        if zeros:
            number = "Integer" if all(map(_WHOLE.fullmatch, stripped)) else "Float"
            return Answer(
                None,
                f"{self.name!r} holds digits that begin with 0, such as {zeros[0]!r}: say "
                f"{self._way('Keyword')} to keep them as they are, or {self._way(number)}, by "
                f"which {zeros[0]!r} becomes {float(zeros[0]):.15g}",
            )
        if not all(map(_WHOLE.fullmatch, stripped)):
            if not self._is_untyped:
                return self._ask(
                    f"holds numbers written as text{_examples(values)}", "Float", "Keyword"
                )
            return Answer(Float(), "all are numbers")
        if not all(_is(Integer(), value) for value in stripped):
            return self._ask(
                f"holds whole numbers of more than 64 bits{_examples(values)}", "Float", "Keyword"
            )
        if not self._is_untyped or _LABEL_NAMES.fullmatch(self.name):
            return self._ask(
                f"holds digits{_examples(values)}, which may be numbers or labels",
                "Integer",
                "Keyword",
            )
        return Answer(Integer(), "all are whole numbers")

    def _as_booleans(self, values: list[str]) -> Answer | None:
        if not self._is_untyped or not {value.lower() for value in values} <= {"true", "false"}:
            return None
        return Answer(Boolean(), "all are true or false")

    def _as_words(self, values: list[str]) -> Answer:
        words = sum(map(_word_count, values)) / len(values)
        distinct = len(set(values)) / len(values)
        longest = max(map(len, values))
        is_path = sum("/" in value for value in values) >= _MANY * len(values)
        has_links = any("://" in value for value in values)
        is_long = longest > _LONG and words > 1
        if words >= _MANY_WORDS or is_long or any("\n" in value for value in values):
            return Answer(Text(), f"{words:.0f} words on average")
        if is_path and not has_links and distinct <= _REPEATED:
            return self._ask(f"holds paths{_examples(values)}", "Category", "Keyword")
        if _TEXT_NAMES.fullmatch(self.name):
            return Answer(Text(), "by its name")
        repeats = len(values) >= _FEW_VALUES and distinct <= _REPEATED
        if repeats:
            count = len(set(values))
            return Answer(Keyword(), f"{count:,} different values in {len(values):,}")
        if words <= 1:
            if any(map(_is_unspaced, values)):
                return self._ask_of_words(values)
            return Answer(Keyword(), "single words")
        if _KEYWORD_NAMES.fullmatch(self.name):
            return Answer(Keyword(), "by its name")
        return self._ask_of_words(values)

    def _ask_of_words(self, values: list[str]) -> Answer:
        return Answer(
            None,
            f"{self.name!r} holds short texts{_examples(values)}, and most differ: say "
            f"{self._way('Text')} to search their words, {self._way('Keyword')} to filter and "
            "count them",
        )

    def _ask_of_types(self, kinds: Iterable[type]) -> Answer:
        return Answer(
            None,
            f"{self.name!r} holds values of {_names(kinds)}{_examples(self._flat)}, which no field "
            "takes: make them str or numbers on the way in, or leave the field out with "
            "read(…, columns=…)",
        )

    def _ask(self, what: str, *kinds: str) -> Answer:
        return Answer(None, f"{self.name!r} {what}: say {' or '.join(map(self._way, kinds))}")

    def _way(self, kind: str) -> str:
        return f"fields={{{self.name!r}: {kind}()}}"


class _Typed(NamedTuple):
    types: tuple[type, ...]
    kind: Field
    why: str


# The first whose types all values are of.
_TYPED: Final = (
    _Typed((bool,), Boolean(), "all are true or false"),
    _Typed((int,), Integer(), "all are whole numbers"),
    _Typed((int, float, Decimal), Float(), "all are numbers"),
    _Typed((datetime,), DateTime(), "all are moments"),
    _Typed((date,), Date(), "all are days"),
)


def _cell(value: Any) -> Any:
    """What a cell holds: text, or a list of texts."""
    items = list_in(value)
    if items is None:
        return value
    return [item if isinstance(item, str) else json.dumps(item) for item in items]


def _is_id(value: Any) -> bool:
    if type(value) is int:
        return value.bit_length() <= _MOST_BITS
    return type(value) is str or is_uuid(value)


def _is_int64(value: int) -> bool:
    return -_INT64 <= value < _INT64


def _is(kind: Field, value: str) -> bool:
    try:
        kind.parse(value)
    except ValueError:
        return False
    return True


def _names(kinds: Iterable[type]) -> str:
    return " and ".join(sorted(kind.__name__ for kind in kinds))


def _examples(values: Sequence[Any]) -> str:
    first = list(dict.fromkeys(map(_repr, values)))[:3]
    return f", such as {', '.join(one if len(one) <= 60 else one[:59] + '…' for one in first)}"


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no ints of more than 4,300 digits
        return show(value)


def _word_count(text: str) -> float:
    spaced = text.split()
    if text.isascii():
        return len(spaced)
    unspaced = sum(map(_is_unspaced, text))
    return max(len(spaced), unspaced / 2)


def _is_unspaced(text: str) -> bool:
    return any(character_name(char, "").startswith(_UNSPACED) for char in text)
