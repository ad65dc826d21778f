"""What every engine whose speed is measured can do. Each runs in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Protocol

__all__ = ["FACETS", "FACET_LINES", "LIMIT", "Ask", "Row", "Timed", "bytes_of", "read_rows"]

LIMIT: Final = 10  # hits of a page
FACETS: Final = ("source", "kind", "year")
FACET_LINES: Final = 10


class Row(NamedTuple):
    """A document as the file of a lot holds it, one a line, its cells parted by tabs."""

    id: str
    title: str
    text: str
    lang: str
    source: str
    kind: str
    year: int

    @property
    def whole(self) -> str:
        """Title and text: what an engine with one field has in it."""
        return f"{self.title}\n{self.text}"


#: What answers one query of a kind: it reads the stored documents of the hits, returns their ids.
Ask = Callable[[str], list[str]]


class Timed(Protocol):
    """An engine over one index in a folder.

    Kinds of queries: ``any`` and ``all`` of some words, ``phrase``, ``prefix``, ``question``: ten
    hits with their stored ids and texts. ``facet`` and ``facets`` count one and three fields of
    what has any of some words, beside its ten hits; ``snippets`` and ``two snippets`` mark what was
    found in the text of each of ten hits, and in its title.
    """

    def missing(self) -> str | None:
        """What to install before this engine can run; None if nothing."""
        return None

    def version(self) -> str: ...

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        """Index documents with their ids, texts and facets, and make them last.

        Args:
            rows: the documents.
            language: of all; empty for a mixture.
            folder: where to; it is there and empty.
        """

    def open(self, folder: Path, language: str) -> None:
        """Open the index in a folder, in place of one that is open."""

    def ask(self, kind: str) -> Ask | None:
        """Return what answers queries of a kind; None if it cannot."""

    def size(self, folder: Path) -> int | None:
        """Return the bytes of the index in a folder without the stored texts; None if that cannot
        be told."""
        return None


def read_rows(path: Path, count: int | None = None) -> Iterator[Row]:
    """Yield the documents of a lot's file, or so many of them."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file):
            if number == count:
                break
            *cells, year = line.rstrip("\n").split("\t")
            yield Row._make([*cells, int(year)])


def bytes_of(folder: Path, *, without: tuple[str, ...] = ()) -> int:
    """Return the size of the files below a folder, but those whose names end so."""
    return sum(
        os.path.getsize(os.path.join(place, name))
        for place, _, names in os.walk(folder)
        for name in names
        if not name.endswith(without)
    )
