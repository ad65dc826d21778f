"""What a writer has done since the last commit, kept so that it can read its own documents.

The engine shows nothing before a commit. So the JSON of each document added since is written to a
second place: in memory while there is little of it, then in a file without a name beside the
engine's own, gone with the commit. In memory stays where each of them lies, some 200 bytes each.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Final, NamedTuple

from searchlib import _tantivy as tantivy
from searchlib.engine.store import Store
from searchlib.errors import IndexStateError
from searchlib.rebuild import rebuilt
from searchlib.schema import Schema

__all__ = ["Pending", "Source"]

_MOST_IN_MEMORY: Final = 16_000_000  # bytes


class Source(NamedTuple):
    """What is stored of a document: its language, and the JSON."""

    language: str
    json: str


class _Place(NamedTuple):
    """Where a document added since the last commit lies, and how many deletions by a query were
    before it."""

    language: str
    start: int
    size: int
    deletions: int


class Pending:
    """The changes since the last commit.

    Args:
        schema: the fields of the documents.
        store: the index, whose last commit nobody else can change: the writer holds the lock.
    """

    def __init__(self, schema: Schema, store: Store) -> None:
        self._schema = schema
        self._store = store
        self._file: SpooledTemporaryFile[bytes] | None = None
        self.forget()

    def forget(self) -> None:
        """Start afresh from the last commit."""
        self._is_cleared = False
        self._places: dict[str, _Place | None] = {}  # None: deleted
        self._deletions: list[tantivy.Query] = []
        if self._file is not None:
            self._file.close()
        self._file = None
        self._size = 0

    def put(self, document_id: str, source: Source) -> None:
        """Note that a document was added."""
        if self._file is None:
            folder = self._store.folder  # whose disk has room for as much
            place = None if folder is None else str(folder)
            self._file = SpooledTemporaryFile(_MOST_IN_MEMORY, dir=place)  # noqa: SIM115
        data = source.json.encode(errors="surrogatepass")
        self._file.seek(self._size)
        self._file.write(data)
        self._places[document_id] = _Place(
            source.language, self._size, len(data), len(self._deletions)
        )
        self._size += len(data)

    def delete(self, document_id: str) -> None:
        """Note that the document with an id was deleted."""
        self._places[document_id] = None

    def delete_where(self, query: tantivy.Query) -> None:
        """Note that what a query matches was deleted."""
        self._deletions.append(query)

    def clear(self) -> None:
        """Note that all documents were deleted."""
        self.forget()
        self._is_cleared = True

    def get(self, document_id: str) -> Source | None:
        """Return what the next commit would show of a document; None where it would show none."""
        if document_id in self._places:
            place = self._places[document_id]
            found = None if place is None else self._added(document_id, place)
        else:
            found = None if self._is_cleared else self._committed(document_id)
        if found is None:
            self._places[document_id] = None  # looked for once
        return found

    def _added(self, document_id: str, place: _Place) -> Source | None:
        assert self._file is not None
        self._file.seek(place.start)
        json = self._file.read(place.size).decode(errors="surrogatepass")
        later = self._deletions[place.deletions :]
        if later and self._is_found(later, document_id, place.language, json):
            return None
        self._places[document_id] = place._replace(deletions=len(self._deletions))
        return Source(place.language, json)

    def _is_found(
        self, queries: list[tantivy.Query], document_id: str, language: str, json: str
    ) -> bool:
        """Whether any of the queries matches a document that no commit has shown: asked of an index
        of this one document."""
        alone = Store(self._schema)
        writer = alone.writer(0)
        writer.add_document(rebuilt(self._schema, document_id, language, json))
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
