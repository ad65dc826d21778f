"""The command line as a process: pipes, signals, full disks, missing parts, how soon it starts."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import pytest

from searchlib import Index, __version__
from searchlib.cli import app
from searchlib.cli.app import COMMANDS
from searchlib.cli.app import run as run_here
from tests.cli import PROGRAM, environment, lines_of_json, make_index, on_terminal, run, shell
from tests.conftest import run_python

Capture = pytest.CaptureFixture[str]

#: More than any pipe holds, so that a program has to notice that its reader has gone.
MANY: Final[list[dict[str, Any]]] = [
    {"id": str(n), "title": f"Quốc hội {n}", "body": "hợp tác " * 200} for n in range(300)
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_index(tmp_path_factory.mktemp("cli") / "idx", MANY)


def test_the_first_line_of_json_is_a_hit(path: str, tmp_path: Path) -> None:
    done = shell(f'searchlib search {path} "quoc hoi" --json | head -1', tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    (hit,) = lines_of_json(done.stdout)
    assert hit["document"]["title"].startswith("Quốc hội")


@pytest.mark.parametrize(
    "command", ["search {} hoi --limit 300 --json", "search {} hoi --limit 300", "export {}"]
)
def test_a_reader_that_leaves_ends_the_program_quietly(
    path: str, tmp_path: Path, command: str
) -> None:
    script = f"searchlib {command.format(path)} | head -1; echo ${{PIPESTATUS[0]}}"
    done = shell(script, tmp_path)
    assert done.stderr == ""
    first, code = done.stdout.splitlines()
    assert first and code == "141"


def test_documents_go_from_program_to_program(path: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    script = (
        f"searchlib export {path} | head -5 | "
        f"searchlib index {other} --text title --text body --json"
    )
    done = shell(script, tmp_path)
    assert done.stderr == "" and json.loads(done.stdout)["added"] == 5
    assert len(Index.open(other)) == 5


def test_documents_go_into_another_program_by_the_name_of_its_input(
    path: str, tmp_path: Path
) -> None:
    done = shell(f"searchlib export {path} >(wc -l > count) --format jsonl; wait $!", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "300 documents written to /dev/fd/" in done.stdout
    assert (tmp_path / "count").read_text("utf-8").strip() == "300"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("command", ["search {} hoi", "search {} hoi --json", "export {}"])
def test_output_that_finds_no_room(path: str, tmp_path: Path, command: str) -> None:
    done = shell(f"searchlib {command.format(path)} > /dev/full", tmp_path)
    assert done.returncode == 3
    assert done.stderr == "searchlib: there is no room left on the disk\n"


def test_output_that_is_closed(path: str, tmp_path: Path) -> None:
    done = shell(f"searchlib search {path} hoi >&-", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert shell(f"searchlib search {path} xylophone >&- 2>&-", tmp_path).returncode == 1


@pytest.mark.parametrize("command", ["index idx -", "index idx", "index idx x - --json", "analyze"])
def test_input_that_is_closed(tmp_path: Path, command: str) -> None:
    done = shell(f"searchlib {command} <&-", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("searchlib: there is no standard input, it is closed: ")
    assert list(tmp_path.iterdir()) == []


def test_what_asks_for_no_input_does_without(path: str, tmp_path: Path) -> None:
    assert shell("searchlib analyze maps <&-", tmp_path).returncode == 0
    assert shell(f"searchlib backup {path} copy <&-", tmp_path).returncode == 0
    done = shell(f"searchlib restore copy {path} <&-", tmp_path)
    assert done.returncode == 2 and "--yes replaces it" in done.stderr


def test_a_disk_that_is_full_leaves_the_last_commit(tmp_path: Path) -> None:
    index = make_index(tmp_path / "idx")
    rows = tmp_path / "rows.jsonl"
    more = [{"id": f"n{n}", "title": os.urandom(400).hex()} for n in range(400)]
    rows.write_text("".join(json.dumps(row) + "\n" for row in more), "utf-8")
    done = shell(f"ulimit -f 64; searchlib index {index} {rows}", tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith("searchlib: ") and done.stderr.count("\n") == 1
    assert "room" in done.stderr
    assert len(Index.open(index)) == 6


def test_an_interrupted_load_says_what_is_kept(tmp_path: Path) -> None:
    index = make_index(tmp_path / "idx")
    with subprocess.Popen(
        [*PROGRAM, "index", index],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write('{"id": "z", "title": "Maps"}\n')
        process.stdin.flush()
        _wait_for_writer(Path(index), process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "searchlib: interrupted: 6 documents kept\n"
        process.stdin.close()
    assert len(Index.open(index)) == 6


def _wait_for_writer(index: Path, process: int) -> None:
    """Wait until a process writes to an index."""
    (data,) = index.glob("data-*")
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with suppress(OSError):
            if (data / "writer.pid").read_text("utf-8") == str(process):
                return
        time.sleep(0.05)
    pytest.fail("nothing has begun to write")


def test_without_the_extra_one_line_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['cyclopts'] = None\n"
        "from searchlib.cli import main\n"
        "sys.argv = ['searchlib', 'search', 'idx']\nmain()"
    )
    done = run_python(code)
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr == (
        "searchlib: the command line takes cyclopts, which is not installed: "
        "pip install 'searchlib[cli]'\n"
    )


@pytest.mark.parametrize(
    ("module", "arguments", "extra"),
    [("uvicorn", "serve", "serve"), ("pyarrow", "export", "arrow")],
)
def test_a_command_whose_extra_is_missing(
    path: str, tmp_path: Path, module: str, arguments: str, extra: str
) -> None:
    target = [] if arguments == "serve" else [tmp_path / "all.parquet"]
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from searchlib.cli import main\n"
        "sys.argv[0] = 'searchlib'\nmain()"
    )
    done = run_python(code, arguments, path, *target)
    assert done.returncode == 3 and done.stderr.count("\n") == 1
    assert f"pip install 'searchlib[{extra}]'" in done.stderr


def test_a_server_until_it_is_stopped(path: str, capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_here(["serve", path, "--port", str(port)]) == 3
        assert capsys.readouterr().err == (
            f"searchlib: '127.0.0.1:{port}': {os.strerror(errno.EADDRINUSE)}\n"
        )
    assert run_here(["serve", path, "--port", "99999"]) == 2
    assert run_here(["serve", path, "--host", "no such host"]) == 2
    with subprocess.Popen(
        [*PROGRAM, "serve", path, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
    ) as process:
        ends = time.monotonic() + 30
        status = 0
        while not status and time.monotonic() < ends and process.poll() is None:
            time.sleep(0.1)
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                status = answer.status
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert (status, process.returncode) == (200, 0), output
    assert b"Traceback" not in output


def test_the_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"searchlib {__version__}\n", "")


def test_help_and_mistakes_load_nothing_that_a_command_needs() -> None:
    for arguments, code in ((["--version"], 0), (["--help"], 0), (["nosuch"], 2)):
        script = (
            "import sys, searchlib\n"
            "before = {*sys.modules}\n"
            "import searchlib.cli.app as app\n"
            f"code = app.run({arguments})\n"
            "print(code, *sys.modules.keys() - before, file=sys.stderr)"
        )
        done = run_python(script)
        told, *modules = done.stderr.splitlines()[-1].split()
        assert told == str(code)
        assert "cyclopts" in modules
        assert not {"icu", "pycld2", "starlette", "uvicorn"} & set(modules)
        commands = {
            f"searchlib.cli.{name}" for name in ("search", "load", "words", "keep", "serve")
        }
        library = {f"searchlib.{name}" for name in ("api", "writer", "io", "display", "serve")}
        assert not (commands | library) & set(modules)


def test_the_help_names_every_command(capsys: Capture) -> None:
    assert run_here([]) == 0
    bare = capsys.readouterr().out
    assert run_here(["--help"]) == 0
    assert bare == capsys.readouterr().out
    for command in COMMANDS:
        assert f"│ {command} " in bare
        assert run_here([command, "--help"]) == 0
        assert f"Usage: searchlib {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sarch"], "there is no command 'sarch'; did you mean search?"),
        (["qqq"], "there is no command 'qqq' (see searchlib --help)"),
        (["info"], "INDEX is missing (see searchlib info --help)"),
        (["info", "a", "b"], "'b' is one argument too many"),
        (["search", "a", "--limt", "3"], "Did you mean --limit"),
        (["search", "a", "--limit"], "a value is missing after --limit"),
        (["index", "a", "--limt"], "there is no option --limt"),
    ],
)
def test_a_wrong_command_line(capsys: Capture, arguments: list[str], told: str) -> None:
    assert run_here(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith("searchlib: ") and told in captured.err


def test_an_error_of_its_own_is_a_line_that_asks_for_a_report(
    path: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a wheel\nhas come off")

    monkeypatch.setattr(app, "app", broken)
    assert run_here(["info", path]) == 70
    told = capsys.readouterr().err
    assert "please report it: RuntimeError: a wheel has come off" in told
    monkeypatch.setenv("SEARCHLIB_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        run_here(["info", path])


def test_errors_are_red_on_a_terminal_alone(tmp_path: Path) -> None:
    seen = on_terminal("info", tmp_path)
    assert seen.code == 3 and "\x1b[31msearchlib: there is no index" in seen.output
    assert "\x1b" not in on_terminal("info", tmp_path, NO_COLOR="1").output
