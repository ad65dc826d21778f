"""Measure what mending a typing error costs: the same queries as typed and with one slip each.

    python benchmarks/relevance/typo_cost.py DOCUMENTS.jsonl[.gz] [--markdown FILE]

Texts of a JSON object a line (title, text) are cut into paragraphs until there are enough of them.
Queries are three to six adjacent words of a paragraph, the longest of them of five letters or more.
Each query runs in both forms in turn, three times; the best of the three counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.variants import vary
from searchlib import Index, Schema, Text

_SEED = 1
_ROUNDS = 3
_LEAST_LETTERS = 5
_LEAST_WORDS = 20  # of a paragraph


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--documents", type=int, default=150_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--language", default="fr")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    texts = _paragraphs(options.file, options.documents)
    if len(texts) < options.documents:
        print(f"{options.file.name} holds {len(texts)} paragraphs only", file=sys.stderr)
    exact = list(_queries(texts, options.queries))
    typo = [vary("typo", str(place), text, _SEED) for place, text in enumerate(exact)]
    with TemporaryDirectory() as folder:
        index = Index(Schema({"text": Text()}, languages=[options.language]), Path(folder) / "i")
        started = perf_counter()
        index.add({"id": str(place), "text": text} for place, text in enumerate(texts))
        print(f"{len(index)} documents in {perf_counter() - started:.0f} s", file=sys.stderr)
        documents, times = len(index), _times(index, exact, typo)
    mended = sum(one != other for one, other in zip(exact, typo, strict=True))
    table = _table(times, documents, mended)
    print(table)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} DOCUMENTS"
        text = f"# What mending a typing error costs\n\n{heading(command)}\n{table}"
        options.markdown.write_text(text, "utf-8")


def _paragraphs(path: Path, count: int) -> list[str]:
    """The first paragraphs of the texts; a file with too few of them gives what it has."""
    found: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            for paragraph in str(json.loads(line).get("text") or "").split("\n"):
                if len(paragraph.split()) >= _LEAST_WORDS:
                    found.append(paragraph)
            if len(found) >= count:
                break
    return found[:count]


def _queries(texts: list[str], count: int) -> Iterator[str]:
    random = Random(_SEED)
    while count:
        words = random.choice(texts).split()
        start = random.randrange(len(words) - 6)
        chosen = words[start : start + random.randint(3, 6)]
        if any(len(word) >= _LEAST_LETTERS and word.isalpha() for word in chosen):
            yield " ".join(chosen)
            count -= 1


def _times(index: Index, exact: list[str], typo: list[str]) -> dict[str, list[float]]:
    """Form of a query → seconds of each search."""
    best: dict[tuple[str, int], float] = {}
    for _ in range(_ROUNDS):
        for place, texts in enumerate(zip(exact, typo, strict=True)):
            for form, text in zip(("as typed", "one slip"), texts, strict=True):
                started = perf_counter()
                index.search(text)
                took = perf_counter() - started
                best[form, place] = min(took, best.get((form, place), took))
    return {
        form: [best[form, place] for place in range(len(exact))]
        for form in ("as typed", "one slip")
    }


def _table(times: dict[str, list[float]], documents: int, mended: int) -> str:
    rows = {
        form: (1000 * median(values), 1000 * quantiles(values, n=20)[-1])
        for form, values in times.items()
    }
    lines = [
        f"{documents:,} documents, {mended} queries with a slip\n",
        "| | p50, ms | p95, ms |",
        "|---|---|---|",
        *(f"| {form} | {p50:.2f} | {p95:.2f} |" for form, (p50, p95) in rows.items()),
    ]
    before, after = rows["as typed"], rows["one slip"]
    lines.append(f"| ratio | {after[0] / before[0]:.2f} | {after[1] / before[1]:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
