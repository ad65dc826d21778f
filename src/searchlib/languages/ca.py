"""Catalan: no stemmer. ``l'home`` is cut in every language (analysis.cut), ``col·lecció`` stays
whole and folds to ``colleccio``."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

STOP_WORDS: Final = frozenset(
    """
    a això al allò als altra altre altres amb aquell aquella aquelles aquells aquest aquesta
    aquestes aquests cada com contra d de del dels des doncs durant e el ell ella elles ells els em
    en entre eren esta estan està et fins ha han havia hi i jo l la les li llur lo m mentre meu meva
    molt n ne ni no nosaltres nostra nostre o on pel pels per perquè però qual quals quan que qui
    què s sense ser seu seus seva seves si sobre sota són també tan tenen teu teva tu té un una unes
    uns va van vosaltres és
    """.split()
)

LANGUAGE = Language(
    code="ca",
    name="Catalan",
    stop_words=STOP_WORDS,
)
