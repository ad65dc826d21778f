"""How long the command line takes to start: each command anew, in a process of its own.

python benchmarks/command_line.py > benchmarks/results/command-line.md
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


RUNS = 15


def milliseconds(arguments: list[str]) -> list[float]:
    """How long the command takes, each time it is run."""
    found = []
    for _ in range(RUNS + 1):
        started = perf_counter()
        subprocess.run(
            [sys.executable, *arguments],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            check=True,
        )
        found.append((perf_counter() - started) * 1e3)
    return found[1:]  # the first may have to compile modules


def main() -> None:
    """Print a table."""
    program = ["-m", "searchlib"]
    with TemporaryDirectory() as folder:
        index = str(Path(folder, "news"))
        source = str(ROOT / "examples" / "news.jsonl")
        made = [*program, "index", index, source, "--category", "section", "--json"]
        milliseconds_of = {
            "Python alone": ["-c", "pass"],
            "`import searchlib`": ["-c", "import searchlib"],
            "`from searchlib import Index`": ["-c", "from searchlib import Index"],
            "`searchlib --version`": [*program, "--version"],
            "`searchlib --help`": [*program, "--help"],
            "`searchlib search news quoc hoi`": [*program, "search", index, "quoc", "hoi"],
        }
        subprocess.run([sys.executable, *made], stdout=subprocess.DEVNULL, check=True)
        print("# What the command line takes to start\n")
        print(
            f"Milliseconds of a process, {RUNS} runs each: `python benchmarks/command_line.py`.\n"
        )
        print("| | median | 90 % within |\n|---|---|---|")
        for name, arguments in milliseconds_of.items():
            times = milliseconds(arguments)
            print(f"| {name} | {median(times):.0f} | {quantiles(times, n=10)[-1]:.0f} |")


if __name__ == "__main__":
    main()
