"""Xapian, run by whichever Python has its bindings: Debian's belong to the system's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from shutil import which

from benchmarks.peers.engine import NAMES, NGRAMS, Document, ProcessEngine, fold, ngrams, words


class Xapian(ProcessEngine):
    name = "xapian"

    def missing(self) -> str | None:
        return None if self._python else "apt-get install python3-xapian"

    def command(self) -> list[str]:
        return [self._python or "", str(Path(__file__).with_name("xapian_server.py"))]

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        prepared = [
            {
                **one,
                "title": _prepared(one["title"], language),
                "text": _prepared(one["text"], language),
            }
            for one in documents
        ]
        super().index(prepared, NAMES.get(language or ""))

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        # With STEM_SOME no word with a capital is stemmed, but a question begins with one.
        query = _prepared(text, language).lower()
        return super().search(" ".join(words(query)), limit, language)

    @cached_property
    def _python(self) -> str | None:
        for python in (sys.executable, "/usr/bin/python3", which("python3")):
            if python and Path(python).exists():
                ran = subprocess.run([python, "-c", "import xapian"], capture_output=True)
                if ran.returncode == 0:
                    return python
        return None


def _prepared(text: str, language: str | None) -> str:
    """Fold a text, as it does not; put spaces where it wants them. (It makes n-grams itself, of
    Chinese, but a query must then match with every one.)"""
    folded = fold(text)
    return " ".join(ngrams(folded, NGRAMS[language])) if language in NGRAMS else folded
