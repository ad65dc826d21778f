"""Text → the terms of its views. One analysis serves indexing, queries, highlights and ``analyze``.

    text ─ split at white space ─▶ chunks ─ normalize ─ words ─ cut ─▶ words ─ rules ─▶ terms

What a chunk yields depends on the chunk alone, so it is worked out once for each distinct chunk
and remembered (``columns``): in running text nearly every chunk costs one look into a table. What a
chunk of one word yields is what its word does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from os import urandom
from typing import Final

from searchlib._dataclass import NamedTuple, dataclass
from searchlib._later import regex
from searchlib._tantivy import stemmer
from searchlib.analysis.characters import Character, adjacent
from searchlib.analysis.columns import BETWEEN, CHUNK, Row, columns, joined
from searchlib.analysis.cut import cut
from searchlib.analysis.fold import fold, lower
from searchlib.analysis.language import Language, View
from searchlib.analysis.memo import Memo
from searchlib.analysis.normalize import normal_text, normalize_chunk
from searchlib.analysis.segment import boundaries, is_unspaced, plain_word, words

__all__ = [
    "FORM_JOINT",
    "PAIR_JOINT",
    "Analysis",
    "Analyzer",
    "ChunkTerms",
    "Spot",
    "Term",
    "Token",
    "Views",
    "WordTerms",
    "unspaced_runs",
]

PAIR_JOINT: Final = "+"  # stands in no word, so no pair is mistaken for one
FORM_JOINT: Final = "="  # likewise

# Code points of a term: far below tantivy's 65,530 bytes, far above any word that people type.
_TERM_LIMIT: Final = 200
# Letters of a word of which no stem is one letter: such a stemmer took the word for endings.
# Turkish ada would meet ata and a, but not its own plural, adalar, whose stem is ada.
_LEAST_STEMMED: Final = 3
_SURROGATES: Final = regex("[\ud800-\udfff]")


class Term(NamedTuple):
    """One term of a view and the code points of the text it stands for."""

    text: str
    start: int
    end: int


class Token(NamedTuple):
    """One word of a text: where it stands and what it becomes in each view.

    Attributes:
        start, end: offsets into the original text, in code points, end exclusive.
        text: the original text between them.
        written: lower case, marks kept.
        folded: marks removed.
        stem: the stem, or None where the language has no stemmer.
        is_stop: whether it is a function word of the language.
        is_unspaced: whether its script puts no spaces between words.

    >>> from searchlib import analyze
    >>> token = analyze("L’été, les enfants", "fr").tokens[-1]
    >>> token.start, token.end, token.text, token.stem, token.is_stop
    (11, 18, 'enfants', 'enfant', False)
    """

    start: int
    end: int
    text: str
    written: str
    folded: str
    stem: str | None
    is_stop: bool
    is_unspaced: bool


class Views(NamedTuple):
    """The terms of each view of one text, joined by spaces, as the engine takes them.

    The pair view is of ``pair``, adjacent words, and ``characters``, adjacent ones of scripts
    without spaces. ``forms`` tells of each word whose written form is not its folded one what both
    are: ``hoi=hội``. Of one that comes again it may say so again.
    """

    written: str
    folded: str
    stem: str
    pair: str
    characters: str
    forms: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a text becomes: its tokens and the terms of each view, with offsets.

    ``str(analysis)`` is a table for people.

    >>> from searchlib import analyze
    >>> print(analyze("Quốc hội họp", "vi"))
    span  text  written  folded  stem
    0-4   Quốc  quốc     quoc
    5-8   hội   hội      hoi
    9-12  họp   họp      hop
    pairs: quoc+hoi hoi+hop
    """

    text: str
    language: str
    tokens: tuple[Token, ...]
    written: tuple[Term, ...]
    folded: tuple[Term, ...]
    stem: tuple[Term, ...]
    pair: tuple[Term, ...]

    def view(self, view: View | str) -> tuple[Term, ...]:
        """Return the terms of one view by its name.

        >>> from searchlib import analyze
        >>> [term.text for term in analyze("Chủ tịch Quốc hội", "vi").view("pair")]
        ['chu+tich', 'tich+quoc', 'quoc+hoi']
        """
        terms: tuple[Term, ...] = getattr(self, View(view).value)
        return terms

    def __str__(self) -> str:
        rows = [("span", "text", "written", "folded", "stem")]
        for token in self.tokens:
            stem = "" if token.stem is None else token.stem
            span = f"{token.start}-{token.end}"
            rows.append((span, token.text, token.written, token.folded, stem))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, "pairs: " + " ".join(term.text for term in self.pair)])


