"""Breaks a copy of an index in many ways and uses it.

    python -m tests.damage FOLDER SEED COUNT

Each fault is met in a process forked for it, so that a crash of the interpreter is seen. Prints one
line a fault, ``file fault: what became of it``; ends with 1 where a search handed out a document
that was not stored, or raised what is no error of ours, or the process crashed or did not end.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from searchlib import CalendarFacet, Index, Near, Prefix, RangeFacet, SearchlibError, verify

_FOOTER: Final = 100  # bytes, about
_LONGEST: Final = 60  # seconds that one fault may take: an endless loop is as bad as a crash

#: What a line says of a fault that was not survived.
WRONG: Final = re.compile(r": (wrong document served|crashed by \w+)$")

Fault = tuple[str, Callable[[bytes], bytes]]

QUERIES: Final[list[Any]] = [
    "maps", "quoc hoi", '"old maps"', "ete", "mapz", Prefix("ma"), Near("old maps", 3), None
]  # fmt: skip


def faults(size: int, random: random.Random, count: int) -> Iterator[Fault]:
    def flipped(place: int, bit: int) -> Callable[[bytes], bytes]:
        def flip(content: bytes) -> bytes:
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            return bytes(changed)

        return flip

    for place in sorted({random.randrange(size) for _ in range(count)}):
        bit = random.randrange(8)
        # The footer names versions of the engine, which no checksum covers and nothing rests on.
        where = "footer " if place >= size - _FOOTER else ""
        yield f"{where}bit {bit} of byte {place}", flipped(place, bit)
    for keep in (0, 1, size // 2, size - 2):
        yield f"cut to {keep} bytes", lambda content, keep=keep: content[:keep]  # type: ignore[misc]
    yield "zeros", lambda content: bytes(len(content))
    yield "longer", lambda content: content + b"\x00" * 9


def use(folder: Path, stored: dict[str, dict[str, Any]]) -> str:
    """Search an index in every way there is; every document handed out must be one stored."""
    try:
        index = Index.open(folder)
        for query in QUERIES:
            result = index.search(
                query,
                facets=["tag", "path", RangeFacet("year", bins=3), CalendarFacet("day")],
                highlight=True,
                limit=50,
            )
            for hit in result:
                assert stored[hit.id] == hit.document, hit
        for order in ("year", "-day", ["tag", "score"]):
            for hit in index.search("maps", where={"draft": False}, sort=order, limit=50):
                assert stored[hit.id] == hit.document, hit
        for document in index.documents():
            assert stored[document["id"]] == document, document
        for document_id, document in stored.items():
            assert index.get(document_id) in (document, None)
    except SearchlibError as error:
        return f"{type(error).__name__}: {error}"
    return "served"


def verdict(copy: Path, name: Path, stored: dict[str, dict[str, Any]]) -> str:
    """What a check says of a damaged index, and what became of using it."""
    try:
        found = verify(copy)
        told = any(name.name in problem for problem in found.problems)
        said = "whole" if found.is_whole else "named" if told else "found"
    except SearchlibError as error:
        said = f"refused: {error}"
    return f"{said}; {use(copy, stored)}"[:400].replace("\n", " ")


def survived(work: Callable[[], str]) -> bool:
    """Do some work in a process forked for it, which prints what it returns; say whether that one
    came to its end. Where it did not, what became of it is printed in its place."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        signal.alarm(_LONGEST)
        code = 1
        try:
            print(work(), flush=True)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        what = "wrong document served" if code > 0 else f"crashed by {signal.Signals(-code).name}"
        print(what, flush=True)
    return not code


def main(folder: Path, seed: int, count: int) -> int:
    """Break and use a copy of each file of an index in turn; return how often that went wrong."""
    chance = random.Random(seed)
    stored = {document["id"]: document for document in Index.open(folder).documents()}
    assert stored
    wrong = 0
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    for path in files:
        name = path.relative_to(folder)
        for fault, damage in faults(path.stat().st_size, chance, count):
            copy = folder.with_name("damaged")
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            (copy / name).write_bytes(damage(path.read_bytes()))
            print(f"{name} {fault}:", end=" ")
            wrong += not survived(lambda copy=copy, name=name: verdict(copy, name, stored))  # type: ignore[misc]
    return wrong


def told() -> tuple[Path, int, int]:
    """The folder, the seed and the count of the command line."""
    folder, seed, count = sys.argv[1:]
    return Path(folder), int(seed), int(count)


if __name__ == "__main__":
    sys.exit(min(main(*told()), 1))
