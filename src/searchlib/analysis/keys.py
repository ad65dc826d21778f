"""Vietnamese typed while the input method was off: the keys of VNI (``quoc61``) or Telex
(``quoocs``) → the syllable they stand for.

Both methods write the plain letters of a syllable and keys for its marks, and a key may follow its
letter at once or later. So the order of the keys says nothing: letters and marks together name
one rime, and a table of the rimes of Vietnamese finds it. That also tells ``thuở`` from ``thương``,
which share their keys, and refuses what only looks typed (``windows7``, ``hello``).
"""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

from searchlib._later import regex

__all__ = ["from_telex", "from_vni"]

_ONSETS: Final = frozenset(
    " b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split(" ")
)
_ONSET: Final = regex("qu|gi|[^aeiouy]+")
# Those that begin with y and end in a consonant follow qu; ăk is that of Đắk Lắk.
_RIMES: Final = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    u ua uc ui um un ung up ut ư ưa ưc ưi ưm ưn ưng ưt ưu uân uâng uât uây uê uêch uênh uơ
    uôc uôi uôm uôn uông uôt ươc ươi ươm ươn ương ươp ươt ươu
    uy uya uych uyn uynh uyp uyt uyu uyên uyêt y ynh yt yêm yên yêng yêt yêu
""".split()
# Letters that spelling never joins, though each stands in a list above.
_NEVER: Final = regex(
    "(?:c|ng)[eêiy]|g[eêy]|(?:k|gh|ngh)[aăâoôơuư]|(?:gh|ngh)y|gi[iy]"  # c and k, g and gh
    "|c(?:o[aăe]|u[âêơy])|qu(?:[ouư]|ô(?!c)|i[aê])"  # cw is written qu, which holds the glide
    "|(?!qu|yê)[^aeiouy]*y[ênt]|iê"  # yê begins a syllable, iê does not
    "|(?!k?hu|thu|qu)[^u]*uơ|(?![đl])[^ă]*ăk"
)
# A syllable that ends in one of these has one of the tones 1 and 5.
_STOPS: Final = ("c", "ch", "p", "t")

# The keys of VNI, which Telex is turned into.
_TONES: Final = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_MARKS: Final = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_KEYS: Final = regex("([1-5]?)(6|77?|8)?(9?)")
_DIGIT: Final = regex("[1-9]")
_VNI: Final = regex("[a-z]+[1-9][a-z1-9]*")
# A key that stands before any letter it could mark.
_EARLY: Final = regex("[^aeiouy]*[1-5]|[^aeo]*6|[^ou]*7|[^a]*8")

_TELEX: Final = regex("([b-df-hj-np-tvxz]*)([aeiouyw][a-z]*)")
_TELEX_TONE: Final = regex("[sfrxjz]")
_TO_VNI: Final = str.maketrans("sfrxj", "12345")
_TAKEN_BACK: Final = regex("[1-5]z")
_LONE_W: Final = regex("^([^aou]*)w")
_TWICE: Final = regex("([aeo])(.*)\\1")


def _by_keys(rimes: list[str]) -> dict[str, str]:
    """Return each rime under its plain letters and the key of its mark: ``uong7`` → ``ương``."""
    table = {}
    for rime in rimes:
        parts = normalize("NFD", rime)
        letters = "".join(part for part in parts if part not in _MARKS)
        table[letters + "".join(sorted({_MARKS[part] for part in parts if part in _MARKS}))] = rime
    return table


_RIME_OF: Final = _by_keys(_RIMES)


def from_vni(word: str) -> str | None:
    """Return the syllable that the keys of VNI stand for; None if they stand for none.

    1 to 5 are the tones, 6 the circumflex, 7 the horn, 8 the breve and 9 the stroke of đ.

    >>> [from_vni(word) for word in ("quoc61", "ho6i5", "D9uong72", "hoi")]
    ['quốc', 'hội', 'đường', None]
    >>> [from_vni(word) for word in ("windows7", "covid19", "mp3", "h2o", "u23")]
    [None, None, None, None, None]
    """
    word = word.lower()
    if not _VNI.fullmatch(word) or _EARLY.match(word):
        return None
    return _syllable(_DIGIT.sub("", word), "".join(_DIGIT.findall(word)))


def from_telex(word: str) -> str | None:
    """Return the syllable that the keys of Telex stand for; None if they stand for none.

    The keys are letters, so words of other languages may be keys too (``mais``).

    >>> [from_telex(word) for word in ("quoocs", "hooij", "DDuwowngf", "duongwfd", "hoi")]
    ['quốc', 'hội', 'đường', 'đường', None]
    >>> [from_telex(word) for word in ("thuowr", "nwocs", "hasz", "mais", "hello")]
    ['thuở', 'nước', 'ha', 'mái', None]
    """
    word = word.lower()
    parts = _TELEX.fullmatch(word)
    if parts is None:
        return None
    onset, body = parts.groups()
    tones = _TAKEN_BACK.sub("", "".join(_TELEX_TONE.findall(body)).translate(_TO_VNI))
    body = _TELEX_TONE.sub("", body)
    if onset.startswith("d") and (onset + body).count("d") == 2:
        onset, body, tones = onset.replace("dd", "d"), body.replace("d", ""), tones + "9"
    if "w" in body:
        body = _LONE_W.sub(r"\1uw", body)  # w with nothing to mark is ư itself
        horns, body = body.count("w"), body.replace("w", "")
        attempts = [(body, "7" * horns), (body, "8" * horns)]
    else:
        # The second of two vowels marks the first, except in the rimes oao and oeo. A third o
        # takes the mark away again: xooong is xoong.
        once, circumflex = _TWICE.subn(r"\1\2", body)
        plain = body.replace("ooo", "oo")
        attempts = [(once, "6" * circumflex), (plain, "")]
    for letters, marks in attempts:
        syllable = _syllable(onset + letters, tones + marks)
        if syllable is not None:
            return None if syllable == word else syllable
    return None


def _syllable(letters: str, keys: str) -> str | None:
    """Return the syllable of these plain letters with the marks of these keys, if there is one."""
    marks = _KEYS.fullmatch("".join(sorted(keys)))
    if marks is None:
        return None
    tone, mark, stroke = (key or "" for key in marks.groups())
    if stroke:
        if not letters.startswith("d"):
            return None
        letters = "đ" + letters[1:]
    if mark == "77":  # one horn for each letter
        if "uo" not in letters:
            return None
        mark = "7"
    start = _ONSET.match(letters)
    onset = start[0] if start else ""
    rime = _RIME_OF.get(letters[len(onset) :] + mark)
    if rime is None and onset == "gi":  # gì, gìn, giếng: one i for the onset's and the rime's
        onset, rime = "g", _RIME_OF.get(letters[1:] + mark)
    if rime is None or onset not in _ONSETS or _NEVER.match(onset + rime):
        return None
    if rime.endswith(_STOPS) and tone not in {"1", "5"}:
        return None
    return onset + (_toned(rime, _TONES[tone]) if tone else rime)


def _toned(rime: str, tone: str) -> str:
    """Set the tone on the vowel that bears it: the last with a mark, else that after a glide."""
    marked = [place for place, letter in enumerate(rime) if letter in "ăâêôơư"]
    bearer = marked[-1] if marked else int(rime.startswith(("oa", "oe", "oo", "uy")))
    return normalize("NFC", rime[: bearer + 1] + tone + rime[bearer + 1 :])
