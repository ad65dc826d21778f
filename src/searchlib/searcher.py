"""One commit of an index, read: queries in, results out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, Final

from searchlib.engine.compiler import Compiler
from searchlib.engine.correct import corrected
from searchlib.engine.explain import explain
from searchlib.engine.facets import FacetCounter
from searchlib.engine.order import Sorter, sort_keys
from searchlib.engine.reading import Reading, languages_of
from searchlib.engine.requests import facets_of
from searchlib.engine.store import Snapshot, StoredDocument
from searchlib.engine.suggest import suggest_titles, suggest_words
from searchlib.errors import DocumentError, QueryError, QuerySyntaxError
from searchlib.highlight import Highlight, highlight, options_of
from searchlib.languages import analyzer
from searchlib.query.facets import Facet
from searchlib.query.nodes import All, Match, MoreLikeThis, Query
from searchlib.query.order import SCORE, Order
from searchlib.query.parser import parse
from searchlib.query.where import Where, filters_of
from searchlib.results import Explanation, Hit, Notice, SearchResult, Suggestion
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
        stored = self._stored(document_id)
        return None if stored is None else self.schema.load(stored.source)

    def _stored(self, document_id: str) -> StoredDocument | None:
        try:
            return self._snapshot().by_id(self.schema.check_id(document_id))
        except DocumentError:  # what cannot be an id is none
            return None

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
        keys = sort_keys(sort, self.schema)
        requests = facets_of(facets, self.schema)
        compiler = self._compiler(snapshot, node, language, typos)
        compiled = compiler.compile(node, filters)
        cursor = None
        if keys is not None:
            asked = (node, filters, keys, language, typos)
            if isinstance(node, All):  # every document scores the same
                keys = tuple(key for key in keys if key.field != SCORE)
            sorter = Sorter(snapshot, keys)
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

    def suggest(
        self,
        typed: str,
        *,
        fields: Sequence[str] | None = None,
        limit: int = 10,
        language: str | None = None,
    ) -> tuple[Suggestion, ...]:
        """Complete the last word of what somebody is typing; after a space, tell the next one.

        Words are found without their marks and shown with them, in the form most used; where marks
        are typed, forms with these come first. Then come words that stand beside the word before
        in any document, then those that more documents hold.

        Args:
            typed: the text so far, a query string with its signs included.
            fields: the text fields whose words count; None takes all. A field that is typed
                (``title:quo``) comes before both.
            limit: how many suggestions, at the most.
            language: the code of its language; None tells it from the text.

        Raises:
            QueryError: a field is not there or no text field, or ``limit`` is no whole number.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["vi", "fr"]))
        >>> index.add([
        ...     {"id": "a", "title": "Quốc hội"}, {"id": "b", "title": "Hoa mùa xuân"}
        ... ]).added
        2
        >>> [suggestion.query for suggestion in index.suggest("quoc h")]
        ['quốc hội', 'quoc hoa']
        """
        _check_typed(typed, limit)
        snapshot = self._snapshot()
        names = self._text_names(fields)
        codes, _ = languages_of(Match(typed), snapshot, self.schema, language)
        return suggest_words(snapshot, self.schema, typed, names, limit, codes)

    def suggest_titles(
        self, typed: str, field: str, *, limit: int = 10, language: str | None = None
    ) -> tuple[Suggestion, ...]:
        """Return the titles that somebody who is typing may look for: values of a text field that
        hold all words typed, the last of which may go on.

        Titles that begin as typed come first, then those that hold it in one piece, then the best
        by relevance; marks and case do not matter. The best 60 of a search are compared.

        Args:
            typed: the text so far.
            field: the text field whose values are titles.
            limit: how many suggestions, at the most.
            language: as in ``suggest``.

        Raises:
            QueryError: as ``suggest``.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["vi", "fr"]))
        >>> index.add([
        ...     {"id": "a", "title": "Quốc hội"}, {"id": "b", "title": "Chủ tịch Quốc hội"}
        ... ]).added
        2
        >>> [suggestion.text for suggestion in index.suggest_titles("quoc h", "title")]
        ['Quốc hội', 'Chủ tịch Quốc hội']
        """
        _check_typed(typed, limit)
        snapshot = self._snapshot()
        (name,) = self._text_names([field])
        codes, _ = languages_of(Match(typed), snapshot, self.schema, language)
        return suggest_titles(snapshot, self.schema, typed, name, limit, codes[0])

    def did_you_mean(self, query: str, *, language: str | None = None) -> str | None:
        """Return a query string with its mistyped words put right, or None if nothing is better.

        A word is mistyped that no document holds in any form: it becomes a word of the index that
        one slip of the finger is away, from seven letters on two, or two words that were run
        together; two words become the one that they are elsewhere. What stands beside the
        neighbouring words in a document is preferred, and shown in the form most used. All else
        stays as it was typed, and so do excluded words, filters, and words with ``*`` or ``~``.

        Args:
            query: what a person typed.
            language: the code of its language; None tells it from the query.

        Raises:
            QueryError: ``query`` is no str, or ``language`` no code.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["vi", "fr"]))
        >>> index.add([
        ...     {"id": "a", "title": "Quốc hội"}, {"id": "b", "title": "La coopération"}
        ... ]).added
        2
        >>> index.did_you_mean('title:quochoi OR "la coperation"')
        'title:(quốc hội) OR "la coopération"'
        >>> index.did_you_mean("quoc hoi") is None
        True
        """
        if not isinstance(query, str):
            raise QueryError(f"a query string is a str, not {query!r}")
        query_read = query[:_LONGEST_QUERY]
        snapshot = self._snapshot()
        node, _ = parse(query_read, self.schema)
        languages, is_sure = languages_of(node, snapshot, self.schema, language)
        reading = Reading(languages, is_sure, typos=True)
        found = corrected(snapshot, self.schema, query_read, reading)
        return None if found is None else found + query[_LONGEST_QUERY:]

    def more_like(
        self,
        document: str | Hit | None = None,
        *,
        text: str | None = None,
        field: str | None = None,
        where: Where | None = None,
        limit: int = 10,
        offset: int = 0,
        language: str | None = None,
    ) -> SearchResult:
        """Find documents that are like one of the index, or like a text from anywhere.

        The words that stand in it often and in few documents are looked for, 40 at the most and 15
        pairs of adjacent ones, as the words of a query are. The node ``MoreLikeThis`` does the same
        inside any query.

        Args:
            document: a hit, or a document's id; it is not found itself.
            text: in its place, a text.
            field: the text field that is read and searched; None takes all.
            where: filters, as in ``search``.
            limit: how many hits.
            offset: how many hits to leave out before the first.
            language: the code of the text's language; None takes the document's, or tells it from
                the text.

        Raises:
            QueryError: there is no document with that id, or both or neither are given, or as
                ``search``.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["en"]))
        >>> index.add([
        ...     {"id": "a", "title": "Old maps of Asia"},
        ...     {"id": "b", "title": "Maps and their makers"},
        ...     {"id": "c", "title": "A history of glass"},
        ... ]).added
        3
        >>> index.more_like("a").ids
        ('b',)
        """
        document_id = document.id if isinstance(document, Hit) else document
        if language is None and document_id is not None:
            stored = self._stored(document_id)
            language = None if stored is None else stored.language
        node = MoreLikeThis(text, document_id, field)
        return self.search(node, where=where, limit=limit, offset=offset, language=language)

    def _text_names(self, fields: Sequence[str] | None) -> Sequence[str]:
        """The names of text fields, checked; all where none are given."""
        known = self.schema.text_fields
        if fields is None:
            return tuple(known)
        if isinstance(fields, str):
            raise QueryError(f"fields is a list of names, not {fields!r}")
        for name in fields:
            if name not in known:
                has = ", ".join(known) or "none"
                raise QueryError(
                    f"there is no text field {name!r}; the schema's text fields: {has}"
                )
        return tuple(dict.fromkeys(fields))

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


def _check_typed(typed: str, limit: int) -> None:
    if not isinstance(typed, str):
        raise QueryError(f"what was typed is a str, not {typed!r}")
    _check_page(limit, 0)


def _check_page(limit: int, offset: int) -> None:
    for name, value in (("limit", limit), ("offset", offset)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise QueryError(f"{name} is a whole number from 0, not {value!r}")
