"""How people really type a query: without its marks, with some of them, in the other orthography,
decomposed, with a slip."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final
from unicodedata import normalize

__all__ = ["VARIANTS", "vary"]

# Marks that people leave out: on Latin and Greek letters and on ё, but not й's breve, which is
# another key; Arabic harakat; Hebrew points. Never the vowel signs of Thai or Hindi.
_MARKS: Final = re.compile(
    "(?<![\u0418\u0438])[\u0300-\u036f]|[\u064b-\u0652\u0670\u05b0-\u05bc\u05c1\u05c2]"
)
_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i"}
    | {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"}
)
# Not \w+, which ends at each vowel sign of Hindi.
_WORD: Final = re.compile(r"(?<!\S)[^\s\d\"'’.,:;?!()«»]+(?=[?!.,:;)]*(?:\s|$))")
_LEAST_LETTERS: Final = 5
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
# The rimes whose tone mark two orthographies of Vietnamese place differently; not after q, where u
# belongs to the consonant.
_RIME: Final = re.compile(
    "(?<![qQ])(?:[òóỏõọ][ae]|o[àáảãạèéẻẽẹ]|[ùúủũụ]y|u[ỳýỷỹỵ])(?![^\\W\\d_])", re.IGNORECASE
)


def _as_typed(text: str, random: Random) -> str:
    return text


def _unmarked(text: str, random: Random) -> str:
    return normalize("NFC", _MARKS.sub("", normalize("NFD", text))).translate(_PLAIN)


def _half_marked(text: str, random: Random) -> str:
    """Half of the words that have marks lose them; of a single one, that one does."""
    words = text.split(" ")
    marked = [place for place, word in enumerate(words) if _unmarked(word, random) != word]
    for place in random.sample(marked, (len(marked) + 1) // 2):
        words[place] = _unmarked(words[place], random)
    return " ".join(words)


def _decomposed(text: str, random: Random) -> str:
    return normalize("NFD", text)


def _other_style(text: str, random: Random) -> str:
    """The tone mark of oa, oe and uy at a syllable's end on the other vowel: hoà for hòa."""
    return _RIME.sub(_move_tone, normalize("NFC", text))


def _move_tone(match: re.Match[str]) -> str:
    rime = normalize("NFD", match[0])
    tone = next(char for char in rime if char in _TONES)
    plain = rime.replace(tone, "")
    moved = plain + tone if rime[1] == tone else plain[0] + tone + plain[1]
    return normalize("NFC", moved)


def _mistyped(text: str, random: Random) -> str:
    """One letter dropped, doubled, replaced or swapped with the next, never a word's first."""
    text = normalize("NFC", text)
    words = [m for m in _WORD.finditer(text) if len(m[0]) >= _LEAST_LETTERS]
    if not words:
        return text
    chosen = random.choice(words)
    word = chosen[0]
    place = random.randrange(1, len(word) - 1)
    kind = random.choice(("drop", "double", "replace", "swap"))
    if kind == "swap" and word[place] == word[place + 1]:
        kind = "drop"
    slips = {
        "drop": "",
        "double": word[place] * 2,
        "replace": random.choice([c for c in word if c != word[place]] or "x"),
        "swap": word[place + 1] + word[place],
    }
    rest = place + 2 if kind == "swap" else place + 1
    mistyped = word[:place] + slips[kind] + word[rest:]
    return text[: chosen.start()] + mistyped + text[chosen.end() :]


#: Name → how it changes a text. What is drawn is drawn from the given source of chance.
VARIANTS: Final[dict[str, Callable[[str, Random], str]]] = {
    "typed": _as_typed,
    "unmarked": _unmarked,
    "half": _half_marked,
    "style": _other_style,
    "nfd": _decomposed,
    "typo": _mistyped,
}


def vary(variant: str, query_id: str, text: str, seed: int) -> str:
    """Return a variant of a query's text: the same at each call with the same seed."""
    return VARIANTS[variant](text, Random(f"{seed}/{variant}/{query_id}"))
