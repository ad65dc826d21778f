"""Facets: every count is that of a loop in Python over the documents."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    CalendarFacet,
    Category,
    Date,
    DateTime,
    FacetResult,
    Float,
    Index,
    Integer,
    Keyword,
    Match,
    Not,
    Or,
    Query,
    QueryError,
    Range,
    RangeFacet,
    Schema,
    Stored,
    Term,
    Text,
    ValueFacet,
)
from searchlib.query.facets import Facet
from tests.conftest import SMALL, indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "tag": Keyword(),
        "place": Category(),
        "n": Integer(),
        "x": Float(),
        "open": Boolean(),
        "day": Date(),
        "at": DateTime(),
        "raw": Stored(),
    },
    languages=["und"],
)
Documents = list[dict[str, Any]]
laws = settings(max_examples=25, deadline=None)


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values | st.lists(values, max_size=3)


_days = st.sampled_from([date.min, date(1, 12, 31), date(1969, 12, 31), date(1970, 1, 1)]) | (
    st.sampled_from([date(2020, 2, 29), date(2020, 3, 1), date(9999, 12, 31)]) | st.dates()
)
_moments = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2020, 3, 1, tzinfo=UTC) - timedelta(microseconds=1),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
    ]
)
_integers = st.integers(-3, 3) | st.sampled_from(
    [-(2**63), 2**63 - 1, 2**53 + 1, 2**53, -(2**53) - 1]
)
_documents: Final = st.lists(
    st.fixed_dictionaries(
        {"title": st.sampled_from(["lion", "zebra", "lion zebra"])},
        optional={
            "tag": _some(st.sampled_from(["a", "b", "c", "a/b", "é", ""])),
            "place": _some(st.sampled_from(["A", "A/B", "A/B/C", "A.B", "A/BB", "D/A", "D/.*"])),
            "n": _some(_integers),
            "x": _some(st.sampled_from([-1.5, -0.0, 0.0, 0.1, 1.0, 1e300, -1e300, 5e-324])),
            "open": _some(st.booleans()),
            "day": _some(_days),
            "at": _some(_moments),
        },
    ),
    max_size=12,
).map(lambda found: [{"id": str(n), **document} for n, document in enumerate(found)])


def stocked(documents: Documents, size: int = 3) -> tuple[Index, Documents]:
    """An index of several segments, some of whose documents were deleted or replaced."""
    index = indexed(SCHEMA, *(documents[n : n + size] for n in range(0, len(documents), size)))
    gone = [{**one, "id": f"gone{n}"} for n, one in enumerate(documents[:3])]
    with index.writer(memory=SMALL) as writer:
        writer.add_many(gone).raise_for_rejected()
        for document in documents[:2]:
            writer.add({**document, "tag": "replaced", "n": 77, "place": "Z"})
    with index.writer(memory=SMALL) as writer:
        writer.delete(*(document["id"] for document in gone))
        writer.add_many(documents[:2]).raise_for_rejected()
    return index, documents


def values(document: dict[str, Any], field: str) -> list[Any]:
    value = document.get(field)
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def counted(documents: Documents, keys: Callable[[dict[str, Any]], set[Any]]) -> dict[Any, int]:
    return dict(Counter(key for document in documents for key in keys(document)))


def ancestors(path: str) -> list[str]:
    steps = path.split("/")
    return ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]


def check_filters(index: Index, query: Any, facet: FacetResult) -> None:
    """Each line's own filter finds as many documents as the line counts."""
    for line in facet:
        assert index.search(query, where=[line.filter], limit=0).total == line.count, line


# --- Values -----------------------------------------------------------------------------


@laws
@given(_documents, st.sampled_from([None, "lion", "zebra", "lion AND zebra"]))
def test_values_are_counted_exactly(documents: Documents, query: str | None) -> None:
    index, documents = stocked(documents)
    wanted = set(() if query is None else query.replace("AND", "").split())
    join = all if query and "AND" in query else any
    matching = [
        one for one in documents if not wanted or join(w in one["title"].split() for w in wanted)
    ]
    result = index.search(query, facets=["tag", "place", "n", "open", "_language"])
    assert result.total == len(matching)
    for field in ("tag", "n", "open"):
        expected = counted(matching, lambda one, field=field: set(values(one, field)))  # type: ignore[misc]
        facet = result.facets[field]
        assert facet.as_dict() == expected
        assert facet.other == 0
        assert all(
            type(line.value) is type(key) for line, key in zip(facet, facet.as_dict(), strict=True)
        )
        check_filters(index, query, facet)
    assert all(isinstance(line.value, bool) for line in result.facets["open"])
    tops = counted(matching, lambda one: {path.split("/")[0] for path in values(one, "place")})
    assert result.facets["place"].as_dict() == tops
    check_filters(index, query, result.facets["place"])
    assert result.facets["_language"].as_dict() == ({"und": len(matching)} if matching else {})


