"""Fragments of the original text with the matches marked, from the analyzer's own offsets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from searchlib.analysis import Analyzer, WordTerms
from searchlib.errors import QueryError

__all__ = ["Highlight", "InOrder", "Needles", "highlight", "options_of"]

_ELLIPSIS: Final = "…"
_SENTENCE_ENDS: Final = frozenset(".!?…。！？\n")
_LARGEST_SIZE: Final = 1_000_000
_MOST_FRAGMENTS: Final = 100
_LONG_RUN: Final = 50  # matches in one fragment beyond which more of them say nothing
# Code points without white space that may be cut: Chinese and Japanese have none.
_LONG_WORD: Final = 40
# Code points of a text that are looked at: the matches of a longer one are sought in its beginning.
_LONGEST: Final = 500_000


@dataclass(frozen=True, slots=True)
class Highlight:
    """How to highlight.

    Attributes:
        fields: the text fields to take fragments from; None takes all.
        size: the length of a fragment, in code points, about; marks not counted; at most a
            million.
        fragments: how many at most of one field, each with a match; a field without any has none.
            At most 100.
        before, after: what stands around each match.
        escape: whether the text itself is escaped for HTML.

    Raises:
        QueryError: a number is out of its range, or fields is no list.
    """

    fields: Sequence[str] | None = None
    size: int = 200
    fragments: int = 1
    before: str = "<mark>"
    after: str = "</mark>"
    escape: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.fields, str):
            raise QueryError(f"fields is a list of names: [{self.fields!r}]")
        if self.fields is not None:
            object.__setattr__(self, "fields", tuple(self.fields))
        if not (1 <= self.size <= _LARGEST_SIZE and 1 <= self.fragments <= _MOST_FRAGMENTS):
            raise QueryError(
                f"a highlight has 1 to {_MOST_FRAGMENTS} fragments of 1 to {_LARGEST_SIZE:,} code "
                f"points, not {self.fragments!r} of {self.size!r}"
            )


class InOrder(NamedTuple):
    """Folded words that are looked for side by side.

    Attributes:
        words: in their order.
        slop: how many places they may be away from there, all together.
        is_prefix: whether the last is but the beginning of a word.
    """

    words: tuple[str, ...]
    slop: int = 0
    is_prefix: bool = False


@dataclass(slots=True)
class Needles:
    """What a query looks for in one field: terms of the views, and phrases of folded words.

    Attributes:
        written, folded, stems: terms of single words.
        characters: adjacent characters, for scripts without spaces.
        prefixes: beginnings of folded words.
        phrases: sequences of at least two folded words.
    """

    written: set[str] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    characters: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    phrases: set[InOrder] = field(default_factory=set)

    def __bool__(self) -> bool:
        words = self.folded or self.stems or self.written
        return bool(words or self.prefixes or self.phrases)


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
) -> list[str]:
    """Return the best fragments of the texts of one field, matches marked; none without a match.

    The text between the marks is the original's, to the code point; a mark covers a whole word,
    and of an elided one (``l’été``) the word without its article.
    """
    all_marks = [list(_marks(text[:_LONGEST], needles, analyzer)) for text in texts]
    runs = sorted(
        (different, count, number, start, end)
        for number, marks in enumerate(all_marks)
        # Not the whole size, so that some of what stands around them is seen.
        for different, count, start, end in _runs(marks, options.size * 4 // 5)
    )
    chosen: list[tuple[int, int, int]] = []
    for _, _, number, run_start, run_end in runs:
        if _overlaps(chosen, number, run_start, run_end):
            continue
        start, end = _window(texts[number], run_start, run_end, options.size)
        if not _overlaps(chosen, number, start, end):
            chosen.append((number, start, end))
            if len(chosen) == options.fragments:
                break
    return [
        _render(texts[number], start, end, all_marks[number], options)
        for number, start, end in chosen
    ]


def _overlaps(chosen: list[tuple[int, int, int]], number: int, start: int, end: int) -> bool:
    return any(
        number == kept and start < kept_end and end > kept_start
        for kept, kept_start, kept_end in chosen
    )


def _marks(text: str, needles: Needles, analyzer: Analyzer) -> Iterator[_Mark]:
    """Yield the words of the text that match, in order, without overlaps."""
    folded, written, stems = needles.folded, needles.written, needles.stems
    prefixes = tuple(needles.prefixes)
    reaches = sorted({len(one) for one in needles.characters})
    spots: Iterable[tuple[int, int, WordTerms]] = analyzer.spots(text)
    in_phrase: Mapping[int, bool] = {}
    if needles.phrases:
        spots = list(spots)
        in_phrase = _phrase_positions([terms.folded for _, _, terms in spots], needles.phrases)
    for position, (start, end, terms) in enumerate(spots):
        if (
            terms.folded in folded
            or terms.stem in stems
            or terms.written in written
            or position in in_phrase
            or terms.folded.startswith(prefixes)
        ):
            yield _Mark(start, end, terms.folded, in_phrase.get(position, False))
        elif terms.is_unspaced and needles.characters and len(terms.folded) == end - start:
            yield from _matching_characters(start, terms.folded, needles.characters, reaches)


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


def _near_positions(words: Sequence[str], phrase: InOrder) -> Iterator[int]:
    """Yield the positions of words that stand near each other: from each occurrence of the first,
    the next is sought where it is the fewest places away from where a phrase would have it."""
    places: dict[str, list[int]] = {word: [] for word in phrase.words}
    for position, word in enumerate(words):
        if word in places:
            places[word].append(position)
    for first in places[phrase.words[0]]:
        chain, left = [first], phrase.slop
        for word in phrase.words[1:]:
            due = chain[-1] + 1
            near = bisect_left(places[word], due)
            around = places[word][max(near - 1, 0) : near + 1]
            best = min(around, key=lambda place: abs(place - due), default=None)
            if best is None or abs(best - due) > left:
                break
            left -= abs(best - due)
            chain.append(best)
        else:
            yield from chain


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


def _render(text: str, start: int, end: int, marks: list[_Mark], options: Highlight) -> str:
    escape: Callable[[str], str] = str
    if options.escape:
        from html import escape  # its tables take 10 ms to load
    pieces = [_ELLIPSIS] if start > 0 else []
    position = start
    for mark in marks[bisect_left(marks, (start,)) :]:
        if mark.end > end:
            break
        pieces.append(escape(text[position : mark.start]))
        pieces.append(options.before + escape(text[mark.start : mark.end]) + options.after)
        position = mark.end
    pieces.append(escape(text[position:end]))
    if end < len(text):
        pieces.append(_ELLIPSIS)
    return "".join(pieces)


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
