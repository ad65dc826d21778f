"""Pairs of words of text fields that are indexed together: once, for all of them.

Who looks into one field is still told of that field alone: pairs of another one rank, and find
nothing.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Match, MoreLikeThis, MultiSearcher, Schema, Text
from searchlib.analysis import PAIR_JOINT, View
from searchlib.engine.encode import Encoder
from searchlib.engine.layout import TEXT, view_field
from tests.conftest import indexed

BOTH: Final = Schema({"title": Text(), "body": Text()}, languages=["vi"])


def pairs(schema: Schema, document: dict[str, Any], field: str) -> list[str]:
    """The terms of the pair view of a field, as they are indexed."""
    values = Encoder(schema).encode({"id": "a", **document}).values
    return str(values.get(view_field(field, View.PAIR), "")).split()


def test_pairs_of_words_are_indexed_once() -> None:
    document = {"title": "Quốc hội họp", "body": "bản đồ"}
    assert pairs(BOTH, document, TEXT) == ["quoc+hoi", "hoi+hop", "ban+do"]
    assert pairs(BOTH, document, "title") == pairs(BOTH, document, "body") == []
    alone = Schema({"title": Text()}, languages=["vi"])
    assert pairs(alone, {"title": "Quốc hội họp"}, "title") == ["quoc+hoi", "hoi+hop"]


def test_a_field_that_weighs_little_keeps_its_pairs() -> None:
    schema = Schema({"title": Text(), "body": Text(), "note": Text(weight=0.3)}, languages=["vi"])
    document = {"title": "Quốc hội", "body": "bản đồ", "note": "thủ đô"}
    assert pairs(schema, document, "note") == ["thu+do"]
    assert "thu+do" not in pairs(schema, document, TEXT)


def test_adjacent_characters_stay_with_their_field() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["zh"])
    document = {"title": "北京市 old maps", "body": "大学"}
    found = pairs(schema, document, "title")
    assert "北京" in found
    assert not any(PAIR_JOINT in term for term in found)
    assert {"北京", "大学", "old+maps"} <= set(pairs(schema, document, TEXT))
    index = indexed(schema, [{"id": "a", **document}, {"id": "b", "title": "大", "body": "北京"}])
    assert index.search(Match("北京", "title")).ids == ("a",)
    assert index.search('title:"大学"').ids == ()


def test_pairs_of_another_field_find_nothing() -> None:
    index = indexed(
        BOTH,
        [
            {"id": "title", "title": "Quốc hội", "body": "bản đồ"},
            {"id": "body", "title": "bản đồ", "body": "Quốc hội"},
        ],
    )
    for query in ("title:(quoc hoi)", Match("Quốc hội", "title"), 'title:"quốc hội"'):
        assert index.search(query).ids == ("title",)
    assert index.search("bản", where=Match("quoc hoi", "title")).ids == ("title",)
    assert set(index.search(MoreLikeThis("quốc hội", field="title")).ids) == {"title"}


def test_pairs_of_another_field_rank() -> None:
    index = indexed(
        BOTH,
        [
            {"id": "apart", "title": "hội của quốc", "body": "quốc, và ở đây, hội"},
            {"id": "beside", "title": "hội của quốc", "body": "và ở đây, quốc hội"},
        ],
    )
    for query in (Match("quốc hội", "title"), Match("quoc hoi", "title")):
        result = index.search(query)
        assert result.ids == ("beside", "apart")
        assert result.hits[0].score > result.hits[1].score  # type: ignore[operator]
        for hit in result:
            reasons = index.explain(query, hit).reasons
            assert sum(one.score for one in reasons) == pytest.approx(hit.score, rel=1e-3)


@pytest.mark.parametrize("query", ["covid19", "COVID-19"])
def test_a_name_with_a_number_in_one_field(query: str) -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en", "fr"])
    texts = {
        "one": ("a covid19 wave", "in the city"),
        "two": ("COVID-19 in the city", ""),
        "elsewhere": ("a wave in the city", "the COVID-19 plan"),
        "apart": ("19 waves of covid", "COVID-19"),
    }
    index = indexed(
        schema, [{"id": name, "title": one, "body": two} for name, (one, two) in texts.items()]
    )
    found = index.search(Match(query, "title")).ids
    assert found[0] == ("one" if query == "covid19" else "two")
    assert {"one", "two"} <= set(found)
    assert "elsewhere" not in found
    assert set(index.search(Match("covid19", "title")).ids) == {"one", "two"}
    assert set(index.search(where=Match("covid19", "title")).ids) == {"one", "two"}
    for hit in index.search(Match(query, "title")):
        reasons = index.explain(Match(query, "title"), hit).reasons
        assert sum(one.score for one in reasons) == pytest.approx(hit.score, rel=1e-3)


def test_a_name_with_a_number_is_unknown_to_a_field_that_lacks_it() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en"])
    index = indexed(
        schema, [{"id": "a", "title": "in the city", "body": "COVID-19"}, {"id": "b", "title": "x"}]
    )
    assert [one.code for one in index.search("title:covid19").notices] == ["unknown-word"]
    assert not index.search("body:covid19").notices
    assert not index.search("covid19").notices


def test_names_with_numbers_in_a_field_of_several_indexes() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en"])
    one = indexed(schema, [{"id": "a", "title": "in the city", "body": "COVID-19"}])
    two = indexed(schema, [{"id": "b", "title": "the COVID-19 plan", "body": "x"}])
    alone = indexed(Schema({"title": Text()}), [{"id": "c", "title": "COVID 19"}])
    both = MultiSearcher({"one": one, "two": two}).search("title:covid19")
    assert both.ids == ("b",)
    assert not both.notices
    assert [one.code for one in one.search("title:covid19").notices] == ["unknown-word"]
    every = MultiSearcher({"one": one, "alone": alone}).search("title:covid19")
    assert every.ids == ("c",)
    assert not every.notices


def test_what_completes_a_word_in_one_field_stands_in_it() -> None:
    index = indexed(
        BOTH,
        [
            {"id": "a", "title": "Quốc gia", "body": "Quốc hội họp"},
            {"id": "b", "title": "Quốc gia", "body": "hội họp"},
            {"id": "c", "title": "hoa mùa xuân", "body": "Quốc hội"},
        ],
    )
    found = [one.query for one in index.suggest("quoc h", fields=["title"])]
    assert "quốc hội" not in found  # no title has the word
    assert index.suggest("quoc h")[0].query == "quốc hội"
    assert index.suggest("quoc ", fields=["title"])[0].query == "quốc gia"


words = st.lists(st.sampled_from("quốc hội họp bản đồ thủ đô quoc hoi".split()), max_size=6)
texts = words.map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(texts, texts), min_size=1, max_size=6),
    st.sampled_from(["title", "body"]),
    texts,
)
def test_a_named_field_finds_what_it_finds_apart(
    drawn: list[tuple[str, str]], field: str, query: str
) -> None:
    apart = Schema({"title": Text(weight=0.4), "body": Text(weight=0.4)}, languages=["vi"])
    documents = [
        {"id": str(number), "title": one, "body": two} for number, (one, two) in enumerate(drawn)
    ]

    def found(index: Index) -> set[str]:
        return set(index.search(Match(query, field), typos=False).ids)

    assert found(indexed(BOTH, documents)) == found(indexed(apart, documents))
