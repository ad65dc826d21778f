"""What raises the score of a document besides the words of the query: values of its fields."""

from __future__ import annotations

from datetime import date, timedelta

from searchlib._dataclass import dataclass
from searchlib._typing import Final, TypeAlias
from searchlib.errors import QueryError

__all__ = ["Popularity", "Rank", "Recency"]

_LARGEST_WEIGHT: Final = 1_000.0  # beside more, floats of 32 bits would lose the words' scores


@dataclass(frozen=True, slots=True)
class Recency:
    """An exponential decay by age: the newest documents score higher.

    A document's score grows by ``weight * 0.5 ** (age / half_life)``. Its age is the time from the
    field's value to ``origin``, and 0 where the value lies after it. A document without a value
    gets nothing; of several values the first counts.

    Attributes:
        field: a date or datetime field.
        half_life: the age at which half of the weight is left.
        weight: what a document of age 0 gets, in units of the score: above 0, at most 1,000.
            A search for one word scores from about 1 (a common word) to 20 (a rare one).
        origin: the day or moment (without a time zone, in UTC) from which ages count. None is the
            present: today in UTC for a date field. A cursor keeps it for the pages to come; pages
            by offset have to give it themselves, or the order may shift from one to the next.

    Raises:
        QueryError: a number is out of range; as ``search`` does for a field that does not fit.

    >>> from datetime import date, timedelta
    >>> from searchlib import Date, Index, Schema, Text
    >>> index = Index(Schema({"title": Text(), "day": Date()}, languages=["en"]))
    >>> index.add([
    ...     {"id": "old", "title": "Maps, maps", "day": "2020-01-01"},
    ...     {"id": "new", "title": "On maps", "day": "2026-01-01"},
    ... ]).added
    2
    >>> fresh = Recency("day", timedelta(days=365), weight=2.0, origin=date(2026, 1, 1))
    >>> index.search("maps").ids, index.search("maps", rank=[fresh]).ids
    (('old', 'new'), ('new', 'old'))
    """

    field: str
    half_life: timedelta
    weight: float = 1.0
    origin: date | None = None

    def __post_init__(self) -> None:
        _check(self, self.field, self.weight)
        if not (isinstance(self.half_life, timedelta) and self.half_life > timedelta(0)):
            raise QueryError(
                f"Recency on {self.field!r}: half_life is a timedelta above 0, not "
                f"{self.half_life!r}"
            )
        if not (self.origin is None or isinstance(self.origin, date)):
            raise QueryError(
                f"Recency on {self.field!r}: origin is a date or datetime, not {self.origin!r}"
            )


@dataclass(frozen=True, slots=True)
class Popularity:
    """A saturation by a number: the more views, sales or links, the higher the score, and the less
    the more there are already.

    A document's score grows by ``weight * x / (x + pivot)`` for a value ``x`` above 0, and not at
    all for others. A document without a value gets nothing; of several values the first counts.

    Attributes:
        field: an integer or float field.
        pivot: the value that gets half of the weight, above 0: the median of the field does well.
        weight: what the largest values come near to, in units of the score: above 0, at most
            1,000.

    Raises:
        QueryError: a number is out of range; as ``search`` does for a field that does not fit.

    >>> from searchlib import Index, Integer, Schema, Text
    >>> index = Index(Schema({"title": Text(), "views": Integer()}, languages=["en"]))
    >>> index.add([
    ...     {"id": "a", "title": "Maps", "views": 3},
    ...     {"id": "b", "title": "Maps", "views": 900},
    ... ]).added
    2
    >>> index.search("maps", rank=[Popularity("views", pivot=100)]).ids
    ('b', 'a')
    """

    field: str
    pivot: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        _check(self, self.field, self.weight)
        if not (_is_number(self.pivot) and 0 < self.pivot < float("inf")):
            raise QueryError(
                f"Popularity on {self.field!r}: pivot is a number above 0, not {self.pivot!r}"
            )


#: What a field's value adds to the score.
Rank: TypeAlias = Recency | Popularity


def _check(rank: object, field: object, weight: object) -> None:
    name = type(rank).__name__
    if not isinstance(field, str):
        raise QueryError(f"{name}: field is a field's name, not {field!r}")
    if not (_is_number(weight) and 0 < float(weight) <= _LARGEST_WEIGHT):  # type: ignore[arg-type]
        raise QueryError(
            f"{name} on {field!r}: weight is above 0 and at most {_LARGEST_WEIGHT:,.0f}, not "
            f"{weight!r}"
        )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
