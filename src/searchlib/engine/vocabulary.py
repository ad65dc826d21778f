"""The words of one commit as people write them: by their beginning, with their marks, and whether
two stand side by side.

tantivy lists the terms that begin so by walking all of them: milliseconds where a thousand do,
tenths of a second where fifty thousand do. So where a beginning of up to five letters has too
many, the words of some hundred documents drawn by the hash of their ids stand for all: what is
common in the index is in these too. How many documents hold a word is exact all the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from searchlib import _tantivy as tantivy
from searchlib.analysis import FORM_JOINT, PAIR_JOINT, View
from searchlib.engine.layout import (
    FORMS,
    ID_HASH,
    TEXT,
    copies_together,
    holder_of_pairs,
    view_field,
)
from searchlib.engine.snapshot import Snapshot
from searchlib.fields import Text
from searchlib.languages import analyzer
from searchlib.schema import unpacked

__all__ = ["Counted", "Vocabulary", "engine_fields"]

_SMALL: Final = 1_000  # documents: the terms of so many are walked, whatever they begin with
_LONG: Final = 6  # letters that few words begin with
_DRAWN: Final = 300  # documents
_MOST_CHANGED: Final = 0.1  # of the number of documents, until others are drawn
_READ: Final = 600  # code points of each text of a document that is drawn
# Terms are walked where no more than so many are expected to begin so, …
_MOST_WALKED: Final = 500
# … as the number of distinct words grows with that of documents (Heaps' law).
_GROWTH: Final = 0.7
_MOST_READ: Final = 20_000  # documents in which it is read whether two words stand side by side
_MOST_FORMS: Final = 40  # of one folded word
_OTHERS: Final = 10  # times as many pairs, where those of other fields are among them
_MOST_KEPT: Final = 10_000  # answers of each kind that are remembered for a commit

_Found = TypeVar("_Found")

_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should

#: Folded words, each with how many documents hold it.
Counted: TypeAlias = list[tuple[str, int]]


class Drawn(NamedTuple):
    """The words of the documents drawn, sorted; how many these are, and of how many."""

    words: Sequence[str]
    documents: int
    size: int


def engine_fields(fields: Mapping[str, Text], chosen: Mapping[str, Text]) -> tuple[str, ...]:
    """Return the fields of the engine that together hold the words of the text fields chosen.

    Args:
        fields: all text fields.
        chosen: those that are looked into.
    """
    together = copies_together(fields) if len(chosen) == len(fields) else {}
    apart = tuple(name for name in chosen if name not in together)
    return (TEXT, *apart) if together else apart


class Vocabulary:
    """The words that documents of one commit hold in some text fields.

    Args:
        snapshot: the commit.
        fields: all text fields.
        chosen: the text fields that count.
    """

    def __init__(
        self, snapshot: Snapshot, fields: Mapping[str, Text], chosen: Mapping[str, Text]
    ) -> None:
        self._snapshot = snapshot
        self._all = tuple(fields)
        self._chosen = chosen
        self._fields = engine_fields(fields, chosen)
        together = copies_together(fields)
        holders = [holder_of_pairs(name, together) for name in self._fields]
        self._with_pairs = tuple(dict.fromkeys(holders))

    def beginning(self, prefix: str, most: int) -> Counted:
        """Return the commonest folded words that begin so, the commonest first.

        Args:
            prefix: folded; not empty.
            most: how many, at the most.
        """
        return self._remember("beginning", (prefix, most), lambda: self._beginning(prefix, most))

    def written(self, prefix: str, most: int) -> Counted:
        """Return the commonest written words that begin so, marks and all, likewise; none where too
        many do."""
        if len(prefix) < _LONG and len(self._snapshot) > _SMALL:
            return []
        return self._remember(
            "marked", (prefix, most), lambda: self._walk(View.WRITTEN, prefix, most)
        )

    def beside(self, prefix: str, most: int) -> Counted:
        """Return the commonest pairs that begin so: the word before, the joint, letters. Of fields
        whose pairs stand with those of others, the pairs of words that these fields have."""
        return self._remember("beside", (prefix, most), lambda: self._pairs(prefix, most))

    def forms(self, folded: str) -> Counted:
        """Return the forms in which a folded word is written, the most used first."""
        return self._remember("forms", folded, lambda: self._forms(folded))

    def count(self, view: View, terms: Iterable[str]) -> dict[str, int]:
        """Return term → how many documents have it in any of the fields; no term that none has."""
        names = self._names(view)
        if len(names) == 1 and not self._snapshot.has_deletions:
            return self._snapshot.frequencies(view_field(names[0], view), terms)
        counts = {
            term: self._remember(view, term, partial(self._count, view, term)) for term in terms
        }
        return {term: count for term, count in counts.items() if count}

    def side_by_side(self, one: str, two: str) -> int:
        """Return how many documents have two folded words one behind the other: function words too,
        which pairs may step over. In the text field where most have, whichever are chosen; of two
        that very many hold, how many hold the rarer one, since to read where they stand takes long.
        """
        return self._remember("side by side", (one, two), lambda: self._side_by_side(one, two))

    def together(self, pair: str, form: str) -> int:
        """Return how many documents hold a pair, and somewhere a word in that written form."""
        return self._remember("together", (pair, form), lambda: self._together(pair, form))

    def _names(self, view: View) -> tuple[str, ...]:
        """The fields of the engine that have a view of the fields chosen; of pairs, those of other
        fields as well."""
        return self._with_pairs if view is View.PAIR else self._fields

    def _beginning(self, prefix: str, most: int) -> Counted:
        if len(prefix) < _LONG and len(self._snapshot) > _SMALL:
            drawn = self._likely(prefix)
            if drawn is not None:
                found: dict[str, int] = {}
                for name in self._fields:
                    counts = self._snapshot.frequencies(view_field(name, View.FOLDED), drawn)
                    _merge(found, counts.items())
                return self._commonest(View.FOLDED, found, most)
        return self._walk(View.FOLDED, prefix, most)

    def _pairs(self, prefix: str, most: int) -> Counted:
        if self._with_pairs == self._fields:
            return self._walk(View.PAIR, prefix, most)
        found = self._walk(View.PAIR, prefix, _OTHERS * most)
        words = {pair: pair.partition(PAIR_JOINT)[2] for pair, _ in found}
        # A pair is of words without marks, or of their stems.
        held = {*self.count(View.FOLDED, words.values()), *self.count(View.STEM, words.values())}
        return [one for one in found if words[one[0]] in held][:most]

    def _walk(self, view: View, prefix: str, most: int) -> Counted:
        found: dict[str, int] = {}
        for name in self._names(view):
            _merge(found, self._snapshot.terms(view_field(name, view), prefix, most))
        return self._commonest(view, found, most)

    def _commonest(self, view: View, found: dict[str, int], most: int) -> Counted:
        """The commonest terms, counted exactly: of several fields, and of deleted documents, what
        was found tells the order well enough to choose."""
        if len(self._names(view)) > 1 or self._snapshot.has_deletions:
            found = self.count(view, [term for term, _ in sorted(found.items(), key=_order)[:most]])
        return sorted(found.items(), key=_order)[:most]

    def _forms(self, folded: str) -> Counted:
        begin = folded + FORM_JOINT
        marked = self._snapshot.terms(FORMS, begin, _MOST_FORMS)
        spelled = [folded, *(term[len(begin) :] for term, _ in marked)]
        return sorted(self.count(View.WRITTEN, spelled).items(), key=_order)

    def _together(self, pair: str, form: str) -> int:
        clauses = [
            (_MUST, self._holding(View.PAIR, pair)),
            (_MUST, self._holding(View.WRITTEN, form)),
        ]
        return self._snapshot.count(tantivy.Query.boolean_query(clauses))

    def _count(self, view: View, term: str) -> int:
        held = [name for name in self._names(view) if self._frequency(name, view, term)]
        if not held:
            return 0
        if len(held) == 1 and not self._snapshot.has_deletions:
            return self._frequency(held[0], view, term)
        return self._snapshot.count(self._holding(view, term))

    def _side_by_side(self, one: str, two: str) -> int:
        most = 0
        for name in [view_field(name, View.FOLDED) for name in self._all]:
            held = self._snapshot.frequencies(name, (one, two))
            rarer = min(held.get(one, 0), held.get(two, 0))
            is_read = 0 < rarer <= _MOST_READ
            most = max(most, self._snapshot.side_by_side(name, (one, two)) if is_read else rarer)
        return most

    def _frequency(self, name: str, view: View, term: str) -> int:
        return self._snapshot.frequencies(view_field(name, view), (term,)).get(term, 0)

    def _holding(self, view: View, term: str) -> tantivy.Query:
        queries = [
            tantivy.Query.term_query(self._snapshot.schema, view_field(name, view), term, "basic")
            for name in self._names(view)
        ]
        return tantivy.Query.boolean_query([(_SHOULD, query) for query in queries])

    def _likely(self, prefix: str) -> list[str] | None:
        """The words drawn that begin so; None where so few words begin so that all can be seen."""
        drawn = self._drawn()
        start = bisect_left(drawn.words, prefix)
        end = bisect_left(drawn.words, prefix + "\U0010ffff")
        growth = (len(self._snapshot) / max(drawn.documents, 1)) ** _GROWTH
        if (end - start) * growth <= _MOST_WALKED:
            return None
        return list(drawn.words[start:end])

    def _drawn(self) -> Drawn:
        """The words drawn in this commit, or in an earlier one of nearly as many documents."""
        size, key = len(self._snapshot), ("drawn", tuple(self._chosen))
        drawn: Drawn | None = self._snapshot.lasting.get(key)
        if drawn is None or abs(size - drawn.size) > _MOST_CHANGED * drawn.size:
            drawn = self._snapshot.lasting[key] = self._draw()
        return drawn

    def _draw(self) -> Drawn:
        width = 2**64 * _DRAWN // max(len(self._snapshot), _DRAWN)
        query = tantivy.Query.range_query(
            self._snapshot.schema,
            ID_HASH,
            tantivy.FieldType.Integer,
            -(2**63),
            -(2**63) + width - 1,
        )
        _, page = self._snapshot.search(query, limit=2 * _DRAWN, offset=0)
        words: set[str] = set()
        for _, address in page:
            stored = self._snapshot.document(address)
            words.update(_words(unpacked(stored.source), stored.language, self._chosen))
        return Drawn(sorted(words), len(page), len(self._snapshot))

    def _remember(self, what: str, key: Hashable, find: Callable[[], _Found]) -> _Found:
        """What was found out before of this commit and these fields, or is found out now."""
        kept = self._snapshot.kept.setdefault((what, self._fields), {})
        found: _Found | None = kept.get(key)
        if found is None:
            found = find()
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[key] = found
        return found


def _words(document: Mapping[str, Any], code: str, fields: Mapping[str, Text]) -> Iterable[str]:
    for name, kind in fields.items():
        value = document.get(name)
        texts = [value] if isinstance(value, str) else value or ()
        for text in texts:
            yield from analyzer(kind.language or code).views(text[:_READ]).folded.split()


def _merge(found: dict[str, int], counts: Iterable[tuple[str, int]]) -> None:
    for term, count in counts:
        found[term] = max(count, found.get(term, 0))


def _order(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]
