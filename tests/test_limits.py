"""No room, too many open files, no permission: told by an error, and nothing stored is lost.

A full disk is a small one in memory, mounted where only the process that fills it sees it; where
that may not be mounted, a limit on the size of files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from searchlib import Index, IndexStateError, Schema, SearchlibError, Text
from tests.conftest import SOURCE, run_python

resource = pytest.importorskip("resource")

SCHEMA: Final = Schema({"title": Text()}, languages=["en"])

#: Files may not grow past a limit, which is what a full disk or a quota does to a writer.
FULL: Final = """
import resource, sys
from searchlib import Index, IndexStateError, Schema, Text, verify
def documents(start, stop):
    for n in range(start, stop):
        words = " ".join(f"w{n * k % 9973}" for k in range(200))
        yield {"id": str(n), "title": f"word{n} {words}"}
index = Index(Schema({"title": Text()}, languages=["en"]), sys.argv[1])
index.add(documents(0, 50))
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limits[1]))
writer = index.writer(memory=15_000_000)
for attempt in ("add", "commit"):
    try:
        writer.add_many(documents(50, 2_000))
        writer.commit()
        print("committed")
    except IndexStateError as error:
        assert "last commit stands" in str(error) or "last one stands" in str(error), error
        assert "room" in str(error)
        print("told")
writer.close()
print(len(index), index.search("word3").ids, verify(sys.argv[1]).is_whole)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
index.add(documents(50, 60))
print(len(index), verify(sys.argv[1]).is_whole)
"""

#: Everything that writes is tried on a disk with so much room left; what fails is counted.
DISK: Final = """
import os, shutil, sys
from pathlib import Path
from searchlib import (
    Index, IndexDamagedError, IndexStateError, Integer, Schema, Text, backup, reindex, restore,
    verify,
)
disk, limit = Path(sys.argv[1]), sys.argv[2]
SCHEMA = Schema({"title": Text()}, languages=["en"])
OTHER = Schema({"title": Text(), "year": Integer()}, languages=["en"])
BLOCK = 4096
count = {}
def documents(start, stop):
    for n in range(start, stop):
        words = " ".join(f"w{n * k % 9973}" for k in range(200))
        yield {"id": str(n), "title": f"word{n} {words}"}
def fill(left):
    # One file as large as may be, or as many as there may be.
    if limit.startswith("nr_inodes"):
        for number in range(os.statvfs(disk).f_ffree - left):
            (disk / f"filler-{number}").touch()
    else:
        free = os.statvfs(disk).f_bfree
        (disk / "filler").write_bytes(bytes(max(free - left, 0) * BLOCK))
def make_room():
    for path in disk.glob("filler*"):
        path.unlink()
def told(doing, work):
    try:
        work()
    except IndexStateError as error:
        assert not isinstance(error, IndexDamagedError), error
        assert "room" in str(error) or "No space" in str(error), error
        count[doing] = count.get(doing, 0) + 1
        return True
    return False
def write(index, added):
    with index.writer(memory=15_000_000) as writer:
        writer.delete("0")
        writer.add_many(documents(added, added + 1_200))
path = disk / "index"
index = Index(SCHEMA, path)
index.add(documents(0, 50))
backup(path, disk / "backup")
added = 50
for left in (0, 1, 2, 4, 10, 16, 32, 250):
    fill(left)
    stood = len(index)
    if not told("add", lambda: index.add(documents(added, added + 300))):
        added, stood = added + 300, len(index)
    if not told("write", lambda: write(index, added)):
        added, stood = added + 1_200, len(index)
    assert len(index) == len(Index.open(path)) == stood
    assert index.search("word3").ids == ("3",)
    assert not (problems := verify(path).problems), (left, problems)
    if told("backup", lambda: backup(path, disk / "copy")):
        assert not [*disk.glob("copy"), *disk.glob(".copy*")]
    if told("reindex", lambda: reindex(path)):
        assert len(index) == stood
    if told("restore", lambda: restore(disk / "backup", disk / "again")):
        assert not (disk / "again" / "searchlib.json").exists()
    if told("make", lambda: Index(OTHER, disk / "new")):
        make_room()
        assert len(Index(OTHER, disk / "new")) == 0
    make_room()
    assert not (problems := verify(path).problems), (left, problems)
    index.add([*documents(0, 1), *documents(added, added + 1)])  # by the same object
    added += 1
    assert len(index) == len(Index.open(path)) >= stood + 1
    assert not (problems := verify(path).problems), (left, problems)
    for name in ("copy", "again", "new"):
        shutil.rmtree(disk / name, ignore_errors=True)
