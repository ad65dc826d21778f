"""Searching: what is found, and in which order."""

from __future__ import annotations

import copy
import json
import pickle
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    All,
    And,
    Boolean,
    Boost,
    Category,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    Keyword,
    Match,
    Not,
    Or,
    Phrase,
    Query,
    QueryError,
    QuerySyntaxError,
    Range,
    Schema,
    Should,
    Term,
    Text,
)
from tests.conftest import indexed

TITLE: Final = {"title": Text()}


def titled(languages: list[str], *titles: str) -> Index:
    """An index of these titles, whose ids are their places."""
    schema = Schema(TITLE, languages=languages)
    return indexed(schema, [{"id": str(n), "title": title} for n, title in enumerate(titles)])


def found(index: Index, query: str | Query | None, **options: Any) -> list[str]:
    """The titles found, the best first."""
    result = index.search(query, limit=1000, **options)
    assert result.total == len(result.hits)
    return [hit["title"] for hit in result]


def codes(index: Index, query: str | Query) -> list[str]:
    return [notice.code for notice in index.search(query).notices]


# --- Marks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "exact", "others"),
    [
        ("vi", "đường", ["duong", "đương", "dương", "đuống"]),
        ("vi", "má", ["ma", "mà", "mả", "mã", "mạ"]),
        ("vi", "hợp tác", ["hop tac", "họp tác", "hợp tạc"]),
        ("fr", "péché", ["peche", "pêche", "pêché"]),
        ("fr", "côte", ["cote", "coté", "côté"]),
        ("de", "schön", ["schon"]),
        ("und", "résumé", ["resume"]),
    ],
)
def test_forms_with_the_marks_typed_come_first(
    language: str, exact: str, others: list[str]
) -> None:
    # The exact form stands last, in a title as long as the others.
    titles = [f"{form} bla" for form in [*others, exact]]
    index = titled([language], *titles)
    assert found(index, exact)[0] == f"{exact} bla"
    assert found(index, exact.upper())[0] == f"{exact} bla"
    if language in {"vi", "fr", "und"}:
        assert set(found(index, exact)) == set(titles)


@pytest.mark.parametrize(
    ("language", "plain", "forms"),
    [
        ("vi", "duong", ["đường", "duong", "đương", "Dương", "DUỒNG"]),
        ("vi", "hop tac", ["hợp tác", "HỌP TÁC", "hop tac"]),
        ("fr", "peche", ["péché", "pêche", "PÊCHÉ", "peche"]),
        ("fr", "oeuvre", ["œuvre", "Œuvre", "oeuvre"]),
    ],
)
def test_a_query_without_marks_finds_all_forms_alike(
    language: str, plain: str, forms: list[str]
) -> None:
    index = titled([language], *forms)
    result = index.search(plain)
    assert {hit["title"] for hit in result} == set(forms)
    assert len({round(hit.score or 0, 5) for hit in result}) == 1


def test_tone_styles_and_slips_meet() -> None:
    index = titled(["vi"], "hòa bình", "hoà bình", "thủy", "thuỷ", "cuả", "của")
    assert set(found(index, "hoà")) == {"hòa bình", "hoà bình"}
    first, second = index.search("hòa").hits
    assert first.score == pytest.approx(second.score)
    assert set(found(index, "thuỷ")) == {"thủy", "thuỷ"}
    assert set(found(index, "của")) == {"cuả", "của"}


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("harmonie", "l’harmonie"),
        ("l'harmonie", "une harmonie"),
        ("ete", "L'ÉTÉ"),
        ("cooperation", "Des coopérations"),
        ("coopérations", "la coopération"),
        ("etudiantes", "étudiant·e·s"),
        ("aujourd’hui", "aujourd'hui"),
        ("Bruxelles", "BRUXELLES"),
        ("e\u0301te\u0301", "été"),
        ("dai\u0300", "dài"),
    ],
)
def test_french_forms_meet(query: str, title: str) -> None:
    index = titled(["fr"], title, "autre chose")
    assert found(index, query)[0] == title


# --- Phrases ----------------------------------------------------------------------------


def test_the_order_of_a_phrase_matters() -> None:
    index = titled(["en"], "red fox", "fox red", "red quick fox", "a red fox runs", "reds fox")
    assert set(found(index, '"red fox"')) == {"red fox", "a red fox runs"}
    assert set(found(index, "red fox")) == {
        "red fox",
        "fox red",
        "red quick fox",
        "a red fox runs",
        "reds fox",
    }


