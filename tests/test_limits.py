"""No room, too many open files, no permission: told by an error, and nothing stored is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from searchlib import Index, IndexStateError, Schema, SearchlibError, Text
from tests.conftest import run_python

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
