"""A document's score → the reasons for it, one a clause of the query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import replace
from searchlib.analysis import View
from searchlib.engine.clauses import Clause
from searchlib.engine.layout import LANGUAGE, TEXT, view_field
from searchlib.engine.snapshot import Snapshot
from searchlib.results import Explanation, Reason

__all__ = ["explain"]

_VIEWS: Final = frozenset(view.value for view in View)
_NO_FIELDS: Final = frozenset({TEXT, LANGUAGE, "", "*"})


def explain(
    snapshot: Snapshot,
    document_id: str,
    address: tantivy.DocAddress,
    query: tantivy.Query,
    clauses: Sequence[Clause],
    others: Sequence[Reason] = (),
) -> Explanation:
    """Return the account of one document's score.

    Args:
        snapshot: the commit that is searched.
        document_id: the document's id.
        address: where it lies in the snapshot.
        query: the compiled query.
        clauses: what it consists of.
        others: what its fields add to the score, whatever the query.
    """
    account = snapshot.explain(query, address) if snapshot.matches(query, document_id) else None
    words = dict.fromkeys(
        clause.word for clause in clauses if _is_single(clause) and clause.view != View.PAIR
    )
    if account is None:
        return Explanation(document_id, False, 0.0, (), tuple(words))
    holds = cache(lambda part: snapshot.matches(part, document_id))
    counted = [clause for clause in clauses if all(map(holds, clause.within))]
    reasons = [*_reasons(snapshot, address, counted), *others]
    totals: defaultdict[str, float] = defaultdict(float)
    for reason in reasons:
        totals[reason.word] += reason.score
    reasons.sort(key=lambda reason: (-totals[reason.word], reason.word, -reason.score))
    # Words that a text holds by another term of a glossary are not missing there.
    held = {
        part
        for reason in reasons
        if reason.view == "glossary"
        for part in reason.word.strip('"').split()
    }
    missing = tuple(word for word in words if word not in totals and word not in held)
    score = account["value"] + sum(reason.score for reason in others)
    return Explanation(document_id, True, score, tuple(reasons), missing)


def _reasons(
    snapshot: Snapshot, address: tantivy.DocAddress, clauses: Iterable[Clause]
) -> Iterator[Reason]:
    for clause in clauses:
        if clause.alternatives:
            yield from _best(_reasons(snapshot, address, clause.alternatives), clause.weight)
            continue
        account = snapshot.explain(clause.query, address)
        if account is None:
            continue
        documents = None
        if _is_single(clause):
            field = view_field(clause.field, View(clause.view))
            documents = snapshot.frequencies(field, (clause.term,)).get(clause.term, 0)
        yield Reason(
            account["value"] * clause.weight,
            clause.word,
            str(clause.view),
            clause.term,
            None if clause.field in _NO_FIELDS else clause.field,
            documents,
            _times(account),
        )


def _best(reasons: Iterable[Reason], factor: float) -> Iterator[Reason]:
    best = max(reasons, key=lambda reason: reason.score, default=None)
    if best is not None:
        yield replace(best, score=best.score * factor, times=None)


def _is_single(clause: Clause) -> bool:
    """Whether a clause looks for one term of a view, and no phrase."""
    return clause.view in _VIEWS and " " not in clause.term


def _times(account: dict[str, Any]) -> int | None:
    """The number of occurrences, from tantivy's own account of a BM25 score."""
    if account["description"].startswith("freq, occurrences"):
        return int(account["value"])
    parts = (_times(part) for part in account.get("details") or ())
    return next((times for times in parts if times is not None), None)
