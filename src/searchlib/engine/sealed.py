"""A stored document and its checksum: checked when it is read, decoded when it is looked at.

tantivy keeps checksums of its files, but does not look at them when it reads.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

__all__ = ["sealed", "unsealed"]

_CHECKSUM_BYTES: Final = 4


def sealed(document_id: str, language: str, source: bytes) -> bytes:
    """Return a document's JSON as it is stored: with a checksum over all that a search hands out.

    >>> unsealed("a", "fr", sealed("a", "fr", b'{"id":"a"}'))
    b'{"id":"a"}'
    """
    return source + _checksum(document_id, language, source)


def unsealed(document_id: str, language: str, stored: bytes) -> bytes:
    r"""Return the JSON of what ``sealed`` made, checked and not decoded.

    Raises:
        ValueError: it is not what was made.

    >>> unsealed("b", "fr", sealed("a", "fr", b'{"id":"a"}'))
    Traceback (most recent call last):
    ValueError: document 'b' is not as it was stored
    """
    source = stored[:-_CHECKSUM_BYTES]
    about = f"\n{language}\n{document_id}".encode("utf-8", "surrogatepass")
    # As _checksum, without the call: it is for every document that a search hands out.
    if stored[-_CHECKSUM_BYTES:] != crc32(about, crc32(source)).to_bytes(_CHECKSUM_BYTES, "big"):
        raise ValueError(f"document {document_id!r} is not as it was stored")
    return source


def _checksum(document_id: str, language: str, source: bytes) -> bytes:
    about = f"\n{language}\n{document_id}".encode("utf-8", "surrogatepass")
    return crc32(about, crc32(source)).to_bytes(_CHECKSUM_BYTES, "big")