def test_marks_of_a_phrase_are_preferred_not_required() -> None:
    index = titled(["vi"], "hop tac bla", "họp tạc bla", "hợp tác bla", "tác hợp bla")
    hits = found(index, '"hợp tác"')
    assert hits[0] == "hợp tác bla"
    assert set(hits) == {"hop tac bla", "họp tạc bla", "hợp tác bla"}


def test_a_phrase_holds_function_words() -> None:
    index = titled(["fr"], "la fin de la nuit", "la fin nuit", "fin de nuit")
    assert found(index, '"fin de la nuit"') == ["la fin de la nuit"]
    assert found(index, '"de la"') == ["la fin de la nuit"]


def test_a_phrase_of_one_word_wants_that_word_not_its_stem() -> None:
    index = titled(["en"], "running", "runs")
    assert found(index, '"running"') == ["running"]
    assert set(found(index, "running")) == {"running", "runs"}


def test_a_phrase_does_not_run_across_values() -> None:
    schema = Schema(TITLE, languages=["en"])
    index = indexed(
        schema,
        [
            {"id": "1", "title": ["first red", "fox last"]},
            {"id": "2", "title": ["a", "the red fox"]},
            {"id": "3", "title": ["red", "", "fox"]},
            {"id": "4", "title": ["red", "|", "fox"]},
            {"id": "5", "title": ["red", "-", "fox"]},
        ],
    )
    assert index.search('"red fox"').ids == ("2",)
    assert index.search("red fox").total == 5


def test_pairs_do_not_run_across_values() -> None:
    """Words at the border of two values are no neighbours and rank as such."""
    schema = Schema(TITLE, languages=["vi"])
    index = indexed(
        schema,
        [
            {"id": "apart", "title": ["bla quốc", "hội bla"]},
            {"id": "near", "title": ["bla bla", "quốc hội"]},
        ],
    )
    first, second = index.search("quoc hoi").hits
    assert (first.id, second.id) == ("near", "apart")


@pytest.mark.parametrize("query", ['"東京"', "東京", "京都", '"ประเทศไทย"', "ไทย"])
def test_scripts_without_spaces(query: str) -> None:
    index = titled(["zh", "ja", "th"], "我去東京都看書", "ประเทศไทยสวยมาก")
    assert len(found(index, query)) == 1


# --- Operators --------------------------------------------------------------------------

LETTERS: Final = ["a b", "a c", "b c", "a b c", "d"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a b", {"a b", "a c", "b c", "a b c"}),
        ("a AND b", {"a b", "a b c"}),
        ("a OR d", {"a b", "a c", "a b c", "d"}),
        ("+a b", {"a b", "a c", "a b c"}),
        ("+a +b", {"a b", "a b c"}),
        ("a -b", {"a c"}),
        ("a NOT b", {"a c"}),
        ("-a", {"b c", "d"}),
        ("-a -b", {"d"}),
        ("NOT (a OR d)", {"b c"}),
        ("a AND (b OR c)", {"a b", "a c", "a b c"}),
        ("a AND (b OR c) AND NOT (b AND c)", {"a b", "a c"}),
        ("(a AND b) OR d", {"a b", "a b c", "d"}),
        ("*:* -a", {"b c", "d"}),
        ('"a b" -c', {"a b"}),
        ("nothing", set()),
        ("a AND nothing", set()),
        ("a OR nothing", {"a b", "a c", "a b c"}),
        ("a -nothing", {"a b", "a c", "a b c"}),
    ],
)
def test_operators(query: str, expected: set[str]) -> None:
    # Without a language, no letter is a function word.
    index = titled(["und"], *LETTERS)
    assert set(found(index, query)) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Not(Not(Match("a"))), {"a b", "a c", "a b c"}),
        (And(Match("a"), Should(Match("c"))), {"a b", "a c", "a b c"}),
        (And(Should(Match("a")), Not(Match("b"))), {"a c", "d"}),
        (And(Not(Match("a")), Not(Match("b"))), {"d"}),
        (Or(Not(Match("a")), Match("b")), {"a b", "b c", "a b c", "d"}),
        (
            Or(And(Match("a"), Match("b")), And(Match("c"), Not(Match("a")))),
            {"a b", "a b c", "b c"},
        ),
        (Not(Or(Match("a"), Not(Match("c")))), {"b c"}),
        (Should(Match("a")), set(LETTERS)),
        (Boost(Not(Match("a")), 2.0), {"b c", "d"}),
        (Match("a") & ~Phrase("a b"), {"a c"}),
        (All(), set(LETTERS)),
        (~All(), set()),
    ],
    ids=str,
)
def test_nodes(node: Query, expected: set[str]) -> None:
    index = titled(["und"], *LETTERS)
    assert set(found(index, node)) == expected
    assert set(found(index, None, where=[node])) == expected
    assert set(found(index, All(), where=node)) == expected
    assert index.search(facets=["_language"], where=[node]).facets["_language"].as_dict() == (
        {"und": len(expected)} if expected else {}
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("d +& x", {"d"}),
        ("a +/- d", {"a b", "a c", "a b c", "d"}),
        ("x +€", set()),
        ("+€ -a", set()),
        ("a d +€ -b", {"a c", "d"}),
        (And(Match("…"), Should(Match("d"))), {"d"}),
        (And(Phrase("…"), Boost(Match("–"), 2.0), Should(Match("d"))), {"d"}),
        (And(Match("…"), Not(Match("a"))), set()),
        (And(Match("…"), Match("d"), Should(Match("a"))), {"d"}),
        (Not(And(Match("…"), Should(Match("a")))), {"b c", "d"}),
        (And(Not(Match("…")), Should(Match("d"))), set(LETTERS)),
    ],
)
def test_a_sign_that_must_be_there_does_not_find_all(
    query: str | Query, expected: set[str]
) -> None:
    index = titled(["und"], *LETTERS)
    assert set(found(index, query)) == expected
    # What each clause gives is told of what finds, too.
    for hit in index.search(query):
        explanation = index.explain(query, hit)
        assert explanation.score == pytest.approx(hit.score)
        assert sum(one.score for one in explanation.reasons) == pytest.approx(hit.score)


