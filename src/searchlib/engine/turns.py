"""Searches take turns: as many run at once as there are cores, whatever the number of threads.

More threads at work would gain nothing, and lose: each call of the engine lets go of Python's lock,
and with a crowd waiting for it every one of these calls ends in a wait (docs/adr/0014).

Nobody waits for ever. Who has waited for ``LONGEST_WAIT`` goes on without a turn: the searches
before it take long, or a turn was lost with a thread that was interrupted as it took one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from threading import BoundedSemaphore
from types import TracebackType
from typing import Final

from searchlib.deadline import check_time, time_left
from searchlib.engine.cores import usable_cores

__all__ = ["LONGEST_WAIT", "a_turn"]

#: Seconds.
LONGEST_WAIT: Final = 1.0


class _Turns:
    """Inside of it, it is somebody's turn. Turns are alike, so that one object stands for all."""

    __slots__ = ("_free",)

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget who had a turn: in a forked process they are not there."""
        self._free = BoundedSemaphore(usable_cores())

    def __enter__(self) -> None:
        if not self._free.acquire(blocking=False):
            self._free.acquire(timeout=max(min(LONGEST_WAIT, time_left()), 0.0))
            check_time()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(ValueError):  # it went on without; otherwise this puts a lost one back
            self._free.release()


_TURNS: Final = _Turns()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_TURNS.begin)


def a_turn() -> _Turns:
    """Return what to be inside of while searching.

    Raises:
        SearchTimeoutError: the time of the search is over before its turn has come.

    >>> with a_turn():
    ...     6 * 7
    42
    """
    return _TURNS
