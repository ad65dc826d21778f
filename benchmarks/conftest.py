"""Options and fixtures of the benchmarks, and the speeds that they report.

python -m pytest benchmarks                                 the generated corpus
python -m pytest benchmarks --corpus FOLDER                 real documents (see corpus.load)
python -m pytest benchmarks --benchmark-disable             only check that all of it works
python -m pytest benchmarks/bench_search.py -k "question"   a part
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.corpus import Corpus, generated, load, without_language
from searchlib import Index

# No benchmarks of pytest's: programs of their own, with requirements of their own.
collect_ignore = ["relevance", "langid", "peers"]

_CORPUS: pytest.StashKey[Corpus] = pytest.StashKey()
_SPEEDS: pytest.StashKey[dict[str, str]] = pytest.StashKey()
# Documents of a language: enough for a search to take its time, and few for a mere check.
_FULL, _CHECK = 600, 30
_MOST_LANGUAGES = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("searchlib")
    group.addoption("--corpus", type=Path, help="search in the *.jsonl[.gz] below this folder")
    group.addoption(
        "--corpus-size", type=int, help="documents of each file, or of each generated language"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("python_functions", "bench_*")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", [*_languages(_corpus(metafunc.config)), "mixed"])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if speeds := config.stash.get(_SPEEDS, {}):
        terminalreporter.section("speeds")
        width = max(map(len, speeds))
        for name, speed in speeds.items():
            terminalreporter.write_line(f"{name:<{width}}  {speed}")


def _corpus(config: pytest.Config) -> Corpus:
    if _CORPUS not in config.stash:
        folder, size = config.getoption("--corpus"), config.getoption("--corpus-size")
        if size is None and config.getoption("--benchmark-disable"):
            size = _CHECK
        corpus = generated(size or _FULL) if folder is None else load(folder, size)
        if not corpus.documents:
            raise pytest.UsageError(f"there are no documents in {folder}")
        config.stash[_CORPUS] = corpus
    return config.stash[_CORPUS]


def _languages(corpus: Corpus) -> list[str]:
    """Those to measure one by one: the library's first three come first."""
    first = [code for code in ("vi", "fr", "en") if code in corpus.languages]
    others = [code for code in corpus.languages if code not in first]
    return [*first, *others][:_MOST_LANGUAGES]


@pytest.fixture(scope="session")
def corpus(pytestconfig: pytest.Config) -> Corpus:
    return _corpus(pytestconfig)


GetIndex = Callable[[str, str], Index]


@pytest.fixture(scope="session")
def get_index(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> GetIndex:
    """Returns the one index of a language (or ``"mixed"``), ``"memory"`` or ``"folder"``."""
    made: dict[tuple[str, str], Index] = {}

    def get(language: str, storage: str) -> Index:
        if (language, storage) not in made:
            languages = corpus.languages if language == "mixed" else (language,)
            path = tmp_path_factory.mktemp("index") / language if storage == "folder" else None
            index = Index(corpus.schema(languages), path)
            index.add(without_language(corpus.of(language))).raise_for_rejected()
            made[language, storage] = index
        return made[language, storage]

    return get


_Result = TypeVar("_Result")


def rounds(
    benchmark: BenchmarkFixture,
    work: Callable[..., _Result],
    *arguments: Any,
    count: int,
    setup: Callable[[], tuple[Any, ...]] | None = None,
) -> _Result:
    """Time so many calls, of the given arguments or of those that ``setup`` makes before each."""

    def make() -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (arguments if setup is None else setup()), {}

    result: _Result = benchmark.pedantic(work, setup=make, rounds=count)  # type: ignore[no-untyped-call]
    return result


Speed = Callable[[int], None]


@pytest.fixture
def speed(
    benchmark: BenchmarkFixture, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Speed:
    """Call it after the benchmark with the bytes of UTF-8 worked through to report MB/s."""

    def report(size: int) -> None:
        stats: Any = benchmark.stats
        if stats is not None:  # None where benchmarks are disabled
            rate = size / 1e6 / stats.stats.median
            benchmark.extra_info["MB/s"] = round(rate, 2)
            speeds = pytestconfig.stash.setdefault(_SPEEDS, {})
            speeds[request.node.name] = f"{rate:8.2f} MB/s"

    return report
