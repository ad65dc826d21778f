"""What several test modules use: indexes of batches, and Python in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from hypothesis import HealthCheck, settings

import searchlib
from searchlib import Index, Schema
from tests.postgres import postgres

__all__ = ["postgres"]  # the fixture: pytest looks for it here

# Haystack tells nobody that it was tested. It looks when it is imported.
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

# How long an example takes depends on what else the machine does.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

#: A Django project and its models are imported when it has been started, and hold no examples.
collect_ignore = ["django_project.py", "django_settings.py", "library_app"]

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = Path(searchlib.__file__).parent
#: The least memory of a writer, with which it starts one thread: quickest for a few documents.
SMALL: Final = 15_000_000


def indexed(
    schema: Schema, *batches: Iterable[Mapping[str, Any]], path: str | Path | None = None
) -> Index:
    """Return an index of these documents, each batch a commit and so a segment of its own."""
    index = Index(schema, path)
    for batch in batches:
        with index.writer(memory=SMALL) as writer:
            writer.add_many(batch).raise_for_rejected()
    return index


def change_manifest(folder: Path, **values: Any) -> None:
    """Let the manifest of an index say something else, as if it had been meant."""
    path = folder / "searchlib.json"
    plain = json.loads(path.read_text("utf-8")) | values
    plain.pop("checksum", None)
    plain["checksum"] = crc32(json.dumps(plain, sort_keys=True).encode())
    path.write_text(json.dumps(plain), "utf-8")


def run_python(
    code: str, *arguments: object, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that finds the same searchlib.

    Args:
        code: Python.
        arguments: its command line.
        timeout: seconds after which it is killed.
    """
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**environment, "RUST_BACKTRACE": "0"},
        timeout=timeout,
        check=False,
    )


def output_of(code: str, *arguments: object) -> str:
    """Run code likewise and return what it printed; fail if it failed."""
    done = run_python(code, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
