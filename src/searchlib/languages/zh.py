"""Chinese: ICU's dictionary cuts the words; adjacent characters find what it cuts otherwise."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="zh",
    name="Chinese",
    script="CJK",
    plain=Weights(folded=1.0, pair=0.35),
    marked=Weights(folded=1.0, pair=0.35),
)
