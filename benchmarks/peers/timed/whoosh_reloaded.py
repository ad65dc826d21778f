"""Whoosh-reloaded: how fast it indexes. Its searches were left out when it was seen how it does."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers.engine import needs
from benchmarks.peers.engines.whoosh_reloaded import analyzer
from benchmarks.peers.timed.engine import Ask, Row, Timed


class Whoosh(Timed):
    """One field of title and text, and three of labels."""

    def missing(self) -> str | None:
        return needs("whoosh", install="pip install whoosh-reloaded")

    def version(self) -> str:
        return version("whoosh-reloaded")

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        from whoosh.fields import ID, NUMERIC, TEXT, Schema
        from whoosh.index import create_in

        schema = Schema(
            id=ID(stored=True),
            whole=TEXT(analyzer=analyzer(language or None), stored=True),
            source=ID(sortable=True),
            kind=ID(sortable=True),
            year=NUMERIC(sortable=True),
        )
        writer = create_in(str(folder), schema).writer(limitmb=256)
        for row in rows:
            writer.add_document(
                id=row.id, whole=row.whole, source=row.source, kind=row.kind, year=row.year
            )
        writer.commit()

    def open(self, folder: Path, language: str) -> None:
        raise NotImplementedError

    def ask(self, kind: str) -> Ask | None:
        return None
