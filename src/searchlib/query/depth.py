"""How deep nodes may stand in nodes: what goes through them calls itself."""

from __future__ import annotations

from searchlib._typing import Final
from searchlib.errors import QueryError
from searchlib.query.nodes import And, Boost, ConstantScore, Not, Or, Query, Should

__all__ = ["MOST_DEEP", "check_depth"]

#: Nodes within nodes; a query string has fewer.
MOST_DEEP: Final = 100


def check_depth(node: Query) -> None:
    """Check that a node is not too deep.

    Raises:
        QueryError: it is.

    >>> from searchlib.query.nodes import Match
    >>> check_depth(Not(Match("maps")))
    """
    level: list[Query] = [node]
    for _ in range(MOST_DEEP):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return
    raise QueryError(
        f"the query has nodes within nodes more than {MOST_DEEP} deep: put clauses side by side, "
        "as in Or(*clauses)"
    )


def _inner(node: Query) -> tuple[Query, ...]:
    match node:
        case And(clauses) | Or(clauses):
            return clauses
        case Not(clause) | Should(clause) | Boost(clause, _) | ConstantScore(clause, _):
            return (clause,)
        case _:
            return ()