def test_exclusion_scores_nothing_and_should_scores_something() -> None:
    index = titled(["und"], "a b", "a c", "a d")
    assert found(index, "+a c")[0] == "a c"
    scores = {hit["title"]: hit.score for hit in index.search("a -b")}
    assert scores.keys() == {"a c", "a d"}
    assert scores["a c"] == scores["a d"]


# --- Fields and weights -----------------------------------------------------------------

ARTICLES: Final = Schema({"title": Text(weight=2.0), "body": Text()}, languages=["en"])


def test_a_word_in_one_field() -> None:
    index = indexed(
        ARTICLES,
        [
            {"id": "t", "title": "lion", "body": "zebra"},
            {"id": "b", "title": "zebra", "body": "lion"},
        ],
    )
    assert index.search("title:lion").ids == ("t",)
    assert index.search("body:lion").ids == ("b",)
    assert index.search("title:(lion AND zebra)").total == 0
    assert set(index.search("title:lion body:lion").ids) == {"t", "b"}
    assert index.search('title:"lion" -body:zebra').total == 0
    assert index.search(Match("lion", field="title") & Match("zebra", field="body")).ids == ("t",)


def test_a_heavier_field_counts_more() -> None:
    documents = [
        {"id": "b", "title": "zebra", "body": "lion"},
        {"id": "t", "title": "lion", "body": "zebra"},
    ]
    for order in (documents, documents[::-1]):
        assert indexed(ARTICLES, order).search("lion").ids == ("t", "b")
        assert indexed(ARTICLES, order).search('"lion"').ids == ("t", "b")
    light = Schema({"title": Text(weight=0.5), "body": Text()}, languages=["en"])
    assert indexed(light, documents).search("lion").ids == ("b", "t")
    (t, b) = indexed(ARTICLES, documents).search("lion").hits
    # Texts of the same length; in the title the word counts twice, by BM25 with k1 = 1.2. The
    # folded view adds .2 of the idf to both.
    twice = 2 * 2.2 / (2 + 1.2)
    assert t.score == pytest.approx((b.score or 0) * (twice + 0.2) / (1 + 0.2))


def test_a_boost_multiplies_a_score() -> None:
    index = titled(["und"], "a x", "b x")
    assert found(index, "a^3 b") == ["a x", "b x"]
    assert found(index, "a b^3") == ["b x", "a x"]
    assert found(index, "(a)^2 OR b") == ["a x", "b x"]
    plain = index.search("a").hits[0].score
    assert index.search("a^2.5").hits[0].score == pytest.approx(2.5 * (plain or 0))
    assert index.search(Boost(Boost(Match("a"), 2.0), 3.0)).hits[0].score == pytest.approx(
        6 * (plain or 0)
    )


# --- Order of scores --------------------------------------------------------------------


def test_more_and_rarer_words_come_first() -> None:
    index = titled(["und"], "b b1", "b b2", "b b3", "a b", "a c3")
    assert found(index, "a b")[0] == "a b"
    assert found(index, "a b")[1] == "a c3"  # a is rarer than b


def test_a_shorter_text_comes_before_a_longer_one() -> None:
    index = titled(["und"], "a " + "x " * 50, "a x")
    assert found(index, "a")[0] == "a x"


