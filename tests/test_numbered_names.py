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
