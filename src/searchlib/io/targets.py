"""Where documents are written: a file that is there whole or not at all, or a stream."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from searchlib.errors import ExportError, SearchlibError
from searchlib.manifest import folder_around

__all__ = ["Output", "binary", "text"]


class Output:
    """A file on its way to its place: it is written beside it and put there by one rename, for
    whom the one that it replaces was. A pipe, a device and what this process writes to already
    are written to as they are.

    Attributes:
        file: where to write.
        path: where it will stand: what a link points to is replaced, and not the link.
        is_stream: whether it is written to as it is, so that there is nothing to put in place.

    Raises:
        ExportError: it cannot be written, or is in the folder of an index, whose files these are.
    """

    file: IO[bytes]

    def __init__(self, path: str | Path) -> None:
        self._named = str(path)
        with self._telling():
            status = _status(path)
            number = None if status is None else _number(status)
            is_file = status is None or stat.S_ISREG(status.st_mode)
            self.is_stream = number is not None or not is_file
            self.path = Path(path if self.is_stream else os.path.realpath(path))
            # In the same folder, out of sight of who reads all its files.
            self._beside = self.path.parent / f".{os.urandom(8).hex()}.tmp"
            if self.is_stream:
                self.file = open(path if number is None else os.dup(number), "wb")  # noqa: SIM115
                return
            if (folder := folder_around(str(self.path))) is not None:
                raise ExportError(
                    f"{self._named!r} is in the folder of an index, {folder!r}, which holds the "
                    "index's own files alone: write to a file elsewhere"
                )
            # By what it is opened with, nobody reads it meanwhile who may not; that may be less
            # than it is to have, by the umask.
            mode = 0o666 if status is None else stat.S_IMODE(status.st_mode) & 0o777
            self.file = open(  # noqa: SIM115  until it is put or dropped
                self._beside, "xb", opener=lambda name, flags: os.open(name, flags, mode)
            )
            if status is not None:
                with suppress(PermissionError):  # a file system without modes
                    os.chmod(self._beside, mode)

    def put(self, path: Path | None = None) -> None:
        """Close the file and put it in its place, or in another.

        Raises:
            ExportError: it cannot be put there.
        """
        with self._telling():
            self.file.close()
            if not self.is_stream:
                os.replace(self._beside, path or self.path)

    def drop(self) -> None:
        """Leave what stands in its place; what was put there stays."""
        with suppress(OSError):  # what was not written yet has no room, or no reader
            self.file.close()
        if not self.is_stream:
            with suppress(OSError):
                self._beside.unlink(missing_ok=True)

    def clear(self) -> None:
        """Leave nothing in its place.

        Raises:
            ExportError: what stands there cannot be removed.
        """
        self.drop()
        if not self.is_stream:
            with self._telling():
                self.path.unlink(missing_ok=True)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say of what the system refuses which file it is about."""
        try:
            yield
        except ExportError:
            raise
        except (OSError, ValueError) as error:  # ValueError: it is no name of a file
            raise _error(self._named, error) from error


def _status(path: str | Path) -> os.stat_result | None:
    """What a path leads to; None where nothing is there yet."""
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _number(status: os.stat_result) -> int | None:
    """The number of the output of this process that a file is: others write to it as well, so that
    it is neither replaced nor opened by itself, which would write from its beginning."""
    for number in (1, 2):
        with suppress(OSError):  # it is closed
            if os.path.samestat(status, os.fstat(number)):
                return number
    return None


def _error(named: str, error: Exception) -> ExportError:
    return ExportError(f"{named!r} cannot be written: {getattr(error, 'strerror', None) or error}")


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
        if sys.stdout is None:
            raise ExportError("there is no standard output, it is closed: name a file to write to")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if not isinstance(target, (str, Path)):
        if isinstance(target, io.TextIOBase):
            raise ExportError("the file is open for text: open it for bytes, with mode 'wb'")
        if not hasattr(target, "write"):
            raise ExportError(
                f"documents are written to a path, '-', or a file open for bytes, not to {target!r}"
            )
        with _written(getattr(target, "name", target)):
            yield target
        return
    output = Output(target)
    try:
        with _written(target), output.file as file:
            if Path(target).suffix.lower() == ".gz":
                import gzip  # which takes some milliseconds to load

                # No time in it: the same documents make the same file.
                with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield file
        output.put()
    finally:
        output.drop()


@contextmanager
def _written(named: object) -> Iterator[None]:
    """Say of what the system refuses while a file is written which one it is about."""
    try:
        yield
    except OSError as error:
        if isinstance(error, SearchlibError):  # of the index, not of the file
            raise
        raise _error(str(named), error) from error


@contextmanager
def text(target: str | Path | IO[Any]) -> Iterator[IO[str]]:
    """Open a target for text in UTF-8, as ``binary``; a file open for text is taken too.

    Raises:
        ExportError: it cannot be written, or what is written is no text.
    """
    if isinstance(target, io.TextIOBase):
        with _written(getattr(target, "name", target)):
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
