"""Norwegian, Bokmål and Nynorsk (``nb`` and ``nn`` lead here). Folding meets ø and o, å and a, æ
and ae, and with them the plurals that change their vowel (``bok``, ``bøker``)."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    alle andre at av bare ble blei bli blir blitt både da de deg dei dem den denne der deres derfor
    dersom det dette di din dine disse ditt du dykk då eg ein eit eller en enn er et etter for fordi
    fra frå før gjennom ha hadde han hans har henne hennes her hjå ho hun hva hvem hver hvilke
    hvilken hvilket hvis hvor hvordan hvorfor i ifølge ikke ikkje ingen inn ja jeg kan korleis kunne
    kva kven med meg mellom men mens min mine mitt mot mye må ned noe noen nokon nå når og også om
    opp oss over på samt seg selv si sin sine sitt skal skulle slik som så til under ut uten var ved
    vi vil ville våre vårt være vært
    """.split()
)

LANGUAGE = Language(
    code="no",
    name="Norwegian",
    stemmer="norwegian",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
