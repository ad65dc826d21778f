"""Print the table of a saved benchmark run, for `benchmarks/results/`.

./run bench --benchmark-json=run.json
python benchmarks/report.py run.json > benchmarks/results/benchmarks.md

A second argument takes the benchmarks of one group alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    runs = json.loads(Path(sys.argv[1]).read_text("utf-8"))["benchmarks"]
    group = "".join(sys.argv[2:])
    runs = [run for run in runs if group in ("", run["group"])]
    print("# Benchmarks\n")
    print(
        heading(
            "./run bench --benchmark-json=run.json; python benchmarks/report.py run.json " + group
        )
    )
    print("| group | benchmark | median ms | least ms | |\n|---|---|---:|---:|---|")
    for run in sorted(runs, key=lambda run: (run["group"], run["name"])):
        median, least = (1000 * run["stats"][key] for key in ("median", "min"))
        extra = ", ".join(f"{value} {key}" for key, value in run["extra_info"].items())
        name = run["name"].removeprefix("bench_")
        print(f"| {run['group']} | {name} | {median:.3f} | {least:.3f} | {extra} |")


if __name__ == "__main__":
    main()
