"""Polish. ł has no decomposition; folding makes it l. The stemmer takes off the case endings of
nouns and adjectives, as the light stemmers of Savoy do for other languages. It reads folded words,
so that words typed without ogonki and kreski share a stem with the others."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    a aby albo ale ani aż bardzo bez bo by być był była było były będzie będą co czy czyli dla
    dlaczego do gdy gdzie go i ich ile im inne iż ja jak jaka jaki jakie jako je jednak jego jej
    jemu jest jestem jeszcze jeśli jeżeli już każdy kiedy kto która które którego której który
    których którym którzy lub ma mają mi między mnie mu my na nad nam nami nas nasz nic nich nie
    nigdy nim niż o obok od on ona one oni oraz po pod podczas ponieważ przed przez przy się swoje
    są ta tak także tam te tego tej ten też to tu ty tych tylko tym u w we więc wszystko wy z za
    zawsze ze że
    """.split()
)

# Endings that stems end in, too (``system``, ``poziom``, ``Krakow``): they come off before another
# one as well, so that all forms of such a word lose them.
_CLOSED: Final = "om iom em iem ow ach iach".split()
_ENDINGS: Final = """
    a e i o u y ia ie ii io iu ami iami owi owie
    ego iego emu iemu ej iej ich ych im ym imi ymi
""".split()
# The shortest stem, of three letters and more, is what the longest endings leave.
_STEM: Final = re.compile(f"(...+?)(?:{'|'.join(_CLOSED)})?(?:{'|'.join(_CLOSED + _ENDINGS)})?")
_FLEETING_E: Final = re.compile("(?<=..)e(?=[kc]$)")
# Polska, w Polsce; literatura, w literaturze.
_SOFTENED: Final = re.compile("(?<=...)c$|(?<=..)rz$")
_HARD: Final = {"c": "k", "rz": "r"}


def stem(word: str) -> str:
    """Take off the endings of nouns and adjectives, and undo what they do to the stem.

    >>> [stem(word) for word in ("miasto", "miastach", "krakow", "krakowie", "systemem")]
    ['miast', 'miast', 'krak', 'krak', 'syst']
    >>> [stem(word) for word in ("polska", "polsce", "gora", "gorze", "ksiazek", "ksiazki", "rok")]
    ['polsk', 'polsk', 'gor', 'gor', 'ksiazk', 'ksiazk', 'rok']
    """
    match = _STEM.fullmatch(word)
    bare = _FLEETING_E.sub("", match[1] if match else word)
    return _SOFTENED.sub(lambda letters: _HARD[letters[0]], bare)


LANGUAGE = Language(
    code="pl",
    name="Polish",
    stemmer=stem,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
