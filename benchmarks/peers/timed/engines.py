"""The engines by name, each as the program knows it: a process that answers lines."""

from __future__ import annotations

import os
import subprocess
import sys
from atexit import register
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

from benchmarks.peers.engines.lucene import Lucene, jars
from benchmarks.peers.engines.xapian_process import Xapian

__all__ = ["BARE", "ENGINES", "OURS", "PEERS", "Process"]

_HERE: Final = Path(__file__).parent
_FACET_JARS: Final = ("facet", "highlighter", "memory", "queries", "sandbox")


@dataclass
class Process:
    """An engine in a process of its own, started at the first question.

    Attributes:
        name: what the tables call it.
        share: of the documents that it indexes where speed alone is asked for: less than 1 of those
            that are so slow that the others would wait.
        searches: whether it is asked to search.
        environment: variables that the process has besides.
    """

    name: str
    command: Callable[[], list[str]]
    lacks: Callable[[], str | None] = lambda: None
    share: float = 1.0
    searches: bool = True
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def missing(self) -> str | None:
        """What to install before this engine can run; None if nothing."""
        return self.lacks() or self.ask("missing") or None

    def fresh(self) -> Process:
        """Return the same engine in a process that has done nothing yet."""
        return replace(self)

    @property
    def pid(self) -> int:
        return self._running().pid

    def ask(self, *cells: object) -> str:
        """Return the answer to a line, which has no line end."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\t".join(map(str, cells)) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended without an answer to {cells[0]!r}")
        return answer.rstrip("\n")

    def seconds(self, *cells: object) -> list[float]:
        """Return an answer of numbers; empty if the engine cannot do what is asked."""
        return [float(cell) for cell in self.ask(*cells).split()]

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                self.command(),
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
        return self._process


def _python(engine: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, str(_HERE / "worker.py"), engine]


def _xapian() -> list[str]:
    [python, *_] = Xapian().command()
    return [python, str(_HERE / "worker.py"), "xapian_process:Xapian"]


@cache
def _lucene() -> list[str]:
    """Its two sources compiled: Java runs one file, or classes."""
    folder = mkdtemp(prefix="lucene-")
    register(rmtree, folder, ignore_errors=True)
    path = ":".join([folder, *jars(*_FACET_JARS)])
    sources: Sequence[Path] = (_HERE.parent / "engines" / "Lucene.java", _HERE / "LuceneTimed.java")
    subprocess.run(["javac", "-cp", path, "-d", folder, *map(str, sources)], check=True)
    return ["java", "-cp", path, "LuceneTimed"]


BARE: Final = "tantivy"
#: searchlib's own: language given, language found out, and a title beside the text.
OURS: Final = ("searchlib", "searchlib-detecting", "searchlib-title")
ENGINES: Final[dict[str, Process]] = {
    one.name: one
    for one in (
        Process(BARE, _python("tantivy_py:Bare")),
        Process("searchlib", _python("searchlib_itself:Searchlib")),
        Process("searchlib-detecting", _python("searchlib_itself:Detecting")),
        Process("searchlib-title", _python("searchlib_itself:WithTitle")),
        Process("tantivy-title", _python("tantivy_py:TitleAndText")),
        Process("tantivy-tuned", _python("tantivy_py:Tuned")),
        Process("tantivy-stem", _python("tantivy_py:ExactAndStem")),
        Process("tantivy-views", _python("tantivy_py:Views"), searches=False),
        Process("lucene", _lucene, Lucene().missing),
        Process("fts5", _python("sqlite_fts5:SqliteFts5")),
        Process("bm25s", _python("bm25s_stemmed:Bm25s")),
        Process("lancedb", _python("lance:Lance")),
        Process("xapian", _xapian, Xapian().missing, share=0.2),
        Process("whoosh", _python("whoosh_reloaded:Whoosh"), share=0.1, searches=False),
    )
}
PEERS: Final = (
    *("tantivy-tuned", "tantivy-stem", "lucene", "fts5", "bm25s", "lancedb", "xapian", "whoosh"),
)
