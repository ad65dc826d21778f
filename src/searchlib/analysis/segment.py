"""Chunk → words, by the rules of Unicode (UAX #29) as ICU applies them. The only importer of icu.

White space always ends a word, so a text may be cut into chunks first and each distinct chunk
looked at once. Two ways lead to the same words (a property test compares them):

- a chunk that is one word of Latin, Greek or Cyrillic letters and ASCII digits with common
  punctuation around it, as two of three are, is recognised by a regular expression; most queries
  do without ICU being loaded;
- anything else goes to ICU's word break iterator, which knows every script and has dictionaries
  for those that do not put spaces between words.

The alphabetical order of a language's words (UTS #10) is ICU's as well.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from searchlib._later import regex
from searchlib.errors import MissingExtraError

if TYPE_CHECKING:
    from icu import BreakIterator

__all__ = [
    "FIRST_WORD_STATUS",
    "boundaries",
    "character_around",
    "code_points",
    "collation_key",
    "icu_version",
    "is_alphabetic",
    "is_unspaced",
    "plain_word",
    "reaches",
    "unicode_version",
    "words",
    "words_by_icu",
]

# Word_Break=ALetter in these blocks, without the few signs among them.
_LETTER: Final = (
    "A-Za-zªµº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0386\u0388-\u038a\u038c\u038e-\u03a1"
    "\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u1e00-\u1eff"
)
_MARK: Final = "\u0300-\u036f"
_PUNCTUATION: Final = r"""!"#$%&'()*+,\-./:;<=>?\[\\\]^`{|}~¡¢£§©«®°¶·»¿×÷–—‘’“”„…•€"""
_ONE_WORD: Final = regex(
    f"[{_PUNCTUATION}]*+([{_LETTER}0-9][{_LETTER}0-9{_MARK}]*+)[{_PUNCTUATION}]*+"
)
# Likewise without marks of their own: it is in its normal form already.
_PLAIN_WORD: Final = regex(f"[{_PUNCTUATION}]*+([{_LETTER}0-9]++)[{_PUNCTUATION}]*+")

# Scripts written without spaces between words, and Hangul, whose words carry their particles.
_UNSPACED: Final = regex(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007"
    "\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaaff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)

_FIRST_UNSPACED: Final = "\u0e00"  # below are the scripts of most texts

# Of these, the alphabets, in which a character is a sound and no word.
_SOUTH_EAST_ASIAN: Final = regex(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u1aaf\ua9e0-\uaaff]"
)

# Between two of these, which most texts consist of, a character ends.
_PLAIN_PAIR: Final = regex("[ -~][ -~]")
# Two of these letters are a flag, so that where one begins depends on how many stand before it.
_FLAG_LETTERS: Final = regex("[\U0001f1e6-\U0001f1ff]*")
_MOST_FLAG_LETTERS: Final = 1_000
# Code points around a place that tell whether a character begins there; hardly one has as many.
_AROUND: Final = 40

# How to get it stands in docs/install.md as well; a test compares the two.
_NO_ICU: Final = """\
PyICU, by which words are cut, cannot be loaded: {}
With a compiler, install ICU's headers:
  Debian, Ubuntu: apt-get install libicu-dev pkg-config g++ python3-dev
  Fedora: dnf install libicu-devel pkgconf gcc-c++ python3-devel
  macOS: brew install icu4c pkg-config
         export PKG_CONFIG_PATH="$(brew --prefix icu4c)/lib/pkgconfig"
and compile PyICU for them:
  pip install --force-reinstall --no-cache-dir pyicu
Without a compiler, take it compiled:
  pip uninstall --yes pyicu
  pip install --force-reinstall pyicu-wheels"""

#: UBRK_WORD_NUMBER; everything below is space or punctuation.
FIRST_WORD_STATUS: Final = 100
_local = threading.local()  # what ICU makes is not to be shared by threads


def words(chunk: str) -> list[tuple[int, int]]:
    """Return the spans of the words of a normalised chunk, in code points.

    >>> [("rendez-vous", span) for span in words("rendez-vous")]
    [('rendez-vous', (0, 6)), ('rendez-vous', (7, 11))]
    """
    if match := _ONE_WORD.fullmatch(chunk):
        return [match.span(1)]
    return words_by_icu(chunk)


def plain_word(chunk: str) -> str | None:
    """Return the word of a chunk that is plainly one word with signs around it, before it is
    normalised; None where that takes a closer look.

    >>> plain_word("(étés),"), plain_word("l’été"), plain_word("rendez-vous")
    ('étés', None, None)
    """
    if chunk.isascii() and chunk.isalnum():
        return chunk
    match = _PLAIN_WORD.fullmatch(chunk)
    return None if match is None else match[1]


