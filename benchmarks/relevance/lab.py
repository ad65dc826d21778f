"""Try other ways to rank, outside the engine: what was looked at and mostly left out.

    python benchmarks/relevance/lab.py FOLDER … [--study NAME …] [--queries N] [--markdown FILE]

Each FOLDER is a collection (see collection.py) or holds some. A study prints a table for each
folder: nDCG@10, one row a setting, the first being what searchlib does; one column a collection
where the study applies; their mean; and p, of a paired t test of all queries against the first row.
In a cell, * stands for p < 0.05 in its collection and ** for p < 0.01. Corrections of typing errors
and the clause for short queries with marks are left aside, in all rows.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance.collection import find_collections, read_collection
from benchmarks.relevance.lab_core import Lab
from benchmarks.relevance.lab_studies import STUDIES, Row, Study
from benchmarks.relevance.measures import p_value
from benchmarks.relevance.programs import part_options, write_parts

_Columns = dict[str, list[Row]]


def main() -> None:
    options = part_options(__doc__, "study", STUDIES)
    studies = {name: STUDIES[name] for name in options.chosen}
    tables: dict[str, list[str]] = {name: [] for name in studies}
    for folder in options.folder:
        found = _run(folder, studies, options.queries)
        for name, columns in found.items():
            if columns:
                tables[name].append(f"{folder.name}:\n\n{table(columns)}")
    about = __doc__.rpartition("\n\n")[2].partition("some. ")[2].strip()
    parts = ((f"{name}: {studies[name].title}", found) for name, found in tables.items())
    write_parts(options, "Other ways to rank", __file__, about, parts)


def _run(folder: Path, studies: dict[str, Study], queries: int | None) -> dict[str, _Columns]:
    """Return study → column → rows. One collection at a time is in memory."""
    found: dict[str, _Columns] = {name: {} for name in studies}
    for path in find_collections(folder):
        collection = read_collection(path)
        if len(collection.languages) > 1:
            continue
        labs: dict[str, Lab] = {}
        for name, study in studies.items():
            for variant in study.variants:
                if variant not in labs:
                    labs[variant] = Lab(collection, queries, variant=variant)
                if study.applies(labs[variant]):
                    suffix = f", {variant}" if len(study.variants) > 1 else ""
                    found[name][collection.name + suffix] = list(study.rows(labs[variant]))
        print(f"{collection.name} done", file=sys.stderr)
    return found


def table(columns: _Columns) -> str:
    """Return the table of a study in Markdown. A setting that some collections do not have shows
    the first row's values there."""
    labels = list(dict.fromkeys(row.label for rows in columns.values() for row in rows))
    lines = [["", *columns, "mean", "p"]]
    for label in labels:
        cells: list[str] = []
        means: list[float] = []
        differences: list[float] = []
        is_ranking = True
        for first, *others in columns.values():
            row = next((one for one in others if one.label == label), None)
            values = first.values if row is None else row.values
            is_ranking = is_ranking and (row is None or row.is_ranking)
            changes = (values - first.values).tolist()
            means.append(float(values.mean()))
            differences += changes
            p = p_value(changes) if is_ranking else 1.0
            star = "**" if p < 0.01 else "*" if p < 0.05 else ""
            is_missing = row is None and label != first.label
            cells.append("=" if is_missing else f"{means[-1]:.4f}{star}")
        is_first = label == labels[0]
        p_all = "" if is_first or not is_ranking else f"{p_value(differences):.4f}"
        lines.append([label, *cells, f"{fmean(means):.4f}", p_all])
    rows = [f"| {' | '.join(line)} |" for line in lines]
    rows.insert(1, "|---" * len(lines[0]) + "|")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
