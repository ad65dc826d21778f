"""An index that is open in one process while others write to its folder, or put another there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any, Final

import pytest

from searchlib import (
    AnalysisMismatchError,
    Index,
    IndexLockedError,
    Integer,
    Schema,
    SchemaMismatchError,
    Text,
    backup,
    copies,
    rebuild,
    reindex,
    restore,
    verify,
)
from searchlib.engine import store
from tests.conftest import SMALL, SOURCE, change_manifest

SCHEMA: Final = Schema({"title": Text()}, languages=["en"])
OTHER: Final = Schema({"title": Text(), "year": Integer()}, languages=["en"])

#: Opens an index, then does what it is told, a line each, and answers with a line.
SERVE: Final = """
import sys
from searchlib import Index, SearchlibError
index = Index.open(sys.argv[1])
held = []
print(len(index), flush=True)
for line in sys.stdin:
    doing, _, what = line.strip().partition(" ")
    try:
        if doing == "add":
            answer = index.add([{"id": what, "title": "maps " + what}]).added
        elif doing == "search":
            answer = " ".join(sorted(index.search("maps", limit=100).ids))
        elif doing == "hold":
            held.append(index.writer(memory=15_000_000))
            answer = "held"
        elif doing == "release":
            held.pop().close()
            answer = "released"
        else:
            index, answer = Index.open(sys.argv[1]), "opened"
    except SearchlibError as error:
        answer = f"{type(error).__name__}: {error}".replace(chr(10), " ")
    print(answer, flush=True)
"""


class Process:
    """Another process that has an index open."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
        )
        self.documents = self._answer()

    def ask(self, what: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Index(SCHEMA, tmp_path / "index").add([{"id": "first", "title": "maps"}])
    return tmp_path / "index"


@pytest.fixture
def process(folder: Path) -> Iterator[Process]:
    other = Process(folder)
    assert other.documents == "1"
    yield other
    other.process.kill()
    other.process.communicate()


def restored(folder: Path) -> None:
    """Put an index of another schema in the place of one, as a backup of it."""
    copy = folder.with_name("copy")
    Index(OTHER, copy).add([{"id": "o", "title": "maps", "year": 1}])
    restore(copy, folder)


def made_anew(folder: Path) -> None:
    """Likewise by hand, so that even the names of the folders are the same."""
    shutil.rmtree(folder)
    Index(OTHER, folder).add([{"id": "o", "title": "maps", "year": 1}])


def moved_there(folder: Path) -> None:
    other = folder.with_name("other")
    Index(OTHER, other).add([{"id": "o", "title": "maps", "year": 1}])
    folder.rename(folder.with_name("away"))
    other.rename(folder)


def one_added(folder: Path, wait: float) -> None:
    with Index.open(folder).writer(wait=wait) as writer:
        writer.add({"id": "second", "title": "maps"})


def copy_restored(folder: Path, wait: float) -> None:
    restore(folder.with_name("copy"), folder, wait=wait)


def rebuilt(folder: Path, wait: float) -> None:
    reindex(folder, wait=wait)


@pytest.mark.parametrize("replace", [restored, made_anew, moved_there])
@pytest.mark.parametrize("first", ["search", "add n"])
def test_another_schema_in_its_place_is_told(
    folder: Path, process: Process, replace: object, first: str
) -> None:
    assert callable(replace)
    replace(folder)
    for doing in (first, "search", "add n", "hold", first):
        answer = process.ask(doing)
        assert answer.startswith("SchemaMismatchError: another index has taken the place"), answer
        assert "open it anew with Index.open(" in answer
        assert str(folder) in answer
    with pytest.raises(SchemaMismatchError):
        Index(SCHEMA, folder)
    assert verify(folder).is_whole
    index = Index.open(folder)
    assert index.schema == OTHER
    assert index.search().ids == ("o",)
    index.add([{"id": "p", "title": "maps", "year": 2}])  # nobody holds the lock
    assert process.ask("open") == "opened"
    assert process.ask("search") == "o p"


def test_restore_of_the_same_schema_is_followed(folder: Path, process: Process) -> None:
    backup(folder, folder.with_name("copy"))
    assert process.ask("add second") == "1"
    restore(folder.with_name("copy"), folder)
    assert process.ask("search") == "first"
    assert process.ask("add third") == "1"
    assert sorted(Index.open(folder).search("maps").ids) == ["first", "third"]
    assert verify(folder).problems == ()


def test_threads_that_wait_while_an_index_is_rebuilt_write_to_the_new_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, fill = Index.open(folder), rebuild._fill

    def waited_for(*arguments: Any) -> None:
        waiting.extend(pool.submit(add, name) for name in ("one", "two"))
        sleep(0.2)
        fill(*arguments)

    def add(name: str) -> None:
        with index.writer(wait=30) as writer:
            writer.add({"id": name, "title": "maps"})

    waiting: list[Future[None]] = []
    monkeypatch.setattr(rebuild, "_fill", waited_for)
    with ThreadPoolExecutor() as pool:
        assert reindex(folder) == 1
    for one in waiting:
        one.result()
    assert sorted(Index.open(folder).search("maps").ids) == ["first", "one", "two"]
    assert verify(folder).problems == ()


def test_an_index_of_the_same_schema_made_anew_is_followed(folder: Path, process: Process) -> None:
    shutil.rmtree(folder)
    again = Index(SCHEMA, folder)
    again.add([{"id": "again", "title": "maps"}])
    assert process.ask("search") == "again"
    assert process.ask("add more") == "1"
    assert sorted(again.search("maps").ids) == ["again", "more"]
    assert verify(folder).problems == ()


@pytest.mark.parametrize("replace", [restored, reindex])
def test_what_has_a_writer_is_not_replaced(folder: Path, process: Process, replace: object) -> None:
    assert callable(replace)
    assert process.ask("hold") == "held"
    with pytest.raises(IndexLockedError, match=f"process {process.process.pid}") as caught:
        replace(folder)
    assert caught.value.pid == process.process.pid
    assert process.ask("search") == "first"
    assert process.ask("release") == "released"
    assert process.ask("add second") == "1"
    assert verify(folder).problems == ()
    assert len(Index.open(folder)) == 2
    replace(folder)
    assert Index.open(folder).search().total == (1 if replace is restored else 2)


@pytest.mark.parametrize("replace", [copy_restored, rebuilt])
@pytest.mark.parametrize("write", [one_added, copy_restored, rebuilt])
def test_who_waits_goes_on_with_the_one_in_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, replace: object, write: object
) -> None:
    """The lock that is waited for goes with the files among which it stands."""
    assert callable(replace) and callable(write)
    backup(folder, folder.with_name("copy"))
    is_held, is_waited_for = Event(), Event()

    def held(work: Callable[..., object]) -> Callable[..., object]:
        def until_waited_for(*arguments: object) -> object:
            is_held.set()
            assert is_waited_for.wait(30)
            return work(*arguments)

        return until_waited_for

    def slept(seconds: float) -> None:
        is_waited_for.set()
        sleep(seconds)

    monkeypatch.setattr(rebuild, "_fill", held(rebuild._fill))
    monkeypatch.setattr(copies, "_copy", held(copies._copy))
    monkeypatch.setattr(store, "sleep", slept)
    index = Index.open(folder)
    with ThreadPoolExecutor(1) as pool:
        replaced = pool.submit(replace, folder, 0)
        assert is_held.wait(30)
        write(folder, 30)
        replaced.result()
    assert len(index) == (2 if write is one_added else 1)
    assert verify(folder).problems == ()


