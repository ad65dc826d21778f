"""Regular expressions of a query → clauses for tantivy.

tantivy tells which documents a regular expression finds, but not by which of their words. So all
count alike: as much as one word would that stands in as many documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from searchlib import _tantivy as tantivy
from searchlib._dataclass import replace
from searchlib.analysis import Analyzer, View, fold, has_marks, unmarked
from searchlib.engine.clauses import Clause
from searchlib.engine.layout import TEXT, view_field
from searchlib.engine.snapshot import idf
from searchlib.engine.store import LEAST_MEMORY
from searchlib.engine.wildcards import WildcardCompiler
from searchlib.fields import Text
from searchlib.languages import analyzer
from searchlib.marks import Needles
from searchlib.query.patterns import engine_pattern

__all__ = ["PatternCompiler", "find_patterns", "matched_terms"]


def matched_terms(pattern: str, terms: Collection[str]) -> frozenset[str]:
    """Return those of some terms that tantivy's regular expression matches: by tantivy itself, in
    an index of these terms that is gone when this returns.

    >>> sorted(matched_terms("cov.*[0-9]", ["covid19", "covid", "19"]))
    ['covid19']
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("term", tokenizer_name="raw", index_option="basic")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(LEAST_MEMORY, 1)
    for term in terms:
        document = tantivy.Document()
        document.add_text("term", term)
        writer.add_document(document)
    writer.commit()
    index.reload()
    query = tantivy.Query.regex_query(schema, "term", pattern)
    found = index.searcher().terms_with_prefix("term", "", query)
    return frozenset(term for term, count in found if count)


def find_patterns(needles: Needles, texts: Iterable[tuple[str, Analyzer]]) -> Needles:
    """Return the needles of a field with the words of some texts that its regular expressions
    match.

    Args:
        needles: what is looked for in the field.
        texts: the texts that will be highlighted, each with the analysis of its language.
    """
    from searchlib.highlight import LONGEST_HIGHLIGHTED  # which is there: its marks are meant

    needles = replace(needles, folded=set(needles.folded), written=set(needles.written))
    seen: dict[str, set[str]] = {view: set() for view, _ in needles.patterns}
    for text, own in texts if seen else ():
        for _, _, terms in own.spots(text[:LONGEST_HIGHLIGHTED]):
            for view, words in seen.items():
                words.add(getattr(terms, view))
    for view, pattern in needles.patterns:
        found = needles.written if view == View.WRITTEN else needles.folded
        found.update(matched_terms(pattern, seen[view]))
    return needles


class PatternCompiler(WildcardCompiler):
    """Compiles all that a search looks for in texts, and beginnings and patterns of values."""

    def matching(self, pattern: str, fields: Mapping[str, Text]) -> list[Clause]:
        """Return the clauses of the words that a regular expression matches.

        Raises:
            PatternError: it is none, or too large.
        """
        self.read_by(None)
        if self._terms.accents == "ignore":
            pattern = unmarked(pattern)
        is_written = self._is_strict or has_marks(pattern)
        view = View.WRITTEN if is_written else View.FOLDED
        clauses = []
        self._is_anything_held = False
        for name, kinds in self._ranking_fields(fields).items():
            factor = 1.0 if name == TEXT else kinds[name].weight
            rules = [analyzer(code).language.written for code in self._codes(kinds)]
            made = engine_pattern(pattern, tuple(dict.fromkeys(rules if is_written else [fold])))
            clauses.append(self._matched(made, pattern, view_field(name, view), name, factor))
            if not self.is_aside:
                for one in kinds:
                    self.sought[one].patterns.add((view.value, made))
        if clauses:
            self._report_unknown(f"/{pattern}/")
        elif not self.is_aside:
            self._report_no_words(pattern, fields)
        return clauses

    def values_matching(self, pattern: str, name: str, field: str) -> list[Clause]:
        """Return the clause of the values that a regular expression matches.

        Args:
            pattern: the regular expression.
            name: the field in the schema.
            field: the field in tantivy.

        Raises:
            PatternError: it is none, or too large.
        """
        self._is_anything_held = False
        clause = self._matched(engine_pattern(pattern), pattern, field, name, 1.0)
        self._report_unknown(f"/{pattern}/")
        return [clause]

    def _matched(self, made: str, pattern: str, field: str, name: str, factor: float) -> Clause:
        query = tantivy.Query.regex_query(self._schema, field, made)
        weight = 0.0
        if not self.is_aside:
            count = self._snapshot.matching(field, made)
            weight = factor * idf(count, len(self._snapshot))
            self._is_anything_held |= count > 0
        return Clause(query, weight, f"/{pattern}/", name, "regex", made)
