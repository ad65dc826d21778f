"""How near each other the words of a query stand: what needs positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.relevance.lab_core import Lab, Scores, Terms, Words, best
from searchlib.analysis import PAIR_JOINT

__all__ = ["cooccurrences", "shortest_span", "span_bonus"]

_WINDOW: Final = 8  # words
_RESCORED: Final = 50  # best documents


def cooccurrences(lab: Lab) -> Terms:
    """Return as terms the adjacent words of queries that stand, in either order, within a window
    of a document."""
    view = lab.main
    wanted: list[list[str]] = []
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for query in lab.queries:
        pairs = list(pairwise(query.asked().terms(view)))
        wanted.append([PAIR_JOINT.join(pair) for pair in pairs])
        for one, two in pairs:
            partners[one].add(two)
    known = set(partners).union(*partners.values())

    def found(text: Words) -> Iterator[str]:
        places = _places(text.terms(view), known)
        for one, ones in places.items():
            for two in partners.get(one, ()):
                if two in places and _is_near(ones, places[two]):
                    yield PAIR_JOINT.join((one, two))

    return Terms(([*{*found(title), *found(text)}] for title, text in lab.documents), wanted)


def _places(terms: Sequence[str], known: set[str]) -> Mapping[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, term in enumerate(terms):
        if term in known:
            places[term].append(place)
    return places


def _is_near(ones: Sequence[int], twos: Sequence[int]) -> bool:
    return any(0 < abs(one - two) < _WINDOW for one in ones for two in twos)


def span_bonus(lab: Lab) -> Scores:
    """Return for the best documents the idf of the query's words that they hold, times the words'
    share of the shortest span of text that holds them all."""
    view = lab.main
    terms = lab.view(view)
    bonus = np.zeros_like(lab.base)
    for row, (query, scores) in enumerate(zip(lab.queries, lab.base, strict=True)):
        wanted = set(query.asked().terms(view))
        for place in best(scores, _RESCORED):
            title, text = lab.documents[place]
            found = [
                (position, term)
                for position, term in enumerate([*title.terms(view), *text.terms(view)])
                if term in wanted
            ]
            distinct = {term for _, term in found}
            if len(distinct) > 1:
                rarity = sum(float(terms.idf[terms.places[term]]) for term in distinct)
                bonus[row, place] = rarity * len(distinct) / shortest_span(found)
    return bonus


def shortest_span(found: Sequence[tuple[int, str]]) -> int:
    """Return the length in words of the shortest span that holds every term.

    Args:
        found: position and term of each occurrence, by position.
    """
    missing = len({term for _, term in found})
    inside: defaultdict[str, int] = defaultdict(int)
    shortest = found[-1][0] - found[0][0] + 1
    first = 0
    for position, term in found:
        missing -= inside[term] == 0
        inside[term] += 1
        while not missing:
            start, leaving = found[first]
            shortest = min(shortest, position - start + 1)
            inside[leaving] -= 1
            missing += inside[leaving] == 0
            first += 1
    return shortest
