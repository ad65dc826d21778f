"""SQLite FTS5, diacritics removed; what is counted stands in a table beside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.peers.engine import words
from benchmarks.peers.engines.sqlite_fts5 import TOKENIZER
from benchmarks.peers.timed.engine import FACET_LINES, FACETS, LIMIT, Ask, Row, Timed

_FILE: Final = "index.sqlite"
_FOUND: Final = "SELECT id, whole FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT ?"
_MARKED: Final = (
    "SELECT id, whole, snippet(docs, 1, '<b>', '</b>', '…', 30) "
    "FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT ?"
)


class SqliteFts5(Timed):
    """One table of ids and texts, joined with one of the facets."""

    def version(self) -> str:
        return sqlite3.sqlite_version

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        connection = sqlite3.connect(folder / _FILE)
        # As its manual has it for one writer; without, the journal doubles what is written.
        connection.executescript(
            f"""
            PRAGMA journal_mode = WAL;
            CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, whole, tokenize="{TOKENIZER}");
            CREATE TABLE facets(number INTEGER PRIMARY KEY, source TEXT, kind TEXT, year INTEGER);
            """
        )
        for number, row in enumerate(rows):
            connection.execute(
                "INSERT INTO docs(rowid, id, whole) VALUES (?, ?, ?)", (number, row.id, row.whole)
            )
            connection.execute(
                "INSERT INTO facets VALUES (?, ?, ?, ?)", (number, row.source, row.kind, row.year)
            )
        connection.commit()
        connection.close()

    def open(self, folder: Path, language: str) -> None:
        self._connection = sqlite3.connect(folder / _FILE)

    def ask(self, kind: str) -> Ask | None:
        makers: dict[str, Ask] = {
            "any": lambda text: self._rows(_FOUND, " OR ".join(_quoted(text)), LIMIT),
            "all": lambda text: self._rows(_FOUND, " AND ".join(_quoted(text)), LIMIT),
            "phrase": lambda text: self._rows(_FOUND, f'"{" ".join(words(text))}"', LIMIT),
            "prefix": lambda text: self._rows(_FOUND, f'"{text}"*', LIMIT),
            "question": lambda text: self._rows(_FOUND, " OR ".join(_quoted(text)), LIMIT),
            "facet": lambda text: self._counted(text, FACETS[:1]),
            "facets": lambda text: self._counted(text, FACETS),
            "snippets": lambda text: self._rows(_MARKED, " OR ".join(_quoted(text)), LIMIT),
        }
        return makers.get(kind)

    def size(self, folder: Path) -> int | None:
        with sqlite3.connect(folder / _FILE) as connection:
            try:
                [(size,)] = connection.execute(
                    "SELECT sum(pgsize) FROM dbstat WHERE name != 'docs_content'"
                )
            except sqlite3.OperationalError:  # built without
                return None
        return int(size)

    def _rows(self, statement: str, *given: Any) -> list[str]:
        return [row[0] for row in self._connection.execute(statement, given).fetchall()]

    def _counted(self, text: str, names: Sequence[str]) -> list[str]:
        match = " OR ".join(_quoted(text))
        for name in names:
            self._rows(
                f"SELECT {name}, count(*) AS n FROM docs JOIN facets ON number = docs.rowid "
                f"WHERE docs MATCH ? GROUP BY {name} ORDER BY n DESC LIMIT ?",
                match,
                FACET_LINES,
            )
        return self._rows(_FOUND, match, LIMIT)


def _quoted(text: str) -> list[str]:
    return [f'"{word}"' for word in words(text)]
