"""Spanish. Folding meets ñ and n, so ``niño`` and ``nino`` share a stem; a few verb endings lose
themselves with their accent (``comió``, ``comer``), and searches still gain by it."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

# Words that are nouns as well stay out: sobre, bajo, era, este.
STOP_WORDS: Final = frozenset(
    """
    a al algo alguna algunas alguno algunos algún ante antes aquel aquella aquellas aquello aquellos
    aquí así aun aunque aún cada como con contra cual cuales cualquier cuando cuya cuyas cuyo cuyos
    cuál cuándo cómo de del desde donde durante dónde e el ella ellas ello ellos en entre eran es
    esa esas ese eso esos esta estaba estas esto estos está están fue fueron ha había habían hacia
    han hasta hay he la las le les lo los me mi mientras mis muy más mí ni no nos nosotros nuestra
    nuestras nuestro nuestros o os otra otras otro otros para pero por porque pues que quien quienes
    quién qué se sea según ser si sido sin sino son su sus sí también tan tanto te tiene tienen tu
    tus tú u un una unas uno unos usted ustedes y ya yo él
    """.split()
)

LANGUAGE = Language(
    code="es",
    name="Spanish",
    stemmer="spanish",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
