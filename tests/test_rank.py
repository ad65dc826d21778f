"""Scores raised by fields: the formulas of the docstrings, computed once more in plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    Keyword,
    Popularity,
    QueryError,
    Recency,
    Schema,
    Sort,
    Text,
)
from searchlib.engine import ranking
from searchlib.engine.layout import hash_of
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "day": Date(),
        "at": DateTime(),
        "views": Integer(),
        "stars": Float(),
        "tag": Keyword(),
    },
    languages=["und"],
)
Documents = list[dict[str, Any]]
laws = settings(max_examples=25, deadline=None)
TODAY: Final = date(2026, 6, 1)


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | values | st.none() | st.lists(values, max_size=2)


_moments: Final = st.datetimes(datetime(2026, 1, 1), datetime(2026, 8, 1))
_documents: Final = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text("abc01", min_size=1, max_size=4),
            "title": st.sampled_from(["lion", "lion zebra", "zebra", "lion lion", "lion ant bee"]),
        },
        optional={
            "day": st.dates() | _some(st.dates(date(2026, 3, 1), date(2026, 7, 1))),
            "at": _some(_moments),
            "views": st.integers(-(2**63), 2**63 - 1) | _some(st.integers(-3, 300)),
            "stars": st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 5) | st.none(),
            "tag": st.sampled_from(["x", "y"]),
        },
    ),
    max_size=30,
    unique_by=lambda document: document["id"],
)
_weights: Final = st.floats(0.01, 20)
_ages: Final = st.timedeltas(timedelta(microseconds=1), timedelta(days=200)).filter(bool)
_ranks: Final = st.lists(
    st.builds(Recency, st.just("day"), _ages, _weights, st.just(TODAY))
    | st.builds(Recency, st.just("at"), _ages, _weights, _moments)
    | st.builds(Popularity, st.just("views"), st.integers(1, 1000) | _weights, _weights)
    | st.builds(Popularity, st.just("stars"), st.floats(1e-300, 1e308), _weights),
    min_size=1,
    max_size=3,
)
_queries: Final = st.sampled_from([None, "lion", "zebra lion", "tag:x", "nothing"])


def added(rank: Recency | Popularity, document: dict[str, Any]) -> float:
    """By the formula, from the first value of a document as it was given."""
    value = document.get(rank.field)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return 0.0
    if isinstance(rank, Recency):
        assert rank.origin is not None
        age = (rank.origin - value) / rank.half_life
        return rank.weight * float(0.5 ** min(max(age, 0.0), 5_000.0))
    if value <= 0:
        return 0.0
    return rank.weight / (1 + rank.pivot / float(value))


def scores_of(
    index: Index, documents: Documents, query: str | None, ranks: list[Any]
) -> dict[str, float]:
    """What each document found should score."""
    plain = {hit.id: hit.score or 0.0 for hit in index.search(query, limit=100)}
    by_id = {one["id"]: one for one in documents}
    return {
        key: score + sum(added(rank, by_id[key]) for rank in ranks) for key, score in plain.items()
    }


def stocked(documents: Documents, size: int) -> Index:
    return indexed(SCHEMA, *(documents[n : n + size] for n in range(0, len(documents), size)))


@laws
@given(_documents, st.integers(4, 30), _queries, _ranks, st.integers(0, 6), st.integers(0, 9))
def test_scores_follow_the_formulas(
    documents: Documents,
    size: int,
    query: str | None,
    ranks: list[Any],
    offset: int,
    limit: int,
) -> None:
    index = stocked(documents, size)
    expected = scores_of(index, documents, query, ranks)
    with patch.multiple(ranking, _FIRST=1, _GROWTH=2):  # as if pages were large
        whole = index.search(query, rank=ranks, limit=100)
        assert whole.total == len(expected) == len(whole)
        for hit in whole:
            assert hit.score == pytest.approx(expected[hit.id], rel=1e-4, abs=1e-4)
        scores = [hit.score or 0.0 for hit in whole]
        assert scores == sorted(scores, reverse=True)
        page = index.search(query, rank=ranks, limit=limit, offset=offset)
        assert [hit.score for hit in page] == scores[offset : offset + limit]
        assert page.ids == whole.ids[offset : offset + limit]


@laws
@given(
    _documents,
    st.integers(4, 30),
    _queries,
    _ranks,
    st.lists(
        st.sampled_from([Sort("score"), Sort("tag"), Sort("views", True), Sort("id")]),
        max_size=2,
    ),
    st.booleans(),
    st.integers(1, 6),
)
def test_pages_by_cursor_make_the_one_list(
    documents: Documents,
    size: int,
    query: str | None,
    ranks: list[Any],
    others: list[Sort],
    is_first: bool,
    limit: int,
) -> None:
    index = stocked(documents, size)
    score = Sort("score")
    options: dict[str, Any] = {
        "sort": [score, *others] if is_first else [*others, score],
        "rank": ranks,
    }
    with patch.multiple(ranking, _FIRST=1, _GROWTH=2):
        whole = index.search(query, limit=100, **options)
        found = index.search(query, limit=limit, **options)
        ids = list(found.ids)
        while found.cursor is not None:
            found = index.search(query, limit=limit, after=found.cursor, **options)
            ids += found.ids
    assert ids == list(whole.ids)
    assert len(set(ids)) == whole.total
    if options["sort"][0] == score:
        scores = [hit.score or 0.0 for hit in whole]
        assert scores == sorted(scores, reverse=True)


@laws
@given(_documents, st.sampled_from([None, "lion", "zebra lion"]), _ranks)
def test_explain_gives_the_score_of_the_hit(
    documents: Documents, query: str | None, ranks: list[Any]
) -> None:
    index = stocked(documents, 9)
    for hit in index.search(query, rank=ranks, limit=3):
        explanation = index.explain(query or "*:*", hit, rank=ranks)
        assert explanation.score == pytest.approx(hit.score, rel=1e-4, abs=1e-4)
        total = sum(reason.score for reason in explanation.reasons)
        assert total == pytest.approx(explanation.score, rel=1e-4, abs=1e-4)


def test_many_documents_of_one_relevance() -> None:
    """More than are looked at first, and none of them may be lost."""
    documents = [
        {"id": f"d{n}", "title": "lion", "views": n * 7919 % 1000, "day": date(2026, 1, 1 + n % 28)}
        for n in range(1000)
    ]
    index = indexed(SCHEMA, documents[:300], documents[300:])
    several: list[list[Any]] = [
        [Popularity("views", pivot=1_000_000, weight=5)],
        [Recency("day", timedelta(days=9_000), weight=3, origin=TODAY)],
        [Popularity("views", pivot=10), Recency("day", timedelta(days=7), origin=TODAY)],
    ]
    for ranks in several:
        for query in ("lion", None):
            gains = [sum((added(rank, one) for rank in ranks), 0.0) for one in documents]
            expected = sorted(-gain for gain in gains)
            hits = index.search(query, rank=ranks, limit=40, offset=470).hits
            base = (hits[0].score or 0.0) + expected[470]
            for hit, gain in zip(hits, expected[470:], strict=False):
                assert hit.score == pytest.approx(base - gain, abs=1e-4)


def test_ties_of_the_raised_score_are_broken_by_the_further_keys() -> None:
    documents = [{"id": f"d{n}", "title": "lion", "views": n % 3} for n in range(60)]
    index = indexed(SCHEMA, documents)
    ranks = [Popularity("views", pivot=1)]
    ids = index.search("lion", rank=ranks, sort="score", limit=20).ids
    assert list(ids) == sorted((f"d{n}" for n in range(2, 60, 3)), key=hash_of)
    ids = index.search(rank=ranks, sort=["score", "-id"], limit=3).ids
    assert ids == ("d8", "d59", "d56")


def test_a_cursor_keeps_the_present() -> None:
    documents = [
        {"id": f"d{n:02}", "title": "lion", "at": datetime(2026, 1, 1) + timedelta(hours=n)}
        for n in range(30)
    ]
    index = indexed(SCHEMA, documents)
    options: dict[str, Any] = {"rank": [Recency("at", timedelta(hours=1))], "sort": "score"}
    start = int(datetime(2026, 1, 2, tzinfo=UTC).timestamp() * 1_000_000)
    ids: list[str] = []
    cursor = None
    for hours in range(0, 10, 2):  # those of the future score alike, those of the past do not
        with patch("searchlib.searcher.now", lambda hours=hours: start + hours * 3_600_000_000):
            result = index.search("lion", limit=6, after=cursor, **options)
        ids += result.ids
        cursor = result.cursor
    assert cursor is None
    assert sorted(ids) == [f"d{n:02}" for n in range(30)]
    assert ids[6:] == sorted(ids[6:], reverse=True)


def test_without_an_origin_the_present_counts() -> None:
    now = datetime.now(UTC)
    index = indexed(
        SCHEMA, [{"id": "a", "title": "lion", "at": now - timedelta(days=2), "day": now.date()}]
    )
    plain = index.search("lion").hits[0].score or 0.0
    score = index.search("lion", rank=[Recency("at", timedelta(days=1), 4.0)]).hits[0].score
    assert score == pytest.approx(plain + 1.0, abs=0.01)
    score = index.search("lion", rank=[Recency("day", timedelta(hours=1), 4.0)]).hits[0].score
    assert score in (pytest.approx(plain + 4.0), pytest.approx(plain))  # around midnight


def test_the_explanation_names_the_value() -> None:
    index = indexed(SCHEMA, [{"id": "a", "title": "lion", "day": date(2026, 5, 2), "views": 30}])
    ranks: list[Any] = [
        Recency("day", timedelta(days=30), 2.0, TODAY),
        Popularity("views", 10, 4.0),
    ]
    reasons = {reason.view: reason for reason in index.explain("lion", "a", rank=ranks).reasons}
    assert reasons["recency"].score == pytest.approx(1.0)
    assert reasons["recency"].term == "2026-05-02"
    assert reasons["popularity"].score == pytest.approx(3.0)
    assert str(reasons["popularity"]) == "popularity '30' in views"
    assert not index.explain("zebra", "a", rank=ranks).is_found


# --- What cannot be ---------------------------------------------------------------------

DAY: Final = timedelta(days=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Recency("day", -DAY),
        lambda: Recency("day", timedelta(0)),
        lambda: Recency("day", 30),  # type: ignore[arg-type]
        lambda: Recency("day", DAY, weight=0),
        lambda: Recency("day", DAY, weight=-1.0),
        lambda: Recency("day", DAY, weight=float("nan")),
        lambda: Recency("day", DAY, weight=1e9),
        lambda: Recency("day", DAY, weight="2"),  # type: ignore[arg-type]
        lambda: Recency("day", DAY, origin="2026"),  # type: ignore[arg-type]
        lambda: Recency(3, DAY),  # type: ignore[arg-type]
        lambda: Popularity("views", 0),
        lambda: Popularity("views", -5),
        lambda: Popularity("views", float("inf")),
        lambda: Popularity("views", float("nan")),
        lambda: Popularity("views", True),
        lambda: Popularity("views", 5, weight=True),
    ],
)
def test_ranks_that_are_none(make: Any) -> None:
    with pytest.raises(QueryError, match=r"Recency|Popularity"):
        make()


@pytest.mark.parametrize(
    "rank",
    [
        [Recency("views", DAY)],
        [Recency("place", DAY)],
        [Recency("title", DAY)],
        [Recency("_id_hash", DAY)],
        [Popularity("day", 3)],
        [Popularity("tag", 3)],
        ["day"],
        "day",
        3,
        Recency("day", DAY),
        {"day": DAY},
    ],
    ids=repr,
)
def test_ranks_that_do_not_fit(rank: Any) -> None:
    index = indexed(SCHEMA, [{"id": "a", "title": "lion"}])
    with pytest.raises(QueryError, match=r"rank|Recency|Popularity"):
        index.search("lion", rank=rank)
    with pytest.raises(QueryError, match=r"rank|Recency|Popularity"):
        index.explain("lion", "a", rank=rank)


def test_a_cursor_belongs_to_its_rank() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "title": "lion", "views": n} for n in range(9)])
    cursor = index.search("lion", rank=[Popularity("views", 3)], sort="score", limit=2).cursor
    rest = index.search("lion", rank=(Popularity("views", 3),), sort="score", after=cursor)
    assert rest.ids == tuple("6543210")
    with pytest.raises(QueryError, match="after"):
        index.search("lion", rank=[Popularity("views", 4)], sort="score", after=cursor)
    with pytest.raises(QueryError, match="after"):
        index.search("lion", sort="score", after=cursor)
