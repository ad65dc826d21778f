"""What is done to be quick changes nothing that anybody sees: hits, scores, marks and values."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import (
    And,
    Highlight,
    Index,
    Integer,
    Match,
    Or,
    QueryError,
    Regex,
    SearchResult,
    Text,
    marks,
)
from searchlib.engine import words
from searchlib.languages import analyzer
from searchlib.marks import InOrder, Marker, Needles
from searchlib.query.lexer import Kind, Lexeme, lex
from searchlib.schema import Schema
from tests.conftest import indexed

_WORDS = "été étés ete mais maïs marché marche marchés nuit nuits travail travaux côte coté".split()


def _index(languages: list[str], count: int = 120) -> Index:
    random = Random(7)
    documents = [
        {
            "id": str(number),
            "title": " ".join(random.choices(_WORDS, k=3)),
            "text": " ".join(random.choices(_WORDS, k=random.randint(2, 14))),
            "year": number % 7,
        }
        for number in range(count)
    ]
    fields = {"title": Text(weight=2.0), "text": Text(), "year": Integer()}
    return indexed(Schema(fields, languages=languages), documents)


@pytest.fixture(scope="module")
def french() -> Index:
    return _index(["fr"])


def _scores(result: SearchResult) -> dict[str, float | None]:
    return {hit.id: None if hit.score is None else round(hit.score, 3) for hit in result}


# --- Words that must all match -----------------------------------------------------------------


@pytest.mark.parametrize("languages", [["fr"], ["vi"], ["fr", "en"]])
@pytest.mark.parametrize("text", ["ete AND nuit", "étés AND travail", "côte AND maïs AND nuits"])
def test_what_finds_leaves_out_no_form_and_no_score(languages: list[str], text: str) -> None:
    """Of each word alone all clauses find; both must, and scores are sums."""
    index = _index(languages)
    every = len(index)
    parts = [index.search(word, limit=every) for word in text.split(" AND ")]
    # Whether any mark was typed in the whole query decides how each word is read.
    found = index.search(text, limit=every)
    ids = set(parts[0].ids).intersection(*(part.ids for part in parts))
    assert set(found.ids) == ids != set()
    assert found.total == len(ids)
    loose = index.search(Or(*(Match(word) for word in text.split(" AND "))), limit=every)
    assert _scores(found) == {id: score for id, score in _scores(loose).items() if id in ids}


# --- Clauses that tell little ------------------------------------------------------------------


def test_what_very_many_documents_hold_is_looked_for_once(
    french: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "le travail de nuit des étés de demain"
    before = french.search(query, limit=200)
    reasons = len(french.explain(query, before.hits[0]).reasons)
    monkeypatch.setattr(words, "_FEW", 10)
    french.searcher()._snapshot().kept.clear()
    after = french.search(query, limit=200)
    assert set(after.ids) == set(before.ids)
    assert len(french.explain(query, before.hits[0]).reasons) < reasons
    french.searcher()._snapshot().kept.clear()


def test_a_form_that_stems_do_not_find_is_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """In an index of two languages, the folded view alone finds a word of the other one."""
    monkeypatch.setattr(words, "_FEW", 1)
    index = Index(Schema({"text": Text()}, language="lang", languages=["fr", "en"]))
    rows = [
        {"id": f"{code}{n}", "text": "nations", "lang": code}
        for code in ("fr", "en")
        for n in range(20)
    ]
    index.add(rows).raise_for_rejected()
    assert index.search("nations", language="fr", limit=50).total == 40


# --- Queries that are remembered ---------------------------------------------------------------


def test_equal_values_of_other_types_are_other_queries(french: Index) -> None:
    one = french.search("nuit", where={"year": 1})
    assert one.total > 0
    with pytest.raises(QueryError, match="year"):
        french.search("nuit", where={"year": True})
    assert french.search("nuit", where={"year": 1}).ids == one.ids


def test_a_remembered_query_finds_what_it_found(french: Index) -> None:
    for options in ({}, {"accents": "strict"}, {"accents": "ignore"}, {"typos": False}):
        first, again = (french.search("étés nuit", highlight=True, **options) for _ in "12")
        assert _scores(first) == _scores(again)
        assert [hit.highlights for hit in first] == [hit.highlights for hit in again]
        assert first.notices == again.notices
    assert _scores(french.search("étés nuit")) != _scores(
        french.search("étés nuit", accents="strict")
    )


def test_a_new_commit_remembers_nothing() -> None:
    index = _index(["fr"], 5)
    before = index.search("travail").total
    index.add([{"id": "new", "text": "travail"}]).raise_for_rejected()
    assert index.search("travail").total == before + 1


def test_a_commit_that_nobody_holds_is_gone_at_once() -> None:
    """What it remembers must not keep it, and its files on disk with it."""
    index = _index(["fr"], 5)
    before = weakref.ref(index.searcher()._snapshot())
    index.search("travail étés", highlight=True, facets=["year"])
    gc.disable()
    try:
        index.add([{"id": "new", "text": "travail"}]).raise_for_rejected()
        assert before() is None
    finally:
        gc.enable()


def test_words_of_patterns_are_of_one_page_only(french: Index) -> None:
    """What one page's documents hold is not remembered with the query."""
    node = Regex("mar.*")
    pages = [french.search(node, highlight=True, limit=3, offset=3 * n) for n in range(4)]
    again = [french.search(node, highlight=True, limit=3, offset=3 * n) for n in range(4)]
    assert [[hit.highlights for hit in page] for page in pages] == [
        [hit.highlights for hit in page] for page in again
    ]
    assert all(hit.highlights for page in pages for hit in page)


