"""What a search gives back: frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from searchlib.errors import DocumentError
from searchlib.query.nodes import Query, Value

__all__ = [
    "AddResult",
    "Explanation",
    "FacetCount",
    "FacetResult",
    "Hit",
    "Notice",
    "Reason",
    "Rejected",
    "SearchResult",
]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the caller may want to know: what was ignored, what was not found.

    Attributes:
        code: a short name to test for, such as ``"unknown-word"``.
        message: a sentence for people.
        start, end: the part of the query string meant, in code points; None where it is no part.
    """

    code: str
    message: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found.

    Attributes:
        id: its id.
        score: its relevance, comparable within one search; None where a field sorted the hits.
        document: the document, as ``Index.get`` gives it.
        language: the code of the language it was analysed in.
        highlights: field → fragments of its text, the best first, matches marked.
    """

    id: str
    score: float | None
    document: dict[str, Any] = field(repr=False)
    language: str
    highlights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """Return a value of the document by its field."""
        return self.document[name]


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One line of a facet.

    Attributes:
        value: a keyword, a category path, a number, a boolean; ``"2022"``, ``"2022-09"`` or
            ``"2022-09-15"`` of a calendar; ``"10 – 100"`` of a range.
        count: how many of the documents found have it; exact.
        selected: whether the search was filtered by it.
        filter: the node that filters by it, ready for ``where``.
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
        """Return value → count."""
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
    """

    query: Query
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, FacetResult]
    language: str
    took: float
    notices: tuple[Notice, ...] = ()
    cursor: str | None = None

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the hits, in order."""
        return tuple(hit.id for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a document was found by, and what it adds to the score.

    Attributes:
        score: what it adds.
        word: the part of the query that it stands for, as typed.
        view: how the word was looked for: ``"written"``, ``"folded"``, ``"stem"``, ``"pair"`` of
            words or characters, ``"exact"`` form of a short query, ``"value"`` of a field,
            ``"prefix"`` where a beginning was looked for, ``"constant"`` score, ``"language"`` of
            the query, ``"all"`` documents, ``"recency"`` or ``"popularity"`` of the document.
        term: what was looked for.
        field: the text field or other field; None where it is all text fields together.
        documents: how many documents have the term; None where it is no single term.
        times: how often it stands in this document; None where that does not count.
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
class Rejected:
    """A document of a batch that was not added.

    Attributes:
        position: its place in the batch, from 0.
        error: what is wrong with it.
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
    """

    added: int
    rejected: tuple[Rejected, ...] = ()

    def raise_for_rejected(self) -> None:
        """Raise the error of the first rejected document, if there is one.

        Raises:
            DocumentError: a document was rejected.
        """
        if self.rejected:
            first, count = self.rejected[0], len(self.rejected)
            more = f" (and {count - 1} more of the batch)" if count > 1 else ""
            raise DocumentError(
                f"{first}{more}", document_id=first.error.document_id, field=first.error.field
            )
