"""What a search is asked for besides its query, checked against the schema: an error names what is
wrong, and what would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from searchlib._dataclass import replace
from searchlib.engine.layout import ID, sort_field
from searchlib.errors import QueryError
from searchlib.fields import Boolean, Date, DateTime, Float, Integer, Keyword, Text
from searchlib.query.order import SCORE, Order, Sort, keys_of
from searchlib.schema import Schema

if TYPE_CHECKING:  # what only some searches need is loaded where they ask for it
    from searchlib.highlight import Highlight
    from searchlib.query.collapse import Collapse, Collapsing, NearDuplicates
    from searchlib.query.facets import Facet

__all__ = [
    "check_page",
    "check_typed",
    "grouping_of",
    "highlighting_of",
    "requests_of",
    "sort_keys",
    "text_names",
]

_SORTABLE: Final = (Keyword, Integer, Float, Boolean, Date, DateTime)


def check_typed(typed: str, limit: int) -> None:
    """Check what somebody has typed so far, and how many suggestions are wanted.

    Raises:
        QueryError: it is no str, or ``limit`` is no number from 0.
    """
    if not isinstance(typed, str):
        raise QueryError(f"what was typed is a str, not {typed!r}")
    check_page(limit, 0)


def check_page(limit: int, offset: int) -> None:
    """Check which hits are wanted.

    Raises:
        QueryError: one is no whole number from 0.
    """
    for name, value in (("limit", limit), ("offset", offset)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise QueryError(f"{name} is a whole number from 0, not {value!r}")


def text_names(fields: Sequence[str] | None, schema: Schema) -> Sequence[str]:
    """Return the names of text fields, checked; of all where none are given.

    Raises:
        QueryError: it is no list, or one is no text field.
    """
    known = schema.text_fields
    if fields is None:
        return tuple(known)
    if isinstance(fields, str):
        raise QueryError(f"fields is a list of names, not {fields!r}")
    for name in fields:
        if name not in known:
            has = ", ".join(known) or "none"
            raise QueryError(f"there is no text field {name!r}; the schema's text fields: {has}")
    return tuple(dict.fromkeys(fields))


def sort_keys(order: Order | None, schema: Schema) -> tuple[Sort, ...] | None:
    """Return the keys to sort by, in the engine's names; None for relevance alone.

    Raises:
        QueryError: a field is not there or cannot be sorted by.
    """
    if order is None:
        return None
    keys = []
    for key in keys_of(order):
        kind = schema.fields.get(key.field)
        is_score = key.field == SCORE and kind is None
        if is_score and key != Sort(SCORE):
            raise QueryError(
                "sort: 'score' puts the best first and has no other direction and no gaps: give "
                "'score' itself"
            )
        if key.field == schema.id:
            keys.append(Sort(ID, key.descending))
        elif isinstance(kind, (Keyword, Text)) and kind.collation is not None:
            keys.append(replace(key, field=sort_field(key.field)))
        elif is_score or isinstance(kind, _SORTABLE):
            keys.append(key)
        else:
            own = [
                name
                for name, kind in schema.fields.items()
                if isinstance(kind, _SORTABLE) or (isinstance(kind, Text) and kind.collation)
            ]
            remedy = "declare it as Text(collation='en'), 'und' or another language, or sort by: "
            raise QueryError(
                f"cannot sort by {key.field!r}"
                + (
                    f", a text field: {remedy}"
                    if isinstance(kind, Text)
                    else "; fields to sort by: "
                )
                + ", ".join([schema.id, *own, SCORE])
            )
    return tuple(keys)


def requests_of(facets: Sequence[str | Facet] | None, schema: Schema) -> Sequence[Facet]:
    """Return the checked requests for facets.

    Raises:
        QueryError: as ``facets_of``.
    """
    if facets is None:
        return ()
    from searchlib.engine.requests import facets_of

    return facets_of(facets, schema)


def grouping_of(request: Collapsing | None, schema: Schema) -> Collapse | NearDuplicates | None:
    """Return the checked request for groups of hits; None for each by itself.

    Raises:
        QueryError: as ``collapse_of``.
    """
    if request is None:
        return None
    from searchlib.engine.collapse import collapse_of

    return collapse_of(request, schema)


def highlighting_of(
    request: bool | Sequence[str] | Highlight | None, schema: Schema
) -> Highlight | None:
    """Return how to mark hits, checked; None for not at all.

    Raises:
        QueryError: as ``options_of``.
    """
    if request is None or request is False:
        return None
    from searchlib.highlight import options_of

    return options_of(request, schema.text_fields)
