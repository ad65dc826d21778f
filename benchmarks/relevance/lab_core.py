"""A test collection in memory, ranked by any terms: BM25 and idf as sparse matrices.

What the engine cannot be told to do (other constants, other pairs, distances between words) is
tried here. The analysis is searchlib's, the formula is tantivy's, and so are the scores, but that
tantivy rounds the length of texts of over forty words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from math import log2
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.relevance.collection import Collection, sample
from benchmarks.relevance.variants import vary
from searchlib.analysis import Analyzer, Language, View, WordTerms, has_marks
from searchlib.languages import analyzer

__all__ = ["BM25", "IDF", "Lab", "Parts", "Scores", "Terms", "Words", "ndcg"]

#: Queries × documents.
Scores: TypeAlias = NDArray[np.float32]

BM25: Final = "bm25"  #: a term counts by how often it stands in a text, and how long the text is
IDF: Final = "idf"  #: a term counts by how rare it is

#: View and how its terms count → weight, of all queries or of each.
Parts: TypeAlias = Mapping[tuple[View, str], float | NDArray[np.float32]]

_SINGLE: Final = (View.WRITTEN, View.FOLDED, View.STEM)
_TITLE_COPIES: Final = 2  # of a title whose weight is 1.5, as run.py has it
_DEPTH: Final = 10


class Words(NamedTuple):
    """One analysed text: its words, and its terms of the pair view."""

    words: tuple[WordTerms, ...]
    pairs: tuple[str, ...]

    def terms(self, view: View) -> list[str]:
        """Return the terms of a view, in the order of the text."""
        if view is View.PAIR:
            return list(self.pairs)
        return list(filter(None, map(attrgetter(view.value), self.words)))

    def asked(self) -> Words:
        """Return what a query looks for: without function words while another word remains."""
        rest = tuple(word for word in self.words if not word.is_stop)
        return self._replace(words=rest or self.words)


class Terms:
    """How often terms stand in documents, and in queries.

    Args:
        documents: their terms.
        queries: their terms.
        every: keep all terms of the documents, not the queries' alone.

    Attributes:
        counts: terms × documents.
        asked: queries × terms.
        lengths: terms of each document.
        idf: of each term, as in tantivy.
    """

    def __init__(
        self,
        documents: Iterable[Sequence[str]],
        queries: Iterable[Sequence[str]],
        *,
        every: bool = False,
    ) -> None:
        asked = [Counter(query) for query in queries]
        self.places: dict[str, int] = {}
        for term in chain.from_iterable(asked):
            self.places.setdefault(term, len(self.places))
        lengths: list[int] = []
        columns: list[int] = []
        rows: list[int] = []
        for number, terms in enumerate(documents):
            lengths.append(len(terms))
            if every:
                for term in terms:
                    self.places.setdefault(term, len(self.places))
            found = [self.places[term] for term in terms if term in self.places]
            rows += found
            columns += [number] * len(found)
        self.lengths = np.array(lengths, np.float32)
        shape = len(self.places), len(lengths)
        ones = np.ones(len(rows), np.float32)
        self.counts: Any = sparse.csr_matrix((ones, (rows, columns)), shape=shape)
        frequencies = np.diff(self.counts.indptr)
        self.idf: NDArray[np.float64] = np.log(
            1 + (shape[1] - frequencies + 0.5) / (frequencies + 0.5)
        )
        cells = [
            (row, self.places[term], count)
            for row, query in enumerate(asked)
            for term, count in query.items()
        ]
        table = np.array(cells, np.int64).reshape(-1, 3)
        self.asked: Any = sparse.csr_matrix(
            (table[:, 2].astype(np.float32), (table[:, 0], table[:, 1])),
            shape=(len(asked), len(self.places)),
        )

    def weights(self, k1: float = 1.2, b: float = 0.75, *, once: bool = False) -> Any:
        """Return terms × documents: what a match of each term counts by BM25.

        Args:
            k1, b: tantivy's constants unless told otherwise.
            once: take it that a term stands once in a text, as an index without frequencies does.
        """
        weighed = self.counts.copy()
        average = max(float(self.lengths.mean()), 1e-9)
        norms = k1 * (1 - b + b * self.lengths / average)
        counts = np.ones_like(weighed.data) if once else weighed.data
        idf = np.repeat(self.idf, np.diff(weighed.indptr))
        weighed.data = (idf * counts * (k1 + 1) / (counts + norms[weighed.indices])).astype(
            np.float32
        )
        return weighed

    def bm25(self, k1: float = 1.2, b: float = 0.75, *, once: bool = False) -> Scores:
        """Return the scores by BM25; the arguments are those of ``weights``."""
        return _dense(self.asked @ self.weights(k1, b, once=once))

    def rarity(self) -> Scores:
        """Return the scores where each match counts the term's idf, however often it stands."""
        weighed = self.counts.copy()
        weighed.data = np.repeat(self.idf, np.diff(weighed.indptr)).astype(np.float32)
        return _dense(self.asked @ weighed)


