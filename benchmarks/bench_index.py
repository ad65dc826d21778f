"""How fast documents get in: check, analysis, engine and commit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import Speed, rounds
from benchmarks.corpus import Corpus, without_language
from searchlib import Index

pytestmark = pytest.mark.benchmark(group="index")

_BYTES = 1_500_000


def _some(corpus: Corpus, language: str) -> tuple[list[dict[str, Any]], int]:
    some: list[dict[str, Any]] = []
    size = 0
    for document in corpus.of(language):
        some.append(document)
        size += len(document["title"].encode()) + len(document["text"].encode())
        if size >= _BYTES:
            break
    return some, size


def _add(
    benchmark: BenchmarkFixture,
    corpus: Corpus,
    language: str,
    *,
    folder: Path | None = None,
    is_given: bool = False,
) -> int:
    """Add documents to a new index, commit included, and return their size in UTF-8."""
    documents, size = _some(corpus, language)
    languages = corpus.languages if language == "mixed" else (language,)
    schema = corpus.schema(languages, names_language=is_given)
    given = documents if is_given else list(without_language(documents))
    made: list[Index] = []

    def setup() -> tuple[Index]:
        path = None if folder is None else folder / str(len(made))
        made.append(Index(schema, path))
        return (made[-1],)

    added = rounds(benchmark, lambda index: index.add(given), count=3, setup=setup)
    added.raise_for_rejected()
    assert added.added == len(made[-1]) == len(documents)
    assert made[-1].get(documents[0]["id"])["title"] == documents[0]["title"]  # type: ignore[index]
    return size


def bench_memory(benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus, language: str) -> None:
    """Of one language nothing has to be identified; of all together, each document's has."""
    speed(_add(benchmark, corpus, language))


def bench_language_given(benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus) -> None:
    speed(_add(benchmark, corpus, "mixed", is_given=True))


def bench_folder(benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus, tmp_path: Path) -> None:
    speed(_add(benchmark, corpus, "mixed", folder=tmp_path))


def bench_replace(benchmark: BenchmarkFixture, speed: Speed, corpus: Corpus) -> None:
    """Every document is there already, under the same id."""
    documents, size = _some(corpus, "mixed")
    given = list(without_language(documents))
    index = Index(corpus.schema(corpus.languages))
    index.add(given)
    assert rounds(benchmark, index.add, given, count=3).added == len(index) == len(given)
    speed(size)
