"""The one door to tantivy: no other module imports it.

Besides handing on the names that the engine uses, it closes three of the binding's traps: a Rust
panic arrives as a ``BaseException`` that ``except Exception`` does not catch; what went wrong with
a file stands only in the words of an error; and a stemmer has to be wrapped in an analyzer of its
own before it can stem one word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Final

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

from searchlib.deadline import check_time
from searchlib.errors import IndexDamagedError, IndexStateError

__all__ = [
    "READING",
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
    "reading",
    "stemmer",
    "tantivy_version",
    "unreadable",
]

_NO_ROOM: Final = ("StorageFull", "No space", "FileTooLarge", "File too large", "quota", "Quota")
_META_LOCK: Final = ".tantivy-meta.lock"
_UNREADABLE: Final = "the files of the index cannot be read"

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


class _Reading(AbstractContextManager[None]):
    """What ``reading`` returns. Each call of the engine goes through it: a generator would take
    longer than many of them."""

    __slots__ = ()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            return
        try:
            with panics_as(IndexDamagedError, _UNREADABLE):
                raise error
        except (ValueError, OSError, RuntimeError) as known:
            raise unreadable(_UNREADABLE, known) from known


#: ``reading``, without a look at the time.
READING: Final = _Reading()


def reading() -> AbstractContextManager[None]:
    """Say of what tantivy cannot read that it is damaged: our own queries are checked before.

    A search with a deadline asks nothing more when it is over.
    """
    check_time()
    return READING


def unreadable(message: str, error: Exception) -> IndexStateError:
    """Return what to raise where tantivy cannot read: what it may not open need not be damaged."""
    if "PermissionDenied" in str(error) or "Permission denied" in str(error):
        return IndexStateError(
            f"{message}: no permission. To read, too, the engine opens {_META_LOCK} in the index's "
            f"data folder for writing; allow that: {error}"
        )
    if "TooManyOpenFiles" in str(error) or "Too many open files" in str(error):
        return IndexStateError(
            f"{message}: too many open files; close some, or raise the limit (ulimit -n): {error}"
        )
    if any(sign in str(error) for sign in _NO_ROOM):
        return IndexStateError(f"{message}: no room on the disk, or a limit on files: {error}")
    return IndexDamagedError(f"{message}: {error}")


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
