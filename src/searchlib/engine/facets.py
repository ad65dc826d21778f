"""Facet requests → tantivy's aggregations → counts.

A filter on a facet's own field does not narrow the facet's counts, so that people can widen their
choice: facets without such a filter are counted in one pass, each of the others in one of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.engine.compiler import filter_fields
from searchlib.engine.layout import LANGUAGE
from searchlib.engine.store import Snapshot
from searchlib.errors import QueryError
from searchlib.fields import Boolean, Category, Date, DateTime, Field, Float, Integer, Keyword
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.query.nodes import Or, Query, Range, Term, Value
from searchlib.results import FacetCount, FacetResult
from searchlib.schema import Schema

__all__ = ["FacetCounter", "facet_of"]

#: Compiles the search's query, narrowed by these of its filters.
Narrow = Callable[[Sequence[Query]], tantivy.Query]

_VALUES: Final = (Keyword, Category, Integer, Boolean)
# tantivy refuses an answer of more buckets than this.
_MOST_BUCKETS: Final = 65_000
# Each segment hands on its most frequent values; to be exact it must hand on all of them.
_ALL_OF_SEGMENT: Final = 2**31
_MOST_RANGES: Final = 12_000  # months of one pass; further ones go into the next
_REGEX_SIGN: Final = re.compile(r"[\\.+*?()|\[\]{}^$#&~-]")
_MICROSECONDS_OF_DAY: Final = 86_400_000_000
_LARGEST_EXACT: Final = 2**53  # integers up to here are floats without loss
_LAST: Final = 2**62  # an encoded moment after all others


def facet_of(request: str | Facet, schema: Schema) -> Facet:
    """Return the facet that is meant, a bare field name by its type.

    Raises:
        QueryError: there is no such field, or it cannot be counted that way.
    """
    if not isinstance(request, (str, ValueFacet, RangeFacet, CalendarFacet)):
        raise QueryError(
            f"a facet is a field's name, ValueFacet, RangeFacet or CalendarFacet, not {request!r}"
        )
    name = request if isinstance(request, str) else request.field
    kind = Keyword() if name == LANGUAGE else schema.fields.get(name)
    if kind is None:
        known = ", ".join(schema.fields)
        raise QueryError(f"facet on {name!r}: there is no such field; the schema has {known}")
    if isinstance(request, str):
        if isinstance(kind, (Date, DateTime)):
            return CalendarFacet(name)
        request = ValueFacet(name)
    fits = {ValueFacet: _VALUES, RangeFacet: (Integer, Float), CalendarFacet: (Date, DateTime)}
    allowed = fits[type(request)]
    if not isinstance(kind, allowed):
        types = ", ".join(one.type_name for one in allowed)
        raise QueryError(
            f"{type(request).__name__} on {name!r}: it counts {types} fields, not a "
            f"{kind.type_name} field"
        )
    _check(request, kind)
    if isinstance(request, ValueFacet) and request.under is not None:
        return replace(request, under=str(kind.encode(request.under)))
    return request


def _check(facet: Facet, kind: Field) -> None:
    where = f"{type(facet).__name__} on {facet.field!r}"
    match facet:
        case ValueFacet(_, limit, under):
            if not (isinstance(limit, int) and 1 <= limit <= _MOST_BUCKETS):
                raise QueryError(f"{where}: limit is 1 to {_MOST_BUCKETS:,}, not {limit!r}")
            if under is not None:
                if not isinstance(kind, Category):
                    raise QueryError(f"{where}: only a category has values under {under!r}")
                try:
                    kind.encode(under)
                except ValueError as error:
                    raise QueryError(f"{where}: {error}") from None
        case RangeFacet(_, bounds):
            for bound in bounds:
                try:
                    kind.encode(bound)
                except ValueError as error:
                    raise QueryError(f"{where}: {error}") from None
            if not bounds or list(bounds) != sorted(set(bounds)):
                raise QueryError(f"{where}: bounds are numbers in ascending order, not {bounds!r}")
        case CalendarFacet(_, unit):
            if unit not in ("year", "month"):
                raise QueryError(f"{where}: unit is 'year' or 'month', not {unit!r}")


class FacetCounter:
    """Counts the facets of one search.

    Args:
        schema: the fields.
        snapshot: the commit that is searched.
        narrow: compiles the search's query with some filters.
        filters: all the filters of the search.
    """

    def __init__(
        self,
        schema: Schema,
        snapshot: Snapshot,
        narrow: Narrow,
        filters: Sequence[Query],
    ) -> None:
        self._schema = schema
        self._snapshot = snapshot
        self._narrow = narrow
        self._filters = filters

    def count(self, facets: Sequence[Facet]) -> dict[str, FacetResult]:
        """Return field → counts, in the order of the requests."""
        shared = [facet for facet in facets if not self._own_filters(facet)]
        results = self._count_together(shared, self._filters) if shared else {}
        for facet in facets:
            if own := self._own_filters(facet):
                others = [node for node in self._filters if node not in own]
                results |= self._count_together([facet], others)
        return {facet.field: results[facet.field] for facet in facets}

    def _own_filters(self, facet: Facet) -> list[Query]:
        return [node for node in self._filters if filter_fields(node) == {facet.field}]

    def _count_together(
        self, facets: Sequence[Facet], filters: Sequence[Query]
    ) -> dict[str, FacetResult]:
        query = self._narrow(filters)
        requests = {
            facet.field: self._aggregation(facet)
            for facet in facets
            if not isinstance(facet, CalendarFacet) and not _is_beyond_floats(facet)
        }
        answers = self._snapshot.aggregate(query, requests) if requests else {}
        results = {}
        for facet in facets:
            match facet:
                case ValueFacet(field):
                    results[field] = self._values(facet, answers[field], filters)
                case RangeFacet(field):
                    counts = self._range_counts(facet, answers.get(field), filters)
                    results[field] = self._ranges(facet, counts)
                case CalendarFacet(field):
                    results[field] = self._calendar(facet, query)
        return results

    def _aggregation(self, facet: ValueFacet | RangeFacet) -> dict[str, Any]:
        if isinstance(facet, RangeFacet):
            return {"range": {"field": facet.field, "ranges": _touching(facet.bounds)}}
        terms = {"field": facet.field, "size": facet.limit, "segment_size": _ALL_OF_SEGMENT}
        if isinstance(self._schema.fields.get(facet.field), Category):
            above = "" if facet.under is None else _REGEX_SIGN.sub(r"\\\g<0>", facet.under) + "/"
            terms["include"] = above + "[^/]*"
        return {"terms": terms}

    def _values(
        self, facet: ValueFacet, answer: dict[str, Any], filters: Sequence[Query]
    ) -> FacetResult:
        kind: Field = self._schema.fields.get(facet.field, Keyword())
        found: dict[Value, int] = {}
        for bucket in answer["buckets"]:
            value = bool(bucket["key"]) if isinstance(kind, Boolean) else bucket["key"]
            found[value] = bucket["doc_count"]
        other = int(answer["sum_other_doc_count"])
        selected = _selected_values(self._own_filters(facet), kind)
        for value in sorted(selected - found.keys(), key=str):
            if isinstance(kind, Category) and not _is_child(str(value), facet.under):
                continue
            narrowed = self._narrow([*filters, Term(facet.field, value)])
            found[value] = self._snapshot.count(narrowed)
            other -= found[value]
        lines = [
            FacetCount(value, found[value], value in selected, Term(facet.field, value))
            for value in sorted(found, key=lambda value: (-found[value], value))
        ]
        return FacetResult(facet.field, tuple(lines), other)

    def _range_counts(
        self, facet: RangeFacet, answer: dict[str, Any] | None, filters: Sequence[Query]
    ) -> list[int]:
        nodes = _range_nodes(facet)
        if answer is None:
            return [self._snapshot.count(self._narrow([*filters, node])) for node in nodes]
        found = {bucket.get("from"): bucket["doc_count"] for bucket in answer["buckets"]}
        starts = [None, *map(float, facet.bounds)]
        return [found.get(start, 0) for start in starts]

    def _ranges(self, facet: RangeFacet, counts: Sequence[int]) -> FacetResult:
        own = _alternatives(self._own_filters(facet))
        lines = [
            FacetCount(_range_label(node), count, node in own, node)
            for node, count in zip(_range_nodes(facet), counts, strict=True)
        ]
        return FacetResult(facet.field, tuple(lines))

    def _calendar(self, facet: CalendarFacet, query: tantivy.Query) -> FacetResult:
        kind = self._schema.fields[facet.field]
        stats = self._snapshot.aggregate(query, {"span": {"stats": {"field": facet.field}}})["span"]
        if not stats["count"]:
            return FacetResult(facet.field, ())
        first, last = (_year(kind, stats[end]) for end in ("min", "max"))
        years = [date(year, 1, 1) for year in range(first, last + 1)]
        counted = self._count_spans(facet.field, kind, query, years, _next_year)
        if facet.unit == "month":
            months = [start.replace(month=month) for start in counted for month in range(1, 13)]
            counted = {}
            for begin in range(0, len(months), _MOST_RANGES):
                batch = months[begin : begin + _MOST_RANGES]
                counted |= self._count_spans(facet.field, kind, query, batch, _next_month)
        own = _alternatives(self._own_filters(facet))
        following = _next_year if facet.unit == "year" else _next_month
        lines = []
        for start, count in counted.items():
            node = _span(facet.field, start, following(start))
            label = start.isoformat()[: 4 if facet.unit == "year" else 7]
            lines.append(FacetCount(label, count, node in own, node))
        return FacetResult(facet.field, tuple(lines))

    def _count_spans(
        self,
        field: str,
        kind: Field,
        query: tantivy.Query,
        starts: Sequence[date],
        following: Callable[[date], date | None],
    ) -> dict[date, int]:
        """Return start → count of the spans that hold any document."""
        ranges = []
        for start in starts:
            end = following(start)
            edge = _LAST if end is None else kind.encode(end)
            ranges.append({"key": start.isoformat(), "from": kind.encode(start), "to": edge})
        request = {"spans": {"range": {"field": field, "ranges": ranges}}}
        buckets = self._snapshot.aggregate(query, request)["spans"]["buckets"]
        counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        return {
            start: counts[start.isoformat()] for start in starts if counts[start.isoformat()] > 0
        }


def _range_nodes(facet: RangeFacet) -> list[Range]:
    edges = [None, *facet.bounds, None]
    return [Range(facet.field, gte=low, lt=high) for low, high in pairwise(edges)]


def _range_label(node: Range) -> str:
    if node.gte is None:
        return f"< {node.lt}"
    return f"≥ {node.gte}" if node.lt is None else f"{node.gte} – {node.lt}"


def _is_beyond_floats(facet: Facet) -> bool:
    """Whether a bound is an integer that tantivy's aggregations, which take floats, would round."""
    return isinstance(facet, RangeFacet) and any(
        isinstance(bound, int) and abs(bound) > _LARGEST_EXACT for bound in facet.bounds
    )


