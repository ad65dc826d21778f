"""What a caller gives for a query: text that a person typed, nodes, or nothing."""

from __future__ import annotations

from searchlib._typing import Final
from searchlib.errors import QueryError, QuerySyntaxError
from searchlib.query.depth import check_depth
from searchlib.query.nodes import All, Query
from searchlib.query.parser import parse
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["LONGEST_QUERY", "node_of"]

#: Code points of a query string that are read.
LONGEST_QUERY: Final = 10_000


def node_of(
    query: str | Query | None,
    schema: Schema,
    *,
    strict: bool = False,
    regex: bool = False,
    longest: int = LONGEST_QUERY,
) -> tuple[Query, tuple[Notice, ...]]:
    """Return the node that is meant, and what was guessed or left out on the way.

    Args:
        query: a string, a node, or None for every document.
        schema: the fields that a string may name.
        strict: raise where a string does not parse, instead of guessing.
        regex: read ``/…/`` in a string as a regular expression.
        longest: code points of a string that are read.

    Raises:
        QueryError: it is none of these, or nodes stand too deep in nodes.
        QuerySyntaxError: ``strict``, and the string does not parse.

    >>> str(node_of(" ", Schema({}))[0])
    '*:*'
    """
    if query is None:
        return All(), ()
    if isinstance(query, Query):
        check_depth(query)
        return query, ()
    if not isinstance(query, str):
        raise QueryError(f"a query is a str or a node, not {type(query).__name__}")
    if not query.strip():
        return All(), ()
    if len(query) <= longest:
        return parse(query, schema, strict=strict, regex=regex)
    message = f"only the first {longest:,} characters of the query were read"
    if strict:
        raise QuerySyntaxError(message, query=query[:80] + "…", position=0)
    node, notices = parse(query[:longest], schema, regex=regex)
    return node, (Notice("too-long", message, longest, len(query)), *notices)
