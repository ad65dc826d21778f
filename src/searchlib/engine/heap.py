"""Freed memory, given back to the system.

The C library has a heap for each thread that indexes or merges, and keeps what is freed there: a
program that writes now and then would hold as much as its largest merge ever took (docs/adr/0029).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from searchlib._typing import Any

__all__ = ["give_back"]


def give_back() -> None:
    """Give what is freed back to the system, where the C library has a way to (glibc): some
    milliseconds after a large commit, a tenth of one after a small.

    >>> give_back()
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], Any] | None:
    import ctypes  # only for who writes

    try:
        found: Callable[[int], Any] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # another C library; Windows has no CDLL(None)
        return None
    return found
