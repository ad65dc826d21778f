"""The parts of what a search gives back: hits, facets, notices. Frozen values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping
from typing import Any, Final, NoReturn, Self

from searchlib._dataclass import dataclass, field
from searchlib.query.nodes import Query, Value

__all__ = ["FacetCount", "FacetResult", "Fragment", "Group", "Hit", "Notice", "unread"]

_LONGEST_NOTICE: Final = 300  # characters


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

    def __post_init__(self) -> None:
        if len(self.message) > _LONGEST_NOTICE:  # a word may be as long as the query
            half = _LONGEST_NOTICE // 2
            cut = f"{self.message[:half]} … {self.message[-half:]}"
            object.__setattr__(self, "message", cut)

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
        self, put = super().__new__(cls, shown), object.__setattr__
        put(self, "value", value)
        put(self, "start", start)
        put(self, "end", end)
        put(self, "matches", tuple(matches))
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
    """One document found. ``hit["title"]``, ``hit.get("title")``, ``"title" in hit`` and
    ``dict(hit)`` are those of its document, which has only the fields that it was given values of.

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

    def __getstate__(self) -> dict[str, Any]:
        return {"document": self.document, **vars(self)}

    def __getitem__(self, name: str) -> Any:
        """Return a value of the document by its field.

        Raises:
            KeyError: the document has no value of it.
        """
        try:
            return self.document[name]
        except KeyError:
            has = ", ".join(self.document)
            raise KeyError(f"{self.id!r} has no field {name!r}: it has {has}") from None

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value of the document by its field, or the default where it has none.

        >>> from searchlib import Index, Keyword, Schema, Text
        >>> index = Index(Schema({"title": Text(), "author": Keyword()}, languages=["en"]))
        >>> index.add([{"id": "a", "title": "Old maps"}]).added
        1
        >>> hit = index.search("maps")[0]
        >>> hit.get("title"), hit.get("author"), "author" in hit
        ('Old maps', None, False)
        """
        return self.document.get(name, default)

    def keys(self) -> KeysView[str]:
        """Return the names of the fields that the document has, its id among them.

        >>> from searchlib import Index, Schema, Text
        >>> index = Index(Schema({"title": Text()}, languages=["en"]))
        >>> index.add([{"id": "a", "title": "Old maps"}]).added
        1
        >>> list(index.search("maps")[0].keys())
        ['id', 'title']
        """
        return self.document.keys()

    def __contains__(self, name: object) -> bool:
        return name in self.document

    def __iter__(self) -> Iterator[str]:
        return iter(self.document)


class _Decoded:
    """``Hit.document`` of a hit whose document nobody has looked at: it is decoded, and then it is
    an attribute of the hit like any other, which Python finds first: this has no ``__set__``."""

    def __get__(self, hit: Hit | None, kind: type[Hit]) -> dict[str, Any]:
        if hit is None:  # it is a field without a default
            raise AttributeError(f"type object {kind.__name__!r} has no attribute 'document'")
        own = vars(hit)
        unread = own.get("_unread")
        if unread is None:
            if "document" in own:  # another thread was quicker
                return own["document"]  # type: ignore[no-any-return]
            raise AttributeError("this hit was not made by a search, nor by Hit(…)")
        load, source = unread
        document: dict[str, Any] = own.setdefault("document", load(source))
        own.pop("_unread", None)
        return document


type.__setattr__(Hit, "document", _Decoded())  # to type checkers it is a field


def unread(
    load: Callable[[bytes], dict[str, Any]],
    source: bytes,
    id: str,
    score: float | None,
    language: str,
    index: str | None,
) -> Hit:
    """Return a hit whose document, which was read and checked, is decoded when it is looked at: to
    decode those of a page takes as long as to find them.

    Args:
        load: makes the document of ``source``.
        source: the document as it is stored.
        id: the hit's, as are the others.
        score: its relevance; None where a field sorted.
        language: the code of the document's language.
        index: the name of its index, where several were searched.
    """
    hit = object.__new__(Hit)
    vars(hit).update(
        _unread=(load, source),
        id=id,
        score=score,
        language=language,
        highlights={},
        group=None,
        index=index,
    )
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
