"""Which language a short text is in, among those expected."""

from __future__ import annotations

from itertools import permutations
from time import perf_counter
from typing import Final
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Schema, Text, known_languages
from searchlib.languages import language
from searchlib.languages.detect import Guess, guess, identify
from tests.conftest import ROOT, output_of
from tests.strategies import plain_texts, wild_texts

laws = settings(max_examples=30, deadline=None)

TWELVE: Final = ["vi", "fr", "en", "uk", "ru", "pl", "el", "ar", "tr", "hi", "de", "es"]


# --- Short texts among many languages ---------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Книга о войне", "книга", "новости сегодня", "Москва", "что это такое", "он не знает",
        "дом у моря", "где мой дом", "привет", "как дела", "Совет Федерации", "все или ничего",
        "новые правила въезда", "Война и мир", "ЧТО ДЕЛАТЬ",
    ],
)  # fmt: skip
def test_short_russian_among_twelve(text: str) -> None:
    without_ukrainian = [code for code in TWELVE if code != "uk"]
    for expected in (without_ukrainian, without_ukrainian[::-1]):
        assert guess(text, expected).code == "ru"
    # A word may be of both languages, but of no language with other letters.
    assert {guess(text, TWELVE).code, guess(text, TWELVE[::-1]).code} <= {"ru", "uk"}


@pytest.mark.parametrize("text", ["Война и мир", "что это такое", "он не знает", "ты и я"])
def test_russian_is_not_taken_for_ukrainian(text: str) -> None:
    """Of these words, Ukrainian has none but a conjunction that is spelt otherwise: й, і."""
    for expected in (TWELVE, TWELVE[::-1], ["uk", "ru"], ["ru", "uk"]):
        assert identify(text, expected) == "ru"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("це не моя книга", "uk"),
        ("що ми робимо тут", "uk"),
        ("the end of the world", "en"),
        ("la fin du monde", "fr"),
        ("das Ende der Welt", "de"),
        ("el fin del mundo", "es"),
        ("dünyanın sonu ve biz", "tr"),
        ("koniec świata jest tutaj", "pl"),
        ("το τέλος του κόσμου", "el"),
        ("نهاية العالم", "ar"),
        ("दुनिया का अंत", "hi"),
        ("tận cùng của thế giới", "vi"),
        ("quoc hoi va chu tich nuoc", "vi"),
        ("hop tac cua cac nuoc", "vi"),
    ],
)
def test_short_texts_among_twelve(text: str, code: str) -> None:
    assert identify(text, TWELVE) == code
    assert identify(text.upper(), TWELVE) == code
    assert identify(text, TWELVE[::-1]) == code


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        # Names of one language among the function words of another.
        ("the Hauptbahnhof of the Bundesrepublik", ["de", "en"], "en"),
        ("Nguyễn of the Quốc hội was there with them", ["vi", "en"], "en"),
        ("le Foreign Office et la Royal Society des sciences", ["en", "fr"], "fr"),
        ("ông Johnson Smith và những người của Washington Post", ["en", "vi"], "vi"),
        ("что и как в книге", ["bg", "ru"], "ru"),
    ],
)
def test_common_words_tell_a_language(text: str, expected: list[str], code: str) -> None:
    for order in permutations(expected):
        assert identify(text, order) == code


# --- Scripts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ω", "el"), ("Ж", "ru"), ("东京", "zh"), ("ไทย", "th"), ("שלום", "he"), ("मा", "hi"),
        ("한국", "ko"), ("ひ", "ja"), ("カタカナ", "ja"), ("ك", "ar"), ("தமிழ்", "ta"),
        ("ខ្មែរ", "km"), ("ລາວ", "lo"), ("မြန်မာ", "my"),
        ("Брюкслт 2022 — NATO!", "ru"),
    ],
)  # fmt: skip
def test_a_script_of_one_expected_language_tells_it(text: str, code: str) -> None:
    others = ["en", "zh", "th", "he", "el", "ru", "hi", "ko", "ja", "ar", "ta", "km", "lo", "my"]
    assert identify(text, others) == code
    assert identify(text, others[::-1]) == code
    assert identify(text, ["vi", "fr", code]) == code
    # A script that no expected language is written in tells nothing.
    assert guess(text, ["fr", "en"]).code in {"fr", "en"}
    assert not guess(text, ["fr", "en"]).is_sure