def test_who_opens_it_meanwhile_opens_the_one_in_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, replacing = Index.open(folder), [reindex]

    def replaced_before(*arguments: object, **options: object) -> object:
        if replacing:  # after the manifest was read
            replacing.pop()(folder)
        return store.Store(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("searchlib.index.Store", replaced_before)
    assert Index.open(folder).search("maps").ids == ("first",)
    replacing += [reindex, reindex]
    assert held.search("maps").ids == Index.open(folder).search("maps").ids == ("first",)
    assert not replacing


def test_other_rules_of_analysis_are_told_before_a_write(folder: Path, process: Process) -> None:
    """As where another release has rebuilt the index meanwhile."""
    change_manifest(folder, analysis="0")
    answer = process.ask("add second")
    assert answer.startswith(AnalysisMismatchError.__name__)
    assert "reindex" in answer
    reindex(folder)
    assert process.ask("add second") == "1"
    assert process.ask("search") == "first second"


def test_who_writes_in_turn_leaves_an_index_whole(folder: Path, process: Process) -> None:
    """The engine keeps a list of its files in memory: it must be that of the last who wrote, or
    files of others are never deleted, and look damaged."""
    mine, again = Index.open(folder), Index.open(folder)
    for number in range(12):
        mine.add([{"id": f"m{number}", "title": "maps"}])
        assert process.ask(f"add t{number}") == "1"
        again.add([{"id": f"a{number}", "title": "maps"}])
        with mine.writer(memory=SMALL) as writer:
            writer.delete(f"a{number}")
        assert verify(folder).problems == ()
    assert len(Index.open(folder)) == len(mine) == 25
    data = folder / "data-1"
    listed = set(json.loads((data / ".managed.json").read_text("utf-8")))
    there = {path.name for path in data.iterdir() if path.name[0] != "."}
    assert there - {"commit.json", "writer.pid"} == {name for name in listed if name[0] != "."}
    segments = json.loads((data / "meta.json").read_text("utf-8"))["segments"]
    assert len(list(data.glob("*.store"))) == len(segments)


def test_a_writer_given_up_leaves_no_merge_behind(folder: Path) -> None:
    """Its merges go on where its changes are undone, and would put their list of files in the place
    of the next writer's."""
    index = Index.open(folder)
    data = folder / "data-1"
    words = [f"w{n % 9973}" for n in range(20_000)]
    for attempt in range(3):
        with suppress(KeyError), index.writer(memory=SMALL) as writer:
            for number in range(100_000):
                title = " ".join(words[number % 9_000 : number % 9_000 + 100])
                writer.add({"id": str(number), "title": title})
                if not number % 50 and len(list(data.glob("*.store"))) > 9:  # it merges
                    raise KeyError
        index.add([{"id": f"after-{attempt}", "title": "maps"}])
        sleep(0.3)
        assert verify(folder).problems == ()
    assert len(index) == 4


def test_what_the_list_of_files_lacks_the_next_writer_adds(folder: Path) -> None:
    """Else it would stay on the disk for ever, once merged away."""
    listed = folder / "data-1" / ".managed.json"
    names = json.loads(listed.read_text("utf-8"))
    listed.write_text(json.dumps([name for name in names if not name.endswith(".store")]), "utf-8")
    assert "lacks" in str(verify(folder).problems)
    index = Index.open(folder)
    index.add([{"id": "second", "title": "maps"}])
    assert verify(folder).problems == ()
    for number in range(20):
        index.add([{"id": f"more-{number}", "title": "maps"}])
    stores = {path.name for path in listed.parent.glob("*.store")}
    assert stores == {name for name in json.loads(listed.read_text("utf-8")) if ".store" in name}
    segments = json.loads((listed.parent / "meta.json").read_text("utf-8"))["segments"]
    assert len(stores) == len(segments) < 20
