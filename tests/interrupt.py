"""Interrupts a writing process (Ctrl-C) at random moments and looks at what is left.

    python -m tests.interrupt FOLDER TIMES SEED

Each round forks a process that adds, replaces, deletes and commits, and tells through a pipe what
it is about to do and what ``commit()`` has returned from; then it gets SIGINT. The block ends with
KeyboardInterrupt, the writer is closed: the same process opens another at once, and exits by
itself. The index holds exactly the last commit told of or the one being made.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Final

# The writer is loaded before anybody is interrupted: a Ctrl-C while Python clears away the lock of
# an import is lost, as Python itself says then.
from searchlib import Index, verify, writer  # noqa: F401
from tests.crash import SCHEMA, State, after, document, read_all

_LONGEST: Final = 60  # seconds in which an interrupted process must be gone


def write(folder: Path, pipe: int, seed: int) -> None:
    """Change the index until interrupted; then write once more."""
    chance = random.Random(seed)

    def tell(*message: Any) -> None:
        os.write(pipe, json.dumps(message).encode() + b"\n")

    index = Index(SCHEMA, folder)
    try:
        tell("opened")
        while True:
            with index.writer(memory=15_000_000) as writer:
                for _ in range(chance.randrange(1, 6)):
                    changes: list[Any] = [document(chance) for _ in range(chance.randrange(1, 12))]
                    for change in changes:
                        writer.add(change, language="en")
                    tell("committing", changes)
                    writer.commit()
                    tell("committed")
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with index.writer(memory=15_000_000) as writer:  # at once: nothing holds the lock
        writer.delete("nobody")
    tell("usable")


def one_interrupt(folder: Path, state: State, chance: random.Random) -> State:
    """Interrupt one writing process; return the documents that are left."""
    reading, writing = os.pipe()
    seed = chance.randrange(1 << 30)
    child = os.fork()
    if not child:
        os.close(reading)
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            write(folder, writing, seed)
            code = 0
        except BaseException:
            traceback.print_exc()  # which nobody else would show
            raise
        finally:
            os._exit(code)
    os.close(writing)
    if not select.select([reading], [], [], _LONGEST)[0]:  # until it has begun
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise AssertionError(f"a forked process (seed {seed}) did not begin")
    time.sleep(chance.uniform(0.0, 0.12))
    os.kill(child, signal.SIGINT)
    latest = time.monotonic() + _LONGEST
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > latest:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError(f"an interrupted process (seed {seed}) did not end")
        time.sleep(0.002)
    messages = read_all(reading)
    os.close(reading)
    assert ended[1] == 0, f"the process (seed {seed}) ended with status {ended[1]}"
    assert messages[-1] == ["usable"], messages[-1]
    possible = [state]
    for kind, *rest in messages:
        if kind == "committing":
            possible = [state, after(state, rest[0])]
        elif kind == "committed":
            state = possible[-1]
            possible = [state]
    assert verify(folder).is_whole
    left = {one["id"]: one for one in Index.open(folder).documents()}
    assert left in possible, f"{len(left)} documents, not {list(map(len, possible))}"
    return left


def main(folder: Path, times: int, seed: int) -> int:
    """Interrupt so often; return how often."""
    chance = random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    state: State = {}
    for _ in range(times):
        state = one_interrupt(folder, state, chance)
    return times


if __name__ == "__main__":
    print(f"interrupted: {main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))}, lost: 0")
