"""LanceDB's full-text search. It counts no facets and marks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.peers.engine import needs
from benchmarks.peers.engines.lance import config_of
from benchmarks.peers.timed.engine import LIMIT, Ask, Row, Timed, bytes_of


class Lance(Timed):
    """A table of the documents, and one index of title and text."""

    def missing(self) -> str | None:
        return needs("lancedb", install="pip install lancedb")

    def version(self) -> str:
        return version("lancedb")

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        import lancedb

        made = [{**row._asdict(), "whole": row.whole} for row in rows]
        for one in made:
            del one["title"], one["text"]
        table = lancedb.connect(str(folder)).create_table("documents", made)
        table.create_index("whole", config=config_of(language or None))

    def open(self, folder: Path, language: str) -> None:
        import lancedb

        self._table = lancedb.connect(str(folder)).open_table("documents")

    def ask(self, kind: str) -> Ask | None:
        from lancedb.query import FullTextOperator, MatchQuery

        operators = dict.fromkeys(("any", "question"), FullTextOperator.OR)
        operators["all"] = FullTextOperator.AND
        if kind not in operators:
            return None

        def found(text: str) -> list[str]:
            query = MatchQuery(text, "whole", operator=operators[kind])
            search = self._table.search(query, query_type="fts").limit(LIMIT)
            rows: list[dict[str, Any]] = search.select(["id", "whole", "_score"]).to_list()
            return [row["id"] for row in rows]

        return found

    def size(self, folder: Path) -> int | None:
        return bytes_of(folder / "documents.lance" / "_indices")
