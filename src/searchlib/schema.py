"""What a document is made of, and the check that a document fits.

Every field may be missing (or None) and may hold a list of values. A key that the schema does not
name is an error, not a loss.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias
from unicodedata import normalize

from searchlib._dataclass import asdict, dataclass, field, names_of
from searchlib.errors import DocumentError, SchemaError
from searchlib.fields import (
    FIELD_TYPES,
    Category,
    Date,
    DateTime,
    Field,
    Stored,
    Text,
    check_label,
    check_language,
    show,
)

__all__ = ["Document", "Schema", "documents_of", "unpacked"]

# Options that came after the first indexes were made, whose schemas do not name them.
_LATER: Final = frozenset({"collation"})

_DECODER: Final = json.JSONDecoder()
_PASS: Final = "surrogatepass"
# Code points from which on a text is stored beside the JSON of its document: of fewer it takes as
# long to put it aside.
_LONG: Final = 500
_as_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

#: A document: a dict of the schema's field names, and of the id field.
Document: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Schema:
    """The fields of the documents of one index.

    Attributes:
        fields: name → type. Names are Python identifiers that do not begin with ``_``.
        id: the key of a document that holds its id, a non-empty str; an add with a known id
            replaces.
        language: the key of a document that may name its language; None has no such key. Where a
            document names none, it is identified from its text.
        languages: the languages to expect, as codes such as ``"vi"``. Identification chooses among
            them; empty expects every language that searchlib knows.

    Raises:
        SchemaError: a bad or doubled name, a field of no type, or a bad language code.

    >>> from searchlib.fields import Integer, Text
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
            raise SchemaError(f"fields is a dict of name → type, not {show(self.fields)}")
        object.__setattr__(self, "fields", dict(self.fields))
        if isinstance(self.languages, str) or not isinstance(self.languages, Sequence):
            raise SchemaError(f"languages is a list of codes, not {self.languages!r}")
        codes = tuple(dict.fromkeys(check_language(code) for code in self.languages))
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
                    f"field {name!r} has no type: give Text(), Keyword(), …, not {show(kind)}"
                )

    @cached_property
    def text_fields(self) -> dict[str, Text]:
        """The fields that are searched by their words."""
        return {name: kind for name, kind in self.fields.items() if isinstance(kind, Text)}

    def check(self, document: Document) -> tuple[str, dict[str, list[Any]]]:
        """Check a document whole and return its id and the engine's values of each field.

        Raises:
            DocumentError: it does not fit; the message names document, field and expected type.

        >>> from searchlib.fields import Date
        >>> Schema({"day": Date()}).check({"id": "a", "day": "1970-01-02"})
        ('a', {'day': [1]})
        """
        if not isinstance(document, Mapping):
            raise DocumentError(f"a document is a dict, not {show(document)}")
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
                if isinstance(value, (list, tuple)) and not isinstance(kind, Stored):
                    encoded[name] = list(map(kind.encode, value))
                else:  # one value; JSON of any shape is one
                    encoded[name] = [kind.encode(value)]
            except ValueError as error:
                raise _document_error(document_id, name, str(error)) from None
        return document_id, encoded

    def check_new(self, document_id: str, values: Mapping[str, list[Any]]) -> None:
        """Check what ``check`` returned of a document that was not stored before.

        Raises:
            DocumentError: a value is nested deeper, or a path longer, than is good for an index.

        >>> from searchlib.fields import Category
        >>> Schema({"path": Category()}).check_new("a", {"path": ["a/" * 1_000 + "a"]})
        Traceback (most recent call last):
        searchlib.errors.DocumentError: document 'a' (str), field 'path': expected a path of at \
most 1,000 steps, got 1,001
        """
        for name, kind in self._bounded.items():
            try:
                for value in values.get(name, ()):
                    kind.check_new(value)
            except ValueError as error:
                raise _document_error(document_id, name, str(error)) from None

    @cached_property
    def _bounded(self) -> dict[str, Field]:
        return {n: kind for n, kind in self.fields.items() if isinstance(kind, (Category, Stored))}

    def check_id(self, value: Any, document: Document | None = None) -> str:
        """Check an id: a non-empty str.

        Raises:
            DocumentError: it is none.

        >>> Schema({}).check_id("a/1")
        'a/1'
        >>> Schema({}).check_id("")
        Traceback (most recent call last):
        searchlib.errors.DocumentError: an id is a non-empty str, not '' (str)
        """
        if isinstance(value, str) and value:
            try:
                return check_label(value)
            except ValueError as error:
                raise DocumentError(f"id {show(value)}: {error}", field=self.id) from None
        if value is None and document is not None:
            raise DocumentError(
                f"a document has no id: give it one under {self.id!r}; it holds "
                f"{show(dict(document))}",
                field=self.id,
            )
        raise DocumentError(f"an id is a non-empty str, not {show(value)}", field=self.id)

    def check_language(self, document: Document) -> str | None:
        """Return the language that a document names for itself, or None.

        Raises:
            DocumentError: what it names is no language code.

        >>> Schema({}, language="lang").check_language({"id": "a", "lang": "pt-BR"})
        'pt'
        """
        named = document.get(self.language) if self.language is not None else None
        if named is None:
            return None
        try:
            return check_language(named)
        except SchemaError as error:
            name = str(self.language)
            raise _document_error(str(document.get(self.id)), name, str(error)) from None

    def dump(self, document: Document) -> str:
        """Return a checked document as JSON; ``pack`` makes what ``load`` reads.

        >>> from searchlib.fields import Date
        >>> Schema({"day": Date()}).dump({"id": "a", "day": "2022-09-15"})
        '{"id":"a","day":"2022-09-15"}'
        """
        return _as_json(self._plain(document))

    def pack(self, document: Document) -> bytes:
        r"""Return a checked document as it is stored, in UTF-8; halves of surrogate pairs pass.

        It is its JSON, and before that, each with a zero behind it, the names and values that are
        long texts, which are then neither quoted nor looked through for quotes (docs/adr/0014).

        >>> Schema({}).pack({"id": "a"}), Schema({}).pack({"id": "a" * 500})[-20:]
        (b'{"id":"a"}', b'aaaaaaaa\x00{"id":null}')
        """
        plain = self._plain(document)
        texts: list[bytes] = []
        # By str's own methods: a type derived from it, as of texts that are safe in HTML, may have
        # others, and JSON does without them, too.
        for name, value in plain.items():
            if (
                isinstance(value, str)
                and str.__len__(value) >= _LONG
                and not str.__contains__(value, "\0")
            ):
                texts += str.encode(name, errors=_PASS), str.encode(value, errors=_PASS)
                plain[name] = None
        return b"\0".join([*texts, _as_json(plain).encode(errors=_PASS)])

    def load(self, source: bytes) -> dict[str, Any]:
        r"""Return the document that ``pack`` made bytes of.

        >>> from searchlib.fields import Date, Text
        >>> schema = Schema({"day": Date(), "text": Text()})
        >>> schema.load(b'text\0Paix\0{"id":"a","text":null,"day":"2022-09-15"}')
        {'id': 'a', 'text': 'Paix', 'day': datetime.date(2022, 9, 15)}
        """
        document = unpacked(source)
        for name, kind in self._decoded.items():
            value = document.get(name)
            if isinstance(value, list):
                document[name] = [kind.decode(item) for item in value]
            elif value is not None:
                document[name] = kind.decode(value)
        return document

    def _plain(self, document: Document) -> dict[str, Any]:
        """A checked document as JSON has it."""
        plain = dict(document)
        for name, kind in self._decoded.items():
            value = plain.get(name)
            if isinstance(value, (list, tuple)):
                plain[name] = [kind.to_json(item) for item in value]
            elif value is not None:
                plain[name] = kind.to_json(value)
        return plain

    @cached_property
    def _decoded(self) -> dict[str, Field]:
        return {n: kind for n, kind in self.fields.items() if isinstance(kind, (Date, DateTime))}

    def to_dict(self) -> dict[str, Any]:
        """Return the schema as plain values; ``Schema.from_dict`` makes it again.

        >>> from searchlib.fields import Integer
        >>> Schema({"year": Integer()}).to_dict()["fields"]
        {'year': {'type': 'integer'}}
        """
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

        >>> from searchlib.fields import Text
        >>> schema = Schema({"title": Text(weight=2.0)}, languages=["vi"])
        >>> Schema.from_dict(schema.to_dict()) == schema
        True
        """
        try:
            kinds = {}
            for name, options in plain["fields"].items():
                kind = FIELD_TYPES[options["type"]]
                names = set(names_of(kind))
                given = {key: options[key] for key in names - _LATER}
                kinds[name] = kind(**given, **{key: options.get(key) for key in names & _LATER})
            return cls(kinds, plain["id"], plain["language"], plain["languages"])
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(f"not a schema's dict: {error!r}") from error


def documents_of(given: Any) -> Iterable[Any]:
    """Return documents to be taken one by one, of one that stands by itself too.

    Raises:
        DocumentError: there are none in it.

    >>> documents_of({"id": "a"})
    [{'id': 'a'}]
    """
    if isinstance(given, Mapping):
        return [given]
    is_iterable = isinstance(given, Iterable) or hasattr(given, "__getitem__")
    if isinstance(given, (str, bytes)) or not is_iterable:
        raise DocumentError(
            f"documents are dicts, in a list or any other iterable, not {show(given)}; "
            "searchlib.io.load reads files"
        )
    return given  # type: ignore[no-any-return]


def unpacked(source: bytes) -> dict[str, Any]:
    r"""Return what ``Schema.pack`` made bytes of, as JSON has it: days and moments are texts.

    >>> unpacked(b'text\0Paix\0{"id":"a","text":null,"day":"2022-09-15"}')
    {'id': 'a', 'text': 'Paix', 'day': '2022-09-15'}
    """
    # Looked for one by one: to split the bytes goes through them slowly and copies the texts.
    rest = source.rfind(b"\0") + 1
    document: dict[str, Any] = _DECODER.raw_decode(source[rest:].decode(errors=_PASS))[0]
    start = 0
    while start < rest:
        middle = source.index(b"\0", start)
        end = source.index(b"\0", middle + 1)
        name, text = source[start:middle], source[middle + 1 : end]
        document[name.decode(errors=_PASS)] = text.decode(errors=_PASS)
        start = end + 1
    return document


def _document_error(document_id: str, name: object, message: str) -> DocumentError:
    return DocumentError(
        f"document {show(document_id)}, field {name!r}: {message}",
        document_id=document_id,
        field=str(name),
    )
