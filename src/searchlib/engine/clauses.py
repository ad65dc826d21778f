"""What a search looks for, piece by piece, and which of the pieces find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import NamedTuple
from searchlib.analysis import PAIR_JOINT, View
from searchlib.engine.layout import TEXT
from searchlib.engine.texts import MOST_WORDS

__all__ = [
    "Clause",
    "finder",
    "inner_characters",
    "longest_characters",
    "weighted",
]

# The views of what a single word is looked for by.
_OF_A_WORD: Final = frozenset({View.WRITTEN, View.FOLDED, View.STEM, "exact"})


class Clause(NamedTuple):
    """One thing that a search looks for, and what it is worth.

    Attributes:
        query: tantivy's, without the weight.
        weight: the factor on its score.
        word: the part of the query that it stands for, as typed.
        field: the field that is looked into.
        view: the view, or a word for what else it is.
        term: what is looked for there.
        finds: whether it finds documents; else it adds to what the others of its words find.
        within: the parts of the query around it all of which must match for it to count.
        alternatives: clauses that it consists of, the best of which counts; none for most.
    """

    query: tantivy.Query
    weight: float
    word: str
    field: str
    view: str
    term: str
    finds: bool = True
    within: tuple[tantivy.Query, ...] = ()
    alternatives: tuple[Clause, ...] = ()


def weighted(clauses: Iterable[Clause]) -> list[tantivy.Query]:
    """Return the queries of clauses with their weights."""
    boost = tantivy.Query.boost_query
    return [boost(clause.query, clause.weight) for clause in clauses]


def finder(clauses: Sequence[Clause], view: View) -> Clause | None:
    """Return the clause of a single word that finds all that the others of it find, if there is
    one.

    Args:
        clauses: what the word is looked for by.
        view: the view that has each form of a word: the folded one, or where the stem finds all of
            these, the stem's.
    """
    views = [clause.view for clause in clauses]
    is_word = set(views) <= _OF_A_WORD and len({clause.word for clause in clauses}) == 1
    if not is_word or views.count(view) != 1 or views.count(View.FOLDED) > 1:
        return None
    if view is not View.STEM and View.STEM in views:
        return None
    found = clauses[views.index(view)]
    is_whole = found.field == TEXT or all(clause.field == found.field for clause in clauses)
    return found if is_whole else None


def longest_characters(terms: Iterable[str]) -> tuple[str, ...]:
    """Return of the terms of a text's pair view those of adjacent characters, as many at a time as
    there are."""
    characters = [term for term in terms if PAIR_JOINT not in term]
    inner = inner_characters(characters)
    return tuple(islice((term for term in characters if term not in inner), 2 * MOST_WORDS))


def inner_characters(characters: Iterable[str]) -> set[str]:
    """Return those of some adjacent characters that are part of longer ones among them: nearly
    every text holds some of them, so they rank and do not find."""
    return {part for term in characters for part in (term[:-1], term[1:])}
