"""Value facets: all values of a field with their counts, and which of them are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from unicodedata import normalize

from searchlib import _tantivy as tantivy
from searchlib._later import regex
from searchlib.analysis import collation_key, fold
from searchlib.engine.requests import MOST_BUCKETS
from searchlib.engine.snapshot import Snapshot
from searchlib.fields import Boolean, Category, Field, Integer, Keyword
from searchlib.query.facets import ValueFacet
from searchlib.query.nodes import Value

__all__ = ["accepted", "first_of", "in_order", "value_counts", "values_request"]

# Each segment hands on its most frequent values; to be exact it must hand on all of them.
_ALL_OF_SEGMENT: Final = 2**31
_MOST_VALUES: Final = MOST_BUCKETS // 2  # of all facets of one pass; ranges take buckets too
_BREAK: Final = regex(r"""[\s\-‐–—'’‘"“”«».,;:/()\[\]&_]+""")


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
        found = counts_of(answer)
    elif isinstance(kind, Integer):
        found = dict(snapshot.integers(facet.field, query))
    else:  # more values than one answer holds
        found = dict(snapshot.values(facet.field, query))
    if isinstance(kind, Boolean):
        return {bool(value): count for value, count in found.items()}
    if isinstance(kind, Category):
        return {path: count for path, count in found.items() if _is_child(path, facet)}
    return found


def counts_of(answer: dict[str, Any]) -> dict[Any, int]:
    """Return value → count of tantivy's answer."""
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]}


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


def first_of(counts: dict[Value, int], facet: ValueFacet, kind: Field) -> list[Value]:
    """Return the values that a facet shows, in no particular order."""
    if len(counts) <= facet.limit:
        return list(counts)
    if facet.order == "count":
        # Of tens of thousands only those are put in order that may be among the first.
        least = sorted(counts.values(), reverse=True)[facet.limit - 1]
        counts = {value: count for value, count in counts.items() if count >= least}
    return in_order(counts, facet, kind)[: facet.limit]


def in_order(counts: dict[Value, int], facet: ValueFacet, kind: Field) -> list[Value]:
    """Return the values in the order in which a facet shows them."""
    if facet.order == "count":
        return sorted(counts, key=lambda value: (-counts[value], value))
    if not isinstance(kind, (Keyword, Category)):
        return sorted(counts, key=lambda value: value)
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
