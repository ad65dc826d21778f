"""Facets of number ranges and calendars: every count is that of a loop in Python."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import CalendarFacet, DateTime, Index, QueryError, Range, RangeFacet, Schema
from tests.conftest import indexed
from tests.facet_documents import (
    DOCUMENTS,
    SCHEMA,
    Documents,
    check_filters,
    counted,
    laws,
    stocked,
    values,
)

# --- Ranges -----------------------------------------------------------------------------


@laws
@given(
    DOCUMENTS,
    st.lists(
        st.integers(-4, 4) | st.sampled_from([2**53, 2**53 + 1, 2**63 - 1]),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.lists(
        st.sampled_from([-1e300, -1.5, 0, 0.0, 0.1, 1, 0.5, 1e300]),
        min_size=1,
        max_size=4,
        unique=True,
    ),
)
def test_ranges_are_counted_exactly(
    documents: Documents, integers: list[int], floats: list[float]
) -> None:
    index, documents = stocked(documents)
    for field, bounds in (("n", sorted(integers)), ("x", sorted(floats))):
        facet = index.search(facets=[RangeFacet(field, bounds)]).facets[field]
        edges: list[Any] = [None, *bounds, None]
        expected = [
            sum(
                any(
                    (low is None or v >= low) and (high is None or v < high)
                    for v in values(one, field)
                )
                for one in documents
            )
            for low, high in itertools.pairwise(edges)
        ]
        assert [line.count for line in facet] == expected
        check_filters(index, None, facet)
        labels = [line.value for line in facet]
        assert labels[0] == f"< {bounds[0]}"
        assert labels[-1] == f"≥ {bounds[-1]}"
        assert len(set(labels)) == len(labels)


def test_range_labels_and_filters() -> None:
    index = indexed(SCHEMA, [{"id": "1", "n": 5, "x": 1.5}])
    facet = index.search(facets=[RangeFacet("n", (0, 10))]).facets["n"]
    assert [(line.value, line.count) for line in facet] == [("< 0", 0), ("0 – 10", 1), ("≥ 10", 0)]
    assert facet.counts[1].filter == Range("n", gte=0, lt=10)


@pytest.mark.parametrize("bounds", [[1.5], [0, 2.5], [-0.5, 0.5]])
def test_integers_are_not_cut_between(bounds: list[float]) -> None:
    """The engine would round such a bound and lose documents without a word."""
    index = indexed(SCHEMA, [{"id": str(n), "n": n} for n in range(-2, 4)])
    with pytest.raises(QueryError, match="int"):
        index.search(facets=[RangeFacet("n", bounds)])


# --- Calendars --------------------------------------------------------------------------


@laws
@given(DOCUMENTS, st.sampled_from(["day", "at"]), st.sampled_from(["year", "month", "day"]))
def test_calendars_are_counted_exactly(documents: Documents, field: str, unit: Any) -> None:
    index, documents = stocked(documents)
    size = {"year": 4, "month": 7, "day": 10}[unit]
    expected = counted(
        documents, lambda one: {value.isoformat()[:size] for value in values(one, field)}
    )
    facet = index.search(facets=[CalendarFacet(field, unit)]).facets[field]
    assert facet.as_dict() == expected
    labels = [str(line.value) for line in facet]
    assert labels == sorted(labels)
    check_filters(index, None, facet)


def test_a_bare_date_field_is_counted_by_years() -> None:
    index = indexed(SCHEMA, [{"id": "1", "day": "2020-05-01", "at": "2021-01-01T00:30:00+01:00"}])
    result = index.search(facets=["day", "at"])
    assert result.facets["day"].as_dict() == {"2020": 1}
    assert result.facets["at"].as_dict() == {"2020": 1}  # in UTC


def test_the_first_and_the_last_day_there_are() -> None:
    days = [date.min, date.max]
    moments = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    index = indexed(SCHEMA, [{"id": "1", "day": days, "at": moments}])
    for unit, labels in (("year", ["0001", "9999"]), ("month", ["0001-01", "9999-12"])):
        facets = [CalendarFacet("day", unit), CalendarFacet("at", unit)]  # type: ignore[arg-type]
        result = index.search(facets=facets)
        for field in ("day", "at"):
            assert list(result.facets[field].as_dict()) == labels
            check_filters(index, None, result.facets[field])


def test_every_year_there_is() -> None:
    index = indexed(SCHEMA, [{"id": str(y), "day": date(y, 6, 15)} for y in range(1, 10_000, 7)])
    facet = index.search(facets=[CalendarFacet("day", "month")]).facets["day"]
    assert facet.as_dict() == {f"{y:04}-06": 1 for y in range(1, 10_000, 7)}


# --- Calendars elsewhere ----------------------------------------------------------------

_EVENTS: Final = Schema({"at": DateTime()}, languages=["und"])
# Half hours; clocks put forward at midnight, or back over it; a day left out; leap seconds none.
_ZONES: Final = [
    "UTC",
    "Asia/Ho_Chi_Minh",
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
]
_NEAR: Final = [
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Samoa changes sides of the date line
    datetime(2018, 11, 4, 3, tzinfo=UTC),  # Brazil has no midnight
    datetime(2022, 3, 26, 22, tzinfo=UTC),  # nor has Lebanon
    datetime(2020, 2, 29, tzinfo=UTC),
    datetime(2021, 1, 1, tzinfo=UTC),
    datetime(2100, 3, 1, tzinfo=UTC),  # 2100 is no leap year
    # A day and an hour nearer the ends, a time zone could lead out of what datetime holds.
    datetime(1, 1, 3, tzinfo=UTC),
    datetime(9999, 12, 29, tzinfo=UTC),
]
_times: Final = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)) | (
    st.builds(
        lambda near, seconds: near + timedelta(seconds=seconds),
        st.sampled_from(_NEAR),
        st.integers(-90_000, 90_000) | st.sampled_from([0, -1, 1, 3600, -3600]),
    )
)


@laws
@given(
    st.lists(st.lists(_times, max_size=3), max_size=8),
    st.sampled_from(_ZONES),
    st.sampled_from(["year", "month", "day"]),
)
def test_the_calendar_of_a_time_zone_is_pythons(
    times: list[list[datetime]], name: str, unit: Any
) -> None:
    index = indexed(_EVENTS, [{"id": str(n), "at": some} for n, some in enumerate(times)])
    size = {"year": 4, "month": 7, "day": 10}[unit]
    zone = ZoneInfo(name)
    expected = counted(
        [{"at": some} for some in times],
        lambda one: {moment.astimezone(zone).date().isoformat()[:size] for moment in one["at"]},
    )
    facet = index.search(facets=[CalendarFacet("at", unit, name)]).facets["at"]
    assert facet.as_dict() == expected
    assert facet.distinct == len(expected)
    assert list(expected) == [] or [line.value for line in facet] == sorted(expected)
    check_filters(index, None, facet)


def test_an_hour_repeated_over_midnight_belongs_to_the_later_day() -> None:
    """Clocks in St. John's went from 00:01 back to 23:01 of the day before."""
    zone = ZoneInfo("America/St_Johns")
    first = datetime(2010, 11, 7, 0, 0, 30, tzinfo=zone).astimezone(UTC)
    repeated = first + timedelta(minutes=30)
    assert repeated.astimezone(zone).date() == date(2010, 11, 6)
    index = indexed(_EVENTS, [{"id": "a", "at": first}, {"id": "b", "at": repeated}])
    facet = index.search(facets=[CalendarFacet("at", "day", zone.key)]).facets["at"]
    assert facet.as_dict() == {"2010-11-07": 2}


