"""How a schema lies in tantivy: which hidden fields each field becomes.

A text field ``title`` becomes ``title.written``, ``title.folded``, ``title.stem`` and
``title.pair``, each fed with terms joined by spaces. A field that is not text keeps its name and
holds the value as ``Field.encode`` gave it; a category holds every ancestor as well. The document
itself is stored once, as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import View, Views
from searchlib.fields import Boolean, Category, Field, Float, Keyword, Stored, Text
from searchlib.schema import Schema

__all__ = [
    "ID",
    "LANGUAGE",
    "SOURCE",
    "ancestors",
    "engine_document",
    "engine_schema",
    "register_tokenizers",
    "view_field",
]

ID: Final = "_id"
LANGUAGE: Final = "_language"
SOURCE: Final = "_source"

_TERMS: Final = "searchlib_terms"
# What phrases need; stems and pairs only need to be counted.
_INDEX_OPTIONS: Final = {
    View.WRITTEN: "position",
    View.FOLDED: "position",
    View.STEM: "freq",
    View.PAIR: "freq",
}
# Between two values of one field, so that no phrase runs from one into the next. No analysis
# makes such a term.
_VALUE_BREAK: Final = " | "


def view_field(name: str, view: View) -> str:
    """Return the hidden field that holds one view of a text field."""
    return f"{name}.{view.value}"


def engine_schema(schema: Schema) -> tantivy.Schema:
    """Return tantivy's schema for ours."""
    builder = tantivy.SchemaBuilder()
    for name in (ID, LANGUAGE):
        builder.add_text_field(
            name, stored=True, fast=True, tokenizer_name="raw", index_option="basic"
        )
    builder.add_bytes_field(SOURCE, stored=True)
    for name, kind in schema.fields.items():
        if isinstance(kind, Text):
            for view in View:
                builder.add_text_field(
                    view_field(name, view),
                    tokenizer_name=_TERMS,
                    index_option=_INDEX_OPTIONS[view],
                )
        elif isinstance(kind, (Keyword, Category)):
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        elif isinstance(kind, Float):
            builder.add_float_field(name, indexed=True, fast=True)
        elif isinstance(kind, Boolean):
            builder.add_boolean_field(name, indexed=True, fast=True)
        elif not isinstance(kind, Stored):  # integers, days, microseconds
            builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Tell tantivy how our joined terms come apart; it forgets at every open."""
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TERMS, whitespace)


def engine_document(
    document_id: str,
    language: str,
    source: str,
    values: Mapping[str, list[Any]],
    views: Mapping[str, list[Views]],
    fields: Mapping[str, Field],
) -> tantivy.Document:
    """Return tantivy's document.

    Args:
        document_id: the checked id.
        language: the code of its language.
        source: the stored JSON.
        values: field → encoded values, of the fields that are not text.
        views: text field → the views of each of its values.
        fields: the schema's fields.
    """
    document = tantivy.Document()
    document.add_text(ID, document_id)
    document.add_text(LANGUAGE, language)
    # Halves of surrogate pairs have no place in UTF-8, but in what people scrape.
    document.add_bytes(SOURCE, source.encode(errors="surrogatepass"))
    for name, texts in views.items():
        for view in View:
            terms = _VALUE_BREAK.join(getattr(text, view.value) for text in texts)
            if terms:
                document.add_text(view_field(name, view), terms)
    for name, encoded in values.items():
        kind = fields[name]
        if isinstance(kind, Category):
            for path in dict.fromkeys(path for value in encoded for path in ancestors(value)):
                document.add_text(name, path)
        elif isinstance(kind, Keyword):
            for value in dict.fromkeys(encoded):
                document.add_text(name, value)
        elif isinstance(kind, Float):
            for value in dict.fromkeys(encoded):
                document.add_float(name, value)
        elif isinstance(kind, Boolean):
            for value in dict.fromkeys(encoded):
                document.add_boolean(name, value)
        elif not isinstance(kind, Stored):
            for value in dict.fromkeys(encoded):
                document.add_integer(name, value)
    return document


def ancestors(path: str) -> list[str]:
    """Return a category path and all that it lies in, from the top.

    >>> ancestors("News/Asia/Vietnam")
    ['News', 'News/Asia', 'News/Asia/Vietnam']
    """
    steps = path.split("/")
    return ["/".join(steps[: depth + 1]) for depth in range(len(steps))]
