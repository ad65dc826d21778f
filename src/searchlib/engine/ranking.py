"""Scores that values of fields raise, exact although tantivy cannot compute them.

tantivy adds to each score the most that documents of a span of values can get: the curve as a
staircase, a span a step. So no document scores below what it should. Of the first ones in that
order the exact scores are computed, as many as it takes: none of those that follow can belong
before them, once the staircase puts these lower than the page's last exact score.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import inf, log2

from searchlib import _tantivy as tantivy
from searchlib._dataclass import dataclass
from searchlib._typing import Any, Final
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import QueryError
from searchlib.fields import Date, DateTime, Field, Float, Integer
from searchlib.query.rank import Popularity, Rank, Recency
from searchlib.results import Reason
from searchlib.schema import Schema

__all__ = ["Ranking", "now", "ranks_of"]

_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
_STEPS: Final = 8  # of a staircase: more take tantivy longer than they save
_FIRST: Final = 100  # documents beyond the page whose exact scores are computed at first
_GROWTH: Final = 4
_ROUNDING: Final = 1e-5  # more than tantivy's floats of 32 bits lose, of a sum
_LEAST, _GREATEST = -(2**63), 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FITS: Final = {Recency: (Date, DateTime), Popularity: (Integer, Float)}

#: A score and where its document lies.
Scored = tuple[float, tantivy.DocAddress]


def now() -> int:
    """Return the present, in microseconds since 1970."""
    return (datetime.now(UTC) - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class _Curve:
    """What one request adds to scores.

    Attributes:
        rank: the request.
        kind: the type of its field.
        added: a value of the field → what it adds, rising or falling all along.
        edges: values, ascending, that cut the curve into spans.
        most: what a value of each span can get at most; of the one before the first edge first.
        clauses: tantivy's, which add it; none where documents have several values.
    """

    rank: Rank
    kind: Field
    added: Callable[[float], float]
    edges: Sequence[float]
    most: Sequence[float]
    clauses: Sequence[tantivy.Query]

    def exact(self, value: float | None) -> float:
        return 0.0 if value is None else self.added(value)

    def step(self, value: float | None) -> float:
        """What the clauses add for a value."""
        if value is None or not self.clauses:
            return 0.0
        return self.most[bisect_left(self.edges, value)]

    def shown(self, value: float) -> str:
        """A value of the field as people write it."""
        if isinstance(self.kind, Date):
            return str(_EPOCH.date() + timedelta(days=value))
        return str(_EPOCH + value * _MICROSECOND if isinstance(self.kind, DateTime) else value)

    @property
    def unseen(self) -> float:
        """What a document can get beyond what the clauses add."""
        return 0.0 if self.clauses else self.rank.weight


def ranks_of(ranks: Sequence[Rank] | None, schema: Schema) -> tuple[Rank, ...]:
    """Return what adds to scores.

    Raises:
        QueryError: it is no list of these, or a field is not there or not of the type.
    """
    if ranks is None:
        return ()
    if isinstance(ranks, str) or not isinstance(ranks, Sequence):
        raise QueryError(f"rank is a list of Recency and Popularity, not {ranks!r}")
    for rank in ranks:
        if not isinstance(rank, (Recency, Popularity)):
            raise QueryError(f"rank is a list of Recency and Popularity, not of {rank!r}")
        fitting = _FITS[type(rank)]
        if not isinstance(schema.fields.get(rank.field), fitting):
            has = [name for name, other in schema.fields.items() if isinstance(other, fitting)]
            types = " or ".join(one.type_name for one in fitting)
            raise QueryError(
                f"{type(rank).__name__} on {rank.field!r}: it takes {types} fields; the schema's: "
                + (", ".join(has) or "none")
            )
    return tuple(ranks)


class Ranking:
    """Scores and orders what a query finds, values of fields included.

    Args:
        snapshot: the commit that is searched.
        schema: its fields.
        ranks: what adds to scores, checked.
        moment: the present, in microseconds since 1970.

    Raises:
        QueryError: an origin does not fit its field.
    """

    def __init__(
        self, snapshot: Snapshot, schema: Schema, ranks: Sequence[Rank], moment: int
    ) -> None:
        self._snapshot = snapshot
        self._curves = [self._curve(rank, schema, moment) for rank in ranks]

    def search(
        self, query: tantivy.Query, limit: int, offset: int
    ) -> tuple[int, Sequence[tuple[float | None, tantivy.DocAddress]]]:
        """Return how many documents a query finds, and a page of them."""
        if not self._curves:
            return self._snapshot.search(query, limit=limit, offset=offset)
        total = self._snapshot.count(query)
        return total, self.ordered(query, offset, min(offset + limit, total))

    def ordered(self, query: tantivy.Query, start: int, stop: int) -> list[Scored]:
        """Return what a query finds, the highest score first, from a place to before another."""
        if not self._curves or start >= stop:
            return self._base(query, start, stop)
        clauses = [(_SHOULD, clause) for curve in self._curves for clause in curve.clauses]
        raised = tantivy.Query.boolean_query([(_MUST, query), *clauses])
        unseen = sum(curve.unseen for curve in self._curves)
        size = stop + _FIRST
        while True:
            hits = self._base(raised, 0, size)
            exact = self._exact(hits)
            exact.sort(key=lambda hit: -hit[0])  # stable, so that each page has one order
            if len(hits) < size:
                return exact[start:stop]
            beyond = hits[-1][0] + unseen
            if exact[stop - 1][0] > beyond + _ROUNDING * abs(beyond):
                return exact[start:stop]
            size *= _GROWTH

    def reasons(self, address: tantivy.DocAddress) -> list[Reason]:
        """Return what the fields of a document add to its score."""
        reasons = []
        for curve in self._curves:
            field = curve.rank.field
            [value] = self._snapshot.numbers(field, [address])
            if added := curve.exact(value):
                name = type(curve.rank).__name__.lower()
                reasons.append(Reason(added, field, name, curve.shown(value), field))
        return reasons

    def _base(self, query: tantivy.Query, start: int, stop: int) -> list[Scored]:
        return self._snapshot.ordered(
            query, limit=stop - start, offset=start, order_by=None, descending=True
        )

    def _exact(self, hits: Sequence[Scored]) -> list[Scored]:
        addresses = [address for _, address in hits]
        scores = [score for score, _ in hits]
        for curve in self._curves:
            values = self._snapshot.numbers(curve.rank.field, addresses)
            # Documents are often of one day, or of few views.
            gains = {value: curve.exact(value) - curve.step(value) for value in set(values)}
            scores = [score + gains[value] for score, value in zip(scores, values, strict=True)]
        return list(zip(scores, addresses, strict=True))

    def _curve(self, rank: Rank, schema: Schema, moment: int) -> _Curve:
        kind = schema.fields[rank.field]
        if isinstance(rank, Recency):
            added, edges = _decay(rank, kind, moment)
        else:
            added, edges = _saturation(rank, kind)
        most = [max(map(added, span)) for span in _spans(edges)]
        clauses = []
        if self._snapshot.is_single(rank.field):
            clauses = [
                tantivy.Query.const_score_query(clause, score)
                for clause, score in zip(self._clauses(rank, kind, edges), most, strict=True)
                if score
            ]
        return _Curve(rank, kind, added, edges, most, clauses)

    def _clauses(self, rank: Rank, kind: Field, edges: Sequence[float]) -> list[tantivy.Query]:
        """One for each span; an edge belongs to the span before it."""
        is_float = isinstance(kind, Float)
        name = tantivy.FieldType.Float if is_float else tantivy.FieldType.Integer
        return [
            tantivy.Query.range_query(
                self._snapshot.schema,
                rank.field,
                name,
                low,
                high,
                include_lower=low is None,
                include_upper=True,
            )
            for low, high in zip([None, *edges], [*edges, None], strict=True)
        ]


def _spans(edges: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip([-inf, *edges], [*edges, inf], strict=True))


def _decay(rank: Recency, kind: Field, moment: int) -> tuple[Callable[[float], float], list[int]]:
    """The curve in the field's own units, days or microseconds, and where its steps are."""
    is_day = isinstance(kind, Date)
    unit = timedelta(days=1) if is_day else _MICROSECOND
    origin = _origin(rank, kind, moment)
    half_life, weight = rank.half_life / unit, rank.weight

    def added(value: float) -> float:
        age = origin - value
        if age <= 0:
            return weight
        halvings = age / half_life
        return weight * 0.5**halvings if halvings < 2_000 else 0.0

    ages = [half_life * -log2(step / _STEPS) for step in range(1, _STEPS + 1)]
    edges = {min(max(origin - int(min(age, 2.0**62)), _LEAST), _GREATEST) for age in ages}
    return added, sorted(edges)


def _origin(rank: Recency, kind: Field, moment: int) -> int:
    """The day or moment from which ages count, as the field encodes it."""
    given = rank.origin
    if given is None:
        given = _EPOCH + moment * _MICROSECOND
    if isinstance(kind, Date) and isinstance(given, datetime):
        given = (given if given.tzinfo is None else given.astimezone(UTC)).date()
    try:
        origin: int = kind.encode(given)
    except ValueError as error:
        raise QueryError(f"Recency on {rank.field!r}: origin: {error}") from None
    return origin


def _saturation(rank: Popularity, kind: Field) -> tuple[Callable[[float], float], list[Any]]:
    pivot, weight = float(rank.pivot), rank.weight

    def added(value: float) -> float:
        if value <= 0:
            return 0.0
        return weight / (1 + pivot / value)  # so that nothing overflows

    edges = {0.0, *(pivot * step / (_STEPS - step) for step in range(1, _STEPS))} - {inf}
    if isinstance(kind, Integer):
        return added, sorted({min(int(edge), _GREATEST) for edge in edges})
    return added, sorted(edges)
