"""Names of ``typing`` for the modules that a search loads, each of which loads faster than it does.

Annotations are not evaluated: type checkers alone ask what these names stand for. Who evaluates one
of the library's, by ``typing.get_type_hints``, finds ``object`` there.
"""

from __future__ import annotations

__all__ = [
    "TYPE_CHECKING",
    "Any",
    "BinaryIO",
    "ClassVar",
    "Concatenate",
    "Final",
    "Literal",
    "NoReturn",
    "ParamSpec",
    "Protocol",
    "Self",
    "TypeAlias",
    "TypeVar",
]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import (
        Any,
        BinaryIO,
        ClassVar,
        Concatenate,
        Final,
        Literal,
        NoReturn,
        ParamSpec,
        Protocol,
        Self,
        TypeAlias,
        TypeVar,
    )
else:

    class _Object:
        """Any type made of others, and any variable."""

        def __getitem__(self, types):
            return self

        def __or__(self, other):
            return self

        def __call__(self, name):
            return object

    Any = BinaryIO = NoReturn = Protocol = Self = TypeAlias = object
    ClassVar = Concatenate = Final = Literal = ParamSpec = TypeVar = _Object()
