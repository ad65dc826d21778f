"""The words of a query → weighed terms of the views, by the analysis that the documents had.

A word becomes one term in each view that its language weighs. The heaviest view counts by BM25: how
often the term stands in a text, how long the text is; so do pairs of words. The others add by how
rare the term is, and no more: counting the same word thrice would reward mere repetition
(docs/adr/0004).

What the weights depend on beside the language: whether marks were typed, whether the index knows
the word as typed, and whether it is sure which language the query is in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from searchlib._dataclass import NamedTuple
from searchlib.analysis import (
    PAIR_JOINT,
    Analyzer,
    Term,
    Token,
    View,
    Weights,
    WordTerms,
    has_marks,
)
from searchlib.engine.layout import view_field
from searchlib.engine.reading import Reading
from searchlib.engine.snapshot import Snapshot, idf
from searchlib.engine.texts import MOST_WORDS, QueryTexts
from searchlib.engine.weighing import WordWeights, language_weights, word_weights
from searchlib.languages import analyzer
from searchlib.query.nodes import Accents

__all__ = ["QueryTerms", "Terms", "Weighed"]

# A term that only another language's rules make of a word counts so much, where it is sure which
# language the query is in: names stand in texts of all languages, and would drown the others.
_OTHER_LANGUAGE: Final = 0.3
# A word typed without marks has lost them where, of the documents that hold its letters, so few
# hold them without: ``quoc`` in ``quoc hội``.
_RARELY_BARE: Final = 0.2
_CHARACTERS: Final = 0.4  # what two adjacent characters count beside a word as written


class Weighed(NamedTuple):
    """What a match of a term counts.

    Attributes:
        weight: factor on its BM25, or on its idf.
        word: the words of the query that it stands for, as typed.
        is_counted: whether it counts by BM25.
    """

    weight: float
    word: str
    is_counted: bool


#: View and term → what it counts.
Terms: TypeAlias = dict[tuple[View, str], Weighed]

#: A word as typed, what it weighs, and whether as one with marks.
_Read: TypeAlias = tuple[str, WordWeights, bool]


@lru_cache(maxsize=64)
def _written_stops(code: str) -> frozenset[str]:
    """The function words of a language as they are written: to the letter, ``ma`` is not ``mà``."""
    language = analyzer(code).language
    return frozenset(map(language.written, language.stop_words))


class QueryTerms(QueryTexts):
    """Weighs the words of the texts of one search.

    Args:
        snapshot: the commit that is searched, asked how common a word is.
        reading: how the words are read.
        together: text fields without pairs of words of their own.

    Attributes:
        is_marked: whether any mark was typed in the whole query.
        accents: what marks do to the words that are read.
    """

    def __init__(
        self, snapshot: Snapshot, reading: Reading, together: Collection[str] = ()
    ) -> None:
        super().__init__(reading.languages[0])
        self._snapshot = snapshot
        self._together = together
        self._is_sure = reading.is_sure
        # What terms of other languages than the query's own count.
        self._other = _OTHER_LANGUAGE if reading.is_sure else 1.0
        self._weighed: dict[tuple[str, tuple[str, ...], bool], Sequence[WordWeights]] = {}
        self.accents: Accents = reading.accents
        self.is_marked = False

    def weigh(
        self, text: str, codes: Sequence[str], fields: Collection[str], *, is_aside: bool = False
    ) -> Terms:
        """Return the terms of a text by the rules of all languages.

        Args:
            text: words to be ranked by.
            codes: the languages. The first is the query's own: it gives the folded view, which is
                the same in every language, and says which function words are skipped in all.
            fields: the text fields that are searched, asked how common a word is.
            is_aside: whether the words are only excluded or filtered by, maybe of documents that
                no commit has yet: what no document holds is a term all the same.
        """
        if self.accents == "strict":
            return self._weigh_written(text, codes)
        is_marked = self._marks_count(text)
        has_pairs = not any(name in self._together for name in fields)
        own = self.tokens(text, codes[0])
        bare = self._bare(own, fields) if is_marked else frozenset()
        skipped = self._skipped(own, codes[0], bare if is_marked else None, fields)
        words = self._weights_of(text, codes, is_marked)
        plain = self._weights_of(text, codes, False) if bare else words
        terms: Terms = {}
        repeated: set[tuple[View, str]] = set()
        read: list[_Read] = []
        for token, one, if_bare in zip(own, words, plain, strict=True):
            if token.written in skipped:
                continue
            is_bare = token.folded in bare
            weighed = if_bare if is_bare else one
            typed = token.text
            read.append((typed, weighed, is_marked and not is_bare))
            for key, weight, is_counted in weighed.entries:
                if key in terms:
                    repeated.add(key)
                else:
                    terms[key] = Weighed(weight, typed, is_counted)
        if repeated:
            terms |= self._repeated(repeated, read, self._rules(codes))
        is_unspaced = any(token.is_unspaced for token in own)
        is_paired = is_unspaced or (has_pairs and len(own) > 1)
        numbered = self.numbered(text)
        asked: dict[tuple[str, ...], float] = {}
        for place, code in enumerate(codes):
            if is_paired:
                language = analyzer(code).language
                weights = language.marked if is_marked else language.plain
                counted = weights.pair * (self._other if place else 1.0)
                parts = tuple([word.parts[place] for word in words])
                # Languages that pair the same parts of words have the same pairs.
                if counted > asked.get(parts, 0.0):
                    asked[parts] = counted
                    found = (
                        self.pairs(text, code) if is_unspaced else self._pairs_of_words(text, parts)
                    )
                    if not has_pairs:
                        found = [pair for pair in found if PAIR_JOINT not in pair.text]
                    _add_pairs(terms, text, found, counted, weights.counts_pairs)
            if numbered:
                self._add_numbered(terms, text, code, fields, has_pairs, is_aside)
        return terms

    def _repeated(
        self,
        keys: Collection[tuple[View, str]],
        read: Iterable[_Read],
        rules: tuple[Analyzer, ...],
    ) -> Terms:
        """What terms count that several words become: by each language as often as they become it
        there, and by the one where that is most.

        Args:
            keys: the terms and their views.
            read: the words.
            rules: the languages.
        """
        found = {key: [Weighed(0.0, "", False)] * len(rules) for key in keys}
        for typed, one, is_marked in read:
            weights = language_weights(rules, self._other, is_marked)
            for key in [entry[0] for entry in one.entries if entry[0] in found]:
                (view, term), counts = key, found[key]
                for place, (word, own) in enumerate(zip(one.words, weights, strict=True)):
                    if getattr(word, view) == term and (weight := getattr(own, view)):
                        before = counts[place]
                        counts[place] = Weighed(
                            before.weight + weight, before.word or typed, own.main is view
                        )
        return {key: max(counts, key=lambda one: one.weight) for key, counts in found.items()}

    def _add_numbered(
        self,
        terms: Terms,
        text: str,
        code: str,
        fields: Collection[str],
        has_pairs: bool,
        is_aside: bool,
    ) -> None:
        """Add the other spellings of the names with a number of a text."""
        for word, letters, digits in self.numbered(text):
            pair = analyzer(code).views(f"{letters} {digits}").pair if has_pairs else ""
            forms = [(View.FOLDED, letters + digits), (View.PAIR, pair)]
            counts_of = [self._frequency(view, term, fields) for view, term in forms]
            # A rare spelling is no better an answer than the common one.
            least = idf(max(counts_of), len(self._snapshot))
            for (view, term), count in zip(forms, counts_of, strict=True):
                weight = least / idf(count, len(self._snapshot))
                if term and (count or is_aside):
                    terms.setdefault((view, term), Weighed(weight, word, True))

    def weights(self, text: str, code: str) -> Weights:
        """Return what the views of a text weigh by the rules of a language."""
        language = analyzer(code).language
        return language.marked if self._marks_count(text) else language.plain

    def _marks_count(self, text: str) -> bool:
        return self.accents != "ignore" and (self.is_marked or has_marks(text))

    def _weigh_written(self, text: str, codes: Sequence[str]) -> Terms:
        """The words as written, by each language's rules of writing. Where no spaces stand between
        words, which marks are not set there, their adjacent characters too."""
        terms: Terms = {}
        own = self.tokens(text, codes[0])
        stops = {token.written for token in own} & _written_stops(codes[0])
        if len(stops) == len({token.written for token in own}):
            stops = set()
        for code in codes:
            counts = Counter(token.written for token in self.tokens(text, code))
            for token in self.tokens(text, code):
                if token.written not in stops:
                    weight = float(counts[token.written])
                    key = View.WRITTEN, token.written
                    terms.setdefault(key, Weighed(weight, token.text, True))
        if any(token.is_unspaced for token in own):
            for pair in self.pairs(text, codes[0]):
                if PAIR_JOINT not in pair.text:
                    words = text[pair.start : pair.end]
                    terms[View.PAIR, pair.text] = Weighed(_CHARACTERS, words, True)
        return terms

    def _rules(self, codes: Sequence[str]) -> tuple[Analyzer, ...]:
        return tuple([analyzer(code) for code in codes])

    def _weights_of(
        self, text: str, codes: Sequence[str], is_marked: bool
    ) -> Sequence[WordWeights]:
        """What each word of a text weighs by the rules of all languages, the query's own first."""
        key = text, tuple(codes), is_marked
        found = self._weighed.get(key)
        if found is None:
            rules, other = self._rules(codes), self._other
            found = [
                word
                for chunk in self._chunks_of(text)
                for word in word_weights(chunk, rules, other, is_marked)
            ]
            if len(found) > MOST_WORDS:
                found = found[: len(self.tokens(text, codes[0]))]
            self._weighed[key] = found
        return found

    def stems(self, word: str, codes: Sequence[str]) -> Collection[str]:
        """Return the stems of a word by the rules of all languages."""
        return {stem for one in self._weights_of(word, codes, False) for stem in one.stems}

    def _skipped(
        self,
        tokens: Sequence[Token],
        code: str,
        bare: Collection[str] | None,
        fields: Collection[str],
    ) -> frozenset[str]:
        """The function words of a text, as written: one says nothing where another word remains;
        alone it is all there is.

        Args:
            tokens: the words.
            code: the language.
            bare: of a text with marks, words that have lost theirs: ``minh`` is no function word
                in ``Trần Minh``, where the writer means the marks, because ``mình`` is. None of a
                text without.
            fields: the text fields that are searched.
        """
        stops = [token.written for token in tokens if token.is_stop]
        if stops and bare is not None:
            written, held = _written_stops(code), self._frequency
            stops = [
                token.written
                for token in tokens
                if token.is_stop
                and (
                    token.written in written
                    # Of a word that is nowhere yet nothing is known.
                    or (token.folded in bare and held(View.FOLDED, token.folded, fields))
                )
            ]
        return frozenset(stops if len(stops) < len(tokens) else ())

    def _bare(self, tokens: Iterable[Token | WordTerms], fields: Collection[str]) -> frozenset[str]:
        """Words typed without marks whose letters nearly always have some."""
        frequency = self._frequency
        return frozenset(
            [
                token.folded
                for token in tokens
                if token.written == token.folded
                and frequency(View.WRITTEN, token.written, fields)
                <= _RARELY_BARE * frequency(View.FOLDED, token.folded, fields)
            ]
        )

    def _frequency(self, view: View, term: str, fields: Collection[str]) -> int:
        """How many documents hold a term, in the field where most do."""
        frequency = self._snapshot.frequency
        if len(fields) == 1:  # as there mostly is
            [name] = fields
            return frequency(view_field(name, view), term)
        return max([frequency(view_field(name, view), term) for name in fields], default=0)


def _add_pairs(
    terms: Terms, text: str, pairs: Sequence[Term], counted: float, is_counted: bool
) -> None:
    """Add the pairs that a language makes of a text, each as far as it counts more."""
    texts = [pair.text for pair in pairs]
    times = Counter(texts) if len(set(texts)) < len(texts) else None
    for pair, start, end in pairs:
        weight = counted * times[pair] if times else counted
        before = terms.get((View.PAIR, pair))
        if before is None or weight > before.weight:
            terms[View.PAIR, pair] = Weighed(weight, text[start:end], is_counted)
