"""``searchlib serve``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from searchlib.extras import extra
from searchlib.manifest import Manifest

__all__ = ["serve"]


def serve(
    index: Path, /, *, host: str = "127.0.0.1", port: int = 8000, root_path: str = ""
) -> None:
    """Answer searches over HTTP.

    Args:
        index: Its folder.
        host: The address to listen at; 0.0.0.0 is every one that the machine has.
        port: The port.
        root_path: The path at which a proxy in front of it shows it.
    """
    Manifest.read(index)
    with extra("serve", "the server"):
        server = import_module("searchlib.serve.server")
    server.run(index, host, port, root_path=root_path)
