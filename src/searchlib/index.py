"""The index: documents in, results out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from os.path import join
from typing import TYPE_CHECKING, Any

from searchlib.engine.compiler import Compiler
from searchlib.engine.reading import Reading, ReadingOptions
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.store import Store
from searchlib.errors import (
    IndexDamagedError,
    IndexStateError,
    QueryError,
    SchemaError,
    SchemaMismatchError,
)
from searchlib.fields import Field, show
from searchlib.limits import Limits
from searchlib.making import make_folder, take_back
from searchlib.manifest import Manifest, folder_of, located
from searchlib.query.nodes import All, And, Query
from searchlib.query.parser import parse
from searchlib.query.where import Where, filters_of
from searchlib.schema import Document, Schema, documents_of
from searchlib.searcher import Searcher
from searchlib.threads import in_thread

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib import _tantivy as tantivy
    from searchlib.results import AddResult, UpdateResult
    from searchlib.writer import Writer

__all__ = ["Index"]


class Index(Searcher):
    """A searchable collection of documents, in memory or in a folder.

    Args:
        schema: the fields of its documents.
        path: its folder, made if it does not exist; None keeps the index in memory.
        limits: how large documents and queries may be, and how long a search may take.

    Raises:
        SchemaError: ``schema`` is no Schema.
        SchemaMismatchError: there is an index in the folder, with another schema.
        AnalysisMismatchError: … made by other rules of analysis; the message says what to run.
        IndexDamagedError: … whose files cannot be read.
        IndexFormatError: … made by a release whose files this one does not read.
        IndexStateError: no index can be made there.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["vi", "fr", "en"]))
    >>> index.add([{"id": "a", "title": "Chủ tịch Quốc hội"}]).added
    1
    >>> [hit["title"] for hit in index.search("quoc hoi")]
    ['Chủ tịch Quốc hội']
    """

    def __init__(
        self, schema: Schema, path: str | Path | None = None, *, limits: Limits | None = None
    ) -> None:
        _check_schema(schema)
        self.schema = schema
        self.limits = Limits() if limits is None else limits
        self._given = None if path is None else folder_of(path)
        self._folder = None if self._given is None else located(self._given)
        if self._given is not None:
            make_folder(schema, self._given)
        self._open()

    @classmethod
    def open(cls, path: str | Path, *, limits: Limits | None = None) -> Index:
        """Open the index in a folder, with the schema it was made with.

        Args:
            path: its folder.
            limits: how large documents and queries may be, and how long a search may take.

        Raises:
            IndexNotFoundError: there is none.
            AnalysisMismatchError: it was made by other rules of analysis.
            IndexDamagedError: its files cannot be read.
            IndexFormatError: they are of another release, whose files this one does not read.
            IndexStateError: what is given is no name that the folder of an index can have.

        >>> from tempfile import TemporaryDirectory
        >>> from searchlib import Index, Schema, Text
        >>> with TemporaryDirectory() as folder:
        ...     index = Index(Schema({"title": Text()}, languages=["fr"]), folder)
        ...     result = index.add([{"id": "a", "title": "L’été"}])
        ...     Index.open(folder).search("ete").ids
        ('a',)
        """
        return cls(Manifest.read(path).schema, path, limits=limits)

    @classmethod
    def from_records(
        cls,
        records: Any,
        path: str | Path | None = None,
        *,
        schema: Schema | None = None,
        id: str | None = None,
        fields: Mapping[str, Field] | None = None,
        languages: Sequence[str] = (),
    ) -> Index:
        """Make an index of records: ``infer`` their schema, and add them all, or none.

        Args:
            records: anything that ``searchlib.io.read`` takes: dicts, the path of a file or folder,
                a data frame, a cursor.
            path: as for ``Index``.
            schema: their schema; None infers it from the first thousand.
            id: the field that holds the id, where no schema is given.
            fields: name → type of those fields that are known, likewise.
            languages: the languages to expect, likewise.

        Raises:
            SchemaError: the records leave a choice; the message says which, and what to write.
            DocumentError: a record does not fit; ``searchlib.io.load`` leaves such out.
            ReadError: the records cannot be read.

        >>> from searchlib import Index
        >>> records = [{"id": 1, "title": "Quốc hội", "year": 2022}, {"id": 2, "title": "L’été"}]
        >>> index = Index.from_records(records, languages=["vi", "fr"])
        >>> index.search("quoc hoi").ids, index.schema.fields["year"]
        (('1',), Integer())
        """
        from searchlib.io.infer import infer  # a search does without readers and writers
        from searchlib.io.load import load
        from searchlib.io.read import read

        source = read(records)
        if schema is None:
            inference = infer(source, id=id, fields=fields, languages=languages)
            if inference.schema is None:
                raise SchemaError(f"the records leave a choice:\n{inference}")
            schema = inference.schema
        _check_schema(schema)
        made = None if path is None else make_folder(schema, path)
        try:
            index = cls(schema, path)
            load(index, source, all_or_nothing=True)
        except BaseException:
            if made is not None:  # so that another schema can be tried
                take_back(made)
            raise
        return index

    @cached_property
    def path(self) -> Path | None:
        """The folder, as it was given; None in memory."""
        from pathlib import Path  # which loads, for the URLs of files, more than it is itself

        return None if self._given is None else Path(self._given)

    def _open(self) -> None:
        """Open the store that the manifest names, after a check that it can be searched."""
        if self._folder is None or self._given is None:
            self._store = Store(self.schema)
            return
        while True:
            seen, manifest = Manifest.seen(self._folder), Manifest.read(self._folder)
            if manifest.schema != self.schema:
                raise SchemaMismatchError(
                    f"the index in {self._given!r} has another schema: open it with "
                    "Index.open(path) and look at its schema, or make the new one elsewhere\n"
                    f"  there: {manifest.schema}\n  given: {self.schema}"
                )
            # Equal schemas may list their fields in another order; the engine has them in this one.
            self.schema = manifest.schema
            data = join(self._folder, manifest.data)
            try:
                store = Store(self.schema, data, checked=self.limits.checked)
                break
            except IndexDamagedError:
                if Manifest.read(self._folder) == manifest:
                    raise  # else another index has taken its place since the look
        fixed = {kind.language for kind in self.schema.text_fields.values() if kind.language}
        manifest.check_analysis(self._given, frozenset(fixed.union(store.last.languages)))
        # Before the manifest: a thread that finds this one new must find the store new as well.
        self._store = store
        self._manifest, self._manifest_seen = manifest, seen

    def _snapshot(self) -> Snapshot:
        """The last commit, of an index that was rebuilt or restored, too."""
        snapshot = self._store.latest()
        if snapshot is None and not self._is_replaced():
            snapshot = self._store.snapshot()
        if snapshot is None:
            self._reopen()
            snapshot = self._store.last
        return snapshot

    def _is_replaced(self) -> bool:
        """Whether another index has taken the place of the one that was opened."""
        if self._folder is None or (seen := Manifest.seen(self._folder)) == self._manifest_seen:
            return False
        if Manifest.read(self._folder) != self._manifest:
            return True
        self._manifest_seen = seen  # restored by hand, as it was
        return False

    def _reopen(self) -> None:
        """Go on with the index that has taken the place of the one that was opened.

        Raises:
            SchemaMismatchError: it has another schema, by which nothing here was made.
        """
        try:
            self._open()
        except SchemaMismatchError as error:
            raise SchemaMismatchError(
                "another index has taken the place of this one since it was opened: open it anew "
                f"with Index.open({self._given!r}). {error}"
            ) from None

    def __repr__(self) -> str:
        where = "in memory" if self._given is None else f"in {self._given!r}"
        return f"<Index {where}: {len(self)} documents>"

    def searcher(self) -> Searcher:
        """Return a searcher of the last commit, which sees no later one.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> searcher = index.searcher()
        >>> index.add([{"id": "a"}]).added
        1
        >>> len(searcher), len(index)
        (0, 1)
        """
        return Searcher(self.schema, self._snapshot(), self.searcher, self.limits)

    def refresh(self) -> Searcher:
        """Return a searcher of the last commit, as ``searcher`` does.

        An index itself needs no refresh: it sees each commit at its next search.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> len(index.refresh())
        0
        """
        return self.searcher()

    def writer(
        self, *, memory: int | None = None, wait: float = 0.0, cores: int | None = 1
    ) -> Writer:
        """Open the writer. There is one at a time, in all processes; use it in a ``with`` block.

        Args:
            memory: bytes to gather before a segment is written; at least 15 MB. None gathers 128
                MB, or 192 MB where three threads of the engine do.
            wait: seconds to wait for one that is open to be closed.
            cores: processor cores to make use of, for who adds many documents; None takes all that
                this process may use. One or two leave the work to this process and one thread of
                the engine. With more, two or three threads take documents in (one for each 64 MB of
                ``memory``, where that is given), and documents of equal score come in no order;
                from four on, one or two processes of 60 MB analyse what ``add_many`` is given.
                ``Index.add`` and ``searchlib.io.load`` choose by themselves.

        Raises:
            IndexLockedError: another one is open, and still was after the wait.
            IndexStateError: ``wait`` is no number of seconds, ``memory`` none of bytes, or
                ``cores`` no number from 1.
            IndexDamagedError: a file is not as it was written: a merge would take the damage over,
                where no checksum tells it any more.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> with index.writer() as writer:
        ...     writer.add({"id": "a"})
        ...     print(len(index))
        0
        >>> len(index)
        1
        """
        from searchlib.engine.cores import usable_cores  # as above
        from searchlib.writer import Writer

        if isinstance(wait, bool) or not isinstance(wait, (int, float)) or not wait >= 0:
            raise IndexStateError(f"wait is a number of seconds from 0, not {wait!r}")
        if memory is not None and (isinstance(memory, bool) or not isinstance(memory, int)):
            raise IndexStateError(f"memory is a whole number of bytes, not {memory!r}")
        if cores is None:
            cores = usable_cores()
        elif isinstance(cores, bool) or not isinstance(cores, int) or cores < 1:
            raise IndexStateError(f"cores is a number from 1, or None for all, not {cores!r}")
        unchecked = self._snapshot().unchecked
        store = self._store  # in the place of which another thread may put the next
        try:
            if unchecked is not None:
                unchecked.check_all()
            writer = Writer(
                self.schema, store, memory, wait, self._deletions, self.limits.document, cores
            )
        except IndexStateError:
            if not self._is_replaced() and store is self._store:
                raise
        else:
            if not self._is_replaced() and store is self._store:
                return writer
            writer.close()
        # Rebuilt or restored since the look: what was written there would be lost.
        if store is self._store:
            self._reopen()
        return self.writer(memory=memory, wait=wait, cores=cores)

    def add(
        self,
        documents: Iterable[Document],
        *,
        language: str | None = None,
        all_or_nothing: bool = False,
    ) -> AddResult:
        """Add documents and commit: ``Writer.add_many`` in a block of its own; 16 MB and more, with
        all cores that there are.

        Raises:
            DocumentError: ``all_or_nothing``, and one does not fit; or what is given holds none.
            IndexLockedError: a writer is open.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["en", "fr"]))
        >>> result = index.add([{"id": "a", "title": "The old maps"}, {"id": "b", "title": 7}])
        >>> result.added, str(result.rejected[0].error)
        (1, "document 'b' (str), field 'title': expected a str, got 7 (int)")
        """
        from searchlib.bulk import begun  # as above

        cores, documents = begun(documents_of(documents))
        with self.writer(cores=cores) as writer:
            return writer.add_many(documents, language=language, all_or_nothing=all_or_nothing)

    def update(
        self,
        documents: Iterable[Document],
        *,
        language: str | None = None,
        all_or_nothing: bool = False,
    ) -> UpdateResult:
        """Change some fields of documents and commit: ``Writer.update_many`` in a block of its own.

        What each was is read when the writer is open, so that of two who change one document, in
        two processes too, neither undoes what the other did to its other fields.

        Args:
            documents: of each the id and the fields to change; None takes a field away.
            language: the code of the language that all of them are in from now on; None keeps it,
                or tells it anew where a text changes.
            all_or_nothing: change none unless all can be changed.

        Raises:
            DocumentError: ``all_or_nothing``, and one cannot be changed; or what is given holds
                none.
            IndexLockedError: a writer is open.

        >>> from searchlib import Index, Integer, Schema, Text
        >>> index = Index(Schema({"title": Text(), "views": Integer()}, languages=["fr"]))
        >>> index.add([{"id": "a", "title": "L’été", "views": 4}]).added
        1
        >>> index.update([{"id": "a", "views": 5}]).updated
        1
        >>> index.get("a")
        {'id': 'a', 'title': 'L’été', 'views': 5}
        """
        documents = documents_of(documents)
        with self.writer() as writer:
            return writer.update_many(documents, language=language, all_or_nothing=all_or_nothing)

    def delete(self, *ids: str) -> None:
        """Delete the documents with these ids, and commit.

        Raises:
            IndexLockedError: a writer is open.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> index.add([{"id": "a"}, {"id": "b"}]).added
        2
        >>> index.delete("a")
        >>> index.search().ids
        ('b',)
        """
        with self.writer() as writer:
            writer.delete(*ids)

    aadd = in_thread(add)
    aupdate = in_thread(update)
    adelete = in_thread(delete)

    def _deletions(self, query: str | Where, added: Collection[str]) -> tantivy.Query:
        """Compile what ``Writer.delete_where`` is given.

        Args:
            query: a query or filter.
            added: languages of documents that the writer added since the last commit.
        """
        snapshot = self._snapshot()
        if isinstance(query, str):
            parsed = parse(query, self.schema, strict=True)[0] if query.strip() else None
            nodes: tuple[Query, ...] = () if parsed is None else (parsed,)
        else:
            nodes = filters_of(query)
        if not nodes:
            raise QueryError("nothing says what to delete; clear() deletes all documents")
        read = ReadingOptions().reading(And(*nodes), snapshot, self.schema, sorted(added))
        return Compiler(self.schema, snapshot, Reading(read.languages)).compile(All(), nodes)


def _check_schema(schema: object) -> None:
    if not isinstance(schema, Schema):
        raise SchemaError(
            f"an index is made with a Schema, not {show(schema)}: Index(Schema({{…}}), path); "
            "Index.open(path) opens one that is there"
        )
