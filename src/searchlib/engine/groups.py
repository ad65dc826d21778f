"""Groups of hits that have one value of a key: found, counted, and what stands before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from searchlib import _tantivy as tantivy
from searchlib._typing import Any, Final, TypeAlias
from searchlib.engine.layout import ID_HASH
from searchlib.engine.snapshot import Snapshot
from searchlib.fields import Boolean, Field, Float, Integer, Keyword
from searchlib.query.order import SCORE, Sort
from searchlib.schema import Schema

__all__ = ["Groups", "Scored", "both", "is_before"]

_MUST, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.MustNot
_MEMBERS: Final = 100  # of a group that no query finds, at first

#: What a query finds, by score: from a place to before another.
Scored: TypeAlias = Callable[[tantivy.Query, int, int], list[tuple[float, tantivy.DocAddress]]]


class Groups:
    """What a key makes of the hits of a query: groups of one value.

    Args:
        snapshot: the commit that is searched.
        schema: its fields.
        scored: sorts by score.
    """

    def __init__(self, snapshot: Snapshot, schema: Schema, scored: Scored) -> None:
        self._snapshot = snapshot
        self._schema = schema
        self._scored = scored

    def kind(self, key: Sort) -> Field:
        """Return the type of a key's field."""
        if key.field == ID_HASH:
            return Integer()
        return self._schema.fields.get(key.field, Keyword())  # the id, a collation

    def is_text(self, key: Sort) -> bool:
        """Whether a key's values are texts for the engine."""
        return isinstance(self.kind(key), Keyword)

    def is_number(self, key: Sort) -> bool:
        """Whether a key's values are numbers for the engine, and no scores."""
        return key.field != SCORE and not self.is_text(key)

    def is_single(self, key: Sort) -> bool:
        """Whether a query finds the documents of one value, which is the one they are sorted by."""
        return key.field != SCORE and self._snapshot.is_single(key.field)

    def ordered(
        self, query: tantivy.Query, key: Sort, start: int, stop: int
    ) -> list[tuple[Any, tantivy.DocAddress]]:
        """Return the hits from one place to before another in the order of one key, with what each
        has of it."""
        if key.field == SCORE:
            return list(self._scored(query, start, stop))
        return self._snapshot.ordered(
            query,
            limit=stop - start,
            offset=start,
            order_by=key.field,
            descending=key.descending,
        )

    def narrowed(self, query: tantivy.Query, key: Sort, value: Any, begin: int) -> tantivy.Query:
        """The query for the hits of one value of a key, so many others being before them."""
        if value is None:
            return self.absent(query, key.field)
        if self.is_single(key):
            term = tantivy.Query.term_query(self._snapshot.schema, key.field, value, "basic")
            return both(query, term)
        return self.those(query, self.members(query, key, value, begin))

    def members(
        self, query: tantivy.Query, key: Sort, value: Any, begin: int
    ) -> list[tantivy.DocAddress]:
        """No query finds a score, or the first of several values: the group is counted out."""
        size = _MEMBERS
        while True:
            hits = self.ordered(query, key, begin, begin + size)
            group = [address for other, address in hits if other == value]
            if len(group) < len(hits) or len(hits) < size:
                return group
            size *= 8

    def those(self, query: tantivy.Query, addresses: Sequence[tantivy.DocAddress]) -> tantivy.Query:
        """Return the query for some of its hits."""
        hashes = self._snapshot.numbers(ID_HASH, addresses)
        return both(query, tantivy.Query.term_set_query(self._snapshot.schema, ID_HASH, hashes))

    def count_before(self, query: tantivy.Query, key: Sort, value: Any) -> int:
        """How many hits stand before a number."""
        if value is None:
            return self._snapshot.count(self.present(query, key.field))
        return self._snapshot.count(both(query, self.in_range(key, value, is_included=False)))

    def in_range(self, key: Sort, value: Any, *, is_included: bool) -> tantivy.Query:
        """What stands before a number, or at it."""
        schema, kind = self._snapshot.schema, self.kind(key)
        if isinstance(kind, Boolean):
            values = [
                one
                for one in (False, True)
                if is_before(one, value, key) or (is_included and one == value)
            ]
            return tantivy.Query.term_set_query(schema, key.field, values)
        name = tantivy.FieldType.Float if isinstance(kind, Float) else tantivy.FieldType.Integer
        low, high = (value, None) if key.descending else (None, value)
        return tantivy.Query.range_query(
            schema,
            key.field,
            name,
            low,
            high,
            include_lower=is_included or not key.descending,
            include_upper=is_included or key.descending,
        )

    def counts(self, query: tantivy.Query, key: Sort) -> list[tuple[str, int]]:
        """The values of a keyword in the documents found, in order, each with how many have it."""
        return sorted(self._snapshot.values(key.field, query), reverse=key.descending)

    def present(self, query: tantivy.Query, field: str) -> tantivy.Query:
        """Return the query for the hits that have a value."""
        return both(query, tantivy.Query.exists_query(field))

    def absent(self, query: tantivy.Query, field: str) -> tantivy.Query:
        """Return the query for the hits that have none."""
        exists = tantivy.Query.exists_query(field)
        return tantivy.Query.boolean_query([(_MUST, query), (_MUST_NOT, exists)])


def both(query: tantivy.Query, narrowing: tantivy.Query) -> tantivy.Query:
    """What both find, scored by the first."""
    unscored = tantivy.Query.const_score_query(narrowing, 0.0)
    return tantivy.Query.boolean_query([(_MUST, query), (_MUST, unscored)])


def is_before(value: Any, other: Any, key: Sort) -> bool:
    """Whether a value comes before another; what is missing comes last."""
    if value is None or other is None:
        return value is not None
    is_down = key.descending or key.field == SCORE
    return bool(value > other if is_down else value < other)
