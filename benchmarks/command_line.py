"""What the command line takes to start: each command anew, in a process of its own.

    python benchmarks/command_line.py > benchmarks/results/command-line.md

Processor time, which other work on the machine changes least: nothing here waits for anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import heading  # noqa: E402

RUNS = 15


def spent() -> float:
    """Milliseconds of the processor that processes started here have taken so far."""
    usage = getrusage(RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def milliseconds(arguments: list[str]) -> list[float]:
    """What the command takes, each time it is run."""
    found = []
    for _ in range(RUNS + 1):
        before = spent()
        subprocess.run(
            [sys.executable, *arguments],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            check=True,
        )
        found.append(spent() - before)
    return found[1:]  # the first may have to compile modules


def main() -> None:
    """Print a table."""
    program = ["-m", "searchlib"]
    with TemporaryDirectory() as folder:
        index = str(Path(folder, "news"))
        source = str(ROOT / "examples" / "news.jsonl")
        made = [*program, "index", index, source, "--category", "section", "--json"]
        commands = {
            "Python alone": ["-c", "pass"],
            "`import searchlib`": ["-c", "import searchlib"],
            "`searchlib --version`": [*program, "--version"],
            "`searchlib --help`": [*program, "--help"],
            "`searchlib search news quoc hoi`": [*program, "search", index, "quoc", "hoi"],
        }
        subprocess.run([sys.executable, *made], stdout=subprocess.DEVNULL, check=True)
        print("# What the command line takes to start\n")
        print(heading("python benchmarks/command_line.py"))
        print(f"Milliseconds of processor time, {RUNS} runs of each.\n")
        print("| | median | 90 % within |\n|---|---|---|")
        for name, arguments in commands.items():
            times = milliseconds(arguments)
            print(f"| {name} | {median(times):.0f} | {quantiles(times, n=10)[-1]:.0f} |")


if __name__ == "__main__":
    main()
