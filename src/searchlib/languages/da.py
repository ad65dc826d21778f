"""Danish. Folding meets ø and o, å and a, æ and ae; the stemmer's ending ``-løs(t)`` needs its ø
back."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    af alle alt anden andet andre at blandt blev blive bliver både da de dem den denne der deres
    derfor det dette dig din dine disse dit dog du efter eller en end enten er et for fordi fra før
    gennem ham han hans har havde hende hendes her hos hun hvad hvem hver hvilke hvilken hvilket
    hvis hvor hvordan hvorfor hvornår i ifølge igen ikke ind indtil ingen intet jeg jer jeres kan
    kun kunne med meget mellem men mens mig min mine mit mod må ned nogen noget nogle nok nu når og
    også om op os over på samt selv sig sin sine sit skal skulle som så sådan til ud uden under var
    ved vi vil ville vor vores være været
    """.split()
)

_LESS: Final = re.compile("(?<=..)lo(?=s[et]?$)")


def stem_input(word: str) -> str:
    """Fold, but for the ending that the stemmer knows by its ø alone.

    >>> [stem_input(word) for word in ("Arbejdsløst", "arbejdslost", "arbejdsløs")]
    ['arbejdsløst', 'arbejdsløst', 'arbejdsløs']
    """
    return _LESS.sub("lø", fold(word))


LANGUAGE = Language(
    code="da",
    name="Danish",
    stemmer="danish",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