def test_scores_fall_from_hit_to_hit() -> None:
    random.seed(7)
    words = [f"w{n}" for n in range(12)]
    index = titled(["und"], *(" ".join(random.choices(words, k=8)) for _ in range(80)))
    for query in ("w1 w2 w3", '"w1 w2" w5', "w1 AND w2", "w1 -w3", "w4^2 w5"):
        scores = [hit.score for hit in index.search(query, limit=100)]
        assert scores == sorted(scores, key=lambda score: -(score or 0))
        assert len(set(scores)) > 1


def test_a_word_that_a_query_repeats_counts_as_often() -> None:
    index = titled(["und"], "b x", "a x")
    assert found(index, "a a a b")[0] == "a x"
    assert found(index, "a b b b")[0] == "b x"


def test_neighbours_of_the_query_rank_higher() -> None:
    index = titled(["vi"], "quốc bla hội bla", "bla bla quốc hội", "hội bla bla quốc")
    assert found(index, "quoc hoi")[0] == "bla bla quốc hội"
    assert found(index, "quốc hội")[0] == "bla bla quốc hội"


def test_filters_do_not_change_scores() -> None:
    schema = Schema({"title": Text(), "n": Integer()}, languages=["und"])
    index = indexed(schema, [{"id": str(n), "title": f"a {'b ' * n}", "n": n} for n in range(6)])
    plain = {hit.id: hit.score for hit in index.search("a b")}
    kept = index.search("a b", where=[Range("n", gte=2), Match("a"), Term("n", 3) | Term("n", 4)])
    assert set(kept.ids) == {"3", "4"}
    for hit in kept:
        assert hit.score == pytest.approx(plain[hit.id])


# --- where ------------------------------------------------------------------------------

GOODS: Final = Schema(
    {
        "title": Text(),
        "tag": Keyword(),
        "place": Category(),
        "n": Integer(),
        "x": Float(),
        "open": Boolean(),
        "day": Date(),
        "at": DateTime(),
    },
    languages=["en"],
)
MOMENT: Final = datetime(2020, 1, 1, 12, tzinfo=UTC)
SHELF: Final = indexed(
    GOODS,
    [
        {
            "id": str(n),
            "title": "even thing" if n % 2 == 0 else "odd thing",
            "tag": ["a", "b"] if n < 3 else ["b", "c"],
            "place": ["World/Asia/Vietnam", "World/Europe", "World/Asia"][n % 3],
            "n": n - 3,
            "x": n / 2,
            "open": n < 4,
            "day": date(2020, 1, 1) + timedelta(days=n),
            "at": MOMENT + timedelta(microseconds=n),
        }
        for n in range(6)
    ],
    [{"id": "none"}],
)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, "0 1 2 3 4 5 none"),
        ({}, "0 1 2 3 4 5 none"),
        ([], "0 1 2 3 4 5 none"),
        ({"tag": "a"}, "0 1 2"),
        ({"tag": ["a", "c"]}, "0 1 2 3 4 5"),
        ({"tag": ("a",)}, "0 1 2"),
        ({"tag": {"c"}}, "3 4 5"),
        ({"tag": []}, ""),
        ({"tag": "A"}, ""),
        ({"tag": "b", "open": True}, "0 1 2 3"),
        ({"place": "World"}, "0 1 2 3 4 5"),
        ({"place": "World/Asia"}, "0 2 3 5"),
        ({"place": "World/Asia/Vietnam"}, "0 3"),
        ({"place": "Asia"}, ""),
        ({"place": "World/As"}, ""),
        ({"n": 0}, "3"),
        ({"n": [-3, 2]}, "0 5"),
        ({"x": 0.5}, "1"),
        ({"x": 1}, "2"),
        ({"open": False}, "4 5"),
        ({"day": date(2020, 1, 2)}, "1"),
        ({"day": "2020-01-02"}, "1"),
        ({"at": MOMENT}, "0"),
        ({"at": "2020-01-01T19:00:00.000005+07:00"}, "5"),
        ({"id": ["1", "none", "7"]}, "1 none"),
        ({"_language": "en"}, "0 1 2 3 4 5 none"),
        (Term("tag", "a"), "0 1 2"),
        (Not(Term("tag", "a")), "3 4 5 none"),
        (Range("n", gte=0), "3 4 5"),
        (Range("n", gt=0), "4 5"),
        (Range("n", lt=-2), "0"),
        (Range("n", gt=-3, lte=-1), "1 2"),
        (Range("n", gte=-(2**63), lte=2**63 - 1), "0 1 2 3 4 5"),
        (Range("x", gte=0.5, lt=1.5), "1 2"),
        (Range("x", gt=0), "1 2 3 4 5"),
        (Range("day", gt=date(2020, 1, 5)), "5"),
        (Range("day", lte="2020-01-02"), "0 1"),
        (Range("at", gt=MOMENT, lt=MOMENT + timedelta(microseconds=3)), "1 2"),
        (Match("even"), "0 2 4"),
        (Phrase("odd thing"), "1 3 5"),
        ([Term("tag", "b"), Match("even")], "0 2 4"),
        ([Term("tag", "b"), Not(Match("even")), Range("n", gte=0)], "3 5"),
        (And(Term("tag", "b"), Match("odd")), "1 3 5"),
        (Or(Term("tag", "a"), Term("n", 2)), "0 1 2 5"),
    ],
    ids=str,
)
@pytest.mark.parametrize("query", [None, "thing", "title:thing OR *:*"])
def test_where(where: Any, expected: str, query: str | None) -> None:
    expected_ids = set(expected.split())
    if query == "thing":
        expected_ids -= {"none"}
    result = SHELF.search(query, where=where)
    assert set(result.ids) == expected_ids
    assert result.total == len(expected_ids)


