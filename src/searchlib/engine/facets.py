"""Facet requests → tantivy's aggregations → counts.

A filter on a facet's own field does not narrow the facet's counts, so that people can widen their
choice: facets without such a filter are counted in one pass, each of the others in one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from searchlib import _tantivy as tantivy
from searchlib.engine.calendar import calendar_counts, calendar_label, calendar_node
from searchlib.engine.compiler import filter_fields
from searchlib.engine.ranges import (
    are_beyond_floats,
    fitting_ranges,
    range_label,
    ranges_between,
    touching,
)
from searchlib.engine.requests import name_of
from searchlib.engine.store import Snapshot
from searchlib.engine.values import accepted, in_order, value_counts, values_request
from searchlib.fields import Category, Field, Keyword
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.query.nodes import Or, Query, Range, Term, Value
from searchlib.results import FacetCount, FacetResult
from searchlib.schema import Schema

__all__ = ["FacetCounter"]

#: Compiles the search's query, narrowed by these of its filters.
Narrow = Callable[[Sequence[Query]], tantivy.Query]


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
        """Return name → counts, in the order of the requests, which were checked."""
        together: dict[tuple[int, ...], list[Facet]] = {}
        for facet in facets:
            own = self._own_filters(facet)
            left = tuple(n for n, node in enumerate(self._filters) if node not in own)
            together.setdefault(left, []).append(facet)
        results: dict[str, FacetResult] = {}
        for left, some in together.items():
            results |= self._count_together(some, tuple(self._filters[n] for n in left))
        return {name_of(facet): results[name_of(facet)] for facet in facets}

    def _own_filters(self, facet: Facet) -> list[Query]:
        return [node for node in self._filters if filter_fields(node) == {facet.field}]

    def _kind(self, facet: Facet) -> Field:
        return self._schema.fields.get(facet.field, Keyword())

    def _count_together(
        self, facets: Sequence[Facet], filters: Sequence[Query]
    ) -> dict[str, FacetResult]:
        query = self._narrow(filters)
        ranges = {
            name_of(facet): self._ranges(facet, query)
            for facet in facets
            if isinstance(facet, RangeFacet)
        }
        requests: dict[str, Any] = {
            name_of(facet): values_request(facet, len(facets))
            for facet in facets
            if isinstance(facet, ValueFacet)
        }
        for facet in facets:
            nodes = ranges.get(name_of(facet))
            if nodes and not are_beyond_floats(nodes):
                requests[name_of(facet)] = {
                    "range": {"field": facet.field, "ranges": touching(nodes)}
                }
        answers = self._snapshot.aggregate(query, requests) if requests else {}
        results = {}
        for facet in facets:
            name = name_of(facet)
            match facet:
                case ValueFacet():
                    results[name] = self._value_lines(facet, answers[name], query)
                case RangeFacet():
                    nodes = ranges[name]
                    counts = self._range_counts(nodes, answers.get(name), filters)
                    results[name] = self._lines(facet, list(map(range_label, nodes)), counts, nodes)
                case CalendarFacet():
                    found = calendar_counts(self._snapshot, facet, self._kind(facet), query)
                    nodes = [calendar_node(start, facet) for start in found]
                    labels = [calendar_label(start, facet) for start in found]
                    results[name] = self._lines(facet, labels, list(found.values()), nodes)
        return results

    def _value_lines(
        self, facet: ValueFacet, answer: dict[str, Any], query: tantivy.Query
    ) -> FacetResult:
        kind = self._kind(facet)
        accepts = accepted(facet, kind)
        all_counts = value_counts(self._snapshot, facet, kind, answer, query)
        counts = {value: count for value, count in all_counts.items() if accepts(value)}
        distinct = len(counts)
        selected = {
            value for value in _selected_values(self._own_filters(facet), kind) if accepts(value)
        }
        for value in selected:
            counts.setdefault(value, 0)
        ordered = in_order(counts, facet, kind)
        # The first ones, and of the others those that were selected.
        shown = {*[value for value in ordered if counts[value]][: facet.limit], *selected}
        lines = [
            FacetCount(value, counts[value], value in selected, Term(facet.field, value))
            for value in ordered
            if value in shown
        ]
        other = sum(counts.values()) - sum(line.count for line in lines)
        return FacetResult(facet.field, tuple(lines), other, distinct)

    def _ranges(self, facet: RangeFacet, query: tantivy.Query) -> list[Range]:
        if facet.bins is None:
            return ranges_between(facet.field, facet.bounds)
        request = {"span": {"stats": {"field": facet.field}}}
        span = self._snapshot.aggregate(query, request)["span"]
        if not span["count"]:
            return []
        kind = self._kind(facet)
        return fitting_ranges(facet.field, kind, span["min"], span["max"], facet.bins)

    def _range_counts(
        self, nodes: Sequence[Range], answer: dict[str, Any] | None, filters: Sequence[Query]
    ) -> list[int]:
        if answer is None:
            return [self._snapshot.count(self._narrow([*filters, node])) for node in nodes]
        found = {bucket.get("from"): bucket["doc_count"] for bucket in answer["buckets"]}
        return [
            found.get(float(node.gte) if isinstance(node.gte, (int, float)) else None, 0)
            for node in nodes
        ]

    def _lines(
        self,
        facet: Facet,
        labels: Sequence[Value],
        counts: Sequence[int],
        nodes: Sequence[Range],
    ) -> FacetResult:
        own = _alternatives(self._own_filters(facet))
        lines = tuple(
            FacetCount(label, count, node in own, node)
            for label, count, node in zip(labels, counts, nodes, strict=True)
        )
        return FacetResult(facet.field, lines, distinct=sum(count > 0 for count in counts))


def _alternatives(filters: Sequence[Query]) -> list[Query]:
    """The filters, and of those of the form *one or the other* each one."""
    return [one for node in filters for one in (node.clauses if isinstance(node, Or) else (node,))]


def _selected_values(filters: Sequence[Query], kind: Field) -> set[Value]:
    """The values that filters of the forms ``field=value`` and ``field in values`` name."""
    values = [one.value for one in _alternatives(filters) if isinstance(one, Term)]
    # " News/" is the path "News"; the other types' values stand for themselves.
    return {kind.encode(value) if isinstance(kind, Category) else value for value in values}
