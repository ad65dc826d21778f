"""Cursors: the place of a hit in a search, as a short string."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from searchlib._dataclass import NamedTuple
from searchlib.errors import QueryError
from searchlib.fields import show

__all__ = ["Place", "cursor_of", "place_of"]


class Place(NamedTuple):
    """Where a page ended.

    Attributes:
        position: how many hits stood up to there.
        moment: what was taken for the present, in microseconds since 1970; 0 where nothing asked.
        values: what the last hit was sorted by, one value a key.
    """

    position: int
    moment: int
    values: Sequence[Any]


def cursor_of(place: Place, asked: object) -> str:
    """Return the cursor for a place, with a check of it and of what was asked, which tells damaged
    cursors and those of other searches.

    Args:
        place: where the page ended.
        asked: what tells the search from others; its repr is the same in all processes.
    """
    from base64 import urlsafe_b64encode  # most searches hand out no cursor

    position, moment, values = place
    parts = [_digest(asked, position, moment, list(values)), position, moment, *values]
    data = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(data.encode()).decode().rstrip("=")


def place_of(cursor: str, asked: object) -> Place:
    """Return the place that a cursor names.

    Raises:
        QueryError: it is none, or one of another search.
    """
    if not isinstance(cursor, str):
        raise QueryError(f"after is a str, the cursor of a result: not {show(cursor)}")
    from base64 import b64decode

    try:
        padding = "=" * (-len(cursor) % 4)
        plain = json.loads(b64decode(cursor + padding, b"-_", validate=True))
        digest, position, moment, *values = plain
        if digest == _digest(asked, position, moment, values):
            return Place(position, moment, values)
    except (ValueError, TypeError):
        pass
    raise QueryError(
        "after is the cursor of a result of the same search: its query, filters, sort and the "
        f"rest; this one is damaged or of another search: {show(cursor)}"
    )


def _digest(*parts: object) -> str:
    from hashlib import blake2b  # loads OpenSSL

    return blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=8).hexdigest()
