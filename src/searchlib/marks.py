"""Where the words of a query stand in a text, from the analyzer's own offsets.

What a chunk of text without white space yields depends on the chunk alone. Nearly all chunks of a
text are known from texts before it, by what each yields: so it is known which of them may match,
and a text is only asked where these stand. Words side by side are looked for among these chunks,
if a text has each of them; words near each other, or whose last may go on, among all of its words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import combinations, groupby
from typing import Final
from weakref import WeakKeyDictionary

from searchlib._dataclass import NamedTuple, dataclass, field
from searchlib.analysis import Analyzer, WordTerms, unspaced_runs
from searchlib.analysis.characters import Character
from searchlib.analysis.columns import CHUNK, chunks_in
from searchlib.stretches import stretches_in

__all__ = ["InOrder", "Mark", "Marker", "Needles", "near_pairs"]

_MOST_APART: Final = 8  # places between two words that are looked for near each other
_MOST_CHUNKS: Final = 1 << 16  # that are known of a language before it starts afresh
_LONGEST_CHUNK: Final = 40  # code points; a longer one is hardly ever met again
_new: Final = tuple.__new__


class InOrder(NamedTuple):
    """Words that are looked for side by side.

    Attributes:
        words: in their order.
        slop: how many places each two of them may be away from there.
        is_prefix: whether the last is but the beginning of a word.
        is_written: whether they are written words; folded ones otherwise.
    """

    words: tuple[str, ...]
    slop: int = 0
    is_prefix: bool = False
    is_written: bool = False


def near_pairs(words: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield each two of some words that are looked for near each other, and how many places the
    second would stand behind the first in a phrase. A word that repeats is taken once; words too
    far apart to tell a text by are left out.

    >>> list(near_pairs(("peace", "in", "peace", "time")))
    [('peace', 'in', 1), ('peace', 'time', 3), ('in', 'time', 2)]
    """
    places = {word: place for place, word in reversed(list(enumerate(words)))}
    ordered = sorted(places, key=places.__getitem__)
    for one, two in combinations(ordered, 2):
        if (gap := places[two] - places[one]) <= _MOST_APART:
            yield one, two, gap


@dataclass(slots=True)
class Needles:
    """What a query looks for in one field: terms of the views, and phrases.

    Attributes:
        written, folded, stems: terms of single words.
        characters: adjacent characters, for scripts without spaces.
        prefixes: beginnings of folded words.
        beginnings: beginnings of written words.
        phrases: sequences of at least two words.
        patterns: the view and the regular expression that words match.
    """

    written: set[str] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    characters: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)
    phrases: set[InOrder] = field(default_factory=set)
    patterns: set[tuple[str, str]] = field(default_factory=set)

    def __bool__(self) -> bool:
        words = self.folded or self.stems or self.written
        parts = self.prefixes or self.beginnings or self.phrases or self.patterns
        return bool(words or parts)


class Mark(NamedTuple):
    """A match: its span, what it is a match of, and whether it goes on with the mark before it, as
    a phrase does, which is shown whole or not at all."""

    start: int
    end: int
    term: str
    goes_on: bool = False


class _Match(NamedTuple):
    """What a chunk holds of what is looked for: marks within it, words of phrases, and stretches
    of adjacent characters, which are in the marks as far as they are in no word marked."""

    chunk: str
    marks: tuple[Mark, ...]
    words: frozenset[str]
    stretches: tuple[Sequence[Character], ...] = ()


