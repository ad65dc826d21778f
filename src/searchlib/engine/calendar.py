"""Calendar facets: the years, months and days that any document has, in any time zone.

Days are found from the top: the years between the first and the last value, then the months of
those years that hold any document, then the days of those months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib.engine.snapshot import Snapshot
from searchlib.fields import Date, Field
from searchlib.query.facets import CalendarFacet
from searchlib.query.nodes import Range

__all__ = ["calendar_counts", "calendar_labels", "calendar_nodes"]

_MOST_RANGES: Final = 12_000  # spans of one pass; further ones go into the next
_MICROSECONDS_OF_DAY: Final = 86_400_000_000
_FIRST, _LAST = -(2**62), 2**62  # encoded moments before and after all others
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_LABEL_SIZES: Final = {"year": 4, "month": 7, "day": 10}


def calendar_counts(
    snapshot: Snapshot, facet: CalendarFacet, kind: Field, query: tantivy.Query
) -> dict[date, int]:
    """Return first day → count of the units that hold any document, in order.

    Args:
        snapshot: the commit that is searched.
        facet: a checked request.
        kind: the type of its field.
        query: finds the documents that are counted.
    """
    if facet.unit == "day" and isinstance(kind, Date):
        found = dict(snapshot.integers(facet.field, query))
        return {date.fromordinal(_EPOCH_DAY + day): found[day] for day in sorted(found)}
    request = {"span": {"stats": {"field": facet.field}}}
    stats = snapshot.aggregate(query, request)["span"]
    if not stats["count"]:
        return {}
    first, last = _year(kind, stats["min"]), _year(kind, stats["max"])
    # The first moments of a year in UTC may belong to the year before elsewhere.
    years = range(max(first - 1, date.min.year), min(last + 1, date.max.year) + 1)
    spans = _Spans(snapshot, facet, kind, query)
    counts = spans.count((date(year, 1, 1) for year in years), _next_year)
    if facet.unit != "year":
        months = (start.replace(month=month) for start in counts for month in range(1, 13))
        counts = spans.count(months, _next_month)
    if facet.unit == "day":
        counts = spans.count((day for start in counts for day in _days(start)), _next_day)
    return counts


def calendar_labels(starts: Iterable[date], facet: CalendarFacet) -> list[str]:
    """Return units as people write them: ``"2022"``, ``"2022-09"``, ``"2022-09-15"``."""
    size = _LABEL_SIZES[facet.unit]
    return [start.isoformat()[:size] for start in starts]


def calendar_nodes(starts: Iterable[date], facet: CalendarFacet) -> list[Range]:
    """Return the filters for the units that begin with these days."""
    field, zone = facet.field, facet.timezone
    following = {"year": _next_year, "month": _next_month, "day": _next_day}[facet.unit]
    if zone == "UTC":
        return [Range(field, gte=start, lt=following(start)) for start in starts]
    return [
        Range(field, gte=_midnight(start, zone), lt=end and _midnight(end, zone))
        for start, end in ((start, following(start)) for start in starts)
    ]


class _Spans:
    """Counts spans of days of one field."""

    def __init__(
        self, snapshot: Snapshot, facet: CalendarFacet, kind: Field, query: tantivy.Query
    ) -> None:
        self._snapshot = snapshot
        self._facet = facet
        self._kind = kind
        self._query = query

    def count(
        self, starts: Iterable[date], following: Callable[[date], date | None]
    ) -> dict[date, int]:
        counts: dict[date, int] = {}
        rest = iter(starts)
        while batch := list(islice(rest, _MOST_RANGES)):
            ranges = []
            for start in batch:
                end = following(start)
                low, high = self._edge(start, _FIRST), self._edge(end, _LAST)
                if low < high:  # a zone that crossed the date line has skipped a day
                    ranges.append({"key": start.isoformat(), "from": low, "to": high})
            request = {"spans": {"range": {"field": self._facet.field, "ranges": ranges}}}
            buckets = self._snapshot.aggregate(self._query, request)["spans"]["buckets"]
            found = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
            counts |= {
                start: count for start in batch if (count := found.get(start.isoformat(), 0))
            }
        return counts

    def _edge(self, start: date | None, beyond: int) -> int:
        if start is None:
            return beyond
        moment: date | None = start
        if not isinstance(self._kind, Date):
            moment = _midnight(start, self._facet.timezone)
        return beyond if moment is None else int(self._kind.encode(moment))


def _midnight(day: date, timezone: str) -> datetime | None:
    """The moment in UTC at which a day begins; None where no ``datetime`` can hold it."""
    zone: tzinfo = UTC
    if timezone != "UTC":
        from zoneinfo import ZoneInfo  # rarely needed, slow to import

        zone = ZoneInfo(timezone)
    try:
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None


def _year(kind: Field, encoded: float) -> int:
    """The year of an encoded day or moment, which comes as a float and may be rounded outwards."""
    unit = 1 if isinstance(kind, Date) else _MICROSECONDS_OF_DAY
    day = int(encoded) // unit + _EPOCH_DAY
    return date.fromordinal(min(max(day, date.min.toordinal()), date.max.toordinal())).year


def _next_year(start: date) -> date | None:
    return None if start.year == date.max.year else start.replace(year=start.year + 1)


def _next_month(start: date) -> date | None:
    following = _next_year(start) if start.month == 12 else start
    return following and following.replace(month=start.month % 12 + 1)


def _next_day(start: date) -> date | None:
    return None if start == date.max else start + timedelta(days=1)


def _days(month: date) -> Iterator[date]:
    day: date | None = month
    while day is not None and day.month == month.month:
        yield day
        day = _next_day(day)
