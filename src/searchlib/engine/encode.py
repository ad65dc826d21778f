"""Documents → what the engine takes: checked, analysed, encoded.

What depends on the schema alone is worked out once; ``engine_document`` hands the plain values of
one document to tantivy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from searchlib import _tantivy as tantivy
from searchlib.analysis import View, Views
from searchlib.engine.layout import (
    FIELDS,
    FORMS,
    ID,
    ID_HASH,
    LANGUAGE,
    SOURCE,
    TEXT,
    VALUE_BREAK,
    ancestors,
    copies_together,
    first_field,
    has_first,
    hash_of,
    sealed,
    sort_field,
    sort_key,
    view_field,
)
from searchlib.errors import DocumentError
from searchlib.fields import Boolean, Category, Field, Float, Keyword, Stored, Text
from searchlib.languages import analyzer, base_code
from searchlib.languages.detect import identify
from searchlib.schema import Document, Schema

__all__ = ["Encoded", "Encoder", "engine_document"]

# Code points below which the longest text of a document does not tell its language by itself.
_SHORT: Final = 200


class Encoded(NamedTuple):
    """One document as the engine takes it.

    Attributes:
        id: its id.
        language: the code of its language.
        json: what is stored of it.
        texts: engine field and what is put there, one for each value; likewise the others.
    """

    id: str
    language: str
    json: str
    texts: list[tuple[str, str]]
    integers: list[tuple[str, int]]
    floats: list[tuple[str, float]]
    booleans: list[tuple[str, bool]]


class Encoder:
    """Encodes the documents of one schema; what depends on the schema alone is worked out once.

    Args:
        schema: the fields.
        largest: code points that the JSON of a document may have; None takes any.
    """

    def __init__(self, schema: Schema, largest: int | None = None) -> None:
        self.schema = schema
        self._largest = largest
        copies = copies_together(schema.text_fields)
        self._texts = {
            name: (
                kind.language,
                tuple(view_field(name, view) for view in View),
                copies.get(name, 0),
            )
            for name, kind in schema.text_fields.items()
        }
        self._together = tuple(view_field(TEXT, view) for view in View)
        self._collations = {
            name: kind.collation
            for name, kind in schema.fields.items()
            if isinstance(kind, (Text, Keyword)) and kind.collation is not None
        }
        self._values = {
            name: _kind_of(kind)
            for name, kind in schema.fields.items()
            if name not in schema.text_fields
        }

    def encode(
        self, document: Document, language: str | None = None, json: str | None = None
    ) -> Encoded:
        """Check, analyse and encode one document.

        Args:
            document: a dict of the schema's fields.
            language: its language; None takes what the document says, or tells it from the text.
            json: what to store of it, where that is known.

        Raises:
            DocumentError: it does not fit the schema, or is too large.
        """
        schema = self.schema
        document_id, values = schema.check(document)
        if json is None:
            json = schema.dump(document)
        if self._largest is not None and len(json) > self._largest:
            raise DocumentError(
                f"document {document_id!r} has {len(json):,} characters as JSON, more than "
                f"Limits(document={self._largest}) allows: cut it into several, or open the index "
                "with a larger limit",
                document_id=document_id,
            )
        code = self._language(document, language, values)
        encoded = Encoded(
            document_id,
            code,
            json,
            [(ID, document_id), (LANGUAGE, code)],
            [(ID_HASH, hash_of(document_id))],
            [],
            [],
        )
        for name, collation in self._collations.items():
            if some := values.get(name):
                encoded.texts.append((sort_field(name), sort_key(some[0], collation)))
        self._put_texts(encoded, values)
        for name, some in values.items():
            if some and name not in self._texts:
                encoded.texts.append((FIELDS, name))
                self._values[name](encoded, name, some)
        return encoded

    def _put_texts(self, encoded: Encoded, values: Mapping[str, list[Any]]) -> None:
        put = encoded.texts.append
        together: tuple[list[str], ...] = tuple([] for _ in View)
        forms: list[str] = []
        for name, (own, fields, copies) in self._texts.items():
            if not (some := values.get(name)):
                continue
            views = list(map(analyzer(own or encoded.language).views, some))
            columns = views[0] if len(views) == 1 else _all_values(views)
            if any(one.folded for one in views):
                put((FIELDS, name))
            for field, terms, whole in zip(fields, columns, together, strict=False):
                if terms:
                    put((field, terms))
                    whole += [terms] * copies
            if columns.forms:
                forms.append(columns.forms)
        for field, whole in zip(self._together, together, strict=True):
            if whole:
                put((field, " ".join(whole)))
        if forms:
            put((FORMS, " ".join(forms)))

    def _language(
        self, document: Document, language: str | None, values: Mapping[str, list[Any]]
    ) -> str:
        """The language of a document: as said for it, as it says itself, or as it reads."""
        if language is not None:
            try:
                return base_code(language)
            except (ValueError, TypeError):
                raise DocumentError(
                    f"language is a code such as 'vi' or 'pt-BR', not {language!r}"
                ) from None
        if (named := self.schema.check_language(document)) is not None:
            return named
        everything = [
            text
            for name, (own, _, _) in self._texts.items()
            if own is None
            for text in values.get(name, ())
        ]
        sample = max(everything, key=len, default="")
        if len(sample) < _SHORT:
            sample = "\n".join(everything)
        return identify(sample, self.schema.languages)


def engine_document(encoded: Encoded) -> tantivy.Document:
    """Return tantivy's document."""
    document = tantivy.Document()
    for name, text in encoded.texts:
        document.add_text(name, text)
    for name, integer in encoded.integers:
        document.add_integer(name, integer)
    for name, number in encoded.floats:
        document.add_float(name, number)
    for name, boolean in encoded.booleans:
        document.add_boolean(name, boolean)
    document.add_bytes(SOURCE, sealed(encoded.id, encoded.language, encoded.json))
    return document


