"""Fragments of the original text with the matches marked, from the analyzer's own offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, Literal, NamedTuple

from searchlib.analysis import Analyzer, WordTerms
from searchlib.errors import QueryError
from searchlib.results import Fragment
from searchlib.styles import STYLES, Style, render

__all__ = [
    "LONGEST_HIGHLIGHTED",
    "Highlight",
    "InOrder",
    "Needles",
    "highlight",
    "near_pairs",
    "options_of",
]

_SENTENCE_ENDS: Final = frozenset(".!?…。！？\n")
_MOST_APART: Final = 8  # places between two words that are looked for near each other
_LARGEST_SIZE: Final = 1_000_000
_MOST_FRAGMENTS: Final = 100
_LONG_RUN: Final = 50  # matches in one fragment beyond which more of them say nothing
# Code points without white space that may be cut: Chinese and Japanese have none.
_LONG_WORD: Final = 40
#: Code points of a text that are looked at: of a longer one, its beginning.
LONGEST_HIGHLIGHTED: Final = 500_000


@dataclass(frozen=True, slots=True)
class Highlight:
    """How to highlight.

    Attributes:
        fields: the text fields to take fragments from; None takes all.
        size: the length of a fragment, in code points, about; marks not counted; at most a
            million. None takes the text whole: of a field with a match each value, in their
            order, whatever ``fragments`` says.
        fragments: how many at most of one field, each with a match; a field without any has none.
            At most 100.
        style: what the fragments are for: ``"html"``, in which the text is escaped; ``"ansi"``,
            for terminals, in which control characters of the text are shown, not obeyed;
            ``"text"``, in which it is as it is; ``"ranges"``, the bare text, without marks and
            ellipses: where the matches are say ``Fragment.matches``, as in every style.
        before, after: what stands around each match; None takes the style's own: ``<mark>`` and
            ``</mark>``, black on yellow, ``«`` and ``»``. They are not escaped.

    Raises:
        QueryError: a number is out of its range, fields is no list, there is no such style, or
            one mark is given and not the other.

    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["fr"]))
    >>> index.add([{"id": "a", "title": "L’été & l’hiver"}]).added
    1
    >>> index.search("ete", highlight=True).hits[0].highlights["title"]
    ('L’<mark>été</mark> &amp; l’hiver',)
    >>> plain = Highlight(style="text", before="[", after="]")
    >>> index.search("ete", highlight=plain).hits[0].highlights["title"]
    ('L’[été] & l’hiver',)
    >>> found = index.search("ete", highlight=Highlight(style="ranges"))
    >>> found.hits[0].highlights["title"][0].matches
    ((2, 5),)
    """

    fields: Sequence[str] | None = None
    size: int | None = 200
    fragments: int = 1
    style: Literal["html", "ansi", "text", "ranges"] = "html"
    before: str | None = None
    after: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.fields, str):
            raise QueryError(f"fields is a list of names: [{self.fields!r}]")
        if self.fields is not None:
            is_list = isinstance(self.fields, Collection)
            if not (is_list and all(isinstance(name, str) for name in self.fields)):
                raise QueryError(f"fields is a list of names, not {self.fields!r}")
            object.__setattr__(self, "fields", tuple(self.fields))
        size = 1 if self.size is None else self.size
        are_whole = isinstance(size, int) and isinstance(self.fragments, int)
        if not (
            are_whole and 1 <= size <= _LARGEST_SIZE and 1 <= self.fragments <= _MOST_FRAGMENTS
        ):
            raise QueryError(
                f"a highlight has 1 to {_MOST_FRAGMENTS} fragments of 1 to {_LARGEST_SIZE:,} code "
                f"points, not {self.fragments!r} of {self.size!r}"
            )
        if self.style not in STYLES:
            names = ", ".join(map(repr, STYLES))
            raise QueryError(f"the style of a highlight is one of {names}, not {self.style!r}")
        marks = [mark for mark in (self.before, self.after) if mark is not None]
        if len(marks) == 1 or not all(isinstance(mark, str) for mark in marks):
            raise QueryError(
                f"give both before and after, each a str, or neither: not {self.before!r} and "
                f"{self.after!r}"
            )
        if marks and self.style == "ranges":
            raise QueryError("ranges have no marks: leave before and after out, or take 'text'")


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


def options_of(
    request: bool | Sequence[str] | Highlight | None, text_fields: Collection[str]
) -> Highlight | None:
    """Return what a caller of ``search`` asked for; None for no highlights.

    Raises:
        QueryError: a field is no text field, or the fields are no list.
    """
    if request is False or request is None:
        return None
    if isinstance(request, str):
        raise QueryError(f"highlight is True, a Highlight, or a list: [{request!r}]")
    if request is True:
        return Highlight()
    if not isinstance(request, (Highlight, Collection)):
        raise QueryError(f"highlight is True, a Highlight, or a list of names, not {request!r}")
    options = request if isinstance(request, Highlight) else Highlight(fields=request)
    for name in options.fields or ():
        if name not in text_fields:
            has = ", ".join(text_fields) or "none"
            raise QueryError(f"cannot highlight {name!r}: it is no text field; the schema's: {has}")
    return options


class _Mark(NamedTuple):
    start: int
    end: int
    term: str
    goes_on: bool = False  # with the mark before it: a phrase is shown whole or not at all


def highlight(
    texts: Sequence[str], needles: Needles, analyzer: Analyzer, options: Highlight
) -> list[Fragment]:
    """Return the best fragments of the texts of one field, matches marked; none without a match.

    The text between the marks is the original's, to the code point; a mark covers a whole word,
    and of an elided one (``l’été``) the word without its article.
    """
    all_marks = [list(_marks(text[:LONGEST_HIGHLIGHTED], needles, analyzer)) for text in texts]
    if options.size is not None:
        chosen = _best(texts, all_marks, options.size, options.fragments)
    elif any(all_marks):
        chosen = [(number, 0, len(text)) for number, text in enumerate(texts)]
    else:
        chosen = []
    style = _style_of(options)
    fragments = []
    for number, start, end in chosen:
        spans = tuple(_within(all_marks[number], start, end))
        shown = render(texts[number], start, end, spans, style)
        fragments.append(Fragment(shown, number, start, end, spans))
    return fragments


def _within(marks: list[_Mark], start: int, end: int) -> Iterator[tuple[int, int]]:
    for mark in marks[bisect_left(marks, (start,)) :]:
        if mark.end > end:
            break
        yield mark.start, mark.end


def _style_of(options: Highlight) -> Style:
    style = STYLES[options.style]
    if options.before is None or options.after is None:
        return style
    return style._replace(before=options.before, after=options.after)


def _best(
    texts: Sequence[str], all_marks: Sequence[list[_Mark]], size: int, count: int
) -> list[tuple[int, int, int]]:
    """The number of the text, start and end of each of the best fragments."""
    runs = sorted(
        (different, words, number, start, end)
        for number, marks in enumerate(all_marks)
        # Not the whole size, so that some of what stands around them is seen.
        for different, words, start, end in _runs(marks, size * 4 // 5)
    )
    chosen: list[tuple[int, int, int]] = []
    for _, _, number, run_start, run_end in runs:
        if _overlaps(chosen, number, run_start, run_end):
            continue
        start, end = _window(texts[number], run_start, run_end, size)
        if not _overlaps(chosen, number, start, end):
            chosen.append((number, start, end))
            if len(chosen) == count:
                break
    return chosen


def _overlaps(chosen: list[tuple[int, int, int]], number: int, start: int, end: int) -> bool:
    return any(
        number == kept and start < kept_end and end > kept_start
        for kept, kept_start, kept_end in chosen
    )


def _marks(text: str, needles: Needles, analyzer: Analyzer) -> Iterator[_Mark]:
    """Yield the words of the text that match, in order, without overlaps."""
    folded, written, stems = needles.folded, needles.written, needles.stems
    prefixes, beginnings = tuple(needles.prefixes), tuple(needles.beginnings)
    reaches = sorted({len(one) for one in needles.characters})
    spots: Iterable[tuple[int, int, WordTerms]] = analyzer.spots(text)
    in_phrase: Mapping[int, bool] = {}
    if needles.phrases:
        spots = list(spots)
        in_phrase = _positions([terms for _, _, terms in spots], needles.phrases)
    for position, (start, end, terms) in enumerate(spots):
        if (
            terms.folded in folded
            or terms.stem in stems
            or terms.written in written
            or position in in_phrase
            or terms.folded.startswith(prefixes)
            or terms.written.startswith(beginnings)
        ):
            yield _Mark(start, end, terms.folded, in_phrase.get(position, False))
        elif terms.is_unspaced and needles.characters and len(terms.folded) == end - start:
            yield from _matching_characters(start, terms.folded, needles.characters, reaches)


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


def _matching_characters(
    start: int, word: str, characters: Collection[str], reaches: Sequence[int]
) -> Iterator[_Mark]:
    """Yield the parts of a word whose adjacent characters are adjacent in the query too: where no
    spaces stand between words, a dictionary may cut the query's word and the text's differently."""
    begin = behind = 0
    for place in range(len(word)):
        for reach in reaches:
            if place + reach <= len(word) and word[place : place + reach] in characters:
                if place >= behind:
                    if begin < behind:
                        yield _Mark(start + begin, start + behind, word[begin:behind])
                    begin = place
                behind = max(behind, place + reach)
    if begin < behind:
        yield _Mark(start + begin, start + behind, word[begin:behind])


def _runs(marks: list[_Mark], width: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield runs of neighbouring marks within a width: minus how many different words, minus how
    many words, start, end. So they sort the best first, and of equals the earliest."""
    first = 0
    for last, mark in enumerate(marks):
        if last + 1 < len(marks) and marks[last + 1].goes_on:
            continue
        while first < last and (mark.end - marks[first].start > width or last - first > _LONG_RUN):
            following = _next_unit(marks, first)
            if following > last:
                break
            first = following
        run = marks[first : last + 1]
        yield -len({one.term for one in run}), -len(run), run[0].start, mark.end


