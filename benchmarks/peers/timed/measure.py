"""Measures the parts of the table: one engine after the other, round for round."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from compileall import compile_dir
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import rmtree
from statistics import median, quantiles
from typing import Final

import searchlib
from benchmarks.peers.timed.engine import read_rows
from benchmarks.peers.timed.engines import BARE, ENGINES, OURS, PEERS, Process
from benchmarks.peers.timed.lots import LOTS, Lot, make_lot, queries_of
from benchmarks.peers.timed.processes import Peak, cpu_seconds

__all__ = ["PARTS", "Run", "heavy_queries"]

_OURS_AND_BARE: Final = (BARE, OURS[0])
_SEARCHED: Final = ("any", "all", "phrase", "prefix", "question")
_HEAVY_WORDS: Final = 40
_HEAVY_QUERIES: Final = 120
_THREADS: Final = 8
_WARM: Final = 8  # queries before the clock runs: the machine is awake, the rules are read
_WARM_SHARE: Final = 0.05  # of a lot that is indexed before the clock runs
_INDEXED_SHARE: Final = 0.5  # … and while it runs; searches are in all of it
_WRITER: Final = 128_000_000  # bytes that a writer is given by default


@dataclass
class Run:
    """One run of the program.

    Attributes:
        work: the folder of lots and indexes.
        sources: lot, or ``questions``, → file or folder of real texts.
        engines: those that take part, by name.
        rounds: of each measurement; engines that are given a share only of the documents have one.
        queries: of each kind.
        scale: of the lots' usual sizes.
        measured: what has been measured → engine → the value of each round.
        save: keeps it; called after each round.
    """

    work: Path
    sources: dict[str, Path]
    engines: dict[str, Process]
    rounds: int
    queries: int
    scale: float
    measured: dict[str, dict[str, list[float]]]
    save: Callable[[], object]
    _lots: dict[str, Lot] = field(default_factory=dict, init=False)
    _asked: dict[str, dict[str, list[str]]] = field(default_factory=dict, init=False)

    def lot(self, name: str) -> Lot:
        if name not in self._lots:
            path = self.work / f"{name}.tsv"
            own = self.sources.get(name)
            source = self.sources.get("fr") if own is None and name == "large" else own
            self._lots[name] = make_lot(name, source, path, self.scale)
        return self._lots[name]

    def asked(self, name: str) -> dict[str, list[str]]:
        if name not in self._asked:
            questions = self.sources.get("questions")
            self._asked[name] = queries_of(self.lot(name), self.queries, questions)
        return self._asked[name]

    @property
    def lots(self) -> list[Lot]:
        """Those that were made."""
        return [*self._lots.values()]

    def chosen(self, *names: str) -> list[Process]:
        return [self.engines[name] for name in names if name in self.engines]

    def note(self, key: str, engine: str, value: float) -> None:
        self.measured.setdefault(key, {}).setdefault(engine, []).append(value)
        print(f"{key}, {engine}: {value:.5g}", file=sys.stderr, flush=True)

    def forget(self, *keys: str) -> None:
        """Take out what an earlier run has measured."""
        for key in keys:
            self.measured.pop(key, None)

    def index_of(self, engine: Process, lot: Lot) -> Path:
        """Return the folder of an engine's index of a whole lot, made if it is not there."""
        folder = self.work / "indexes" / f"{engine.name}-{lot.name}"
        if not folder.is_dir():
            print(f"indexing {lot.name} with {engine.name}", file=sys.stderr, flush=True)
            engine.ask("load", lot.path, lot.language, len(lot.sizes))
            unfinished = folder.with_suffix(".new")
            _built(engine, unfinished)
            unfinished.rename(folder)
            engine.ask("load", lot.path, lot.language, 0)  # holds the texts no longer
        return folder


def _built(engine: Process, folder: Path) -> float:
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    [seconds] = engine.seconds("build", folder)
    return seconds


def _turned(engines: Sequence[Process], number: int) -> list[Process]:
    """The engines in an order in which each comes first once."""
    place = number % len(engines)
    return [*engines[place:], *engines[:place]]