class _Chunks:
    """The chunks that texts had, by what each yields: which of them match is then told by some
    looks into a table, not by one for each chunk of each text. Threads share it; it only grows.

    Args:
        analyzer: the rules of the language.

    Attributes:
        known: the chunks that are in it.
        texts: the hashes of texts all of whose chunks are: what was highlighted once comes again.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._forms: dict[str, list[str]] = {}  # folded or written
        self._stems: dict[str, list[str]] = {}
        self.known: set[str] = set()
        self.texts: set[int] = set()

    def add(self, chunks: Collection[str]) -> None:
        """Put in chunks that are not there."""
        terms, forms, stems = self._analyzer.chunks, self._forms, self._stems
        for chunk in chunks:
            for _, _, (written, folded, stem, _, _), _ in terms[chunk].spots:
                forms.setdefault(folded, []).append(chunk)
                if written != folded:
                    forms.setdefault(written, []).append(chunk)
                if stem:
                    stems.setdefault(stem, []).append(chunk)
        self.known.update(chunks)  # when they can be found: another thread looks there first

    def holding(self, forms: Iterable[str], stems: Iterable[str]) -> set[str]:
        """Return the chunks with a word of one of these forms or stems."""
        found: set[str] = set()
        for form in forms:
            found.update(self._forms.get(form, ()))
        for stem in stems:
            found.update(self._stems.get(stem, ()))
        return found


_chunks: Final[WeakKeyDictionary[Analyzer, _Chunks]] = WeakKeyDictionary()


def _chunks_of(analyzer: Analyzer) -> _Chunks:
    found = _chunks.get(analyzer)
    if found is None or max(len(found.known), len(found.texts)) > _MOST_CHUNKS:
        found = _chunks[analyzer] = _Chunks(analyzer)
    return found


# Words that no phrase has stand between two others.
_GAP: Final = (0, 0, WordTerms("", "", "", False, False))


class Marker:
    """Marks what a query looks for in texts of one field in one language.

    Args:
        needles: what is looked for.
        analyzer: the rules of the language.
    """

    def __init__(self, needles: Needles, analyzer: Analyzer) -> None:
        self._needles = needles
        self._analyzer = analyzer
        self._prefixes = tuple(needles.prefixes)
        self._beginnings = tuple(needles.beginnings)
        self._reaches = sorted({len(one) for one in needles.characters})
        # Of each phrase the words that a text that holds it must have; the last may go on.
        self._phrases = [
            frozenset(phrase.words[:-1] if phrase.is_prefix else phrase.words)
            for phrase in needles.phrases
        ]
        self._sought = frozenset().union(*self._phrases)
        # Whether chunks without one of their words hold nothing of phrases.
        self._are_whole = not any(one.slop or one.is_prefix for one in needles.phrases)
        self._forms = needles.folded | needles.written | self._sought
        # Whether a look into a table tells which chunks match.
        self._are_listed = not (needles.prefixes or needles.beginnings or needles.characters)
        self._chunks = _chunks_of(analyzer)
        self._asked = -1  # of how many chunks it is known which may match …
        self._candidates: set[str] = set()  # … which are these
        self._matches: dict[str, _Match | None] = {}  # no Memo: of a method it is a cycle

    def marks(self, text: str) -> list[Mark]:
        """Return the words of the text that match, in order, without overlaps."""
        known, found = self._matches, []
        for place, chunk in chunks_in(text, self._candidates_for(text)):
            match = known[chunk] if chunk in known else self._match(chunk)
            if match is not None:
                found.append((place, match))
        if self._phrases and found:
            words = frozenset().union(*[match.words for _, match in found])
            if any(phrase <= words for phrase in self._phrases):
                near = self._near(text, found) if self._are_whole else self._analyzer.spots(text)
                spots = list(near)
                in_phrase = _positions([terms for _, _, terms in spots], self._needles.phrases)
                stretches = [
                    [(one, place + start, place + end) for one, start, end in stretch]
                    for place, match in found
                    for stretch in match.stretches
                ]
                return _with_stretches(list(self._among(spots, in_phrase)), stretches)
        # Without the function that a named tuple has around it: there are dozens on each page.
        return [
            _new(Mark, (place + start, place + end, term, False))
            for place, match in found
            for start, end, term, _ in match.marks
        ]

    def _near(
        self, text: str, found: Iterable[tuple[int, _Match]]
    ) -> Iterator[tuple[int, int, WordTerms]]:
        """Yield the words of the chunks that match, with a gap where others stand in between: those
        of phrases without such words stand nowhere else, and to walk over all takes longest."""
        chunks, behind = self._analyzer.chunks, 0
        for place, match in found:
            between = (chunks[one[0]].spots for one in CHUNK.finditer(text, behind, place))
            if any(between):
                yield _GAP
            behind = place + len(match.chunk)
            for start, end, terms, _ in chunks[match.chunk].spots:
                yield place + start, place + end, terms

    def _candidates_for(self, text: str) -> Set[str]:
        """Those of all chunks that may match; those of this text are among them if they do."""
        if not self._are_listed:
            return set(text.split())
        table = self._chunks
        number = hash(text)
        long: list[str] = []
        if number not in table.texts:
            if new := set(text.split()) - table.known:
                long = [chunk for chunk in new if len(chunk) > _LONGEST_CHUNK]
                table.add(new.difference(long))
            if not long:
                table.texts.add(number)
        if self._asked != len(table.known):
            self._asked = len(table.known)
            self._candidates = table.holding(self._forms, self._needles.stems)
        return self._candidates.union(long) if long else self._candidates

    def _match(self, chunk: str) -> _Match | None:
        """What a chunk holds of what is looked for, to be worked out once."""
        found = self._matches[chunk] = self._worked_out(chunk)
        return found

    def _worked_out(self, chunk: str) -> _Match | None:
        known = self._analyzer.chunks[chunk].spots
        spots = [spot[:3] for spot in known]
        stretches: list[Sequence[Character]] = []
        for run in unspaced_runs(known) if self._reaches else ():
            stretches += stretches_in(chunk, run, self._needles.characters, self._reaches)
        marks = tuple(_with_stretches(list(self._among(spots, {})), stretches))
        if not self._sought:
            return _Match(chunk, marks, self._sought) if marks else None
        forms = {form for _, _, one in spots for form in (one.folded, one.written)}
        words = self._sought & forms
        return _Match(chunk, marks, words, tuple(stretches)) if marks or words else None

    def _among(
        self, spots: Iterable[tuple[int, int, WordTerms]], in_phrase: Mapping[int, bool]
    ) -> Iterator[Mark]:
        """Yield the marks of words, of which those at some positions are part of a phrase."""
        needles = self._needles
        for position, (start, end, terms) in enumerate(spots):
            if (
                terms.folded in needles.folded
                or terms.stem in needles.stems
                or terms.written in needles.written
                or position in in_phrase
                or terms.folded.startswith(self._prefixes)
                or terms.written.startswith(self._beginnings)
            ):
                yield Mark(start, end, terms.folded, in_phrase.get(position, False))


def _positions(words: Sequence[WordTerms], phrases: Collection[InOrder]) -> Mapping[int, bool]:
    """Return the positions of the words of all phrases, and whether each goes on a phrase."""
    folded = {phrase for phrase in phrases if not phrase.is_written}
    found = _phrase_positions([terms.folded for terms in words], folded) if folded else {}
    if len(folded) == len(phrases):
        return found
    written = _phrase_positions([terms.written for terms in words], set(phrases) - folded)
    # A word that only one of two phrases goes on with may begin a fragment.
    return {
        position: found.get(position, goes_on) and written.get(position, goes_on)
        for position, goes_on in {**found, **written}.items()
    }


def _phrase_positions(words: Sequence[str], phrases: Iterable[InOrder]) -> Mapping[int, bool]:
    """Return the positions of the words of phrases, and whether each goes on a phrase."""
    found: dict[int, bool] = {}
    starts: dict[str, list[InOrder]] = {}
    for phrase in phrases:
        if phrase.slop:
            found.update(dict.fromkeys(_near_positions(words, phrase), False))
        else:
            starts.setdefault(phrase.words[0], []).append(phrase)
    sought_from: dict[InOrder, int] = {}  # an occurrence begins behind the one before it
    for position, word in enumerate(words):
        for phrase in starts.get(word, ()):
            end = position + len(phrase.words)
            if position >= sought_from.get(phrase, 0) and _stands(phrase, words[position:end]):
                found.setdefault(position, False)
                found.update(dict.fromkeys(range(position + 1, end), True))
                sought_from[phrase] = end
    return found


def _stands(phrase: InOrder, words: Sequence[str]) -> bool:
    if not phrase.is_prefix:
        return tuple(words) == phrase.words
    is_long_enough = len(words) == len(phrase.words)
    *before, last = phrase.words
    return is_long_enough and list(words[:-1]) == before and words[-1].startswith(last)


def _near_positions(words: Sequence[str], phrase: InOrder) -> frozenset[int]:
    """Return the positions of words that stand near another one; none unless each two do."""
    places: dict[str, list[int]] = {word: [] for word in phrase.words}
    for position, word in enumerate(words):
        if word in places:
            places[word].append(position)
    found: set[int] = set()
    for one, two, gap in near_pairs(phrase.words):
        near = set()
        for first in places[one]:
            low = bisect_left(places[two], first + gap - phrase.slop)
            high = bisect_right(places[two], first + gap + phrase.slop)
            if low < high:
                near |= {first, *places[two][low:high]}
        if not near:
            return frozenset()
        found |= near
    return frozenset(found)


def _with_stretches(marks: list[Mark], stretches: Sequence[Sequence[Character]]) -> list[Mark]:
    """Return marks of words, and of what stretches of characters have beside them, in order."""
    if not stretches:
        return marks
    taken = {place for start, end, _, _ in marks for place in range(start, end)}
    found = list(marks)
    for stretch in stretches:
        # Two characters of the index may stand for one of the text.
        for is_taken, part in groupby(stretch, lambda one: one[1] in taken):
            if not is_taken:
                characters = list(part)
                start, end = characters[0][1], characters[-1][2]
                found.append(Mark(start, end, "".join([one for one, _, _ in characters])))
                taken.update(range(start, end))
    return sorted(found)
