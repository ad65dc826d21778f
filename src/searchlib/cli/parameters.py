"""Forms of options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from cyclopts import Parameter

__all__ = ["Flag", "several"]

#: An option without a value, which has no ``--no-`` form.
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


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
