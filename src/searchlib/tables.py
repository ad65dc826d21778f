"""Tables and data frames: documents out of them, and hits into them. The only importer of pyarrow,
pandas and polars; each is loaded when it is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar

from searchlib.errors import ExportError, ReadError
from searchlib.extras import extra

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    ArrowTable: TypeAlias = pyarrow.Table
    PandasFrame: TypeAlias = pandas.DataFrame
    PolarsFrame: TypeAlias = polars.DataFrame
else:
    ArrowTable = PandasFrame = PolarsFrame = Any

__all__ = [
    "ArrowTable",
    "PandasFrame",
    "PolarsFrame",
    "Rows",
    "Unread",
    "arrow_file",
    "arrow_stream",
    "batched",
    "columns_of",
    "pandas_frame",
    "parquet_file",
    "polars_frame",
    "to_arrow",
    "to_pandas",
    "to_polars",
    "write_arrow",
]

_Row = TypeVar("_Row")

_AT_ONCE: Final = 1_000  # rows held in memory
_INT64: Final = 1 << 63


class Unread(NamedTuple):
    """A row with a value that Python cannot hold.

    Attributes:
        column: the name of the first column with such a value.
        reason: what is wrong with it.
        values: one a column; None where it could not be read.
    """

    column: str
    reason: str
    values: Iterable[Any]


#: The names of a table's columns, how many rows it has if that is known, and the rows.
Rows: TypeAlias = tuple[list[str], int | None, Iterator[Iterable[Any] | Unread]]


def pandas_frame(frame: Any) -> Rows:
    """Return the rows of a frame of pandas; its index is a column if it has a name.

    Raises:
        ReadError: it is a series, or a part of its index is called as a column is.
    """
    if not hasattr(frame, "columns"):
        raise ReadError("documents are the rows of a DataFrame; this is a Series: frame it first")
    if any(name is not None for name in frame.index.names):
        try:
            frame = frame.reset_index()
        except ValueError as error:
            raise ReadError(
                f"the index of the frame has a name that a column has, too ({error}): give it "
                "another, or none, as in frame.rename_axis(None)"
            ) from error
    names = list(frame.columns)

    def rows() -> Iterator[Iterable[Any]]:
        for start in range(0, len(frame), _AT_ONCE):
            some = frame.iloc[start : start + _AT_ONCE]
            columns = []
            for place in range(len(names)):
                column = some.iloc[:, place]
                pairs = zip(column.tolist(), column.isna().tolist(), strict=True)
                columns.append([None if is_none else value for value, is_none in pairs])
            yield from zip(*columns, strict=True)

    return names, len(frame), rows()


def polars_frame(frame: Any) -> Rows:
    """Return the rows of a frame of polars."""

    def rows() -> Iterator[Iterable[Any]]:
        try:
            yield from frame.iter_rows(buffer_size=_AT_ONCE)
        except BaseException as panic:
            if type(panic).__name__ != "PanicException":  # of Rust, which is no Exception
                raise
            raise ReadError(
                f"the rest holds a value that Python cannot hold ({panic}): cast its column"
            ) from None

    return list(frame.columns), frame.height, rows()


def arrow_stream(source: Any) -> Rows:
    """Return the rows of whatever offers Arrow's stream of batches: tables, readers, relations.

    Raises:
        ReadError: it is a stream of something else, as a series of polars is.
    """
    with extra("arrow", "to read what offers Arrow's C stream"):
        import pyarrow

    try:
        reader = pyarrow.RecordBatchReader.from_stream(source)
    except pyarrow.ArrowException as error:
        raise ReadError(
            f"documents are the rows of a table; this {type(source).__name__} has no columns: "
            f"frame it first ({error})"
        ) from error
    total = source.num_rows if isinstance(source, pyarrow.Table) else None
    return reader.schema.names, total, _rows(reader)


def parquet_file(file: IO[bytes], is_wanted: Callable[[str], bool]) -> Rows:
    """Return the rows of a file of Parquet, of the columns that are wanted.

    Raises:
        ReadError: it is none.
    """
    with extra("arrow", "to read Parquet"):
        import pyarrow
        import pyarrow.parquet

    try:
        parquet = pyarrow.parquet.ParquetFile(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise ReadError(f"no file of Parquet: {error}") from error
    names = list(filter(is_wanted, parquet.schema_arrow.names))
    batches = parquet.iter_batches(batch_size=_AT_ONCE, columns=names, use_threads=False)
    return names, parquet.metadata.num_rows, _rows(batches)


def arrow_file(file: IO[bytes]) -> Rows:
    """Return the rows of a file of Arrow (Feather), or of its stream.

    Raises:
        ReadError: it is none.
    """
    with extra("arrow", "to read Arrow"):
        import pyarrow
        import pyarrow.ipc

    try:
        opened = pyarrow.ipc.open_file(file)
        batches = (opened.get_batch(place) for place in range(opened.num_record_batches))
        return opened.schema.names, None, _rows(batches)
    except pyarrow.ArrowInvalid:
        file.seek(0)
    try:
        reader = pyarrow.ipc.open_stream(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise ReadError(f"no file of Arrow: {error}") from error
    return reader.schema.names, None, _rows(reader)


def _rows(batches: Iterable[Any]) -> Iterator[Iterable[Any] | Unread]:
    import pyarrow

    try:
        for batch in batches:
            for start in range(0, batch.num_rows, _AT_ONCE):
                yield from _rows_of(batch.slice(start, _AT_ONCE))
    except (pyarrow.ArrowException, OSError) as error:
        raise ReadError(f"the rest cannot be read: {error}") from error


def _rows_of(batch: Any) -> Iterator[Iterable[Any] | Unread]:
    """The rows of a batch: those with values that Python cannot hold are told, one by one."""
    wrong: dict[int, tuple[str, str]] = {}  # place of the row → column, reason
    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            columns.append(_values(column))
        except Exception:  # of many kinds: a year 12000, bytes that are no text, no JSON
            columns.append(_one_by_one(name, column, wrong))
    rows = zip(*columns, strict=True)
    if not wrong:
        yield from rows
        return
    for place, row in enumerate(rows):
        yield Unread(*wrong[place], row) if place in wrong else row


def _one_by_one(name: str, column: Any, wrong: dict[int, tuple[str, str]]) -> list[Any]:
    """The values of a column, None where Python cannot hold one; ``wrong`` gets the reason."""
    values: list[Any] = []
    for place in range(len(column)):
        try:
            values += _values(column.slice(place, 1))
        except Exception as error:
            values.append(None)
            wrong.setdefault(place, (name, f"{error} ({column.type})"))
    return values


def _values(column: Any) -> list[Any]:
    import pyarrow

    kind = column.type
    if pyarrow.types.is_timestamp(kind) and kind.unit == "ns":  # which Python does not have
        column = column.cast(pyarrow.timestamp("us", kind.tz), safe=False)
    values: list[Any] = column.to_pylist()
    if getattr(kind, "extension_name", None) == "arrow.json":
        return [None if value is None else json.loads(value) for value in values]
    return values


def write_arrow(
    file: IO[bytes],
    columns: Mapping[str, tuple[str, bool]],
    rows: Iterable[Mapping[str, Any]],
    *,
    is_parquet: bool,
) -> None:
    """Write rows to a file of Parquet or Arrow, a thousand at a time.

    Args:
        file: where to.
        columns: name → the name of the type of its field, and whether it is a column of lists.
        rows: what they hold; of a column of lists, lists.
        is_parquet: Parquet; else Arrow.

    Raises:
        ExportError: a value is no text that these can hold.
    """
    with extra("arrow", "to write Parquet or Arrow"):
        import pyarrow
        import pyarrow.parquet

    kinds = {
        "integer": pyarrow.int64(),
        "float": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "datetime": pyarrow.timestamp("us", "UTC"),
        "stored": pyarrow.json_(),
    }
    fields = []
    for name, (kind, is_list) in columns.items():
        own = kinds.get(kind, pyarrow.string())
        fields.append(pyarrow.field(name, pyarrow.list_(own) if is_list else own))
    schema = pyarrow.schema(fields)
    if is_parquet:
        writer = pyarrow.parquet.ParquetWriter(file, schema, compression="zstd")
    else:
        writer = pyarrow.ipc.new_file(file, schema)
    with writer:
        for some in batched(rows, _AT_ONCE):
            try:
                arrays = [
                    pyarrow.array(_typed(columns[field.name][0], field.name, some), field.type)
                    for field in schema
                ]
            except (UnicodeError, OverflowError, pyarrow.ArrowException) as error:
                raise ExportError(f"a document cannot be written in this format: {error}") from None
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def _typed(kind: str, name: str, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The values of a column. A field of floats holds whole numbers as they were given."""
    values = [row.get(name) for row in rows]
    return _floats(values) if kind == "float" else values


