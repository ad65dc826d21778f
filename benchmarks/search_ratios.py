"""Print what searches take in this state of the source, in another, and in bare tantivy-py.

    python benchmarks/search_ratios.py fr=FILE questions=FOLDER --work FOLDER
    python benchmarks/search_ratios.py fr=FILE questions=FOLDER --work FOLDER --before TREE
    python benchmarks/search_ratios.py mixed=FOLDER questions=FOLDER --lot mixed …

Lots, queries and indexes are those of ``peers/speed.py``, and may lie where it left them. TREE is
another state of this repository, with the same format of indexes, its C module compiled. Each is a
process of its own, since one process is some per cent quicker than the next, several one after the
other; they take turns, and each turn opens the index anew, so that no query is met twice by it. Of
a query the least time of all rounds counts, of a kind the median of its queries. Times are of the
processor, and hold the reading of what is found. How many functions of Python and methods of the
engine a query calls depends on no machine. Then come what the search spends in Python, outside the
engine, and how much of that in compiling the query. The last columns are bounds, each with its
ratio: what would be left if to compile took Python no time; and what if everything took none but
the engine's search by the same query, and reading the documents found.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.peers.timed.engines import BARE, ENGINES, OURS, Process
from benchmarks.peers.timed.lots import LOTS, source_of
from benchmarks.peers.timed.measure import Run

#: What is timed in the same turns: what an engine is asked for → which queries. The table shows the
#: first of each.
_KINDS: Final[dict[str, dict[str, str]]] = {
    "OR of two words": {"any": "any"},
    "AND of two words": {"all": "all"},
    "phrase": {"phrase": "phrase"},
    "prefix": {"prefix": "prefix"},
    "real questions": {"question": "question"},
    "snippets": {"snippets": "question"},
    "highlights of two fields": {"two snippets": "question"},
    "three facets": {"facets": "facet", "any": "facet", "counts": "facet"},
}
#: Those that are one search of the engine, and documents.
_ONE_SEARCH: Final = ("any", "all", "phrase", "prefix", "question")
_FRENCH_ALONE: Final = ("snippets", "highlights of two fields", "three facets")
_ROOT: Final = Path(__file__).resolve().parents[1]
_STARTS: Final = 4  # of each process
_WARM: Final = 8  # queries before the clock runs
_US: Final = 1e6


#: Kind → state of the source → microseconds of a query.
_Times = dict[str, dict[str, float]]
#: What is asked of ours besides: what it spends in Python, how much of it in compiling, and what no
#: program could leave out.
_PARTS: Final = ("share", "compiling", "least")
#: What stands in a line for a query that Python compiles in no time.
_COMPILED: Final = "compiled"
#: State of the source → functions of Python, and methods of the engine, that a query calls.
_Calls = dict[str, tuple[float, float]]


def processes(before: Path | None, *, has_title: bool) -> dict[str, Process]:
    """Return what is compared: ``bare``, ``before`` if there is a tree, and ``now``."""
    own = ENGINES[OURS[2] if has_title else OURS[0]]
    trees = {"now": _ROOT} if before is None else {"before": before.resolve(), "now": _ROOT}
    found = {"bare": ENGINES["tantivy-title" if has_title else BARE].fresh()}
    for name, tree in trees.items():
        found[name] = replace(own.fresh(), environment={"PYTHONPATH": str(tree / "src")})
    return found


def measured(
    run: Run, name: str, kinds: dict[str, str], before: Path | None, rounds: int
) -> tuple[_Times, _Calls]:
    """Return what queries of a lot take, and what those of the first kind call."""
    lot, asked = run.lot(name), run.asked(name)
    least: dict[str, dict[str, list[float]]] = {kind: {} for kind in kinds}
    calls: _Calls = {}

    def ask(engine: Process, order: str, kind: str) -> list[float]:
        # What an engine remembers of its answers it forgets with the index it had open.
        engine.ask("open", run.index_of(engine, lot), lot.language)
        engine.ask("time", "any", *asked["all"][:_WARM])
        return engine.seconds(order, kind, *asked[kinds[kind]])

    def keep(kind: str, name: str, times: list[float]) -> None:
        pairs = zip(least[kind].get(name, times), times, strict=True)
        least[kind][name] = [min(pair) for pair in pairs]

    for start in range(_STARTS):
        engines = processes(before, has_title="two snippets" in kinds)
        names = list(engines)
        try:
            for number in range(-1, rounds):  # a round before the first, in which caches fill
                place = (start + number) % len(names)
                for name in [*names[place:], *names[:place]]:
                    for kind in kinds:
                        times = ask(engines[name], "time", kind)
                        if times and number >= 0:
                            keep(kind, name, times)
                if number >= 0 and next(iter(kinds)) in _ONE_SEARCH:
                    for part, kind in product(_PARTS, kinds):
                        keep(kind, part, ask(engines["now"], part, kind))
            for name in names[1:]:
                python, engine = ask(engines[name], "calls", next(iter(kinds)))
                calls[name] = python, engine
        finally:
            for one in engines.values():
                one.close()
    for found in least.values():
        if "compiling" in found:
            pairs = zip(found["now"], found["compiling"], strict=True)
            found[_COMPILED] = [seconds - less for seconds, less in pairs]
    return {
        kind: {name: _US * median(times) for name, times in found.items()}
        for kind, found in least.items()
    }, calls


def _line(what: str, times: dict[str, float], calls: _Calls, states: list[str]) -> str:
    bare = times["bare"]
    cells = [what, f"{bare:.0f}", *(f"{times[name]:.0f}" for name in states)]
    cells.append(" → ".join(f"{bare / times[name]:.2f}" for name in states))
    if len(states) > 1:
        cells.append(f"{times['now'] / times['before']:.2f}")
    for number in (0, 1):
        cells.append(" → ".join(f"{calls[name][number]:,.0f}" for name in states if name in calls))
    share, compiling = times.get("share"), times.get("compiling")
    cells.append("" if share is None else f"{share:.0f}, {compiling:.0f}")
    for bound in (_COMPILED, "least"):
        left = times.get(bound)
        cells.append("" if left is None else f"{left:.0f}, {bare / left:.2f}")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*LOTS, "questions"), metavar="LOT=PATH")
    parser.add_argument("--lot", choices=["fr", "vi", "mixed"], default="fr", help="whose queries")
    parser.add_argument("--work", type=Path, help="where lots and indexes are kept")
    parser.add_argument("--before", type=Path, metavar="TREE", help="another state of the source")
    parser.add_argument("--rounds", type=int, default=6, help="of each process")
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--scale", type=float, default=1.0, help="of the lot's usual size")
    options = parser.parse_args()
    if options.before is not None and not (options.before / "src" / "searchlib").is_dir():
        parser.error(f"there is no src/searchlib in {options.before}")
    states = ["now"] if options.before is None else ["before", "now"]
    command = f"python benchmarks/search_ratios.py {options.lot}=… questions=FOLDER --work FOLDER"
    command += "" if options.lot == "fr" else f" --lot {options.lot}"
    print("# What searches take, beside bare tantivy-py\n")
    print(heading(command + ("" if options.before is None else " --before TREE")))
    print("Microseconds of the processor; a ratio is bare tantivy-py's time through ours.\n")
    heads = ["", "bare", *states, "ratio", *(["now/before"] * (len(states) > 1))]
    heads += ["functions", "engine calls", "in Python, compiling", "compiled at once", "at best"]
    print("| " + " | ".join(heads) + " |")
    print("|---" + "|---:" * (len(heads) - 1) + "|", flush=True)
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
        for what, kinds in _KINDS.items():
            if what in _FRENCH_ALONE and options.lot != "fr":
                continue
            times, calls = measured(run, options.lot, kinds, options.before, options.rounds)
            print(_line(what, times[next(iter(kinds))], calls, states), flush=True)
            if "counts" in kinds:
                alone = {name: times["facets"][name] - times["any"][name] for name in states}
                bare = {"bare": times["counts"]["bare"]}
                print(_line(f"{what} alone", bare | alone, {}, states), flush=True)


if __name__ == "__main__":
    main()
