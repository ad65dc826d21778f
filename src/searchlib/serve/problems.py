"""Errors as a client of the server gets them: problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from searchlib.errors import IndexStateError, QueryError, SearchTimeoutError

__all__ = ["MEDIA_TYPE", "SCHEMA", "Problem", "problem_of"]

MEDIA_TYPE: Final = "application/problem+json"

#: The JSON schema of a problem.
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["title", "status", "detail", "code"],
    "properties": {
        "title": {"type": "string", "description": "the name of the status"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what happened, and what to do about it"},
        "code": {"type": "string", "description": "a short name to test for"},
        "parameter": {"type": "string", "description": "the parameter at fault"},
    },
}


class Problem(Exception):
    """Why a request has no answer. It never leaves the server but as an answer.

    Args:
        status: the HTTP status.
        code: a short name to test for.
        detail: what happened, and what to do about it.
        parameter: the parameter at fault.

    >>> Problem(400, "bad-parameter", "limit is a whole number", "limit").to_dict()["title"]
    'Bad Request'
    """

    def __init__(self, status: int, code: str, detail: str, parameter: str | None = None) -> None:
        super().__init__(detail)
        self.status = int(status)
        self.code = code
        self.detail = detail
        self.parameter = parameter

    def to_dict(self) -> dict[str, Any]:
        """Return its members as JSON has them."""
        plain: dict[str, Any] = {
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return plain if self.parameter is None else {**plain, "parameter": self.parameter}

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says besides: when to come again, where that is worth it."""
        return {"Retry-After": "1"} if self.status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def problem_of(error: Exception) -> Problem:
    """Return how an error is told to a client.

    >>> problem_of(QueryError("there is no field 'x'")).status
    400
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, QueryError):
        return Problem(HTTPStatus.BAD_REQUEST, "bad-query", str(error))
    if isinstance(error, SearchTimeoutError):
        return Problem(HTTPStatus.GATEWAY_TIMEOUT, "too-slow", str(error))
    if isinstance(error, IndexStateError):
        # Its message names folders of this machine, and what to run there: the log's, not theirs.
        detail = "the index cannot be read at the moment: try again; the server's log says why"
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "index", detail)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "the server's log says why")