@pytest.mark.parametrize(
    "where",
    [
        "tag:a",
        {"nowhere": 1},
        {"title": "thing"},
        {"n": "1"},
        {"n": None},
        {"n": [1, "x"]},
        {"open": 1},
        {"tag": Term("tag", "a")},
        ["tag"],
        [None],
        Match("…"),
        [Phrase("")],
        Range("tag", gte="a"),
    ],
    ids=str,
)
def test_a_where_that_cannot_be_run(where: Any) -> None:
    with pytest.raises(QueryError):
        SHELF.search("thing", where=where)


# --- Sorting and pages ------------------------------------------------------------------


@pytest.mark.parametrize("field", ["n", "x", "day", "at", "id", "tag", "open"])
def test_sorting_both_ways_with_missing_last(field: str) -> None:
    for sign in ("", "-"):
        result = SHELF.search(sort=sign + field, limit=20)
        assert all(hit.score is None for hit in result)
        assert len(result) == 7
        values: list[Any] = [hit.document.get(field) for hit in result]
        if field != "id":
            assert values[-1] is None
            values.pop()
        if field != "tag":  # several values a document: either end of them may count
            assert values == sorted(values, reverse=bool(sign))
    for sign, order in (
        ("", [str(n) for n in range(6)]),
        ("-", [str(n) for n in range(5, -1, -1)]),
    ):
        if field in {"n", "x", "day", "at"}:
            assert SHELF.search("thing", sort=sign + field).ids == tuple(order)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_sorting_any_integers_over_segments(numbers: list[int | None], size: int) -> None:
    schema = Schema({"n": Integer()}, languages=["en"])
    documents = [{"id": str(n), "n": number} for n, number in enumerate(numbers)]
    index = indexed(schema, *(documents[n : n + size] for n in range(0, len(documents), size)))
    known = sorted(number for number in numbers if number is not None)
    missing = [None] * (len(numbers) - len(known))
    up = [hit["n"] for hit in index.search(sort="n", limit=20)]
    down = [hit["n"] for hit in index.search(sort="-n", limit=20)]
    assert up == [*known, *missing]
    assert down == [*reversed(known), *missing]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=12)
)
def test_sorting_any_floats(numbers: list[float | None]) -> None:
    index = indexed(
        Schema({"x": Float()}),
        [{"id": str(n), "x": number} for n, number in enumerate(numbers)],
    )
    known = sorted(number for number in numbers if number is not None)
    found_up = [hit["x"] for hit in index.search(sort="x", limit=20)]
    assert found_up[: len(known)] == known
    assert found_up[len(known) :] == [None] * (len(numbers) - len(known))


@pytest.mark.parametrize("field", ["day", "at"])
def test_sorting_the_whole_calendar(field: str) -> None:
    days = [date.min, date(1969, 12, 31), date(1970, 1, 1), date(1970, 1, 2), date.max]
    documents = [{"id": str(n), field: day} for n, day in enumerate(days)]
    index = indexed(GOODS, documents[::2], documents[1::2], [{"id": "none"}])
    assert index.search(sort=field).ids == ("0", "1", "2", "3", "4", "none")
    assert index.search(sort=f"-{field}").ids == ("4", "3", "2", "1", "0", "none")


def test_sorting_labels_by_code_point() -> None:
    labels = ["", "A", "B", "a", "b", "à", "đ", "東"]
    documents = [{"id": f"d{n}", "tag": label} for n, label in enumerate(labels)]
    index = indexed(GOODS, documents[::2], [*documents[1::2], {"id": "none"}])
    assert [hit.document.get("tag") for hit in index.search(sort="tag")] == [*labels, None]
    assert [hit.document.get("tag") for hit in index.search(sort="-tag")] == [*labels[::-1], None]


