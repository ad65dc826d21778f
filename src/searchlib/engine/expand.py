"""The beginning of a word, or a word and its like → the terms of the index that it stands for.

Each counts by its own BM25, as if it were as common as the commonest of them: a rare word is no
better an answer to the few letters that somebody typed. The number of terms is bounded. For a
beginning that bounds only what counts: ``beginning`` finds all documents, whatever the number of
terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import NamedTuple
from searchlib.analysis import fold
from searchlib.engine.snapshot import Snapshot, idf

__all__ = [
    "ANYTHING",
    "MOST_TERMS",
    "Expansion",
    "beginning",
    "by_likeness",
    "by_prefix",
    "differ",
    "pattern",
]

#: Terms that one beginning, or one word and its like, counts by.
MOST_TERMS: Final = 50
# Terms of the index, the commonest, that are compared with a word.
_MOST_SEEN: Final = 50_000
_LONGEST: Final = 60  # letters of a word whose like is sought
_LIKENESS_LOST: Final = 0.2  # of a match's weight, by each letter that differs
#: The regular expression of any letters.
ANYTHING: Final = "(.|\n)*"
_REGEX_SIGN: Final = frozenset("\\.+*?()|[]{}^$#&~-")


class Expansion(NamedTuple):
    """Terms that something stands for.

    Attributes:
        terms: term → the factor on its BM25, the likeliest first.
        is_cut: whether there are more.
        frequency: how many documents have the commonest.
    """

    terms: Mapping[str, float]
    is_cut: bool
    frequency: int


def by_prefix(snapshot: Snapshot, field: str, prefix: str) -> Expansion:
    """Return the commonest terms of a field that begin so."""
    found = snapshot.terms(field, prefix, MOST_TERMS + 1)
    found.sort(key=lambda one: (-one[1], one[0]))
    return _expansion(snapshot, {term: (1.0, count) for term, count in found})


def by_likeness(
    snapshot: Snapshot,
    fields: Iterable[str],
    word: str,
    distance: int,
    *,
    is_written: bool = False,
) -> Expansion:
    """Return a word and the terms of fields that differ from it by so many letters.

    Of two letters' difference, those that begin with the same letter.

    Args:
        snapshot: the commit that is searched.
        fields: where the terms are: folded, or written.
        word: folded, or written.
        distance: how many letters.
        is_written: whether words and terms have their marks. A letter with a mark is another
            letter then, and a word that differs by marks only is none of those meant.
    """
    fields = list(fields)
    near = {word: 0}
    if len(word) <= _LONGEST:
        from searchlib.engine.spelling import likenesses  # for words with ~ alone

        near |= dict.fromkeys(likenesses(word, is_written=is_written), 1)
    counts: dict[str, int] = {}
    for field in fields:
        for term, count in snapshot.frequencies(field, near).items():
            counts[term] = max(count, counts.get(term, 0))
        if distance > 1 and len(word) <= _LONGEST:
            for term, count in snapshot.terms(field, word[0], _MOST_SEEN):
                if term in near or differ(word, term):
                    near.setdefault(term, 2)
                    counts[term] = max(count, counts.get(term, 0))
    if is_written:
        bare = fold(word)
        counts = {term: n for term, n in counts.items() if term == word or fold(term) != bare}
    counts.setdefault(word, 0)
    order = sorted(counts, key=lambda term: (near[term], -counts[term], term))
    found = {term: (1.0 - _LIKENESS_LOST * near[term], counts[term]) for term in order}
    expansion = _expansion(snapshot, found)
    return expansion._replace(terms={**expansion.terms, word: 1.0})


def _expansion(snapshot: Snapshot, found: Mapping[str, tuple[float, int]]) -> Expansion:
    kept = dict(list(found.items())[:MOST_TERMS])
    frequency = max((count for _, count in kept.values()), default=0)
    documents = len(snapshot)
    least = idf(frequency, documents)
    terms = {term: part * least / idf(count, documents) for term, (part, count) in kept.items()}
    return Expansion(terms, len(found) > len(terms), frequency)


def beginning(snapshot: Snapshot, field: str, prefix: str) -> tantivy.Query:
    """Return the query that finds, and gives 1.0, every document with a term that begins so."""
    # Not phrase_prefix_query, which takes the 50 first terms of each segment. A regular expression
    # would find the same; to make it takes as long as many a search.
    return tantivy.Query.fuzzy_term_query(snapshot.schema, field, prefix, distance=0, prefix=True)


def pattern(term: str) -> str:
    """Return the regular expression that only this term matches."""
    return "".join("\\" + sign if sign in _REGEX_SIGN else sign for sign in term)


def differ(one: str, two: str) -> bool:
    """Return whether two words differ by at most two letters, left out, added or mistaken, or
    swapped with the next."""
    if abs(len(one) - len(two)) > 2 or len(set(one) ^ set(two)) > 4:
        return False
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > 2:
            return False
    return row[-1] <= 2
