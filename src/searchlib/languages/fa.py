"""Persian. The zero-width non-joiner inside a word (``می‌خواهم``) is dropped, Persian and Arabic keh
and yeh are one letter folded. The stemmer takes off the plural in -hâ, with the endings that follow
it, and those of comparison, which all Persian stemmers share; not -ân, -ât and -i, in which many
words end."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    از اگر اما آن آنها او این اینکه با باید بر برای بود بودند به بین پس تا تو چرا چه چون چگونه چیست
    خود در را شد شده شما کجا کدام که کی ما من می نه نیز نیست هر هم همه همین هیچ و ولی یا یک است هست
    هستند
    """.split()
)

# As they are folded: with the Arabic yeh.
_COMPARISON: Final = "تر ترين".split()
_PLURAL: Final = "ها هاي هايي هايم هايت هايش هايمان هايتان هايشان".split()
# The shortest stem, of three letters and more, is what the longest endings leave.
_STEM: Final = re.compile(f"(...+?)(?:{'|'.join(_COMPARISON)})?(?:{'|'.join(_PLURAL)})?")


def stem(word: str) -> str:
    """Take off the endings of plural and comparison, given a folded word.

    >>> [stem(word) for word in ("شهر", "شهرها", "شهرهاي", "شهرهايشان", "مهم", "مهمترين", "تنها")]
    ['شهر', 'شهر', 'شهر', 'شهر', 'مهم', 'مهم', 'تنها']
    """
    match = _STEM.fullmatch(word)
    return match[1] if match else word


LANGUAGE = Language(
    code="fa",
    name="Persian",
    script="ARABIC",
    stemmer=stem,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
