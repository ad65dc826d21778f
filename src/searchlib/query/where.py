"""What narrows a search: the forms in which people give filters, made into nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from searchlib.errors import QueryError
from searchlib.query.depth import check_depth
from searchlib.query.nodes import And, Or, Query, Term, Value

__all__ = ["Where", "filters_of"]

#: What narrows a search without counting for its scores: field → a value, or several of which any
#: will do; or a node; or several nodes, all of which must match.
Where: TypeAlias = Mapping[str, Value | Collection[Value]] | Query | Sequence[Query]


def filters_of(where: Where | None) -> tuple[Query, ...]:
    """Return the nodes that must all match.

    Raises:
        QueryError: it has none of the forms, or nodes stand too deep in nodes.

    >>> filters_of({"year": 2022, "author": ["Salim", "Quang"]})[0]
    Term(field='year', value=2022)
    """
    nodes = _filters_of(where)
    for node in nodes:
        check_depth(node)
    return nodes


def _filters_of(where: Where | None) -> tuple[Query, ...]:
    if where is None:
        return ()
    if isinstance(where, And):
        return where.clauses
    if isinstance(where, Query):
        return (where,)
    if isinstance(where, Mapping):
        return tuple(_equals(name, value) for name, value in where.items())
    is_list = isinstance(where, Sequence) and not isinstance(where, str)
    if not is_list or not all(isinstance(node, Query) for node in where):
        raise QueryError(
            "where is a dict of field → value or values, a node, or a list of nodes, not "
            f"{where!r}; a query string goes into the query itself"
        )
    return tuple(where)


def _equals(name: str, value: Value | Collection[Value]) -> Query:
    if isinstance(value, Query):
        raise QueryError(f"where[{name!r}] is a node: nodes go into a list, where=[…]")
    if isinstance(value, Mapping):
        raise QueryError(
            f"where[{name!r}] is a dict: it takes a value, or a list of them; bounds are a node, "
            f"where=[Range({name!r}, gte=…, lt=…)]"
        )
    if isinstance(value, Collection) and not isinstance(value, str):
        terms = [Term(name, one) for one in value]
        return terms[0] if len(terms) == 1 else Or(*terms)
    return Term(name, value)
