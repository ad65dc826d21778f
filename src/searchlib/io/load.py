"""Records into an index, with what happened told: progress, rows that do not fit, a report."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from os.path import exists
from pathlib import Path
from sys import getsizeof
from time import perf_counter
from typing import Any, Final, NamedTuple, Protocol

from searchlib.bulk import begun
from searchlib.display.console import progress_bar
from searchlib.display.progress import Progress
from searchlib.errors import DocumentError, ExportError, IndexStateError
from searchlib.fields import check_language, show
from searchlib.io.fit import fitter
from searchlib.io.read import read
from searchlib.io.records import BadRow, Records, kept
from searchlib.io.targets import Output
from searchlib.schema import Document, Schema
from searchlib.writer import Writer

__all__ = ["LoadReport", "load", "load_each"]

_FIRST: Final = 10  # bad rows that a report shows
_TOLD_EVERY: Final = 0.1  # seconds
# Bytes of rows that cannot be read, behind others that are on their way into the index.
_MOST_HELD: Final = 16_000_000
_ROW: Final = 1_000  # besides what the row is made of


class _Writable(Protocol):
    """An index, which stands above."""

    schema: Schema

    def writer(self, *, wait: float, cores: int | None) -> Writer: ...


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a source of documents.

    Attributes:
        added: how many were added; a second one with the same id counts, and replaces the first.
        rejected: how many rows were not: they could not be read, or do not fit the schema.
        seconds: how long it took.
        bad_rows: the file that holds the rejected rows; None where none was named, or none was
            rejected.
        first: the first ten of the rejected rows.
        notices: what is worth knowing about the source: its encoding, names that were changed.

    >>> from searchlib import Index, Integer, Schema
    >>> from searchlib.io import load
    >>> index = Index(Schema({"year": Integer()}))
    >>> report = load(index, [{"id": 1, "year": 2022}, {"id": 2, "y": 1}])
    >>> report.added, report.rejected, report.first[0].raw
    (1, 1, {'id': 2, 'y': 1})
    >>> print(report.first[0].reason)
    record 1: document '2' (str), field 'y': the schema has no such field; it has id, year
    """

    added: int
    rejected: int
    seconds: float
    bad_rows: Path | None = None
    first: tuple[BadRow, ...] = ()
    notices: tuple[str, ...] = ()


