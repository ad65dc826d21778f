"""The two streams that commands write to, and the one that they read."""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import Any, Final, TextIO

from rich.console import Console
from rich.text import Text

from searchlib.cli.codes import UsageError
from searchlib.styles import STYLES

__all__ = ["err", "out", "print_json", "safe", "show", "standard_input", "width"]

_WIDEST: Final = 100


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the one place that knows what to do."""
        raise BrokenPipeError


def _console(*, stderr: bool) -> Console:
    # Nothing of a document is markup, an emoji or a number to be coloured.
    return _Console(stderr=stderr, markup=False, emoji=False, highlight=False)


@cache
def out() -> Console:
    """Return the console of results."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Return the console of everything else."""
    return _console(stderr=True)


def standard_input() -> TextIO:
    """Return the standard input.

    Raises:
        UsageError: whoever started the command has closed it.
    """
    if sys.stdin is None:
        raise UsageError("there is no standard input, it is closed: name a file, or use a pipe")
    return sys.stdin


def width() -> int:
    """Return how many columns results take: long lines are hard to read."""
    return min(out().width, _WIDEST)


def show(console: Console, text: Text | str, style: str = "") -> None:
    """Print a sentence: between words wrapped on a terminal, one line in a pipe."""
    console.print(text, style=style, soft_wrap=not console.is_terminal)


def safe(text: str) -> str:
    """Return a text whose control characters no terminal obeys.

    >>> safe("a" + chr(27) + "[2Jb")
    'a␛[2Jb'
    """
    return STYLES["ansi"].escape(text)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON, of which any encoding holds all; dates become strings."""
    is_ascii = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=is_ascii, default=str))
