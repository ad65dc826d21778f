"""Results of the library as plain values that JSON can hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from searchlib.fields import Category, Date, DateTime, Float, Integer
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.results import FacetCount, FacetResult, Fragment, Hit, Notice, Suggestion
from searchlib.schema import Schema
from searchlib.serve.filters import text_of

__all__ = [
    "facet_answer",
    "facets_answer",
    "facets_for",
    "hit_answer",
    "last_lines",
    "notice_answer",
    "plain",
    "suggestion_answer",
]

_BINS: Final = 5
_SHOWN: Final = 10  # values of a facet, unless more are asked for
_MOST_OPENED: Final = 10  # paths of one category whose children are counted too
_EXCERPT: Final = 240  # code points of a text without a match that are shown
_OPENED: Final = "/"  # stands in no field's name


def plain(value: Any) -> Any:
    """Return a document's value as JSON can hold it: days and moments as ISO strings.

    >>> plain({"day": [date(2022, 9, 15)]})
    {'day': ['2022-09-15']}
    """
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def hit_answer(hit: Hit, fields: Collection[str], shown: Sequence[str], key: str) -> dict[str, Any]:
    """Return a hit.

    Args:
        hit: the hit.
        fields: the fields of its document that are wanted; empty takes all.
        shown: the text fields of which fragments are wanted; of one without a match, its beginning.
        key: the name of the id in documents.
    """
    document = {
        name: plain(value)
        for name, value in hit.document.items()
        if not fields or name in fields or name == key
    }
    highlights = {}
    for name in shown:
        value = hit.document.get(name)
        texts: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value]
        fragments = hit.highlights.get(name) or _beginning(texts)
        if fragments:
            highlights[name] = [_fragment(one, len(texts[one.value])) for one in fragments]
    return {
        "id": hit.id,
        "score": hit.score,
        "language": hit.language,
        "document": document,
        "highlights": highlights,
    }


def _fragment(fragment: Fragment, length: int) -> dict[str, Any]:
    return {
        "text": str(fragment),
        "value": fragment.value,
        "start": fragment.start,
        "end": fragment.end,
        "length": length,
        "matches": [list(match) for match in fragment.matches],
    }


def _beginning(texts: Sequence[Any]) -> tuple[Fragment, ...]:
    """The beginning of the first text, cut between words where it has any."""
    text = texts[0] if texts else None
    if not isinstance(text, str) or not text.strip():
        return ()
    end = len(text)
    if end > _EXCERPT:
        space = text.rfind(" ", _EXCERPT // 2, _EXCERPT)
        end = space if space > 0 else _EXCERPT
    return (Fragment(text[:end], 0, 0, end, ()),)


def facets_for(
    schema: Schema, names: Sequence[str], chosen: Mapping[str, Sequence[str]]
) -> list[Facet]:
    """Return what to count for these fields: values, years of dates, ranges of numbers, and of
    categories what lies below the paths chosen too.

    Args:
        schema: the fields.
        names: the fields to count.
        chosen: field → the values that it is filtered by, as text.

    >>> from searchlib import Integer, Schema
    >>> facets_for(Schema({"pages": Integer()}), ["pages"], {})
    [RangeFacet(field='pages', bounds=(), bins=5, name=None)]
    """
    requests: list[Facet] = []
    for name in names:
        kind = schema.fields.get(name)
        if isinstance(kind, (Integer, Float)):
            requests.append(RangeFacet(name, bins=_BINS))
        elif isinstance(kind, (Date, DateTime)):
            requests.append(CalendarFacet(name))
        else:
            requests.append(ValueFacet(name, limit=_SHOWN))
        if isinstance(kind, Category):
            paths: dict[str, None] = {}
            for text in chosen.get(name, ()):
                steps = kind.parse(text).split("/")
                paths.update({"/".join(steps[: n + 1]): None for n in range(len(steps))})
            for path in list(paths)[:_MOST_OPENED]:
                own = f"{name}{_OPENED}{path}"
                requests.append(ValueFacet(name, limit=_SHOWN, under=path, name=own))
    return requests


def facets_answer(
    results: Mapping[str, FacetResult], chosen: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the facets of a search, the children of a category within its line."""
    answers = {}
    for name, result in results.items():
        if _OPENED not in name:
            answers[name] = facet_answer(result, chosen.get(name, ()))
            _open(answers[name]["lines"], name, results, chosen.get(name, ()))
    return answers


def _open(
    lines: list[dict[str, Any]],
    field: str,
    results: Mapping[str, FacetResult],
    chosen: Sequence[str],
) -> None:
    for line in lines:
        below = results.get(f"{field}{_OPENED}{line['value']}")
        if below is not None and below.counts:
            line["children"] = facet_answer(below, chosen)["lines"]
            _open(line["children"], field, results, chosen)


def facet_answer(result: FacetResult, chosen: Sequence[str]) -> dict[str, Any]:
    """Return the counts of one facet.

    Args:
        result: the facet.
        chosen: the texts that its field is filtered by: a year is filtered by as its days are, and
            only its text tells that it was meant.
    """
    return {
        "field": result.field,
        "lines": [_line(line, chosen) for line in result.counts],
        "other": result.other,
        "distinct": result.distinct,
    }


def last_lines(answer: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """Return the answer of a facet of dates or numbers with so many lines, the last ones.

    >>> lines = [{"value": "2021", "count": 3}, {"value": "2022", "count": 1}]
    >>> last_lines({"lines": lines, "other": 0}, 1)
    {'lines': [{'value': '2022', 'count': 1}], 'other': 3}
    """
    lines = answer["lines"]
    left_out = sum(line["count"] for line in lines[:-limit])
    return {**answer, "lines": lines[-limit:], "other": answer["other"] + left_out}


def _line(line: FacetCount, chosen: Sequence[str]) -> dict[str, Any]:
    text = text_of(line)
    is_chosen = line.selected or text in chosen
    return {"value": line.value, "count": line.count, "selected": is_chosen, "filter": text}


def notice_answer(notice: Notice) -> dict[str, Any]:
    """Return a notice; its place is left out where it has none."""
    place = {} if notice.start is None else {"start": notice.start, "end": notice.end}
    return {"code": notice.code, "message": notice.message, **place}


def suggestion_answer(suggestion: Suggestion) -> dict[str, Any]:
    """Return a suggestion."""
    return {
        "text": suggestion.text,
        "query": suggestion.query,
        "documents": suggestion.documents,
    }
