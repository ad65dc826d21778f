"""Romanian. ş and ţ with a cedilla stand for ș and ț with a comma in most older text: one written
form for both. The stemmer needs the marks of two verb endings, and of ``oraș`` (town) whose
``-ase`` it takes for a verb's."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold, lower
from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    a abia acea aceasta această aceea acei aceia acel acela acele acelea acest acesta aceste acestea
    acești aceștia acolo acum adică ai aia aici al ale alte altul altă am apoi ar are asta astfel au
    avea avem aveți aș ați care ce cea ceea cei cel cele celor chiar ci cine cu cui cum când cât
    câte câți că căci cărei căror cărora cărui da dacă dar de deci decât deja despre deși din dintre
    doar după ea ei el ele era erau este eu fi fie fiecare fost fără i iar la le li lor lui mai mea
    mei mele meu mi mult n ne nici nimeni nimic niște noastră noi nostru noștri nu o ori oricare
    orice pe pentru peste prin printre sa sale sau se spre sub sunt să săi său ta te toate tot
    totuși tu tău un una unde unei unele unor unu unui va voi vom vor vostru vreo vă îi îl îmi în
    încă însă între își și ți
    """.split()
)

_CEDILLA: Final = str.maketrans("şţ", "șț")
_VERB: Final = re.compile("eaza$|(?<=...)and$")
_MARKED: Final = {"eaza": "ează", "and": "ând"}


def written(word: str) -> str:
    """Lower case, the comma below for the cedilla.

    >>> written("Oraşul"), written("ȚARĂ")
    ('orașul', 'țară')
    """
    return lower(word).translate(_CEDILLA)


def stem_input(word: str) -> str:
    """Fold, but for what the stemmer knows by its marks alone.

    >>> [stem_input(word) for word in ("lucrează", "LUCREAZA", "orașe", "țări")]
    ['lucrează', 'lucrează', 'orașe', 'tari']
    """
    text = _VERB.sub(lambda match: _MARKED[match[0]], fold(word))
    return "oraș" + text[4:] if text.startswith("oras") else text


LANGUAGE = Language(
    code="ro",
    name="Romanian",
    written=written,
    stemmer="romanian",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
