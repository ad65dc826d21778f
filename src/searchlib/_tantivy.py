"""The one door to tantivy: no other module imports it.

Besides handing on the names that the engine uses, it closes two of the binding's traps: a Rust
panic arrives as a ``BaseException`` that ``except Exception`` does not catch, and a stemmer has
to be wrapped in an analyzer of its own before it can stem one word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import tantivy
from tantivy import (
    DocAddress,
    Document,
    FieldType,
    Filter,
    Index,
    IndexWriter,
    Occur,
    Order,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
    TextAnalyzerBuilder,
    Tokenizer,
)

__all__ = [
    "DocAddress",
    "Document",
    "FieldType",
    "Index",
    "IndexWriter",
    "Occur",
    "Order",
    "Query",
    "Schema",
    "SchemaBuilder",
    "Searcher",
    "TextAnalyzerBuilder",
    "Tokenizer",
    "panics_as",
    "stemmer",
    "tantivy_version",
]

tantivy_version: str = tantivy.__version__  # type: ignore[attr-defined]  # not in its stubs


@contextmanager
def panics_as(error: type[Exception], message: str) -> Iterator[None]:
    """Turn a Rust panic inside the block into ``error(message)``."""
    try:
        yield
    except BaseException as panic:
        # The class is made anew by each extension built with pyo3: only its name is sure.
        if type(panic).__name__ == "PanicException":
            raise error(f"{message} (the engine panicked: {panic})") from panic
        raise


def stemmer(algorithm: str) -> Callable[[str], str]:
    """Return the Snowball stemmer of that English name, as ``str -> str``.

    One call costs about a microsecond: memoise it per distinct word. Words must be lower case.

    >>> stemmer("french")("cooperations")
    'cooper'
    """
    builder = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer(algorithm))
    analyze = builder.build().analyze

    def stem(word: str) -> str:
        terms = analyze(word)
        # A stemmer never returns more than one term for the raw tokenizer's one token; none or
        # an empty one (Arabic prefixes can eat a whole word) leaves the word as it was.
        return terms[0] if terms and terms[0] else word

    return stem
