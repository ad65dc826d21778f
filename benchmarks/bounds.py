"""What bounds memory and time: the cost of deletions, and how late a search with a deadline ends.

python benchmarks/bounds.py [--documents 30000] [--timeout 0.2]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.memory import memory
from searchlib import Index, Keyword, Schema, SearchTimeoutError, Text
from searchlib import _tantivy as tantivy
from searchlib.engine.layout import ID

_DELETIONS: Final = 20_000
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SCHEMA: Final = Schema({"text": Text(), "label": Keyword()}, languages=["en"])


def deletions() -> Iterator[tuple[str, float, float]]:
    """Yield how ids were deleted, and the bytes and microseconds that each took."""
    ids = [str(number) for number in range(_DELETIONS)]

    def by_term(index: Index, writer: Any) -> None:
        for one in ids:
            writer.delete_documents_by_term(ID, one)

    def by_queries(size: int) -> Callable[[Index, Any], None]:
        def delete(index: Index, writer: Any) -> None:
            schema = index._store.schema
            for start in range(0, len(ids), size):
                some = ids[start : start + size]
                query = tantivy.Query.term_set_query(schema, ID, some)
                writer.delete_documents_by_query(query)

        return delete

    ways = {
        "each by a term": by_term,
        "each by a query of its own": by_queries(1),
        "a thousand by one query": by_queries(1_000),
    }
    for name, delete in ways.items():
        index = Index(SCHEMA)
        index.add({"id": one} for one in ids)
        with index.writer() as writer:
            before, began = memory()["RssAnon"], time.perf_counter()
            delete(index, writer._open)
            took, grown = time.perf_counter() - began, memory()["RssAnon"] - before
            writer.rollback()
        yield name, grown / len(ids), took / len(ids) * 1e6


def searches(words: list[str]) -> dict[str, dict[str, Any]]:
    """What takes a search long."""
    return {
        "500 words": {"query": " ".join(words[-500:])},
        "500 words, two letters off": {"query": " ".join(f"{word}~2" for word in words[-500:])},
        "26 prefixes, 15 times": {"query": " ".join(f"{letter}*" for letter in _LETTERS) * 15},
        "104 regular expressions": {
            "query": " ".join(f"/.*{letter}.*/" for letter in _LETTERS) * 4,
            "regex": True,
        },
        "one of many states": {"query": "/[a-z]{1,100}[a-z]{1,100}/", "regex": True},
        "all documents, highlighted": {"query": "a* b* c*", "highlight": True, "limit": 1_000_000},
        "all documents, sorted twice": {"query": "a*", "sort": ["label", "id"], "limit": 1_000_000},
        "a filter of 10,000 values": {"where": {"label": words[:10_000]}},
    }


def deadlines(count: int, timeout: float) -> Iterator[tuple[str, float, float]]:
    """Yield each search with the seconds that it takes, and with a deadline."""
    random = Random(1)
    words = ["".join(random.choices(_LETTERS, k=random.randint(3, 9))) for _ in range(60_000)]
    with tempfile.TemporaryDirectory() as folder:
        index = Index(SCHEMA, folder)
        index.add(
            {
                "id": str(number),
                "text": " ".join(words[int(len(words) * random.random() ** 3)] for _ in range(60)),
                "label": random.choice(words),
            }
            for number in range(count)
        )
        for name, search in searches(words).items():
            began = time.perf_counter()
            index.search(**search)
            without = time.perf_counter() - began
            began = time.perf_counter()
            with suppress(SearchTimeoutError):
                index.search(**search, timeout=timeout)
            yield name, without, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--documents", type=int, default=30_000)
    parser.add_argument("--timeout", type=float, default=0.2)
    options = parser.parse_args()
    command = f"python benchmarks/bounds.py --documents {options.documents}"
    print(f"# Bounds\n\n{heading(f'{command} --timeout {options.timeout:g}')}")
    print(f"{_DELETIONS:,} deletions, until they are committed:\n")
    print("| deleted | bytes each | µs each |\n|---|---:|---:|")
    for name, size, took in deletions():
        print(f"| {name} | {size:,.0f} | {took:.1f} |")
    print(f"\nSearches in {options.documents:,} documents of 60 words, in seconds:\n")
    print(f"| search | without a deadline | timeout={options.timeout:g} |\n|---|---:|---:|")
    for name, without, within in deadlines(options.documents, options.timeout):
        print(f"| {name} | {without:.4f} | {within:.4f} |")


if __name__ == "__main__":
    main()