def words_by_icu(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words that ICU finds in any text, in code points."""
    ends, status = boundaries(text)
    spans: list[tuple[int, int]] = []
    start = 0
    for end in ends:
        if status() >= FIRST_WORD_STATUS:
            spans.append((start, end))
        start = end
    if (places := code_points(text)) is not None:
        return [(places[start], places[end]) for start, end in spans]
    return spans


def boundaries(text: str) -> tuple[Iterator[int], Callable[[], int]]:
    """Return where ICU cuts any text, in UTF-16 units, and what tells of the cut that was given
    last what ends there: ``FIRST_WORD_STATUS`` or more is a word.

    Only the last call in a thread is good: there is one iterator, and it has one text.

    >>> ends, status = boundaries("😀 rendez-vous")
    >>> [(end, status() >= FIRST_WORD_STATUS) for end in ends]
    [(2, False), (3, False), (9, True), (10, False), (14, True)]
    """
    try:
        iterator, set_text, status = _local.words
    except AttributeError:
        iterator, set_text, status = _local.words = _word_iterator()
    set_text(text)
    return iterator, status


def code_points(text: str) -> list[int] | None:
    """Return where each UTF-16 unit of a text stands in code points; None where they are the same.

    ICU counts UTF-16 units, Python code points: one emoji shifts all that follows.

    >>> code_points("a😀b"), code_points("ab")
    ([0, 1, 1, 2, 3], None)
    """
    if text.isascii() or not text or max(text) <= "\uffff":
        return None
    offsets: list[int] = []
    for offset, char in enumerate(text):
        offsets.append(offset)
        if char > "\uffff":
            offsets.append(offset)
    offsets.append(len(text))
    return offsets


def character_around(text: str, position: int) -> tuple[int, int]:
    """Return where the character begins and ends, as readers see it (UAX #29), inside which a
    position is; twice the position where it is inside none.

    >>> [character_around("e\u0301te\u0301", position) for position in (0, 1, 2, 4)]
    [(0, 0), (0, 2), (2, 2), (3, 5)]
    >>> character_around("🇻🇳🇫🇷", 1), character_around("🇻🇳🇫🇷", 2)
    ((0, 2), (2, 2))
    """
    if not 0 < position < len(text) or _PLAIN_PAIR.fullmatch(text, position - 1, position + 1):
        return position, position
    first = max(position - _AROUND, 0)
    flags = _FLAG_LETTERS.match(text[max(first - _MOST_FLAG_LETTERS, 0) : first][::-1])
    first -= flags.end() if flags else 0
    stretch = text[first : position + _AROUND]
    try:
        iterator = _local.characters
    except AttributeError:
        icu = _icu()
        iterator = icu.BreakIterator.createCharacterInstance(icu.Locale.getRoot())
        _local.characters = iterator
    iterator.setText(stretch)
    places = code_points(stretch)
    cuts = [0, *(cut if places is None else places[cut] for cut in iterator)]
    place = bisect_left(cuts, position - first)
    end = first + cuts[place]
    return (end if end == position else first + cuts[place - 1]), end


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that is searched by adjacent characters as well."""
    if word.isascii() or max(word) < _FIRST_UNSPACED:
        return False
    return _UNSPACED.search(word) is not None


def is_alphabetic(run: str) -> bool | None:
    """Whether characters of scripts without spaces are sounds and no words; None for some of
    both."""
    sounds = len(_SOUTH_EAST_ASIAN.findall(run))
    return sounds > 0 if sounds in (0, len(run)) else None


@cache
def reaches(character: str) -> tuple[int, int]:
    """How many adjacent characters, from this one on, are searched as one in a script without
    spaces: one and two of Chinese, Japanese and Korean, of which each says something; two and
    three of the alphabets of South-East Asia (docs/adr/0013)."""
    return (2, 3) if _SOUTH_EAST_ASIAN.match(character) else (1, 2)


def collation_key(language: str) -> Callable[[str], bytes]:
    """Return what gives each text the place that it has in a language's alphabetical order.

    >>> sorted(["đi", "dự", "da", "em"], key=collation_key("vi"))
    ['da', 'dự', 'đi', 'em']
    >>> sorted(["côté", "zut", "été", "cote", "etc"], key=collation_key("fr"))
    ['cote', 'côté', 'etc', 'été', 'zut']
    """
    try:
        collators: dict[str, Callable[[str], bytes]] = _local.collators
    except AttributeError:
        collators = _local.collators = {}
    if language not in collators:
        icu = _icu()
        collators[language] = icu.Collator.createInstance(icu.Locale(language)).getSortKey
    return collators[language]


def icu_version() -> str:
    """Return the version of the ICU library at work, such as ``"72.1"``."""
    return str(_icu().ICU_VERSION)


def unicode_version() -> str:
    """Return the version of Unicode that ICU follows, such as ``"15.0"``."""
    return str(_icu().UNICODE_VERSION)


def _icu() -> Any:
    """Return ICU, which is loaded here, at its first use, and may be missing: PyICU is compiled at
    installation, for the ICU that the system had then."""
    try:
        import icu
        from icu import BreakIterator, Collator  # noqa: F401 (another package has that name, too)
    except ImportError as error:
        raise MissingExtraError(_NO_ICU.format(error), name="icu") from error
    return icu


def _word_iterator() -> tuple[BreakIterator, Callable[[str], None], Callable[[], int]]:
    """An iterator, and its methods, which are asked for so often that looking them up counts."""
    icu = _icu()
    # The locale makes no difference to the words of any language here.
    iterator = icu.BreakIterator.createWordInstance(icu.Locale.getRoot())
    return iterator, iterator.setText, iterator.getRuleStatus
