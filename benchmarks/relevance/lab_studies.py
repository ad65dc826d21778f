"""The studies of lab.py: weights, constants, fields, pairs, function words, feedback.

Each yields rows for one collection, what searchlib does first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.relevance import lab_rules
from benchmarks.relevance.lab_core import BM25, IDF, Lab, Parts, Scores, Terms, Words, best
from benchmarks.relevance.lab_distances import cooccurrences, span_bonus
from searchlib.analysis import PAIR_JOINT, View

__all__ = ["STUDIES", "Row", "Study"]

_WRITTEN, _FOLDED, _STEM, _PAIR = View.WRITTEN, View.FOLDED, View.STEM, View.PAIR


class Row(NamedTuple):
    """One setting: a value for each query, nDCG@10 or, if it is no ranking, a share."""

    label: str
    values: NDArray[np.float64]
    is_ranking: bool = True


@dataclass(frozen=True, slots=True)
class Study:
    """A study: its rows for one collection, in which collections it says anything, and how the
    queries are typed."""

    title: str
    rows: Callable[[Lab], Iterator[Row]]
    applies: Callable[[Lab], bool]
    variants: tuple[str, ...] = ("typed",)


def _has_stems(lab: Lab) -> bool:
    return lab.language.stemmer is not None


def _is_vietnamese(lab: Lab) -> bool:
    return lab.language.code == "vi"


def _is_unspaced(lab: Lab) -> bool:
    return lab.language.code in {"th", "zh", "ja", "km", "lo", "my"}


def _is_korean_or_unspaced(lab: Lab) -> bool:
    return _is_unspaced(lab) or lab.language.code == "ko"


def _has_spaces(lab: Lab) -> bool:
    return not _is_korean_or_unspaced(lab)


def _has_titles(lab: Lab) -> bool:
    return any(title.words for title, _ in lab.documents)


def _base(lab: Lab) -> Row:
    return Row("base", lab.ndcg(lab.base))


def _row(label: str, lab: Lab, scores: Scores) -> Row:
    return Row(label, lab.ndcg(scores))


def _without(parts: Parts, view: View) -> dict[tuple[View, str], Any]:
    return {key: weight for key, weight in parts.items() if key[0] is not view}


def _all_counted(parts: Parts) -> dict[tuple[View, str], Any]:
    """All views by BM25, as the ranking once was."""
    counted: dict[tuple[View, str], Any] = {}
    for (view, _), weight in parts.items():
        counted[view, BM25] = counted.get((view, BM25), 0.0) + weight
    return counted


def _stem_weights(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    own: dict[tuple[View, str], Any] = dict(lab.own)
    yield _row("all by BM25", lab, lab.score(_all_counted(own)))
    rest = _without(own, _FOLDED)
    yield _row("folded .3 by BM25", lab, lab.score({**rest, (_FOLDED, BM25): 0.3}))
    for weight in (0.0, 0.15, 0.45):
        scores = lab.score({**rest, (_FOLDED, IDF): weight})
        yield _row(f"folded {weight:g} by idf", lab, scores)
    for weight in (0.1, 0.3):
        scores = lab.score({**own, (_STEM, IDF): weight})
        yield _row(f"stem {weight:g} by idf added", lab, scores)
    for pair in (0.1, 0.2):
        scores = lab.score({**_without(own, _PAIR), (_PAIR, IDF): pair})
        yield _row(f"pairs {pair:g} by idf", lab, scores)
    for folded, pair in ((0.3, 0.1), (0.15, 0.1), (0.15, 0.2)):
        parts = {**_without(rest, _PAIR), (_FOLDED, IDF): folded, (_PAIR, BM25): pair}
        yield _row(f"folded {folded:g} by idf, pairs {pair:g} by BM25", lab, lab.score(parts))
    rest = _without(own, _WRITTEN)
    for weight in (0.0, 0.3):
        marked = np.where(lab.is_marked, np.float32(weight), np.float32(0))
        scores = lab.score({**rest, (_WRITTEN, IDF): marked})
        yield _row(f"written {weight:g} by idf where marked", lab, scores)


def _vietnamese_weights(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    own = lab.own
    yield _row("all by BM25", lab, lab.score(_all_counted(own)))
    counted = _all_counted(own)
    yield _row("pairs by BM25", lab, lab.score({**_without(own, _PAIR), (_PAIR, BM25): 0.5}))
    del counted[_PAIR, BM25]
    yield _row("written, folded by BM25", lab, lab.score({**counted, (_PAIR, IDF): 0.5}))
    for weight in (0.0, 0.2, 0.35, 0.7):
        scores = lab.score({**_without(own, _PAIR), (_PAIR, IDF): weight})
        yield _row(f"pairs {weight:g}", lab, scores)
    marked = lab.is_marked.astype(np.float32)
    main: dict[tuple[View, str], Any] = {
        (view, IDF): own[view, BM25] for view in (_WRITTEN, _FOLDED) if (view, BM25) in own
    }
    for weight in (0.1, 0.2, 0.3):
        scores = lab.base + weight * lab.score(main)
        yield _row(f"main view {weight:g} by idf added", lab, scores)
    for weight in (0.0, 0.2, 0.7):
        parts = {**own, (_FOLDED, IDF): weight * marked}
        yield _row(f"folded {weight:g} where marked", lab, lab.score(parts))


def _unspaced_weights(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    for kind, weights in ((IDF, (0.0, 0.2, 0.35, 0.5, 0.7)), (BM25, (0.2, 0.5, 0.7, 1.0))):
        for weight in weights:
            scores = lab.score({**_without(lab.own, _PAIR), (_PAIR, kind): weight})
            yield _row(f"pairs {weight:g} by {'BM25' if kind == BM25 else 'idf'}", lab, scores)
    once = lab.view(_PAIR).bm25(once=True)
    rest = lab.score(_without(lab.own, _PAIR))
    for weight in (0.35, 0.5, 0.7):
        yield _row(f"pairs {weight:g} by BM25, each once a text", lab, rest + weight * once)
    for weight in (0.3, 0.0):
        scores = lab.score({(_FOLDED, BM25): weight, (_PAIR, BM25): 1.0})
        yield _row(f"words {weight:g}, pairs 1 by BM25", lab, scores)


def _constants(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    views = {view: lab.view(view) for view, kind in lab.own if kind == BM25}
    for k1, b in (
        (0.6, 0.75),
        (0.9, 0.4),
        (1.2, 0.3),
        (1.2, 0.5),
        (1.2, 0.9),
        (1.5, 0.75),
        (2, 0.75),
    ):

        def feature(view: View, kind: str, k1: float = k1, b: float = b) -> Scores:
            return views[view].bm25(k1, b) if kind == BM25 else lab.feature(view, kind)

        yield _row(f"k1 {k1:g}, b {b:g}", lab, lab.score(lab.own, feature))


def _fields(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    for copies in (1, 3, 4):
        scores = lab.score(lab.own, _of_field(lab, titles=copies, texts=1))
        yield _row(f"one field, title ×{copies}", lab, scores)
    for parts, name in ((lab.own, ""), (_all_counted(lab.own), ", all by BM25")):
        title, text = (
            lab.score(parts, _of_field(lab, titles=titles, texts=1 - titles)) for titles in (1, 0)
        )
        for weight in (0.5, 1.0, 1.5, 2.0, 3.0):
            yield _row(f"fields summed, title {weight:g}{name}", lab, weight * title + text)


def _of_field(lab: Lab, *, titles: int, texts: int) -> Callable[[View, str], Scores]:
    def feature(view: View, kind: str) -> Scores:
        return _scores(lab.view(view, titles=titles, texts=texts), kind)

    return feature


def _scores(terms: Terms, kind: str) -> Scores:
    return terms.bm25() if kind == BM25 else terms.rarity()


def _pairs(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    own = lab.own
    kind = lab.pair_kind
    weight = own[_PAIR, kind]
    rest = lab.score(_without(own, _PAIR))
    yield _row("no pairs", lab, rest)
    other, name = (IDF, "idf") if kind == BM25 else (BM25, "BM25")
    for factor in (0.5, 1.0):
        scores = rest + factor * weight[:, None] * lab.feature(_PAIR, other)
        yield _row(f"by {name}, ×{factor:g}", lab, scores)
    once = lab.view(_PAIR).bm25(once=True)
    yield _row("by BM25, each once a text", lab, rest + weight[:, None] * once)
    unordered = _scores(lab.terms(_unordered), kind)
    yield _row("in either order", lab, rest + weight[:, None] * unordered)
    skipping = _scores(lab.terms(lambda words: _skipping(words, lab)), kind)
    for factor in (0.25, 0.5):
        scores = lab.base + factor * weight[:, None] * skipping
        yield _row(f"and over one word, ×{factor:g}", lab, scores)
    if lab.language.pairs_of_stems:
        folded = _scores(lab.terms(_folded_pairs), kind)
        yield _row("of folded words, all", lab, rest + weight[:, None] * folded)
    for factor in (0.5, 2.0):
        scores = rest + factor * weight[:, None] * lab.feature(_PAIR, kind)
        yield _row(f"weight ×{factor:g}", lab, scores)


def _unordered(words: Words) -> list[str]:
    return [PAIR_JOINT.join(sorted(pair.split(PAIR_JOINT))) for pair in words.pairs]


def _folded_pairs(words: Words) -> list[str]:
    return list(map(PAIR_JOINT.join, pairwise(word.folded for word in words.words)))


def _skipping(words: Words, lab: Lab) -> list[str]:
    if lab.language.pairs_of_stems:
        parts = [word.stem for word in words.words if not word.is_stop]
    else:
        parts = [word.folded for word in words.words]
    return list(map(PAIR_JOINT.join, zip(parts, parts[2:], strict=False)))


def _distances(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    pair = lab.own[_PAIR, lab.pair_kind][:, None]
    rest = lab.score(_without(lab.own, _PAIR))
    near = cooccurrences(lab).rarity()
    yield _row("pairs within 8 words in place of pairs", lab, rest + pair * near)
    for factor in (0.25, 0.5, 1.0):
        scores = lab.base + factor * pair * near
        yield _row(f"pairs within 8 words added, ×{factor:g}", lab, scores)
    bonus = span_bonus(lab)
    for weight in (0.1, 0.25, 0.5, 1.0):
        yield _row(f"bonus {weight:g} for the shortest span", lab, lab.base + weight * bonus)


def _stop_words(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    if lab.language.stemmer is not None:
        shorter = lab.terms(_stems_without_stops).bm25()
        rest = lab.score(_without(lab.own, _STEM))
        yield _row("not in the stems of texts either", lab, rest + shorter)

    def keeping(view: View, kind: str) -> Scores:
        return _scores(lab.terms(lambda w: w.terms(view), lambda w: w.terms(view)), kind)

    yield _row("kept in queries", lab, lab.score(lab.own, keeping))


def _stems_without_stops(words: Words) -> list[str]:
    return [word.stem for word in words.words if not word.is_stop]


def _feedback(lab: Lab) -> Iterator[Row]:
    """RM3: the best ten documents lend the query their terms."""
    yield _base(lab)
    view = lab.main
    terms = lab.view(view, every=True)
    weights = terms.weights()
    languages_models = (terms.counts @ sparse.diags(1 / np.maximum(terms.lengths, 1))).T.tocsr()
    skipped = {
        terms.places[term]
        for texts in lab.documents
        for text in texts
        for word in text.words
        if word.is_stop and (term := getattr(word, view)) in terms.places
    }
    rows, columns, shares = [], [], []
    for row, scores in enumerate(lab.base):
        places = best(scores)
        total = float(scores[places].sum())
        rows += [row] * len(places)
        columns += places
        shares += [float(scores[place]) / total for place in places]
    found = sparse.csr_matrix((shares, (rows, columns)), shape=lab.base.shape)
    models = (found @ languages_models).tocsr()
    lengths = np.asarray(terms.asked.sum(axis=1)).ravel()
    for count in (10, 20, 30):
        expansion = _largest(models, count, skipped)
        scores = np.asarray((sparse.diags(lengths) @ expansion @ weights).todense(), np.float32)
        for own in (0.5, 0.7, 0.9):
            mixed: Scores = (own * lab.base + (1 - own) * scores).astype(np.float32)
            yield _row(f"{count} terms, query {own:g}", lab, mixed)


def _largest(models: Any, count: int, skipped: set[int]) -> Any:
    """Return the rows with their largest values alone, each adding up to 1."""
    rows, columns, values = [], [], []
    for row in range(models.shape[0]):
        part = slice(models.indptr[row], models.indptr[row + 1])
        cells = sorted(
            (-value, place)
            for place, value in zip(models.indices[part], models.data[part], strict=True)
            if place not in skipped
        )[:count]
        total = -sum(value for value, _ in cells) or 1.0
        rows += [row] * len(cells)
        columns += [place for _, place in cells]
        values += [-value / total for value, _ in cells]
    return sparse.csr_matrix((values, (rows, columns)), shape=models.shape)


def _characters(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    own = lab.own
    weight = own[_PAIR, lab.pair_kind][:, None]
    rest = lab.score(_without(own, _PAIR))
    for reaches in ((1,), (2,), (3,), (1, 2), (2, 3), (1, 2, 3)):

        def read(words: Words, reaches: tuple[int, ...] = reaches) -> list[str]:
            return lab_rules.adjacent(words, *reaches)

        counted = _scores(lab.terms(read), lab.pair_kind)
        name = " and ".join(map(str, reaches))
        for factor in (1.0, 2.0) if len(reaches) == 1 else (1.0,):
            suffix = f", ×{factor:g}" if factor != 1 else ""
            yield _row(f"{name}{suffix}", lab, rest + factor * weight * counted)


def _german(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    plain = lab.but(language=lab_rules.without_digraphs(lab.language))
    yield _row("ae, oe, ue left as they are", lab, plain.base)
    splitter = lab_rules.Splitter(lab)
    parts = lab.terms(splitter.stems_and_parts)
    rare = parts.rarity()
    for weight in (0.1, 0.2, 0.3):
        yield _row(f"parts of compounds, {weight:g} by idf", lab, lab.base + weight * rare)
    rest = lab.score(_without(lab.own, _STEM))
    yield _row("parts among the stems, by BM25", lab, rest + parts.bm25())


def _turkish(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    for length in (4, 5, 6, 7):
        other = lab.but(language=lab_rules.cut_to(lab.language, length))
        yield _row(f"the first {length} letters", lab, other.base)
    for letters in (4, 6, 7, None):
        other = lab.but(language=replace(lab.language, stem_letters=letters))
        yield _row(f"{letters or 'all'} letters of the stem", lab, other.base)
    yield _row("no stems", lab, lab.but(language=lab_rules.cut_to(lab.language, 100)).base)


def _numbers(lab: Lab) -> Iterator[Row]:
    yield _base(lab)
    for name, rewrite in lab_rules.NUMBER_RULES.items():
        touched = np.array([float(rewrite(text) != text) for text in lab.texts])
        yield Row(f"{name}: share of queries touched", touched, is_ranking=False)
        texts = (text for one in lab.collection.documents for text in (one["title"], one["text"]))
        if touched.any() or any(rewrite(text) != text for text in texts):
            yield _row(name, lab, lab.but(rewrite=rewrite).base)


STUDIES: Final = {
    "stems": Study("weights where there are stems", _stem_weights, _has_stems),
    "vietnamese": Study(
        "weights of Vietnamese", _vietnamese_weights, _is_vietnamese, ("typed", "unmarked")
    ),
    "unspaced": Study("weights of pairs of characters", _unspaced_weights, _is_korean_or_unspaced),
    "constants": Study(
        "k1 and b of the view that counts (base: 1.2, 0.75)", _constants, lambda _: True
    ),
    "fields": Study("one field (base: title ×2) or a sum over fields", _fields, _has_titles),
    "pairs": Study("pairs of words", _pairs, _has_spaces),
    "distances": Study("words near each other", _distances, _has_spaces),
    "stop-words": Study(
        "function words (base: in the texts, dropped from queries)",
        _stop_words,
        lambda lab: bool(lab.language.stop_words),
    ),
    "feedback": Study("terms of the best ten documents added (RM3)", _feedback, lambda _: True),
    "characters": Study(
        "adjacent characters, so many at a time (base: 2 and 3 of South-East Asia, else 1 and 2)",
        _characters,
        _is_korean_or_unspaced,
        ("typed", "typo"),
    ),
    "german": Study("German umlauts and compounds", _german, lambda lab: lab.language.code == "de"),
    "turkish": Study(
        "Turkish stems (base: five letters)", _turkish, lambda lab: lab.language.code == "tr"
    ),
    "numbers": Study("forms of numbers, acronyms", _numbers, lambda _: True),
}
