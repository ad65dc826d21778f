"""The words of a query → tantivy's clauses, by the analysis that the documents had.

A word becomes one clause for each view that the profile of its language weighs, in each text
field: all of them side by side in one boolean query, because nesting them costs twice the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from searchlib import _tantivy as tantivy
from searchlib.analysis import Analysis, Token, View, Weights
from searchlib.engine.layout import view_field
from searchlib.engine.store import Snapshot
from searchlib.fields import Text
from searchlib.highlight import Needles
from searchlib.languages import analyzer
from searchlib.results import Notice

__all__ = ["WordCompiler"]

# What is left out of a query with a notice: somebody pasted a page into the box.
_LONGEST_TEXT: Final = 10_000  # code points
_LONGEST_NEEDLE: Final = 50  # words of a phrase that tell its occurrences from others
_MOST_WORDS: Final = 500  # distinct words; for a phrase, words

_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


class _Terms(NamedTuple):
    """Weighed terms of one language, and the folded words that are skipped as function words."""

    weights: dict[tuple[View, str], float]
    skipped: frozenset[str]


class WordCompiler:
    """Compiles the words and phrases of one search.

    Args:
        schema: tantivy's.
        snapshot: the commit that is searched, asked whether it knows a word.
        languages: the languages that the texts may be in; the first is the query's own.
        fields: all text fields.

    Attributes:
        is_marked: whether any mark was typed in the query.
        is_aside: True while words are compiled that are not looked for, but excluded or only
            filtered by: they are neither highlighted nor reported.
        needles: text field → what to highlight in it.
        notices: what was left out, and words that no document holds.
    """

    def __init__(
        self,
        schema: tantivy.Schema,
        snapshot: Snapshot,
        languages: Sequence[str],
        fields: Mapping[str, Text],
    ) -> None:
        self._schema = schema
        self._snapshot = snapshot
        self._languages = languages
        self._analyses: dict[tuple[str, str], Analysis] = {}
        self.is_marked = False
        self.is_aside = False
        self.needles: dict[str, Needles] = {name: Needles() for name in fields}
        self.notices: list[Notice] = []

    def ranked(self, text: str, fields: Mapping[str, Text]) -> list[tantivy.Query]:
        """Return the clauses of ranked words: words × views × fields, each term once."""
        clauses: list[tantivy.Query] = []
        known: dict[str, bool] = {}
        for name, kind in fields.items():
            weights = self._weights(text, self._codes(kind))
            for (view, term), weight in weights.items():
                field = view_field(name, view)
                if view is View.FOLDED:
                    known[term] = known.get(term, False) or self._snapshot.holds(field, term)
                query = tantivy.Query.term_query(self._schema, field, term, "freq")
                clauses.append(tantivy.Query.boost_query(query, weight * kind.weight))
            if not self.is_aside:
                self._remember(name, weights)
        self._report(text, fields, known)
        return clauses

    def in_order(self, text: str, fields: Mapping[str, Text]) -> list[tantivy.Query]:
        """Return the clauses of a phrase, one a view and field."""
        clauses: list[tantivy.Query] = []
        for name, kind in fields.items():
            codes = self._codes(kind)
            own = self._tokens(text, codes[0])
            if not own:
                continue
            folded = tuple(token.folded for token in own)
            found = [self._phrase(view_field(name, View.FOLDED), folded)]
            if self.is_marked:
                found += [
                    self._phrase(view_field(name, View.WRITTEN), written)
                    for written in dict.fromkeys(
                        tuple(token.written for token in self._tokens(text, code)) for code in codes
                    )
                ]
            pairs = self._character_pairs(text, codes[0])
            if pairs:
                found.append(
                    self._all_of(name, [token for token in own if not token.is_unspaced], pairs)
                )
            clauses += [tantivy.Query.boost_query(query, kind.weight) for query in found]
            if not self.is_aside:
                needles = self.needles[name]
                if len(folded) == 1:
                    needles.folded.update(folded)
                else:
                    needles.phrases.add(folded[:_LONGEST_NEEDLE])
                needles.characters.update(pairs)
        if not clauses and not self.is_aside:
            self._report_no_words(text, fields)
        return clauses

    def _weights(self, text: str, codes: Sequence[str]) -> dict[tuple[View, str], float]:
        weights: dict[tuple[View, str], float] = {}
        skipped: frozenset[str] | None = None
        for code in codes:
            terms = self._terms(text, code, skipped)
            skipped = terms.skipped
            for key, weight in terms.weights.items():
                weights[key] = max(weights.get(key, 0.0), weight)
        return weights

    def _terms(self, text: str, code: str, skipped: frozenset[str] | None) -> _Terms:
        """Terms of the views of ranked words in one language.

        The query's own language comes first, with ``skipped`` None. It gives the folded view, which
        is the same in every language, and says which function words are skipped in all.
        """
        language = analyzer(code).language
        weights: Weights = language.marked if self.is_marked else language.plain
        tokens = self._tokens(text, code)
        is_own = skipped is None
        if skipped is None:
            # A function word says nothing where another word remains; alone it is all there is.
            stops = frozenset(token.folded for token in tokens if token.is_stop)
            skipped = frozenset() if all(token.is_stop for token in tokens) else stops
        words = [token for token in tokens if token.folded not in skipped]
        found: dict[tuple[View, str], float] = {}

        def add(view: View, weight: float, terms: Iterable[str]) -> None:
            if weight:
                for term, count in Counter(terms).items():
                    # A word that the query repeats counts as often as it stands there.
                    found[view, term] = weight * count

        if is_own:
            add(View.FOLDED, weights.folded, (token.folded for token in words))
        add(View.WRITTEN, weights.written, (token.written for token in words))
        add(View.STEM, weights.stem, (token.stem for token in words if token.stem is not None))
        pairs = self._analysis(text, code).pair[: 2 * _MOST_WORDS]
        add(View.PAIR, weights.pair, (term.text for term in pairs))
        return _Terms(found, skipped)

    def _character_pairs(self, text: str, code: str) -> list[str]:
        pairs = self._analysis(text, code).pair[: 2 * _MOST_WORDS]
        return [term.text for term in pairs if len(term.text) == 2]

    def _phrase(self, field: str, words: tuple[str, ...]) -> tantivy.Query:
        if len(words) == 1:
            return tantivy.Query.term_query(self._schema, field, words[0], "freq")
        return tantivy.Query.phrase_query(self._schema, field, list(words))

    def _all_of(self, name: str, words: Sequence[Token], pairs: Sequence[str]) -> tantivy.Query:
        """All adjacent characters of a phrase, and its other words: where no spaces stand between
        words, a dictionary may cut the text otherwise than the phrase."""
        terms = [(View.FOLDED, token.folded) for token in words]
        terms += [(View.PAIR, pair) for pair in pairs]
        return tantivy.Query.boolean_query(
            [
                (
                    _MUST,
                    tantivy.Query.term_query(self._schema, view_field(name, view), term, "freq"),
                )
                for view, term in dict.fromkeys(terms)
            ]
        )

    def _codes(self, kind: Text) -> Sequence[str]:
        return (kind.language,) if kind.language is not None else self._languages

    def _analysis(self, text: str, code: str) -> Analysis:
        """One analysis of a text in a language serves all fields."""
        key = text, code
        if key not in self._analyses:
            if len(text) > _LONGEST_TEXT:
                self._notify(
                    "too-long", f"only the first {_LONGEST_TEXT:,} characters were searched"
                )
            self._analyses[key] = analyzer(code).analyze(text[:_LONGEST_TEXT])
        return self._analyses[key]

    def _tokens(self, text: str, code: str) -> Sequence[Token]:
        tokens = self._analysis(text, code).tokens
        kept: dict[str, None] = {}
        for position, token in enumerate(tokens):
            kept.setdefault(token.folded)
            if len(kept) > _MOST_WORDS:
                self._notify("too-many-words", f"only the first {_MOST_WORDS} words were searched")
                return tokens[:position]
        return tokens

    def _remember(self, name: str, terms: Iterable[tuple[View, str]]) -> None:
        needles = self.needles[name]
        sets = {
            View.WRITTEN: needles.written,
            View.FOLDED: needles.folded,
            View.STEM: needles.stems,
            View.PAIR: needles.characters,
        }
        for view, term in terms:
            if view is not View.PAIR or len(term) == 2:
                sets[view].add(term)

    def _report(self, text: str, fields: Mapping[str, Text], known: Mapping[str, bool]) -> None:
        """Name the words that no document holds: the searcher may have mistyped them."""
        if self.is_aside:
            return
        if not known:
            self._report_no_words(text, fields)
        unknown = {word for word, is_known in known.items() if not is_known}
        for name, kind in fields.items() if unknown else ():
            field = view_field(name, View.STEM)
            for code in self._codes(kind):
                for token in self._tokens(text, code):
                    is_met = token.stem is not None and self._snapshot.holds(field, token.stem)
                    if is_met:
                        unknown.discard(token.folded)
        where = f" in {next(iter(fields))!r}" if len(fields) < len(self.needles) else ""
        for token in self._tokens(text, self._languages[0]) if unknown else ():
            if token.folded in unknown:
                self._notify("unknown-word", f"no document holds {token.text!r}{where}")

    def _report_no_words(self, text: str, fields: Mapping[str, Text]) -> None:
        if fields:
            shown = text if len(text) <= 60 else text[:60] + "…"
            self._notify("no-words", f"{shown!r} holds no words to search for")
        else:
            self._notify("no-text", "the schema has no text field to search words in")

    def _notify(self, code: str, message: str) -> None:
        notice = Notice(code, message)
        if notice not in self.notices:
            self.notices.append(notice)
