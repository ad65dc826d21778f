"""Measure what a search would take if pairs of words were phrases, found by their positions.

    python benchmarks/phrases.py fr=FILE vi=FOLDER --markdown FILE

Without the pair view an index is smaller and quicker to make (``layouts.py``). What it tells would
then be asked of the folded view, which has positions: each two adjacent words of a query, a phrase.
In Vietnamese these are the same documents with the same scores, so that only the time differs.

Sources are *.jsonl[.gz] of {"title", "text", "lang"}; without any, texts are generated. Queries are
words that stand side by side in the texts, so that each phrase is found. Both ways take turns, in
an index that is opened anew each round; the least of the rounds' medians counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pytest

from benchmarks.environment import heading
from benchmarks.peers.timed.engine import read_rows
from benchmarks.peers.timed.lots import make_lot, source_of
from searchlib import Index, Schema, Text
from searchlib import _tantivy as tantivy
from searchlib.analysis import PAIR_JOINT, Analyzer, View
from searchlib.engine import terms, texts, words
from searchlib.engine.layout import view_field
from searchlib.languages import analyzer

_LOTS: Final = ("fr", "vi")
_SCALES: Final = (0.25, 1.0)  # of a lot's usual size: what takes longer in more documents shows
_LENGTHS: Final = (2, 8)  # words of a query
_BEHIND: Final = 10  # words into a text: many begin alike
_PAIRS, _PHRASES = "pairs", "phrases"


def main() -> None:
    options = _options()
    sources = dict(options.source)
    lines = [
        heading(f"python benchmarks/phrases.py {' '.join(f'{name}=…' for name in sources)}"),
        "",
        f"Milliseconds of a search with its ten hits, the least of {options.rounds} rounds' "
        f"medians of {options.queries} queries.",
        "",
        "| texts | words of a query | pairs as they are | as phrases | as many times |",
        "|---|---:|---:|---:|---:|",
    ]
    with TemporaryDirectory() as folder:
        for name in _LOTS:
            for scale in _SCALES:
                place = Path(folder) / f"{name}-{scale}"
                lines += _rows(name, sources.get(name), scale, place, options)
    text = "\n".join([*lines, ""])
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*_LOTS), metavar="LOT=PATH")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    return parser.parse_args()


def _rows(
    name: str, source: Path | None, scale: float, place: Path, options: argparse.Namespace
) -> Iterator[str]:
    lot = make_lot(name, source, place.with_suffix(".tsv"), scale)
    rows = list(read_rows(lot.path))
    with Index(Schema({"whole": Text()}, language="lang"), place).writer() as writer:
        writer.add_many({"id": row.id, "whole": row.whole, "lang": name} for row in rows)
    texts = [row.whole.split() for row in rows]
    for length in _LENGTHS:
        long_enough = [text for text in texts if len(text) >= _BEHIND + length]
        step = max(len(long_enough) // options.queries, 1)
        asked = [
            " ".join(text[_BEHIND : _BEHIND + length])
            for text in long_enough[::step][: options.queries]
        ]
        found: dict[str, list[float]] = {_PAIRS: [], _PHRASES: []}
        for _ in range(options.rounds):
            found[_PAIRS].append(_time(place, asked, name))
            with _pairs_as_phrases(name):
                found[_PHRASES].append(_time(place, asked, name))
        pairs, phrases = min(found[_PAIRS]), min(found[_PHRASES])
        yield (
            f"| {name}, {len(rows):,} documents, {lot.megabytes:.0f} MB | {length} | {pairs:.2f} | "
            f"{phrases:.2f} | {phrases / pairs:.1f} |"
        )


def _time(place: Path, asked: Sequence[str], language: str) -> float:
    """The milliseconds that the search in the middle takes, in an index that was just opened."""
    index = Index.open(place)
    index.search("a", language=language)
    times = []
    for query in asked:
        begun = perf_counter()
        index.search(query, language=language).hits  # noqa: B018  read when asked for
        times.append((perf_counter() - begun) * 1_000)
    return median(times)


@contextmanager
def _pairs_as_phrases(code: str) -> Iterator[None]:
    """Ask the folded view for each pair of folded words, in the place of the pair view."""
    of_folded = Analyzer(replace(analyzer(code).language, pairs_of_stems=False))
    term, constant = words.WordCompiler._term, words.WordCompiler._constant

    def is_pair(view: View, one: str) -> bool:
        return view is View.PAIR and PAIR_JOINT in one

    def phrase(self: words.WordCompiler, name: str, pair: str) -> tantivy.Query:
        return tantivy.Query.phrase_query(
            self._schema, view_field(name, View.FOLDED), list(pair.split(PAIR_JOINT))
        )

    def counted(self: words.WordCompiler, name: str, view: View, one: str) -> tantivy.Query:
        return phrase(self, name, one) if is_pair(view, one) else term(self, name, view, one)

    def by_rarity(self: words.WordCompiler, name: str, view: View, one: str) -> tantivy.Query:
        if not is_pair(view, one):
            return constant(self, name, view, one)
        return tantivy.Query.const_score_query(phrase(self, name, one), 1.0)

    with pytest.MonkeyPatch.context() as patch:
        for module in (terms, texts):
            patch.setattr(
                module, "analyzer", lambda asked: of_folded if asked == code else analyzer(asked)
            )
        patch.setattr(words.WordCompiler, "_term", counted)
        patch.setattr(words.WordCompiler, "_constant", by_rarity)
        yield


if __name__ == "__main__":
    main()
