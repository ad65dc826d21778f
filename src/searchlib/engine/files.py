"""tantivy's files, looked at from outside: which belong to a commit, and whether they are whole.

A commit is ``meta.json``, which names segments; a segment is files of its name, never changed once
written. Each ends in a footer with a checksum of what stands before it:

    content · {"version": …, "crc": CRC-32 of the content} · length of that JSON · 1337

the two numbers of four bytes, little-endian (tantivy 0.27, ``src/directory/footer.rs``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EACCES, EMFILE, ENFILE, EPERM
from os.path import join
from struct import Struct
from struct import error as StructError
from typing import Any, BinaryIO, Final, TypeAlias
from zlib import crc32

from searchlib._dataclass import NamedTuple
from searchlib.errors import IndexDamagedError, IndexStateError

__all__ = [
    "MANAGED",
    "META",
    "NOT_DAMAGE",
    "Segment",
    "StrPath",
    "body_end",
    "check_managed",
    "commit_number",
    "copy_checked",
    "layout_checksum",
    "mend_managed",
    "number_of",
    "open_commit",
    "opened",
    "put",
    "read_meta",
    "segments",
    "set_block_size",
    "sync_folder",
]

#: Not ``Path`` alone: a search does without its module, which loads that of URLs.
StrPath: TypeAlias = str | os.PathLike[str]

META: Final = "meta.json"
#: tantivy's list of its files, by which it knows what it may delete.
MANAGED: Final = ".managed.json"
_EACH: Final = ("term", "idx", "pos", "fast", "fieldnorm", "store")
_TAIL: Final = Struct("<II")
_MAGIC: Final = 1337
#: Too many open files, here or in the whole system; not allowed to read.
NOT_DAMAGE: Final = frozenset({EMFILE, ENFILE, EACCES, EPERM})
_LONGEST_FOOTER: Final = 10_000  # bytes
# Bytes at once: the C library gives the memory of a larger one back to the system each time.
_BLOCK: Final = 1 << 16
_TRIES: Final = 100


@contextmanager
def open_commit(folder: StrPath) -> Iterator[dict[str, BinaryIO]]:
    """Open all files of the last commit: name → file. Later commits, and the clearing away of
    merged segments, do not touch what is open.

    Raises:
        IndexDamagedError: the commit cannot be read, or a file of it is missing.
        IndexStateError: this process may not open all of them.
    """
    for attempt in range(_TRIES):
        with ExitStack() as stack:
            before = read_meta(folder)
            try:
                files: dict[str, BinaryIO] = {
                    name: stack.enter_context(open(join(folder, name), "rb"))
                    for name in [META, *_names(folder, before)]
                }
            except FileNotFoundError as error:
                # Merged away between the two looks; or gone for good.
                if attempt + 1 < _TRIES and read_meta(folder) != before:
                    continue
                raise IndexDamagedError(f"{str(error.filename)!r} is missing") from None
            except OSError as error:
                kind = IndexStateError if error.errno in NOT_DAMAGE else IndexDamagedError
                raise kind(f"{error.filename!r} cannot be opened: {error.strerror}") from error
            if files[META].read() != before:
                continue
            files[META].seek(0)
            yield files
            return
    raise IndexDamagedError(f"{join(folder, META)!r} changes faster than it can be read")


class Segment(NamedTuple):
    """A segment of a commit.

    Attributes:
        name: what its files are called.
        deleted: the number of the commit that deleted the last of its documents; None where none
            is deleted.
    """

    name: str
    deleted: int | None

    @property
    def files(self) -> list[str]:
        """The names of those that never change."""
        return [f"{self.name}.{ending}" for ending in _EACH]

    @property
    def store(self) -> str:
        """The name of the one with the stored documents."""
        return f"{self.name}.store"

    @property
    def deletions(self) -> str | None:
        """The name of the one that says which documents are deleted, if there is one."""
        return None if self.deleted is None else f"{self.name}.{self.deleted}.del"


def segments(folder: StrPath) -> list[Segment]:
    """Return the segments of the last commit, in tantivy's order.

    Raises:
        IndexDamagedError: it cannot be read.
    """
    return _listed(folder, read_meta(folder))


@contextmanager
def opened(path: StrPath) -> Iterator[BinaryIO]:
    """Open a file of a segment.

    Raises:
        FileNotFoundError: it is not there.
        IndexDamagedError: it cannot be read.
        IndexStateError: this process may not open it.
    """
    try:
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError:
        raise
    except OSError as error:
        kind = IndexStateError if error.errno in NOT_DAMAGE else IndexDamagedError
        raise kind(f"{os.fspath(path)!r} cannot be read: {error.strerror}") from error


def body_end(name: str, file: BinaryIO) -> int:
    """Return where the footer of a file begins.

    Raises:
        IndexDamagedError: it has none.
    """
    return _footer(name, file, file.seek(0, 2))[1]


def copy_checked(name: str, source: BinaryIO, target: BinaryIO | None = None) -> int:
    """Read a file of a commit whole, copy it if there is a target, and return its size in bytes.

    Raises:
        IndexDamagedError: it is not as it was written, or cannot be read.
        OSError: the copy cannot be written.
    """
    found, place = 0, 0
    with _reads(name):
        size = source.seek(0, 2)
        checksum, end = _footer(name, source, size)
        source.seek(0)
    while True:
        with _reads(name):
            block = source.read(_BLOCK)
        if not block:
            break
        found = crc32(block[: max(end - place, 0)], found)
        place += len(block)
        if target is not None:
            target.write(block)
    if checksum is not None and found != checksum:
        raise IndexDamagedError(f"{name!r} is not as it was written: its checksum differs")
    return size


@contextmanager
def _reads(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexDamagedError(f"{name!r} cannot be read: {error}") from error


def layout_checksum(folder: StrPath) -> int:
    """Return a checksum of what stays the same in all commits of an index: its fields and settings.

    Raises:
        IndexDamagedError: they cannot be read.
    """
    try:
        plain = json.loads(read_meta(folder))
        lasting = [plain["index_settings"], plain["schema"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamagedError(f"{join(folder, META)!r} is damaged: {error!r}") from error
    return crc32(json.dumps(lasting).encode())


def check_managed(folder: StrPath, names: Iterable[str]) -> None:
    """Check tantivy's list of its files.

    Args:
        folder: of tantivy's files.
        names: those that must stand there.

    Raises:
        IndexDamagedError: it cannot be read, or some do not.
    """
    try:
        with open(join(folder, MANAGED), encoding="utf-8") as file:
            managed = set(json.load(file))
    except FileNotFoundError:
        raise IndexDamagedError(f"{join(folder, MANAGED)!r} is missing") from None
    except OSError as error:
        kind = IndexStateError if error.errno in NOT_DAMAGE else IndexDamagedError
        raise kind(f"{MANAGED!r} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise IndexDamagedError(f"{MANAGED!r} is damaged: {error!r}") from error
    if missing := sorted(set(names) - managed):
        raise IndexDamagedError(f"{MANAGED!r} is damaged: it lacks {', '.join(missing)}")


def mend_managed(folder: StrPath) -> None:
    """Add to tantivy's list of its files those of the last commit that it lacks, which it would
    never delete. Only who has the writer's lock may; one that cannot be read is left as it is.

    Raises:
        IndexDamagedError: the commit cannot be read.
        IndexStateError: this process may not open it.
    """
    names = [META, *_names(folder, read_meta(folder))]
    path = join(folder, MANAGED)
    with suppress(OSError, ValueError, TypeError, RecursionError):
        with open(path, encoding="utf-8") as file:
            managed = json.load(file)
        if missing := set(names).difference(managed):
            put(path, json.dumps([*managed, *sorted(missing)]))


def put(path: str, text: str) -> None:
    """Put a text into a file in place of what is there, whole or not at all, also through a power
    cut. Its name lasts when ``sync_folder`` has returned."""
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def sync_folder(folder: StrPath) -> None:
    """Make the names in a folder last through a power cut, where the system lets it be synced."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def commit_number(folder: StrPath) -> int:
    """Return the number of the last commit, which grows from each to the next.

    Raises:
        IndexDamagedError: it cannot be read.
    """
    return number_of(read_meta(folder))


