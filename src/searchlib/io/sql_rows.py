"""Rows of a query: a cursor of any driver that follows the DB-API, or a result of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from searchlib.errors import ReadError
from searchlib.fields import show

__all__ = ["cursor_rows", "is_cursor", "is_result", "result_rows"]

_AT_ONCE: Final = 1_000  # rows fetched together


def is_cursor(source: object) -> bool:
    """Whether this is a cursor, as the DB-API describes it."""
    return hasattr(source, "fetchmany") and hasattr(source, "description")


def is_result(source: object) -> bool:
    """Whether this is a result of SQLAlchemy."""
    return hasattr(source, "partitions") and hasattr(source, "keys")


def cursor_rows(cursor: Any) -> tuple[list[str], None, Iterator[Sequence[Any]]]:
    """Return the names of the columns and the rows.

    Raises:
        ReadError: no query was executed, or it returns no rows.
    """
    if cursor.description is None:
        raise ReadError("the cursor has no rows: execute a SELECT first")
    names = [str(column[0]) for column in cursor.description]

    def rows() -> Iterator[Any]:
        while some := cursor.fetchmany(_AT_ONCE):
            yield from some

    return names, None, _whole(names, _told(rows()))


def result_rows(result: Any) -> tuple[list[str], None, Iterator[Sequence[Any]]]:
    """Return the names of the columns and the rows.

    Raises:
        ReadError: the statement returns no rows.
    """
    if not getattr(result, "returns_rows", True):
        raise ReadError("the statement returns no rows: execute a SELECT")
    rows = (row for some in result.partitions(_AT_ONCE) for row in some)
    names = list(result.keys())
    return names, None, _whole(names, _told(rows))


def _told(rows: Iterator[Any]) -> Iterator[Any]:
    """Yield rows, of mappings their values; what the driver raises, as an error of ours."""
    try:
        for row in rows:
            yield list(row.values()) if isinstance(row, Mapping) else row
    except Exception as error:
        raise ReadError(f"the rows of the query cannot be read: {error}") from error


def _whole(names: Sequence[str], rows: Iterator[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows that have a value for each column, as they come without a ``row_factory``.

    Raises:
        ReadError: one is something else.
    """
    count = len(names)
    for row in rows:
        is_text = isinstance(row, (str, bytes))
        if is_text or not hasattr(row, "__len__") or len(row) != count:
            raise ReadError(
                f"a row of the query is {show(row)}, and not a value for each of its columns, "
                f"{', '.join(names)}: take away the cursor's row_factory, or what else makes it so"
            )
        yield row
