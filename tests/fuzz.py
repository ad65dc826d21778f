"""Look for input that breaks a law, led by what code it reaches.

    python -m tests.fuzz [TARGET …] [--seconds 60] [--runs 0] [--seed 1] [--rounds 3]

Targets are ``query``, ``document``, ``cursor`` and ``files``, of ``tests.fuzz_targets``; none means
all, and so many rounds of all laws that hypothesis tests, each with a seed of its own. atheris
makes the bytes where it is installed, else they are random. Ends with an error at the first that
breaks a law. atheris leaves it in a file: ``python -m tests.fuzz TARGET crash-…`` runs it again.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any, Final

TARGETS: Final = ("query", "document", "cursor", "files")
_LONGEST: Final = 600  # bytes


def fuzz(target: str, seconds: int, runs: int, seed: int) -> None:
    """Run one target in this process, which atheris ends."""
    try:
        import atheris
    except ImportError:
        _random(target, seconds, runs, seed)
        return
    with atheris.instrument_imports(include=["searchlib"]):
        targets: Any = importlib.import_module("tests.fuzz_targets")
    run = targets.TARGETS[target]
    limits = [f"-max_total_time={seconds}", *([f"-runs={runs}"] if runs else [])]
    quiet = [
        "-print_final_stats=1",
        "-verbosity=0",
        "-report_slow_units=999",
        f"-max_len={_LONGEST}",
        f"-seed={seed}",
    ]

    def once(data: bytes) -> None:
        run(atheris.FuzzedDataProvider(data))

    atheris.Setup([sys.argv[0], *limits, *quiet], once)
    atheris.Fuzz()


def _random(target: str, seconds: int, runs: int, seed: int) -> None:
    targets: Any = importlib.import_module("tests.fuzz_targets")
    random, latest, done = Random(seed), time.monotonic() + seconds, 0
    while time.monotonic() < latest and (not runs or done < runs):
        data = random.randbytes(random.randrange(_LONGEST))
        try:
            targets.TARGETS[target](targets.Bytes(data))
        except Exception as error:
            raise AssertionError(f"{target}: {data!r}") from error
        done += 1
    print(f"stat::number_of_executed_units: {done}")


def again(target: str, path: Path) -> None:
    """Run one input again."""
    import atheris

    targets: Any = importlib.import_module("tests.fuzz_targets")
    targets.TARGETS[target](atheris.FuzzedDataProvider(path.read_bytes()))


def laws(seed: int) -> int:
    """Let hypothesis try all its laws with other examples."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider"]
    command += ["tests", "-m", "hypothesis", f"--hypothesis-seed={seed}"]
    return subprocess.run(command, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--runs", type=int, default=0, help="of each target; 0: as time allows")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="of hypothesis")
    options = parser.parse_args()
    if len(options.targets) == 2 and options.targets[1] not in TARGETS:
        again(options.targets[0], Path(options.targets[1]))
        return 0
    if len(options.targets) == 1:
        fuzz(options.targets[0], options.seconds, options.runs, options.seed)
        return 0
    failed = []
    for target in options.targets or TARGETS:
        limits = ["--seconds", str(options.seconds), "--runs", str(options.runs)]
        command = [sys.executable, "-m", "tests.fuzz", target, *limits, "--seed", str(options.seed)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        units = [
            line for line in (done.stdout + done.stderr).splitlines() if "executed_units" in line
        ]
        count = int(units[-1].split()[-1]) if units else 0
        print(f"{target}: {count} inputs, {'a law broken' if done.returncode else 'all laws held'}")
        if done.returncode:
            failed.append(target)
            print(done.stderr[-3_000:], file=sys.stderr)
    for seed in range(options.seed, options.seed + (0 if options.targets else options.rounds)):
        if laws(seed):
            failed.append(f"laws, seed {seed}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
