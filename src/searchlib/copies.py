"""Copies of an index, and the check that one is whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from searchlib.engine.files import (
    MANAGED,
    META,
    check_managed,
    copy_checked,
    layout_checksum,
    open_commit,
    sync_folder,
)
from searchlib.engine.record import check_record, record_commit
from searchlib.engine.store import Store
from searchlib.errors import (
    IndexDamagedError,
    IndexNotFoundError,
    IndexStateError,
    SearchlibError,
)
from searchlib.making import alone, locked, stranger_in
from searchlib.manifest import Manifest, folder_of, is_data

__all__ = ["Verification", "backup", "restore", "verify"]

_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of an index found.

    Attributes:
        documents: how many documents were read and are as they were stored.
        files: how many files were read.
        bytes: their size.
        problems: what is wrong, one sentence each, with the name of the file; empty where the
            index is whole.

    >>> Verification(3, 14, 7_000).is_whole
    True
    """

    documents: int
    files: int
    bytes: int
    problems: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong.

        >>> Verification(3, 14, 7_000, ("'a1.store' is missing",)).is_whole
        False
        """
        return not self.problems


def verify(path: str | Path) -> Verification:
    """Check an index: every file of its last commit by its checksum, then every document.

    It may be written to meanwhile. What is damaged is named, not mended: ``restore`` a backup.

    Args:
        path: its folder.

    Raises:
        IndexNotFoundError: there is no index.
        IndexStateError: its files may not be opened, or not so many.

    >>> from tempfile import TemporaryDirectory
    >>> from searchlib import Index, Schema
    >>> with TemporaryDirectory() as folder:
    ...     result = Index(Schema({}), folder).add([{"id": "a"}, {"id": "b"}])
    ...     found = verify(folder)
    >>> found.documents, found.is_whole
    (2, True)
    """
    folder = Path(folder_of(path))
    for _ in range(_TRIES):
        try:
            manifest = Manifest.read(folder)
            found = _checked(manifest, folder)
            if found.is_whole or Manifest.read(folder) == manifest:
                break
        except IndexDamagedError as error:
            return Verification(0, 0, 0, (error.problem,))
        # Else a rebuilt index has taken the place of the one that was looked at.
    return found


def backup(path: str | Path, to: str | Path) -> Verification:
    """Copy the last commit of an index to a new folder, which is an index like any other.

    It may be written to meanwhile: commits after the call began are not in the copy. The copy is
    checked as ``verify`` does before it gets its name: what is there is whole.

    Args:
        path: the index's folder.
        to: the folder to make; its parent must be there.

    Raises:
        IndexNotFoundError: there is no index.
        IndexDamagedError: it is damaged; there is no copy.
        IndexStateError: there is something at ``to``, or it cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> from searchlib import Index, Schema
    >>> with TemporaryDirectory() as folder:
    ...     result = Index(Schema({}), f"{folder}/index").add([{"id": "a"}])
    ...     copy = backup(f"{folder}/index", f"{folder}/copy")
    ...     Index.open(f"{folder}/copy").search().ids
    ('a',)
    """
    source, target = Path(folder_of(path)), Path(folder_of(to))
    # Its length has nothing to do with the target's: that may be as long as a name can be.
    temporary = target.parent / f".backup-{os.urandom(8).hex()}"
    try:
        if target.exists():
            raise IndexStateError(f"{str(target)!r} is there already: a backup makes a new folder")
        if not target.parent.is_dir():
            raise IndexStateError(
                f"no backup can be made at {str(target)!r}: there is no folder "
                f"{str(target.parent)!r}; make it first"
            )
        temporary.mkdir()
        found = _copy(source, temporary, 1)
        os.rename(temporary, target)
        sync_folder(target.parent)
    except OSError as error:
        if isinstance(error, SearchlibError):
            raise
        raise IndexStateError(f"no backup can be made at {str(target)!r}: {_why(error)}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return found


def restore(backup: str | Path, path: str | Path, *, wait: float = 0.0) -> Verification:
    """Put a backup in the place of an index: it is copied and checked, then takes the index's place
    at once. The backup stays as it is.

    What stood at ``path`` is deleted, whatever state it was in; ``Index`` objects that are open
    go on with the restored one.

    Args:
        backup: a folder that ``backup`` made, or any index.
        path: where the index shall be.
        wait: seconds to wait for a writer of the index that is open to be closed.

    Raises:
        IndexNotFoundError: there is no index in the backup's folder.
        IndexDamagedError: the backup is damaged; what stood at ``path`` is as it was.
        IndexLockedError: the index at ``path`` has a writer, and still had after the wait.
        IndexStateError: ``path`` holds something that is no index, or cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> from searchlib import Index, Schema
    >>> with TemporaryDirectory() as folder:
    ...     index = Index(Schema({}), f"{folder}/index")
    ...     result = index.add([{"id": "a"}])
    ...     copy = backup(f"{folder}/index", f"{folder}/copy")
    ...     index.delete("a")
    ...     copy = restore(f"{folder}/copy", f"{folder}/index")
    ...     index.search().ids
    ('a',)
    """
    source, folder = Path(folder_of(backup)), Path(folder_of(path))
    Manifest.read(source)  # before a folder is made for it
    try:
        with _made(folder), _kept_out(folder, wait):
            named = [data for data in folder.iterdir() if is_data(data.name)]
            old = _old_data(folder, named)
            # What is empty may be of a making that was cut off; it tells of no index by itself.
            is_index = Manifest.exists(folder) or any(any(data.iterdir()) for data in old)
            if not is_index and set(folder.iterdir()).difference(old):
                raise IndexStateError(f"{str(folder)!r} holds something that is no index")
            number = max((int(data.name.rpartition("-")[2]) for data in named), default=0) + 1
            try:
                found = _copy(source, folder, number)
            except BaseException:
                shutil.rmtree(folder / f"data-{number}", ignore_errors=True)
                raise
            for data in old:
                shutil.rmtree(data, ignore_errors=True)
    except OSError as error:
        if isinstance(error, SearchlibError):
            raise
        raise IndexStateError(
            f"nothing can be restored to {str(folder)!r}: {_why(error)}"
        ) from error
    return found


def _old_data(folder: Path, named: Sequence[Path]) -> list[Path]:
    """Of what is named like the data of an index, what is: what the manifest names, and what holds
    nothing else. It may also be somebody's ``data-2023``, or a link."""
    own = ""
    with suppress(IndexNotFoundError, IndexDamagedError):
        own = Manifest.read(folder).data
    return [
        data
        for data in named
        if data.name == own or (not data.is_symlink() and stranger_in(data) is None)
    ]


