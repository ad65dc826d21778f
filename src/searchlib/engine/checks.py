"""What of tantivy's files is checked before it reads in them.

tantivy trusts its files. Most damage makes it give a wrong number or panic, which becomes an error.
Two kinds are worse. It sets aside memory for as many bytes, or parts, as a document store says that
something has, and is aborted by the system where that is more than there is. And a flipped bit in
the list of deleted documents brings one back. So those two kinds of files are read through here
first: the deletions and the beginning of a store's index whenever a segment is opened, the whole
store before the first document of it is handed out. A merge trusts more, and gives what it copies
a new checksum: so all files are checked before there is a writer.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import accumulate
from os.path import getsize, join
from struct import Struct
from threading import Lock
from typing import BinaryIO, Final

from searchlib.engine.files import Segment, StrPath, body_end, copy_checked, opened
from searchlib.errors import IndexDamagedError

__all__ = ["Unchecked", "check_openings"]

#: How a document store ends: version, where its index begins, compression, 15 bytes of nothing.
_STORE_END: Final = Struct("<IQB15x")
_MOST_LAYERS: Final = 16  # of a store's index: each has an eighth as many entries as the next
_MOST_HEAD: Final = 200  # bytes, which hold the ends of as many layers
_STOP: Final = 0x80
_MOST_KNOWN: Final = 100_000

#: (device, inode, time of change, size) of a file.
_Identity = tuple[int, int, int, int]


class _Known:
    """The files that this process has found whole: each is read once, whoever opens the index."""

    def __init__(self) -> None:
        self.lock = Lock()  # who comes second need not read a file that is being read
        self.files: set[_Identity] = set()

    def add(self, identity: _Identity) -> None:
        if len(self.files) >= _MOST_KNOWN:
            self.files.clear()
        self.files.add(identity)

    def begin_turns(self) -> None:
        """A thread whose turn it was is not there in a forked process."""
        self.lock = Lock()


_KNOWN: Final = _Known()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_KNOWN.begin_turns)


def check_openings(folder: StrPath, segments: list[Segment]) -> None:
    """Check what tantivy reads without care when it opens segments.

    Args:
        folder: of its files.
        segments: those of a commit. Files that are gone, merged away or lost, are left to tantivy.

    Raises:
        IndexDamagedError: a file is not as it was written.
        IndexStateError: this process may not open one.
    """
    for segment in segments:
        with suppress(FileNotFoundError), opened(join(folder, segment.store)) as file:
            _check_layers(segment.store, file)
        if segment.deletions is not None:
            with suppress(FileNotFoundError), opened(join(folder, segment.deletions)) as file:
                _check_once(segment.deletions, file)


class Unchecked:
    """What of a commit is still to be checked before tantivy reads in it.

    Args:
        folder: of tantivy's files.
        segments: those of the commit, in tantivy's order.
        most: bytes; no more are checked, those of the smallest segments first: a merge takes these,
            and most searches find something in each.
        whole: the names of files known to be whole, kept for later commits.

    Attributes:
        left: the numbers of the segments whose documents are still to be checked.
    """

    def __init__(
        self, folder: StrPath, segments: Sequence[Segment], most: float, whole: set[str]
    ) -> None:
        self._folder = folder
        self._files = [segment.files for segment in segments]
        self._stores = [segment.store for segment in segments]
        self._most = most
        self._whole = whole
        self.left = {
            number
            for number in self._smallest([[store] for store in self._stores])
            if self._stores[number] not in whole
        }

    def check(self, segments: Iterable[int]) -> None:
        """Check the document stores of some segments.

        Raises:
            IndexDamagedError: one is not as it was written.
            IndexStateError: this process may not open one.
        """
        for segment in self.left.intersection(segments):
            self._check([self._stores[segment]])
            self.left.discard(segment)

    def check_all(self) -> None:
        """Check all files, before a merge trusts them and gives what it copies a new checksum.

        Raises:
            IndexDamagedError: one is not as it was written.
            IndexStateError: this process may not open one.
        """
        for number in self._smallest(self._files):
            self._check(self._files[number])

    def _check(self, names: list[str]) -> None:
        for name in names:
            if name not in self._whole:
                # One that is gone was merged away: tantivy has it open still.
                with suppress(FileNotFoundError), opened(join(self._folder, name)) as file:
                    _check_once(name, file)
                self._whole.add(name)

    def _smallest(self, files: list[list[str]]) -> list[int]:
        """Which of these groups of files are to be checked."""
        sizes: list[tuple[int, int]] = []
        for number, names in enumerate(files):
            with suppress(FileNotFoundError):
                size = sum(getsize(join(self._folder, name)) for name in names)
                sizes.append((size, number))
        sizes.sort()
        sums = accumulate(size for size, _ in sizes)
        return [number for (_, number), sum_ in zip(sizes, sums, strict=True) if sum_ <= self._most]


def _check_once(name: str, file: BinaryIO) -> None:
    status = os.fstat(file.fileno())
    identity = status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
    with _KNOWN.lock:
        if identity not in _KNOWN.files:
            # To its end, though a search's time be over: it need not be begun anew by the next.
            copy_checked(name, file)
            _KNOWN.add(identity)


def _check_layers(name: str, file: BinaryIO) -> None:
    """Check that a store's index is where the store's end says, and has as many layers as it says:
    ``number of layers · end of each · the layers``, all numbers of seven bits a byte, the last of
    which has the eighth set (tantivy 0.27, ``src/store/index/skip_index.rs``)."""
    end = body_end(name, file) - _STORE_END.size
    file.seek(max(end, 0))
    tail = file.read(_STORE_END.size)
    start = _STORE_END.unpack(tail)[1] if end >= 0 and len(tail) == _STORE_END.size else end
    if start < end:
        file.seek(start)
        head = file.read(min(end - start, _MOST_HEAD))
        count, place = _number(head, 0)
        last = 0
        for _ in range(min(count, _MOST_LAYERS)):
            before, (last, place) = last, _number(head, place)
            if last < before:
                break
        else:
            if count <= _MOST_LAYERS and start + place + last == end:
                return
    raise IndexDamagedError(f"{name!r} is not as it was written: its index is not where it was")


def _number(head: bytes, place: int) -> tuple[int, int]:
    """The number at a place, and where it ends."""
    number = shift = 0
    for byte in head[place:]:
        place += 1
        number |= (byte & ~_STOP) << shift
        shift += 7
        if byte & _STOP:
            break
    return number, place
