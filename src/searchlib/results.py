"""What a search gives back: frozen values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Self

from searchlib.errors import DocumentError
from searchlib.query.nodes import Query, Value

__all__ = [
    "AddResult",
    "Explanation",
    "FacetCount",
    "FacetResult",
    "Fragment",
    "Group",
    "Hit",
    "IndexStats",
    "Notice",
    "Reason",
    "Rejected",
    "SearchResult",
    "Suggestion",
    "UpdateResult",
    "unread",
]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the caller may want to know: what was ignored, what was not found.

    Attributes:
        code: a short name to test for, such as ``"unknown-word"``.
        message: a sentence for people.
        start, end: the part of the query string meant, in code points; None where it is no part.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["en"]))
    >>> for notice in index.search('"new maps').notices:
    ...     print(notice.code, notice.start, "-", notice)
    syntax 0 - the quotation mark is not closed: taken as closed at the end
    """

    code: str
    message: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        return self.message


class Fragment(str):
    """A stretch of a text with its matches marked: a str that also knows where it is from.

    All offsets are those of the value as the document holds it, in code points, ends exclusive,
    whatever the style put around and into it.

    Attributes:
        value: of a field with several values, the number of the one that it is from; from 0.
        start, end: the stretch that is shown.
        matches: start and end of each match in it, in order.

    >>> from searchlib import Highlight, Index, Schema, Text
    >>> index = Index(Schema({"names": Text()}, languages=["en"]))
    >>> index.add([{"id": "a", "names": ["Ada", "Ann & Ada"]}]).added
    1
    >>> (hit,) = index.search("ann", highlight=True)
    >>> fragment = hit.highlights["names"][0]
    >>> fragment, fragment.value, fragment.matches
    ('<mark>Ann</mark> &amp; Ada', 1, ((0, 3),))
    >>> [hit["names"][fragment.value][start:end] for start, end in fragment.matches]
    ['Ann']
    """

    __slots__ = ("end", "matches", "start", "value")

    value: int
    start: int
    end: int
    matches: tuple[tuple[int, int], ...]

    def __new__(
        cls,
        shown: str,
        value: int,
        start: int,
        end: int,
        matches: Iterable[tuple[int, int]],
    ) -> Self:
        """Make one of the text with its marks, and what the attributes say."""
        self = super().__new__(cls, shown)
        own = {"value": value, "start": start, "end": end, "matches": tuple(matches)}
        for name, attribute in own.items():
            object.__setattr__(self, name, attribute)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a fragment is a value: its {name} cannot be set")

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (str(self), self.value, self.start, self.end, self.matches)


