"""Chunks → the views of a text: what each chunk adds, remembered and joined.

This is the hot path of indexing. ``_columns.c`` does the same up to four times as fast, because
what it remembers lies side by side in memory; it is compiled when the package is installed, and
where that was not possible, this is what runs. ``tests/test_columns.py`` holds both to the same
results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final, Protocol, TypeAlias

from searchlib.analysis.memo import Memo

__all__ = ["COMPILED", "Columns", "Row", "columns", "joined"]

#: What one chunk, or one word, adds to each view of a text, made for joining without a joint: the
#: terms of written, folded, stem and pair, adjacent characters, and forms, each term with a space
#: behind it. Pairs reach across chunks: a word adds the end of one and the beginning of the next,
#: as ``+hoi hoi``, so that what is joined only lacks its first and last word.
Row: TypeAlias = tuple[str, str, str, str, str, str]

_WIDTH: Final = 6


class Columns(Protocol):
    """What each chunk of texts adds to their columns, remembered."""

    def join(self, text: str) -> Row:
        """Return the columns of a text: what its chunks add, in their order; to the last column a
        chunk that comes again may add nothing.

        Raises:
            UnicodeEncodeError: the text holds halves of surrogate pairs.
        """


class InPython:
    """``Columns`` without anything compiled."""

    def __init__(self, work_out: Callable[[str], Row], seed: int = 0) -> None:
        self._rows = Memo(work_out)

    def join(self, text: str) -> Row:
        """Return the columns of a text."""
        *columns, forms = joined(map(self._rows.__getitem__, text.split()))
        forms = "".join(f"{form} " for form in dict.fromkeys(forms.split()))
        return *columns, forms  # type: ignore[return-value]


def joined(rows: Iterable[Row]) -> Row:
    """Join what chunks or words add.

    >>> joined([("a ", "a ", "", "+a a", "", ""), ("é ", "e ", "", "+e e", "", "e=é ")])
    ('a é ', 'a e ', '', '+a a+e e', '', 'e=é ')
    """
    # One flat list, and every sixth of it for a column: half the time of transposing by zip.
    flat = list(chain.from_iterable(rows))
    one, two, three, four, five, six = ["".join(flat[place::_WIDTH]) for place in range(_WIDTH)]
    return one, two, three, four, five, six


_Maker: TypeAlias = Callable[[Callable[[str], Row], int], Columns]

try:
    from searchlib.analysis._columns import Columns as _compiled
except ImportError:
    columns: _Maker = InPython
    #: Whether the compiled one is there.
    COMPILED = False
else:
    columns = _compiled
    COMPILED = True