def test_threads_may_share_a_remembered_query(french: Index) -> None:
    french.searcher()._snapshot().kept.clear()

    def marked(_: int) -> list[Any]:
        found = french.search("étés marché travail", highlight=True, limit=30)
        return [(hit.id, hit.highlights) for hit in found]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(marked, range(40)))
    assert all(one == results[0] for one in results)
    assert results[0]


# --- Documents that are decoded when they are looked at ----------------------------------------


def test_a_hit_is_the_value_that_it_would_be(french: Index) -> None:
    one, two = (french.search("nuit", limit=1).hits[0] for _ in "12")
    assert one == two
    assert one.document is one.document
    assert one.document == french.get(one.id)
    for made in (pickle.loads(pickle.dumps(two)), copy.deepcopy(two), copy.copy(two)):
        assert made == one
        assert made.document == one.document
    unread = french.search("nuit", limit=1).hits[0]
    assert pickle.loads(pickle.dumps(unread)) == one
    assert repr(unread) == repr(one)
    assert "document" not in repr(unread)
    with pytest.raises(AttributeError, match="nothing"):
        unread.nothing  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError):
        unread.score = 1.0  # type: ignore[misc]


def test_threads_read_one_document(french: Index) -> None:
    for hit in french.search("nuit", limit=50):
        with ThreadPoolExecutor(4) as pool:
            read = list(pool.map(getattr, [hit] * 4, ["document"] * 4))
        assert all(one is read[0] for one in read)


# --- Marks by chunks ---------------------------------------------------------------------------

_CHUNKS = st.sampled_from(
    [
        *_WORDS,
        "l’été",
        "d'été,",
        "(marché)",
        "travail-nuit",
        "TRAVAUX",
        "e\u0301te\u0301",
        "x",
        "東京都",
    ]
)
_SPACES = st.sampled_from([" ", "\n", "\u00a0", "\u2003", "  "])
_TEXTS = st.lists(st.tuples(_CHUNKS, _SPACES), max_size=25).map(
    lambda pairs: "".join(chunk + space for chunk, space in pairs)
)


def _by_words(text: str, needles: Needles) -> list[tuple[int, int]]:
    """The words that match, asked one by one."""
    return [
        (token.start, token.end)
        for token in analyzer("fr").tokens(text)
        if token.folded in needles.folded
        or token.stem in needles.stems
        or token.written in needles.written
        or token.folded.startswith(tuple(needles.prefixes))
    ]


@given(st.lists(_TEXTS, min_size=1, max_size=4), st.sets(st.sampled_from(_WORDS), max_size=3))
def test_marks_are_those_of_a_walk_over_all_words(texts: list[str], sought: set[str]) -> None:
    tokens = [analyzer("fr").tokens(word)[0] for word in sorted(sought)]
    for needles in (
        Needles(folded={token.folded for token in tokens}),
        Needles(stems={str(token.stem) for token in tokens}),
        Needles(written={token.written for token in tokens}),
        Needles(prefixes={token.folded[:3] for token in tokens}),
        Needles(
            written={token.written for token in tokens},
            folded={token.folded for token in tokens},
            stems={str(token.stem) for token in tokens},
        ),
    ):
        marker = Marker(needles, analyzer("fr"))  # one for all texts, as for a page
        for text in texts:
            marks = [(start, end) for start, end, _, _ in marker.marks(text)]
            assert marks == _by_words(text, needles)


