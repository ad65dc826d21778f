"""The completion of commands in shells: asked as the shells ask it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import environment, make_index, run

# Calls what the shell calls at a press of the Tab key, and prints what it would offer.
ASK = """
source {script}
function=$(complete -p searchlib | sed 's/.*-F \\([^ ]*\\).*/\\1/')
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMP_LINE="{words}"
COMP_POINT=${{#COMP_LINE}} COMPREPLY=()
$function searchlib "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the completion of bash set up, a program called searchlib, and an index."""
    home = tmp_path_factory.mktemp("home")
    make_index(home / "idx")
    program = home / "bin" / "searchlib"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m searchlib "$@"\n')
    program.chmod(0o755)
    done = run("--install-completion", "--shell", "bash", env=environment(HOME=str(home)))
    assert done.returncode == 0, done.stderr
    return home


def offered(home: Path, words: str) -> set[str]:
    (script,) = (home / ".local").rglob("searchlib")
    path = f"{home / 'bin'}:{environment()['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK.format(script=script, words=words)],
        capture_output=True,
        encoding="utf-8",
        env=environment(HOME=str(home), PATH=path),
        cwd=home,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return {line for line in done.stdout.splitlines() if line}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("searchlib se", {"search", "serve"}),
        ("searchlib search idx --ac", {"--accents"}),
        ("searchlib search idx --accents ''", {"prefer", "strict", "ignore"}),
        ("searchlib search i", {"idx"}),
        ("searchlib search idx --facet d", {"date", "draft"}),
        ("searchlib search idx --sort pa", {"pages"}),
        ("searchlib search idx --where pr", {"price="}),
        ("searchlib suggest idx --titles ''", {"title", "body"}),
        ("searchlib search nosuch --facet d", set()),
    ],
)
def test_bash(home: Path, words: str, expected: set[str]) -> None:
    assert offered(home, words) == expected


def test_a_new_shell_has_it(home: Path) -> None:
    done = subprocess.run(
        ["bash", "--rcfile", str(home / ".bashrc"), "-i", "-c", "complete -p searchlib"],
        capture_output=True,
        encoding="utf-8",
        env=environment(HOME=str(home)),
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0 and "searchlib" in done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_what_is_written_for_them(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "completion"
    done = run(
        "--install-completion",
        "--shell",
        shell,
        "--output",
        script,
        env=environment(HOME=str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr
    text = script.read_text("utf-8")
    assert (
        "searchlib" in text and "reindex" in text and "--no-highlight" in text
    ) or "no-highlight" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n", str(script)], check=True, timeout=60)
