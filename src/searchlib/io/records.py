"""A stream of records on its way from a source to an index."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from unicodedata import normalize

from searchlib.errors import ReadError

__all__ = ["BadRow", "OnBad", "Records", "field_name", "kept"]

_MOST_NOTICES: Final = 100
_MOST_BAD: Final = 10  # times as many rows as are looked for are looked at, if most are bad


@dataclass(frozen=True, slots=True)
class BadRow:
    r"""A row that is no document.

    Attributes:
        position: its place among the rows of its source, from 0.
        reason: what is wrong with it, and where it stands.
        raw: the row, as far as it could be read: a line, a list of cells, a dict, or the name of a
            file.

    >>> from io import StringIO
    >>> from searchlib.io import read
    >>> bad = []
    >>> list(read(StringIO('{"id": "1"}\n{"id": \n'), on_bad=bad.append))
    [{'id': '1'}]
    >>> bad[0].position, bad[0].raw, bad[0].reason
    (1, '{"id": ', 'line 2: no JSON: Expecting value, at character 9')
    """

    position: int
    reason: str
    raw: Any


#: What is called with each row that cannot be read.
OnBad = Callable[[BadRow], None]


class Records(Iterator[dict[str, Any]]):
    """The records of a source, read as they are asked for; once.

    Attributes:
        name: what messages call the source; empty where it has no name.
        path: the file or folder that it is; None where it is none.
        is_untyped: whether all values are text, whatever they mean, as in CSV.
        position: the place of the last record among the rows of the source, from 0.
        where: where it stands, for people: ``"line 17"``.
        share: how much of the source has been read, from 0 to 1; None where nobody knows.

    >>> from searchlib.io import read
    >>> records = read([{"id": "1", "Given name": "Ada"}])
    >>> list(records)
    [{'id': '1', 'Given_name': 'Ada'}]
    >>> print(*records.notices)
    'Given name' is called 'Given_name': a field's name is a Python identifier without '_' before it
    """

    def __init__(
        self,
        rows: Callable[[Records], Iterator[Any]],
        on_bad: OnBad | None,
        columns: Collection[str] | None = None,
    ) -> None:
        self.name = ""
        self.path: Path | None = None
        self.is_untyped = False
        self.position = -1
        self.where = ""
        self.measure: Callable[[], float | None] = _unknown
        self._on_bad = on_bad
        self._columns = columns
        self._names: dict[str, str] = {}  # as the source has it → as a schema may
        self._fine: set[str] = set()  # those that stay as they are
        self._notices: list[str] = []
        self._unsaid = 0
        self._rows = self._named(rows(self))
        self._ahead: deque[tuple[int, str, Any]] = deque()  # what was looked at before its turn
        self._is_peeking = False

    def __next__(self) -> dict[str, Any]:
        while self._ahead:
            self.position, self.where, row = self._ahead.popleft()
            if not isinstance(row, BadRow):
                return cast(dict[str, Any], row)
            self._hand_over(row)
        return next(self._rows)

    def peek(self, count: int) -> list[dict[str, Any]]:
        """Return the next records, which stay to be read; those that cannot be are left out.

        >>> from searchlib.io import read
        >>> records = read([{"id": "1"}, {"id": "2"}])
        >>> records.peek(1), len(list(records))
        ([{'id': '1'}], 2)
        """
        self._is_peeking = True
        try:
            good = sum(not isinstance(row, BadRow) for _, _, row in self._ahead)
            while good < count and len(self._ahead) < _MOST_BAD * count:
                row = next(self._rows, None)
                if row is None:
                    break
                self._ahead.append((self.position, self.where, kept(row)))
                good += 1
        finally:
            self._is_peeking = False
        rows = [row for _, _, row in self._ahead if not isinstance(row, BadRow)]
        return rows[:count]

    @property
    def share(self) -> float | None:
        """How much of the source has been read."""
        return self.measure()

    @property
    def notices(self) -> tuple[str, ...]:
        """What is worth knowing about what has been read so far: an encoding, a changed name."""
        more = (f"… and {self._unsaid:,} more notices",) if self._unsaid else ()
        return (*self._notices, *more)

    def note(self, notice: str) -> None:
        """Add a notice; of thousands, the first hundred."""
        if len(self._notices) < _MOST_NOTICES:
            self._notices.append(notice)
        else:
            self._unsaid += 1

    @property
    def prefix(self) -> str:
        """What a message about the source as a whole begins with."""
        return f"{self.name}: " if self.name else ""

    def collect(self, on_bad: OnBad) -> None:
        """Hand over rows that cannot be read from now on, unless somebody gets them already."""
        self._on_bad = self._on_bad or on_bad

    def refuse(self, reason: str, raw: Any) -> None:
        """Report the row at ``position`` as one that cannot be read.

        Raises:
            ReadError: nobody collects such rows.
        """
        reason = f"{self.where}: {reason}" if self.where else reason
        row = BadRow(self.position, reason, kept(raw))
        if self._is_peeking:
            self._ahead.append((self.position, self.where, row))
        else:
            self._hand_over(row)

    def _hand_over(self, row: BadRow) -> None:
        if self._on_bad is None:
            source = f"{self.name}, " if self.name else ""
            raise ReadError(f"{source}{row.reason}; on_bad= collects such rows and goes on")
        self._on_bad(row)

    def names(self, columns: list[str]) -> list[str]:
        """Return the field names of the columns of a table.

        Raises:
            ReadError: two columns are called the same, or one that is asked for is not there.
        """
        names = [self._name(name, columns) for name in columns]  # now it is known that they are str
        twice = sorted({name for name in columns if columns.count(name) > 1})
        if twice:
            raise ReadError(
                f"{self.prefix}several columns are called {twice[0]!r}: give each a name of its own"
            )
        self._fine.update(names)
        missing = sorted(set(self._columns or ()).difference(columns, names))
        if missing:
            raise ReadError(
                f"{self.prefix}there is no column {missing[0]!r}; there are {', '.join(names)}"
            )
        return names

    def _named(self, rows: Iterator[Any]) -> Iterator[dict[str, Any]]:
        fine = self._fine
        for row in rows:
            if type(row) is not dict:
                if not isinstance(row, Mapping):
                    self.refuse(f"a record is a dict, not {type(row).__name__}", row)
                    continue
                row = dict(row)
            if not row.keys() <= fine:
                try:
                    named = {self._name(name, row): value for name, value in row.items()}
                except ReadError as error:
                    self.refuse(str(error), row)
                    continue
                if len(named) < len(row):
                    self.refuse("two of its fields have names that come to the same", row)
                    continue
                row = named
            yield row if self._columns is None else self._chosen(row, self._columns)

    def _chosen(self, row: dict[str, Any], columns: Collection[str]) -> dict[str, Any]:
        called = {own: name for name, own in self._names.items()}
        return {
            name: value
            for name, value in row.items()
            if name in columns or called.get(name) in columns
        }

    def _name(self, name: Any, beside: Container[Any]) -> str:
        """The field name of what a source calls so, beside other names."""
        if name in self._names:
            return self._names[name]
        if not isinstance(name, str):
            raise ReadError(f"a field's name is a str, not {name!r}")
        own = base = field_name(name)
        if own == name:
            self._fine.add(name)
        else:
            number = 2
            while own in beside or own in self._names.values():
                own, number = f"{base}_{number}", number + 1
            self.note(
                f"{name!r} is called {own!r}: a field's name is a Python identifier without '_' "
                "before it"
            )
        self._names[name] = own
        return own


def _unknown() -> float | None:
    return None


def kept(row: Any) -> Any:
    """Return a row as it is now, for who looks at it later: who yields rows may use one dict for
    all, and one list for what lies within.

    >>> tags = ["x"]
    >>> row = kept({"id": 1, "tags": tags})
    >>> tags.append("y")
    >>> row
    {'id': 1, 'tags': ['x']}
    """
    try:
        return _copy(row, {})
    except RecursionError:  # nested so deep that no index takes it
        return row


def _copy(value: Any, made: dict[int, Any]) -> Any:
    """Copy what dicts, lists and arrays hold; ``made`` has those copied, for a list may lie within
    itself."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        if id(value) not in made:
            made[id(value)] = names = {}
            for key, inner in value.items():
                names[key] = _copy(inner, made)
        return made[id(value)]
    if isinstance(value, list):
        if id(value) not in made:
            made[id(value)] = items = []
            items += [_copy(inner, made) for inner in value]
        return made[id(value)]
    if type(value) is tuple:
        return tuple([_copy(inner, made) for inner in value])
    return value.copy() if type(value).__module__ == "numpy" else value


def field_name(name: str) -> str:
    """Return the nearest name that a field may have.

    >>> field_name("Year of birth"), field_name("_id"), field_name("2022"), field_name("prénom")
    ('Year_of_birth', 'id', 'n2022', 'prénom')
    """
    name = normalize("NFKC", name)
    if not name.isidentifier() or name.startswith("_"):
        kept = [char if f"a{char}".isidentifier() else "_" for char in name]
        name = re.sub("__+", "_", "".join(kept)).strip("_") or "field"
    return normalize("NFKC", name if name.isidentifier() else f"n{name}")
