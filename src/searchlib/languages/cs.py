"""Czech: no stemmer. Folding meets words typed without háčky and čárky."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

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

LANGUAGE = Language(
    code="cs",
    name="Czech",
    stop_words=STOP_WORDS,
)
