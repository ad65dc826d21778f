"""One commit of an index, read: queries in, results out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.engine.compiler import Compiler
from searchlib.engine.cursor import place_of
from searchlib.engine.explain import explain
from searchlib.engine.facets import FacetCounter
from searchlib.engine.order import Sorter, sort_keys
from searchlib.engine.ranking import Ranking, now, ranks_of
from searchlib.engine.reading import Reading, languages_of
from searchlib.engine.requests import facets_of
from searchlib.engine.store import Snapshot, StoredDocument
from searchlib.errors import DocumentError, QueryError, QuerySyntaxError
from searchlib.highlight import Highlight, highlight, options_of
from searchlib.languages import analyzer
from searchlib.query.facets import Facet
from searchlib.query.nodes import All, Query
from searchlib.query.order import SCORE, Order
from searchlib.query.parser import parse
from searchlib.query.rank import Rank
from searchlib.query.where import Where, filters_of
from searchlib.results import Explanation, Hit, Notice, SearchResult
from searchlib.schema import Schema

__all__ = ["Searcher"]

_LONGEST_QUERY: Final = 10_000  # code points


class Searcher:
    """Reads one commit of an index: whatever is written meanwhile, it sees the same documents.

    ``Index.searcher`` gives one of the last commit. An ``Index`` reads in the same way, each time
    from the last commit there is.

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
    """

    def __init__(self, schema: Schema, snapshot: Snapshot) -> None:
        self.schema = schema
        self._commit = snapshot

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
        """Yield every document of the last commit, in no particular order."""
        for stored in self._snapshot().documents():
            yield self.schema.load(stored.source)

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
        rank: Sequence[Rank] | None = None,
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
            rank: what raises scores besides the words: ``Recency``, ``Popularity``.
            limit: how many hits.
            offset: how many hits to leave out before the first.
            after: in place of an offset, the ``cursor`` of the result whose next page is wanted, of
                the same query, filters, sort and rank. Writes between do not move its place.
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
        keys = sort_keys(sort, self.schema)
        requests = facets_of(facets, self.schema)
        compiler = self._compiler(snapshot, node, language, typos)
        compiled = compiler.compile(node, filters)
        if after is not None and (offset or keys is None):
            raise QueryError(
                "give after or offset, not both"
                if offset
                else "after needs a sort: for relevance, sort='score'"
            )
        ranks = ranks_of(rank)
        asked = (node, filters, keys, language, typos, ranks)
        place = None if after is None else place_of(after, asked)
        moment = place.moment if place is not None else now() if ranks else 0
        ranking = Ranking(snapshot, self.schema, ranks, moment)
        page: Sequence[tuple[float | None, tantivy.DocAddress]]
        cursor = None
        if keys is not None:
            if isinstance(node, All) and not ranks:  # every document scores the same
                keys = tuple(key for key in keys if key.field != SCORE)
            sorter = Sorter(snapshot, self.schema, keys, ranking.ordered)
            total, page, cursor = sorter.search(compiled, limit, offset, place, asked, moment)
        elif ranks:
            total = snapshot.count(compiled)
            page = ranking.ordered(compiled, offset, min(offset + limit, total))
        else:
            total, page = snapshot.search(compiled, limit=limit, offset=offset)
        notices += compiler.notices
        counter = FacetCounter(
            self.schema,
            snapshot,
            lambda some: compiled if some == filters else compiler.compile(node, some),
            filters,
            (node, language, typos),
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
        rank: Sequence[Rank] | None = None,
        language: str | None = None,
        typos: bool = True,
    ) -> Explanation:
        """Tell why a document is found by a query, and what each word gives to its score.

        Args:
            query: as it was given to ``search``.
            document: a hit, or a document's id.
            rank: as it was given to ``search``.
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
        others = Ranking(snapshot, self.schema, ranks_of(rank), now()).reasons(address)
        return explain(snapshot, document_id, address, compiled, compiler.clauses, others)

    def _compiler(
        self, snapshot: Snapshot, node: Query, language: str | None, typos: bool
    ) -> Compiler:
        languages, is_sure = languages_of(node, snapshot, self.schema, language)
        return Compiler(self.schema, snapshot, Reading(languages, is_sure, typos))

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


def _check_page(limit: int, offset: int) -> None:
    for name, value in (("limit", limit), ("offset", offset)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise QueryError(f"{name} is a whole number from 0, not {value!r}")
