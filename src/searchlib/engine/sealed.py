"""A stored document and its checksum: checked when it is read, decoded when it is looked at.

tantivy keeps checksums of its files, but does not look at them when it reads.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

__all__ = ["sealed", "unsealed"]

_CHECKSUM_BYTES: Final = 4


def sealed(document_id: str, language: str, source: bytes) -> bytes:
    """Return what ``Schema.pack`` made, with a checksum over all that a search hands out.

    >>> unsealed("a", "fr", sealed("a", "fr", b'{"id":"a"}'))
    b'{"id":"a"}'
    """
    return source + _checksum(document_id, language, source)


def unsealed(document_id: str, language: str, stored: bytes) -> bytes:
    r"""Return what ``sealed`` was given, checked and not decoded.

    Raises:
        ValueError: it is not what was made.

    >>> unsealed("b", "fr", sealed("a", "fr", b'{"id":"a"}'))
    Traceback (most recent call last):
    ValueError: document 'b' is not as it was stored
    """
    source = stored[:-_CHECKSUM_BYTES]
    if stored[-_CHECKSUM_BYTES:] != _checksum(document_id, language, source):
        raise ValueError(f"document {document_id!r} is not as it was stored")
    return source


def _checksum(document_id: str, language: str, source: bytes) -> bytes:
    about = f"\n{language}\n{document_id}".encode("utf-8", "surrogatepass")
    return crc32(about, crc32(source)).to_bytes(_CHECKSUM_BYTES, "big")
