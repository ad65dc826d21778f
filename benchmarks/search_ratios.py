"""Print how fast searchlib searches beside bare tantivy-py: one field, its default tokenizer.

    python benchmarks/search_ratios.py FOLDER
    python benchmarks/search_ratios.py FOLDER --keep PLACE --kind question --rounds 5

FOLDER holds *.jsonl or *.jsonl.gz, as corpus.load reads them. Both indexes lie on disk, hold the
same documents and answer the same queries in turn: ten hits with their stored documents. searchlib
has all its views and tells the language of each query by itself.

Each round opens both anew, so that no query is met twice by one index; of a query the fastest
round counts, of a kind the median of its queries. Times are of the processor, but for those of
starts and threads, so that other work on the machine hardly shows, and hold the reading of the
documents found. A ratio is tantivy's time through searchlib's, as large as it can be. "own" is
what ``search`` takes beside the engine's calls; how many of these and of all functions there are
does not depend on the machine. --keep leaves the indexes there for the next run.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from cProfile import Profile
from functools import partial
from pathlib import Path
from pstats import Stats
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tantivy

from benchmarks.corpus import Corpus, load, without_language
from benchmarks.environment import heading
from benchmarks.queries import queries
from benchmarks.relevance.variants import vary
from searchlib import Index, Keyword
from searchlib.fields import Integer

_LIMIT: Final = 10
_QUERIES: Final = 60  # of each kind
_ROUNDS: Final = 3
_FACETS: Final = 3
_THREADS: Final = 8
_WARMING: Final = 20  # queries that are not measured: the rules for words come from there
_STARTS: Final = 5

#: Kind of query → the ratio that is wanted of it.
REACHES: Final = {
    "two words": 0.5,
    "question": 0.5,
    "both words": 0.5,
    "phrase": 0.8,
    "prefix": 0.9,
}


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: was measured.
        bare, own: milliseconds of tantivy, and of searchlib.
        figure: what is compared with the reach, as it is shown.
        reach: what is wanted, as it is shown.
        is_met: whether it is met.
        note: what else there is to say.
    """

    what: str
    bare: float | None
    own: float
    figure: str
    reach: str
    is_met: bool
    note: str = ""

    def __str__(self) -> str:
        bare = "" if self.bare is None else f"{self.bare:.3f}"
        met = "met" if self.is_met else "not met"
        cells = (self.what, bare, f"{self.own:.3f}", self.figure, self.reach, met, self.note)
        return "| " + " | ".join(cells) + " |"


class Timed:
    """tantivy's searcher, with a clock before each call.

    Attributes:
        seconds, calls: of all calls since ``clear``.
    """

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self.clear()

    def clear(self) -> None:
        self.seconds, self.calls = 0.0, 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._searcher, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            started = process_time()
            try:
                return found(*given, **named)
            finally:
                self.seconds += process_time() - started
                self.calls += 1

        setattr(self, name, call)
        return call


