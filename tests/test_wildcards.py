"""Beginnings of words, fuzzy words, words near each other, and values that are there."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    And,
    Category,
    Date,
    Exists,
    Fuzzy,
    Index,
    Integer,
    Keyword,
    Match,
    Near,
    Not,
    Prefix,
    Query,
    QueryError,
    Schema,
    Stored,
    Text,
    analyze,
)
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "note": Text(weight=0.3),  # scored apart from the others
        "author": Keyword(),
        "section": Category(),
        "year": Integer(),
        "day": Date(),
        "raw": Stored(),
    },
    languages=["vi", "fr", "en"],
)
WORDS: Final = (
    *("hội", "hợp", "hồ", "ho", "hôm", "họp", "đường", "duong", "été", "ete", "étude", "a", "ab"),
    *("nations", "nation", "natation", "notions", "cooperation", "operation", "東京", "北京大学"),
)
#: One language, so that no document is preferred for its own.
ENGLISH: Final = Schema({"title": Text()}, languages=["en"])
_text: Final = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
_corpus: Final = st.lists(
    st.fixed_dictionaries({"title": _text, "body": _text, "note": _text}), min_size=1, max_size=6
)


def corpus(texts: list[dict[str, str]]) -> Index:
    documents = [{"id": str(number), **fields} for number, fields in enumerate(texts)]
    return indexed(SCHEMA, documents[:3], documents[3:])


def english(*titles: str) -> Index:
    return indexed(ENGLISH, [{"id": str(n), "title": title} for n, title in enumerate(titles)])


def folded(text: str) -> list[str]:
    """The words that a search without marks sees; the same in every language."""
    return [token.folded for token in analyze(text, "vi").tokens]


def brute(texts: list[dict[str, str]], field: str | None, holds: object) -> set[str]:
    """The ids of the documents of which a field holds what is looked for."""
    assert callable(holds)
    return {
        str(number)
        for number, fields in enumerate(texts)
        if any(holds(folded(text)) for name, text in fields.items() if field in (None, name))
    }


_field: Final = st.sampled_from([None, "title", "body", "note"])
_start: Final = st.sampled_from(WORDS).flatmap(
    lambda word: st.integers(1, len(word)).map(lambda length: word[:length])
)


@settings(max_examples=60, deadline=None)
@given(_corpus, _start, _field)
def test_a_beginning_finds_what_begins_so(
    texts: list[dict[str, str]], start: str, field: str | None
) -> None:
    index = corpus(texts)
    tokens = folded(start)
    if len(tokens) != 1:  # 北京大: a phrase, whose last word goes on
        return
    expected = brute(texts, field, lambda words: any(w.startswith(tokens[0]) for w in words))
    query = Prefix(start, field)
    assert set(index.search(query).ids) == expected
    assert set(index.search(str(query)).ids) == expected
    assert set(index.search(where=[query]).ids) == expected
    assert set(index.search(Not(query)).ids) == {str(n) for n in range(len(texts))} - expected


@settings(max_examples=60, deadline=None)
@given(_corpus, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2), _start, _field)
def test_a_phrase_that_goes_on_finds_what_goes_on_so(
    texts: list[dict[str, str]], before: list[str], start: str, field: str | None
) -> None:
    index = corpus(texts)
    text = " ".join([*before, start])
    *first, last = folded(text)

    def holds(words: list[str]) -> bool:
        width = len(first)
        return any(
            words[place : place + width] == first and words[place + width].startswith(last)
            for place in range(len(words) - width)
        )

    expected = brute(texts, field, holds)
    assert set(index.search(Prefix(text, field)).ids) == expected
    assert set(index.search(where=[Prefix(text, field)]).ids) == expected


@settings(max_examples=60, deadline=None)
@given(
    _corpus,
    st.sampled_from(WORDS[:-2]),
    st.sampled_from(WORDS[:-2]),
    st.integers(0, 4),
    _field,
)
def test_two_words_are_near_by_the_places_between_them(
    texts: list[dict[str, str]], one: str, two: str, slop: int, field: str | None
) -> None:
    if folded(one) == folded(two):
        return
    index = corpus(texts)

    def holds(words: list[str]) -> bool:
        places = [
            (here, there)
            for here, word in enumerate(words)
            for there, other in enumerate(words)
            if [word] == folded(one) and [other] == folded(two)
        ]
        return any(abs(there - 1 - here) <= slop for here, there in places)

    query = Near(f"{one} {two}", slop, field)
    result = index.search(query, highlight=True)
    assert set(result.ids) == brute(texts, field, holds)
    assert set(index.search(where=[query]).ids) == set(result.ids)
    for hit in result:
        marked = "".join("".join(fragments) for fragments in hit.highlights.values())
        assert f"<mark>{one[0]}" in marked or folded(one)[0] in folded(marked)
        assert hit.highlights


def edits(one: str, two: str) -> int:
    """How many letters must be left out, added, mistaken or swapped with the next."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(two) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(two) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (one[i - 1] != two[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 1] == two[j - 2] and one[i - 2] == two[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(two)]