@dataclass(frozen=True, slots=True)
class Group:
    """What a hit stands for where hits are collapsed.

    Attributes:
        value: the value that its documents have in common; None of near-duplicates, and where the
            hit has no value and so stands for itself alone.
        count: how many of the documents found are in it, the hit included. Exact, of
            near-duplicates among the hits compared.
        hits: the next best of them, as many as were asked for.

    >>> from searchlib import Collapse, Index, Keyword, Schema, Text
    >>> index = Index(Schema({"title": Text(), "site": Keyword()}, languages=["en"]))
    >>> index.add({"id": str(n), "title": "Maps", "site": "ab"[n % 2]} for n in range(5)).added
    5
    >>> result = index.search("maps", sort="id", collapse=Collapse("site", hits=1))
    >>> [(hit.group.value, hit.group.count, hit.group.hits[0].id) for hit in result]
    [('a', 3, '2'), ('b', 2, '3')]
    """

    value: Value | None
    count: int
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One document found.

    Attributes:
        id: its id.
        score: its relevance, comparable within one search; None where a field sorted the hits.
        document: the document, as ``Index.get`` gives it.
        language: the code of the language it was analysed in.
        highlights: field → fragments of its text, the best first, matches marked; of whole texts
            the values in their order.
        group: what it stands for; None where nothing is collapsed.
        index: the name of the index that it lies in, where several were searched; else None.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["fr"]))
    >>> index.add([{"id": "a", "title": "L’été à Montréal"}]).added
    1
    >>> hit = index.search("montreal", highlight=True).hits[0]
    >>> hit.id, hit["title"], hit.language, hit.highlights["title"]
    ('a', 'L’été à Montréal', 'fr', ('L’été à <mark>Montréal</mark>',))
    """

    id: str
    score: float | None
    document: dict[str, Any] = field(repr=False)
    language: str
    highlights: Mapping[str, tuple[Fragment, ...]] = field(default_factory=dict)
    group: Group | None = None
    index: str | None = None

    def __getattr__(self, name: str) -> Any:  # of what is not there yet
        own = vars(self)
        if name == "document" and (load := own.get("_load")) is not None:
            own.setdefault(name, load())
            own.pop("_load", None)  # another thread may have done all this
        if name in own:
            return own[name]
        raise AttributeError(f"a Hit has no attribute {name!r}")

    def __getstate__(self) -> dict[str, Any]:
        return {"document": self.document, **vars(self)}

    def __getitem__(self, name: str) -> Any:
        """Return a value of the document by its field."""
        return self.document[name]


def unread(
    load: Callable[[], dict[str, Any]],
    id: str,
    score: float | None,
    language: str,
    index: str | None,
) -> Hit:
    """Return a hit whose document, which was read and checked, is decoded when it is looked at: to
    decode those of a page takes as long as to find them."""
    hit = object.__new__(Hit)
    own = {"_load": load, "id": id, "score": score, "language": language, "highlights": {}}
    vars(hit).update(own, group=None, index=index)
    return hit


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One line of a facet.

    Attributes:
        value: a keyword, a category path, a number, a boolean; ``"2022"``, ``"2022-09"`` or
            ``"2022-09-15"`` of a calendar; ``"10 – 100"`` of a range.
        count: how many of the documents found have it; exact.
        selected: whether the search was filtered by it.
        filter: the node that filters by it, ready for ``where``.

    >>> from searchlib import Index, Keyword, Schema
    >>> index = Index(Schema({"paper": Keyword()}))
    >>> index.add([{"id": "a", "paper": "Le Monde"}]).added
    1
    >>> line = index.search(facets=["paper"]).facets["paper"].counts[0]
    >>> line.value, line.count, index.search(where=line.filter).ids
    ('Le Monde', 1, ('a',))
    """

    value: Value
    count: int
    selected: bool
    filter: Query


