"""What a language is to searchlib: its rules for words, and what each view of them weighs."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from searchlib._dataclass import dataclass, field
from searchlib.analysis.fold import fold, lower

__all__ = ["Language", "View", "Weights", "WordRule"]

#: A pure function from one word to one term. It cannot touch offsets, and it is called once for
#: each distinct word, so it may take its time.
WordRule: TypeAlias = Callable[[str], str]


class View(StrEnum):
    """The same text, indexed in several ways, each a field of its own in the engine."""

    WRITTEN = "written"  #: lower case, marks kept
    FOLDED = "folded"  #: marks removed; the same in every language
    STEM = "stem"  #: the stem, mostly of the folded word
    PAIR = "pair"  #: adjacent words; adjacent characters where no spaces stand between words


@dataclass(frozen=True, slots=True)
class Weights:
    """What a match in each view adds to a score; 0 leaves a view out.

    The heaviest view of single words is the main one: its weight is a factor on the BM25 of a term,
    as is that of pairs. The other weights are factors on its idf: they say how much more a match
    means, not how often.

    Attributes:
        written, folded, stem, pair: the weights.
        counts_pairs: whether pairs count by BM25; False where nearly every word is two words of the
            text, and BM25 would count them twice.
    """

    written: float = 0.0
    folded: float = 0.0
    stem: float = 0.0
    pair: float = 0.0
    counts_pairs: bool = True

    @property
    def main(self) -> View:
        """The view that counts by BM25."""
        if self.stem >= max(self.written, self.folded):
            return View.STEM
        return View.WRITTEN if self.written >= self.folded else View.FOLDED


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its rules for words and the weights of its views.

    Attributes:
        code: ISO 639-1, such as ``"vi"``.
        name: its English name.
        script: the script of its letters, as their names in Unicode begin; empty where unknown.
        written: rule from a word to its written form.
        stemmer: the English name of tantivy's Snowball stemmer, a rule of our own, or None. A rule
            leaves something of every word. Where it leaves one letter of three or more, the word
            is its own stem.
        stem_input: rule from a word to what the stemmer gets: folded, so that words typed with and
            without accents share a stem, unless the language needs otherwise.
        stem_letters: how many letters of a stem count; None for all.
        stop_words: function words, in any case, with their marks: dropped from the single words of
            a query while another word remains, and stepped over by the pairs of a language with a
            stemmer. They are indexed all the same, so phrases find them.
        letters: letters, in lower case, that no other language has: they tell it as its commonest
            words do.
        keys: readers of words whose marks were typed as keys of their own, while the keyboard was
            not set up for them: each returns the word, or None where it was no such typing.
        pairs_of_stems: whether pairs are of stems, function words stepped over (True), or of all
            folded words (False).
        plain: weights for a query typed without any mark.
        marked: weights for a query with at least one mark in it.
    """

    code: str
    name: str
    script: str = "LATIN"
    written: WordRule = lower
    stemmer: str | WordRule | None = None
    stem_input: WordRule = fold
    stem_letters: int | None = None
    stop_words: frozenset[str] = field(default=frozenset(), repr=False)
    letters: frozenset[str] = field(default=frozenset(), repr=False)
    keys: tuple[Callable[[str], str | None], ...] = ()
    pairs_of_stems: bool = False
    plain: Weights = Weights(folded=1.0, pair=0.4)
    marked: Weights = Weights(written=0.3, folded=1.0, pair=0.4)
