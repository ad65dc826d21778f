"""Ukrainian. The apostrophe is a letter's sign (``п'ять``), typed in many ways, U+02BC among them;
all are one apostrophe before words are cut, and folding drops it. The stemmer takes off the case
endings of nouns and adjectives, as the light stemmers of Savoy do for other languages, and folds
what is left: folded first, endings with й and ї would be others."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold, lower
from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    а або адже але б без би був була були було бути в вам вами вас ваш весь вже ви від він вона вони
    воно все всі всіх всього де для до дуже його її їй їм їх же з за завжди зі із й коли кого кому
    крім куди ми мене мені між може мій моя на над навіть нам нами нас наш не нема немає ні о один
    ось під перед по поки після при про саме свій свої себе собі та так також там те ти тільки то
    той тому тобі тоді треба ту у хоча хто це цей ця ці цього цьому через чи чого чому щоб що як яка
    яке який які якого якщо я є і
    """.split()
)

# Endings that stems end in, too (``система``, ``Львів``): they come off before another one as well,
# so that all forms of such a word lose them.
_CLOSED: Final = "ом ем єм ів їв ов ев єв".split()
_ENDINGS: Final = """
    а е є и і ї й о у ю я ь ам ям ами ями ах ях ою ею єю ія ії ію ією еві єві ові
    ий ій ей єй ого його ому йому им їм ої єї их їх ими їми
""".split()
# The shortest stem, of three letters and more, is what the longest endings leave. Of two: Київ.
_STEM: Final = re.compile(
    f"(ки(?=[їє]в)|...+?)(?:{'|'.join(_CLOSED)})?(?:{'|'.join(_CLOSED + _ENDINGS)})?"
)


def stem(word: str) -> str:
    """Take off the endings of nouns and adjectives, and fold.

    >>> [stem(word) for word in ("місто", "містах", "система", "системою", "львів", "львова")]
    ['міст', 'міст', 'сист', 'сист', 'льв', 'льв']
    >>> [stem(word) for word in ("українська", "українського", "новий", "нової", "київ", "києві")]
    ['украінськ', 'украінськ', 'нов', 'нов', 'ки', 'ки']
    """
    match = _STEM.fullmatch(word)
    return fold(match[1] if match else word)


LANGUAGE = Language(
    code="uk",
    name="Ukrainian",
    script="CYRILLIC",
    stemmer=stem,
    stem_input=lower,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
