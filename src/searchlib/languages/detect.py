"""Which language a text is in, among those that are expected. The only importer of pycld2.

CLD2 judges by letters, and was chosen by measurement: docs/adr/0002-language-identification.md.
It knows eighty languages and takes a short Russian text for Bulgarian where nobody expects any; so
the commonest words of the expected languages have a say too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from os import urandom
from typing import Final, TypeAlias
from unicodedata import name, normalize

from searchlib._dataclass import NamedTuple
from searchlib._later import regex
from searchlib.analysis.columns import Columns, Row, columns
from searchlib.analysis.fold import fold, has_marks, lower
from searchlib.languages import UNDETERMINED, base_code, known_languages, language

__all__ = ["Guess", "guess", "identify"]

# Code points that the answer is taken from. They are taken from the middle of a text: scraped pages
# begin and end with menus and disclaimers, often in another language.
_SAMPLE: Final = 400
# CLD2 takes hints for at most this many languages and ignores longer lists.
_MOST_HINTS: Final = 4
# So many more common words than of the language that CLD2 is sure of make it another one.
_CLEAR_LEAD: Final = 2
# Scripts whose marks people leave out; й is another letter than и.
_TYPED_BARE: Final = frozenset({"LATIN", "GREEK"})
# So many of its words must be common ones where they alone tell the language.
_COMMON_SHARE: Final = 0.4
# Where few languages are expected, so many common words that no other has and words with letters
# of its own, so many times as many as of all others, and a common word for so many code points
# tell one beyond doubt. Among many, some are too alike.
_FEW: Final = 8
_MANY: Final = 5
_CLEAR_DISTANCE: Final = 25
_CLEAR_RATIO: Final = 3
# What tells a text's language, a character each, by the candidate's place: what is of one language
# alone; of that, the common words; and the common words of several, a character for each of these.
_Signs: TypeAlias = tuple[str, str, str]
_FIRST_SIGN: Final = ord("A")
# CLD2 raises on control characters and on halves of surrogate pairs.
_UNREADABLE: Final = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WORD: Final = regex(r"[^\W\d_]+")
_ETHS: Final = str.maketrans("\u00d0\u00f0", "Đđ")
# Where CLD2's codes and ours differ.
_TO_CLD2: Final = {"he": "iw"}
_UNKNOWN: Final = "un"


class Guess(NamedTuple):
    """A language and whether the text told it beyond doubt."""

    code: str
    is_sure: bool


def identify(text: str, expected: Sequence[str] = ()) -> str:
    """Return the code of the language that a text is most likely in: that of ``guess``.

    >>> identify("Chủ tịch Quốc hội", ["vi", "fr", "en"])
    'vi'
    """
    return guess(text, expected).code


def guess(text: str, expected: Sequence[str] = ()) -> Guess:
    """Return the language that a text is most likely in.

    Args:
        text: any text; of a long one the middle is looked at.
        expected: the codes to choose from; empty means all that searchlib has rules for.

    Returns:
        one of the expected codes: the first of them where the text does not tell, as a number or
        a name of a person does not. ``"und"`` where none is expected and the text does not tell.

    >>> guess("l’été à la montagne", ["vi", "fr", "en"])
    Guess(code='fr', is_sure=True)
    >>> guess("2022", ["vi", "fr", "en"])
    Guess(code='vi', is_sure=False)
    """
    if len(expected) == 1:
        return Guess(expected[0], True)
    candidates = tuple(expected) or known_languages()
    if len(text) > _SAMPLE:
        start = (len(text) - _SAMPLE) // 2
        text = text[start : start + _SAMPLE]
    signs = _signs(text, candidates)
    if _tell_words_alone(candidates) and (leader := _clear_leader(signs, candidates, len(text))):
        return _sure(leader)
    text = _as_meant(text, candidates)
    counts = _common_words(signs, candidates)
    best, is_sure = _by_letters(text, candidates)
    if best:
        script = language(best).script
        for code in [code for code in counts if language(code).script != script]:
            del counts[code]
    rival = max(counts, key=counts.__getitem__, default="")
    lead = counts[rival] - counts[best] if rival else 0
    if lead >= (_CLEAR_LEAD if is_sure else 1):
        is_clear = counts[rival] >= _COMMON_SHARE * len(_WORD.findall(text))
        is_alone = list(counts.values()).count(counts[rival]) == 1
        return Guess(rival, lead >= _CLEAR_LEAD and is_clear and is_alone)
    if best:
        # Plain letters and no common word may be a name: they tell a script.
        scripts = [language(code).script or "LATIN" for code in candidates]
        is_only = scripts.count(script) == 1
        return Guess(best, is_sure and (counts[best] > 0 or has_marks(text) or is_only))
    fallback = expected[0] if expected else UNDETERMINED
    return Guess(_of_script(text, expected) or fallback, False)


def _as_meant(text: str, candidates: tuple[str, ...]) -> str:
    """A text with each letter in one piece, as macOS does not write it, and in Vietnamese with đ
    for Icelandic's letter, which looks like it: CLD2 knows it by its letters."""
    text = normalize("NFC", text)
    is_vietnamese = "vi" in candidates and not language("vi").letters.isdisjoint(text.lower())
    return text.translate(_ETHS) if is_vietnamese else text


