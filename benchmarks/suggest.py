"""Measure how long suggestions take in an index of very many distinct words.

    python benchmarks/suggest.py [--terms 1000000] [--markdown FILE]

The words are made of syllables, a third of them with marks; how many documents hold one falls as in
real texts (Zipf), and each stands in one document at least. What is typed are the first one to six
letters of words drawn as they stand in the texts, by themselves or behind a word that stands before
them. Cold: nothing is remembered of the commit but the words drawn at the first suggestion, whose
time has a line of its own. Warm: the same again. What is measured is the time that the one thread
computes, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from searchlib import Index, Schema, Text

_SEED = 1
_OWN = 20  # words of a document that stand nowhere else by design
_DRAWN = 20
_TYPED = 60  # of each length
_LENGTHS = range(1, 7)
_ONSETS = "b c ch d đ g gh h k kh l m n ng nh p ph qu r s t th tr v x br cr pl st".split()
_VOWELS = "a á à ả ạ ă ắ â ấ e é è ê ế i í o ó ò ô ố ơ u ú ư ứ y ai ao ie ou".split()
_CODAS = ["", "", "n", "ng", "t", "c", "m", "r", "s", "l"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--terms", type=int, default=1_000_000)
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    words = _words(options.terms)
    with TemporaryDirectory() as folder:
        index = Index(Schema({"text": Text()}, languages=["vi"]), Path(folder) / "index")
        started = perf_counter()
        texts = list(_texts(words))
        index.add(
            ({"id": str(place), "text": text} for place, text in enumerate(texts)), language="vi"
        )
        print(f"{len(index):,} documents in {perf_counter() - started:.0f} s", file=sys.stderr)
        table = _table(index, texts, options.terms)
    print(table)
    if options.markdown:
        command = f"python benchmarks/{Path(__file__).name}"
        options.markdown.write_text(f"# Suggestions\n\n{heading(command)}\n{table}", "utf-8")


def _words(count: int) -> list[str]:
    random = Random(_SEED)
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = random.choice((1, 2, 3, 3, 3, 4, 4))
        word = "".join(
            random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_CODAS)
            for _ in range(syllables)
        )
        found[word] = None
    return list(found)


def _texts(words: list[str]) -> Iterator[str]:
    random = Random(_SEED)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for start in range(0, len(words), _OWN):
        text = words[start : start + _OWN] + random.choices(words, cum_weights=weights, k=_DRAWN)
        random.shuffle(text)
        yield " ".join(text)


def _table(index: Index, texts: list[str], terms: int) -> str:
    searcher = index.searcher()
    started = thread_time()
    searcher.suggest("t")
    first = thread_time() - started
    lines = [
        f"{terms:,} distinct words, {len(index):,} documents\n",
        "| letters | cold p50, ms | p95 | warm p50 | p95 | behind a word, cold p50 | p95 |",
        "|---|---|---|---|---|---|---|",
    ]
    cold_all: list[float] = []
    for length in _LENGTHS:
        random = Random(length)
        alone: list[str] = []
        behind: list[str] = []
        while len(alone) < _TYPED:
            words = random.choice(texts).split()
            place = random.randrange(1, len(words))
            if len(words[place]) > length:
                alone.append(words[place][:length])
                behind.append(f"{words[place - 1]} {words[place][:length]}")
        typed = list(dict.fromkeys(alone))
        cold, warm = _times(searcher.suggest, typed), _times(searcher.suggest, typed)
        after = _times(searcher.suggest, behind)
        cold_all += cold + after
        cells = [*_figures(cold), *_figures(warm), *_figures(after)]
        lines.append(f"| {length} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    lines.append("")
    p50, p95 = _figures(cold_all)
    lines.append(
        f"The first suggestion of a commit: {1000 * first:.0f} ms. "
        f"All that are cold together: p50 {p50:.2f} ms, p95 {p95:.2f} ms."
    )
    return "\n".join(lines) + "\n"


def _times(suggest: Callable[[str], object], typed: list[str]) -> list[float]:
    times = []
    for text in typed:
        started = thread_time()
        suggest(text)
        times.append(thread_time() - started)
    return times


def _figures(times: list[float]) -> tuple[float, float]:
    return 1000 * median(times), 1000 * quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
