"""French. Elision and the kinds of apostrophe are cut alike in every language (analysis.cut).

Words are folded before they are stemmed: Snowball gives ``électricité`` and ``electricite``
different stems otherwise.
"""

from __future__ import annotations

from searchlib._typing import Final
from searchlib.analysis.language import Language, Weights

# Articles, pronouns, prepositions, conjunctions and the auxiliaries' commonest forms. Words that
# mean something else with other accents or in another part of speech stay out: été, mais (maïs),
# or, car, point.
STOP_WORDS: Final = frozenset(
    """
    a à afin ai ainsi alors après as au aucun aucune auquel aussi autre autres aux auxquelles
    auxquels avais avait avant avec avez avoir avons ayant c ça ce ceci cela celle celles celui
    ces cet cette ceux chaque chez ci comme comment d dans de depuis des desquelles desquels donc
    dont du duquel elle elles en encore entre es est et étaient étais était étant êtes être eu eux
    furent fut il ils j je jusque l la là laquelle le lequel les lesquelles lesquels leur leurs
    lors lorsque lui m ma me même mêmes mes moi n ne ni nos notre nous on ont où ou par parce pas
    pendant peu peut peuvent plus pour pourquoi puis puisque qu quand que quel quelle quelles
    quels qui quoi quoique s sa sans se sera seront ses si sienne soi soient sois soit sommes son
    sont sous suis sur t ta tandis te tel telle telles tels tes toi ton tous tout toute toutes tu
    un une vers via vos votre vous y
    """.split()
)

LANGUAGE = Language(
    code="fr",
    name="French",
    stemmer="french",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    # The written view orders péché, pêche and pêché; it adds nothing to relevance.
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