_plain: Final = st.text("abcdđé1", min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(st.lists(_plain, min_size=1, max_size=12), _plain, st.sampled_from([1, 2]))
def test_a_fuzzy_word_finds_what_differs_by_so_many_letters(
    words: list[str], sought: str, distance: int
) -> None:
    index = corpus([{"title": word, "body": "", "note": ""} for word in words])
    (one,) = folded(sought)
    expected = set()
    for number, word in enumerate(words):
        (other,) = folded(word)
        away = edits(one, other)
        if away <= 1 or (away <= distance and one[0] == other[0]):
            expected.add(str(number))
    found = index.search(Fuzzy(sought, distance))
    assert set(found.ids) == expected
    if one in [folded(word)[0] for word in words]:
        assert folded(found.hits[0]["title"]) == [one]


# --- Order ------------------------------------------------------------------------------


def test_marks_typed_bring_words_that_begin_with_them_to_the_front() -> None:
    texts = ["hợp tác hợp tác", "hồ hồ hồ", "hội nghị", "ho"]
    index = corpus([{"title": text} for text in texts])
    assert index.search("hộ*").ids[0] == "2"
    assert set(index.search("hộ*").ids) == {"0", "1", "2", "3"}
    assert index.search("hồ*").ids[0] == "1"


def test_beginnings_and_fuzzy_words_do_not_all_score_alike() -> None:
    index = english("nations nations nations", "nation", "a b c d nations")
    for query in ("nat*", "nations~"):
        scores = [hit.score for hit in index.search(query)]
        assert len(set(scores)) == 3, query
    assert index.search("nat*").ids[0] == "0"


def test_a_rare_word_does_not_outweigh_the_common_one_that_begins_alike() -> None:
    texts = ["coop filler"] * 8 + ["cooperate filler"]
    scores = {hit.id: hit.score for hit in english(*texts).search("coop*")}
    assert scores["8"] == pytest.approx(scores["0"], rel=1e-3)


def test_a_known_word_comes_before_its_like() -> None:
    index = english("notions", "nation", "nations")
    assert index.search("notions~2").ids == ("0", "2", "1")


# --- Bounds -----------------------------------------------------------------------------


def test_more_words_than_count_are_found_all_the_same_and_a_notice_says_so() -> None:
    texts = [f"nat{number:03} uni nat{number:03}" for number in range(80)]
    index = english(*texts, "nat000")
    for query, total in ((Prefix("nat"), 81), (Prefix("uni nat"), 80)):
        found = index.search(query, limit=100)
        assert found.total == total
        assert "too-many-terms" in [notice.code for notice in found.notices]
        assert index.search(where=[query]).total == found.total
        for hit in (found.hits[0], found.hits[-1]):
            reasons = index.explain(query, hit).reasons
            assert sum(one.score for one in reasons) == pytest.approx(hit.score, abs=1e-3)
    fuzzy = index.search("nat000~2", limit=100)
    assert 0 < fuzzy.total < 81
    assert "too-many-terms" in [notice.code for notice in fuzzy.notices]
    assert not index.search("uni*").notices


def test_many_beginnings_and_fuzzy_words_take_no_longer_than_some() -> None:
    index = corpus([{"title": "a b c"}])
    letters = [f"{one}{two}" for one in "abcdefghij" for two in "abcdefghij"]
    for sign in "*~":
        result = index.search(" ".join(letter + sign for letter in letters))
        assert "too-many-words" in [notice.code for notice in result.notices]


def test_what_no_document_holds_says_so() -> None:
    index = corpus([{"title": "été"}])
    for query in ("xyz*", "xyzxyz~", "author:x*"):
        (notice,) = index.search(query).notices
        assert notice.code == "unknown-word"
        assert query.partition("author:")[2] or query in notice.message


# --- Filters ----------------------------------------------------------------------------


def test_a_fuzzy_filter_is_refused_with_the_reason() -> None:
    index = corpus([{"title": "nations"}])
    queries: list[Query] = [Fuzzy("nations"), And(Match("a"), Not(Fuzzy("nations")))]
    for query in queries:
        with pytest.raises(QueryError, match="guess"):
            index.search(where=[query])
    with index.writer() as writer, pytest.raises(QueryError, match="guess"):
        writer.delete_where("nations~")
    assert len(index) == 1


def test_a_beginning_deletes_exactly_what_begins_so() -> None:
    index = corpus([{"title": "nations"}, {"title": "nation"}, {"title": "notions"}])
    with index.writer() as writer:
        writer.delete_where("natio*")
    assert [document["id"] for document in index.documents()] == ["2"]


# --- Fields that are not text -----------------------------------------------------------

VALUES: Final = indexed(
    SCHEMA,
    [
        {"id": "1", "author": ["Salim", "Quang"], "section": "News/Asia", "year": 2022},
        {"id": "2", "author": "Sally Ride", "section": "News/Africa", "day": "2020-02-29"},
    ],
    [
        {"id": "3", "author": "salim", "section": "Notes", "raw": {"a": [1]}, "title": "été"},
        {"id": "4", "title": "", "body": "…", "year": None, "author": []},
    ],
)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("author:Sal*", {"1", "2"}),
        ("author:sal*", {"3"}),
        ('author:"Sally R"*', {"2"}),
        ("author:(Q* OR sal*)", {"1", "3"}),
        ("section:N*", {"1", "2", "3"}),
        ("section:News/*", {"1", "2"}),
        ("section:/News/As*", {"1"}),
        ("id:1*", {"1"}),
        ("author:*", {"1", "2", "3"}),
        ("section:*", {"1", "2", "3"}),
        ("year:*", {"1"}),
        ("day:*", {"2"}),
        ("raw:*", {"3"}),
        ("title:*", {"3"}),
        ("body:*", set()),
        ("-author:*", {"4"}),
        ("id:*", {"1", "2", "3", "4"}),
        ("_language:*", {"1", "2", "3", "4"}),
        ("été -year:*", {"3"}),
    ],
)
def test_values_that_begin_so_and_values_that_are_there(query: str, ids: set[str]) -> None:
    result = VALUES.search(query)
    assert set(result.ids) == ids
    assert not [notice for notice in result.notices if notice.code != "unknown-word"]
    assert set(VALUES.search(where=[result.query]).ids) == ids


