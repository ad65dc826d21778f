"""Scripts without spaces: the longest adjacent characters find, the shorter ones help to rank."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Highlight, Index, Match, Phrase, Schema, Text
from searchlib.languages import analyze, analyzer
from tests.conftest import indexed

#: Language → letters of its script, few enough to meet again and again.
LETTERS: Final = {
    "zh": "北京大学生茶",
    "ja": "東京タカナのる",
    "ko": "학교에서는",
    "th": "กขคมยาไ",
    "km": "កខគងារ",
}
REACH: Final = {"zh": 2, "ja": 2, "ko": 2, "th": 3, "km": 3}  # the longest

_texts: Final = st.sampled_from(sorted(LETTERS)).flatmap(
    lambda code: st.tuples(
        st.just(code),
        st.lists(st.text(LETTERS[code], min_size=1, max_size=8), min_size=1, max_size=6),
        st.text(LETTERS[code], min_size=1, max_size=5),
    )
)


def index_of(code: str, texts: list[str]) -> Index:
    schema = Schema({"t": Text()}, languages=[code])
    return indexed(schema, [{"id": str(n), "t": text} for n, text in enumerate(texts)])


def run(text: str, code: str) -> str:
    """The characters of a text as they are indexed, if it is all of words."""
    return "".join(token.folded for token in analyze(text, code).tokens)


def parts(text: str, reach: int) -> set[str]:
    return {text[start : start + reach] for start in range(len(text) - reach + 1)}


@settings(max_examples=150, deadline=None)
@given(_texts)
def test_a_text_is_found_by_a_word_or_by_the_longest_adjacent_characters(
    drawn: tuple[str, list[str], str],
) -> None:
    code, texts, query = drawn
    if any(run(text, code) != text for text in [*texts, query]):
        return  # a vowel sign that stands alone is no word
    reach = min(REACH[code], len(query))

    def words(text: str) -> set[str]:
        return {token.folded for token in analyze(text, code).tokens}

    # One Thai letter is a word if anything.
    least = 2 if REACH[code] == 3 else 1
    asked = parts(query, reach) if reach >= least else set()
    expected = {
        str(n)
        for n, text in enumerate(texts)
        if words(query) & words(text) or asked & parts(text, reach)
    }
    index = index_of(code, texts)
    assert set(index.search(Match(query), typos=False).ids) == expected
    assert set(index.search(where=Match(query)).ids) == expected


@settings(max_examples=150, deadline=None)
@given(_texts)
def test_a_phrase_finds_every_text_that_holds_it(drawn: tuple[str, list[str], str]) -> None:
    code, texts, query = drawn
    if any(run(text, code) != text for text in [*texts, query]):
        return
    found = set(index_of(code, texts).search(Phrase(query)).ids)
    words = [token.folded for token in analyze(query, code).tokens]
    reach = min(REACH[code], len(query))
    for n, text in enumerate(texts):
        if query in text and (len(query) >= 2 or REACH[code] == 2):
            assert str(n) in found
        if str(n) in found and query not in text:
            # All its adjacent characters, in some other order: or the words one by one.
            own = [token.folded for token in analyze(text, code).tokens]
            is_words = any(own[place : place + len(words)] == words for place in range(len(own)))
            assert is_words or parts(query, reach) <= parts(text, reach)


@settings(max_examples=100, deadline=None)
@given(_texts)
def test_the_terms_of_a_part_are_terms_of_the_whole(drawn: tuple[str, list[str], str]) -> None:
    code, texts, query = drawn
    whole = "".join(texts) + query + "".join(texts)
    if run(whole, code) != whole or run(query, code) != query:
        return
    found, sought = analyzer(code).views(whole), analyzer(code).views(query)
    assert set(sought.characters.split()) <= set(found.characters.split())
    assert set(sought.pair.split()) <= set(found.pair.split())


@pytest.mark.parametrize(
    ("code", "query", "found", "missed"),
    [
        ("zh", "北京大学", "在北京大学", "京北学大"),
        ("zh", "茶", "绿茶", "绿色"),
        ("ko", "학교", "학교에서", "교학"),
        ("th", "ประเทศไทย", "ประเทศ", "ไท"),
        ("km", "ភាសាខ្មែរ", "ភាសា", "ភា"),
        ("lo", "ພາສາລາວ", "ພາສາ", "ພາ"),
        ("my", "မြန်မာစာ", "မြန်မာ", "မြ"),
    ],
)
def test_fewer_characters_than_the_longest_find_nothing(
    code: str, query: str, found: str, missed: str
) -> None:
    index = index_of(code, [found, missed])
    assert index.search(query, typos=False).ids == ("0",)


def test_the_shorter_ones_rank() -> None:
    """Both hold 大学; one holds 北 and 京 besides, apart from each other."""
    texts = ["大学在南方城市里开放", "大学在北方京城里开放", "南方城市里开放"]
    for order in (texts, texts[::-1]):
        index = index_of("zh", order)
        assert index.search("北京大学").hits[0]["t"] == texts[1]


def test_the_explanation_counts_them_where_they_count() -> None:
    texts = ["大学在北方京城", "北方京城"]
    index = index_of("zh", texts)
    result = index.search("北京大学", typos=False)
    assert result.ids == ("0",)
    reasons = index.explain("北京大学", "0", typos=False).reasons
    terms = {reason.term for reason in reasons}
    assert {"北", "京", "大", "学", "大学"} <= terms
    assert sum(reason.score for reason in reasons) == pytest.approx(result.hits[0].score, rel=1e-4)
    assert not index.explain("北京大学", "1", typos=False).is_found


@pytest.mark.parametrize(
    ("code", "query", "expected"),
    [
        ("zh", "茶", "绿[茶]和红[茶]"),
        ("zh", "北京大学", "我在[北京大学]等大家"),
        ("th", "ภาษาไทย", "[ภาษาไทย]สวย"),
    ],
)
def test_what_found_is_marked_and_what_only_ranked_is_not(
    code: str, query: str, expected: str
) -> None:
    index = index_of(code, [expected.replace("[", "").replace("]", "")])
    options = Highlight(before="[", after="]", style="text")
    (hit,) = index.search(query, highlight=options).hits
    assert hit.highlights["t"][0].replace("][", "") == expected


def test_adjacent_characters_of_two_scripts() -> None:
    assert analyze("ไทย日本", "zh").view("pair")[-3:] == analyze("ไทย日本", "th").view("pair")[-3:]
    terms = [term.text for term in analyze("ไทย日本", "zh").pair]
    assert terms == ["ไท", "ไทย", "ทย", "ทย日", "ย日", "ย日本", "日", "日本", "本"]
