"""The one writer of an index: changes that become visible together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from types import TracebackType
from typing import Final, NamedTuple, Self

from searchlib import _tantivy as tantivy
from searchlib.engine.layout import ID, engine_document
from searchlib.engine.store import Store
from searchlib.errors import DocumentError, IndexStateError, WriterClosedError
from searchlib.fields import Text
from searchlib.languages import analyzer, base_code
from searchlib.languages.detect import identify
from searchlib.query.where import Where
from searchlib.results import AddResult, Rejected
from searchlib.schema import Document, Schema

__all__ = ["Writer"]

# Code points below which the longest text of a document does not tell its language by itself.
_SHORT: Final = 200


class _Prepared(NamedTuple):
    id: str
    language: str
    document: tantivy.Document


class Writer:
    """Adds, replaces and deletes documents. Made by ``Index.writer``; one at a time, one thread.

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
        memory: int,
        deletions: Callable[[str | Where, Collection[str]], tantivy.Query],
    ) -> None:
        self._schema = schema
        self._store = store
        self._deletions = deletions
        self._added_languages: set[str] = set()  # since the last commit
        self._writer: tantivy.IndexWriter | None = store.writer(memory)

    def add(self, document: Document, *, language: str | None = None) -> None:
        """Add a document, in place of the one with its id if there is one.

        Args:
            document: a dict of the schema's fields.
            language: its language; None takes what the document says, or tells it from the text.

        Raises:
            DocumentError: it does not fit the schema; nothing of it was added.
            WriterClosedError: the writer is closed.
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
            documents: any iterable, taken one by one.
            language: the language of all of them; None as in ``add``.
            all_or_nothing: add none of them unless all fit. They are held in memory until then.

        Raises:
            DocumentError: ``all_or_nothing``, and one does not fit.
            WriterClosedError: the writer is closed.
        """
        self._open  # noqa: B018  a closed writer says so, whatever it is given
        added = 0
        rejected: list[Rejected] = []
        held: list[_Prepared] = []
        for position, document in enumerate(documents):
            try:
                prepared = self._prepare(document, language)
            except DocumentError as error:
                refusal = Rejected(position, error)
                if all_or_nothing:
                    AddResult(0, (refusal,)).raise_for_rejected()
                rejected.append(refusal)
                continue
            added += 1
            if all_or_nothing:
                held.append(prepared)
            else:
                self._put(prepared)
        for prepared in held:
            self._put(prepared)
        return AddResult(added, tuple(rejected))

    def delete(self, *ids: str) -> None:
        """Delete the documents with these ids; an id that no document has changes nothing.

        Raises:
            DocumentError: an id is not a non-empty str.
            WriterClosedError: the writer is closed.
        """
        writer = self._open
        for document_id in [self._schema.check_id(document_id) for document_id in ids]:
            writer.delete_documents_by_term(ID, document_id)

    def delete_where(self, query: str | Where) -> None:
        """Delete all documents that a query or filter matches, those added before it included.

        Args:
            query: a query string, a node, or a dict of field → value or values.

        Raises:
            QueryError: it cannot be run; nothing was deleted.
            WriterClosedError: the writer is closed.
        """
        writer = self._open
        writer.delete_documents_by_query(self._deletions(query, self._added_languages))

    def clear(self) -> None:
        """Delete all documents.

        Raises:
            WriterClosedError: the writer is closed.
        """
        self._open.delete_documents_by_query(tantivy.Query.all_query())

    def commit(self) -> None:
        """Make all changes so far lasting and visible to searches. The writer stays open.

        Raises:
            IndexStateError: they could not be written; the last commit stands.
            WriterClosedError: the writer is closed.
        """
        writer = self._open
        try:
            with tantivy.panics_as(IndexStateError, "the commit failed; the last one stands"):
                writer.commit()
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexStateError(f"the commit failed; the last one stands: {error}") from error
        self._added_languages.clear()
        self._store.refresh()

    def rollback(self) -> None:
        """Undo all changes since the last commit. The writer stays open.

        Raises:
            WriterClosedError: the writer is closed.
        """
        self._open.rollback()
        self._added_languages.clear()

    def close(self) -> None:
        """Give up the lock; changes since the last commit are lost. Closing twice is no error."""
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.rollback()
            finally:
                writer.wait_merging_threads()

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
        if self._writer is None:
            raise WriterClosedError("the writer is closed: open another with index.writer()")
        return self._writer

    def _prepare(self, document: Document, language: str | None) -> _Prepared:
        self._open  # noqa: B018  a closed writer says so before the document is looked at
        schema = self._schema
        document_id, encoded = schema.check(document)
        texts = {name: encoded.pop(name) for name in schema.text_fields if name in encoded}
        code = self._language(document, language, texts)
        views = {}
        for name, values in texts.items():
            own: Text = schema.text_fields[name]
            views[name] = list(map(analyzer(own.language or code).views, values))
        source = schema.dump(document)
        return _Prepared(
            document_id,
            code,
            engine_document(document_id, code, source, encoded, texts, views, schema),
        )

    def _language(
        self, document: Document, language: str | None, texts: dict[str, list[str]]
    ) -> str:
        """The language of a document: as said for it, as it says itself, or as it reads."""
        if language is not None:
            try:
                return base_code(language)
            except (ValueError, TypeError):
                raise DocumentError(
                    f"language is a code such as 'vi' or 'pt-BR', not {language!r}"
                ) from None
        if (named := self._schema.check_language(document)) is not None:
            return named
        everything = [
            text
            for name, values in texts.items()
            if self._schema.text_fields[name].language is None
            for text in values
        ]
        sample = max(everything, key=len, default="")
        if len(sample) < _SHORT:
            sample = "\n".join(everything)
        return identify(sample, self._schema.languages)

    def _put(self, prepared: _Prepared) -> None:
        writer = self._open
        try:
            with tantivy.panics_as(IndexStateError, "the engine refused a document"):
                writer.delete_documents_by_term(ID, prepared.id)
                writer.add_document(prepared.document)
                self._added_languages.add(prepared.language)
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexStateError(
                f"the engine refused document {prepared.id!r} and what was added since the last "
                f"commit: {error}"
            ) from error
