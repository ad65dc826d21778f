"""Beginnings of words and fuzzy words of a query → clauses for tantivy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib._later import regex
from searchlib.analysis import View
from searchlib.engine.clauses import Clause
from searchlib.engine.expand import (
    ANYTHING,
    MOST_TERMS,
    Expansion,
    beginning,
    by_likeness,
    by_prefix,
    pattern,
)
from searchlib.engine.layout import TEXT, view_field
from searchlib.engine.snapshot import idf
from searchlib.engine.synonyms import SynonymCompiler
from searchlib.engine.texts import is_run
from searchlib.engine.words import LONGEST_NEEDLE
from searchlib.errors import QueryError
from searchlib.fields import Text
from searchlib.marks import InOrder

__all__ = ["WildcardCompiler"]

# What a word that begins as typed, marks and all, adds: as much as any other word can, which is
# 2.2 times its idf.
_EXACT_BEGINNING: Final = 2.2
_MOST_EXPANDED: Final = 50  # beginnings and fuzzy words of one search: each costs a look around
_SIGNS_BEHIND: Final = regex(r"(?:\*|~\d*)$")
_MOST_ENDINGS: Final = 10_000  # of a phrase; tantivy refuses 16,384


class WildcardCompiler(SynonymCompiler):
    """Compiles the words, phrases, beginnings and fuzzy words of one search."""

    # Whether any document holds what is being compiled.
    _is_anything_held = False

    @cached_property
    def _expansions(self) -> dict[tuple[str, str, int], Expansion]:
        """Field, beginning or word, and distance → what it stands for."""
        return {}

    def beginning(self, text: str, fields: Mapping[str, Text]) -> list[Clause]:
        """Return the clauses of the beginning of a word, or of a phrase whose last word goes on.

        They find every document that has it; the commonest words that begin so count.
        """
        clauses: list[Clause] = []
        self._is_anything_held = False
        own = self._terms.tokens(text, self._languages[0])
        is_one = len(own) == 1
        if len(own) > 1:
            is_one = is_run(own)  # in the index they may be one
            for name, kind in fields.items():
                clauses += self._phrase_beginning(text, name, kind)
                if is_one:
                    clauses += self._run_beginning(text, name, kind)
        if is_one:
            for name, kinds in self._ranking_fields(fields).items():
                factor = 1.0 if name == TEXT else kinds[name].weight
                for words in self._forms(text, self._codes(kinds)):
                    clauses += self._word_beginning(text, "".join(words), name, kinds, factor)
        if clauses:
            self._report_unknown(f'"{text}"*' if len(own) > 1 else f"{text}*")
        elif not self.is_aside:
            self._report_no_words(text, fields)
        return clauses

    def _word_beginning(
        self, text: str, start: str, name: str, kinds: Mapping[str, Text], factor: float
    ) -> Iterator[Clause]:
        view = self._view
        field = view_field(name, view)
        expansion = None if self.is_aside else self._expanded(field, start, f"{text}*")
        if not self.is_aside:
            for one in kinds:
                needles = self.sought[one]
                (needles.beginnings if self._is_strict else needles.prefixes).add(start)
        terms = {} if expansion is None else expansion.terms
        for term, weight in terms.items():
            query = self._term(name, view, term)
            yield Clause(query, weight * factor, f"{text}*", name, view, term)
        if expansion is None or expansion.is_cut or not terms:
            # Not made before it is needed: tantivy takes as long for it as for many a search.
            exact = beginning(self._snapshot, field, start)
            yield Clause(exact, 0.0, f"{text}*", name, "prefix", f"{start}*")
        if expansion is None:
            return
        word = self._terms.tokens(text, self._codes(kinds)[0])[0]
        if self._terms.accents == "prefer" and word.written != word.folded:
            weight = _EXACT_BEGINNING * idf(expansion.frequency, len(self._snapshot))
            query = beginning(self._snapshot, view_field(name, View.WRITTEN), word.written)
            yield Clause(query, weight * factor, f"{text}*", name, "prefix", f"{word.written}*")

    def _phrase_beginning(self, text: str, name: str, kind: Text) -> Iterator[Clause]:
        codes = self._codes({name: kind})
        forms = self._forms(text, codes)
        views = [(self._view, form) for form in forms]
        if self._is_marked and not self.is_aside:
            tokens = self._terms.tokens(text, codes[0])
            views.append((View.WRITTEN, tuple(token.written for token in tokens)))
        typed = f'"{text}"*'
        for view, words in views:
            expansion = None
            if not self.is_aside:
                expansion = self._expanded(view_field(name, view), words[-1], typed)
            for ending in expansion.terms if expansion else ():
                whole = (*words[:-1], ending)
                query = self._phrase(name, view, whole)
                yield Clause(query, kind.weight, typed, name, view, " ".join(whole))
            if expansion is None or expansion.is_cut or not expansion.terms:
                query = self._any_ending(name, view, words)
                yield Clause(query, 0.0, typed, name, "prefix", f"{' '.join(words)}*")
        if not self.is_aside:
            for form in forms:
                goes_on = len(form) <= LONGEST_NEEDLE
                phrase = InOrder(form[:LONGEST_NEEDLE], 0, goes_on, self._is_strict)
                self.sought[name].phrases.add(phrase)

    def _run_beginning(self, text: str, name: str, kind: Text) -> Iterator[Clause]:
        """What finds words without spaces between them that the index has cut otherwise: their
        adjacent characters, as of a phrase."""
        characters = self._characters(text, self._codes({name: kind})[0])
        if not characters:
            return
        query = self._all_of(name, (), characters)
        yield Clause(query, kind.weight, f"{text}*", name, View.PAIR, " ".join(characters))
        if not self.is_aside:
            self.sought[name].characters.update(characters)
            field = view_field(name, View.PAIR)
            held = [self._snapshot.holds(field, one) for one in characters]
            self._is_anything_held |= all(held)

    def _any_ending(self, name: str, view: View, words: tuple[str, ...]) -> tantivy.Query:
        """The query that finds a phrase whose last word goes on in any way."""
        field = view_field(name, view)
        if len(self._snapshot.terms(field, words[-1], _MOST_ENDINGS + 1)) > _MOST_ENDINGS:
            if self.is_filter:
                raise QueryError(
                    f"more than {_MOST_ENDINGS:,} words begin with {words[-1]!r}: too many to "
                    "filter by a phrase that goes on with any of them"
                )
            # tantivy takes the 50 first; those that count are the commonest.
            return tantivy.Query.phrase_prefix_query(self._schema, field, list(words))
        expressions: list[str | tuple[int, str]] = [pattern(word) for word in words[:-1]]
        return tantivy.Query.regex_phrase_query(
            self._schema, field, [*expressions, pattern(words[-1]) + ANYTHING]
        )

    def alike(self, text: str, distance: int, fields: Mapping[str, Text]) -> list[Clause]:
        """Return the clauses of words and of those that differ from them by so many letters."""
        clauses: list[Clause] = []
        typed = f"{text}~{distance}"
        self._is_anything_held = False
        for name, kinds in self._ranking_fields(fields).items():
            factor = 1.0 if name == TEXT else kinds[name].weight
            field = view_field(name, self._view)
            forms = self._forms(text, self._codes(kinds))
            for word in dict.fromkeys(word for form in forms for word in form):
                expansion = self._expanded(field, word, typed, distance)
                terms = expansion.terms if expansion else {word: 1.0}
                for term, weight in terms.items():
                    query = self._term(name, self._view, term)
                    clauses.append(Clause(query, weight * factor, typed, name, self._view, term))
                if not self.is_aside:
                    for one in kinds:
                        needles = self.sought[one]
                        (needles.written if self._is_strict else needles.folded).update(terms)
        if clauses:
            self._report_unknown(typed)
            for name, kind in fields.items():
                clauses += self._exactly(text, name, kind)
        elif not self.is_aside:
            self._report_no_words(text, fields)
        return clauses

    def value_beginning(self, name: str, field: str, text: str) -> list[Clause]:
        """Return the clauses of the beginning of a value of a field that is not text.

        Args:
            name: the field in the schema.
            field: the field in tantivy.
            text: the beginning.
        """
        self._is_anything_held = False
        expansion = None if self.is_aside else self._expanded(field, text, f"{text}*")
        self._report_unknown(f"{text}*")
        clauses = []
        for term, weight in expansion.terms.items() if expansion else ():
            query = tantivy.Query.term_query(self._schema, field, term, "basic")
            query = self._snapshot.as_rare(query, field, (term,))
            clauses.append(Clause(query, weight, f"{text}*", name, "value", term))
        if expansion is None or expansion.is_cut or not clauses:
            exact = beginning(self._snapshot, field, text)
            clauses.append(Clause(exact, 0.0, f"{text}*", name, "value", f"{text}*"))
        return clauses

    def _expanded(self, field: str, word: str, typed: str, distance: int = 0) -> Expansion | None:
        """The terms that a beginning, or at a distance a word, stands for; None where a search has
        asked for too many."""
        key = field, word, distance
        if key not in self._expansions:
            if len(self._expansions) >= _MOST_EXPANDED:
                self._terms.notify(
                    "too-many-words",
                    f"only the first {_MOST_EXPANDED} words with * or ~ were expanded",
                )
                self._is_anything_held = True  # for all that is known of it
                return None
            self._expansions[key] = (
                by_likeness(self._snapshot, [field], word, distance, is_written=self._is_strict)
                if distance
                else by_prefix(self._snapshot, field, word)
            )
        expansion = self._expansions[key]
        if expansion.is_cut and not self.is_aside:
            self._terms.notify(
                "too-many-terms",
                f"{typed} stands for more than {MOST_TERMS} words or values: the first "
                f"{MOST_TERMS} of them, by likeness and how common they are, count",
                _as_typed(typed),
            )
        self._is_anything_held |= expansion.frequency > 0
        return expansion

    def _report_unknown(self, typed: str) -> None:
        """Say of what has just been compiled that no document holds it, in none of the fields."""
        if not (self._is_anything_held or self.is_aside):
            message = f"no document holds a word or value like {typed}"
            self._terms.notify("unknown-word", message, _as_typed(typed))


def _as_typed(typed: str) -> str:
    """The text of a word or phrase without the signs behind it, which may be typed in two ways."""
    return _SIGNS_BEHIND.sub("", typed).strip('"') or typed
