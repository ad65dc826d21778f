"""Laws that the analysis of every language keeps, whatever the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchlib.analysis import PAIR_JOINT, Analyzer, Term, View
from searchlib.analysis.cut import cut
from searchlib.analysis.normalize import normalize_chunk
from searchlib.languages import UNDETERMINED, analyzer, known_languages
from tests.strategies import plain_texts, wild_texts

LANGUAGES: Final = [*known_languages(), UNDETERMINED]
TERM_BYTES: Final = 65_530  # tantivy drops longer terms without a word

every_language = pytest.mark.parametrize("code", LANGUAGES)
laws = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# Letters whose mark no decomposition takes off, and what people type for them.
_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i"}
    | {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss"}
)


def unmarked(text: str) -> str:
    """Take the marks off, by other means than the library's."""
    decomposed = normalize("NFD", text)
    return "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f").translate(_PLAIN)


def terms(found: Iterable[Term]) -> list[str]:
    return sorted(term.text for term in found)


def all_terms(analyzer: Analyzer, text: str) -> dict[View, list[str]]:
    analysis = analyzer.analyze(text)
    return {view: terms(analysis.view(view)) for view in View}


def meets(analyzer: Analyzer, query: str, text: str) -> bool:
    """Whether every word of the query shares a folded or stem term with the text."""
    folded = {token.folded for token in analyzer.tokens(text)}
    stems = {token.stem for token in analyzer.tokens(text) if token.stem is not None}
    return all(token.folded in folded or token.stem in stems for token in analyzer.tokens(query))


@every_language
@laws
@given(data=st.data())
def test_offsets_run_forward_within_the_text(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code))
    analysis = analyzer(code).analyze(text)
    position = 0
    for token in analysis.tokens:
        assert position <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.text
        position = token.end
    for view in View:
        assert all(0 <= term.start < term.end <= len(text) for term in analysis.view(view))


@every_language
@laws
@given(data=st.data())
def test_terms_can_be_indexed(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code))
    analysis = analyzer(code).analyze(text)
    for view in View:
        for term in analysis.view(view):
            assert term.text
            assert term.text.split() == [term.text]
            assert len(term.text.encode()) <= TERM_BYTES


@every_language
@laws
@given(data=st.data())
def test_bulk_views_hold_the_terms_of_analyze(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code))
    views = analyzer(code).views(text)
    for view, expected in all_terms(analyzer(code), text).items():
        parts = [getattr(views, view.value)]
        parts += [views.characters] if view is View.PAIR else []
        assert sorted(term for part in parts for term in part.split()) == expected
        assert parts == [" ".join(part.split()) for part in parts]
    assert all(PAIR_JOINT in pair for pair in views.pair.split())
    assert PAIR_JOINT not in views.characters


@every_language
@laws
@given(data=st.data())
def test_same_text_same_terms(code: str, data: st.DataObject) -> None:
    """What an analyzer remembers of other texts changes nothing."""
    text = data.draw(wild_texts(code))
    used = analyzer(code)
    fresh = Analyzer(used.language)
    assert all_terms(used, text) == all_terms(used, text) == all_terms(fresh, text)


@every_language
@laws
@given(data=st.data())
def test_composed_and_decomposed_text_have_the_same_terms(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code))
    expected = all_terms(analyzer(code), text)
    assert all_terms(analyzer(code), normalize("NFC", text)) == expected
    assert all_terms(analyzer(code), normalize("NFD", text)) == expected


def _is_elided(word: str) -> bool:
    """Whether something before an apostrophe is left out."""
    spans = cut(normalize_chunk(word).text)
    return bool(spans) and spans[0][0] > 0


@every_language
@laws
@given(data=st.data())
def test_a_word_is_found_by_itself_in_capitals_and_without_marks(
    code: str, data: st.DataObject
) -> None:
    text = data.draw(plain_texts(code))
    for token in analyzer(code).tokens(text):
        if token.is_unspaced:
            continue  # a dictionary may cut a word otherwise when it stands alone
        assert meets(analyzer(code), token.text, text)
        assert meets(analyzer(code), token.text.upper(), text)
        bare = unmarked(token.text)
        if _is_elided(bare) and not _is_elided(token.text):
            continue  # without their marks, letters that stand for nothing are an article: bełł'a
        assert meets(analyzer(code), bare, text)


@every_language
@laws
@given(data=st.data())
def test_a_stretch_without_white_space_is_found_by_itself(code: str, data: st.DataObject) -> None:
    text = data.draw(plain_texts(code))
    for chunk in text.split():
        assert meets(analyzer(code), chunk, text)


@pytest.mark.parametrize(
    "text",
    [
        *("@\u03450", "x_\u0345a", "f'@", "d’@a", "i’\u20dd@", "\u02d7Sʼu", "l'@l’eau", "की'@"),
        *("x_Ⓑb", "ton_˥a", "@׳א", "k@'fa", "@\u06000", "x_\U0001f3fba", "x_\U00011f04a"),
    ],
)
def test_between_signs_a_word_is_what_it_is_alone(text: str) -> None:
    for code in ("fr", "el", "hi", "und"):
        for token in analyzer(code).tokens(text):
            (alone,) = analyzer(code).tokens(token.text)
            assert (alone.start, alone.end) == (0, len(token.text))
            assert alone[3:] == token[3:]


def test_radicals_are_read_as_the_ideographs_that_they_look_like() -> None:
    """As PDFs have them: each alone, and among other characters."""
    for code in range(0x2F00, 0x2FD6):
        radical, ideograph = chr(code), normalize("NFKC", chr(code))
        for text in (radical, f"日{radical}", f"{radical} 本"):
            meant = text.replace(radical, ideograph)
            assert ideograph in "".join(all_terms(analyzer("ja"), text)[View.PAIR])
            assert all_terms(analyzer("ja"), text) == all_terms(analyzer("ja"), meant)
            assert [token.text for token in analyzer("ja").tokens(text)] == [
                text[token.start : token.end] for token in analyzer("ja").tokens(meant)
            ]
    assert meets(analyzer("zh"), "文", "⽂ 書") and meets(analyzer("zh"), "⽂", "文 書")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_very_long_word_still_gives_terms(code: str) -> None:
    for word in ("a" * 70_000, "đ" * 33_000, "ﷺ" * 2_000, "ก" * 22_000, "가" * 22_000):
        views = analyzer(code).views(word)
        assert views.folded
        assert max(map(len, views.folded.encode().split())) <= TERM_BYTES
