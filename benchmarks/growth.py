"""Measure how an index grows: documents a second, memory, and what searches take at each size.

    python benchmarks/growth.py FOLDER --work PLACE            run it until all sizes are measured
    python benchmarks/growth.py FOLDER --work PLACE --short    … of ten million short records
    python benchmarks/growth.py --print --work PLACE --markdown FILE --plot FILE.svg

FOLDER holds *.jsonl[.gz] of {"text", "lang"}, whose paragraphs are drawn as documents under
generated ids; short records are a few words out of them. A run ends after --minutes; the next one
with the same PLACE goes on from the last commit. The index stands in PLACE, where a few gigabytes
are needed; measurements are in PLACE/growth.json, which --print reads.

Queries are the same at each size, cut out of the first ten thousand documents. Each is asked twice
of an index that was opened anew, and the quicker time counts: of the thread that computes it, so
that a busy machine hardly shows. Memory is what the process and those that it starts hold and could
not read again from a file, without the paragraphs that documents are drawn from.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import monotonic, perf_counter, thread_time
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.corpus import read_lines
from benchmarks.environment import heading
from benchmarks.peers.timed.engine import bytes_of
from benchmarks.peers.timed.processes import Peak, cpu_seconds, memory
from benchmarks.queries import queries
from benchmarks.relevance.variants import vary
from searchlib import CalendarFacet, Date, Index, Integer, Keyword, Schema, Text

_SIZES: Final = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
_SHORT_SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
_BLOCK: Final = 50_000  # documents of a commit
_POOL: Final = 200_000  # paragraphs that documents are drawn from
_LEAST_LETTERS: Final = 80  # of a paragraph
_MOST_LETTERS: Final = 2_000
_QUERIES: Final = 100  # of each kind
_KINDS: Final = {
    "any": "two words",
    "all": "both words",
    "phrase": "phrase",
    "question": "question",
}
_FIRST_DAY: Final = date(2000, 1, 1)


@dataclass(frozen=True)
class Plan:
    """What grows.

    Attributes:
        pool: texts and their languages.
        is_short: whether documents are a few words of a text.
        work: the folder of the index and the measurements.
        sizes: numbers of documents at which searches are measured.
        ends: when to stop, by ``monotonic``.
        held: bytes of memory that the process has before it opens the index.
    """

    pool: list[tuple[str, str]]
    is_short: bool
    work: Path
    sizes: tuple[int, ...]
    ends: float
    held: int

    def documents(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        """Yield the documents of these numbers: the same each time."""
        for number in range(start, end):
            random = Random(number)
            text, language = random.choice(self.pool)
            if self.is_short:
                words = text.split()
                first = random.randrange(max(len(words) - 6, 1))
                text = " ".join(words[first : first + random.randint(3, 7)])
            yield {
                "id": f"d{number}",
                "text": text,
                "lang": language,
                "source": f"Source {int(200 * random.random() ** 3)}",
                "day": _FIRST_DAY + timedelta(days=int(9_000 * random.random())),
                "views": int(1 / (random.random() + 1e-6)),
            }

    def schema(self) -> Schema:
        return Schema(
            {"text": Text(), "source": Keyword(), "day": Date(), "views": Integer()},
            language="lang",
            languages=[*dict.fromkeys(language for _, language in self.pool)],
        )


def pool_of(folder: Path, languages: list[str]) -> list[tuple[str, str]]:
    """Return paragraphs of the texts below a folder, and their languages."""
    found: dict[str, str] = {}
    paths = sorted(folder.rglob("*.jsonl*")) if folder.is_dir() else [folder]
    for path in paths:
        for line in read_lines(path):
            language = str(line.get("lang") or "und").partition("-")[0].lower()
            if languages and language not in languages:
                continue
            for paragraph in str(line.get("text") or "").splitlines():
                if len(paragraph) >= _LEAST_LETTERS:
                    found.setdefault(paragraph[:_MOST_LETTERS], language)
    if not found:
        sys.exit(f"no paragraphs in {folder}")
    pool = sorted(found.items())
    return Random(1).sample(pool, min(_POOL, len(pool)))


def grow(plan: Plan, state: dict[str, Any]) -> bool:
    """Add and measure until all is done; False if the time was over before."""
    index = Index(plan.schema(), plan.work / "index")
    for size in plan.sizes:
        while len(index) < size:
            if monotonic() > plan.ends:
                return False
            add_block(plan, index, min(size, len(index) + _BLOCK), state)
        if str(size) not in state["sizes"]:
            if monotonic() > plan.ends:
                return False
            state["sizes"][str(size)] = measured(plan, size)
            save(plan.work, state)
    return True


def add_block(plan: Plan, index: Index, end: int, state: dict[str, Any]) -> None:
    """Add the documents up to a number, in one commit."""
    start = len(index)
    documents = list(plan.documents(start, end))
    size = sum(len(one["text"].encode()) for one in documents)
    with Peak(os.getpid()) as peak:
        started, computed = perf_counter(), cpu_seconds(os.getpid())
        index.add(documents).raise_for_rejected()
        seconds = perf_counter() - started
        computed = cpu_seconds(os.getpid()) - computed
    state["blocks"].append(
        {
            "documents": end - start,
            "end": end,
            "bytes": size,
            "seconds": seconds,
            "cpu": computed,
            "peak": peak.bytes - plan.held,
        }
    )
    save(plan.work, state)
    rate = (end - start) / seconds
    print(f"{end:,} documents, {rate:,.0f} a second", file=sys.stderr, flush=True)


def measured(plan: Plan, size: int) -> dict[str, Any]:
    """Return the milliseconds of each kind of search at a size: the median, and the 99th of 100."""
    first = list(plan.documents(0, min(_SIZES[0], size)))
    texts = joined(first) if plan.is_short else first
    asked: dict[str, list[str]] = {
        kind: queries(texts, name, _QUERIES) for kind, name in _KINDS.items()
    }
    asked["prefix"] = [text[:4] + "*" for text in queries(texts, "one word", _QUERIES)]
    asked["typo"] = [vary("typo", str(at), text, 1) for at, text in enumerate(asked["question"])]
    searches: dict[str, tuple[str, dict[str, Any]]] = {
        **{kind: (kind, {}) for kind in asked},
        "highlights": ("question", {"highlight": True}),
        "one facet": ("any", {"facets": ["source"]}),
        "a facet of months": ("any", {"facets": [CalendarFacet("day", "month")]}),
        "sorted by day": ("any", {"sort": "-day"}),
        "every document, sorted": ("", {"sort": "-views"}),
        "every document, one facet": ("", {"facets": ["source"]}),
    }
    times: dict[str, list[float]] = {}
    started = perf_counter()
    Index.open(plan.work / "index").search(asked["any"][0])
    opened = perf_counter() - started
    with Peak(os.getpid()) as peak:
        for _ in range(2):
            index = Index.open(plan.work / "index")
            for name, (kind, options) in searches.items():
                several = asked.get(kind) or [""] * 10
                found = times.setdefault(name, [float("inf")] * len(several))
                for place, text in enumerate(several):
                    if not text:
                        index = Index.open(plan.work / "index")  # remembers no counts
                        index.search(asked["any"][0])
                    began = thread_time()
                    index.search(text, **options)
                    found[place] = min(found[place], thread_time() - began)
    return {
        "open": 1000 * opened,
        "searching": peak.bytes - plan.held,
        "disk": bytes_of(plan.work / "index"),
        "text": sum(len(one["text"].encode()) for one in first) / len(first) * size,
        "times": {
            name: [1000 * median(some), 1000 * quantiles(some, n=100)[-1]]
            for name, some in times.items()
        },
    }


def joined(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return texts of some short records each, long enough to cut queries out."""
    found: dict[str, list[str]] = {}
    for one in documents:
        found.setdefault(one["lang"], []).append(one["text"])
    return [
        {"text": " ".join(some[start : start + 8]), "lang": language}
        for language, some in found.items()
        for start in range(0, len(some), 8)
    ]


