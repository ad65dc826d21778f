"""Many documents encoded: here, and where there are many, by other processes as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from searchlib.engine.encode import Encoder, Outcome, Task
from searchlib.errors import DocumentError

if TYPE_CHECKING:
    from searchlib.engine.pool import Pool

__all__ = ["Encoders"]

#: Bytes of documents that are encoded here before processes are started: to start one takes as long
#: as to encode a megabyte or two.
_BEFORE: Final = 2_000_000


class Encoders:
    """An encoder, and the processes that help it.

    Args:
        encoder: encodes here.
        workers: how many processes may help.

    >>> from searchlib.schema import Schema
    >>> encoders = Encoders(Encoder(Schema({})), 0)
    >>> [str(outcome) for outcome in encoders.encode([Task({"id": 1})])]
    ['an id is a non-empty str, not 1 (int)']
    """

    def __init__(self, encoder: Encoder, workers: int) -> None:
        self._encoder = encoder
        self._count = workers
        self._pool: Pool | None = None

    def encode(self, tasks: Iterable[Task | DocumentError]) -> Iterator[Outcome]:
        """Yield what becomes of each task, in their order; what is an error already stays that.

        With processes, some thousand are taken ahead. What the tasks raise is raised after the
        outcomes of those before.
        """
        source = iter(tasks)
        if self._pool is None:
            before = 0
            for task in source:
                outcome = task if isinstance(task, DocumentError) else self._encoder.outcome(task)
                yield outcome
                if self._count and not isinstance(outcome, DocumentError):
                    before += len(outcome.source)
                    if before >= _BEFORE:
                        break
            else:
                return
            if not self._start():
                self._count = 0
                yield from self.encode(source)
                return
        assert self._pool is not None
        yield from self._pool.encode(source)

    def _start(self) -> bool:
        """Start the processes, unless they are at work; return whether they are."""
        if self._pool is None:
            try:
                from searchlib.engine.pool import Pool  # for who adds much
            except RuntimeError:  # of the modules that it needs: this process is about to end
                return False
            self._pool = Pool(self._encoder, self._count)
        return True

    def close(self) -> None:
        """End the processes; nothing more is encoded."""
        if self._pool is not None:
            self._pool.close()

    def leave(self) -> None:
        """Leave the processes to the process that this one was forked from."""
        if self._pool is not None:
            self._pool.leave()
