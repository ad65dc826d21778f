"""Measure searchlib and its peers side by side: the same documents, queries and measures.

    python benchmarks/peers/run.py FOLDER --json peers.json --markdown peers.md

FOLDER is a collection or holds some, as for benchmarks/relevance/run.py; README.md says how each
peer is set up. Peers do not change when searchlib does: --reuse FILE takes them from the JSON of an
earlier run with the same options. What stands there under "engines" for each is, as a file of its
own, a run that benchmarks/relevance/compare.py reads.
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

from benchmarks.peers.engine import Engine
from benchmarks.peers.engines.bm25s_stemmed import Bm25s
from benchmarks.peers.engines.lance import Lance
from benchmarks.peers.engines.lucene import Lucene
from benchmarks.peers.engines.searchlib_itself import Searchlib
from benchmarks.peers.engines.sqlite_fts5 import SqliteFts5
from benchmarks.peers.engines.tantivy_py import Tantivy
from benchmarks.peers.engines.whoosh_reloaded import Whoosh
from benchmarks.peers.engines.xapian_process import Xapian
from benchmarks.peers.table import tables
from benchmarks.relevance.collection import Collection, sample, union
from benchmarks.relevance.measures import MEASURES, mean, measure
from benchmarks.relevance.programs import (
    add_collections,
    chosen_collections,
    parser,
    write_page,
)
from benchmarks.relevance.variants import VARIANTS, vary

_DEPTH = 100
_PEERS: list[Engine] = [
    Lucene(),
    Tantivy(),
    Tantivy(keeps_marks=True),
    SqliteFts5(),
    Xapian(),
    Bm25s(),
    Lance(),
    Whoosh(),
]
_SETTINGS = ("union", "language", "collection", "peer", "variant", "queries")


def main() -> None:
    options = _options()
    collections = chosen_collections(options)
    peers = [peer for peer in _PEERS if not options.peer or peer.name in options.peer]
    lacking = {peer.name: reason for peer in peers if (reason := peer.missing())}
    engines = [Searchlib(), *(peer for peer in peers if peer.name not in lacking)]
    earlier = _earlier(options)
    runs = {
        engine.name: earlier.get(engine.name) or _measure(engine, collections, options)
        for engine in engines
    }
    report = {"missing": lacking, "engines": runs}
    lines = [f"not measured: {name}; to have it: {reason}" for name, reason in lacking.items()]
    text = "\n".join([*tables(runs, "nDCG@10"), *lines]).rstrip()
    print(text)
    if options.json:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if options.markdown:
        command = f"python benchmarks/peers/run.py FOLDER {_settings(options)}".rstrip()
        versions = ", ".join(f"{name} {one['version']}" for name, one in runs.items())
        body = f"{versions}.\n\n```\n{text}\n```\n"
        write_page(options.markdown, "Relevance: searchlib and its peers", command, body)


def _earlier(options: argparse.Namespace) -> dict[str, Any]:
    """The peers of an earlier run, by name."""
    if options.reuse is None:
        return {}
    runs: dict[str, Any] = json.loads(options.reuse.read_text("utf-8"))["engines"]
    for name, run in runs.items():
        some = next(iter(run["collections"].values()))
        is_same = list(some["variants"]) == options.variant and run["union"] == options.union
        if not is_same or run["seed"] != options.seed:
            sys.exit(f"{options.reuse}: {name} was measured with other options")
    return {name: run for name, run in runs.items() if name != Searchlib.name}


def _options() -> argparse.Namespace:
    made = parser(__doc__)
    add_collections(made)
    made.add_argument("--json", type=Path, help="write all values here, query by query")
    names = [peer.name for peer in _PEERS]
    made.add_argument("--peer", action="append", choices=names, help="only this one; repeatable")
    made.add_argument("--variant", action="append", choices=list(VARIANTS))
    made.add_argument("--queries", type=int, help="so many queries a collection, drawn by seed")
    made.add_argument("--union", action="store_true", help="all collections in one index")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--reuse", type=Path, help="JSON of an earlier run, to take the peers from")
    options = made.parse_args()
    options.variant = options.variant or list(VARIANTS)
    return options


def _settings(options: argparse.Namespace) -> str:
    """The options that change figures, as they are typed."""
    flags = []
    for name in _SETTINGS:
        value = getattr(options, name)
        if value is True:
            flags.append(f"--{name}")
        elif value and value != list(VARIANTS):
            flags += [f"--{name} {one}" for one in (value if isinstance(value, list) else [value])]
    return " ".join(flags)


def _measure(
    engine: Engine, collections: Sequence[Collection], options: argparse.Namespace
) -> dict[str, Any]:
    """Return one engine's run over all collections."""
    found: dict[str, Any] = {}
    whole = union(list(collections)) if options.union else None
    if whole is not None:
        seconds = _index(engine, whole)
    for one in collections:
        if whole is None:
            seconds = _index(engine, one)
        # union() puts the collection's name before ids.
        part, language = (one, _language(one)) if whole is None else (union([one]), None)
        found[one.name] = {
            "languages": one.languages,
            "documents": len(one.documents),
            "index_seconds": seconds,
            **_evaluate(engine, part, language, options),
        }
        print(
            f"{engine.name}, {one.name}: indexed in {seconds:.1f} s, "
            f"{found[one.name]['search_ms']:.1f} ms a search",
            file=sys.stderr,
        )
    report = {
        "version": engine.version(),
        "union": options.union,
        "language_given": False,
        "seed": options.seed,
        "collections": found,
    }
    engine.close()
    return report


def _index(engine: Engine, collection: Collection) -> float:
    started = perf_counter()
    engine.index(collection.documents, _language(collection))
    return perf_counter() - started


def _evaluate(
    engine: Engine, collection: Collection, language: str | None, options: argparse.Namespace
) -> dict[str, Any]:
    queries = sample(collection.queries, options.queries, options.seed)
    judgements = {query.id: collection.judgements[query.id] for query in queries}
    rankings: dict[tuple[str, str], list[str]] = {}  # most variants leave most texts alone
    variants: dict[str, Any] = {}
    times: list[float] = []
    for variant in options.variant:
        texts = {q.id: vary(variant, q.id, q.text, options.seed) for q in queries}
        for asked in texts.items():
            if asked not in rankings:
                started = perf_counter()
                rankings[asked] = engine.search(asked[1], _DEPTH, language)
                times.append(perf_counter() - started)
        values = measure({asked[0]: rankings[asked] for asked in texts.items()}, judgements)
        variants[variant] = {
            "changed": sum(texts[query.id] != query.text for query in queries),
            "means": {name: mean(values[name]) for name in MEASURES},
            "values": values,
        }
    return {"queries": len(queries), "search_ms": 1000 * fmean(times), "variants": variants}


def _language(collection: Collection) -> str | None:
    """The language that peers are set up for; None for a mixture."""
    languages = collection.languages
    return languages[0] if len(languages) == 1 else None


if __name__ == "__main__":
    main()
