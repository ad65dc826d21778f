"""Lao: ICU's dictionary cuts the words; adjacent characters find the rest."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="lo",
    name="Lao",
    script="LAO",
    plain=Weights(folded=1.0, pair=0.25),
    marked=Weights(folded=1.0, pair=0.25),
)
