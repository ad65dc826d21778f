"""Documents split over several indexes are found as in one index that holds them all."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.relevance.collection import read_collection
from searchlib import (
    And,
    Boolean,
    CalendarFacet,
    Category,
    Date,
    Exists,
    Float,
    Hit,
    Index,
    Integer,
    Keyword,
    Match,
    MultiSearcher,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    RangeFacet,
    Schema,
    Sort,
    Term,
    Text,
    ValueFacet,
)
from searchlib.query.facets import Facet
from searchlib.query.order import Order
from tests.conftest import SMALL, indexed

laws = settings(max_examples=8, deadline=None)
WORDS: Final = "rivers river road roads map maps lake péché pêche été eau hội quốc Lào".split()
TAGS: Final = ["a", "b", "c", "ab", "đ"]
SCHEMA: Final = Schema(
    {
        "title": Text(),
        "tag": Keyword(),
        "place": Category(),
        "n": Integer(),
        "f": Float(),
        "open": Boolean(),
        "day": Date(),
    },
    languages=["en"],
)
FACETS: Final[list[str | Facet]] = [
    "tag",
    "open",
    "_language",
    ValueFacet("tag", limit=2, order="value", name="two"),
    ValueFacet("place"),
    ValueFacet("place", under="x", name="under"),
    ValueFacet("n", name="numbers"),
    RangeFacet("n", bounds=(0, 3), name="ranges"),
    RangeFacet("f", bins=3),
    CalendarFacet("day", unit="month"),
]
#: A document, and the index that it goes into.
Placed = tuple[dict[str, Any], int]


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values | st.lists(values, max_size=2)


@st.composite
def libraries(draw: st.DrawFn, words: int | None = None) -> tuple[Index, MultiSearcher]:
    """One index of all documents, and several that hold them between them; all titles of so many
    words, and with one tag at most, or of any number: what a match scores depends on the length of
    its field, of which each index knows the mean alone (docs/adr/0012)."""
    tag = st.sampled_from(TAGS)
    title = st.lists(
        st.sampled_from(WORDS), min_size=words or 0, max_size=5 if words is None else words
    )
    fields = {
        "title": title.map(" ".join),
        "tag": some(tag) if words is None else st.none() | tag,
        "place": some(st.sampled_from(["x", "x/y", "x/z", "w/y"])),
        "n": some(st.integers(-2, 5)),
        "f": some(st.sampled_from([-1.5, 0.0, 2.25, 1e6])),
        "open": some(st.booleans()),
        "day": some(st.integers(0, 90).map(lambda days: date(2024, 1, 1) + timedelta(days))),
    }
    bodies = draw(st.lists(st.fixed_dictionaries(fields), max_size=14))
    documents = [{"id": f"d{n}", **body} for n, body in enumerate(bodies)]
    count = draw(st.integers(1, 4))
    homes = draw(
        st.lists(st.integers(0, count - 1), min_size=len(documents), max_size=len(documents))
    )
    whole = indexed(SCHEMA, documents)
    parts = {}
    for number in range(count):
        own = [one for one, home in zip(documents, homes, strict=True) if home == number]
        parts[f"p{number}"] = indexed(SCHEMA, *filter(None, [own[:3], own[3:]]))
    return whole, MultiSearcher(parts)


def queries() -> st.SearchStrategy[Query | str | None]:
    word = st.sampled_from(WORDS)
    words = st.lists(word, min_size=1, max_size=3).map(" ".join)
    leaf: st.SearchStrategy[Query] = (
        words.map(Match)
        | words.map(Phrase)
        | word.map(lambda one: Prefix(one[:2]))
        | st.sampled_from(TAGS).map(lambda tag: Term("tag", tag))
        | st.integers(-2, 5).map(lambda n: Term("n", n))
        | st.integers(-2, 5).map(lambda n: Range("n", gte=n))
        | st.sampled_from(["title", "tag", "day"]).map(Exists)
    )
    nodes = st.recursive(
        leaf,
        lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner) | inner.map(Not),
        max_leaves=3,
    )
    return (
        st.none() | words | word.map(lambda one: one[:-1] + "x") | words.map("{}~".format) | nodes
    )


def filters() -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [None, {"tag": "a"}, {"tag": ["a", "b"]}, {"open": True}, [Range("n", gte=1, lt=4)]]
    )


def scores(hits: Any) -> Any:
    """Id → score, but for the last digits."""
    return pytest.approx({hit.id: hit.score for hit in hits}, rel=1e-5)


@laws
@given(data=st.data())
def test_the_same_documents_are_found_and_counted(data: st.DataObject) -> None:
    whole, parts = data.draw(libraries())
    for _ in range(3):
        query, where = data.draw(queries()), data.draw(filters())
        expected = whole.search(query, where=where, facets=FACETS, limit=50)
        found = parts.search(query, where=where, facets=FACETS, limit=50)
        assert set(found.ids) == set(expected.ids), query
        assert found.total == expected.total == len(found)
        assert found.facets == expected.facets, (query, where)
        assert (found.query, found.language) == (expected.query, expected.language)
        assert found.notices == expected.notices
        for hit in found:
            assert hit.index is not None
            assert parts.indexes[hit.index].get(hit.id) == hit.document == whole.get(hit.id)


@laws
@given(data=st.data())
def test_scores_are_those_of_one_index_where_texts_are_of_one_length(data: st.DataObject) -> None:
    whole, parts = data.draw(libraries(words=3))
    for _ in range(4):
        query = data.draw(queries())
        expected, found = whole.search(query, limit=50), parts.search(query, limit=50)
        scores = {hit.id: hit.score for hit in expected}
        assert {hit.id: hit.score for hit in found} == pytest.approx(scores, rel=1e-4), str(query)
        # Each comes where its score says, and equals by index and place there.
        places = [(-float(f"{hit.score:.5g}"), hit.index) for hit in found]
        assert places == sorted(places)


SORTS: Final[list[Order]] = [
    "n",
    "-f",
    "id",
    ["tag", "-day"],
    ["-open", Sort("n", missing="first")],
    [Sort("day", descending=True, missing="first"), "id"],
    ["tag", "id", "n"],
]


@laws
@given(data=st.data())
def test_pages_go_on_where_the_one_before_ended(data: st.DataObject) -> None:
    whole, parts = data.draw(libraries(words=3))
    query, where = data.draw(queries()), data.draw(filters())
    sort = data.draw(st.none() | st.sampled_from(SORTS))
    size = data.draw(st.integers(1, 4))
    everything = parts.search(query, where=where, sort=sort, limit=50)
    if sort is not None:
        assert everything.ids == whole.search(query, where=where, sort=sort, limit=50).ids
    pages: list[Hit] = []
    for offset in range(0, everything.total, size):
        pages += parts.search(query, where=where, sort=sort, limit=size, offset=offset)
    assert pages == list(everything)
    if sort is not None:
        follow(parts, everything.hits, size, query=query, where=where, sort=sort)


def follow(searcher: MultiSearcher, expected: tuple[Hit, ...], size: int, **asked: Any) -> None:
    """Read page after page by their cursors."""
    result = searcher.search(**asked, limit=size)
    pages = list(result)
    while result.cursor is not None:
        result = searcher.search(**asked, limit=size, after=result.cursor)
        assert result.hits
        pages += result
    assert pages == list(expected)


@laws
@given(data=st.data())
def test_cursors_lead_through_documents_of_one_id_and_of_unlike_schemas(
    data: st.DataObject,
) -> None:
    """Each index lacks a field to sort by; ids and values are drawn from few."""
    kinds = {"n": Integer(), "tag": Keyword(), "title": Text()}
    indexes = {}
    for number, lacking in enumerate(["", "n", "tag"]):
        fields = {name: kind for name, kind in kinds.items() if name != lacking}
        rows = data.draw(
            st.lists(
                st.tuples(
                    st.sampled_from("abcd"), st.none() | st.integers(0, 1), st.sampled_from("xy")
                ),
                max_size=4,
                unique_by=lambda row: row[0],
            )
        )
        documents = [{"id": row[0], "title": "one", "n": row[1], "tag": row[2]} for row in rows]
        own = [{key: one[key] for key in ["id", *fields]} for one in documents]
        indexes[f"i{number}"] = indexed(Schema(fields, languages=["en"]), own)
    searcher = MultiSearcher(indexes)
    orders = data.draw(st.permutations(["n", "tag", "score"]))
    sort = [
        Sort(name) if name == "score" else Sort(name, *data.draw(st.sampled_from(DIRECTIONS)))
        for name in orders[: data.draw(st.integers(1, 3))]
    ]
    everything = searcher.search("one", sort=sort, limit=50)
    assert len(everything) == len(searcher)
    follow(searcher, everything.hits, data.draw(st.integers(1, 3)), query="one", sort=sort)
    ranked = [key for key in sort if key.field != "score"]
    if len(ranked) == len(sort):
        places = [
            (
                [place(hit.document.get(key.field), key) for key in sort],
                hit.id,
                hit.index,
            )
            for hit in everything
        ]
        groups = [values for values, _, _ in places]
        assert groups == sorted(groups)
        for before, behind in pairwise(places):
            if before[:2] == behind[:2]:
                assert str(before[2]) < str(behind[2])


DIRECTIONS: Final = [(down, missing) for down in (False, True) for missing in ("first", "last")]


def place(value: Any, key: Sort) -> tuple[int, Any]:
    """A value as something that sorts so."""
    if value is None:
        return (-1 if key.missing == "first" else 1), 0
    number = ord(value) if isinstance(value, str) else value
    return 0, (-number if key.descending else number)


@laws
@given(data=st.data())
def test_deleted_documents_count_as_in_one_index(data: st.DataObject) -> None:
    """Until their segment is merged away, here and there alike."""
    titles = data.draw(
        st.lists(st.lists(st.sampled_from(WORDS[:6]), min_size=3, max_size=3), min_size=4)
    )
    documents = [{"id": str(n), "title": " ".join(title)} for n, title in enumerate(titles)]
    middle = data.draw(st.integers(1, len(documents) - 1))
    gone = data.draw(st.sets(st.sampled_from([one["id"] for one in documents]), max_size=3))
    # One more in each segment: tantivy drops a segment without any document at once.
    kept = [{"id": f"k{n}", "title": "lake moon sand"} for n in range(2)]
    whole = indexed(SCHEMA, [*documents, *kept])
    indexes = {
        "one": indexed(SCHEMA, [*documents[:middle], kept[0]]),
        "two": indexed(SCHEMA, [*documents[middle:], kept[1]]),
    }
    for index in (whole, *indexes.values()):
        with index.writer(memory=SMALL) as writer:
            writer.delete(*gone)
    for query in [*WORDS[:6], "rivers road", '"river road"', "ro*"]:
        expected = whole.search(query, limit=100)
        found = MultiSearcher(indexes).search(query, limit=100)
        assert {hit.id: hit.score for hit in found} == scores(expected)


# --- Real texts -------------------------------------------------------------------------


def differences(hits: list[Hit], expected: dict[str, float]) -> list[float]:
    """How far each score is from that in one index, as a part of it."""
    both = [hit for hit in hits if hit.id in expected]
    return [abs((hit.score or 0.0) / expected[hit.id] - 1) for hit in both]


def test_scores_of_real_texts_are_near_those_of_one_index() -> None:
    """By two percent, where some fifty texts are shared out at random, by eight where one index has
    all the short ones; merged by the scores that each index gives by itself, they are further off.
    """
    sample = read_collection(Path(__file__).parent / "data" / "sample")
    schema = Schema({"title": Text(weight=2), "text": Text()}, languages=["vi", "fr", "en"])
    documents = [{key: one[key] for key in ("id", "title", "text")} for one in sample.documents]
    by_length = sorted(documents, key=lambda one: len(one["text"]))
    shuffled = Random(1).sample(documents, len(documents))
    middle = len(documents) // 2
    whole = indexed(schema, documents)
    splits = {
        0.02: [shuffled[::2], shuffled[1::2]],
        0.08: [by_length[:middle], by_length[middle:]],
    }
    for bound, split in splits.items():
        shared = MultiSearcher({str(n): indexed(schema, some) for n, some in enumerate(split)})
        near: list[float] = []
        apart: list[float] = []
        for query in sample.queries[::4]:
            expected = whole.search(query.text, limit=1000)
            scores = {hit.id: hit.score or 0.0 for hit in expected}
            found = shared.search(query.text, limit=1000)
            assert set(found.ids) == set(expected.ids)
            near += differences(list(found)[:10], scores)
            own = [hit for one in shared.indexes.values() for hit in one.search(query.text)]
            apart += differences(own, scores)
        assert fmean(near) < bound
        assert fmean(near) < fmean(apart) / 2
