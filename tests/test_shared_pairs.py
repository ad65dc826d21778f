"""Pairs of words of text fields that are indexed together: once, for all of them.

Who looks into one field is still told of that field alone: what stands side by side in another one
neither ranks nor finds.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    And,
    Glossary,
    Index,
    Match,
    MoreLikeThis,
    MultiSearcher,
    Not,
    Schema,
    Text,
)
from searchlib.analysis import PAIR_JOINT, View
from searchlib.engine.encode import Encoder
from searchlib.engine.layout import TEXT, view_field
from tests.conftest import SMALL, indexed

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


@pytest.mark.parametrize(
    ("code", "beside", "apart", "query"),
    [
        ("vi", "quốc hội mới", "hội mới quốc", "quốc hội"),
        ("vi", "quốc hội mới", "hội mới quốc", "quoc hoi"),
        ("en", "old maps here", "maps here old", "old maps"),
        ("fr", "le droit du travail", "le travail du droit", "droit du travail"),
    ],
)
def test_words_side_by_side_in_a_named_field_rank(
    code: str, beside: str, apart: str, query: str
) -> None:
    """Those of another field do not."""
    schema = Schema({"title": Text(), "body": Text()}, languages=[code])
    documents = [
        {"id": "elsewhere", "title": apart, "body": f"{beside} {beside}"},
        {"id": "apart", "title": apart, "body": apart},
        {"id": "beside", "title": beside, "body": apart},
        *({"id": f"n{n}", "title": "sông", "body": "núi"} for n in range(5)),
    ]
    index = indexed(schema, documents)
    result = index.search(Match(query, "title"))
    assert result.ids[0] == "beside"
    scores = {hit.id: hit.score for hit in result}
    assert scores["elsewhere"] == scores["apart"]
    for hit in result:
        reasons = index.explain(Match(query, "title"), hit).reasons
        assert sum(one.score for one in reasons) == pytest.approx(hit.score, rel=1e-3)


def test_accents_that_are_strict_find_no_name_in_two_words() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en"])
    documents = [{"id": "one", "title": "covid19"}, {"id": "two", "title": "COVID-19"}]
    index = indexed(schema, documents)
    strict = Match("covid19", "title", accents="strict")
    assert index.search("=title:covid19").ids == index.search(strict).ids == ("one",)
    assert index.search(where=strict).ids == ("one",)
    with index.writer(memory=SMALL) as writer:
        writer.delete_where(strict)
    assert index.search().ids == ("two",)


def test_a_name_in_two_words_is_found_where_it_must_be() -> None:
    """Also where so many documents have it in one that its rarest view leads."""
    schema = Schema({"title": Text(), "body": Text()}, languages=["en"])
    documents = [
        *({"id": f"n{n}", "title": "covid19 wave", "body": "x"} for n in range(1_200)),
        {"id": "two", "title": "COVID-19 wave", "body": "x"},
    ]
    index = indexed(schema, documents)
    assert index.search("+title:covid19 +wave").total == 1_201
    assert index.search(Not(And(Match("covid19", "title"), Match("wave")))).total == 0


def test_a_term_of_a_glossary_in_two_words() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en"])
    documents = [
        {"id": "x", "title": "corona wave"},
        {"id": "one", "title": "covid19"},
        {"id": "two", "title": "COVID-19"},
        {"id": "elsewhere", "title": "wave", "body": "COVID-19"},
    ]
    index = indexed(schema, documents)
    glossary = Glossary([["corona", "covid19"]])
    assert set(index.search("title:corona", glossary=glossary).ids) == {"x", "one", "two"}


def test_like_a_text_in_one_field() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["zh"])
    index = indexed(
        schema,
        [{"id": "t", "title": "京都", "body": "x"}, {"id": "b", "title": "x", "body": "北京"}],
    )
    assert index.more_like(text="北京", field="title").ids == ("t",)


@pytest.mark.parametrize("query", ["covid19", "COVID-19"])
def test_a_name_with_a_number_in_one_field(query: str) -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en", "fr"])
    texts = {
        "one": ("a covid19 wave", "in the city"),
        "two": ("COVID-19 in the city", ""),
        "elsewhere": ("a wave in the city", "the COVID-19 plan"),
        "apart": ("the 19 worst waves of covid", "COVID-19"),
    }
    texts |= {f"n{n}": ("a river", "of the city") for n in range(20)}
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
    apart = Schema({"title": Text(weight=0.4), "body": Text(weight=0.4)}, languages=["en"])
    city = indexed(apart, [{"id": "d", "title": "in the city"}])
    for query in ("covid19", "title:covid19"):
        unlike = MultiSearcher({"two": two, "city": city}).search(query)
        assert (unlike.ids, unlike.notices) == (("b",), ())
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


def test_pairs_of_other_fields_do_not_crowd_out_those_of_one() -> None:
    many = [
        {"id": f"{number} {copy}", "body": f"quốc {number}{letter}"}
        for copy in range(2)
        for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")
    ]
    index = indexed(BOTH, [*many, {"id": "one", "title": "Quốc hội họp"}])
    assert [one.query for one in index.suggest("quốc ", fields=["title"])] == ["quốc hội"]


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
