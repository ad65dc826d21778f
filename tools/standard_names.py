"""Shows the library's value classes with their parameters (an extension of mkdocstrings).

It reads source code as type checkers do, but knows dataclasses by their name in the standard
library, whose place `_dataclass` takes (docs/adr/0030).
"""

from __future__ import annotations

import ast
from typing import Any, Final

import griffe

_STANDARD: Final = {"searchlib._dataclass": "dataclasses"}


class StandardNames(griffe.Extension):
    """Reads imports of our quicker modules as those of the standard library's."""

    def on_module_node(self, *, node: ast.AST | griffe.ObjectNode, **_: Any) -> None:
        """Rewrite the imports of a module before it is read."""
        for one in node.body if isinstance(node, ast.Module) else ():
            if isinstance(one, ast.ImportFrom) and one.module in _STANDARD:
                one.module = _STANDARD[one.module]