def _index(run: Run, name: str) -> None:
    lot = run.lot(name)
    ours = [*OURS, "tantivy-title"] if name == "fr" else OURS[:2]
    engines = run.chosen(BARE, *ours, *PEERS)
    run.forget(f"index {name}", f"cpu {name}")
    folder = run.work / "built"
    megabytes: dict[str, float] = {}
    for number in range(run.rounds):
        for engine in _turned(engines, number):
            if engine.share < 1 and number:
                continue
            if not number:
                # What is slow the first time alone: Java compiles, modules are read.
                engine.ask("load", lot.path, lot.language, lot.part(_WARM_SHARE * engine.share)[0])
                _built(engine, folder)
                count, megabytes[engine.name] = lot.part(_INDEXED_SHARE * engine.share)
                engine.ask("load", lot.path, lot.language, count)
            before = cpu_seconds(engine.pid)
            seconds = _built(engine, folder)
            run.note(f"index {name}", engine.name, seconds / megabytes[engine.name])
            computed = cpu_seconds(engine.pid) - before
            run.note(f"cpu {name}", engine.name, computed / megabytes[engine.name])
        run.save()
    rmtree(folder, ignore_errors=True)
    for engine in engines:
        engine.ask("load", lot.path, lot.language, 0)  # holds the texts no longer


def _search(run: Run, name: str) -> None:
    if name == "fr":
        peers = [one for one in PEERS if ENGINES[one].searches]
        _search_lot(run, name, run.chosen(BARE, OURS[0], OURS[2], "tantivy-title", *peers))
    else:
        _search_lot(run, name, run.chosen(*_OURS_AND_BARE))


def _search_lot(run: Run, name: str, engines: list[Process]) -> None:
    lot, asked = run.lot(name), run.asked(name)
    folders = {engine.name: run.index_of(engine, lot) for engine in engines}
    kinds: dict[str, list[str]] = {kind: asked[kind] for kind in _SEARCHED}
    if name == "fr":
        kinds |= {
            "typo": asked["typo"],
            "plain": asked["facet"],  # what the facets come on top of
            "facet": asked["facet"],
            "facets": asked["facet"],
            "counts": asked["facet"],
            "snippets": asked["question"],
            "two snippets": asked["question"],
        }
    run.forget(*(f"{kind} {name}" for kind in (*kinds, "question p95", "typo p95", "share")))
    run.forget(f"facets alone {name}")
    # A round before the first: Java compiles, the disk's cache fills.
    for number in range(-1, run.rounds):
        for kind, texts in kinds.items():
            for engine in _turned(engines, number):
                if not _is_asked(engine, kind):
                    continue
                # What an engine remembers of its answers it forgets with the index it had open.
                engine.ask("open", folders[engine.name], lot.language)
                word = {"typo": "question", "plain": "any"}.get(kind, kind)
                engine.ask("time", "any", *asked["all"][:_WARM])
                times = engine.seconds("time", word, *texts)
                if not times or number < 0:
                    continue
                run.note(f"{kind} {name}", engine.name, median(times))
                if kind in ("question", "typo") and len(times) > 1:
                    run.note(f"{kind} p95 {name}", engine.name, quantiles(times, n=20)[-1])
        if name == "fr" and number >= 0:
            [ours] = run.chosen(OURS[0])
            ours.ask("open", folders[ours.name], lot.language)
            shares = ours.seconds("share", "question", *asked["question"])
            run.note(f"share {name}", ours.name, median(shares))
            facets, plain = (run.measured[f"{key} fr"][ours.name] for key in ("facets", "plain"))
            run.note("facets alone fr", ours.name, max(facets[-1] - plain[-1], 0.0))
            if counts := run.measured["counts fr"].get(BARE):
                run.note("facets alone fr", BARE, counts[-1])
        run.save()


def _is_asked(engine: Process, kind: str) -> bool:
    if kind in ("typo", "counts"):
        return engine.name in _OURS_AND_BARE
    if engine.name in (OURS[2], "tantivy-title"):
        return kind == "two snippets"
    return True


