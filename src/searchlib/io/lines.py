"""Files of text as lines: compressed or not, in any encoding, whatever bytes are wrong in them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final
from zlib import error as ZlibError

from searchlib.errors import ReadError
from searchlib.io.encoding import HEAD, encoding_of
from searchlib.io.records import Records

__all__ = ["LONGEST_LINE", "UNREADABLE", "is_whole", "lines", "open_file", "shown", "text_of"]

#: Code points of a line beyond which it is no row: what is read at a time must fit in memory.
LONGEST_LINE: Final = 1 << 26
#: What reading on raises where a file is damaged, cut short or in another encoding.
UNREADABLE: Final = (OSError, EOFError, UnicodeError, ZlibError)

_GZIP: Final = b"\x1f\x8b"


class _Joined(io.RawIOBase):
    """A file whose beginning has been read already."""

    def __init__(self, head: bytes, rest: IO[bytes] | io.BufferedIOBase) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = len(buffer)
        data: Any = self._head[:wanted]
        if data:
            self._head = self._head[len(data) :]
        else:
            data = self._rest.read(wanted)
        buffer[: len(data)] = data
        return len(data)


def text_of(source: IO[Any], records: Records, encoding: str | None, newline: str) -> IO[str]:
    """Return a file as text, bytes that are none as halves of surrogate pairs.

    Args:
        source: a file open for reading, of bytes or text, gzip'ed or not.
        records: what is told how much of it has been read, and what encoding it is in.
        encoding: its encoding; None tells it from the first megabyte.
        newline: as for ``open``.

    Raises:
        ReadError: its encoding is unknown, or cannot be told.
    """
    name = repr(os.fspath(source.name)) if isinstance(getattr(source, "name", 0), str) else "it"
    if isinstance(source.read(0), str):
        return source
    _measure(source, records)
    head = source.read(HEAD)
    binary: IO[bytes] = io.BufferedReader(_Joined(head, source), 1 << 16)
    if head.startswith(_GZIP):
        import gzip  # which takes some milliseconds to load

        unpacked = gzip.GzipFile(fileobj=binary)
        try:
            head = unpacked.read(HEAD)
        except UNREADABLE as error:
            raise ReadError(f"{name} cannot be unpacked: {error}") from error
        binary = io.BufferedReader(_Joined(head, unpacked), 1 << 16)
    if encoding is None:
        encoding, notice = encoding_of(head, name)
        if notice:
            records.note(notice)
    try:
        return io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline=newline)
    except (LookupError, ValueError, TypeError):  # ValueError: a zero in it; TypeError: no str
        raise ReadError(f"there is no encoding {encoding!r}") from None


def _measure(source: IO[bytes], records: Records) -> None:
    try:
        size = os.fstat(source.fileno()).st_size
        source.tell()
    except (OSError, ValueError, AttributeError):  # a pipe, or no file at all
        return
    if size:
        records.measure = lambda: 1.0 if source.closed else min(source.tell() / size, 1.0)


def lines(text: IO[str], records: Records) -> Iterator[str]:
    """Yield the lines of a text; of one that is too long the beginning, as a row refused.

    Raises:
        ReadError: the rest cannot be read.
    """
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            records.where = f"line {number:,}"
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                records.position += 1
                while (more := text.readline(LONGEST_LINE)) and not more.endswith("\n"):
                    pass
                records.refuse(f"it is longer than {LONGEST_LINE:,} code points", line[:1000])
                continue
            yield line
    except UNREADABLE as error:
        raise ReadError(
            f"{records.prefix}line {number + 1:,} and what follows cannot be read: {error}"
        ) from error


def is_whole(line: str) -> bool:
    """Whether all bytes of a line were text."""
    if line.isascii():
        return True
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(line: str) -> str:
    r"""Return a line of which not all bytes were text, so that it can be shown.

    >>> shown(b"L'\xe9t\xe9".decode("utf-8", "surrogateescape"))
    "L'\\xe9t\\xe9"
    """
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def open_file(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        ReadError: it cannot be opened.
    """
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: it is no name of a file
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{str(path)!r} cannot be read: {reason}") from error