# --- Texts that do not tell -------------------------------------------------------------

SILENT: Final = [
    "", " ", "\n", "2022", "12", "12:30", "3,14", "٣٥", "😀", "👨‍👩‍👧🇻🇳", "....", "---",
    "\x00\x01\x1f",
    "\ud800", "\udfff\ud800", "\u200b\u200e\ufeff", "\x7f\x85", "²½", "✓ → ∞", "\U000e0001",
]  # fmt: skip


@pytest.mark.parametrize("text", SILENT, ids=ascii)
def test_a_text_without_words_is_in_the_first_language_and_not_sure(text: str) -> None:
    for first in known_languages():
        for others in (["fr", "en"], ["de", "vi"], ["ru", "th", "ja"], list(known_languages())):
            expected = [first, *(code for code in others if code != first)]
            assert guess(text, expected) == Guess(first, False), expected
    assert guess(text) == Guess("und", False)
    assert guess(text, ["fr"]).code == "fr"


@pytest.mark.parametrize("code", ["cy", "xx", "ga", "lt"])
def test_a_text_without_words_is_not_in_a_language_without_rules(code: str) -> None:
    for text in ("", "2022", "😀"):
        for expected in (["fr", code], ["vi", "en", code], ["fr", "en", "vi", code, "ru"]):
            assert guess(text, expected) == Guess(expected[0], False), (text, expected)


@pytest.mark.parametrize("name", ["ICESCO", "OSCE", "AlMalik", "NATO", "Kazatrom", "X", "iPhone"])
def test_a_name_alone_does_not_make_sure(name: str) -> None:
    assert not guess(name, ["vi", "fr", "en"]).is_sure


@laws
@given(text=st.text() | wild_texts("vi") | wild_texts("ru"), data=st.data())
def test_any_text_has_one_of_the_expected_languages(text: str, data: st.DataObject) -> None:
    codes = st.sampled_from(["vi", "fr", "en", "ru", "zh", "xx", "cy", "und"])
    expected = data.draw(st.lists(codes, min_size=1, max_size=8, unique=True))
    first = guess(text, expected)
    assert first.code in expected
    assert first == guess(text, tuple(expected)) == guess(text, expected)
    assert identify(text, expected) == first.code
    assert guess(text).code in {"und", *known_languages()}
    # Characters that are no text change nothing.
    assert guess(f"\ud800{text}\x00", expected).code in expected


# --- Codes that searchlib has no rules for ----------------------------------------------


def test_codes_without_rules() -> None:
    assert guess("la maison", ["xx"]) == Guess("xx", True)  # all that is expected
    assert identify("helo sut mae pawb heddiw", ["cy", "fr", "en"]) == "cy"
    assert identify("la maison de la mer", ["cy", "fr", "en", "xx"]) == "fr"
    assert identify("the house by the sea", ["xx", "cy", "en"]) == "en"
    assert guess("2022", ["xx", "cy"]) == Guess("xx", False)
    index = Index(Schema({"title": Text()}, languages=["xx", "cy", "fr"]))
    index.add([{"id": "1", "title": "2022"}, {"id": "2", "title": "la maison de la mer"}])
    assert set(index.languages) == {"xx", "fr"}
    assert index.search("maison 2022").total == 2


@pytest.mark.parametrize("expected", [["xx", "cy"], ["xx", "en"], ["vi", "en"], ["ru", "cy", "tr"]])
def test_a_text_in_none_of_the_expected_languages_is_not_sure(expected: list[str]) -> None:
    for text in ("la maison de mes grands-parents", "Straßenbahnhaltestelle", "東京都の人口"):
        assert not guess(text, expected).is_sure, text


# --- Sureness, order, speed -------------------------------------------------------------

