"""Files with flipped bits or cut short: a check names them, no search hands out what they hold."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any, Final

import pytest

from searchlib import (
    Boolean,
    Category,
    Date,
    Float,
    Index,
    IndexDamagedError,
    IndexNotFoundError,
    IndexStateError,
    Integer,
    Keyword,
    Limits,
    Schema,
    Text,
    backup,
    copies,
    reindex,
    restore,
    verify,
)
from searchlib.engine import checks
from searchlib.engine.files import copy_checked
from tests.conftest import ROOT, SMALL, run_python

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "tag": Keyword(),
        "path": Category(),
        "year": Integer(),
        "price": Float(),
        "draft": Boolean(),
        "day": Date(),
    },
    languages=["en", "vi", "fr"],
)
TITLES: Final = ("Old maps", "Quốc hội họp", "L’été à Montréal")
# What a flipped bit may leave as it was: names in another case, numbers that nothing rests on.
HARMLESS: Final = re.compile(r"writer\.pid|footer bit")


def document(n: int) -> dict[str, Any]:
    return {
        "id": f"d{n}",
        "title": f"{TITLES[n % 3]} {n}",
        "body": "maps of the old world and the new " * (n % 4 + 1),
        "tag": "ab"[n % 2],
        "path": f"News/{n % 3}",
        "year": 2000 + n % 9,
        "price": n / 7,
        "draft": n % 5 == 0,
        "day": date(2020, 1, 1) + timedelta(days=11 * n),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of two segments, one with deleted documents."""
    index = Index(SCHEMA, tmp_path / "index")
    index.add(map(document, range(60)))
    index.delete("d3", "d40")
    index.add([document(7)])
    return tmp_path / "index"


def test_every_damage_is_told_and_none_served(folder: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests.damage import main, told; "
    done = run_python(code + "main(*told())", ROOT, folder, 20221115, 2, timeout=300)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2_000:]
    lines = done.stdout.splitlines()
    assert len(lines) > 15 * 7
    missed = [line for line in lines if ": whole;" in line and not HARMLESS.search(line)]
    assert not missed
    # A file whose content does not matter may be served; a damaged file of text must not be.
    assert any("store" in line and "IndexDamagedError" in line for line in lines)


@pytest.mark.parametrize("ending", ["term", "idx", "pos", "fast", "fieldnorm", "store", "del"])
def test_a_missing_file_is_named(folder: Path, ending: str) -> None:
    file = next((folder / "data-1").glob(f"*.{ending}"))
    file.unlink()
    found = verify(folder)
    assert not found.is_whole
    assert any(file.name in problem for problem in found.problems)


def test_an_earlier_commit_in_place_of_the_last_is_told(folder: Path) -> None:
    meta = folder / "data-1" / "meta.json"
    before = meta.read_bytes()
    Index.open(folder).delete("d5")
    assert verify(folder).is_whole
    meta.write_bytes(before)
    assert not verify(folder).is_whole


def test_a_whole_index_is_whole_while_it_is_written_to(folder: Path) -> None:
    index = Index.open(folder)
    with index.writer(memory=SMALL) as writer:
        for round_ in range(5):
            writer.add_many(document(n) for n in range(100 * round_, 100 * round_ + 50))
            writer.commit()
            found = verify(folder)
            assert found.problems == ()
            assert found.documents == len(index)
            assert found.bytes > 0


def test_backup_is_the_commit_it_began_at(folder: Path, tmp_path: Path) -> None:
    index = Index.open(folder)
    before = sorted(found["id"] for found in index.documents())
    copy = tmp_path / "copy"
    with index.writer(memory=SMALL) as writer:
        writer.add(document(1000))
        assert backup(folder, copy).documents == len(before)
    again = Index.open(copy)
    assert sorted(found["id"] for found in again.documents()) == before
    assert set(again.search("quoc hoi", limit=100).ids) == set(before) & set(
        index.search("quoc hoi", limit=100).ids
    )
    again.add([document(2000)])  # an index like any other
    assert "d2000" in again
    assert "d2000" not in index
    with pytest.raises(IndexStateError, match="there already"):
        backup(folder, copy)


