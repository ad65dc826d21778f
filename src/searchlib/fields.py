"""The types of fields: what value each takes, and what the engine gets for it."""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta
from reprlib import Repr
from typing import Any, ClassVar, Final

from searchlib._dataclass import dataclass
from searchlib.errors import SchemaError
from searchlib.languages import base_code

__all__ = [
    "FIELD_TYPES",
    "Boolean",
    "Category",
    "Date",
    "DateTime",
    "Field",
    "Float",
    "Integer",
    "Keyword",
    "Stored",
    "Text",
    "check_label",
    "check_language",
    "described",
    "show",
]

_KEYWORD_BYTES: Final = 32_766  # half of tantivy's limit on a term, over which it drops it unsaid
_LARGEST_WEIGHT: Final = 10_000.0
_MOST_STEPS: Final = 1_000  # of a path
_DEEPEST: Final = 200  # lists and dicts within one another
_TOO_DEEP: Final = f"expected JSON of at most {_DEEPEST} lists and dicts in one another, got more"
_INT64: Final = 1 << 63
# Of a value of 100 MB or a thousand lists within lists, an error shows the beginning.
_SHORT_REPR: Final = Repr()
_SHORT_REPR.maxstring = _SHORT_REPR.maxother = _SHORT_REPR.maxlong = 80
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)


