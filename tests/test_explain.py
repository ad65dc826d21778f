"""An explanation says what a search did: its score is the hit's, and its reasons add up to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from searchlib import (
    All,
    And,
    Boost,
    Exists,
    Explanation,
    Index,
    Integer,
    Keyword,
    Match,
    Not,
    Or,
    Phrase,
    Query,
    QueryError,
    Range,
    Schema,
    Should,
    Term,
    Text,
)
from tests.conftest import SMALL, indexed

# What fails here is an index and a query, which take minutes to shrink: small ones stand below.
laws = settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])

WORDS: Final = (
    "đường duong hợp tác hop quốc hội của và là été ete coopération cooperations péché peche la "
    "mais running runs runner the of lion lions house horse 2022 東京都 ประเทศไทย l’été a·e·s"
).split()
#: … and what people make of them.
TYPED: Final = [*WORDS, "hoise", "coperation", "quoosc", "hooij", "hoi65", "nothing", "l'ete"]


def several_fields(*codes: str) -> Schema:
    fields = {"title": Text(weight=3.0), "body": Text(), "note": Text(weight=0.3), "tag": Keyword()}
    return Schema({**fields, "n": Integer()}, languages=codes)


def titles(*titles: str) -> Index:
    schema = Schema({"title": Text()}, languages=["vi", "fr", "en"])
    return indexed(schema, [{"id": str(n), "title": title} for n, title in enumerate(titles)])


def check(explanation: Explanation, score: float | None) -> None:
    """What holds of every explanation of a document that is found."""
    assert explanation.is_found
    assert explanation.score == pytest.approx(score, rel=1e-4, abs=1e-5)
    total = sum(reason.score for reason in explanation.reasons)
    assert total == pytest.approx(explanation.score, rel=1e-4, abs=1e-4)
    assert not set(explanation.missing) & {reason.word for reason in explanation.reasons}
    check_table(explanation)


def check_table(explanation: Explanation) -> None:
    """The table has a line for each reason, and each word once, at its first reason."""
    head, *lines = str(explanation).split("\n")
    assert explanation.id in head
    assert len(lines) == len(explanation.reasons) + bool(explanation.missing)
    typed = (" ".join(reason.word.split()) for reason in explanation.reasons)
    words = list(dict.fromkeys(filter(None, typed)))
    shown = [m[1] for line in lines if (m := re.match(r"^ +-?\d+\.\d\d  (\S.*?)? *  \S", line))]
    assert [word for word in shown if word] == words


# --- The law ----------------------------------------------------------------------------


def phrases_of(words: Iterable[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(list(words)), min_size=1, max_size=most).map(" ".join)


def leaves() -> st.SearchStrategy[Query]:
    field = st.sampled_from([None, None, "title", "body", "note"])
    return (
        st.builds(Match, phrases_of(TYPED, 4), field)
        | st.builds(Phrase, phrases_of(WORDS, 2), field)
        | st.builds(Term, st.just("tag"), st.sampled_from(["a", "b", "z"]))
        | st.sampled_from([All(), Range("n", gte=3), Exists("n"), Term("n", 2), Match("2 3", "n")])
        | st.just(Or())
    )


def nodes() -> st.SearchStrategy[Query]:
    def compound(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
        some = st.lists(inner, min_size=1, max_size=3)
        return (
            some.map(lambda clauses: And(*clauses))
            | some.map(lambda clauses: Or(*clauses))
            | inner.map(Not)
            | inner.map(Should)
            | st.tuples(inner, inner).map(lambda two: And(two[0], Should(two[1])))
            | st.builds(Boost, inner, st.sampled_from([0.5, 3.0]))
        )

    return st.recursive(leaves(), compound, max_leaves=5)


@st.composite
def libraries(draw: st.DrawFn) -> Index:
    count = draw(st.integers(1, 7))
    text = phrases_of(WORDS, 6) | st.just("") | st.lists(phrases_of(WORDS, 3), max_size=2)
    values = {"title": text, "body": text, "note": text, "tag": st.sampled_from(["a", "b"])}
    documents = [
        {"id": str(n), "n": n, **draw(st.fixed_dictionaries({}, optional=values))}
        for n in range(count)
    ]
    codes = draw(st.sampled_from([["vi"], ["fr"], ["en"], ["vi", "fr", "en"]]))
    index = indexed(several_fields(*codes), documents[:3], documents[3:])
    if draw(st.booleans()):
        index.delete("0")
    return index


def check_all(index: Index, query: str | Query, **options: Any) -> None:
    result = index.search(query, limit=50, **options)
    for hit in result:
        check(index.explain(query, hit, **options), hit.score)
    for document in index.documents():
        if document["id"] not in result.ids:
            explanation = index.explain(query, document["id"], **options)
            assert not explanation.is_found
            assert explanation.score == 0
            assert not explanation.reasons
            assert explanation.id in str(explanation)


@laws
@given(data=st.data())
def test_the_reasons_of_ranked_words_add_up(data: st.DataObject) -> None:
    index = data.draw(libraries())
    for query in data.draw(st.lists(phrases_of(TYPED, 5), min_size=1, max_size=4)):
        check_all(index, Match(query), typos=data.draw(st.booleans()))


@laws
@given(data=st.data())
def test_the_reasons_of_any_query_add_up(data: st.DataObject) -> None:
    index = data.draw(libraries())
    for _ in range(4):
        language = data.draw(st.sampled_from([None, None, "fr", "vi"]))
        check_all(index, data.draw(nodes()), language=language)


@pytest.mark.parametrize(
    "query",
    [
        "lion OR (house AND horse)",  # part of a group is no reason
        "lion OR (house NOT horse)",
        "lion (house -horse)",
        "(lion house)^3 OR horse",
        "((lion^2) house)^0.5",
        "lion lion lion",
        "lion OR lion",
        "+lion house -horse",
        "NOT house",
        "-house",
        "*:*",
        "*:* lion",
        '"lion house"',
        '"l’été" lion',
        "",
    ],
)
def test_the_reasons_of_operators_add_up(query: str) -> None:
    check_all(titles("lion", "lion house", "house horse lion", "horse", "l’été", "Été"), query)


@pytest.mark.parametrize(
    "query",
    [
        Not(Match("lion")),
        Not(Or(Match("lion"), Match("horse"))),
        Not(Should(Match("lion"))),
        Not(Not(Match("horse"))),
        Not(All()),
        And(Match("house"), Or()),
    ],
    ids=repr,
)
def test_what_a_query_excludes_is_not_found(query: Query) -> None:
    check_all(titles("lion", "horse", "house"), query)


# --- What it says -----------------------------------------------------------------------


def test_words_that_a_document_has_not() -> None:
    index = titles("the lions of Africa", "house", "la coopération")
    assert index.explain("lion", "1").missing == ("lion",)
    explanation = index.explain("lion houses giraffe", "0")
    assert set(explanation.missing) == {"houses", "giraffe"}
    assert {reason.word for reason in explanation.reasons} >= {"lion"}
    # In any form, and whatever language's rules found it.
    assert index.explain("LION", "0").missing == ()
    assert index.explain("cooperations", "2").missing == ()
    assert "giraffe" in str(explanation)


def test_words_that_are_excluded_are_not_missing() -> None:
    explanation = titles("lion", "house").explain("lion -house", "0")
    assert explanation.missing == ()
    assert "house" not in str(explanation)


def test_facts_of_a_reason() -> None:
    index = titles("lion lion bird", "lion", "bird", "wolf")
    (reason, *_) = [r for r in index.explain("lion", "0").reasons if r.times is not None]
    assert (reason.word, reason.field, reason.documents, reason.times) == ("lion", "title", 2, 2)
    index = indexed(several_fields("und"), [{"id": "0", "title": "lion", "body": "lion"}])
    assert {r.field for r in index.explain("lion", "0").reasons} == {None}
    assert {r.field for r in index.explain("body:lion", "0").reasons} == {"body"}


def test_all_documents_are_in_no_field() -> None:
    (reason,) = titles("lion").explain("*:*", "0").reasons
    assert reason.field is None


@pytest.mark.parametrize(
    ("query", "meant"), [("hoise", "house"), ("quoosc hooij", "quốc"), ("quoc61 hoi65", "hội")]
)
def test_corrected_words_are_explained(query: str, meant: str) -> None:
    index = titles("house", "quốc hội", "l’été")
    (hit,) = index.search(query)
    explanation = index.explain(query, hit)
    check(explanation, hit.score)
    assert meant in str(explanation)
    assert not index.explain(query, hit, typos=False).is_found


def test_a_word_that_was_not_typed_is_not_missing() -> None:
    index = titles("house", "horse")
    typed = {"hoise"}
    for hit in index.search("hoise"):
        assert set(index.explain("hoise", hit).missing) <= typed


def test_the_table_is_in_lines_whatever_the_query_holds() -> None:
    index = titles("hợp tác quốc hội", "lion house")
    for query in (Match("hợp\ntác"), Match("lion\n\thouse"), Phrase("lion\nhouse")):
        check_all(index, query)


def test_filters_do_not_appear() -> None:
    index = indexed(several_fields("en"), [{"id": "a", "title": "lion", "n": 1, "tag": "x"}])
    (hit,) = index.search("lion", where={"n": 1, "tag": "x"})
    explanation = index.explain("lion", hit)
    check(explanation, hit.score)
    assert {reason.word for reason in explanation.reasons} == {"lion"}
    (hit,) = index.search("lion tag:x")  # a part of the query that narrows
    check(index.explain("lion tag:x", hit), hit.score)


def test_a_hit_or_an_id() -> None:
    index = titles("lion", "lion house")
    for hit in index.search("lion"):
        assert index.explain("lion", hit) == index.explain("lion", hit.id)
    (hit, _) = index.search("lion", sort="id")
    assert hit.score is None
    assert index.explain("lion", hit).is_found


@pytest.mark.parametrize("unknown", ["zzz", "", "x" * 10_000, "a\x00b", "\ud800"])
def test_an_unknown_id_is_a_query_error(unknown: str) -> None:
    with pytest.raises(QueryError) as caught:
        titles("lion").explain("lion", unknown)
    assert repr(unknown)[1:9] in str(caught.value)


def test_an_index_that_changed() -> None:
    index = titles("lion", "lion house", "horse")
    before = {hit.id: hit for hit in index.search("lion")}
    with index.writer(memory=SMALL) as writer:
        writer.delete("0")
        writer.add({"id": "1", "title": "house"})
        writer.add({"id": "9", "title": "lion lion"})
        # Not committed yet: explained as searched.
        check(index.explain("lion", before["0"]), before["0"].score)
    with pytest.raises(QueryError, match="'0'"):
        index.explain("lion", before["0"])
    assert not index.explain("lion", before["1"]).is_found
    (hit,) = index.search("lion")
    check(index.explain("lion", hit), hit.score)
    assert hit.id == "9"