@given(_TEXTS)
def test_phrases_are_found_wherever_their_words_stand(text: str) -> None:
    marker = Marker(Needles(phrases={InOrder(("travail", "nuit"))}), analyzer("fr"))
    tokens = analyzer("fr").tokens(text)
    expected = []
    for one, two in pairwise(tokens):
        if (one.folded, two.folded) == ("travail", "nuit"):
            expected += [(one.start, one.end), (two.start, two.end)]
    assert [(start, end) for start, end, _, _ in marker.marks(text)] == expected


@given(st.lists(_TEXTS, min_size=2, max_size=6), st.sets(st.sampled_from(_WORDS), min_size=1))
def test_marks_are_the_same_whatever_texts_were_met_before(
    texts: list[str], sought: set[str]
) -> None:
    """The table of chunks starts afresh again and again, with each text and between two."""
    needles = Needles(folded={analyzer("fr").tokens(word)[0].folded for word in sought})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "_MOST_CHUNKS", 3)
        one = Marker(needles, analyzer("fr"))
        for text in texts:
            other = Marker(needles, analyzer("fr"))
            expected = _by_words(text, needles)
            assert [mark[:2] for mark in one.marks(text)] == expected
            assert [mark[:2] for mark in other.marks(text)] == expected


def test_threads_share_the_table_of_chunks() -> None:
    """What one thread has put in while another one marks is found by both."""
    texts = [f"zug{n} été zug{n + 1} zug{n}, L’ÉTÉ zug{n % 7}" for n in range(400)]

    def marked(place: int) -> list[tuple[int, list[tuple[int, int]]]]:
        order = [*range(place, len(texts)), *range(place)]
        needles = Needles(folded={f"zug{n}" for n in range(0, 400, 3)} | {"ete"})
        marker = Marker(needles, analyzer("fr"))
        found = [(n, [(mark.start, mark.end) for mark in marker.marks(texts[n])]) for n in order]
        return sorted(found)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(marked, range(0, 400, 50)))
    assert all(result == results[0] for result in results)
    assert dict(results[0])[3] == [(0, 4), (5, 8), (14, 18), (22, 25), (26, 30)]


def test_a_chunk_within_another_word_is_no_match() -> None:
    marker = Marker(Needles(folded={"nuit"}), analyzer("fr"))
    assert [mark[:2] for mark in marker.marks("nuits minuit nuit. nuit")] == [(13, 17), (19, 23)]


def test_highlights_of_a_page_do_not_depend_on_its_other_hits(french: Index) -> None:
    options = Highlight(size=60, fragments=2)
    page = french.search("étés travail", highlight=options, limit=20)
    for place, hit in enumerate(page):
        [alone] = french.search("étés travail", highlight=options, limit=1, offset=place)
        assert alone == hit


# --- Words without signs -----------------------------------------------------------------------


@given(st.lists(st.sampled_from(["été", "a-b", "27", "don’t,", "x.y", "AND.", "OU"]), min_size=1))
def test_a_plain_word_is_read_as_any_word_is(parts: list[str]) -> None:
    """A field before a word makes the lexer take the long way."""
    found = lex(" ".join(parts), {"title"})
    named = lex(" ".join(f"title:{part}" for part in parts), {"title"})
    assert [(one.kind, one.text, one.suffix, one.boost) for one in found] == [
        (one.kind, one.text, one.suffix, one.boost) for one in named
    ]
    assert [one.text for one in found] == parts


def test_a_lexeme_knows_where_it_stands() -> None:
    assert lex("été NOT hiver", ()) == [
        Lexeme(Kind.WORD, "été", 0, 3),
        Lexeme(Kind.NOT, "NOT", 4, 7),
        Lexeme(Kind.WORD, "hiver", 8, 13),
    ]


def test_nodes_still_join_words(french: Index) -> None:
    both = french.search(And(Match("ete"), Match("nuit")), limit=200)
    assert both.total == french.search("ete AND nuit").total > 0


def test_an_option_that_cannot_be_hashed_is_taken_as_it_stands() -> None:
    index = Index(Schema({"title": Text()}, languages=["en"]))
    index.add([{"id": "1", "title": "maps"}])
    options: list[Any] = [[], {}, [[]]]
    for typos in options:
        index.search("maps", typos=typos)
    assert index.search("maps").ids == ("1",)
