"""Keeps who adds documents from running ahead of tantivy.

tantivy takes documents into a queue of ten thousand, whatever their size, and its thread may be
slower than our analysis: of documents of 100 kB the queue alone would take gigabytes. It does not
tell how much stands there, but the system tells whether its threads are at work. Where the system
does not (only Linux does), nobody waits.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final

__all__ = ["Pace", "settle"]

_MOST_AHEAD: Final = 8_000_000  # bytes of JSON; their terms are some five times as much
_LONGEST: Final = 20.0  # seconds: other writers of this process may keep their threads at work
_LOOK_EACH: Final = 0.002
_THREADS: Final = Path("/proc/self/task")
#: Which of tantivy's threads take documents in; those that merge segments need not be waited for.
_TAKING: Final = ("(thrd-tantivy-", "(docstore-compr")
_MERGING: Final = ("(merge_thread", "(docstore-compr")
_LOOKS: Final = 3  # at rest in each of them: one that hands another its work rests between


class Pace:
    """How far ahead of tantivy a writer may be.

    >>> pace = Pace()
    >>> pace.hand(1_000)  # returns at once
    """

    def __init__(self) -> None:
        self._ahead = 0

    def hand(self, size: int) -> None:
        """Note that documents of so many bytes are to be handed over now; wait first where those
        before are too many. Who has them ready keeps tantivy waiting no longer than that."""
        if self._ahead > _MOST_AHEAD:
            latest = monotonic() + _LONGEST
            while _are_busy(_TAKING) and monotonic() < latest:
                sleep(_LOOK_EACH)
            self._ahead = 0
        self._ahead += size


def settle() -> None:
    """Wait for the merges that a writer left to themselves when its changes were undone: they go on
    to write files, and the list of files, though nothing will come of them."""
    latest = monotonic() + _LONGEST
    rested = 0
    while rested < _LOOKS and monotonic() < latest:
        rested = 0 if _are_busy(_MERGING) else rested + 1
        sleep(_LOOK_EACH)


def _are_busy(names: tuple[str, ...]) -> bool:
    """Whether a thread of such a name runs, or waits for the disk."""
    with suppress(OSError):
        for thread in os.listdir(_THREADS):
            with suppress(OSError):  # it has just ended
                status = (_THREADS / thread / "stat").read_text("ascii", "replace")
                name, _, rest = status.partition(" ")[2].rpartition(") ")
                if name.startswith(names) and rest[0] in "RD":
                    return True
    return False
