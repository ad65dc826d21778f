"""Every error that searchlib raises, as one tree.

    SearchlibError
    ├── SchemaError             a schema that contradicts itself
    ├── DocumentError           a document that does not fit the schema
    ├── QueryError              a query that cannot be run as written
    │   └── QuerySyntaxError    … because the string does not parse (strict mode)
    ├── SearchTimeoutError      a search that took longer than its ``timeout=``
    ├── GlossaryError           a glossary that is not of the form of one
    ├── ReadError               a source of documents that cannot be read
    ├── ExportError             documents that cannot be written as asked
    ├── MissingExtraError       a library that this needs is not installed
    ├── ServeError              a server that cannot be set up as asked
    └── IndexStateError         something about the index as a whole
        ├── IndexLockedError    another writer is open
        ├── IndexNotFoundError  there is no index in that folder
        ├── IndexDamagedError   its files contradict each other or cannot be read
        ├── IndexFormatError    a release made it whose format this one does not read
        ├── SchemaMismatchError the index was made with another schema
        ├── AnalysisMismatchError  … or with other rules of analysis: ``reindex``
        └── WriterClosedError   the writer was closed or rolled back

Every message says what happened, where, and what to do about it.
"""

from __future__ import annotations

__all__ = [
    "AnalysisMismatchError",
    "DocumentError",
    "ExportError",
    "GlossaryError",
    "IndexDamagedError",
    "IndexFormatError",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexStateError",
    "MissingExtraError",
    "QueryError",
    "QuerySyntaxError",
    "ReadError",
    "SchemaError",
    "SchemaMismatchError",
    "SearchTimeoutError",
    "SearchlibError",
    "ServeError",
    "WriterClosedError",
]


class SearchlibError(Exception):
    """The root: ``except SearchlibError`` catches all that the library raises on purpose."""


class SchemaError(SearchlibError, ValueError):
    """A schema that contradicts itself: a bad field name, a second field of one name, …"""


class DocumentError(SearchlibError, ValueError):
    """A document that does not fit the schema. Nothing of it was stored.

    Attributes:
        document_id: the document's id, or None where it has no usable one.
        field: the field at fault, or None where the document as a whole is.
    """

    def __init__(
        self, message: str, *, document_id: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.document_id = document_id
        self.field = field


class QueryError(SearchlibError, ValueError):
    """A query, filter, facet or sort that cannot be run as written."""


class QuerySyntaxError(QueryError):
    """A query string that does not parse; raised in strict mode only.

    Attributes:
        query: the string as given.
        position: where it goes wrong, in code points from the start.
    """

    def __init__(self, message: str, *, query: str, position: int) -> None:
        line = query.replace("\n", " ")
        super().__init__(f"{message}, at character {position + 1}:\n  {line}\n  {' ' * position}^")
        self.query = query
        self.position = position


class SearchTimeoutError(SearchlibError, TimeoutError):
    """A search took longer than the ``timeout`` that it was given."""


class GlossaryError(SearchlibError, ValueError):
    """A glossary, or a file of one, that is not of the form of one."""


class ReadError(SearchlibError, ValueError):
    """A file or other source of documents that cannot be read, as a whole or at some row."""


class ExportError(SearchlibError, ValueError):
    """Documents that cannot be written in that form or to that place."""


class MissingExtraError(SearchlibError, ImportError):
    """A library that only some can do without is not installed; the message says how to."""


class ServeError(SearchlibError, ValueError):
    """A server that cannot be set up as asked: a bad limit, a field that is not there, …"""


class IndexStateError(SearchlibError):
    """Something about the index as a whole: its folder, its lock, its format."""


class IndexLockedError(IndexStateError):
    """Another writer, in this process or another, holds the index.

    Attributes:
        pid: the process that holds it; None where that is not known.
    """

    def __init__(self, message: str, *, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class IndexNotFoundError(IndexStateError, FileNotFoundError):
    """There is no index in that folder."""


class IndexDamagedError(IndexStateError):
    """The files of the index contradict each other or cannot be read.

    Attributes:
        problem: what is wrong, without what to do about it.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"{problem}. searchlib.verify(path) names all that is damaged, "
            "searchlib.restore(backup, path) puts a backup in its place"
        )
        self.problem = problem


class IndexFormatError(IndexStateError):
    """The index was made by a release whose files this one does not read."""


class SchemaMismatchError(IndexStateError):
    """The index in the folder was made with another schema than the one given."""


class AnalysisMismatchError(IndexStateError):
    """The index was made with other rules of analysis: its terms may not meet a query's."""


class WriterClosedError(IndexStateError):
    """The writer was used after it had been closed."""
