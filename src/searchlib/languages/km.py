"""Khmer: ICU's dictionary cuts the words coarsely; pairs of adjacent characters find the rest."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="km",
    name="Khmer",
    script="KHMER",
    plain=Weights(folded=1.0, pair=0.35),
    marked=Weights(folded=1.0, pair=0.35),
)
