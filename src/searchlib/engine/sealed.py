"""A stored document and its checksum: checked when it is read, decoded when it is looked at."""

from __future__ import annotations

from typing import Final
from zlib import crc32

__all__ = ["check_sealed", "opened"]

_CHECKSUM_BYTES: Final = 4


def check_sealed(document_id: str, language: str, stored: bytes) -> None:
    r"""Check that what was read is what ``layout.sealed`` stored, without decoding it.

    Raises:
        ValueError: it is not.

    >>> stored = b'{"id":"a"}'
    >>> stored += crc32(b"\nfr\na", crc32(stored)).to_bytes(4, "big")
    >>> check_sealed("a", "fr", stored)
    >>> check_sealed("b", "fr", stored)
    Traceback (most recent call last):
    ValueError: document 'b' is not as it was stored
    """
    about = f"\n{language}\n{document_id}".encode("utf-8", "surrogatepass")
    found = crc32(about, crc32(memoryview(stored)[:-_CHECKSUM_BYTES]))
    if stored[-_CHECKSUM_BYTES:] != found.to_bytes(_CHECKSUM_BYTES, "big"):
        raise ValueError(f"document {document_id!r} is not as it was stored")


def opened(stored: bytes) -> str:
    """Return the JSON of a document as it was stored."""
    return stored[:-_CHECKSUM_BYTES].decode(errors="surrogatepass")
