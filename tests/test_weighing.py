"""What words of a query weigh in many languages at once: as each language for itself would say."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Schema, Text
from searchlib.analysis import View, has_marks
from searchlib.engine.reading import Reading
from searchlib.engine.terms import QueryTerms, Terms
from searchlib.engine.weighing import word_weights
from searchlib.languages import analyzer, known_languages
from tests.conftest import indexed

CODES: Final = sorted(known_languages())
#: Words that several languages stem, each in its way, or take for function words; with marks and
#: without; of which some are one word to one language and two to another.
WORDS: Final = (
    *("chat", "chats", "le", "été", "ete", "Été", "accords", "accord", "milan", "Milano"),
    *("maps", "map", "marche", "marché", "marchandises", "hội", "hoi", "nghị", "die", "das", "ich"),
    *("städte", "stadt", "города", "город", "maison", "maisons", "the", "of", "und", "nation"),
    *("milanese", "national", "nations", "παιδιά", "παιδί", "kitap", "kitaplar"),
)
#: It holds all of them as they stand, so that none has lost its marks.
HELD: Final = indexed(Schema({"title": Text()}), [{"id": "a", "title": " ".join(WORDS)}])


def alone(text: str, code: str, is_own: bool, is_marked: bool) -> dict[tuple[View, str], float]:
    """What single words of a text weigh by the rules of one language, view for view."""
    rules = analyzer(code)
    weights = rules.language.marked if is_marked else rules.language.plain
    tokens = rules.tokens(text)
    found: dict[tuple[View, str], float] = {}
    views = [
        (View.WRITTEN, [token.written for token in tokens], weights.written),
        (View.FOLDED, [token.folded for token in tokens], weights.folded if is_own else 0.0),
        (View.STEM, [token.stem for token in tokens if token.stem], weights.stem),
    ]
    for view, terms, weight in views:
        found |= {(view, term): weight * count for term, count in Counter(terms).items() if weight}
    return found


@settings(deadline=None)
@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    codes=st.lists(st.sampled_from(CODES), min_size=1, max_size=8, unique=True),
    is_sure=st.booleans(),
)
def test_each_term_counts_as_in_the_language_where_it_counts_most(
    words: list[str], codes: list[str], is_sure: bool
) -> None:
    text = " ".join(words)
    reader = QueryTerms(HELD.searcher()._snapshot(), Reading(codes, is_sure))
    stops = {token.folded for token in analyzer(codes[0]).tokens(text) if token.is_stop}
    kept = [word for word in words if analyzer(codes[0]).tokens(word)[0].folded not in stops]
    kept = kept or words  # alone they are all there is
    most: dict[tuple[View, str], float] = {}
    for place, code in enumerate(codes):
        factor = 0.3 if place and is_sure else 1.0
        for key, weight in alone(" ".join(kept), code, place == 0, has_marks(text)).items():
            most[key] = max(most.get(key, 0.0), weight * factor)
    found = reader.weigh(text, codes, ("title",))
    singles = {key: one.weight for key, one in found.items() if key[0] is not View.PAIR}
    assert singles == pytest.approx(most)


def test_a_word_that_is_asked_for_again_is_not_read_again() -> None:
    rules = analyzer("fr"), analyzer("en")
    assert word_weights("chats", rules, 0.3, False) is word_weights("chats", rules, 0.3, False)


def test_what_only_one_query_can_hold_is_not_kept() -> None:
    """Whole lines of a script without spaces are chunks too, and of no use to anybody else."""
    rules = (analyzer("zh"),)
    line = "北京大学" * 10
    assert word_weights(line, rules, 1.0, False) is not word_weights(line, rules, 1.0, False)
    assert word_weights(line, rules, 1.0, False) == word_weights(line, rules, 1.0, False)


def terms_of(text: str, codes: list[str]) -> Terms:
    reader = QueryTerms(HELD.searcher()._snapshot(), Reading(codes, is_sure=True))
    return reader.weigh(text, codes, ("title",))


def test_a_shared_term_is_named_and_counted_as_where_it_counts_most() -> None:
    stem = terms_of("talossa talo", ["en", "fi"])[View.STEM, "talo"]
    assert (stem.weight, stem.word, stem.is_counted) == (1.0, "talo", True)  # the English stem
    one, two = terms_of("ISI ısı", ["en", "tr", "vi"]), terms_of("ısı ISI", ["en", "tr", "vi"])
    counted = {key: (word.weight, word.is_counted) for key, word in one.items()}
    assert counted == {key: (word.weight, word.is_counted) for key, word in two.items()}


def test_a_name_with_a_number_is_no_lighter_for_a_pair_of_another_language() -> None:
    index = indexed(Schema({"title": Text()}), [{"id": "a", "title": "samsung 15 arrives"}])
    reader = QueryTerms(index.searcher()._snapshot(), Reading(["vi", "en"], is_sure=True))
    found = reader.weigh("samsung the 15 samsung15", ["vi", "en"], ("title",))
    assert found[View.PAIR, "samsung+15"] == (1.0, "samsung15", True)
