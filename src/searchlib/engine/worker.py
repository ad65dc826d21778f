"""A process that encodes documents for another, which starts it (``pool``) and which it ends with.

Both speak through a socket: the length of a message, then the message. What comes back of a batch
is what was made of each document, or None where that did not go well: who sent it finds out why.
"""

from __future__ import annotations

import pickle
import signal
import socket
import sys
from typing import Any, Final

from searchlib.analysis import ANALYSIS_VERSION, icu_version
from searchlib.engine.encode import Encoder
from searchlib.schema import Schema

__all__ = ["main", "receive", "releases", "send"]

_LENGTH_BYTES: Final = 8


def releases() -> tuple[str, str, str]:
    """Return what two processes that encode alike have in common: the releases of this library, of
    its analysis and of ICU. What is installed may change under a process that goes on."""
    package = sys.modules["searchlib"]  # which imports this module, not the other way
    return package.__version__, ANALYSIS_VERSION, icu_version()


def send(connection: socket.socket, message: bytes) -> None:
    """Send a message.

    Raises:
        OSError: nobody is there.
    """
    # Some programs ask to be ended by a signal where nobody reads what they write.
    flags = getattr(socket, "MSG_NOSIGNAL", 0)
    connection.sendall(len(message).to_bytes(_LENGTH_BYTES, "big"), flags)
    connection.sendall(message, flags)


def receive(connection: socket.socket) -> bytearray:
    """Wait for a message.

    Raises:
        OSError: nobody is there.
        EOFError: … any more.
    """
    return _bytes(connection, int.from_bytes(_bytes(connection, _LENGTH_BYTES), "big"))


def _bytes(connection: socket.socket, count: int) -> bytearray:
    """So many bytes, by one call of the system where it lets us: a thread waits for Python's lock
    after each."""
    found = bytearray(count)
    view = memoryview(found)
    while view:
        got = connection.recv_into(view, 0, socket.MSG_WAITALL)
        if not got:
            raise EOFError("the other process has ended")
        view = view[got:]
    return found


def main() -> None:
    """Encode what comes through the socket at the standard input until nobody is there any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for who started this
    connection = socket.socket(fileno=0)
    try:
        plain, largest, *others = pickle.loads(receive(connection))
        if tuple(others) != releases():
            return
        encoder = Encoder(Schema.from_dict(plain), largest)
        while True:
            batch = pickle.loads(receive(connection))
            send(connection, pickle.dumps([_answer(encoder, item) for item in batch], 5))
    except (OSError, EOFError):
        pass


def _answer(encoder: Encoder, item: bytes) -> tuple[Any, ...] | None:
    try:
        return tuple(encoder.encode(*pickle.loads(item)))  # plain: no class of ours to look up
    except Exception:
        return None
