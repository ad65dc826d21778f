"""What to sort hits by."""

from __future__ import annotations

from collections.abc import Sequence

from searchlib._dataclass import dataclass
from searchlib._typing import Final, Literal, TypeAlias
from searchlib.errors import QueryError

__all__ = ["SCORE", "Order", "Sort", "keys_of"]

#: The name to sort by relevance with, the best first.
SCORE: Final = "score"


@dataclass(frozen=True, slots=True)
class Sort:
    """One key to sort by: a field, the id, or ``"score"``.

    Attributes:
        field: the name of a keyword, integer, float, boolean, date or datetime field, or of the
            id; or a text field with a collation. Of several values, a document's first counts.
            Without a collation, keywords are sorted by code point.
            ``"score"`` is the relevance, the best first; it has neither direction nor gaps.
        descending: whether the largest come first.
        missing: where documents without a value stand: ``"last"`` or ``"first"``.

    >>> from searchlib import Index, Integer, Schema, Sort
    >>> index = Index(Schema({"year": Integer()}))
    >>> index.add([{"id": "a", "year": 2020}, {"id": "b"}, {"id": "c", "year": 2022}]).added
    3
    >>> index.search(sort="-year").ids, index.search(sort=Sort("year", missing="first")).ids
    (('c', 'a', 'b'), ('b', 'a', 'c'))
    """

    field: str
    descending: bool = False
    missing: Literal["first", "last"] = "last"

    def __post_init__(self) -> None:
        if not isinstance(self.field, str):
            raise QueryError(f"sort: a key is a field's name, not {self.field!r}")
        if self.field.startswith("-"):
            name = self.field.lstrip("-")
            raise QueryError(
                f"sort: {self.field!r} names no field: write Sort({name!r}, descending=True)"
            )
        if self.missing not in ("first", "last"):
            raise QueryError(f"sort: missing is 'first' or 'last', not {self.missing!r}")


#: Keys to sort by, the weightiest first: ``Sort``, or names, after ``-`` for the largest first.
Order: TypeAlias = str | Sort | Sequence[str | Sort]


def keys_of(order: Order) -> tuple[Sort, ...]:
    """Return the keys that are meant.

    Raises:
        QueryError: it has none of the forms.

    >>> keys_of("-year")
    (Sort(field='year', descending=True, missing='last'),)
    """
    if isinstance(order, Sort):
        return (order,)
    if isinstance(order, str):
        return (Sort(order.removeprefix("-"), order.startswith("-")),)
    if not isinstance(order, Sequence) or not order:
        raise QueryError(f"sort is a field's name, a Sort, or a list of these, not {order!r}")
    keys: list[Sort] = []
    for one in order:
        if not isinstance(one, (str, Sort)):
            raise QueryError(f"sort: a key is a field's name or a Sort, not {one!r}")
        keys += keys_of(one)
    return tuple(keys)
