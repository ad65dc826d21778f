"""Facet requests → tantivy's aggregations → counts.

A filter on a facet's own field does not narrow the facet's counts, so that people can widen their
choice: facets without such a filter are counted in one pass, each of the others in one of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from searchlib import _tantivy as tantivy
from searchlib.engine.calendar import calendar_counts, calendar_labels, calendar_nodes
from searchlib.engine.compiler import filter_fields
from searchlib.engine.part import Part
from searchlib.engine.ranges import (
    are_beyond_floats,
    fitting_ranges,
    range_label,
    ranges_between,
    touching,
)
from searchlib.engine.requests import name_of
from searchlib.engine.values import (
    Counted,
    accepted,
    commonest,
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

_Key = TypeVar("_Key")
_MOST_REMEMBERED: Final = 100  # searches whose counts a commit keeps
_MOST_LINES: Final = 1_000  # of counts that are kept
_KEYWORD: Final = Keyword()
# People filter by the values that they see: the same in nearly every search. 1 and True are equal.
_equal_to: Final = lru_cache(maxsize=1_000, typed=True)(Term)


class FacetCounter:
    """Counts the facets of one search.

    Args:
        schema: the fields.
        parts: what it asks of each index; the counts of all are added up.
        filters: all the filters of the search.
    """

    def __init__(self, schema: Schema, parts: Sequence[Part], filters: Sequence[Query]) -> None:
        self._schema = schema
        self._parts = parts
        self._filters = filters

    def count(self, facets: Sequence[Facet], asked: Sequence[str]) -> dict[str, FacetResult]:
        """Return name → counts, in the order of the requests.

        Page after page of one search asks for the same counts: the last ones are remembered.

        Args:
            facets: the requests, checked.
            asked: what tells each from others, as the caller gave it.
        """
        if not facets:
            return {}
        named = {name_of(facet): facet for facet in facets}
        if len(self._parts) > 1 or self._parts[0].key is None:
            return self._count(named)
        key = self._parts[0].key, *asked
        memo = self._parts[0].snapshot.counts
        results = memo.get(key)
        if results is None:
            results = self._count(named)
            if sum(map(len, results.values())) <= _MOST_LINES:
                while len(memo) >= _MOST_REMEMBERED:
                    memo.popitem(last=False)  # in one step, whatever other threads do
                memo[key] = results
        return dict(results)

    def _count(self, facets: Mapping[str, Facet]) -> dict[str, FacetResult]:
        together: dict[tuple[int, ...], dict[str, Facet]] = {}
        for name, facet in facets.items():
            own = self._own_filters(facet)
            left = tuple([n for n, node in enumerate(self._filters) if node not in own])
            together.setdefault(left, {})[name] = facet
        results: dict[str, FacetResult] = {}
        for left, some in together.items():
            results |= self._count_together(some, tuple([self._filters[n] for n in left]))
        return {name: results[name] for name in facets}

    def _own_filters(self, facet: Facet) -> list[Query]:
        return [node for node in self._filters if filter_fields(node) == {facet.field}]

    def _kind(self, facet: Facet) -> Field:
        return self._schema.fields.get(facet.field, _KEYWORD)

    def _count_together(
        self, facets: Mapping[str, Facet], filters: Sequence[Query]
    ) -> dict[str, FacetResult]:
        asked = [(part, part.narrowed(filters)) for part in self._parts]
        ranges = {
            name: self._ranges(facet, asked)
            for name, facet in facets.items()
            if isinstance(facet, RangeFacet)
        }
        # One pass over each index, for the fields that it has.
        answered = [
            (part, query, self._answer(part, query, facets, ranges)) for part, query in asked
        ]
        results = {}
        for name, facet in facets.items():
            having = [one for one in answered if one[0].has(facet.field)]
            match facet:
                case ValueFacet():
                    answers = [(part, query, answer[name]) for part, query, answer in having]
                    results[name] = self._value_lines(facet, answers)
                case RangeFacet():
                    nodes = ranges[name]
                    found = _summed(
                        _range_counts(part, nodes, answer.get(name), filters)
                        for part, _, answer in having
                    )
                    labels = list(map(range_label, nodes))
                    lines = [found.get(place, 0) for place in range(len(nodes))]
                    results[name] = self._lines(facet, labels, lines, nodes)
                case CalendarFacet():
                    days = _summed(
                        calendar_counts(part.snapshot, facet, self._kind(facet), query)
                        for part, query, _ in having
                    )
                    starts = sorted(days)
                    nodes = calendar_nodes(starts, facet)
                    labels = calendar_labels(starts, facet)
                    lines = [days[start] for start in starts]
                    results[name] = self._lines(facet, labels, lines, nodes)
        return results

    def _answer(
        self,
        part: Part,
        query: tantivy.Query,
        facets: Mapping[str, Facet],
        ranges: Mapping[str, Sequence[Range]],
    ) -> dict[str, Any]:
        """What one index answers: the values and the ranges that tantivy counts."""
        requests: dict[str, Any] = {}
        for name, facet in facets.items():
            nodes = ranges.get(name)
            if not part.has(facet.field):
                continue
            if isinstance(facet, ValueFacet):
                requests[name] = values_request(facet, len(facets))
            elif nodes and not are_beyond_floats(nodes):
                requests[name] = {"range": {"field": facet.field, "ranges": touching(nodes)}}
        return part.snapshot.aggregate(query, requests) if requests else {}

    def _value_lines(
        self, facet: ValueFacet, answered: Sequence[tuple[Part, tantivy.Query, dict[str, Any]]]
    ) -> FacetResult:
        """The lines of values, of what each index that has the field answers to the request."""
        kind = self._kind(facet)
        accepts = accepted(facet, kind)
        selected = _selected_values(self._own_filters(facet), kind)
        counted = None
        if len(answered) == 1 and accepts is None and not selected:
            counted = commonest(facet, kind, answered[0][2])
        if counted is None:
            counts = _summed(
                value_counts(part.snapshot, facet, kind, answer, query)
                for part, query, answer in answered
            )
            if accepts is not None:
                counts = {value: count for value, count in counts.items() if accepts(value)}
                selected = set(filter(accepts, selected))
            counted = Counted(counts, sum(counts.values()), len(counts))
        counts, total, distinct = counted
        # The first ones, and of the others those that were selected.
        shown = first_of(counts, facet, kind)
        if left := selected.difference(shown):
            both = {value: counts.get(value, 0) for value in (*shown, *left)}
            shown = in_order(both, facet, kind)
        field, found = facet.field, [counts.get(value, 0) for value in shown]
        lines = [
            FacetCount(value, count, value in selected, _equal_to(field, value))
            for value, count in zip(shown, found, strict=True)
        ]
        return FacetResult(field, tuple(lines), total - sum(found), distinct)

    def _ranges(
        self, facet: RangeFacet, asked: Sequence[tuple[Part, tantivy.Query]]
    ) -> list[Range]:
        if facet.bins is None:
            return ranges_between(facet.field, facet.bounds)
        request = {"span": {"stats": {"field": facet.field}}}
        spans = [
            part.snapshot.aggregate(query, request)["span"]
            for part, query in asked
            if part.has(facet.field)
        ]
        spans = [span for span in spans if span["count"]]
        if not spans:
            return []
        least, greatest = min(span["min"] for span in spans), max(span["max"] for span in spans)
        return fitting_ranges(facet.field, self._kind(facet), least, greatest, facet.bins)

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


def _range_counts(
    part: Part,
    nodes: Sequence[Range],
    answer: dict[str, Any] | None,
    filters: Sequence[Query],
) -> dict[int, int]:
    """The place of each range → how many documents it counts."""
    if answer is None:
        return {
            place: part.snapshot.count(part.narrowed([*filters, node]))
            for place, node in enumerate(nodes)
        }
    found = {bucket.get("from"): bucket["doc_count"] for bucket in answer["buckets"]}
    starts = (float(node.gte) if isinstance(node.gte, (int, float)) else None for node in nodes)
    return {place: found.get(start, 0) for place, start in enumerate(starts)}


def _summed(several: Iterable[Mapping[_Key, int]]) -> Mapping[_Key, int]:
    first: Mapping[_Key, int] = {}
    for counts in several:
        first = Counter(first) + Counter(counts) if first else counts
    return first


def _alternatives(filters: Sequence[Query]) -> list[Query]:
    """The filters, and of those of the form *one or the other* each one."""
    return [one for node in filters for one in (node.clauses if isinstance(node, Or) else (node,))]


def _selected_values(filters: Sequence[Query], kind: Field) -> set[Value]:
    """The values that filters of the forms ``field=value`` and ``field in values`` name."""
    values = [one.value for one in _alternatives(filters) if isinstance(one, Term)]
    # " News/" is the path "News"; the other types' values stand for themselves.
    return {kind.encode(value) if isinstance(kind, Category) else value for value in values}
