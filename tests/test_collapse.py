"""Collapsing by a field: what it gives is what plain Python makes of the whole list of hits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Category,
    Collapse,
    Date,
    Float,
    Index,
    Integer,
    Keyword,
    NearDuplicates,
    QueryError,
    Schema,
    Sort,
    Stored,
    Text,
)
from searchlib.engine.ranking import Ranking
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "site": Keyword(),
        "place": Category(),
        "n": Integer(),
        "open": Boolean(),
        "on": Date(),
        "x": Float(),
        "raw": Stored(),
    },
    languages=["und"],
)
Documents = list[dict[str, Any]]
laws = settings(max_examples=40, deadline=None)


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly one value, seldom none or several."""
    return values | values | st.none() | st.lists(values, max_size=3)


_documents: Final = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text("abđé01", min_size=1, max_size=3),
            "title": st.sampled_from(["lion", "lion zebra", "zebra", "lion lion", "lion ant bee"]),
        },
        optional={
            "site": _some(st.sampled_from(["", "a", "b", "é", "đ", "𠮷"])),
            "place": _some(st.sampled_from(["A", "A/B", "/A/ B /", "A/B/C", "B"])),
            "n": _some(st.sampled_from([0, -1, -(2**63), 2**63 - 1, 2**53, 2**53 + 1])),
            "open": _some(st.booleans()),
            "on": _some(st.sampled_from([date(1, 1, 1), date(1970, 1, 1), date(2022, 9, 15)])),
            "x": st.sampled_from([0.5, 1.5]),
        },
    ),
    max_size=30,
    unique_by=lambda document: document["id"],
)
_fields: Final = st.sampled_from(["site", "place", "n", "open", "on"])
_queries: Final = st.sampled_from([None, "lion", "zebra lion", "x:0.5", "nothing"])
_wheres: Final = st.sampled_from([None, {"x": 0.5}, {"site": ["a", "b"]}])
_sorts: Final = st.sampled_from(
    [None, "-n", ["site", "-id"], "score", Sort("on", missing="first"), ["open", "x"]]
)


class Key(NamedTuple):
    """What a document is collapsed by: its first value, or if it has none, itself."""

    value: Any
    alone: str | None = None


def key_of(document: dict[str, Any], field: str) -> Key:
    value = document.get(field)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return Key(None, document["id"])
    if field == "place":
        value = "/".join(step.strip() for step in value.strip("/").split("/"))
    return Key(value)


def groups_of(index: Index, field: str, **options: Any) -> dict[Key, list[str]]:
    """Group → the ids of its documents, both in the order of the hits."""
    groups: dict[Key, list[str]] = {}
    for hit in index.search(**options, limit=100):
        groups.setdefault(key_of(hit.document, field), []).append(hit.id)
    return groups


def stocked(documents: Documents, size: int) -> Index:
    return indexed(SCHEMA, *(documents[n : n + size] for n in range(0, len(documents), size)))


@laws
@given(
    _documents,
    st.integers(4, 30),
    _fields,
    _queries,
    _wheres,
    _sorts,
    st.integers(0, 12),
    st.integers(0, 6),
    st.integers(0, 4),
)
def test_groups_are_those_of_the_whole_list(
    documents: Documents,
    size: int,
    field: str,
    query: str | None,
    where: Any,
    sort: Any,
    limit: int,
    offset: int,
    hits: int,
) -> None:
    index = stocked(documents, size)
    options = {"query": query, "where": where, "sort": sort}
    groups = groups_of(index, field, **options)
    expected = list(groups.items())[offset : offset + limit]
    plain = index.search(**options, limit=100)
    scores = {hit.id: hit.score for hit in plain}
    result = index.search(**options, limit=limit, offset=offset, collapse=Collapse(field, hits))
    assert (result.total, result.groups) == (plain.total, len(groups))
    assert list(result.ids) == [ids[0] for _, ids in expected]
    for hit, (key, ids) in zip(result, expected, strict=True):
        assert hit.group is not None
        assert (hit.group.value, type(hit.group.value)) == (key.value, type(key.value))
        assert hit.group.count == len(ids)
        assert [other.id for other in hit.group.hits] == ids[1 : hits + 1]
        assert hit.score == scores[hit.id]
        assert all(other.group is None for other in hit.group.hits)


