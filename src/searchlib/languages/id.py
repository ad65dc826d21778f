"""Indonesian: no stemmer. Doubled words (``anak-anak``) are two words, cut at the hyphen."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

STOP_WORDS: Final = frozenset(
    """
    ada adalah agar akan aku anda antara apa apakah atas atau bagaimana bagi bahwa banyak beberapa
    belum bisa bukan dalam dan dapat dari dengan di dia hanya harus hingga ia ini itu jika juga kami
    kapan karena ke kepada ketika kita lagi lain lebih maka mana masih mengapa mereka namun oleh
    pada para pernah saat saja sampai sangat saya sebagai sebuah secara sedang sejak semua seperti
    serta siapa sudah tapi telah tentang terhadap tetapi tidak untuk yaitu yang
    """.split()
)

LANGUAGE = Language(
    code="id",
    name="Indonesian",
    stop_words=STOP_WORDS,
)