def test_one_moment_is_another_day_elsewhere() -> None:
    index = indexed(_EVENTS, [{"id": "a", "at": "2023-12-31T20:00:00Z"}])
    facets = [
        CalendarFacet("at", "day", "Asia/Ho_Chi_Minh", name="here"),
        CalendarFacet("at", "day", "America/New_York", name="there"),
        CalendarFacet("at", "year", "Asia/Ho_Chi_Minh"),
    ]
    found = index.search(facets=facets).facets
    assert found["here"].as_dict() == {"2024-01-01": 1}
    assert found["there"].as_dict() == {"2023-12-31": 1}
    assert found["at"].as_dict() == {"2024": 1}
    line = found["here"].counts[0]
    chosen = index.search(where=[line.filter], facets=facets).facets
    assert [line.selected for line in chosen["here"]] == [True]
    assert chosen["there"].as_dict() == {"2023-12-31": 1}


@pytest.mark.parametrize("zone", ["Nowhere/Else", "", "../etc", "/etc/passwd", None, 7])
def test_a_time_zone_that_is_none(zone: Any) -> None:
    index = Index(_EVENTS)
    with pytest.raises(QueryError, match="timezone"):
        index.search(facets=[CalendarFacet("at", "day", zone)])


def test_days_are_in_no_time_zone() -> None:
    with pytest.raises(QueryError, match="time zone"):
        Index(SCHEMA).search(facets=[CalendarFacet("day", "day", "Asia/Ho_Chi_Minh")])