def _touching(bounds: Sequence[float]) -> list[dict[str, float]]:
    inner = [{"from": float(low), "to": float(high)} for low, high in pairwise(bounds)]
    return [{"to": float(bounds[0])}, *inner, {"from": float(bounds[-1])}]


def _is_child(path: str, under: str | None) -> bool:
    parent, _, _ = path.rpartition("/")
    return parent == (under or "")


def _alternatives(filters: Sequence[Query]) -> list[Query]:
    """The filters, and of those of the form *one or the other* each one."""
    return [one for node in filters for one in (node.clauses if isinstance(node, Or) else (node,))]


def _selected_values(filters: Sequence[Query], kind: Field) -> set[Value]:
    """The values that filters of the forms ``field=value`` and ``field in values`` name."""
    values = [one.value for one in _alternatives(filters) if isinstance(one, Term)]
    # " News/" is the path "News"; the other types' values stand for themselves.
    return {kind.encode(value) if isinstance(kind, Category) else value for value in values}


def _year(kind: Field, encoded: float) -> int:
    """The year of an encoded day or moment, which comes as a float and may be rounded outwards."""
    unit = 1 if isinstance(kind, Date) else _MICROSECONDS_OF_DAY
    day = int(encoded) // unit + date(1970, 1, 1).toordinal()
    return date.fromordinal(min(max(day, date.min.toordinal()), date.max.toordinal())).year


def _next_year(start: date) -> date | None:
    return None if start.year == date.max.year else start.replace(year=start.year + 1)


def _next_month(start: date) -> date | None:
    following = _next_year(start) if start.month == 12 else start
    return following and following.replace(month=start.month % 12 + 1)


def _span(field: str, start: date, end: date | None) -> Range:
    return Range(field, gte=start, lt=end)
