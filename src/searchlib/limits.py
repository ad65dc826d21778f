"""How much one caller may ask for, as one value."""

from __future__ import annotations

from typing import Final

from searchlib._dataclass import dataclass, names_of
from searchlib.errors import IndexStateError

__all__ = ["CHECKED", "Limits"]

#: Bytes of files that are checked, unless told otherwise: some 0.1 s where the system has them in
#: memory, as long as the disk needs where it has not.
CHECKED: Final = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large documents and queries may be, and how long a search may take.

    Given to ``Index``; others stand in ``docs/indexing.md``.

    Attributes:
        document: code points of a document as it is stored, JSON and texts; they take some 40
            bytes of memory each while it is added.
        query: code points of a query string that are read.
        timeout: seconds that a search may take where it is not told otherwise; None lets it take
            as long as it takes.
        checked: bytes of an index's files, the smallest first, that are checked, each once a
            process: those of stored documents before the first document of one is handed out, all
            of them before a writer can merge them. In what is not checked a flipped bit may end
            the process, unless ``verify`` was run before.

    Raises:
        IndexStateError: one is no number above 0.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}), limits=Limits(document=100, timeout=5))
    >>> print(index.add([{"id": "a", "title": "maps " * 50}]).rejected[0].error)
    document 'a' has 271 characters as it is stored, more than Limits(document=100) allows: cut \
it into several, or open the index with a larger limit
    """

    document: int = 10_000_000
    query: int = 10_000
    timeout: float | None = None
    checked: int = CHECKED

    def __post_init__(self) -> None:
        for name in names_of(self):
            value = getattr(self, name)
            kinds = (int, float) if name == "timeout" else int
            if name == "timeout" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, kinds) or not value > 0:
                raise IndexStateError(f"Limits({name}=…) is a number above 0, not {value!r}")
