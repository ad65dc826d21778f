"""Text → the form in which words are cut: NFC, no invisible characters, one kind of apostrophe,
ideographs in the place of radicals, digits in that of raised and lowered ones.

Everything here works on one *chunk*, a stretch of text without white space, and knows for every
code point of its result which code points of the original it stands for.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import combining, is_normalized, normalize

from searchlib._dataclass import dataclass
from searchlib._later import regex

__all__ = ["Normalized", "normal_text", "normalize_chunk"]

APOSTROPHE: Final = "'"

# Characters that people see nothing of: soft hyphen, joiners, marks of direction, variation
# selectors, byte order marks, and surrogates without their half, which no UTF-8 can hold.
_OF_NO_SHAPE: Final = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ud800-\udfff"
)
_INVISIBLE: Final = regex(f"[{_OF_NO_SHAPE}]")
# Zero-width space ends a word in the scripts of South-East Asia, whose writers put it there on
# purpose; elsewhere it is a place where a line may break, often inside a word.
_ZERO_WIDTH_SPACE: Final = "\u200b"
_SOUTH_EAST_ASIAN: Final = regex("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

# Sorting the marks on one letter takes Unicode's normalisation time that grows by the square: of a
# longer run of signs the first 30 marks on a letter count, as in UAX #15's stream-safe text.
_MOST_MARKS: Final = 30
_LONG_RUN: Final = regex(f"[^\\w\\s\\x00-\\x7f]{{{_MOST_MARKS},}}")

# Typed or printed in the place of an apostrophe. U+02BB to U+02BF are letters to Unicode, the
# others punctuation; accents and primes are apostrophes only between two letters.
_TYPED: Final = "\u02bb\u02bc\u02bd\u02be\u02bf\u2018\u2019\u201b\uff07"
_ACCENTS: Final = "\u2032\u00b4`"
_ACCENT_AS_APOSTROPHE: Final = regex(f"(?<=[^\\W\\d_]|[\u0300-\u036f])[{_ACCENTS}](?=[^\\W\\d_])")
# Radicals as characters of their own, which PDFs have in the place of ideographs that look alike.
_RADICALS: Final = range(0x2E80, 0x2FE0)
# CO₂, and m² or E=mc²: a raised digit behind a longer word is that of a footnote, and behind
# another digit the power of a number.
_LOWERED: Final = "\u2080-\u2089"
_RAISED: Final = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
_POWER: Final = regex(f"(?<![^\\W\\d_])([^\\W\\d_{_RAISED}]{{1,2}})([{_RAISED}]+)(?![^\\W_])")
_UNIFIED: Final = str.maketrans(
    dict.fromkeys(_TYPED, APOSTROPHE)
    | {chr(code): normalize("NFKC", chr(code)) for code in _RADICALS}
    | {chr(0x2080 + digit): str(digit) for digit in range(10)}
)
# One look that tells for most chunks that there is nothing of all this in them.
_UNUSUAL: Final = regex(
    f"[{_OF_NO_SHAPE}{_TYPED}{_ACCENTS}{_LOWERED}{_RAISED}{chr(_RADICALS[0])}-{chr(_RADICALS[-1])}]"
)


@dataclass(frozen=True, slots=True)
class Normalized:
    """A chunk ready to be cut, and where each of its code points comes from.

    Attributes:
        text: NFC, without invisible characters, every apostrophe U+0027, every radical the
            ideograph, every lowered digit and raised one of a unit a digit.
        starts: for each code point of ``text`` the offset in the chunk where it begins; None where
            the offsets are the chunk's own.
        ends: likewise where it ends.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the chunk for a non-empty span of ``text``, in code points."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalize_chunk(chunk: str) -> Normalized:
    """Normalise one chunk.

    >>> normalize_chunk("e\u0301te\u0301").text
    'été'
    >>> normalize_chunk("e\u0301te\u0301").span(0, 3)
    (0, 5)
    """
    if (text := _in_place(chunk)) is not None:
        return Normalized(text)
    text, starts, ends = _compose(chunk)
    return Normalized(_unify(text), tuple(starts), tuple(ends))


def normal_text(chunk: str) -> str:
    """Return the text of ``normalize_chunk``, for where nobody asks where it comes from.

    >>> normal_text("e\u0301te\u0301")
    'été'
    """
    text = _in_place(chunk)
    return normalize_chunk(chunk).text if text is None else text


def _in_place(chunk: str) -> str | None:
    """The text of a chunk of which each code point stays where it is; None for any other."""
    if chunk.isascii():
        return _unify(chunk) if "`" in chunk else chunk
    unusual = _UNUSUAL.search(chunk)
    if unusual is not None and _INVISIBLE.search(chunk) is not None:
        return None
    if len(chunk) >= _MOST_MARKS and _LONG_RUN.search(chunk) is not None:
        return None
    if not is_normalized("NFC", chunk):
        return None
    return chunk if unusual is None else _unify(chunk)


def _unify(text: str) -> str:
    text = _POWER.sub(_with_digits, text.translate(_UNIFIED))
    return _ACCENT_AS_APOSTROPHE.sub(APOSTROPHE, text)


def _with_digits(match: re.Match[str]) -> str:
    return match[1] + normalize("NFKC", match[2])


def _compose(chunk: str) -> tuple[str, list[int], list[int]]:
    """NFC, cluster by cluster, so that each result knows the code points it was made of."""
    keep_break = _SOUTH_EAST_ASIAN.search(chunk) is not None
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    cluster: list[str] = []
    first = last = 0

    def close() -> None:
        composed = normalize("NFC", "".join(cluster))
        pieces.append(composed)
        starts.extend([first] * len(composed))
        ends.extend([last] * len(composed))
        cluster.clear()

    for offset, char in enumerate(chunk):
        if _INVISIBLE.match(char) and not (keep_break and char == _ZERO_WIDTH_SPACE):
            continue
        if cluster and not combining(char) and not _composes("".join(cluster), char):
            close()
        if not cluster:
            first = offset
        last = offset + 1
        if len(cluster) <= _MOST_MARKS:
            cluster.append(char)
    if cluster:
        close()
    return "".join(pieces), starts, ends


def _composes(cluster: str, starter: str) -> bool:
    """Whether a starter (a Hangul vowel, say) melts into what stands before it under NFC."""
    return normalize("NFC", cluster + starter) != normalize("NFC", cluster) + normalize(
        "NFC", starter
    )
