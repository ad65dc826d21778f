"""Measure how well searchlib ranks, on any test collection, through its public interface.

    python benchmarks/relevance/run.py FOLDER --json results.json
    python benchmarks/relevance/compare.py before.json results.json

FOLDER is a collection (see collection.py) or holds collections. Every query runs as typed and in
variants: all marks stripped, half of the words stripped, Vietnamese tone marks placed in the other
style, decomposed, one typing error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance.collection import Collection, Query, sample, union
from benchmarks.relevance.measures import MEASURES, mean, measure
from benchmarks.relevance.programs import (
    TITLE_WEIGHT,
    add_collections,
    chosen_collections,
    parser,
    write_page,
)
from benchmarks.relevance.variants import VARIANTS, vary
from searchlib import Index, Schema, Text

_DEPTH = 100


def main() -> None:
    options = _options()
    collections = chosen_collections(options)
    report: dict[str, Any] = {
        "union": options.union,
        "language_given": options.language_given,
        "seed": options.seed,
        "title_weight": options.title_weight,
        "collections": {},
    }
    found: dict[str, dict[str, Any]] = report["collections"]
    if options.union:
        whole = union(collections)
        index, seconds = _index(whole, options)
        for one in collections:
            ids = {query.id for query in union([one]).queries}
            part = [query for query in whole.queries if query.id in ids]
            judged = {query: whole.judgements[query] for query in ids}
            subset = Collection(one.name, one.documents, part, judged)
            found[one.name] = _evaluate(index, subset, options, seconds)
    else:
        for one in collections:
            index, seconds = _index(one, options)
            found[one.name] = _evaluate(index, one, options, seconds)
    tables = [_table(name, found, options.variant) for name in MEASURES]
    print("\n".join(tables))
    if options.markdown:
        command = f"python benchmarks/relevance/run.py FOLDER {_settings(options)}".rstrip()
        blocks = "\n".join(f"```\n{table}```\n" for table in tables)
        write_page(options.markdown, "Relevance", command, blocks)
    if options.json:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    made = parser(__doc__)
    add_collections(made)
    made.add_argument("--json", type=Path, help="write all values here, query by query")
    made.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="only this one; repeatable"
    )
    made.add_argument("--queries", type=int, help="so many queries a collection, drawn by seed")
    made.add_argument("--union", action="store_true", help="all collections in one index")
    made.add_argument(
        "--language-given",
        action="store_true",
        help="name the language of documents and queries; otherwise it is identified",
    )
    made.add_argument("--title-weight", type=float, default=TITLE_WEIGHT)
    made.add_argument("--seed", type=int, default=1)
    options = made.parse_args()
    options.variant = options.variant or list(VARIANTS)
    return options


def _settings(options: argparse.Namespace) -> str:
    """The options that change figures, as they are typed."""
    flags = [f"--{name}" for name in ("union", "language-given") if _of(options, name)]
    for name in ("language", "collection"):
        flags += [f"--{name} {value}" for value in _of(options, name) or ()]
    if options.variant != list(VARIANTS):
        flags += [f"--variant {value}" for value in options.variant]
    if options.queries is not None:
        flags.append(f"--queries {options.queries}")
    return " ".join(flags)


def _of(options: argparse.Namespace, name: str) -> Any:
    return getattr(options, name.replace("-", "_"))


def _index(collection: Collection, options: argparse.Namespace) -> tuple[Index, float]:
    schema = Schema(
        {"title": Text(weight=options.title_weight), "text": Text()},
        language="lang" if options.language_given else None,
        languages=collection.languages,
    )
    index = Index(schema)
    kept = ("id", "title", "text", "lang") if options.language_given else ("id", "title", "text")
    started = perf_counter()
    index.add({key: one[key] for key in kept} for one in collection.documents).raise_for_rejected()
    return index, perf_counter() - started


def _evaluate(
    index: Index, collection: Collection, options: argparse.Namespace, seconds: float
) -> dict[str, Any]:
    queries = sample(collection.queries, options.queries, options.seed)
    judgements = {query.id: collection.judgements[query.id] for query in queries}
    rankings: dict[tuple[str, str], Sequence[str]] = {}  # most variants leave most texts alone
    times: list[float] = []
    variants: dict[str, Any] = {}
    for variant in options.variant:
        ranked: dict[str, Sequence[str]] = {}
        changed = 0
        for query in queries:
            text = vary(variant, query.id, query.text, options.seed)
            changed += text != query.text
            if (query.id, text) not in rankings:
                started = perf_counter()
                rankings[query.id, text] = _search(index, query, text, options)
                times.append(perf_counter() - started)
            ranked[query.id] = rankings[query.id, text]
        values = measure(ranked, judgements)
        variants[variant] = {
            "changed": changed,
            "means": {name: mean(values[name]) for name in MEASURES},
            "values": values,
        }
    per_query = 1000 * fmean(times)
    print(
        f"{collection.name}: {len(collection.documents)} documents (index of {len(index)} made in "
        f"{seconds:.1f} s), {len(queries)} queries, {per_query:.2f} ms a search",
        file=sys.stderr,
    )
    return {
        "languages": collection.languages,
        "documents": len(collection.documents),
        "queries": len(queries),
        "index_seconds": seconds,
        "search_ms": per_query,
        "variants": variants,
    }


def _search(index: Index, query: Query, text: str, options: argparse.Namespace) -> tuple[str, ...]:
    language = query.language if options.language_given else None
    return index.search(text, limit=_DEPTH, language=language).ids


def _table(name: str, found: dict[str, dict[str, Any]], variants: Sequence[str]) -> str:
    """Rows are collections, columns variants; = where a variant changes none of the queries."""
    rows = [[name, "queries", *variants]]
    for collection, result in found.items():
        row = [collection, str(result["queries"])]
        for variant in variants:
            part = result["variants"][variant]
            is_same = variant != "typed" and not part["changed"]
            row.append("=" if is_same else f"{part['means'][name]:.4f}")
        rows.append(row)
    means = [
        fmean(result["variants"][variant]["means"][name] for result in found.values())
        for variant in variants
    ]
    rows.append(["mean", "", *(f"{value:.4f}" for value in means)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *others]))
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
