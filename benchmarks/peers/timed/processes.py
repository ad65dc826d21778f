"""What processes use: processor time and memory, those that they start included. Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

__all__ = ["Peak", "cpu_seconds", "memory"]

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_EVERY: Final = 0.05  # seconds


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def cpu_seconds(pid: int) -> float:
    """Return the seconds of processor time of a process, its threads, and its descendants, those
    that have ended and were waited for included."""
    ticks = 0
    for one in family(pid):
        with suppress(OSError):
            # The name in brackets may hold spaces.
            cells = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            own, waited_for = cells[11:13], cells[13:15]
            ticks += sum(map(int, own + waited_for))
    return ticks / _TICKS


def memory(pid: int) -> int:
    """Return the bytes that a process and its descendants hold and could not read again from a
    file: what they share counts once."""
    kilobytes = 0
    for one in family(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    kilobytes += int(line.split()[1])
    return kilobytes * 1024


class Peak:
    """Watches a process and its descendants in a ``with`` block.

    Attributes:
        bytes: the most memory that they were seen to hold.
    """

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._is_over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._is_over.wait(_EVERY):
            self.bytes = max(self.bytes, memory(self._pid))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        self.bytes = max(self.bytes, memory(self._pid))
