"""Measure who has how much to do when documents are added with more cores, and what that bounds.

    python benchmarks/cores.py fr=FILE vi=FOLDER --markdown FILE

Sources are *.jsonl[.gz] of {"title", "text", "lang"}; without any, texts are generated. Each row is
a process of its own, in turns; of each figure the least of the rounds counts, as other work on the
machine only adds to it. Times are those of the processor, so that they can be measured with fewer
cores than are told: who has the most to do is who the others wait for where each has a core.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time, thread_time
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.peers.timed.engine import FACETS, read_rows
from benchmarks.peers.timed.lots import LOTS, make_lot, source_of
from searchlib import Index, Integer, Keyword, Schema, Text
from searchlib.engine.cores import plan

_CORES: Final = (2, 3, 4, 6)
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_LOOK_EACH: Final = 200  # documents
_ITSELF: Final = "measure"


def main() -> None:
    if sys.argv[1:2] == [_ITSELF]:
        print(json.dumps(_measured(Path(sys.argv[2]), int(sys.argv[3]))))
        return
    options = _options()
    sources = dict(options.source)
    lines = [heading(f"python benchmarks/cores.py {' '.join(f'{n}=…' for n in sources)}"), ""]
    lines += [
        "Seconds of the processor for a MB of UTF-8, the least of "
        f"{options.rounds} rounds. *adds*: the thread that adds, in Python; then each process that "
        "encodes; then all that tantivy does, merges too, through its threads. The most of these "
        "is what the others wait for, if each has a core of its own; *at best* is how many times "
        "as fast as with one or two cores that would be. MB: the most memory without mapped files, "
        "of this process and of those that help it.",
        "",
    ]
    with TemporaryDirectory() as folder:
        for name in options.lot:
            lot = make_lot(name, sources.get(name), Path(folder) / f"{name}.tsv", options.scale)
            lines += _table(name, lot.path, lot.megabytes, options.rounds)
    text = "\n".join(lines)
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*LOTS), metavar="LOT=PATH")
    parser.add_argument("--lot", action="append", choices=list(LOTS), help="repeatable")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--scale", type=float, default=2.0, help="of the lots' usual sizes")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    options = parser.parse_args()
    options.lot = options.lot or list(dict(options.source)) or ["fr", "vi"]
    return options


def _table(name: str, path: Path, megabytes: float, rounds: int) -> Iterator[str]:
    costs: dict[int, list[dict[str, float]]] = {cores: [] for cores in _CORES}
    for _ in range(rounds):
        for cores in _CORES:
            command = [sys.executable, __file__, _ITSELF, str(path), str(cores)]
            costs[cores].append(json.loads(subprocess.check_output(command)))
    yield f"## {name}: {megabytes:.1f} MB"
    yield ""
    yield "| cores | adds | processes | each | tantivy's threads | each | at best | MB |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
    first = 0.0
    for cores, found in costs.items():
        threads, workers, _ = plan(cores)
        adds, helps, engine, own, others = (
            min(one[figure] for one in found)
            for figure in ("adds", "process", "engine", "own", "others")
        )
        times = [one / megabytes for one in (adds, helps, engine / threads)]
        first = first or max(times)
        yield (
            f"| {'1 or 2' if cores == 2 else cores} | {times[0]:.3f} | {workers} | "
            f"{f'{times[1]:.3f}' if workers else ''} | {threads} | {times[2]:.3f} | "
            f"{first / max(times):.1f} | {own:.0f}{f' + {others:.0f}' if workers else ''} |"
        )
    yield ""


def _measured(path: Path, cores: int) -> dict[str, float]:
    """Index a lot with so many cores; return seconds of the processor and MB."""
    kinds = {one: Integer() if one == "year" else Keyword() for one in FACETS}
    schema = Schema({"whole": Text(), **kinds}, language="lang")
    documents = [
        {"id": row.id, "whole": row.whole, "lang": row.lang}
        | {one: getattr(row, one) for one in FACETS}
        for row in read_rows(path)
    ]
    own = others = 0.0
    workers: list[int] = []
    with TemporaryDirectory() as folder:
        index = Index(schema, folder)
        held = _memory(os.getpid())
        adds, everything = thread_time(), process_time()
        looking = 0.0
        with index.writer(cores=cores) as writer:
            for number, error in enumerate(writer.add_each(documents)):
                assert error is None, error
                if not number % _LOOK_EACH:
                    looked = thread_time()
                    pool: Any = writer._encoders._pool
                    workers = [] if pool is None else pool.processes
                    own = max(own, _memory(os.getpid()) - held)
                    others = max(others, sum(map(_memory, workers)))
                    looking += thread_time() - looked
            helped = [_seconds(Path(f"/proc/{pid}/stat")) for pid in workers]
            handed = sum(
                _seconds(Path(f"/proc/self/task/{thread.native_id}/stat"))
                for thread in threading.enumerate()
                if thread.name.startswith("searchlib-pool")
            )
        adds, everything = thread_time() - adds, process_time() - everything
        assert len(index) == len({one["id"] for one in documents})
    return {
        "adds": adds - looking,
        "process": max(helped, default=0.0),
        "engine": everything - adds - handed,
        "own": own,
        "others": others,
    }


def _seconds(stat: Path) -> float:
    """The processor's time of a process or thread."""
    fields = stat.read_text("ascii", "replace").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> float:
    """MB that a process has of its own now."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    return int(status.partition("RssAnon:")[2].split()[0]) / 1e3


if __name__ == "__main__":
    main()
