"""Word → its folded form: no case, no marks, plain letters. The only importer of unidecode.

One folding serves every language, for documents and for queries, so that a word is found however
its accents were typed and whatever language was detected. Marks are removed where they are marks
of the same letter (Latin, Greek, Cyrillic, Arabic, Hebrew), never where they carry the vowel or
change the consonant (Indic scripts, Thai, Japanese voicing).
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import decimal, normalize

from searchlib._later import regex

__all__ = ["fold", "has_marks", "lower", "squeeze", "strip_marks", "unmarked"]

# U+0300-036F Latin, Greek, Cyrillic; Arabic harakat and hamza signs; Hebrew points and accents;
# the nukta of Devanagari, which many writers leave out (फ़िल्म, फिल्म). Not the iota below a Greek
# letter, which lower case makes a letter of (τῷ, τωι).
_MARKS: Final = regex(
    "[\u0300-\u0344\u0346-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u093c]"
)
# Letters that people use for one another. Arabic: alef wasla and alef, alef maqsura and Farsi yeh
# for yeh, teh marbuta for heh, keheh for kaf. Devanagari: chandrabindu for anusvara.
_ALIKE: Final = str.maketrans(
    "\u0671\u0649\u06cc\u0629\u06a9\u0901", "\u0627\u064a\u064a\u0647\u0643\u0902"
)
# Apostrophes, Catalan's middle dot, the signs of Hebrew abbreviations, full stops of acronyms.
_SIGNS: Final = regex("['\"\u00b7\u02bc\u05f3\u05f4]|(?<=[^\\W\\d_])\\.(?=[^\\W\\d_])")
# Latin letters that no decomposition reaches: đ ø ł æ œ þ ð ı ŋ …
_LATIN: Final = regex(
    "[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f"
    "\ua720-\ua7ff\uab30-\uab6f]"
)
_DIGIT: Final = regex(r"\d")
# Thai and Lao sara am, which compatibility forms take apart; who types it in two pieces may set
# the tone mark between them.
_SARA_AM: Final = regex("\u0e4d([\u0e48-\u0e4b]?)\u0e32|\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")


def fold(word: str) -> str:
    """Fold one normalised word; never empty for a word.

    >>> [fold(word) for word in ("Đường", "Œuvre", "Straße", "İstanbul", "Эй", "U.S.A")]
    ['duong', 'oeuvre', 'strasse', 'istanbul', 'эи', 'usa']
    """
    if word.isalpha() and word.isascii():
        return word.lower()
    if word.isascii():
        folded = word.lower()
    else:
        folded = strip_marks(normalize("NFKC", word).casefold()).translate(_ALIKE)
        if folded.isalpha() and folded.isascii():
            return folded
        if not folded.isascii():
            folded = _LATIN.sub(_romanize, folded)
            folded = _DIGIT.sub(_ascii_digit, folded)
        folded = squeeze(folded)
    # A word of nothing but signs and marks (a lone Arabic tatweel) keeps what it has.
    return _SIGNS.sub("", folded) or folded or word


def strip_marks(text: str) -> str:
    """Remove accents and vowel signs that readers of the script often leave out.

    >>> strip_marks("Quốc hội, péché, ё")
    'Quoc hoi, peche, е'
    """
    if text.isascii():
        return text
    return normalize("NFC", _MARKS.sub("", normalize("NFKD", text)))


def has_marks(text: str) -> bool:
    """Whether a text holds a mark that folding would remove, or a letter such as đ or ø.

    >>> has_marks("Quốc hội"), has_marks("quoc hoi"), has_marks("đi"), has_marks("東京")
    (True, False, True, False)
    """
    if text.isascii():
        return False
    return _LATIN.search(text) is not None or _MARKS.search(normalize("NFD", text)) is not None


def unmarked(text: str) -> str:
    """Return a text without marks, and with plain letters for those such as đ and ø: what people
    type who type no marks. What is no letter stays, so that it has the same words.

    >>> unmarked("Đường về quê, L’ŒUVRE"), unmarked("東京"), unmarked("Café™")
    ('Duong ve que, L’OEUVRE', '東京', 'Cafe™')
    """
    if text.isascii():
        return text
    bare = normalize("NFC", _MARKS.sub("", normalize("NFD", text)))
    return _LATIN.sub(_romanize_as_cased, bare)


def lower(word: str) -> str:
    """Return the written form of a word: compatibility forms unified, lower case, marks kept.

    >>> lower("ÉTÉ"), lower("ﬁn")
    ('été', 'fin')
    """
    if word.isascii():
        return word.lower()
    # İ lower-cases to i and a dot above, which no keyboard types; elsewhere than in Turkish the
    # dot says nothing. The second normalisation composes what lower-casing took apart.
    lowered = normalize("NFKC", word).lower().replace("i\u0307", "i")
    return squeeze(normalize("NFC", lowered)) or word


def squeeze(term: str) -> str:
    """Undo what compatibility forms do to a term: take out white space, since terms are joined by
    it, and put Thai's and Lao's sara am together.

    >>> apart = normalize("NFKC", "น้ำ")
    >>> squeeze("a b"), len(apart), len(squeeze(apart))
    ('ab', 4, 3)
    """
    squeezed = "".join(term.split())
    if "\u0e4d" in squeezed or "\u0ecd" in squeezed:
        return _SARA_AM.sub(_sara_am, squeezed)
    return squeezed


def _sara_am(match: re.Match[str]) -> str:
    thai, lao = match.groups()
    return f"{lao}\u0eb3" if thai is None else f"{thai}\u0e33"


def _romanize(match: re.Match[str]) -> str:
    from unidecode import unidecode

    letter = match[0]
    plain = unidecode(letter).lower()
    return plain if plain.isalnum() else letter


def _romanize_as_cased(match: re.Match[str]) -> str:
    plain = fold(match[0])
    return plain.upper() if match[0].isupper() and plain.isascii() else plain


def _ascii_digit(match: re.Match[str]) -> str:
    return str(decimal(match[0]))