def _next_unit(marks: list[_Mark], position: int) -> int:
    position += 1
    while position < len(marks) and marks[position].goes_on:
        position += 1
    return position


def _window(text: str, first: int, last: int, size: int) -> tuple[int, int]:
    """Widen a run of matches to about ``size``: from the beginning of its sentence where that is
    near, else evenly; cut between words, without white space at the ends."""
    spare = max(size - (last - first), 0)
    start = first
    for position in range(first - 1, max(first - spare - 1, -1), -1):
        if text[position] in _SENTENCE_ENDS and text[position + 1 : position + 2].isspace():
            start = position + 1
            break
    else:
        start = 0 if first <= spare else _word_start(text, first - spare // 2, first)
    end = min(len(text), start + max(size, last - start))
    if end < len(text):
        end = _word_end(text, end, last)
    while start < first and text[start].isspace():
        start += 1
    while end > last and text[end - 1].isspace():
        end -= 1
    return start, end


def _word_start(text: str, position: int, limit: int) -> int:
    """The first word that begins at or after a position, if there is one before the limit."""
    for place in range(max(position, 1), limit):
        if text[place - 1].isspace():
            return place
    return limit if limit - position <= _LONG_WORD else max(position, 0)


def _word_end(text: str, position: int, limit: int) -> int:
    """The last end of a word at or before a position, not before the limit."""
    for place in range(position, limit, -1):
        if text[place : place + 1].isspace():
            return place
    return limit if position - limit <= _LONG_WORD else position