@cache
def _sure(code: str) -> Guess:
    return Guess(code, True)


def _by_letters(text: str, candidates: tuple[str, ...]) -> tuple[str, bool]:
    """Return what CLD2 takes the text for, empty if no candidate, and whether it is sure."""
    import pycld2

    try:
        is_reliable, _, rows = pycld2.detect(
            _UNREADABLE.sub(" ", text),
            isPlainText=True,
            bestEffort=True,
            hintLanguageHTTPHeaders=_hints(candidates),
        )
    except pycld2.error:  # text that it takes for invalid UTF-8
        return "", False
    share, best, first = 0, "", ""
    for _, code, percent, _ in rows:
        found = _from_cld2(code)
        first = first or found
        if percent > share and found in candidates:
            share, best = percent, found
    return best, is_reliable and best == first


@cache
def _tell_words_alone(candidates: tuple[str, ...]) -> bool:
    """Whether common words can tell these languages apart: a quotation has as many as a text, and
    of scripts without spaces there are none."""
    scripts = {language(code).script for code in candidates}
    return len(candidates) <= _FEW and len(scripts) == 1 and "" not in scripts


def _clear_leader(signs: _Signs, candidates: tuple[str, ...], length: int) -> str:
    """Return the language of which a text has so many signs, and so many more than of all others,
    that CLD2 need not be asked; empty where there is no such language."""
    # Each document comes through here.
    own, _, shared = signs
    for sign in set(own):
        found = own.count(sign)
        if found >= _MANY and found >= _CLEAR_RATIO * (len(own) - found):
            is_dense = (found + shared.count(sign)) * _CLEAR_DISTANCE >= length
            return candidates[ord(sign) - _FIRST_SIGN] if is_dense else ""
    return ""


def _common_words(signs: _Signs, candidates: tuple[str, ...]) -> defaultdict[str, int]:
    """Return of each candidate how many of its commonest words a text has, if it has any."""
    counts: defaultdict[str, int] = defaultdict(int)
    _, words, shared = signs
    both = words + shared
    for sign in sorted(set(both)):  # of equals the first candidate, in every process
        counts[candidates[ord(sign) - _FIRST_SIGN]] = both.count(sign)
    return counts


def _signs(text: str, candidates: tuple[str, ...]) -> _Signs:
    """What in a text tells one of some languages: for each of their commonest words a sign, and
    another for each chunk without one that has letters of one of them."""
    try:
        row = _told(candidates).join(text)
    except UnicodeEncodeError:
        row = _told(candidates).join(_UNREADABLE.sub(" ", text))
    return row[:3]


@cache
def _told(candidates: tuple[str, ...]) -> Columns:
    """What each chunk of a text tells: signs, which are characters, by the candidate's place.

    A document is full of words, and this is asked of each: so what a chunk tells is remembered.
    """
    owners = _owners(candidates)
    sign_of = {code: chr(_FIRST_SIGN + place) for place, code in enumerate(candidates)}
    letters_of = {
        sign_of[code]: letters for code in candidates if (letters := language(code).letters)
    }

    def told(chunk: str) -> Row:
        lowered = normalize("NFC", chunk).lower()
        own = shared = ""
        for word in _WORD.findall(lowered):
            signs = "".join(map(sign_of.__getitem__, owners.get(word, ())))
            if len(signs) == 1:
                own += signs
            else:
                shared += signs
        words = own
        if not own and not shared and not lowered.isascii():
            own = "".join(
                sign for sign, letters in letters_of.items() if not letters.isdisjoint(lowered)
            )
        return own, words, shared, "", "", ""

    return columns(told, int.from_bytes(urandom(8)))


@cache
def _owners(candidates: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Common word, with its marks or without → the candidates whose word it is."""
    owners: dict[str, tuple[str, ...]] = {}
    for code in candidates:
        words = language(code).stop_words
        forms = set(map(lower, words))
        if language(code).script in _TYPED_BARE:
            forms.update(map(fold, words))
        for form in forms:
            owners[form] = (*owners.get(form, ()), code)
    return owners


def _of_script(text: str, expected: Sequence[str]) -> str:
    """Return the first expected language that is written in the script of most letters."""
    # The first word of a letter's name is its script: LATIN, CYRILLIC, CJK.
    scripts = Counter(name(char, "").partition(" ")[0] for char in text if char.isalpha())
    script = max(scripts, key=scripts.__getitem__, default="")
    return next((code for code in expected if script and language(code).script == script), "")


@cache
def _hints(candidates: tuple[str, ...]) -> str | None:
    if len(candidates) > _MOST_HINTS:
        return None
    return ",".join(_TO_CLD2.get(code, code) for code in candidates)


@cache
def _from_cld2(code: str) -> str:
    return UNDETERMINED if code == _UNKNOWN else base_code(code)
