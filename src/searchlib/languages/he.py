"""Hebrew: no stemmer. Folding drops the points, which few people type."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

STOP_WORDS: Final = frozenset(
    """
    אבל או אולי אחרי אך אל אלה אני אנחנו אתה את אתם בין גם הוא היא היה היו היתה הם הן זאת זה זו כאשר
    כדי כי כל לא לפני לפי מאוד מה מי מתי עד על רק של שם איך איפה למה
    """.split()
)

LANGUAGE = Language(
    code="he",
    name="Hebrew",
    script="HEBREW",
    stop_words=STOP_WORDS,
)
