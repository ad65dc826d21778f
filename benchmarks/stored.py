"""Measure what it takes to read stored documents: by the size of their blocks, by how they are put.

    python benchmarks/stored.py fr=FILE vi=FOLDER --markdown FILE

Sources are those of ``peers/speed.py``; without any, texts are generated. Blocks are what tantivy
compresses together: a page of ten documents, chosen anywhere, is read from an index that was just
opened; of each page the least time of all rounds counts, and of the pages the median. What is put
is a document with a text of so many code points, once with its long texts beside its JSON and once
in it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.peers.timed.engine import bytes_of, read_rows
from benchmarks.peers.timed.lots import LOTS, make_lot, source_of
from searchlib import Index, Integer, Keyword, Schema, Text
from searchlib import _tantivy as tantivy
from searchlib import schema as schemas
from searchlib.engine import store

_BLOCKS: Final = (16_384, 8_192, 4_096, 2_048)
_PAGES: Final = 60
_HITS: Final = 10
_LENGTHS: Final = (100, 200, 300, 500, 1_000, 2_000, 5_000)
_CALLS: Final = 3_000
_SCHEMA: Final = Schema(
    {"whole": Text(), "source": Keyword(), "kind": Keyword(), "year": Integer()},
    language="lang",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="*", type=source_of(*LOTS), metavar="LOT=PATH")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--scale", type=float, default=1.0, help="of the lots' usual sizes")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    options = parser.parse_args()
    sources = dict(options.source)
    shown = " ".join(f"{name}=…" for name in sources)
    lines = ["# Reading stored documents", "", heading(f"python benchmarks/stored.py {shown}")]
    for name in sources or ("fr", "vi"):
        with TemporaryDirectory() as folder:
            lot = make_lot(name, sources.get(name), Path(folder) / "lot.tsv", options.scale)
            documents: list[dict[str, Any]] = [
                {"id": row.id, "whole": row.whole, "source": row.source, "kind": row.kind}
                | {"year": row.year, "lang": row.lang}
                for row in read_rows(lot.path)
            ]
            lines += [f"### {name}: {len(documents):,} documents, {lot.megabytes:.1f} MB", ""]
            lines += [*_blocks(documents, Path(folder), options.rounds, lot.megabytes), ""]
            lines += [*_lengths("\n".join(str(row["whole"]) for row in documents[:200])), ""]
    text = "\n".join(lines)
    print(text, end="")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")


def _blocks(
    documents: Sequence[dict[str, Any]], folder: Path, rounds: int, megabytes: float
) -> Iterator[str]:
    """Yield a table of what a page takes, and the room of stored documents and of all."""
    folders = {size: folder / str(size) for size in _BLOCKS}
    for size, path in folders.items():
        with patch.object(store, "_BLOCK", size):
            Index(_SCHEMA, path).add(documents).raise_for_rejected()
    times: dict[int, list[float]] = {size: [float("inf")] * _PAGES for size in _BLOCKS}
    pages = random.Random(3)
    places = [[pages.randrange(len(documents)) for _ in range(_HITS)] for _ in range(_PAGES)]
    for _ in range(rounds):
        for size, path in folders.items():
            snapshot = Index.open(path).searcher()._snapshot()
            _, found = snapshot.search(tantivy.Query.all_query(), limit=len(documents), offset=0)
            for number, chosen in enumerate(places):
                addresses = [found[place][1] for place in chosen]
                started = perf_counter()
                for address in addresses:
                    snapshot.searcher.doc(address)
                taken = perf_counter() - started
                times[size][number] = min(times[size][number], taken)
    yield "| block | a page of ten | stored documents | whole index |"
    yield "|---:|---:|---:|---:|"
    for size, path in folders.items():
        whole = bytes_of(path)
        stored = whole - bytes_of(path, without=(".store",))
        room = f"{stored / 1e6 / megabytes:.2f} of the text | {whole / 1e6 / megabytes:.2f}"
        yield f"| {size:,} | {median(times[size]) * 1e6:.0f} µs | {room} |"


def _lengths(text: str) -> Iterator[str]:
    """Yield a table of what it takes to put a document into bytes, and to read it again."""
    yield "| code points | read, beside | read, in | written, beside | written, in |"
    yield "|---:|---:|---:|---:|---:|"
    for length in _LENGTHS:
        document = {"id": "a1", "whole": text[:length], "source": "presse", "year": 2022}
        cells: dict[str, str] = {}
        for where, longest in (("beside", 1), ("in", length + 1)):
            with patch.object(schemas, "_LONG", longest):
                stored = _SCHEMA.pack(document)
                cells[f"read, {where}"] = _microseconds(_SCHEMA.load, stored)
                cells[f"written, {where}"] = _microseconds(_SCHEMA.pack, document)
        order = ("read, beside", "read, in", "written, beside", "written, in")
        yield f"| {length:,} | " + " | ".join(cells[one] for one in order) + " |"


def _microseconds(call: Callable[[Any], Any], given: Any) -> str:
    """What a call takes: the least of several rounds."""
    least = float("inf")
    for _ in range(7):
        started = perf_counter()
        for _ in range(_CALLS):
            call(given)
        least = min(least, (perf_counter() - started) / _CALLS)
    return f"{least * 1e6:.1f} µs"


if __name__ == "__main__":
    main()
