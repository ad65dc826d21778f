"""Korean: spaces part phrases, in which particles cling to their word (``학교에서``).
Pairs of adjacent characters find the word without them."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="ko",
    name="Korean",
    script="HANGUL",
    plain=Weights(folded=1.0, pair=0.35),
    marked=Weights(folded=1.0, pair=0.35),
)
