"""Near-duplicates among the best hits: texts that have most of their word pairs in common.

The terms compared are those of the *pair* view, which the index counts anyway: adjacent words, of
some languages their stems without function words. Where a script has no spaces they are pairs of
words as the dictionary cuts them. What stands around a text on all pages of a site counts little:
there the pairs of a whole stretch are common in the index, where in a text a rare one is never far.
docs/adr/0009 compares this with shingles and SimHash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from searchlib.analysis import PAIR_JOINT, View
from searchlib.analysis.segment import is_unspaced
from searchlib.engine.layout import TEXT, copies_together, holder_of_pairs, view_field
from searchlib.engine.snapshot import Snapshot, StoredDocument
from searchlib.languages import analyzer
from searchlib.query.collapse import NearDuplicates
from searchlib.schema import Schema

__all__ = ["LEAST_PAIRS", "Content", "DuplicateFinder", "content_of", "groups_of", "share"]

#: Texts with fewer different pairs are not compared.
LEAST_PAIRS: Final = 10
# Pairs on either side among which the rarest tells whether a stretch is boilerplate.
_AROUND: Final = 3
# Documents that may hold the same text before it is taken for boilerplate: this part of all, but
# not fewer or more than these.
_COPIES: Final = 0.05
_LEAST_COPIES: Final = 3
_MOST_COPIES: Final = 50
# A pair in twice as many documents weighs 2 ** -this.
_STEEPNESS: Final = 1.5
# Code points of a document's texts that are looked at: those of a longer one from its beginning.
_LONGEST: Final = 100_000
_ROUNDING: Final = 1e-9


class Content(NamedTuple):
    """What two texts are compared by.

    Attributes:
        weights: pair → what it weighs, the rarest first, those as rare in the order of their
            letters.
        total: the sum of the weights.
    """

    weights: Mapping[str, float]
    total: float


class DuplicateFinder:
    """Finds near-duplicates among documents of one commit.

    Args:
        schema: the fields of the documents.
        snapshot: the commit, whose documents tell how common a pair is.
        request: what is compared, and from what share on texts are alike.
    """

    def __init__(self, schema: Schema, snapshot: Snapshot, request: NearDuplicates) -> None:
        self._schema = schema
        self._snapshot = snapshot
        self._fields = tuple(schema.text_fields if request.fields is None else request.fields)
        self._share = request.share
        together = copies_together(schema.text_fields)
        words = (TEXT,) if set(self._fields) <= together.keys() else self._fields
        pairs = dict.fromkeys(holder_of_pairs(name, together) for name in words)
        self._counted = {View.PAIR: tuple(pairs), View.FOLDED: words}
        self._copies = min(max(_COPIES * len(snapshot), _LEAST_COPIES), _MOST_COPIES)
        self._known: dict[View, dict[str, int]] = {View.PAIR: {}, View.FOLDED: {}}

    def groups(self, documents: Iterable[StoredDocument]) -> list[int]:
        """Return for each document, the best first, the place of the one that stands for it."""
        return groups_of([self.content(document) for document in documents], self._share)

    def content(self, document: StoredDocument) -> Content:
        """Return the pairs of a document's texts, each with its weight: 1, or less in
        boilerplate."""
        weights: dict[str, float] = {}
        rarity: dict[str, int] = {}
        most = self._copies
        for pairs, counts in self._stretches(document):
            rarity.update(zip(pairs, counts, strict=True))
            for place, pair in enumerate(pairs):
                rarest = min(counts[max(place - _AROUND, 0) : place + _AROUND + 1])
                weight = 1.0 if rarest <= most else (most / rarest) ** _STEEPNESS
                if weight > weights.get(pair, 0.0):
                    weights[pair] = weight
        rarest_first = sorted(weights, key=lambda pair: (rarity[pair], pair))
        return content_of({pair: weights[pair] for pair in rarest_first})

    def _stretches(self, document: StoredDocument) -> Iterator[tuple[list[str], list[int]]]:
        """Yield the pairs of each text, in order, and how many documents have each at most."""
        loaded = self._schema.load(document.source)
        left = _LONGEST
        for name in self._fields:
            analysis = analyzer(self._schema.text_fields[name].language or document.language)
            value = loaded.get(name)
            for text in [value] if isinstance(value, str) else value or []:
                views = analysis.views(text[:left])
                pairs = views.pair.split()
                yield pairs, self._counts(View.PAIR, pairs)
                if views.characters:
                    # Pairs of characters stand in any text; pairs of words are not in the index.
                    words = [word for word in views.folded.split() if is_unspaced(word)]
                    counts = map(min, pairwise(self._counts(View.FOLDED, words)))
                    yield list(map(PAIR_JOINT.join, pairwise(words))), list(counts)
                left -= min(left, len(text))

    def _counts(self, view: View, terms: Sequence[str]) -> list[int]:
        """How many documents have each term; of several fields, the one with the most counts."""
        known = self._known[view]
        if unknown := {term for term in terms if term not in known}:
            known.update(dict.fromkeys(unknown, 0))
            for name in self._counted[view]:
                found = self._snapshot.frequencies(view_field(name, view), unknown)
                for term, count in found.items():
                    known[term] = max(count, known[term])
        return [known[term] for term in terms]


def content_of(weights: Mapping[str, float]) -> Content:
    """Return the content of pairs in their order."""
    return Content(weights, sum(weights.values()))


def share(one: Content, two: Content) -> float:
    """Return how much of either text stands in the other, by weight: the lesser part of the two.

    >>> one, two = {"a+b": 1.0, "b+c": 1.0}, {"a+b": 1.0, "b+c": 0.2, "c+d": 0.8}
    >>> share(content_of(one), content_of(two))
    0.6
    """
    common = one.weights.keys() & two.weights.keys()
    if not common:
        return 0.0
    return min(sum(map(text.weights.__getitem__, common)) / text.total for text in (one, two))


def groups_of(texts: Sequence[Content], least: float) -> list[int]:
    """Return for each text the place of the first one that it shares enough with, or its own.

    A text that another one stands for stands for none.

    >>> a, b = ({f"{letter}{n}": 1.0 for n in range(10)} for letter in "ab")
    >>> groups_of([content_of(text) for text in (a, b, {**a, "c": 1.0})], least=0.9)
    [0, 1, 0]
    """
    # Only texts that share a pair of their beginnings are compared. Those with enough in common
    # do: before the first pair that they share, in an order that is the same for all, stands
    # nothing but what they do not share.
    holders: dict[str, list[int]] = {}
    groups: list[int] = []
    for place, text in enumerate(texts):
        lead = place
        if len(text.weights) >= LEAST_PAIRS:
            beginning = _beginning(text, 1 - least)
            candidates = {other for pair in beginning for other in holders.get(pair, ())}
            alike = (n for n in sorted(candidates) if share(text, texts[n]) + _ROUNDING >= least)
            lead = next(alike, place)
            if lead == place:
                for pair in beginning:
                    holders.setdefault(pair, []).append(place)
        groups.append(lead)
    return groups


def _beginning(text: Content, part: float) -> list[str]:
    """The pairs before which at most this part of the weight stands."""
    bound = part * text.total + _ROUNDING
    before = accumulate(text.weights.values(), initial=0.0)
    return [pair for pair, weight in zip(text.weights, before, strict=False) if weight <= bound]
