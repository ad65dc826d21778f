"""Measure whether many threads that search one index should take turns, and how.

    python benchmarks/turns.py fr=FILE questions=FOLDER --work FOLDER --markdown FILE

Eight threads search the same index as one, for the same queries: each when it likes, or so many at
once. A semaphore gives a turn to who comes first when one is free; a line to who waits longest.
They take turns themselves, round by round, each time with an index just opened. Light queries are
two words, of the French lot; heavy ones forty, of five times as many documents. Lots and indexes
are those of ``peers/speed.py``, and may lie where it left them.
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Lock, Semaphore
from time import perf_counter
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.peers.timed.engines import ENGINES, OURS
from benchmarks.peers.timed.lots import LOTS, source_of
from benchmarks.peers.timed.measure import Run, heavy_queries
from searchlib import Index
from searchlib.engine.cores import usable_cores

_THREADS: Final = 8
_LIGHT: Final = 8  # times the queries of the lot
_HEAVY: Final = 60  # queries


class Line(AbstractContextManager[None]):
    """So many at once, and then who has waited longest."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: deque[Lock] = deque()
        self._own = Lock()

    def __enter__(self) -> None:
        with self._own:
            if self._free:
                self._free -= 1
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._own:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


def searched(
    folder: Path, texts: Sequence[str], threads: int, turns: AbstractContextManager[object]
) -> tuple[float, list[float]]:
    """Return how long threads take for some queries, in seconds, and how long each query did."""
    index = Index.open(folder)
    index.search("")
    waited: list[float] = []

    def search(text: str) -> None:
        started = perf_counter()
        with turns:
            index.search(text)
        waited.append(perf_counter() - started)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(len, [""] * threads * 4))  # the threads are there
        started = perf_counter()
        list(pool.map(search, texts))
        return perf_counter() - started, waited


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*LOTS, "questions"), metavar="LOT=PATH")
    parser.add_argument("--work", type=Path, help="where lots and indexes are kept")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--scale", type=float, default=1.0, help="of the lots' usual sizes")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    cores = usable_cores()
    lines = ["# Threads that take turns", ""]
    shown = " ".join(f"{name}=…" for name, _ in options.source)
    lines += [heading(f"python benchmarks/turns.py {shown} --work FOLDER")]
    lines += [
        f"How much {_THREADS} threads do beside one, the median of {options.rounds} rounds and",
        "what they lie between; and how long 99 of 100 queries take at most, in milliseconds, with",
        "the waiting for their turn.",
        "",
        "| | light queries | 99 % | heavy queries | 99 % |",
        "|---|---:|---:|---:|---:|",
    ]
    with TemporaryDirectory() as folder:
        run = Run(
            options.work or Path(folder),
            dict(options.source),
            {},
            options.rounds,
            60,
            options.scale,
            {},
            lambda: None,
        )
        engine = ENGINES[OURS[0]].fresh()
        try:
            lots = [run.lot("fr"), run.lot("large")]
            folders = [run.index_of(engine, lot) for lot in lots]
        finally:
            engine.close()
        light = [" OR ".join(text.split()) for text in run.asked("fr")["any"]] * _LIGHT
        kinds = [light, heavy_queries(lots[1])[:_HEAVY]]
        ways: dict[str, Callable[[], AbstractContextManager[object]]] = {
            "each when it likes": nullcontext,
            f"a semaphore of {cores}": lambda: Semaphore(cores),
            "a line for 1": lambda: Line(1),
            f"a line for {cores}": lambda: Line(cores),
            f"a line for {cores + 1}": lambda: Line(cores + 1),
        }
        ratios: dict[tuple[str, int], list[float]] = {}
        times: dict[tuple[str, int], list[float]] = {}
        for _ in range(options.rounds):
            for kind, (place, texts) in enumerate(zip(folders, kinds, strict=True)):
                alone, _ = searched(place, texts, 1, nullcontext())
                for way, make in ways.items():
                    took, waited = searched(place, texts, _THREADS, make())
                    ratios.setdefault((way, kind), []).append(alone / took)
                    times.setdefault((way, kind), []).extend(waited)
    for way in ways:
        cells = []
        for kind in (0, 1):
            found, late = ratios[way, kind], sorted(times[way, kind])
            cells.append(f"{median(found):.2f}x ({min(found):.2f}–{max(found):.2f})")
            cells.append(f"{late[len(late) * 99 // 100] * 1e3:.1f}")
        lines.append(f"| {way} | {' | '.join(cells)} |")
    text = "\n".join([*lines, ""])
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
