"""The lines of the table: what is compared with what, and how far it is to reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.peers.timed.engines import BARE, OURS

__all__ = ["ROWS", "Figure", "Measured", "Row", "figure_of"]

#: What was measured → engine → the value of each round.
Measured = Mapping[str, Mapping[str, Sequence[float]]]

_GIVEN, _DETECTING, _TITLED = OURS


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        title: what is measured.
        measured: the key of what was measured.
        engine: searchlib as it is set up here.
        base: engine to compare with; empty where a value is shown as it is.
        base_measured: the key of its values, where it is another one.
        is_speed: whether the base's value is divided by the engine's, so that more is better; else
            it is the other way round.
        unit: behind a figure; of a ratio empty or ×.
        scale: that a value is multiplied by to be in that unit.
        reach: what is wanted; None where nothing is.
        peers: whether the peers are shown beside.
    """

    title: str
    measured: str
    engine: str = _GIVEN
    base: str = BARE
    base_measured: str = ""
    is_speed: bool = True
    unit: str = ""
    scale: float = 1.0
    reach: float | None = None
    peers: bool = True

    @property
    def is_least(self) -> bool:
        """Whether the reach is the least that is wanted, and not the most."""
        return self.is_speed


@dataclass(frozen=True)
class Figure:
    """A figure of one engine: the median of its rounds, and between what they lie."""

    middle: float
    least: float
    most: float


def figure_of(row: Row, engine: str, measured: Measured) -> Figure | None:
    """Return an engine's figure in a line; None where it was not measured."""
    values = measured.get(row.measured, {}).get(engine)
    if not values:
        return None
    if row.base:
        bases = measured.get(row.base_measured or row.measured, {}).get(row.base)
        if not bases:
            return None
        # Rounds go together: what else the machine did then slowed both. Slow engines have fewer.
        pairs = zip(values, bases, strict=False)
        found = [base / value if row.is_speed else value / base for value, base in pairs]
    else:
        found = [value * row.scale for value in values]
    return Figure(median(found), min(found), max(found))


def _indexing() -> Iterator[Row]:
    for lot, reach in {"fr": 0.25, "vi": 0.5, "mixed": 0.25}.items():
        yield Row(f"index {lot}, language given", f"index {lot}", reach=reach)
    for lot in ("fr", "vi", "mixed"):
        yield Row(
            f"index {lot}, language found out, to given",
            f"index {lot}",
            engine=_DETECTING,
            base=_GIVEN,
            is_speed=False,
            unit="×",
            reach=1.1,
            peers=False,
        )
    for lot in ("fr", "vi", "mixed"):
        yield Row(f"CPU s per MB, {lot}", f"cpu {lot}", is_speed=False, unit="×")
    yield Row(
        "index fr, title and text in two fields",
        "index fr",
        engine=_TITLED,
        base="tantivy-title",
        peers=False,
    )


def _searching() -> Iterator[Row]:
    for title, key, reach in (
        ("OR of two words", "any", 0.5),
        ("AND of two words", "all", 0.5),
        ("phrase", "phrase", 0.8),
        ("prefix", "prefix", 0.9),
        ("real questions", "question", 0.5),
        ("10 hits, one facet counted", "facet", None),
        ("10 hits, three facets counted", "facets", None),
        ("10 stored texts and snippets", "snippets", None),
    ):
        yield Row(title, f"{key} fr", reach=reach)
    yield Row(
        "highlights of two fields",
        "two snippets fr",
        engine=_TITLED,
        base="tantivy-title",
        reach=0.5,
        peers=False,
    )
    yield Row(
        "three facets, to three bare aggregations",
        "facets alone fr",
        is_speed=False,
        unit="×",
        reach=1.0,
        peers=False,
    )
    yield Row(
        "p95 with a slip, to without",
        "typo p95 fr",
        base=_GIVEN,
        base_measured="question p95 fr",
        is_speed=False,
        unit="×",
        reach=2.0,
        peers=False,
    )
    yield Row(
        "Python's share of a search",
        "share fr",
        base="",
        is_speed=False,
        unit="µs",
        scale=1e6,
        reach=150,
        peers=False,
    )
    for lot in ("vi", "mixed"):
        for title, key in (
            ("OR of two words", "any"),
            ("AND of two words", "all"),
            ("phrase", "phrase"),
            ("prefix", "prefix"),
            ("questions", "question"),
        ):
            yield Row(f"{title}, {lot}", f"{key} {lot}", peers=False)


def _room() -> Iterator[Row]:
    for lot, reach in {"fr": 0.6, "vi": 0.8, "mixed": None}.items():
        yield Row(
            f"size without stored text, to the text, {lot}",
            f"size {lot}",
            base="",
            is_speed=False,
            reach=reach,
        )
    yield Row(
        "peak memory while indexing, less the writer's",
        "memory fr",
        base="",
        is_speed=False,
        unit="MB",
        scale=1e-6,
        reach=200,
        peers=False,
    )
    yield Row(
        "CPU s per MB on one core, to as many native fields",
        "one core fr",
        base="tantivy-views",
        is_speed=False,
        unit="×",
        reach=1.4,
        peers=False,
    )


def _starting() -> Iterator[Row]:
    for title, key, reach in (
        ("`import searchlib`", "import", 100),
        ("open and first result, after that", "first", 60),
    ):
        yield Row(
            title, key, base="", is_speed=False, unit="ms", scale=1e3, reach=reach, peers=False
        )


def _threads() -> Iterator[Row]:
    for title, reach in (("heavy", 1.7), ("light", 1.0)):
        yield Row(
            f"eight threads to one, {title} queries",
            f"threads {title}",
            base="",
            unit="×",
            reach=reach,
            peers=False,
        )


def _analysing() -> Iterator[Row]:
    for code, reach in {"vi": 8, "fr": 8, "en": 10, "th": 4, "zh": 4}.items():
        yield Row(f"analysis {code}", f"analyse {code}", base="", unit="MB/s", reach=reach)


#: Part of the program → its lines.
ROWS: Final[dict[str, tuple[Row, ...]]] = {
    "index": tuple(_indexing()),
    "search": tuple(_searching()),
    "room": tuple(_room()),
    "start": tuple(_starting()),
    "threads": tuple(_threads()),
    "analyse": tuple(_analysing()),
}
