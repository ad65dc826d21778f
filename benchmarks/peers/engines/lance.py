"""LanceDB full-text search: stemmed and folded, ICU's words where spaces do not part them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from benchmarks.peers.engine import NAMES, NGRAMS, TITLE_WEIGHT, Document, Engine, needs

_STEMMED = frozenset(NAMES) - {"hi"}


class Lance(Engine):
    name = "lancedb"
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def missing(self) -> str | None:
        return needs("lancedb", install="pip install lancedb")

    def version(self) -> str:
        return version("lancedb")

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        import lancedb

        self.close()
        self._folder = tempfile.TemporaryDirectory()
        rows = [{key: one[key] for key in ("id", "title", "text")} for one in documents]
        self._table = lancedb.connect(self._folder.name).create_table("documents", rows)
        self._fields = [field for field in ("title", "text") if any(row[field] for row in rows)]
        for field in self._fields:
            self._table.create_index(field, config=config_of(language))

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        from lancedb.query import BooleanQuery, MatchQuery, Occur

        # The sum of the fields measured better than MultiMatchQuery, which takes the best one.
        weights = {"title": TITLE_WEIGHT, "text": 1.0}
        query = BooleanQuery(
            [
                (Occur.SHOULD, MatchQuery(text, field, boost=weights[field]))
                for field in self._fields
            ]
        )
        found: list[dict[str, Any]] = (
            self._table.search(query, query_type="fts")
            .limit(limit)
            .select(["id", "_score"])
            .to_list()
        )
        return [row["id"] for row in found]

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def config_of(language: str | None) -> Any:
    """Return how LanceDB is to index texts of a language, or of a mixture if None."""
    from lancedb.index import FTS

    stems = language in _STEMMED
    return FTS(
        base_tokenizer="icu" if language in {*NGRAMS, "hi", None} else "simple",
        language=NAMES[language].capitalize() if language and stems else "English",
        stem=stems,
        remove_stop_words=stems,
        ascii_folding=True,
    )