def test_a_damaged_index_gives_no_backup(folder: Path, tmp_path: Path) -> None:
    file = next((folder / "data-1").glob("*.pos"))
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=re.escape(file.name)):
        backup(folder, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_restore_over_a_damaged_index(folder: Path, tmp_path: Path) -> None:
    backup(folder, tmp_path / "copy")
    held = Index.open(folder)
    want = sorted(found["id"] for found in held.documents())
    held.add([document(500)])
    (folder / "searchlib.json").write_text("{", "utf-8")
    for file in (folder / "data-1").glob("*.store"):
        file.write_bytes(b"")
    restored = restore(tmp_path / "copy", folder)
    assert restored.is_whole
    assert sorted(found["id"] for found in Index.open(folder).documents()) == want
    assert sorted(found["id"] for found in held.documents()) == want
    assert {path.name for path in folder.iterdir()} == {"searchlib.json", "data-2"}


def test_of_two_restores_at_once_neither_spoils_the_other(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied, are_both_here = copies._copy, Barrier(2)

    def together(*arguments: Any) -> Any:
        with suppress(BrokenBarrierError):  # the other waits for this one
            are_both_here.wait(0.5)
        return copied(*arguments)

    monkeypatch.setattr(copies, "_copy", together)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(restore, folder, tmp_path / "new") for _ in range(2)]
        assert all(one.result().is_whole for one in both)
    assert verify(tmp_path / "new").is_whole
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_restore_of_a_damaged_backup_changes_nothing(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    backup(folder, copy)
    next((copy / "data-1").glob("*.fast")).write_bytes(b"broken")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(IndexDamagedError, match=r"\.fast"):
        restore(copy, folder)
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*") if path.is_file()}
    after.pop(folder / "data-1" / "writer.pid", None)
    assert after.items() <= before.items()
    assert verify(folder).is_whole


def test_restore_spares_what_is_no_index(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("Dear", "utf-8")
    with pytest.raises(IndexStateError, match="no index"):
        restore(folder, other)
    assert (other / "letter.txt").read_text("utf-8") == "Dear"


def test_a_copy_may_have_any_name_that_the_system_takes(folder: Path, tmp_path: Path) -> None:
    for size in (221, 222, 255):
        assert backup(folder, tmp_path / ("c" * size)).is_whole
        assert restore(folder, tmp_path / ("r" * size)).is_whole
    assert len(list(tmp_path.iterdir())) == 7
    long = "c" * 256
    for to in (tmp_path / long, tmp_path / long / "copy"):
        with pytest.raises(IndexStateError, match=r"no backup can be .*: File name too long"):
            backup(folder, to)
    for to in (tmp_path / long, tmp_path / "new" / long, tmp_path / long / "new"):
        with pytest.raises(IndexStateError, match=r"nothing can be .*: File name too long"):
            restore(folder, to)
    for path in (tmp_path / long, tmp_path / long / "new"):
        for copied in (backup, restore):
            with pytest.raises(IndexStateError, match="cannot be read: File name too long"):
                copied(path, tmp_path / "to")
    assert len(list(tmp_path.iterdir())) == 7


def test_a_restore_that_fails_leaves_no_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for to in ("new", "deep/new", "there", "there/new"):
        with pytest.raises(IndexNotFoundError):
            restore(tmp_path / "nope", tmp_path / to)
    store = next(folder.glob("data-*/*.store"))
    store.write_bytes(store.read_bytes()[:-9])
    for to in ("new", "deep/new", "there", "there/new"):
        with pytest.raises(IndexDamagedError):
            restore(folder, tmp_path / to)
    assert sorted(tmp_path.iterdir()) == [folder, tmp_path / "there"]
    assert list((tmp_path / "there").iterdir()) == []


def test_commits_made_during_a_check_are_no_damage(folder: Path) -> None:
    index = Index.open(folder)
    done = Event()

    def write() -> None:
        with index.writer(memory=SMALL) as writer:
            for number in range(1_000, 1_040):
                writer.add(document(number))
                writer.commit()
        done.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not done.is_set() and not writing.done():
            assert verify(folder).problems == ()
        writing.result()
    assert verify(folder).documents == len(index)


def test_a_rebuild_during_a_check_is_no_damage(folder: Path) -> None:
    want = len(Index.open(folder))
    with ThreadPoolExecutor(1) as pool:
        rebuilding = pool.submit(lambda: [reindex(folder) for _ in range(6)])
        while not rebuilding.done():
            found = verify(folder)
            assert (found.problems, found.documents) == ((), want)
        assert rebuilding.result() == [want] * 6


def changed(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "damage", "problem"),
    [
        ("commit.json", lambda path: path.write_bytes(b""), r"'commit\.json' is damaged"),
        ("commit.json", lambda path: path.write_bytes(b"[]"), r"'commit\.json' is damaged"),
        ("commit.json", lambda path: changed(path, b": 58", b": 59"), "its checksum differs"),
        (".managed.json", lambda path: path.unlink(), r"\.managed\.json' is missing"),
        (".managed.json", lambda path: path.write_bytes(b"{"), r"managed\.json' is damaged"),
        (".managed.json", lambda path: path.write_bytes(b"[]"), r"damaged: it lacks .*meta\.json"),
        ("meta.json", lambda path: changed(path, b":", b" :"), r"'meta\.json' is not as it was"),
        ("meta.json", lambda path: path.write_bytes(b"{}"), r"meta\.json' is damaged"),
    ],
    ids=str,
)
def test_what_stands_beside_the_files_is_checked_too(
    folder: Path, name: str, damage: Callable[[Path], object], problem: str
) -> None:
    assert verify(folder).is_whole
    damage(folder / "data-1" / name)
    found = verify(folder).problems
    assert len(found) == 1
    assert re.search(problem, found[0])


def test_a_commit_without_a_record_is_no_damage(folder: Path) -> None:
    """As a process leaves it that is killed between a commit and its record, or after a merge."""
    data = folder / "data-1"
    record = (data / "commit.json").read_bytes()
    Index.open(folder).add([document(n) for n in range(100, 110)])
    (data / "commit.json").write_bytes(record)  # that of the commit before
    assert verify(folder).problems == ()
    (data / "commit.json").unlink()
    assert verify(folder).problems == ()
    Index.open(folder).delete("d100")
    assert (data / "commit.json").exists()
    assert verify(folder).problems == ()


def test_merged_segments_are_as_good_as_those_of_the_commit(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path / "index")
    data = tmp_path / "index" / "data-1"
    with index.writer(memory=SMALL) as writer:
        for number in range(9):  # eight of a size are merged
            writer.add(document(number))
            writer.commit()
            record = (data / "commit.json").read_bytes()
    assert verify(tmp_path / "index").problems == ()
    assert (data / "commit.json").read_bytes() != record  # closed after the merge
    changed(data / "meta.json", b":", b" :")
    assert not verify(tmp_path / "index").is_whole
    changed(data / "meta.json", b" :", b":")
    (data / "commit.json").write_bytes(record)
    assert verify(tmp_path / "index").problems == ()


#: Each byte of a document store in turn gets another high bit, which is what lengths end by.
LENGTHS: Final = """
import sys
from pathlib import Path
from searchlib import Index, SearchlibError
folder = Path(sys.argv[1])
[store] = folder.glob("data-1/*.store")
whole = store.read_bytes()
told = 0
for place in range(len(whole)):
    for bit in (64, 128):
        with store.open("r+b") as file:  # never shorter: an engine that goes may look once more
            file.seek(place)
            file.write(bytes([whole[place] ^ bit]))
        try:
            assert Index.open(folder).get("d0")["title"] == "Old maps 0"
        except SearchlibError:
            told += 1
        with store.open("r+b") as file:
            file.write(whole)
print(told, len(whole))
"""


def test_no_damaged_length_ends_the_process(tmp_path: Path) -> None:
    """The engine sets memory aside for as much as a length says, and does not survive if there is
    none: so it must not see it."""
    Index(SCHEMA, tmp_path / "index").add([document(0)])
    done = run_python(LENGTHS, tmp_path / "index", timeout=300)
    assert done.returncode == 0, done.stderr[-2_000:]
    told, size = map(int, done.stdout.split())
    assert told >= 2 * (size - 100)  # all but some of the footer's


def test_no_deleted_document_comes_back(folder: Path) -> None:
    (file,) = (folder / "data-1").glob("*.del")
    whole = file.read_bytes()
    for place in range(len(whole) - 100):
        for bit in range(8):
            broken = bytearray(whole)
            broken[place] ^= 1 << bit
            with file.open("r+b") as opened:
                opened.write(broken)
            with pytest.raises(IndexDamagedError, match=re.escape(file.name)):
                Index.open(folder)


def test_an_open_index_checks_what_others_write(folder: Path) -> None:
    """Once for each file: those of a later commit, another's, too."""
    held = Index.open(folder)
    assert held.get("d7") is not None
    Index.open(folder).add([document(900)])
    newest = max((folder / "data-1").glob("*.store"), key=lambda path: path.stat().st_mtime_ns)
    changed(newest, b"d900", b"d901")
    assert held.get("d7") is not None  # in another segment
    with pytest.raises(IndexDamagedError, match=re.escape(newest.name)):
        held.get("d900")
    with pytest.raises(IndexDamagedError, match=re.escape(newest.name)):
        held.search("maps", limit=100)


@pytest.mark.parametrize("ending", ["term", "idx", "pos", "fast", "fieldnorm", "store"])
def test_no_merge_takes_damage_over(folder: Path, ending: str) -> None:
    """A merge gives what it copies a new checksum, and sets memory aside for as much as it is told:
    so a writer looks before."""
    for file in (folder / "data-1").glob(f"*.{ending}"):
        broken = bytearray(file.read_bytes())
        broken[len(broken) // 2] ^= 1
        file.write_bytes(broken)
    index = Index.open(folder)
    for _ in range(2):
        with pytest.raises(IndexDamagedError, match=rf"\.{ending}' is not as it was written"):
            index.add([document(100)])
        with pytest.raises(IndexDamagedError, match=rf"\.{ending}' is not as it was written"):
            index.writer()
    assert not verify(folder).is_whole
    assert Index.open(folder, limits=Limits(checked=1)).add([]).added == 0  # at one's own risk


def test_what_was_merged_away_is_read_on(folder: Path) -> None:
    """A reader of an older commit has the files open that a merge has deleted since."""
    reader = Index.open(folder).searcher()
    with Index.open(folder).writer(memory=SMALL) as writer:
        for number in range(100, 109):
            writer.add(document(number))
            writer.commit()
    assert Index.open(folder).get("d101") is not None
    assert reader.get("d7") == document(7)
    assert len(list(reader.documents())) == 58


def test_as_much_is_checked_as_is_asked_for(folder: Path) -> None:
    stores = sorted((folder / "data-1").glob("*.store"), key=lambda path: path.stat().st_size)
    changed(stores[1], b"Old maps", b"Odd maps")
    size = sum(store.stat().st_size for store in stores)
    with pytest.raises(IndexDamagedError, match=re.escape(stores[1].name)):
        Index.open(folder, limits=Limits(checked=size)).get("d0")
    with pytest.raises(IndexDamagedError, match="'d0' is not as it was stored"):  # by its own
        Index.open(folder, limits=Limits(checked=size - 1)).get("d0")


def test_threads_check_a_file_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(name: str, *others: Any) -> int:
        read.append(name)
        return copy_checked(name, *others)

    monkeypatch.setattr(checks, "copy_checked", counted)
    for file in (folder / "data-1").glob("*.*"):  # not those that this process knows
        os.utime(file, ns=(1, 1))
    index = Index.open(folder)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: index.search("maps", limit=100).ids, range(32)))
    assert len(set(found)) == 1
    assert Index.open(folder).search("maps", limit=100).ids == found[0]
    stores = [name for name in read if name.endswith(".store")]
    assert len(stores) == len(set(stores)) == 2