class Bare:
    """A bare index: one text field, its default tokenizer; what is counted as fast fields."""

    def __init__(self, corpus: Corpus, facets: Sequence[str], path: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", stored=True)
        for name in facets:
            if isinstance(corpus.fields[name], Keyword):
                builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw")
            else:
                builder.add_integer_field(name, stored=True, fast=True, indexed=True)
        self._schema = builder.build()
        self._facets = facets
        if not path.is_dir():
            path.mkdir(parents=True)
            self._index = tantivy.Index(self._schema, str(path))
            writer = self._index.writer(128_000_000, 1)  # what searchlib's has
            for one in corpus.documents:
                document = tantivy.Document(id=one["id"], text=f"{one['title']}\n{one['text']}")
                for name in facets:
                    if name in one and isinstance(corpus.fields[name], Keyword):
                        document.add_text(name, one[name])
                    elif name in one:
                        document.add_integer(name, one[name])
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        self._path = path
        self.open()

    def open(self) -> None:
        self._index = tantivy.Index.open(str(self._path))
        self._searcher = self._index.searcher()

    def query(self, text: str) -> tantivy.Query:
        if text.endswith("*"):
            return tantivy.Query.regex_query(self._schema, "text", text[:-1].lower() + ".*")
        return self._index.parse_query_lenient(text, ["text"])[0]

    def search(self, text: str) -> list[dict[str, Any]]:
        found = self._searcher.search(self.query(text), limit=_LIMIT)
        return [self._searcher.doc(address).to_dict() for _, address in found.hits]

    def highlighted(self, text: str) -> list[str]:
        query = self.query(text)
        found = self._searcher.search(query, limit=_LIMIT)
        generator = tantivy.SnippetGenerator.create(self._searcher, query, self._schema, "text")
        documents = [self._searcher.doc(address) for _, address in found.hits]
        return [generator.snippet_from_doc(one).to_html() for one in documents]

    def counted(self, text: str) -> dict[str, Any]:
        request = {name: {"terms": {"field": name, "size": 10}} for name in self._facets}
        return self._searcher.aggregate(self.query(text), request)


class Both:
    """The two indexes of one corpus."""

    def __init__(self, corpus: Corpus, folder: Path) -> None:
        names = [n for n, kind in corpus.fields.items() if isinstance(kind, (Keyword, Integer))]
        self.facets = names[:_FACETS]
        self.bare = Bare(corpus, self.facets, folder / "bare")
        self.path = folder / "searchlib"
        if not self.path.is_dir():
            index = Index(corpus.schema(corpus.languages), self.path)
            index.add(without_language(corpus.documents)).raise_for_rejected()
        self.open()

    def open(self) -> None:
        self.bare.open()
        self.index = Index.open(self.path)
        self.index.search("")

    def read(self, text: str) -> list[dict[str, Any]]:
        """Search, and read what is found."""
        return [hit.document for hit in self.index.search(text)]

    def timed(self) -> Timed:
        """Put a clock before the calls of this opening of searchlib's index."""
        snapshot = self.index._snapshot()
        timed = Timed(snapshot.searcher)
        vars(snapshot)["searcher"] = timed
        return timed


def clocked(work: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """Return the milliseconds that a call takes."""
    started = clock()
    work()
    return 1000 * (clock() - started)


def in_turn(
    both: Both, texts: Sequence[str], rounds: int, *works: Callable[[str], object]
) -> list[list[float]]:
    """Return the least milliseconds of each text, of each of the works."""
    best = [[float("inf")] * len(texts) for _ in works]
    gc.collect()
    for _ in range(rounds):
        both.open()
        for place, text in enumerate(texts):
            for work, least in zip(works, best, strict=True):
                least[place] = min(least[place], clocked(partial(work, text)))
    return best


def asked(corpus: Corpus, kind: str, count: int) -> list[str]:
    """Return so many queries of a kind."""
    documents = corpus.of("mixed")
    if kind == "question mistyped":
        texts = queries(documents, "question", count)
        return [vary("typo", str(place), text, 1) for place, text in enumerate(texts)]
    return queries(documents, kind, count)


def searches(both: Both, corpus: Corpus, options: argparse.Namespace) -> Iterator[Row]:
    for kind, reach in REACHES.items():
        texts = asked(corpus, kind, options.queries)
        bare, own = in_turn(
            both,
            texts,
            options.rounds,
            lambda text: both.bare.search(text),
            both.read,
        )
        yield _ratio(kind, bare, own, reach, python_of(both, texts, options.rounds))


def python_of(both: Both, texts: Sequence[str], rounds: int) -> str:
    """What searchlib takes of a search beside the engine's calls."""
    shares = [float("inf")] * len(texts)
    calls = []
    for _ in range(rounds):
        both.open()
        timed = both.timed()
        for place, text in enumerate(texts):
            timed.clear()
            whole = clocked(partial(both.index.search, text))
            shares[place] = min(shares[place], whole - 1000 * timed.seconds)
            calls.append(timed.calls)
    both.open()
    counting = Profile()
    counting.runcall(lambda: [both.index.search(text) for text in texts])
    functions = Stats(counting).total_calls / len(texts)  # type: ignore[attr-defined]
    return (
        f"own {1000 * median(shares):.0f} µs, {median(calls):.0f} calls of the engine, "
        f"{functions:.0f} of functions"
    )


def highlights(both: Both, corpus: Corpus, options: argparse.Namespace) -> Iterator[Row]:
    for kind in ("two words", "question"):
        texts = asked(corpus, kind, options.queries)
        bare, own = in_turn(
            both,
            texts,
            options.rounds,
            lambda text: both.bare.highlighted(text),
            lambda text: both.index.search(text, highlight=True),
        )
        yield _ratio(f"{kind}, highlighted", bare, own, 0.5)


def facets(both: Both, corpus: Corpus, options: argparse.Namespace) -> Iterator[Row]:
    for kind in ("two words", "question") if both.facets else ():
        texts = asked(corpus, kind, options.queries)
        bare, plain, counted = in_turn(
            both,
            texts,
            options.rounds,
            lambda text: both.bare.counted(text),
            lambda text: both.index.search(text),
            lambda text: both.index.search(text, facets=both.facets),
        )
        added = [more - less for more, less in zip(counted, plain, strict=True)]
        times = median(added) / median(bare)
        what = f"{kind}, {len(both.facets)} facets added"
        yield Row(what, median(bare), median(added), f"{times:.2f}x", "≤ 1x", times <= 1)


def typos(both: Both, corpus: Corpus, options: argparse.Namespace) -> Iterator[Row]:
    exact, mistyped = (
        in_turn(both, asked(corpus, kind, options.queries), options.rounds, both.read)[0]
        for kind in ("question", "question mistyped")
    )
    before, after = (quantiles(times, n=20)[-1] for times in (exact, mistyped))
    times = after / before
    note = f"p95 of the exact ones {before:.3f}"
    yield Row("question mistyped, p95", None, after, f"{times:.2f}x", "≤ 2x", times <= 2, note)


_FIRST: Final = """
import sys, json
from time import perf_counter
started = perf_counter()
import searchlib
imported = perf_counter()
found = searchlib.Index.open(sys.argv[1]).search(sys.argv[2])
assert found.hits
done = perf_counter()
heavy = [name for name in ("icu", "pycld2", "unidecode") if name in sys.modules]
print(json.dumps([imported - started, done - imported, heavy]))
"""


def starts(both: Both, corpus: Corpus, options: argparse.Namespace) -> Iterator[Row]:
    """A process of its own, from the import to the first result."""
    [text] = asked(corpus, "question", 1)
    command = [sys.executable, "-c", _FIRST, str(both.path), text]
    # As an installed package has it, compiled.
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    runs = []
    for _ in range(_STARTS):
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=own)
        runs.append(json.loads(done.stdout))
    imported, first = (1000 * min(run[place] for run in runs) for place in (0, 1))
    yield Row("import", None, imported, f"{imported:.0f} ms", "≤ 100 ms", imported <= 100)
    heavy = "loaded for it: " + (", ".join(runs[0][2]) or "nothing heavy")
    yield Row("open, first result", None, first, f"{first:.0f} ms", "≤ 60 ms", first <= 60, heavy)


def threads(both: Both, corpus: Corpus, options: argparse.Namespace) -> Iterator[Row]:
    """Searches by several threads against the same by one, of the slowest queries and of all."""
    texts = asked(corpus, "question", options.queries)
    both.open()
    index = both.index
    times = {text: clocked(partial(index.search, text)) for text in texts}
    heavy = sorted(texts, key=times.__getitem__)[-max(len(texts) // 4, 1) :] * 8
    light = asked(corpus, "two words", options.queries) * 4
    for what, several, reach in (("heavy", heavy, 1.7), ("light", light, 1.0)):
        Random(1).shuffle(several)
        bests = [
            min(_pooled(index, several, count) for _ in range(options.rounds))
            for count in (1, _THREADS)
        ]
        one, eight = bests
        gain = one / eight
        what = f"{_THREADS} threads, {what} queries"
        shown = f"≥ {reach}x"
        yield Row(what, one, eight, f"{gain:.2f}x", shown, gain >= reach, "beside one thread")


def _pooled(index: Index, texts: Sequence[str], count: int) -> float:
    """Milliseconds a search takes."""
    with ThreadPoolExecutor(count) as pool:
        work = pool.map(index.search, texts)
        return clocked(lambda: list(work), perf_counter) / len(texts)


def _ratio(
    what: str, bare: Sequence[float], own: Sequence[float], reach: float, note: str = ""
) -> Row:
    ratio = median(bare) / median(own)
    shown = f"≥ {reach:.2f}"
    return Row(what, median(bare), median(own), f"{ratio:.2f}", shown, ratio >= reach, note)


#: Part of the table → what measures it.
PARTS: Final[dict[str, Callable[[Both, Corpus, argparse.Namespace], Iterator[Row]]]] = {
    "searches": searches,
    "highlights": highlights,
    "facets": facets,
    "typos": typos,
    "starts": starts,
    "threads": threads,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, help="where the indexes are or are to be kept")
    parser.add_argument("--part", action="append", choices=list(PARTS), help="only this part")
    parser.add_argument("--queries", type=int, default=_QUERIES, help="of each kind")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    options = parser.parse_args()
    corpus = load(options.folder)
    with TemporaryDirectory() as folder:
        both = Both(corpus, options.keep or Path(folder))
        for text in queries(corpus.of("mixed"), "question", _WARMING, seed=2):
            both.index.search(text, highlight=True)
        print("# Searches beside bare tantivy-py\n")
        print(heading("python benchmarks/search_ratios.py FOLDER"))
        print(f"{len(both.index):,} documents, languages: {', '.join(corpus.languages)}.\n")
        print("| | tantivy ms | searchlib ms | | reach | | |\n|---|---:|---:|---:|---:|---|---|")
        for name, part in PARTS.items():
            if not options.part or name in options.part:
                for row in part(both, corpus, options):
                    print(row, flush=True)


if __name__ == "__main__":
    main()
