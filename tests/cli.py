"""What the tests of the command line share: the program, run as people run it, and an index."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from searchlib import (
    Boolean,
    Category,
    Date,
    Float,
    Index,
    Integer,
    Keyword,
    Schema,
    Stored,
    Text,
)
from searchlib.cli import app, terminal
from tests.conftest import SOURCE

DOCUMENTS: Final[list[dict[str, Any]]] = [
    {
        "id": "a",
        "title": "Hợp tác Quốc hội Việt Nam – Campuchia",
        "body": "Chủ tịch Quốc hội hai nước ký biên bản ghi nhớ. " * 8,
        "author": "Quang",
        "section": "News/Asia",
        "pages": 3,
        "price": 2.5,
        "date": "2022-11-19",
        "draft": False,
    },
    {
        "id": "b",
        "title": "Coopération entre l’ICESCO et l’OSCE",
        "body": "Les deux organisations\n\n    ont convenu de coopérer.",
        "author": ["Salim", "Khairat"],
        "section": "News/Europe",
        "pages": 12,
        "price": 9.5,
        "date": "2022-09-15",
    },
    {
        "id": "c",
        "title": "Cooperation between ICESCO and OSCE",
        "author": "Salim",
        "section": "News/Europe",
        "pages": 9,
        "date": "2022-09-15",
        "draft": True,
    },
    {
        "id": "d",
        "title": "Meetings with National Commissions",
        "author": "Salim",
        "section": "Notes",
        "pages": 5,
        "date": "2021-03-19",
    },
    {
        "id": "th",
        "title": "ประเทศไทยและสหประชาชาติร่วมมือกันเพื่อสันติภาพ" * 5,
        "author": "สมชาย",
    },
    {"id": "ja", "title": "国会議長がカンボジアを訪問し、覚書に署名した。" * 6},
]
SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "author": Keyword(),
        "section": Category(),
        "pages": Integer(),
        "price": Float(),
        "date": Date(),
        "draft": Boolean(),
        "raw": Stored(),
    },
    languages=["vi", "fr", "en", "th", "ja"],
)


def make_index(folder: Path, documents: Sequence[dict[str, Any]] = DOCUMENTS) -> str:
    """Make an index of these documents, and return its path."""
    index = Index(SCHEMA, folder)
    index.add(documents).raise_for_rejected()
    return str(folder)


def environment(**variables: str) -> dict[str, str]:
    """The environment of a command: wide as a page, without what this terminal wishes for."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM", "LINES")
    }
    fixed = {"PYTHONPATH": str(SOURCE.parent), "PYTHONUTF8": "1", "COLUMNS": "80", "TERM": "xterm"}
    return {**own, **fixed, "RUST_BACKTRACE": "0", **variables}


PROGRAM: Final = (sys.executable, "-W", "error", "-m", "searchlib")


def run(
    *arguments: object,
    text: str | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        encoding="utf-8",
        env=environment() if env is None else env,
        cwd=cwd,
        timeout=60,
        check=False,
    )


def call(*arguments: object, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command likewise, but in this process: quicker, and seen by coverage."""
    streams = [TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    before = sys.stdin, sys.stdout, sys.stderr
    terminal.out.cache_clear()
    terminal.err.cache_clear()
    sys.stdin = TextIOWrapper(BytesIO(text.encode()), encoding="utf-8")
    sys.stdout, sys.stderr = streams
    try:
        with patch.dict(os.environ, environment(), clear=True):
            code = app.run([str(argument) for argument in arguments])
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        terminal.out.cache_clear()
        terminal.err.cache_clear()
    told, errors = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, code, told, errors)


def shell(script: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which ``searchlib`` is the program."""
    quoted = " ".join(f"'{part}'" for part in PROGRAM)
    return subprocess.run(
        ["bash", "-c", f'searchlib() {{ {quoted} "$@"; }}\n{script}'],
        capture_output=True,
        encoding="utf-8",
        env=environment(**variables),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@dataclass(frozen=True)
class Seen:
    """What a terminal got, and how the program ended."""

    output: str
    code: int


def on_terminal(*arguments: object, typed: str = "", columns: int = 80, **variables: str) -> Seen:
    """Run the program on a terminal of its own, whose size it asks for itself."""
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "cols", str(columns), "rows", "40"], stdin=theirs, check=True)
    variables = environment(**variables)
    del variables["COLUMNS"]
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs, env=variables
    ) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        output = b""
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    output += os.read(ours, 65536)
                except OSError:  # the other side is closed
                    break
            elif process.poll() is not None:
                break
        else:
            process.kill()
        code = process.wait(10)
    os.close(ours)
    return Seen(output.decode().replace("\r\n", "\n"), code)


def lines_of_json(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]
