"""tantivy's files, looked at from outside: which belong to a commit, and whether they are whole.

A commit is ``meta.json``, which names segments; a segment is files of its name, never changed once
written. Each ends in a footer with a checksum of what stands before it:

    content · {"version": …, "crc": CRC-32 of the content} · length of that JSON · 1337

the two numbers of four bytes, little-endian (tantivy 0.27, ``src/directory/footer.rs``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from errno import EACCES, EMFILE, ENFILE, EPERM
from pathlib import Path
from struct import Struct
from struct import error as StructError
from typing import Any, BinaryIO, Final
from uuid import UUID
from zlib import crc32

from searchlib.errors import IndexDamagedError, IndexStateError

__all__ = [
    "MANAGED",
    "META",
    "copy_checked",
    "layout_checksum",
    "open_commit",
    "record_commit",
    "recorded_documents",
]

META: Final = "meta.json"
#: tantivy's list of its files, by which it knows what it may delete.
MANAGED: Final = ".managed.json"
_EACH: Final = ("term", "idx", "pos", "fast", "fieldnorm", "store")
_TAIL: Final = Struct("<II")
_MAGIC: Final = 1337
# Too many open files, here or in the whole system; not allowed to read.
_NOT_DAMAGE: Final = frozenset({EMFILE, ENFILE, EACCES, EPERM})
_LONGEST_FOOTER: Final = 10_000  # bytes
_BLOCK: Final = 1 << 20
_RECORD: Final = "commit.json"
_TRIES: Final = 100


@contextmanager
def open_commit(folder: Path) -> Iterator[dict[str, BinaryIO]]:
    """Open all files of the last commit: name → file. Later commits, and the clearing away of
    merged segments, do not touch what is open.

    Raises:
        IndexDamagedError: the commit cannot be read, or a file of it is missing.
        IndexStateError: this process may not open all of them.
    """
    for attempt in range(_TRIES):
        with ExitStack() as stack:
            before = _read_meta(folder)
            try:
                files: dict[str, BinaryIO] = {
                    name: stack.enter_context((folder / name).open("rb"))
                    for name in [META, *_names(folder, before)]
                }
            except FileNotFoundError as error:
                # Merged away between the two looks; or gone for good.
                if attempt + 1 < _TRIES and _read_meta(folder) != before:
                    continue
                raise IndexDamagedError(f"{str(error.filename)!r} is missing") from None
            except OSError as error:
                kind = IndexStateError if error.errno in _NOT_DAMAGE else IndexDamagedError
                raise kind(f"{error.filename!r} cannot be opened: {error.strerror}") from error
            if files[META].read() != before:
                continue
            files[META].seek(0)
            yield files
            return
    raise IndexDamagedError(f"{str(folder / META)!r} changes faster than it can be read")


def copy_checked(name: str, source: BinaryIO, target: BinaryIO | None = None) -> int:
    """Read a file of a commit whole, copy it if there is a target, and return its size in bytes.

    Raises:
        IndexDamagedError: it is not as it was written, or cannot be read.
    """
    try:
        size = source.seek(0, 2)
        checksum, end = _footer(name, source, size)
        source.seek(0)
        found, place = 0, 0
        while block := source.read(_BLOCK):
            found = crc32(block[: max(end - place, 0)], found)
            place += len(block)
            if target is not None:
                target.write(block)
    except OSError as error:
        raise IndexDamagedError(f"{name!r} cannot be read or copied: {error}") from error
    if checksum is not None and found != checksum:
        raise IndexDamagedError(f"{name!r} is not as it was written: its checksum differs")
    return size


def layout_checksum(folder: Path) -> int:
    """Return a checksum of what stays the same in all commits of an index: its fields and settings.

    Raises:
        IndexDamagedError: they cannot be read.
    """
    try:
        plain = json.loads(_read_meta(folder))
        lasting = [plain["index_settings"], plain["schema"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamagedError(f"{str(folder / META)!r} is damaged: {error!r}") from error
    return crc32(json.dumps(lasting).encode())


def record_commit(folder: Path, documents: int) -> None:
    """Write down how many documents the last commit has, by which a later check tells whether
    all are there."""
    record = {"opstamp": _opstamp(_read_meta(folder)), "documents": documents}
    temporary = folder / f"{_RECORD}.tmp"
    # Not synced: where a power cut takes it, the record before, or none, says less and no wrong.
    temporary.write_text(json.dumps(record), "utf-8")
    os.replace(temporary, folder / _RECORD)


def recorded_documents(folder: Path) -> int | None:
    """Return how many documents the last commit had when it was made, or None where that was not
    written down: the process was killed in between.

    Raises:
        IndexDamagedError: the last commit is not there.
    """
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
        opstamp, documents = int(record["opstamp"]), int(record["documents"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    # Read after the record: a commit made meanwhile is later than it, and no damage.
    now = _opstamp(_read_meta(folder))
    if opstamp > now:
        raise IndexDamagedError(
            f"{str(folder / META)!r} is not that of the last commit, but of an earlier one"
        )
    return documents if opstamp == now else None


def _opstamp(meta: bytes) -> int:
    try:
        return int(json.loads(meta)["opstamp"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamagedError(f"{META!r} is damaged: {error!r}") from error


def _footer(name: str, file: BinaryIO, size: int) -> tuple[int | None, int]:
    """The checksum in a file's footer, and where the footer begins; ``meta.json`` has none."""
    if name == META:
        return None, size
    try:
        file.seek(max(size - _TAIL.size, 0))
        length, magic = _TAIL.unpack(file.read(_TAIL.size))
        end = size - _TAIL.size - length
        if magic != _MAGIC or length > _LONGEST_FOOTER or end < 0:
            raise ValueError("no footer")
        file.seek(end)
        return int(json.loads(file.read(length))["crc"]), end
    except (ValueError, KeyError, TypeError, RecursionError, StructError) as error:
        raise IndexDamagedError(f"{name!r} is cut short or damaged: it has no footer") from error


def _read_meta(folder: Path) -> bytes:
    path = folder / META
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise IndexDamagedError(f"{str(path)!r} is missing") from None
    except OSError as error:
        kind = IndexStateError if error.errno in _NOT_DAMAGE else IndexDamagedError
        raise kind(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _names(folder: Path, meta: bytes) -> list[str]:
    """The files of the segments that a commit names."""
    names: list[str] = []
    try:
        plain: dict[str, Any] = json.loads(meta)
        for segment in plain["segments"]:
            own = UUID(segment["segment_id"]).hex
            names += [f"{own}.{ending}" for ending in _EACH]
            if segment["deletes"] is not None:
                names.append(f"{own}.{int(segment['deletes']['opstamp'])}.del")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamagedError(f"{str(folder / META)!r} is damaged: {error!r}") from error
    return names
