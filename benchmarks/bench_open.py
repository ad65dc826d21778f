"""How long it takes until the first result: import, open, search."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import GetIndex, rounds
from benchmarks.corpus import Corpus
from benchmarks.queries import queries
from searchlib import Index

pytestmark = pytest.mark.benchmark(group="open")

_IMPORT = "import searchlib; print(searchlib.__version__)"
_FIRST = """
import sys
from searchlib import Index
print(Index.open(sys.argv[1]).search(sys.argv[2]).total)
"""


def _run(code: str, *arguments: str) -> str:
    """Run Python anew: what has been imported here is of no help there."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def bench_python(benchmark: BenchmarkFixture) -> None:
    """Python itself, to be taken off the others."""
    assert rounds(benchmark, _run, "print(1)", count=5) == "1"


def bench_import(benchmark: BenchmarkFixture) -> None:
    assert "." in rounds(benchmark, _run, _IMPORT, count=5)


def bench_first_result_of_a_process(
    benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex
) -> None:
    index = get_index("mixed", "folder")
    [text] = queries(corpus.of("mixed"), "question", 1)
    found = rounds(benchmark, _run, _FIRST, str(index.path), text, count=5)
    assert int(found) == index.search(text).total > 0


def bench_open(benchmark: BenchmarkFixture, get_index: GetIndex) -> None:
    index = get_index("mixed", "folder")
    assert index.path is not None
    assert len(benchmark(Index.open, index.path)) == len(index)


def bench_open_and_search(benchmark: BenchmarkFixture, corpus: Corpus, get_index: GetIndex) -> None:
    index = get_index("mixed", "folder")
    path = index.path
    assert path is not None
    [text] = queries(corpus.of("mixed"), "question", 1)
    found = benchmark(lambda: Index.open(path).search(text))
    assert found.total == index.search(text).total > 0
