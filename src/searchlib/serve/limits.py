"""How much one request may ask for, and how much work is done at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from searchlib.errors import ServeError

__all__ = ["ServerLimits"]

_LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """What a server answers, so that no request costs all others their answer.

    Attributes:
        query: code points of a query, and of any other text that is typed.
        page: hits of one page.
        depth: hits that may be left out before the first; a cursor goes on deeper.
        facets: facets of one search.
        values: lines of one facet.
        filters: values of all filters of one search together.
        searches: threads, which is how many searches run at once.
        waiting: searches that may wait for a thread; any more are turned away at once (503).
        seconds: how long a request may take. What waited as long is turned away (503); what ran as
            long is answered with an error (504), and its thread is free when the search next looks
            at the clock, before another question to the engine.

    Raises:
        ServeError: one is no number from 1 (``depth`` and ``waiting``: from 0) to a million.

    >>> ServerLimits(page=20).page
    20
    """

    query: int = 500
    page: int = 100
    depth: int = 10_000
    facets: int = 30
    values: int = 200
    filters: int = 100
    searches: int = 4
    waiting: int = 32
    seconds: float = 10.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            least = 0 if one.name in ("depth", "waiting") else 0.001 if one.name == "seconds" else 1
            is_number = isinstance(value, (int, float) if one.name == "seconds" else int)
            if isinstance(value, bool) or not is_number or not least <= value <= _LARGEST:
                kind = "a number" if one.name == "seconds" else "a whole number"
                raise ServeError(
                    f"the limit {one.name!r} is {kind} from {least:g} to {_LARGEST:,}, "
                    f"not {value!r}"
                )