@pytest.mark.parametrize("sort", ["title", "place", "nowhere", "_language", "", "-", "--n", "+n"])
def test_what_cannot_sort(sort: str) -> None:
    with pytest.raises(QueryError, match="sort"):
        SHELF.search(sort=sort)


@pytest.mark.parametrize("sort", [None, "n", "-n", "tag"])
@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize("query", ["w1 w2", None, "w1 AND w2", "+w1 w2"])
def test_pages_make_one_list(sort: str | None, size: int, query: str | None) -> None:
    random.seed(1)
    schema = Schema({"title": Text(), "n": Integer(), "tag": Keyword()}, languages=["und"])
    documents = [
        {
            "id": str(n),
            "title": " ".join(random.choices(["w1", "w2", "w3"], k=3)),
            "n": n % 4,
            "tag": f"t{n % 3}",
        }
        for n in range(40)
    ]
    index = indexed(schema, documents[:13], documents[13:30], documents[30:])
    whole = index.search(query, sort=sort, limit=50).ids
    pages = [
        index.search(query, sort=sort, limit=size, offset=offset).ids
        for offset in range(0, 42, size)
    ]
    assert [one for page in pages for one in page] == list(whole)
    assert len(whole) == len(set(whole)) == index.search(query, limit=0).total


# --- Languages --------------------------------------------------------------------------


def test_the_language_of_a_query_can_be_said() -> None:
    schema = Schema(TITLE, language="lang", languages=["fr", "en"])
    index = indexed(
        schema,
        [
            {"id": "1", "lang": "en", "title": "dogs runs"},
            {"id": "2", "lang": "fr", "title": "chevaux"},
        ],
    )
    result = index.search("run", language="en")
    assert (result.ids, result.language) == (("1",), "en")
    assert index.search("run", language="en-GB").language == "en"
    assert index.search("dogs", language="vi").ids == ("1",)
    with pytest.raises(QueryError):
        index.search("run", language="not a code")


def test_words_of_every_language_are_found_without_saying_which() -> None:
    schema = Schema(TITLE, language="lang", languages=["vi", "fr", "en", "de", "ru"])
    index = indexed(
        schema,
        [
            {"id": "vi", "lang": "vi", "title": "Chủ tịch Quốc hội"},
            {"id": "fr", "lang": "fr", "title": "les coopérations universitaires"},
            {"id": "en", "lang": "en", "title": "running universities"},
            {"id": "de", "lang": "de", "title": "die Häuser am Fluss"},
            {"id": "ru", "lang": "ru", "title": "новые книги"},
        ],
    )
    for query, expected in {
        "quoc hoi": "vi",
        "Quốc hội": "vi",
        "coopération": "fr",
        "cooperation": "fr",
        "runs": "en",
        "haus": "de",
        "книга": "ru",
    }.items():
        assert index.search(query).ids[:1] == (expected,), query


def test_a_query_of_function_words_only_is_searched() -> None:
    index = titled(["en"], "to be or not to be", "lions and zebras", "being there")
    assert found(index, "to be or not to be")[0] == "to be or not to be"
    assert found(index, "the and") == ["lions and zebras"]
    french = titled(["fr"], "la vie est belle", "chats")
    assert found(french, "la") == ["la vie est belle"]


def test_function_words_beside_others_find_nothing_by_themselves() -> None:
    index = titled(["en"], "the lion", "the zebra")
    assert found(index, "the lion") == ["the lion"]
    assert found(index, "+the +lion") == ["the lion"]


@pytest.mark.parametrize("query", ['צה"ל', "צה״ל", '="צה"ל תקף"', 'title:צה"ל', 'צה"ל*'])
def test_a_quotation_mark_in_a_hebrew_abbreviation_is_a_sign_of_it(query: str) -> None:
    index = titled(["he", "en"], 'צה"ל תקף', "צה ל", 'monitor 27"')
    result = index.search(query, highlight=True)
    assert result.ids[0] == "0"
    assert not result.notices
    assert "צה" in result.hits[0].highlights["title"][0]
    assert index.search('27" monitor').ids == ("2",)


# --- Notices ----------------------------------------------------------------------------


def test_unknown_words_are_named_once_as_typed() -> None:
    index = titled(["en"], "running lions")
    result = index.search("Lion Zebrra zebrra Girafe")
    assert [notice.code for notice in result.notices] == ["unknown-word"] * len(result.notices)
    for word in ("Zebrra", "Girafe"):
        assert any(word in notice.message for notice in result.notices)
    assert not any("Lion" in notice.message for notice in result.notices)


