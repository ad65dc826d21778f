"""What encoding a text is in. The only importer of charset_normalizer."""

from __future__ import annotations

import codecs
from typing import Final

from searchlib.errors import ReadError
from searchlib.extras import extra

__all__ = ["HEAD", "encoding_of"]

#: Bytes of a long text that its encoding is told from.
HEAD: Final = 1 << 20

_SAMPLE: Final = 1 << 16  # bytes with accents that are enough
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
        declared: the encoding that it names itself, which is taken where it is no UTF-8.

    Raises:
        ReadError: it is no text, or its encoding cannot be told.
        MissingExtraError: charset-normalizer is needed and not installed.

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
    if not has_nul and _is_utf_8(head):
        return "utf-8", None
    if declared is not None:
        return declared, f"{name} is no UTF-8: it is read as {declared}, as it says of itself"
    with extra("encodings", f"{name} is no UTF-8: to tell its encoding, unless encoding= says it,"):
        from charset_normalizer import from_bytes
    lines = [line for line in head.splitlines(keepends=True) if has_nul or not line.isascii()]
    best = from_bytes(b"".join(lines)[:_SAMPLE]).best()
    if has_nul and not (best and best.encoding.startswith(("utf_16", "utf_32"))):
        raise ReadError(f"{name} is no text; if it is, say encoding=")
    if best is None:
        raise ReadError(f"{name} is no UTF-8, and its encoding cannot be told: say encoding=")
    return best.encoding, (
        f"{name} is no UTF-8: it is read as {best.encoding}, as it seems to be; if words with "
        "accents look wrong, say encoding="
    )


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True