class _Rejects:
    """The rows that do not fit: counted, and written to a file where one is named. That file may
    be what is read, or hold what was rejected before: it is replaced at the end, by a rename.

    Attributes:
        path: the file, as it was named.
        count: how many of the source that is being read.
        first: the first ten of them.
        has_begun: whether any row may have been added, so that those rejected are worth keeping.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        # Opened now, not after an hour of reading, and so told if it cannot be written.
        self._output = None if path is None else Output(path)
        self._file = None
        if self._output is not None:
            self._file = TextIOWrapper(self._output.file, "utf-8", "backslashreplace")
        self.has_begun = False
        self._total = 0
        self.begin()

    def begin(self) -> None:
        """Count those of the next source."""
        self.count = 0
        self.first: list[BadRow] = []

    def add(self, row: BadRow) -> None:
        self.count += 1
        self._total += 1
        if len(self.first) < _FIRST:
            self.first.append(row)
        if self._file is None:
            return
        plain = {"position": row.position, "reason": row.reason, "raw": row.raw}
        try:
            line = json.dumps(plain, ensure_ascii=False, default=str, allow_nan=False)
        except (ValueError, TypeError, RecursionError):  # NaN, keys that are no str, circles
            line = json.dumps(plain | {"raw": _printed(row.raw)}, ensure_ascii=False)
        self._file.write(line + "\n")

    def __enter__(self) -> _Rejects:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._file is None or self._output is None:
            return
        is_whole = False
        try:
            self._file.close()
            is_whole = kind is None
        finally:
            self._settle(self._output, is_whole=is_whole)

    def _settle(self, output: Output, *, is_whole: bool) -> None:
        """Put the file in its place. If not all was read, what stands there may be needed yet."""
        path = output.path
        try:
            if self._total and is_whole:
                output.put()
            elif self._total and self.has_begun:
                output.put(path.with_name(f"{path.name}.part") if exists(path) else path)
            elif is_whole:
                output.clear()
        finally:
            output.drop()


def _printed(raw: Any) -> str:
    try:
        return repr(raw)
    except Exception:  # of a number of thousands of digits, of what is nested too deep
        return show(raw)


class _Row(NamedTuple):
    where: str
    position: int
    record: dict[str, Any]
    share: float | None


class _Held(NamedTuple):
    row: BadRow
    size: int


class _Rows:
    """The rows of a source as documents. Several may be on their way into the index: ``next_row``
    tells which one it was that came out."""

    def __init__(
        self, source: Records, schema: Schema, rejects: _Rejects, is_watched: bool
    ) -> None:
        self._source = source
        self._is_watched = is_watched
        self._schema = schema
        self._rejects = rejects
        self._under_way: deque[_Row | _Held] = deque()
        self._held = 0  # bytes of those that cannot be read

    def __iter__(self) -> Iterator[Document | DocumentError]:
        source, fit = self._source, None
        for record in source:
            fit = fit or fitter(self._schema, are_cells=source.is_untyped)  # now that is known
            share = source.share if self._is_watched else None
            row = _Row(source.where, source.position, record, share)
            self._under_way.append(row)
            try:
                yield fit(record)
            except DocumentError as error:
                yield error
            if self._under_way and self._under_way[-1] is row:
                # It has not come out yet, and the source may use its dict for the next.
                self._under_way[-1] = row._replace(record=kept(record))

    def refuse(self, row: BadRow) -> None:
        """Reject a row that cannot be read, after those before it that are still under way; where
        too many would have to wait, before them."""
        if not self._under_way:
            self._rejects.add(row)
            return
        held = _Held(row, _size(row.raw))
        self._under_way.append(held)
        self._held += held.size
        if self._held > _MOST_HELD:
            # Out before any is written, which may fail: those under way are still to come out.
            waiting = [one for one in self._under_way if isinstance(one, _Held)]
            self._under_way = deque(one for one in self._under_way if isinstance(one, _Row))
            for one in waiting:
                self._reject(one)

    def next_row(self) -> _Row:
        """Return the row that stands before all others that are under way."""
        while isinstance(row := self._under_way.popleft(), _Held):
            self._reject(row)
        return row

    def end(self) -> None:
        """Reject the last rows, if they cannot be read."""
        while self._under_way:
            if isinstance(row := self._under_way.popleft(), _Held):
                self._reject(row)

    def _reject(self, held: _Held) -> None:
        """Reject a row that was held."""
        self._held -= held.size
        self._rejects.add(held.row)


def _size(raw: Any) -> int:
    """About how many bytes a row that cannot be read takes: text, or cells of text."""
    cells = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    return _ROW + getsizeof(raw, 0) + sum(getsizeof(cell, 0) for cell in cells)


def load(
    index: _Writable,
    records: Any,
    *,
    language: str | None = None,
    bad_rows: str | Path | None = None,
    progress: bool | Callable[[Progress], object] = False,
    commit_every: int = 100_000,
    all_or_nothing: bool = False,
    wait: float = 0.0,
) -> LoadReport:
    """Add documents to an index from a source of any kind. Rows that do not fit are left out.

    Where there are more than two cores, up to 16 MB are read before the first is added: so many or
    more are worth all cores.

    Values are turned into what the schema takes where that loses nothing: numbers as ids, numbers
    and dates written as text.

    Args:
        index: where they go.
        records: anything that ``read`` takes, or what it returned.
        language: the code of the language that all of them are in; None as in ``Writer.add``.
        bad_rows: a file that gets a JSON line for each row left out: position, reason, raw row.
            It takes the place of one that is there when all was read. If an error or Ctrl-C ends
            the load, that one stays, and what was left out so far stands beside it, with ``.part``
            behind the name. None keeps the first ten in the report.
        progress: True shows a bar on a terminal, with rate and time left; a function is called with
            a ``Progress`` now and then.
        commit_every: documents after which a commit makes them lasting and visible; 1 or more.
        all_or_nothing: add none unless all fit: commit once, at the end. It takes some 200 bytes
            of memory a document.
        wait: seconds to wait for a writer that is open to be closed.

    Raises:
        DocumentError: ``all_or_nothing``, and a row does not fit.
        ReadError: the source cannot be read; what was committed stays.
        IndexLockedError: a writer is open, and still was after the wait.
        IndexStateError: ``commit_every`` is no whole number from 1, or ``wait`` no number of
            seconds.
        ExportError: ``bad_rows`` cannot be written.

    >>> from searchlib import Index, Schema, Text
    >>> from searchlib.io import load
    >>> index = Index(Schema({"title": Text()}, languages=["fr"]))
    >>> load(index, [{"id": 1, "title": "L’été"}]).added
    1
    >>> index.search("ete").ids
    ('1',)
    """
    (report,) = load_each(
        index,
        [records],
        language=language,
        bad_rows=bad_rows,
        progress=progress,
        commit_every=commit_every,
        all_or_nothing=all_or_nothing,
        wait=wait,
    )
    return report


def load_each(
    index: _Writable,
    sources: Iterable[Any],
    *,
    language: str | None = None,
    bad_rows: str | Path | None = None,
    progress: bool | Callable[[Progress], object] = False,
    commit_every: int = 100_000,
    all_or_nothing: bool = False,
    wait: float = 0.0,
) -> list[LoadReport]:
    """Do as ``load`` with one source after the other; rows left out of any go into one file.

    Raises:
        as ``load``.

    >>> from searchlib import Index, Integer, Schema
    >>> index = Index(Schema({"year": Integer()}))
    >>> sources = [{"id": 1, "year": 2022}], [{"id": 2, "year": "soon"}]
    >>> [report.rejected for report in load_each(index, sources)]
    [0, 1]
    """
    if type(commit_every) is not int or commit_every < 1:
        raise IndexStateError(
            f"load: commit_every is a whole number from 1, not {commit_every!r}; to commit once, "
            "at the end, say all_or_nothing=True"
        )
    code = None if language is None else check_language(language)
    if not (bad_rows is None or isinstance(bad_rows, (str, os.PathLike))):
        raise ExportError(f"bad_rows is the path of a file, not {bad_rows!r}")
    path = None if bad_rows is None else Path(bad_rows)
    read_from = [read(one) for one in sources]
    for source in read_from:
        if path is not None and source.path is not None and _is_same(path, source.path):
            raise ExportError(f"{str(path)!r} is what is read: write bad rows to another file")
    way = _Way(code, progress, commit_every, all_or_nothing, wait)
    with _Rejects(path) as rejects:
        return [_loaded(index, source, rejects, way) for source in read_from]


class _Way(NamedTuple):
    """How a source is loaded, as ``load`` has it."""

    language: str | None
    progress: bool | Callable[[Progress], object]
    commit_every: int
    all_or_nothing: bool
    wait: float


def _loaded(index: _Writable, source: Records, rejects: _Rejects, way: _Way) -> LoadReport:
    """Add the documents of one source."""
    started = due = perf_counter()
    added = 0
    rejects.begin()
    with ExitStack() as stack:
        rows = _Rows(source, index.schema, rejects, bool(way.progress))
        if not way.all_or_nothing:
            source.collect(rows.refuse)
            stack.callback(rows.end)  # also of what fails
        cores, documents = begun(rows)
        tell = stack.enter_context(_watcher(way.progress))
        writer = stack.enter_context(index.writer(wait=way.wait, cores=cores))
        rejects.has_begun = True
        for error in writer.add_each(documents, language=way.language):
            row = rows.next_row()
            if error is not None:
                reason = f"{row.where}: {error}"
                if way.all_or_nothing:
                    raise DocumentError(
                        f"{reason}; none was added: searchlib.io.load leaves out what does not fit",
                        document_id=error.document_id,
                        field=error.field,
                    ) from None
                rejects.add(BadRow(row.position, reason, kept(row.record)))
                continue
            added += 1
            if added % way.commit_every == 0 and not way.all_or_nothing:
                writer.commit()
            if tell is not None and (now := perf_counter()) >= due:
                tell(Progress(added, rejects.count, now - started, row.share))
                due = now + _TOLD_EVERY
        writer.commit()
        rows.end()
        seconds = perf_counter() - started
        if tell is not None:
            tell(Progress(added, rejects.count, seconds, 1.0))
    wrote = rejects.path if rejects.count else None
    return LoadReport(added, rejects.count, seconds, wrote, tuple(rejects.first), source.notices)


def _is_same(one: Path, other: Path) -> bool:
    is_there = exists(one) and exists(other)
    return is_there and one.samefile(other) and not one.is_char_device()  # of a terminal, two ends


@contextmanager
def _watcher(
    progress: bool | Callable[[Progress], object],
) -> Iterator[Callable[[Progress], object] | None]:
    """What is to be told how far the load has come."""
    if callable(progress) or not progress:
        yield progress or None
        return
    with progress_bar() as tell:
        yield tell
