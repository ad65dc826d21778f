"""Value facets: all values of a field with their counts, and which of them are shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple
from unicodedata import normalize

from searchlib import _tantivy as tantivy
from searchlib._later import regex
from searchlib.analysis import collation_key, fold
from searchlib.engine.requests import MOST_BUCKETS
from searchlib.engine.snapshot import Snapshot
from searchlib.fields import Boolean, Category, Field, Integer, Keyword
from searchlib.query.facets import ValueFacet
from searchlib.query.nodes import Value

__all__ = [
    "Counted",
    "accepted",
    "commonest",
    "first_of",
    "in_order",
    "value_counts",
    "values_request",
]

# Each segment hands on its most frequent values; to be exact it must hand on all of them.
_ALL_OF_SEGMENT: Final = 2**31
_key: Final = itemgetter("key")
_count: Final = itemgetter("doc_count")
_MOST_VALUES: Final = MOST_BUCKETS // 2  # of all facets of one pass; ranges take buckets too
_BREAK: Final = regex(r"""[\s\-‐–—'’‘"“”«».,;:/()\[\]&_]+""")


class Counted(NamedTuple):
    """How many documents have the values of a facet.

    Attributes:
        counts: value → count, of all or of the commonest.
        total: the sum of the counts of all.
        distinct: how many values there are.
    """

    counts: Mapping[Value, int]
    total: int
    distinct: int


def values_request(facet: ValueFacet, facets: int) -> dict[str, Any]:
    """Return the request for all values of a facet, one of so many in one pass.

    All values, because each segment gathers all anyway; which are shown is chosen in Python. (To
    match the paths of a category against a pattern takes tantivy three times as long as to count.)
    """
    size = _MOST_VALUES // facets
    return {"terms": {"field": facet.field, "size": size, "segment_size": _ALL_OF_SEGMENT}}


def value_counts(
    snapshot: Snapshot,
    facet: ValueFacet,
    kind: Field,
    answer: dict[str, Any],
    query: tantivy.Query,
) -> dict[Value, int]:
    """Return value → count, of all values.

    Args:
        snapshot: the commit that is searched.
        facet: a checked request.
        kind: the type of its field.
        answer: tantivy's, to ``values_request``.
        query: finds the documents that are counted.
    """
    if not answer["sum_other_doc_count"]:
        found = _counts_of(answer["buckets"])
    elif isinstance(kind, Integer):
        found = dict(snapshot.integers(facet.field, query))
    else:  # more values than one answer holds
        found = dict(snapshot.values(facet.field, query))
    if isinstance(kind, Boolean):
        return {bool(value): count for value, count in found.items()}
    if isinstance(kind, Category):
        return {path: count for path, count in found.items() if _is_child(path, facet)}
    return found


def commonest(facet: ValueFacet, kind: Field, answer: dict[str, Any]) -> Counted | None:
    """Return the counts of the values that may be shown, of a facet that is about all values; None
    where the others have to be looked at too.

    The commonest come first in an answer; equals in any order.
    """
    if facet.order != "count" or isinstance(kind, Boolean) or answer["sum_other_doc_count"]:
        return None
    buckets, end = answer["buckets"], facet.limit
    counts = list(map(_count, buckets))
    if len(buckets) > end:
        end = len(buckets) - bisect_left(counts[::-1], counts[end - 1])
    return Counted(_counts_of(buckets[:end]), sum(counts), len(buckets))


def _counts_of(buckets: Sequence[dict[str, Any]]) -> dict[Any, int]:
    """Value → count of tantivy's answer."""
    return dict(zip(map(_key, buckets), map(_count, buckets), strict=True))


def accepted(facet: ValueFacet, kind: Field) -> Callable[[Value], bool] | None:
    """Return whether a facet is about a value; None where it is about all that were counted."""
    include = None if facet.include is None else frozenset(facet.include)
    exclude = frozenset(facet.exclude)
    prefix, typed = " ".join(_words(facet.prefix)), _words(facet.matching)
    is_choosy = include is not None or exclude or prefix or typed
    if not (is_choosy or isinstance(kind, Category)):
        return None

    def accepts(value: Value) -> bool:
        if value in exclude or (include is not None and value not in include):
            return False
        if isinstance(kind, Category) and not _is_child(value, facet):
            return False
        if not (prefix or typed):
            return True
        words = _words(_label(value, kind))
        return " ".join(words).startswith(prefix) and all(
            any(word.startswith(part) for word in words) for part in typed
        )

    return accepts


def first_of(counts: Mapping[Value, int], facet: ValueFacet, kind: Field) -> list[Value]:
    """Return the values that a facet shows, in its order."""
    if facet.order == "count" and len(counts) > facet.limit:
        # Of tens of thousands only those are put in order that may be among the first.
        least = sorted(counts.values(), reverse=True)[facet.limit - 1]
        counts = {value: count for value, count in counts.items() if count >= least}
    return in_order(counts, facet, kind)[: facet.limit]


def in_order(counts: Mapping[Value, int], facet: ValueFacet, kind: Field) -> list[Value]:
    """Return the values in the order in which a facet shows them."""
    if facet.order == "count":
        by_value = sorted(counts)
        return sorted(by_value, key=counts.__getitem__, reverse=True)  # equals keep their order
    if not isinstance(kind, (Keyword, Category)):
        return sorted(counts)
    key = collation_key(facet.language or "und")
    return sorted(counts, key=lambda value: (key(_label(value, kind)), str(value)))


def _is_child(path: Value, facet: ValueFacet) -> bool:
    return str(path).rpartition("/")[0] == (facet.under or "")


def _label(value: Value, kind: Field) -> str:
    text = str(value)
    return text.rpartition("/")[2] if isinstance(kind, Category) else text


@lru_cache(maxsize=100_000)
def _words(label: str) -> tuple[str, ...]:
    """The words of a label, without case and marks."""
    return tuple(fold(word) for word in _BREAK.split(normalize("NFC", label)) if word)
