"""How good a ranking is: nDCG@10, MRR@10 and Recall@100, by ir_measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import ir_measures
from ir_measures import RR, R, nDCG
from scipy import stats

__all__ = ["MEASURES", "Values", "mean", "measure", "p_value"]

#: Query → value.
Values = dict[str, float]

_MEASURES: Final = {"nDCG@10": nDCG @ 10, "MRR@10": RR @ 10, "Recall@100": R @ 100}
MEASURES: Final = tuple(_MEASURES)


def measure(
    rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Mapping[str, int]]
) -> dict[str, Values]:
    """Return measure → query → value, for every query that was judged.

    Args:
        rankings: query → ids of documents, the best first; a missing query found nothing.
        judgements: query → document → grade; a grade above 0 is relevant, and is its gain.
    """
    qrels = {query: dict(grades) for query, grades in judgements.items()}
    # Scores that fall from rank to rank: ir_measures would order equal ones by id.
    run = {
        query: {document: -float(rank) for rank, document in enumerate(documents)}
        for query, documents in rankings.items()
    }
    names = {wanted: name for name, wanted in _MEASURES.items()}
    values = {name: dict.fromkeys(qrels, 0.0) for name in MEASURES}
    for one in ir_measures.iter_calc(list(names), qrels, run):
        values[names[one.measure]][one.query_id] = one.value
    return values


def mean(values: Values) -> float:
    """Return the mean over queries; 0 of none."""
    return sum(values.values()) / len(values) if values else 0.0


def p_value(differences: Sequence[float], test: str = "t", *, rounds: int = 10_000) -> float:
    """Return the two-sided p value of paired differences: of the t test, or of turning their signs
    at random."""
    if len(differences) < 2 or not any(differences):
        return 1.0
    if test == "t":
        if len(set(differences)) == 1:
            return 0.0
        return float(stats.ttest_1samp(differences, 0.0).pvalue)
    result = stats.permutation_test(
        (list(differences),),
        lambda sample, axis: sample.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=rounds,
        batch=500,
        rng=1,
    )
    return float(result.pvalue)
