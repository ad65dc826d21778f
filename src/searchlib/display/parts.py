"""What is shown of a hit and of a facet, whatever it is shown on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from searchlib.hits import FacetResult, Fragment, Hit

__all__ = ["Bar", "Piece", "bars", "counted", "shown_fields"]

_LONGEST: Final = 200  # code points of a value that no fragment was taken from
_MOST_FIELDS: Final = 12
_MOST_LINES: Final = 10  # of one facet


class Piece(NamedTuple):
    """A stretch of the text of a document, and whether it matches."""

    text: str
    is_match: bool = False


class Bar(NamedTuple):
    """A line of a facet.

    Attributes:
        label: its value.
        documents: how many have it.
        share: of the largest count of its facet, from 0 to 1.
        is_selected: whether the search was filtered by it.
    """

    label: str
    documents: int
    share: float
    is_selected: bool


def counted(number: int, noun: str) -> str:
    """Return a number and what is counted.

    >>> counted(1, "document"), counted(1200, "document")
    ('1 document', '1,200 documents')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def shown_fields(hit: Hit) -> Iterator[tuple[str, list[Piece]]]:
    """Yield the fields of a hit and what is shown of each: its fragments, or how it begins.

    The texts are those of the document, whatever style the fragments were made in: nobody has
    escaped them yet.
    """
    shown = 0
    for name, value in hit.document.items():
        if value is None or value == hit.id:
            continue
        if shown == _MOST_FIELDS:
            yield "…", [Piece(f"{counted(len(hit.document) - shown - 1, 'more field')}")]
            return
        shown += 1
        fragments = hit.highlights.get(name)
        if fragments:
            yield name, list(_pieces(value, fragments))
        else:
            text = _plain(value)
            yield name, [Piece(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")]


def _pieces(value: Any, fragments: tuple[Fragment, ...]) -> Iterator[Piece]:
    for place, fragment in enumerate(fragments):
        text = str(value[fragment.value] if isinstance(value, list) else value)
        before = "…" if fragment.start > 0 else ""
        yield Piece(f" {before}" if place else before)
        position = fragment.start
        for start, end in fragment.matches:
            yield Piece(text[position:start])
            yield Piece(text[start:end], True)
            position = end
        yield Piece(text[position : fragment.end])
        if fragment.end < len(text):
            yield Piece("…")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def bars(facets: Mapping[str, FacetResult]) -> Iterator[tuple[str, list[Bar]]]:
    """Yield the name of each facet and its lines, as many as are worth a look."""
    for name, facet in facets.items():
        largest = max((line.count for line in facet), default=0) or 1
        lines = [
            Bar(str(line.value), line.count, line.count / largest, line.selected)
            for line in facet.counts[:_MOST_LINES]
        ]
        rest = len(facet) - len(lines)
        if rest or facet.other:
            left = sum(line.count for line in facet.counts[_MOST_LINES:]) + facet.other
            lines.append(Bar("others", left, 0.0, False))
        yield name, lines
