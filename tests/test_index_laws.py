"""What is found is what a naive search over the analysis of every document finds."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import And, Index, Keyword, Match, Not, Or, Query, Schema, Text, Token, analyze
from tests.conftest import SMALL, indexed
from tests.strategies import plain_texts, wild_texts

laws = settings(max_examples=15, deadline=None)
CODES: Final = ["vi", "fr", "en", "de", "ru", "el", "ar", "tr", "hi", "he", "und"]

WORDS: Final = {
    "vi": "đường duong đương Đường hợp tác họp hội quốc Quoc hòa hoà của cuả và là",
    "fr": "été ete l’été d'Été péché pêche coopération coopérations les la mais maïs étudiant·e·s",
    "en": "run running runs runner the The of lion lions lion’s to universities university",
    "ru": "книга книги книгу и в новые новый ёлка елка",
    "und": "résumé resume a b the 1 2 3.14 C++ x@y.z U.S.A. ǆ ß SS",
}


def schema(code: str) -> Schema:
    return Schema({"title": Text(), "tag": Keyword()}, languages=[code])


# --- Every word finds its document ------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
@laws
@given(data=st.data())
def test_a_document_is_found_by_each_of_its_words(code: str, data: st.DataObject) -> None:
    text = data.draw(plain_texts(code) | wild_texts(code))
    index = indexed(schema(code), [{"id": "1", "title": text}])
    words = [token.text for token in analyze(text, code).tokens if not token.is_unspaced]
    for word in words:
        assert index.search(Match(word)).ids == ("1",), word
    for word in (token.text for token in analyze(data.draw(plain_texts(code)), code).tokens):
        assert index.search(Match(word)).total <= 1
    with index.writer(memory=SMALL) as writer:
        writer.delete("1")
    for word in words:
        assert index.search(Match(word)).total == 0


@pytest.mark.parametrize(
    "text",
    ["@\u0300", "@\u0301\u0302 a", "a@\u093c", "x_\u0301", "\u0300", "@\u03450", "x_\u0301\u0302a"],
)
def test_a_mark_without_its_letter_is_no_word(text: str) -> None:
    index = indexed(schema("und"), [{"id": "1", "title": text}])
    words = [token.text for token in analyze(text, "und").tokens]
    assert all(any(map(str.isalnum, word)) for word in words)
    assert all(index.search(Match(word)).ids == ("1",) for word in words)
    assert index.search(Match("\u0300")).total == 0


@pytest.mark.parametrize("code", CODES)
@laws
@given(data=st.data())
def test_a_document_is_found_by_its_words_in_capitals(code: str, data: st.DataObject) -> None:
    text = data.draw(plain_texts(code))
    index = indexed(schema(code), [{"id": "1", "title": text}])
    for token in analyze(text, code).tokens:
        assert index.search(Match(token.text.upper())).ids == ("1",), token.text.upper()


@laws
@given(data=st.data())
def test_words_find_their_document_whatever_languages_are_guessed(data: st.DataObject) -> None:
    """Neither the document nor the query says its language, and either guess may be wrong."""
    codes = ["vi", "fr", "en"]
    texts = data.draw(st.lists(st.sampled_from(codes).flatmap(plain_texts), min_size=1, max_size=4))
    documents = [{"id": str(n), "title": text} for n, text in enumerate(texts)]
    index = indexed(Schema({"title": Text()}, languages=codes), documents[:2], documents[2:])
    for document in documents:
        for token in analyze(document["title"]).tokens:
            assert document["id"] in index.search(Match(token.text)).ids, token.text


# --- The naive search -------------------------------------------------------------------


def terms(token: Token) -> set[tuple[str, str]]:
    found = {("folded", token.folded)}
    return found if token.stem is None else found | {("stem", token.stem)}


def text_terms(text: str, code: str) -> set[tuple[str, str]]:
    return {term for token in analyze(text, code).tokens for term in terms(token)}


def wanted_terms(text: str, code: str) -> set[tuple[str, str]]:
    """The terms that a query looks for: function words only where nothing else remains."""
    tokens = analyze(text, code).tokens
    words = [token for token in tokens if not token.is_stop] or list(tokens)
    return {term for token in words for term in terms(token)}


def matches(node: Query, title: str, code: str) -> bool:
    match node:
        case Match(text, _):
            return not wanted_terms(text, code).isdisjoint(text_terms(title, code))
        case And(clauses):
            return all(matches(clause, title, code) for clause in clauses)
        case Or(clauses):
            return any(matches(clause, title, code) for clause in clauses)
        case Not(clause):
            return not matches(clause, title, code)
    raise AssertionError(node)


def nodes(code: str) -> st.SearchStrategy[Query]:
    word = st.sampled_from(WORDS[code].split())
    leaf: st.SearchStrategy[Query] = st.lists(word, min_size=1, max_size=3).map(
        lambda some: Match(" ".join(some))
    )

    def compound(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
        several = st.lists(inner, min_size=2, max_size=3)
        return (
            several.map(lambda clauses: And(*clauses))
            | several.map(lambda clauses: Or(*clauses))
            | inner.map(Not)
        )

    return st.recursive(leaf, compound, max_leaves=4)


@st.composite
def libraries(draw: st.DrawFn, code: str) -> tuple[Index, list[dict[str, Any]]]:
    """An index of several segments, some documents deleted or replaced, and what it holds."""
    word = st.sampled_from(WORDS[code].split())
    titles = draw(st.lists(st.lists(word, max_size=5).map(" ".join), min_size=1, max_size=10))
    size = draw(st.integers(1, 4))
    documents = [
        {"id": str(n), "title": title, "tag": title.split()[:2]} for n, title in enumerate(titles)
    ]
    index = indexed(schema(code), *(documents[n : n + size] for n in range(0, len(titles), size)))
    gone = draw(st.sets(st.sampled_from([str(n) for n in range(len(titles))]), max_size=3))
    changed = draw(st.sampled_from(documents))
    with index.writer(memory=SMALL) as writer:
        writer.delete(*gone)
        writer.add({**changed, "title": f"{changed['title']} {draw(word)}"})
        writer.add(changed)
    return index, [one for one in documents if one["id"] not in gone - {changed["id"]}]


@pytest.mark.parametrize("code", WORDS)
@laws
@given(data=st.data())
def test_the_documents_found_are_those_of_a_naive_search(code: str, data: st.DataObject) -> None:
    index, documents = data.draw(libraries(code))
    for _ in range(3):
        node = data.draw(nodes(code))
        expected = {one["id"] for one in documents if matches(node, one["title"], code)}
        result = index.search(node, limit=100)
        assert set(result.ids) == expected, str(node)
        assert result.total == len(expected) == len(result)
        assert set(index.search(where=[node], limit=100).ids) == expected
        assert (
            set(index.search(Not(node), limit=100).ids)
            == {one["id"] for one in documents} - expected
        )


@pytest.mark.parametrize("code", ["vi", "fr"])
@laws
@given(data=st.data())
def test_facets_count_what_their_filters_find(code: str, data: st.DataObject) -> None:
    index, documents = data.draw(libraries(code))
    node = data.draw(nodes(code))
    found = [one for one in documents if matches(node, one["title"], code)]
    facet = index.search(node, facets=["tag"]).facets["tag"]
    for line in facet:
        assert line.count == sum(line.value in one["tag"] for one in found)
        filtered = index.search(node, where=[line.filter], limit=100)
        assert filtered.total == line.count
        assert set(filtered.ids) == {one["id"] for one in found if line.value in one["tag"]}


@pytest.mark.parametrize("code", ["vi", "fr", "en"])
@laws
@given(data=st.data())
def test_phrases_are_found_where_their_words_stand_side_by_side(
    code: str, data: st.DataObject
) -> None:
    index, documents = data.draw(libraries(code))
    word = st.sampled_from(WORDS[code].split())
    phrase = " ".join(data.draw(st.lists(word, min_size=1, max_size=3)))
    folded = [token.folded for token in analyze(phrase, code).tokens]
    expected = set()
    for one in documents:
        words = [token.folded for token in analyze(one["title"], code).tokens]
        starts = range(len(words) - len(folded) + 1)
        if any(words[start : start + len(folded)] == folded for start in starts):
            expected.add(one["id"])
    assert set(index.search(f'"{phrase}"', limit=100).ids) == expected
