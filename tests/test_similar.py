"""Documents like a document, or like a text."""

from __future__ import annotations

import json
from collections import Counter
from math import log, sqrt
from random import Random
from typing import Final

import pytest

from searchlib import (
    And,
    Index,
    Keyword,
    Match,
    MoreLikeThis,
    Query,
    QueryError,
    Schema,
    Term,
    Text,
)
from searchlib.engine.similar import telling_terms
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {"title": Text(weight=2.0), "body": Text(), "author": Keyword()}, languages=["vi", "fr", "en"]
)
DOCUMENTS: Final = [
    {"id": "maps", "title": "Old maps of Asia", "body": "maps of rivers", "author": "Lam"},
    {"id": "makers", "title": "Map makers", "body": "how they drew the rivers", "author": "Kim"},
    {"id": "glass", "title": "A history of glass", "body": "of sand and fire", "author": "Lam"},
    {"id": "vi", "title": "Bản đồ châu Á", "body": "bản đồ các dòng sông", "author": "Lam"},
    {"id": "vi2", "title": "Dòng sông và bản đồ", "body": "", "author": "Kim"},
    {"id": "empty", "author": "Kim"},
]


@pytest.fixture(scope="module")
def index() -> Index:
    return indexed(SCHEMA, DOCUMENTS)


def test_what_is_like_a_document_is_found_without_it(index: Index) -> None:
    assert index.more_like("maps").ids[0] == "makers"
    assert "maps" not in index.more_like("maps").ids
    assert index.more_like("vi").ids[0] == "vi2"
    assert index.more_like("vi").language == "vi"
    hit = index.search("glass").hits[0]
    assert index.more_like(hit).ids == index.more_like("glass").ids


def test_what_is_like_a_text_is_found(index: Index) -> None:
    assert set(index.more_like(text="the maker of a map").ids) >= {"makers", "maps"}
    assert set(index.more_like(text="Bản đồ").ids) == {"vi", "vi2"}
    assert index.more_like(text="").total == index.more_like(text="the of and").total == 0
    assert index.more_like("empty").total == 0
    assert index.more_like("empty", field="body").total == 0


def test_one_field_is_read_and_searched(index: Index) -> None:
    assert index.more_like("makers", field="body").ids == ("maps",)  # rivers
    assert index.more_like("glass", field="title").total == 0


def test_filters_pages_and_highlights_are_those_of_a_search(index: Index) -> None:
    assert index.more_like("maps", where={"author": "Lam"}).ids == ()
    assert index.more_like("maps", where={"author": "Kim"}).ids == ("makers",)
    assert index.more_like("maps", limit=0).total == index.more_like("maps").total
    assert index.more_like("maps", offset=1).ids == index.more_like("maps").ids[1:]
    result = index.search(MoreLikeThis(id="maps"), highlight=True)
    assert result.hits[0].highlights["title"] == ("<mark>Map</mark> makers",)


def test_the_node_combines_with_others(index: Index) -> None:
    like = MoreLikeThis(id="maps")
    assert index.search(like & Match("makers")).ids == ("makers",)
    assert index.search(like & ~Match("makers")).total == index.search(like).total - 1
    assert set(index.search(like | Match("glass")).ids) >= {"makers", "glass"}
    assert index.search(And(like, Term("author", "Kim"))).ids == ("makers",)
    both = index.search(MoreLikeThis(id="maps") | MoreLikeThis(id="vi")).ids
    assert set(both) >= {"makers", "vi2"}


def test_the_node_is_a_value() -> None:
    nodes = [MoreLikeThis("a text"), MoreLikeThis(id="a", field="title"), ~MoreLikeThis(id="b")]
    for node in nodes:
        assert Query.from_dict(json.loads(json.dumps(node.to_dict()))) == node
        assert hash(node) == hash(Query.from_dict(node.to_dict()))
        assert json.dumps(MoreLikeThis.__name__) in str(node)
    assert len(set(nodes)) == 3
    with pytest.raises(QueryError, match="one of the two"):
        MoreLikeThis()
    with pytest.raises(QueryError, match="one of the two"):
        MoreLikeThis("a", "b")
    with pytest.raises(QueryError, match="one of the two"):
        Query.from_dict({"type": "MoreLikeThis"})


def test_bad_requests_are_errors(index: Index) -> None:
    for bad in ("nobody", ""):
        with pytest.raises(QueryError, match="no document"):
            index.more_like(bad)
    with pytest.raises(QueryError, match="one of the two"):
        index.more_like("maps", text="a text")
    with pytest.raises(QueryError, match="one of the two"):
        index.more_like()
    with pytest.raises(QueryError, match="no text field 'author'"):
        index.more_like("maps", field="author")
    with pytest.raises(QueryError, match="filter"):
        index.search("maps", where=[MoreLikeThis(id="maps")])
    with pytest.raises(QueryError, match="is a str"):
        index.search(MoreLikeThis(5))  # type: ignore[arg-type]
    with index.writer() as writer, pytest.raises(QueryError, match="filter"):
        writer.delete_where(MoreLikeThis(id="maps"))


def test_explain_gives_every_part_of_the_score(index: Index) -> None:
    for hit in index.more_like("maps"):
        explanation = index.explain(MoreLikeThis(id="maps"), hit, language="en")
        assert explanation.is_found
        assert explanation.score == pytest.approx(hit.score, rel=1e-5)
        assert sum(one.score for one in explanation.reasons) == pytest.approx(hit.score, rel=1e-4)
    assert not index.explain(MoreLikeThis(id="maps"), "maps").is_found


def test_the_most_telling_words_are_chosen() -> None:
    """By the root of how often a word stands in the text, and by its idf: in plain Python."""
    random = Random(2)
    words = ["".join(random.choices("bcdfghklmnprst", k=6)) for _ in range(300)]
    weights = [1 / rank for rank in range(1, 301)]
    texts = [" ".join(random.choices(words, weights, k=80)) for _ in range(60)]
    schema = Schema({"text": Text()}, languages=["id"])
    index = indexed(schema, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    holders = Counter(word for text in texts for word in set(text.split()))
    given = texts[0].split() + texts[1].split()

    def telling(word: str) -> float:
        idf = log(1 + (60 - holders[word] + 0.5) / (holders[word] + 0.5))
        return sqrt(given.count(word)) * idf

    expected = sorted(
        (word for word in set(given) if holders[word] > 1), key=lambda word: (-telling(word), word)
    )
    snapshot = index.searcher()._snapshot()
    terms = telling_terms(snapshot, " ".join(given), "text", "cy", least=2)
    found = {term for view, term in terms if view == "folded"}
    assert len(expected) > 40
    assert found == set(expected[:40])
    assert all(
        terms[key].weight == pytest.approx(sqrt(given.count(key[1])))
        for key in terms
        if key[0] == "folded"
    )
    pairs = {term for view, term in terms if view == "pair"}
    assert 0 < len(pairs) <= 15


def test_a_long_text_costs_no_more_words() -> None:
    index = indexed(SCHEMA, DOCUMENTS)
    page = "maps rivers glass " * 50_000
    assert set(index.more_like(text=page).ids) >= {"maps", "makers", "glass"}


def test_a_text_of_another_language_is_read_by_its_own_rules(index: Index) -> None:
    found = index.more_like(text="Ils dessinent les rivières et les cartes", language="fr")
    assert found.language == "fr"
    assert index.more_like(text="bản đồ các dòng sông châu Á").language == "vi"
