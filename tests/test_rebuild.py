"""A rebuild goes on where it was cut off; the old index serves until the new one is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import Index, Integer, Schema, Text, reindex, verify
from searchlib.analysis import ANALYSIS_VERSION
from tests.conftest import change_manifest, run_python

SCHEMA: Final = Schema({"title": Text(), "n": Integer()}, languages=["en"])

#: Rebuilds with a commit each twenty documents, ends the process after so many, or tells how many
#: documents it went over.
REBUILD: Final = """
import os, sys
from searchlib import rebuild
rebuild._EACH = 20
made, rebuilding = [], rebuild.rebuilding
def counted(*arguments):
    if len(made) == int(sys.argv[2]):
        os._exit(9)
    made.append(1)
    return rebuilding(*arguments)
rebuild.rebuilding = counted
print(rebuild.reindex(sys.argv[1]), len(made))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index = Index(SCHEMA, tmp_path / "index")
    for start in range(0, 100, 25):
        index.add([{"id": str(n), "title": f"map {n}", "n": n} for n in range(start, start + 25)])
    index.delete("7", "70")
    change_manifest(tmp_path / "index", analysis="older")
    return tmp_path / "index"


def contents(folder: Path) -> dict[str, dict[str, Any]]:
    return {document["id"]: document for document in Index.open(folder).documents()}


def expected(*others: int) -> dict[str, dict[str, Any]]:
    numbers = [*(n for n in range(100) if n not in (7, 70)), *others]
    return {str(n): {"id": str(n), "title": f"map {n}", "n": n} for n in numbers}


def test_it_goes_on_where_it_was_cut_off(folder: Path) -> None:
    assert run_python(REBUILD, folder, 50).returncode == 9
    done = run_python(REBUILD, folder, 25)  # after 40, 25 more are not enough
    assert done.returncode == 9
    done = run_python(REBUILD, folder, 1_000)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["98", "38"]  # 60 were there
    assert contents(folder) == expected()
    assert verify(folder).is_whole
    assert Index.open(folder).search("map", limit=0).total == 98
    assert {path.name for path in folder.iterdir()} == {"searchlib.json", "data-2"}


def test_the_old_one_serves_until_the_new_one_is_whole(folder: Path) -> None:
    change_manifest(folder, analysis=ANALYSIS_VERSION)
    held = Index.open(folder)
    assert run_python(REBUILD, folder, 50).returncode == 9
    assert (folder / "data-2").is_dir()
    assert contents(folder) == expected()
    assert held.search("map").total == 98
    assert reindex(folder) == 98
    assert held.search("map").total == 98


def test_what_was_written_meanwhile_is_in_it(folder: Path) -> None:
    change_manifest(folder, analysis=ANALYSIS_VERSION)
    assert run_python(REBUILD, folder, 50).returncode == 9
    Index.open(folder).add([{"id": "100", "title": "map 100", "n": 100}])
    done = run_python(REBUILD, folder, 1_000)
    assert done.stdout.split() == ["99", "99"]  # afresh
    assert contents(folder) == expected(100)


@pytest.mark.parametrize("damage", ["", "{", '{"of": "data-1"}'])
def test_a_beginning_of_another_kind_is_made_anew(folder: Path, damage: str) -> None:
    assert run_python(REBUILD, folder, 50).returncode == 9
    (folder / "data-2" / "rebuild.json").write_text(damage, "utf-8")
    assert reindex(folder) == 98
    assert contents(folder) == expected()


def test_no_room_for_the_new_one_leaves_the_old_one(folder: Path) -> None:
    code = """
import resource, sys
from searchlib import SearchlibError, reindex
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500, limits[1]))
try:
    reindex(sys.argv[1])
except SearchlibError as error:
    print("room" in str(error), type(error).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
print(reindex(sys.argv[1]))
"""
    done = run_python(code, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True", "IndexStateError", "98"]
    assert contents(folder) == expected()
