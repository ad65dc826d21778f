"""Chunks → the views of a text: what each chunk adds, remembered and joined; and where they stand.

This is the hot path of indexing. ``_columns.c`` does the same up to four times as fast, because
what it remembers lies side by side in memory; it is compiled when the package is installed, and
where that was not possible, this is what runs. ``tests/test_columns.py`` holds both to the same
results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from itertools import chain
from typing import Any, Final, Protocol, TypeAlias

from searchlib._later import regex
from searchlib.analysis.characters import spelt_out
from searchlib.analysis.memo import Memo
from searchlib.analysis.segment import FIRST_WORD_STATUS, code_points

__all__ = [
    "BETWEEN",
    "CHARACTERS",
    "CHUNK",
    "COMPILED",
    "Columns",
    "Row",
    "chunks_in",
    "columns",
    "joined",
]

#: What one chunk, or one word, adds to each view of a text, made for joining without a joint: the
#: terms of written, folded, stem and pair, adjacent characters, and forms, each term with a space
#: behind it. Pairs reach across chunks: a word adds the end of one and the beginning of the next,
#: as ``+hoi hoi``, so that what is joined only lacks its first and last word.
Row: TypeAlias = tuple[str, str, str, str, str, str]

#: What a text is made of, but for white space.
CHUNK: Final = regex(r"\S+")
_WIDTH: Final = 6
#: The place of adjacent characters in a row; before they are spelt out, of runs of them.
CHARACTERS: Final = 4
#: What stands between two words of a chunk: it ends a run of adjacent characters.
BETWEEN: Final[Row] = ("", "", "", "", " ", "")


class Columns(Protocol):
    """What each chunk of texts adds to their columns, remembered."""

    def join(self, text: str) -> Row:
        """Return the columns of a text: what its chunks add, in their order; to the last column a
        chunk that comes again may add nothing.

        Raises:
            UnicodeEncodeError: the text holds halves of surrogate pairs.
        """

    def cut(self, text: str, ends: Iterable[int], status: Callable[[], int]) -> Row:
        """Return the columns of a chunk: what each of its words adds, their runs of adjacent
        characters spelt out.

        Args:
            text: the chunk.
            ends: where it is cut, from ``segment.boundaries``, in UTF-16 units.
            status: tells what ends there, likewise.
        """


class InPython:
    """``Columns`` without anything compiled, which all it lacks is worked out by ``work_out``."""

    def __init__(
        self, work_out: Callable[[str], Row], seed: int = 0, pieces: Columns | None = None
    ) -> None:
        self._rows = Memo(work_out)

    def join(self, text: str) -> Row:
        """Return the columns of a text."""
        *columns, forms = joined(map(self._rows.__getitem__, text.split()))
        forms = "".join(f"{form} " for form in dict.fromkeys(forms.split()))
        return *columns, forms  # type: ignore[return-value]

    def cut(self, text: str, ends: Iterable[int], status: Callable[[], int]) -> Row:
        """Return the columns of a chunk."""
        # All of them before any is worked out, which may use the same iterator.
        pieces = [(end, status() >= FIRST_WORD_STATUS) for end in ends]
        places = code_points(text)
        rows: list[Row] = []
        start = 0
        for end, is_word in pieces:
            behind = end if places is None else places[end]
            rows.append(self._rows[text[start:behind]] if is_word else BETWEEN)
            start = behind
        columns = joined(rows)
        return *columns[:CHARACTERS], spelt_out(columns[CHARACTERS]), columns[-1]


def joined(rows: Iterable[Row]) -> Row:
    """Join what chunks or words add.

    >>> joined([("a ", "a ", "", "+a a", "", ""), ("é ", "e ", "", "+e e", "", "e=é ")])
    ('a é ', 'a e ', '', '+a a+e e', '', 'e=é ')
    """
    # One flat list, and every sixth of it for a column: half the time of transposing by zip.
    flat = list(chain.from_iterable(rows))
    one, two, three, four, five, six = ["".join(flat[place::_WIDTH]) for place in range(_WIDTH)]
    return one, two, three, four, five, six


def _chunks_in_python(text: str, sought: Set[str]) -> list[tuple[int, str]]:
    return [(chunk.start(), chunk[0]) for chunk in CHUNK.finditer(text) if chunk[0] in sought]


class _Maker(Protocol):
    """Makes ``Columns``."""

    def __call__(self, work_out: Callable[[str], Row], seed: int, pieces: Any = ...) -> Columns: ...


try:
    from searchlib.analysis._columns import Columns as _compiled
    from searchlib.analysis._columns import chunks_in as _chunks_in
except ImportError:
    columns: _Maker = InPython
    _chunks_in = _chunks_in_python
    #: Whether the compiled one is there.
    COMPILED = False
else:
    columns = _compiled
    COMPILED = True


def chunks_in(text: str, sought: Set[str]) -> list[tuple[int, str]]:
    """Return where those chunks of a text stand that are in a set, in their order: pairs of a
    place, in code points, and a chunk.

    >>> chunks_in("de l’été à l’été", {"l’été", "hiver"})
    [(3, 'l’été'), (11, 'l’été')]
    """
    try:
        return _chunks_in(text, sought)
    except UnicodeEncodeError:  # halves of surrogate pairs
        return _chunks_in_python(text, sought)
