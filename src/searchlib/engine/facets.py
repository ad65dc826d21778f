"""Facet requests → tantivy's aggregations → counts.

A filter on a facet's own field does not narrow the facet's counts, so that people can widen their
choice: facets without such a filter are counted in one pass, each of the others in one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.engine.calendar import calendar_counts, calendar_labels, calendar_nodes
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
from searchlib.engine.values import (
    accepted,
    first_of,
    in_order,
    value_counts,
    values_request,
)
from searchlib.fields import Category, Field, Keyword
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.query.nodes import Or, Query, Range, Term, Value
from searchlib.results import FacetCount, FacetResult
from searchlib.schema import Schema

__all__ = ["FacetCounter"]

_MOST_REMEMBERED: Final = 100  # searches whose counts a commit keeps
_MOST_LINES: Final = 1_000  # of counts that are kept

#: Compiles the search's query, narrowed by these of its filters.
Narrow = Callable[[Sequence[Query]], tantivy.Query]


class FacetCounter:
    """Counts the facets of one search.

    Args:
        schema: the fields.
        snapshot: the commit that is searched.
        narrow: compiles the search's query with some filters.
        filters: all the filters of the search.
        asked: what tells the query from others; its repr is the same for the same query.
    """

    def __init__(
        self,
        schema: Schema,
        snapshot: Snapshot,
        narrow: Narrow,
        filters: Sequence[Query],
        asked: object,
    ) -> None:
        self._schema = schema
        self._asked = asked
        self._snapshot = snapshot
        self._narrow = narrow
        self._filters = filters

    def count(self, facets: Sequence[Facet]) -> dict[str, FacetResult]:
        """Return name → counts, in the order of the requests, which were checked.

        Page after page of one search asks for the same counts: the last ones are remembered.
        """
        if not facets:
            return {}
        key = repr((self._asked, self._filters, facets))
        memo = self._snapshot.counts
        results = memo.get(key)
        if results is None:
            results = self._count(facets)
            if sum(map(len, results.values())) <= _MOST_LINES:
                while len(memo) >= _MOST_REMEMBERED:
                    memo.popitem(last=False)  # in one step, whatever other threads do
                memo[key] = results
        return dict(results)

    def _count(self, facets: Sequence[Facet]) -> dict[str, FacetResult]:
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
                    nodes = calendar_nodes(found, facet)
                    labels = calendar_labels(found, facet)
                    results[name] = self._lines(facet, labels, list(found.values()), nodes)
        return results

    def _value_lines(
        self, facet: ValueFacet, answer: dict[str, Any], query: tantivy.Query
    ) -> FacetResult:
        kind = self._kind(facet)
        accepts = accepted(facet, kind)
        counts = value_counts(self._snapshot, facet, kind, answer, query)
        selected = _selected_values(self._own_filters(facet), kind)
        if accepts is not None:
            counts = {value: count for value, count in counts.items() if accepts(value)}
            selected = set(filter(accepts, selected))
        # The first ones, and of the others those that were selected.
        shown = {value: counts[value] for value in first_of(counts, facet, kind)}
        shown |= {value: counts.get(value, 0) for value in selected}
        lines = [
            FacetCount(value, shown[value], value in selected, Term(facet.field, value))
            for value in in_order(shown, facet, kind)
        ]
        other = sum(counts.values()) - sum(shown.values())
        return FacetResult(facet.field, tuple(lines), other, len(counts))

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
