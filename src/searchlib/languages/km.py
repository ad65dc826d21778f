"""Khmer: ICU's dictionary cuts the words coarsely; adjacent characters count as much as they."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="km",
    name="Khmer",
    script="KHMER",
    plain=Weights(folded=1.0, pair=1.0),
    marked=Weights(folded=1.0, pair=1.0),
)
