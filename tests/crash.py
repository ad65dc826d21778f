"""Kills a writing process at random moments and looks at what is left.

    python -m tests.crash FOLDER KILLS SEED

Each round forks a process that adds, replaces, deletes, commits and lets segments merge, and tells
through a pipe what it is about to do and what ``commit()`` has returned from; then it gets SIGKILL.
The index must open at once, be whole, hold exactly the last commit told of or the one being made,
and take writes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

from searchlib import Index, Integer, Keyword, Schema, Text, verify

SCHEMA: Final = Schema({"title": Text(), "tag": Keyword(), "n": Integer()}, languages=["en", "vi"])
_WORDS: Final = "maps boats old new đường quốc hội river été".split()

State = dict[str, dict[str, Any]]


def document(chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"d{chance.randrange(60)}",
        "title": " ".join(chance.choices(_WORDS, k=chance.randrange(1, 30))),
        "tag": chance.choice("abc"),
        "n": chance.randrange(1_000),
    }


def write(folder: Path, pipe: int, seed: int) -> None:
    """Change the index until killed."""
    chance = random.Random(seed)

    def tell(*message: Any) -> None:
        os.write(pipe, json.dumps(message).encode() + b"\n")

    index = Index(SCHEMA, folder)
    tell("opened")
    while True:
        # A new writer now and then: closing one waits for merges.
        with index.writer(memory=15_000_000) as writer:
            for _ in range(chance.randrange(1, 6)):
                changes: list[Any] = []
                for _ in range(chance.randrange(1, 12)):
                    if chance.random() < 0.25:
                        changes.append(f"d{chance.randrange(60)}")
                        writer.delete(changes[-1])
                    else:
                        changes.append(document(chance))
                        writer.add(changes[-1], language="en")
                tell("committing", changes)
                writer.commit()
                tell("committed")


def after(state: State, changes: list[Any]) -> State:
    """The documents of a commit that makes these changes."""
    new = dict(state)
    for change in changes:
        if isinstance(change, str):
            new.pop(change, None)
        else:
            new[change["id"]] = change
    return new


def read_all(pipe: int) -> list[list[Any]]:
    told = b""
    while block := os.read(pipe, 1 << 16):
        told += block
    return [json.loads(line) for line in told.splitlines(keepends=True) if line.endswith(b"\n")]


def one_kill(folder: Path, state: State, chance: random.Random) -> tuple[State, str]:
    """Kill one writing process; return the documents that are left, and what it was doing."""
    reading, writing = os.pipe()
    seed = chance.randrange(1 << 30)
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            write(folder, writing, seed)
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(chance.uniform(0.0, 0.12))
    os.kill(child, signal.SIGKILL)
    messages = read_all(reading)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writing process ended by itself"
    possible, doing = [state], "opening"
    for kind, *rest in messages:
        if kind == "committing":
            possible, doing = [state, after(state, rest[0])], "committing"
        elif kind == "committed":
            state = possible[-1]
            possible, doing = [state], "adding"
        else:
            doing = "adding"
    found = verify(folder) if Path(folder, "searchlib.json").exists() else None
    assert found is None or found.is_whole, found
    index = Index(SCHEMA, folder)
    left = {one["id"]: one for one in index.documents()}
    assert left in possible, f"{doing}: {len(left)} documents, not {list(map(len, possible))}"
    probe = {"id": "probe", "title": "probe", "tag": "a", "n": 1}
    index.add([probe], language="en")
    assert index.search("probe").ids == ("probe",)
    index.delete("probe")
    return left, doing


def main(folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill so often; return what was being done → how often."""
    chance = random.Random(seed)
    state: State = {}
    doings: dict[str, int] = {}
    for number in range(kills):
        if number % 50 == 0:
            shutil.rmtree(folder, ignore_errors=True)
            state = {}
        state, doing = one_kill(folder, state, chance)
        doings[doing] = doings.get(doing, 0) + 1
    return doings


if __name__ == "__main__":
    began = time.perf_counter()
    counts = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    for name, count in sorted(counts.items()):
        print(f"killed while {name}: {count}")
    print(f"lost: 0 ({sum(counts.values())} kills in {time.perf_counter() - began:.0f} s)")
