"""The application: operations over HTTP, the search page, health and metrics."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from math import nan
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchlib.errors import SearchlibError, ServeError
from searchlib.fields import show
from searchlib.index import Index
from searchlib.serve import metrics, openapi
from searchlib.serve.gate import Gate
from searchlib.serve.limits import ServerLimits
from searchlib.serve.operations import Operation, operations
from searchlib.serve.parameters import read_parameters
from searchlib.serve.problems import MEDIA_TYPE, Problem, problem_of
from searchlib.serve.roles import Roles

__all__ = ["create_app"]

_PAGE: Final = Path(__file__).parent / "page"
_LOG: Final = logging.getLogger("searchlib.serve")
#: What every answer says. The page needs nothing from outside, and nothing may be put into it: no
#: script or style but its own, and no way to make HTML of text.
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Asked again each time, answered with 304 where nothing changed: no page of two versions.
    "Cache-Control": "no-cache",
    # What was searched stands in the URL: it is nobody's business on the sites that hits lead to.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(
    index: Index | str | Path,
    *,
    name: str = "",
    limits: ServerLimits | None = None,
    title_field: str | None = None,
    body_field: str | None = None,
    url_field: str | None = None,
    date_field: str | None = None,
    facets: Sequence[str] | None = None,
) -> Starlette:
    """Return an application (ASGI) with the JSON API and the search page of an index.

    It sees each commit at the next request, those of other processes too, and writes nothing.

    Args:
        index: an index, or the folder of one.
        name: what the page is called; "" calls it by what it does.
        limits: how much one request may ask for; None takes the defaults of ``ServerLimits``.
        title_field: the field that heads a hit; None tells it from the schema, as the next three.
        body_field: the text field of which a hit shows a fragment.
        url_field: the field that holds the address that a hit leads to.
        date_field: the field that dates a hit.
        facets: the fields to choose by beside the hits; None takes all that can be counted.

    Raises:
        ServeError: a field is not there, or cannot serve as that.
        IndexNotFoundError: there is no index in the folder.
        IndexStateError: it cannot be opened.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["fr"]))
    >>> app = create_app(index)
    >>> app.url_path_for("search")
    '/api/search'
    """
    if isinstance(index, (str, Path)):
        index = Index.open(index)
    if not isinstance(index, Index):
        raise ServeError(f"create_app takes an index, or the folder of one, not {show(index)}")
    limits = ServerLimits() if limits is None else limits
    if not isinstance(limits, ServerLimits):
        raise ServeError(f"limits is ServerLimits, not {show(limits)}")
    roles = Roles.of(
        index.schema,
        title=title_field,
        body=body_field,
        url=url_field,
        date=date_field,
        facets=facets,
    )
    return _Server(index, operations(index, name, roles, limits), limits).app()


class _Server:
    """What answers requests: operations behind a gate, and counts of them."""

    def __init__(self, index: Index, table: Sequence[Operation], limits: ServerLimits) -> None:
        self.index = index
        self.table = table
        self.limits = limits
        self.gate = Gate(limits)
        self.metrics = metrics.Metrics(
            self.documents, lambda: self.gate.running, lambda: self.gate.waiting
        )

    def app(self) -> Starlette:
        routes = [
            *(Route(one.path, partial(self.answer, one), name=one.name) for one in self.table),
            Route("/openapi.json", self.openapi, name="openapi"),
            Route("/health", self.health, name="health"),
            Route("/metrics", self.counts, name="metrics"),
            Route("/", self.page, name="page"),
        ]
        files = Mount("/page", StaticFiles(directory=_PAGE), name="files")
        return Starlette(
            routes=[*routes, files],
            middleware=[
                Middleware(_Measured, self.metrics, {one.path: one.name for one in routes}),
                Middleware(GZipMiddleware, minimum_size=1_000),
            ],
            exception_handlers={
                Problem: _on_error,
                SearchlibError: _on_error,
                HTTPException: _on_http_error,
                Exception: _on_fault,
            },
        )

    async def answer(self, operation: Operation, request: Request) -> Response:
        values = read_parameters(operation.parameters, request.query_params.multi_items())
        return _json(await self.gate.run(partial(operation.run, values)))

    async def openapi(self, request: Request) -> Response:
        root = request.scope.get("root_path", "")
        return _json(openapi.document(self.table, version("searchlib"), root))

    async def health(self, _: Request) -> Response:
        """Past the gate: a server that is busy is not ill."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                documents = await asyncio.to_thread(self.index.__len__)
        except TimeoutError:
            detail = "the index could not be read in time: look at the disk, and at the load"
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "index", detail) from None
        return _json({"status": "ok", "documents": documents})

    async def counts(self, _: Request) -> Response:
        text = await asyncio.to_thread(self.metrics.text)
        return Response(text, headers={"Content-Type": metrics.MEDIA_TYPE})

    def documents(self) -> float:
        """How many documents there are; not a number while the index cannot be read."""
        try:
            return len(self.index)
        except SearchlibError:
            return nan

    async def page(self, _: Request) -> Response:
        return FileResponse(_PAGE / "index.html")


class _Measured:
    """Adds the headers to each answer, and counts it."""

    def __init__(self, app: ASGIApp, counts: metrics.Metrics, names: Mapping[str, str]) -> None:
        self.app = app
        self.counts = counts
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *own]}
            await send(message)

        try:
            await self.app(scope, receive, sent)
        finally:
            # Not the path itself: of those there is no end.
            root = scope.get("root_path", "")
            name = self.names.get(scope["path"].removeprefix(root), "other")
            self.counts.count(name, status, perf_counter() - started)


def _json(plain: Any, status: int = 200, media_type: str = "application/json") -> Response:
    # Half a surrogate pair is no UTF-8, but JSON has an escape for it.
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    body = text.encode("utf-8", "backslashreplace")
    return Response(body, status_code=status, media_type=media_type)


def _problem(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    response = _json(problem.to_dict(), problem.status, MEDIA_TYPE)
    response.headers.update({**problem.headers, **(headers or {})})
    return response


async def _on_error(_: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is not error and problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.error("%s", error, exc_info=error)
    return _problem(problem)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path[:80]
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {path!r}: /openapi.json lists what there is"
        return _problem(Problem(HTTPStatus.NOT_FOUND, "no-such-path", detail), error.headers)
    detail = f"{path!r} takes GET, not {request.method[:20]}"
    return _problem(Problem(error.status_code, "bad-request", detail), error.headers)


async def _on_fault(_: Request, error: Exception) -> Response:
    # Starlette raises it again after the answer, for the server to log.
    return _problem(problem_of(error))
