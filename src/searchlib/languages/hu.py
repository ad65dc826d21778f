"""Hungarian. The stemmer knows some case endings by their accent alone, which folding took:
``-ból``, ``-ről``, ``-tól``, ``-nál``, ``-ként`` get it back. It makes no difference to the stemmer
whether ó or ő."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    a abban addig ahhoz ahol aki akik akkor alatt ami amikor amíg annak arra az azaz azok azon
    azonban azt aztán azért benne bár csak de e ebben egy egyik ez ezek ezen ezt ezért ha hanem hogy
    hogyan hol hova illetve ilyen inkább is ismét itt kell kellett ki között közül le legyen lehet
    lesz lett maga majd meg mellett mely melyek mert mi mikor mind minden mindig mint mit mivel
    miért most már még nagyon ne nekem neki nem nincs nélkül olyan ott pedig sem semmi soha szerint
    szinte te tehát több után vagy vagyis valaki valami van vele vissza viszont volna volt voltak
    által át éppen és össze úgy új ő ők őket
    """.split()
)

_FROM: Final = re.compile("(?<=...)(?<=[brt])ol$")
# Not of -nn-: -nal is there the ending -val (telefonnal).
_AT: Final = re.compile("(?<=..[^n])n([ae])l$")
_AS: Final = re.compile("(?<=...)kent$")
_ACUTE: Final = {"a": "á", "e": "é"}


def stem_input(word: str) -> str:
    """Fold, with the accents of the endings that the stemmer knows by them.

    >>> [stem_input(word) for word in ("városból", "Erdőből", "háznál", "telefonnal")]
    ['varosból', 'erdoból', 'haznál', 'telefonnal']
    """
    text = _FROM.sub("ól", fold(word))
    text = _AT.sub(lambda match: "n" + _ACUTE[match[1]] + "l", text)
    return _AS.sub("ként", text)


LANGUAGE = Language(
    code="hu",
    name="Hungarian",
    stemmer="hungarian",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
