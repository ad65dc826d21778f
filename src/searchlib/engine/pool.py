"""Documents encoded by other processes, in the order in which they come (docs/adr/0032).

The processes are Pythons of their own, which import this library and nothing of the user's: no
script is run a second time, and none needs a guard of ``__main__``. What they cannot do is done
here: a document at fault is encoded again, for the same error at the same place, and so is a batch
whose process has died, or has ended at once, because another release was installed meanwhile.
"""

from __future__ import annotations

import os
import pickle
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import PurePath
from queue import SimpleQueue
from subprocess import DEVNULL, Popen
from threading import Lock
from typing import Any, Final, TypeVar
from weakref import finalize

from searchlib.engine.encode import Encoded, Encoder, Outcome, Task
from searchlib.engine.plain import copied
from searchlib.engine.worker import receive, releases, send
from searchlib.errors import DocumentError
from searchlib.schema import Schema

__all__ = ["Pool"]

# Of a batch: so much that handing it over costs little beside encoding it, and not more.
_MOST: Final = 500  # documents
_MOST_BYTES: Final = 200_000
_IN_FLIGHT: Final = 2  # batches a process: the one that it works on and the next
_COMMAND: Final = "import sys; sys.path[:] = {!r}; from searchlib.engine.worker import main; main()"

_T = TypeVar("_T")


class Pool:
    """Processes that encode documents. They end at ``close``, with the pool, or with this process.

    Args:
        encoder: encodes here, and says by what schema others do.
        count: how many processes.

    >>> from searchlib.schema import Schema
    >>> pool = Pool(Encoder(Schema({})), 1)
    >>> outcomes = pool.encode([Task({"id": "a"}), Task({"id": 1}), Task({"id": "b"})])
    >>> [getattr(outcome, "id", None) for outcome in outcomes]
    ['a', None, 'b']
    >>> pool.close()
    """

    def __init__(self, encoder: Encoder, count: int) -> None:
        self._encoder = encoder
        self._workers = list(_started(encoder, count))
        self._ahead = _IN_FLIGHT * len(self._workers)
        self._turns: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers * _IN_FLIGHT:
            self._turns.put(worker)
        self._threads = ThreadPoolExecutor(max(self._ahead, 1), "searchlib-pool")
        self.close = finalize(self, _end, os.getpid(), self._threads, self._workers)

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes that are at work."""
        return [worker.process.pid for worker in self._workers if worker.is_alive]

    def leave(self) -> None:
        """Leave the processes to the one that this process was forked from."""
        self.close.detach()
        for worker in self._workers:
            worker.connection.close()

    def encode(self, tasks: Iterable[Task | DocumentError]) -> Iterator[Outcome]:
        """Yield what becomes of each task, as ``Encoders.encode`` says."""
        under_way: deque[_Batch] = deque()
        source = iter(tasks)
        failure: BaseException | None = None
        is_over = False
        while not is_over:
            batch = _Batch()
            try:
                is_over = not batch.fill(source, self._encoder)
            except BaseException as error:  # an interrupt, too, loses none of those before
                failure, is_over = error, True
            self._begin(batch)
            under_way.append(batch)
            while len(under_way) > (0 if is_over else self._ahead):
                yield from under_way.popleft().outcomes(self._encoder)
        if failure is not None:
            raise failure

    def _begin(self, batch: _Batch) -> None:
        if self.processes and (message := batch.message()):
            with suppress(RuntimeError):  # closed meanwhile, or no thread to be had
                batch.answer = self._threads.submit(_asked, self._turns, self._workers, message)


class _Batch:
    """Tasks on their way to a process and back."""

    def __init__(self) -> None:
        self._tasks: list[bytes | Outcome] = []
        self._size = 0
        self.answer: Future[bytearray | None] | None = None

    def fill(self, tasks: Iterator[Task | DocumentError], encoder: Encoder) -> bool:
        """Take as many tasks as a batch holds; return whether there may be more."""
        for task in tasks:
            self._take(task, encoder)
            if len(self._tasks) >= _MOST or self._size >= _MOST_BYTES:
                return True
        return False

    def _take(self, task: Task | DocumentError, encoder: Encoder) -> None:
        """Copy a task: who gave it may go on to use the same dict for the next."""
        if isinstance(task, DocumentError):
            self._tasks.append(task)
            return
        try:
            copy = copied(tuple(task))
        except Exception:
            outcome = encoder.outcome(task)
            self._tasks.append(outcome)
            if isinstance(outcome, Encoded):
                self._size += len(outcome.source)
        else:
            self._tasks.append(copy)
            self._size += len(copy)

    def message(self) -> bytes | None:
        sent = [task for task in self._tasks if isinstance(task, bytes)]
        return pickle.dumps(sent, 5) if sent else None

    def outcomes(self, encoder: Encoder) -> Iterator[Outcome]:
        answer = None
        if self.answer is not None:
            with suppress(CancelledError):  # closed meanwhile
                answer = self.answer.result()
        made = iter(() if answer is None else pickle.loads(answer))
        for task in self._tasks:
            if not isinstance(task, bytes):
                yield task
            elif (values := next(made, None)) is not None:
                yield Encoded(*values)
            else:
                yield encoder.outcome(Task(*pickle.loads(task)))


class _Worker:
    """A process, and the socket through which it is spoken to. Two threads may ask at once: one's
    batch is on its way while the other's is worked on."""

    def __init__(self, process: Popen[bytes], connection: socket.socket) -> None:
        self.process, self.connection = process, connection
        self.is_alive = True
        self._sending, self._receiving = Lock(), Lock()

    def ask(self, message: bytes) -> bytearray | None:
        """Return the answer; None where there is nobody to give it any more."""
        with self._sending:
            self._try(send, self.connection, message)
            self._receiving.acquire()  # before another sends: answers come in the same order
        try:
            return self._try(receive, self.connection)
        finally:
            self._receiving.release()

    def _try(self, call: Callable[..., _T], *given: Any) -> _T | None:
        """What a call gives; None, for good, once one has failed: what comes after that may be the
        answer to another message."""
        if not self.is_alive:
            return None
        try:
            return call(*given)
        except (OSError, EOFError):
            self.is_alive = False
            return None
        except BaseException:
            self.is_alive = False
            raise


