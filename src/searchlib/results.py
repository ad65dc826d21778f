"""What a search gives back: frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from searchlib._dataclass import dataclass
from searchlib.errors import DocumentError
from searchlib.hits import FacetCount, FacetResult, Fragment, Group, Hit, Notice
from searchlib.query.nodes import Query

if TYPE_CHECKING:
    from searchlib.tables import ArrowTable, PandasFrame, PolarsFrame

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
]


@dataclass(frozen=True, slots=True)
class SearchResult(Sequence[Hit]):
    """What one search found: a sequence of the hits of the page that was asked for.

    ``result[0]``, ``result[:3]`` (a tuple), ``len``, ``in`` and all else that sequences do are
    about these hits; two results are equal if all their attributes are, ``took`` among them.

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
    >>> result[0] == result.hits[0], len(result[:2])
    (True, 2)
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

    @overload
    def __getitem__(self, place: int) -> Hit: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, place: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[place]

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

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the hits as dicts: the documents, and beside their fields what the search says.

        That is ``_score``, ``_language``, and where they were asked for ``_highlights`` (field →
        fragments), ``_group`` (the value that was collapsed by), ``_count`` (of the documents of
        the group) and ``_index``: no field's name begins so.

        >>> from searchlib import Index, Schema
        >>> index = Index(Schema({}, language="code"))
        >>> index.add([{"id": "a", "code": "vi"}]).added
        1
        >>> index.search(sort="id").to_dicts()
        [{'id': 'a', 'code': 'vi', '_score': None, '_language': 'vi'}]
        """
        return [_row(hit) for hit in self.hits]

    def to_arrow(self) -> ArrowTable:
        """Return the hits as a ``pyarrow.Table``, a row each, with the columns of ``to_dicts``.

        A field in which any hit has several values is a column of lists; what may be of any shape,
        as ``_highlights`` and ``Stored`` fields, is JSON. Takes the extra ``arrow``.

        Raises:
            MissingExtraError: pyarrow is not installed.

        >>> from searchlib import Index, Keyword, Schema
        >>> index = Index(Schema({"tags": Keyword()}))
        >>> index.add([{"id": "a", "tags": ["x", "y"]}, {"id": "b", "tags": "z"}]).added
        2
        >>> index.search(sort="id").to_arrow()["tags"].to_pylist()
        [['x', 'y'], ['z']]
        """
        from searchlib.tables import to_arrow  # most results are not shown in this way

        return to_arrow(self.to_dicts())

    def to_pandas(self) -> PandasFrame:
        """Return the hits as a ``pandas.DataFrame``, with the columns of ``to_arrow``.

        Where a hit has no value stands ``pandas.NA``: whole numbers stay whole. Takes the extra
        ``pandas``.

        Raises:
            MissingExtraError: pandas is not installed.

        >>> from searchlib import Index, Integer, Schema
        >>> index = Index(Schema({"year": Integer()}))
        >>> index.add([{"id": "a", "year": 2022}, {"id": "b"}]).added
        2
        >>> int(index.search().to_pandas()["year"].sum())
        2022
        """
        from searchlib.tables import to_pandas  # likewise

        return to_pandas(self.to_dicts())

    def to_polars(self) -> PolarsFrame:
        """Return the hits as a ``polars.DataFrame``, with the columns of ``to_arrow``.

        Takes the extra ``polars``.

        Raises:
            MissingExtraError: polars is not installed.

        >>> from searchlib import Index, Integer, Schema
        >>> index = Index(Schema({"year": Integer()}))
        >>> index.add([{"id": "a", "year": 2022}, {"id": "b", "year": 2021}]).added
        2
        >>> index.search().to_polars()["year"].max()
        2022
        """
        from searchlib.tables import to_polars  # likewise

        return to_polars(self.to_dicts())

    def _repr_html_(self) -> str:
        """What notebooks show: hits with their matches marked, facets as bars."""
        from searchlib.display.html import page_of  # likewise

        return page_of(str(self.query), self.total, self.took, self.hits, self.facets, self.notices)

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        """What ``rich.print`` shows, likewise."""
        from searchlib.display.console import lines_of  # likewise

        return lines_of(
            str(self.query), self.total, self.took, self.hits, self.facets, self.notices
        )


def _row(hit: Hit) -> dict[str, Any]:
    row = {**hit.document, "_score": hit.score, "_language": hit.language}
    if hit.highlights:
        row["_highlights"] = {name: list(map(str, some)) for name, some in hit.highlights.items()}
    if hit.group is not None:
        row |= {"_group": hit.group.value, "_count": hit.group.count}
    if hit.index is not None:
        row["_index"] = hit.index
    return row


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
