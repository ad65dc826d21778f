"""Pages of hits in the order of several keys.

tantivy sorts by one key. What it finds by the first key falls into groups of one value; those of
several hits need the second key, and so on. A group that is known whole is sorted here if its
further keys are numbers; any other that the page cuts through is searched anew, narrowed to its
value. The last key is a hash of the id, so that no two hits are alike and the order does not depend
on where the documents lie in the index.

tantivy gives a keyword for each hit up to a page's end, at some twenty microseconds each. Far down,
the values of all that was found are counted instead, and only those on the page are searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, TypeAlias

from searchlib import _tantivy as tantivy
from searchlib._dataclass import replace
from searchlib.engine.cursor import Place, cursor_of
from searchlib.engine.groups import Groups, Scored, both, is_before
from searchlib.engine.layout import ID, ID_HASH
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import IndexDamagedError, QueryError
from searchlib.fields import show
from searchlib.query.order import SCORE, Sort
from searchlib.schema import Schema

__all__ = ["Sorter"]

_MUST, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.MustNot
_LAST: Final = Sort(ID_HASH)
_DEEP: Final = 300  # hits before a page, from which on another way to it is quicker
_SPARE: Final = 32  # hits after a page, among which its last group mostly ends
_SPARE_TEXTS: Final = 1  # likewise, of a keyword

#: The score, where the first key, and where the document lies.
Hit: TypeAlias = tuple[float | None, tantivy.DocAddress]


class Sorter:
    """Sorts what one query finds.

    Args:
        snapshot: the commit that is searched.
        schema: its fields.
        keys: what to sort by, the weightiest first, in the engine's names.
        scored: sorts by score.
    """

    def __init__(
        self, snapshot: Snapshot, schema: Schema, keys: Sequence[Sort], scored: Scored
    ) -> None:
        self._snapshot = snapshot
        self._groups = Groups(snapshot, schema, scored)
        # A key the second time makes no difference, nor does what follows the id.
        distinct: dict[str, Sort] = {}
        for key in [*keys, _LAST]:
            if ID not in distinct:
                distinct.setdefault(key.field, key)
        self._keys = list(distinct.values())

    def search(
        self,
        query: tantivy.Query,
        limit: int,
        offset: int,
        after: Place | None,
        asked: object,
        moment: int,
    ) -> tuple[int, list[Hit], str | None]:
        """Return the total, a page, and the cursor for the next.

        Args:
            query: what to find.
            limit: how many hits.
            offset: how many to leave out.
            after: in place of it, where the page before ended.
            asked: what tells the search from others; its repr is the same in all processes.
            moment: what the cursor is to keep of the present.

        Raises:
            QueryError: the place is none of this search.
        """
        total = self._snapshot.count(query)
        if after is not None and len(after.values) != len(self._keys):
            raise QueryError(f"after is a cursor of another search: {show(after.values)}")
        if after is not None and self._is_quick(after.position):
            page = self._following(query, self._keys, after.values, limit + 1)
            end, is_last = after.position + min(len(page), limit), len(page) <= limit
            page = page[:limit]
        else:
            if after is not None:
                offset = self.after(query, after.values, after.position)
            page = self.page(query, offset, min(offset + limit, total))
            end = offset + len(page)
            is_last = end >= total
        if not page or is_last:
            return total, page, None
        if any(key.field == SCORE for key in self._keys[1:]):
            values = self.values(query, end - 1)
        else:
            values = self._values_at(*page[-1])
        return total, page, cursor_of(Place(end, moment, values), asked)

    def cursor(self, query: tantivy.Query, end: int, asked: object, moment: int) -> str:
        """Return the cursor of a page that ends before this place."""
        return cursor_of(Place(end, moment, self.values(query, end - 1)), asked)

    def resumed(self, query: tantivy.Query, after: Place) -> int:
        """Return the place at which the page after another one begins.

        Raises:
            QueryError: the place is none of this search.
        """
        if len(after.values) != len(self._keys):
            raise QueryError(f"after is a cursor of another search: {show(after.values)}")
        return self.after(query, after.values, after.position)

    def page(self, query: tantivy.Query, start: int, stop: int) -> list[Hit]:
        """Return the hits from one place to before another."""
        return self._page(query, self._keys, start, stop)

    def values(self, query: tantivy.Query, position: int) -> list[Any]:
        """Return what the hit at a position is sorted by: its value of each key."""
        values = []
        for key in self._keys:
            # By the same steps as ``after``: one clause more may change how a score is summed up.
            values.append(self._value(query, key, position))
            before, query = self._group(query, key, values[-1], position)
            position -= before
        return values

    def scores(
        self, query: tantivy.Query, values: Sequence[Any], guess: int, limit: int
    ) -> list[tuple[float, tantivy.DocAddress]]:
        """Return the scores of the hits that have these values of the keys before the score, and
        where they lie, the highest first.

        Args:
            query: what to find.
            values: of each key before the score, of a hit.
            guess: where the hit may stand; a good one makes it quick.
            limit: how many, at the most.
        """
        for key, value in zip(self._keys, values, strict=False):
            query = self._narrowed(query, key, value, guess)
        return self._groups.ordered(query, self._keys[len(values)], 0, limit)

    def after(self, query: tantivy.Query, values: Sequence[Any], guess: int) -> int:
        """Return how many hits of a query stand before or at these values, which need not be those
        of any hit; a good guess makes it quick."""
        position = 0
        for key, value in zip(self._keys, values, strict=True):
            before, query = self._group(query, key, value, max(guess - position, 0))
            position += before
        return position + self._snapshot.count(query)

    # --- What is known of a key ---------------------------------------------------------

    def _spare(self, key: Sort) -> int:
        return _SPARE_TEXTS if self._groups.is_text(key) else _SPARE

    def _is_quick(self, position: int) -> bool:
        """Whether what follows a hit is found without counting how many stand before it."""
        return all(map(self._groups.is_single, self._keys)) and (
            position > _DEEP or not any(map(self._groups.is_text, self._keys))
        )

    # --- Pages --------------------------------------------------------------------------

    def _page(self, query: tantivy.Query, keys: Sequence[Sort], start: int, stop: int) -> list[Hit]:
        if start >= stop:
            return []
        key, *rest = keys
        if key.missing == "first":
            absent = self._groups.absent(query, key.field)
            count = self._snapshot.count(absent)
            first = self._page(absent, rest, start, min(stop, count))
            present = self._groups.present(query, key.field)
            return first + self._page(present, _last(keys), max(start - count, 0), stop - count)
        is_deep = start > _DEEP and self._groups.is_single(key)
        if is_deep and self._groups.is_text(key):
            return self._page_of(query, keys, self._groups.counts(query, key), start, stop)
        if not rest:
            return [(None, address) for _, address in self._groups.ordered(query, key, start, stop)]
        if not is_deep:
            hits = self._groups.ordered(query, key, 0, stop + self._spare(key))
            return self._resolved(query, keys, hits, 0, 0, start, stop)
        hits = self._groups.ordered(query, key, start, stop + self._spare(key))
        if not hits:
            return []
        begin = self._groups.count_before(query, key, hits[0][0])
        return self._resolved(query, keys, hits, start, begin, start, stop)

    def _resolved(
        self,
        query: tantivy.Query,
        keys: Sequence[Sort],
        hits: Sequence[tuple[Any, tantivy.DocAddress]],
        place: int,
        begin: int,
        start: int,
        stop: int,
    ) -> list[Hit]:
        """The hits from one place to before another, in the order of all keys.

        Args:
            query: what to find.
            keys: what to sort by.
            hits: what lies there and behind, in the order of the first key alone.
            place: where the first of them stands.
            begin: where the group of its value begins.
            start: where the page begins.
            stop: where it ends.
        """
        key, *rest = keys
        seen = stop + self._spare(key)
        is_all = place + len(hits) < seen
        page: list[Hit] = []
        for value, group in groupby(hits, key=lambda hit: hit[0]):
            members = [address for _, address in group]
            end = place + len(members)
            is_whole = begin == place and (is_all or end < seen)
            if begin >= stop:
                break
            if end > start:
                score = value if key.field == SCORE else None
                known = members if is_whole else None
                low, high = max(start - begin, 0), stop - begin
                some = self._of_group(query, key, value, begin, known, rest, low, high)
                page += [(score, address) for address in some]
            place = begin = end
        return page

    def _of_group(
        self,
        query: tantivy.Query,
        key: Sort,
        value: Any,
        begin: int,
        members: Sequence[tantivy.DocAddress] | None,
        rest: Sequence[Sort],
        start: int,
        stop: int,
    ) -> Sequence[tantivy.DocAddress]:
        """The documents at some places of the group of one value, in the order of further keys."""
        if members is not None and len(members) == 1:
            return members[start:stop]
        if members is None and value is not None and not self._groups.is_single(key):
            members = self._groups.members(query, key, value, begin)
        if members is not None and all(map(self._groups.is_number, rest)):
            return self._in_order(members, rest)[start:stop]
        if members is not None and value is not None and not self._groups.is_single(key):
            narrowed = self._groups.those(query, members)
        else:
            narrowed = self._groups.narrowed(query, key, value, begin)
        return [address for _, address in self._page(narrowed, rest, start, stop)]

    def _in_order(
        self, addresses: Sequence[tantivy.DocAddress], keys: Sequence[Sort]
    ) -> list[tantivy.DocAddress]:
        """Sort documents by keys that are numbers."""
        places = list(range(len(addresses)))
        for key in reversed(keys):
            values = self._snapshot.numbers(key.field, addresses)
            gaps = [place for place in places if values[place] is None]
            places = [place for place in places if values[place] is not None]
            places.sort(key=values.__getitem__, reverse=key.descending)
            places = gaps + places if key.missing == "first" else places + gaps
        return [addresses[place] for place in places]

    def _page_of(
        self,
        query: tantivy.Query,
        keys: Sequence[Sort],
        counts: Sequence[tuple[str, int]],
        start: int,
        stop: int,
    ) -> list[Hit]:
        """The page of a keyword, by what of it stands where: values and how many hits have each;
        hits without a value come after them."""
        key, *rest = keys
        page: list[Hit] = []
        chosen: list[str] = []
        place = 0
        for value, count in counts:
            if place + count > start:
                if place < start:
                    group = self._groups.narrowed(query, key, value, place)
                    page = self._page(group, rest, start - place, stop - place)
                else:
                    chosen.append(value)
            place += count
            if place >= stop:
                break
        if chosen:
            term_set = tantivy.Query.term_set_query(self._snapshot.schema, key.field, chosen)
            page += self._page(both(query, term_set), keys, 0, stop - start - len(page))
        if place < stop and rest:
            absent = self._groups.absent(query, key.field)
            page += self._page(absent, rest, max(start - place, 0), stop - place)
        return page

    def _following(
        self, query: tantivy.Query, keys: Sequence[Sort], values: Sequence[Any], limit: int
    ) -> list[Hit]:
        """The first hits after some values of keys each of which a query can narrow to."""
        key, *rest = keys
        value, *more = values
        if key.missing == "first":
            present = self._groups.present(query, key.field)
            if value is not None:
                return self._following(present, _last(keys), values, limit)
            absent = self._groups.absent(query, key.field)
            page = self._following(absent, rest, more, limit)
            return page + self._page(present, _last(keys), 0, limit - len(page))
        page = []
        if rest:
            page = self._following(self._groups.narrowed(query, key, value, 0), rest, more, limit)
        wanted = limit - len(page)
        if value is None or not wanted:
            return page
        if self._groups.is_text(key):
            counts = self._groups.counts(query, key)
            further = [one for one in counts if is_before(value, one[0], key)]
            return page + self._page_of(query, keys, further, 0, wanted)
        upto = self._groups.in_range(key, value, is_included=True)
        beyond = tantivy.Query.boolean_query([(_MUST, query), (_MUST_NOT, upto)])
        return page + self._page(beyond, keys, 0, wanted)

    def _values_at(self, score: float | None, address: tantivy.DocAddress) -> list[Any]:
        """What a document is sorted by, where its score is at most the first key."""
        [digest] = self._snapshot.numbers(ID_HASH, [address])
        it = tantivy.Query.term_query(self._snapshot.schema, ID_HASH, digest, "basic")
        values = []
        for key in self._keys:
            if key.field == SCORE:
                values.append(score)
            elif self._groups.is_number(key):
                values += self._snapshot.numbers(key.field, [address])
            else:
                values.append(self._groups.ordered(it, key, 0, 1)[0][0])
        return values

    # --- The groups of one value --------------------------------------------------------

    def _group(
        self, query: tantivy.Query, key: Sort, value: Any, guess: int
    ) -> tuple[int, tantivy.Query]:
        """How many hits stand before a value, and the query for those that have it."""
        skipped = 0
        if key.missing == "first":
            absent = self._groups.absent(query, key.field)
            if value is None:
                return 0, absent
            skipped = self._snapshot.count(absent)
            query = self._groups.present(query, key.field)
            key = Sort(key.field, key.descending)
        before = self._before(query, key, value, max(guess - skipped, 0))
        return skipped + before, self._groups.narrowed(query, key, value, before)

    def _narrowed(self, query: tantivy.Query, key: Sort, value: Any, guess: int) -> tantivy.Query:
        """The query for the hits that have a value, which is that of ``_group``."""
        if value is None or not self._groups.is_single(key):
            return self._group(query, key, value, guess)[1]
        if key.missing == "first":
            query = self._groups.present(query, key.field)
        return self._groups.narrowed(query, key, value, 0)  # without counting what is before

    def _value(self, query: tantivy.Query, key: Sort, position: int) -> Any:
        """What the hit at a position has of a key, which is the same whatever the further keys."""
        if key.missing == "first":
            count = self._snapshot.count(self._groups.absent(query, key.field))
            if position < count:
                return None
            query, position = self._groups.present(query, key.field), position - count
            key = Sort(key.field, key.descending)
        found = self._groups.ordered(query, key, position, position + 1)
        if not found:
            raise IndexDamagedError(
                f"the files of the index are damaged: of the hits that it counts one is missing "
                f"where they are sorted by {key.field!r}"
            )
        return found[0][0]

    def _before(self, query: tantivy.Query, key: Sort, value: Any, guess: int) -> int:
        """How many hits stand before a value: looked for in growing steps from a guess."""
        if self._groups.is_number(key) and self._groups.is_single(key):
            return self._groups.count_before(query, key, value)
        low, high = 0, self._snapshot.count(query)  # the answer lies between, both included
        guess, step = min(guess, high), 1
        while low < high:
            probe = min(max(guess, low), high - 1)
            hits = self._groups.ordered(query, key, max(probe - 1, 0), probe + 1)
            before = [is_before(other, value, key) for other, _ in hits]
            if before[-1]:
                low, guess = probe + 1, probe + step
            elif probe and not before[0]:
                high, guess = probe - 1, probe - step
            else:
                return probe
            step *= 4
            if step > (high - low) // 2:
                guess = (low + high) // 2
        return low


def _last(keys: Sequence[Sort]) -> list[Sort]:
    """Keys the first of which no hit lacks."""
    return [replace(keys[0], missing="last"), *keys[1:]]
