"""A folder becomes an index, and what was made in vain is taken away again; who changes it as a
whole keeps others out. What is not the library's own is never deleted, whatever it is called."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os.path import abspath, basename, dirname, exists, isdir, islink, join, lexists
from typing import Final

from searchlib._dataclass import NamedTuple
from searchlib._later import regex
from searchlib.engine.files import MANAGED, META, StrPath, sync_folder
from searchlib.engine.record import RECORD
from searchlib.engine.store import HOLDER, Store
from searchlib.errors import IndexDamagedError, IndexStateError, SearchlibError
from searchlib.limits import CHECKED
from searchlib.manifest import Manifest, folder_of
from searchlib.schema import Schema

__all__ = [
    "ORIGIN",
    "Made",
    "alone",
    "free_data",
    "locked",
    "make_folder",
    "stranger_in",
    "take_back",
]

#: What an index that is being rebuilt is made of.
ORIGIN: Final = "rebuild.json"
# What the engine and this library put into a folder of data, besides the files of segments.
_OWN: Final = frozenset({META, MANAGED, RECORD, HOLDER, ORIGIN})
_OWN_LIKE: Final = regex(
    r"[0-9a-f]{32}\..+"  # of a segment
    r"|\.tantivy-\w+\.lock"
    r"|\.tmp\w+|[.\w]+\.json\.\d+\.tmp"  # cut off before they got their names
)


class Made(NamedTuple):
    """An index that was just made.

    Attributes:
        folder: its folder, absolute.
        is_new: whether the folder was made for it.
    """

    folder: str
    is_new: bool


def make_folder(schema: Schema, folder: StrPath) -> Made | None:
    """Make an empty index, unless there is one, or another process makes it at this moment. The
    manifest comes last: what has none is no index yet.

    Returns:
        what was made; None where the index was there.

    Raises:
        IndexStateError: none can be made there.
        IndexDamagedError: there are documents, which no manifest tells of.
    """
    folder = folder_of(folder)
    if Manifest.exists(folder):
        return None
    if exists(folder) and not isdir(folder):
        raise IndexStateError(
            f"no index can be made in {str(folder)!r}: it is a file; an index is a folder"
        )
    try:
        is_new = not exists(folder)
        os.makedirs(folder, exist_ok=True)
        with alone(folder):
            if Manifest.exists(folder):
                return None
            _make(schema, folder)
            return Made(abspath(folder), is_new)
    except OSError as error:
        if isinstance(error, SearchlibError):
            raise
        raise IndexStateError(
            f"no index can be made in {str(folder)!r}: {error.strerror or error}"
        ) from error


def take_back(made: Made) -> None:
    """Take away an index that was just made and that nothing came into, so that another schema can
    be tried. Who writes to it meanwhile keeps it; so does what else is in its folder."""
    import shutil  # which loads all that archives may be packed with

    with suppress(OSError, SearchlibError):
        # Alone, for who finds no manifest makes an index anew, where this one is being deleted.
        with alone(made.folder), locked(made.folder) as (manifest, store):
            data = join(made.folder, manifest.data)
            if len(store.refresh()) or stranger_in(data):
                return
            # First, for without it this is no index, and nobody opens it any more.
            manifest.remove(made.folder)
            shutil.rmtree(data, ignore_errors=True)
        if made.is_new:
            os.rmdir(made.folder)  # if nothing else is in it


def stranger_in(data: StrPath) -> str | None:
    """Return the name of something in a folder of data that the library has not made, if there is
    any; of what is no folder, or none that we may look into, its own."""
    try:
        names = sorted(os.listdir(data))
    except (NotADirectoryError, PermissionError):
        return basename(data)
    return next((one for one in names if not (one in _OWN or _OWN_LIKE.fullmatch(one))), None)


def free_data(folder: StrPath, number: int) -> str:
    """Return the first folder of data, from a number on, that is not there or the library's own. A
    link is not: somebody has made it, and what it leads to could not be deleted."""
    while lexists(data := join(folder, f"data-{number}")) and (
        islink(data) or stranger_in(data) is not None
    ):
        number += 1
    return data


@contextmanager
def locked(
    folder: StrPath, wait: float = 0.0, *, checked: float = CHECKED
) -> Iterator[tuple[Manifest, Store]]:
    """Keep writers out of the index in a folder: of the one that is there when the wait is over.

    Args:
        folder: its folder.
        wait: seconds to wait for a writer that is open to be closed.
        checked: as for ``Store``.

    Raises:
        IndexNotFoundError, IndexDamagedError: there is no index that can be opened.
        IndexLockedError: it has a writer, and still had after the wait.
    """
    while True:
        manifest = Manifest.read(folder)
        try:
            store = Store(manifest.schema, join(folder, manifest.data), checked=checked)
            lock = store.writer(0, wait)
        except IndexStateError:
            if Manifest.read(folder) == manifest:
                raise
            continue  # another index has taken its place meanwhile
        try:
            if Manifest.read(folder) == manifest:
                yield manifest, store
                return
        finally:
            lock.wait_merging_threads()


@contextmanager
def alone(folder: StrPath) -> Iterator[None]:
    """Be the only one of those who come here with a folder, where the system has such locks: for
    who makes an index in it, or takes one away, so that there is none whose lock could be held."""
    try:
        import fcntl
    except ImportError:  # on Windows
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(schema: Schema, folder: StrPath) -> None:
    data = join(folder, "data-1")
    if exists(data):
        if (stranger := stranger_in(data)) is not None:
            raise IndexStateError(
                f"no index can be made in {str(folder)!r}: its {basename(data)!r} would be the "
                f"index's, and holds {stranger!r}, which is none of an index; make the index in "
                "another folder"
            )
        if _holds_documents(schema, data):
            raise IndexDamagedError(
                f"{data!r} holds documents, but {str(folder)!r} has no searchlib.json: put it "
                "back from a copy, or make the index in another folder"
            )
        import shutil  # which loads all that archives may be packed with

        shutil.rmtree(data)  # of a making that was cut off
    Store(schema, data, create=True)
    Manifest.of(schema, data).write(folder)
    with suppress(PermissionError):
        sync_folder(dirname(abspath(folder)))  # which the folder may be new in


def _holds_documents(schema: Schema, data: StrPath) -> bool:
    try:
        return len(Store(schema, data).last) > 0
    except IndexDamagedError:
        return any(name.endswith(".store") for name in os.listdir(data))
