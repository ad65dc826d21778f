"""Words and phrases of a query → clauses for tantivy.

All clauses of ranked words stand side by side in one boolean query, because nesting them costs
twice the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import Token, View, fold
from searchlib.engine.clauses import (
    Clause,
    finder,
    inner_characters,
    longest_characters,
)
from searchlib.engine.layout import TEXT, holder_of_pairs, view_field
from searchlib.engine.reader import WordReader
from searchlib.engine.similar import telling_terms
from searchlib.engine.snapshot import idf
from searchlib.engine.terms import Correction, Terms
from searchlib.fields import Text
from searchlib.languages import analyzer
from searchlib.marks import InOrder, near_pairs

__all__ = ["LONGEST_NEEDLE", "WordCompiler"]

#: Words of a phrase that tell its occurrences from others.
LONGEST_NEEDLE: Final = 50
# Words of a query so short that the very form typed, marks and all, is what is meant …
_SHORT: Final = 3
_EXACT: Final = 2.0  # … and what a match of that form adds, in idf of its words

# A term that so large a part of documents, and more than a few, have.
_COMMON: Final = 0.1
_FEW: Final = 1_000

_MOST_BY_BM25: Final = 2.2  # times its idf: what a term can give, with tantivy's k1 of 1.2

_MUST = tantivy.Occur.Must


class WordCompiler(WordReader):
    """Compiles the words and phrases of one search."""

    def ranked(self, text: str, fields: Mapping[str, Text]) -> list[Clause]:
        """Return the clauses of ranked words: words × views × fields, each term once."""
        clauses: list[Clause] = []
        corrections: Sequence[Correction] = ()
        searched = self._ranking_fields(fields)
        if self._typos and not (self.is_aside or self._is_strict):
            corrections = self._terms.corrections(text, self._languages, searched)
        for name, kinds in searched.items():
            codes = self._codes(kinds)
            terms = self._terms.weigh(text, codes, (name,))
            if corrections:
                self._terms.add_corrected(terms, text, corrections, codes, (name,))
            factor = 1.0 if name == TEXT else kinds[name].weight
            found = self._clauses(name, terms, factor)
            clauses += found
            if name in self._together:
                clauses += self._numbered(text, name, factor)
            if corrections:
                clauses += self._rare(name, corrections, found)
            if not self.is_aside:
                self.sought.add(kinds, terms)
                if not self._is_strict:
                    for _, letters, digits in self._terms.numbered(text):
                        for one in kinds:
                            self.sought[one].phrases.add(InOrder((letters, digits)))
        if self._is_marked or self._is_strict:
            for name, kind in fields.items():
                clauses += self._exactly(text, name, kind)
        if not self.is_aside:
            self._report(text, fields, searched, corrections)
        return clauses

    def telling(
        self, text: str, fields: Mapping[str, Text], code: str | None = None
    ) -> list[Clause]:
        """Return the clauses of what tells a text from others.

        Args:
            text: any text.
            fields: the text fields that are searched.
            code: the language of the document whose text it is; None for a text of nowhere, in the
                query's own.
        """
        clauses: list[Clause] = []
        least = 1 if code is None else 2  # a word of nothing but the document itself finds nothing
        for name, kinds in self._ranking_fields(fields).items():
            own = code if code is not None else self._codes(kinds)[0]
            if len(kinds) == 1:
                own = next(iter(kinds.values())).language or own
            pairs_of = holder_of_pairs(name, self._together)
            terms = telling_terms(self._snapshot, text, (name, pairs_of), own, least=least)
            factor = 1.0 if name == TEXT else kinds[name].weight
            clauses += self._clauses(name, terms, factor)
            if not self.is_aside:
                self.sought.add(kinds, terms)
        return clauses

    def _clauses(self, name: str, terms: Terms, factor: float) -> list[Clause]:
        pairs = [term for view, term in terms if view is View.PAIR]
        inner = inner_characters(pairs) if pairs else ()
        common = max(_COMMON * len(self._snapshot), _FEW)
        is_together = name in self._together
        clauses = []
        for (view, term), (weight, word, is_counted) in terms.items():
            holder = self._holder(name, view, term) if is_together else name
            if is_counted:
                query = self._term(holder, view, term)
            else:
                frequency = self._snapshot.frequency(view_field(holder, view), term)
                # It tells little: a clause that only adds to a score adds next to nothing by it,
                # and takes longest (docs/adr/0015).
                if frequency > common and self._is_found_by_others(view):
                    continue
                query = self._constant(holder, view, term)
                weight *= idf(frequency, len(self._snapshot))
            # What another field may hold as well ranks and does not find.
            finds = view is not View.PAIR or (holder == name and term not in inner)
            clauses.append(Clause(query, weight * factor, word, holder, view, term, finds))
        return clauses

    def _numbered(self, text: str, name: str, factor: float) -> Iterator[Clause]:
        """The clauses of names with a number that a text field without pairs holds in two words."""
        for word, letters, digits in self._terms.numbered(text):
            field, parts = view_field(name, View.FOLDED), (letters, digits)
            if count := self._snapshot.side_by_side(field, parts):
                query = self._phrase(name, View.FOLDED, parts)
                joined = self._snapshot.frequency(field, letters + digits)
                # A rare spelling is no better an answer than the common one.
                rarity = idf(max(joined, count), len(self._snapshot))
                own = sum(self._idf(name, View.FOLDED, one) for one in parts)
                weight = factor * rarity / own
                yield Clause(query, weight, word, name, View.FOLDED, " ".join(parts))

    def finder(self, clauses: Sequence[Clause]) -> Clause | None:
        """Return the clause of a single word that finds all that the others of it find, if there
        is one."""
        return finder(clauses, View.STEM if self._stems_find_all else View.FOLDED)

    def _is_found_by_others(self, view: View) -> bool:
        """Whether another view finds what a word's form in this one finds."""
        return view is not View.PAIR and (view is View.WRITTEN or self._stems_find_all)

    @cached_property
    def _stems_find_all(self) -> bool:
        """Whether who looks for a word's stem finds every document that has the word in any form:
        where all are in the query's language, and its stems are made of folded words."""
        rules = analyzer(self._languages[0]).language
        is_only = tuple(self._snapshot.languages) == (rules.code,) == tuple(self._languages)
        is_same = all(kind.language in (None, rules.code) for kind in self._fields.values())
        return is_only and is_same and rules.stemmer is not None and rules.stem_input is fold

    def _constant(self, name: str, view: View, term: str) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, view_field(name, view), term, "basic")
        return tantivy.Query.const_score_query(query, 1.0)

    def _rare(
        self, name: str, corrections: Sequence[Correction], found: Sequence[Clause]
    ) -> Iterator[Clause]:
        """What keeps a document with a rare word as typed above all that hold words near it: as
        much as every other clause together can give."""
        rare = [token for token, _, is_rare in corrections if is_rare]
        most = sum(
            clause.weight * _MOST_BY_BM25 * self._idf(clause.field, View(clause.view), clause.term)
            for clause in (found if rare else ())
        )
        for token in rare:
            query = self._constant(name, View.FOLDED, token.folded)
            yield Clause(query, most, token.text, name, "exact", token.folded)

    def in_order(self, text: str, fields: Mapping[str, Text], slop: int = 0) -> list[Clause]:
        """Return the clauses of a phrase, one a view and field."""
        clauses: list[Clause] = []
        typed = f'"{text}"' + (f"~{slop}" if slop else "")
        for name, kind in fields.items():
            codes = self._codes({name: kind})
            own = self._terms.tokens(text, codes[0])
            forms = self._forms(text, codes)
            if not forms:
                continue
            found = {
                (self._view, form): self._phrase(name, self._view, form, slop) for form in forms
            }
            if self._is_marked:
                for code in codes:
                    written = tuple(token.written for token in self._terms.tokens(text, code))
                    found[View.WRITTEN, written] = self._phrase(name, View.WRITTEN, written, slop)
            characters = () if slop else self._characters(text, codes[0])
            if characters:
                spaced = [token for token in own if not token.is_unspaced]
                found[View.PAIR, characters] = self._all_of(name, spaced, characters)
            clauses += [
                Clause(query, kind.weight, typed, name, view, " ".join(terms))
                for (view, terms), query in found.items()
            ]
            if not self.is_aside:
                needles = self.sought[name]
                for form in forms:
                    if len(form) == 1 or (slop and len(set(form)) == 1):
                        (needles.written if self._is_strict else needles.folded).update(form)
                    else:
                        words = form[:LONGEST_NEEDLE]
                        needles.phrases.add(InOrder(words, slop, is_written=self._is_strict))
                needles.characters.update(characters)
        if not clauses and not self.is_aside:
            self._report_no_words(text, fields)
        return clauses

    def _exactly(self, text: str, name: str, kind: Text) -> list[Clause]:
        """By this clause a short query with marks finds first what was typed, to the letter."""
        if not (self._is_marked or self._is_strict):
            return []
        tokens = self._terms.tokens(text, self._codes({name: kind})[0])
        is_told = self._is_marked or len(tokens) > 1
        if not (is_told and 0 < len(tokens) <= _SHORT):
            return []
        words = tuple(token.written for token in tokens)
        # By rarity, not by BM25: however long the text is that holds the very form.
        query = tantivy.Query.const_score_query(self._phrase(name, View.WRITTEN, words), 1.0)
        rarity = sum(self._idf(name, View.WRITTEN, word) for word in words)
        weight = _EXACT * rarity * kind.weight
        return [Clause(query, weight, text, name, "exact", " ".join(words))]

    def _characters(self, text: str, code: str) -> tuple[str, ...]:
        """The adjacent characters of a text, as many at a time as there are."""
        if not any(token.is_unspaced for token in self._terms.tokens(text, code)):
            return ()
        return longest_characters(term.text for term in self._terms.pairs(text, code))

    def _term(self, name: str, view: View, term: str) -> tantivy.Query:
        field = view_field(name, view)
        query = tantivy.Query.term_query(self._schema, field, term, "freq")
        return self._snapshot.as_rare(query, field, (term,))

    def _phrase(
        self, name: str, view: View, words: tuple[str, ...], slop: int = 0
    ) -> tantivy.Query:
        if len(words) == 1:
            return self._term(name, view, words[0])
        if slop:
            return self._near(name, view, words, slop)
        field = view_field(name, view)
        query = tantivy.Query.phrase_query(self._schema, field, list(words))
        return self._snapshot.as_rare(query, field, words)

    def _near(self, name: str, view: View, words: tuple[str, ...], slop: int) -> tantivy.Query:
        """Each two of some words, each word once, near where they would stand in a phrase.

        Of three words and more tantivy finds some that are not near, and others where it does not
        score; of two it is exact.
        """
        field = view_field(name, view)
        pairs = []
        for one, two, gap in near_pairs(words):
            phrase: list[str | tuple[int, str]] = [(0, one), (gap, two)]
            query = tantivy.Query.phrase_query(self._schema, field, phrase, slop)
            pairs.append((_MUST, self._snapshot.as_rare(query, field, (one, two))))
        if len(pairs) < 2:
            return pairs[0][1] if pairs else self._term(name, view, words[0])
        # Each word is in several pairs: together they count as much as one phrase.
        part = len(set(words)) / 2 / len(pairs)
        return tantivy.Query.boost_query(tantivy.Query.boolean_query(pairs), part)

    def _all_of(
        self, name: str, words: Sequence[Token], characters: Sequence[str]
    ) -> tantivy.Query:
        """All adjacent characters of a phrase, and its other words: where no spaces stand between
        words, a dictionary may cut the text otherwise than the phrase."""
        terms = [(self._view, str(getattr(token, self._view))) for token in words]
        terms += [(View.PAIR, one) for one in characters]
        return tantivy.Query.boolean_query(
            [(_MUST, self._term(name, view, term)) for view, term in dict.fromkeys(terms)]
        )
