"""English. The possessive ``'s`` is cut off in every language (analysis.cut)."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

# Articles, pronouns, prepositions, conjunctions, auxiliaries and question words.
STOP_WORDS: Final = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before
    being below between both but by can cannot could did do does doing down during each either
    etc few for from further had has have having he her here hers herself him himself his how i
    if in into is it its itself just may me might more most much must my myself neither no nor
    not of off on once only or other our ours ourselves out over own same shall she should since
    so some such than that the their theirs them themselves then there these they this those
    through to too under until up upon us very was we were what when where whether which while
    who whom whose why will with within without would you your yours yourself yourselves
    """.split()
)

LANGUAGE = Language(
    code="en",
    name="English",
    stemmer="english",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.2, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.2, stem=1.0, pair=0.2),
)
