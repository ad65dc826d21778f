"""How long one search takes: ten hits with their stored documents."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import GetIndex
from benchmarks.corpus import Corpus
from benchmarks.queries import KINDS, queries
from searchlib import Date, Index, Integer, Keyword, Query, SearchResult
from searchlib.fields import Field

pytestmark = pytest.mark.benchmark(group="search", max_time=0.5)

_QUERIES = 20


def _search_each(
    benchmark: BenchmarkFixture, index: Index, texts: Sequence[str | Query | None], **options: Any
) -> list[SearchResult]:
    """Check what each query finds, then time one after the other."""
    found = [index.search(text, **options) for text in texts]
    for result in found:
        expected = min(10, max(result.total - options.get("offset", 0), 0))
        assert len(result.hits) == expected > 0
        assert all(hit["text"] for hit in result)
    several = cycle(texts)
    benchmark(lambda: index.search(next(several), **options))
    return found


def field_of(corpus: Corpus, *kinds: type[Field]) -> str:
    """The first metadata field of one of these types."""
    for name, kind in corpus.fields.items():
        if isinstance(kind, kinds):
            return name
    pytest.skip("the corpus has no such field")


@pytest.mark.parametrize("kind", KINDS)
def bench_in_memory(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex, kind: str
) -> None:
    """All languages in one index, the query's own unknown."""
    texts = queries(corpus.of("mixed"), kind, _QUERIES)
    _search_each(benchmark, get_index("mixed", "memory"), texts)


@pytest.mark.parametrize("kind", ["one word", "question"])
def bench_in_folder(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex, kind: str
) -> None:
    texts = queries(corpus.of("mixed"), kind, _QUERIES)
    _search_each(benchmark, get_index("mixed", "folder"), texts)


def bench_question(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex, language: str
) -> None:
    """An index of one language only, against one of all."""
    texts = queries(corpus.of(language), "question", _QUERIES)
    _search_each(benchmark, get_index(language, "memory"), texts)


def bench_new(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    """Queries that the commit does not remember, where the others ask the same ones again."""
    index = get_index("mixed", "memory")
    texts = queries(corpus.of("mixed"), "question", _QUERIES)
    several = cycle(texts)

    def search() -> SearchResult:
        index.searcher()._snapshot().kept.clear()
        return index.search(next(several))

    assert benchmark(search).total > 0


def bench_filtered(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    name = field_of(corpus, Keyword, Integer)
    value = next(one[name] for one in corpus.documents if name in one)
    value = value[0] if isinstance(value, list) else value
    texts = queries(corpus.of("mixed"), "question", _QUERIES)
    texts = [
        text for text in texts if get_index("mixed", "memory").search(text, where={name: value})
    ]
    found = _search_each(benchmark, get_index("mixed", "memory"), texts, where={name: value})
    for result in found:
        assert all(value == hit[name] or value in hit[name] for hit in result)


def bench_sorted(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    name = field_of(corpus, Date, Integer, Keyword)
    texts = queries(corpus.of("mixed"), "question", _QUERIES)
    for result in _search_each(benchmark, get_index("mixed", "memory"), texts, sort=f"-{name}"):
        values = [hit[name] for hit in result if name in hit.document]
        assert values == sorted(values, reverse=True)


def bench_deep(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    """The last page of many."""
    index = get_index("mixed", "memory")
    _search_each(benchmark, index, [None], offset=max(len(index) - 10, 0))
