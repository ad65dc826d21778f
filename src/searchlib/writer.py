"""The one writer of an index: changes that become visible together, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import repeat
from types import TracebackType
from typing import Final, Self
from weakref import WeakSet

from searchlib import _tantivy as tantivy
from searchlib.changes import Changes
from searchlib.engine.cores import plan
from searchlib.engine.encode import Encoded, Encoder, Outcome, Task
from searchlib.engine.encoders import Encoders
from searchlib.engine.pace import settle
from searchlib.engine.store import Store, abandon
from searchlib.errors import DocumentError, IndexStateError, WriterClosedError
from searchlib.query.where import Where
from searchlib.results import AddResult, Rejected, UpdateResult
from searchlib.schema import Document, Schema, documents_of

__all__ = ["Writer"]


class Writer:
    """Adds, replaces, changes and deletes documents. Made by ``Index.writer``; there is one at a
    time, for one thread at a time.

    Used in a ``with`` block, it commits at the end of the block; if the block raises, nothing of
    what it did since the last ``commit`` remains.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["vi"]))
    >>> with index.writer() as writer:
    ...     writer.add({"id": "1", "title": "Quốc hội"})
    >>> len(index)
    1
    """

    def __init__(
        self,
        schema: Schema,
        store: Store,
        memory: int | None,
        wait: float,
        deletions: Callable[[str | Where, Collection[str]], tantivy.Query],
        largest: int,
        cores: int,
    ) -> None:
        self._schema = schema
        self._encoder = Encoder(schema, largest)
        threads, workers, memory = plan(cores, memory)
        self._encoders = Encoders(self._encoder, workers)
        self._store = store
        self._deletions = deletions
        self._process = os.getpid()
        self._writer: tantivy.IndexWriter | None = store.writer(memory, wait, threads)
        _WRITERS.add(self)
        self._changes = Changes(schema, store)

    def add(self, document: Document, *, language: str | None = None) -> None:
        """Add a document, in place of the one with its id if there is one.

        Args:
            document: a dict of the schema's fields.
            language: its language; None takes what the document says, or tells it from the text.

        Raises:
            DocumentError: it does not fit the schema; nothing of it was added.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}))
        >>> with index.writer() as writer:
        ...     writer.add({"id": "1", "title": "Quốc hội"}, language="vi")
        ...     writer.add({"id": "1", "title": "Chủ tịch Quốc hội"}, language="vi")
        >>> len(index), index.get("1")
        (1, {'id': '1', 'title': 'Chủ tịch Quốc hội'})
        """
        self._put(self._prepare(document, language))

    def add_many(
        self,
        documents: Iterable[Document],
        *,
        language: str | None = None,
        all_or_nothing: bool = False,
    ) -> AddResult:
        """Add many documents. One that does not fit is left out and named in the result.

        Args:
            documents: any iterable, taken one by one; by a writer of four cores or more, some
                thousand ahead of those that were added. Or a single one.
            language: the language of all of them; None as in ``add``.
            all_or_nothing: add none of them unless all fit. They are held in memory until then.

        Raises:
            DocumentError: ``all_or_nothing``, and one does not fit; or what is given holds none.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> with index.writer() as writer:
        ...     result = writer.add_many([{"id": "1"}, {"id": "2", "titel": "Boats"}])
        >>> result.added, result.rejected[0].error.field
        (1, 'titel')
        """
        self._open  # noqa: B018  a closed writer says so, whatever it is given
        tasks = map(Task, documents_of(documents), repeat(language))
        outcomes = self._encoders.encode(tasks)
        return AddResult(*self._all(outcomes, {}, all_or_nothing))

    def add_each(
        self, documents: Iterable[Document | DocumentError], *, language: str | None = None
    ) -> Iterator[DocumentError | None]:
        """Add documents as ``add_many`` does, and tell of each when it was added: for who wants to
        commit, or to show how far it is, between two of them.

        Args:
            documents: as for ``add_many``. In the place of one that could not even be made, the
                error that says why, which comes back.
            language: likewise.

        Yields:
            None for one that was added; for one that was not, why.

        Raises:
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> with index.writer() as writer:
        ...     for error in writer.add_each([{"id": "1"}, {"id": 2}]):
        ...         print(error)
        None
        an id is a non-empty str, not 2 (int)
        """
        self._open  # noqa: B018
        tasks = (
            document if isinstance(document, DocumentError) else Task(document, language)
            for document in documents_of(documents)
        )
        for outcome in self._encoders.encode(tasks):
            if isinstance(outcome, DocumentError):
                yield outcome
            else:
                self._put(outcome)
                yield None

    def update(self, document: Document, *, language: str | None = None) -> None:
        """Change some fields of a document; the others stay.

        A field is replaced whole; None takes it away. Documents that this writer added and has not
        committed can be changed too. It costs as much as to look the document up and add it anew.

        Args:
            document: its id and the fields to change: ``{"id": "a", "views": 5}``.
            language: its language from now on. None leaves it as it was, unless the change is to
                a text or to the field that names the language: then it is as if the document were
                added as it now is.

        Raises:
            DocumentError: there is no document with that id, or the change does not fit the
                schema; nothing was changed.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Integer, Keyword, Schema
        >>> index = Index(Schema({"views": Integer(), "tag": Keyword()}))
        >>> with index.writer() as writer:
        ...     writer.add({"id": "a", "views": 4, "tag": "x"})
        ...     writer.update({"id": "a", "views": 5, "tag": None})
        >>> index.get("a")
        {'id': 'a', 'views': 5}
        """
        self._put(self._changed(document, language, {}))

    def update_many(
        self,
        documents: Iterable[Document],
        *,
        language: str | None = None,
        all_or_nothing: bool = False,
    ) -> UpdateResult:
        """Change many documents. A change that cannot be made is named in the result.

        Args:
            documents: ids and fields to change, as in ``update``; any iterable, taken one by one.
            language: the language of all of them; None as in ``update``.
            all_or_nothing: change none of them unless all can be. They are held in memory until
                then.

        Raises:
            DocumentError: ``all_or_nothing``, and one cannot be changed; or what is given holds
                none.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Integer, Schema
        >>> index = Index(Schema({"views": Integer()}))
        >>> with index.writer() as writer:
        ...     writer.add({"id": "a", "views": 4})
        ...     result = writer.update_many([{"id": "a", "views": 5}, {"id": "b"}])
        >>> result.updated, str(result.rejected[0].error)
        (1, "there is no document 'b' to update: add it whole")
        """
        self._open  # noqa: B018  a closed writer says so, whatever it is given
        held: dict[str, Encoded] = {}
        some = documents_of(documents)

        def outcomes() -> Iterator[Outcome]:
            for document in some:
                try:
                    yield self._changed(document, language, held)
                except DocumentError as error:
                    yield error

        return UpdateResult(*self._all(outcomes(), held, all_or_nothing))

    def delete(self, *ids: str) -> None:
        """Delete the documents with these ids; an id that no document has changes nothing.

        Raises:
            DocumentError: an id is not a non-empty str.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> with index.writer() as writer:
        ...     result = writer.add_many([{"id": "1"}, {"id": "2"}])
        ...     writer.delete("2", "3")
        >>> index.search().ids
        ('1',)
        """
        writer = self._open
        for document_id in [self._schema.check_id(document_id) for document_id in ids]:
            self._changes.put(writer, document_id, None)

    def delete_where(self, query: str | Where) -> None:
        """Delete all documents that a query or filter matches, those added before it included.

        Args:
            query: a query string, a node, or a dict of field → value or values.

        Raises:
            QueryError: it cannot be run; nothing was deleted.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Integer, Range, Schema
        >>> index = Index(Schema({"year": Integer()}))
        >>> with index.writer() as writer:
        ...     for year in range(2018, 2024):
        ...         writer.add({"id": str(year), "year": year})
        ...     writer.delete_where(Range("year", lt=2022))
        >>> index.search().ids
        ('2022', '2023')
        """
        writer = self._open
        compiled = self._deletions(query, self._changes.languages)
        self._changes.delete_where(writer, compiled)

    def clear(self) -> None:
        """Delete all documents.

        Raises:
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> index.add([{"id": "1"}]).added
        1
        >>> with index.writer() as writer:
        ...     writer.clear()
        >>> len(index)
        0
        """
        self._changes.clear(self._open)

    def commit(self) -> None:
        """Make all changes so far lasting and visible to searches. The writer stays open.

        Raises:
            IndexStateError: they could not be written, or one of them was cut off, as by Ctrl-C, so
                that a part of it would be; the last commit stands.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> with index.writer() as writer:
        ...     writer.add({"id": "1"})
        ...     before = len(index)
        ...     writer.commit()
        ...     print(before, len(index))
        0 1
        """
        self._changes.commit(self._open)
        self._store.committed()

    def rollback(self) -> None:
        """Undo all changes since the last commit. The writer stays open.

        Raises:
            IndexStateError: they could not be undone; to close the writer does.
            WriterClosedError: the writer is closed.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> with index.writer() as writer:
        ...     writer.add({"id": "1"})
        ...     writer.rollback()
        >>> len(index)
        0
        """
        self._changes.rollback(self._open)

    def close(self) -> None:
        """Give up the lock; changes since the last commit are lost. Closing twice is no error.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> writer = index.writer()
        >>> writer.add({"id": "1"})
        >>> writer.close()
        >>> len(index)
        0
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            self._encoders.close()
            is_changed = self._changes.has_any
            self._changes.forget()
            # What is not committed is lost in any case, and the last commit stands: where even
            # giving up fails, for want of open files, the error that led here is the one to see.
            if is_changed:  # else it would only give up the merges that the last commit began
                with _giving_up():
                    writer.rollback()
                settle()  # before the next writer reads the list of files
            with _giving_up():
                writer.wait_merging_threads()
            self._store.merged()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self._writer is not None:
                self.commit()
        finally:
            self.close()

    @property
    def _open(self) -> tantivy.IndexWriter:
        if self._process != os.getpid():
            raise WriterClosedError(
                f"the writer belongs to process {self._process}, from which this one, "
                f"{os.getpid()}, was forked: write there, or open a writer here"
            )
        if self._writer is None:
            raise WriterClosedError("the writer is closed: open another with index.writer()")
        return self._writer

    def _all(
        self, outcomes: Iterable[Outcome], held: dict[str, Encoded], all_or_nothing: bool
    ) -> tuple[int, tuple[Rejected, ...]]:
        """Put what became of documents, and return how many were put, and the others.

        Args:
            outcomes: one a document.
            held: gets what is put at the end, where it is all or nothing.
            all_or_nothing: whether it is.
        """
        count = 0
        rejected: list[Rejected] = []
        for position, outcome in enumerate(outcomes):
            if isinstance(outcome, DocumentError):
                self._open  # noqa: B018  likewise, if it was closed meanwhile
                refusal = Rejected(position, outcome)
                if all_or_nothing:
                    AddResult(0, (refusal,)).raise_for_rejected()
                rejected.append(refusal)
                continue
            count += 1
            if all_or_nothing:
                held.pop(outcome.id, None)  # of one id the last stays, in its place
                held[outcome.id] = outcome
            else:
                self._put(outcome)
        if held:
            with self._changes.whole():
                for encoded in held.values():
                    self._put(encoded)
        return count, tuple(rejected)

    def _changed(
        self, changes: Document, language: str | None, held: Mapping[str, Encoded]
    ) -> Encoded:
        """Prepare a document with some fields changed.

        Args:
            changes: its id, and the fields.
            language: as for ``update``.
            held: documents that are to be put before it.
        """
        self._open  # noqa: B018
        schema = self._schema
        document_id, _ = schema.check(changes)
        stored = held[document_id] if document_id in held else self._changes.get(document_id)
        if stored is None:
            raise DocumentError(
                f"there is no document {document_id!r} to update: add it whole",
                document_id=document_id,
                field=schema.id,
            )
        before = schema.load(stored.source)
        document = {
            name: value
            for name, value in {**before, **changes}.items()
            if value is not None or name not in changes
        }
        telling = [name for name, kind in schema.text_fields.items() if kind.language is None]
        telling += [] if schema.language is None else [schema.language]
        if language is None and all(before.get(name) == document.get(name) for name in telling):
            language = stored.language
        return self._prepare(document, language)

    def _prepare(self, document: Document, language: str | None) -> Encoded:
        self._open  # noqa: B018  a closed writer says so before the document is looked at
        return self._encoder.encode(document, language)

    def _put(self, document: Encoded) -> None:
        self._changes.put(self._open, document.id, document)


@contextmanager
def _giving_up() -> Iterator[None]:
    with (
        suppress(ValueError, OSError, RuntimeError, IndexStateError),
        tantivy.panics_as(IndexStateError, "the writer cannot be closed"),
    ):
        yield


def _leave_to_parent() -> None:
    """Let a forked process keep its hands off the writers of the one that it was forked from."""
    for writer in list(_WRITERS):
        engine_writer, writer._writer = writer._writer, None
        if engine_writer is not None:
            writer._encoders.leave()
            abandon(engine_writer)


#: The writers of this process.
_WRITERS: Final[WeakSet[Writer]] = WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
