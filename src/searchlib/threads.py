"""Methods that wait, made ready for ``await``: each runs in a thread, so that the loop goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from itertools import islice

from searchlib._typing import Any, Concatenate, Final, ParamSpec, TypeVar

__all__ = ["in_thread", "iterated_in_thread"]

_AT_ONCE: Final = 100  # values fetched in one go from thread to loop

_Self = TypeVar("_Self")
_Value = TypeVar("_Value")
_P = ParamSpec("_P")


def in_thread(
    method: Callable[Concatenate[_Self, _P], _Value],
) -> Callable[Concatenate[_Self, _P], Coroutine[Any, Any, _Value]]:
    """Return a coroutine method that runs another of the same class in a thread of asyncio's pool.

    It takes the same arguments, returns the same and raises the same. What is cancelled is only the
    wait: the thread does its work to the end.

    >>> import asyncio
    >>> class Clock:
    ...     def wait(self, seconds: float) -> str:
    ...         return f"waited {seconds} s"
    ...
    ...     await_ = in_thread(wait)
    >>> asyncio.run(Clock().await_(0.5))
    'waited 0.5 s'
    """
    name = method.__name__

    @wraps(method)
    async def run(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _Value:
        import asyncio  # which whoever awaits has loaded; others need not wait for it

        own: Callable[_P, _Value] = getattr(self, name)  # a subclass's, if it has one
        return await asyncio.to_thread(own, *args, **kwargs)

    run.__doc__ = f"Await ``{name}`` in a thread: same arguments, same result, same errors."
    return run


def iterated_in_thread(
    method: Callable[Concatenate[_Self, _P], Iterator[_Value]],
) -> Callable[Concatenate[_Self, _P], AsyncIterator[_Value]]:
    """Return an asynchronous generator over what another method of the same class yields, fetched
    a hundred at once in a thread.

    >>> import asyncio
    >>> class Numbers:
    ...     def below(self, number: int) -> Iterator[int]:
    ...         yield from range(number)
    ...
    ...     abelow = iterated_in_thread(below)
    >>> async def main() -> list[int]:
    ...     return [number async for number in Numbers().abelow(3)]
    >>> asyncio.run(main())
    [0, 1, 2]
    """
    name = method.__name__

    @wraps(method)
    async def run(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> AsyncIterator[_Value]:
        import asyncio

        own: Callable[_P, Iterator[_Value]] = getattr(self, name)
        values = own(*args, **kwargs)
        while some := await asyncio.to_thread(lambda: list(islice(values, _AT_ONCE))):
            for value in some:
                yield value

    run.__doc__ = f"Iterate with ``async for`` over ``{name}``, read in a thread."
    return run
