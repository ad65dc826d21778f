"""tantivy-py with the best analyzer that its builder can make for a language."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from benchmarks.peers.engine import NAMES, NGRAMS, TITLE_WEIGHT, Document, Engine


class Tantivy(Engine):
    """With marks kept, it ranks what is typed with all of its marks better, and nothing else."""

    def __init__(self, *, keeps_marks: bool = False) -> None:
        self.name = "tantivy-marks" if keeps_marks else "tantivy"
        self._keeps_marks = keeps_marks

    def version(self) -> str:
        return version("tantivy")

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        self._analyzer = analyzer(language, self._keeps_marks)
        builder = tantivy.SchemaBuilder()
        for field in ("title", "text"):
            builder.add_text_field(field, tokenizer_name="own")
        builder.add_unsigned_field("number", stored=True)
        self._schema = builder.build()
        self._ids = [document["id"] for document in documents]
        index = tantivy.Index(self._schema)
        index.register_tokenizer("own", self._analyzer)
        writer = index.writer()
        for number, one in enumerate(documents):
            writer.add_document(
                tantivy.Document(title=one["title"], text=one["text"], number=number)
            )
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        # The terms that the query parser would make, but no question mark or hyphen is syntax.
        clauses = []
        for term in self._analyzer.analyze(text):
            title, body = (
                Query.term_query(self._schema, field, term, index_option="freq")
                for field in ("title", "text")
            )
            clauses.append((Occur.Should, Query.boost_query(title, TITLE_WEIGHT)))
            clauses.append((Occur.Should, body))
        if not clauses:
            return []
        hits = self._searcher.search(Query.boolean_query(clauses), limit, count=False).hits
        return [self._ids[self._searcher.doc(address)["number"][0]] for _, address in hits]


def analyzer(language: str | None, keeps_marks: bool) -> tantivy.TextAnalyzer:
    tokenizer = Tokenizer.simple()
    if language in NGRAMS:
        tokenizer = Tokenizer.ngram(NGRAMS[language], NGRAMS[language], prefix_only=False)
    # Stop words are listed with their accents, stems are made from plain letters.
    filters = [Filter.remove_long(40), Filter.lowercase()]
    if language in NAMES:
        filters.append(Filter.stopword(NAMES[language]))
    if not keeps_marks:
        filters.append(Filter.ascii_fold())
    if language in NAMES:
        filters.append(Filter.stemmer(NAMES[language]))
    builder = TextAnalyzerBuilder(tokenizer)
    for one in filters:
        if _is_known(one):
            builder = builder.filter(one)
    return builder.build()


def _is_known(one: Filter) -> bool:
    """Whether there is such a list of stop words or such a stemmer."""
    try:
        TextAnalyzerBuilder(Tokenizer.raw()).filter(one)
    except ValueError:
        return False
    return True