@laws
@given(_documents, st.sampled_from(["A", "A/B", "A.B", "D", "D/.*", "nowhere", "A/B/C", "["]))
def test_categories_below_a_path(documents: Documents, under: str) -> None:
    index, documents = stocked(documents)
    expected = counted(
        documents,
        lambda one: {
            path
            for place in values(one, "place")
            for path in ancestors(place)
            if path.rpartition("/")[0] == under
        },
    )
    facet = index.search(facets=[ValueFacet("place", under=under)]).facets["place"]
    assert facet.as_dict() == expected
    check_filters(index, None, facet)


@laws
@given(_documents, st.integers(1, 4), st.lists(st.sampled_from(["a", "b", "é", "x"]), max_size=3))
def test_limit_other_and_selected_values(
    documents: Documents, limit: int, selected: list[str]
) -> None:
    index, documents = stocked(documents)
    expected = counted(documents, lambda one: set(values(one, "tag")))
    where = {"tag": selected} if selected else None
    result = index.search(where=where, facets=[ValueFacet("tag", limit=limit)])
    facet = result.facets["tag"]
    shown = facet.as_dict()
    assert all(shown[value] == expected.get(value, 0) for value in shown)
    assert set(selected) <= set(shown)
    assert {line.value for line in facet if line.selected} == set(selected)
    assert len(set(shown) - set(selected)) <= limit
    assert len(shown) >= min(limit, len(expected))
    assert facet.other == sum(expected.values()) - sum(shown.values())
    counts = [line.count for line in facet]
    assert counts == sorted(counts, reverse=True)
    assert min(counts, default=0) >= 0
    unselected = [line.count for line in facet if not line.selected]
    hidden = [count for value, count in expected.items() if value not in shown]
    assert not hidden or len(unselected) == 0 or min(unselected) >= max(hidden)


def test_lines_of_one_count_are_in_the_order_of_their_values() -> None:
    index = indexed(SCHEMA, [{"id": "1", "tag": ["c", "a", "b"], "n": [3, -1, 2]}])
    result = index.search(facets=["tag", "n"])
    assert list(result.facets["tag"].as_dict()) == ["a", "b", "c"]
    assert list(result.facets["n"].as_dict()) == [-1, 2, 3]


def test_a_value_that_is_rare_in_every_segment_is_counted_exactly() -> None:
    """Approximate counts would come from each segment's own most frequent values."""
    batches = [
        [{"id": f"{b}-{n}", "tag": [f"s{b}-{n // 2}", *["spread"][n:]]} for n in range(60)]
        for b in range(8)
    ]
    index = indexed(SCHEMA, *batches)
    facet = index.search(facets=[ValueFacet("tag", limit=1)]).facets["tag"]
    assert facet.as_dict() == {"spread": 8}
    assert facet.other == 8 * 60


def test_a_limit_above_all_values_and_the_greatest() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "tag": f"t{n}"} for n in range(50)])
    for limit in (50, 51, 65_000):
        assert len(index.search(facets=[ValueFacet("tag", limit=limit)]).facets["tag"]) == 50


# --- Drill-sideways ---------------------------------------------------------------------


def matches(document: dict[str, Any], field: str, wanted: Sequence[Any]) -> bool:
    own = values(document, field)
    if field == "place":
        own = [path for place in own for path in ancestors(place)]
    return any(value in own for value in wanted)


@laws
@given(
    _documents,
    st.fixed_dictionaries(
        {},
        optional={
            "tag": st.lists(st.sampled_from(["a", "b", "a/b"]), min_size=1, max_size=2),
            "place": st.lists(st.sampled_from(["A", "A/B", "D"]), min_size=1, max_size=2),
            "n": st.lists(st.sampled_from([0, 1, -1, 2**53 + 1]), min_size=1, max_size=2),
            "open": st.lists(st.booleans(), min_size=1, max_size=1),
        },
    ),
)
def test_a_filter_does_not_narrow_its_own_facet(
    documents: Documents, where: dict[str, list[Any]]
) -> None:
    index, documents = stocked(documents)
    facets: list[str | Facet] = ["tag", "place", "n", "open", RangeFacet("x", [0, 1])]
    result = index.search("lion zebra", where=where, facets=facets)
    assert result.total == sum(
        all(matches(one, *condition) for condition in where.items()) for one in documents
    )
    for field in ("tag", "n", "open", "place"):
        others = {name: wanted for name, wanted in where.items() if name != field}
        rest = [one for one in documents if all(matches(one, *c) for c in others.items())]
        top = field == "place"
        expected = counted(
            rest,
            lambda one, field=field, top=top: {  # type: ignore[misc]
                value.split("/")[0] if top else value for value in values(one, field)
            },
        )
        expected = {value: count for value, count in expected.items() if count}
        shown = {value: count for value, count in result.facets[field].as_dict().items() if count}
        assert shown == expected
        chosen = {line.value for line in result.facets[field] if line.selected}
        assert chosen == {v for v in where.get(field, []) if not (top and "/" in v)}


