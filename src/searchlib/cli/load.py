"""Documents in and out: ``index`` and ``export``."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Final, Literal

from rich.text import Text

from searchlib.cli.codes import ExitCode, UsageError
from searchlib.cli.parameters import STREAM, Flag, Wait, check_stream
from searchlib.cli.progress import spinner
from searchlib.cli.schemas import (
    SchemaOptions,
    inferred,
    plain_code,
    questions_of,
    schema_in,
)
from searchlib.cli.terminal import err, out, print_json, safe, show, standard_input
from searchlib.cli.typed import typed
from searchlib.display.console import progress_bar
from searchlib.display.parts import counted
from searchlib.index import Index
from searchlib.io.csv_rows import is_delimiter
from searchlib.io.export import export as written
from searchlib.io.load import LoadReport, load_each
from searchlib.io.read import read
from searchlib.io.records import Records
from searchlib.making import Made, make_folder, take_back
from searchlib.manifest import Manifest
from searchlib.schema import Schema

__all__ = ["export", "index"]

_Read = Literal["jsonl", "json", "csv", "tsv", "parquet", "arrow"]
_Written = Literal["jsonl", "csv", "tsv", "parquet", "arrow"]

_SHOWN: Final = 3  # of the rows that are left out


def index(
    index: Path,
    /,
    *source: Annotated[str, STREAM],
    format: _Read | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    language: str | None = None,
    bad_rows: Path | None = None,
    wait: Wait = 0.0,
    dry_run: Flag = False,
    json: Flag = False,
    schema: SchemaOptions = SchemaOptions(),  # noqa: B008  it is frozen
) -> int:
    """Add documents to an index, which is made if it is not there.

    Args:
        index: Its folder.
        source: Files (JSONL, JSON, CSV, Parquet and others; .gz may follow), folders of texts, or
            the word - for JSONL on the standard input.
        format: What the source is in, where its name does not tell.
        encoding: The encoding of its text, such as cp1252, where its bytes do not tell.
        delimiter: What stands between the cells of CSV, where its first line does not tell.
        language: The code of the language that all documents are in.
        bad_rows: A file for the rows that are left out, each with the reason.
        wait: How many seconds to wait where another process writes to the index.
        dry_run: Print the schema that a new index would have, and make none.
        json: One object of JSON.
        schema: What is said of the fields.
    """
    check_stream(*source)
    if not source or "-" in source:
        is_typed = standard_input().isatty()
        if not source and is_typed:
            raise UsageError("a source is missing: searchlib index FOLDER FILE")
    delimiter = "\t" if delimiter == "\\t" else delimiter  # as people type it
    _check_text(encoding, delimiter)
    sources = [
        read(one, format=format, encoding=encoding, delimiter=delimiter) for one in source or ("-",)
    ]
    if Manifest.exists(index):
        if schema.are_given or dry_run:
            raise UsageError(
                f"{str(index)!r} is there and has its schema: searchlib info {index} shows it"
            )
        made = new = None
    else:
        made = _schema(sources[0], schema, is_shown=dry_run or not json, is_whole=dry_run)
        if made is None or dry_run:
            return ExitCode.OK if made else ExitCode.USAGE
        new = make_folder(made, index)
    opened = Index.open(index) if made is None else Index(made, index)
    with _undone(opened, new):
        reports = _loaded(opened, sources, language, bad_rows, wait)
    return _told(index, reports, json=json, schema=made)


def _check_text(encoding: str | None, delimiter: str | None) -> None:
    """Refuse what is no encoding, and what cannot stand between cells."""
    try:
        codecs.lookup(encoding or "utf-8")
    except (LookupError, ValueError):
        raise UsageError(f"--encoding: there is no encoding {encoding!r}") from None
    if delimiter is not None and not is_delimiter(delimiter):
        raise UsageError(f"--delimiter is one character, such as ';', not {delimiter!r}")


def _schema(
    records: Records, options: SchemaOptions, *, is_shown: bool, is_whole: bool
) -> Schema | None:
    """The schema of a new index; None where it is not clear, and questions are printed."""
    if options.schema is not None:
        return schema_in(options.schema, options)
    inference = inferred(records, options)
    if inference.questions:
        show(err(), "searchlib: the documents do not tell:", "red")
        for number, question in enumerate(questions_of(inference), 1):
            show(err(), Text(f"  {number}. {safe(question)}"))
    if is_shown and (is_whole or inference.schema is not None):
        for reason in inference.reasons if is_whole else ():
            show(out(), Text(f"# {safe(typed(reason))}"), "bright_black")
        out().print(Text(safe(plain_code(inference))), soft_wrap=True)
    return inference.schema


@contextmanager
def _undone(opened: Index, new: Made | None) -> Iterator[None]:
    """Leave no index behind that was just made and that nothing came into, so that another schema
    can be tried."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {counted(len(opened), 'document')} kept") from None
    finally:
        if new is not None and not len(opened):
            take_back(new)


def _loaded(
    opened: Index,
    sources: Sequence[Records],
    language: str | None,
    bad_rows: Path | None,
    wait: float,
) -> list[LoadReport]:
    bar = progress_bar(err()) if err().is_terminal else nullcontext(False)
    with bar as tell:
        return load_each(
            opened, sources, language=language, bad_rows=bad_rows, progress=tell, wait=wait
        )


def _told(path: Path, reports: Sequence[LoadReport], *, json: bool, schema: Schema | None) -> int:
    """Print what became of the documents, and return the exit code."""
    added = sum(report.added for report in reports)
    rejected = sum(report.rejected for report in reports)
    seconds = sum(report.seconds for report in reports)
    first = [row for report in reports for row in report.first][:_SHOWN]
    notices = [typed(notice) for report in reports for notice in report.notices]
    if json:
        print_json(
            {
                "added": added,
                "rejected": rejected,
                "seconds": seconds,
                "reasons": [row.reason for row in first],
                "notices": notices,
                "schema": None if schema is None else schema.to_dict(),
            }
        )
    else:
        for notice in notices:
            show(err(), Text(f"! {safe(notice)}", "yellow"))
        text = f"{counted(added, 'document')} added to {path} in {seconds:.1f} s"
        show(out(), Text(safe(text)), "green")
    if not rejected:
        return ExitCode.OK
    show(err(), f"searchlib: {counted(rejected, 'row')} left out:", "red")
    for row in first:
        show(err(), Text(f"  {safe(row.reason)}"))
    more = rejected - len(first)
    rest = f"… and {more:,} more" if more else ""
    kept = next((report.bad_rows for report in reports if report.bad_rows), None)
    hint = f"all of them are in {kept}" if kept else "--bad-rows FILE keeps them"
    show(err(), Text(f"  {rest}{'; ' * bool(rest)}{hint}"))
    return ExitCode.DATA


def export(
    index: Path, target: Annotated[str, STREAM] = "-", /, *, format: _Written | None = None
) -> None:
    """Write all documents of an index to a file.

    Args:
        index: Its folder.
        target: A file whose name ends in .jsonl, .csv, .tsv, .parquet or .arrow; the word - for
            the standard output. What the file held is replaced.
        format: What to write, where the name does not tell: jsonl, csv, tsv, parquet or arrow.
    """
    check_stream(target)
    opened = Index.open(index)
    with spinner("exporting") if target != "-" else nullcontext():
        count = written(opened, target, format=format)
    if target != "-":
        show(out(), f"{counted(count, 'document')} written to {safe(target)}", "green")
