"""Finnish. The stemmer treats the endings of both vowel harmonies alike, so folding ä and ö away
loses nothing: ``kylässä`` and ``kylassa`` share a stem."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

# Voi (can, butter) stays out.
STOP_WORDS: Final = frozenset(
    """
    ehkä ei eikä eivät eli elikkä emme en ennen entä et ette että he heidän heille heitä hän häneen
    hänelle hänen häntä ilman ja jo joiden joihin joissa joista joka jolla jolle jonka jos joskus
    jossa josta jota jotka jotta kanssa keiden keitä ken kenen ketkä ketä koska kuin kuinka kuka kun
    kunnes me meidän meille meitä mihin miksi mikä millainen milloin minkä minua minulla minun minä
    missä mistä mitkä mitä mutta myös ne niiden niihin niin niissä niistä niitä noin nyt näiden näin
    näissä näitä nämä ole olen oleva oli olisi olivat olla ollut on ovat se sekä sen siihen siinä
    siis siitä sille sillä sinun sinä sitä tai te teidän tuo tuon tähän tämä tämän tässä tästä tätä
    vaan vai vaikka vielä
    """.split()
)

LANGUAGE = Language(
    code="fi",
    name="Finnish",
    stemmer="finnish",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
