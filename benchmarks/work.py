"""Count what analysis, adding and searching do, without a clock: the same on a busy machine.

    python benchmarks/work.py                  today's counts beside the ceilings
    python benchmarks/work.py --set            makes today's counts the ceilings
    python benchmarks/work.py --instructions   instructions too, by valgrind: about a minute

The ceilings are in tests/work_ceilings.json; tests/test_work.py holds the counts to them. Set them
anew where a change makes more work on purpose, or less, and say in the commit why.

Python calls are those of functions written in Python; engine calls are all of tantivy's methods,
the making of queries included; clauses are what a query that the engine runs is made of. The texts
are generated, the same each time, and every word was met before, unless it says "at first".
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tantivy

from benchmarks.corpus import documents, generated, without_language
from benchmarks.queries import queries
from searchlib import Index, languages
from searchlib.analysis import Analyzer
from searchlib.writer import Writer

__all__ = ["CEILINGS", "PARTS", "counts", "over"]

CEILINGS: Final = Path(__file__).resolve().parents[1] / "tests" / "work_ceilings.json"
#: How far a count may be above its ceiling: sets differ in order from run to run, objects in size
#: from Python to Python. A call more for every word or document is far above it.
_SLACK: Final = 1.02
_SLACK_OF_BYTES: Final = 1.2
_LANGUAGES: Final = ("vi", "fr", "en", "zh")
_DOCUMENTS: Final = 40  # of each language
_ADDED: Final = 15  # of each language
_QUERIES: Final = 10
_ENGINE: Final = {name for name in dir(tantivy) if name[0].isupper()}
_CLAUSE: Final = re.compile(r"\b(?!Boolean)\w+Query\b(?!\(\w+Query)|\bAllQuery\b")
_CACHEGRIND: Final = re.compile(r"I\s+refs:\s+([\d,]+)")


@dataclass
class Calls:
    """The calls that were made inside a ``counted`` block."""

    python: int = 0
    engine: int = 0


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls of this thread."""
    calls = Calls()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            calls.python += 1
        elif event == "c_call" and argument.__qualname__.partition(".")[0] in _ENGINE:
            calls.engine += 1

    # What others left is not to be cleared away in between, nor what others want to know of that
    # (hypothesis takes the time of each collection) to be counted.
    gc.collect()
    collects = gc.isenabled()
    gc.disable()
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    calls.python -= 1  # of the end of the block


def counts(*parts: str) -> dict[str, float]:
    """Return what is counted, by name: of all parts, or of some."""
    chosen = parts or tuple(PARTS)
    return {name: count for part in chosen for name, count in PARTS[part]().items()}


def over(found: dict[str, float], ceilings: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return name → count and ceiling of what is above its ceiling, or has none."""
    return {
        name: (count, ceilings.get(name, 0.0))
        for name, count in found.items()
        if count > ceilings.get(name, 0.0) * (_SLACK_OF_BYTES if "bytes" in name else _SLACK)
    }


def _of_analysis() -> dict[str, float]:
    found: dict[str, float] = {}
    for code in _LANGUAGES:
        texts = [one["text"] for one in documents([code], _DOCUMENTS, seed=2)]
        _views(Analyzer(languages.language(code)), texts)  # what is loaded late is there
        analyzer = Analyzer(languages.language(code))
        with counted() as first:
            _views(analyzer, texts)
        with counted() as calls:
            _views(analyzer, texts)
        words = sum(len(analyzer.tokens(text)) for text in texts)
        for name, count in (("1000 words", calls), ("1000 words, at first", first)):
            found[f"analysis {code}: Python calls per {name}"] = 1000 * count.python / words
        text = "\n".join(texts)
        analyzer.views(text)
        peak = _peak(partial(analyzer.views, text))
        found[f"analysis {code}: peak bytes per byte of text"] = peak / len(text.encode())
    return found


def _views(analyzer: Analyzer, texts: list[str]) -> None:
    for text in texts:
        analyzer.views(text)


def _peak(work: Callable[[], object]) -> int:
    """Return the bytes that Python's objects took at most meanwhile."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _of_adding() -> dict[str, float]:
    corpus = generated(_ADDED)
    given = corpus.of("mixed")
    found: dict[str, float] = {}
    for name, names_language in (("language given", True), ("language found out", False)):
        index = Index(corpus.schema(corpus.languages, names_language=names_language))
        several = given if names_language else list(without_language(given))
        index.add(several)
        with index.writer() as writer:
            _add(writer, several)  # the writer has all that it needs
            with counted() as calls:
                _add(writer, several)
                writer.commit()  # the engine is told of many at a time
        for kind, count in (("Python", calls.python), ("engine", calls.engine)):
            found[f"adding, {name}: {kind} calls per document"] = count / len(several)
    return found


def _add(writer: Writer, several: list[dict[str, Any]]) -> None:
    for one in several:
        writer.add(one)


def _of_searching() -> dict[str, float]:
    corpus = generated(_DOCUMENTS)
    index = Index(corpus.schema(corpus.languages))
    index.add(without_language(corpus.of("mixed"))).raise_for_rejected()
    texts = corpus.of("mixed")
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "one word": ("one word", {}),
        "OR of two words": ("two words", {}),
        "AND of two words": ("both words", {}),
        "phrase": ("phrase", {}),
        "question": ("question", {}),
        "question without marks": ("question unmarked", {}),
        "three facets": ("two words", {"facets": ["source", "topic", "year"]}),
        "sorted": ("two words", {"sort": "-date"}),
        "highlights": ("question", {"highlight": True}),
    }
    found: dict[str, float] = {}
    for name, (kind, options) in kinds.items():
        asked = queries(texts, kind, _QUERIES)
        _search(index, asked, options)
        _commit(index, texts)
        with counted() as calls:
            _search(index, asked, options)
        _commit(index, texts)
        with _clauses(index) as clauses:
            _search(index, asked, options)
        for what, count in (
            ("Python calls", calls.python),
            ("engine calls", calls.engine),
            ("clauses", sum(clauses)),
        ):
            found[f"search, {name}: {what}"] = count / len(asked)
    return found