def number_of(meta: bytes) -> int:
    """Return the number of the commit whose ``meta.json`` that is.

    Raises:
        IndexDamagedError: it is none.
    """
    try:
        return int(json.loads(meta)["opstamp"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamagedError(f"{META!r} is damaged: {error!r}") from error


def set_block_size(folder: StrPath, size: int) -> None:
    """Say of an index just made, which nobody else knows, how many bytes of stored documents are
    compressed together: tantivy reads this, and has no call for it."""
    meta = json.loads(read_meta(folder))
    meta["index_settings"] |= {"docstore_blocksize": size}
    put(join(folder, META), json.dumps(meta))
    sync_folder(folder)


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


def read_meta(folder: StrPath) -> bytes:
    """Return the ``meta.json`` of the last commit.

    Raises:
        IndexDamagedError: it is missing or cannot be read.
        IndexStateError: this process may not open it.
    """
    path = join(folder, META)
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise IndexDamagedError(f"{path!r} is missing") from None
    except OSError as error:
        kind = IndexStateError if error.errno in NOT_DAMAGE else IndexDamagedError
        raise kind(f"{os.fspath(path)!r} cannot be read: {error.strerror}") from error


def _names(folder: StrPath, meta: bytes) -> list[str]:
    """The files of the segments that a commit names."""
    names: list[str] = []
    for segment in _listed(folder, meta):
        names += segment.files
        if segment.deletions is not None:
            names.append(segment.deletions)
    return names


def _listed(folder: StrPath, meta: bytes) -> list[Segment]:
    """The segments that a commit names."""
    try:
        plain: dict[str, Any] = json.loads(meta)
        return [
            Segment(
                # A UUID; the module of that name loads much else.
                bytes.fromhex(segment["segment_id"].replace("-", "")).hex(),
                None if segment["deletes"] is None else int(segment["deletes"]["opstamp"]),
            )
            for segment in plain["segments"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamagedError(f"{join(folder, META)!r} is damaged: {error!r}") from error
