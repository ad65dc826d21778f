"""Several indexes that score as one.

How rare a word is depends on all documents that are searched; tantivy counts those of one index. So
each index is searched by a snapshot that finds its own documents and counts in all: a score of BM25
is the idf of the term times the rest, and a factor puts the idf of all indexes in the place of the
one's own. The rest holds the average length of a field, which stays that of each index
(docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import PAIR_JOINT, View
from searchlib.engine.layout import TEXT, copies_together, holder_of_pairs, view_field
from searchlib.engine.snapshot import Snapshot, by_count
from searchlib.fields import Category, Keyword
from searchlib.schema import Schema

__all__ = ["SharedSnapshot", "share"]

_VIEWS: Final = {view.value: view for view in View}
_K1, _B = 1.2, 0.75  # of BM25, as tantivy has them
_TIMES: Final = 2.0  # how often a document that is found has a word, about (docs/adr/0012)
_INNER: Final = "_"  # how the fields begin that every index has

#: Of each index the fields of the engine that hold what one field of one index holds.
_Places = tuple[tuple[str, ...], ...]


def share(schemas: Sequence[Schema], snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Return the snapshots of several indexes as snapshots that count in all of them.

    Args:
        schemas: the fields of each.
        snapshots: the commit that is searched of each.
    """
    if len(snapshots) == 1:
        return list(snapshots)
    counts: dict[tuple[_Places, Any], int] = {}  # what one asks, the others will ask as well
    return [
        SharedSnapshot(own, schema, schemas, snapshots, counts)
        for own, schema in zip(snapshots, schemas, strict=True)
    ]