CLEAR: Final = {
    "vi": "Chủ tịch Quốc hội tiếp đoàn đại biểu các nước",
    "fr": "Le directeur général a examiné les perspectives de coopération",
    "en": "The director general discussed prospects for cooperation",
    "ru": "Генеральный директор обсудил перспективы сотрудничества с ними",
    "de": "Der Generaldirektor hat über die Zusammenarbeit gesprochen",
    "ar": "ناقش المدير العام آفاق التعاون بين المنظمتين",
    "zh": "总干事讨论了两个组织之间的合作前景",
}


@pytest.mark.parametrize("code", CLEAR)
def test_a_sentence_is_sure_whatever_the_order(code: str) -> None:
    assert guess(CLEAR[code], [code, "xx"]) == Guess(code, True)
    for expected in ([*CLEAR], [*CLEAR][::-1], sorted({*CLEAR, *TWELVE}), list(known_languages())):
        assert guess(CLEAR[code], expected) == Guess(code, True)
    assert guess(CLEAR[code]) == Guess(code, True)


@laws
@given(text=st.sampled_from(["vi", "fr", "ru"]).flatmap(plain_texts) | st.sampled_from([*CLEAR]))
def test_what_is_sure_does_not_hang_on_the_order(text: str) -> None:
    text = CLEAR.get(text, text)
    guesses = [guess(text, order) for order in permutations(["vi", "fr", "en", "ru"])]
    if any(one.is_sure for one in guesses):
        assert len(set(guesses)) == 1


LATIN: Final = ("en", "fr", "de", "es", "pt", "it", "vi", "tr")


