"""Polish: no stemmer. ł has no decomposition; folding makes it l."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

STOP_WORDS: Final = frozenset(
    """
    a aby albo ale ani aż bardzo bez bo by być był była było były będzie będą co czy czyli dla
    dlaczego do gdy gdzie go i ich ile im inne iż ja jak jaka jaki jakie jako je jednak jego jej
    jemu jest jestem jeszcze jeśli jeżeli już każdy kiedy kto która które którego której który
    których którym którzy lub ma mają mi między mnie mu my na nad nam nami nas nasz nic nich nie
    nigdy nim niż o obok od on ona one oni oraz po pod podczas ponieważ przed przez przy się swoje
    są ta tak także tam te tego tej ten też to tu ty tych tylko tym u w we więc wszystko wy z za
    zawsze ze że
    """.split()
)

LANGUAGE = Language(
    code="pl",
    name="Polish",
    stop_words=STOP_WORDS,
)