@laws
@given(_documents, st.integers(4, 30), _fields, _queries, _sorts, st.integers(1, 5))
def test_pages_by_offset_make_the_one_list(
    documents: Documents, size: int, field: str, query: str | None, sort: Any, limit: int
) -> None:
    index = stocked(documents, size)
    leads = [ids[0] for ids in groups_of(index, field, query=query, sort=sort).values()]
    ids: list[str] = []
    for offset in range(0, len(leads) + limit, limit):
        page = index.search(
            query, sort=sort, limit=limit, offset=offset, collapse=field, facets=["n"]
        )
        assert page.facets == index.search(query, facets=["n"]).facets  # of documents
        ids += page.ids
    assert ids == leads


@laws
@given(_documents, st.integers(4, 30), _fields, _queries, _sorts.filter(bool), st.integers(1, 5))
def test_pages_by_cursor_make_the_one_list(
    documents: Documents, size: int, field: str, query: str | None, sort: Any, limit: int
) -> None:
    index = stocked(documents, size)
    leads = [ids[0] for ids in groups_of(index, field, query=query, sort=sort).values()]
    ids: list[str] = []
    for result in cursor_pages(index, query, sort=sort, limit=limit, collapse=field):
        assert result.groups == len(leads)
        ids += result.ids
    assert ids == leads


def cursor_pages(index: Index, query: str | None, **options: Any) -> Iterator[Any]:
    result = index.search(query, **options)
    yield result
    while result.cursor is not None:
        assert len(result) == options["limit"]
        result = index.search(query, **options, after=result.cursor)
        assert len(result)  # a cursor promises more
        yield result


def test_writes_to_other_groups_do_not_move_a_cursor() -> None:
    documents = [{"id": f"d{n}", "n": n, "site": f"s{n % 4}"} for n in range(12)]
    index = indexed(SCHEMA, documents)
    first = index.search(sort="n", limit=2, collapse="site")
    assert first.ids == ("d0", "d1")
    index.add([{"id": "new", "n": -1, "site": "s9"}, {"id": "old", "n": 7, "site": "s0"}])
    index.delete("d6", "d1")
    rest = index.search(sort="n", limit=9, collapse="site", after=first.cursor)
    # Site 1 stands before the cursor no more, but at d5.
    assert rest.ids == ("d2", "d3", "d5")
    assert rest.groups == 5


# --- Many hits --------------------------------------------------------------------------


