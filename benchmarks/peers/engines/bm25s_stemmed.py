"""bm25s with PyStemmer and its stop words, over text folded beforehand: it knows no accents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

from benchmarks.peers.engine import NAMES, NGRAMS, Document, Engine, fold, needs, ngrams, words


class Bm25s(Engine):
    name = "bm25s"

    def missing(self) -> str | None:
        return needs("bm25s", "Stemmer", install="pip install bm25s PyStemmer")

    def version(self) -> str:
        return version("bm25s")

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        import bm25s

        self._tokenizer = tokenizer(language)
        self._ids = [document["id"] for document in documents]
        self._scorer = bm25s.BM25()
        # It has no fields: title and text are one.
        texts = [f"{document['title']} {document['text']}" for document in documents]
        self._scorer.index(self._tokens(texts), show_progress=False)

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        tokens = self._tokens([text])
        if not tokens[0]:
            return []
        numbers, scores = self._scorer.retrieve(
            tokens, k=min(limit, len(self._ids)), show_progress=False
        )
        pairs = zip(numbers[0], scores[0], strict=True)
        return [self._ids[number] for number, score in pairs if score > 0]

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        folded = [fold(text) for text in texts]
        tokens: list[list[str]] = self._tokenizer.tokenize(
            folded, return_as="string", show_progress=False, allow_empty=False
        )
        return tokens


def tokenizer(language: str | None) -> Any:
    import Stemmer
    from bm25s.tokenization import Tokenizer

    options: dict[str, Any] = {"stopwords": None}
    name = NAMES.get(language or "")
    if name is not None:
        try:
            # Of English there is a second, longer list.
            known = Tokenizer(stopwords=name + "_plus" * (name == "english")).stopwords
            options["stopwords"] = [fold(word) for word in known]
        except ValueError:  # no list of stop words
            options["stopwords"] = None
        if name in Stemmer.algorithms():
            options["stemmer"] = Stemmer.Stemmer(name)
    if language in NGRAMS:
        options["splitter"] = partial(ngrams, size=NGRAMS[language])
    elif language == "hi":  # its own pattern cuts words at each vowel sign
        options["splitter"] = words
    return Tokenizer(**options)
