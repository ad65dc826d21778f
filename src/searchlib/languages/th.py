"""Thai: ICU's dictionary cuts the words; adjacent characters find what it cuts otherwise."""

from __future__ import annotations

from searchlib.analysis.language import Language, Weights

LANGUAGE = Language(
    code="th",
    name="Thai",
    script="THAI",
    plain=Weights(folded=1.0, pair=0.25),
    marked=Weights(folded=1.0, pair=0.25),
)
