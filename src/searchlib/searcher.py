"""One commit of an index, read: queries in, results out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any

from searchlib.analysis import View
from searchlib.engine.collapse import Collapser, collapse_of
from searchlib.engine.compiler import Compiler
from searchlib.engine.explain import explain
from searchlib.engine.facets import FacetCounter
from searchlib.engine.layout import view_field
from searchlib.engine.merge import by_fields, by_relevance
from searchlib.engine.order import Sorter, sort_keys
from searchlib.engine.part import Part, Source, notices_of
from searchlib.engine.reading import ReadingOptions
from searchlib.engine.requests import facets_of
from searchlib.engine.store import Snapshot
from searchlib.errors import DocumentError, QueryError
from searchlib.glossary import Glossary
from searchlib.highlight import Highlight, options_of
from searchlib.page import grouped, shown
from searchlib.query.collapse import Collapsing
from searchlib.query.facets import Facet
from searchlib.query.given import node_of
from searchlib.query.nodes import Accents, All, Query
from searchlib.query.order import SCORE, Order
from searchlib.query.where import Where, filters_of
from searchlib.results import (
    Explanation,
    Hit,
    IndexStats,
    SearchResult,
)
from searchlib.schema import Schema
from searchlib.threads import in_thread, iterated_in_thread

__all__ = ["Searcher"]


class Searcher:
    """Reads one commit of an index: whatever is written meanwhile, it sees the same documents.

    ``Index.searcher`` gives one of the last commit. An ``Index`` reads in the same way, each time
    from the last commit there is. To hold a searcher keeps the files of its commit open: what is
    merged or rebuilt meanwhile frees no room on disk before the searcher is gone.

    Attributes:
        schema: the fields of the documents.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["fr"]))
    >>> index.add([{"id": "a", "title": "L’été"}]).added
    1
    >>> searcher = index.searcher()
    >>> index.add([{"id": "b", "title": "Un autre été"}]).added
    1
    >>> searcher.search("ete").total, index.search("ete").total
    (1, 2)
    >>> searcher.refresh().search("ete").total
    2
    """

    def __init__(self, schema: Schema, snapshot: Snapshot, renew: Callable[[], Searcher]) -> None:
        self.schema = schema
        self._commit = snapshot
        self._renew = renew

    def _snapshot(self) -> Snapshot:
        """The commit that is read."""
        return self._commit

    def __repr__(self) -> str:
        return f"<Searcher: {len(self)} documents>"

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
        """Yield every document of one commit, the last when the first of them is asked for.

        They come in the order in which they lie in the index, which is the same each time that
        this commit is read; the next may have another. They are read as they are asked for.
        """
        for stored in self._snapshot().documents():
            yield self.schema.load(stored.source)

    def stats(self, *, words: bool = False) -> IndexStats:
        """Return how many documents there are, in which languages, and the room that they take.

        Args:
            words: count the distinct words of each text field too, which takes some
                microseconds a word, and the memory of a list of them.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["fr"]))
        >>> index.add([{"id": "a", "title": "L’été"}, {"id": "b", "title": "Un été"}]).added
        2
        >>> stats = index.stats(words=True)
        >>> stats.documents, stats.languages, stats.words
        (2, {'fr': 2}, {'title': 2})
        """
        snapshot = self._snapshot()
        counted = {
            name: snapshot.term_count(view_field(name, View.FOLDED))
            for name in self.schema.text_fields
            if words
        }
        return IndexStats(
            len(snapshot),
            snapshot.speakers.copy(),
            snapshot.searcher.num_segments,
            snapshot.ever - len(snapshot),
            snapshot.bytes,
            counted if words else None,
        )

    def refresh(self) -> Searcher:
        """Return a searcher of the last commit; this one goes on to see its own."""
        return self._renew()

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages of its documents, the commonest first."""
        return self._snapshot().languages

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
        collapse: Collapsing | None = None,
        highlight: bool | Sequence[str] | Highlight | None = None,
        language: str | None = None,
        typos: bool = True,
        accents: Accents = "prefer",
        glossary: Glossary | None = None,
        regex: bool = False,
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
            collapse: a field, of whose values each stands in the page with its best document
                alone; a ``Collapse``, which says more; or ``NearDuplicates``, which leaves out
                copies of a text. ``limit``, ``offset`` and ``after`` then count groups.
            highlight: whether to mark the matches: True for all text fields, or their names, or
                a ``Highlight``.
            language: the code of the query's language. None tells it from the query, and finds
                the words of all languages that the index holds.
            typos: take a word of four letters or more that no document holds for words of the
                index one slip of the finger away.
            accents: what marks do, also in filters: ``"prefer"`` finds a word with any marks, those
                as typed first; ``"strict"`` only as typed, in no other form; to ``"ignore"``
                ``été`` and ``ete`` are one word. A node or a sign in the query may say otherwise
                for its words.
            regex: read ``/…/`` in a query string as a regular expression.
            glossary: terms that stand for one another: where words of the query are one of them,
                documents with the others are found too, behind those with the words typed; not
                where accents are strict.
            strict: raise where the query string does not parse, instead of guessing.

        Raises:
            QueryError: a field is not there or not of the right type, a number is out of range, a
                cursor is damaged or of another search.
            QuerySyntaxError: ``strict``, and the string does not parse.
        """
        started = perf_counter()
        _check_page(limit, offset)
        node, notices = node_of(query, self.schema, strict=strict, regex=regex)
        filters = filters_of(where)
        keys = sort_keys(sort, self.schema)
        requests = facets_of(facets, self.schema)
        grouping = collapse_of(collapse, self.schema)
        reading = ReadingOptions(language, typos, accents, glossary)
        parts = self._parts(node, filters, reading)
        if grouping is not None and len(parts) > 1:
            raise QueryError("collapse is of the hits of one index, not of several")
        cursor = None
        asked = (node, filters, keys, reading.digest)
        if keys is not None and isinstance(node, All):  # every document scores the same
            keys = tuple(key for key in keys if key.field != SCORE)
        collapsed = None
        if grouping is not None:
            (part,) = parts
            sorter = None if keys is None else Sorter(part.snapshot, keys)
            collapser = Collapser(self.schema, part.snapshot, sorter, grouping)
            collapsed = collapser.search(part.query, limit, offset, after, asked)
            total, cursor = collapsed.total, collapsed.cursor
        elif keys is not None:
            total, page, cursor = by_fields(parts, keys, limit, offset, after, asked)
        elif after is None:
            total, page = by_relevance(parts, limit, offset)
        else:
            raise QueryError("after needs a sort: for relevance, sort='score'")
        notices += notices_of(parts, query)
        counts = FacetCounter(self.schema, parts, filters).count(requests)
        options = options_of(highlight, self.schema.text_fields)
        if grouping is None or collapsed is None:
            hits, groups = shown(page, options), None
        else:
            hits, groups = grouped(collapsed, parts[0], grouping, options), collapsed.groups
        took = perf_counter() - started
        own = parts[0].compiler.language
        return SearchResult(node, total, hits, counts, own, took, notices, cursor, groups)

    def explain(
        self,
        query: str | Query,
        document: str | Hit,
        *,
        language: str | None = None,
        typos: bool = True,
        accents: Accents = "prefer",
        glossary: Glossary | None = None,
        regex: bool = False,
    ) -> Explanation:
        """Tell why a document is found by a query, and what each word gives to its score.

        Args:
            query: as it was given to ``search``.
            document: a hit, or a document's id.
            language: as it was given to ``search``.
            typos: as it was given to ``search``.
            accents: as it was given to ``search``.
            glossary: as it was given to ``search``.
            regex: as it was given to ``search``.

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
        document_id = document.id if isinstance(document, Hit) else document
        node, _ = node_of(query, self.schema, regex=regex)
        options = ReadingOptions(language, typos, accents, glossary)
        return self._explanation(self._parts(node, (), options)[0], document_id)

    def _explanation(self, part: Part, document_id: str) -> Explanation:
        try:
            address = part.snapshot.address(part.schema.check_id(document_id))
        except DocumentError:  # what cannot be an id is none
            address = None
        if address is None:
            where = "" if part.name is None else f" in {part.name!r}"
            raise QueryError(f"there is no document {document_id!r}{where}")
        return explain(part.snapshot, document_id, address, part.query, part.compiler.clauses)

    aget = in_thread(get)
    adocuments = iterated_in_thread(documents)
    asearch = in_thread(search)
    aexplain = in_thread(explain)
    astats = in_thread(stats)

    def _parts(self, node: Query, filters: Sequence[Query], options: ReadingOptions) -> list[Part]:
        """What a search asks of each index."""
        whole, sources = self.schema, self._sources()
        reading = options.reading(node, sources[0].snapshot, whole)
        return [
            Part(source, whole, Compiler(source.schema, source.snapshot, reading), node, filters)
            for source in sources
        ]

    def _sources(self) -> list[Source]:
        """The indexes that are searched: this one."""
        return [Source(None, self.schema, self._snapshot())]


def _check_page(limit: int, offset: int) -> None:
    for name, value in (("limit", limit), ("offset", offset)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise QueryError(f"{name} is a whole number from 0, not {value!r}")
