"""Print what searches take in this state of the source, in another, and in bare tantivy-py.

    python benchmarks/search_ratios.py fr=FILE questions=FOLDER --work FOLDER
    python benchmarks/search_ratios.py fr=FILE questions=FOLDER --work FOLDER --before TREE

Lots, queries and indexes are those of ``peers/speed.py``, and may lie where it left them. TREE is
another state of this repository, with the same format of indexes, its C module compiled. Each is a
process of its own, since one process is some per cent quicker than the next, several one after the
other; they take turns, and each turn opens the index anew, so that no query is met twice by it. Of
a query the least time of all rounds counts, of a kind the median of its queries. Times are of the
processor, and hold the reading of what is found. How many functions of Python and methods of the
engine a query calls depends on no machine.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.peers.speed import source
from benchmarks.peers.timed.engines import BARE, ENGINES, OURS, Process
from benchmarks.peers.timed.measure import Run

#: What an engine is asked for → which queries, and what the table calls them; the two without a
#: name are for the line of facets alone.
_KINDS: Final = {
    "any": ("any", "OR of two words"),
    "plain": ("facet", ""),
    "all": ("all", "AND of two words"),
    "phrase": ("phrase", "phrase"),
    "prefix": ("prefix", "prefix"),
    "question": ("question", "real questions"),
    "snippets": ("question", "snippets"),
    "two snippets": ("question", "highlights of two fields"),
    "facets": ("facet", "three facets"),
    "counts": ("facet", ""),
}
_ROOT: Final = Path(__file__).resolve().parents[1]
_STARTS: Final = 4  # of each process
_WARM: Final = 8  # queries before the clock runs
_US: Final = 1e6


def processes(before: Path | None, kind: str) -> dict[str, Process]:
    """Return what is compared over queries of a kind: ``bare``, ``before`` if there is a tree, and
    ``now``."""
    has_title = kind == "two snippets"
    own = ENGINES[OURS[2] if has_title else OURS[0]]
    trees = {"now": _ROOT} if before is None else {"before": before.resolve(), "now": _ROOT}
    found = {"bare": ENGINES["tantivy-title" if has_title else BARE].fresh()}
    for name, tree in trees.items():
        found[name] = replace(own.fresh(), environment={"PYTHONPATH": str(tree / "src")})
    return found


def measured(
    run: Run, kind: str, before: Path | None, rounds: int
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Return microseconds of a query, and its calls of Python and of the engine, of each state."""
    asked = run.asked("fr")
    texts = asked[_KINDS[kind][0]]
    word = "any" if kind == "plain" else kind
    least: dict[str, list[float]] = {}
    calls: dict[str, tuple[float, float]] = {}

    def ask(engine: Process, order: str) -> list[float]:
        # What an engine remembers of its answers it forgets with the index it had open.
        engine.ask("open", run.index_of(engine, run.lot("fr")), "fr")
        engine.ask("time", "any", *asked["all"][:_WARM])
        return engine.seconds(order, word, *texts)

    for start in range(_STARTS):
        engines = processes(before, kind)
        names = list(engines)
        try:
            for number in range(-1, rounds):  # a round before the first, in which caches fill
                place = (start + number) % len(names)
                for name in [*names[place:], *names[:place]]:
                    times = ask(engines[name], "time")
                    if times and number >= 0:
                        known = least.get(name, times)
                        least[name] = [min(pair) for pair in zip(known, times, strict=True)]
            for name in names:
                if name in least and name != "bare":
                    python, engine = ask(engines[name], "calls")
                    calls[name] = python, engine
        finally:
            for one in engines.values():
                one.close()
    return {name: _US * median(times) for name, times in least.items()}, calls


def _line(
    what: str, times: dict[str, float], calls: dict[str, tuple[float, float]], states: list[str]
) -> str:
    bare = times["bare"]
    cells = [what, f"{bare:.0f}", *(f"{times[name]:.0f}" for name in states)]
    cells.append(" → ".join(f"{bare / times[name]:.2f}" for name in states))
    if len(states) > 1:
        cells.append(f"{times['now'] / times['before']:.2f}")
    for number in (0, 1):
        cells.append(" → ".join(f"{calls[name][number]:,.0f}" for name in states if name in calls))
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source, metavar="LOT=PATH")
    parser.add_argument("--work", type=Path, help="where lots and indexes are kept")
    parser.add_argument("--before", type=Path, metavar="TREE", help="another state of the source")
    parser.add_argument("--rounds", type=int, default=5, help="of each process")
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--scale", type=float, default=1.0, help="of the lot's usual size")
    options = parser.parse_args()
    states = ["now"] if options.before is None else ["before", "now"]
    command = "python benchmarks/search_ratios.py fr=FILE questions=FOLDER --work FOLDER"
    print("# What searches take, beside bare tantivy-py\n")
    print(heading(command + ("" if options.before is None else " --before TREE")))
    print("Microseconds of the processor; a ratio is bare tantivy-py's time through ours.\n")
    heads = ["", "bare", *states, "ratio", *(["now/before"] * (len(states) > 1))]
    print("| " + " | ".join([*heads, "functions", "engine calls"]) + " |")
    print("|---" + "|---:" * (len(heads) + 1) + "|", flush=True)
    with TemporaryDirectory() as folder:
        run = Run(
            options.work or Path(folder),
            dict(options.source),
            {},
            options.rounds,
            options.queries,
            options.scale,
            {},
            lambda: None,
        )
        found = {}
        for kind, (_, what) in _KINDS.items():
            times, calls = measured(run, kind, options.before, options.rounds)
            found[kind] = times
            if what:
                print(_line(what, times, calls, states), flush=True)
    alone = {name: found["facets"][name] - found["plain"][name] for name in states}
    print(_line("three facets alone", {"bare": found["counts"]["bare"], **alone}, {}, states))


if __name__ == "__main__":
    main()
