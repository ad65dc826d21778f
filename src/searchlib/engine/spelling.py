"""A mistyped word → the terms of the index that it may stand for.

tantivy lists no terms near another one, and its fuzzy queries give every hit the same score. So the
words that one slip of the finger could have started from are made here, some hundreds, and each is
looked up: a microsecond apiece, whatever the size of the index. A fuzzy query that finds nothing
tells sooner that there is none: what people ask for beside the subject of an index has no neighbour
in it, as a rule. As it tries every letter that a term of the index begins with, it takes longer
than all these looks where there are thousands of letters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from math import log
from typing import Final

from searchlib._dataclass import NamedTuple
from searchlib.analysis import fold
from searchlib.engine.snapshot import Snapshot, idf
from searchlib.languages import analyzer

__all__ = ["Near", "Speller", "likenesses", "slips"]

_SHORTEST: Final = 4  # letters; shorter words have too many neighbours
_LONGEST: Final = 30
_MOST: Final = 5  # terms that one word is taken for
_MOST_KNOWN: Final = 10_000  # words whose neighbours a commit remembers
_NEAR: Final = "near"  # what it remembers them by
_OF_THOUSANDS: Final = frozenset({"CJK", "HANGUL", "HIRAGANA"})  # scripts with so many letters
# A word is well known, and taken as it stands, where more than one document in so many holds it …
_WELL_KNOWN: Final = 50_000
# … or where no word near it stands in so many times as many documents.
_COMMONER: Final = 50

# What a slip costs, from 0 (none) to 1 (a letter out of nowhere).
_SWAP, _DOUBLING, _NEIGHBOUR, _VOWEL, _MISSING, _OTHER = 0.4, 0.4, 0.6, 0.7, 0.7, 1.0
_FIRST_LETTER: Final = 0.3  # more: people see what they begin with
_CERTAIN: Final = 6  # letters from which on one slip hides no other word
_LIKENESS_LOST: Final = 0.2  # of a match's weight, by a slip of cost 1

_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_ALPHABETS: Final = (
    ("a", "z", _LATIN),
    ("α", "ω", "αβγδεζηθικλμνξοπρστυφχψω"),
    ("а", "ґ", "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґ"),
    ("א", "ת", "אבגדהוזחטיכךלמםנןסעפףצץקרשת"),
    ("ء", "ي", "ابتثجحخدذرزسشصضطظعغفقكلمنهويء"),
    ("ऀ", "ॿ", "".join(map(chr, (*range(0x902, 0x93A), *range(0x93E, 0x94E))))),
    ("அ", "்", "".join(map(chr, (*range(0xB85, 0xBBA), *range(0xBBE, 0xBCE))))),
)
_VOWELS: Final = frozenset("aeiouyαεηιουωаеиоуыэюяіїє")
# Rows of the keyboards in common use: QWERTY, AZERTY, QWERTZ, ЙЦУКЕН, Greek.
_ROWS: Final = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    (" ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
)


def _neighbours() -> Iterator[tuple[str, str]]:
    """Yield keys side by side, and one above the other: each row is shifted by half a key."""
    for rows in _ROWS:
        for row in rows:
            yield from pairwise(row)
        for upper, under in pairwise(rows):
            yield from zip(upper, under, strict=False)
            yield from zip(upper[1:], under, strict=False)


_BESIDE: Final = frozenset(
    pair for one, two in _neighbours() for pair in ((one, two), (two, one)) if one != two
)


class Near(NamedTuple):
    """A term that a word may have been meant for.

    Attributes:
        term: of the folded view.
        weight: what a match of it counts, compared with one of the word itself; below 1.
    """

    term: str
    weight: float


class Speller:
    """Finds terms near a word in one commit.

    Args:
        snapshot: the commit.
        fields: the folded fields whose terms count.
    """

    def __init__(self, snapshot: Snapshot, fields: Sequence[str]) -> None:
        self._snapshot = snapshot
        self._fields = fields
        # Many make the same slip, or ask for the same name that no document holds.
        self._known: dict[tuple[str, ...], list[Near]] = snapshot.kept.setdefault(_NEAR, {})

    def near(self, word: str) -> list[Near]:
        """Return the likeliest terms one slip away from a folded word, the likeliest first; none
        for a word that is well known, short, or not of letters."""
        key = word, *self._fields
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._near(word)
        return found

    def _near(self, word: str) -> list[Near]:
        letters = _alphabet(word)
        is_word = letters and not any(map(str.isdigit, word))
        if not (is_word and _SHORTEST <= len(word) <= _LONGEST):
            return []
        known = 0
        # As was asked of every word already: most that come here stand in no document.
        if any(self._snapshot.frequency(field, word) for field in self._fields):
            known = self._frequencies([word]).get(word, 0)
        if known > len(self._snapshot) // _WELL_KNOWN:
            return []
        if not (known or self._may_have_neighbours(word)):
            return []
        frequencies = self._frequencies(_alike(word, letters))
        if not frequencies:
            return []
        # What slips cost takes longer to tell than which there are: of those alone that were found.
        costs = _one_slip_away(word, "".join(sorted(set().union(*frequencies))))
        certain = min(len(word) / _CERTAIN, 1.0)
        found = [
            (term, certain * (1.0 - _LIKENESS_LOST * costs[term]), frequency)
            for term, frequency in frequencies.items()
            if frequency > known * _COMMONER and term != word
        ]
        found.sort(key=lambda one: (-one[1] * log(1 + one[2]), one[0]))
        del found[_MOST:]
        # A rare neighbour would outweigh the common word that was meant: all get its idf.
        documents = len(self._snapshot)
        least = min((idf(frequency, documents) for _, _, frequency in found), default=0.0)
        return [
            Near(term, likeness * least / idf(frequency, documents))
            for term, likeness, frequency in found
        ]

    def _may_have_neighbours(self, word: str) -> bool:
        """Whether any term may be near a word: asked where that is told sooner than which are."""
        return _are_of_thousands(self._snapshot.languages) or any(
            self._snapshot.holds_near(field, word) for field in self._fields
        )

    def _frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """Return term → how many documents hold it, in the field where most do; no term that none
        holds."""
        terms = list(terms)
        found: dict[str, int] = {}
        for field in self._fields:
            for term, count in self._snapshot.frequencies(field, terms).items():
                if self._snapshot.holds(field, term):  # not only in deleted documents
                    found[term] = max(count, found.get(term, 0))
        return found


@lru_cache(maxsize=100)
def _are_of_thousands(codes: tuple[str, ...]) -> bool:
    """Whether any of these languages is written with thousands of letters."""
    return any(analyzer(code).language.script in _OF_THOUSANDS for code in codes)


def slips(word: str) -> dict[str, float]:
    """Return the words that one slip of the finger may have made a folded word of → what the slip
    costs, from 0 to 1; none for a word that is short, long, or not of letters.

    >>> slips("quocc")["quoc"], slips("quco")["quoc"], "quoc" in slips("qu0c")
    (0.4, 0.4, False)
    """
    letters = _alphabet(word)
    is_word = letters and not any(map(str.isdigit, word))
    return _one_slip_away(word, letters) if is_word and _SHORTEST <= len(word) <= _LONGEST else {}


def likenesses(word: str, *, is_written: bool = False) -> frozenset[str]:
    """Return the words that one letter, left out, added, mistaken or swapped, makes of another; of
    a word as written, the letter may have marks."""
    bare = fold(word) if is_written else word
    alphabets = {_alphabet(letter) for letter in bare} - {""} or {_LATIN}
    letters = {*word, *"0123456789", *"".join(alphabets)}
    if is_written:
        letters.update(letter for abc in alphabets for letter in _marked(abc))
    return frozenset(_one_slip_away(word, "".join(sorted(letters))))


@cache
def _marked(alphabet: str) -> frozenset[str]:
    """The letters of an alphabet with marks on them, of those that Unicode has as one letter."""
    blocks = (range(0xDF, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000))
    letters = (chr(code) for block in blocks for code in block)
    plain = set(alphabet)
    return frozenset(
        letter for letter in letters if letter == letter.lower() and set(fold(letter)) <= plain
    )


def _alphabet(word: str) -> str:
    return next((abc for low, high, abc in _ALPHABETS if low <= word[:1] <= high), "")


def _alike(word: str, letters: str) -> list[str]:
    """Return what may have been meant: the keys of ``_one_slip_away``, some of them twice, and the
    word itself."""
    found = [word + letter for letter in letters]
    for place in range(len(word)):
        before, after, rest = word[:place], word[place:], word[place + 1 :]
        found += [before + letter + after for letter in letters]
        found += [before + letter + rest for letter in letters]
        found.append(before + rest)
        found.append(before + rest[:1] + word[place] + rest[1:])
    return found


def _one_slip_away(word: str, letters: str) -> dict[str, float]:
    """Return what may have been meant → what the slip costs."""
    meant: defaultdict[float, list[str]] = defaultdict(list)  # what costs so much
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        first = _FIRST_LETTER if place == 0 else 0.0
        added = [before + letter + after for letter in letters]  # left out
        meant[min(_MISSING + first, 1.0)] += added
        meant[min(_DOUBLING + first, 1.0)] += [
            before + letter + after for letter in before[-1:] + after[:1] if letter in letters
        ]
        if not after:
            break
        typed, rest = after[0], after[1:]
        is_double = typed in (before[-1:], rest[:1])
        is_brushed = any((typed, side) in _BESIDE for side in before[-1:] + rest[:1])
        cost = _DOUBLING if is_double else _NEIGHBOUR if is_brushed else _OTHER
        meant[min(cost + first, 1.0)].append(before + rest)  # typed on top
        if rest:
            meant[min(_SWAP + first, 1.0)].append(before + rest[0] + typed + rest[1:])
        for cost, some in _mistaken(typed, letters):  # typed in place of another
            meant[min(cost + first, 1.0)] += [before + letter + rest for letter in some]
    found: dict[str, float] = {}
    for cost in sorted(meant, reverse=True):  # the least is what counts
        found |= dict.fromkeys(meant[cost], cost)
    found.pop(word, None)
    return found


@lru_cache(maxsize=1_000)
def _mistaken(typed: str, letters: str) -> Sequence[tuple[float, str]]:
    """What it costs to have typed a letter in place of others → these."""
    others: defaultdict[float, str] = defaultdict(str)
    for letter in letters:
        if (typed, letter) in _BESIDE:
            others[_NEIGHBOUR] += letter
        else:
            others[_VOWEL if typed in _VOWELS and letter in _VOWELS else _OTHER] += letter
    return tuple(others.items())
