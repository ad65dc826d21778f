"""Measure how fast searchlib is beside its peers: the whole table, with what is to be reached.

    python benchmarks/peers/speed.py                                  generated texts
    python benchmarks/peers/speed.py fr=FILE vi=FOLDER mixed=FOLDER questions=FOLDER en=… th=… zh=…
    python benchmarks/peers/speed.py … --only search --work FOLDER    a part; keeps its indexes
    python benchmarks/peers/speed.py --print                          the table as it was measured

Sources are *.jsonl[.gz] of {"title", "text", "lang"}; ``questions`` are {"text", "lang"}. Engines
take turns in one program, each in a process of its own; a figure is the median over the rounds, and
the least and the greatest stand behind it. Bare tantivy-py, one field of title and text, its
default tokenizer, is 1.0. README.md says how each peer is set up. Values go to --json, where parts
measured earlier stay.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.peers.timed.engines import BARE, ENGINES, OURS, Process
from benchmarks.peers.timed.lots import LOTS, source_of
from benchmarks.peers.timed.measure import PARTS, Run
from benchmarks.peers.timed.table import plot, table

_RESULTS: Final = Path(__file__).resolve().parents[1] / "results"


def main() -> None:
    options = _options()
    report = _report(options.json)
    if not options.print:
        lacking = {
            name: reason
            for name, engine in ENGINES.items()
            if _is_wanted(name, options) and (reason := engine.missing())
        }
        report["missing"] = lacking
        engines = {
            name: one
            for name, one in ENGINES.items()
            if _is_wanted(name, options) and name not in lacking
        }
        with TemporaryDirectory() as folder:
            _measure(report, engines, options.work or Path(folder), options)
    text = table(report)
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")
    if options.plot:
        plot(report, options.plot)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*LOTS, "questions"), metavar="LOT=PATH")
    parser.add_argument("--only", action="append", choices=list(PARTS), help="a part; repeatable")
    parser.add_argument("--engine", action="append", choices=list(ENGINES), help="beside searchlib")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--scale", type=float, default=1.0, help="of the lots' usual sizes")
    parser.add_argument("--work", type=Path, help="where lots and indexes are kept")
    parser.add_argument("--print", action="store_true", help="measure nothing")
    parser.add_argument("--json", type=Path, default=_RESULTS / "speed.json")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    parser.add_argument("--plot", type=Path, help="draw it: an SVG or PNG file")
    return parser.parse_args()


def _is_wanted(name: str, options: argparse.Namespace) -> bool:
    always = {BARE, *OURS, "tantivy-title", "tantivy-views"}
    return not options.engine or name in {*always, *options.engine}


def _report(path: Path) -> dict[str, Any]:
    """What was measured earlier, if anything."""
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found
    return {"parts": {}, "versions": {}, "lots": {}, "missing": {}, "measured": {}}


def _measure(
    report: dict[str, Any],
    engines: dict[str, Process],
    work: Path,
    options: argparse.Namespace,
) -> None:
    def save() -> None:
        report["lots"] |= {
            one.name: {"documents": len(one.sizes), "MB": round(one.megabytes, 1)}
            for one in run.lots
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")

    run = Run(
        work,
        dict(options.source),
        engines,
        options.rounds,
        options.queries,
        options.scale,
        report["measured"],
        save,
    )
    try:
        report["versions"] |= {one: engine.ask("version") for one, engine in engines.items()}
        for name, measure in PARTS.items():
            if options.only and name not in options.only:
                continue
            about = {"date": date.today().isoformat(), "rounds": options.rounds}
            report["parts"][name] = about
            measure(run)
            save()
    finally:
        for engine in engines.values():
            engine.close()


if __name__ == "__main__":
    main()
