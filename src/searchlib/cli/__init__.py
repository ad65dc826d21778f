"""The command line: ``searchlib``, and ``python -m searchlib``."""

from __future__ import annotations

import sys
from importlib import import_module

from searchlib.cli.codes import ExitCode

__all__ = ["main"]


def main() -> None:
    """Run the command that ``sys.argv`` names, and end the process with its exit code."""
    try:
        app = import_module("searchlib.cli.app")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "searchlib":
            raise
        print(
            f"searchlib: the command line takes {error.name}, which is not installed: "
            "pip install 'searchlib[cli]'",
            file=sys.stderr,
        )
        sys.exit(ExitCode.DATA)
    except KeyboardInterrupt:
        print("searchlib: interrupted", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
    sys.exit(app.run(sys.argv[1:]))
