"""The fast path of cutting words and the cut chunk by chunk give the words that ICU gives."""

from __future__ import annotations

import re
from itertools import product
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import segment
from searchlib.analysis.segment import character_around, is_unspaced, words, words_by_icu
from tests.strategies import LETTERS

# Every character that the regular expression takes, in a word or around it.
ALPHABET: Final = [chr(c) for c in range(0x3000) if segment._ONE_WORD.fullmatch(f"{chr(c)}a")]
# Marks stand after a letter or digit only: elsewhere the chunk goes to ICU.
MARKS: Final = [chr(c) for c in range(0x300, 0x370)]
JOINTS: Final = "'’‘.·,;:_-\"/"
CHUNK: Final = re.compile(r"\S+")
# U+202F is white space to Python, but ICU joins digits over it ("12 345" is one word there);
# searchlib takes it for a space.
WHITE_SPACE: Final = " \t\n\r\u00a0\u2003\u2009\u2028\u3000"

some = settings(max_examples=300, deadline=None)


@pytest.mark.parametrize("letter", ["a", "é", "щ", "1"])
def test_each_character_in_each_place(letter: str) -> None:
    for char in [*ALPHABET, *MARKS]:
        for chunk in (
            f"{letter}{char}",
            f"{char}{letter}",
            f"{letter}{char}{letter}",
            f"{letter}{char}{char}{letter}",
            f"{letter}\u0301{char}{letter}",
            f"{letter}{char}.{letter}",
            f"{letter}'{char}'{letter}",
            f"a{char}1{char}a",
        ):
            assert words(chunk) == words_by_icu(chunk), ascii(chunk)


def test_each_pair_of_joints() -> None:
    parts = ["", "a", "ж", "7", "é\u0323"]
    for one, first, two, second, three in product(parts, JOINTS, parts, JOINTS, parts):
        chunk = one + first + two + second + three
        assert words(chunk) == words_by_icu(chunk), ascii(chunk)


@some
@given(
    st.lists(
        st.sampled_from(ALPHABET) | st.sampled_from(MARKS) | st.sampled_from("aéбλ01" + JOINTS),
        max_size=20,
    ).map("".join)
)
def test_fast_path_gives_the_words_of_icu(chunk: str) -> None:
    assert words(chunk) == words_by_icu(chunk)


def by_chunks(text: str) -> list[str]:
    return [match[0][start:end] for match in CHUNK.finditer(text) for start, end in words(match[0])]


def at_once(text: str) -> list[str]:
    return [text[start:end] for start, end in words_by_icu(text)]


@pytest.mark.parametrize("code", ["fr", "vi", "el", "ru", "ar", "he", "hi", "ta", "ko"])
@some
@given(data=st.data())
def test_chunk_by_chunk_gives_the_words_of_the_whole_text(code: str, data: st.DataObject) -> None:
    own = LETTERS[code]
    piece = st.text(own + own.upper(), min_size=1, max_size=5) | st.sampled_from(
        [*WHITE_SPACE, *JOINTS, *"0123", "٣", "😀"]
    )
    text = data.draw(st.lists(piece, max_size=20).map("".join))
    assert by_chunks(text) == at_once(text)


@pytest.mark.parametrize("code", ["th", "zh", "ja", "km", "lo", "my"])
@some
@given(data=st.data())
def test_dictionaries_see_no_further_than_white_space(code: str, data: st.DataObject) -> None:
    own = LETTERS[code]
    word = st.text(own, min_size=1, max_size=12)
    piece = word | word | st.sampled_from([*WHITE_SPACE, *JOINTS, "2", "ab", "、", "。", "😀"])
    text = data.draw(st.lists(piece, max_size=12).map("".join))
    assert by_chunks(text) == at_once(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mèo😀ngủ 😀😀 trên", ["Mèo", "ngủ", "trên"]),
        ("𝒳𝒴 và 𠮷 là", ["𝒳𝒴", "và", "𠮷", "là"]),
        ("ประเทศไทยสวย", ["ประเทศไทย", "สวย"]),
        ("rendez-vous à 14h30", ["rendez", "vous", "à", "14h30"]),
        ("3,14 et 1.000.000", ["3,14", "et", "1.000.000"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
    ],
)
def test_words_of_known_texts(text: str, expected: list[str]) -> None:
    assert by_chunks(text) == expected


def test_unspaced_scripts() -> None:
    assert all(map(is_unspaced, ["東京", "ไทย", "ភាសា", "ພາສາ", "မြန်မာ", "학교에서", "カタカナ"]))
    assert not any(map(is_unspaced, ["Đường", "été", "Ελλάδα", "हिन्दी", "العربية", "தமிழ்", ""]))


@pytest.mark.parametrize(
    ("text", "position", "around"),
    [
        ("", 0, (0, 0)),
        ("ab", 1, (1, 1)),
        ("\u0301a", 0, (0, 0)),
        ("\r\n", 1, (0, 2)),
        ("a" + "\u0301" * 30, 20, (0, 31)),
        ("🇻🇳" * 300, 500, (500, 500)),
        ("🇻🇳" * 300, 501, (500, 502)),
        ("😀" * 50 + "กำ", 51, (50, 52)),
        ("👨\u200d👩\u200d👧", 3, (0, 5)),
    ],
)
def test_the_character_around_a_place(text: str, position: int, around: tuple[int, int]) -> None:
    assert character_around(text, position) == around