print(min(count[doing] for doing in ("add", "write", "backup", "reindex", "restore", "make")))
"""

FILES: Final = """
import os, resource, sys
from searchlib import Index, Schema, SearchlibError, Text, verify
index = Index(Schema({"title": Text()}, languages=["en"]), sys.argv[1])
index.add([{"id": "first", "title": "hello"}])
index.search("hello")
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
opened = len(os.listdir("/proc/self/fd")) - 1
added = {"first"}
for more in range(14):
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + more, limits[1]))
    try:
        index.add([{"id": f"n{more}", "title": "hello"}])
        added.add(f"n{more}")
    except SearchlibError as error:
        print("told", end=" ")
    for use in (index.search, lambda: Index.open(sys.argv[1]).search("hello")):
        try:
            assert set(use().ids) <= added
        except SearchlibError:
            print("told", end=" ")
    try:
        assert verify(sys.argv[1]).is_whole  # what cannot be opened is not damaged
    except SearchlibError:
        print("told", end=" ")
resource.setrlimit(resource.RLIMIT_NOFILE, limits)
assert verify(sys.argv[1]).is_whole
assert {one["id"] for one in index.documents()} == added, added
index.add([{"id": "last", "title": "hello"}])
print(len(index) == len(added) + 1)
"""


def mounted(disk: Path, options: str, *command: object) -> subprocess.CompletedProcess[str]:
    """Run a command that alone sees a disk in memory."""
    mount = 'mount -t tmpfs -o "$1" none "$0" && shift && exec "$@"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, str(disk), options, *map(str, command)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent), "RUST_BACKTRACE": "0"},
        timeout=300,
        check=False,
    )


@cache
def may_mount() -> bool:
    return bool(shutil.which("unshare")) and not mounted(Path("/mnt"), "size=1m", "true").returncode


@pytest.mark.parametrize("limit", ["size=6m", "nr_inodes=300"])
def test_a_full_disk(tmp_path: Path, limit: str) -> None:
    """Full of bytes, or of files. Every try of something that fails is told, changes nothing, and
    goes on once there is room."""
    if not may_mount():
        pytest.skip("no disk may be mounted here")
    done = mounted(tmp_path, limit, sys.executable, "-c", DISK, tmp_path, limit)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) >= 3


def test_no_room(tmp_path: Path) -> None:
    done = run_python(FULL, tmp_path / "index")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["told", "told", "50 ('3',) True", "60 True"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are not listed here")
def test_too_many_open_files(tmp_path: Path) -> None:
    done = run_python(FILES, tmp_path / "index")
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    assert words[-1] == "True"
    assert "told" in words


@pytest.mark.skipif(os.name != "posix", reason="permissions are others' elsewhere")
@pytest.mark.parametrize("lock", [0o444, 0o666])
def test_a_folder_that_may_only_be_read(tmp_path: Path, lock: int) -> None:
    """Searched where its lock may be opened, as the error says; a writer is refused. The superuser,
    who may do everything, becomes another user."""
    folder = tmp_path / "index"
    Index(SCHEMA, folder).add([{"id": "1", "title": "hello"}])
    code = """
import os, sys
from searchlib import Index, IndexStateError, Schema, Text, verify
warm = Index(Schema({"title": Text()}, languages=["en"]))  # what is imported late is read now
warm.add([{"id": "1", "title": "hello"}])
assert warm.search("hello").total
if not os.getuid():
    os.setgid(65534)
    os.setuid(65534)
try:
    index = Index.open(sys.argv[1])
except IndexStateError as error:
    print(type(error).__name__, ".tantivy-meta.lock" in str(error))
    sys.exit()
print(index.search("hello").ids, verify(sys.argv[1]).is_whole)
try:
    index.add([{"id": "2", "title": "hello"}])
except IndexStateError as error:
    print("permission" in str(error).lower())
print(index.search("hello").ids)
"""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    (folder / "data-1" / ".tantivy-meta.lock").chmod(lock)
    for parent in folder.parents:  # pytest's own are closed to others
        if parent.owner() == folder.owner() and parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o055)
    try:
        done = run_python(code, folder)
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    served = ["('1',) True", "True", "('1',)"]
    assert done.stdout.splitlines() == (served if lock == 0o666 else ["IndexStateError True"])


def test_no_index_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    with pytest.raises(SearchlibError):
        Index(SCHEMA, tmp_path / "file")
    with pytest.raises(IndexStateError):
        Index(SCHEMA, tmp_path / "file" / "index")
    assert (tmp_path / "file").read_text("utf-8") == "no folder"
