"""How long a search with highlights takes: ten hits, fragments of their texts, matches marked."""

from __future__ import annotations

import html
from itertools import cycle
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import GetIndex
from benchmarks.corpus import Corpus, without_language
from benchmarks.queries import queries
from searchlib import Highlight, Index

pytestmark = pytest.mark.benchmark(group="highlight", max_time=0.5)

_QUERIES = 20
_LONG = 20  # documents that make a long one


def _search_each(
    benchmark: BenchmarkFixture, index: Index, texts: list[str], highlight: Any
) -> None:
    marked = 0
    for text in texts:
        for hit in index.search(text, highlight=highlight):
            for name, fragments in hit.highlights.items():
                for fragment in fragments:
                    assert "<mark>" in fragment
                    plain = html.unescape(fragment).replace("<mark>", "").replace("</mark>", "")
                    assert plain.strip("…") in hit[name]
                    marked += 1
    assert marked >= len(texts)
    several = cycle(texts)
    benchmark(lambda: index.search(next(several), highlight=highlight))


@pytest.mark.parametrize("kind", ["one word", "phrase", "question"])
def bench_one_field(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex, kind: str
) -> None:
    texts = queries(corpus.of("mixed"), kind, _QUERIES)
    _search_each(benchmark, get_index("mixed", "memory"), texts, ["text"])


def bench_two_fields(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    texts = queries(corpus.of("mixed"), "question", _QUERIES)
    _search_each(benchmark, get_index("mixed", "memory"), texts, True)


def bench_three_fragments(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    texts = queries(corpus.of("mixed"), "question", _QUERIES)
    _search_each(benchmark, get_index("mixed", "memory"), texts, Highlight(fragments=3))


def bench_long_texts(benchmark: BenchmarkFixture, corpus: Corpus, language: str) -> None:
    """Texts of tens of kilobytes, where looking for the matches is the work."""
    documents = corpus.of(language)
    codes = corpus.languages if language == "mixed" else (language,)
    long_ones = [
        {**same[0], "text": "\n\n".join(one["text"] for one in same)}
        for code in codes
        for some in [corpus.of(code)]
        for same in (some[start : start + _LONG] for start in range(0, len(some), _LONG))
    ]
    index = Index(corpus.schema(codes))
    index.add(without_language(long_ones)).raise_for_rejected()
    _search_each(benchmark, index, queries(documents, "question", _QUERIES), ["text"])
