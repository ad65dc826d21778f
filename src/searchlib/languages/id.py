"""Indonesian. Doubled words (``anak-anak``) are two words, cut at the hyphen. The stemmer takes off
``-nya`` (his, her, the), of all endings and prefixes of Tala, "A Study of Stemming Effects on
Information Retrieval in Bahasa Indonesia" (2003), the one that hardly any other word ends in: with
``-lah`` and ``-ku``, ``masalah`` (problem) would be ``masa`` (time), ``Maluku`` ``malu`` (shy)."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    ada adalah agar akan aku anda antara apa apakah atas atau bagaimana bagi bahwa banyak beberapa
    belum bisa bukan dalam dan dapat dari dengan di dia hanya harus hingga ia ini itu jika juga kami
    kapan karena ke kepada ketika kita lagi lain lebih maka mana masih mengapa mereka namun oleh
    pada para pernah saat saja sampai sangat saya sebagai sebuah secara sedang sejak semua seperti
    serta siapa sudah tapi telah tentang terhadap tetapi tidak untuk yaitu yang
    """.split()
)

# A stem has two syllables and more: ``tanya`` (ask) is one.
_STEM: Final = re.compile("(.*[aeiou].*[aeiou].*)nya")


def stem(word: str) -> str:
    """Take off the ending of possession.

    >>> [stem(word) for word in ("bukunya", "buku", "masalahnya", "masalah", "tanya")]
    ['buku', 'buku', 'masalah', 'masalah', 'tanya']
    """
    match = _STEM.fullmatch(word)
    return match[1] if match else word


LANGUAGE = Language(
    code="id",
    name="Indonesian",
    stemmer=stem,
    stop_words=STOP_WORDS,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
