"""Documents from wherever they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from io import TextIOBase
from os.path import exists, isdir, isfile
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, TypeAlias

from searchlib import tables
from searchlib.errors import ReadError
from searchlib.io.csv_rows import csv_rows, is_delimiter
from searchlib.io.json_rows import json_lines, json_values
from searchlib.io.lines import open_file
from searchlib.io.page_rows import PAGES, page, page_rows
from searchlib.io.records import OnBad, Records, field_name
from searchlib.io.sql_rows import cursor_rows, is_cursor, is_result, result_rows

__all__ = ["read"]


class _Options(NamedTuple):
    """What the source does not tell of itself; None where it does."""

    format: str | None
    encoding: str | None
    delimiter: str | None
    columns: frozenset[str] | None

    def is_wanted(self, column: str) -> bool:
        """Whether a column of a table is to be read."""
        return self.columns is None or not self.columns.isdisjoint({column, field_name(column)})


_Reader: TypeAlias = Callable[[IO[Any], Records, _Options], Iterator[Any]]


def read(
    source: Any,
    *,
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    columns: Collection[str] | None = None,
    on_bad: OnBad | None = None,
) -> Records:
    r"""Read documents, one after the other, from a source of any kind.

    It is read as documents are asked for, and never held in memory as a whole. Parquet and Arrow
    out of a pipe are put into a temporary file first.

    Args:
        source: the path of a file, or of a folder of text, Markdown and HTML files; an open file;
            ``"-"``, the standard input; a frame of pandas or polars, a table of Arrow or whatever
            offers Arrow's stream; a cursor of a database that has executed a query, or a result
            of SQLAlchemy; or any iterable of dicts.
        format: ``"jsonl"``, ``"json"``, ``"csv"``, ``"tsv"``, ``"parquet"`` or ``"arrow"``; None
            tells it from the ending of the name, and takes a file without a name for JSONL. Files
            of text may be gzip'ed.
        encoding: of text; None tells it from the beginning, and says in a notice what it is if it
            is not UTF-8.
        delimiter: what stands between the cells of CSV; None tells it from the first line.
        columns: the fields to take, as the source calls them or as they are called here; None
            takes all.
        on_bad: called with each ``BadRow`` that cannot be read; None raises at the first.

    Raises:
        ReadError: the source cannot be opened, or its format is unknown; while it is read, a row
            cannot be.
        MissingExtraError: a library that it takes is not installed.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from searchlib.io import read
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "books.csv")
    ...     _ = path.write_text("id;Year of birth\n1;1965\n", "utf-8")
    ...     list(read(path))
    [{'id': '1', 'Year_of_birth': '1965'}]
    """
    if isinstance(source, Records):
        if on_bad is not None:
            source.collect(on_bad)
        return source
    if format is not None and format not in _READERS:
        raise ReadError(f"there is no format {format!r}; there are {', '.join(_READERS)}")
    if delimiter is not None and not is_delimiter(delimiter):
        raise ReadError(f"delimiter= is one character, such as ';', not {delimiter!r}")
    if isinstance(columns, str):
        raise ReadError(f"columns is a list of names: [{columns!r}]")
    chosen = None if columns is None else frozenset(columns)
    options = _Options(format, encoding, delimiter, chosen)
    records = Records(_rows(source, options), on_bad, chosen)
    records.path = _path_of(source)
    return records


def _path_of(source: Any) -> Path | None:
    """The file that is read, if it is one."""
    if hasattr(source, "readline"):
        source = getattr(source, "name", None)  # a number, where it was opened by one
    if not isinstance(source, (str, Path)):
        return None
    return Path("/dev/stdin" if source == "-" else source)


def _rows(source: Any, options: _Options) -> Callable[[Records], Iterator[Any]]:
    if isinstance(source, (str, Path)):
        return _stored(source, options)
    if hasattr(source, "readline"):
        reader = _READERS[options.format or "jsonl"]
        return lambda records: reader(source, records, options)
    if type(source).__module__.partition(".")[0] == "pandas":
        return lambda records: _table(tables.pandas_frame(source), records)
    if hasattr(source, "iter_rows") and hasattr(source, "height"):
        return lambda records: _table(tables.polars_frame(source), records)
    if hasattr(source, "__arrow_c_stream__"):
        return lambda records: _table(tables.arrow_stream(source), records)
    if is_result(source):
        return lambda records: _table(result_rows(source), records)
    if is_cursor(source):
        return lambda records: _table(cursor_rows(source), records)
    if isinstance(source, Mapping):
        source = [source]
    if isinstance(source, Iterable):
        return lambda records: _counted(source, records)
    if hasattr(source, "collect"):
        raise ReadError("this is a frame that is yet to be worked out: give frame.collect()")
    raise ReadError(
        "documents are read from a path, an open file, a data frame, a cursor or an iterable of "
        f"dicts, not from {type(source).__name__}"
    )


def _stored(source: str | Path, options: _Options) -> Callable[[Records], Iterator[Any]]:
    if source == "-":
        if sys.stdin is None:
            raise ReadError("there is no standard input, it is closed: name a file to read from")
        reader = _READERS[options.format or "jsonl"]
        return lambda records: reader(sys.stdin.buffer, records, options)
    path = Path(source)
    # Not by the methods of Path, which raise where a name is too long, or a folder is not for us.
    if isdir(path):
        return lambda records: page_rows(path, records, options.encoding)
    if isfile(path) or not exists(path):  # a pipe can be opened but once
        open_file(path).close()  # what cannot be is told now; what is not read is not held open
    if options.format is None and path.suffix.lower() in PAGES:
        return lambda records: iter([page(path, path.name, records, options.encoding)])
    reader = _READERS[options.format or _format_of(path)]

    def rows(records: Records) -> Iterator[Any]:
        records.name = repr(str(path))
        with open_file(path) as file:
            yield from reader(file, records, options)

    return rows


def _format_of(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    known = _ENDINGS.get(name.rpartition(".")[2]) if "." in name else None
    if known is None:
        raise ReadError(
            f"{str(path)!r} has no ending that tells its format: say format=, one of "
            f"{', '.join(_READERS)}"
        )
    return known


def _counted(source: Iterable[Any], records: Records) -> Iterator[Any]:
    if isinstance(source, Sized) and (total := len(source)):
        records.measure = lambda: min((records.position + 1) / total, 1.0)
    for position, row in enumerate(source):
        records.position = position
        records.where = f"record {position:,}"
        yield row


def _table(table: tables.Rows, records: Records) -> Iterator[dict[str, Any]]:
    columns, total, rows = table
    names = records.names(columns)
    if total:
        records.measure = lambda: min((records.position + 1) / total, 1.0)
    for row in rows:
        records.position += 1
        records.where = f"row {records.position:,}"
        if isinstance(row, tables.Unread):
            raw = dict(zip(names, row.values, strict=True))
            records.refuse(f"column {row.column!r} cannot be read: {row.reason}", raw)
            continue
        yield dict(zip(names, row, strict=True))


def _columns(
    file: IO[Any], records: Records, opened: Callable[[IO[bytes]], tables.Rows]
) -> Iterator[dict[str, Any]]:
    """The rows of a file of columns, which tells at its end what it holds."""
    with _whole(file) as whole:
        try:
            table = opened(whole)
        except ReadError as error:
            raise ReadError(f"{records.prefix}{error}") from error
        yield from _table(table, records)


@contextmanager
def _whole(file: IO[Any]) -> Iterator[IO[bytes]]:
    """A file in which one can go back: what comes out of a pipe is put into one first."""
    if isinstance(file, TextIOBase):
        raise ReadError("the file is open for text: open it for bytes, with mode 'rb'")
    if not hasattr(file, "seekable") or file.seekable():
        yield file
        return
    import shutil  # which takes some milliseconds to load
    from tempfile import TemporaryFile, gettempdir  # likewise

    with TemporaryFile() as whole:
        try:
            shutil.copyfileobj(file, whole)
            whole.seek(0)
        except OSError as error:
            raise ReadError(
                f"what comes out of a pipe cannot be put into a file in {gettempdir()!r}, which "
                f"this format takes: {error.strerror}; save it to a file and read that"
            ) from error
        yield whole


_READERS: Final[dict[str, _Reader]] = {
    "jsonl": lambda file, records, options: json_lines(file, records, options.encoding),
    "json": lambda file, records, options: json_values(file, records, options.encoding),
    "csv": lambda file, records, options: csv_rows(
        file, records, options.encoding, options.delimiter
    ),
    "tsv": lambda file, records, options: csv_rows(
        file, records, options.encoding, options.delimiter or "\t"
    ),
    "parquet": lambda file, records, options: _columns(
        file, records, lambda whole: tables.parquet_file(whole, options.is_wanted)
    ),
    "arrow": lambda file, records, _: _columns(file, records, tables.arrow_file),
}
#: The ending of a file's name → the format that it is taken to be in. ``.gz`` may follow.
_ENDINGS: Final = {
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "json",
    "csv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "parquet": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
    "ipc": "arrow",
}
