"""Turkish. I is the capital of ı, İ that of i; a suffix follows a proper name after an apostrophe
(``İstanbul'da``) and is cut off before stemming.

The stemmer checks vowel harmony and wants ı, ö, ü, ğ, ş. Marked words gave it the best stems, but
words typed without marks then had others; folded words broke the harmony (``kizlar``). So the
folded word gets a harmony of its own: its first vowel decides whether all others are of the back (a
ı o u) or of the front (e i ö ü), and g between vowels is ğ. The stems look odd (``kitep``), yet
word families meet, marked or not, and nearly as many answers are found as with marks.

Of a stem five letters count: Turkish puts ending after ending behind a stem that does not change,
and the stemmer leaves many of them (docs/adr/0007; Can et al. 2008, "Information retrieval on
Turkish texts", found five letters as good as lemmas).
"""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold, lower
from searchlib.analysis.language import Language, Weights

# Words that are content words without their marks stay out: iç, on, az.
STOP_WORDS: Final = frozenset(
    """
    acaba ama ancak arada artık asla bana bazı başka belki ben bence beni benim beri bile bir biraz
    biri birkaç birçok biz bize bizi bizim bu buna bunda bundan bunlar bunu bunun burada böyle da
    daha dahi de değil diye diğer dolayı fakat gibi göre hangi hatta hem henüz hep hepsi her hiç idi
    ile ilgili ise için işte kadar karşı kendi kendisi ki kim kime kimse mi mu mü mı nasıl ne neden
    nerede nereye niye niçin o olan olarak oldu olduğu olması olup olur ona ondan onlar onların onu
    onun orada oysa pek rağmen sadece sana sanki sen seni senin siz size sizi sizin sonra tüm ve
    veya ya yani yine zaten çok çünkü öyle şey şu şunlar
    """.split()
)

_CAPITALS: Final = str.maketrans("İI", "iı")
_VOWEL: Final = re.compile("[aeiou]")
_BACK: Final = str.maketrans("ei", "aı")
_FRONT: Final = str.maketrans("aou", "eöü")
_SOFT_G: Final = re.compile("(?<=[aeıioöuü])g(?=[aeıioöuü])")
_EVIDENTIAL: Final = re.compile("(?<=m[ıiuü])s(?=$|t[ıiuü]r)")  # -miş, -mıştır


def written(word: str) -> str:
    """Lower case by the rules of Turkish.

    >>> written("ISPARTA"), written("İzmir")
    ('ısparta', 'izmir')
    """
    return lower(word.translate(_CAPITALS))


def stem_input(word: str) -> str:
    """Fold what stands before the apostrophe and give it one vowel harmony.

    >>> [stem_input(word) for word in ("kızlar", "KIZLAR", "kizlar", "köpeği", "İstanbul'da")]
    ['kizler', 'kizler', 'kizler', 'kopağı', 'istenbül']
    """
    text = fold(word.partition("'")[0] or word)
    first = _VOWEL.search(text)
    if first is None:
        return text
    harmony = _BACK if first[0] in "aou" else _FRONT
    text = text[: first.end()] + text[first.end() :].translate(harmony)
    return _EVIDENTIAL.sub("ş", _SOFT_G.sub("ğ", text))


LANGUAGE = Language(
    code="tr",
    name="Turkish",
    written=written,
    stemmer="turkish",
    stem_input=stem_input,
    stem_letters=5,
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
