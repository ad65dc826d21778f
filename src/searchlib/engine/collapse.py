"""Pages of groups: of the hits that belong together the best stands for all.

The hits are walked in their order until the page is full. Which group a hit is in says the number
of its field's first value, read in bulk, or for near-duplicates a comparison of the best hits.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from searchlib import _tantivy as tantivy
from searchlib.engine.cursor import Place
from searchlib.engine.duplicates import DuplicateFinder
from searchlib.engine.layout import first_field, has_first
from searchlib.engine.order import Hit, Sorter
from searchlib.engine.part import Part
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import QueryError
from searchlib.fields import Category
from searchlib.query.collapse import Collapse, Collapsing, NearDuplicates
from searchlib.schema import Schema

__all__ = ["Collapsed", "Collapser", "Lead", "collapse_of"]

_MUST = tantivy.Occur.Must
_FIRST_STEP: Final = 64  # hits
_STEP_GROWS: Final = 4  # times

#: Gives the hits of a query from one place to before another.
Ranking = Callable[[tantivy.Query, int, int], Sequence[Hit]]


class Lead(NamedTuple):
    """The best hit of a group.

    Attributes:
        hit: its score and address.
        size: how many documents are in the group.
        others: the next best of them.
    """

    hit: Hit
    size: int
    others: Sequence[Hit]


class Collapsed(NamedTuple):
    """One page of groups.

    Attributes:
        total: how many documents match.
        groups: how many groups they are in.
        leads: the page.
        cursor: what the next page goes on after; None after the last, and where nothing sorts.
    """

    total: int
    groups: int
    leads: list[Lead]
    cursor: str | None


def collapse_of(request: Collapsing | None, schema: Schema) -> Collapse | NearDuplicates | None:
    """Return the checked request; None collapses nothing.

    Raises:
        QueryError: it is none, or a field is not there or not of the right type.
    """
    if isinstance(request, str):
        request = Collapse(request)
    match request:
        case None:
            return None
        case Collapse():
            kind = schema.fields.get(request.field)
            if kind is None or not has_first(kind):
                own = [name for name, kind in schema.fields.items() if has_first(kind)]
                raise QueryError(
                    f"cannot collapse by {request.field!r}; fields to collapse by: "
                    + (", ".join(own) or "none")
                )
        case NearDuplicates():
            for name in request.fields or ():
                if name not in schema.text_fields:
                    has = ", ".join(schema.text_fields) or "none"
                    raise QueryError(
                        f"NearDuplicates: {name!r} is no text field; the schema's: {has}"
                    )
        case _:
            raise QueryError(
                f"collapse is a field's name, a Collapse or NearDuplicates, not {request!r}"
            )
    return request


def common_value(
    request: Collapse | NearDuplicates, schema: Schema, document: Mapping[str, Any]
) -> Any:
    """Return the value that the group of a document has in common, or None."""
    if isinstance(request, NearDuplicates):
        return None
    value = document.get(request.field)
    if isinstance(value, list):
        value = value[0] if value else None
    kind = schema.fields[request.field]
    # " News/" is the path "News"; the other types' values stand for themselves.
    return kind.encode(value) if isinstance(kind, Category) and value is not None else value


class Collapser:
    """Collapses what one query finds.

    Args:
        part: what is asked of the index.
        sorter: sorts the hits; None leaves them in the order of relevance.
        request: a checked one.
    """

    def __init__(
        self, part: Part, sorter: Sorter | None, request: Collapse | NearDuplicates
    ) -> None:
        self._schema = part.schema
        self._snapshot = part.snapshot
        self._ranked = part.ranking.ordered if sorter is None else sorter.page
        self._sorter = sorter
        self._request = request

    def search(
        self,
        query: tantivy.Query,
        limit: int,
        offset: int,
        after: Place | None,
        asked: object,
        moment: int,
    ) -> Collapsed:
        """Return a page of groups. The arguments are those of ``Sorter.search``.

        Raises:
            QueryError: as ``Sorter.search``.
        """
        total = self._snapshot.count(query)
        groups = self._groups(query, total)
        begin = 0  # the first place at which the best hit of a group may stand
        if after is not None and self._sorter is not None:
            begin = self._sorter.resumed(query, after)
        seen: set[Hashable] = set()
        leads: list[tuple[Hit, Hashable]] = []
        left = offset  # groups to leave out
        place, step, end = 0, max(begin + 2 * (offset + limit), _FIRST_STEP), 0
        while place < total and len(leads) < limit and len(seen) < groups.number:
            hits = self._ranked(query, place, min(place + step, total))
            for hit, key in zip(hits, groups.keys(hits, place), strict=True):
                place += 1
                if key in seen:
                    continue
                seen.add(key)
                if place <= begin:
                    continue
                if left:
                    left -= 1
                    continue
                leads.append((hit, key))
                if len(leads) == limit:
                    end = place
                    break
            step *= _STEP_GROWS
        cursor = None
        if self._sorter is not None and leads and end and len(seen) < groups.number:
            cursor = self._sorter.cursor(query, end, asked, moment)
        page = []
        for hit, key in leads:
            size = groups.size(key)
            others = groups.others(key, hit) if size > 1 and self._request.hits else ()
            page.append(Lead(hit, size, others))
        return Collapsed(total, groups.number, page, cursor)

    def _groups(self, query: tantivy.Query, total: int) -> _Groups:
        if isinstance(self._request, Collapse):
            return _ByField(self._snapshot, self._ranked, query, total, self._request)
        return _ByText(self._schema, self._snapshot, self._ranked, query, total, self._request)


class _Groups(Protocol):
    """What belongs together. A key is a group's name within one search."""

    number: int

    def keys(self, hits: Sequence[Hit], start: int) -> Sequence[Hashable]:
        """Return the group of each hit, the first of which stands at a place."""

    def size(self, key: Hashable) -> int:
        """Return how many documents are in a group."""

    def others(self, key: Hashable, lead: Hit) -> Sequence[Hit]:
        """Return the next best of a group."""