def _room(run: Run) -> None:
    for name in ("fr", "vi", "mixed"):
        lot = run.lot(name)
        run.forget(f"size {name}")
        searching = [one for one in PEERS if ENGINES[one].searches] if name == "fr" else []
        for engine in run.chosen(*_OURS_AND_BARE, *searching):
            for size in engine.seconds("size", run.index_of(engine, lot)):
                run.note(f"size {name}", engine.name, size / 1e6 / lot.megabytes)
    lot = run.lot("fr")
    run.forget("memory fr", "one core fr")
    folder = run.work / "built"
    for number in range(run.rounds):
        for engine in _turned(run.chosen(OURS[0], "tantivy-views"), number):
            with _alone(engine, folder) as one, Peak(one.pid) as peak:
                one.ask("stream", lot.path, lot.language, folder)
            run.note("memory fr", engine.name, peak.bytes - _WRITER)
            with _on_one_core(), _alone(engine, folder) as one:
                before = cpu_seconds(one.pid)
                one.ask("stream", lot.path, lot.language, folder)
                seconds = cpu_seconds(one.pid) - before
            run.note("one core fr", engine.name, seconds / lot.megabytes)
        run.save()
    rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(engine: Process, folder: Path) -> Iterator[Process]:
    """A process of its own, which has imported what it needs."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    one = engine.fresh()
    one.ask("version")
    try:
        yield one
    finally:
        one.close()


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Processes that are started here have one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


# What a new process runs: how the library is imported, and how it is searched then.
_OPENED: Final = """
found = Index.open(sys.argv[1]).search(sys.argv[2])
assert found.hits and found.hits[0].document
"""
_BARE_OPENED: Final = """
index = tantivy.Index.open(sys.argv[1])
searcher = index.searcher()
found = searcher.search(index.parse_query(sys.argv[2].lower(), ["whole"]), 10)
assert [searcher.doc(address).to_dict() for _, address in found.hits]
"""
_STARTS: Final = (
    ("import", "first", OURS[0], "import searchlib", "Index = searchlib.Index" + _OPENED),
    ("import", "first", BARE, "import tantivy", _BARE_OPENED),
)
_TIMED: Final = """
import sys
from time import process_time
started = process_time()
{}
imported = process_time()
{}
print(imported - started, process_time() - imported)
"""


def _start(run: Run) -> None:
    lot = run.lot("fr")
    text = run.asked("fr")["any"][0]
    # As pip leaves it: compiled, which Python may have been told not to keep.
    compile_dir(str(Path(searchlib.__file__).parent), quiet=2)
    run.forget(*{key for keys in _STARTS for key in keys[:2]})
    for _ in range(2 * run.rounds + 1):
        for *keys, name, imported, opened in _STARTS:
            for engine in run.chosen(name):
                code = _TIMED.format(imported, opened)
                command = [sys.executable, "-c", code, str(run.index_of(engine, lot)), text]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                for key, value in zip(keys, done.stdout.split(), strict=True):
                    run.note(key, engine.name, float(value))


def _threads(run: Run) -> None:
    run.forget("threads heavy", "threads light")
    lots = {"heavy": run.lot("large"), "light": run.lot("fr")}
    light = [" OR ".join(text.split()) for text in run.asked("fr")["any"]]
    asked = {"heavy": heavy_queries(lots["heavy"]), "light": light * 4}
    for engine in run.chosen(OURS[0]):
        for key, lot in lots.items():
            engine.ask("open", run.index_of(engine, lot), lot.language)
            engine.ask("time", "any", *light[:_WARM])
            for _ in range(run.rounds):
                one, eight = (
                    engine.seconds("threads", count, *asked[key])[0] for count in (1, _THREADS)
                )
                run.note(f"threads {key}", engine.name, one / eight)


def heavy_queries(lot: Lot) -> list[str]:
    """Texts of forty words, as from somebody who looks for documents like one."""
    rows = [row.text.split() for row in read_rows(lot.path)]
    long = [words for words in rows if len(words) >= _HEAVY_WORDS]
    step = max(len(long) // _HEAVY_QUERIES, 1)
    return [" ".join(words[:_HEAVY_WORDS]) for words in long[::step]]


def _analyse(run: Run) -> None:
    codes = [name for name, (code, _) in LOTS.items() if name == code and _has_texts(run, name)]
    for code in codes:
        lot = run.lot(code)
        run.forget(f"analyse {code}")
        for engine in run.chosen(OURS[0]):
            for _ in range(run.rounds):
                seconds, size = engine.seconds("analyse", code, lot.path)
                run.note(f"analyse {code}", engine.name, size / 1e6 / seconds)


def _has_texts(run: Run, name: str) -> bool:
    """Generated texts are taken where no others are given at all."""
    return name in run.sources or not run.sources


#: Part → what measures it. None takes more than some minutes on a quiet machine.
PARTS: Final[dict[str, Callable[[Run], object]]] = {
    **{f"index-{name}": partial(_index, name=name) for name in ("fr", "vi", "mixed")},
    **{f"search-{name}": partial(_search, name=name) for name in ("fr", "vi", "mixed")},
    "room": _room,
    "start": _start,
    "threads": _threads,
    "analyse": _analyse,
}
