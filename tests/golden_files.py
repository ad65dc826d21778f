"""Reads what each language expects: tests/golden/README.md. Used by the tests and by the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

GOLDEN: Final = Path(__file__).parent / "golden"
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_KEYS: Final = {"text", "words", "found", "missed", "written"}


class Line(NamedTuple):
    """One expectation of a golden file."""

    code: str
    number: int
    key: str
    value: str
    text: str  # of the block it stands in

    def __str__(self) -> str:
        return f"{self.code}.txt:{self.number}"

    def parts(self) -> list[str]:
        return [part.strip() for part in self.value.split(" | ")]


def read(path: Path) -> Iterator[Line]:
    """Yield the expectations of a golden file, each with the text it is about."""
    text = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            text = text if line.startswith("#") else ""
            continue
        key, colon, value = line.partition(": ")
        if not colon or key not in _KEYS:
            raise ValueError(f"{path.name}:{number}: no such line: {line!r}")
        value = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value)
        if key == "text":
            text = value
            continue
        if not text and key != "written":
            raise ValueError(f"{path.name}:{number}: {key!r} stands without a text")
        yield Line(path.stem, number, key, value, text)