def test_a_group_of_most_hits_does_not_crowd_out_the_others() -> None:
    """The others stand behind thousands of hits of one site, in several segments."""
    big = [{"id": f"b{n}", "n": n, "site": "big"} for n in range(3_000)]
    small = [{"id": f"s{n}", "n": 5_000 + n // 2, "site": f"small {n // 2}"} for n in range(10)]
    alone = [{"id": "alone", "n": 9_000}]
    index = indexed(SCHEMA, big[::2], small + alone, big[1::2])
    result = index.search(sort=["n", "id"], limit=4, collapse=Collapse("site", hits=2))
    assert result.ids == ("b0", "s0", "s2", "s4")
    group = result.hits[0].group
    assert group is not None
    assert (group.value, group.count) == ("big", 3_000)
    assert [hit.id for hit in group.hits] == ["b1", "b2"]
    assert (result.total, result.groups) == (3_011, 7)
    last = index.search(sort=["n", "id"], limit=9, offset=5, collapse="site")
    assert last.ids == ("s8", "alone")
    by_score = index.search(limit=100, collapse="site")
    assert len(by_score) == 7
    assert {hit.group.count for hit in by_score if hit.group} == {3_000, 2, 1}


def test_a_page_that_is_full_reads_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [{"id": f"d{n}", "site": f"s{n % 500}"} for n in range(2_000)]
    index = indexed(SCHEMA, documents)
    stops: list[int] = []
    ordered = Ranking.ordered

    def watched(self: Ranking, query: Any, start: int, stop: int) -> Any:
        stops.append(stop)
        return ordered(self, query, start, stop)

    monkeypatch.setattr(Ranking, "ordered", watched)
    assert len(index.search(limit=10, collapse="site")) == 10
    assert max(stops) < 200
    stops.clear()
    assert len(index.search(limit=1_000, collapse="site")) == 500
    stops.clear()
    assert index.search(limit=0, collapse="site").groups == 500
    assert not stops


def test_more_groups_than_one_answer_of_the_engine_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.engine.snapshot._MOST_INTEGERS", 30)
    documents = [{"id": f"d{n}", "n": n // 2, "site": f"s{n // 3}"} for n in range(300)]
    index = indexed(SCHEMA, documents[200:], documents[:200])
    for field, count in (("n", 150), ("site", 100)):
        result = index.search(collapse=field, sort="n", limit=3)
        assert (result.total, result.groups) == (300, count)
        assert [hit.group.count for hit in result if hit.group] == [300 // count] * 3


# --- With the rest of a search ----------------------------------------------------------


def test_inner_hits_are_hits() -> None:
    documents = [
        {"id": "a", "title": "lion lion", "site": "x", "n": 1},
        {"id": "b", "title": "one lion", "site": "x", "n": 2},
        {"id": "c", "title": "zebra", "site": "x", "n": 3},
    ]
    index = indexed(SCHEMA, documents)
    (hit,) = index.search("lion", collapse=Collapse("site", 5), highlight=True)
    assert hit.id == "a" and hit.group is not None
    (other,) = hit.group.hits
    assert hit.group.count == 2
    assert other.document == documents[1]
    assert other.highlights["title"] == ("one <mark>lion</mark>",)
    assert other.score is not None and hit.score is not None and other.score < hit.score


def test_without_collapse_there_are_no_groups() -> None:
    index = indexed(SCHEMA, [{"id": "a", "site": "x"}])
    result = index.search()
    assert result.groups is None and result.hits[0].group is None
    assert index.search("nothing", collapse="site").groups == 0


def test_a_cursor_belongs_to_its_groups() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "n": n, "site": str(n)} for n in range(9)])
    cursor = index.search(sort="n", limit=2, collapse="n").cursor
    plain = index.search(sort="n", limit=2).cursor
    assert cursor is not None and plain is not None
    for other in ("site", None, NearDuplicates()):
        with pytest.raises(QueryError, match="after"):
            index.search(sort="n", after=cursor, collapse=other)
    with pytest.raises(QueryError, match="after"):
        index.search(sort="n", after=plain, collapse="n")
    with pytest.raises(QueryError, match="after needs a sort"):
        index.search(after=cursor, collapse="n")
    with pytest.raises(QueryError, match="not both"):
        index.search(sort="n", after=cursor, offset=1, collapse="n")


# --- What cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "x", "raw", "id", "", "nowhere", "_language"])
def test_fields_that_nothing_is_collapsed_by(field: str) -> None:
    with pytest.raises(QueryError, match="fields to collapse by: site, place, n, open, on"):
        Index(SCHEMA).search(collapse=field)


@pytest.mark.parametrize("request_", [3, ["site"], {"field": "site"}, True, Sort("site")])
def test_requests_that_are_none(request_: Any) -> None:
    with pytest.raises(QueryError, match="collapse is"):
        Index(SCHEMA).search(collapse=request_)


@pytest.mark.parametrize(
    "options",
    [("n", -1), ("n", 101), ("n", True), ("n", 1.0), (3, 0)],
    ids=repr,
)
def test_values_out_of_range(options: tuple[Any, Any]) -> None:
    with pytest.raises(QueryError, match="Collapse"):
        Collapse(*options)
