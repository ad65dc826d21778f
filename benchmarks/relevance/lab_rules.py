"""Rules of analysis that were tried: compounds, fixed prefixes, characters, forms of numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from benchmarks.relevance.lab_core import Lab, Words
from searchlib.analysis import PAIR_JOINT, Language
from searchlib.analysis.fold import fold

__all__ = ["NUMBER_RULES", "Splitter", "adjacent", "cut_to", "without_digraphs"]

_LINKS: Final = ("", "s", "es", "n", "en", "er", "e")
_LEAST_PART: Final = 4  # letters
_LEAST_TIMES: Final = 3  # that a part stands in the collection as a word of its own

_GROUPED: Final = re.compile(
    r"(?<![\d.,])\d{1,3}(?:([., \u00a0\u202f])\d{3})(?:\1\d{3})*(?![\d.,]\d|\d)"
)
_ORDINAL: Final = re.compile(r"\b(\d+)(?:st|nd|rd|th|ère|ere|er|re|ème|eme|ième|nde|nd|e)\b")
_ACRONYM: Final = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")


def without_digraphs(language: Language) -> Language:
    """German whose stems do not take ``ae`` for ``ä``."""
    return replace(language, stem_input=fold)


def cut_to(language: Language, length: int) -> Language:
    """A language whose stems are the first letters of its folded words."""
    return replace(language, stemmer=lambda word: word, stem_input=fold, stem_letters=length)


class Splitter:
    """Splits compounds into two words that the collection holds, by how often it does."""

    def __init__(self, lab: Lab) -> None:
        words = (word for texts in lab.documents for text in texts for word in text.words)
        self._stems: dict[str, str] = {}
        self._times: Counter[str] = Counter()
        for word in words:
            self._times[word.folded] += 1
            self._stems[word.folded] = word.stem
        self._parts = cache(self._split)

    def stems_and_parts(self, words: Words) -> list[str]:
        """Return the stems of words, those of the parts of a compound beside its own."""
        found: list[str] = []
        for word in words.words:
            found += [word.stem, *self._parts(word.folded)]
        return found

    def _split(self, word: str) -> tuple[str, ...]:
        choices: list[tuple[int, str, str]] = []
        for place in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            tail = word[place:]
            for link in _LINKS:
                head = word[:place].removesuffix(link)
                is_linked = word[:place].endswith(link) and len(head) >= _LEAST_PART
                least = min(self._times[head], self._times[tail])
                if is_linked and least >= _LEAST_TIMES:
                    choices.append((self._times[head] * self._times[tail], head, tail))
        if not choices:
            return ()
        _, head, tail = max(choices)
        return self._stems[head], self._stems[tail]


def adjacent(words: Words, *reaches: int) -> list[str]:
    """Return pairs of words, and the adjacent characters of scripts without spaces, so many at a
    time: put together again from the pairs of characters, which the analysis has in any script."""
    found = [pair for pair in words.pairs if PAIR_JOINT in pair]
    runs: list[str] = []
    for pair in (one for one in words.pairs if PAIR_JOINT not in one and len(one) == 2):
        if runs and runs[-1][-1] == pair[0]:
            runs[-1] += pair[1]
        else:
            runs.append(pair)
    for run in runs:
        for reach in reaches:
            found += [run[start : start + reach] for start in range(len(run) - reach + 1)]
    return found


def _joined_groups(text: str) -> str:
    return _GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)


def _bare_ordinals(text: str) -> str:
    return _ORDINAL.sub(r"\1", text)


def _parted_acronyms(text: str) -> str:
    return _ACRONYM.sub(lambda match: match[0].replace(".", " "), text)


#: Name → what it makes of a text.
NUMBER_RULES: Final[dict[str, Callable[[str], str]]] = {
    "1 000, 1.000, 1,000 as 1000": _joined_groups,
    "7e, 7ème, 7th as 7": _bare_ordinals,
    "U.S.A. as U S A, not usa": _parted_acronyms,
}