@pytest.mark.parametrize(
    "query", ["run", "runs", "lions", "LION", "-zebra running", "run AND lion"]
)
def test_known_words_have_no_notice(query: str) -> None:
    index = titled(["en"], "running lions")
    assert codes(index, query) == []


def test_words_of_another_document_language_are_known() -> None:
    schema = Schema(TITLE, language="lang", languages=["vi", "fr"])
    index = indexed(
        schema,
        [
            {"id": "1", "lang": "vi", "title": "quốc hội"},
            {"id": "2", "lang": "fr", "title": "chevaux noirs"},
        ],
    )
    assert codes(index, "cheval noir") == codes(index, "noire") == []


@pytest.mark.parametrize("query", ["…", "!?", "- -", "title:…", Match(""), Phrase("—")])
def test_a_query_without_words_is_noted(query: str | Query) -> None:
    index = titled(["en"], "lion")
    assert "no-words" in codes(index, query)
    assert index.search(query).total == 0


@pytest.mark.parametrize("text", ["“", "()", '-""'])
def test_what_holds_nothing_to_look_for_prints_as_nothing_that_finds(text: str) -> None:
    index = titled(["en"], "lion")
    result = index.search(text)
    assert result.total == 0
    again = Query.from_dict(json.loads(str(result.query)))
    assert index.search(again).total == 0


def test_too_many_words_are_noted_and_the_first_searched() -> None:
    index = titled(["en"], "lion", "zebra")
    query = "lion " + " ".join(f"w{n}" for n in range(2_000)) + " zebra"
    result = index.search(query)
    assert result.ids == ("0",)
    assert [n.code for n in result.notices].count("too-many-words") == 1


@pytest.mark.parametrize("query", [None, "", "  ", "\n", "\u3000"])
def test_a_blank_query_is_all(query: str | None) -> None:
    index = titled(["en"], "lion", "zebra")
    result = index.search(query, facets=["_language"])
    assert (result.total, result.notices, result.query) == (2, (), All())
    assert result.facets["_language"].as_dict() == {"en": 2}


# --- The result -------------------------------------------------------------------------


def test_the_result_says_what_was_understood() -> None:
    index = titled(["vi", "fr"], "quốc hội", "été")
    result = index.search('quốc -"hội đồng"')
    assert result.query == And(Match("quốc"), Not(Phrase("hội đồng")))
    assert index.search(str(result.query)).query == result.query
    assert result.language == "vi"
    assert 0 < result.took < 10
    assert list(result) == list(result.hits)
    assert len(result) == 1
    (hit,) = result
    assert (hit.id, hit["title"], hit.language) == ("0", "quốc hội", "vi")


def test_the_result_is_a_sequence_of_its_hits() -> None:
    index = titled(["en"], *["lion"] * 5)
    result = index.search("lion", sort="id", limit=4)
    (last,) = index.search("lion", sort="id", offset=4)
    hits = result.hits
    assert isinstance(result, Sequence)
    assert (result[0], result[-1], result[1:3]) == (hits[0], hits[3], hits[1:3])
    assert tuple(reversed(result)) == hits[::-1]
    assert hits[2] in result and last not in result
    assert (result.index(hits[2]), result.count(hits[2])) == (2, 1)
    with pytest.raises(IndexError):
        result[4]
    again = pickle.loads(pickle.dumps(result))
    assert again == result == copy.copy(result)
    assert result and not index.search("zebra")


def test_a_hit_is_asked_for_the_fields_of_its_document() -> None:
    hit = titled(["en"], "lion").search("lion")[0]
    assert (hit["title"], hit.get("title")) == ("lion", "lion")
    assert (hit.get("body"), hit.get("body", "none")) == (None, "none")
    assert "title" in hit and "body" not in hit and 0 not in hit
    assert list(hit) == list(hit.keys()) == ["id", "title"]
    assert dict(hit) == {**hit} == hit.document
    with pytest.raises(KeyError, match="'0' has no field 'nothing': it has id, title"):
        hit["nothing"]


def test_strict_refuses_what_lenient_guesses() -> None:
    index = titled(["en"], "lion")
    assert index.search("(lion").total == 1
    with pytest.raises(QuerySyntaxError):
        index.search("(lion", strict=True)
    assert index.search("lion -zebra", strict=True).total == 1


@pytest.mark.parametrize("query", [5, b"lion", ["lion"], {"title": "lion"}, True])
def test_a_query_is_a_string_or_a_node(query: Any) -> None:
    with pytest.raises(QueryError):
        titled(["en"], "lion").search(query)


