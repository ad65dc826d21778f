"""SQLite FTS5, diacritics removed; trigrams where words are not parted by spaces."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from benchmarks.peers.engine import NGRAMS, TITLE_WEIGHT, Document, Engine, ngrams, words

# Marks are letters here: by default they part the words of Indic scripts.
TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'"


class SqliteFts5(Engine):
    name = "fts5"
    _connection: sqlite3.Connection | None = None

    def missing(self) -> str | None:
        with sqlite3.connect(":memory:") as connection:
            options = {option for (option,) in connection.execute("PRAGMA compile_options")}
        return None if "ENABLE_FTS5" in options else "a Python whose SQLite has FTS5"

    def version(self) -> str:
        return sqlite3.sqlite_version

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        self.close()
        tokenizer = TOKENIZER
        if language in NGRAMS:
            tokenizer = "trigram"
        elif language == "en":
            tokenizer = f"porter {TOKENIZER}"
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            f"""CREATE VIRTUAL TABLE docs USING fts5(title, text, tokenize="{tokenizer}")"""
        )
        self._connection.executemany(
            "INSERT INTO docs(rowid, title, text) VALUES (?, ?, ?)",
            ((number, one["title"], one["text"]) for number, one in enumerate(documents)),
        )
        self._connection.commit()
        self._ids = [document["id"] for document in documents]

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        # A trigram index finds what holds a word whole: here, any three characters of it.
        terms = ngrams(text, 3) if language in NGRAMS else words(text)
        if not terms or self._connection is None:
            return []
        rows = self._connection.execute(
            "SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, ?, 1.0) LIMIT ?",
            (" OR ".join(f'"{term}"' for term in terms), TITLE_WEIGHT, limit),
        )
        return [self._ids[number] for (number,) in rows]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