class WordTerms(NamedTuple):
    """What one word becomes in each view; ``stem`` is empty where the language has no stemmer."""

    written: str
    folded: str
    stem: str
    is_stop: bool
    is_unspaced: bool


class Spot(NamedTuple):
    """A word of a chunk: its span within the chunk, its terms, and whether it stands right behind
    the word before it."""

    start: int
    end: int
    terms: WordTerms
    is_adjacent: bool


class ChunkTerms(NamedTuple):
    """What one chunk holds: its words, and their terms joined by spaces."""

    written: str
    folded: str
    stem: str
    spots: tuple[Spot, ...]


class Analyzer:
    """The analysis of one language. Safe to share between threads; make one a language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        rule = language.stemmer
        self._stem = stemmer(rule) if isinstance(rule, str) else rule
        # A function word typed without its marks is one all the same; with other marks it is not
        # (French ``mais`` and ``maïs``).
        self._stops = {language.written(word) for word in language.stop_words}
        self._folded_stops = {fold(word) for word in language.stop_words}
        self._words: Memo[WordTerms] = Memo(self._word_terms)
        self._rows: Memo[Row] = Memo(self._row_of_word)
        seed = int.from_bytes(urandom(8))
        self._pieces = columns(self._row_of_piece, seed)
        self._columns = columns(self._row_of_chunk, seed, self._pieces)
        self._chunks: Memo[ChunkTerms] = Memo(self._chunk_terms)

    def views(self, text: str) -> Views:
        """Return the views of a text for the engine: the bulk way, without offsets.

        >>> from searchlib.analysis import Language
        >>> Analyzer(Language("fr", "French", stemmer="french")).views("L’été indien")
        Views(written='été indien', folded='ete indien', stem='ete indien', pair='ete+indien', \
characters='', forms='ete=été')
        """
        try:
            row = self._columns.join(text)
        except UnicodeEncodeError:  # halves of surrogate pairs, which people do not see either
            row = self._columns.join(_SURROGATES.sub("", text))
        written, folded, stem, pairs, characters, forms = row
        # The first word has no pair before it, the last none behind it.
        pairs = pairs[pairs.find(" ") + 1 : pairs.rfind(" ", 0, -1) + 1]
        return Views(written[:-1], folded[:-1], stem[:-1], pairs[:-1], characters[:-1], forms[:-1])

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text in order, with offsets into it in code points."""
        has_stems = self._stem is not None
        return [
            Token(
                start,
                end,
                text[start:end],
                written,
                folded,
                stem if has_stems else None,
                is_stop,
                is_unspaced,
            )
            for start, end, (written, folded, stem, is_stop, is_unspaced) in self.spots(text)
        ]

    @property
    def chunks(self) -> Mapping[str, ChunkTerms]:
        """What each chunk of text without white space yields: any chunk can be looked up."""
        return self._chunks

    def spots(self, text: str) -> Iterator[tuple[int, int, WordTerms]]:
        """Yield start, end and terms of each word: what ``tokens`` is made of, at half its cost."""
        chunks = self._chunks
        for match in CHUNK.finditer(text):
            offset = match.start()
            for start, end, terms, _ in chunks[match[0]].spots:
                yield offset + start, offset + end, terms

    def pair_word(self, word: str) -> str:
        """Return what one word gives to the pairs with its neighbours; empty where pairs step over
        it.

        >>> from searchlib.analysis import Language
        >>> Analyzer(Language("vi", "Vietnamese")).pair_word("hội")
        'hoi'
        """
        return self.pair_part(self._words[word])

    def pair_part(self, word: WordTerms | Token) -> str:
        """Return what a word gives to pairs with its neighbours; empty where pairs step over it."""
        if word.is_unspaced:
            return ""
        if not self.language.pairs_of_stems:
            return word.folded
        return "" if word.folded in self._folded_stops else word.stem or ""

    def analyze(self, text: str) -> Analysis:
        """Return tokens and views of a text, with offsets."""
        tokens = tuple(self.tokens(text))
        return Analysis(
            text,
            self.language.code,
            tokens,
            tuple(Term(token.written, token.start, token.end) for token in tokens),
            tuple(Term(token.folded, token.start, token.end) for token in tokens),
            tuple(Term(t.stem, t.start, t.end) for t in tokens if t.stem is not None),
            tuple(self.pairs(text)),
        )

    def pairs(self, text: str) -> Iterator[Term]:
        """Yield the terms of the pair view, with offsets into the text."""
        spots = list(self.spots(text))
        words = [(self.pair_part(terms), start, end) for start, end, terms in spots]
        for (one, start, _), (two, _, end) in pairwise([word for word in words if word[0]]):
            yield Term(one + PAIR_JOINT + two, start, end)
        if not any(terms.is_unspaced for _, _, terms in spots):
            return
        for match in CHUNK.finditer(text):
            for term, start, end in _characters(self._chunks[match[0]].spots):
                yield Term(term, match.start() + start, match.start() + end)

    def _row_of_chunk(self, chunk: str) -> Row:
        if (word := plain_word(chunk)) is not None:
            *terms, _, forms = self._rows[word]
            return *terms, "", forms  # type: ignore[return-value]
        text = normal_text(chunk)
        return self._pieces.cut(text, *boundaries(text))

    def _row_of_piece(self, piece: str) -> Row:
        """What a word, as ICU cuts it, adds to a chunk: in the place of adjacent characters a part
        of a run of them, or what ends it."""
        if piece.isalnum():  # nothing in it to cut at
            return self._rows[piece]
        spans = cut(piece)
        if spans == [(0, len(piece))]:
            return self._rows[piece]
        found: list[Row] = []
        behind = 0
        for start, end in spans:
            if start > behind:
                found.append(BETWEEN)
            found.append(self._rows[piece[start:end]])
            behind = end
        if behind < len(piece):
            found.append(BETWEEN)
        return joined(found)

    def _row_of_word(self, word: str) -> Row:
        """What a word adds: in the place of adjacent characters itself, if it is a part of a run of
        them, or what ends one."""
        terms = self._word_terms(word)
        written, pair = terms.written + " ", self.pair_part(terms)
        is_marked = terms.written != terms.folded
        return (
            written,
            terms.folded + " " if is_marked else written,
            terms.stem and terms.stem + " ",
            pair and f"{PAIR_JOINT}{pair} {pair}",
            terms.folded if terms.is_unspaced else " ",
            f"{terms.folded}{FORM_JOINT}{written}" if is_marked else "",
        )

    def _chunk_terms(self, chunk: str) -> ChunkTerms:
        if (word := plain_word(chunk)) is not None:  # as nearly all are
            one, start = self._words[word], chunk.index(word)
            spot = Spot(start, start + len(word), one, False)
            return ChunkTerms(one.written, one.folded, one.stem, (spot,))
        normalized = normalize_chunk(chunk)
        text = normalized.text
        spots: list[Spot] = []
        before = -1
        for word_start, word_end in words(text):
            word = text[word_start:word_end]
            for start, end in cut(word):
                span = normalized.span(word_start + start, word_start + end)
                is_adjacent = word_start + start == before
                spots.append(Spot(*span, self._words[word[start:end]], is_adjacent))
                before = word_start + end
        terms = [spot.terms for spot in spots]
        return ChunkTerms(
            " ".join(term.written for term in terms),
            " ".join(term.folded for term in terms),
            " ".join(term.stem for term in terms) if self._stem else "",
            tuple(spots),
        )

    def _word_terms(self, word: str) -> WordTerms:
        language = self.language
        word = word[: 2 * _TERM_LIMIT]  # rules need not read what cannot come into a term
        is_plain = word.isascii() and word.isalnum()
        folded = (word.lower() if is_plain else fold(word))[:_TERM_LIMIT]
        if is_plain and language.written is lower:  # as nearly all are
            written = folded
        else:
            written = language.written(word)[:_TERM_LIMIT]
        stem = ""
        if self._stem:
            read = language.stem_input
            base = folded if read is fold else read(word)[:_TERM_LIMIT]
            stem = self._stem(base)
            if len(stem) == 1 and len(base) >= _LEAST_STEMMED:
                stem = base
            stem = stem[: language.stem_letters]
        is_stop = written in self._stops or (written == folded and folded in self._folded_stops)
        return WordTerms(written, folded, stem, is_stop, not is_plain and is_unspaced(word))


def unspaced_runs(spots: Iterable[Spot]) -> list[list[Spot]]:
    """Return the words of a chunk that their script does not space out, the adjacent ones together.

    >>> from searchlib.analysis import Language
    >>> spots = Analyzer(Language("zh", "Chinese")).chunks["喝绿茶,tea茶"].spots
    >>> [[spot.terms.folded for spot in run] for run in unspaced_runs(spots)]
    [['喝', '绿茶'], ['茶']]
    """
    runs: list[list[Spot]] = []
    run: list[Spot] = []
    for spot in spots:
        if not (spot.is_adjacent and spot.terms.is_unspaced):
            run = []
        if spot.terms.is_unspaced:
            if not run:
                runs.append(run)
            run.append(spot)
    return runs


def _characters(spots: Iterable[Spot]) -> Iterator[Character]:
    """Yield the adjacent characters of the words that their script does not space out."""
    for run in unspaced_runs(spots):
        yield from adjacent(
            [(character, start, end) for start, end, terms, _ in run for character in terms.folded]
        )