# --- Ranges that are chosen to fit --------------------------------------------------------


@laws
@given(DOCUMENTS, st.sampled_from(["n", "x"]), st.integers(1, 12))
def test_fitting_ranges_hold_every_value(documents: Documents, field: str, bins: int) -> None:
    index, documents = stocked(documents)
    facet = index.search(facets=[RangeFacet(field, bins=bins)]).facets[field]
    found = [value for one in documents for value in values(one, field)]
    assert len(facet) <= bins + 1
    assert bool(found) == bool(facet.counts)
    nodes = [line.filter for line in facet]
    for line, node in zip(facet, nodes, strict=True):
        assert isinstance(node, Range)
        low: Any = -float("inf") if node.gte is None else node.gte
        high: Any = float("inf") if node.lt is None else node.lt
        assert line.count == sum(
            any(low <= value < high for value in values(one, field)) for one in documents
        )
    for before, after in itertools.pairwise(nodes):
        assert isinstance(before, Range) and isinstance(after, Range)
        assert before.lt == after.gte is not None
    holding = [
        any(
            isinstance(node, Range)
            and (node.gte is None or value >= node.gte)
            and (node.lt is None or value < node.lt)
            for node in nodes
        )
        for value in found
    ]
    assert all(holding)
    check_filters(index, None, facet)


@pytest.mark.parametrize(
    ("numbers", "bins", "edges"),
    [
        ([3, 47], 5, [0, 10, 20, 30, 40, 50]),
        ([0, 100], 5, [0, 20, 40, 60, 80, 100, 120]),
        ([7, 7], 5, [7, 8]),
        ([1, 3], 10, [1, 2, 3, 4]),  # whole numbers are not cut
        ([-12, 30], 4, [-20, 0, 20, 40]),
        ([1980, 2024], 5, [1980, 1990, 2000, 2010, 2020, 2030]),
    ],
)
def test_fitting_ranges_begin_at_round_numbers(
    numbers: list[int], bins: int, edges: list[int]
) -> None:
    index = indexed(SCHEMA, [{"id": str(n), "n": number} for n, number in enumerate(numbers)])
    facet = index.search(facets=[RangeFacet("n", bins=bins)]).facets["n"]
    assert [line.value for line in facet] == [f"{a} – {b}" for a, b in itertools.pairwise(edges)]


def test_fitting_ranges_of_floats_are_written_short() -> None:
    index = indexed(SCHEMA, [{"id": "a", "x": 0.05}, {"id": "b", "x": 0.34}])
    facet = index.search(facets=[RangeFacet("x", bins=4)]).facets["x"]
    assert facet.as_dict() == {"0.0 – 0.1": 1, "0.1 – 0.2": 0, "0.2 – 0.3": 0, "0.3 – 0.4": 1}
    assert facet.distinct == 2


def test_a_choice_does_not_move_the_fitting_ranges() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "n": n} for n in range(50)])
    facet = RangeFacet("n", bins=5)
    wide = index.search(facets=[facet]).facets["n"]
    narrow = index.search(where=[wide.counts[1].filter], facets=[facet]).facets["n"]
    assert narrow.as_dict() == wide.as_dict()
    assert [line.selected for line in narrow] == [False, True, False, False, False]


@pytest.mark.parametrize(
    "facet",
    [
        RangeFacet("n"),
        RangeFacet("n", bins=0),
        RangeFacet("n", bins=True),
        RangeFacet("n", bins=2.5),  # type: ignore[arg-type]
        RangeFacet("n", bins=1_001),
        RangeFacet("n", [1], bins=2),
        RangeFacet("tag", bins=2),
        RangeFacet("n", bins=2, name=3),  # type: ignore[arg-type]
    ],
    ids=repr,
)
def test_ranges_that_cannot_be(facet: RangeFacet) -> None:
    with pytest.raises(QueryError, match="RangeFacet"):
        Index(SCHEMA).search(facets=[facet])
