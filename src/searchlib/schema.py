"""What a document is made of: typed fields, and the check that a document fits them.

Every field may be missing (or None) and may hold a list of values. A key that the schema does not
name is an error, not a loss.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from reprlib import Repr
from typing import Any, ClassVar, Final, TypeAlias
from unicodedata import normalize

from searchlib.errors import DocumentError, SchemaError
from searchlib.languages import base_code

__all__ = [
    "Boolean",
    "Category",
    "Date",
    "DateTime",
    "Document",
    "Field",
    "Float",
    "Integer",
    "Keyword",
    "Schema",
    "Stored",
    "Text",
]

#: A document: a dict of the schema's field names, and of the id field.
Document: TypeAlias = Mapping[str, Any]

_KEYWORD_BYTES: Final = 32_766  # half of tantivy's limit on a term, over which it drops it unsaid
_LARGEST_WEIGHT: Final = 10_000.0
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
        return ValueError(f"expected {self.expects}, got {_show(value)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """Text to be searched by its words.

    Attributes:
        weight: factor on what a match in this field adds to a score; above 0, at most 10,000.
        language: the language of every text in this field; None takes the document's.
    """

    type_name: ClassVar[str] = "text"
    expects: ClassVar[str] = "a str"

    weight: float = 1.0
    language: str | None = None

    def __post_init__(self) -> None:
        weight = self.weight
        is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
        if not (is_number and 0 < weight <= _LARGEST_WEIGHT):
            raise SchemaError(
                f"a text field's weight is above 0 and at most {_LARGEST_WEIGHT:g}, not {weight!r}"
            )
        if self.language is not None:
            object.__setattr__(self, "language", _language(self.language))

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        return value


@dataclass(frozen=True, slots=True)
class Keyword(Field):
    """A label taken as it is, for filters, facets and sorting: an author, a status, a tag."""

    type_name: ClassVar[str] = "keyword"
    expects: ClassVar[str] = "a str"

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        return _label(value)

    def parse(self, text: str) -> str:
        return self.encode(text)


@dataclass(frozen=True, slots=True)
class Category(Field):
    """A place in a hierarchy, written as a path: ``"News/Asia/Vietnam"``.

    A filter or facet on ``"News/Asia"`` takes in all that lies below it.
    """

    type_name: ClassVar[str] = "category"
    expects: ClassVar[str] = "a path such as 'News/Asia'"

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        steps = [step.strip() for step in value.strip("/").split("/")]
        if not all(steps):
            raise ValueError(f"expected {self.expects} without empty steps, got {_show(value)}")
        return _label("/".join(steps))

    def parse(self, text: str) -> str:
        return self.encode(text)


@dataclass(frozen=True, slots=True)
class Integer(Field):
    """A whole number of 64 bits: -2**63 to 2**63 - 1."""

    type_name: ClassVar[str] = "integer"
    expects: ClassVar[str] = "an int of at most 64 bits"
    is_ordered: ClassVar[bool] = True

    def encode(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refuse(value)
        if not -_INT64 <= value < _INT64:
            raise self._refuse(value)
        return int(value)

    def parse(self, text: str) -> int:
        return self.encode(int(text))


@dataclass(frozen=True, slots=True)
class Float(Field):
    """A finite number; an int is taken for the float of its value."""

    type_name: ClassVar[str] = "float"
    expects: ClassVar[str] = "a finite float"
    is_ordered: ClassVar[bool] = True

    def encode(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refuse(value)
        try:
            number = float(value)
        except OverflowError:
            raise self._refuse(value) from None
        if not math.isfinite(number):
            raise self._refuse(value)
        return number + 0.0  # the engine would take -0.0 for less than 0.0

    def parse(self, text: str) -> float:
        return self.encode(float(text))


@dataclass(frozen=True, slots=True)
class Boolean(Field):
    """True or False."""

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
            raise ValueError(
                f"expected {self.expects}, got {_show(value)}: a DateTime field keeps the time"
            )
        if not isinstance(value, date):
            raise self._refuse(value)
        return value


@dataclass(frozen=True, slots=True)
class DateTime(Field):
    """A moment: a ``datetime`` or its ISO string; comes back as a ``datetime`` in UTC.

    Without a time zone it is taken for UTC; a ``date`` is taken for its midnight in UTC. The
    engine holds the number of microseconds since 1970-01-01T00:00Z.
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
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise self._refuse(value) from None