def test_a_document_that_is_replaced_has_the_values_of_the_new_one() -> None:
    index = indexed(SCHEMA, [{"id": "1", "year": 1}], [{"id": "1", "title": "x"}])
    assert index.search(Exists("year")).total == 0
    assert index.search(Exists("title")).total == 1


def test_highlights_mark_the_words_that_begin_so() -> None:
    index = corpus(
        [{"title": "Hội nghị, hợp tác – đại hội", "body": "united nations unite nation"}]
    )
    (hit,) = index.search("hộ*", highlight=["title"]).hits
    assert hit.highlights["title"] == (
        "<mark>Hội</mark> nghị, <mark>hợp</mark> tác – đại <mark>hội</mark>",
    )
    (hit,) = index.search('"united nat"*', highlight=["body"]).hits
    assert hit.highlights["body"] == ("<mark>united</mark> <mark>nations</mark> unite nation",)
    (hit,) = index.search('"nations nation"~1', highlight=["body"]).hits
    assert hit.highlights["body"] == ("united <mark>nations</mark> unite <mark>nation</mark>",)
    (hit,) = index.search("nationes~", highlight=["body"]).hits
    assert hit.highlights["body"] == ("united <mark>nations</mark> unite nation",)


_labels: Final = st.text(
    st.sampled_from("aA .*+?()[]{}|\\^$#&~-\n\t/@đ\x00😀"), min_size=1, max_size=4
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_labels, min_size=1, max_size=6), _labels)
def test_values_begin_so_letter_by_letter(labels: list[str], start: str) -> None:
    index = indexed(SCHEMA, [{"id": str(n), "author": one} for n, one in enumerate(labels)])
    expected = {str(n) for n, one in enumerate(labels) if one.startswith(start)}
    query = Prefix(start, "author")
    assert set(index.search(query).ids) == expected
    assert set(index.search(where=[query]).ids) == expected


@pytest.mark.parametrize("length", [100, 199, 200, 201, 1_000, 8_000])
def test_long_beginnings_are_found(length: int) -> None:
    value = "😀" * length
    index = indexed(SCHEMA, [{"id": "1", "author": value + "x", "title": "a" * length}])
    for query in (Prefix(value, "author"), Prefix("a" * length), Prefix("x " + "a" * length)):
        for found in (index.search(query), index.search(where=[query])):
            assert found.total == int("x" not in query.text)