@dataclass(frozen=True, slots=True)
class FacetResult:
    """The counts of one facet. A filter on the facet's own field does not narrow them.

    Attributes:
        field: the field counted.
        counts: the lines, the most frequent first unless asked otherwise; of ranges and calendars
            in their order.
        other: the number of documents counted under further values (a document with two of them
            counts twice); exact.
        distinct: how many distinct values the documents have, shown or not; of ranges and
            calendars, how many lines count any document. Exact.

    >>> from searchlib import Index, Integer, Schema, ValueFacet
    >>> index = Index(Schema({"year": Integer()}))
    >>> index.add({"id": str(n), "year": 2000 + n * n % 7} for n in range(14)).added
    14
    >>> years = index.search(facets=[ValueFacet("year", limit=2)]).facets["year"]
    >>> years.as_dict(), years.other, years.distinct
    ({2001: 4, 2002: 4}, 6, 4)
    """

    field: str
    counts: tuple[FacetCount, ...]
    other: int = 0
    distinct: int = 0

    def __iter__(self) -> Iterator[FacetCount]:
        return iter(self.counts)

    def __len__(self) -> int:
        return len(self.counts)

    def as_dict(self) -> dict[Value, int]:
        """Return value → count.

        >>> from searchlib import Boolean, Index, Schema
        >>> index = Index(Schema({"draft": Boolean()}))
        >>> index.add([{"id": "a", "draft": True}]).added
        1
        >>> index.search(facets=["draft"]).facets["draft"].as_dict()
        {True: 1}
        """
        return {line.value: line.count for line in self.counts}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What one search found.

    Attributes:
        query: the query as it was understood.
        total: how many documents match, filters included.
        hits: the page of them that was asked for, in order.
        facets: the field, or the name that a facet was given → counts.
        language: the code of the language that the query was taken for.
        took: seconds from call to result.
        notices: what was ignored or is worth knowing.
        cursor: what ``search(…, after=cursor)`` goes on after; None after the last hit, and where
            no ``sort`` was given.
        groups: how many groups the documents are in; None where nothing is collapsed.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["en"]))
    >>> index.add({"id": str(n), "title": f"Map {n}"} for n in range(30)).added
    30
    >>> result = index.search("maps", limit=3)
    >>> result.total, len(result), result.language, str(result.query)
    (30, 3, 'en', 'maps')
    """

    query: Query
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, FacetResult]
    language: str
    took: float
    notices: tuple[Notice, ...] = ()
    cursor: str | None = None
    groups: int | None = None

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the hits, in order.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}))
        >>> index.add([{"id": "a"}, {"id": "b"}]).added
        2
        >>> index.search(sort="-id").ids
        ('b', 'a')
        """
        return tuple(hit.id for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody who is typing may mean.

    Attributes:
        text: the word, with its marks, in lower case; or the title as it stands in a document.
        query: all that was typed, completed by it.
        documents: how many documents hold the word in this form, or have the title.

    >>> str(Suggestion("hội", "quốc hội", 12))
    'quốc hội'
    """

    text: str
    query: str
    documents: int

    def __str__(self) -> str:
        return self.query


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a document was found by, and what it adds to the score.

    Attributes:
        score: what it adds.
        word: the part of the query that it stands for, as typed.
        view: how the word was looked for: ``"written"``, ``"folded"``, ``"stem"``, ``"pair"`` of
            words or characters, ``"exact"`` form of a short query, ``"value"`` of a field,
            ``"prefix"`` where a beginning was looked for, ``"glossary"`` for another term that
            stands for the word, ``"regex"``, ``"constant"`` score, ``"language"`` of the query,
            ``"all"`` documents, ``"recency"`` or ``"popularity"`` of the document.
        term: what was looked for.
        field: the text field or other field; None where it is all text fields together.
        documents: how many documents have the term; None where it is no single term.
        times: how often it stands in this document; None where that does not count.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["en"]))
    >>> index.add([{"id": "a", "title": "Old maps"}]).added
    1
    >>> reason = index.explain("map", "a").reasons[0]
    >>> reason.word, reason.view, reason.term, reason.documents, reason.times
    ('map', 'stem', 'map', 1, 1)
    """

    score: float
    word: str
    view: str
    term: str
    field: str | None
    documents: int | None = None
    times: int | None = None

    def __str__(self) -> str:
        where = "" if self.field is None else f" in {self.field}"
        facts = []
        if self.documents is not None:
            facts.append(f"in {self.documents} document{'s' * (self.documents != 1)}")
        if self.times is not None:
            facts.append(f"{self.times} time{'s' * (self.times != 1)} here")
        return f"{self.view} {self.term!r}{where}" + (f" ({', '.join(facts)})" if facts else "")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document stands where it stands. ``str(explanation)`` is a table for people.

    Attributes:
        id: the document's id.
        is_found: whether the query matches it.
        score: its score, the sum of all reasons.
        reasons: what it was found by, the weightiest word first.
        missing: words of the query that it does not have in any form.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["en"]))
    >>> index.add([{"id": "a", "title": "Old maps"}]).added
    1
    >>> explanation = index.explain("new maps", "a")
    >>> explanation.is_found, explanation.missing
    (True, ('new',))
    """

    id: str
    is_found: bool
    score: float
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.is_found:
            return f"{self.id} is not found by this query"
        lines = [f"{self.id} scores {self.score:.2f}:"]
        words = [" ".join(reason.word.split()) for reason in self.reasons]
        width = max(map(len, words), default=0)
        for place, reason in enumerate(self.reasons):
            word = "" if place and words[place] == words[place - 1] else words[place]
            lines.append(f"  {reason.score:6.2f}  {word:<{width}}  {reason}")
        if self.missing:
            lines.append("  without: " + ", ".join(self.missing))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What one commit of an index holds.

    Attributes:
        documents: how many.
        languages: the code of a language → how many documents are in it, the commonest first.
        segments: the parts that the engine keeps them in; it merges them as they grow many.
        deleted: how many documents that were deleted or replaced still take up room in them.
        bytes: of its files, with those of older commits that wait to be removed or are still
            read; None in memory, and where a rebuilt index has taken its place.
        words: text field → how many distinct words it holds, marks aside, those of deleted
            documents included; None unless asked for.

    >>> from searchlib import Index, Schema
    >>> index = Index(Schema({}, language="code"))
    >>> index.add({"id": str(n), "code": code} for n, code in enumerate(["vi", "fr", "vi"])).added
    3
    >>> stats = index.stats()
    >>> stats.documents, stats.languages, stats.deleted
    (3, {'vi': 2, 'fr': 1}, 0)
    """

    documents: int
    languages: Mapping[str, int]
    segments: int
    deleted: int
    bytes: int | None
    words: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document of a batch that was not added, or not changed.

    Attributes:
        position: its place in the batch, from 0.
        error: what is wrong with it.

    >>> from searchlib import Index, Integer, Schema
    >>> index = Index(Schema({"year": Integer()}))
    >>> rejected = index.add([{"id": "a", "year": 2022}, {"id": 2, "year": 2022}]).rejected
    >>> print(rejected[0])
    document 1 of the batch: an id is a non-empty str, not 2 (int)
    """

    position: int
    error: DocumentError

    def __str__(self) -> str:
        return f"document {self.position} of the batch: {self.error}"


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of a batch of documents.

    Attributes:
        added: how many were added.
        rejected: those that were not, and why.

    >>> from searchlib import Index, Schema
    >>> result = Index(Schema({})).add([{"id": "a"}, {"id": 2}])
    >>> result.added, len(result.rejected)
    (1, 1)
    """

    added: int
    rejected: tuple[Rejected, ...] = ()

    def raise_for_rejected(self) -> None:
        """Raise the error of the first rejected document, if there is one.

        Raises:
            DocumentError: a document was rejected.

        >>> from searchlib import Index, Schema
        >>> try:
        ...     Index(Schema({})).add([{"id": 2}]).raise_for_rejected()
        ... except DocumentError as error:
        ...     print(error)
        document 0 of the batch: an id is a non-empty str, not 2 (int)
        """
        _raise_for(self.rejected)


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What became of a batch of changes to documents.

    Attributes:
        updated: how many were made.
        rejected: those that were not, and why: there is no document with that id, for one.

    >>> from searchlib import Index, Integer, Schema
    >>> index = Index(Schema({"views": Integer()}))
    >>> index.add([{"id": "a", "views": 4}]).added
    1
    >>> result = index.update([{"id": "a", "views": 5}, {"id": "b", "views": 1}])
    >>> result.updated, [refusal.error.document_id for refusal in result.rejected]
    (1, ['b'])
    """

    updated: int
    rejected: tuple[Rejected, ...] = ()

    def raise_for_rejected(self) -> None:
        """Raise the error of the first rejected change, if there is one.

        Raises:
            DocumentError: a change was rejected.

        >>> from searchlib import Index, Schema
        >>> try:
        ...     Index(Schema({})).update([{"id": "a"}]).raise_for_rejected()
        ... except DocumentError as error:
        ...     print(error)
        document 0 of the batch: there is no document 'a' to update: add it whole
        """
        _raise_for(self.rejected)


def _raise_for(rejected: tuple[Rejected, ...]) -> None:
    if rejected:
        first, count = rejected[0], len(rejected)
        more = f" (and {count - 1} more of the batch)" if count > 1 else ""
        raise DocumentError(
            f"{first}{more}", document_id=first.error.document_id, field=first.error.field
        )
