"""docs/command-line.md shows what the commands on it print. To take that again::

python -m tests.test_command_line_docs
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from searchlib.cli.app import COMMANDS
from tests.cli import PROGRAM, environment, shell
from tests.conftest import ROOT

PAGE: Final = ROOT / "docs" / "command-line.md"
BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
#: What may be another at each run: times, sizes, versions, cursors.
VARYING: Final = (
    r"\d+(\.\d+)? (ms|s|kB|bytes)\b",
    r'"seconds": [\d.e-]+',
    r"(?m)^made by .*(\n {11}.*)*",
    r"--after \S+",
    r"\d+ files",
    r"\d+ segments?",
)


def commands(block: str) -> list[str]:
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def printed(page: str, folder: Path) -> Iterator[str]:
    """Each block of a page anew, with what its commands print."""
    shutil.copy(ROOT / "examples" / "news.jsonl", folder)
    for block in BLOCK.findall(page):
        shown = []
        for command in commands(block):
            done = shell(f"{{ {command}; }} 2>&1", folder)
            assert "Traceback" not in done.stdout
            lines = [line.rstrip() for line in done.stdout.rstrip().splitlines()]
            shown.append("\n".join([f"$ {command}", *lines]))
        yield "\n\n".join(shown) + "\n"


def settled(text: str) -> str:
    """What a block says, whenever it is run."""
    for pattern in VARYING:
        text = re.sub(pattern, "…", text)
    return text


def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    blocks = BLOCK.findall(page)
    assert len(blocks) > 5
    for block, now in zip(blocks, printed(page, tmp_path), strict=True):
        assert settled(block) == settled(now)


def test_the_page_names_every_command() -> None:
    page = PAGE.read_text("utf-8")
    assert {name for name in COMMANDS if f"searchlib {name} " not in page} == set()
    assert environment()["COLUMNS"] == "80" and "-m" in PROGRAM


def take() -> None:
    """Write what the commands print now into the page."""
    page = PAGE.read_text("utf-8")
    with TemporaryDirectory() as folder:
        blocks = printed(page, Path(folder))
        PAGE.write_text(BLOCK.sub(lambda _: f"```console\n{next(blocks)}```", page), "utf-8")


if __name__ == "__main__":
    take()
