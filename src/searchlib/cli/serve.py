"""``searchlib serve``."""

from __future__ import annotations

import os
import socket
from importlib import import_module
from pathlib import Path

from searchlib.cli.codes import UsageError
from searchlib.manifest import Manifest

__all__ = ["serve"]

_LAST_PORT = 65_535


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
    server = import_module("searchlib.serve")  # only here, for it takes an extra of its own
    _check(host, port)
    server.run(index, host, port, root_path=root_path)


def _check(host: str, port: int) -> None:
    """Make sure that it can be listened there, before a server says in many lines that it cannot.

    Raises:
        UsageError: there is no such port or host.
        OSError: the port is taken, or may not be used.
    """
    if not 0 <= port <= _LAST_PORT:
        raise UsageError(f"--port is 0 to {_LAST_PORT}, not {port}")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except socket.gaierror as error:
        raise UsageError(f"--host {host}: {error.strerror}") from error
    except OSError as error:
        number = error.errno or 0
        raise OSError(number, os.strerror(number), f"{host}:{port}") from error
