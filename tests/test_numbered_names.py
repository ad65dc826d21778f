"""Names with a number are found in one word and in two: covid19, COVID-19."""

from __future__ import annotations

import pytest

from searchlib import Match, Schema, Text
from tests.conftest import indexed

TEXTS = {
    "one": "a covid19 wave in the city",
    "hyphen": "COVID-19 in the city",
    "two": "the covid 19 plan",
    "apart": "covid wave of the 19 cities",
    "other": "covid18 and 19 cities",
}


@pytest.mark.parametrize("languages", [["en"], ["fr"], ["vi"], ["vi", "fr", "en"], ["de", "ru"]])
def test_one_word_or_two(languages: list[str]) -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=languages)
    index = indexed(schema, [{"id": name, "title": text} for name, text in TEXTS.items()])
    joined = index.search("covid19", highlight=True)
    assert set(joined.ids) == {"one", "hyphen", "two"}
    assert joined.ids[0] == "one"
    assert not joined.notices
    marked = {hit.id: hit.highlights["title"][0] for hit in joined}
    assert marked["hyphen"].startswith("<mark>COVID</mark>-<mark>19</mark>")
    assert set(index.search(where=[Match("covid19")]).ids) == set(joined.ids)
    split = index.search("covid-19").ids
    assert "one" in split
    assert set(split[:2]) == {"hyphen", "two"}  # as typed comes first
    assert index.search("covid19", accents="strict").ids == ("one",)
    for query in ("covid19", "COVID-19"):
        for hit in index.search(query):
            reasons = index.explain(query, hit).reasons
            assert sum(one.score for one in reasons) == pytest.approx(hit.score, rel=1e-3)


def test_a_notice_where_neither_is_there() -> None:
    index = indexed(Schema({"title": Text()}), [{"id": "1", "title": "19 covid"}])
    assert [notice.code for notice in index.search("covid19").notices] == ["unknown-word"]
    assert index.search("covid20").total == 0


@pytest.mark.parametrize("fields", [["title"], ["title", "body"]])
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("covid19", {"apart", "other"}),
        ("covid-19", set()),  # finds its words by themselves, too
        ('"covid 19"', {"one", "apart", "other"}),
        ("NOT covid19", {"one", "hyphen", "two"}),
        ("city -covid19", {"one", "hyphen", "two"}),
        ("covid19 AND city", {"two", "apart", "other"}),
    ],
)
def test_deleted_from_what_no_commit_has_as_from_what_one_has(
    fields: list[str], query: str, left: set[str]
) -> None:
    schema = Schema({name: Text() for name in fields}, languages=["en"])
    documents = [{"id": name, "title": text} for name, text in TEXTS.items()]
    committed, waiting = indexed(schema, documents), indexed(schema, [])
    with committed.writer() as writer:
        writer.delete_where(query)
    with waiting.writer() as writer:
        writer.add_many(documents).raise_for_rejected()
        writer.delete_where(query)
    assert set(committed.search(limit=10).ids) == set(waiting.search(limit=10).ids) == left


ONE_LETTER = {
    "one": "the U23 team",
    "hyphen": "the U-23 team",
    "two": "the U 23 team",
    "apart": "23 teams, with U",
    "near": "U teams 23",
    "longer": "the U231 team",
}


@pytest.mark.parametrize("fields", [["title"], ["title", "body"]])
@pytest.mark.parametrize("languages", [["en"], ["fr"], ["vi"], ["vi", "fr", "en"], ["de", "ru"]])
def test_a_name_may_be_one_letter(fields: list[str], languages: list[str]) -> None:
    schema = Schema({name: Text() for name in fields}, languages=languages)
    index = indexed(schema, [{"id": name, "title": text} for name, text in ONE_LETTER.items()])
    joined = index.search("u23", highlight=True)
    assert set(joined.ids) == {"one", "hyphen", "two"}
    assert joined.ids[0] == "one"
    assert not joined.notices
    marked = {hit.id: hit.highlights["title"][0] for hit in joined}
    assert marked["hyphen"] == "the <mark>U</mark>-<mark>23</mark> team"
    assert set(index.search(where=[Match("U23")]).ids) == set(joined.ids)
    split = index.search("U-23")
    assert set(split.ids[:2]) == {"hyphen", "two"}
    assert "one" in split.ids
    assert index.search("U23", accents="strict").ids == ("one",)
    assert set(index.search("U 23").ids) == {"hyphen", "two", "apart", "near"}
    for query in ("u23", "U-23"):
        for hit in index.search(query):
            reasons = index.explain(query, hit).reasons
            assert sum(one.score for one in reasons) == pytest.approx(hit.score, rel=1e-3)


@pytest.mark.parametrize(("one", "two"), [("F16", "F-16"), ("b52", "B 52"), ("G20", "g\u201120")])
def test_either_spelling_alone_finds_the_other_and_says_nothing(one: str, two: str) -> None:
    schema = Schema({"title": Text()}, languages=["en", "fr"])
    for held, query in ((one, two.replace(" ", "-")), (two, one), ("covid19", "covid-19")):
        result = indexed(schema, [{"id": "1", "title": held}]).search(query, highlight=True)
        assert result.ids == ("1",)
        assert result.hits[0].highlights
        assert not result.notices
    nothing = indexed(schema, [{"id": "1", "title": one + "7"}]).search(two, typos=False)
    assert {notice.code for notice in nothing.notices} == {"unknown-word"}


@pytest.mark.parametrize(
    ("text", "query", "is_found"),
    [
        ("il y a 320 pages", "A320", False),  # a function word is none
        ("the A320", "A-320", True),
        ("vitamin b 12", "b12", True),
        ("vitamine b12", "vitamin-b-12", True),
        ("page 12 of plan b", "b12", False),
        ("1 a", "1a", False),  # no name
        ("n°2", "n2", False),  # nor is n before an apostrophe
        ("l'5", "l5", False),
    ],
)
def test_one_letter_and_digits(text: str, query: str, is_found: bool) -> None:
    for names in (["title"], ["title", "body"]):
        schema = Schema({name: Text() for name in names}, languages=["fr"])
        index = indexed(schema, [{"id": "1", "title": text}])
        assert (index.search(query).total == 1) is is_found
        assert (index.search(where=[Match(query)]).total == 1) is is_found
