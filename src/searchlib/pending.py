"""What a writer has done since the last commit, kept so that it can read its own documents.

The engine shows nothing before a commit. So what is stored of each document added since is written
to a second place: a table of SQLite in a file without a name beside the engine's own, gone with the
commit, of which some megabytes are held in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib import _tantivy as tantivy
from searchlib.engine.encode import Encoded, Encoder, engine_document
from searchlib.engine.store import Store
from searchlib.errors import IndexStateError
from searchlib.rebuild import rebuilding
from searchlib.schema import Schema

if TYPE_CHECKING:
    from sqlite3 import Connection

__all__ = ["Pending", "Source"]

_FILE: Final = "pending.tmp"
# Nobody else reads it, and it is gone when the process is. A row without JSON is a document that is
# not there; ``deletions``: how many deletions by a query came before it.
_TABLE: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -16000;
    PRAGMA locking_mode = EXCLUSIVE;
    CREATE TABLE held (id TEXT PRIMARY KEY, language TEXT, source BLOB, deletions INTEGER);
"""


class Source(NamedTuple):
    """What is stored of a document: its language, and what ``Schema.pack`` made of it."""

    language: str
    source: bytes


class Pending:
    """The changes since the last commit.

    Args:
        schema: the fields of the documents.
        store: the index, whose last commit nobody else can change: the writer holds the lock.
    """

    def __init__(self, schema: Schema, store: Store) -> None:
        self._schema = schema
        self._store = store
        self._connection: Connection | None = None
        self.forget()

    def forget(self) -> None:
        """Start afresh from the last commit."""
        self._is_cleared = False
        self._deletions: list[tantivy.Query] = []
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def put_all(self, changes: Mapping[str, Encoded | Source | None]) -> None:
        """Note by their ids which documents were added or, where it is None, deleted.

        Raises:
            OSError: there is no room for the note.
        """
        before = len(self._deletions)
        rows = [
            (document_id, None, None, before)
            if source is None
            else (document_id, source.language, source.source, before)
            for document_id, source in changes.items()
        ]
        if not rows:
            return
        if self._connection is None:
            self._connection = _opened(self._store)
        with _as_os_error():
            self._connection.executemany("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)", rows)

    def delete_where(self, query: tantivy.Query) -> None:
        """Note that what a query matches was deleted."""
        self._deletions.append(query)

    def clear(self) -> None:
        """Note that all documents were deleted."""
        self.forget()
        self._is_cleared = True

    def get(self, document_id: str) -> Source | None:
        """Return what the next commit would show of a document; None where it would show none."""
        row = self._row(document_id)
        if row is None:
            found = None if self._is_cleared else self._committed(document_id)
        elif row[1] is None:
            return None
        else:
            language, stored, deletions = row
            found = Source(language, stored)
            later = self._deletions[deletions:]
            if not later:
                return found
            if self._is_found(later, document_id, *found):
                found = None
        if row is not None or found is None:
            with suppress(OSError):  # looked for once, unless there is no room
                self.put_all({document_id: found})
        return found

    def _row(self, document_id: str) -> tuple[str, bytes, int] | None:
        if self._connection is None:
            return None
        row: tuple[str, bytes, int] | None = self._connection.execute(
            "SELECT language, source, deletions FROM held WHERE id = ?", (document_id,)
        ).fetchone()
        return row

    def _is_found(
        self, queries: list[tantivy.Query], document_id: str, language: str, source: bytes
    ) -> bool:
        """Whether any of the queries matches a document that no commit has shown: asked of an index
        of this one document."""
        alone = Store(self._schema)
        writer = alone.writer(0)
        encoded = Encoder(self._schema).encode(*rebuilding(self._schema, language, source))
        writer.add_document(engine_document(encoded, alone.schema))
        writer.commit()
        alone.refresh()
        return any(alone.last.count(query) for query in queries)

    def _committed(self, document_id: str) -> Source | None:
        snapshot = self._store.snapshot()
        if snapshot is None:
            raise IndexStateError("the files of the index are gone: open it anew")
        stored = snapshot.by_id(document_id)
        if stored is None or any(snapshot.matches(one, document_id) for one in self._deletions):
            return None
        return Source(stored.language, stored.source)


def _opened(store: Store) -> Connection:
    """Open an empty table, in a file on the disk of the index, which has room for as much."""
    import sqlite3  # only for who writes

    path = "" if store.folder is None else os.path.join(store.folder, _FILE)
    if path and os.path.exists(path):  # of a process that was killed just then
        os.unlink(path)
    with _as_os_error():
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.executescript(_TABLE)
        if path and os.name == "posix":
            os.unlink(path)
        connection.execute("BEGIN")
    return connection


@contextmanager
def _as_os_error() -> Iterator[None]:
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
