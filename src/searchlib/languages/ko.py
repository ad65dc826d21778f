"""Korean: spaces part phrases, in which particles cling to their word (``학교에서``).
Adjacent characters find the word without them, and count as much."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="ko",
    name="Korean",
    script="HANGUL",
    plain=Weights(folded=1.0, pair=1.0),
    marked=Weights(folded=1.0, pair=1.0),
)
