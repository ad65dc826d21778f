"""Japanese: ICU's dictionary cuts the words; adjacent characters find what it cuts otherwise.
Folding keeps the voicing marks of kana (か, が) and makes half-width kana full."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="ja",
    name="Japanese",
    script="HIRAGANA",
    plain=Weights(folded=1.0, pair=0.35),
    marked=Weights(folded=1.0, pair=0.35),
)
