"""Arabic. Folding drops the vowel signs and unites the letters that people type for one another;
the stemmer then no longer tells a word's teh marbuta from heh, and mistakes the first letters of
some plurals for a prefix. So the article, with the particles joined to it, is taken off before it,
and the endings ``-ah`` and ``-at`` become teh marbuta: a rule on the folded word."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

# على (on) stays out: folded it is the name علي.
STOP_WORDS: Final = frozenset(
    """
    إذ إذا إلا إلى أم أما أن أنا أنت أنتم إن إنما إنه أنه أنها أو أي أيضا أين التي الذي الذين اللذان
    اللتان الى بأن بعد بعض بل به بها بهذا بين تحت تكون تلك ثم حتى حول حيث خلال ذلك سوف ضمن عن عند
    عندما غير ف فإن فقط فوق في فيه فيها قبل قد كان كانت كانوا كذلك كل كم كما كيف لا لدى لذلك لقد لكن
    لم لماذا لن له لها لهم لو ليس ليست ما ماذا متى مثل مع من منذ منه منها نحن نحو هؤلاء هذا هذه هل
    هم هنا هناك هو هي و وقد ولا وهو وهي يكون يمكن
    """.split()
)

_ARTICLE: Final = re.compile("[وف]?(?:ال|بال|كال|لل)(?=...)")
_FEMININE: Final = re.compile("(?<=..)(?:ات|ه)$")


def stem_input(word: str) -> str:
    """Fold, without the article, with the feminine endings as teh marbuta.

    >>> [stem_input(word) for word in ("والمدرسة", "مدرسه", "السيارات", "سيّارة")]
    ['مدرسة', 'مدرسة', 'سيارة', 'سيارة']
    """
    text = fold(word)
    article = _ARTICLE.match(text)
    return _FEMININE.sub("ة", text[article.end() :] if article else text)


LANGUAGE = Language(
    code="ar",
    name="Arabic",
    script="ARABIC",
    stemmer="arabic",
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
