"""How long a search with counts takes: ten hits and the facets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.bench_search import field_of
from benchmarks.conftest import GetIndex
from benchmarks.corpus import Corpus
from benchmarks.queries import queries
from searchlib import (
    Boolean,
    CalendarFacet,
    Category,
    Date,
    DateTime,
    Index,
    Integer,
    Keyword,
    SearchResult,
    ValueFacet,
)

pytestmark = pytest.mark.benchmark(group="facet", max_time=0.5)

_QUERIES = 20


@pytest.fixture
def index(get_index: GetIndex) -> Index:
    return get_index("mixed", "memory")


@pytest.fixture
def texts(corpus: Corpus) -> list[str]:
    return queries(corpus.of("mixed"), "question", _QUERIES)


def _search_each(
    benchmark: BenchmarkFixture, index: Index, texts: Sequence[str], **options: Any
) -> list[SearchResult]:
    several = cycle(texts)
    benchmark(lambda: index.search(next(several), **options))
    return [index.search(text, **options) for text in texts]


def _one_value(corpus: Corpus, name: str) -> Any:
    value = next(one[name] for one in corpus.documents if name in one)
    return value[0] if isinstance(value, list) else value


def bench_none(benchmark: BenchmarkFixture, index: Index, texts: list[str]) -> None:
    """What the others are to be compared with."""
    assert all(result.total for result in _search_each(benchmark, index, texts))


def bench_one(benchmark: BenchmarkFixture, index: Index, corpus: Corpus, texts: list[str]) -> None:
    name = field_of(corpus, Keyword)
    for result in _search_each(benchmark, index, texts, facets=[name]):
        counts = [line.count for line in result.facets[name]]
        assert counts == sorted(counts, reverse=True)
        assert sum(counts) + result.facets[name].other > 0


def bench_three(
    benchmark: BenchmarkFixture, index: Index, corpus: Corpus, texts: list[str]
) -> None:
    kinds = (Keyword, Category, Integer, Boolean)
    fields = [name for name, kind in corpus.fields.items() if isinstance(kind, kinds)]
    facets = ["_language", *fields][-3:]
    for result in _search_each(benchmark, index, texts, facets=facets):
        assert list(result.facets) == facets


def bench_languages(benchmark: BenchmarkFixture, index: Index, texts: list[str]) -> None:
    for result in _search_each(benchmark, index, texts, facets=["_language"]):
        languages = result.facets["_language"]
        assert sum(line.count for line in languages) + languages.other == result.total


@pytest.mark.parametrize("unit", ["year", "month"])
def bench_calendar(
    benchmark: BenchmarkFixture, index: Index, corpus: Corpus, texts: list[str], unit: Any
) -> None:
    name = field_of(corpus, Date, DateTime)
    facet = CalendarFacet(name, unit)
    for result in _search_each(benchmark, index, texts, facets=[facet]):
        values = list(result.facets[name].as_dict())
        assert values == sorted(values, key=str)
        assert 0 < sum(line.count for line in result.facets[name]) <= result.total


def bench_category(
    benchmark: BenchmarkFixture, index: Index, corpus: Corpus, texts: list[str]
) -> None:
    """The children of one category."""
    name = field_of(corpus, Category)
    top = _one_value(corpus, name).split("/")[0]
    facet = ValueFacet(name, under=top)
    for result in _search_each(benchmark, index, texts, facets=[facet]):
        assert all(str(line.value).startswith(f"{top}/") for line in result.facets[name])


def bench_drill_sideways(
    benchmark: BenchmarkFixture, index: Index, corpus: Corpus, texts: list[str]
) -> None:
    """A facet whose own field is filtered by, beside others that the filter narrows."""
    name = field_of(corpus, Keyword)
    value = _one_value(corpus, name)
    every_value = ValueFacet(name, limit=1_000)
    facets = [every_value, "_language"]
    found = _search_each(benchmark, index, texts, facets=facets, where={name: value})
    unfiltered = [index.search(text, facets=[every_value]) for text in texts]
    for narrow, wide in zip(found, unfiltered, strict=True):
        # The selected value has its line even where nothing is under it.
        counts = {line.value: line.count for line in narrow.facets[name] if line.count}
        assert counts == wide.facets[name].as_dict()
        languages = narrow.facets["_language"]
        assert sum(line.count for line in languages) + languages.other == narrow.total
