"""The index as tantivy keeps it: opening and writing."""

from __future__ import annotations

import os
from collections.abc import Hashable
from contextlib import suppress
from os.path import dirname, isdir, join
from threading import Lock
from time import monotonic, sleep
from typing import Any, Final
from weakref import WeakSet

from searchlib import _tantivy as tantivy
from searchlib.engine.checks import Unchecked, check_openings
from searchlib.engine.files import (
    MANAGED,
    META,
    Segment,
    StrPath,
    mend_managed,
    segments,
    set_block_size,
)
from searchlib.engine.heap import give_back
from searchlib.engine.layout import engine_schema, register_tokenizers
from searchlib.engine.record import record_commit, record_merges
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import IndexDamagedError, IndexLockedError, IndexStateError
from searchlib.limits import CHECKED
from searchlib.schema import Schema

__all__ = ["HOLDER", "LEAST_MEMORY", "Store", "abandon"]

#: Bytes with which tantivy makes a writer of one thread.
LEAST_MEMORY: Final = 15_000_000
# What tantivy takes for each byte that it is told to gather.
_TAKEN: Final = 2
# Bytes of stored documents that are compressed together, and unpacked together when one of them is
# read: by a quarter of tantivy's own 16 kB a page of hits takes two thirds of the time at most
# (docs/adr/0014).
_BLOCK: Final = 4096
_TRIES: Final = 10
_LOOK_AGAIN: Final = 0.02  # seconds
_LOCKS: Final = (".tantivy-writer.lock", ".tantivy-meta.lock")
_OPEN_FILES: Final = "/proc/self/fd"
#: Holds the number of the process that wrote last.
HOLDER: Final = "writer.pid"


def abandon(writer: tantivy.IndexWriter) -> None:
    """Forget a writer of the process that this one was forked from. Its threads are not here: to
    close it, or only to free its memory, would wait for them and panic."""
    import ctypes  # rarely needed, slow to import

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))


def _give_up_locks() -> None:
    """Close, in a process that was just forked, the lock files of the one that it was forked from.

    A lock lasts as long as any process has its file open. The parent's writer may hold one, and
    for a moment any of its threads that open or commit; the child must not keep them: nobody could
    open the index as long as it lives, itself included.
    """
    with suppress(OSError):
        for name in os.listdir(_OPEN_FILES):
            with suppress(OSError):
                if os.readlink(join(_OPEN_FILES, name)).endswith(_LOCKS):
                    os.close(int(name))


def _begin_turns() -> None:
    """A thread whose turn it was is not there in a forked process."""
    for store in list(_STORES):
        store._turn = Lock()


#: The stores of this process.
_STORES: Final[WeakSet[Store]] = WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_give_up_locks)
    os.register_at_fork(after_in_child=_begin_turns)


