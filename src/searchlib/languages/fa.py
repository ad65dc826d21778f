"""Persian: no stemmer. The zero-width non-joiner inside a word (``می‌خواهم``) is dropped, Persian
and Arabic keh and yeh are one letter folded."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

STOP_WORDS: Final = frozenset(
    """
    از اگر اما آن آنها او این اینکه با باید بر برای بود بودند به بین پس تا تو چرا چه چون چگونه چیست
    خود در را شد شده شما کجا کدام که کی ما من می نه نیز نیست هر هم همه همین هیچ و ولی یا یک است هست
    هستند
    """.split()
)

LANGUAGE = Language(
    code="fa",
    name="Persian",
    stop_words=STOP_WORDS,
)
