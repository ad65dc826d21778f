"""A stored document and its checksum: checked when it is read, decoded when it is looked at.

tantivy keeps checksums of its files, but does not look at them when it reads.
"""

from __future__ import annotations

from zlib import crc32

from searchlib._typing import Final

__all__ = ["check_sealed", "opened", "sealed"]

_CHECKSUM_BYTES: Final = 4


def sealed(document_id: str, language: str, source: bytes) -> bytes:
    """Return a document's JSON as it is stored: with a checksum over all that a search hands out.

    >>> opened(sealed("a", "fr", b'{"id":"a"}'))
    '{"id":"a"}'
    """
    return source + _checksum(document_id, language, source)


def check_sealed(document_id: str, language: str, stored: bytes) -> None:
    r"""Check that what was read is what ``sealed`` made, without decoding it.

    Raises:
        ValueError: it is not.

    >>> stored = sealed("a", "fr", b'{"id":"a"}')
    >>> check_sealed("a", "fr", stored)
    >>> check_sealed("b", "fr", stored)
    Traceback (most recent call last):
    ValueError: document 'b' is not as it was stored
    """
    checksum = _checksum(document_id, language, memoryview(stored)[:-_CHECKSUM_BYTES])
    if stored[-_CHECKSUM_BYTES:] != checksum:
        raise ValueError(f"document {document_id!r} is not as it was stored")


def opened(stored: bytes) -> str:
    """Return the JSON of a document as it was stored."""
    return stored[:-_CHECKSUM_BYTES].decode(errors="surrogatepass")


def _checksum(document_id: str, language: str, source: bytes | memoryview) -> bytes:
    about = f"\n{language}\n{document_id}".encode("utf-8", "surrogatepass")
    return crc32(about, crc32(source)).to_bytes(_CHECKSUM_BYTES, "big")
