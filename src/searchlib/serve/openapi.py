"""The server's own description, in OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from searchlib.serve.operations import Operation
from searchlib.serve.problems import MEDIA_TYPE, SCHEMA

__all__ = ["document"]

_ABOUT: Final = (
    "Search one index. Offsets in texts count code points, ends exclusive. Parameters that are "
    "lists are given several times: `filter.author=Salim&filter.author=Quang`."
)
_FAILURES: Final[Mapping[int, str]] = {
    400: "A parameter is not of its form, or over a limit; `parameter` names it.",
    404: "There is no such document.",
    503: "Too many searches at once, or the index cannot be read: try again after `Retry-After`.",
    504: "The search took too long: ask for less.",
}


def _object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def _list(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _map(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TEXT_OR_NULL: Final = {"type": ["string", "null"]}
_DOCUMENT: Final = {"type": "object", "description": "the document: field → value or values"}

_SCHEMAS: Final[Mapping[str, Any]] = {
    "SearchResult": _object(
        {
            "query": {"type": "string", "description": "the query, as given"},
            "total": {"type": "integer", "minimum": 0, "description": "how many documents match"},
            "language": {"type": "string", "description": "what the query was taken for"},
            "seconds": {"type": "number"},
            "hits": _list(_ref("Hit")),
            "facets": _map(_ref("Facet")),
            "notices": _list(_ref("Notice")),
            "did_you_mean": {**_TEXT_OR_NULL, "description": "the query with its slips mended"},
            "cursor": {**_TEXT_OR_NULL, "description": "what `after` goes on after"},
        }
    ),
    "Hit": _object(
        {
            "id": _TEXT,
            "score": {"type": ["number", "null"], "description": "null where a field sorted"},
            "language": _TEXT,
            "document": _DOCUMENT,
            "highlights": _map(_list(_ref("Fragment"))),
        }
    ),
    "Fragment": _object(
        {
            "text": {"type": "string", "description": "a stretch of a text, as it is: escape it"},
            "value": {**_COUNT, "description": "of a list of values, which"},
            "start": {**_COUNT, "description": "of the stretch, in the value"},
            "end": _COUNT,
            "length": {**_COUNT, "description": "of the whole value"},
            "matches": {
                **_list({"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}),
                "description": "start and end of each match, in the value",
            },
        }
    ),
    "Facet": _object(
        {
            "field": _TEXT,
            "lines": _list(_ref("FacetLine")),
            "other": {**_COUNT, "description": "documents counted under further values"},
            "distinct": {**_COUNT, "description": "how many values there are"},
        }
    ),
    "FacetLine": _object(
        {
            "value": {"type": ["string", "number", "boolean"]},
            "count": _COUNT,
            "selected": {"type": "boolean", "description": "whether the search is filtered by it"},
            "filter": {"type": "string", "description": "what `filter.…` takes for it"},
        },
        children={**_list(_ref("FacetLine")), "description": "below a category that is chosen"},
    ),
    "Notice": _object({"code": _TEXT, "message": _TEXT}, start=_COUNT, end=_COUNT),
    "Suggestion": _object(
        {
            "text": {"type": "string", "description": "the word, or the title"},
            "query": {"type": "string", "description": "all that was typed, completed"},
            "documents": _COUNT,
        }
    ),
    "Suggestions": _object(
        {"words": _list(_ref("Suggestion")), "titles": _list(_ref("Suggestion"))}
    ),
    "Document": _object({"id": _TEXT, "language": _TEXT, "document": _DOCUMENT}),
    "About": _object(
        {
            "name": _TEXT,
            "documents": _COUNT,
            "languages": _list(_TEXT),
            "id": {"type": "string", "description": "the key of the id in documents"},
            "fields": {**_map(_TEXT), "description": "name → type"},
            "roles": {"type": "object", "description": "what each field is for on the page"},
            "sorts": _list(_TEXT),
            "limits": _map({"type": "number"}),
        }
    ),
    "Health": _object({"status": {"const": "ok"}, "documents": _COUNT}),
    "Problem": SCHEMA,
}


def document(table: Sequence[Operation], version: str, root: str) -> dict[str, Any]:
    """Return the description of these operations.

    Args:
        table: the operations.
        version: of the library.
        root: the path that the server is mounted at; "" for none.
    """
    health = {
        "summary": "Tell whether the index can be read.",
        "operationId": "health",
        "responses": {"200": _answer("Health"), "503": _failure(503)},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "searchlib", "version": version, "description": _ABOUT},
        "servers": [{"url": root or "/"}],
        "paths": {
            **{one.path: {"get": _operation(one)} for one in table},
            "/health": {"get": health},
        },
        "components": {"schemas": dict(_SCHEMAS)},
    }


def _operation(one: Operation) -> dict[str, Any]:
    failures = [status for status in _FAILURES if status != HTTPStatus.NOT_FOUND or one.can_miss]
    return {
        "summary": one.about,
        "operationId": one.name,
        "parameters": [parameter.document() for parameter in one.parameters],
        "responses": {
            "200": _answer(one.answers),
            **{str(status): _failure(status) for status in failures},
        },
    }


def _answer(name: str) -> dict[str, Any]:
    return {"description": "The answer.", "content": {"application/json": {"schema": _ref(name)}}}


def _failure(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {"description": _FAILURES[status], "content": content}
