"""Rows of CSV and TSV: a line of names, then cells. What a cell means is the schema's to say."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import IO, Any, Final

from searchlib.errors import ReadError
from searchlib.io.lines import is_whole, lines, shown, text_of
from searchlib.io.records import Records

__all__ = ["csv_rows", "is_delimiter"]

_DELIMITERS: Final = ",;\t|"
_LONGEST_CELL: Final = 1 << 24  # code points; Python's own limit is too low for texts
_SEPARATOR: Final = re.compile(r"sep=(.)\r?\n")  # what Excel writes before the names


def is_delimiter(text: object) -> bool:
    """Whether this can stand between cells: a character, no quote and no end of a line."""
    return isinstance(text, str) and len(text) == 1 and text not in '\r\n"\0'


class _Feed(Iterator[str]):
    """The lines of a text, and those that the last row was made of."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self.number = 0
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = next(self._source)
        self.number += 1
        self.taken.append(line)
        return line

    def take(self) -> tuple[int, str]:
        """The number of the first line of the last row, from 1, and its lines."""
        first, raw = self.number - len(self.taken) + 1, "".join(self.taken)
        self.taken.clear()
        return first, raw


def csv_rows(
    file: IO[Any], records: Records, encoding: str | None, delimiter: str | None
) -> Iterator[dict[str, str | None]]:
    """Yield each row as a dict of field name → cell, None for an empty one.

    Args:
        file: as for ``text_of``.
        records: whose rows they are.
        encoding: None tells it.
        delimiter: None tells it from the first line.

    Raises:
        ReadError: the first line does not tell the delimiter, or names two columns alike.
    """
    records.is_untyped = True
    feed = _Feed(lines(text_of(file, records, encoding, ""), records))
    first = next((line for line in feed if line.strip()), "")
    if (match := _SEPARATOR.fullmatch(first)) and delimiter is None:
        delimiter = match[1]
        first = next(feed, "")
    if not is_whole(first):
        raise ReadError(
            f"{records.prefix}the names of the columns are no text in this encoding: say encoding="
        )
    if delimiter is None:
        delimiter = _delimiter_of(first, records.prefix)
    feed.take()
    cells = _cells(first, feed, delimiter, records.prefix)
    columns = [cell.strip() or f"column_{number}" for number, cell in enumerate(cells, 1)]
    names = records.names(columns) if any(columns) else []
    feed.take()
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        try:
            row = _next(reader)
        except csv.Error as error:
            number, raw = feed.take()
            records.position += 1
            records.where = f"line {number:,}"
            records.refuse(f"no CSV: {error}", shown(raw))
            continue
        number, raw = feed.take()
        if row is None:
            return
        if not row:  # a blank line
            continue
        records.position += 1
        records.where = f"line {number:,}"
        if not is_whole(raw):
            records.refuse("it holds bytes that are no text in this encoding", shown(raw))
        elif len(row) != len(names):
            records.refuse(f"{len(row)} cells, where there are {len(names)} columns", row)
        else:
            yield {name: cell or None for name, cell in zip(names, row, strict=True)}


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    """The next row. How long a cell may be is one number for a whole process: it is put back."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(before)


def _cells(first: str, feed: _Feed, delimiter: str, prefix: str) -> list[str]:
    """The cells of the first row, which may go on over several lines."""

    def source() -> Iterator[str]:
        yield first
        yield from feed

    try:
        return _next(csv.reader(source(), delimiter=delimiter, strict=True)) or []
    except csv.Error as error:
        raise ReadError(f"{prefix}the names of the columns cannot be read: {error}") from None


def _delimiter_of(first: str, prefix: str) -> str:
    """What stands between the cells of the line of names: the sign that makes most of them."""
    counts = {}
    for sign in _DELIMITERS:
        try:
            counts[sign] = len(_next(csv.reader([first], delimiter=sign)) or [])
        except csv.Error:
            counts[sign] = 0
    most = max(counts.values())
    best = [sign for sign, count in counts.items() if count == most]
    if most > 1 and len(best) > 1:
        raise ReadError(
            f"{prefix}{' and '.join(map(repr, best))} may both stand between the columns of "
            f"{first.strip()[:200]!r}: say delimiter="
        )
    return best[0]
