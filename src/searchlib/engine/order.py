"""Pages of hits in the order of several keys.

tantivy sorts by one key. Of what it finds by the first key only the groups of one value that the
page cuts through or that hold several hits need the second, and so on; each is searched anew,
narrowed to its value. The last key is a hash of the id, so that no two hits are alike and the order
does not depend on where the documents lie in the index.
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any, Final, TypeAlias

from searchlib import _tantivy as tantivy
from searchlib.engine.layout import ID, ID_HASH
from searchlib.engine.store import Snapshot
from searchlib.errors import QueryError
from searchlib.fields import Boolean, Date, DateTime, Float, Integer, Keyword, show
from searchlib.query.order import SCORE, Order, Sort, keys_of
from searchlib.schema import Schema

__all__ = ["Sorter", "read_cursor", "sort_keys", "write_cursor"]

_MUST, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.MustNot
_LAST: Final = Sort(ID_HASH)
_SORTABLE: Final = (Keyword, Integer, Float, Boolean, Date, DateTime)

#: The score, where the first key, and where the document lies.
Hit: TypeAlias = tuple[float | None, tantivy.DocAddress]


def sort_keys(order: Order | None, schema: Schema) -> tuple[Sort, ...] | None:
    """Return the keys to sort by, in the engine's names; None for relevance alone.

    Raises:
        QueryError: a field is not there or cannot be sorted by.
    """
    if order is None:
        return None
    keys = []
    for key in keys_of(order):
        kind = schema.fields.get(key.field)
        is_score = key.field == SCORE and kind is None and key == Sort(SCORE)
        if key.field == schema.id:
            keys.append(Sort(ID, key.descending))
        elif is_score or isinstance(kind, _SORTABLE):
            keys.append(key)
        else:
            own = [n for n, kind in schema.fields.items() if isinstance(kind, _SORTABLE)]
            raise QueryError(
                f"cannot sort by {key.field!r}; fields to sort by: "
                + ", ".join([schema.id, *own, SCORE])
            )
    return tuple(keys)


class Sorter:
    """Sorts what one query finds.

    Args:
        snapshot: the commit that is searched.
        keys: what to sort by, the weightiest first, in the engine's names.
    """

    def __init__(self, snapshot: Snapshot, keys: Sequence[Sort]) -> None:
        self._snapshot = snapshot
        # A key the second time makes no difference, nor does what follows the id.
        distinct: dict[str, Sort] = {}
        for key in [*keys, _LAST]:
            if ID not in distinct:
                distinct.setdefault(key.field, key)
        self._keys = list(distinct.values())

    def page(self, query: tantivy.Query, start: int, stop: int) -> list[Hit]:
        """Return the hits from one place to before another."""
        return self._page(query, self._keys, start, stop)

    def search(
        self, query: tantivy.Query, limit: int, offset: int, after: str | None, asked: object
    ) -> tuple[int, list[Hit], str | None]:
        """Return the total, a page, and the cursor for the next.

        Args:
            query: what to find.
            limit: how many hits.
            offset: how many to leave out.
            after: or the cursor of the page before.
            asked: what tells the search from others; its repr is the same in all processes.

        Raises:
            QueryError: the cursor is none of this search, or there is an offset as well.
        """
        total = self._snapshot.count(query)
        if after is not None:
            offset = self.resumed(query, after, offset, asked)
        page = self.page(query, offset, min(offset + limit, total))
        end = offset + len(page)
        if not page or end >= total:
            return total, page, None
        return total, page, self.cursor(query, end, asked)

    def cursor(self, query: tantivy.Query, end: int, asked: object) -> str:
        """Return the cursor of a page that ends before this place."""
        return write_cursor(self.values(query, end - 1), end, asked)

    def resumed(self, query: tantivy.Query, after: str, offset: int, asked: object) -> int:
        """Return the place at which a page after a cursor begins.

        Raises:
            QueryError: as ``search``.
        """
        if offset:
            raise QueryError("give after or offset, not both")
        return self.after(query, *read_cursor(after, asked))

    def values(self, query: tantivy.Query, position: int) -> list[Any]:
        """Return what the hit at a position is sorted by: its value of each key."""
        values = []
        for key in self._keys:
            # By the same steps as ``after``: one clause more may change how a score is summed up.
            values.append(self._value(query, key, position))
            before, query = self._group(query, key, values[-1], position)
            position -= before
        return values

    def after(self, query: tantivy.Query, values: Sequence[Any], guess: int) -> int:
        """Return how many hits of a query stand before or at these values, which need not be those
        of any hit; a good guess makes it quick.

        Raises:
            ValueError: they are not as many as there are keys.
        """
        position = 0
        for key, value in zip(self._keys, values, strict=True):
            before, query = self._group(query, key, value, max(guess - position, 0))
            position += before
        return position + self._snapshot.count(query)

    # --- The groups of one value --------------------------------------------------------

    def _page(self, query: tantivy.Query, keys: Sequence[Sort], start: int, stop: int) -> list[Hit]:
        if start >= stop:
            return []
        key, *rest = keys
        if key.missing == "first":
            absent = self._without(query, key.field)
            count = self._snapshot.count(absent)
            first = self._page(absent, rest, start, min(stop, count))
            present = self._with(query, key.field)
            last = Sort(key.field, key.descending)
            return first + self._page(present, [last, *rest], max(start - count, 0), stop - count)
        if not rest:
            return [(None, address) for _, address in self._sorted(query, key, start, stop)]
        hits = self._sorted(query, key, 0, stop)
        page: list[Hit] = []
        begin = 0
        for value, group in groupby(hits, key=lambda hit: hit[0]):
            members = list(group)
            end = begin + len(members)
            score = value if key.field == SCORE else None
            if end > start:
                if len(members) == 1 and end < len(hits):
                    page.append((score, members[0][1]))
                else:
                    narrowed = self._narrowed(query, key, value, begin)
                    some = self._page(narrowed, rest, max(start - begin, 0), end - begin)
                    page += [(score, address) for _, address in some]
            begin = end
        return page

    def _sorted(
        self, query: tantivy.Query, key: Sort, start: int, stop: int
    ) -> list[tuple[Any, tantivy.DocAddress]]:
        order_by = None if key.field == SCORE else key.field
        return self._snapshot.ordered(
            query, limit=stop - start, offset=start, order_by=order_by, descending=_is_down(key)
        )

    def _narrowed(self, query: tantivy.Query, key: Sort, value: Any, begin: int) -> tantivy.Query:
        """The query for the hits of one value of a key, so many others being before them."""
        if value is None:
            return self._without(query, key.field)
        if key.field != SCORE and self._snapshot.is_single(key.field):
            term = tantivy.Query.term_query(self._snapshot.schema, key.field, value, "basic")
            return _both(query, term)
        # No query finds a score, or the first of several values: the group is counted out.
        size = 64
        while True:
            hits = self._sorted(query, key, begin, begin + size)
            group = [address for other, address in hits if other == value]
            if len(group) < len(hits) or len(hits) < size:
                break
            size *= 8
        hashes = self._snapshot.hashes(group)
        return _both(query, tantivy.Query.term_set_query(self._snapshot.schema, ID_HASH, hashes))

    def _group(
        self, query: tantivy.Query, key: Sort, value: Any, guess: int
    ) -> tuple[int, tantivy.Query]:
        """How many hits stand before a value, and the query for those that have it."""
        skipped = 0
        if key.missing == "first":
            absent = self._without(query, key.field)
            if value is None:
                return 0, absent
            skipped = self._snapshot.count(absent)
            query = self._with(query, key.field)
            key = Sort(key.field, key.descending)
        before = self._before(query, key, value, max(guess - skipped, 0))
        return skipped + before, self._narrowed(query, key, value, before)

    def _value(self, query: tantivy.Query, key: Sort, position: int) -> Any:
        """What the hit at a position has of a key, which is the same whatever the further keys."""
        if key.missing == "first":
            count = self._snapshot.count(self._without(query, key.field))
            if position < count:
                return None
            query, position = self._with(query, key.field), position - count
            key = Sort(key.field, key.descending)
        return self._sorted(query, key, position, position + 1)[0][0]

    def _before(self, query: tantivy.Query, key: Sort, value: Any, guess: int) -> int:
        """How many hits stand before a value: looked for in growing steps from a guess."""
        low, high = 0, self._snapshot.count(query)  # the answer lies between, both included
        guess, step = min(guess, high), 1
        while low < high:
            probe = min(max(guess, low), high - 1)
            hits = self._sorted(query, key, max(probe - 1, 0), probe + 1)
            is_before = [_is_before(other, value, key) for other, _ in hits]
            if is_before[-1]:
                low, guess = probe + 1, probe + step
            elif probe and not is_before[0]:
                high, guess = probe - 1, probe - step
            else:
                return probe
            step *= 4
            if step > (high - low) // 2:
                guess = (low + high) // 2
        return low

    def _with(self, query: tantivy.Query, field: str) -> tantivy.Query:
        return _both(query, tantivy.Query.exists_query(field))

    def _without(self, query: tantivy.Query, field: str) -> tantivy.Query:
        exists = tantivy.Query.exists_query(field)
        return tantivy.Query.boolean_query([(_MUST, query), (_MUST_NOT, exists)])


def write_cursor(values: Sequence[Any], position: int, asked: object) -> str:
    """Return a cursor: the values of the last hit, how many hits stood up to it, and a check of
    these and of what was asked, which tells damaged cursors and those of other searches."""
    parts = [_digest(asked, position, values), position, *values]
    data = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(data.encode()).decode().rstrip("=")


def read_cursor(cursor: str, asked: object) -> tuple[list[Any], int]:
    """Return the values and the position of a cursor.

    Raises:
        QueryError: it is none, or of another search.
    """
    try:
        padding = "=" * (-len(cursor) % 4)
        digest, position, *values = json.loads(b64decode(cursor + padding, b"-_", validate=True))
        if digest == _digest(asked, position, values):
            return values, position
    except (ValueError, TypeError):
        pass
    raise QueryError(
        "after is the cursor of a result of the same query, filters and sort; this is none: "
        f"{show(cursor)}"
    )


def _digest(*parts: object) -> str:
    return blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _both(query: tantivy.Query, narrowing: tantivy.Query) -> tantivy.Query:
    """What both find, scored by the first."""
    unscored = tantivy.Query.const_score_query(narrowing, 0.0)
    return tantivy.Query.boolean_query([(_MUST, query), (_MUST, unscored)])


def _is_down(key: Sort) -> bool:
    return key.descending or key.field == SCORE


def _is_before(value: Any, other: Any, key: Sort) -> bool:
    """Whether a value comes before another; what is missing comes last."""
    if value is None or other is None:
        return value is not None
    return bool(value > other if _is_down(key) else value < other)