def _asked(turns: SimpleQueue[_Worker], workers: list[_Worker], message: bytes) -> bytearray | None:
    """The answer of whichever process is free; None where it has died. No method of the pool, which
    a thread at work would keep."""
    worker = turns.get()
    try:
        return worker.ask(message)
    finally:
        # One that has died has no more turns, but for the last of all: some may wait for one.
        if worker.is_alive or not any(other.is_alive for other in workers):
            turns.put(worker)


def _started(encoder: Encoder, count: int) -> Iterator[_Worker]:
    """Start as many processes as go."""
    if not _can_start(encoder.schema):
        return
    try:
        settings = copied((encoder.schema.to_dict(), encoder.largest, *releases()))
    except Exception:  # names that are no plain texts
        return
    # Isolated, and told where modules are: it imports what was imported here.
    flags = "-IB" if sys.dont_write_bytecode else "-I"
    path = [entry for entry in sys.path if isinstance(entry, str)]
    command = [sys.executable, flags, "-c", _COMMAND.format(path)]
    for _ in range(count):
        try:
            ours, theirs = socket.socketpair()
        except OSError:
            return
        for end in (ours, theirs):
            end.settimeout(None)  # whatever the program has set for its own
        with theirs:
            try:
                process = Popen(command, stdin=theirs.fileno(), stdout=DEVNULL, stderr=DEVNULL)
            except OSError:
                ours.close()
                return
        with suppress(OSError):  # it has died already, as will be seen
            send(ours, settings)
        yield _Worker(process, ours)


def _can_start(schema: Schema) -> bool:
    """Whether there is a Python to be started, and the schema one that it can know."""
    return (
        os.name == "posix"
        and not getattr(sys, "frozen", False)
        and PurePath(sys.executable or "").name.startswith(("python", "pypy"))
        and type(schema) is Schema
        and all(type(kind).__module__ == "searchlib.fields" for kind in schema.fields.values())
    )


def _end(owner: int, threads: ThreadPoolExecutor, workers: list[_Worker]) -> None:
    if os.getpid() != owner:
        return
    threads.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.process.kill()  # it has nothing to lose
        worker.process.wait()
    threads.shutdown()
    for worker in workers:
        worker.connection.close()
