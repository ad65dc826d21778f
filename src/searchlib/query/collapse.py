"""What hits are put together by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from searchlib._dataclass import dataclass
from searchlib.errors import QueryError

__all__ = ["Collapse", "Collapsing", "NearDuplicates"]

_MOST_HITS: Final = 100
_LARGEST_DEPTH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Collapse:
    """Of all hits with the same value of a field only the best stands in the page.

    Of several values a document's first counts. A document without a value is a group by itself.

    Attributes:
        field: a keyword, category, integer, boolean, date or datetime field. Category paths are
            alike where they are the same whole path.
        hits: how many of the next best documents of its group each hit brings along; at most 100.

    Raises:
        QueryError: a value is of the wrong type or out of range.

    >>> Collapse("site", hits=2)
    Collapse(field='site', hits=2)
    """

    field: str
    hits: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.field, str):
            raise QueryError(f"Collapse: field is a field's name, not {self.field!r}")
        _check_whole("Collapse", "hits", self.hits, 0, _MOST_HITS)


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Of hits that are the same text with small differences only the best stands in the page.

    Two texts are near-duplicates where enough of either stands in the other too. What is compared
    are pairs of neighbouring words. Stretches that many documents of the index share weigh little:
    a header makes no duplicates, and a copy without it is one. A text of fewer than ten different
    pairs is a group by itself, as is a document without text.

    A hit joins the group of the best hit that it is a near-duplicate of.

    Attributes:
        share: how much of either text stands in the other, by weight: above 0, at most 1. One word
            changed in ten leaves about 0.8, one in five about 0.6.
        fields: the text fields to compare; None takes all.
        hits: how many of the next best documents of its group each hit brings along; at most 100.
        depth: how many of the best hits are compared; those after them are groups by themselves.
            At most 1,000.

    Raises:
        QueryError: a value is of the wrong type or out of range.

    >>> NearDuplicates(0.8, fields=["body"])
    NearDuplicates(share=0.8, fields=('body',), hits=0, depth=100)
    """

    share: float = 0.5
    fields: Sequence[str] | None = None
    hits: int = 0
    depth: int = 100

    def __post_init__(self) -> None:
        share, chosen = self.share, self.fields
        is_number = isinstance(share, (int, float)) and not isinstance(share, bool)
        if not (is_number and 0 < share <= 1):
            raise QueryError(f"NearDuplicates: share is above 0 and at most 1, not {share!r}")
        if chosen is not None:
            is_list = isinstance(chosen, Sequence) and not isinstance(chosen, str)
            if not (is_list and chosen and all(isinstance(name, str) for name in chosen)):
                raise QueryError(f"NearDuplicates: fields is a list of names, not {chosen!r}")
            object.__setattr__(self, "fields", tuple(chosen))
        _check_whole("NearDuplicates", "hits", self.hits, 0, _MOST_HITS)
        _check_whole("NearDuplicates", "depth", self.depth, 1, _LARGEST_DEPTH)


#: What hits are put together by: a field's name, ``Collapse`` or ``NearDuplicates``.
Collapsing: TypeAlias = str | Collapse | NearDuplicates


def _check_whole(owner: str, name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise QueryError(f"{owner}: {name} is {least} to {most:,}, not {value!r}")
