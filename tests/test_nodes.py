"""Query nodes: values that combine, compare, and print as what parses to them."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings

from searchlib import (
    All,
    And,
    Boost,
    ConstantScore,
    Exists,
    Fuzzy,
    Index,
    Match,
    MoreLikeThis,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Range,
    Regex,
    Should,
    Term,
)
from searchlib.query.parser import parse
from tests.strategies import any_nodes, nodes
from tests.test_parser import SCHEMA, SEARCHED

a, b, c = (Match(letter) for letter in "abc")


def test_operators_combine_flat() -> None:
    assert a & b & c == And(a, b, c)
    assert a & (b & c) == And(a, b, c)
    assert a | b | c == Or(a, b, c)
    assert (a & b) | c == Or(And(a, b), c)
    assert a & ~b == And(a, Not(b))
    assert ~(a | b) == Not(Or(a, b))


def test_nodes_are_frozen_values() -> None:
    some: list[Query] = [a, Phrase("x"), Term("tag", "x"), Range("n", gte=1), All(), a & b, a | b]
    some += [~a, Should(a), Boost(a, 2.0), ConstantScore(a, 2.0), Exists("n")]
    some += [Regex("x"), Match("a", accents="strict"), Match("a", accents="ignore")]
    some += [Prefix("x"), Fuzzy("x"), Fuzzy("x", 2), Near("x", 1)]
    for node in some:
        assert {node: 1}[pickle.loads(pickle.dumps(node))] == 1
        for item in dataclasses.fields(node):  # type: ignore[arg-type]
            with pytest.raises((AttributeError, TypeError)):
                setattr(node, item.name, None)
    assert len(set(some)) == len(some)


@pytest.mark.parametrize("bounds", [{"gte": 1, "gt": 1}, {"lte": 1, "lt": 1}])
def test_a_range_has_one_bound_a_side(bounds: dict[str, int]) -> None:
    with pytest.raises(QueryError, match="not both"):
        Range("n", **bounds)


def test_a_range_has_a_bound() -> None:
    with pytest.raises(QueryError, match=r"Exists\('n'\)"):
        Range("n")


# --- str(node) parses to the node -------------------------------------------------------


@settings(max_examples=1_000, deadline=None)
@example(Fuzzy("=", 2))  # not the sign of a mode of accents
@example(Prefix("="))
@example(Match("a ="))
@given(nodes())
def test_a_node_prints_as_what_parses_to_it(node: Query) -> None:
    assert '{"type": ' not in str(node)
    assert parse(str(node), SCHEMA, regex=True)[0] == node, str(node)


@settings(max_examples=1_000, deadline=None)
@given(any_nodes())
def test_what_no_query_string_says_shows_as_json_and_nothing_else(node: Query) -> None:
    """Also where nothing is looked for, and where clauses stand where they mean nothing."""
    text = str(node)
    if text.startswith('{"type": '):
        assert Query.from_dict(json.loads(text)) == node
    else:
        assert parse(text, SCHEMA, regex=True)[0] == node, text
    assert Query.from_dict(json.loads(json.dumps(node.to_dict()))) == node


@pytest.mark.parametrize(
    "node",
    [
        *(
            Match(""),
            Match(" \n"),
            Phrase(""),
            Phrase("\u3000"),
            Prefix(""),
            Fuzzy(""),
            Near("", 2),
        ),
        *(And(), Or(), Or(a), Not(Or()), And(a, Or())),
        *(Should(a), Or(Should(a), b), Should(Should(a))),
        *(Regex(""), Regex("a\\"), And(a, Match("", "title", "strict"))),
        *(Boost(Or(Term("tag", "A/B")), 3.25), Not(And()), ConstantScore(Should(a), 2.0)),
        *(And(a, Should(Should(b))), And(Not(Or()), a), And(Should(Or(a)), Not(b), c)),
        *(Or(Not(And(a, Phrase(""))), Boost(b, 2.0)), Or(a, MoreLikeThis("some words"))),
    ],
    ids=repr,
)
def test_what_no_query_string_says(node: Query) -> None:
    text = str(node)
    assert text.startswith('{"type": ')
    assert Query.from_dict(json.loads(text)) == node


def test_what_an_and_makes_of_its_clauses() -> None:
    """Of what the language has one way to say there is one node."""
    assert And(Should(a), Should(b), c) == And(Should(Match("a b")), c)
    assert And(Should(a), c, Should(b)).clauses == (Should(a), c, Should(b))
    told = Should(Match("b", accents="strict"))
    assert And(c, Should(a), told).clauses == (c, Should(a), told)
    assert And(Should(a)) == And(ConstantScore(All(), 0.0), Should(a))
    assert And(a).clauses == (a,)
    assert Match(" a\n\tb ") == Match("a b")
    assert Fuzzy("a\u3000 b") == Fuzzy("a b")
    assert Phrase(" a") != Phrase("a")
    assert Regex(r"a\/b\\/") == Regex(r"a/b\\/")


@pytest.mark.parametrize("kind", [Match, Phrase, Prefix, Fuzzy])
def test_a_mode_of_accents_is_one_of_three(kind: type[Match]) -> None:
    with pytest.raises(QueryError, match="'strict'"):
        kind("a", accents="exact")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="'strict'"):
        SEARCHED.search("a", accents="exact")  # type: ignore[arg-type]


@settings(max_examples=500, deadline=None)
@given(nodes())
def test_a_node_survives_json(node: Query) -> None:
    plain = json.dumps(node.to_dict(), allow_nan=False)
    assert Query.from_dict(json.loads(plain)) == node


@pytest.mark.parametrize(
    ("clauses", "text"),
    [
        ((a,), "+a"),
        ((Not(a),), "+(NOT a)"),
        ((a, Not(b)), "a AND (NOT b)"),
        ((Not(a), Should(b)), "+(NOT a) b"),
        ((Should(a), Not(b), Not(c)), "a +(NOT b) -c"),
        ((Should(a), Should(Prefix("b"))), "+(*:*^=0) a b*"),
    ],
)
def test_an_and_says_what_must_match(clauses: tuple[Query, ...], text: str) -> None:
    assert str(And(*clauses)) == text
    found = SEARCHED.search(And(*clauses))
    assert set(SEARCHED.search(text).ids) == set(found.ids)
    assert str(parse(text, SCHEMA)[0]) == text


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"type": "Nothing"},
        {"type": "Query"},
        {"type": ["Match"]},
        {"type": "Match"},
        {"type": "Match", "text": "a", "colour": "red"},
        {"type": "And"},
        {"type": "And", "clauses": None},
        {"type": "And", "clauses": ["a"]},
        {"type": "Not", "clause": {"type": "Nothing"}},
        {"type": "Term", "field": "day", "value": {"date": "yesterday"}},
        {"type": "Term", "field": "day", "value": {"day": "2020-01-01"}},
        {"type": "Term", "field": "day", "value": {}},
        {"type": "Range", "field": "n"},
        {"type": "Range", "field": "n", "gt": 1, "gte": 1},
        None,
        [],
        "a",
    ],
    ids=repr,
)
def test_what_is_no_nodes_dict_is_a_query_error(plain: Any) -> None:
    with pytest.raises(QueryError):
        Query.from_dict(plain)


def test_a_dict_deeper_than_python_reads_is_a_query_error() -> None:
    plain: dict[str, Any] = a.to_dict()
    for _ in range(100_000):
        plain = {"type": "Not", "clause": plain}
    with pytest.raises(QueryError):
        Query.from_dict(plain)


@settings(max_examples=150, deadline=None)
@given(nodes())
def test_any_node_can_be_searched_explained_and_filtered_by(node: Query) -> None:
    try:
        found = SEARCHED.search(node, highlight=True, facets=["tag"])
    except QueryError:  # of a value that the field does not hold
        return
    for hit in found:
        account = SEARCHED.explain(node, hit)
        assert account.is_found
        assert hit.score is not None
        reasons = sum(reason.score for reason in account.reasons)
        assert reasons == pytest.approx(hit.score, rel=1e-3, abs=1e-3)
    try:
        narrowed = SEARCHED.search(where=[node])
    except QueryError:  # what is fuzzy, or holds no words
        return
    assert set(narrowed.ids) == set(found.ids)


# --- Nodes that are wrong ---------------------------------------------------------------


@pytest.mark.parametrize(
    "node",
    [
        Match("a", field="nowhere"),
        Match("a", field="raw"),
        Phrase("a", field="n"),
        Phrase("a", field="nowhere"),
        Term("nowhere", "x"),
        Term("title", "x"),
        Term("raw", "x"),
        Term("n", "5"),
        Term("n", 5.0),
        Term("n", True),
        Term("n", 2**63),
        Term("open", 1),
        Term("price", math.nan),
        Term("day", "yesterday"),
        Term("tag", 5),
        Term("tag", "\ud800"),
        Range("tag", gte="a"),
        Range("open", gte=True),
        Range("title", gte="a"),
        Range("place", lt="b"),
        Range("nowhere", gte=1),
        Range("n", gte="5"),
        Range("n", lt=2**63),
        Range("price", gt=math.inf),
        Boost(a, 0.0),
        Boost(a, -1.0),
        Boost(a, math.nan),
        Boost(a, math.inf),
        Boost(a, 1e39),
        Prefix("a", field="nowhere"),
        Prefix("a", field="n"),
        Prefix("a", field="raw"),
        Prefix("", field="tag"),
        Prefix("/", field="place"),
        Prefix("\ud800", field="tag"),
        Prefix(5),  # type: ignore[arg-type]
        Fuzzy("a", 0),
        Fuzzy("a", 3),
        Fuzzy("a", field="tag"),
        Fuzzy("a", field="nowhere"),
        Fuzzy("a", "2"),  # type: ignore[arg-type]
        Regex("(a"),
        Regex("a*?"),
        Regex("a{999}"),
        Regex("a", field="n"),
        Regex("a", field="raw"),
        Regex("a", field="nowhere"),
        Regex("\ud800"),
        Regex(5),  # type: ignore[arg-type]
        Near("a b", -1),
        Near("a b", 1001),
        Near("a b", 1.5),  # type: ignore[arg-type]
        Near("a b", 1, field="tag"),
        Exists("nowhere"),
        Exists(None),  # type: ignore[arg-type]
        ConstantScore(a, -1.0),
        ConstantScore(a, math.nan),
        ConstantScore(a, 1e39),
        ConstantScore(a, "2"),  # type: ignore[arg-type]
        ConstantScore("a", 1.0),  # type: ignore[arg-type]
        And("a", "b"),  # type: ignore[arg-type]
        Not("a"),  # type: ignore[arg-type]
        Or(a, None),  # type: ignore[arg-type]
    ],
    ids=repr,
)
@pytest.mark.parametrize("place", ["query", "where", "within"])
def test_a_node_that_cannot_be_run_is_a_query_error(node: Query, place: str) -> None:
    index: Index = SEARCHED
    with pytest.raises(QueryError):
        match place:
            case "query":
                index.search(node)
            case "where":
                index.search(where=[node])
            case _:
                index.search(And(All(), Or(Not(node), a)))


@pytest.mark.parametrize(
    "node",
    [
        Or(),
        And(),
        Match(""),
        Phrase(""),
        Prefix(""),
        Fuzzy(""),
        Near("", 2),
        Not(Or()),
        Should(Or()),
        ConstantScore(Or(), 1.0),
    ],
    ids=repr,
)
def test_empty_nodes_find_and_hide_nothing(node: Query) -> None:
    assert SEARCHED.search(node).total in {0, 2}
    assert SEARCHED.search(Or(All(), node)).total == 2
    assert SEARCHED.search(And(All(), Not(Or()))).total == 2


def test_dates_and_moments_in_nodes() -> None:
    assert SEARCHED.search(Term("day", date(2020, 2, 29))).ids == ("1",)
    assert SEARCHED.search(Term("day", "2020-02-29")).ids == ("1",)
    assert SEARCHED.search(Range("day", gt=date(2020, 2, 28), lt="2020-03-01")).ids == ("1",)
    assert SEARCHED.search(Range("at", gte=datetime(1, 1, 1))).total == 0
