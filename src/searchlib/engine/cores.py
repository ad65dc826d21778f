"""How many processor cores there are to be used, and for what."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["WRITER_MEMORY", "Plan", "plan", "usable_cores"]

#: Bytes that a writer gathers before it writes segments, unless told otherwise.
WRITER_MEMORY: Final = 128_000_000
# Of these, what each of several threads should have: with half as much they write twice as many
# segments, and to write and merge those takes up what a second thread gains (docs/adr/0032).
_A_THREAD: Final = 64_000_000
_MOST_THREADS: Final = 8  # tantivy makes no more
_MOST_UNASKED: Final = 3  # threads, without a word about memory
_MOST_WORKERS: Final = 2  # encode as much as the thread that adds can hand on; each takes 60 MB
# The limits that containers set on time: share and period in microseconds.
_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")


class Plan(NamedTuple):
    """Who does the work of adding documents, beside the thread that adds them.

    Attributes:
        threads: of tantivy.
        workers: processes that encode documents.
        memory: bytes to gather before segments are written, by all threads together.
    """

    threads: int
    workers: int
    memory: int


def plan(cores: int, memory: int | None = None) -> Plan:
    """Share the work among so many cores.

    Args:
        cores: how many.
        memory: bytes that the threads may gather; None takes what suits them.

    >>> plan(2)
    Plan(threads=1, workers=0, memory=128000000)
    >>> plan(8)
    Plan(threads=3, workers=2, memory=192000000)
    """
    workers = min(max(cores // 2 - 1, 0), _MOST_WORKERS)
    free = max(cores - 1 - workers, 1)
    if memory is None:
        threads = min(free, _MOST_UNASKED)
        return Plan(threads, workers, max(WRITER_MEMORY, threads * _A_THREAD))
    return Plan(max(min(free, memory // _A_THREAD, _MOST_THREADS), 1), workers, memory)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        count = os.cpu_count() or 1
    with suppress(OSError, ValueError):  # no such file, or "max"
        share, period = map(int, _QUOTA.read_text("ascii").split())
        count = min(count, max(share // period, 1))
    return count