@dataclass(frozen=True, slots=True)
class Stored(Field):
    """Anything that JSON can hold: comes back with the document, cannot be searched."""

    type_name: ClassVar[str] = "stored"
    expects: ClassVar[str] = "something that JSON can hold"

    def encode(self, value: Any) -> Any:
        try:
            json.dumps(value, allow_nan=False)
            _check_keys(value)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"expected {self.expects}, got {_show(value)}: {error}") from None
        return value


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


_TYPES: Final[dict[str, type[Field]]] = {
    kind.type_name: kind
    for kind in (Text, Keyword, Category, Integer, Float, Boolean, Date, DateTime, Stored)
}


@dataclass(frozen=True)
class Schema:
    """The fields of the documents of one index.

    Args:
        fields: name → type. Names are Python identifiers that do not begin with ``_``.
        id: the key of a document that holds its id, a non-empty str; an add with a known id
            replaces.
        language: the key of a document that may name its language; None has no such key. Where a
            document names none, it is identified from its text.
        languages: the languages to expect, as codes such as ``"vi"``. Identification chooses among
            them; empty expects every language that searchlib knows.

    Raises:
        SchemaError: a bad or doubled name, a field of no type, or a bad language code.

    >>> schema = Schema({"title": Text(weight=2.0), "year": Integer()}, languages=["vi", "fr"])
    >>> schema.languages
    ('vi', 'fr')
    """

    fields: Mapping[str, Field]
    id: str = "id"
    language: str | None = None
    languages: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        if not isinstance(self.fields, Mapping):
            raise SchemaError(f"fields is a dict of name → type, not {_show(self.fields)}")
        object.__setattr__(self, "fields", dict(self.fields))
        if isinstance(self.languages, str):
            raise SchemaError(f"languages is a list of codes: [{self.languages!r}]")
        codes = tuple(dict.fromkeys(_language(code) for code in self.languages))
        object.__setattr__(self, "languages", codes)
        own = [self.id] if self.language is None else [self.id, self.language]
        for name in [*self.fields, *own]:
            if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
                raise SchemaError(
                    f"{name!r} cannot name a field: a name is a Python identifier that does not "
                    "begin with '_'"
                )
            if name != normalize("NFKC", name):
                raise SchemaError(
                    f"{name!r} cannot name a field: write it {normalize('NFKC', name)!r}, in the "
                    "form that Python gives its identifiers (NFKC)"
                )
        for name in own:
            if name in self.fields:
                raise SchemaError(f"{name!r} is named twice: as a field and as id or language")
        if len(set(own)) < len(own):
            raise SchemaError(f"{self.id!r} cannot hold both the id and the language")
        for name, kind in self.fields.items():
            if not isinstance(kind, Field):
                raise SchemaError(
                    f"field {name!r} has no type: give Text(), Keyword(), …, not {_show(kind)}"
                )

    @property
    def text_fields(self) -> dict[str, Text]:
        """The fields that are searched by their words."""
        return {name: kind for name, kind in self.fields.items() if isinstance(kind, Text)}

    def check(self, document: Document) -> tuple[str, dict[str, list[Any]]]:
        """Check a document whole and return its id and the engine's values of each field.

        Raises:
            DocumentError: it does not fit; the message names document, field and expected type.
        """
        if not isinstance(document, Mapping):
            raise DocumentError(f"a document is a dict, not {_show(document)}")
        document_id = self.check_id(document.get(self.id), document)
        encoded: dict[str, list[Any]] = {}
        for name, value in document.items():
            if name == self.id or (name == self.language and name is not None):
                continue
            kind = self.fields.get(name)
            if kind is None:
                known = ", ".join([self.id, *self.fields])
                raise _document_error(
                    document_id, name, f"the schema has no such field; it has {known}"
                )
            if value is None:
                continue
            try:
                encoded[name] = [kind.encode(item) for item in _values(kind, value)]
            except ValueError as error:
                raise _document_error(document_id, name, str(error)) from None
        return document_id, encoded

    def check_id(self, value: Any, document: Document | None = None) -> str:
        """Check an id: a non-empty str.

        Raises:
            DocumentError: it is none.
        """
        if isinstance(value, str) and value:
            try:
                return _label(value)
            except ValueError as error:
                raise DocumentError(f"id {_show(value)}: {error}", field=self.id) from None
        if value is None and document is not None:
            raise DocumentError(
                f"a document has no id: give it one under {self.id!r}; it holds "
                f"{_show(dict(document))}",
                field=self.id,
            )
        raise DocumentError(f"an id is a non-empty str, not {_show(value)}", field=self.id)

    def check_language(self, document: Document) -> str | None:
        """Return the language that a document names for itself, or None.

        Raises:
            DocumentError: what it names is no language code.
        """
        named = document.get(self.language) if self.language is not None else None
        if named is None:
            return None
        try:
            return base_code(named)
        except (ValueError, TypeError):
            raise _document_error(
                str(document.get(self.id)), str(self.language), _language_hint(named)
            ) from None

    def dump(self, document: Document) -> str:
        """Return a checked document as the JSON that the engine stores."""
        plain = {}
        for name, value in document.items():
            kind = self.fields.get(name)
            if kind is None or value is None or not isinstance(kind, (Date, DateTime)):
                plain[name] = value
            elif isinstance(value, (list, tuple)):
                plain[name] = [kind.to_json(item) for item in value]
            else:
                plain[name] = kind.to_json(value)
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))

    def load(self, source: str) -> dict[str, Any]:
        """Return the document of a stored JSON."""
        document: dict[str, Any] = json.loads(source)
        for name, kind in self._decoded.items():
            value = document.get(name)
            if isinstance(value, list):
                document[name] = [kind.decode(item) for item in value]
            elif value is not None:
                document[name] = kind.decode(value)
        return document

    @property
    def _decoded(self) -> dict[str, Field]:
        return {n: kind for n, kind in self.fields.items() if isinstance(kind, (Date, DateTime))}

    def to_dict(self) -> dict[str, Any]:
        """Return the schema as plain values; ``Schema.from_dict`` makes it again."""
        return {
            "fields": {
                name: {"type": kind.type_name, **asdict(kind)}  # type: ignore[call-overload]
                for name, kind in self.fields.items()
            },
            "id": self.id,
            "language": self.language,
            "languages": list(self.languages),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Schema:
        """Make the schema that ``to_dict`` gave.

        Raises:
            SchemaError: the dict is not of that form.
        """
        try:
            kinds = {}
            for name, options in plain["fields"].items():
                kind = _TYPES[options["type"]]
                names = {item.name for item in fields(kind)}  # type: ignore[arg-type]
                kinds[name] = kind(**{key: options[key] for key in names})
            return cls(kinds, plain["id"], plain["language"], plain["languages"])
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(f"not a schema's dict: {error!r}") from error


def _values(kind: Field, value: Any) -> Sequence[Any]:
    """A list or tuple is several values, except where JSON of any shape is one."""
    if isinstance(value, (list, tuple)) and not isinstance(kind, Stored):
        return value
    return (value,)


def _label(value: str) -> str:
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{_show(value)} holds half of a surrogate pair: no text") from None
    if size > _KEYWORD_BYTES:
        raise ValueError(f"expected at most {_KEYWORD_BYTES:,} bytes of UTF-8, got {size:,}")
    return value


def _language(code: str) -> str:
    try:
        return base_code(code)
    except (ValueError, TypeError):
        raise SchemaError(_language_hint(code)) from None


def _language_hint(code: object) -> str:
    return f"expected a language code such as 'vi' or 'pt-BR', got {_show(code)}"


def _document_error(document_id: str, name: object, message: str) -> DocumentError:
    return DocumentError(
        f"document {_show(document_id)}, field {name!r}: {message}",
        document_id=document_id,
        field=str(name),
    )


def _show(value: object) -> str:
    """A value for an error message: its repr, cut short, and its type."""
    text = _SHORT_REPR.repr(value)
    if len(text) > 80:
        text = text[:77] + "…"
    return f"{text} ({type(value).__name__})"
