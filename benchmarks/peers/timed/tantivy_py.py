"""tantivy-py: bare, tuned, with a field more, and with as many fields as searchlib has views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import tantivy
from tantivy import Filter, SnippetGenerator, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from benchmarks.peers.engine import fold, words
from benchmarks.peers.engines.tantivy_py import analyzer
from benchmarks.peers.timed.engine import FACET_LINES, FACETS, LIMIT, Ask, Row, Timed, bytes_of

_MEMORY: Final = 128_000_000
_REQUESTS: Final = {name: {"terms": {"field": name, "size": FACET_LINES}} for name in FACETS}


class Bare(Timed):
    """One field of title and text, the default tokenizer: what others are compared with."""

    #: Indexed field → what is in it.
    fields: dict[str, str] = {"whole": "whole"}  # noqa: RUF012  a constant of the class
    #: The field that snippets are made of, and the second one.
    marked: tuple[str, ...] = ("whole",)
    folds = False

    def version(self) -> str:
        return version("tantivy")

    def analyzers(self, language: str) -> dict[str, TextAnalyzer]:
        """The analyzer of each field that has not the default one."""
        return {}

    def _schema(self, language: str) -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        own = self.analyzers(language)
        for name, source in self.fields.items():
            builder.add_text_field(
                name,
                stored=name == source,
                tokenizer_name=f"own_{name}" if name in own else "default",
            )
        for name in FACETS[:2]:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field(FACETS[2], fast=True, indexed=True)
        return builder.build()

    def _index(self, folder: Path, language: str) -> tantivy.Index:
        self._made = self._schema(language)
        index = tantivy.Index(self._made, str(folder))
        for name, one in self.analyzers(language).items():
            index.register_tokenizer(f"own_{name}", one)
        return index

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        writer = self._index(folder, language).writer(_MEMORY)
        for row in rows:
            document = tantivy.Document()
            document.add_text("id", row.id)
            for name, source in self.fields.items():
                document.add_text(name, getattr(row, source))
            document.add_text("source", row.source)
            document.add_text("kind", row.kind)
            document.add_integer("year", row.year)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path, language: str) -> None:
        self._opened = self._index(folder, language)
        self._searcher = self._opened.searcher()

    def ask(self, kind: str) -> Ask | None:
        makers: dict[str, Ask] = {
            "facet": lambda text: self._counted(text, FACETS[:1]),
            "facets": lambda text: self._counted(text, FACETS),
            "counts": self._aggregated,
            "snippets": lambda text: self._marked(text, self.marked[:1]),
        }
        if len(self.marked) > 1:
            makers["two snippets"] = lambda text: self._marked(text, self.marked)
        if kind not in makers:
            makers[kind] = lambda text: self._found(self._query(kind, text))
        return makers[kind]

    def size(self, folder: Path) -> int | None:
        return bytes_of(folder, without=(".store",))

    def _query(self, kind: str, text: str) -> tantivy.Query:
        if kind == "prefix":  # the query parser reads the star and finds nothing
            start = fold(text) if self.folds else text
            return tantivy.Query.regex_query(self._made, self.marked[0], f"{start.lower()}.*")
        shown = " ".join(words(text)).lower()  # OR and AND are syntax in capitals
        if kind == "all":
            shown = " ".join(f"+{word}" for word in shown.split())
        elif kind == "phrase":
            shown = f'"{shown}"'
        return self._opened.parse_query(shown, [*self.fields])

    def _documents(self, query: tantivy.Query) -> list[tantivy.Document]:
        hits = self._searcher.search(query, LIMIT).hits  # and how many there are
        return [self._searcher.doc(address) for _, address in hits]

    def _found(self, query: tantivy.Query) -> list[str]:
        return [one.to_dict()["id"][0] for one in self._documents(query)]

    def _counted(self, text: str, names: Sequence[str]) -> list[str]:
        query = self._query("any", text)
        self._searcher.aggregate(query, {name: _REQUESTS[name] for name in names})
        return self._found(query)

    def _aggregated(self, text: str) -> list[str]:
        """The counts alone, without a hit."""
        self._searcher.aggregate(self._query("any", text), _REQUESTS)
        return []

    def _marked(self, text: str, names: Sequence[str]) -> list[str]:
        query = self._query("question", text)
        makers = [
            SnippetGenerator.create(self._searcher, query, self._made, name) for name in names
        ]
        ids = []
        for one in self._documents(query):
            for maker in makers:
                maker.snippet_from_doc(one).to_html()
            ids.append(one.to_dict()["id"][0])
        return ids


class TitleAndText(Bare):
    """Bare, but title and text are fields of their own."""

    fields = {"title": "title", "text": "text"}  # noqa: RUF012
    marked = ("text", "title")


class Tuned(Bare):
    """The analyzer of a language: stop words, folding, stemmer."""

    folds = True

    def analyzers(self, language: str) -> dict[str, TextAnalyzer]:
        return {"whole": analyzer(language or None, keeps_marks=False)}


class ExactAndStem(Bare):
    """A field as written, and one of folded stems."""

    fields = {"whole": "whole", "stem": "whole"}  # noqa: RUF012

    def analyzers(self, language: str) -> dict[str, TextAnalyzer]:
        return {"stem": analyzer(language or None, keeps_marks=False)}


class Views(Bare):
    """As many fields as searchlib has views: two of words, one folded, one of folded stems."""

    fields = {"whole": "whole", "more": "whole", "folded": "whole", "stem": "whole"}  # noqa: RUF012

    def analyzers(self, language: str) -> dict[str, TextAnalyzer]:
        folded = TextAnalyzerBuilder(Tokenizer.simple())
        for one in (Filter.remove_long(40), Filter.lowercase(), Filter.ascii_fold()):
            folded = folded.filter(one)
        stem = analyzer(language or None, keeps_marks=False)
        return {"folded": folded.build(), "stem": stem}
