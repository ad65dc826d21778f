"""How the words of a search are read for the fields of an index, and which of them it holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from searchlib.analysis import Token, View
from searchlib.analysis.segment import plain_word
from searchlib.engine.clauses import longest_characters
from searchlib.engine.known import Correction, KnownTerms
from searchlib.engine.layout import TEXT, copies_together, holder_of_pairs, view_field
from searchlib.engine.reading import Reading
from searchlib.engine.snapshot import Snapshot, idf
from searchlib.engine.sought import Sought
from searchlib.fields import Text
from searchlib.query.nodes import Accents
from searchlib.results import Notice

__all__ = ["WordReader"]

# What a commit remembers them by.
_RANKING_FIELDS: Final = "ranking fields"
_TOGETHER: Final = "fields together"


class WordReader:
    """Reads the words of one search, and reports those that no document holds.

    Args:
        snapshot: the commit that is searched.
        fields: all text fields.
        reading: how the words are read.

    Attributes:
        is_filter: True while a filter is compiled, which must find exactly what it says.
        is_aside: True while words are compiled that are not looked for, but excluded or only
            filtered by: they are taken as they stand, neither highlighted nor reported.
        sought: text field → what to highlight in it.
    """

    def __init__(self, snapshot: Snapshot, fields: Mapping[str, Text], reading: Reading) -> None:
        self._schema = snapshot.schema
        self._snapshot = snapshot
        self._languages = reading.languages
        self._typos = reading.typos
        self._accents = reading.accents
        self._fields = fields
        known = snapshot.kept.setdefault(_TOGETHER, {})
        if not known:
            known[_TOGETHER] = copies_together(fields)
        self._together: Mapping[str, int] = known[_TOGETHER]
        self._terms = KnownTerms(snapshot, reading, self._together)
        self._ranking: dict[tuple[str, ...], Mapping[str, Mapping[str, Text]]]
        self._ranking = snapshot.kept.setdefault(_RANKING_FIELDS, {})
        self.sought = Sought()
        self.is_filter = False
        self.is_aside = False
        self.read_by(None)

    @property
    def notices(self) -> Mapping[Notice, str | None]:
        """What was left out, and words that no document holds → the part of the query meant."""
        return self._terms.notices

    def begin(self, *, is_marked: bool) -> None:
        """Say, before the words of a query are compiled, whether any mark was typed in it."""
        self._terms.is_marked = is_marked
        self.read_by(None)

    def read_by(self, accents: Accents | None) -> None:
        """Say what marks do to the words that are compiled next; None takes the search's mode."""
        mode = self._terms.accents = self._accents if accents is None else accents
        self._is_strict = mode == "strict"
        # The view in which words are found.
        self._view = View.WRITTEN if self._is_strict else View.FOLDED
        # Whether the marks typed bring what has them to the front.
        self._is_marked = self._terms.is_marked and mode == "prefer"

    def _forms(self, text: str, codes: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """The words of a text in the view in which they are found: folded alike in every language,
        written by the rules of each."""
        view = self._view
        read = codes if self._is_strict else codes[:1]
        forms = (
            tuple(getattr(token, view) for token in self._terms.tokens(text, code)) for code in read
        )
        return tuple(dict.fromkeys(form for form in forms if form))

    def is_too_long(self, text: str) -> bool:
        """Whether only the beginning of a text would be looked for."""
        return self._terms.is_too_long(text, self._languages[0])

    def _ranking_fields(self, fields: Mapping[str, Text]) -> Mapping[str, Mapping[str, Text]]:
        """The fields of the index in which single words are looked for → the text fields that they
        hold: those that are indexed together, if all are searched, and the others by themselves."""
        names = tuple(fields)
        known = self._ranking.get(names)
        if known is not None:
            return known
        together = self._together if len(fields) == len(self._fields) else {}
        found = {name: {name: kind} for name, kind in fields.items() if name not in together}
        if together:
            found[TEXT] = {name: fields[name] for name in together}
        self._ranking[names] = found
        return found

    def _idf(self, name: str, view: View, term: str) -> float:
        frequency = self._snapshot.frequency(view_field(name, view), term)
        return idf(frequency, len(self._snapshot))

    def _codes(self, fields: Mapping[str, Text]) -> Sequence[str]:
        """The languages that the texts of fields may be in, the query's own first if it is one."""
        fixed = [kind.language for kind in fields.values() if kind.language is not None]
        if not fixed:
            return self._languages
        varying = self._languages if len(fixed) < len(fields) else ()
        return tuple(dict.fromkeys([*varying, *fixed]))

    def _report(
        self,
        text: str,
        fields: Mapping[str, Text],
        searched: Mapping[str, Mapping[str, Text]],
        corrections: Sequence[Correction],
    ) -> None:
        """Name the words that no document holds, and what was looked for in their place."""
        tokens = self._terms.tokens(text, self._languages[0])
        if not (tokens and fields):
            self._report_no_words(text, fields)
            return
        holds, view = self._snapshot.holds, self._view
        words = {getattr(token, view) for token in tokens}
        held = {
            word
            for field in [view_field(name, view) for name in searched]
            for word in words
            if holds(field, word)
        }
        unknown = [
            token
            for token in tokens
            if getattr(token, view) not in held and not self._has_form(token, searched)
        ]
        if unknown and not self._is_strict:
            joined = self._held_in_one_word(text, searched)
            unknown = [token for token in unknown if token.folded not in joined]
        if not unknown:
            return
        where = f" in {next(iter(fields))!r}" if len(fields) < len(self._fields) else ""
        if self._is_strict:
            where = f"{where} written so"
        meant = {token.folded: words for token, words, _ in corrections}
        for token in unknown:
            if token.folded in meant:
                others = " or ".join(repr(word) for word, _ in meant[token.folded])
                message = f"no document holds {token.text!r}{where}: looked for {others}"
                self._terms.notify("corrected", message, token.text)
            else:
                message = f"no document holds {token.text!r}{where}"
                self._terms.notify("unknown-word", message, token.text)

    def _has_form(self, token: Token, searched: Mapping[str, Mapping[str, Text]]) -> bool:
        """Whether any document holds, by the rules of a language, a form of a word that none holds
        as it stands."""
        is_plain = token.text.isalpha() and plain_word(token.text) == token.text
        for name, kinds in searched.items():
            codes = self._codes(kinds)
            if token.is_unspaced and self._holds_characters(token.text, name, codes[0]):
                return True
            if self._is_strict or not is_plain:  # else it is alone what it is in the query
                for form in self._forms(token.text, codes):
                    if all(
                        self._snapshot.holds(view_field(name, self._view), word) for word in form
                    ):
                        return True
                if not self._is_strict and self._holds_numbered(token.text, name, codes):
                    return True
            stems: Collection[str] = ()
            if not self._is_strict:
                is_read = is_plain and codes == self._languages[:1]
                stems = [token.stem or ""] if is_read else self._terms.stems(token.text, codes)
            held_in = view_field(name, View.STEM)
            if any(stem and self._snapshot.holds(held_in, stem) for stem in stems):
                return True
        return False

    def _holds_characters(self, word: str, name: str, code: str) -> bool:
        """Whether the adjacent characters by which a word without spaces around it finds are all
        held: within a longer word, mostly, or in words that are cut otherwise."""
        characters = longest_characters(pair.text for pair in self._terms.pairs(word, code))
        field = view_field(name, View.PAIR)
        held = [self._snapshot.holds(field, one) for one in characters]
        return bool(held) and all(held)

    def _held_in_one_word(self, text: str, names: Collection[str]) -> frozenset[str]:
        """The letters and digits of names with a number of a text that documents hold as a word."""
        holds = self._snapshot.holds
        fields = [view_field(name, View.FOLDED) for name in names]
        return frozenset(
            part
            for _, *parts in self._terms.numbered(text)
            if any(holds(field, "".join(parts)) for field in fields)
            for part in parts
        )

    def _holds_numbered(self, word: str, name: str, codes: Sequence[str]) -> bool:
        """Whether any document holds a name with a number in two words."""
        for _, letters, digits in self._terms.numbered(word):
            field = view_field(holder_of_pairs(name, self._together), View.PAIR)
            pairs = {
                pair.text
                for code in codes
                for pair in self._terms.pairs(f"{letters} {digits}", code)
            }
            if any(self._snapshot.holds(field, pair) for pair in pairs):
                is_own = name not in self._together
                folded = view_field(name, View.FOLDED)
                return is_own or self._snapshot.side_by_side(folded, (letters, digits)) > 0
        return False

    def _report_no_words(self, text: str, fields: Mapping[str, Text]) -> None:
        if fields:
            shown = text if len(text) <= 60 else text[:60] + "…"
            self._terms.notify("no-words", f"{shown!r} holds no words to search for", text)
        else:
            self._terms.notify("no-text", "the schema has no text field to search words in")
