"""How many searches run at once, and how long one may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import TypeVar

from searchlib.deadline import until
from searchlib.errors import SearchTimeoutError
from searchlib.serve.limits import ServerLimits
from searchlib.serve.problems import Problem

__all__ = ["Gate"]

_Value = TypeVar("_Value")


class Gate:
    """Lets so many searches run, each in a thread; makes some more wait; turns the rest away.

    A thread cannot be stopped: a search that takes too long is answered with an error, but keeps
    its thread until it next looks at the clock, before another question to the engine. So what
    runs never exceeds the number of threads.
    """

    def __init__(self, limits: ServerLimits) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.searches, thread_name_prefix="searchlib")
        self._lock = Lock()
        self._taken = 0

    @property
    def running(self) -> int:
        """How many searches run."""
        return min(self._taken, self._limits.searches)

    @property
    def waiting(self) -> int:
        """How many wait for a thread."""
        return max(0, self._taken - self._limits.searches)

    async def run(self, work: Callable[[], _Value]) -> _Value:
        """Do some work in a thread and return what it returns.

        Raises:
            Problem: there is too much to do (503), or it took too long (504).
        """
        limits = self._limits
        with self._lock:
            if self._taken >= limits.searches + limits.waiting:
                raise _busy(f"{limits.searches} searches run and {limits.waiting} wait")
            self._taken += 1
        latest = monotonic() + limits.seconds
        future = self._threads.submit(until, latest, work)
        future.add_done_callback(self._done)
        answer = asyncio.wrap_future(future)
        await asyncio.wait([answer], timeout=limits.seconds)
        if answer.done():
            try:
                return answer.result()
            except SearchTimeoutError:
                if monotonic() < latest:  # of a shorter time, that the index was given
                    raise
                raise _too_slow(limits.seconds) from None
        if future.cancel():
            raise _busy(f"no thread became free in {limits.seconds:g} s")
        answer.add_done_callback(_ignored)
        raise _too_slow(limits.seconds)

    def _done(self, _: Future[_Value]) -> None:
        with self._lock:
            self._taken -= 1


def _ignored(answer: asyncio.Future[_Value]) -> None:
    """Look at an error that came too late, so that asyncio does not call it forgotten."""
    if not answer.cancelled():
        answer.exception()


def _too_slow(seconds: float) -> Problem:
    return Problem(
        HTTPStatus.GATEWAY_TIMEOUT,
        "too-slow",
        f"the search took longer than {seconds:g} s and was given up: ask for less, such as fewer "
        "facets, or longer words before *",
    )


def _busy(why: str) -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy", f"the server is busy: {why}; try again in a second"
    )
