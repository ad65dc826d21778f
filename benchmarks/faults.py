"""Kill, damage and starve an index, and count what was lost: ``docs/guarantees.md`` in figures.

    python benchmarks/faults.py [--kills 500] [--bits 40] [--seed 20221115]

Each kind of fault runs in a process of its own, so that a crash of the interpreter is counted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from searchlib import Index
from tests.test_damage import HARMLESS, SCHEMA, document

ROOT: Final = Path(__file__).resolve().parents[1]


class Line(NamedTuple):
    """One line of the table."""

    fault: str
    tried: int
    survived: int
    lost: int


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def kills(folder: Path, count: int, seed: int) -> Iterator[Line]:
    done = run("-m", "tests.crash", folder / "killed", count, seed)
    if done.returncode:
        yield Line("SIGKILL of the writing process", count, 0, count)
        print(done.stderr[-2_000:], file=sys.stderr)
        return
    for line in done.stdout.splitlines():
        doing, _, number = line.partition(": ")
        if number.isdigit():
            yield Line(f"SIGKILL, {doing.removeprefix('killed ')}", int(number), int(number), 0)


def damage(folder: Path, bits: int, seed: int) -> Iterator[Line]:
    """What survives is told by the check or harmless; lost would be a wrong document served."""
    index = Index(SCHEMA, folder / "index")
    index.add(map(document, range(60)))
    index.delete("d3", "d40")
    index.add([document(7)])
    done = run("-m", "tests.damage", folder / "index", seed, bits)
    lines = done.stdout.splitlines()
    for fault in ("bit", "footer bit", "cut", "zeros", "longer"):
        own = [line for line in lines if line.partition(" ")[2].startswith(fault)]
        good = [line for line in own if ": whole;" not in line or HARMLESS.search(line)]
        # Lines end where a wrong document was served: the program stops there.
        yield Line(f"files: {fault}", len(own), len(good), len(own) - len(good))
    if done.returncode:
        print(done.stderr[-2_000:], file=sys.stderr)
        yield Line("files: wrong document served, or a crash", 1, 0, 1)


def limits() -> Iterator[Line]:
    for name in ("no_room", "too_many_open_files", "folder_that_may_only_be_read"):
        done = run(
            "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_limits.py", "-k", name
        )
        yield Line(name.replace("_", " "), 1, int(not done.returncode), int(bool(done.returncode)))


def table(lines: Sequence[Line]) -> str:
    rows = ["| fault | tried | survived | lost |", "|---|---|---|---|"]
    rows += [f"| {line.fault} | {line.tried} | {line.survived} | {line.lost} |" for line in lines]
    tried, survived, lost = (sum(column) for column in list(zip(*lines, strict=True))[1:])
    return "\n".join([*rows, f"| **all** | {tried} | {survived} | {lost} |"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--bits", type=int, default=40, help="flipped in each file")
    parser.add_argument("--seed", type=int, default=20221115)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [
            *kills(folder, options.kills, options.seed),
            *damage(folder, options.bits, options.seed),
            *limits(),
        ]
    command = f"python benchmarks/faults.py --kills {options.kills} --bits {options.bits}"
    print(f"# Faults\n\n{heading(command)}\n{table(lines)}\n")
    print(f"In {time.perf_counter() - began:.0f} seconds. docs/guarantees.md says what each means.")
    return int(any(line.lost for line in lines))


if __name__ == "__main__":
    sys.exit(main())