def batched(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    """Yield rows by so many.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    source = iter(rows)
    while some := list(islice(source, size)):
        yield some


def columns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of each column of some rows, all of a column in one form: lists where any
    is a list, floats where any is one or takes more than 64 bits, JSON where any is a dict; None
    where a row has none.

    >>> columns_of([{"id": "a", "tags": "x"}, {"id": "b", "tags": ["y", "z"], "more": {"n": 1}}])
    {'id': ['a', 'b'], 'tags': [['x'], ['y', 'z']], 'more': [None, '{"n": 1}']}
    """
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _alike([row.get(name) for row in rows]) for name in names}


def _alike(values: list[Any]) -> list[Any]:
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    kinds = {type(item) for item in flat if item is not None}
    if kinds & {dict, list, tuple} or (len(kinds) > 1 and not kinds <= {int, float}):
        return [None if value is None else _json(value) for value in values]
    if any(isinstance(value, list) for value in values):
        values = [value if isinstance(value, list | None) else [value] for value in values]
    if float in kinds or any(type(item) is int and not -_INT64 <= item < _INT64 for item in flat):
        return [_floats(value) for value in values]
    return values


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _floats(value: Any) -> Any:
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return None if value is None else float(value)


def to_arrow(rows: Iterable[Mapping[str, Any]]) -> ArrowTable:
    """Return rows as a table of Arrow.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    with extra("arrow", "to_arrow"):
        import pyarrow

    return pyarrow.table(columns_of(rows))


def to_pandas(rows: Iterable[Mapping[str, Any]]) -> PandasFrame:
    """Return rows as a frame of pandas, whose columns can hold nothing.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    with extra("pandas", "to_pandas"):
        import pandas

    # By themselves, whole numbers with gaps become floats, which cannot hold the large ones.
    dtypes = {bool: "boolean", int: "Int64", float: "Float64", str: pandas.StringDtype("python")}
    columns = {}
    for name, values in columns_of(rows).items():
        kinds = {type(value) for value in values if value is not None}
        dtype = dtypes.get(kinds.pop()) if len(kinds) == 1 else None
        columns[name] = pandas.Series(values, dtype=dtype)
    return pandas.DataFrame(columns)


def to_polars(rows: Iterable[Mapping[str, Any]]) -> PolarsFrame:
    """Return rows as a frame of polars.

    Raises:
        MissingExtraError: polars is not installed.
    """
    with extra("polars", "to_polars"):
        import polars

    return polars.DataFrame(columns_of(rows))
