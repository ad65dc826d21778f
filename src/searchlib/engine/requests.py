"""The check that a facet can be counted, before anything is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from searchlib._dataclass import replace
from searchlib.engine.layout import LANGUAGE
from searchlib.errors import QueryError
from searchlib.fields import (
    Boolean,
    Category,
    Date,
    DateTime,
    Field,
    Float,
    Integer,
    Keyword,
    described,
)
from searchlib.languages import base_code
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.query.nodes import Value
from searchlib.schema import Schema

__all__ = ["MOST_BUCKETS", "facets_of", "name_of"]

#: tantivy refuses an answer of more buckets than this.
MOST_BUCKETS: Final = 65_000

_FITS: Final = {
    ValueFacet: (Keyword, Category, Integer, Boolean),
    RangeFacet: (Integer, Float),
    CalendarFacet: (Date, DateTime),
}
_MOST_BINS: Final = 1_000


def name_of(facet: Facet) -> str:
    """Return what the result of a facet is found under."""
    return facet.field if facet.name is None else facet.name


def facets_of(facets: Sequence[str | Facet] | None, schema: Schema) -> list[Facet]:
    """Return the checked requests for facets.

    Raises:
        QueryError: a facet does not fit its field, or two have one name.
    """
    if facets is None:
        return []
    if isinstance(facets, str):
        raise QueryError(f"facets is a list: [{facets!r}]")
    if not isinstance(facets, Iterable):
        raise QueryError(f"facets is a list of field names and requests, not {facets!r}")
    requests = [_facet_of(facet, schema) for facet in facets]
    names = [name_of(request) for request in requests]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise QueryError(
            f"two facets of one name in one search: {', '.join(sorted(doubled))}; give one a "
            "name, as in ValueFacet(field, name=…)"
        )
    return requests


def _facet_of(request: str | Facet, schema: Schema) -> Facet:
    """The facet that is meant, a bare field name by its type."""
    if not isinstance(request, (str, ValueFacet, RangeFacet, CalendarFacet)):
        raise QueryError(
            f"a facet is a field's name, ValueFacet, RangeFacet or CalendarFacet, not {request!r}"
        )
    name = request if isinstance(request, str) else request.field
    kind = Keyword() if name == LANGUAGE else schema.fields.get(name)
    if kind is None:
        known = ", ".join(schema.fields)
        raise QueryError(f"facet on {name!r}: there is no such field; the schema has {known}")
    language = next(iter(schema.languages), "und")
    if isinstance(request, str):
        return _named(name, kind, language)
    return _checked(request, name, kind, language)


@lru_cache(maxsize=1_000)
def _named(name: str, kind: Field, language: str) -> Facet:
    """The facet of a field of which no more is said; nearly every search asks for the same."""
    if isinstance(kind, (Date, DateTime)):
        return CalendarFacet(name)
    return _checked(ValueFacet(name), name, kind, language)


def _checked(request: Facet, name: str, kind: Field, language: str) -> Facet:
    """The facet as it was asked for, if it fits its field."""
    allowed = _FITS[type(request)]
    if not isinstance(kind, allowed):
        types = ", ".join(one.type_name for one in allowed)
        raise QueryError(
            f"{type(request).__name__} on {name!r}: it counts {types} fields, not {described(kind)}"
        )
    where = f"{type(request).__name__} on {name!r}"
    if not (request.name is None or isinstance(request.name, str)):
        raise QueryError(f"{where}: name is a str, not {request.name!r}")
    match request:
        case ValueFacet():
            return _checked_values(request, kind, language, where)
        case RangeFacet():
            _check_ranges(request, kind, where)
        case CalendarFacet():
            _check_calendar(request, kind, where)
    return request


def _checked_values(facet: ValueFacet, kind: Field, language: str, where: str) -> ValueFacet:
    """The facet with its values as the engine holds them, and a language: its own, the field's, or
    the one given."""
    limit = facet.limit
    if isinstance(limit, bool) or not (isinstance(limit, int) and 1 <= limit <= MOST_BUCKETS):
        raise QueryError(f"{where}: limit is 1 to {MOST_BUCKETS:,}, not {limit!r}")
    if facet.order not in ("count", "value"):
        raise QueryError(f"{where}: order is 'count' or 'value', not {facet.order!r}")
    for name in ("prefix", "matching"):
        text = getattr(facet, name)
        if not isinstance(text, str):
            raise QueryError(f"{where}: {name} is a str, not {text!r}")
        if text and not isinstance(kind, (Keyword, Category)):
            raise QueryError(f"{where}: {name} is of keyword and category fields")
    if facet.under is not None and not isinstance(kind, Category):
        raise QueryError(f"{where}: only a category has values under {facet.under!r}")
    own = facet.language
    if own is None and isinstance(kind, Keyword):
        own = kind.collation
    try:
        language = base_code(language if own is None else own)
    except (ValueError, TypeError):
        raise QueryError(f"{where}: language is a code such as 'vi', not {own!r}") from None
    try:
        return replace(
            facet,
            under=None if facet.under is None else kind.encode(facet.under),
            include=None if facet.include is None else _encoded(facet.include, kind),
            exclude=_encoded(facet.exclude, kind),
            language=language,
        )
    except ValueError as error:
        raise QueryError(f"{where}: {error}") from None


def _encoded(values: object, kind: Field) -> tuple[Value, ...]:
    assert isinstance(values, tuple)
    return tuple(kind.encode(value) for value in values)


def _check_ranges(facet: RangeFacet, kind: Field, where: str) -> None:
    bounds, bins = facet.bounds, facet.bins
    if bins is not None:
        if bounds:
            raise QueryError(f"{where}: give bounds or bins, not both")
        if isinstance(bins, bool) or not (isinstance(bins, int) and 1 <= bins <= _MOST_BINS):
            raise QueryError(f"{where}: bins is 1 to {_MOST_BINS:,}, not {bins!r}")
        return
    for bound in bounds:
        try:
            kind.encode(bound)
        except ValueError as error:
            raise QueryError(f"{where}: {error}") from None
    if not bounds or list(bounds) != sorted(set(bounds)):
        raise QueryError(f"{where}: bounds are numbers in ascending order, not {bounds!r}")


def _check_calendar(facet: CalendarFacet, kind: Field, where: str) -> None:
    if facet.unit not in ("year", "month", "day"):
        raise QueryError(f"{where}: unit is 'year', 'month' or 'day', not {facet.unit!r}")
    if facet.timezone == "UTC":
        return
    if isinstance(kind, Date):
        raise QueryError(f"{where}: the days of a date field are in no time zone")
    from zoneinfo import ZoneInfo  # rarely needed, slow to import

    try:
        ZoneInfo(facet.timezone)
    except (KeyError, ValueError, TypeError, OSError, AttributeError):
        raise QueryError(
            f"{where}: timezone is a name such as 'Asia/Ho_Chi_Minh' that this machine knows, not "
            f"{facet.timezone!r}"
        ) from None
