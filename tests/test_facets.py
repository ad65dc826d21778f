"""Facets: every count is that of a loop in Python over the documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    CalendarFacet,
    Index,
    Integer,
    Match,
    Not,
    Or,
    Query,
    QueryError,
    Range,
    RangeFacet,
    Schema,
    Searcher,
    Term,
    Text,
    ValueFacet,
)
from searchlib.query.facets import Facet
from tests.conftest import indexed
from tests.facet_documents import (
    DOCUMENTS,
    SCHEMA,
    Documents,
    ancestors,
    check_filters,
    counted,
    laws,
    stocked,
    values,
)

# --- Values -----------------------------------------------------------------------------


@laws
@given(DOCUMENTS, st.sampled_from([None, "lion", "zebra", "lion AND zebra"]))
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
@given(DOCUMENTS, st.sampled_from(["A", "A/B", "A.B", "D", "D/.*", "nowhere", "A/B/C", "["]))
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
@given(DOCUMENTS, st.integers(1, 4), st.lists(st.sampled_from(["a", "b", "é", "x"]), max_size=3))
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
    DOCUMENTS,
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


# --- What is remembered -----------------------------------------------------------------


def test_counts_are_those_of_the_very_search_and_commit() -> None:
    schema = Schema({"title": Text(), "n": Integer(), "open": Boolean()}, languages=["und"])
    index = Index(schema)
    index.add([{"id": str(n), "title": "lion", "n": n % 3, "open": n % 2 == 0} for n in range(12)])
    old = index.searcher()

    def counts(reader: Searcher, **options: Any) -> list[dict[Any, int]]:
        options = {"query": "lion", "facets": ["n", "open"], **options}
        return [facet.as_dict() for facet in reader.search(**options).facets.values()]

    for _ in range(2):  # the second time from memory
        assert counts(index) == [{0: 4, 1: 4, 2: 4}, {False: 6, True: 6}]
        assert counts(index, where={"n": 1}) == [{0: 4, 1: 4, 2: 4}, {False: 2, True: 2}]
        assert counts(index, where={"open": True}) == [{0: 2, 1: 2, 2: 2}, {False: 6, True: 6}]
        assert counts(index, query="n:1") == [{1: 4}, {False: 2, True: 2}]
        assert counts(index, query="linn")[0] == {0: 4, 1: 4, 2: 4}
        assert counts(index, query="linn", typos=False)[0] == {}
        assert counts(index, facets=[ValueFacet("n", limit=1)]) == [{0: 4}]
    for query in (Term("n", 1), Range("n", gte=1), Range("n", gt=1)):
        found = [1, 2] if query == Range("n", gte=1) else [1] if query == Term("n", 1) else [2]
        assert counts(index, query=query, facets=["n"]) == [dict.fromkeys(found, 4)]
    index.search("lion", facets=["n"]).facets.clear()  # type: ignore[attr-defined]
    index.add([{"id": "new", "title": "lion", "n": 0, "open": True}])
    assert counts(index) == [{0: 5, 1: 4, 2: 4}, {False: 6, True: 7}]
    assert counts(old) == [{0: 4, 1: 4, 2: 4}, {False: 6, True: 6}]


def test_what_is_remembered_is_bounded() -> None:
    index = Index(Schema({"n": Integer()}, languages=["und"]))
    index.add([{"id": str(n), "n": n % 5} for n in range(20)])
    for least in [*range(-300, 5), -300]:
        found = index.search(Range("n", gte=least), facets=["n"]).facets["n"]
        assert found.as_dict() == {n: 4 for n in range(5) if n >= least}
    assert len(index.searcher()._snapshot().counts) == 100
