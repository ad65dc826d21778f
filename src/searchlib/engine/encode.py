"""Documents → what the engine takes: checked, analysed, encoded.

What depends on the schema alone is worked out once; ``engine_document`` hands the plain values of
one document to tantivy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

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
    sort_field,
    sort_key,
    view_field,
)
from searchlib.engine.sealed import sealed
from searchlib.errors import DocumentError
from searchlib.fields import Category, Field, Keyword, Stored, Text
from searchlib.languages import analyzer, base_code
from searchlib.languages.detect import identify
from searchlib.schema import Document, Schema

__all__ = ["Encoded", "Encoder", "Outcome", "Task", "engine_document"]

# Code points below which the longest text of a document does not tell its language by itself.
_SHORT: Final = 200


class Encoded(NamedTuple):
    """One document as the engine takes it.

    Attributes:
        id: its id.
        language: the code of its language.
        source: what is stored of it, as ``Schema.pack`` makes it.
        values: engine field → what is put there, one value or a list of them.
    """

    id: str
    language: str
    source: bytes
    values: dict[str, Any]


class Task(NamedTuple):
    """What ``Encoder.encode`` is to be called with."""

    document: Document
    language: str | None = None
    source: bytes | None = None


#: What becomes of one.
Outcome: TypeAlias = Encoded | DocumentError


class Encoder:
    """Encodes the documents of one schema; what depends on the schema alone is worked out once.

    Args:
        schema: the fields.
        largest: code points that a document may have as it is stored; None takes any.

    Attributes:
        schema, largest: as given.
    """

    def __init__(self, schema: Schema, largest: int | None = None) -> None:
        self.schema = schema
        self.largest = largest
        copies = copies_together(schema.text_fields)
        self._texts = {
            name: (
                kind.language,
                tuple(view_field(name, view) for view in View),
                copies.get(name, 0),
            )
            for name, kind in schema.text_fields.items()
        }
        self._telling = [name for name, (own, _, _) in self._texts.items() if own is None]
        self._together = tuple(view_field(TEXT, view) for view in View) if copies else ()
        self._collations = {
            name: kind.collation
            for name, kind in schema.fields.items()
            if isinstance(kind, (Text, Keyword)) and kind.collation is not None
        }
        self._values = {
            name: _kind_of(name, kind)
            for name, kind in schema.fields.items()
            if name not in schema.text_fields
        }

    def encode(
        self, document: Document, language: str | None = None, source: bytes | None = None
    ) -> Encoded:
        """Check, analyse and encode one document.

        Args:
            document: a dict of the schema's fields.
            language: its language; None takes what the document says, or tells it from the text.
            source: what to store of it, where that is known.

        Raises:
            DocumentError: it does not fit the schema, or is too large.
        """
        schema = self.schema
        document_id, values = schema.check(document)
        if source is None:
            schema.check_new(document_id, values)
            source = schema.pack(document)
        if self.largest is not None and len(source) > self.largest:  # in bytes: no fewer
            _check_size(document_id, source, self.largest)
        code = self._language(document, language, values)
        fields: list[str] = []
        put: dict[str, Any] = {
            ID: document_id,
            LANGUAGE: code,
            ID_HASH: hash_of(document_id),
            SOURCE: sealed(document_id, code, source),
            FIELDS: fields,
        }
        for name, collation in self._collations.items():
            if some := values.get(name):
                put[sort_field(name)] = sort_key(some[0], collation)
        self._put_texts(put, fields, values, code)
        for name, encode in self._values.items():
            if some := values.get(name):
                fields.append(name)
                encode(put, some)
        return Encoded(document_id, code, source, put)

    def outcome(self, task: Task) -> Outcome:
        """Encode one document; an error is returned, not raised."""
        try:
            return self.encode(*task)
        except DocumentError as error:
            return error

    def _put_texts(
        self,
        put: dict[str, Any],
        names: list[str],
        values: Mapping[str, list[Any]],
        language: str,
    ) -> None:
        forms: list[str] = []
        together: list[tuple[str, ...]] = []
        for name, (own, fields, copies) in self._texts.items():
            if not (some := values.get(name)):
                continue
            of = analyzer(own or language).views
            views = of(some[0]) if len(some) == 1 else _all_values(list(map(of, some)))
            if views.folded.strip(VALUE_BREAK):
                names.append(name)
            *words, pair, characters, marked = views
            beside = _joined((pair, characters)) if characters else pair
            # Pairs of words are where all fields are that are indexed together (docs/adr/0034).
            for field, terms in zip(
                fields, (*words, characters if copies else beside), strict=True
            ):
                if terms:
                    put[field] = terms
            if marked:
                forms.append(marked)
            together += [(*words, beside)] * copies
        for field, whole in zip(self._together, zip(*together, strict=True), strict=False):
            put[field] = " ".join(filter(None, whole))
        if forms:
            put[FORMS] = " ".join(forms)

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
        everything = [text for name in self._telling for text in values.get(name, ())]
        if len(everything) == 1:
            (sample,) = everything
        else:
            sample = max(everything, key=len, default="")
            if len(sample) < _SHORT:
                sample = "\n".join(everything)
        return identify(sample, self.schema.languages)


def _check_size(document_id: str, source: bytes, largest: int) -> None:
    size = len(source.decode(errors="surrogatepass"))
    if size > largest:
        raise DocumentError(
            f"document {document_id!r} has {size:,} characters as it is stored, more than "
            f"Limits(document={largest}) allows: cut it into several, or open the index with a "
            "larger limit",
            document_id=document_id,
        )


def engine_document(encoded: Encoded, schema: tantivy.Schema) -> tantivy.Document:
    """Return tantivy's document, by its schema."""
    return tantivy.Document.from_dict(encoded.values, schema)


def _all_values(views: Sequence[Views]) -> Views:
    """The views of several values of one field."""
    written, folded, stem, pair, characters, forms = zip(*views, strict=True)
    words = map(VALUE_BREAK.join, (written, folded, stem))
    return Views(*words, *map(_joined, (pair, characters, forms)))


def _joined(parts: Iterable[str]) -> str:
    return " ".join(filter(None, parts))


#: Labels come again and again.
_hash_of_label: Final = lru_cache(maxsize=4096)(hash_of)

_Put = Callable[[dict[str, Any], list[Any]], None]


def _kind_of(name: str, kind: Field) -> _Put:
    """How the values of a field that is no text are encoded."""
    first = first_field(name)
    is_category, is_label = isinstance(kind, Category), isinstance(kind, (Category, Keyword))

    def put_values(put: dict[str, Any], values: list[Any]) -> None:
        if is_category:
            put[name] = list(dict.fromkeys(chain.from_iterable(map(ancestors, values))))
        else:
            put[name] = values[0] if len(values) == 1 else list(dict.fromkeys(values))

    def put_first(put: dict[str, Any], values: list[Any]) -> None:
        put[first] = _hash_of_label(values[0]) if is_label else int(values[0])
        put_values(put, values)

    if isinstance(kind, Stored):
        return _put_nothing
    return put_first if has_first(kind) else put_values


def _put_nothing(put: dict[str, Any], values: list[Any]) -> None:
    """What is only stored is looked for by nobody."""
