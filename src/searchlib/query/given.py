"""What a caller gives for a query: text that a person typed, nodes, or nothing."""

from __future__ import annotations

from typing import Final

from searchlib.errors import QueryError, QuerySyntaxError
from searchlib.query.nodes import All, Query
from searchlib.query.parser import parse
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["LONGEST_QUERY", "node_of"]

#: Code points of a query string that are read.
LONGEST_QUERY: Final = 10_000


def node_of(
    query: str | Query | None, schema: Schema, *, strict: bool = False, regex: bool = False
) -> tuple[Query, tuple[Notice, ...]]:
    """Return the node that is meant, and what was guessed or left out on the way.

    Args:
        query: a string, a node, or None for every document.
        schema: the fields that a string may name.
        strict: raise where a string does not parse, instead of guessing.
        regex: read ``/…/`` in a string as a regular expression.

    Raises:
        QueryError: it is none of these.
        QuerySyntaxError: ``strict``, and the string does not parse.

    >>> str(node_of(" ", Schema({}))[0])
    '*:*'
    """
    if query is None:
        return All(), ()
    if isinstance(query, Query):
        return query, ()
    if not isinstance(query, str):
        raise QueryError(f"a query is a str or a node, not {type(query).__name__}")
    if not query.strip():
        return All(), ()
    if len(query) <= LONGEST_QUERY:
        return parse(query, schema, strict=strict, regex=regex)
    message = f"only the first {LONGEST_QUERY:,} characters of the query were read"
    if strict:
        raise QuerySyntaxError(message, query=query[:80] + "…", position=0)
    node, notices = parse(query[:LONGEST_QUERY], schema, regex=regex)
    return node, (Notice("too-long", message, LONGEST_QUERY, len(query)), *notices)