def save(work: Path, state: dict[str, Any]) -> None:
    path = work / "growth.json"
    new = path.with_suffix(".new")
    new.write_text(json.dumps(state, indent=1) + "\n", "utf-8")
    new.replace(path)


def read(work: Path) -> dict[str, Any]:
    path = work / "growth.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found
    return {"blocks": [], "sizes": {}}


@dataclass(frozen=True)
class Added:
    """How the documents between one size and the one before it were added.

    Attributes:
        rate: documents a second, commits included.
        rate_of_cpu: documents a second of processor time, of all processes.
        peak: the most bytes of memory, the documents of one commit among them.
    """

    rate: float
    rate_of_cpu: float
    peak: int


def added(state: dict[str, Any]) -> dict[str, Added]:
    """Return size → how documents were added on the way to it."""
    found = {}
    before = 0
    for size in state["sizes"]:
        blocks = [one for one in state["blocks"] if before < one["end"] <= int(size)]
        before = int(size)
        documents, seconds, cpu = (
            sum(one[key] for one in blocks) for key in ("documents", "seconds", "cpu")
        )
        peak = max(one["peak"] for one in blocks)
        found[size] = Added(documents / seconds, documents / cpu, peak)
    return found


def table(state: dict[str, Any]) -> Iterator[str]:
    sizes = list(state["sizes"])
    ways = [*added(state).values()]
    ones = [*state["sizes"].values()]

    def row(name: str, cells: Iterable[str], last: str = "") -> str:
        return f"| {name} | " + " | ".join(cells) + f" | {last} |"

    def change(rates: list[float]) -> str:
        return ", ".join(
            f"{100 * (rates[-1] / rate - 1):+.0f} % from the {name}"
            for name, rate in (("first", rates[0]), ("most", max(rates)))
        )

    rates, rates_of_cpu = [way.rate for way in ways], [way.rate_of_cpu for way in ways]
    yield row("", (f"{int(size):,}" for size in sizes))
    yield "|---|" + "---:|" * len(sizes) + "---|"
    yield row("documents a second", (f"{rate:,.0f}" for rate in rates), change(rates))
    yield row(
        "… of processor time", (f"{rate:,.0f}" for rate in rates_of_cpu), change(rates_of_cpu)
    )
    yield row("memory while adding, MB", (f"{way.peak / 1e6:,.0f}" for way in ways))
    yield row("memory while searching, MB", (f"{one['searching'] / 1e6:,.0f}" for one in ones))
    yield row("on disk, to the text", (f"{one['disk'] / one['text']:.2f}" for one in ones))
    yield row("opened and first result, ms", (f"{one['open']:.0f}" for one in ones))
    for name in ones[0]["times"]:
        pairs = [one["times"][name] for one in ones]
        cells = (f"{p50:.2f} / {p99:.2f}" for p50, p99 in pairs)
        yield row(f"{name}, ms", cells, _power(sizes, pairs))


