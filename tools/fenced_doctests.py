"""Shows the examples in docstrings as code (an extension of mkdocstrings).

They stand there as doctests, without a heading, which Markdown takes for quotations.
"""

from __future__ import annotations

import re
from typing import Any, Final

import griffe

_DOCTEST: Final = re.compile(r"(?:^>>> .*\n(?:.+\n)*)+", re.M)


class FencedDoctests(griffe.Extension):
    """Puts a fence around each doctest."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of an object once all of it is read."""
        if obj.docstring is not None:
            text = f"{obj.docstring.value}\n"
            obj.docstring.value = _DOCTEST.sub(r"```pycon\n\g<0>```\n", text).rstrip()