def test_filters_as_nodes_are_known_as_the_facets_own() -> None:
    documents = [{"id": str(n), "tag": "ab"[n % 2], "n": n % 3} for n in range(12)]
    index = indexed(SCHEMA, documents[:5], documents[5:])
    for where in (
        {"tag": "a"},
        Term("tag", "a"),
        [Term("tag", "a")],
        Or(Term("tag", "a")),
        [Or(Term("tag", "a"), Term("tag", "zz"))],
    ):
        result = index.search(where=where, facets=["tag", "n"])
        lines = {line.value: (line.count, line.selected) for line in result.facets["tag"]}
        assert lines.pop("zz", (0, True)) == (0, True)
        assert lines == {"a": (6, True), "b": (6, False)}
        assert result.facets["n"].as_dict() == {0: 2, 1: 2, 2: 2}
        assert result.total == 6


def test_two_filters_on_one_field_both_leave_its_facet_whole() -> None:
    index = indexed(SCHEMA, [{"id": "1", "tag": ["a", "b"]}, {"id": "2", "tag": ["a", "c"]}])
    result = index.search(where=[Term("tag", "a"), Term("tag", "b")], facets=["tag"])
    assert result.ids == ("1",)
    assert result.facets["tag"].as_dict() == {"a": 2, "b": 1, "c": 1}
    assert {line.value for line in result.facets["tag"] if line.selected} == {"a", "b"}


def test_a_filter_over_two_fields_narrows_both() -> None:
    index = indexed(SCHEMA, [{"id": "1", "tag": "a", "n": 1}, {"id": "2", "tag": "b", "n": 2}])
    where = Or(Term("tag", "a"), Term("n", 5))
    result = index.search(where=[where], facets=["tag", "n"])
    assert result.facets["tag"].as_dict() == {"a": 1}
    assert result.facets["n"].as_dict() == {1: 1}


def test_an_excluding_filter_selects_nothing() -> None:
    index = indexed(SCHEMA, [{"id": "1", "tag": "a"}, {"id": "2", "tag": "b"}])
    result = index.search(where=[Not(Term("tag", "a"))], facets=["tag"])
    assert result.ids == ("2",)
    assert not any(line.selected for line in result.facets["tag"])


def test_a_filter_within_the_query_narrows_its_facet() -> None:
    index = indexed(
        SCHEMA, [{"id": "1", "title": "x", "tag": "a"}, {"id": "2", "title": "x", "tag": "b"}]
    )
    assert index.search("x tag:a", facets=["tag"]).facets["tag"].as_dict() == {"a": 1}


def test_selected_ranges_and_months() -> None:
    documents = [{"id": str(n), "n": n, "day": date(2020, 1 + n, 1)} for n in range(6)]
    index = indexed(SCHEMA, documents)
    facets: list[Facet] = [RangeFacet("n", [2, 4]), CalendarFacet("day", "month")]
    plain = index.search(facets=facets)
    middle = plain.facets["n"].counts[1]
    march = plain.facets["day"].counts[2]
    result = index.search(where=[middle.filter, march.filter], facets=facets)
    assert result.ids == ("2",)
    assert [line.selected for line in result.facets["n"]] == [False, True, False]
    assert [line.value for line in result.facets["day"] if line.selected] == ["2020-03"]
    assert result.facets["n"].as_dict() == {"< 2": 0, "2 – 4": 1, "≥ 4": 0}
    assert result.facets["day"].as_dict() == {"2020-03": 1, "2020-04": 1}


# --- Ranges -----------------------------------------------------------------------------


@laws
@given(
    _documents,
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
@given(_documents, st.sampled_from(["day", "at"]), st.sampled_from(["year", "month"]))
def test_calendars_are_counted_exactly(documents: Documents, field: str, unit: Any) -> None:
    index, documents = stocked(documents)
    size = 4 if unit == "year" else 7
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


# --- Requests that cannot be ------------------------------------------------------------


@pytest.mark.parametrize(
    "facet",
    [
        "title",
        "raw",
        "x",
        "nowhere",
        "id",
        ValueFacet("x"),
        ValueFacet("day"),
        ValueFacet("tag", limit=0),
        ValueFacet("tag", limit=-1),
        ValueFacet("tag", limit=65_001),
        ValueFacet("tag", under="A"),
        RangeFacet("tag", [1]),
        RangeFacet("day", [1]),
        RangeFacet("n", []),
        RangeFacet("n", [2, 1]),
        RangeFacet("n", [1, 1]),
        RangeFacet("x", [float("nan")]),
        RangeFacet("x", [float("inf")]),
        RangeFacet("n", ["1"]),  # type: ignore[list-item]
        CalendarFacet("n"),
        CalendarFacet("day", "week"),  # type: ignore[arg-type]
    ],
    ids=repr,
)
def test_facets_that_cannot_be_counted(facet: str | Facet) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "x", "n": 1, "x": 1.0, "day": "2020-01-01"}])
    with pytest.raises(QueryError):
        index.search(facets=[facet])


def test_counts_are_those_of_the_query_whatever_the_page() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "title": "x", "tag": f"t{n % 2}"} for n in range(9)])
    queries: list[str | Query] = ["x", Match("x"), "*:*"]
    for query in queries:
        for options in ({"limit": 0}, {"limit": 2, "offset": 4}, {"sort": "-tag"}):
            facet = index.search(query, facets=["tag"], **options).facets["tag"]
            assert facet.as_dict() == {"t0": 5, "t1": 4}
