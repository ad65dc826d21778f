"""All documents of an index, out into a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, Protocol

from searchlib import tables
from searchlib.errors import ExportError
from searchlib.fields import Stored
from searchlib.io import targets
from searchlib.io.fit import list_in
from searchlib.schema import Schema

__all__ = ["Readable", "export"]

_FORMATS: Final = {
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "csv": "csv",
    "tsv": "tsv",
    "parquet": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
}


class Readable(Protocol):
    """An index or a searcher."""

    schema: Schema

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every document of one commit."""


def export(index: Readable, target: str | Path | IO[Any], *, format: str | None = None) -> int:
    """Write all documents of an index to a file, and return how many there are.

    They are those of one commit, in the order in which they lie. A file that is there is replaced
    when all is written, and stays as it was if that fails. ``load`` finds in JSON lines what there
    was; in Parquet and Arrow too, but one value is a list where others of its field are; in CSV all
    is text: several values and ``Stored`` fields are JSON, and what is missing is an empty cell.

    Args:
        index: an index, or a searcher of one.
        target: a path; ``"-"``, the standard output; or a file open for bytes.
        format: ``"jsonl"``, ``"csv"``, ``"tsv"``, ``"parquet"`` or ``"arrow"``; None tells it from
            the ending of the name, which may be followed by ``.gz`` for the first three, and takes
            what has no name for JSON lines.

    Raises:
        ExportError: it cannot be written there, as in the folder of an index, or a document cannot
            be written so.
        MissingExtraError: Parquet and Arrow take the extra ``arrow``.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from searchlib import Date, Index, Schema
    >>> from searchlib.io import export
    >>> index = Index(Schema({"day": Date()}))
    >>> index.add([{"id": "a", "day": "2022-09-15"}]).added
    1
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "all.jsonl")
    ...     print(export(index, path), path.read_text("utf-8"))
    1 {"id":"a","day":"2022-09-15"}
    <BLANKLINE>
    """
    kind = _format_of(target) if format is None else format
    searcher = getattr(index, "searcher", None)
    reader: Readable = index if searcher is None else searcher()  # the commit holds still
    match kind:
        case "jsonl":
            with targets.text(target) as file:
                return _lines(file, reader)
        case "csv" | "tsv":
            with targets.text(target) as file:
                return _cells(file, reader, "\t" if kind == "tsv" else ",")
        case "parquet" | "arrow":
            with targets.binary(target) as binary:
                return _columns(binary, reader, is_parquet=kind == "parquet")
    raise ExportError(f"there is no format {kind!r}; there are {', '.join(sorted(_KINDS))}")


def _format_of(target: object) -> str:
    if target == "-" or not isinstance(target, (str, Path)):
        return "jsonl"
    name = Path(target).name.lower()
    kind = _FORMATS.get(name.removesuffix(".gz").rpartition(".")[2])
    if kind is None or (name.endswith(".gz") and kind in {"parquet", "arrow"}):
        raise ExportError(
            f"{str(target)!r} has no ending that tells a format: say format=, one of "
            f"{', '.join(sorted(_KINDS))}"
        )
    return kind


_KINDS: Final = frozenset(_FORMATS.values())


def _lines(file: IO[str], reader: Readable) -> int:
    count = 0
    dump = reader.schema.dump
    for document in reader.documents():
        line = dump(document)
        if not line.isascii() and not _is_text(line):
            line = json.dumps(json.loads(line), separators=(",", ":"))  # halves of pairs as \ud800
        file.write(line + "\n")
        count += 1
    return count


def _is_text(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _names(schema: Schema) -> list[str]:
    own = [schema.id] if schema.language is None else [schema.id, schema.language]
    return [*own, *schema.fields]


def _cells(file: IO[str], reader: Readable, delimiter: str) -> int:
    schema = reader.schema
    names = _names(schema)
    # By any other line end, the writer leaves a bare return in a cell unquoted.
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(names)
    count = 0
    for document in reader.documents():
        plain = json.loads(schema.dump(document))
        writer.writerow([_cell(schema, name, plain.get(name)) for name in names])
        count += 1
    return count


def _cell(schema: Schema, name: str, value: Any) -> str:
    if value is None:
        return ""
    kind = schema.fields.get(name)
    if kind is not None and list_in(value, kind) is not None:
        value = [value]  # a text that would come back as a list
    is_json = isinstance(value, (list, dict, bool)) or isinstance(kind, Stored)
    return json.dumps(value, ensure_ascii=False) if is_json else str(value)


def _columns(file: IO[bytes], reader: Readable, *, is_parquet: bool) -> int:
    schema = reader.schema
    stored = {name for name, kind in schema.fields.items() if isinstance(kind, Stored)}
    lists: set[str] = set()
    count = 0
    for document in reader.documents():
        count += 1
        lists.update(name for name, value in document.items() if isinstance(value, list))
    lists -= stored
    kinds = {name: kind.type_name for name, kind in schema.fields.items()}
    columns = {name: (kinds.get(name, "keyword"), name in lists) for name in _names(schema)}

    def rows() -> Iterable[Mapping[str, Any]]:
        for document in reader.documents():
            for name, value in document.items():
                if name in stored:
                    document[name] = json.dumps(value, ensure_ascii=False)
                elif name in lists and not isinstance(value, list):
                    document[name] = [value]
            yield document

    tables.write_arrow(file, columns, rows(), is_parquet=is_parquet)
    return count
