"""One engine behind lines of cells parted by tabs, so that no other disturbs it.

    version                          answered by the version
    missing                          … by what to install, or by nothing
    load PATH LANGUAGE COUNT         holds the first documents of a lot's file in memory
    build FOLDER                     indexes them; answered by seconds
    stream PATH LANGUAGE FOLDER      indexes a lot from its file; answered by seconds
    open FOLDER LANGUAGE             an index, anew
    time KIND TEXT TEXT …            answered by the seconds of the processor that each took, or by
                                     nothing if the engine cannot
    found KIND TEXT                  answered by the ids of the hits, parted by spaces
    size FOLDER                      answered by bytes without stored texts, or by nothing
    ENGINE'S OWN …                   what the engine's ``own`` says

Needs nothing but the standard library and the engine's own packages.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from benchmarks.peers.timed.engine import Row, Timed, read_rows


class Worker:
    """Does what the lines say, with one engine."""

    def __init__(self, engine: Timed) -> None:
        self._engine = engine
        self._rows: list[Row] = []
        self._language = ""

    def answer(self, order: str, *cells: str) -> str:
        if order == "version":
            return self._engine.version()
        if order == "missing":
            return self._engine.missing() or ""
        if order == "load":
            self._language = cells[1]
            self._rows = list(read_rows(Path(cells[0]), int(cells[2])))
            return ""
        if order == "build":
            gc.collect()
            started = perf_counter()
            self._engine.build(self._rows, self._language, Path(cells[0]))
            return str(perf_counter() - started)
        if order == "stream":
            started = perf_counter()
            self._engine.build(read_rows(Path(cells[0])), cells[1], Path(cells[2]))
            return str(perf_counter() - started)
        if order == "open":
            self._engine.open(Path(cells[0]), cells[1])
            return ""
        if order == "time":
            return self._time(*cells)
        if order == "found":
            ask = self._engine.ask(cells[0])
            return " ".join(ask(cells[1]) if ask else [])
        if order == "size":
            size = self._engine.size(Path(cells[0]))
            return "" if size is None else str(size)
        own = getattr(self._engine, "own")  # noqa: B009  only some engines have it
        return str(own(order, *cells))

    def _time(self, kind: str, *texts: str) -> str:
        ask = self._engine.ask(kind)
        if ask is None:
            return ""
        gc.collect()
        times = []
        for text in texts:
            started = process_time()
            ask(text)
            times.append(process_time() - started)
        return " ".join(map(str, times))


def main() -> None:
    module, name = sys.argv[1].split(":")
    engine = getattr(import_module(f"benchmarks.peers.timed.{module}"), name)()
    worker = Worker(engine)
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    # What an engine prints is no answer.
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(worker.answer(*line.rstrip("\n").split("\t")), file=out, flush=True)


if __name__ == "__main__":
    main()
