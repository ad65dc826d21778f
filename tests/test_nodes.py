"""Query nodes: values that combine, compare, and print as what parses to them."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    All,
    And,
    Boost,
    ConstantScore,
    Exists,
    Fuzzy,
    Index,
    Match,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Range,
    Should,
    Term,
)
from searchlib.query.parser import parse
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
    nodes: list[Query] = [a, Phrase("x"), Term("tag", "x"), Range("n", gte=1), All(), a & b, a | b]
    nodes += [~a, Should(a), Boost(a, 2.0), ConstantScore(a, 2.0), Exists("n")]
    nodes += [Prefix("x"), Fuzzy("x"), Fuzzy("x", 2), Near("x", 1)]
    for node in nodes:
        assert {node: 1}[pickle.loads(pickle.dumps(node))] == 1
        for item in dataclasses.fields(node):  # type: ignore[arg-type]
            with pytest.raises((AttributeError, TypeError)):
                setattr(node, item.name, None)
    assert len(set(nodes)) == len(nodes)


@pytest.mark.parametrize("bounds", [{"gte": 1, "gt": 1}, {"lte": 1, "lt": 1}])
def test_a_range_has_one_bound_a_side(bounds: dict[str, int]) -> None:
    with pytest.raises(QueryError, match="not both"):
        Range("n", **bounds)


def test_a_range_has_a_bound() -> None:
    with pytest.raises(QueryError, match=r"Exists\('n'\)"):
        Range("n")


# --- str(node) parses to the node -------------------------------------------------------

_words: Final = st.text(min_size=1, max_size=4).filter(lambda text: not any(map(str.isspace, text)))
_word: Final = _words | st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "-a",
        "+a",
        "a^2",
        "title:x",
        "n:5",
        "(",
        ")",
        '"',
        "“",
        "\\",
        "*:*",
        "*",
        "colour:x",
        "^2",
        "a:b",
        "[1",
        "TO",
        "http://x",
        "«",
        "a\\",
        "-",
        "+",
        ":",
        "NOT:",
        "a^0.5",
        "a*",
        "a~",
        "a~2",
        "~",
        "^=2",
        "a^=2",
        "1..5",
    ]
)
_several: Final = st.lists(_word, min_size=1, max_size=3).map(" ".join)
_text: Final = st.text(max_size=6).filter(str.strip) | _several
_field: Final = st.none() | st.sampled_from(["title", "été"])
_label: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_floats: Final = st.floats(allow_nan=False, allow_infinity=False)
_integers: Final = st.integers(-(2**63), 2**63 - 1)
_moments: Final = st.datetimes(timezones=st.just(UTC))


def _ranges(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Query]:
    lower = st.one_of(
        st.just({}), values.map(lambda v: {"gte": v}), values.map(lambda v: {"gt": v})
    )
    upper = st.one_of(values.map(lambda v: {"lte": v}), values.map(lambda v: {"lt": v}))
    return st.builds(lambda low, high: Range(field, **low, **high), lower, upper)


_leaves: Final[st.SearchStrategy[Query]] = st.one_of(
    st.builds(Match, _several, _field),
    st.builds(Phrase, _text, _field),
    st.builds(Prefix, _word | _text, _field),
    st.builds(Prefix, _label.filter(str.strip), st.just("tag")),
    st.builds(Fuzzy, _word, st.sampled_from([1, 2]), _field),
    st.builds(Near, _text, st.integers(0, 1000), _field),
    st.builds(Exists, st.sampled_from(["title", "n", "tag", "raw", "_language", "id"])),
    st.builds(Term, st.just("tag"), _label),
    st.builds(Term, st.just("n"), _integers),
    st.builds(Term, st.just("price"), _floats),
    st.builds(Term, st.just("open"), st.booleans()),
    st.builds(Term, st.just("day"), st.dates()),
    st.builds(Term, st.just("at"), _moments),
    _ranges("n", _integers),
    _ranges("price", _floats),
    _ranges("day", st.dates()),
    _ranges("at", _moments),
    st.just(All()),
)
_factors: Final = st.floats(0.001, 1000.0, allow_nan=False) | st.integers(1, 100).map(float)


def _compound(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    # Plain words side by side would be one Match, so what need not match is none.
    other = inner.filter(lambda node: not isinstance(node, Match))
    should = other.map(Should)
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda clauses: And(*clauses)),
        st.lists(inner, min_size=2, max_size=3).map(lambda clauses: Or(*clauses)),
        inner.map(Not),
        st.builds(Boost, inner, _factors),
        st.builds(ConstantScore, inner, _factors | st.just(0.0)),
        # Clauses that must match, that must not, and that may, in any order.
        st.builds(
            lambda one, more, order: And(*order.sample([one, *more], 1 + len(more))),
            inner | inner.map(Not),
            st.lists(should | inner | inner.map(Not), min_size=1, max_size=3),
            st.randoms(use_true_random=False),
        ),
    )


nodes: Final = st.recursive(_leaves, _compound, max_leaves=5)


@settings(max_examples=1_000, deadline=None)
@given(nodes)
def test_a_node_prints_as_what_parses_to_it(node: Query) -> None:
    try:
        again = parse(str(node), SCHEMA)[0]
    except RecursionError:
        pytest.fail(str(node))
    assert again == node, str(node)


@settings(max_examples=500, deadline=None)
@given(nodes)
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


@settings(max_examples=500, deadline=None)
@given(nodes)
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
