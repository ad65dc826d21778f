"""What a word of a query weighs by the rules of all languages that texts may be in.

It is the same in every search, so it is worked out once for each word and remembered: an index of
sixteen languages is asked for a word of all of these as soon as for one of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from searchlib._dataclass import NamedTuple
from searchlib.analysis import Analyzer, View, Weights, WordTerms

__all__ = ["WordWeights", "word_weights"]

_MOST: Final = 5_000  # chunks of queries that are remembered: some 5 MB of them
_LONGEST: Final = 30  # code points of one; a line of Chinese is hardly asked for again

#: A term of a view, what a match of it counts, whether by BM25, and what it would count if there
#: were only one of the languages, by their places.
Entry: TypeAlias = tuple[tuple[View, str], float, bool, tuple[float, ...]]


class WordWeights(NamedTuple):
    """What one word of a query is looked for by, each term once, by the language where it weighs
    most.

    Attributes:
        plain: its terms where no mark was typed.
        marked: its terms where marks were.
        parts: what it gives to pairs with its neighbours, by the place of the language; empty where
            pairs step over it.
        stems: those of all languages that have any.
    """

    plain: Sequence[Entry]
    marked: Sequence[Entry]
    parts: Sequence[str]
    stems: frozenset[str]


def word_weights(chunk: str, rules: tuple[Analyzer, ...], factor: float) -> tuple[WordWeights, ...]:
    """Return what each word of a chunk of text, which has no white space, weighs.

    Args:
        chunk: a part of a query.
        rules: the languages. The first is the query's own: it gives the folded view, which is the
            same in every language.
        factor: what a term counts that only another language's rules make of a word.

    >>> from searchlib.languages import analyzer
    >>> [word] = word_weights("chats", (analyzer("fr"), analyzer("en")), 0.3)
    >>> [(view.value, term) for (view, term), *_ in word.plain], word.parts
    ([('folded', 'chats'), ('stem', 'chat')], ('chat', 'chat'))
    """
    read = _remembered if len(chunk) <= _LONGEST else _worked_out
    return read(chunk, rules, factor)


def _worked_out(chunk: str, rules: tuple[Analyzer, ...], factor: float) -> tuple[WordWeights, ...]:
    # Every language cuts alike.
    words = zip(*([spot.terms for spot in one.chunks[chunk].spots] for one in rules), strict=True)
    return tuple(
        WordWeights(
            _most(one, rules, factor, [rule.language.plain for rule in rules]),
            _most(one, rules, factor, [rule.language.marked for rule in rules]),
            tuple(rule.pair_part(terms) for terms, rule in zip(one, rules, strict=True)),
            frozenset(terms.stem for terms in one if terms.stem),
        )
        for one in words
    )


_remembered: Final = lru_cache(maxsize=_MOST)(_worked_out)


def _most(
    words: Sequence[WordTerms],
    rules: Sequence[Analyzer],
    factor: float,
    weights: Sequence[Weights],
) -> tuple[Entry, ...]:
    """What one word weighs, of what it is in each language and of what the views weigh there."""
    found: dict[tuple[View, str], list[float]] = {}
    counted: dict[tuple[View, str], tuple[float, bool]] = {}
    for place, (word, one) in enumerate(zip(words, weights, strict=True)):
        main = one.main
        has_stem = rules[place].language.stemmer is not None
        for view, term, alone in _terms(word, one, is_own=place == 0, has_stem=has_stem):
            if not (weight := alone * (factor if place else 1.0)):
                continue
            key = view, term
            found.setdefault(key, [0.0] * len(rules))[place] = weight
            if weight > counted.get(key, (0.0, False))[0]:
                counted[key] = weight, main is view
    return tuple((key, *counted[key], tuple(weights)) for key, weights in found.items())


def _terms(
    word: WordTerms, weights: Weights, *, is_own: bool, has_stem: bool
) -> Iterator[tuple[View, str, float]]:
    yield View.WRITTEN, word.written, weights.written
    if is_own:
        yield View.FOLDED, word.folded, weights.folded
    if has_stem:
        yield View.STEM, word.stem, weights.stem
