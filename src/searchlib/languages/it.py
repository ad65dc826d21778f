"""Italian. Articles joined to their noun by an apostrophe (``dell'arte``, ``un'amica``) are cut in
every language (analysis.cut)."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

# Words that are nouns or numerals as well stay out: stato, ora, ancora, prima, era, dei, sei.
STOP_WORDS: Final = frozenset(
    """
    a ad agli ai al alla alle allo anche avere aveva avevano c che chi ci cioè ciò coi col come con
    contro cui da dagli dai dal dalla dalle dallo degli del dell della delle dello dentro di dopo
    dove dunque durante e ed egli ella entro essa esse essere essi esso fino fra fu furono gli ha
    hanno ho i il in io l la le lei li lo loro lui ma me mentre mi mia mie miei mio ne negli nei nel
    nella nelle nello noi non nostra nostre nostri nostro né o od oppure per perché però più poi
    poiché quale quali quando quanto quella quelle quelli quello questa queste questi questo qui
    quindi se senza si sia siamo sono sopra sotto su sua sue sugli sui sul sulla sulle sullo suo
    suoi te ti tra tu tua tue tuo tuoi un una uno vi voi vostra vostre vostri vostro è
    """.split()
)

LANGUAGE = Language(
    code="it",
    name="Italian",
    stemmer="italian",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
