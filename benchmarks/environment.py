"""What a committed result was measured with."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib.metadata import version

_PACKAGES = ("searchlib", "tantivy", "pyicu", "unidecode", "pycld2")


def heading(command: str) -> str:
    """Return the first lines of a result in Markdown."""
    import icu

    versions = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return (
        f"Printed by `{command}` on {date.today().isoformat()}.\n\n"
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, "
        f"ICU {icu.ICU_VERSION}, {versions}.\n"
    )
