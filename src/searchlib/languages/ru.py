"""Russian: ё is mostly written е, and й is a letter of its own to the stemmer (``новый``,
``новой``), which folding takes for и. It comes back where an ending has it, at the end of a word
after a vowel: a rule on the folded word, so that decomposed or unmarked text gets the same stem."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    а без более бы был была были было быть в вам вами вас весь во вот все всего всей всем всех всё
    вы где да даже для до другой его ее её ей ему если есть еще ещё же за здесь и из изо или им ими
    их к как какая какие какой каким ко когда кого кому который которая которое которые которого
    которой которых котором кто куда ли либо лишь меня мне много мной может можно мои мой моя мы на
    над надо нам нами нас наш наша наше не него нее неё ней некоторые нельзя нем нет ни них но ну о
    об однако он она они оно от ото перед по под после потому почему при про разве с сам сама сами
    само свой своя свои себе себя со так также такой там тебе тебя тем то тобой того тоже той только
    тот ту ты у уже хотя чего чей чем чему через что чтобы эта эти это этого этой этом этот эту я
    """.split()
)

_SHORT_I: Final = re.compile("(?<=[аеиоуыэюя])и(?=(?:ся|те|тесь)?$)")


def stem_input(word: str) -> str:
    """Fold, with й where it stands in an ending; the plural in -ии gets one as well, harmlessly.

    >>> [stem_input(word) for word in ("Новый", "зелёной", "сделайте", "поиск")]
    ['новый', 'зеленой', 'сделайте', 'поиск']
    """
    return _SHORT_I.sub("й", fold(word))


LANGUAGE = Language(
    code="ru",
    name="Russian",
    script="CYRILLIC",
    stemmer="russian",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
