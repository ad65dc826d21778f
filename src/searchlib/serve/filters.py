"""Filters as they stand in a URL, and the values of facets as filters."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from searchlib.engine.layout import LANGUAGE
from searchlib.errors import QueryError
from searchlib.fields import Stored, Text
from searchlib.query.nodes import Exists, Or, Query, Range, Term
from searchlib.query.parser import parse
from searchlib.results import FacetCount
from searchlib.schema import Schema
from searchlib.serve.problems import Problem

__all__ = ["PREFIX", "filter_of", "filterable", "text_of"]

#: What stands before a field's name: ``filter.author=Salim``.
PREFIX: Final = "filter."


def filterable(schema: Schema) -> tuple[str, ...]:
    """Return the fields that hits can be filtered by, the language among them.

    >>> from searchlib import Keyword, Schema, Text
    >>> filterable(Schema({"title": Text(), "author": Keyword()}))
    ('author', '_language')
    """
    names = (n for n, kind in schema.fields.items() if not isinstance(kind, (Text, Stored)))
    return (*names, LANGUAGE)


def filter_of(schema: Schema, name: str, texts: Sequence[str]) -> Query:
    """Return the node that any of these values of a field match.

    A number or date is written as in a query: ``2022``, ``2022-09``, ``5..9``, ``[5 TO 9}``.

    Raises:
        Problem: a text is no value of the field.

    >>> from searchlib import Integer, Schema
    >>> str(filter_of(Schema({"pages": Integer()}), "pages", ["5..9"]))
    'pages:[5 TO 9]'
    """
    nodes = [_one(schema, name, text) for text in texts]
    return nodes[0] if len(nodes) == 1 else Or(*nodes)


def _one(schema: Schema, name: str, text: str) -> Query:
    if name == LANGUAGE:
        return Term(name, text)
    kind = schema.fields[name]
    try:
        if not kind.is_ordered:
            return Term(name, kind.parse(text))
        node, _ = parse(f"{name}:{text}", schema, strict=True)
        if isinstance(node, (Term, Range, Exists)) and node.field == name:
            return node
    except (QueryError, ValueError):
        pass
    spans = ", or a span: low..high" if kind.is_ordered else ""
    raise Problem(
        HTTPStatus.BAD_REQUEST,
        "bad-filter",
        f"{text[:80]!r} is no filter of {name!r}, which takes {kind.expects}{spans}",
        PREFIX + name,
    )


def text_of(line: FacetCount) -> str:
    """Return the text that filters by a line of a facet.

    >>> text_of(FacetCount("10 – 100", 3, False, Range("pages", gte=10, lt=100)))
    '[10 TO 100}'
    """
    if isinstance(line.filter, Range) and not _is_calendar(line):
        return str(line.filter).partition(":")[2]
    return str(line.value).lower() if isinstance(line.value, bool) else str(line.value)


def _is_calendar(line: FacetCount) -> bool:
    """Whether a line is a year, a month or a day, which filter by their names."""
    return isinstance(line.value, str) and line.value.replace("-", "").isdigit()
