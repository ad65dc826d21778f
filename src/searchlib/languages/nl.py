"""Dutch. The plural ``foto's`` is cut to ``foto`` in every language (analysis.cut); ``één`` folds
to ``een``."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

# Haar (hair, her) stays out.
STOP_WORDS: Final = frozenset(
    """
    aan al alle alleen als andere bij binnen daar dan dat de deze die dit doch door dus echter een
    en er geen had hadden heb hebben heeft hem hen het hier hij hoe hun ieder iemand iets ik in is
    ja je jij jou jouw kan kon konden kunnen maar me meer men met mij mijn moet moeten na naar nadat
    niet niets nog nu of om omdat ons onze ook op over reeds sinds te tegen tenzij terwijl toch toen
    tot tussen u uit uw van vanaf veel voor waar waarom wanneer want waren was wat we wel welke werd
    werden wie wij wil word worden wordt zal ze zelf zich zij zijn zo zonder zou zouden één
    """.split()
)

LANGUAGE = Language(
    code="nl",
    name="Dutch",
    stemmer="dutch",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
