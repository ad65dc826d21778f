"""Which language a text is in, among those that are expected. The only importer of pycld2.

CLD2 was chosen by measurement: docs/adr/0002-language-identification.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from searchlib.languages import UNDETERMINED, base_code, known_languages

__all__ = ["identify"]

# Code points that the answer is taken from. They are taken from the middle of a text: scraped pages
# begin and end with menus and disclaimers, often in another language.
_SAMPLE: Final = 400
# CLD2 takes hints for at most this many languages and ignores longer lists.
_MOST_HINTS: Final = 4
# CLD2 raises on control characters and on halves of surrogate pairs.
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Where CLD2's codes and ours differ.
_TO_CLD2: Final = {"he": "iw"}
_UNKNOWN: Final = "un"


def identify(text: str, expected: Sequence[str] = ()) -> str:
    """Return the code of the language that a text is most likely in.

    Args:
        text: any text; of a long one the middle is looked at.
        expected: the codes to choose from; empty means all that searchlib has rules for.

    Returns:
        one of the expected codes: the first of them where the text does not tell, as a number or
        a name of a person does not. ``"und"`` where none is expected and the text does not tell.

    >>> identify("Chủ tịch Quốc hội", ["vi", "fr", "en"])
    'vi'
    >>> identify("l’été à la montagne", ["vi", "fr", "en"])
    'fr'
    """
    if len(expected) == 1:
        return expected[0]
    candidates = tuple(expected) or known_languages()
    import pycld2

    if len(text) > _SAMPLE:
        start = (len(text) - _SAMPLE) // 2
        text = text[start : start + _SAMPLE]
    try:
        *_, rows = pycld2.detect(
            _UNREADABLE.sub(" ", text),
            isPlainText=True,
            bestEffort=True,
            hintLanguageHTTPHeaders=_hints(candidates),
        )
    except pycld2.error:  # text that it takes for invalid UTF-8
        rows = ()
    share, best = 0, ""
    for _, code, percent, _ in rows:
        if percent > share and (found := _from_cld2(code)) in candidates:
            share, best = percent, found
    return best or (expected[0] if expected else UNDETERMINED)


@cache
def _hints(candidates: tuple[str, ...]) -> str | None:
    if len(candidates) > _MOST_HINTS:
        return None
    return ",".join(_TO_CLD2.get(code, code) for code in candidates)


@cache
def _from_cld2(code: str) -> str:
    return UNDETERMINED if code == _UNKNOWN else base_code(code)
