"""A text → the words that tell it from others, weighed, to find documents that are like it.

The words that stand often in the text and in few documents: a bounded number, whatever the length
of the text. They are looked for as the words of a query are, in the views and with the weights of
the text's own language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Final

from searchlib.analysis import Token, View, has_marks
from searchlib.engine.layout import view_field
from searchlib.engine.snapshot import Snapshot, idf
from searchlib.engine.terms import Terms, Weighed
from searchlib.languages import analyzer

__all__ = ["joined", "telling_terms"]

# Code points of a text that are read: what it is about, it says early on and often.
_LONGEST: Final = 50_000
_MOST_WORDS: Final = 40
_MOST_PAIRS: Final = 15


def telling_terms(snapshot: Snapshot, text: str, name: str, code: str, *, least: int) -> Terms:
    """Return the most telling terms of a text in one field, and what each counts.

    Args:
        snapshot: the commit that is searched.
        text: the text.
        name: the field of the engine that is searched.
        code: the language of the text.
        least: how many documents hold a term at least: two where the text is a document's own.
    """
    own = analyzer(code)
    analysis = own.analyze(text[:_LONGEST])
    weights = own.language.marked if has_marks(analysis.text) else own.language.plain
    # A word stands for all forms that the heaviest view takes for one.
    main = weights.main if own.language.stemmer or weights.main is not View.STEM else View.FOLDED
    told = [token for token in analysis.tokens if not token.is_stop]
    tokens: dict[str, Token] = {getattr(token, main): token for token in reversed(told)}
    times = Counter(getattr(token, main) for token in told)
    documents = len(snapshot)

    def telling(view: View, counts: Counter[str], most: int) -> list[tuple[str, float]]:
        found = snapshot.frequencies(view_field(name, view), counts)
        scores = {
            term: sqrt(counts[term]) * idf(frequency, documents)
            for term, frequency in found.items()
            if frequency >= least
        }
        best = sorted(scores, key=lambda term: (-scores[term], term))[:most]
        return [(term, sqrt(counts[term])) for term in best]

    terms: Terms = {}

    def add(view: View, term: str | None, weight: float, word: str) -> None:
        if not (term and weight):
            return
        before = terms.get((view, term))
        total = weight + (before.weight if before is not None else 0.0)
        is_counted = view is weights.main or (view is View.PAIR and weights.counts_pairs)
        terms[view, term] = Weighed(total, word, is_counted)

    for word, weight in telling(main, times, _MOST_WORDS):
        token = tokens[word]
        for view in (View.WRITTEN, View.FOLDED, View.STEM):
            add(view, getattr(token, view), weight * getattr(weights, view), token.text)
    spans = {pair.text: text[pair.start : pair.end] for pair in reversed(analysis.pair)}
    pairs = Counter(pair.text for pair in analysis.pair)
    for pair, weight in telling(View.PAIR, pairs, _MOST_PAIRS):
        add(View.PAIR, pair, weight * weights.pair, spans[pair])
    return terms


def joined(values: Iterable[str | Sequence[str] | None]) -> str:
    """Return the values of the text fields of a document as one text."""
    return "\n".join(
        text for value in values for text in ([value] if isinstance(value, str) else value or ())
    )
