"""Words and phrases of a query → clauses for tantivy.

All clauses of ranked words stand side by side in one boolean query, because nesting them costs
twice the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import PAIR_JOINT, Token, View, fold
from searchlib.engine.clauses import (
    Clause,
    finder,
    inner_characters,
    longest_characters,
)
from searchlib.engine.known import Correction
from searchlib.engine.layout import TEXT, view_field
from searchlib.engine.reader import WordReader
from searchlib.engine.similar import telling_terms
from searchlib.engine.snapshot import idf
from searchlib.engine.terms import QueryTerms, Terms
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

_PHRASE: Final = "phrase"  # the view of a clause that looks for words side by side

_MUST = tantivy.Occur.Must


class WordCompiler(WordReader):
    """Compiles the words and phrases of one search."""

    def ranked(self, text: str, fields: Mapping[str, Text]) -> list[Clause]:
        """Return the clauses of ranked words: words × views × fields, each term once."""
        if (found := self._of_known_word(text, fields)) is not None:
            return found
        clauses: list[Clause] = []
        corrections: Sequence[Correction] = ()
        searched = self._ranking_fields(fields)
        if self._typos and not (self.is_aside or self._is_strict):
            corrections = self._terms.corrections(text, self._languages, searched)
        for name, kinds in searched.items():
            codes = self._codes(kinds)
            terms = self._terms.weigh(text, codes, (name,), is_aside=self.is_aside)
            if corrections:
                self._terms.add_corrected(terms, text, corrections, codes, (name,))
            factor = 1.0 if name == TEXT else kinds[name].weight
            found = self._clauses(name, terms, factor)
            if name in self._together:
                found = [*found, *self._phrases(self._terms, text, name, codes, factor)]
            clauses += found
            if not self.is_aside:
                # Where pairs step over function words, or marks are typed, nobody looks for these.
                is_bare = not (self._is_marked or analyzer(codes[0]).language.pairs_of_stems)
                self.sought.add(kinds, terms, self._terms.tokens(text, codes[0]) if is_bare else ())
                if not self._is_strict:
                    for _, letters, digits in self._terms.numbered(text):
                        for one in kinds:
                            self.sought[one].phrases.add(InOrder((letters, digits)))
        if corrections:
            clauses += list(self._rare(searched, corrections, clauses))
        if self._is_marked or self._is_strict:
            for name, kind in fields.items():
                clauses += self._exactly(text, name, kind)
        if not self.is_aside:
            self._report(text, fields, searched, corrections)
        return clauses

    def _of_known_word(self, text: str, fields: Mapping[str, Text]) -> list[Clause] | None:
        """The short way for what most nodes hold, one word that the index has: what ``ranked``
        would return for it. None for anything else."""
        searched = self._ranking_fields(fields)
        if self.is_aside or self._is_strict or len(searched) != 1:
            return None
        [(name, kinds)] = searched.items()
        asked = self._languages if self._typos else ()
        terms = self._terms.weigh_known(text, self._codes(kinds), name, asked)
        if terms is None:
            return None
        clauses = self._clauses(name, terms, 1.0 if name == TEXT else kinds[name].weight)
        if self._is_marked:
            for own, kind in fields.items():
                clauses += self._exactly(text, own, kind)
        self.sought.add(kinds, terms)
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
            terms = telling_terms(self._snapshot, text, name, own, least=least)
            factor = 1.0 if name == TEXT else kinds[name].weight
            clauses += self._clauses(name, terms, factor)
            if not self.is_aside:
                self.sought.add(kinds, terms)
        return clauses

    def _clauses(self, name: str, terms: Terms, factor: float) -> list[Clause]:
        characters = [term for view, term in terms if view is View.PAIR and PAIR_JOINT not in term]
        inner = inner_characters(characters) if characters else ()
        frequency_of, documents = self._snapshot.frequency, len(self._snapshot)
        common = max(_COMMON * documents, _FEW)
        clauses = []
        for (view, term), (weight, word, is_counted) in terms.items():
            frequency = frequency_of(view_field(name, view), term)
            # Of a pair, and of what other languages make of a word, mostly nothing is there. What
            # is to be deleted may be in documents that no commit has yet.
            if not (frequency or view is View.FOLDED or self._is_strict or self.is_aside):
                continue
            if is_counted:
                query = self._term(name, view, term)
            else:
                # It tells little: a clause that only adds to a score adds next to nothing by it,
                # and takes longest (docs/adr/0015).
                if frequency > common and self._is_found_by_others(view):
                    continue
                query = self._constant(name, view, term)
                weight *= idf(frequency, documents)
            finds = view is not View.PAIR or term not in inner
            clauses.append(Clause(query, weight * factor, word, name, view, term, finds))
        return clauses

    def _phrases(
        self, reader: QueryTerms, text: str, name: str, codes: Sequence[str], factor: float
    ) -> Iterator[Clause]:
        """What pairs of words, and names with a number, are looked for by in a field that has no
        pairs of its own (docs/adr/0034): as phrases, where any field has the pair.

        Args:
            reader: of the text.
            text: words to be ranked by.
            name: the field.
            codes: the languages, the query's own first.
            factor: on the weights.
        """
        if self._is_strict:
            return
        phrases: set[tuple[str, ...]] = set()
        weights = reader.weights(text, codes[0])
        tokens = reader.tokens(text, codes[0])
        firsts = {token.start: place for place, token in enumerate(tokens)}
        lasts = {token.end: place for place, token in enumerate(tokens)}
        # Where no score counts, words alone find as much.
        for pair, start, end in () if self.is_aside else reader.pairs(text, codes[0]):
            if PAIR_JOINT not in pair or start not in firsts or end not in lasts:
                continue
            words = tuple(token.folded for token in tokens[firsts[start] : lasts[end] + 1])
            frequency = self._at_most(name, words, [pair])
            if frequency and weights.pair and words not in phrases:
                phrases.add(words)
                rarity = weights.pair * idf(frequency, len(self._snapshot))
                yield self._ranked_phrase(
                    name, words, text[start:end], factor * rarity, weights.counts_pairs
                )
        for word, *parts in reader.numbered(text):
            pairs = {pair.text for code in codes for pair in reader.pairs(" ".join(parts), code)}
            words = tuple(parts)
            frequency = self._at_most(name, words, pairs)
            if (frequency or self.is_aside) and words not in phrases:
                phrases.add(words)
                joined = self._snapshot.frequency(view_field(name, View.FOLDED), "".join(parts))
                # A rare spelling is no better an answer than the common one.
                rarity = idf(max(joined, frequency), len(self._snapshot))
                yield self._ranked_phrase(name, words, word, factor * rarity, True)

    def _at_most(self, name: str, words: Sequence[str], pairs: Iterable[str]) -> int:
        """In how many documents words may stand side by side in a field: no more than have the
        pair in any field, or each word in this one."""
        folded, pairs_of = view_field(name, View.FOLDED), view_field(TEXT, View.PAIR)
        beside = max((self._snapshot.frequency(pairs_of, pair) for pair in pairs), default=0)
        return min(beside, *(self._snapshot.frequency(folded, word) for word in words))

    def _ranked_phrase(
        self, name: str, words: tuple[str, ...], typed: str, rarity: float, is_counted: bool
    ) -> Clause:
        """The clause of a phrase that gives what a term so rare does."""
        query = self._phrase(name, View.FOLDED, words)
        if is_counted:
            rarity /= sum(self._idf(name, View.FOLDED, word) for word in words)
        else:
            query = tantivy.Query.const_score_query(query, 1.0)
        return Clause(query, rarity, typed, name, _PHRASE, " ".join(words))

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
        self, names: Iterable[str], corrections: Sequence[Correction], found: Sequence[Clause]
    ) -> Iterator[Clause]:
        """What keeps a document with a rare word as typed above all that hold words near it: as
        much as every other clause together can give.

        Args:
            names: the fields of the index that are searched.
            corrections: the words, and what they may have been meant for.
            found: the clauses of all of these fields.
        """
        rare = [token for token, _, is_rare in corrections if is_rare]
        most = sum(map(self._most, found)) if rare else 0.0
        for name in names:
            for token in rare:
                query = self._constant(name, View.FOLDED, token.folded)
                yield Clause(query, most, token.text, name, "exact", token.folded)

    def _most(self, clause: Clause) -> float:
        """What a clause of ranked words can give."""
        is_phrase = clause.view == _PHRASE
        view = View.FOLDED if is_phrase else View(clause.view)
        terms = clause.term.split() if is_phrase else [clause.term]
        rarity = sum(self._idf(clause.field, view, term) for term in terms)
        return clause.weight * max(_MOST_BY_BM25 * rarity, 1.0)  # 1 where it is no BM25

    def in_order(self, text: str, fields: Mapping[str, Text], slop: int = 0) -> list[Clause]:
        """Return the clauses of a phrase, one a view and field."""
        clauses: list[Clause] = []
        finding = (self._view, View.PAIR)
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
            if self._is_marked and not self.is_aside:
                for code in codes:
                    written = tuple(token.written for token in self._terms.tokens(text, code))
                    found[View.WRITTEN, written] = self._phrase(name, View.WRITTEN, written, slop)
            characters = () if slop else self._characters(text, codes[0])
            if characters:
                spaced = [token for token in own if not token.is_unspaced]
                found[View.PAIR, characters] = self._all_of(name, spaced, characters)
            # Words as written stand nowhere where folded ones do not: these find, those only add.
            clauses += [
                Clause(query, kind.weight, typed, name, view, " ".join(terms), view in finding)
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