class _ByField:
    """Groups of one first value; documents without any are groups by themselves."""

    def __init__(
        self,
        snapshot: Snapshot,
        ranked: Ranking,
        query: tantivy.Query,
        total: int,
        request: Collapse,
    ) -> None:
        self._snapshot = snapshot
        self._ranked = ranked
        self._query = query
        self._field = first_field(request.field)
        self._hits = request.hits
        self._counts = snapshot.integer_counts(self._field, query)
        self.number = len(self._counts) + total - sum(self._counts.values())

    def keys(self, hits: Sequence[Hit], start: int) -> Sequence[Hashable]:
        numbers = self._snapshot.numbers(self._field, [address for _, address in hits])
        return [
            (place,) if number is None else number for place, number in enumerate(numbers, start)
        ]

    def size(self, key: Hashable) -> int:
        return self._counts[key] if isinstance(key, int) else 1

    def others(self, key: Hashable, lead: Hit) -> Sequence[Hit]:
        assert isinstance(key, int)  # a group of several has a value
        of_group = tantivy.Query.range_query(
            self._snapshot.schema, self._field, tantivy.FieldType.Integer, key, key
        )
        unscored = tantivy.Query.const_score_query(of_group, 0.0)
        query = tantivy.Query.boolean_query([(_MUST, self._query), (_MUST, unscored)])
        most = min(self._hits + 1, self._counts[key])
        best = self._ranked(query, 0, most)
        others = [hit for hit in best if _place(hit) != _place(lead)]
        return others[: self._hits]


class _ByText:
    """Near-duplicates among the best hits; those after them are groups by themselves."""

    def __init__(
        self,
        schema: Schema,
        snapshot: Snapshot,
        ranked: Ranking,
        query: tantivy.Query,
        total: int,
        request: NearDuplicates,
    ) -> None:
        finder = DuplicateFinder(schema, snapshot, request)
        self._best = list(ranked(query, 0, min(request.depth, total)))
        self._leads = finder.groups(snapshot.document(address) for _, address in self._best)
        self._hits = request.hits
        self._members: dict[Hashable, list[Hit]] = {}
        for hit, lead in zip(self._best, self._leads, strict=True):
            self._members.setdefault(lead, []).append(hit)
        self.number = total - len(self._best) + len(self._members)

    def keys(self, hits: Sequence[Hit], start: int) -> Sequence[Hashable]:
        places = range(start, start + len(hits))
        compared = len(self._leads)
        return [self._leads[place] if place < compared else place for place in places]

    def size(self, key: Hashable) -> int:
        return len(self._members.get(key, ())) or 1

    def others(self, key: Hashable, lead: Hit) -> Sequence[Hit]:
        return self._members[key][1 : self._hits + 1]


def _place(hit: Hit) -> tuple[int, int]:
    _, address = hit
    return address.segment_ord, address.doc
