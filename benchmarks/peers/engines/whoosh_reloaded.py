"""Whoosh-reloaded with its analyzer of a language and its map of accents."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from benchmarks.peers.engine import NGRAMS, TITLE_WEIGHT, Document, Engine, needs, words

# Its own pattern, \w+(\.?\w+)*, cuts the words of Indic scripts at each vowel sign.
_MARKED_WORDS = r"[\w\u0900-\u0dff]+"


class Whoosh(Engine):
    name = "whoosh"

    def missing(self) -> str | None:
        return needs("whoosh", install="pip install whoosh-reloaded")

    def version(self) -> str:
        return version("whoosh-reloaded")

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        from whoosh.fields import STORED, TEXT, Schema
        from whoosh.filedb.filestore import RamStorage
        from whoosh.qparser import MultifieldPlugin, OrGroup, QueryParser, WhitespacePlugin

        text = TEXT(analyzer=analyzer(language), phrase=False)
        schema = Schema(number=STORED, title=text, text=text)
        index = RamStorage().create_index(schema)
        writer = index.writer(limitmb=256)
        for number, one in enumerate(documents):
            writer.add_document(number=number, title=one["title"], text=one["text"])
        writer.commit()
        self._ids = [document["id"] for document in documents]
        self._searcher = index.searcher()
        # A MultifieldParser without operators: the queries are questions.
        fields = MultifieldPlugin(["title", "text"], fieldboosts={"title": TITLE_WEIGHT})
        self._parser = QueryParser(None, schema, [WhitespacePlugin(), fields], group=OrGroup)

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        query = self._parser.parse(" ".join(words(text)))
        return [self._ids[hit["number"]] for hit in self._searcher.search(query, limit=limit)]


def analyzer(language: str | None) -> Any:
    from whoosh.analysis import (
        CharsetFilter,
        LanguageAnalyzer,
        LowercaseFilter,
        NgramTokenizer,
        RegexTokenizer,
    )
    from whoosh.lang import languages
    from whoosh.support.charset import accent_map

    if language in NGRAMS:
        return NgramTokenizer(NGRAMS[language]) | LowercaseFilter()
    if language in languages:
        return LanguageAnalyzer(language) | CharsetFilter(accent_map)
    pattern = {"expression": _MARKED_WORDS} if language == "hi" else {}
    # Not StandardAnalyzer, which drops English stop words and words of one letter.
    return RegexTokenizer(**pattern) | LowercaseFilter() | CharsetFilter(accent_map)