class Store:
    """A tantivy index, in memory or in a folder of its own.

    Args:
        schema: what its documents hold.
        folder: where its files are, or None for memory.
        create: make the folder and an empty index in it.
        checked: bytes of the files of stored documents that are checked, the smallest first.

    Attributes:
        schema: tantivy's schema.
        folder: as given, as a str.
        last: the commit seen last.

    Raises:
        IndexDamagedError: there are no files, or they cannot be opened.
    """

    def __init__(
        self,
        schema: Schema,
        folder: StrPath | None = None,
        *,
        create: bool = False,
        checked: float = CHECKED,
    ) -> None:
        self.schema = engine_schema(schema)
        self.folder = None if folder is None else os.fspath(folder)
        self._checked = checked
        self._opened: set[Segment] = set()
        self._whole: set[str] = set()
        self._seen: tuple[int, int] | None = None
        self._turn = Lock()
        _STORES.add(self)
        self._meta = None if folder is None else join(folder, META)
        self._list = None if folder is None else join(folder, MANAGED)
        self._lasting: dict[Hashable, Any] = {}
        self._open(create)
        self.refresh()

    def _open(self, create: bool = False) -> None:
        """Let the engine open the index, or make it."""
        message = f"the files of the index in {self.folder!r} cannot be opened"
        listed = _seen(self._list)
        try:
            with tantivy.panics_as(IndexDamagedError, message):
                index = self._made_or_opened(create)
                # By hand: a search must see a commit at once, and no watcher thread is needed.
                index.config_reader("manual")
        except (ValueError, OSError) as error:
            raise tantivy.unreadable(message, error) from error
        register_tokenizers(index)
        self._index, self._listed = index, listed

    def _made_or_opened(self, create: bool) -> tantivy.Index:
        if self.folder is None:
            return tantivy.Index(self.schema)
        if create:
            os.makedirs(self.folder, exist_ok=True)
        elif not isdir(self.folder) or not tantivy.Index.exists(self.folder):
            raise FileNotFoundError("its meta.json is missing")
        if tantivy.Index.exists(self.folder):
            self._check_openings()  # for the engine opens the segments at once
            # Not Index(…, reuse=False), which empties the folder.
            return tantivy.Index.open(self.folder)
        tantivy.Index(self.schema, self.folder)
        set_block_size(self.folder, _BLOCK)
        return tantivy.Index.open(self.folder)

    def refresh(self) -> Snapshot:
        """Make the last commit the one that ``snapshot`` gives, and return it."""
        # One at a time: else a thread that read an older commit could put it in the place of a
        # newer one. What was seen is noted last, for threads that do not wait.
        with self._turn:
            for _ in range(_TRIES):
                seen = _seen(self._meta)
                unchecked = self._check_openings()
                with tantivy.reading():
                    self._index.reload()
                    searcher = self._index.searcher()
                if _seen(self._meta) == seen:  # else what was read need not be what was checked
                    break
            self.last = Snapshot(self.schema, searcher, self.folder, self._lasting, unchecked)
            self._seen = seen
            return self.last

    def _check_openings(self) -> Unchecked | None:
        """Check what tantivy will trust when it opens the last commit; return what else it will
        when it reads in it, None in memory."""
        if self.folder is None:
            return None
        found = segments(self.folder)
        check_openings(self.folder, [one for one in found if one not in self._opened])
        self._opened = set(found)
        self._whole.intersection_update(name for one in found for name in one.files)
        return Unchecked(self.folder, found, self._checked, self._whole)

    def committed(self) -> None:
        """Take note of a commit just made."""
        self.refresh()
        self._listed = _seen(self._list)  # the lock is ours still
        if self.folder is not None:
            record_commit(self.folder, len(self.last))
        give_back()

    def merged(self) -> None:
        """Take note of the merges that have ended since the last commit was made."""
        if self.folder is not None:
            with suppress(IndexStateError):  # the next check tells what is wrong
                record_merges(self.folder)
        give_back()

    def latest(self) -> Snapshot | None:
        """Return the commit seen last, if no other was made since, in another process or by another
        who has the folder open; None where ``snapshot`` would look for it."""
        return self.last if _seen(self._meta) == self._seen else None

    def snapshot(self) -> Snapshot | None:
        """Return the last commit, another process's as well; None where the folder is gone, as it
        is when a rebuilt index has taken its place."""
        seen = _seen(self._meta)
        if seen is None:
            return None
        return self.last if seen == self._seen else self.refresh()

    def writer(self, memory: int, wait: float = 0.0, threads: int = 1) -> tantivy.IndexWriter:
        """Return tantivy's writer, which holds the lock until it is gone.

        Args:
            memory: bytes to gather before a segment is written, by all threads together.
            wait: seconds to wait for another one to be closed.
            threads: how many take documents in. Of one alone documents that are added together,
                and are few enough for one segment, lie in the order in which they were added.

        Raises:
            IndexLockedError: there is another one, in this process or another.
        """
        last = monotonic() + wait
        writer = self._locked(memory, last, threads)
        if self.folder is not None:
            mend_managed(self.folder)  # what it lacks would stay on the disk for ever
        while _seen(self._list) != self._listed:
            # Another has written since the engine opened the index. It read the list of its files
            # then, and would put that in the place of the one there: files of others would never
            # be deleted, and look damaged to a check.
            writer.wait_merging_threads()
            with self._turn:
                self._open()
            writer = self._locked(memory, last, threads)
        if self.folder is not None:
            # The system gives up the lock of a process that dies; this is only for people.
            with (
                suppress(OSError),
                open(join(self.folder, HOLDER), "w", encoding="utf-8") as file,
            ):
                file.write(str(os.getpid()))
        return writer

    def _locked(self, memory: int, last: float, threads: int) -> tantivy.IndexWriter:
        """The engine's writer, waited for until some moment."""
        while True:
            try:
                return self._index.writer(max(memory // _TAKEN, LEAST_MEMORY), threads)
            except ValueError as error:
                where = "in memory" if self.folder is None else f"in {dirname(self.folder)!r}"
                if "LockBusy" not in str(error):
                    raise IndexStateError(
                        f"the index {where} cannot be written to: {error}"
                    ) from error
                if (left := last - monotonic()) > 0:
                    sleep(min(left, _LOOK_AGAIN))
                    continue
                pid = self._holder()
                who = "in this process or another" if pid is None else f"in process {pid}"
                if pid == os.getpid():
                    who = "in this process"
                raise IndexLockedError(
                    f"the index {where} has a writer already, {who}: one writes at a time; close "
                    "that one first, or wait for it with writer(wait=seconds)",
                    pid=pid,
                ) from error

    def _holder(self) -> int | None:
        """The process that has the writer, as far as it is known."""
        if self.folder is None:
            return os.getpid()
        try:
            with open(join(self.folder, HOLDER), encoding="utf-8") as file:
                return int(file.read())
        except (OSError, ValueError):
            return None


def _seen(path: str | None) -> tuple[int, int] | None:
    """What tells one state of a file from the next, where another is put in its place at each; None
    where it is gone; always the same in memory."""
    if path is None:
        return 0, 0
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino
