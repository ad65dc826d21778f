"""The index as tantivy keeps it: opening, writing, and snapshots to search in."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import log
from pathlib import Path
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.engine.layout import (
    ID,
    ID_HASH,
    LANGUAGE,
    SOURCE,
    engine_schema,
    register_tokenizers,
)
from searchlib.errors import IndexDamagedError, IndexLockedError, IndexStateError
from searchlib.schema import Schema

__all__ = ["WRITER_MEMORY", "Snapshot", "Store", "StoredDocument", "idf"]

#: Bytes that a writer gathers before it writes a segment, unless told otherwise.
WRITER_MEMORY: Final = 128_000_000

_PAGE: Final = 1_000
_MOST_INTEGERS: Final = 60_000  # of one answer
_MOST_LANGUAGES: Final = 1_000
_LEAST_MEMORY: Final = 15_000_000  # bytes with which tantivy makes a writer of one thread


def idf(frequency: int, documents: int) -> float:
    """Return how much a term tells that so many of so many documents have: BM25's, as in tantivy.

    >>> round(idf(1, 1000), 2), round(idf(500, 1000), 2)
    (6.5, 0.69)
    """
    # Deleted documents count for the frequency until they are merged away.
    return log(1 + (max(documents - frequency, 0) + 0.5) / (frequency + 0.5))


class StoredDocument:
    """A stored document as the engine has it; ``source`` is the JSON that was stored."""

    __slots__ = ("id", "language", "source")

    def __init__(self, document: tantivy.Document) -> None:
        self.id = str(document.get_first(ID))
        self.language = str(document.get_first(LANGUAGE))
        source = bytes(document.get_first(SOURCE) or b"")
        self.source = source.decode(errors="surrogatepass")


@contextmanager
def _reading() -> Iterator[None]:
    """Say of what tantivy cannot read that it is damaged: our own queries are checked before."""
    try:
        with tantivy.panics_as(IndexDamagedError, "the files of the index cannot be read"):
            yield
    except (ValueError, OSError, RuntimeError) as error:
        raise IndexDamagedError(f"the files of the index cannot be read: {error}") from error


class Snapshot:
    """One commit of an index: everything asked of it sees the same documents.

    Attributes:
        searcher: tantivy's.
        schema: tantivy's.
        languages: the codes of the languages of its documents, the commonest first.
        counts: the counts of facets of the last searches, for ``FacetCounter``.
    """

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self.searcher = searcher
        self.schema = schema
        self.counts: OrderedDict[str, Any] = OrderedDict()
        self._single: dict[str, bool] = {ID: True, ID_HASH: True}
        with _reading():
            # Every document has one language; terms are counted with the deleted documents.
            ever = sum(count for _, count in searcher.terms_with_prefix(LANGUAGE, ""))
        self._has_deletions = ever > searcher.num_docs
        request = {"languages": {"terms": {"field": LANGUAGE, "size": _MOST_LANGUAGES}}}
        answer = self.aggregate(tantivy.Query.all_query(), request)
        self.languages: tuple[str, ...] = tuple(
            bucket["key"] for bucket in answer["languages"]["buckets"]
        )

    def __len__(self) -> int:
        return self.searcher.num_docs

    def search(
        self,
        query: tantivy.Query,
        *,
        limit: int,
        offset: int,
        order_by: str | None = None,
        descending: bool = True,
    ) -> tuple[int, list[tuple[float | None, tantivy.DocAddress]]]:
        """Return the total and one page of (score, address); no score where a field sorts."""
        # tantivy panics at a limit of 0, and sets memory aside for all it is asked for.
        wanted = min(limit, max(len(self) - offset, 0))
        with _reading():
            found = self.searcher.search(
                query,
                limit=max(wanted, 1),
                count=True,
                offset=offset if wanted else 0,
                order_by_field=order_by,
                order=tantivy.Order.Desc if descending else tantivy.Order.Asc,
            )
        page = found.hits if wanted else []
        total: int = found.count  # type: ignore[attr-defined]
        return total, [(None if order_by else score, address) for score, address in page]

    def ordered(
        self,
        query: tantivy.Query,
        *,
        limit: int,
        offset: int,
        order_by: str | None,
        descending: bool,
    ) -> list[tuple[Any, tantivy.DocAddress]]:
        """Return one page of (value, address): of a field's first value, or of the score."""
        wanted = min(limit, len(self) - offset)
        if wanted <= 0:
            return []
        with _reading():
            found = self.searcher.search(
                query,
                limit=wanted,
                # Without, tantivy skips what cannot be on the page, and sums scores in another
                # order: the last digit of a score must not depend on the page.
                count=order_by is None,
                offset=offset,
                order_by_field=order_by,
                order=tantivy.Order.Desc if descending else tantivy.Order.Asc,
            )
        return list(found.hits)

    def numbers(self, field: str, addresses: Sequence[tantivy.DocAddress]) -> list[Any]:
        """Return the first value, or None, of a field that is no text in each of these documents,
        as it is encoded."""
        with _reading():
            return self.searcher.fast_field_values(field, list(addresses))

    def is_single(self, field: str) -> bool:
        """Whether no document has several values of a field."""
        if field not in self._single:
            request = {"values": {"value_count": {"field": field}}}
            values = self.aggregate(tantivy.Query.all_query(), request)["values"]["value"]
            self._single[field] = values == self.count(tantivy.Query.exists_query(field))
        return self._single[field]

    def count(self, query: tantivy.Query) -> int:
        """Return how many documents match."""
        # Sorted by a number, so that no score is computed.
        return self.search(query, limit=0, offset=0, order_by=ID_HASH)[0]

    def aggregate(self, query: tantivy.Query, request: dict[str, Any]) -> dict[str, Any]:
        """Return tantivy's answer to a request for aggregations."""
        with _reading():
            answer: dict[str, Any] = self.searcher.aggregate(query, request)
        return answer

    def values(self, field: str, query: tantivy.Query) -> list[tuple[str, int]]:
        """Return all values of a keyword or category field in the documents found, each with the
        number of these that have it: any number of values, where ``aggregate`` has a limit."""
        with _reading():
            return self.searcher.terms_with_prefix(field, "", query)

    def integers(self, field: str, query: tantivy.Query) -> Iterator[tuple[int, int]]:
        """Yield all values of an integer field in the documents found, likewise."""
        # Four times as quick, where the values fit into one answer.
        terms = {"field": field, "size": _MOST_INTEGERS, "segment_size": 2**31}
        answer = self.aggregate(query, {"values": {"terms": terms}})["values"]
        if not answer["sum_other_doc_count"]:
            yield from ((bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"])
            return
        request: dict[str, Any] = {
            "size": _MOST_INTEGERS,
            "sources": [{"v": {"terms": {"field": field}}}],
        }
        while True:
            answer = self.aggregate(query, {"values": {"composite": request}})["values"]
            for bucket in answer["buckets"]:
                yield bucket["key"]["v"], bucket["doc_count"]
            if "after_key" not in answer:
                return
            request["after"] = answer["after_key"]

    def document(self, address: tantivy.DocAddress) -> StoredDocument:
        """Return the stored document at an address of this snapshot."""
        with _reading():
            return StoredDocument(self.searcher.doc(address))

    def holds(self, field: str, term: str) -> bool:
        """Whether any document has the term."""
        with _reading():
            if not self.searcher.doc_freq(field, term):
                return False
            if not self._has_deletions:
                return True
            query = tantivy.Query.term_query(self.schema, field, term, "basic")
            return bool(self.searcher.search(query, limit=1, count=False).hits)

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """Return term → how many documents have it, of the terms that any has; deleted documents
        count until tantivy merges their segment."""
        doc_freq = self.searcher.doc_freq
        with _reading():
            return {term: count for term in terms if (count := doc_freq(field, term))}

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return at most so many terms of a field that begin so, each with how many documents have
        it, the commonest first."""
        with _reading():
            return self.searcher.terms_with_prefix(field, prefix, limit=limit)

    def explain(self, query: tantivy.Query, address: tantivy.DocAddress) -> dict[str, Any] | None:
        """Return tantivy's account of a document's score, or None where it does not match."""
        try:
            account: dict[str, Any] = json.loads(query.explain(self.searcher, address).to_json())
        except ValueError:
            return None
        return account

    def matches(self, query: tantivy.Query, document_id: str) -> bool:
        """Whether a query matches a document. ``explain`` does not see what a query excludes."""
        is_it = tantivy.Query.term_query(self.schema, ID, document_id, "basic")
        both = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, is_it)]
        )
        return self.count(both) > 0

    def address(self, document_id: str) -> tantivy.DocAddress | None:
        """Return where the document with that id lies, or None."""
        query = tantivy.Query.term_query(self.schema, ID, document_id, "basic")
        _, page = self.search(query, limit=1, offset=0)
        return page[0][1] if page else None

    def by_id(self, document_id: str) -> StoredDocument | None:
        """Return the document with that id, or None."""
        address = self.address(document_id)
        return None if address is None else self.document(address)

    def documents(self) -> Iterator[StoredDocument]:
        """Yield all documents, in the order in which they lie in the index."""
        for offset in range(0, len(self), _PAGE):
            _, page = self.search(tantivy.Query.all_query(), limit=_PAGE, offset=offset)
            for _, address in page:
                yield self.document(address)


class Store:
    """A tantivy index, in memory or in a folder of its own.

    Args:
        schema: what its documents hold.
        folder: where its files are, or None for memory.
        create: make the folder and an empty index in it.

    Attributes:
        schema: tantivy's schema.
        last: the commit seen last.

    Raises:
        IndexDamagedError: there are no files, or they cannot be opened.
    """

    def __init__(self, schema: Schema, folder: Path | None = None, *, create: bool = False) -> None:
        self.schema = engine_schema(schema)
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        try:
            self._index = self._made_or_opened(create)
            # By hand: a search must see a commit at once, and no watcher thread is needed.
            self._index.config_reader("manual")
        except (ValueError, OSError) as error:
            raise IndexDamagedError(
                f"the files of the index in {str(folder)!r} cannot be opened: {error}"
            ) from error
        register_tokenizers(self._index)
        self.refresh()

    def _made_or_opened(self, create: bool) -> tantivy.Index:
        if self._folder is None:
            return tantivy.Index(self.schema)
        if create:
            self._folder.mkdir(parents=True, exist_ok=True)
        elif not self._folder.is_dir() or not tantivy.Index.exists(str(self._folder)):
            raise FileNotFoundError("its meta.json is missing")
        if tantivy.Index.exists(str(self._folder)):
            # Not Index(…, reuse=False), which empties the folder.
            return tantivy.Index.open(str(self._folder))
        return tantivy.Index(self.schema, str(self._folder))

    def refresh(self) -> None:
        """Make the last commit the one that ``snapshot`` gives."""
        self._seen = self._commit_seen()
        with _reading():
            self._index.reload()
        self.last = Snapshot(self.schema, self._index.searcher())

    def snapshot(self) -> Snapshot | None:
        """Return the last commit, another process's as well; None where the folder is gone, as it
        is when a rebuilt index has taken its place."""
        seen = self._commit_seen()
        if seen is None:
            return None
        if seen != self._seen:
            self.refresh()
        return self.last

    def writer(self, memory: int) -> tantivy.IndexWriter:
        """Return tantivy's writer, which holds the lock until it is gone.

        Args:
            memory: bytes to gather before a segment is written.

        Raises:
            IndexLockedError: there is another one, in this process or another.
        """
        try:
            # One thread: analysis keeps another core busy, and documents of equal score come in
            # the order in which they were added, not in that of a race.
            return self._index.writer(max(memory, _LEAST_MEMORY), 1)
        except ValueError as error:
            where = "in memory" if self._folder is None else f"in {str(self._folder)!r}"
            if "LockBusy" in str(error):
                raise IndexLockedError(
                    f"the index {where} has a writer already, in this process or another: one "
                    "writes at a time; close that one first"
                ) from error
            raise IndexStateError(f"the index {where} cannot be written to: {error}") from error

    def _commit_seen(self) -> tuple[int, int] | None:
        """What tells commits apart: tantivy puts a new meta.json in place of the old one at each.
        None where it is gone; always the same in memory."""
        if self._folder is None:
            return 0, 0
        try:
            status = os.stat(self._folder / "meta.json")
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino
