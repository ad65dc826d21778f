"""One commit of an index, read: queries in, results out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from searchlib.analysis import View
from searchlib.arguments import (
    check_page,
    check_typed,
    grouping_of,
    highlighting_of,
    requests_of,
    sort_keys,
    text_names,
)
from searchlib.deadline import has_deadline, within
from searchlib.engine.cursor import place_of
from searchlib.engine.layout import view_field
from searchlib.engine.merge import by_fields, by_relevance, sorter_of
from searchlib.engine.part import Part, Source, notices_of, parts_of
from searchlib.engine.ranking import now, ranks_of
from searchlib.engine.reading import ReadingOptions
from searchlib.engine.snapshot import Snapshot, StoredDocument
from searchlib.errors import DocumentError, QueryError
from searchlib.limits import Limits
from searchlib.page import grouped, shown
from searchlib.query.given import LONGEST_QUERY, node_of
from searchlib.query.nodes import Accents, All, Match, MoreLikeThis, Query
from searchlib.query.order import SCORE, Order
from searchlib.query.rank import Rank
from searchlib.query.where import Where, filters_of
from searchlib.results import Hit, IndexStats, SearchResult
from searchlib.schema import Schema
from searchlib.threads import in_thread, iterated_in_thread

# What only some searches need is loaded where it is asked for, in the functions below: a program
# that starts for one search waits for nothing else.
if TYPE_CHECKING:
    from searchlib.glossary import Glossary
    from searchlib.highlight import Highlight
    from searchlib.query.collapse import Collapsing
    from searchlib.query.facets import Facet
    from searchlib.results import Explanation, FacetResult, Suggestion

__all__ = ["Searcher"]


class Searcher:
    """Reads one commit of an index: whatever is written meanwhile, it sees the same documents.

    ``Index.searcher`` gives one of the last commit. An ``Index`` reads in the same way, each time
    from the last commit there is. To hold a searcher keeps the files of its commit open: what is
    merged or rebuilt meanwhile frees no room on disk before the searcher is gone.

    Attributes:
        schema: the fields of the documents.
        limits: how large a query may be, and how long it may take.

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

    limits: Limits = Limits()

    def __init__(
        self,
        schema: Schema,
        snapshot: Snapshot,
        renew: Callable[[], Searcher],
        limits: Limits,
    ) -> None:
        self.schema = schema
        self.limits = limits
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

        >>> from searchlib import Date, Index, Schema
        >>> index = Index(Schema({"day": Date()}))
        >>> index.add([{"id": "a", "day": "2022-09-15"}]).added
        1
        >>> index.get("a"), index.get("b")
        ({'id': 'a', 'day': datetime.date(2022, 9, 15)}, None)
        """
        stored = self._stored(document_id)
        return None if stored is None else self.schema.load(stored.source)

    def _stored(self, document_id: str) -> StoredDocument | None:
        try:
            return self._snapshot().by_id(self.schema.check_id(document_id))
        except DocumentError:  # what cannot be an id is none
            return None

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every document of one commit, the last when the first of them is asked for.

        They come in the order in which they lie in the index, which is the same each time that
        this commit is read; the next may have another. They are read as they are asked for.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> index.add([{"id": "a"}, {"id": "b"}]).added
        2
        >>> sorted(document["id"] for document in index.documents())
        ['a', 'b']
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
        """Return a searcher of the last commit; this one goes on to see its own.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> searcher = index.searcher()
        >>> index.add([{"id": "a"}]).added
        1
        >>> len(searcher), len(searcher.refresh())
        (0, 1)
        """
        return self._renew()

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages of its documents, the commonest first.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["vi", "fr"]))
        >>> index.add([{"id": "a", "title": "Chủ tịch Quốc hội"}]).added
        1
        >>> index.languages
        ('vi',)
        """
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
        collapse: Collapsing | None = None,
        highlight: bool | Sequence[str] | Highlight | None = None,
        language: str | None = None,
        typos: bool = True,
        accents: Accents = "prefer",
        glossary: Glossary | None = None,
        regex: bool = False,
        strict: bool = False,
        timeout: float | None = None,
    ) -> SearchResult:
        """Search.

        Args:
            query: what a person typed, or nodes; None or a blank string matches every document.
            where: filters, which do not count for scores. Their words are read as they would be as
                a query of their own.
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
                the same query, filters, sort, rank and collapse. It takes a ``sort``. Writes
                between do not move its place.
            collapse: a field, of whose values each stands in the page with its best document
                alone; a ``Collapse``, which says more; or ``NearDuplicates``, which leaves out
                copies of a text. ``limit``, ``offset`` and ``after`` then count groups.
            highlight: whether to mark the matches: True for all text fields, or their names, or
                a ``Highlight``.
            language: the code of the query's language, and of the filters'. None tells it from
                their words, and finds those of all languages that the index holds.
            typos: take a word of four letters or more that no document holds for words of the
                index one slip of the finger away.
            accents: what marks do, also in filters: ``"prefer"`` finds a word with any marks, those
                as typed first; ``"strict"`` only as typed, in no other form; to ``"ignore"``
                ``été`` and ``ete`` are one word. A node or a sign in the query may say otherwise
                for its words.
            glossary: terms that stand for one another: where words of the query are one of them,
                documents with the others are found too, behind those with the words typed; not
                where accents are strict.
            regex: read ``/…/`` in a query string as a regular expression.
            strict: raise where the query string does not parse, instead of guessing.
            timeout: seconds after which it is given up; None takes that of the index's ``limits``,
                which lets it take as long as it takes unless told otherwise.

        Raises:
            QueryError: a field is not there or not of the right type, a number is out of range, a
                cursor is damaged or of another search.
            QuerySyntaxError: ``strict``, and the string does not parse.
            SearchTimeoutError: it took longer than ``timeout``.

        >>> from searchlib import Index, Integer, Keyword, Range, Schema, Text
        >>> fields = {"title": Text(), "author": Keyword(), "year": Integer()}
        >>> index = Index(Schema(fields, languages=["vi", "fr"]))
        >>> index.add([
        ...     {"id": "a", "title": "La paix en Europe", "author": "Salim", "year": 2021},
        ...     {"id": "b", "title": "Paix et coopération", "author": "Quang", "year": 2022},
        ...     {"id": "c", "title": "L’été", "author": "Quang", "year": 2022},
        ... ]).added
        3
        >>> recent = Range("year", gte=2021)
        >>> result = index.search("paix cooperation", where=recent, facets=["author"])
        >>> result.ids, result.facets["author"].as_dict()
        (('b', 'a'), {'Quang': 1, 'Salim': 1})
        >>> index.search('"paix en europe" OR été', sort="-year").ids
        ('c', 'a')
        """
        seconds = self.limits.timeout if timeout is None else timeout
        if seconds is not None and not has_deadline():
            search = partial(self.search, query, where=where, facets=facets, sort=sort, rank=rank)
            search = partial(search, limit=limit, offset=offset, after=after, collapse=collapse)
            search = partial(search, highlight=highlight, language=language, typos=typos)
            search = partial(search, accents=accents, glossary=glossary, regex=regex)
            return within(seconds, partial(search, strict=strict))
        started = perf_counter()
        check_page(limit, offset)
        node, notices = node_of(
            query, self.schema, strict=strict, regex=regex, longest=self.limits.query
        )
        filters = filters_of(where)
        keys = sort_keys(sort, self.schema)
        requests = requests_of(facets, self.schema)
        grouping = grouping_of(collapse, self.schema)
        ranks = ranks_of(rank, self.schema)
        reading = ReadingOptions.of(language, typos, accents, glossary)
        if after is not None and (offset or keys is None):
            raise QueryError(
                "give after or offset, not both"
                if offset
                else "after needs a sort: for relevance, sort='score'"
            )
        sources = self._sources()
        names = [source.name for source in sources]
        asked = (node, filters, keys, reading.digest, ranks, grouping, names)
        place = None if after is None else place_of(after, asked)
        moment = place.moment if place is not None else now() if ranks else 0
        # A string stands for its node, which takes longer to write down.
        said = (query, self.limits.query, regex) if isinstance(query, str) else (node,)
        parts = parts_of(sources, self.schema, node, filters, reading, ranks, moment, said)
        if keys is not None and isinstance(node, All) and not ranks:  # all score the same
            keys = tuple(key for key in keys if key.field != SCORE)
        cursor = collapsed = None
        if grouping is not None:
            if len(parts) > 1:
                raise QueryError(
                    "collapse is of the hits of one index, not of several: search one of indexes, "
                    f"as in indexes[{parts[0].name!r}].search(…, collapse=…)"
                )
            (part,) = parts
            from searchlib.engine.collapse import Collapser

            collapser = Collapser(part, None if keys is None else sorter_of(part, keys), grouping)
            collapsed = collapser.search(part.query, limit, offset, place, asked, moment)
            total, cursor = collapsed.total, collapsed.cursor
        elif keys is not None:
            total, page, cursor = by_fields(parts, keys, limit, offset, place, asked, moment)
        else:
            total, page = by_relevance(parts, limit, offset)
        notices += notices_of(parts, query)
        counts: dict[str, FacetResult] = {}
        if requests:
            from searchlib.engine.facets import FacetCounter

            named = [one if isinstance(one, str) else repr(one) for one in facets or ()]
            counts = FacetCounter(self.schema, parts, filters).count(requests, named)
        options = highlighting_of(highlight, self.schema)
        if grouping is None or collapsed is None:
            hits, groups = shown(page, options), None
        else:
            hits, groups = grouped(collapsed, parts[0], grouping, options), collapsed.groups
        took = perf_counter() - started
        own = parts[0].compiled.language
        return SearchResult(node, total, hits, counts, own, took, notices, cursor, groups)

    def explain(
        self,
        query: str | Query,
        document: str | Hit,
        *,
        rank: Sequence[Rank] | None = None,
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
            rank: as it was given to ``search``.
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
        sources = self._sources()
        ranks = ranks_of(rank, self.schema)
        parts = parts_of(sources, self.schema, node, (), options, ranks, now(), (node,))
        return self._explanation(parts[0], document_id)

    def _explanation(self, part: Part, document_id: str) -> Explanation:
        try:
            address = part.snapshot.address(part.schema.check_id(document_id))
        except DocumentError:  # what cannot be an id is none
            address = None
        if address is None:
            where = "" if part.name is None else f" in {part.name!r}"
            raise QueryError(f"there is no document {document_id!r}{where}")
        from searchlib.engine.explain import explain

        others = part.ranking.reasons(address)
        clauses = part.compiled.clauses
        return explain(part.snapshot, document_id, address, part.query, clauses, others)

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
        check_typed(typed, limit)
        snapshot = self._snapshot()
        names = text_names(fields, self.schema)
        codes = ReadingOptions(language).reading(Match(typed), snapshot, self.schema).languages
        from searchlib.engine.suggest import suggest_words

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
        check_typed(typed, limit)
        snapshot = self._snapshot()
        (name,) = text_names([field], self.schema)
        codes = ReadingOptions(language).reading(Match(typed), snapshot, self.schema).languages
        from searchlib.engine.titles import suggest_titles

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
        node, _ = node_of(query, self.schema)
        snapshot = self._snapshot()
        reading = ReadingOptions(language).reading(node, snapshot, self.schema)
        from searchlib.engine.correct import corrected

        found = corrected(snapshot, self.schema, query[:LONGEST_QUERY], reading)
        return None if found is None else found + query[LONGEST_QUERY:]

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

    aget = in_thread(get)
    adocuments = iterated_in_thread(documents)
    asearch = in_thread(search)
    aexplain = in_thread(explain)
    astats = in_thread(stats)
    asuggest = in_thread(suggest)
    asuggest_titles = in_thread(suggest_titles)
    adid_you_mean = in_thread(did_you_mean)
    amore_like = in_thread(more_like)

    def _sources(self) -> list[Source]:
        """The indexes that are searched: this one."""
        return [Source(None, self.schema, self._snapshot())]
