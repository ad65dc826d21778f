"""Ukrainian: no stemmer. The apostrophe is a letter's sign (``п'ять``), typed in many ways, U+02BC
among them; all are one apostrophe before words are cut, and folding drops it."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

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

LANGUAGE = Language(
    code="uk",
    name="Ukrainian",
    stop_words=STOP_WORDS,
)