@pytest.mark.parametrize(
    "options",
    [
        {"highlight": "title"},
        {"highlight": ["nowhere"]},
        {"highlight": ["tag"]},
        {"facets": "tag"},
        {"facets": ["nowhere"]},
        {"facets": ["tag", "tag"]},
        {"where": "x"},
    ],
    ids=str,
)
def test_options_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        SHELF.search("thing", **options)


@pytest.mark.parametrize("query", ["n:1 AND n:[0 TO 5]", "*:* AND n:[0 TO 5]", "t:* AND n:*"])
def test_what_finds_a_whole_segment_scores_as_elsewhere(query: str) -> None:
    index = indexed(
        Schema({"t": Text(), "n": Integer()}, languages=["en"]),
        [{"id": "1", "t": "x", "n": 1}],
        [{"id": "2", "t": "x", "n": 1}, {"id": "3", "n": 9}],
    )
    scores = {hit.id: hit.score for hit in index.search(query)}
    assert scores["1"] == scores["2"]
    for one, score in scores.items():
        reasons = index.explain(query, one).reasons
        assert sum(reason.score for reason in reasons) == pytest.approx(score, rel=1e-4)


def test_a_part_of_what_does_not_match_as_a_whole_is_no_reason() -> None:
    schema = Schema({"t": Text()}, languages=["en"])
    index = indexed(schema, [{"id": "1", "t": "lion tiger"}, {"id": "2", "t": "zebra"}])
    account = index.explain("(lion AND zebra) OR tiger", "1")
    assert {reason.word for reason in account.reasons} == {"tiger"}
    assert account.score == pytest.approx(sum(reason.score for reason in account.reasons))


def test_a_filter_is_read_in_the_language_of_its_own_words() -> None:
    """Function words are those of the filter's language, whatever is looked for beside it: what a
    filter finds is what it would delete."""
    rows = [
        {"id": "vi", "title": "Chủ tịch Quốc hội họp phiên toàn thể về kinh tế"},
        {"id": "en", "title": "The parliament of the nation met"},
        {"id": "maps", "title": "Old maps of the coast are in the library"},
    ]
    index = indexed(Schema({"title": Text()}, languages=["vi", "en"]), rows)
    maps = Match("of the maps")
    for query in (None, "parliament", "quốc hội OR *:*", "*:*"):
        assert set(index.search(query, where=maps).ids) <= {"maps"}, query
    assert index.search("quốc hội OR *:*", where=maps, language="vi").total == 2
    # Nor does the query tell the language of words that are all excluded.
    for query in ("*:*", "quốc hội OR *:*", "the library OR *:*"):
        assert index.search(query, where=Not(maps)).total == index.search(Not(maps)).total
    with index.writer() as writer:
        writer.delete_where(maps)
    assert {document["id"] for document in index.documents()} == {"vi", "en"}


def test_what_a_query_excludes_is_what_it_would_find() -> None:
    """Words that are all excluded tell their language, as where they are looked for."""
    words = "the of a la les et của thế là thi minh xyz".split()
    index = titled(["vi", "fr", "en"], *(f"{word} zebra{n}" for n, word in enumerate(words)))
    everything = {str(n) for n in range(len(words))}
    for one, two in product(words, repeat=2):
        node = Match(f"{one} {two}")
        found = {*index.search(node, typos=False, limit=100).ids}
        for excluding in (Not(node), And(All(), Not(node)), Not(Or(Match("zebra"), node))):
            left = {*index.search(excluding, limit=100).ids}
            assert left == everything - found, excluding
            assert {*index.search(where=excluding, limit=100).ids} == left, excluding
            assert len({hit.score for hit in index.search(excluding, limit=100)}) == 1
        assert {*index.search(where=node, limit=100).ids} == found, node


@pytest.mark.parametrize(
    ("code", "text", "query"),
    [
        ("en", "the cats sleep", Match("cat")),
        ("fr", "été et covid19", Match("étés")),
        ("zh", "北京大学生活", Match("大学生")),
        ("ko", "학교에서", Match("학교")),
        ("en", "the cats sleep", Phrase("cats sleep")),
        ("fr", "l’été indien", Phrase("été indien")),
    ],
)
def test_what_no_commit_has_yet_is_deleted_by_any_of_its_forms(
    code: str, text: str, query: Query
) -> None:
    for committed in ([], [{"id": "0", "title": "horse 0"}]):
        index = indexed(Schema({"title": Text()}, languages=[code]), committed)
        for node, left in ((query, {"b"}), (Not(query), {"a"})):
            with index.writer() as writer:
                writer.clear()
                writer.add({"id": "a", "title": text})
                writer.add({"id": "b", "title": "xyz 0"})
                writer.delete_where(node)
            assert {document["id"] for document in index.documents()} == left
