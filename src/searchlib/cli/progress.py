"""What is shown and asked where somebody sits at a terminal, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from searchlib.cli.terminal import err

__all__ = ["is_confirmed", "spinner"]


@contextmanager
def spinner(what: str) -> Iterator[None]:
    """Show that long work is being done of which nobody knows how far it has come."""
    if not err().is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True) as bar:
        bar.add_task(what, total=None)
        yield


def is_confirmed(question: str) -> bool:
    """Ask whoever sits at the terminal; where nobody does, and without an answer, it is no."""
    if sys.stdin is None or not (sys.stdin.isatty() and err().is_terminal):
        return False
    err().print(f"{question} [y/N] ", end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
