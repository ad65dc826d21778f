"""Which words of a query the index knows: how those weigh, and what others may have been meant for.

A word that no document holds in any form, or a few of very many, is taken for words near it, beside
itself. Most nodes hold one word that the index has: for it there is a short way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from searchlib._dataclass import NamedTuple
from searchlib.analysis import Token, View
from searchlib.analysis.segment import plain_word
from searchlib.engine.layout import view_field
from searchlib.engine.terms import QueryTerms, Terms, Weighed
from searchlib.engine.weighing import word_weights
from searchlib.languages import analyzer

__all__ = ["Correction", "KnownTerms"]

_LONGEST: Final = 40  # letters of a word that goes the short way
_MOST_CORRECTED: Final = 8  # words of one search: somebody's dialect, or a page in a new language


class Correction(NamedTuple):
    """A word of a query that the index does not know, and what it may have been meant for.

    Attributes:
        token: the word.
        meant: words with what they count, the likeliest first; never empty.
        is_rare: whether some documents hold the word as typed, a few of very many.
    """

    token: Token
    meant: Sequence[tuple[str, float]]
    is_rare: bool


class KnownTerms(QueryTerms):
    """Weighs the words of the texts of one search by what the index knows of them.

    Args:
        snapshot: the commit that is searched.
        reading: how the words are read.
        together: text fields without pairs of words of their own.
    """

    _corrected = 0  # words, in this search

    def weigh_known(
        self, text: str, codes: Sequence[str], field: str, languages: Sequence[str]
    ) -> Terms | None:
        """Return what ``weigh`` does for a text that is one word, if a document holds it, and
        nothing has to be said of it; None for any other.

        Args:
            text: words to be ranked by.
            codes: as for ``weigh``.
            field: the one field that is searched.
            languages: those by whose rules it is told whether the word may have been meant for
                another, as for ``corrections``; none where that is not asked.
        """
        if not text.isalpha() or len(text) > _LONGEST:
            return None
        rules, is_marked = self._rules(codes), self._marks_count(text)
        spots = rules[0].chunks[text].spots
        if len(spots) != 1:
            return None
        start, end, own, _ = spots[0]
        if end - start != len(text) or own.is_unspaced or not own.folded.isalpha():
            return None
        snapshot = self._snapshot
        if not snapshot.holds(view_field(field, View.FOLDED), own.folded):
            return None
        if languages and self._is_doubtful(text, languages, field):
            return None
        is_bare = is_marked and own.folded in self._bare((own,), (field,))
        [word] = word_weights(text, rules, self._other, is_marked and not is_bare)
        return {key: Weighed(weight, text, is_counted) for key, weight, is_counted in word.entries}

    def corrections(
        self, text: str, codes: Sequence[str], fields: Collection[str]
    ) -> list[Correction]:
        """Return the words that no document holds and what they may have been meant for, in the
        order of the text."""
        found: dict[str, Correction] = {}
        for token in self.tokens(text, codes[0]):
            if token.folded in found or token.is_stop or self._corrected == _MOST_CORRECTED:
                continue
            if self.has_known_stem(token, codes, fields):
                continue
            if meant := self._meant(token, codes, fields):
                is_rare = self._frequency(View.FOLDED, token.folded, fields) > 0
                found[token.folded] = Correction(token, meant, is_rare)
                self._corrected += 1
        return list(found.values())

    def _is_doubtful(self, word: str, languages: Sequence[str], field: str) -> bool:
        """Whether a word that is held may have been meant for another."""
        [(_, _, own, _)] = analyzer(languages[0]).chunks[word].spots
        is_held = own.stem and self._snapshot.frequency(view_field(field, View.STEM), own.stem)
        if own.is_stop or is_held or self._corrected == _MOST_CORRECTED:
            return False
        [token] = self.tokens(word, languages[0])
        is_held = self.has_known_stem(token, languages, (field,))
        return not is_held and bool(self._meant(token, languages, (field,)))

    def _meant(
        self, token: Token, codes: Sequence[str], fields: Collection[str]
    ) -> Sequence[tuple[str, float]]:
        """What a word whose stem is not known may have been meant for; nothing for one that many
        documents hold as it stands."""
        if decoded := [(word, 1.0) for word in self.decoded(token, codes, fields)]:
            return decoded
        from searchlib.engine.spelling import Speller  # for words that are not known

        speller = Speller(self._snapshot, [view_field(name, View.FOLDED) for name in fields])
        return [(near.term, near.weight) for near in speller.near(token.folded)]

    def add_corrected(
        self,
        terms: Terms,
        text: str,
        corrections: Sequence[Correction],
        codes: Sequence[str],
        fields: Collection[str],
    ) -> None:
        """Add to the terms of a text those of the corrected one, each as far as it counts more."""
        for key, weighed in self._corrected_terms(text, corrections, codes, fields):
            if key not in terms or weighed.weight > terms[key].weight:
                terms[key] = weighed

    def _corrected_terms(
        self,
        text: str,
        corrections: Sequence[Correction],
        codes: Sequence[str],
        fields: Collection[str],
    ) -> Iterator[tuple[tuple[View, str], Weighed]]:
        """Yield the terms of the corrected text, which bring its pairs of words, and of what else
        its words may have meant."""
        corrected, least = text, 1.0
        for token, ((word, weight), *_), _ in reversed(corrections):
            corrected = corrected[: token.start] + word + corrected[token.end :]
            least = min(least, weight)
        typed = {meant[0][0]: token.text for token, meant, _ in corrections}
        for key, one in self.weigh(corrected, codes, fields).items():
            word = " ".join(typed.get(part, part) for part in one.word.split())
            yield key, one._replace(weight=one.weight * least, word=word)
        for token, meant, _ in corrections:
            for variant, weight in meant:
                for key, one in self.weigh(variant, codes, fields).items():
                    yield key, one._replace(weight=one.weight * weight, word=token.text)

    def decoded(self, token: Token, codes: Sequence[str], fields: Collection[str]) -> Iterator[str]:
        """Yield what the keys of an unknown word mean in a language that types marks by letters."""
        if token.text.isascii() and not self._frequency(View.FOLDED, token.folded, fields):
            for read in (read for code in codes for read in analyzer(code).language.keys):
                word = read(token.text.lower())
                if word is not None and self._frequency(View.WRITTEN, word, fields):
                    yield word

    def has_known_stem(self, token: Token, codes: Sequence[str], fields: Collection[str]) -> bool:
        """Return whether a document holds another form of a word. Where the query's language is
        sure and has stems, by its rules: another's might stem a mistyped word to what it knows."""
        if token.stem is not None and self._frequency(View.STEM, token.stem, fields):
            return True
        is_told = self._is_sure and analyzer(codes[0]).language.stemmer is not None
        if is_told and plain_word(token.text) == token.text:  # alone it is the same word
            return False
        read = codes[:1] if is_told else codes
        stems = self.stems(token.text, read)
        return any(self._frequency(View.STEM, stem, fields) for stem in stems)
