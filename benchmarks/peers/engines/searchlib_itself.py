"""searchlib, through its public interface and with nothing set but the title's weight."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from benchmarks.peers.engine import TITLE_WEIGHT, Document, Engine
from searchlib import Index, Schema, Text


class Searchlib(Engine):
    name = "searchlib"

    def version(self) -> str:
        try:
            return version("searchlib")
        except PackageNotFoundError:  # run from its source
            return "source"

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        schema = Schema(
            {"title": Text(weight=TITLE_WEIGHT), "text": Text()},
            languages=sorted({document["lang"] for document in documents}),
        )
        self._index = Index(schema)
        kept = ("id", "title", "text")
        self._index.add({key: one[key] for key in kept} for one in documents).raise_for_rejected()

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        return list(self._index.search(text, limit=limit).ids)
