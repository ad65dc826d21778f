"""What a search looks for in texts, kept as it was compiled until somebody highlights it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from searchlib._dataclass import names_of
from searchlib.analysis import PAIR_JOINT, Token, View
from searchlib.engine.clauses import inner_characters
from searchlib.marks import InOrder, Needles

__all__ = ["Sought"]

_Terms: TypeAlias = Collection[tuple[View, str]]


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
        self._words: list[tuple[frozenset[str], _Terms, Sequence[Token]]] = []

    def __getitem__(self, field: str) -> Needles:
        """Return what is looked for in a field, but for the terms of words, to be added to."""
        needles = self._needles.get(field)
        if needles is None:
            needles = self._needles[field] = Needles()
        return needles

    def add(self, fields: Iterable[str], terms: _Terms, words: Sequence[Token] = ()) -> None:
        """Note what is looked for in some fields; it does not change any more.

        Args:
            fields: text fields.
            terms: those of words.
            words: the words, in their order; none for a single one.
        """
        self._words.append((frozenset(fields), terms, words))

    def of(self, field: str) -> Needles | None:
        """Return all that is looked for in a field; None if nothing is."""
        # A copy, since threads share what a commit remembers.
        found = _copied(self._needles.get(field, _NOTHING))
        views = {View.WRITTEN: found.written, View.FOLDED: found.folded, View.STEM: found.stems}
        for _, terms, words in (one for one in self._words if field in one[0]):
            found.phrases.update(_beside(terms, words))
            characters = []
            for view, term in terms:
                if view is not View.PAIR:
                    views[view].add(term)
                elif PAIR_JOINT not in term:
                    characters.append(term)
            found.characters.update(set(characters) - inner_characters(characters))
        return found or None


def _beside(terms: _Terms, words: Sequence[Token]) -> Iterator[InOrder]:
    """Yield pairs of adjacent words that count, one of which finds nothing by itself: in ``ho chi
    minh`` all words are those of the name, where they stand side by side."""
    for one, two in pairwise([word.folded for word in words]):
        is_whole = (View.FOLDED, one) in terms and (View.FOLDED, two) in terms
        if not is_whole and (View.PAIR, one + PAIR_JOINT + two) in terms:
            yield InOrder((one, two))


_NOTHING = Needles()


def _copied(needles: Needles) -> Needles:
    return Needles(*(set(getattr(needles, name)) for name in names_of(needles)))
