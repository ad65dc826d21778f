"""A folder becomes an index, and nothing in it that is not the library's is ever deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from errno import EACCES
from pathlib import Path
from typing import Final

import pytest

from searchlib import (
    DocumentError,
    Index,
    IndexStateError,
    Integer,
    Schema,
    Text,
    backup,
    reindex,
    restore,
    verify,
)
from searchlib.cli.app import run as run_here
from searchlib.io import infer
from searchlib.making import Made, make_folder, stranger_in, take_back
from searchlib.manifest import Manifest
from tests.conftest import SOURCE

SCHEMA: Final = Schema({"year": Integer(), "title": Text()}, languages=["fr"])


def files_of(folder: Path) -> dict[str, str]:
    """Each file of somebody's own → what is in it."""
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that somebody works in."""
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "thesis.txt").write_text("my thesis", "utf-8")
    (folder / "src" / "code.py").write_text("x = 1\n", "utf-8")
    (folder / "rows.jsonl").write_text('{"id": "1", "year": "soon"}\n', "utf-8")
    return folder


@pytest.mark.parametrize(
    "options",
    [
        ["--integer", "year"],  # no row fits
        ["--language", "klingon!"],
        ["--bad-rows", "/nowhere/at/all.jsonl"],
    ],
)
def test_an_index_that_nothing_came_into_takes_nothing_with_it(
    project: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(project)
    monkeypatch.chdir(project)
    assert run_here(["index", ".", "rows.jsonl", *options]) != 0
    assert files_of(project) == before  # nor is an index left, whose schema another try would meet


def test_an_interrupt_takes_nothing_with_it(project: Path) -> None:
    before = files_of(project)
    schema = project.parent / "schema.py"
    schema.write_text(f"from searchlib import *\nschema = {SCHEMA!r}\n", "utf-8")
    reading, writing = os.pipe()  # from which nothing comes
    running = subprocess.Popen(
        [sys.executable, "-m", "searchlib", "index", ".", "-", "--schema", schema],
        cwd=project,
        stdin=reading,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    os.close(reading)
    while not (project / "searchlib.json").exists():
        assert running.poll() is None
    time.sleep(0.5)  # it reads
    running.send_signal(2)
    assert running.wait(30) == 130
    os.close(writing)
    assert files_of(project) == before


def test_an_empty_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(Exception, match="year"):
        Index.from_records([{"id": "1", "year": "soon"}], folder, schema=SCHEMA)
    assert list(folder.iterdir()) == []
    with pytest.raises(Exception, match="year"):
        Index.from_records([{"id": "1", "year": "soon"}], tmp_path / "new", schema=SCHEMA)
    assert not (tmp_path / "new").exists()


def test_an_index_that_another_writes_to_stays(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    made = make_folder(SCHEMA, folder)
    assert made == Made(str(folder), True)
    assert make_folder(SCHEMA, folder) is None
    with Index.open(folder).writer() as writer:
        writer.add({"id": "a", "title": "L’été"})
        take_back(made)
    take_back(made)  # nor with a document in it
    assert Index.open(folder).search("ete").ids == ("a",)
    assert verify(folder).is_whole


def test_who_makes_an_index_while_one_is_taken_back_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, remove = tmp_path / "index", Manifest.remove
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[None]] = []

        def other() -> None:
            Index(SCHEMA, folder).add([{"id": "a", "title": "L’été"}])

        def removed(manifest: Manifest, path: Path) -> None:
            remove(manifest, path)
            others.append(pool.submit(other))
            time.sleep(0.5)  # for as much as it can do before the files are gone

        monkeypatch.setattr(Manifest, "remove", removed)
        with pytest.raises(DocumentError, match="year"):
            Index.from_records([{"id": "1", "year": "soon"}], folder, schema=SCHEMA)
        others[0].result()
    assert Index.open(folder).search("ete").ids == ("a",)
    assert verify(folder).is_whole


def test_who_is_refused_deletes_nothing(tmp_path: Path) -> None:
    row = {"id": "b", "title": "one two three four five six seven"}
    schema = infer([row]).schema
    assert schema is not None
    # A program that looks before the index is there, and goes on when another writes to it.
    waiting = subprocess.Popen(
        [sys.executable, "-m", "searchlib", "index", "index", "-"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        text=True,
    )
    time.sleep(2)
    with Index(schema, tmp_path / "index").writer() as writer:
        writer.add({"id": "a", "title": "L’été"})
        _, told = waiting.communicate(json.dumps(row), timeout=30)
        assert waiting.returncode == 4 and "has a writer already" in told
    assert Index.open(tmp_path / "index").search("ete").ids == ("a",)


@pytest.mark.parametrize("name", ["measurements.csv", "meta.json.bak", "notes", ".hidden"])
def test_folders_that_are_called_like_data_are_not_deleted(tmp_path: Path, name: str) -> None:
    def own(folder: str, data: str) -> Path:
        path = tmp_path / folder / data / name
        path.parent.mkdir(parents=True)
        path.write_text("mine", "utf-8")
        return path

    kept = [own("one", "data-1"), own("two", "data-2"), own("three", "data-2023")]
    with pytest.raises(IndexStateError, match=f"'data-1'.*holds '{name}'.*another folder"):
        Index(SCHEMA, tmp_path / "one")
    two = Index(SCHEMA, tmp_path / "two")
    two.add([{"id": "a", "title": "L’été"}])
    assert reindex(tmp_path / "two") == 1
    assert two.search("ete").ids == ("a",)
    backup(tmp_path / "two", tmp_path / "copy")
    with pytest.raises(IndexStateError, match="something that is no index"):
        restore(tmp_path / "copy", tmp_path / "three")
    kept.append(own("two", "data-0"))
    restore(tmp_path / "copy", tmp_path / "two")
    assert two.search("ete").ids == ("a",)
    assert [path.read_text("utf-8") for path in kept] == ["mine"] * 4


@pytest.mark.parametrize("leads_to", ["nothing", "other/data-1"])
def test_a_link_that_is_called_like_data_is_left_alone(tmp_path: Path, leads_to: str) -> None:
    index, other = Index(SCHEMA, tmp_path / "index"), Index(SCHEMA, tmp_path / "other")
    index.add([{"id": "a", "title": "L’été"}])
    other.add([{"id": "b", "title": "L’hiver"}])
    link = tmp_path / "index" / "data-2"
    link.symlink_to(tmp_path / leads_to)
    assert reindex(tmp_path / "index") == 1
    assert index.search("ete").ids == ("a",)
    backup(tmp_path / "index", tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "index")
    assert index.search("ete").ids == ("a",)
    assert link.is_symlink()
    assert other.search("hiver").ids == ("b",)
    assert sorted(os.listdir(tmp_path / "index")) == ["data-2", "data-4", "searchlib.json"]


def test_an_empty_folder_that_is_called_like_data_makes_no_index_of_its_folder(
    tmp_path: Path,
) -> None:
    Index(SCHEMA, tmp_path / "index").add([{"id": "a", "title": "L’été"}])
    project = tmp_path / "project"
    (project / "data-2024").mkdir(parents=True)
    restore(tmp_path / "index", project)  # it may be of a making that was cut off
    assert Index.open(project).search("ete").ids == ("a",)
    other = tmp_path / "other"
    (other / "data-2024").mkdir(parents=True)
    (other / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(IndexStateError, match="something that is no index"):
        restore(tmp_path / "index", other)
    assert sorted(path.name for path in other.iterdir()) == ["data-2024", "notes.txt"]


def test_what_may_not_be_looked_into_is_not_of_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(SCHEMA, tmp_path)
    index.add([{"id": "a", "title": "L’été"}])
    closed, look = tmp_path / "data-2", os.listdir
    closed.mkdir()

    def listdir(path: str) -> list[str]:
        if str(path) == str(closed):  # as for all but the superuser
            raise PermissionError(EACCES, os.strerror(EACCES), path)
        return look(path)

    monkeypatch.setattr(os, "listdir", listdir)
    assert reindex(tmp_path) == 1
    backup(tmp_path, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path)
    assert index.search("ete").ids == ("a",)
    assert {path.name for path in tmp_path.iterdir()} == {
        "copy", "data-2", "data-4", "searchlib.json"
    }  # fmt: skip


def test_what_an_index_consists_of_is_known(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path / "index")
    for number in range(4):
        index.add([{"id": str(number), "title": "L’été"}])
    index.delete("0")
    writer = index.writer()
    writer.add({"id": "5", "title": "L’hiver"})
    data = tmp_path / "index" / json.loads((tmp_path / "index/searchlib.json").read_text())["data"]
    assert len(list(data.iterdir())) > 10
    assert stranger_in(data) is None
    writer.close()
    (data / "x").touch()
    assert stranger_in(data) == "x"


def test_an_index_stays_where_it_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        Index(SCHEMA, "index").add([{"id": name, "title": "L’été"}])
    monkeypatch.chdir(tmp_path / "one")
    index = Index.open("index")
    monkeypatch.chdir(tmp_path / "other")
    assert index.add([{"id": "second", "title": "L’été"}]).added == 1
    assert set(index.search("ete").ids) == {"one", "second"}
    with index.writer() as writer:
        writer.delete("second")
        monkeypatch.chdir(tmp_path)
    assert index.search("ete").ids == ("one",)
    assert Index.open("other/index").search("ete").ids == ("other",)
    assert repr(index) == "<Index in 'index': 1 documents>"


@pytest.mark.skipif(sys.platform != "linux", reason="names of other systems are of Unicode")
def test_what_folder_the_program_is_in_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "caf\udce9"
    odd.mkdir()
    monkeypatch.chdir(odd)
    with pytest.raises(IndexStateError, match="names of UTF-8 alone"):
        Index(SCHEMA, "index")
    assert not list(odd.iterdir())
    odd.rmdir()
    with pytest.raises(IndexStateError, match=r"'index'.*is gone"):
        Index(SCHEMA, "index")
