"""Czech. The stemmer takes off the case endings of Dolamic and Savoy, "Indexing and stemming
approaches for the Czech language" (2009), not those of possession and derivation. It reads folded
words, so that words typed without háčky and čárky share a stem with the others."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    a aby ale ani až bez bude budou by byl byla byli bylo být co což do ho i jak jako jaký je jeho
    jejich její jen jestli ještě již jsem jsi jsme jsou jste já k kam kde kdo kdy když ke která
    které který kteří mezi mi mně my mít mě na nad ne nebo než ni nic nám náš o od on ona oni ono
    pak po pod podle pokud pouze pro proti protože proč před přes při s se si své svůj ta tak také
    takže tam tedy ten tento to toho tohoto tom tomto tu ty této u už v ve vy vám váš však z za ze
    či že
    """.split()
)

# Endings that stems end in, too (``program``): they come off before another one as well, so that
# all forms of such a word lose them.
_CLOSED: Final = "am em im um ym ach ech ich ych".split()
_ENDINGS: Final = "a e i o u y ou mi ami emi imi ymi ama eho emu ovi ove".split()
# The shortest stem, of three letters and more, is what the longest endings leave.
_STEM: Final = re.compile(f"(...+?)(?:{'|'.join(_CLOSED)})?(?:{'|'.join(_CLOSED + _ENDINGS)})?")
_FLEETING_E: Final = re.compile("(?<=..)e(?=[^aeiouy]$)")
# Praha, v Praze; republika, v republice.
_SOFTENED: Final = re.compile("(?<=...)[cz]$")
_HARD: Final = {"c": "k", "z": "h"}


def stem(word: str) -> str:
    """Take off the endings of nouns and adjectives, and undo what they do to the stem.

    >>> [stem(word) for word in ("zakon", "zakony", "zakonem", "program", "programu")]
    ['zakon', 'zakon', 'zakon', 'progr', 'progr']
    >>> [stem(word) for word in ("praha", "praze", "matka", "matek", "matce", "rok")]
    ['prah', 'prah', 'matk', 'matk', 'matk', 'rok']
    """
    match = _STEM.fullmatch(word)
    bare = _FLEETING_E.sub("", match[1] if match else word)
    return _SOFTENED.sub(lambda letter: _HARD[letter[0]], bare)


LANGUAGE = Language(
    code="cs",
    name="Czech",
    stemmer=stem,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
