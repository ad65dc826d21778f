"""Measure what many threads gain when searches take turns, and how many should at once.

    python benchmarks/turns.py fr=FILE questions=FOLDER --work FOLDER --markdown FILE

Eight threads, and one, search the same index for the same queries, with so many turns at once or as
many as there are threads; they take turns themselves, round by round. Light queries are two words,
of the French lot; heavy ones forty, of five times as many documents. Lots and indexes are those of
``peers/speed.py``, and may lie where it left them; without a source the texts are generated.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.peers.timed.engines import ENGINES, OURS
from benchmarks.peers.timed.lots import LOTS, source_of
from benchmarks.peers.timed.measure import Run, heavy_queries
from searchlib import Index
from searchlib.engine import turns
from searchlib.engine.cores import usable_cores

_THREADS: Final = 8
_LIGHT: Final = 8  # times the queries of the lot
_HEAVY: Final = 60  # queries


def seconds(folder: Path, texts: Sequence[str], threads: int, at_once: int) -> float:
    """Return how long threads take for some queries of an index that was just opened."""
    with patch.object(turns, "usable_cores", lambda: at_once):
        turns.a_turn().begin()
    try:
        index = Index.open(folder)
        index.search("")
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(len, [""] * threads * 4))  # the threads are there
            started = perf_counter()
            list(pool.map(index.search, texts))
            return perf_counter() - started
    finally:
        turns.a_turn().begin()


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
    shown = " ".join(f"{name}=…" for name, _ in options.source)
    lines = ["# Searches that take turns", ""]
    lines += [heading(f"python benchmarks/turns.py {shown} --work FOLDER").rstrip("\n"), ""]
    lines += [
        f"How much {_THREADS} threads do beside one, with so many searches at once: the median of "
        f"{options.rounds} rounds, and what they lie between. There are {cores} cores.",
        "",
        "| at once | light queries | heavy queries |",
        "|---|---:|---:|",
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
            folders = [Path(run.index_of(engine, lot)) for lot in lots]
        finally:
            engine.close()
        light = [" OR ".join(text.split()) for text in run.asked("fr")["any"]] * _LIGHT
        kinds = [light, heavy_queries(lots[1])[:_HEAVY]]
        choices = dict.fromkeys([1, cores, cores + 1, 2 * cores, _THREADS])
        ratios: dict[tuple[int, int], list[float]] = {}
        for _ in range(options.rounds):
            for kind, (place, texts) in enumerate(zip(folders, kinds, strict=True)):
                one = seconds(place, texts, 1, 1)
                for at_once in choices:
                    took = seconds(place, texts, _THREADS, at_once)
                    ratios.setdefault((at_once, kind), []).append(one / took)
    for at_once in choices:
        cells = (ratios[at_once, kind] for kind in (0, 1))
        shown = " | ".join(f"{median(one):.2f}x ({min(one):.2f}–{max(one):.2f})" for one in cells)
        what = {cores: ", as it is", _THREADS: ", all"}.get(at_once, "")
        lines.append(f"| {at_once}{what} | {shown} |")
    text = "\n".join([*lines, ""])
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
