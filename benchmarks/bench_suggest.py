"""How long suggestions take: what completes the beginning of a word, and what corrects a query."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import GetIndex
from benchmarks.corpus import Corpus
from benchmarks.queries import queries
from benchmarks.relevance.variants import vary
from searchlib import Index

pytestmark = pytest.mark.benchmark(group="suggest", max_time=0.5)

_QUERIES = 20


def _suggest_each(benchmark: BenchmarkFixture, index: Index, typed: Sequence[str]) -> None:
    found = [index.suggest(text) for text in typed]
    assert sum(map(bool, found)) >= len(typed) / 2
    several = cycle(typed)
    benchmark(lambda: index.suggest(next(several)))


@pytest.mark.parametrize("letters", [1, 2, 4])
def bench_beginning(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex, letters: int
) -> None:
    words = queries(corpus.of("mixed"), "one word", _QUERIES)
    _suggest_each(benchmark, get_index("mixed", "memory"), [word[:letters] for word in words])


def bench_behind_a_word(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    phrases = [one.strip('"') for one in queries(corpus.of("mixed"), "phrase", _QUERIES)]
    typed = [text[: text.find(" ") + 3] if " " in text else text[:2] for text in phrases]
    _suggest_each(benchmark, get_index("mixed", "memory"), typed)


def bench_did_you_mean(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    index = get_index("mixed", "memory")
    texts = queries(corpus.of("mixed"), "question", _QUERIES)
    slips = [vary("typo", str(place), text, 1) for place, text in enumerate(texts)]
    assert any(index.did_you_mean(text) for text in slips)
    several = cycle(slips)
    benchmark(lambda: index.did_you_mean(next(several)))


def bench_more_like(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    index = get_index("mixed", "memory")
    ids = [one["id"] for one in corpus.of("mixed")[:_QUERIES]]
    assert all(index.more_like(one) for one in ids)
    several = cycle(ids)
    benchmark(lambda: index.more_like(next(several)))
