"""Greek. Capitals are written without accents, and σ ends a word as ς: folding takes both alike,
before the stemmer sees the word."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    ακόμα ακόμη αλλά αν ανά αντί από απ ας αυτά αυτή αυτής αυτό αυτοί αυτός αυτού αυτούς αυτών αφού
    για γιατί δεν δηλαδή δικός εάν εγώ είναι είμαι είχε είχαν έχει έχουν έχω εκεί εκείνη εκείνο
    εκείνος ένα έναν ένας ενός ενώ εμείς επειδή επί εσείς εσύ εδώ ή η ήταν ήδη θα και κάθε καθώς
    κάποια κάποιο κάποιος κατά κάτι κι μα μας με μέσα μετά μέχρι μη μην μια μία μιας μόνο μου μπορεί
    να ο οι όλα όλες όλοι όμως όπου όπως όταν ότι ούτε όχι παρά περί πια πιο ποια ποιο ποιος ποιοι
    πολύ πόσο ποτέ που πού πριν προς πως πώς σαν σας σε στα στη στην στις στο στον στους των τα τη
    την της τι τις το τον του τους τότε υπό ως ώστε
    """.split()
)

LANGUAGE = Language(
    code="el",
    name="Greek",
    script="GREEK",
    stemmer="greek",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
