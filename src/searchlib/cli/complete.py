"""What stands for a word that is being completed: names of the fields of the index at hand.

They are read from the manifest alone, as a shell waits for them at each press of the Tab key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

__all__ = ["facet_names", "filter_names", "sort_names", "text_names"]

_ORDERED: Final = {"integer", "float", "date", "datetime"}
_COUNTED: Final = {"keyword", "category", "integer", "float", "boolean", "date", "datetime"}


def _kinds(context: CompletionContext) -> dict[str, str]:
    """Field → type; none where there is no index."""
    try:
        text = (Path(context["index"].raw or "") / "searchlib.json").read_text("utf-8")
        fields: dict[str, dict[str, str]] = json.loads(text)["schema"]["fields"]
        return {name: kind["type"] for name, kind in fields.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _of(
    types: Collection[str], forms: Callable[[str], Iterable[str]]
) -> Callable[[CompletionContext], list[tuple[str, str]]]:
    """A completer that gives the forms of the names of fields of these types."""

    def complete(context: CompletionContext) -> list[tuple[str, str]]:
        found = _kinds(context).items()
        return [(form, kind) for name, kind in found if kind in types for form in forms(name)]

    return complete


facet_names: Final = _of(_COUNTED, lambda name: (name,))
filter_names: Final = _of(_COUNTED | {"text"}, lambda name: (f"{name}=",))
sort_names: Final = _of(_ORDERED | {"keyword", "boolean"}, lambda name: (name, f"-{name}"))
text_names: Final = _of({"text"}, lambda name: (name,))