def _why(error: OSError) -> str:
    """What the system says, without its number and the names of files on their way."""
    return error.strerror or str(error)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and those that it is in; if nothing comes into it, they are gone again."""
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for one in new:
            with suppress(OSError):  # it was not made, or another has put something there
                one.rmdir()
        raise


@contextmanager
def _kept_out(folder: Path, wait: float) -> Iterator[None]:
    """Keep writers out of the index in a folder, if there is one that can be opened at all; else
    all who would make one there."""
    with ExitStack() as stack:
        if not _is_locked(folder, wait, stack):
            stack.enter_context(alone(folder))
            _is_locked(folder, wait, stack)  # by who came first one may have been made
        yield


def _is_locked(folder: Path, wait: float, stack: ExitStack) -> bool:
    """Whether the index in a folder is locked now, until the end of a stack."""
    try:
        stack.enter_context(locked(folder, wait))
    except (IndexNotFoundError, IndexDamagedError):
        return False
    return True


def _copy(source: Path, target: Path, number: int) -> Verification:
    """Copy the last commit of an index into ``data-…`` of a folder, check the copy, and let the
    folder's manifest name it."""
    for attempt in range(_TRIES):
        manifest = Manifest.read(source)
        copied = replace(manifest, data=f"data-{number}")
        data = target / copied.data
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        try:
            with open_commit(source / manifest.data) as opened:
                for name, file in opened.items():
                    with (data / name).open("wb") as out:
                        copy_checked(name, file, out)
                        out.flush()
                        os.fsync(out.fileno())
            break
        except IndexDamagedError:  # or put in place of by a rebuilt one meanwhile?
            if Manifest.read(source) == manifest or attempt + 1 == _TRIES:
                raise
    with (data / MANAGED).open("w", encoding="utf-8") as managed:
        json.dump(list(opened), managed)
        managed.flush()
        os.fsync(managed.fileno())
    record_commit(data, len(Store(manifest.schema, data).last))
    found = _checked(copied, target)
    if not found.is_whole:
        raise IndexDamagedError("; ".join(found.problems))
    copied.write(target)
    return found


def _checked(manifest: Manifest, folder: Path) -> Verification:
    files = size = documents = 0
    problems: list[str] = []
    try:
        if layout_checksum(folder / manifest.data) != manifest.layout:
            raise IndexDamagedError(f"{META!r} is not as it was written: its fields differ")
        with open_commit(folder / manifest.data) as opened:
            for name, file in opened.items():
                files += 1
                try:
                    size += copy_checked(name, file)
                except IndexDamagedError as error:
                    problems.append(error.problem)
            opened[META].seek(0)
            try:
                check_managed(folder / manifest.data, opened)
            except IndexDamagedError as error:
                if opened[META].read() == (folder / manifest.data / META).read_bytes():
                    problems.append(error.problem)
        if not problems:  # for tantivy trusts its files
            store, expected = _opened(manifest, folder / manifest.data)
            documents = sum(1 for _ in store.last.documents())
            if documents != (len(store.last) if expected is None else expected):
                raise IndexDamagedError(
                    f"{META!r} is not as it was written: of {expected or len(store.last)} "
                    f"documents {documents} are there"
                )
    except IndexDamagedError as error:
        problems.append(error.problem)
    except FileNotFoundError as error:
        problems.append(f"{str(error.filename)!r} is missing")
    return Verification(documents, files, size, tuple(problems))


def _opened(manifest: Manifest, data: Path) -> tuple[Store, int | None]:
    """The last commit, and how many documents it was made with: of one commit, though others may
    follow it meanwhile."""
    while True:
        before = (data / META).read_bytes()
        expected = check_record(data, before)
        store = Store(manifest.schema, data)
        if (data / META).read_bytes() == before:
            return store, expected
