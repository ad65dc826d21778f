"""What to count beside the hits: frozen requests, one a facet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from searchlib.errors import QueryError

__all__ = ["CalendarFacet", "Facet", "RangeFacet", "ValueFacet"]


@dataclass(frozen=True, slots=True)
class ValueFacet:
    """The values of a keyword, category, integer or boolean field, the most frequent first.

    Attributes:
        field: the field's name; ``"_language"`` counts the documents' languages.
        limit: how many values; the documents of all others are counted together.
        under: of a category, the path whose children are counted; None counts the top level.
    """

    field: str
    limit: int = 10
    under: str | None = None


@dataclass(frozen=True, slots=True)
class RangeFacet:
    """The documents between bounds of a number field.

    Attributes:
        field: an integer or float field.
        bounds: ascending; ``(10, 100)`` counts below 10, from 10 to below 100, and from 100 up.
    """

    field: str
    bounds: Sequence[float]

    def __post_init__(self) -> None:
        if not isinstance(self.bounds, Sequence):
            raise QueryError(f"RangeFacet: bounds is a list of numbers, not {self.bounds!r}")
        object.__setattr__(self, "bounds", tuple(self.bounds))


@dataclass(frozen=True, slots=True)
class CalendarFacet:
    """The documents of each calendar year or month (in UTC) of a date or datetime field, in order;
    years and months without any are left out."""

    field: str
    unit: Literal["year", "month"] = "year"


Facet: TypeAlias = ValueFacet | RangeFacet | CalendarFacet
