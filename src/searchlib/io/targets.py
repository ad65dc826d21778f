"""Where documents are written: a file that is there whole or not at all, or a stream."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from searchlib.errors import ExportError, SearchlibError

__all__ = ["binary", "text"]


@contextmanager
def binary(target: str | Path | IO[Any]) -> Iterator[IO[bytes]]:
    """Open a target for bytes. A file takes the place of one that is there when all is written;
    where its name ends in ``.gz`` it is compressed.

    Args:
        target: a path, ``"-"`` for the standard output, or an open file of bytes.

    Raises:
        ExportError: it cannot be written.
    """
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if not isinstance(target, (str, Path)):
        if isinstance(target, io.TextIOBase):
            raise ExportError("the file is open for text: open it for bytes, with mode 'wb'")
        yield target
        return
    path = Path(target)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            if path.suffix.lower() == ".gz":
                import gzip  # which takes some milliseconds to load

                # No time in it: the same documents make the same file.
                with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield file
        os.replace(temporary, path)
    except OSError as error:
        if isinstance(error, SearchlibError):  # of the index, not of the file
            raise
        raise ExportError(f"{str(path)!r} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def text(target: str | Path | IO[Any]) -> Iterator[IO[str]]:
    """Open a target for text in UTF-8, as ``binary``; a file open for text is taken too.

    Raises:
        ExportError: it cannot be written, or what is written is no text.
    """
    if isinstance(target, io.TextIOBase):
        yield target  # type: ignore[misc]
        return
    with binary(target) as file:
        wrapped = io.TextIOWrapper(file, "utf-8", newline="", write_through=False)
        try:
            yield wrapped
            wrapped.flush()
        except UnicodeEncodeError as error:
            raise ExportError(
                f"a document holds half of a surrogate pair, no text: {error.object[:80]!r}"
            ) from None
        finally:
            with suppress(ValueError, OSError, UnicodeEncodeError):
                wrapped.detach()