def _power(sizes: list[str], pairs: list[list[float]]) -> str:
    """By which power of the number of documents the median grows: 1 is in proportion."""
    if len(sizes) < 2:
        return ""
    power = log(pairs[-1][0] / pairs[0][0]) / log(int(sizes[-1]) / int(sizes[0]))
    return f"n^{power:.2f}"


def plot(state: dict[str, Any], path: Path) -> None:
    """Draw the medians and 99th percentiles, and documents a second, over the size."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "growth"
    sizes = list(state["sizes"])
    places = [int(size) for size in sizes]
    figure, (left, middle, right) = pyplot.subplots(1, 3, figsize=(14, 4.6), layout="constrained")
    names = list(state["sizes"][sizes[0]]["times"])
    for axes, which, title in ((left, 0, "p50, ms"), (middle, 1, "p99, ms")):
        axes.set_prop_cycle(color=pyplot.get_cmap("tab20")(range(20)))  # one for each kind
        for name in names:
            values = [state["sizes"][size]["times"][name][which] for size in sizes]
            axes.plot(places, values, marker=".", label=name)
        axes.set(xscale="log", yscale="log", xlabel="documents", title=title)
        axes.grid(alpha=0.3)
    figure.legend(*left.get_legend_handles_labels(), loc="outside left center", fontsize="x-small")
    ways = [*added(state).values()]
    for label, values in (
        ("documents a second", [way.rate for way in ways]),
        ("… of processor time", [way.rate_of_cpu for way in ways]),
        ("memory while adding, MB", [way.peak / 1e6 for way in ways]),
    ):
        right.plot(places, values, marker=".", label=label)
    right.set(xscale="log", xlabel="documents", ylim=(0, None), title="adding")
    right.legend(loc=(0.03, 0.2), fontsize="x-small")
    right.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--to", type=int, help="the largest size")
    parser.add_argument("--short", action="store_true", help="a few words a document")
    parser.add_argument("--language", action="append", default=[], help="only texts in this one")
    parser.add_argument("--print", action="store_true", help="what is measured so far")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    state = read(options.work)
    if not options.print:
        if options.folder is None:
            parser.error("FOLDER is missing: where the texts are")
        sizes: tuple[int, ...] = _SHORT_SIZES if options.short else _SIZES
        if options.to:
            sizes = tuple(size for size in sizes if size <= options.to) or (options.to,)
        ends = monotonic() + 60 * options.minutes
        pool = pool_of(options.folder, options.language)
        state["about"] = {"short": options.short, "paragraphs": len(pool)}
        held = memory(os.getpid())
        is_done = grow(Plan(pool, options.short, options.work, sizes, ends, held), state)
        print("all is measured" if is_done else "to be continued: run it again", file=sys.stderr)
    if not state["sizes"]:
        return
    lines = "\n".join(table(state))
    print(lines)
    if options.markdown:
        options.markdown.write_text(page(state, lines), "utf-8")
    if options.plot:
        plot(state, options.plot)


def page(state: dict[str, Any], lines: str) -> str:
    """Return the result in Markdown."""
    about = state["about"]
    what = "Short records, three to seven words each" if about["short"] else "Paragraphs"
    flag = " --short" if about["short"] else ""
    return (
        f"# Growth\n\n{heading(f'python benchmarks/growth.py FOLDER --work PLACE{flag}')}\n"
        f"{what}, drawn from {about['paragraphs']:,} paragraphs; a commit every {_BLOCK:,} "
        "documents. Searches: median / 99th of a hundred.\n\n"
        f"{lines}\n"
    )


if __name__ == "__main__":
    main()
