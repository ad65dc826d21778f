"""How many processor cores there are to be used, and for what."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["LEAST_MEMORY", "TAKEN", "Plan", "plan", "usable_cores"]

#: Bytes that each of tantivy's threads must be given to gather documents in.
LEAST_MEMORY: Final = 15_000_000
#: What tantivy takes for each byte that it is told to gather.
TAKEN: Final = 2
_MOST_THREADS: Final = 8  # tantivy makes no more
# The limits that containers set on time: share and period in microseconds.
_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")


class Plan(NamedTuple):
    """Who does the work of adding documents, beside the thread that adds them.

    Attributes:
        threads: of tantivy.
        workers: processes that encode documents.
    """

    threads: int
    workers: int


def plan(cores: int, memory: int) -> Plan:
    """Share the work among so many cores.

    Args:
        cores: how many.
        memory: bytes that tantivy may take, all its threads together.

    >>> plan(2, 128_000_000), plan(8, 128_000_000)
    (Plan(threads=1, workers=0), Plan(threads=4, workers=2))
    """
    # Two processes encode as much as the thread that adds can hand on, and each takes 60 MB.
    workers = min(max(cores // 2 - 1, 0), 2)
    threads = min(cores - 1 - workers, _MOST_THREADS, memory // TAKEN // LEAST_MEMORY)
    return Plan(max(threads, 1), workers)


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