class Field(ABC):
    """A type of field. ``encode`` checks one value and turns it into what the engine indexes."""

    type_name: ClassVar[str]
    expects: ClassVar[str]
    is_ordered: ClassVar[bool] = False  #: whether ranges of its values make sense

    @abstractmethod
    def encode(self, value: Any) -> Any:
        """Return the value as the engine holds it.

        Raises:
            ValueError: it is not a value of this type; the message says what is expected.
        """

    def check_new(self, value: Any) -> None:  # noqa: B027  most types take all that they encode
        """Check an encoded value that is not stored yet; what was stored before stays.

        Raises:
            ValueError: it is beyond what is good for an index.
        """

    def decode(self, value: Any) -> Any:
        """Return a value of a stored document from its JSON form."""
        return value

    def to_json(self, value: Any) -> Any:
        """Return a checked value in the form in which the stored document's JSON holds it."""
        return value

    def parse(self, text: str) -> Any:
        """Return the value that a person means by this text in a query.

        Raises:
            ValueError: the text names no value of this type.
        """
        return text

    def _refuse(self, value: Any) -> ValueError:
        return ValueError(f"expected {self.expects}, got {show(value)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """Text to be searched by its words.

    Attributes:
        weight: how often a word in this field counts: rounded, and at most 20 times. A field that
            weighs less than a half is scored apart, with its weight as factor. Above 0, at most
            10,000.
        language: the language of every text in this field; None takes the document's.
        collation: the language in whose alphabetical order documents can be sorted by this field,
            by the first 250 code points of its first text; None cannot sort by it.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text(weight=2.0), "body": Text()}, languages=["en"]))
    >>> index.add([
    ...     {"id": "a", "title": "Boats", "body": "Sailing on the river."},
    ...     {"id": "b", "title": "Sailing", "body": "Boats on the river."},
    ... ]).added
    2
    >>> index.search("sailing").ids
    ('b', 'a')
    """

    type_name: ClassVar[str] = "text"
    expects: ClassVar[str] = "a str"

    weight: float = 1.0
    language: str | None = None
    collation: str | None = None

    def __post_init__(self) -> None:
        weight = self.weight
        is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
        if not (is_number and 0 < weight <= _LARGEST_WEIGHT):
            raise SchemaError(
                f"a text field's weight is above 0 and at most {_LARGEST_WEIGHT:g}, not {weight!r}"
            )
        if self.language is not None:
            object.__setattr__(self, "language", check_language(self.language))
        if self.collation is not None:
            object.__setattr__(self, "collation", check_language(self.collation))

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        return value if type(value) is str else str.__str__(value)


@dataclass(frozen=True, slots=True)
class Keyword(Field):
    """A label taken as it is, for filters, facets and sorting: an author, a status, a tag.

    Attributes:
        collation: the language in whose alphabetical order documents are sorted by it (đ after d,
            é with e), by the first 250 code points; ``"und"`` is the order that suits most
            languages. None sorts by code point.

    >>> Keyword().encode("Le Monde")
    'Le Monde'
    >>> Keyword().encode(7)
    Traceback (most recent call last):
    ValueError: expected a str, got 7 (int)
    """

    type_name: ClassVar[str] = "keyword"
    expects: ClassVar[str] = "a str"

    collation: str | None = None

    def __post_init__(self) -> None:
        if self.collation is not None:
            object.__setattr__(self, "collation", check_language(self.collation))

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        return check_label(value)

    def parse(self, text: str) -> str:
        return self.encode(text)


@dataclass(frozen=True, slots=True)
class Category(Field):
    """A place in a hierarchy, written as a path: ``"News/Asia/Vietnam"``.

    A filter or facet on ``"News/Asia"`` takes in all that lies below it.

    >>> Category().encode("/News/ Asia /")
    'News/Asia'
    """

    type_name: ClassVar[str] = "category"
    expects: ClassVar[str] = "a path such as 'News/Asia'"

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        path = value if type(value) is str else str.__str__(value)
        steps = [step.strip() for step in path.strip("/").split("/")]
        if not all(steps):
            raise ValueError(f"expected {self.expects} without empty steps, got {show(value)}")
        return check_label("/".join(steps))

    def check_new(self, value: Any) -> None:
        # Each step is indexed with all that it lies in.
        if (steps := value.count("/") + 1) > _MOST_STEPS:
            raise ValueError(f"expected a path of at most {_MOST_STEPS:,} steps, got {steps:,}")

    def parse(self, text: str) -> str:
        return self.encode(text)


@dataclass(frozen=True, slots=True)
class Integer(Field):
    """A whole number of 64 bits: -2**63 to 2**63 - 1.

    >>> Integer().encode(2022), Integer().parse("-7")
    (2022, -7)
    >>> Integer().encode(2**63)
    Traceback (most recent call last):
    ValueError: expected an int of at most 64 bits, got 9223372036854775808 (int)
    """

    type_name: ClassVar[str] = "integer"
    expects: ClassVar[str] = "an int of at most 64 bits"
    is_ordered: ClassVar[bool] = True

    def encode(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refuse(value)
        number = value if type(value) is int else int.__int__(value)
        if not -_INT64 <= number < _INT64:
            raise self._refuse(value)
        return number

    def parse(self, text: str) -> int:
        return self.encode(int(text))


@dataclass(frozen=True, slots=True)
class Float(Field):
    """A finite number; an int is taken for the float of its value.

    >>> Float().encode(2), Float().parse("1e3")
    (2.0, 1000.0)
    """

    type_name: ClassVar[str] = "float"
    expects: ClassVar[str] = "a finite float"
    is_ordered: ClassVar[bool] = True

    def encode(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refuse(value)
        try:
            number = (
                float.__float__(value) if isinstance(value, float) else float(int.__int__(value))
            )
        except OverflowError:
            raise self._refuse(value) from None
        if not math.isfinite(number):
            raise self._refuse(value)
        return number + 0.0  # the engine would take -0.0 for less than 0.0

    def parse(self, text: str) -> float:
        return self.encode(float(text))


@dataclass(frozen=True, slots=True)
class Boolean(Field):
    """True or False.

    >>> Boolean().encode(True), Boolean().parse("False")
    (True, False)
    >>> Boolean().encode(1)
    Traceback (most recent call last):
    ValueError: expected True or False, got 1 (int)
    """

    type_name: ClassVar[str] = "boolean"
    expects: ClassVar[str] = "True or False"

    def encode(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._refuse(value)
        return value

    def parse(self, text: str) -> bool:
        if text.lower() not in {"true", "false"}:
            raise self._refuse(text)
        return text.lower() == "true"


@dataclass(frozen=True, slots=True)
class Date(Field):
    """A day of the calendar: a ``date`` or its ISO string; comes back as a ``date``.

    The engine holds the number of days since 1970-01-01.

    >>> Date().encode("1970-02-01"), Date().parse("2022-09-15")
    (31, datetime.date(2022, 9, 15))
    """

    type_name: ClassVar[str] = "date"
    expects: ClassVar[str] = "a date or an ISO string such as '2022-09-15'"
    is_ordered: ClassVar[bool] = True

    def encode(self, value: Any) -> int:
        return self._day(value).toordinal() - _EPOCH_DAY

    def to_json(self, value: Any) -> str:
        return self._day(value).isoformat()

    def decode(self, value: Any) -> date:
        return date.fromisoformat(value)

    def parse(self, text: str) -> date:
        return self._day(text)

    def _day(self, value: Any) -> date:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise self._refuse(value) from None
        if isinstance(value, datetime):
            if value != value:  # no moment, as pandas has it
                raise self._refuse(value)
            raise ValueError(
                f"expected {self.expects}, got {show(value)}: a DateTime field keeps the time"
            )
        if type(value) is date:
            return value
        if not isinstance(value, date):
            raise self._refuse(value)
        # Of a type derived from it: that one may print, and count its days, in a way of its own.
        return date(value.year, value.month, value.day)


@dataclass(frozen=True, slots=True)
class DateTime(Field):
    """A moment: a ``datetime`` or its ISO string; comes back as a ``datetime`` in UTC.

    Without a time zone it is taken for UTC; a ``date`` is taken for its midnight in UTC. The
    engine holds the number of microseconds since 1970-01-01T00:00Z.

    >>> DateTime().encode("1970-01-01T07:00:01+07:00")
    1000000
    >>> DateTime().to_json("2022-09-15T10:30:00+07:00")
    '2022-09-15T03:30:00+00:00'
    """

    type_name: ClassVar[str] = "datetime"
    expects: ClassVar[str] = "a datetime or an ISO string such as '2022-09-15T10:30:00+07:00'"
    is_ordered: ClassVar[bool] = True

    def encode(self, value: Any) -> int:
        return (self._moment(value) - _EPOCH) // _MICROSECOND

    def to_json(self, value: Any) -> str:
        return self._moment(value).isoformat()

    def decode(self, value: Any) -> datetime:
        return datetime.fromisoformat(value)

    def parse(self, text: str) -> datetime:
        return self._moment(text)

    def _moment(self, value: Any) -> datetime:
        moment = value
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                raise self._refuse(value) from None
        elif isinstance(value, date) and not isinstance(value, datetime):
            moment = datetime(value.year, value.month, value.day)
        if not isinstance(moment, datetime):
            raise self._refuse(value)
        if type(moment) is not datetime:
            try:
                moment = _plain_moment(moment)
            except (ValueError, TypeError):  # no moment, as pandas has it, or one far off
                raise self._refuse(value) from None
        try:
            if moment.utcoffset() is None:
                return moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except OverflowError:
            raise ValueError(
                f"expected a moment within the years 1 to 9999 in UTC, got {show(value)}"
            ) from None
        except Exception:  # whatever a time zone raises that somebody wrote
            raise ValueError(
                f"expected {self.expects}, got {show(value)}: its time zone does not tell how far "
                "it is from UTC"
            ) from None


def _plain_moment(value: datetime) -> datetime:
    """The moment of a type derived from ``datetime``, which may print in a way of its own."""
    day = value.year, value.month, value.day
    time = value.hour, value.minute, value.second, value.microsecond
    return datetime(*day, *time, tzinfo=value.tzinfo, fold=value.fold)


@dataclass(frozen=True, slots=True)
class Stored(Field):
    """Anything that JSON can hold: comes back with the document, cannot be searched.

    >>> Stored().encode({"pages": [1, 2], "by": None})
    {'pages': [1, 2], 'by': None}
    >>> Stored().encode({1: "one"})
    Traceback (most recent call last):
    ValueError: expected something that JSON can hold, got {1: 'one'} (dict): the key 1 is no str
    """

    type_name: ClassVar[str] = "stored"
    expects: ClassVar[str] = "something that JSON can hold"

    def encode(self, value: Any) -> Any:
        try:
            json.dumps(value, allow_nan=False)
            _check_keys(value)
        except RecursionError:
            raise ValueError(_TOO_DEEP) from None
        except (TypeError, ValueError) as error:
            raise ValueError(f"expected {self.expects}, got {show(value)}: {error}") from None
        return value

    def check_new(self, value: Any) -> None:
        # What one thread may write, another, deep in calls, could not read.
        layer, depth = [value], 0
        while layer := [one for one in layer if isinstance(one, (dict, list, tuple))]:
            depth += 1
            if depth > _DEEPEST:
                raise ValueError(_TOO_DEEP)
            layer = [
                inner for one in layer for inner in (one.values() if isinstance(one, dict) else one)
            ]


def _check_keys(value: Any) -> None:
    """JSON's keys are strings: Python writes others as if they were, and they come back changed."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is no str")
            _check_keys(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_keys(inner)


#: Type name → type.
FIELD_TYPES: Final[dict[str, type[Field]]] = {
    kind.type_name: kind
    for kind in (Text, Keyword, Category, Integer, Float, Boolean, Date, DateTime, Stored)
}


def check_label(value: str) -> str:
    """Return a keyword, path or id that the engine can hold: of a type derived from ``str``, as
    members of an enumeration are, which may print as something else, the ``str`` that it is.

    Raises:
        ValueError: it is no text, or longer than a term may be.
    """
    if type(value) is not str:
        value = str.__str__(value)
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{show(value)} holds half of a surrogate pair: no text") from None
    if size > _KEYWORD_BYTES:
        raise ValueError(f"expected at most {_KEYWORD_BYTES:,} bytes of UTF-8, got {size:,}")
    return value


def check_language(code: object) -> str:
    """Return the language of a code or tag.

    Raises:
        ValueError: it is none; as ``SchemaError``.
    """
    try:
        return base_code(code)
    except (ValueError, TypeError):
        message = f"expected a language code such as 'vi' or 'pt-BR', got {show(code)}"
        raise SchemaError(message) from None


def described(kind: Field) -> str:
    """What messages call a field of that type.

    >>> described(Integer())
    'an integer field'
    """
    article = "an" if kind.type_name[0] in "aeiou" else "a"
    return f"{article} {kind.type_name} field"


def show(value: object) -> str:
    """A value for an error message: its repr, cut short, and its type."""
    try:
        text = _SHORT_REPR.repr(value)
    except ValueError:  # Python writes no ints of more than 4,300 digits
        text = "a number of thousands of digits"
    if len(text) > 80:
        text = text[:77] + "…"
    return f"{text} ({type(value).__name__})"
