"""Something to profile: indexes generated documents, or searches in them, for some seconds.

    python benchmarks/load.py index
    python benchmarks/load.py search --kind question --option highlight --seconds 60

The documents are those of the benchmarks; docs/profiling.md has the tools that look on.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from cProfile import Profile
from itertools import cycle
from pathlib import Path
from time import monotonic
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.corpus import Corpus, generated, load, without_language
from benchmarks.queries import KINDS, queries
from searchlib import Index

_OPTIONS: dict[str, dict[str, Any]] = {
    "highlight": {"highlight": True},
    "facets": {"facets": ["_language"]},
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["index", "search"])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--kind", choices=list(KINDS), default="question")
    parser.add_argument("--option", choices=list(_OPTIONS), help="what a search is to do more")
    parser.add_argument("--documents", type=int, default=200, help="of each language")
    parser.add_argument("--corpus", type=Path, help="real documents, as for ./run bench")
    parser.add_argument("--profile", type=Path, help="write what cProfile finds here")
    options = parser.parse_args()
    if options.corpus:
        corpus = load(options.corpus, options.documents)
    else:
        corpus = generated(options.documents)
    work = _indexing(corpus) if options.what == "index" else _searching(corpus, options)
    profile = Profile()
    next(work)  # to make the index that is searched is not what is looked at
    print(f"ready: process {os.getpid()}", flush=True)
    ends = monotonic() + options.seconds
    done = 0
    if options.profile:
        profile.enable()
    while monotonic() < ends:
        next(work)
        done += 1
    if options.profile:
        profile.disable()
        profile.dump_stats(options.profile)
    print(f"{done} times {options.what}")


def _indexing(corpus: Corpus) -> Iterator[None]:
    while True:
        _index(corpus)
        yield


def _searching(corpus: Corpus, options: argparse.Namespace) -> Iterator[None]:
    index = _index(corpus)
    more = _OPTIONS.get(options.option, {})
    for text in cycle(queries(corpus.of("mixed"), options.kind, 50)):
        index.search(text, **more)
        yield


def _index(corpus: Corpus) -> Index:
    index = Index(corpus.schema(corpus.languages))
    index.add(without_language(corpus.of("mixed"))).raise_for_rejected()
    return index


if __name__ == "__main__":
    main()
