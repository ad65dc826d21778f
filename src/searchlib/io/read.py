"""Documents from wherever they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from searchlib.errors import ReadError
from searchlib.io.lines import is_whole, lines, open_file, shown, text_of
from searchlib.io.records import OnBad, Records

__all__ = ["FORMATS", "read"]

#: The ending of a file's name → the format that it is taken to be in. ``.gz`` may follow.
FORMATS: Final = {".jsonl": "jsonl", ".ndjson": "jsonl"}


def read(
    source: Any,
    *,
    format: str | None = None,
    encoding: str | None = None,
    on_bad: OnBad | None = None,
) -> Records:
    r"""Read documents, one after the other, from a source of any kind.

    Args:
        source: the path of a file; an open file; ``"-"``, the standard input; or any iterable of
            dicts.
        format: ``"jsonl"``; None tells it from the ending of the name, and takes
            files without a name for JSONL.
        encoding: of text; None tells it from the beginning.
        on_bad: called with each ``BadRow`` that cannot be read; None raises at the first.

    Raises:
        ReadError: the source cannot be opened, or its format is unknown; while it is read, a row
            cannot be.

    >>> from searchlib.io import read
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "books.jsonl")
    ...     _ = path.write_text('{"id": "1", "title": "L’été"}\n', "utf-8")
    ...     list(read(path))
    [{'id': '1', 'title': 'L’été'}]
    """
    if isinstance(source, Records):
        if on_bad is not None:
            source.collect(on_bad)
        return source
    if format is not None and format not in set(FORMATS.values()):
        raise ReadError(
            f"there is no format {format!r}; there are {', '.join(sorted(set(FORMATS.values())))}"
        )
    if isinstance(source, (str, Path)):
        return _file(source, format, encoding, on_bad)
    if hasattr(source, "readline"):
        return _opened(source, format, encoding, on_bad)
    if isinstance(source, Iterable):
        return Records(lambda records: _counted(source, records), on_bad)
    raise ReadError(f"documents are read from a path, a file or an iterable, not {source!r}")


def _file(
    source: str | Path, format: str | None, encoding: str | None, on_bad: OnBad | None
) -> Records:
    if source == "-":
        return _opened(sys.stdin.buffer, format or "jsonl", encoding, on_bad)
    path = Path(source)
    kind = format or _format_of(path)
    open_file(path).close()  # what cannot be opened is told now, what is not read is not held open

    def rows(records: Records) -> Iterator[Any]:
        with open_file(path) as file:
            yield from _READERS[kind](file, records, encoding)

    return Records(rows, on_bad)


def _opened(
    file: IO[Any], format: str | None, encoding: str | None, on_bad: OnBad | None
) -> Records:
    kind = format or "jsonl"
    return Records(lambda records: _READERS[kind](file, records, encoding), on_bad)


def _format_of(path: Path) -> str:
    ending = "".join(path.suffixes[-2:]).lower().removesuffix(".gz")
    known = FORMATS.get("." + ending.rpartition(".")[2])
    if known is None:
        raise ReadError(
            f"{str(path)!r} has no ending that tells its format: say format=, one of "
            f"{', '.join(sorted(set(FORMATS.values())))}"
        )
    return known


def _counted(source: Iterable[Any], records: Records) -> Iterator[Any]:
    total = len(source) if isinstance(source, Sized) else 0
    if total:
        records.measure = lambda: min((records.position + 1) / total, 1.0)
    for position, row in enumerate(source):
        records.position = position
        records.where = f"record {position:,}"
        yield row


def _jsonl(file: IO[Any], records: Records, encoding: str | None) -> Iterator[Any]:
    decode = json.JSONDecoder(parse_constant=_no_json).decode
    for line in lines(text_of(file, records, encoding, "\n"), records):
        if line.isspace():
            continue
        records.position += 1
        if not is_whole(line):
            records.refuse("it holds bytes that are no text in this encoding", shown(line))
            continue
        try:
            row = decode(line)
        except json.JSONDecodeError as error:
            records.refuse(f"no JSON: {error.msg}, at character {error.pos + 1}", line.rstrip())
        except (ValueError, RecursionError) as error:
            records.refuse(f"no JSON: {error}", line.rstrip())
        else:
            yield row


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


_READERS: Final[dict[str, Callable[[IO[Any], Records, str | None], Iterator[Any]]]] = {
    "jsonl": _jsonl,
}