def _all_values(views: Sequence[Views]) -> Views:
    """The views of several values of one field."""
    written, folded, stem, pair, forms = zip(*views, strict=True)
    join = VALUE_BREAK.join
    return Views(join(written), join(folded), join(stem), join(pair), " ".join(forms))


#: Labels come again and again.
_hash_of_label: Final = lru_cache(maxsize=4096)(hash_of)

_Put = Callable[[Encoded, str, list[Any]], None]


def _kind_of(kind: Field) -> _Put:
    """How the values of a field that is no text are encoded."""
    if isinstance(kind, Category):
        put = _put_paths
    elif isinstance(kind, Keyword):
        put = _put_labels
    elif isinstance(kind, Float):
        put = _put_floats
    elif isinstance(kind, Boolean):
        put = _put_booleans
    elif isinstance(kind, Stored):
        put = _put_nothing
    else:  # integers, days, microseconds
        put = _put_integers
    return _with_first(put) if has_first(kind) else put


def _with_first(put: _Put) -> _Put:
    def put_first(encoded: Encoded, name: str, values: list[Any]) -> None:
        first = values[0]
        number = _hash_of_label(first) if isinstance(first, str) else int(first)
        encoded.integers.append((first_field(name), number))
        put(encoded, name, values)

    return put_first


def _put_paths(encoded: Encoded, name: str, values: list[Any]) -> None:
    _put_labels(encoded, name, [path for value in values for path in ancestors(value)])


def _put_labels(encoded: Encoded, name: str, values: list[Any]) -> None:
    encoded.texts.extend((name, value) for value in dict.fromkeys(values))


def _put_floats(encoded: Encoded, name: str, values: list[Any]) -> None:
    encoded.floats.extend((name, value) for value in dict.fromkeys(values))


def _put_booleans(encoded: Encoded, name: str, values: list[Any]) -> None:
    encoded.booleans.extend((name, value) for value in dict.fromkeys(values))


def _put_integers(encoded: Encoded, name: str, values: list[Any]) -> None:
    encoded.integers.extend((name, value) for value in dict.fromkeys(values))


def _put_nothing(encoded: Encoded, name: str, values: list[Any]) -> None:
    """What is only stored is looked for by nobody."""
