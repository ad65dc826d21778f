"""Commands that look after an index, and what becomes of indexes that are not well."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from searchlib import Index, verify
from searchlib.cli.app import run as run_here
from tests.cli import DOCUMENTS, PROGRAM, SCHEMA, call, environment, make_index, on_terminal
from tests.conftest import change_manifest

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> str:
    return make_index(tmp_path / "idx")


def damage(path: str) -> Path:
    """Change a byte in the middle of the largest file of an index."""
    file = max(Path(path).rglob("*.store"), key=lambda one: one.stat().st_size)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    return file


def test_what_an_index_holds(path: str, capsys: Capture) -> None:
    assert run_here(["info", path, "--words"]) == 0
    shown = capsys.readouterr().out
    stats = Index.open(path).stats(words=True)
    assert f"documents  {len(DOCUMENTS)}" in shown and "English 2" in shown
    assert stats.words is not None
    assert f"title    text      {stats.words['title']} words, weight 2" in shown
    assert "section  category\n" in shown and "raw      stored\n" in shown


def test_what_an_index_holds_as_json(path: str, capsys: Capture) -> None:
    assert run_here(["info", path, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["documents"] == len(DOCUMENTS) and plain["schema"] == SCHEMA.to_dict()
    assert {"analysis", "icu", "tantivy"} <= set(plain["versions"])


def test_a_whole_index_is_whole(path: str) -> None:
    done = call("verify", path)
    assert (done.returncode, done.stderr) == (0, "")
    found = verify(path)
    assert done.stdout.startswith(f"whole: 6 documents, {found.files} files, ")


def test_a_damaged_index_is_told_by_the_name_of_its_file(path: str, capsys: Capture) -> None:
    file = damage(path)
    assert run_here(["verify", path]) == 3
    captured = capsys.readouterr()
    assert captured.out.startswith("damaged: 1 problem\n") and file.name in captured.out
    assert run_here(["verify", path, "--json"]) == 3
    plain = json.loads(capsys.readouterr().out)
    assert not plain["is_whole"] and file.name in plain["problems"][0]


def test_a_backup_and_what_it_brings_back(path: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    done = call("backup", path, copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("copied and checked: 6 documents, ")
    assert call("backup", path, copy).returncode == 3, "no copy is overwritten"
    Index.open(path).delete("a", "b")
    refused = call("restore", copy, path)
    assert refused.returncode == 2 and "--yes replaces it" in refused.stderr
    assert len(Index.open(path)) == 4
    assert call("restore", copy, path, "--yes").returncode == 0
    assert len(Index.open(path)) == 6
    assert call("restore", copy, tmp_path / "elsewhere").returncode == 0


@pytest.mark.parametrize(("answer", "code", "count"), [("y\n", 0, 6), ("\n", 2, 5), ("\x04", 2, 5)])
def test_somebody_is_asked_before_an_index_is_replaced(
    path: str, tmp_path: Path, answer: str, code: int, count: int
) -> None:
    assert run_here(["backup", path, str(tmp_path / "copy")]) == 0
    Index.open(path).delete("a")
    seen = on_terminal("restore", tmp_path / "copy", path, typed=answer)
    assert "Replace what is in" in seen.output and seen.code == code
    assert len(Index.open(path)) == count


def test_nothing_is_restored_from_what_is_no_backup(path: str, tmp_path: Path) -> None:
    done = call("restore", tmp_path / "nosuch", path, "--yes")
    assert done.returncode == 3 and "there is no index in" in done.stderr
    assert len(Index.open(path)) == 6


def test_an_index_of_other_rules_says_which_command_helps(path: str) -> None:
    change_manifest(Path(path), analysis="1")
    done = call("search", path, "quoc hoi")
    assert done.returncode == 3 and "searchlib reindex" in done.stderr
    assert "searchlib.reindex" not in done.stderr
    again = call("reindex", path)
    assert (again.returncode, again.stdout) == (0, "rebuilt: 6 documents\n")
    assert call("search", path, "quoc hoi").returncode == 0


@pytest.mark.parametrize(
    "command",
    ["search", "info", "verify", "reindex", "export", "serve", "suggest"],
)
def test_where_there_is_no_index(tmp_path: Path, capsys: Capture, command: str) -> None:
    rest = ["x"] if command == "suggest" else []
    assert run_here([command, str(tmp_path), *rest]) == 3
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert "there is no index in" in captured.err
    assert "searchlib index FOLDER FILE" in captured.err and "Index(" not in captured.err


@pytest.mark.parametrize("command", ["search", "info", "export", "reindex", "backup"])
def test_a_damaged_index_is_a_line_and_no_traceback(
    path: str, tmp_path: Path, command: str
) -> None:
    (Path(path) / "searchlib.json").write_text("{", "utf-8")
    done = call(command, path, *([tmp_path / "copy"] if command == "backup" else []))
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr.startswith("searchlib: ") and done.stderr.count("\n") == 1
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize("command", ["index", "reindex"])
def test_a_locked_index_has_a_code_of_its_own(path: str, command: str) -> None:
    with Index.open(path).writer():
        rows = '{"id": "z"}\n' if command == "index" else ""
        done = call(command, path, text=rows)
    assert done.returncode == 4
    assert done.stderr.startswith("searchlib: ") and done.stderr.count("\n") == 1
    assert path in done.stderr


@pytest.mark.parametrize("command", ["index", "reindex", "restore"])
def test_another_writer_can_be_waited_for(command: str, path: str, tmp_path: Path) -> None:
    copy, source = tmp_path / "copy", tmp_path / "a.jsonl"
    source.write_text('{"id": "new"}\n', "utf-8")
    assert call("backup", path, copy).returncode == 0
    lines: dict[str, list[object]] = {
        "index": [command, path, source],
        "reindex": [command, path],
        "restore": [command, copy, path, "--yes"],
    }
    arguments = lines[command]
    with Index.open(path).writer():
        done = call(*arguments)
        assert done.returncode == 4 and "wait for it with --wait SECONDS" in done.stderr
        begun = time.monotonic()
        assert call(*arguments, "--wait", 0.3).returncode == 4
        assert time.monotonic() - begun >= 0.3
        command_line = [*PROGRAM, *map(str, arguments), "--wait", "60"]
        process = subprocess.Popen(command_line, env=environment(), stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
    assert process.wait(60) == 0


def test_a_damaged_index_says_which_commands_help(path: str) -> None:
    manifest = Path(path, "searchlib.json")
    manifest.write_text("{", "utf-8")
    done = call("info", path)
    assert done.returncode == 3
    assert "searchlib verify FOLDER names all that is damaged" in done.stderr
    assert "searchlib restore BACKUP FOLDER puts a backup" in done.stderr
    assert "searchlib." not in done.stderr.replace("searchlib.json", "")


def test_an_index_of_another_format_says_which_commands_help(path: str) -> None:
    change_manifest(Path(path), format=1)
    done = call("info", path)
    assert done.returncode == 3 and "searchlib export FOLDER all.jsonl" in done.stderr
    assert "Index.open" not in done.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace('"title"', '"titel"'), "its checksum differs"),
        (lambda text: text.replace('"checksum"', '"sum"'), "it holds no 'checksum'"),
        (lambda text: "{}", "it holds no 'format'"),
        (lambda text: "[1]", "what it holds is of other types than it was written with"),
        (lambda text: "7", "what it holds is of other types than it was written with"),
    ],
)
def test_a_damaged_manifest_says_what_is_wrong_with_it(
    path: str, change: Callable[[str], str], says: str
) -> None:
    manifest = Path(path, "searchlib.json")
    manifest.write_text(change(manifest.read_text("utf-8")), "utf-8")
    done = call("info", path)
    assert done.returncode == 3 and f"is no manifest: {says}. searchlib verify" in done.stderr
    assert "Error" not in done.stderr
    assert f"is no manifest: {says}\n" in call("verify", path).stdout


def test_a_copy_that_cannot_be_made_says_why(path: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", "utf-8")
    for parent in (tmp_path / "nope", file):
        done = call("backup", path, parent / "copy")
        assert done.returncode == 3
        assert done.stderr.endswith(f": there is no folder {str(parent)!r}; make it first\n")
    done = call("restore", path, file / "idx", "--yes")
    assert done.returncode == 3 and "[Errno" not in done.stderr
    assert done.stderr.endswith(f"nothing can be restored to '{file}/idx': Not a directory\n")
    done = call("index", file / "idx", text='{"id": "1", "title": "Boats"}\n')
    assert done.returncode == 3 and "[Errno" not in done.stderr
    assert sorted(tmp_path.iterdir()) == [file, Path(path)]
