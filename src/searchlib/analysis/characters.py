"""Runs of scripts without spaces → their adjacent characters, as many at a time as the script asks
for (docs/adr/0013).

They run across word boundaries: a dictionary may cut a query and a document differently, their
characters stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import add

from searchlib._typing import TypeAlias
from searchlib.analysis.segment import is_alphabetic, reaches

__all__ = ["Character", "adjacent", "spelt_out"]

#: One character of a run, and the span of what it stands for.
Character: TypeAlias = tuple[str, int, int]


def adjacent(run: list[Character]) -> Iterator[Character]:
    """Yield the adjacent characters of a run, and the span of each.

    >>> [term for term, _, _ in adjacent([("绿", 0, 1), ("茶", 1, 2)])]
    ['绿', '绿茶', '茶']
    """
    text = "".join([character for character, _, _ in run])
    length = len(run)
    for place, (character, start, _) in enumerate(run):
        for reach in reaches(character):
            behind = place + reach
            if behind <= length:
                yield text[place:behind], start, run[behind - 1][2]


def spelt_out(runs: str) -> str:
    """Return the adjacent characters of runs that spaces part: each ends in a space, their order is
    of no account.

    >>> spelt_out(" 绿茶  茶")
    '绿 茶 绿茶 茶 '
    """
    return "".join(map(_of_run, runs.split()))


def _of_run(run: str) -> str:
    alphabetic = is_alphabetic(run)
    if alphabetic is None:  # two kinds of script in one run
        found = [term for term, _, _ in adjacent([(character, 0, 0) for character in run])]
    elif alphabetic:
        found = [run[place : place + 2] for place in range(len(run) - 1)]
        found += [run[place : place + 3] for place in range(len(run) - 2)]
    else:
        found = [*run, *map(add, run, run[1:])]
    return " ".join(found) + " " if found else ""
