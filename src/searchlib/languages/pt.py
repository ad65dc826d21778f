"""Portuguese: Snowball does not unite the plurals ``-ões``, ``-ais``, ``-veis`` and ``-eses`` with
their singular, marked or not, so they are turned back into it. The rule works on the folded word:
``cancoes`` meets ``canção``."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

# Pelo and pelos (hair, fur) stay out.
STOP_WORDS: Final = frozenset(
    """
    a ainda ao aos aquela aquelas aquele aqueles aquilo as até cada com como contra cuja cujas cujo
    cujos da das de dela delas dele deles depois desde dessa desse desta deste do dos durante e ela
    elas ele eles em enquanto entre era eram essa essas esse esses esta estar estava este estes está
    estão eu foi foram há isso isto já lhe lhes mais mas me mesmo meu meus minha minhas muito na nas
    nem nessa nesse nesta neste no nos nossa nossas nosso nossos num numa não nós o onde os ou para
    pela pelas pois por porque porquê quais qual quando quanto que quem quê se sem sendo ser será
    seu seus si sido sob sobre sua suas são só também te tem teu tinha tu tua tão têm um uma umas
    uns você vocês à às é
    """.split()
)

_OES: Final = re.compile("(?<=..)oes$")
_AIS: Final = re.compile("(?<=...)ais$")
_VEIS: Final = re.compile("(?<=[ai])veis$")
_ESES: Final = re.compile("(?<=.)eses$")


def stem_input(word: str) -> str:
    """Fold, with the plural endings that Snowball leaves alone turned into the singular.

    >>> [stem_input(word) for word in ("canções", "animais", "possíveis", "FRANCESES")]
    ['canção', 'animal', 'possivel', 'frances']
    """
    text = _ESES.sub("es", _OES.sub("ao", fold(word)))
    text = _VEIS.sub("vel", _AIS.sub("al", text))
    # Snowball knows the ending -ação by its marks alone.
    return text[:-3] + "ção" if text.endswith("cao") else text


LANGUAGE = Language(
    code="pt",
    name="Portuguese",
    stemmer="portuguese",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
