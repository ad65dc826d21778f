"""How long a large glossary takes to read, and what it adds to a search."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from random import Random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.conftest import GetIndex, Speed, rounds
from benchmarks.corpus import Corpus
from benchmarks.queries import queries
from benchmarks.vocabulary import vocabulary
from searchlib import Glossary

pytestmark = pytest.mark.benchmark(group="glossary", max_time=0.5)

_LANGUAGES = ("vi", "fr", "en")
_FULL, _CHECK = 100_000, 1_000  # concepts, of a term in each language


@pytest.fixture(scope="module")
def glossary(pytestconfig: pytest.Config) -> Glossary:
    """Terms of one to three words each, common ones and rare ones alike."""
    count = _CHECK if pytestconfig.getoption("--benchmark-disable") else _FULL
    random = Random("glossary")
    return Glossary(
        {
            code: " ".join(random.choices(vocabulary(code), k=random.randint(1, 3)))
            for code in _LANGUAGES
        }
        for _ in range(count)
    )


def bench_read_csv(
    benchmark: BenchmarkFixture, glossary: Glossary, tmp_path: Path, speed: Speed
) -> None:
    path = tmp_path / "terms.csv"
    glossary.to_csv(path)
    assert rounds(benchmark, Glossary.from_csv, path, count=3) == glossary
    speed(path.stat().st_size)


def bench_read_tbx(
    benchmark: BenchmarkFixture, glossary: Glossary, tmp_path: Path, speed: Speed
) -> None:
    path = tmp_path / "terms.tbx"
    with path.open("w", encoding="utf-8") as file:
        file.write("<martif><text><body>")
        for concept in glossary:
            terms = "".join(
                f'<langSet xml:lang="{one.language}"><tig><term>{one.text}</term>'
                "<termNote type='partOfSpeech'>noun</termNote></tig></langSet>"
                for one in concept
            )
            file.write(f"<termEntry>{terms}</termEntry>\n")
        file.write("</body></text></martif>")
    assert rounds(benchmark, Glossary.from_tbx, path, count=3) == glossary
    speed(path.stat().st_size)


@pytest.mark.parametrize("size", ["none", "large, no term of it typed", "large, terms typed"])
@pytest.mark.parametrize("kind", ["two words", "question"])
def bench_search(
    benchmark: BenchmarkFixture,
    corpus: Corpus,
    get_index: GetIndex,
    glossary: Glossary,
    kind: str,
    size: str,
) -> None:
    """What is looked for is the same without a glossary and with one that has no term of it."""
    texts = queries(corpus.of("mixed"), kind, 20)
    given = None if size == "none" else glossary
    if size == "large, no term of it typed":
        given = Glossary([[f"x{one.text}" for one in concept] for concept in glossary])
    index = get_index("mixed", "memory")
    several = cycle(texts)
    result = benchmark(lambda: index.search(next(several), glossary=given))
    assert result.total
