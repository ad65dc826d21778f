"""The table of the speeds, and its plot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.environment import heading
from benchmarks.peers.timed.engines import BARE, PEERS
from benchmarks.peers.timed.rows import ROWS, Figure, Row, figure_of

__all__ = ["plot", "table"]

_COMMAND: Final = (
    "python benchmarks/peers/speed.py fr=FILE vi=FOLDER mixed=FOLDER questions=FOLDER …"
)
_TITLES: Final = {
    "index": "Indexing, commit included",
    "search": "Searching",
    "room": "Room",
    "start": "A new process",
    "threads": "Threads",
    "analyse": "Analysis alone, one core",
}
_ABOUT: Final = """\
Ratios are speeds beside bare tantivy-py, whose own value is in the second column: 1.0 is as fast,
0.5 half as fast. A figure with × is a time or a size beside another: less is better. Behind each
stands what the rounds lie between.
"""


def table(report: dict[str, Any]) -> str:
    """Return the whole table in Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: dict[str, Any]) -> Iterator[str]:
    yield "# Speed: searchlib and its peers\n"
    yield heading(_COMMAND)
    versions = {name: one for name, one in report["versions"].items() if name in PEERS}
    yield ", ".join(f"{name} {one}" for name, one in versions.items()) + ".\n"
    lots = (f"{name}: {one['documents']:,}, {one['MB']} MB" for name, one in report["lots"].items())
    yield "Documents: " + "; ".join(lots) + ".\n"
    for name, reason in report["missing"].items():
        yield f"Not measured: {name}; to have it: {reason}\n"
    yield _ABOUT
    met = missed = 0
    for part, rows in ROWS.items():
        runs = [one for name, one in report["parts"].items() if name.partition("-")[0] == part]
        if not runs:
            continue
        yield f"## {_TITLES[part]}\n"
        yield (
            "; ".join(dict.fromkeys(f"{one['rounds']} rounds on {one['date']}" for one in runs))
            + ".\n"
        )
        peers = [one for one in PEERS if any(_is_shown(row, one, report) for row in rows)]
        heads = ["", "bare", "reach", "searchlib", "", *peers]
        yield "| " + " | ".join(heads) + " |"
        yield "|---" + "|---:" * (len(heads) - 1) + "|"
        for row in rows:
            figure = figure_of(row, row.engine, report["measured"])
            if figure is None:
                continue
            is_met = _is_met(row, figure)
            met, missed = met + (is_met is True), missed + (is_met is False)
            told = {True: "met", False: "**not met**", None: ""}[is_met]
            cells = [row.title, _bare(row, report), _reach(row), _shown(row, figure), told]
            for peer in peers:
                theirs = figure_of(row, peer, report["measured"]) if row.peers else None
                cells.append("" if theirs is None else _number(theirs.middle))
            yield "| " + " | ".join(cells) + " |"
        yield ""
    yield f"{met} of {met + missed} reaches met."


def _is_shown(row: Row, engine: str, report: dict[str, Any]) -> bool:
    return row.peers and figure_of(row, engine, report["measured"]) is not None


def _is_met(row: Row, figure: Figure) -> bool | None:
    if row.reach is None:
        return None
    return figure.middle >= row.reach if row.is_least else figure.middle <= row.reach


def _reach(row: Row) -> str:
    if row.reach is None:
        return ""
    return f"{'≥' if row.is_least else '≤'} {row.reach:g}{_unit(row)}"


def _unit(row: Row) -> str:
    return "×" if row.unit == "×" else f" {row.unit}" if row.unit else ""


def _shown(row: Row, figure: Figure) -> str:
    shown = f"{_number(figure.middle)}{_unit(row)}"
    if figure.least == figure.most:
        return shown
    return f"{shown} ({_number(figure.least)}–{_number(figure.most)})"


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _bare(row: Row, report: dict[str, Any]) -> str:
    """The value of what a row is compared with, as people know it."""
    values = report["measured"].get(row.base_measured or row.measured, {}).get(row.base or BARE)
    if not values:
        return ""
    middle = sorted(values)[len(values) // 2]
    if row.measured.startswith("index"):
        return f"{1 / middle:.1f} MB/s"
    if row.measured.startswith(("cpu", "one core")):
        return f"{middle:.3f} s/MB"
    if not row.base:
        return f"{_number(middle * row.scale)}{_unit(row)}"
    return f"{1000 * middle:.3f} ms"


def plot(report: dict[str, Any], path: Path) -> None:
    """Draw the ratios to bare tantivy-py, a bar for each engine in each row with peers."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [
        row
        for part in ("index", "search")
        for row in ROWS[part]
        if row.peers and row.is_speed and figure_of(row, row.engine, report["measured"])
    ]
    engines = [rows[0].engine, *(one for one in PEERS if _is_any(rows, one, report))]
    figure, axes = pyplot.subplots(figsize=(9, 0.9 + 0.95 * len(rows)), layout="constrained")
    height = 0.85 / len(engines)
    for place, engine in enumerate(engines):
        bars = [
            (line + height * place, found.middle)
            for line, row in enumerate(rows)
            if (found := figure_of(row, engine, report["measured"]))
        ]
        lines, values = zip(*bars, strict=True)
        axes.barh(lines, values, height=height, label=engine)
    for line, row in enumerate(rows):
        if row.reach is not None:
            axes.plot([row.reach] * 2, [line - height, line + 0.9], color="black", linewidth=2)
    axes.set_yticks([line + 0.4 for line in range(len(rows))], [row.title for row in rows])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_xlabel("speed; bare tantivy-py = 1, the reach is a black line")
    axes.legend(loc="lower right", fontsize="small")
    pyplot.rcParams["svg.hashsalt"] = "speed"
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def _is_any(rows: list[Row], engine: str, report: dict[str, Any]) -> bool:
    return any(figure_of(row, engine, report["measured"]) for row in rows)
