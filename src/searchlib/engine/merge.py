"""The hits of several indexes in one order.

Each index gives its own best, in order; they are merged as they come. By relevance scores decide;
scores that are alike but for the rounding of sums are taken for equal, and then the index that was
named first comes first. By fields the values decide, which are read from the documents where two
indexes meet; then a hash of the id, and at last the order of the indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from heapq import merge
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import NamedTuple
from searchlib.engine.cursor import Place, cursor_of
from searchlib.engine.layout import ID, ID_HASH, hash_of, sort_key
from searchlib.engine.order import Sorter
from searchlib.engine.part import Part
from searchlib.errors import IndexDamagedError
from searchlib.fields import Keyword, Text
from searchlib.query.order import SCORE, Sort

__all__ = ["Found", "by_fields", "by_relevance", "sorter_of"]

_DIGITS: Final = 5  # of a score; the sum of many floats of 32 bits has no more
_HASHES: Final = -(2**63), 2**63 - 1  # the least and the greatest
_FEW_SCORES: Final = 64  # found out together, at first
_SCORES_GROW: Final = 4  # times


class Found(NamedTuple):
    """Where a hit lies.

    Attributes:
        part: in which index.
        score: its score; None where a field sorts.
        address: its place there.
    """

    part: Part
    score: float | None
    address: tantivy.DocAddress


def by_relevance(parts: Sequence[Part], limit: int, offset: int) -> tuple[int, list[Found]]:
    """Return the total and a page, the best first; of each index all up to the page is asked."""
    if len(parts) == 1:
        total, hits = parts[0].ranking.search(parts[0].query, limit, offset)
        return total, [Found(parts[0], *hit) for hit in hits]
    total, pages = 0, []
    for part in parts:
        found, hits = part.ranking.search(part.query, offset + limit, 0)
        total += found
        pages.append([Found(part, *hit) for hit in hits])
    # Of equals the merge takes those of the first index first.
    best = merge(*pages, key=lambda place: -float(f"{place.score:.{_DIGITS}g}"))
    return total, list(best)[offset : offset + limit]


def by_fields(
    parts: Sequence[Part],
    keys: Sequence[Sort],
    limit: int,
    offset: int,
    after: Place | None,
    asked: object,
    moment: int,
) -> tuple[int, list[Found], str | None]:
    """Return the total, a page, and the cursor for the next.

    Args:
        parts: what is asked of each index.
        keys: what to sort by, in the engine's names.
        limit: how many hits.
        offset: how many to leave out.
        after: in place of it, where the page before ended.
        asked: what tells the search from others; its repr is the same in all processes.
        moment: what the cursor is to keep of the present.

    Raises:
        QueryError: the place is none of this search.
    """
    if len(parts) == 1:
        total, hits, cursor = sorter_of(parts[0], keys).search(
            parts[0].query, limit, offset, after, asked, moment
        )
        return total, [Found(parts[0], *hit) for hit in hits], cursor
    sorted_parts = [_SortedPart(part, keys, number) for number, part in enumerate(parts)]
    totals = [part.snapshot.count(part.query) for part in parts]
    starts = [0] * len(parts)
    if after is not None:
        number, guesses, *values = after.values
        starts = [
            one.after(values, guess, is_later=one.number > number)
            for one, guess in zip(sorted_parts, guesses, strict=True)
        ]
    pages = [
        one.hits(start, min(start + offset + limit, total))
        for one, start, total in zip(sorted_parts, starts, totals, strict=True)
    ]
    page = list(merge(*pages, key=cmp_to_key(_compared)))[offset : offset + limit]
    places = [Found(hit.part.part, hit.score, hit.address) for hit in page]
    end = sum(starts) + offset + len(page)
    if not page or end >= sum(totals):
        return sum(totals), places, None
    last = page[-1]
    values = [last.value(place) for place in range(len(last.part.keys))]
    # A guess where to look from; what an index adds to the page may be less.
    guesses = [start + offset + len(page) for start in starts]
    guesses[last.part.number] = last.position + 1
    ended = Place(end, moment, [last.part.number, guesses, *values])
    return sum(totals), places, cursor_of(ended, asked)


def sorter_of(part: Part, keys: Sequence[Sort]) -> Sorter:
    """Return what sorts the hits of one index."""
    return Sorter(part.snapshot, part.schema, keys, part.ranking.ordered)


class _SortedPart:
    """What one index has to the order.

    Attributes:
        part: what is asked of it.
        number: its place among the indexes.
        keys: what all are sorted by.
    """

    def __init__(self, part: Part, keys: Sequence[Sort], number: int) -> None:
        self.part = part
        self.number = number
        distinct: dict[str, Sort] = {}
        for key in [*keys, Sort(ID_HASH)]:
            if ID not in distinct:  # nothing follows the id
                distinct.setdefault(key.field, key)
        self.keys = list(distinct.values())
        # No document of this index has a value of the others.
        self._own_keys = [key for key in self.keys if self._has(key)]
        self._sorter = sorter_of(part, self._own_keys)
        # The values before the score → (segment, document) → its score, as far as it is known.
        self._scores: dict[tuple[Any, ...], dict[tuple[int, int], float]] = {}

    def _has(self, key: Sort) -> bool:
        return key.field in (SCORE, ID, ID_HASH) or self.part.has(key.field)

    def hits(self, start: int, stop: int) -> Iterator[_Hit]:
        """Yield the hits from one place to before another."""
        for place, (score, address) in enumerate(self._sorter.page(self.part.query, start, stop)):
            yield _Hit(self, start + place, score, address)

    def score(self, hit: _Hit) -> float:
        """Return the score of a hit that is not sorted by it in the first place: with it are found
        those of the hits before and behind it that differ in nothing else."""
        place = [key.field for key in self.keys].index(SCORE)
        before = [(key, hit.value(number)) for number, key in enumerate(self.keys[:place])]
        values = tuple(value for key, value in before if self._has(key))
        known = self._scores.setdefault(values, {})
        address, size = (hit.address.segment_ord, hit.address.doc), len(known)
        while address not in known:
            size = _FEW_SCORES if size < _FEW_SCORES else size * _SCORES_GROW
            found = self._sorter.scores(self.part.query, values, hit.position, size)
            known.update({(one.segment_ord, one.doc): score for score, one in found})
            if len(found) < size and address not in known:
                raise IndexDamagedError(
                    "the files of the index are damaged: a hit is missing where hits are sorted "
                    "by score"
                )
        return known[address]

    def after(self, values: Sequence[Any], guess: int, *, is_later: bool) -> int:
        """Return how many hits stand before the values of a hit of this or another index.

        Args:
            values: of each key.
            guess: how many there may be.
            is_later: whether a hit of just these values comes after that one, too.
        """
        own: list[Any] = []
        for key, value in zip(self.keys, values, strict=True):
            if self._has(key):
                own.append(value)
            elif value is not None:  # the documents of this index stand all before or all behind
                edge = _HASHES[key.missing == "first"]
                sorter = sorter_of(self.part, self._own_keys[: len(own)])
                return sorter.after(self.part.query, [*own, edge], guess)
        start = self._sorter.after(self.part.query, own, guess)
        if start and is_later:
            (hit,) = self.hits(start - 1, start)
            start -= all(hit.value(place) == value for place, value in enumerate(values))
        return start


class _Hit:
    """A hit of one index, and its values, as far as they are asked for."""

    def __init__(
        self, part: _SortedPart, position: int, score: float | None, address: tantivy.DocAddress
    ) -> None:
        self.part = part
        self.position = position
        self.score = score
        self.address = address
        self._values: dict[int, Any] = {}

    def value(self, place: int) -> Any:
        """Return what the hit has of a key."""
        if place not in self._values:
            self._values[place] = self._read(self.part.keys[place].field)
        return self._values[place]

    def _read(self, field: str) -> Any:
        part = self.part.part
        if field == SCORE:
            return self.part.score(self) if self.score is None else self.score
        stored = part.snapshot.document(self.address)
        if field == ID:
            return stored.id
        if field == ID_HASH:
            return hash_of(stored.id)
        name, _, collated = field.partition(".")
        value = part.schema.load(stored.source).get(name)
        if isinstance(value, list):
            value = next(iter(value), None)
        if value is None:
            return None
        kind = part.schema.fields[name]
        if collated and isinstance(kind, (Keyword, Text)):
            return sort_key(value, kind.collation or "und")
        return kind.encode(value)


def _compared(one: _Hit, other: _Hit) -> int:
    """Below 0 where the first of two hits of different indexes comes first."""
    for place, key in enumerate(one.part.keys):
        value, against = one.value(place), other.value(place)
        if value == against:
            continue
        if value is None or against is None:
            return -1 if (value is None) is (key.missing == "first") else 1
        is_down = key.descending or key.field == SCORE
        return -1 if (value > against) is is_down else 1
    return one.part.number - other.part.number
