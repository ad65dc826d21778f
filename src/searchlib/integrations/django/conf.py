"""What a project says in its settings, under ``SEARCHLIB``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from searchlib.errors import IndexStateError
from searchlib.extras import extra

with extra("django", "search for Django's models"):
    from django import conf  # not its settings: to look at them is to read them
    from django.core.checks import CheckMessage, Error

__all__ = ["check", "folder", "wait"]

_WAIT: Final = 30.0


def folder() -> Path:
    """Return the folder of all indexes, ``SEARCHLIB["PATH"]``.

    Raises:
        IndexStateError: it is not set.
    """
    path = _given().get("PATH")
    if not path:
        raise IndexStateError(
            'the settings name no folder for search indexes: SEARCHLIB = {"PATH": BASE_DIR / '
            '"search"}'
        )
    return Path(path)


def wait() -> float:
    """Return how many seconds a change waits for another writer: ``SEARCHLIB["WAIT"]``, or 30."""
    return float(_given().get("WAIT", _WAIT))


def check(**_: Any) -> Sequence[CheckMessage]:
    """Tell ``manage.py check`` what is wrong with the settings."""
    unknown = sorted(set(_given()) - {"PATH", "WAIT"})
    problems: list[CheckMessage] = [
        Error(f"SEARCHLIB has no setting {name!r}: it has PATH and WAIT", id="searchlib.E002")
        for name in unknown
    ]
    try:
        folder()
    except IndexStateError as error:
        problems.append(Error(str(error), id="searchlib.E001"))
    return problems


def _given() -> dict[str, Any]:
    return dict(getattr(conf.settings, "SEARCHLIB", {}))
