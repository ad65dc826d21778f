"""The index: documents in, results out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.engine.compiler import Compiler
from searchlib.engine.explain import explain
from searchlib.engine.facets import FacetCounter
from searchlib.engine.layout import ID
from searchlib.engine.order import Sorter
from searchlib.engine.requests import facet_of, name_of
from searchlib.engine.store import WRITER_MEMORY, Snapshot, Store, StoredDocument
from searchlib.errors import (
    DocumentError,
    QueryError,
    QuerySyntaxError,
    SchemaMismatchError,
)
from searchlib.fields import Boolean, Date, DateTime, Float, Integer, Keyword
from searchlib.highlight import Highlight, highlight, options_of
from searchlib.languages import UNDETERMINED, analyzer, base_code
from searchlib.languages.detect import guess
from searchlib.manifest import Manifest, make_folder
from searchlib.query.facets import Facet
from searchlib.query.nodes import All, And, Query, texts_of
from searchlib.query.order import SCORE, Order, Sort, keys_of
from searchlib.query.parser import parse
from searchlib.query.where import Where, filters_of
from searchlib.results import AddResult, Explanation, Hit, Notice, SearchResult
from searchlib.schema import Document, Schema
from searchlib.writer import Writer

__all__ = ["Index"]

_LONGEST_QUERY: Final = 10_000  # code points
_SORTABLE: Final = (Keyword, Integer, Float, Boolean, Date, DateTime)


class Index:
    """A searchable collection of documents, in memory or in a folder.

    Args:
        schema: the fields of its documents.
        path: its folder, made if it does not exist; None keeps the index in memory.

    Raises:
        SchemaMismatchError: there is an index in the folder, with another schema.
        AnalysisMismatchError: … made by other rules of analysis; the message says what to run.
        IndexDamagedError: … whose files cannot be read.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["vi", "fr", "en"]))
    >>> index.add([{"id": "a", "title": "Chủ tịch Quốc hội"}]).added
    1
    >>> [hit["title"] for hit in index.search("quoc hoi")]
    ['Chủ tịch Quốc hội']
    """

    def __init__(self, schema: Schema, path: str | Path | None = None) -> None:
        self.schema = schema
        self.path = None if path is None else Path(path)
        if self.path is not None and not Manifest.exists(self.path):
            make_folder(schema, self.path)
        self._store = self._opened()

    @classmethod
    def open(cls, path: str | Path) -> Index:
        """Open the index in a folder, with the schema it was made with.

        Raises:
            IndexNotFoundError: there is none.
            AnalysisMismatchError: it was made by other rules of analysis.
            IndexDamagedError: its files cannot be read.
        """
        return cls(Manifest.read(Path(path)).schema, path)

    def _opened(self) -> Store:
        """The store that the manifest names, after a check that it can be searched."""
        if self.path is None:
            return Store(self.schema)
        manifest = Manifest.read(self.path)
        if manifest.schema != self.schema:
            raise SchemaMismatchError(
                f"the index in {str(self.path)!r} has another schema: open it with "
                "Index.open(path) and look at its schema, or make the new one elsewhere\n"
                f"  there: {manifest.schema}\n  given: {self.schema}"
            )
        store = Store(self.schema, self.path / manifest.data)
        fixed = {kind.language for kind in self.schema.text_fields.values() if kind.language}
        manifest.check_analysis(self.path, frozenset(fixed.union(store.last.languages)))
        self._data = manifest.data
        return store

    def _snapshot(self) -> Snapshot:
        """The last commit, of a rebuilt index too."""
        snapshot = self._store.snapshot()
        if snapshot is None:
            self._store = self._opened()
            snapshot = self._store.last
        return snapshot

    def __repr__(self) -> str:
        where = "in memory" if self.path is None else f"in {str(self.path)!r}"
        return f"<Index {where}: {len(self)} documents>"

    def __len__(self) -> int:
        """Return the number of documents of the last commit."""
        return len(self._snapshot())

    def __contains__(self, document_id: object) -> bool:
        return isinstance(document_id, str) and self.get(document_id) is not None

    def get(self, document_id: str) -> dict[str, Any] | None:
        """Return the document with that id, or None.

        It is as it was added, but for dates given as strings, which come back as ``date`` or
        ``datetime``, and moments, which come back in UTC.
        """
        try:
            stored = self._snapshot().by_id(self.schema.check_id(document_id))
        except DocumentError:  # what cannot be an id is none
            return None
        return None if stored is None else self.schema.load(stored.source)

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every document of the last commit, in no particular order."""
        for stored in self._snapshot().documents():
            yield self.schema.load(stored.source)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages of its documents, the commonest first."""
        return self._snapshot().languages

    def writer(self, *, memory: int = WRITER_MEMORY) -> Writer:
        """Open the writer. There is one at a time, in all processes; use it in a ``with`` block.

        Args:
            memory: bytes to gather before a segment is written; at least 15 MB.

        Raises:
            IndexLockedError: another one is open.
        """
        self._snapshot()
        writer = Writer(self.schema, self._store, memory, self._deletions)
        if self.path is not None and Manifest.read(self.path).data != self._data:
            # Rebuilt between the look and the lock: what is written here would be lost.
            writer.close()
            self._store = self._opened()
            return self.writer(memory=memory)
        return writer

    def add(
        self,
        documents: Iterable[Document],
        *,
        language: str | None = None,
        all_or_nothing: bool = False,
    ) -> AddResult:
        """Add documents and commit: ``Writer.add_many`` in a block of its own.

        Raises:
            DocumentError: ``all_or_nothing``, and one does not fit.
            IndexLockedError: a writer is open.
        """
        if isinstance(documents, Mapping):
            documents = [documents]
        with self.writer() as writer:
            return writer.add_many(documents, language=language, all_or_nothing=all_or_nothing)

    def delete(self, *ids: str) -> None:
        """Delete the documents with these ids, and commit.

        Raises:
            IndexLockedError: a writer is open.
        """
        with self.writer() as writer:
            writer.delete(*ids)

    def search(
        self,
        query: str | Query | None = None,
        *,
        where: Where | None = None,
        facets: Sequence[str | Facet] | None = None,
        sort: Order | None = None,
        limit: int = 10,
        offset: int = 0,
        after: str | None = None,
        highlight: bool | Sequence[str] | Highlight | None = None,
        language: str | None = None,
        typos: bool = True,
        strict: bool = False,
    ) -> SearchResult:
        """Search.

        Args:
            query: what a person typed, or nodes; None or a blank string matches every document.
            where: filters, which do not count for scores.
            facets: what to count: field names, or ``ValueFacet``, ``RangeFacet``,
                ``CalendarFacet``; of two on one field, one needs a name.
            sort: a field to sort by, the smallest first, or after ``-`` the largest first; a
                ``Sort``, which says more; or a list of these, the weightiest first. Documents
                without a value come last. What all keys leave alike is in a fixed order that no
                commit changes. ``"score"`` is the relevance. None sorts by relevance alone, and
                documents of equal score as they lie in the index.
            limit: how many hits.
            offset: how many hits to leave out before the first.
            after: in place of an offset, the ``cursor`` of the result whose next page is wanted, of
                the same query, filters and sort. Writes between do not move its place.
            highlight: whether to mark the matches: True for all text fields, or their names, or
                a ``Highlight``.
            language: the code of the query's language. None tells it from the query, and finds
                the words of all languages that the index holds.
            typos: take a word of four letters or more that no document holds for words of the
                index one slip of the finger away.
            strict: raise where the query string does not parse, instead of guessing.

        Raises:
            QueryError: a field is not there or not of the right type, a number is out of range, a
                cursor is damaged or of another search.
            QuerySyntaxError: ``strict``, and the string does not parse.
        """
        started = perf_counter()
        _check_page(limit, offset)
        snapshot = self._snapshot()
        node, notices = self._node(query, strict)
        filters = filters_of(where)
        keys = self._keys(sort)
        requests = self._requests(facets)
        compiler = self._compiler(snapshot, node, language, typos)
        compiled = compiler.compile(node, filters)
        cursor = None
        if keys is not None:
            asked = (node, filters, keys, language, typos)
            if isinstance(node, All):  # every document scores the same
                keys = tuple(key for key in keys if key.field != SCORE)
            sorter = Sorter(snapshot, self._store.schema, keys)
            total, page, cursor = sorter.search(compiled, limit, offset, after, asked)
        elif after is None:
            total, page = snapshot.search(compiled, limit=limit, offset=offset)
        else:
            raise QueryError("after needs a sort: for relevance, sort='score'")
        notices += compiler.notices
        counter = FacetCounter(
            self.schema,
            snapshot,
            lambda some: compiled if some == filters else compiler.compile(node, some),
            filters,
        )
        counts = counter.count(requests)
        options = options_of(highlight, self.schema.text_fields)
        hits = tuple(
            self._hit(snapshot.document(address), score, compiler, options)
            for score, address in page
        )
        took = perf_counter() - started
        return SearchResult(node, total, hits, counts, compiler.language, took, notices, cursor)

    def explain(
        self,
        query: str | Query,
        document: str | Hit,
        *,
        language: str | None = None,
        typos: bool = True,
    ) -> Explanation:
        """Tell why a document is found by a query, and what each word gives to its score.

        Args:
            query: as it was given to ``search``.
            document: a hit, or a document's id.
            language: as it was given to ``search``.
            typos: as it was given to ``search``.

        Raises:
            QueryError: there is no document with that id, or as ``search``.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["en"]))
        >>> index.add([{"id": "a", "title": "Old maps"}, {"id": "b", "title": "New maps"}]).added
        2
        >>> print(index.explain("older map", "a"))
        a scores 0.18:
            0.18  map  stem 'map' in title (in 2 documents, 1 time here)
          without: older
        """
        snapshot = self._snapshot()
        document_id = document.id if isinstance(document, Hit) else document
        try:
            address = snapshot.address(self.schema.check_id(document_id))
        except DocumentError:  # what cannot be an id is none
            address = None
        if address is None:
            raise QueryError(f"there is no document {document_id!r}")
        node, _ = self._node(query, strict=False)
        compiler = self._compiler(snapshot, node, language, typos)
        compiled = compiler.compile(node)
        return explain(snapshot, document_id, address, compiled, compiler.clauses)

    def _compiler(
        self, snapshot: Snapshot, node: Query, language: str | None, typos: bool
    ) -> Compiler:
        languages, is_sure = self._languages(node, snapshot, language)
        return Compiler(
            self.schema, self._store.schema, snapshot, languages, is_sure=is_sure, typos=typos
        )

    def _node(self, query: str | Query | None, strict: bool) -> tuple[Query, tuple[Notice, ...]]:
        if query is None:
            return All(), ()
        if isinstance(query, Query):
            return query, ()
        if not isinstance(query, str):
            raise QueryError(f"a query is a str or a node, not {type(query).__name__}")
        if not query.strip():
            return All(), ()
        if len(query) <= _LONGEST_QUERY:
            return parse(query, self.schema, strict=strict)
        message = f"only the first {_LONGEST_QUERY:,} characters of the query were read"
        if strict:
            raise QuerySyntaxError(message, query=query[:80] + "…", position=0)
        node, notices = parse(query[:_LONGEST_QUERY], self.schema)
        return node, (Notice("too-long", message, _LONGEST_QUERY, len(query)), *notices)

    def _keys(self, order: Order | None) -> tuple[Sort, ...] | None:
        """The keys to sort by, in the engine's names."""
        if order is None:
            return None
        keys = []
        for key in keys_of(order):
            kind = self.schema.fields.get(key.field)
            is_score = key.field == SCORE and kind is None and key == Sort(SCORE)
            if key.field == self.schema.id:
                keys.append(Sort(ID, key.descending))
            elif is_score or isinstance(kind, _SORTABLE):
                keys.append(key)
            else:
                own = [n for n, kind in self.schema.fields.items() if isinstance(kind, _SORTABLE)]
                raise QueryError(
                    f"cannot sort by {key.field!r}; fields to sort by: "
                    + ", ".join([self.schema.id, *own, SCORE])
                )
        return tuple(keys)

    def _requests(self, facets: Sequence[str | Facet] | None) -> list[Facet]:
        if facets is None:
            return []
        if isinstance(facets, str):
            raise QueryError(f"facets is a list: [{facets!r}]")
        requests = [facet_of(facet, self.schema) for facet in facets]
        names = [name_of(request) for request in requests]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise QueryError(
                f"two facets of one name in one search: {', '.join(sorted(doubled))}; give one a "
                "name, as in ValueFacet(field, name=…)"
            )
        return requests

    def _languages(
        self, node: Query, snapshot: Snapshot, language: str | None
    ) -> tuple[tuple[str, ...], bool]:
        """The languages whose analysis a query gets, its own first, and whether that is sure."""
        if language is not None:
            try:
                return (base_code(language),), True
            except (ValueError, TypeError):
                raise QueryError(
                    f"language is a code such as 'vi' or 'pt-BR', not {language!r}"
                ) from None
        present = snapshot.languages or tuple(self.schema.languages) or (UNDETERMINED,)
        own, is_sure = guess(" ".join(texts_of(node)), present)
        return (own, *(code for code in present if code != own)), is_sure

    def _hit(
        self,
        stored: StoredDocument,
        score: float | None,
        compiler: Compiler,
        options: Highlight | None,
    ) -> Hit:
        document = self.schema.load(stored.source)
        marked: dict[str, tuple[str, ...]] = {}
        if options is not None:
            chosen = self.schema.text_fields if options.fields is None else options.fields
            for name in chosen:
                needles = compiler.needles[name]
                if not needles:
                    continue
                code = self.schema.text_fields[name].language or stored.language
                value = document.get(name)
                texts = [value] if isinstance(value, str) else value or []
                if found := highlight(texts, needles, analyzer(code), options):
                    marked[name] = tuple(found)
        return Hit(stored.id, score, document, stored.language, marked)

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
        languages = dict.fromkeys([*self._languages(And(*nodes), snapshot, None)[0], *added])
        compiler = Compiler(self.schema, self._store.schema, snapshot, tuple(languages))
        return compiler.compile(All(), nodes)


def _check_page(limit: int, offset: int) -> None:
    for name, value in (("limit", limit), ("offset", offset)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise QueryError(f"{name} is a whole number from 0, not {value!r}")
