"""The command line: ``searchlib``, and ``python -m searchlib``."""

from __future__ import annotations

import sys
from importlib import import_module

__all__ = ["main"]


def main() -> None:
    """Run the command that ``sys.argv`` names, and end the process with its exit code."""
    try:
        app = import_module("searchlib.cli.app")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "searchlib":
            raise
        sys.exit(
            f"searchlib: the command line takes {error.name}, which is not installed: "
            "pip install 'searchlib[cli]'"
        )
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(app.run(sys.argv[1:]))
