"""Swedish. Folding meets å, ä and a; two places of the stemmer need a letter back that folding
took: its ending ``-lös(t)``, and ``språk``, which is no word in ``-rak`` such as ``raket``."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

# Vår (our, spring) stays out, and är, which without its marks is år (year).
STOP_WORDS: Final = frozenset(
    """
    alla allt andra att av bara bland blev bli blir de dem den denna deras dess dessa det detta dig
    din dina ditt du där därför då efter eftersom eller en enligt er era ett från för förr genom ha
    hade han hans har hela henne hennes hon honom hos hur här i in inför ingen inget innan inom inte
    ja jag kan kunde med medan mellan men mer mig min mina mitt mot mycket ni nu när nästan någon
    något några och ock också om oss på samma sedan sig sin sina sitt ska skall skulle som så sådan
    till under upp ur ut utan vad var vara varför varje vars vem vi vid vilka vilken vilket våra
    vårt än åt över
    """.split()
)

_LESS: Final = re.compile("(?<=..)lo(?=s[at]?$)")


def stem_input(word: str) -> str:
    """Fold, but for what the stemmer knows by its marks alone.

    >>> [stem_input(word) for word in ("Språket", "spraket", "arbetslöst", "Älskar", "rorlos")]
    ['språket', 'språket', 'arbetslöst', 'alskar', 'rorlös']
    """
    return _LESS.sub("lö", fold(word)).replace("sprak", "språk")


LANGUAGE = Language(
    code="sv",
    name="Swedish",
    stemmer="swedish",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
