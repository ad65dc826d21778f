"""Terms of a glossary in a query → clauses that look for the other terms of their concepts.

Words in a row that are a term (the longest such run from the left) stand for the other terms as
well: one of several words as a phrase, never as loose words, a single word by the views of its
language. Of all that stands for the same words only the best match counts, by how rare it is, but
as no rarer than the words typed: so it never outdoes them, however many synonyms a text holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import NamedTuple
from searchlib.analysis import Token, View, has_marks
from searchlib.engine.clauses import Clause, longest_characters, weighted
from searchlib.engine.layout import TEXT, copies_together, view_field
from searchlib.engine.reading import Reading
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.terms import QueryTerms, Terms
from searchlib.engine.words import LONGEST_NEEDLE, WordCompiler
from searchlib.fields import Text
from searchlib.languages import analyzer
from searchlib.marks import InOrder

if TYPE_CHECKING:  # a search without a glossary does without what reads one
    from searchlib.glossary import Concept, Glossary
    from searchlib.termbases import GlossaryTerm

__all__ = ["MOST_SYNONYMS", "SynonymCompiler"]

#: Terms that one search looks for beside those typed.
MOST_SYNONYMS: Final = 50
# What a match of another term counts, compared with one of the words typed (docs/adr/0011).
_SYNONYM: Final = 0.75
# A text with the letters of a term that has marks, but with other marks or none, counts so much.
_OTHER_MARKS: Final = 0.5

_SHOULD: Final = tantivy.Occur.Should


class _Also(NamedTuple):
    """Another term for words of a query.

    Attributes:
        text: as the glossary has it.
        folded: its folded words.
        codes: the languages by whose rules it is read.
        share: how likely it is meant: 1, or less where the words belong to several concepts.
    """

    text: str
    folded: tuple[str, ...]
    codes: tuple[str, ...]
    share: float


class _Run(NamedTuple):
    """Words of a query in a row that are a term of the glossary."""

    text: str
    also: Sequence[_Also]


class SynonymCompiler(WordCompiler):
    """Compiles the words and phrases of one search, with what a glossary adds to them."""

    def __init__(self, snapshot: Snapshot, fields: Mapping[str, Text], reading: Reading) -> None:
        super().__init__(snapshot, fields, reading)
        self._glossary = reading.glossary
        self._is_sure = reading.is_sure
        self._others = reading.others
        self._added: set[tuple[str, str]] = set()

    @cached_property
    def _present(self) -> tuple[str, ...]:
        """The languages in which a glossary's terms are looked for."""
        fixed = [kind.language for kind in self._fields.values() if kind.language is not None]
        return tuple(dict.fromkeys([*self._others, *fixed])) or tuple(self._languages)

    @cached_property
    def _foreign(self) -> QueryTerms:
        """Reads the glossary's terms: their marks are those that they have, not the query's."""
        return QueryTerms(self._snapshot, Reading(self._present), self._together)

    def ranked(self, text: str, fields: Mapping[str, Text]) -> list[Clause]:
        """Return the clauses of ranked words, and of the other terms for runs of them."""
        clauses = super().ranked(text, fields)
        if self._glossary is None or self.is_aside or self._is_strict:
            return clauses
        tokens = self._terms.tokens(text, self._languages[0])
        for run in self._runs(self._glossary, text, tokens):
            found: list[str] = []
            for name, kinds in self._ranking_fields(fields).items():
                rarity = self._typed_rarity(run.text, name, self._codes(kinds)[0])
                parts = [
                    (also, part)
                    for also in run.also
                    for part in self._ranked_term(also, name, kinds, rarity)
                ]
                clauses += self._best_of(run.text, name, parts)
                found += [also.text for also, _ in parts]
            self._report_synonyms(run.text, found)
        return clauses

    def in_order(self, text: str, fields: Mapping[str, Text], slop: int = 0) -> list[Clause]:
        """Return the clauses of a phrase, and of the other terms where all of it is a term."""
        clauses = super().in_order(text, fields, slop)
        if self._glossary is None or self.is_aside or self._is_strict or slop:
            return clauses
        tokens = self._terms.tokens(text, self._languages[0])
        for run in self._runs(self._glossary, text, tokens, is_whole=True):
            found: list[str] = []
            for name, kind in fields.items():
                rarity = sum(self._idf(name, View.FOLDED, token.folded) for token in tokens)
                parts = [
                    (also, part._replace(weight=part.weight * kind.weight))
                    for also in run.also
                    for part in self._phrase_term(also, name, kind, rarity)
                ]
                clauses += self._best_of(f'"{text}"', name, parts)
                found += [also.text for also, _ in parts]
            self._report_synonyms(run.text, found)
        return clauses

    # --- What a query's words stand for ----------------------------------------------------------

    def _runs(
        self, glossary: Glossary, text: str, tokens: Sequence[Token], *, is_whole: bool = False
    ) -> Iterator[_Run]:
        """Yield the longest runs of words that are terms, from the left.

        Args:
            glossary: the terms.
            text: what was typed.
            tokens: its words.
            is_whole: whether a run must be all of it.
        """
        words = [token.folded for token in tokens]
        only_stops = all(token.is_stop for token in tokens)
        place = 0
        while place < len(words):
            count = glossary.longest(words, place)
            if is_whole and count < len(words):
                return
            run = tokens[place : place + count]
            place += max(count, 1)
            # A function word says nothing where another word remains: ``who`` is not the WHO.
            if count and (only_stops or is_whole or not all(token.is_stop for token in run)):
                typed = text[run[0].start : run[-1].end]
                if also := self._also(glossary, typed):
                    yield _Run(typed, also)

    def _also(self, glossary: Glossary, typed: str) -> Sequence[_Also]:
        """The other terms of the concepts that words typed are a term of, within bounds."""
        from searchlib.glossary import folded_words

        folded = folded_words(typed)
        concepts = self._meant(glossary.lookup(typed)[:MOST_SYNONYMS], typed, folded)
        found: dict[tuple[str, str], _Also] = {}
        for concept in concepts:
            also = {key: one for term in concept for key, one in self._readable(term, folded)}
            for key, one in also.items():
                before = found.get(key)
                if before is None:
                    found[key] = one._replace(share=1 / len(concepts))
                else:
                    codes = tuple(dict.fromkeys([*before.codes, *one.codes]))
                    share = before.share + 1 / len(concepts)
                    found[key] = before._replace(codes=codes, share=share)
        kept = []
        for one in found.values():
            if not self._is_known(one):
                continue
            if (folded, one.text) not in self._added:
                if len(self._added) == MOST_SYNONYMS:
                    message = f"only {MOST_SYNONYMS} terms of the glossary were looked for"
                    self._terms.notify("too-many-terms", message)
                    break
                self._added.add((folded, one.text))
            kept.append(one)
        return kept

    def _meant(self, concepts: Sequence[Concept], typed: str, folded: str) -> Sequence[Concept]:
        """The concepts that words typed may mean: those of the term with just these marks, of the
        query's own language where it is sure, if there are any such."""
        from searchlib.glossary import folded_words

        same = [
            (number, term, how)
            for number, concept in enumerate(concepts)
            for term in concept
            if folded_words(term.text) == folded
            and (how := _alike(typed, term.text, term.language or self._languages[0]))
        ]
        if exact := [one for one in same if one[2] == _EXACTLY]:
            same = exact
        if self._is_sure:
            own = [one for one in same if one[1].language in (None, self._languages[0])]
            same = own or same
        return [concepts[number] for number in dict.fromkeys(number for number, _, _ in same)]

    def _readable(self, term: GlossaryTerm, typed: str) -> Iterator[tuple[tuple[str, str], _Also]]:
        """Yield a term that may be looked for, with what tells it from others."""
        from searchlib.glossary import LONGEST_TERM, folded_words

        if term.one_way or (term.language is not None and term.language not in self._present):
            return
        folded = folded_words(term.text)
        words = folded.split()
        if folded != typed and 0 < len(words) <= LONGEST_TERM:
            codes = self._present if term.language is None else (term.language,)
            written = analyzer(codes[0]).views(term.text).written
            yield (folded, written), _Also(term.text, tuple(words), codes, 1.0)

    def _is_known(self, also: _Also) -> bool:
        """Whether its words stand in any document, so that there is something to look for."""
        return all(
            any(
                self._snapshot.holds(view_field(name, view), term)
                for name in self._fields
                for view, term in terms
            )
            for terms in self._translated(also)
        )

    def _translated(self, also: _Also) -> Iterator[Iterable[tuple[View, str]]]:
        """Yield what stands for each word of a term, any of which will do."""
        tokens = self._foreign.tokens(also.text, also.codes[0])
        pairs = self._characters_of(also)
        if pairs:  # a dictionary may cut the text otherwise
            yield from ([(View.PAIR, pair)] for pair in pairs)
        elif len(tokens) == 1:
            forms = {(View.FOLDED, tokens[0].folded)}
            for code in also.codes:
                forms |= {
                    (View.STEM, one.stem)
                    for one in self._foreign.tokens(also.text, code)
                    if one.stem
                }
            yield forms
        else:
            yield from ([(View.FOLDED, token.folded)] for token in tokens)

    def _characters_of(self, also: _Also) -> tuple[str, ...]:
        pairs = self._foreign.pairs(also.text, also.codes[0])
        return longest_characters(term.text for term in pairs)

    # --- Clauses ---------------------------------------------------------------------------------

    def _ranked_term(
        self, also: _Also, name: str, kinds: Mapping[str, Text], rarity: float
    ) -> Iterator[Clause]:
        """Yield what looks for a term among ranked words, in a field that holds text fields."""
        if len(also.folded) == 1 and not self._characters_of(also):
            terms = self._foreign.weigh(also.text, also.codes, (name,))
            own = self._main_rarity(terms, name)
            if own:
                factor = 1.0 if name == TEXT else kinds[name].weight
                parts = self._clauses(name, terms, 1.0)
                if name in self._together:
                    parts += self._phrases(self._foreign, also.text, name, also.codes, 1.0)
                query = _sum_of(parts)
                weight = _SYNONYM * also.share * factor * min(rarity / own, 1.0)
                self.sought.add(kinds, terms)
                yield Clause(query, weight, "", name, "glossary", also.text)
            return
        copies = copies_together(kinds)
        for field, kind in kinds.items():
            # What a word typed gives that stands in this field alone: once for each copy of it.
            factor = _saturated(copies[field]) if name == TEXT else kind.weight
            for part in self._phrase_term(also, field, kind, rarity):
                yield part._replace(weight=part.weight * factor)

    def _phrase_term(self, also: _Also, name: str, kind: Text, rarity: float) -> Iterator[Clause]:
        """Yield what looks for a term as a phrase in a text field."""
        tokens = self._foreign.tokens(also.text, also.codes[0])
        pairs = self._characters_of(also)
        if pairs:
            spaced = [token for token in tokens if not token.is_unspaced]
            forms = [(1.0, self._all_of(name, spaced, pairs))]
            own = sum(self._idf(name, View.PAIR, pair) for pair in pairs)
        else:
            forms = [(1.0, self._phrase(name, View.FOLDED, also.folded))]
            own = sum(self._idf(name, View.FOLDED, word) for word in also.folded)
            if has_marks(also.text):
                written = dict.fromkeys(
                    tuple(token.written for token in self._foreign.tokens(also.text, code))
                    for code in also.codes
                )
                forms = [(_OTHER_MARKS, forms[0][1])]
                forms += [(1.0, self._phrase(name, View.WRITTEN, words)) for words in written]
        weight = _SYNONYM * also.share * min(rarity / own, 1.0)
        for share, query in forms:
            yield Clause(query, weight * share, "", name, "glossary", also.text)
        needles = self.sought[name]
        needles.characters.update(pairs)
        if len(also.folded) == 1:
            needles.folded.update(also.folded)
        else:
            needles.phrases.add(InOrder(also.folded[:LONGEST_NEEDLE]))

    def _best_of(
        self, typed: str, name: str, parts: Sequence[tuple[_Also, Clause]]
    ) -> Iterator[Clause]:
        """Yield one clause of which the best part counts."""
        if parts:
            clauses = tuple(part._replace(word=typed) for _, part in parts)
            query = tantivy.Query.disjunction_max_query(weighted(clauses))
            terms = " | ".join(dict.fromkeys(part.term for part in clauses))
            yield Clause(query, 1.0, typed, name, "glossary", terms, alternatives=clauses)

    def _typed_rarity(self, typed: str, name: str, code: str) -> float:
        return self._main_rarity(self._terms.weigh(typed, (code,), (name,)), name)

    def _main_rarity(self, terms: Terms, name: str) -> float:
        """What a text gets that holds words once and has a usual length, from their main view."""
        return sum(
            one.weight * self._idf(name, view, term)
            for (view, term), one in terms.items()
            if one.is_counted and view is not View.PAIR
        )

    def _report_synonyms(self, typed: str, found: Sequence[str]) -> None:
        if found:
            terms = ", ".join(map(repr, dict.fromkeys(found)))
            self._terms.notify("glossary", f"{typed!r} also as {terms}")


_EXACTLY: Final = 2
_LOOSELY: Final = 1


def _alike(typed: str, term: str, code: str) -> int:
    """How words typed meet a term of the same letters: with the same marks, with marks left out, or
    (0) with others. Where a word is what it is by its marks, none is a mark too: ``mã`` is not
    ``ma``; elsewhere a term may lack those typed (``Temüjin``)."""
    reader = analyzer(code)
    is_strict = reader.language.marked.main is View.WRITTEN
    pairs = list(zip(reader.tokens(typed), reader.tokens(term), strict=False))
    if all(one.written == two.written for one, two in pairs):
        return _EXACTLY
    is_loose = all(
        one.written in (one.folded, two.written) or (two.written == two.folded and not is_strict)
        for one, two in pairs
    )
    return _LOOSELY if is_loose else 0


def _saturated(copies: int) -> float:
    """What BM25 gives a word that stands so often in a text of usual length, compared with once."""
    return copies * 2.2 / (copies + 1.2)


def _sum_of(clauses: Iterable[Clause]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(_SHOULD, query) for query in weighted(clauses)])
