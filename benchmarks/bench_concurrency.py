"""What threads gain: the same searches by one and by eight, and while documents are added."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import GetIndex
from benchmarks.corpus import Corpus, without_language
from benchmarks.queries import queries
from searchlib import Index

pytestmark = pytest.mark.benchmark(group="concurrency")


@pytest.mark.parametrize("threads", [1, 8])
def bench_searches(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex, threads: int
) -> None:
    index = get_index("mixed", "memory")
    texts = queries(corpus.of("mixed"), "question", 32) * 2
    expected = [index.search(text).total for text in texts]
    with ThreadPoolExecutor(threads) as pool:
        found = benchmark(lambda: [one.total for one in pool.map(index.search, texts)])
    assert found == expected


def bench_searches_while_adding(benchmark: BenchmarkFixture, corpus: Corpus) -> None:
    """Eight threads search while one adds the same documents again and again."""
    documents: list[dict[str, Any]] = list(without_language(corpus.of("mixed")[:500]))
    index = Index(corpus.schema(corpus.languages))
    index.add(documents)
    texts = queries(corpus.of("mixed")[:500], "question", 32) * 2
    done = Event()

    def add_again() -> int:
        rounds = 0
        while not done.is_set() or not rounds:
            index.add(documents[:100])
            rounds += 1
        return rounds

    with ThreadPoolExecutor(9) as pool:
        adding = pool.submit(add_again)
        try:
            found = benchmark(lambda: [one.total for one in pool.map(index.search, texts)])
        finally:
            done.set()
        assert adding.result() > 0
    # The ids were there already: nothing came, nothing went.
    assert len(index) == len(documents)
    assert found == [index.search(text).total for text in texts]