class Lab:
    """A collection of one language, analysed once, for one variant of its queries.

    Args:
        collection: documents and queries.
        queries: at most so many, drawn by seed as run.py draws them.
        variant: how the queries are typed.
        language: rules other than the language's own.
        rewrite: what happens to every text before it is analysed.
        known: texts that were analysed by the same rules before.

    Attributes:
        documents: title and text of each.
        queries: each, function words included.
        is_marked: whether a mark was typed, for each query.
    """

    def __init__(
        self,
        collection: Collection,
        queries: int | None = None,
        *,
        variant: str = "typed",
        seed: int = 1,
        language: Language | None = None,
        rewrite: Callable[[str], str] = str,
        known: dict[str, Words] | None = None,
    ) -> None:
        self._made_of = {"queries": queries, "variant": variant, "seed": seed}
        self.collection = collection
        (code,) = collection.languages
        self._analyzer = analyzer(code) if language is None else Analyzer(language)
        self.language = self._analyzer.language
        self._known = {} if known is None else known
        chosen = sample(collection.queries, queries, seed)
        self.texts = [rewrite(vary(variant, one.id, one.text, seed)) for one in chosen]
        self.queries = [self.read(text) for text in self.texts]
        self.is_marked = np.array([has_marks(text) for text in self.texts])
        self.documents = [
            (self.read(rewrite(one["title"])), self.read(rewrite(one["text"])))
            for one in collection.documents
        ]
        numbers = {one["id"]: number for number, one in enumerate(collection.documents)}
        judged = [collection.judgements[one.id] for one in chosen]
        self._grades = [
            {numbers[name]: grade for name, grade in grades.items() if name in numbers}
            for grades in judged
        ]
        self._ideals = [_gain(sorted(grades.values(), reverse=True)) for grades in judged]
        self._features: dict[tuple[View, str], Scores] = {}

    def read(self, text: str) -> Words:
        """Return a text analysed."""
        if text not in self._known:
            words = tuple(terms for _, _, terms in self._analyzer.spots(text))
            views = self._analyzer.views(text)
            self._known[text] = Words(words, (*views.pair.split(), *views.characters.split()))
        return self._known[text]

    def but(self, *, language: Language | None = None, rewrite: Callable[[str], str] = str) -> Lab:
        """Return the same collection read by other rules."""
        made_of: dict[str, Any] = self._made_of
        known = self._known if language is None else None
        return Lab(self.collection, **made_of, language=language, rewrite=rewrite, known=known)

    @cached_property
    def main(self) -> View:
        """The view that counts by BM25 as most queries were typed."""
        weights = self.language.marked if self.is_marked.mean() > 0.5 else self.language.plain
        return weights.main

    def terms(
        self,
        of_document: Callable[[Words], list[str]],
        of_query: Callable[[Words], list[str]] | None = None,
        *,
        titles: int = _TITLE_COPIES,
        texts: int = 1,
        every: bool = False,
    ) -> Terms:
        """Return terms made of the words of documents, titles repeated, and of queries.

        Args:
            of_document: what a text yields.
            of_query: what a query yields; what a text of its words does unless told otherwise.
            titles, texts: how often each is there.
            every: keep all terms of the documents, not the queries' alone.
        """
        if of_query is None:

            def of_query(query: Words) -> list[str]:
                return of_document(query.asked())

        return Terms(
            (
                of_document(title) * titles + of_document(text) * texts
                for title, text in self.documents
            ),
            map(of_query, self.queries),
            every=every,
        )

    def view(self, view: View, **options: Any) -> Terms:
        """Return the terms of a view."""
        return self.terms(lambda words: words.terms(view), **options)

    def feature(self, view: View, kind: str) -> Scores:
        """Return the scores by a view."""
        key = view, kind
        if key not in self._features:
            terms = self.view(view)
            self._features[view, BM25] = terms.bm25()
            self._features[view, IDF] = terms.rarity()
        return self._features[key]

    @cached_property
    def own(self) -> dict[tuple[View, str], NDArray[np.float32]]:
        """What the language weighs, for each query."""
        parts: dict[tuple[View, str], NDArray[np.float32]] = {}
        for weights, holds in (
            (self.language.plain, ~self.is_marked),
            (self.language.marked, self.is_marked),
        ):
            for view in View:
                is_counted = weights.counts_pairs if view is View.PAIR else view is weights.main
                key = view, BM25 if is_counted else IDF
                weight = getattr(weights, view) * holds.astype(np.float32)
                parts[key] = parts.get(key, np.zeros_like(weight)) + weight
        return {key: weight for key, weight in parts.items() if weight.any()}

    @cached_property
    def pair_kind(self) -> str:
        """How the language's pairs count."""
        return BM25 if self.language.plain.counts_pairs else IDF

    def score(self, parts: Parts, feature: Callable[[View, str], Scores] | None = None) -> Scores:
        """Return the sum of weighed views."""
        feature = feature or self.feature
        total = np.zeros((len(self.queries), len(self.documents)), np.float32)
        for (view, kind), weight in parts.items():
            each = np.asarray(weight, np.float32)
            if each.any():
                total += feature(view, kind) * (each[:, None] if each.ndim else each)
        return total

    @cached_property
    def base(self) -> Scores:
        """The scores by the language's own weights."""
        return self.score(self.own)

    def ndcg(self, scores: Scores) -> NDArray[np.float64]:
        """Return nDCG@10 of each query."""
        return ndcg(scores, self._grades, self._ideals)


def ndcg(
    scores: Scores, grades: Sequence[Mapping[int, int]], ideals: Sequence[float]
) -> NDArray[np.float64]:
    """Return nDCG@10 of each query; of equal scores the earlier document comes first.

    Args:
        scores: queries × documents; a document of score 0 was not found.
        grades: for each query, document → grade.
        ideals: what the best order of each query gains.
    """
    values = [
        _gain([known.get(place, 0) for place in best(row)]) / ideal
        for row, known, ideal in zip(scores, grades, ideals, strict=True)
    ]
    return np.array(values)


def best(row: NDArray[np.float32], depth: int = _DEPTH) -> list[int]:
    """Return the places of the highest scores above 0, the highest first."""
    depth = min(depth, len(row))
    least = np.partition(row, -depth)[-depth]
    found = np.flatnonzero((row >= least) & (row > 0))
    ordered = found[np.argsort(-row[found], kind="stable")][:depth]
    return [int(place) for place in ordered]


def _gain(grades: Sequence[int]) -> float:
    return sum(max(grade, 0) / log2(rank + 2) for rank, grade in enumerate(grades[:_DEPTH]))


def _dense(matrix: Any) -> Scores:
    scores: Scores = np.asarray(matrix.todense(), np.float32)
    return scores
