"""What a writer has changed since the last commit: told to the engine, and noted beside it.

A change goes to two places. The engine is told of it, of many documents together (``Batch``); and
since it shows nothing before a commit, ``Pending`` notes it too, so that a writer can read its own
documents. A Ctrl-C may come between any two lines. A document stays in the batch until both know of
it, and to tell them twice is as good as once; what is not as good twice is done inside ``whole``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from searchlib import _tantivy as tantivy
from searchlib.engine.batch import Batch
from searchlib.engine.encode import Encoded
from searchlib.engine.store import Store
from searchlib.errors import IndexStateError
from searchlib.pending import Pending, Source
from searchlib.schema import Schema

__all__ = ["Changes"]


class Changes:
    """The changes since the last commit, of which the next one takes all.

    Args:
        schema: the fields of the documents.
        store: the index, which nobody else can change meanwhile: the writer holds the lock.

    Attributes:
        languages: the codes of those of the documents that were put.
        has_any: whether anything was changed.
    """

    def __init__(self, schema: Schema, store: Store) -> None:
        self.languages: set[str] = set()
        self.has_any = False
        self._is_torn = False  # a change was begun and not ended
        self._batch = Batch(store.schema)
        self._pending = Pending(schema, store)

    def put(self, writer: tantivy.IndexWriter, document_id: str, document: Encoded | None) -> None:
        """Put a document in the place of the one with its id; None only deletes that one.

        Raises:
            IndexStateError: there is no room for it.
        """
        if document is not None:
            self.languages.add(document.language)
        self.has_any = True
        self._batch.put(document_id, document)
        if self._batch.is_full:
            self._flush(writer, f"document {document_id!r}")

    def delete_where(self, writer: tantivy.IndexWriter, query: tantivy.Query) -> None:
        """Delete what a query matches, of the documents put before it too.

        Raises:
            IndexStateError: there is no room for what was put before.
        """
        self._flush(writer, "a deletion by a query")
        self.has_any = True
        with self.whole(), tantivy.panics_as(IndexStateError, "the engine refused a deletion"):
            writer.delete_documents_by_query(query)
            self._pending.delete_where(query)

    def clear(self, writer: tantivy.IndexWriter) -> None:
        """Delete all documents."""
        self.has_any = True
        with self.whole():
            self._batch.forget()
            writer.delete_documents_by_query(tantivy.Query.all_query())
            self._pending.clear()
        self._is_torn = False  # nothing is left of what was cut off before

    def get(self, document_id: str) -> Encoded | Source | None:
        """Return what the next commit would show of a document; None where it would show none."""
        if document_id in self._batch.changes:
            return self._batch.changes[document_id]
        return self._pending.get(document_id)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """What is cut off inside, by Ctrl-C or for want of room, is not to be committed."""
        before, self._is_torn = self._is_torn, True
        yield
        self._is_torn = before

    def commit(self, writer: tantivy.IndexWriter) -> None:
        """Make all of them lasting.

        Raises:
            IndexStateError: they could not be written, or one of them was cut off.
        """
        if self._is_torn:
            raise IndexStateError(
                "a change was cut off in the middle, so that there is no whole state to commit: "
                "rollback() and make the changes again; the last commit stands"
            )
        try:
            with tantivy.panics_as(IndexStateError, "the commit failed; the last one stands"):
                self._batch.flush(writer)
                writer.commit()
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexStateError(
                "the commit failed, the last one stands. No room on the disk, or a limit on files? "
                "Then make room, open a new writer and add again what was added since: "
                f"{error}"
            ) from error
        self.forget()

    def rollback(self, writer: tantivy.IndexWriter) -> None:
        """Undo all of them.

        Raises:
            IndexStateError: they could not be undone.
        """
        try:
            with tantivy.panics_as(IndexStateError, "the changes cannot be undone"):
                writer.rollback()
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexStateError(
                f"the changes cannot be undone; close the writer, the last commit stands: {error}"
            ) from error
        self.forget()

    def forget(self) -> None:
        """Start afresh from the last commit."""
        self.languages.clear()
        self._batch.forget()
        self._pending.forget()
        self.has_any = self._is_torn = False

    def _flush(self, writer: tantivy.IndexWriter, last: str) -> None:
        """Hand the engine what was put.

        Args:
            writer: the engine's.
            last: what was put last, for the message.
        """
        try:
            with tantivy.panics_as(IndexStateError, "the engine refused a document"):
                self._batch.flush(writer)
                self._pending.put_all(self._batch.changes)
                self._batch.forget()
        except (ValueError, OSError, RuntimeError) as error:
            raise _no_room(last, error) from error


def _no_room(last: str, error: Exception) -> IndexStateError:
    return IndexStateError(
        f"{last} and what was changed since the last commit cannot be written, the last commit "
        "stands. No room on the disk, or a limit on files? Then make room, open a new writer and "
        f"make the changes again: {error}"
    )
