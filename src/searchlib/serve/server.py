"""The server process: an application behind uvicorn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import uvicorn

from searchlib.index import Index
from searchlib.serve.app import create_app
from searchlib.serve.limits import ServerLimits

__all__ = ["run"]

_SECONDS_TO_END = 10


def run(
    index: Index | str | Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    root_path: str = "",
    name: str = "",
    limits: ServerLimits | None = None,
    title_field: str | None = None,
    body_field: str | None = None,
    url_field: str | None = None,
    date_field: str | None = None,
    facets: Sequence[str] | None = None,
) -> None:
    """Serve an index until the process is told to stop (SIGINT, SIGTERM).

    Args:
        index: an index, or the folder of one.
        host: the address to listen at; ``"0.0.0.0"`` is every one that the machine has.
        port: the port.
        root_path: the path at which a proxy in front of it shows it to the world.
        name: as for ``create_app``.
        limits: as for ``create_app``.
        title_field: as for ``create_app``.
        body_field: as for ``create_app``.
        url_field: as for ``create_app``.
        date_field: as for ``create_app``.
        facets: as for ``create_app``.

    Raises:
        ServeError: as ``create_app``.
        IndexStateError: as ``create_app``.
    """
    app = create_app(
        index,
        name=name,
        limits=limits,
        title_field=title_field,
        body_field=body_field,
        url_field=url_field,
        date_field=date_field,
        facets=facets,
    )
    uvicorn.run(
        app,
        host=host,
        port=port,
        root_path=root_path,
        log_level="info",
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
