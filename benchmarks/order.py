"""Print what facets, sorting, deep pages and ranking cost beside the plain query.

python benchmarks/order.py > benchmarks/results/order.md
python benchmarks/order.py --documents 20000 --index FOLDER     smaller; kept for the next time

A ratio of 1.6 says: 0.6 times the plain query on top of it. Times are of the processor, not of the
clock, and the least of several: other work on the machine hardly shows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice, product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.corpus import LANGUAGES, documents
from benchmarks.environment import heading
from searchlib import (
    CalendarFacet,
    Category,
    Date,
    Index,
    Integer,
    Keyword,
    Popularity,
    Recency,
    Schema,
    SearchlibError,
    Text,
)

_ROUNDS: Final = 7
_TEXT: Final = 400  # code points of each text
_DEEP: Final = 10_000
_FAMILIES: Final = (
    "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Étienne Martin Bernard "
    "Lefèvre Müller Ångström Öberg Smith Jones"
).split()
_GIVEN: Final = (
    "An Ánh Bình Chi Dũng Đạt Đức Giang Hà Hải Hạnh Hòa Hùng Hương Lan Linh Mai Nga Phong Phúc "
    "Sơn Tâm Thảo Trang Tú Uyên Vân Vinh Yến Zoë Chloé Élise Paul Ömer Åsa"
).split()
_SCHEMA: Final = Schema(
    {
        "title": Text(weight=1.5, collation="und"),
        "text": Text(),
        "source": Keyword(),
        "topic": Category(),
        "year": Integer(),
        "date": Date(),
        "author": Keyword(collation="vi"),
        "plain_author": Keyword(),
        "views": Integer(),
    },
    languages=LANGUAGES,
)


def stocked(count: int) -> Iterator[dict[str, Any]]:
    """Yield so many documents, of forty thousand authors."""
    random = Random(7)
    names = [f"{a} {b} {c} {d}" for a, b, c, d in product(_FAMILIES, _GIVEN, _GIVEN, ("", "II"))]
    names = random.sample(names, 40_000)
    # A fifth of them generated, which takes its time, and each five times.
    texts = list(documents(LANGUAGES, count // len(LANGUAGES) // 5 + 1, seed=1))
    for number in range(count):
        one = dict(texts[number % len(texts)])
        del one["lang"]
        author = random.choice(names).strip()
        yield {
            **one,
            "id": f"{number}-{one['id']}",
            "text": one["text"][:_TEXT],
            "author": author,
            "plain_author": author,
            "views": int(1 / (random.random() + 1e-6) ** 1.2),
        }


def least(work: Callable[[], object]) -> float:
    """Return the milliseconds that a call takes."""
    times = []
    for _ in range(_ROUNDS):
        started = process_time()
        work()
        times.append(process_time() - started)
    return 1000 * min(times)


def measured(index: Index, query: str | None) -> Iterator[tuple[str, float]]:
    """Yield what was asked for, and milliseconds; the plain query first."""

    def search(**options: Any) -> float:
        def work() -> None:
            index.searcher()._snapshot().counts.clear()  # else only the first time would count
            index.search(query, **options)

        return least(work)

    yield "plain", search()
    yield "three facets: source, topic, year", search(facets=["source", "topic", "year"])
    yield "a facet of 40,000 authors", search(facets=["plain_author"])
    yield "a calendar of days", search(facets=[CalendarFacet("date", "day")])
    for name, order in (
        ("date, descending", "-date"),
        ("year, many ties", "year"),
        ("author by code point", "plain_author"),
        ("author by the Vietnamese alphabet", "author"),
        ("title", "title"),
        ("year and views", ["year", "-views"]),
        ("score", "score"),
    ):
        yield f"sort by {name}", search(sort=order)
    for name, order in (("date", "date"), ("author", "author"), ("id", "id")):
        yield f"hit {_DEEP:,} by {name}: offset", search(sort=order, offset=_DEEP)
        cursor = index.search(query, sort=order, offset=_DEEP - 10).cursor
        yield f"hit {_DEEP:,} by {name}: cursor", search(sort=order, after=cursor)
    recency = Recency("date", timedelta(days=365), 2.0, origin=date(2025, 1, 1))
    popularity = Popularity("views", pivot=3, weight=2.0)
    yield "rank by recency", search(rank=[recency])
    yield "rank by recency and popularity", search(rank=[recency, popularity])


def queries(index: Index) -> list[str | None]:
    """A few words, one word and no word, each of many documents."""
    texts = [one["text"].split() for one in islice(documents(["vi"], 40, seed=1), 40)]
    three = max((" ".join(words[:3]) for words in texts), key=lambda q: index.search(q).total)
    one = max((words[1] for words in texts), key=lambda q: index.search(q).total)
    return [three, one, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=150_000)
    parser.add_argument("--index", type=Path, help="where the index is or is to be kept")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = options.index or Path(folder) / "index"
        try:
            index = Index.open(path)
        except SearchlibError:
            index = Index(_SCHEMA, path)
            index.add(stocked(options.documents)).raise_for_rejected()
        asked = queries(index)
        print("# What order and counts cost\n")
        print(heading("python benchmarks/order.py"))
        print(
            f"{len(index):,} documents. Milliseconds of the processor, and the ratio to the plain"
        )
        print("query; every time anew, without what a commit remembers of facets.\n")
        totals = [index.search(query).total for query in asked]
        shown = ["every document" if query is None else f"`{query}`" for query in asked]
        heads = [f"{name}, {total:,} hits | ×" for name, total in zip(shown, totals, strict=True)]
        print("| | " + " | ".join(heads) + " |")
        print("|---|" + "---:|---:|" * len(asked))
        runs = [dict(measured(index, query)) for query in asked]
        for name in runs[0]:
            cells = [f"{run[name]:.1f} | {run[name] / run['plain']:.1f}" for run in runs]
            print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
