"""Hits as retrieval pipelines take them: one text each, and what else is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from searchlib.errors import QueryError
from searchlib.results import Hit
from searchlib.schema import Schema

__all__ = ["Passage", "content_fields", "passage_of", "plain_highlights", "text_of"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One hit.

    Attributes:
        id: the document's id; over several indexes, behind the index's name and a slash.
        text: the values of its content fields, an empty line between fields.
        score: its relevance; None where a field sorted the hits.
        metadata: its other fields, and under ``_score``, ``_language``, ``_index`` (over several)
            and ``_highlights`` (if there are any) what the hit says. No field of a schema begins
            with ``_``.
    """

    id: str
    text: str
    score: float | None
    metadata: dict[str, Any] = field(default_factory=dict)


def content_fields(content: str | Sequence[str] | None, schema: Schema) -> tuple[str, ...]:
    """Return the names of the fields whose values are the text; None takes all text fields.

    Raises:
        QueryError: the schema has no such field.

    >>> from searchlib.fields import Integer, Text
    >>> content_fields(None, Schema({"title": Text(), "pages": Integer(), "body": Text()}))
    ('title', 'body')
    """
    if content is None:
        return tuple(schema.text_fields)
    names = (content,) if isinstance(content, str) else tuple(content)
    for name in names:
        if name not in schema.fields:
            known = ", ".join(schema.fields)
            raise QueryError(f"content: the index has no field {name!r}; it has {known}")
    return names


def passage_of(hit: Hit, content: Sequence[str], schema: Schema) -> Passage:
    """Return what a pipeline takes of a hit.

    Args:
        hit: the hit.
        content: the names of the fields that are its text.
        schema: the fields of its document.

    >>> from searchlib.fields import Integer, Text
    >>> hit = Hit("a", 1.5, {"id": "a", "title": "L’été", "year": 2022}, "fr")
    >>> passage = passage_of(hit, ["title"], Schema({"title": Text(), "year": Integer()}))
    >>> passage.text, passage.metadata
    ('L’été', {'year': 2022, '_score': 1.5, '_language': 'fr'})
    """
    metadata = {
        name: value
        for name, value in hit.document.items()
        if name not in content and name != schema.id
    }
    metadata |= {"_score": hit.score, "_language": hit.language}
    if hit.index is not None:
        metadata["_index"] = hit.index
    if hit.highlights:
        metadata["_highlights"] = plain_highlights(hit)
    own_id = hit.id if hit.index is None else f"{hit.index}/{hit.id}"
    return Passage(own_id, text_of(hit.document, content), hit.score, metadata)


def text_of(document: Mapping[str, Any], content: Sequence[str]) -> str:
    """Return the values of these fields: a line for each value, an empty line between fields.

    >>> print(text_of({"title": "L’été", "names": ["Ada", "Ann"]}, ["names"]))
    Ada
    Ann
    """
    return "\n\n".join(_lines(document[name]) for name in content if name in document)


def plain_highlights(hit: Hit) -> dict[str, list[str]]:
    """Return a hit's fragments as the plain strings that every serialiser knows.

    >>> plain_highlights(Hit("a", 1.5, {"id": "a"}, "fr"))
    {}
    """
    return {name: [str.__str__(one) for one in each] for name, each in hit.highlights.items()}


def _lines(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return "\n".join(str(one) for one in values if one is not None)