class SharedSnapshot(Snapshot):
    """One commit of an index among others: it finds its own documents, and counts those of all.

    Args:
        own: the snapshot of this index.
        schema: its fields.
        schemas: the fields of each index, this one among them.
        snapshots: the snapshot of each.
        counts: a memo that all of one search share.
    """

    def __init__(
        self,
        own: Snapshot,
        schema: Schema,
        schemas: Sequence[Schema],
        snapshots: Sequence[Snapshot],
        counts: dict[tuple[_Places, Any], int],
    ) -> None:
        vars(self).update(vars(own))
        self.kept = {}  # what the index alone knows is not true of all
        self._own = own
        self._own_schema = schema
        self._schemas = schemas
        self._snapshots = snapshots
        self._counts = counts
        self._known_places: dict[tuple[str, bool], _Places] = {}
        self._length_factors: dict[str, float] = {}
        self._documents = sum(map(len, snapshots))
        self._all_ever = sum(one.ever for one in snapshots)
        self.speakers = by_count(_summed(one.speakers for one in snapshots))
        self.languages = tuple(self.speakers)

    def __len__(self) -> int:
        return self._documents

    def holds(self, field: str, term: str) -> bool:
        """Whether any document of any index has the term."""
        places = self._places(field, is_pair=PAIR_JOINT in term)
        return any(
            snapshot.holds(name, term)
            for snapshot, names in zip(self._snapshots, places, strict=True)
            for name in names
        )

    def holds_near(self, field: str, term: str) -> bool:
        """Whether any document of any index has a term so near."""
        return any(
            snapshot.holds_near(name, term)
            for snapshot, names in zip(self._snapshots, self._places(field), strict=True)
            for name in names
        )

    def side_by_side(self, field: str, words: Sequence[str]) -> int:
        """Return how many documents of all indexes have words one behind the other, likewise."""
        places = self._places(field)
        key = places, tuple(words)
        if key not in self._counts:
            self._counts[key] = sum(
                max((snapshot.side_by_side(name, words) for name in names), default=0)
                for snapshot, names in zip(self._snapshots, places, strict=True)
            )
        return self._counts[key]

    def frequency(self, field: str, term: str) -> int:
        """Return how many documents of all indexes have a term, likewise."""
        return self.frequencies(field, (term,)).get(term, 0)

    def frequencies(self, field: str, terms: Iterable[Any]) -> dict[Any, int]:
        """Return term → how many documents of all indexes have it, likewise."""
        places, counts = self._places(field), self._counts
        terms = list(terms)
        new = [term for term in terms if (places, term) not in counts]
        if new:
            found = _summed(
                _most(snapshot.frequencies(name, new) for name in names)
                for snapshot, names in zip(self._snapshots, places, strict=True)
            )
            counts.update({(places, term): found.get(term, 0) for term in new})
        return {term: count for term in terms if (count := counts[places, term])}

    def matching(self, field: str, pattern: str) -> int:
        """Return how many documents of all indexes have a matching term, likewise."""
        places = self._places(field)
        key = places, (pattern,)  # no term
        if key not in self._counts:
            self._counts[key] = sum(
                max((snapshot.matching(name, pattern) for name in names), default=0)
                for snapshot, names in zip(self._snapshots, places, strict=True)
            )
        return self._counts[key]

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return the commonest terms of all indexes that begin so, likewise."""
        wanted = limit
        while True:
            found = [
                [snapshot.terms(name, prefix, wanted) for name in names]
                for snapshot, names in zip(self._snapshots, self._places(field), strict=True)
            ]
            counts = _summed(_most(map(dict, some)) for some in found)
            # How many documents at most have a term that no index has shown.
            unseen = sum(
                max((terms[-1][1] for terms in some if len(terms) == wanted), default=0)
                for some in found
            )
            if unseen:  # nor need each have shown what another one did
                counts = self.frequencies(field, counts)
            best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]
            if not unseen or best[-1][1] > unseen:
                return best
            wanted *= 8

    def as_rare(self, query: tantivy.Query, field: str, terms: Sequence[Any]) -> tantivy.Query:
        """Return a query for terms that scores by how rare they are in all indexes."""
        own = self._own.frequencies(field, terms)
        if len(own) < len(set(terms)):  # nothing is found
            return query
        everywhere = self.frequencies(field, terms)
        here = sum(_tantivy_idf(own[term], self.ever) for term in terms)
        factor = sum(_tantivy_idf(everywhere[term], self._all_ever) for term in terms) / here
        return tantivy.Query.boost_query(query, factor * self._length_factor(field, terms[0]))

    def _length_factor(self, field: str, term: Any) -> float:
        """What a typical match of a field in this index would score by the length that the field
        has in all indexes, as a part of what it scores by its length in this one."""
        if field not in self._length_factors:
            here = self._own.mean_length(field, term)
            tokens = documents = 0.0
            for snapshot, names in zip(self._snapshots, self._places(field), strict=True):
                if names:
                    documents += snapshot.ever
                    tokens += snapshot.mean_length(names[0], term) * snapshot.ever
            everywhere = tokens / documents if documents else here
            if not (here and everywhere):
                return 1.0
            times, length = _TIMES, here
            if "." not in field:  # a value
                is_label = isinstance(self._own_schema.fields.get(field), (Keyword, Category))
                times, length = 1.0, max(here, 1.0) if is_label else 1.0
            self._length_factors[field] = _saturated(times, length / everywhere) / _saturated(
                times, length / here
            )
        return self._length_factors[field]

    def _places(self, field: str, *, is_pair: bool = True) -> _Places:
        """The fields of each index that stand for one; adjacent characters, which are no pair of
        words, are those of their own."""
        places = self._known_places.get((field, is_pair))
        if places is None:
            name, _, view = field.rpartition(".")
            if view not in _VIEWS or not name:
                places = tuple(
                    (field,) if field.startswith(_INNER) or field in schema.fields else ()
                    for schema in self._schemas
                )
            else:
                # A word is looked for in all text where it is looked for in the only text field.
                is_all = name == TEXT or len(self._own_schema.text_fields) == 1
                places = tuple(
                    _text_fields(schema, None if is_all else name, _VIEWS[view], is_pair)
                    for schema in self._schemas
                )
            self._known_places[field, is_pair] = places
        return places


def _text_fields(schema: Schema, name: str | None, view: View, is_pair: bool) -> tuple[str, ...]:
    """The fields of the engine that hold one text field, or all of them."""
    together = copies_together(schema.text_fields)
    if name is not None:
        holder = holder_of_pairs(name, together) if view is View.PAIR and is_pair else name
        return (view_field(holder, view),) if name in schema.text_fields else ()
    apart = [one for one in schema.text_fields if one not in together]
    return tuple(view_field(one, view) for one in ([TEXT] if together else []) + apart)


def _summed(several: Iterable[Mapping[Any, int]]) -> dict[Any, int]:
    """The sum of counts, the largest first."""
    total: dict[Any, int] = {}
    for counts in several:
        for key, count in counts.items():
            total[key] = total.get(key, 0) + count
    return dict(sorted(total.items(), key=lambda one: -one[1]))


def _most(several: Iterable[Mapping[Any, int]]) -> Mapping[Any, int]:
    """The largest of each count: a document may hold a word in several fields."""
    counts = list(several)
    if len(counts) == 1:
        return counts[0]
    return {key: max(one.get(key, 0) for one in counts) for one in counts for key in one}


def _saturated(times: float, length: float) -> float:
    """What BM25 makes of a term that stands so often in a text of so many times the mean length."""
    return times / (times + _K1 * (1 - _B + _B * length))


def _tantivy_idf(frequency: int, documents: int) -> float:
    """As tantivy has it, which counts deleted documents in both numbers."""
    return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
