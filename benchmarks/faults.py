"""Kill, damage and starve an index, and count what was lost: ``docs/guarantees.md`` in figures.

    python benchmarks/faults.py [--kills 500] [--bits 40] [--cuts 1000] [--seconds 120] [--fuzz 60]

Each kind of fault runs in a process of its own, so that a crash of the interpreter is counted.
"""

from __future__ import annotations

import argparse
import re
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
from tests.damage import WRONG
from tests.fuzz import TARGETS
from tests.test_damage import HARMLESS, SCHEMA, document

ROOT: Final = Path(__file__).resolve().parents[1]
#: Tests each of which is a fault, or several: what they are called here, and where they are.
_TESTED: Final = {
    "full disk, too many open files, no permission": ("tests/test_limits.py", ""),
    "an index in another's place, writers in turn": ("tests/test_replaced.py", ""),
    "lengths, deletions and merges of damaged files": (
        "tests/test_damage.py",
        "length or deleted or merge or others or checked",
    ),
    "a rebuild cut off, damaged, without room": ("tests/test_rebuild.py", ""),
    "forks, spawned workers, ends with a writer open": (
        "tests/test_crash.py",
        "fork or workers or interpreter or lock",
    ),
    "hostile documents and queries": ("tests/test_hostile.py", ""),
    "searches given up at their deadline": ("tests/test_deadline.py", ""),
    "opened and closed, replaced, run ahead: memory": ("tests/test_memory.py", ""),
    "indexes of earlier releases, other formats and rules": (
        "tests/test_compatibility.py tests/test_manifest.py",
        "release or format or analysis or icu or older",
    ),
}


class Line(NamedTuple):
    """One line of the table."""

    fault: str
    tried: int
    survived: int
    lost: int


def run(*command: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print((done.stdout + done.stderr)[-2_000:], file=sys.stderr)
    return done


def kills(folder: Path, count: int, seed: int) -> Iterator[Line]:
    done = run("-m", "tests.crash", folder / "killed", count, seed)
    if done.returncode:
        yield Line("SIGKILL of the writing process", count, 0, count)
        return
    for line in done.stdout.splitlines():
        doing, _, number = line.partition(": ")
        if number.isdigit():
            yield Line(f"SIGKILL, {doing.removeprefix('killed ')}", int(number), int(number), 0)


def interrupts(folder: Path, count: int, seed: int) -> Iterator[Line]:
    lost = (
        count if run("-m", "tests.interrupt", folder / "interrupted", count, seed).returncode else 0
    )
    yield Line("SIGINT of the writing process", count, count - lost, lost)


def power(folder: Path, count: int, seed: int) -> Iterator[Line]:
    done = run("-m", "tests.powerloss", folder / "cut", count, seed)
    found = re.search(r"power cuts: (\d+), lost: (\d+)", done.stdout)
    tried, lost = map(int, found.groups()) if found else (count, count)
    yield Line("power cuts", tried, tried - lost, lost)


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
        good = [line for line in own if is_survived(line)]
        yield Line(f"files: {fault}", len(own), len(good), len(own) - len(good))
    if done.returncode and not any(map(WRONG.search, lines)):  # it did not come to its end
        yield Line("files", 1, 0, 1)


def is_survived(line: str) -> bool:
    """Whether a damage was told, or harmless, and nothing wrong was served."""
    is_told = ": whole;" not in line or HARMLESS.search(line) is not None
    return is_told and not WRONG.search(line)


def readers(folder: Path, seconds: int) -> Iterator[Line]:
    """Each search is a try to see half a commit."""
    folder = folder / "read"
    folder.mkdir()
    done = run("-m", "tests.concurrency", folder, seconds)
    counts = re.findall(r"^(.*): (\d+)$", done.stdout, re.M)
    for name, count in counts:
        if name != "lost":
            yield Line(f"one writes, ten read: {name}", int(count), int(count), 0)
    if done.returncode:
        yield Line("one writes, ten read", 1, 0, 1)


def fuzzed(seconds: int, seed: int) -> Iterator[Line]:
    for target in TARGETS:
        done = run("-m", "tests.fuzz", target, "--seconds", seconds, "--seed", seed)
        found = re.findall(r"executed_units: +(\d+)", done.stdout + done.stderr)
        tried, lost = int(found[-1]) if found else 1, int(bool(done.returncode))
        yield Line(f"fuzzed: {target}", tried, tried - lost, lost)


def tested() -> Iterator[Line]:
    for name, (files, words) in _TESTED.items():
        command = ["-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider", *files.split()]
        done = run(*command, *(["-k", words] if words else []))
        counts = {
            kind: int(n) for n, kind in re.findall(r"(\d+) (passed|failed|error)", done.stdout)
        }
        passed = counts.pop("passed", 0)
        lost = sum(counts.values()) or int(bool(done.returncode))
        yield Line(name, passed + lost, passed, lost)


def table(lines: Sequence[Line]) -> str:
    rows = ["| fault | tried | survived | lost |", "|---|---:|---:|---:|"]
    rows += [
        f"| {line.fault} | {line.tried:,} | {line.survived:,} | {line.lost} |" for line in lines
    ]
    tried, survived, lost = (sum(column) for column in list(zip(*lines, strict=True))[1:])
    return "\n".join([*rows, f"| **all** | {tried:,} | {survived:,} | {lost} |"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="and a fifth as many interrupts")
    parser.add_argument("--bits", type=int, default=40, help="flipped in each file")
    parser.add_argument("--cuts", type=int, default=1_000, help="of the power")
    parser.add_argument("--seconds", type=int, default=120, help="of readers beside a writer")
    parser.add_argument("--fuzz", type=int, default=60, help="seconds of each target of the fuzzer")
    parser.add_argument("--seed", type=int, default=20221115)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = []
        for one in (
            kills(folder, options.kills, options.seed),
            interrupts(folder, options.kills // 5, options.seed),
            power(folder, options.cuts, options.seed),
            damage(folder, options.bits, options.seed),
            readers(folder, options.seconds),
            fuzzed(options.fuzz, options.seed),
            tested(),
        ):
            for line in one:
                print(line, file=sys.stderr, flush=True)
                lines.append(line)
    command = (
        f"python benchmarks/faults.py --kills {options.kills} --bits {options.bits} "
        f"--cuts {options.cuts} --seconds {options.seconds} --fuzz {options.fuzz}"
    )
    print(f"# Faults\n\n{heading(command)}\n{table(lines)}\n")
    print(f"In {time.perf_counter() - began:.0f} seconds. docs/guarantees.md says what each means.")
    return int(any(line.lost for line in lines))


if __name__ == "__main__":
    sys.exit(main())