@pytest.mark.parametrize("seed", range(4))
def test_a_guess_is_the_same_in_every_process(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However Python orders the members of its sets."""
    texts = ["an asset", "A quelle echelle se positionne l'ecole ?", "de la", "la casa de la"]
    monkeypatch.setenv("PYTHONHASHSEED", str(seed))
    code = (
        "from searchlib.languages.detect import guess\n"
        f"print([tuple(guess(text, {LATIN})) for text in {texts}])"
    )
    assert output_of(code) == str([tuple(guess(text, LATIN)) for text in texts])


def test_as_many_words_of_two_languages_do_not_make_sure() -> None:
    text = "A quelle echelle se positionne l'ecole ?"
    assert {guess(text, order).is_sure for order in permutations(("it", "fr", "es"))} == {False}


def test_the_middle_of_a_long_text_tells() -> None:
    menu = "The menu of the site and the cookies that it sets. " * 4
    assert identify(menu + CLEAR["vi"] * 20 + menu, ["en", "vi"]) == "vi"


def test_a_thousand_short_texts_take_well_under_a_second() -> None:
    texts = [f"{text[:30]} {n}" for n in range(1000 // len(CLEAR) + 1) for text in CLEAR.values()]
    for expected in (["vi", "fr", "en"], TWELVE, []):
        started = perf_counter()
        for text in texts:
            guess(text, expected)
        assert perf_counter() - started < 1.0


# --- Common words that leave no doubt -------------------------------------------------------

_CLEAR: Final = {
    "vi": "Đó là một trong những việc mà họ đã làm cho các con của mình trong năm nay và cũng là",
    "fr": "Il est dans la maison avec les enfants et ne sait pas ce que nous avons pour le dîner",
    "en": "It was the best that we had seen in all of the years that they were with us and for him",
}


@pytest.mark.parametrize("code", _CLEAR)
def test_common_words_tell_alone(code: str) -> None:
    assert guess(_CLEAR[code], ["vi", "fr", "en"]) == Guess(code, True)
    assert guess(_CLEAR[code].upper(), ["en", "fr", "vi"]) == Guess(code, True)
    assert guess(_CLEAR[code] + " \ud800", ["vi", "en", "fr"]) == Guess(code, True)


def test_letters_tell_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of names and nouns, hardly any of which is a common word."""
    import pycld2

    monkeypatch.delattr(pycld2, "detect")  # so that it is not asked
    text = "Cục An ninh mạng trực thuộc Bộ trưởng Bộ Công an, Cục Cảnh sát phòng chống tội phạm"
    for order in permutations(["vi", "fr", "en"]):
        assert guess(text, order) == Guess("vi", True)
        assert guess(text.upper(), order) == Guess("vi", True)


def test_letters_are_those_of_one_language() -> None:
    for code in known_languages():
        for letter in language(code).letters:
            assert letter == letter.lower()
            assert not letter.isascii()
            for other in {*known_languages()} - {code}:
                assert all(letter not in word.lower() for word in language(other).stop_words)


def test_names_of_another_language_are_not_the_language_of_a_text() -> None:
    text = "The ministers Nguyễn Thị Thu Hương and Trần Đức Lương met the board of the bank in Huế"
    assert identify(text, ["vi", "fr", "en"]) == "en"


def test_a_quotation_is_not_the_language_of_a_text() -> None:
    quoted = (
        f"国会昨天通过了新的法律草案。{_CLEAR['en'][:60]}这是部长在记者会上说的话,他还说政府会继续努力。"
        * 2
    )
    assert identify(quoted, ["zh", "en"]) == "zh"


def test_a_quotation_in_any_place_is_not_the_language_of_a_text() -> None:
    own, quoted = f"{_CLEAR['fr']} " * 4, _CLEAR["en"]
    assert len(own) > 300
    for place in range(len(own)):
        text = own[:place] + quoted + own[place:]
        assert guess(text, ["vi", "fr", "en"]) == Guess("fr", True), place


@pytest.mark.parametrize(
    "text",
    [
        "The minister of culture said on Monday that «dans les rues et sur les places, nous "
        "sommes» and then left the room without any other word for the press.",
        "The last day of the festival in the town of Cannes is called « Nous sommes dans la "
        "maison avec les enfants et il ne sait pas ». It was made by the son of a baker, and the "
        "cast are: John Smith, Robert Brown, Mary Jones, Alice Wright, Peter Parker, Tom Miller, "
        "Jane Cooper. All of them were there with their families, and had what they wanted.",
    ],
)
def test_a_quotation_between_names_is_not_the_language_of_a_text(text: str) -> None:
    for order in permutations(["vi", "fr", "en"]):
        assert guess(text, order) == Guess("en", True)


@laws
@given(wild_texts("fr"), st.permutations(["vi", "fr", "en"]))
def test_chunks_are_remembered_as_they_are_read(text: str, expected: list[str]) -> None:
    """What is remembered of other texts changes no answer."""
    once = guess(text, expected)
    for word in text.split():
        guess(word, expected)
    assert guess(text, expected) == once


# --- Letters written otherwise ----------------------------------------------------------


def _pieces(size: int) -> list[str]:
    """The texts of seeds/, so many words at a time."""
    pieces = []
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        words = normalize("NFC", path.read_text("utf-8")).split()
        pieces += [" ".join(words[at : at + size]) for at in range(0, len(words), size)]
    return pieces


@pytest.mark.parametrize("size", [1, 3, 20])
@pytest.mark.parametrize("expected", [["vi", "fr", "en"], TWELVE, []])
def test_a_text_in_pieces_of_letters_is_the_same_text(size: int, expected: list[str]) -> None:
    """As macOS writes file names, and old code pages hold Vietnamese."""
    pieces = _pieces(size)
    assert len(pieces) > 40
    for text in pieces:
        assert guess(normalize("NFD", text), expected) == guess(text, expected), text


@pytest.mark.parametrize("text", ["Ðà Nẵng", "Ðảng", "ÐƯỜNG PHỐ", "ðường phố"])
def test_an_icelandic_letter_in_vietnamese_is_taken_for_the_one_it_looks_like(text: str) -> None:
    """Fonts and code pages from before Unicode put it there."""
    for expected in (["vi", "fr", "en"], ["en", "vi"], TWELVE):
        assert guess(text, expected) == Guess("vi", True)
    index = Index(Schema({"title": Text()}, languages=["en", "vi"]))
    index.add([{"id": "plain", "title": "Da Nang"}, {"id": "marked", "title": "Đà Nẵng"}])
    assert index.search("Ðà Nẵng").ids == ("marked", "plain")