@pytest.mark.parametrize(
    ("field", "length"), [("title", 100), ("author", 100), ("author", 201), ("author", 8_000)]
)
def test_a_beginning_deletes_what_no_commit_has_yet(field: str, length: int) -> None:
    index = corpus([])
    start = "x" * length
    with index.writer() as writer:
        for number, value in enumerate([start + "y", start, start[1:] + "y"]):
            writer.add({"id": str(number), field: value})
        writer.delete_where(Prefix(start, field))
    assert [document["id"] for document in index.documents()] == ["2"]


@given(
    texts=st.lists(st.lists(st.sampled_from("abcdx"), min_size=1, max_size=9), max_size=12),
    words=st.lists(st.sampled_from("abcd"), min_size=1, max_size=5),
    slop=st.integers(1, 6),
)
def test_words_near_each_other_are_found_marked_and_filtered_by_alike(
    texts: list[list[str]], words: list[str], slop: int
) -> None:
    index = Index(Schema({"title": Text()}, languages=["en"]))
    index.add({"id": str(n), "title": " ".join(text)} for n, text in enumerate(texts))
    first = {word: words.index(word) for word in words}
    expected = {
        str(n)
        for n, text in enumerate(texts)
        if set(first) <= set(text)
        and all(
            any(
                abs((behind - before) - (first[two] - first[one])) <= slop
                for before, word in enumerate(text)
                if word == one
                for behind, other in enumerate(text)
                if other == two
            )
            for one in first
            for two in first
            if first[one] < first[two]
        )
    }
    node = Near(" ".join(words), slop)
    found = index.search(node, limit=99, highlight=True)
    assert set(found.ids) == set(index.search(where=node, limit=99).ids) == expected
    assert set(index.search(~node, limit=99).ids).isdisjoint(expected)
    assert all(hit.highlights for hit in found)
    for hit in found:
        assert index.explain(node, hit).score == pytest.approx(hit.score, rel=1e-3)


@given(
    st.lists(st.text("ab\n é東🎉\u0301.*+?\\[-", min_size=1, max_size=5), min_size=1, max_size=8),
    st.text("ab\n é東🎉\u0301.*+?\\[-", min_size=1, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_a_prefix_of_a_value_finds_each_that_begins_so(values: list[str], start: str) -> None:
    """No sign of a value is one of a pattern, and each code point is one letter."""
    index = indexed(
        Schema({"author": Keyword()}),
        [{"id": str(n), "author": value} for n, value in enumerate(values)],
    )
    found = index.search(where=Prefix(start, "author"), limit=20)
    assert set(found.ids) == {str(n) for n, value in enumerate(values) if value.startswith(start)}


@pytest.mark.parametrize("fields", [["t"], ["t", "u"]])
@pytest.mark.parametrize(
    ("code", "text", "beginning", "marked"),
    [
        ("ja", "東京タワーの夜", "東京タ", "<mark>東京タワー</mark>の夜"),
        ("ja", "国会議事堂", "国会議", "<mark>国会議</mark>事堂"),
        ("th", "กรุงเทพมหานคร", "กรุงเทพม", "<mark>กรุงเทพมหานคร</mark>"),
        ("zh", "北京大学生", "北京大学", "<mark>北京大学生</mark>"),
    ],
)
def test_a_beginning_that_a_dictionary_cuts_finds_what_is_one_word(
    fields: list[str], code: str, text: str, beginning: str, marked: str
) -> None:
    schema = Schema({name: Text() for name in fields}, languages=[code])
    # The same words apart from each other are no beginning.
    others = ["タ、東京", "議、国会", "ม เทพ กรุง", "学大、京北", "other"]
    documents = [{"id": str(n), "t": one} for n, one in enumerate(others)]
    index = indexed(schema, [{"id": "found", "t": text}, *documents])
    for node in (Prefix(beginning), Prefix(beginning, "t"), Prefix(beginning, accents="strict")):
        result = index.search(node, highlight=True)
        assert result.ids == ("found",)
        assert not result.notices
        shown = result.hits[0].highlights["t"][0]
        assert shown.replace("</mark><mark>", "") == marked
        assert index.search(where=node).ids == ("found",)
        reasons = index.explain(node, "found").reasons
        assert sum(one.score for one in reasons) == pytest.approx(result.hits[0].score, rel=1e-3)
    assert index.search(Prefix(beginning + "塔"), typos=False).total == 0
    with index.writer() as writer:
        writer.delete_where(Prefix(beginning))
    assert "found" not in index.search(limit=9).ids
