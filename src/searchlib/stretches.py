"""Where adjacent characters of a query stand in a text, in scripts without spaces.

Where no spaces stand between words, a dictionary may cut the query's words and the text's
differently. So the characters are looked for in words that are adjacent as in one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from searchlib.analysis import Spot, fold
from searchlib.analysis.characters import Character
from searchlib.analysis.normalize import normalize_chunk

__all__ = ["stretches_in"]


def stretches_in(
    chunk: str, run: Sequence[Spot], sought: Collection[str], reaches: Sequence[int]
) -> list[Sequence[Character]]:
    """Return the stretches of adjacent words that consist of what is sought: their characters, each
    with the span that it stands for.

    Args:
        chunk: the chunk that holds the words.
        run: words of it, each adjacent to the next.
        sought: adjacent characters of the query.
        reaches: how many at a time these are, the fewest first.

    >>> from searchlib.languages import analyzer
    >>> run = analyzer("zh").chunks["喝绿茶吧"].spots
    >>> stretches_in("喝绿茶吧", run, {"绿茶"}, [2])
    [[('绿', 1, 2), ('茶', 2, 3)]]
    """
    text = "".join([spot.terms.folded for spot in run])
    stretches = _matching(text, sought, reaches)
    if not stretches:
        return []
    characters: list[Character] = []
    for start, end, (_, folded, *_), _ in run:
        word = chunk[start:end]
        if word == folded:  # as most of them are
            characters += zip(word, range(start, end), range(start + 1, end + 1), strict=True)
        else:
            characters += _characters(word, start, folded)
    return [characters[begin:behind] for begin, behind in stretches]


def _characters(word: str, start: int, folded: str) -> list[Character]:
    """The characters of the folded form of a word, each with the span that it stands for.

    Args:
        word: as it is in its chunk, composed or not.
        start: where it begins there.
        folded: what it becomes.

    >>> _characters("ｶﾞｽ", 5, "ガス")
    [('ガ', 5, 7), ('ス', 7, 8)]
    """
    normal = normalize_chunk(word)
    text, first = normal.text, 0
    found: list[Character] = []
    for place in range(1, len(text) + 1):
        if len(found) >= len(folded):  # a term has no more of a long word
            break
        piece = fold(text[first:place])
        # What the next one melts into, as a sign of voicing into its kana, is one with it.
        if fold(text[first : place + 1]) != piece + fold(text[place : place + 1]):
            continue
        begin, end = normal.span(first, place)
        found += [(one, start + begin, start + end) for one in piece]
        first = place
    if "".join([one for one, _, _ in found[: len(folded)]]) == folded:
        return found[: len(folded)]
    return [(one, start, start + len(word)) for one in folded]


def _matching(
    text: str, characters: Collection[str], reaches: Sequence[int]
) -> list[tuple[int, int]]:
    """The stretches of a text that consist of some adjacent characters."""
    found: list[tuple[int, int]] = []
    for place in range(len(text)):
        for reach in reaches:
            behind = place + reach
            if behind <= len(text) and text[place:behind] in characters:
                if found and place < found[-1][1]:  # it goes on
                    found[-1] = found[-1][0], max(behind, found[-1][1])
                else:
                    found.append((place, behind))
    return found
