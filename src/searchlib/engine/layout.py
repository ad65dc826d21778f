"""How a schema lies in tantivy: which hidden fields each field becomes.

A text field ``title`` becomes ``title.written``, ``title.folded``, ``title.stem`` and
``title.pair``, each fed with terms joined by spaces. Where there are several text fields, the four
of ``_text`` hold them together: a word counts by how rare it is and how often it stands in the
document, wherever it stands, which ranks better than a sum over fields (docs/adr/0004). Pairs of
words are there alone then, and ``title.pair`` has adjacent characters (docs/adr/0034).

A field that is not text keeps its name and holds the value as ``Field.encode`` gave it; a category
holds every ancestor as well. Beside it ``name.first`` holds the first of its values as a number, by
which hits are collapsed; a field with a collation has ICU's sort key of its first value in
``name.sort``, because tantivy sorts by code point. The document itself is stored once, as
``Schema.pack`` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import View, collation_key
from searchlib.fields import Boolean, Category, Field, Float, Keyword, Stored, Text
from searchlib.schema import Schema

__all__ = [
    "FIELDS",
    "FORMS",
    "ID",
    "ID_HASH",
    "LANGUAGE",
    "SOURCE",
    "TEXT",
    "VALUE_BREAK",
    "ancestors",
    "copies_together",
    "engine_schema",
    "first_field",
    "has_first",
    "hash_of",
    "holder_of_pairs",
    "register_tokenizers",
    "sort_field",
    "sort_key",
    "view_field",
]

ID: Final = "_id"
#: The names of the fields in which a document has a value, or a word.
FIELDS: Final = "_fields"
#: A number made of the id, which puts documents that are otherwise alike in one order everywhere;
#: the engine takes a hundred times as long to sort by the id itself.
ID_HASH: Final = "_id_hash"
#: The forms in which words with marks are written, as ``folded=written``: what completes a word
#: typed without marks shows it with them, and the folded view alone cannot tell how.
FORMS: Final = "_forms"
LANGUAGE: Final = "_language"
SOURCE: Final = "_source"
#: The text fields together, where there are several.
TEXT: Final = "_text"

_TERMS: Final = "searchlib_terms"
# Phrases need positions, and are looked for field by field.
_INDEX_OPTIONS: Final = {
    View.WRITTEN: "position",
    View.FOLDED: "position",
    View.STEM: "freq",
    View.PAIR: "freq",
}
_MOST_SORTED_BY: Final = 250  # code points; all of their sort key fits into a term
_MOST_COPIES: Final = 20  # more only make the index larger
#: Between two values of one field, so that no phrase runs from one into the next. No analysis
#: makes such a term.
VALUE_BREAK: Final = " | "


@cache
def view_field(name: str, view: View) -> str:
    """Return the hidden field that holds one view of a text field."""
    return f"{name}.{view.value}"


def first_field(name: str) -> str:
    """Return the hidden field that holds the first value of a field."""
    return f"{name}.first"


def has_first(kind: Field) -> bool:
    """Whether a field of this type has a ``first_field``."""
    return not isinstance(kind, (Text, Float, Stored))


def sort_field(name: str) -> str:
    """Return the hidden field that holds the sort keys of a field with a collation."""
    return f"{name}.sort"


def engine_schema(schema: Schema) -> tantivy.Schema:
    """Return tantivy's schema for ours."""
    builder = tantivy.SchemaBuilder()
    for name in (ID, LANGUAGE):
        builder.add_text_field(
            name, stored=True, fast=True, tokenizer_name="raw", index_option="basic"
        )
    builder.add_text_field(FIELDS, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(FORMS, tokenizer_name=_TERMS, index_option="basic")
    builder.add_integer_field(ID_HASH, indexed=True, fast=True)
    builder.add_bytes_field(SOURCE, stored=True)
    if copies_together(schema.text_fields):
        for view in View:
            builder.add_text_field(
                view_field(TEXT, view),
                tokenizer_name=_TERMS,
                index_option="freq",
            )
    for name, kind in schema.fields.items():
        if isinstance(kind, (Text, Keyword)) and kind.collation is not None:
            hidden = sort_field(name)
            builder.add_text_field(hidden, fast=True, tokenizer_name="raw", index_option="basic")
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
        if has_first(kind):
            builder.add_integer_field(first_field(name), fast=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Tell tantivy how our joined terms come apart; it forgets at every open."""
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TERMS, whitespace)


def hash_of(text: str) -> int:
    """Return a number for an id or a value: 64 bits, so that no two of an index share one.

    >>> hash_of("a") == hash_of("b")
    False
    """
    digest = _blake2b()(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@cache
def _blake2b() -> Callable[..., Any]:
    """The hash function. Its module loads OpenSSL, which no search needs; and to import it for each
    document took longer than to hash."""
    from hashlib import blake2b

    return blake2b


def sort_key(label: str, language: str) -> str:
    """Return the place of a label in a language's alphabetical order, as a text: what sorts by
    code point sorts by that order then.

    >>> sorted(["đi", "dự", "da"], key=lambda label: sort_key(label, "vi"))
    ['da', 'dự', 'đi']
    """
    # Each byte as the character of its number: UTF-8 keeps their order. The last one is 0.
    return collation_key(language)(label[:_MOST_SORTED_BY])[:-1].decode("latin-1")


def copies_together(fields: Mapping[str, Text]) -> dict[str, int]:
    """Return how often the words of each text field are put into ``TEXT``: its weight, rounded.

    A field that weighs less than half stays apart, and where fewer than two are left, all do.
    """
    copies = {name: min(round(kind.weight), _MOST_COPIES) for name, kind in fields.items()}
    together = {name: count for name, count in copies.items() if count}
    return together if len(together) > 1 else {}


def holder_of_pairs(name: str, together: Collection[str]) -> str:
    """Return the field that has the pairs of words of a text field: those of fields that are
    indexed together stand in the one of all, and nowhere else (docs/adr/0034).

    >>> holder_of_pairs("title", ["title", "text"]), holder_of_pairs("note", ["title", "text"])
    ('_text', 'note')
    """
    return TEXT if name in together else name


def ancestors(path: str) -> list[str]:
    """Return a category path and all that it lies in, from the top.

    >>> ancestors("News/Asia/Vietnam")
    ['News', 'News/Asia', 'News/Asia/Vietnam']
    """
    steps = path.split("/")
    return ["/".join(steps[: depth + 1]) for depth in range(len(steps))]
