"""What a search looks for in texts, kept as it was compiled until somebody highlights it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from searchlib._dataclass import names_of
from searchlib.analysis import View
from searchlib.engine.clauses import inner_characters, is_characters
from searchlib.marks import Needles

__all__ = ["Sought"]


class Sought:
    """Text field → what a search looks for in it.

    The terms of words, which nearly every search has, are sorted into their views when they are
    asked for: most searches are not highlighted.

    >>> sought = Sought()
    >>> sought.add(["title"], {(View.STEM, "cooper"): 1.0})
    >>> sought["title"].prefixes.add("coop")
    >>> sought.of("title").stems, sought.of("title").prefixes, sought.of("text")
    ({'cooper'}, {'coop'}, None)
    """

    def __init__(self) -> None:
        self._needles: dict[str, Needles] = {}
        self._words: list[tuple[frozenset[str], Collection[tuple[View, str]]]] = []

    def __getitem__(self, field: str) -> Needles:
        """Return what is looked for in a field, but for the terms of words, to be added to."""
        needles = self._needles.get(field)
        if needles is None:
            needles = self._needles[field] = Needles()
        return needles

    def add(self, fields: Iterable[str], terms: Collection[tuple[View, str]]) -> None:
        """Note the terms of words looked for in some fields; they do not change any more."""
        self._words.append((frozenset(fields), terms))

    def of(self, field: str) -> Needles | None:
        """Return all that is looked for in a field; None if nothing is."""
        # A copy, since threads share what a commit remembers.
        found = _copied(self._needles.get(field, _NOTHING))
        views = {
            View.WRITTEN: found.written,
            View.FOLDED: found.folded,
            View.STEM: found.stems,
            View.PAIR: found.characters,
        }
        for _, terms in (one for one in self._words if field in one[0]):
            inner = inner_characters([term for view, term in terms if view is View.PAIR])
            for view, term in terms:
                if view is not View.PAIR or (is_characters(term) and term not in inner):
                    views[view].add(term)
        return found or None


_NOTHING = Needles()


def _copied(needles: Needles) -> Needles:
    return Needles(*(set(getattr(needles, name)) for name in names_of(needles)))
