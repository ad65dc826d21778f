"""What people write after ``--where`` and ``--facet`` → nodes and requests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from searchlib.cli.codes import UsageError
from searchlib.engine.layout import LANGUAGE
from searchlib.errors import QuerySyntaxError
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
    described,
)
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.query.given import node_of
from searchlib.query.nodes import Not, Query, Term
from searchlib.schema import Schema

__all__ = ["facets_of", "filters_of"]

_CONDITION: Final = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<)\s*(.*?)\s*", re.DOTALL)
_QUOTED: Final = (Text, Keyword, Category, Boolean)
_BINS: Final = 5


def filters_of(conditions: Sequence[str], schema: Schema) -> list[Query]:
    """Return the node of each condition: ``section=News``, ``date>=2022``, ``author!=Salim``, or
    anything of the query language, such as ``author:(Salim OR Quang)``.

    Raises:
        UsageError: a field is not there, or the value is none of its kind.

    >>> from searchlib.fields import Date
    >>> [str(node) for node in filters_of(["date>=2022"], Schema({"date": Date()}))]
    ['date:[2022-01-01 TO *]']
    """
    return [_filter(condition, schema) for condition in conditions]


def _filter(condition: str, schema: Schema) -> Query:
    match = _CONDITION.fullmatch(condition)
    if match is None:
        return _parsed(condition, condition, schema)
    name, sign, value = match.groups()
    is_label = name in (LANGUAGE, schema.id)
    kind = Keyword() if is_label else _kind(name, schema, f"--where {condition!r}")
    if not value:
        raise UsageError(f"--where {condition!r}: a value is missing after {sign}")
    if kind.is_ordered and len(value.split()) > 1:
        raise UsageError(f"--where {condition!r}: {value!r} is more than one value")
    if sign in ("=", "!="):
        if name == LANGUAGE:
            node: Query = Term(name, value)
        else:
            node = _parsed(condition, f"{name}:{_written(kind, value)}", schema)
        return Not(node) if sign == "!=" else node
    if not kind.is_ordered:
        raise UsageError(
            f"--where {condition!r}: {name!r} is {described(kind)}, which has no order: write "
            f"{name}={value}"
        )
    return _parsed(condition, f"{name}:{sign}{value}", schema)


def _written(kind: Field, value: str) -> str:
    """A value as the query language has it."""
    if not isinstance(kind, _QUOTED):  # it may be a span: 2020..2022
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _parsed(condition: str, query: str, schema: Schema) -> Query:
    try:
        return node_of(query, schema, strict=True)[0]
    except QuerySyntaxError as error:
        reason = str(error).splitlines()[0].rpartition(", at character")[0]
        reason = re.sub(r"(; |: |, )?ignored$", "", reason)
        raise UsageError(f"--where {condition!r}: {reason}") from error


def facets_of(wanted: Sequence[str], schema: Schema) -> list[str | Facet]:
    """Return the request of each facet: the name of a field, alone or with what the field can be
    counted by after a colon: ``date:month``, ``section:News/Asia``, ``pages:5`` ranges.

    Raises:
        UsageError: that field is not counted so.

    >>> from searchlib.fields import Date
    >>> facets_of(["date:month"], Schema({"date": Date()}))
    [CalendarFacet(field='date', unit='month', timezone='UTC', name='date:month')]
    """
    return [_facet(one, schema) for one in wanted]


def _facet(wanted: str, schema: Schema) -> str | Facet:
    name, _, detail = wanted.partition(":")
    if name == LANGUAGE:
        return name
    match _kind(name, schema, f"--facet {wanted!r}"):
        case Date() | DateTime():
            if detail in ("", "year", "month", "day"):
                return CalendarFacet(name, unit=detail or "year", name=wanted)  # type: ignore[arg-type]
            raise UsageError(f"--facet {wanted!r}: dates are counted by year, month or day")
        case Integer() | Float() as kind:
            if not detail and isinstance(kind, Integer):
                return ValueFacet(name)
            if not detail or detail.isdecimal():
                return RangeFacet(name, bins=int(detail or _BINS), name=wanted)
            raise UsageError(
                f"--facet {wanted!r}: after the colon of a number stands into how many ranges to "
                f"cut what is found, as in {name}:{_BINS}"
            )
        case Category():
            return ValueFacet(name, under=detail or None, name=wanted)
        case Keyword() | Boolean() if not detail:
            return ValueFacet(name)
        case Keyword() | Boolean():
            raise UsageError(f"--facet {wanted!r}: the values of {name!r} are counted as they are")
        case kind:
            raise UsageError(f"--facet {wanted!r}: {described(kind)} cannot be counted")


def _kind(name: str, schema: Schema, option: str) -> Field:
    if name not in schema.fields:
        known = ", ".join(schema.fields) or "none"
        raise UsageError(f"{option}: there is no field {name!r}; the index has {known}")
    return schema.fields[name]
