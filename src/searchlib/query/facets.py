"""What to count beside the hits: frozen requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

from searchlib._dataclass import dataclass
from searchlib.errors import QueryError
from searchlib.query.nodes import Value

__all__ = ["CalendarFacet", "Facet", "RangeFacet", "ValueFacet"]


@dataclass(frozen=True, slots=True)
class ValueFacet:
    """The values of a keyword, category, integer or boolean field.

    ``include``, ``exclude``, ``prefix`` and ``matching`` say which values are counted at all; the
    result's ``distinct`` and ``other`` are about these. Marks and case do not matter for the last
    two, which are of keyword and category fields; of a category path they look at the last step.

    Attributes:
        field: the field's name; ``"_language"`` counts the documents' languages.
        limit: how many values; the documents of all others are counted together. Values that the
            search is filtered by have their line in any case, one of 0 too.
        under: of a category, the path whose children are counted; None counts the top level.
        include: these values only; None counts all.
        exclude: not these values.
        prefix: values that begin with this text: ``"viet"`` takes in *Việt Nam*.
        matching: values in which each word of this text begins a word, in any order, as people
            type while they look for a value: ``"mon le"`` takes in *Le Monde*.
        order: ``"count"``, the most frequent first, or ``"value"``: numbers ascending, texts in the
            alphabetical order of a language.
        language: the code of the language whose alphabet orders; None takes that of the field's
            collation, or else the schema's first.
        name: what the result is found under; None takes the field's name.

    >>> from searchlib import Index, Keyword, Schema
    >>> index = Index(Schema({"paper": Keyword()}))
    >>> papers = ["Le Monde", "Nhân Dân", "Le Monde", "Nhân Dân", "Nhân Dân"]
    >>> index.add({"id": str(n), "paper": paper} for n, paper in enumerate(papers)).added
    5
    >>> index.search(facets=[ValueFacet("paper", matching="nhan")]).facets["paper"].as_dict()
    {'Nhân Dân': 3}
    """

    field: str
    limit: int = 10
    under: str | None = None
    include: Collection[Value] | None = None
    exclude: Collection[Value] = ()
    prefix: str = ""
    matching: str = ""
    order: Literal["count", "value"] = "count"
    language: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        for name in ("include", "exclude"):
            values = getattr(self, name)
            if name == "include" and values is None:
                continue
            if isinstance(values, str) or not isinstance(values, Collection):
                raise QueryError(f"ValueFacet: {name} is a list of values, not {values!r}")
            object.__setattr__(self, name, tuple(values))


@dataclass(frozen=True, slots=True)
class RangeFacet:
    """The documents between bounds of a number field: bounds given, or chosen to fit.

    Attributes:
        field: an integer or float field.
        bounds: ascending; ``(10, 100)`` counts below 10, from 10 to below 100, and from 100 up.
        bins: in place of bounds, into how many ranges to cut what is found, or one more. All have
            one width, 1, 2 or 5 times a power of ten, and begin at a multiple of it.
        name: what the result is found under; None takes the field's name.

    >>> from searchlib import Index, Integer, Schema
    >>> index = Index(Schema({"pages": Integer()}))
    >>> index.add({"id": str(n), "pages": n} for n in range(150)).added
    150
    >>> index.search(facets=[RangeFacet("pages", bounds=(10, 100))]).facets["pages"].as_dict()
    {'< 10': 10, '10 – 100': 90, '≥ 100': 50}
    >>> index.search(facets=[RangeFacet("pages", bins=3)]).facets["pages"].as_dict()
    {'0 – 50': 50, '50 – 100': 50, '100 – 150': 50}
    """

    field: str
    bounds: Sequence[float] = ()
    bins: int | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.bounds, str) or not isinstance(self.bounds, Sequence):
            raise QueryError(f"RangeFacet: bounds is a list of numbers, not {self.bounds!r}")
        object.__setattr__(self, "bounds", tuple(self.bounds))


@dataclass(frozen=True, slots=True)
class CalendarFacet:
    """The documents of each calendar year, month or day of a date or datetime field, in order;
    those without any are left out.

    Attributes:
        field: the field's name.
        unit: ``"year"``, ``"month"`` or ``"day"``.
        timezone: of a datetime field, the IANA name of the time zone whose calendar counts, such
            as ``"Asia/Ho_Chi_Minh"``. A day begins at its first midnight there; where clocks are
            put forward at midnight, at that moment.
        name: what the result is found under; None takes the field's name.

    >>> from searchlib import DateTime, Index, Schema
    >>> index = Index(Schema({"sent": DateTime()}))
    >>> index.add([{"id": "a", "sent": "2022-12-31T20:00:00Z"}]).added
    1
    >>> index.search(facets=[CalendarFacet("sent")]).facets["sent"].as_dict()
    {'2022': 1}
    >>> there = CalendarFacet("sent", timezone="Asia/Ho_Chi_Minh")
    >>> index.search(facets=[there]).facets["sent"].as_dict()
    {'2023': 1}
    """

    field: str
    unit: Literal["year", "month", "day"] = "year"
    timezone: str = "UTC"
    name: str | None = None


Facet: TypeAlias = ValueFacet | RangeFacet | CalendarFacet
