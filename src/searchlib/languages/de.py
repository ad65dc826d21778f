"""German: ``ä`` is typed ``ae`` where the keyboard has no umlauts, and ``a`` where people are in a
hurry. The folded view meets ``a``; the stem view meets all three."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

# ae, oe, ue for umlauts, except where ue follows a vowel or q: neue, Frauen, Quelle.
_DIGRAPH: Final = re.compile("([ao])e|(?<![aeiouq])(u)e")

STOP_WORDS: Final = frozenset(
    """
    aber alle allem allen aller alles als also am an auch auf aus bei bin bis bist da damit dann
    das dass daß dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses
    dir doch dort du durch ein eine einem einen einer eines er es etwas euch euer eure für gegen
    habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in
    indem ins ist jede jedem jeden jeder jedes jene kann kein keine keinem keinen keiner können
    könnte man manche mein meine mich mir mit muss nach nicht noch nun nur ob oder ohne sehr sein
    seine seinem seinen seiner selbst sich sie sind so solche soll sollte sondern sonst über um
    und uns unser unsere unter viel vom von vor war waren warum was weil welche welchem welchen
    welcher welches wenn wer werde werden wie wieder will wir wird wo wurde wurden während zu zum
    zur zwar zwischen
    """.split()
)


def stem_input(word: str) -> str:
    """Fold, with the digraphs that stand for umlauts taken for them.

    >>> [stem_input(word) for word in ("Häuser", "Haeuser", "neue", "Müller", "Mueller")]
    ['hauser', 'hauser', 'neue', 'muller', 'muller']
    """
    return _DIGRAPH.sub(r"\1\2", fold(word))


LANGUAGE = Language(
    code="de",
    name="German",
    stemmer="german",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
