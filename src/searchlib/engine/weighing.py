"""What a word of a query weighs by the rules of all languages that texts may be in.

It is the same in every search, so it is worked out once for each word and remembered: an index of
sixteen languages is asked for a word of all of these as soon as for one of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from searchlib._dataclass import NamedTuple
from searchlib.analysis import Analyzer, View, WordTerms

__all__ = ["WordWeights", "language_weights", "word_weights"]

# Chunks of queries that are remembered: of words a few MB, of lines of Chinese in many languages
# some ten times that.
_MOST: Final = 2_000
_LONGEST: Final = 16  # code points of one; what is longer is hardly asked for again

#: A term of a view, what a match of it counts, and whether by BM25.
_Entry: TypeAlias = tuple[tuple[View, str], float, bool]


class LanguageWeights(NamedTuple):
    """What the views of one word count by one language; 0 where it is not looked for there.

    Attributes:
        written, folded, stem: what a match in that view counts.
        main: the view that counts by BM25.
    """

    written: float
    folded: float
    stem: float
    main: View


class WordWeights(NamedTuple):
    """What one word of a query is looked for by, each term once, as it counts in the language where
    it counts most.

    Attributes:
        entries: its terms.
        words: what it becomes in each language.
        parts: what it gives to pairs with its neighbours in each language; empty where pairs step
            over it.
        stems: those of all languages that have any.
    """

    entries: Sequence[_Entry]
    words: Sequence[WordTerms]
    parts: Sequence[str]
    stems: frozenset[str]


@lru_cache(maxsize=256)
def language_weights(
    rules: tuple[Analyzer, ...], factor: float, is_marked: bool
) -> tuple[LanguageWeights, ...]:
    """Return what the views of a word count by each language.

    Args:
        rules: the languages. The first is the query's own: it gives the folded view, which is the
            same in every language.
        factor: what a term counts that only another language's rules make of a word.
        is_marked: whether marks were typed.
    """
    found = []
    for place, language in enumerate(one.language for one in rules):
        weights = language.marked if is_marked else language.plain
        part = factor if place else 1.0
        found.append(
            LanguageWeights(
                weights.written * part,
                0.0 if place else weights.folded,
                0.0 if language.stemmer is None else weights.stem * part,
                weights.main,
            )
        )
    return tuple(found)


def word_weights(
    chunk: str, rules: tuple[Analyzer, ...], factor: float, is_marked: bool
) -> tuple[WordWeights, ...]:
    """Return what each word of a chunk of text, which has no white space, weighs.

    Args:
        chunk: a part of a query.
        rules: the languages, the query's own first.
        factor: what a term counts that only another language's rules make of a word.
        is_marked: whether marks were typed.

    >>> from searchlib.languages import analyzer
    >>> [word] = word_weights("chats", (analyzer("fr"), analyzer("en")), 0.3, False)
    >>> [(view.value, term) for (view, term), *_ in word.entries], word.parts
    ([('folded', 'chats'), ('stem', 'chat')], ('chat', 'chat'))
    """
    read = _remembered if len(chunk) <= _LONGEST else _worked_out
    return read(chunk, rules, factor, is_marked)


def _worked_out(
    chunk: str, rules: tuple[Analyzer, ...], factor: float, is_marked: bool
) -> tuple[WordWeights, ...]:
    weights = language_weights(rules, factor, is_marked)
    # Every language cuts alike.
    words = zip(*([spot.terms for spot in one.chunks[chunk].spots] for one in rules), strict=True)
    return tuple(
        [
            WordWeights(
                _entries(one, weights),
                one,
                tuple([rule.pair_part(terms) for terms, rule in zip(one, rules, strict=True)]),
                frozenset([terms.stem for terms in one if terms.stem]),
            )
            for one in words
        ]
    )


_remembered: Final = lru_cache(maxsize=_MOST)(_worked_out)


def _entries(words: Sequence[WordTerms], weights: Sequence[LanguageWeights]) -> tuple[_Entry, ...]:
    """What one word weighs, of what it is in each language."""
    found: dict[tuple[View, str], tuple[float, bool]] = {}
    nothing = 0.0, False
    for word, (written, folded, stem, main) in zip(words, weights, strict=True):
        key = View.WRITTEN, word.written
        if written > found.get(key, nothing)[0]:
            found[key] = written, main is View.WRITTEN
        if folded:
            found[View.FOLDED, word.folded] = folded, main is View.FOLDED
        key = View.STEM, word.stem
        if stem > found.get(key, nothing)[0]:
            found[key] = stem, main is View.STEM
    return tuple([(key, weight, is_counted) for key, (weight, is_counted) in found.items()])
