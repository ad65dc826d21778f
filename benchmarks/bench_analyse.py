"""How fast texts become the terms of their views: Python's part of indexing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import Speed, rounds
from benchmarks.corpus import Corpus
from searchlib import languages
from searchlib.analysis import Analyzer
from searchlib.analysis.columns import InPython
from searchlib.analysis.segment import words, words_by_icu

pytestmark = pytest.mark.benchmark(group="analyse")

Segment = Callable[[str], list[tuple[int, int]]]
_BYTES = 600_000
Work = list[tuple[Analyzer, str]]


def _work(corpus: Corpus, language: str) -> tuple[Work, int]:
    """Texts with new analyzers, which remember nothing yet, and their size in UTF-8."""
    analyzers = {code: Analyzer(languages.language(code)) for code in corpus.languages}
    work: Work = []
    size = 0
    for document in corpus.of(language):
        work.append((analyzers[document["lang"]], document["text"]))
        size += len(document["text"].encode())
        if size >= _BYTES:
            break
    return work, size


def _analyse(work: Work) -> int:
    return sum(len(analyzer.views(text).folded) for analyzer, text in work)


def bench_cold(benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus, language: str) -> None:
    """Every distinct word is met for the first time once."""
    _, size = _work(corpus, language)
    letters = rounds(benchmark, _analyse, count=3, setup=lambda: (_work(corpus, language)[0],))
    assert letters > size / 10
    speed(size)


def bench_warm(benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus, language: str) -> None:
    """Every word is known: the middle of a long import."""
    work, size = _work(corpus, language)
    letters = _analyse(work)
    assert rounds(benchmark, _analyse, work, count=5) == letters > size / 10
    speed(size)


def bench_warm_in_python(
    benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus, language: str
) -> None:
    """Likewise where what chunks add is joined in Python, as where nothing could be compiled."""
    work, size = _work(corpus, language)
    for analyzer, _ in work:
        analyzer._pieces = InPython(analyzer._row_of_piece)
        analyzer._columns = InPython(analyzer._row_of_chunk)
    letters = _analyse(work)
    assert rounds(benchmark, _analyse, work, count=5) == letters > size / 10
    speed(size)


@pytest.mark.parametrize("segment", [words, words_by_icu])
def bench_words(
    benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus, language: str, segment: Segment
) -> None:
    """Each distinct chunk once, with and without the way that spares ICU."""
    text = " ".join(document["text"] for document in corpus.of(language))
    chunks = list(dict.fromkeys(text.split()))
    found = rounds(benchmark, lambda: sum(len(segment(chunk)) for chunk in chunks), count=3)
    assert found >= len(chunks) / 2
    speed(sum(len(chunk.encode()) for chunk in chunks))
