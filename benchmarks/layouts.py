"""Measure what each view of the texts costs the engine, and what cheaper layouts would save.

    python benchmarks/layouts.py fr=FILE vi=FOLDER --markdown FILE

Sources are *.jsonl[.gz] of {"title", "text", "lang"}; without any, texts are generated. Documents
are analysed first, so that what is timed is tantivy alone: the processor's time of all its threads,
from the first document to the end of the merges. Layouts take turns; the least of the rounds
counts, as other work on the machine only adds to it. The size is without stored documents. A second
table is of title and text in two fields.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple
from zlib import crc32

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pytest

from benchmarks.environment import heading
from benchmarks.peers.timed.engine import FACETS, bytes_of, read_rows
from benchmarks.peers.timed.lots import LOTS, Lot, make_lot, source_of
from searchlib import _tantivy as tantivy
from searchlib.analysis import View
from searchlib.engine import layout as layouts
from searchlib.engine.encode import Encoder
from searchlib.engine.layout import FORMS, ID, engine_schema, register_tokenizers, view_field
from searchlib.fields import Integer, Keyword, Text
from searchlib.languages import analyzer
from searchlib.schema import Schema

Values = dict[str, Any]

_MEMORY: Final = 128_000_000
_WRITTEN, _FOLDED, _STEM, _PAIR = (view_field("whole", view) for view in View)
#: Classes of words where a pair is coded by those of its words: the more, the seldomer other pairs
#: look the same, and the more terms there are.
_CLASSES: Final = 1024
_FIRST_LETTER: Final = 0x100


@dataclass(frozen=True)
class Layout:
    """What is changed of the documents as searchlib encodes them.

    Attributes:
        change: values → those that are indexed.
        bare: whether the folded view is indexed without positions.
        threads: of tantivy.
    """

    change: Callable[[Values], Values]
    bare: bool = False
    threads: int = 1


def _same(values: Values) -> Values:
    return values


def _without(*names: str) -> Callable[[Values], Values]:
    return lambda values: {name: value for name, value in values.items() if name not in names}


def _words(values: Values, name: str) -> list[str]:
    return str(values.get(name, "")).split()


def _marked_alone(values: Values) -> Values:
    """The folded view holds only words whose written form is another."""
    both = zip(_words(values, _WRITTEN), _words(values, _FOLDED), strict=True)
    return {**values, _FOLDED: " ".join(folded for written, folded in both if written != folded)}


def _coded(values: Values) -> Values:
    """A pair is two letters, each one of so many classes of words."""
    pairs = [pair.split("+") for pair in _words(values, _PAIR)]
    return {**values, _PAIR: " ".join("".join(map(_class, pair)) for pair in pairs)}


def _class(word: str) -> str:
    return chr(_FIRST_LETTER + crc32(word.encode()) % _CLASSES)


def _told_by_written(values: Values) -> Values:
    """What a word is folded to stands before it in the written view, not in a field of its own."""
    both = zip(_words(values, _WRITTEN), _words(values, _FOLDED), strict=True)
    words = [written if written == folded else f"{folded}={written}" for written, folded in both]
    return {**_without(FORMS)(values), _WRITTEN: " ".join(words)}


def _all_cheaper(values: Values) -> Values:
    return {**_told_by_written(_coded(values)), _FOLDED: _marked_alone(values)[_FOLDED]}


def of_chosen_pairs(encoded: list[Values]) -> dict[str, Layout]:
    """Return layouts with some of the pairs alone: those of two of the commonest words of all
    documents, and those that come more than once."""
    counts = Counter(pair for values in encoded for pair in _words(values, _PAIR))
    words: Counter[str] = Counter()
    for pair, count in counts.items():
        words.update(dict.fromkeys(pair.split("+"), count))
    found: dict[str, Layout] = {}
    for most in (300, 1_000):
        common = {word for word, _ in words.most_common(most)}
        kept = {pair for pair in counts if common.issuperset(pair.split("+"))}
        found[f"5. pairs of the {most:,} commonest words"] = Layout(_pairs_in(kept))
    twice = {pair for pair, count in counts.items() if count > 1}
    return found | {"6. pairs that come twice": Layout(_pairs_in(twice))}


def _pairs_in(kept: set[str]) -> Callable[[Values], Values]:
    return lambda values: {
        **values,
        _PAIR: " ".join(pair for pair in _words(values, _PAIR) if pair in kept),
    }


LAYOUTS: Final = {
    "as it is": Layout(_same),
    "without pairs": Layout(_without(_PAIR)),
    "without the written view": Layout(_without(_WRITTEN)),
    "without the folded view": Layout(_without(_FOLDED)),
    "without stems": Layout(_without(_STEM)),
    "without forms": Layout(_without(FORMS)),
    "the written view alone": Layout(_without(_PAIR, _FOLDED, _STEM, FORMS)),
    "no text at all": Layout(_without(_PAIR, _FOLDED, _STEM, FORMS, _WRITTEN)),
    "1. folded without positions": Layout(_same, bare=True),
    "2. folded of marked words alone, without positions": Layout(_marked_alone, bare=True),
    "3. pairs coded by classes of words": Layout(_coded),
    "4. forms told by the written view": Layout(_told_by_written),
    "2, 3 and 4": Layout(_all_cheaper, bare=True),
    "as it is, two threads": Layout(_same, threads=2),
}


class Cost(NamedTuple):
    """What a layout took.

    Attributes:
        cpu, wall: seconds a megabyte of text, of the processor and of the clock.
        size: bytes a byte of text.
    """

    cpu: float
    wall: float
    size: float


def main() -> None:
    options = _options()
    sources = dict(options.source)
    lines = [heading(f"python benchmarks/layouts.py {' '.join(f'{n}=…' for n in sources)}"), ""]
    lines += [
        f"Seconds of tantivy for a MB of UTF-8, the least of {options.rounds} rounds and the "
        "median, and the size beside that of the text.",
        "",
    ]
    with TemporaryDirectory() as folder:
        for name in options.lot:
            lines += _tables(name, sources.get(name), Path(folder), options)
    text = "\n".join(lines)
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*LOTS), metavar="LOT=PATH")
    parser.add_argument("--lot", action="append", choices=list(LOTS), help="repeatable")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=0.5, help="of the lots' usual sizes")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    options = parser.parse_args()
    options.lot = options.lot or list(dict(options.source)) or ["fr", "vi"]
    return options


def _tables(
    name: str, source: Path | None, folder: Path, options: argparse.Namespace
) -> Iterator[str]:
    lot = make_lot(name, source, folder / f"{name}.tsv", options.scale)
    whole = _schema({"whole": Text()})
    encoded = _encoded(whole, lot)
    yield f"## {name}: {len(encoded):,} documents, {lot.megabytes:.1f} MB"
    yield ""
    chosen = LAYOUTS | of_chosen_pairs(encoded)
    yield from _table(chosen, whole, encoded, lot.megabytes, options.rounds)
    yield f"## {name}, title and text in two fields"
    yield ""
    both = _schema({"title": Text(), "text": Text()})
    chosen = {"as it is": Layout(_same), "pairs of each field as well": _with_own_pairs(lot)}
    yield from _table(chosen, both, _encoded(both, lot), lot.megabytes, options.rounds)


def _schema(texts: dict[str, Text]) -> Schema:
    kinds = {one: Integer() if one == "year" else Keyword() for one in FACETS}
    return Schema({**texts, **kinds}, language="lang")


def _encoded(schema: Schema, lot: Lot) -> list[Values]:
    names = ["id", "lang", *schema.fields]
    encoder = Encoder(schema)
    return [
        encoder.encode({one: getattr(row, one) for one in names}).values
        for row in read_rows(lot.path)
    ]


def _with_own_pairs(lot: Lot) -> Layout:
    """Each of the two fields has its pairs, and both together have them once more."""
    pairs: dict[str, Values] = {}
    for row in read_rows(lot.path):
        views = {name: analyzer(row.lang).views(getattr(row, name)) for name in ("title", "text")}
        pairs[row.id] = {
            view_field(name, View.PAIR): f"{one.pair} {one.characters}"
            for name, one in views.items()
        }
    return Layout(lambda values: {**values, **pairs[values[ID]]})


def _table(
    chosen: dict[str, Layout],
    schema: Schema,
    encoded: list[Values],
    megabytes: float,
    rounds: int,
) -> Iterator[str]:
    costs: dict[str, list[Cost]] = {one: [] for one in chosen}
    for _ in range(rounds):
        for one, layout in chosen.items():
            costs[one].append(_cost(layout, schema, encoded, megabytes))
    yield "| layout | processor, s/MB | clock, s/MB | size |"
    yield "|---|---:|---:|---:|"
    for one, found in costs.items():
        cpu, wall = (
            f"{min(some):.3f} ({median(some):.3f})"
            for some in ([cost.cpu for cost in found], [cost.wall for cost in found])
        )
        yield f"| {one} | {cpu} | {wall} | {found[0].size:.2f} |"
    yield ""


def _bare(schema: Schema) -> tantivy.Schema:
    """The engine's schema, but that the folded view has no positions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(layouts._INDEX_OPTIONS, View.FOLDED, "freq")
        return engine_schema(schema)


def _cost(layout: Layout, schema: Schema, encoded: list[Values], megabytes: float) -> Cost:
    engine = _bare(schema) if layout.bare else engine_schema(schema)
    with TemporaryDirectory() as folder:
        index = tantivy.Index(engine, folder)
        register_tokenizers(index)
        made = [tantivy.Document.from_dict(layout.change(one), engine) for one in encoded]
        writer = index.writer(_MEMORY, layout.threads)
        cpu, wall = process_time(), perf_counter()
        for document in made:
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        cpu, wall = process_time() - cpu, perf_counter() - wall
        size = bytes_of(Path(folder), without=(".store",))
    return Cost(cpu / megabytes, wall / megabytes, size / megabytes / 1e6)


if __name__ == "__main__":
    main()
