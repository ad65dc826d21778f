"""How many searches run at once, and how long one may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from threading import Lock
from typing import TypeVar

from searchlib.serve.limits import ServerLimits
from searchlib.serve.problems import Problem

__all__ = ["Gate"]

_Value = TypeVar("_Value")


class Gate:
    """Lets so many searches run, each in a thread; makes some more wait; turns the rest away.

    A thread cannot be stopped: a search that takes too long is answered with an error, but keeps
    its thread until it is done. So what runs never exceeds the number of threads.
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
        future = self._threads.submit(work)
        future.add_done_callback(self._done)
        answer = asyncio.wrap_future(future)
        await asyncio.wait([answer], timeout=limits.seconds)
        if answer.done():
            return answer.result()
        if future.cancel():
            raise _busy(f"no thread became free in {limits.seconds:g} s")
        answer.add_done_callback(_ignored)
        raise Problem(
            HTTPStatus.GATEWAY_TIMEOUT,
            "too-slow",
            f"the search took longer than {limits.seconds:g} s and was given up: ask for less, "
            "such as fewer facets, or longer words before *",
        )

    def _done(self, _: Future[_Value]) -> None:
        with self._lock:
            self._taken -= 1


def _ignored(answer: asyncio.Future[_Value]) -> None:
    """Look at an error that came too late, so that asyncio does not call it forgotten."""
    if not answer.cancelled():
        answer.exception()


def _busy(why: str) -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy", f"the server is busy: {why}; try again in a second"
    )
