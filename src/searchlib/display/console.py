"""A result, and the progress of a load, on a terminal. The only importer of rich."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from searchlib.display.parts import bars, counted, shown_fields
from searchlib.display.progress import Progress
from searchlib.extras import extra
from searchlib.hits import FacetResult, Hit, Notice
from searchlib.styles import STYLES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

__all__ = ["lines_of", "progress_bar"]

_BAR: Final = 24  # columns of the longest bar of a facet
_LABEL: Final = 32  # columns of its label


def _safe(text: str) -> str:
    """A text on one line, whose control characters are shown and not obeyed."""
    return STYLES["ansi"].escape(text).replace("\n", " ").replace("\t", " ")


def lines_of(
    query: str,
    total: int,
    took: float,
    hits: Sequence[Hit],
    facets: Mapping[str, FacetResult],
    notices: Sequence[Notice],
) -> Iterator[Padding | Text]:
    """Yield what rich prints of a search, line by line."""
    from rich.padding import Padding
    from rich.text import Text

    yield Text.assemble(
        (counted(total, "document"), "bold"),
        " for " if query else "",
        (_safe(query), "bold"),
        (f" · {took * 1000:.1f} ms", "dim"),
    )
    for notice in notices:
        yield Text(f"! {_safe(str(notice))}", "yellow")
    for place, hit in enumerate(hits, 1):
        facts = [hit.language, *([] if hit.score is None else [f"{hit.score:.2f}"])]
        facts += [] if hit.index is None else [hit.index]
        if hit.group is not None and hit.group.count > 1:
            facts.append(f"one of {hit.group.count:,}")
        yield Text()
        facts_shown = _safe(" · ".join(facts))
        yield Text.assemble(
            (f"{place}. ", "dim"), (_safe(hit.id), "bold cyan"), (f"  {facts_shown}", "dim")
        )
        for name, pieces in shown_fields(hit):
            line = Text.assemble((f"{_safe(name)}  ", "dim"))
            for piece in pieces:
                line.append(_safe(piece.text), "black on yellow" if piece.is_match else "")
            yield Padding(line, (0, 0, 0, 3), expand=False)
    for name, rows in bars(facets):
        yield Text()
        yield Text(_safe(name), "bold")
        labels = [Text(_safe(bar.label)) for bar in rows]
        width = min(max((label.cell_len for label in labels), default=0), _LABEL)
        digits = max((len(f"{bar.documents:,}") for bar in rows), default=0)
        for label, bar in zip(labels, rows, strict=True):
            label.truncate(width, overflow="ellipsis", pad=True)
            filled = max(round(bar.share * _BAR), 1) if bar.share else 0
            yield Text.assemble(
                ("✓ " if bar.is_selected else "  ", "green"),
                label,
                f"  {bar.documents:>{digits},}  ",
                ("█" * filled, "blue"),
            )


@contextmanager
def progress_bar(console: Console | None = None) -> Iterator[Callable[[Progress], None]]:
    """Show a bar on the terminal while the block runs; what is yielded moves it.

    Args:
        console: where; None is the standard error.

    Raises:
        MissingExtraError: rich is not installed.
    """
    with extra("rich", "to show progress"):
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

    columns: list[Any] = [
        BarColumn(30),
        TextColumn("{task.fields[share]}"),
        TextColumn("{task.fields[added]:,} added"),
        TextColumn("{task.fields[rejected]}", style="yellow"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TextColumn("{task.fields[left]}", style="dim"),
    ]
    with Bar(*columns, console=console or Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, share="", added=0, rejected="", rate=0.0, left="")

        def tell(now: Progress) -> None:
            bar.update(
                task,
                total=None if now.share is None else 1.0,
                completed=now.share or 0.0,
                share="" if now.share is None else f"{now.share:.0%}",
                added=now.added,
                rejected=f"{now.rejected:,} rejected" if now.rejected else "",
                rate=now.rate,
                left="" if now.left is None else f"{_duration(now.left)} left",
            )

        yield tell


def _duration(seconds: float) -> str:
    """Return a span of time as people say it.

    >>> _duration(7.4), _duration(160), _duration(7260)
    ('7 s', '3 min', '2 h 1 min')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
