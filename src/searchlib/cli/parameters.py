"""Forms of options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Annotated, Any, Final

from cyclopts import Parameter

from searchlib.cli.codes import UsageError

__all__ = ["STREAM", "Flag", "Wait", "check_stream", "several"]

#: An option without a value, which has no ``--no-`` form.
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


def _check_seconds(_: object, seconds: float) -> None:
    if not 0 <= seconds < inf:
        raise ValueError(f"it is a number of seconds from 0, not {seconds:g}")


#: How long to wait for another writer.
Wait = Annotated[float, Parameter(validator=_check_seconds, allow_leading_hyphen=True)]

#: A positional argument that may be ``-``, the standard input or output.
STREAM: Final = Parameter(allow_leading_hyphen=True)


def check_stream(*names: str) -> None:
    """Refuse options that nobody knows, which a ``STREAM`` takes for names.

    Raises:
        UsageError: a name begins with a minus and is none.
    """
    for name in names:
        if name.startswith("-") and name != "-":
            raise UsageError(f"there is no option {name}; a file of that name is ./{name}")


def several(
    completer: Callable[..., Any] | None = None, *, may_begin_with_minus: bool = False
) -> Parameter:
    """Return what an option is that may be given several times.

    Args:
        completer: what its values may be.
        may_begin_with_minus: whether they may look like options.
    """
    return Parameter(
        negative=(),
        show_default=False,
        completer=completer,
        allow_leading_hyphen=may_begin_with_minus,
    )
