"""Copies of plain values, which any process can read."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any, Final

__all__ = ["copied"]

#: Where the types of values come from besides JSON's. Others may do anything when they are copied,
#: or need modules that a process would have to load.
_MODULES: Final = frozenset({"datetime", "decimal", "uuid"})


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        kind = value if isinstance(value, type) else type(value)
        if kind.__module__ not in _MODULES:
            raise pickle.PicklingError(f"{kind} is no type of documents")
        return NotImplemented


def copied(value: Any) -> bytes:
    """Return a copy of what is made of plain values alone, for ``pickle.loads``.

    Raises:
        Exception: it is made of others.

    >>> pickle.loads(copied({"id": "a", "tags": ["x"]}))
    {'id': 'a', 'tags': ['x']}
    """
    buffer = BytesIO()
    _Pickler(buffer, 5).dump(value)
    return buffer.getvalue()
