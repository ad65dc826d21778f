"""Fragments of the original text with the matches marked, from the analyzer's own offsets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal

from searchlib._dataclass import dataclass
from searchlib._later import regex
from searchlib.analysis import Analyzer
from searchlib.analysis.segment import character_around
from searchlib.errors import QueryError
from searchlib.marks import Mark, Marker, Needles
from searchlib.results import Fragment
from searchlib.styles import STYLES, Style, render

__all__ = [
    "LONGEST_HIGHLIGHTED",
    "Highlight",
    "Highlighter",
    "options_of",
]

# A full stop behind one capital, or up to three consonants, is that of an abbreviation (E. Dupont,
# Dr. Smith, TP. Hồ Chí Minh). Other short words end sentences, above all in Vietnamese.
_CONSONANT: Final = "[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]"
_SENTENCE_END: Final = regex(
    r"[.!?…。！？\n](?=\s)"  # the signs first, for they are rare
    rf"(?<!\b[A-Z]\.)(?<!\b{_CONSONANT}\.)(?<!\b{_CONSONANT}{{2}}\.)(?<!\b{_CONSONANT}{{3}}\.)"
)
_SPACE: Final = regex(r"\s")
_LARGEST_SIZE: Final = 1_000_000
_MOST_FRAGMENTS: Final = 100
_LONG_RUN: Final = 50  # matches in one fragment beyond which more of them say nothing
# Code points without white space that may be cut between two characters: Chinese and Japanese have
# none.
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


class Highlighter:
    """Highlights texts of one field in one language.

    Args:
        needles: what is looked for.
        analyzer: the rules of the language.
        options: what the fragments are to be like.
    """

    def __init__(self, needles: Needles, analyzer: Analyzer, options: Highlight) -> None:
        self._marker = Marker(needles, analyzer)
        self._options = options
        self._style = _style_of(options)

    def fragments(self, texts: Sequence[str]) -> tuple[Fragment, ...]:
        """Return the best fragments of the texts of a field, matches marked; none without a match.

        The text between the marks is the original's, to the code point; a mark covers a whole word,
        and of an elided one (``l’été``) the word without its article.
        """
        size = self._options.size
        all_marks = [self._marker.marks(text[:LONGEST_HIGHLIGHTED]) for text in texts]
        if not any(all_marks):
            return ()
        if size is None:
            chosen = [(number, 0, len(text)) for number, text in enumerate(texts)]
        else:
            chosen = _best(texts, all_marks, size, self._options.fragments)
        fragments = []
        for number, start, end in chosen:
            marks = all_marks[number]
            shown_marks = marks[bisect_left(marks, (start,)) : bisect_left(marks, (end,))]
            spans = tuple([mark[:2] for mark in shown_marks if mark.end <= end])
            shown = render(texts[number], start, end, spans, self._style)
            fragments.append(Fragment(shown, number, start, end, spans))
        return tuple(fragments)


def _style_of(options: Highlight) -> Style:
    style = STYLES[options.style]
    if options.before is None or options.after is None:
        return style
    return style._replace(before=options.before, after=options.after)


def _best(
    texts: Sequence[str], all_marks: Sequence[list[Mark]], size: int, count: int
) -> list[tuple[int, int, int]]:
    """The number of the text, start and end of each of the best fragments."""
    if len(texts) == 1 and len(texts[0]) <= size:  # as titles are
        [text], [marks] = texts, all_marks
        return [(0, *_without_space(text, 0, len(text), marks[0].start, marks[-1].end))]
    runs: list[tuple[int, int, int, int, int]] = []
    for number, marks in enumerate(all_marks):
        # Not the whole size, so that some of what stands around them is seen.
        runs += _runs(number, marks, size * 4 // 5)
    runs.sort()
    chosen: list[tuple[int, int, int]] = []
    for _, _, number, run_start, run_end in runs:
        if chosen and _overlaps(chosen, number, run_start, run_end):
            continue
        start, end = _window(texts[number], run_start, run_end, size)
        if not (chosen and _overlaps(chosen, number, start, end)):
            chosen.append((number, start, end))
            if len(chosen) == count:
                break
    return chosen


def _overlaps(chosen: list[tuple[int, int, int]], number: int, start: int, end: int) -> bool:
    return any(
        number == kept and start < kept_end and end > kept_start
        for kept, kept_start, kept_end in chosen
    )


def _runs(number: int, marks: list[Mark], width: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield runs of neighbouring marks of a text within a width: minus how many different words,
    minus how many words, the number of the text, start, end. So they sort the best first, and of
    equals the earliest."""
    first = 0
    for last, mark in enumerate(marks, 1):
        if last < len(marks) and marks[last].goes_on:
            continue
        while first < last - 1 and (
            mark.end - marks[first].start > width or last - first > _LONG_RUN + 1
        ):
            following = first + 1
            while following < len(marks) and marks[following].goes_on:
                following += 1
            if following >= last:
                break
            first = following
        run = marks[first:last]
        different = len({one.term for one in run}) if len(run) > 1 else 1
        yield -different, -len(run), number, run[0].start, mark.end


def _window(text: str, first: int, last: int, size: int) -> tuple[int, int]:
    """Widen a run of matches to about ``size``: from the beginning of the earliest sentence from
    which its own fits whole, or of its own where that is near, else evenly; cut between words,
    without white space at the ends. A text that fits whole is whole."""
    spare = max(size - (last - first), 0)
    near = max(first - spare, 0)
    starts = [] if near else [0]
    starts += [before.end() for before in _SENTENCE_END.finditer(text, near, first)]
    if starts:
        own = _SENTENCE_END.search(text, last, starts[-1] + size + 1)
        own_end = len(text) if own is None else own.end()
        start = next((one for one in starts if own_end - one <= size), starts[-1])
    else:
        start = _word_start(text, first - spare // 2, first)
    end = min(len(text), start + max(size, last - start))
    if end < len(text):
        end = _word_end(text, end, last)
    return _without_space(text, start, end, first, last)


def _without_space(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """A stretch of a text without the white space at its ends; what lies between two places in it
    stays."""
    while start < first and text[start].isspace():
        start += 1
    while end > last and text[end - 1].isspace():
        end -= 1
    return start, end


def _word_start(text: str, position: int, limit: int) -> int:
    """The first word that begins at or after a position, if there is one before the limit; else
    the limit or, where it is far, the position. No character is cut."""
    if (found := _SPACE.search(text, max(position - 1, 0), max(limit - 1, 0))) is not None:
        return found.end()
    place = limit if limit - position <= _LONG_WORD else max(position, 0)
    return character_around(text, place)[0]


def _word_end(text: str, position: int, limit: int) -> int:
    """The last end of a word at or before a position, not before the limit; else the limit or,
    where it is far, the position. No character is cut."""
    for place in range(position, limit, -1):
        if text[place : place + 1].isspace():
            return place
    place = limit if position - limit <= _LONG_WORD else position
    before, after = character_around(text, place)
    return before if before >= limit else after
