"""Values as sources hold them, turned into those that a schema takes: nothing is lost by it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from searchlib.fields import (
    Boolean,
    Category,
    Date,
    DateTime,
    Field,
    Float,
    Integer,
    Keyword,
    Text,
)
from searchlib.schema import Schema

__all__ = ["fitter", "is_uuid", "is_whole", "list_in", "plain"]

# The types of values that a field takes as they are.
_AS_THEY_ARE: Final[dict[type[Field], frozenset[type]]] = {
    Text: frozenset({str}),
    Keyword: frozenset({str}),
    Category: frozenset({str}),
    Integer: frozenset({int}),
    Float: frozenset({int}),
    Boolean: frozenset({bool}),
    DateTime: frozenset({datetime}),
    Date: frozenset({date}),
}
_NONE: Final[frozenset[type]] = frozenset()
_INT64: Final = 1 << 63
_FINER: Final = ("ns]", "ps]", "fs]", "as]")  # units of numpy's moments than Python's microseconds
_OF_TEXT: Final = (Text, Keyword, Category)


def fitter(
    schema: Schema, *, are_cells: bool = False
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what turns a record into a document of a schema.

    What says the same in another form is turned: ids that are ints or UUIDs, numbers and booleans
    written as text, whole floats, decimals, moments at midnight for days. Missing values (None,
    NaN) are left out. What does not fit stays as it is: the writer says what is wrong with it.

    Args:
        schema: what they shall fit.
        are_cells: whether all values are text, as in CSV, of which several values are a list of
            JSON.

    >>> from searchlib.fields import Date, Integer
    >>> fit = fitter(Schema({"year": Integer(), "day": Date()}))
    >>> fit({"id": 7, "year": "2022", "day": None})
    {'id': '7', 'year': 2022}
    """
    fine = {name: _AS_THEY_ARE.get(type(kind), _NONE) for name, kind in schema.fields.items()}
    fine[schema.id] = frozenset({str})
    kinds: dict[str, Field] = {**schema.fields, schema.id: Keyword()}

    def fit(record: Mapping[str, Any]) -> dict[str, Any]:
        document = {}
        for name, value in record.items():
            if value is None:
                continue
            if name in fine and type(value) not in fine[name]:
                value = _fitted(kinds[name], value)
                if value is None:
                    continue
            document[name] = value
        return document

    def fit_cells(record: Mapping[str, Any]) -> dict[str, Any]:
        lists = {
            name: items
            for name, cell in record.items()
            if name in schema.fields and (items := list_in(cell, schema.fields[name])) is not None
        }
        return fit({**record, **lists} if lists else record)

    return fit_cells if are_cells else fit


def list_in(cell: Any, kind: Field | None = None) -> list[Any] | None:
    """Return the values of a cell that is a list of JSON; None if it is none, or none that a field
    could hold: texts in a field of texts, no lists in lists.

    Args:
        cell: what a table of text holds.
        kind: the type of the field that it is for; None, where that is yet to be told.

    >>> list_in('["Le Monde", "Nhân Dân"]', Keyword()), list_in("[1]", Keyword()), list_in("[1]")
    (['Le Monde', 'Nhân Dân'], None, [1])
    """
    if not isinstance(cell, str) or not (cell.startswith("[") and cell.endswith("]")):
        return None
    if kind is not None and type(kind) not in _AS_THEY_ARE:
        return None
    try:
        items: list[Any] = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if isinstance(kind, _OF_TEXT):
        return items if all(isinstance(item, str) for item in items) else None
    kinds = {type(item) for item in items if item is not None}
    return items if kinds <= {str, int, float, bool} else None


def plain(value: Any) -> Any:
    """Return a value of a data frame as Python has it; None where it stands for none.

    >>> plain(float("nan")), plain(2.5)
    (None, 2.5)
    """
    if type(value).__module__ == "numpy":
        value = _of_numpy(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if type(value).__name__ in {"NaTType", "NAType"} else value


def _of_numpy(value: Any) -> Any:
    """A number, moment or array of numpy as Python has it. What numpy would make a bare number of,
    though it is none, stays as it is: nanoseconds of a duration, a day of the year 12000."""
    kind = value.dtype.kind
    if kind not in "mM":
        return value.tolist()
    if value.ndim:
        return list(map(_of_numpy, value))
    if kind == "M" and value.dtype.name.endswith(_FINER):
        value = value.astype("datetime64[us]")
    own = value.tolist()
    return value if isinstance(own, int) else own


def is_uuid(value: object) -> bool:
    """Whether this is a ``UUID``, whose module takes some milliseconds to load."""
    return type(value).__module__ == "uuid"


def is_whole(value: float | Decimal) -> bool:
    """Whether this is a whole number, however large it is.

    >>> is_whole(2.0), is_whole(10**400), is_whole(Decimal("1.5")), is_whole(Decimal("sNaN"))
    (True, True, False, False)
    """
    if isinstance(value, Decimal):  # a NaN of it that signals cannot even be made a float
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, int) or value.is_integer()


def _fitted(kind: Field, value: Any) -> Any:
    value = plain(value)
    if isinstance(value, (list, tuple)) and type(kind) in _AS_THEY_ARE:
        return [one for item in value if (one := _one(kind, plain(item))) is not None]
    return _one(kind, value)


def _one(kind: Field, value: Any) -> Any:
    if value is None or type(value) in _AS_THEY_ARE.get(type(kind), _NONE):
        return value
    if isinstance(value, str):
        return _parsed(kind, value)
    match kind:
        case Keyword() if is_uuid(value) or type(value) is int:
            with suppress(ValueError):  # Python writes no ints of more than 4,300 digits
                return str(value)
        case Integer() if isinstance(value, (float, Decimal)) and is_whole(value):
            if -_INT64 <= value < _INT64:  # a Decimal may have a million zeros
                return int(value)
        case Float() if isinstance(value, Decimal) and not value.is_snan():
            return float(value)
        case Date() if isinstance(value, datetime) and value.time() == time():
            with suppress(ValueError):  # pandas goes on after the year 9999
                return date(value.year, value.month, value.day)
    return value


def _parsed(kind: Field, text: str) -> Any:
    """What a text says that stands where something else is expected."""
    if not isinstance(kind, (Integer, Float, Boolean, Date, DateTime)):
        return text
    stripped = text.strip()
    if not stripped:
        return None
    if isinstance(kind, DateTime):
        return stripped
    try:
        return kind.parse(stripped)
    except ValueError:
        pass
    if isinstance(kind, Date):
        try:
            return _one(kind, datetime.fromisoformat(stripped))
        except ValueError:
            pass
    return text
