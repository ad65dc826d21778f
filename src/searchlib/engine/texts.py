"""The texts of one search, cut into words as those of the documents were, each once a language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Final

from searchlib._later import regex
from searchlib.analysis import PAIR_JOINT, Term, Token, WordTerms
from searchlib.analysis.columns import CHUNK
from searchlib.languages import analyzer
from searchlib.results import Notice

__all__ = ["LONGEST_TEXT", "MOST_WORDS", "QueryTexts", "is_run"]

#: Distinct words of a query that are looked for; of a phrase, words. Somebody pasted a page.
MOST_WORDS: Final = 500
#: Code points of a text that are read.
LONGEST_TEXT: Final = 10_000

# A name and its number in one word: covid19, U23.
_NUMBERED: Final = regex(r"([^\W\d_]+)(\d+)")
_HYPHENS: Final = frozenset("-\u2010\u2011\u2013")


def is_run(tokens: Sequence[Token]) -> bool:
    """Whether words stand without anything between them in a script without spaces: of the
    beginning of a word a dictionary may make several (東京タ and 東京タワー).

    >>> [is_run(analyzer("ja").tokens(text)) for text in ("東京タ", "東京 タ", "a東京", "東京")]
    [True, False, False, True]
    """
    return all(token.is_unspaced for token in tokens) and all(
        one.end == two.start for one, two in pairwise(tokens)
    )


class QueryTexts:
    """Cuts the texts of one search.

    Args:
        own: the code of the query's own language. Every language cuts alike, so that offsets, names
            with numbers, and how many words are looked for, are by its rules.

    Attributes:
        notices: what was left out → the part of the query that is meant, if it is one.
    """

    def __init__(self, own: str) -> None:
        self._own = own
        self._chunks: dict[str, Sequence[str]] = {}
        self._tokens: dict[tuple[str, str], Sequence[Token]] = {}
        self._pairs: dict[tuple[str, str], Sequence[Term]] = {}
        self._numbered: dict[str, Sequence[tuple[str, str, str]]] = {}
        self.notices: dict[Notice, str | None] = {}

    def tokens(self, text: str, code: str) -> Sequence[Token]:
        """Return the words of a text that are looked for, in order."""
        key = text, code
        found = self._tokens.get(key)
        if found is None:
            tokens = analyzer(code).tokens(self._beginning(text))
            found = self._tokens[key] = self._bounded(tokens)
        return found

    def _words(self, text: str, code: str) -> Sequence[Token | WordTerms]:
        """What the words that are looked for become by the rules of a language, in their order:
        those of ``tokens``, or, as every language cuts alike, the same without offsets."""
        if (tokens := self._tokens.get((text, code))) is not None:
            return tokens
        known = analyzer(code).chunks
        found = [spot.terms for chunk in self._chunks_of(text) for spot in known[chunk].spots]
        return found if len(found) <= MOST_WORDS else found[: len(self.tokens(text, self._own))]

    def _chunks_of(self, text: str) -> Sequence[str]:
        found = self._chunks.get(text)
        if found is None:
            found = self._chunks[text] = CHUNK.findall(self._beginning(text))
        return found

    def pairs(self, text: str, code: str) -> Sequence[Term]:
        """Return the pairs of words, and the adjacent characters, of a text."""
        key = text, code
        found = self._pairs.get(key)
        if found is None:
            words = self._words(text, code)
            if any(word.is_unspaced for word in words):
                pairs = analyzer(code).pairs(self._beginning(text))
                found = tuple(islice(pairs, 2 * MOST_WORDS))
            elif len(words) > 1:
                found = self._pairs_of_words(text, list(map(analyzer(code).pair_part, words)))
            else:
                found = ()
            self._pairs[key] = found
        return found

    def _pairs_of_words(self, text: str, parts: Iterable[str]) -> Sequence[Term]:
        """The pairs of a text all of whose words have spaces around them, by what each gives."""
        both = zip(parts, self.tokens(text, self._own), strict=True)
        paired = pairwise([one for one in both if one[0]])
        return [
            Term(one + PAIR_JOINT + two, first.start, last.end)
            for (one, first), (two, last) in islice(paired, 2 * MOST_WORDS)
        ]

    def _beginning(self, text: str) -> str:
        """As much of a text as is read."""
        if len(text) > LONGEST_TEXT:
            self.notify("too-long", f"only the first {LONGEST_TEXT:,} characters were searched")
        return text[:LONGEST_TEXT]

    def _bounded(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """The first of the words, as many as are looked for."""
        if len(tokens) <= MOST_WORDS:
            return tokens
        kept: dict[str, None] = {}
        for position, token in enumerate(tokens):
            kept.setdefault(token.folded)
            if len(kept) > MOST_WORDS:
                self.notify("too-many-words", f"only the first {MOST_WORDS} words were searched")
                return tokens[:position]
        return tokens

    def is_too_long(self, text: str, code: str) -> bool:
        """Whether only the beginning of a text would be looked for."""
        words = {token.folded for token in analyzer(code).tokens(text[:LONGEST_TEXT])}
        return len(text) > LONGEST_TEXT or len(words) > MOST_WORDS

    def notify(self, code: str, message: str, typed: str | None = None) -> None:
        """Add a notice, once, about a part of the query as it was typed."""
        self.notices.setdefault(Notice(code, message), typed)

    def numbered(self, text: str) -> Sequence[tuple[str, str, str]]:
        """Return the names with a number of a text, which people write in one word or in two
        (covid19, COVID-19): as typed, the letters, and the digits, these folded."""
        known = self._numbered.get(text)
        if known is None:
            known = self._numbered[text] = self._names_with_numbers(text)
        return known

    def _names_with_numbers(self, text: str) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        before: Token | None = None
        for token in self.tokens(text, self._own):
            if token.folded.isalpha():
                before = token
                continue
            if parts := _NUMBERED.fullmatch(token.folded):
                if self._is_name(parts[1]):
                    found.append((token.text, parts[1], parts[2]))
            elif before is not None and text[before.end : token.start] in _HYPHENS:
                parts = _NUMBERED.fullmatch(before.folded + token.folded)
                if parts is not None and parts[2] == token.folded:
                    found.append((text[before.start : token.end], parts[1], parts[2]))
            before = token
        return found

    def _is_name(self, letters: str) -> bool:
        """Whether letters before digits are a name when they stand alone, too: one letter may be a
        function word there (A320, and *a 320 km race*)."""
        return len(letters) > 1 or not any(one.is_stop for one in self.tokens(letters, self._own))
