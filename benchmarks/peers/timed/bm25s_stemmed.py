"""bm25s with PyStemmer, over text folded beforehand. It counts no facets and marks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers.engine import fold, needs
from benchmarks.peers.engines.bm25s_stemmed import tokenizer
from benchmarks.peers.timed.engine import LIMIT, Ask, Row, Timed, bytes_of


class Bm25s(Timed):
    """A matrix of scores, read from its files as they are needed."""

    def missing(self) -> str | None:
        return needs("bm25s", "Stemmer", install="pip install bm25s PyStemmer")

    def version(self) -> str:
        return version("bm25s")

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        import bm25s

        rows = list(rows)
        made = tokenizer(language or None)
        scorer = bm25s.BM25()
        tokens = made.tokenize(
            [fold(row.whole) for row in rows],
            return_as="tuple",
            show_progress=False,
            allow_empty=False,
        )
        scorer.index(tokens, show_progress=False)
        scorer.save(str(folder), corpus=[row._asdict() for row in rows], show_progress=False)
        made.save_vocab(str(folder))

    def open(self, folder: Path, language: str) -> None:
        import bm25s

        self._scorer = bm25s.BM25.load(str(folder), load_corpus=True, mmap=True)
        self._tokenizer = tokenizer(language or None)
        self._tokenizer.load_vocab(str(folder))

    def ask(self, kind: str) -> Ask | None:
        return self._found if kind in ("any", "question") else None

    def size(self, folder: Path) -> int | None:
        return bytes_of(folder, without=("corpus.jsonl", "corpus.mmindex.json"))

    def _found(self, text: str) -> list[str]:
        tokens = self._tokenizer.tokenize(
            [fold(text)], return_as="tuple", show_progress=False, update_vocab=False
        )
        found = self._scorer.retrieve(
            tokens, k=min(LIMIT, self._scorer.scores["num_docs"]), show_progress=False
        )
        pairs = zip(found.documents[0], found.scores[0], strict=True)
        return [one["id"] for one, score in pairs if score > 0]
