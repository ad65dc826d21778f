"""Work that is given up when its time is over.

The engine cannot be interrupted from outside. So work that has a deadline runs in a thread of its
own, and who asked for it waits no longer than said. The thread looks at the clock before each
question to the engine, so that it ends soon after, with one question at the most. There are never
more of them than ``MOST_AT_ONCE``, those given up included: who asks for one more waits for a
place, until its own time is over.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, copy_context
from math import inf
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import Final, TypeVar

from searchlib.errors import QueryError, SearchTimeoutError

__all__ = ["MOST_AT_ONCE", "check_time", "has_deadline", "until", "within"]

#: Works with a deadline that run at once.
MOST_AT_ONCE: Final = 32

_LONGEST: Final = 1e6  # seconds; a lock waits for no more than some 9e9
_Value = TypeVar("_Value")
_places: Final = BoundedSemaphore(MOST_AT_ONCE)
_latest: Final[ContextVar[float]] = ContextVar("latest", default=inf)
_is_within: Final[ContextVar[bool]] = ContextVar("is_within", default=False)


def check_time() -> None:
    """Go on, unless the work that this is a part of has a deadline that is over.

    Raises:
        SearchTimeoutError: it is over.
    """
    if monotonic() > _latest.get():
        raise SearchTimeoutError("the time that the search was given is over")


def has_deadline() -> bool:
    """Whether this is a part of work that ``within`` runs."""
    return _is_within.get()


def until(latest: float, work: Callable[[], _Value]) -> _Value:
    """Return what some work returns, in this thread, which gives it up when it is told the time
    after the latest. Who waits for it has to look at the clock themselves.

    Args:
        latest: by the clock of ``time.monotonic``.
        work: what to do; it calls ``check_time`` now and then.

    Raises:
        SearchTimeoutError: the time was over.

    >>> until(monotonic() + 5, lambda: 6 * 7)
    42
    """
    token = _latest.set(min(latest, _latest.get()))
    try:
        return work()
    finally:
        _latest.reset(token)


def within(timeout: float, work: Callable[[], _Value]) -> _Value:
    """Return what some work returns, if that takes no longer than so many seconds.

    Args:
        timeout: seconds.
        work: what to do; it calls ``check_time`` now and then.

    Raises:
        QueryError: ``timeout`` is no number of seconds above 0.
        SearchTimeoutError: it takes longer, or ``MOST_AT_ONCE`` others do.

    >>> within(5, lambda: 6 * 7)
    42
    """
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
        raise QueryError(f"timeout is a number of seconds above 0, not {timeout!r}")
    seconds = min(float(timeout), _LONGEST)
    latest = monotonic() + seconds
    if not _places.acquire(timeout=seconds):
        raise SearchTimeoutError(
            f"the search did not begin within timeout={timeout:g} seconds: {MOST_AT_ONCE} others "
            "with a timeout are at work. Search again later, or ask for less at once"
        )
    from concurrent.futures import Future  # slow to import

    outcome: Future[_Value] = Future()

    def run() -> None:
        _latest.set(min(latest, _latest.get()))
        _is_within.set(True)
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            _places.release()

    try:
        # No daemon: at the end of the interpreter it must not come back to one that is gone.
        Thread(target=copy_context().run, args=(run,), name="searchlib-search").start()
    except BaseException:  # no thread can be started
        _places.release()
        raise
    try:
        return outcome.result(max(latest - monotonic(), 0.0))
    except TimeoutError as error:
        raise SearchTimeoutError(
            f"the search took longer than timeout={timeout:g} seconds. Ask for fewer words, facets "
            "or hits, or give it more time"
        ) from (error if isinstance(error, SearchTimeoutError) else None)
