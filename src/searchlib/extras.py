"""Libraries that only some of the library needs: what is said where one is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from searchlib.errors import MissingExtraError

__all__ = ["extra"]


@contextmanager
def extra(name: str, purpose: str) -> Iterator[None]:
    """Say of an import in the block that fails how to install what is missing.

    Args:
        name: the extra of the package that brings it.
        purpose: what needs it, as the beginning of a sentence.

    Raises:
        MissingExtraError: it is not installed.

    >>> with extra("arrow", "to read Parquet"):
    ...     import an_arrow_of_no_bow
    Traceback (most recent call last):
    searchlib.errors.MissingExtraError: to read Parquet takes an_arrow_of_no_bow, which is not \
installed: pip install 'searchlib[arrow]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{purpose} takes {error.name}, which is not installed: "
            f"pip install 'searchlib[{name}]'",
            name=error.name,
        ) from error