def _commit(index: Index, texts: list[dict[str, Any]]) -> None:
    """Nothing that was found out of the last commit is known of the next one."""
    [one] = without_language(texts[:1])
    index.add([{**one, "id": f"more-{len(index)}"}])
    index.search("")


def _search(index: Index, texts: list[str], options: dict[str, Any]) -> None:
    for text in texts:
        index.search(text, **options)


@contextmanager
def _clauses(index: Index) -> Iterator[list[int]]:
    """Note how many clauses each query has that the engine is given."""
    snapshot: Any = index._snapshot()
    engine = snapshot.searcher
    noted: list[int] = []

    class Noting:
        def __getattr__(self, name: str) -> Any:
            own = getattr(engine, name)
            if name not in ("search", "aggregate"):
                return own

            def ask(query: tantivy.Query, *given: Any, **named: Any) -> Any:
                noted.append(len(_CLAUSE.findall(repr(query))))
                return own(query, *given, **named)

            return ask

    snapshot.searcher = Noting()
    try:
        yield noted
    finally:
        snapshot.searcher = engine


#: Part → what counts it.
PARTS: Final[dict[str, Callable[[], dict[str, float]]]] = {
    "analysis": _of_analysis,
    "adding": _of_adding,
    "search": _of_searching,
}


def instructions() -> dict[str, float]:
    """Return the instructions of analysis and of a search, as cachegrind counts them: those of a
    process that does the work several times, less those of one that does it once."""
    found = {}
    for name, code in (
        ("analysis fr: instructions per byte of text", _ANALYSE),
        ("search, question: thousand instructions", _SEARCH),
    ):
        once, often = (_instructions(code, times) for times in (1, 1 + _TIMES))
        found[name] = (often[0] - once[0]) / _TIMES / once[1]
    return found


_TIMES: Final = 4
_ANALYSE: Final = """
import sys
sys.path.insert(0, sys.argv[2])
from benchmarks.corpus import documents
from searchlib import languages
from searchlib.analysis import Analyzer
texts = [one["text"] for one in documents(["fr"], 10, seed=2)]
analyzer = Analyzer(languages.language("fr"))
for _ in range(1 + int(sys.argv[1])):
    for text in texts:
        analyzer.views(text)
print(sum(len(text.encode()) for text in texts))
"""
_SEARCH: Final = """
import sys
sys.path.insert(0, sys.argv[2])
from benchmarks.corpus import documents, generated, without_language
from benchmarks.queries import queries
from searchlib import Index
corpus = generated(20)
index = Index(corpus.schema(["fr"]))
index.add(without_language(corpus.of("fr")))
texts = queries(corpus.of("fr"), "question", 10)
for _ in range(1 + int(sys.argv[1])):
    for text in texts:
        index.search(text)
print(1000 * len(texts))
"""


def _instructions(code: str, times: int) -> tuple[int, int]:
    """Run code under cachegrind; return its instructions, and the number that it prints."""
    root = str(Path(__file__).resolve().parents[1])
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--log-file={log}"]
        tool.append(f"--cachegrind-out-file={folder}/out")
        command = [*tool, sys.executable, "-c", code, str(times), root]
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        match = _CACHEGRIND.search(log.read_text())
    assert match is not None
    return int(match[1].replace(",", "")), int(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", action="store_true", help="today's counts are the ceilings")
    parser.add_argument("--instructions", action="store_true", help="count these too")
    options = parser.parse_args()
    ceilings: dict[str, float] = json.loads(CEILINGS.read_text()) if CEILINGS.exists() else {}
    found = counts()
    if options.instructions:
        if not which("valgrind"):
            sys.exit("instructions are counted by valgrind: apt-get install valgrind")
        found |= instructions()
    above = over(found, ceilings)
    for name, count in found.items():
        sign = " ABOVE" if name in above else ""
        print(f"{count:12,.2f}  {ceilings.get(name, 0.0):12,.2f}  {name}{sign}")
    if options.set:
        kept = {name: count for name, count in ceilings.items() if "instructions" in name} | found
        rounded = {name: round(count, 2) for name, count in kept.items()}
        CEILINGS.write_text(json.dumps(rounded, indent=1) + "\n", "utf-8")
    elif above:
        sys.exit(f"{len(above)} above their ceilings")


if __name__ == "__main__":
    main()
