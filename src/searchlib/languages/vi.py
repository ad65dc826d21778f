"""Vietnamese: every syllable is a word to its writers' keyboards, so words are syllables here, and
pairs of adjacent syllables stand in for the words of two syllables that most words are.

The written form has one place for the tone mark, whichever style a text follows (``hòa`` and
``hoà``, ``thủy`` and ``thuỷ``) and wherever a slip put it (``cuả``, ``qúy``): the rules of placing
are those of Vietnamese orthography in its newer style; see docs/languages.md.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from searchlib.analysis.fold import lower
from searchlib.analysis.keys import from_telex, from_vni
from searchlib.analysis.language import Language, Weights

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_TONE: Final = re.compile(f"[{_TONES}]")
# A tone typed before the circumflex or breve of its vowel is not mended by NFC.
_MISORDERED: Final = re.compile(f"([{_TONES}])([\u0302\u0306])")
# Other letters that look like đ: Icelandic eth, African d.
_LOOKALIKES: Final = str.maketrans("\u00f0\u0256", "đđ")
_SYLLABLE: Final = re.compile(
    "(ngh?|nh|ch|gh|gi(?=[aăâeêoôơuư])|kh|ph|qu(?=[aăâeêiôơy])|th|tr|[bcdđghklmnprstvx])?"
    "([aăâeêioôơuưy]{1,3})"
    "(ch|ng|nh|[cmnpt])?"
)
_MARKED_VOWEL: Final = re.compile("[ăâêôơư]")

# Without them questions find better what they ask for (docs/adr/0007); a phrase keeps them.
STOP_WORDS: Final = frozenset(
    """
    ai bao bị bởi bà các chúng có cho cũng của do đã đang đâu đến đó để được gì hay hoặc họ khi
    không kia là làm mà mấy mình một nào này nên nếu người nhiều nhưng những như ở ông ra rất sao
    sau sẽ ta tại theo thế thì tôi trên trong trước từ và vào vì với về
    """.split()
)

# With the hook or the horn, or two marks at once (Unicode, "Latin Extended Additional": the letters
# from U+1EA0 on are there for Vietnamese); not those of Yoruba or Guarani: ẹ ị ọ ụ ẽ ỹ.
LETTERS: Final = frozenset("ơưạảấầẩẫậắằẳẵặẻếềểễệỉỏốồổỗộớờởỡợủứừửữựỳỵỷ")


def written(word: str) -> str:
    """Lower case, đ for its look-alikes, the tone mark in its one canonical place.

    >>> [written(word) for word in ("HÒA", "hoà", "cuả", "Ðường", "qúy", "café")]
    ['hoà', 'hoà', 'của', 'đường', 'quý', 'café']
    """
    text = lower(word)
    if text.isascii():
        return text
    text = text.translate(_LOOKALIKES)
    decomposed = normalize("NFD", text)
    if _MISORDERED.search(decomposed):
        decomposed = _MISORDERED.sub(r"\2\1", decomposed)
        text = normalize("NFC", decomposed)
    tones = _TONE.findall(decomposed)
    if len(tones) != 1:
        return text
    syllable = _SYLLABLE.fullmatch(normalize("NFC", _TONE.sub("", decomposed)))
    if syllable is None:
        return text
    onset, vowels, coda = (part or "" for part in syllable.groups())
    place = _tone_place(vowels, bool(coda)) + 1
    return normalize("NFC", onset + vowels[:place] + tones[0] + vowels[place:] + coda)


def _tone_place(vowels: str, has_coda: bool) -> int:
    """Return which vowel carries the tone."""
    marked = [match.start() for match in _MARKED_VOWEL.finditer(vowels)]
    if marked:
        return marked[-1]  # ươ carries it on ơ
    if len(vowels) == 1:
        return 0
    if has_coda or vowels in {"oa", "oe", "uy"}:
        return len(vowels) - 1 if len(vowels) == 2 else 1
    return 1 if len(vowels) == 3 else 0


LANGUAGE = Language(
    code="vi",
    name="Vietnamese",
    written=written,
    stop_words=STOP_WORDS,
    letters=LETTERS,
    keys=(from_vni, from_telex),
    # No mark typed: all forms are wanted alike. Any mark typed: the writer means the marks.
    plain=Weights(folded=1.0, pair=0.5, counts_pairs=False),
    marked=Weights(written=1.0, folded=0.5, pair=0.5, counts_pairs=False),
)
