"""What it adds to ``Writer.add_many`` to load records: from dicts, JSON lines, CSV and a frame."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import polars
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import rounds
from searchlib import Date, Index, Integer, Keyword, Schema, Text
from searchlib.io import export, load, read

pytestmark = pytest.mark.benchmark(group="load")

COUNT = 2_000
SCHEMA = Schema(
    {"title": Text(), "body": Text(), "tag": Keyword(), "year": Integer(), "day": Date()},
    languages=["en"],
)


@cache
def documents() -> list[dict[str, Any]]:
    """Short texts, of which loading is a larger share than of long ones."""
    words = "boat river harbour sail map north wind old new quiet green stone bridge".split()
    return [
        {
            "id": str(n),
            "title": " ".join(words[n * step % len(words)] for step in (1, 3, 5, 7)),
            "body": " ".join(words[n * step % len(words)] for step in range(1, 60)),
            "tag": words[n % 7],
            "year": 2000 + n % 20,
            "day": f"20{n % 20:02}-09-15",
        }
        for n in range(COUNT)
    ]


def add_many() -> int:
    return Index(SCHEMA).add(documents()).added


def load_dicts() -> int:
    return load(Index(SCHEMA), documents()).added


def from_records() -> int:
    return len(Index.from_records(documents(), schema=SCHEMA))


def load_json_lines() -> int:
    return load(Index(SCHEMA), read(io.BytesIO(_lines()))).added


def load_csv() -> int:
    text = io.BytesIO(_cells())
    return load(Index(SCHEMA), read(text, format="csv")).added


def load_frame() -> int:
    return load(Index(SCHEMA), polars.DataFrame(documents())).added


@cache
def _lines() -> bytes:
    return "\n".join(map(json.dumps, documents())).encode()


@cache
def _cells() -> bytes:
    index = Index(SCHEMA)
    index.add(documents())
    file = io.BytesIO()
    export(index, file, format="csv")
    return file.getvalue()


@pytest.mark.parametrize(
    "work", [add_many, load_dicts, from_records, load_json_lines, load_csv, load_frame]
)
def bench_load(benchmark: BenchmarkFixture, work: Callable[[], int]) -> None:
    _cells(), _lines()  # are not to be timed
    assert rounds(benchmark, work, count=5) == COUNT
