"""What encoding a text is in. The only importer of chardet."""

from __future__ import annotations

import codecs
import re
from typing import Final

from searchlib.errors import ReadError
from searchlib.extras import extra

__all__ = ["HEAD", "encoding_of"]

#: Bytes of a long text that its encoding is told from.
HEAD: Final = 1 << 20

_SAMPLE: Final = 1 << 16  # bytes with accents that are enough
_RARE: Final = 10  # bytes of a text in UTF-8 for each NUL that stands in it, at least
_GUESSES: Final = 6  # the likeliest, to choose from
_ODD: Final = re.compile("[a-zà-ɏ][Ͱ-ۿ]|[Ͱ-ۿ][a-zà-ɏ]|[\x80-\x9f\ufffd]", re.I)
# UTF-32 first: its mark begins as that of UTF-16 does.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes, name: str, declared: str | None = None) -> tuple[str, str | None]:
    """Return the encoding of a text, and a notice where it is not UTF-8.

    Args:
        head: the text, or its first ``HEAD`` bytes.
        name: what messages call it.
        declared: the encoding that it names itself, which is taken where it is no UTF-8, even if
            most of it is.

    Raises:
        ReadError: it is no text, or its encoding cannot be told.
        MissingExtraError: chardet is needed and not installed.

    >>> encoding_of("L’été".encode(), "a.txt")
    ('utf-8', None)
    >>> encoding_of("L’été".encode("utf-16"), "a.txt")
    ('utf-16', 'a.txt is read as utf-16, by the mark at its beginning')
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if encoding == "utf-8-sig":
                return encoding, None
            return encoding, f"{name} is read as {encoding}, by the mark at its beginning"
    has_nul = b"\0" in head
    # Every second byte of UTF-16 may be one.
    if head.count(b"\0") * _RARE <= len(head) and _is_utf_8(head):
        return "utf-8", None
    if declared is not None:
        return declared, f"{name} is no UTF-8: it is read as {declared}, as it says of itself"
    # Of a long text the lines with accents tell the most.
    lines = [line for line in head.splitlines(keepends=True) if has_nul or not line.isascii()]
    others = [line for line in lines if has_nul or not _is_mostly_utf_8(line)]
    if 2 * len(others) <= len(lines):
        return "utf-8", (
            f"{name} is read as utf-8, though not all of it is: {len(others):,} of the "
            f"{len(lines):,} lines with accents at its beginning are not; what is no utf-8 is left "
            "out as a bad row; if all of it is in another encoding, say encoding="
        )
    with extra("encodings", f"{name} is no UTF-8: to tell its encoding, unless encoding= says it,"):
        import chardet
    sample = b"".join(others)[:_SAMPLE]
    eras = chardet.EncodingEra.MODERN_WEB | chardet.EncodingEra.LEGACY_ISO
    guesses = chardet.detect_all(sample, ignore_threshold=True, encoding_era=eras)[:_GUESSES]
    names = [one for guess in guesses if (one := guess["encoding"]) and one != "utf-8"]
    found = min(names, key=lambda encoding: _oddities(sample, encoding), default=None)
    if has_nul and not (found or "").lower().startswith(("utf-16", "utf-32")):
        raise ReadError(f"{name} is no text; if it is, say encoding=")
    if found is None:
        raise ReadError(f"{name} is no UTF-8, and its encoding cannot be told: say encoding=")
    count = len(lines) - len(others)
    mixed = f", but {count:,} of {len(lines):,} lines with accents may be UTF-8" if count else ""
    return found, (
        f"{name} is no UTF-8: it is read as {found}, as it seems to be{mixed}; if words with "
        "accents look wrong, say encoding="
    )


def _oddities(sample: bytes, encoding: str) -> int:
    """How much of a text is unlike any, if it is in that encoding: words that are half Latin and
    half Greek, Cyrillic, Hebrew or Arabic; control characters; bytes that are none."""
    return len(_ODD.findall(sample.decode(encoding, "replace")))


def _is_mostly_utf_8(line: bytes) -> bool:
    """Whether more characters of a line stand as in UTF-8 than bytes are none: words in another
    encoding hardly ever look like that."""
    odd = [char for char in line.decode("utf-8", "surrogateescape") if not char.isascii()]
    return 2 * sum(map(_is_byte, odd)) < len(odd)


def _is_byte(char: str) -> bool:
    return "\udc80" <= char <= "\udcff"


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True
