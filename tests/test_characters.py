"""Scripts without spaces: the longest adjacent characters find, the shorter ones help to rank."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias
from unicodedata import combining, normalize

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

Form: TypeAlias = Literal["NFC", "NFD", "NFKC"]

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


@pytest.mark.parametrize("fields", [["t"], ["t", "u"]])
@pytest.mark.parametrize("codes", [["ja", "zh", "th", "ko", "km"], ["en"]])
@pytest.mark.parametrize(
    ("text", "held", "missed"),
    [
        ("東京タワーの夜", ["東京", "京", "タワ", "夜"], ["東京都", "都", "大阪"]),
        ("국회의원이 왔다", ["국회", "회의", "국회의원"], ["의회", "국회에", "이왔"]),
        ("กรุงเทพมหานคร", ["กรุงเทพ", "กรุง", "นคร"], ["นครปฐม", "ก"]),
        ("น้ำมันขึ้น", ["น้ำ", "น้ํา"], ["น้า"]),
        ("我是大学生", ["学生", "生", "大学"], ["学士", "博士"]),
    ],
)
def test_no_notice_denies_what_is_found_within_a_word(
    fields: list[str], codes: list[str], text: str, held: list[str], missed: list[str]
) -> None:
    schema = Schema({name: Text() for name in fields}, languages=codes)
    index = indexed(schema, [{"id": "1", "t": text}, {"id": "2", "t": "other words"}])
    for query in (*held, *(f"t:{word}" for word in held)):
        for accents in ("prefer", "strict"):
            result = index.search(query, accents=accents)
            assert result.ids == ("1",)
            assert not result.notices
    for query in missed:
        assert [one.code for one in index.search(query).notices] == ["unknown-word"], query


BRACKETS: Final = Highlight(before="[", after="]", style="text", size=None)


def marked(code: str, text: str, query: str | Match | Phrase) -> str | None:
    """A text with its marks; None where it is not found."""
    hits = index_of(code, [text]).search(query, typos=False, highlight=BRACKETS).hits
    return hits[0].highlights.get("t", ("",))[0] if hits else None


def bare(shown: str) -> str:
    return shown.replace("[", "").replace("]", "")


@pytest.mark.parametrize(
    ("code", "query", "expected"),
    [
        ("th", "น้ำ", "ราคา[น้ำ]มันขึ้น"),
        ("th", "ทำ", "[ทำ]งานที่บ้าน"),
        ("th", "คำ", "[คำ]ถามและ[คำ]ตอบ"),
        ("lo", "ນ້ຳ", "ລາຄາ[ນ້ຳ]ມັນ"),
        ("ja", "京都", "東[京都]知事"),
        ("ja", "ガス", "東京[ｶﾞｽ]会社"),
        ("ja", "ｶﾞｽ", "東京[ガス]会社"),
        ("ja", normalize("NFD", "がっこう"), "小[がっこう]です"),
        ("ja", "㌔", "十[キロ]です"),
        ("zh", '"京大"', "北[京大]学的学生"),
        ("zh", "京大", "北\u200d[京\u200d大]学"),
        ("ko", "국회", "[국회]의원이 왔다"),
        ("ko", '"의원 왔다"', "국회[의원]이 [왔다]"),
        ("ko", "의원이 왔다", "국회[의원이] [왔다]"),
        ("zh", '"大学 学生"', "[大学] [学生]和北京[大学]"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_marks_run_on_over_words_and_stand_on_what_was_typed(
    code: str, query: str, expected: str, form: Form
) -> None:
    wanted = normalize(form, expected)
    found = marked(code, bare(wanted), query)
    assert found is not None
    assert found.replace("][", "") == wanted


#: Language → letters, of which several become two in the index, or one with the letter before.
MELTING: Final = {
    "th": "กขำนท้่ะเา",
    "lo": "ກຂຳນທ້່ະເາໜ",
    "km": "កខគ្ងារំេ",
    "ja": "東京都ガか゛がｶﾞｯ゙ー",
    "zh": "北京大学生豈\u2f08",
    "ko": "학교에서는국회",
}
#: What stands for one letter: who is marked by a part of it is marked whole.
MATES: Final = ("\u0e4d\u0e32\u0e33", "\u0ecd\u0eb2\u0eb3", "ຫນ")
VOICING: Final = "\u3099"

_pieces: Final = st.sampled_from(sorted(MELTING)).flatmap(
    lambda code: st.tuples(
        st.just(code),
        st.text(MELTING[code] + " \u200d-", min_size=1, max_size=14),
        st.integers(0, 12),
        st.integers(1, 6),
        st.sampled_from(["NFC", "NFD", "NFKC", None]),
        st.sampled_from(["NFC", "NFD", "NFKC", None]),
        st.booleans(),
    )
)


@settings(max_examples=500, deadline=None)
@given(_pieces)
def test_what_a_piece_of_a_text_finds_is_marked(
    drawn: tuple[str, str, int, int, Form | None, Form | None, bool],
) -> None:
    code, text, start, length, form, other, is_phrase = drawn
    piece = text[start : start + length]
    text = normalize(form, text) if form else text
    piece = normalize(other, piece) if other else piece
    sought = run(piece, code)
    if not sought:
        return
    shown = marked(code, text, Phrase(piece) if is_phrase else Match(piece))
    if shown is None:
        return
    assert bare(shown) == text
    pieces = re.findall(r"\[(.*?)\]", shown)
    assert pieces
    if VOICING in sought:  # a sign by itself is found on whichever letter has one too many
        return
    allowed = set(sought).union(*[mates for mates in MATES if set(mates) & set(sought)])
    for one in pieces:  # with the marks on its letters
        letters = {letter for letter in run(one, code) if not combining(letter)}
        assert letters <= allowed, (shown, one)


def test_adjacent_characters_of_two_scripts() -> None:
    assert analyze("ไทย日本", "zh").view("pair")[-3:] == analyze("ไทย日本", "th").view("pair")[-3:]
    terms = [term.text for term in analyze("ไทย日本", "zh").pair]
    assert terms == ["ไท", "ไทย", "ทย", "ทย日", "ย日", "ย日本", "日", "日本", "本"]
