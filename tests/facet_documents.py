"""Documents to be counted, and the loops in Python that count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    FacetResult,
    Float,
    Index,
    Integer,
    Keyword,
    Schema,
    Stored,
    Text,
)
from tests.conftest import SMALL, indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "tag": Keyword(),
        "place": Category(),
        "n": Integer(),
        "x": Float(),
        "open": Boolean(),
        "day": Date(),
        "at": DateTime(),
        "raw": Stored(),
    },
    languages=["und"],
)
Documents = list[dict[str, Any]]
laws = settings(max_examples=25, deadline=None)


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values | st.lists(values, max_size=3)


_days = st.sampled_from([date.min, date(1, 12, 31), date(1969, 12, 31), date(1970, 1, 1)]) | (
    st.sampled_from([date(2020, 2, 29), date(2020, 3, 1), date(9999, 12, 31)]) | st.dates()
)
_moments = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2020, 3, 1, tzinfo=UTC) - timedelta(microseconds=1),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
    ]
)
_integers = st.integers(-3, 3) | st.sampled_from(
    [-(2**63), 2**63 - 1, 2**53 + 1, 2**53, -(2**53) - 1]
)
DOCUMENTS: Final = st.lists(
    st.fixed_dictionaries(
        {"title": st.sampled_from(["lion", "zebra", "lion zebra"])},
        optional={
            "tag": _some(st.sampled_from(["a", "b", "c", "a/b", "é", ""])),
            "place": _some(st.sampled_from(["A", "A/B", "A/B/C", "A.B", "A/BB", "D/A", "D/.*"])),
            "n": _some(_integers),
            "x": _some(st.sampled_from([-1.5, -0.0, 0.0, 0.1, 1.0, 1e300, -1e300, 5e-324])),
            "open": _some(st.booleans()),
            "day": _some(_days),
            "at": _some(_moments),
        },
    ),
    max_size=12,
).map(lambda found: [{"id": str(n), **document} for n, document in enumerate(found)])


def stocked(documents: Documents, size: int = 3) -> tuple[Index, Documents]:
    """An index of several segments, some of whose documents were deleted or replaced."""
    index = indexed(SCHEMA, *(documents[n : n + size] for n in range(0, len(documents), size)))
    gone = [{**one, "id": f"gone{n}"} for n, one in enumerate(documents[:3])]
    with index.writer(memory=SMALL) as writer:
        writer.add_many(gone).raise_for_rejected()
        for document in documents[:2]:
            writer.add({**document, "tag": "replaced", "n": 77, "place": "Z"})
    with index.writer(memory=SMALL) as writer:
        writer.delete(*(document["id"] for document in gone))
        writer.add_many(documents[:2]).raise_for_rejected()
    return index, documents


def values(document: dict[str, Any], field: str) -> list[Any]:
    value = document.get(field)
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def counted(documents: Documents, keys: Callable[[dict[str, Any]], set[Any]]) -> dict[Any, int]:
    return dict(Counter(key for document in documents for key in keys(document)))


def ancestors(path: str) -> list[str]:
    steps = path.split("/")
    return ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]


def check_filters(index: Index, query: Any, facet: FacetResult) -> None:
    """Each line's own filter finds as many documents as the line counts."""
    for line in facet:
        assert index.search(query, where=[line.filter], limit=0).total == line.count, line
