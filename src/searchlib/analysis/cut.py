"""Word → the parts that people search for: rules that hold in every language.

They do not depend on the language on purpose: a document whose language was mistaken is still
found by each of its words. What depends on the language is written with the language.

- ``l’été`` → ``été``: French, Italian and Catalan articles and pronouns are elided
  (``aujourd’hui``, ``prud’homme``, ``quelqu’un``, ``O’Brien``, ``don’t`` stay whole);
- ``ICESCO’s`` → ``ICESCO``;
- ``étudiant·e·s``, ``étudiant.e.s``, ``name@host.org``, ``snake_case`` → their parts, but
  ``U.S.A``, ``3.14`` and Catalan ``col·lecció`` stay whole.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

from searchlib._later import regex
from searchlib.analysis.normalize import APOSTROPHE

__all__ = ["cut"]

# French: l m t s n j d c ç qu and their compounds. Italian adds the articles joined to
# prepositions, pronouns and short adjectives; Catalan's (l d m t s n) are among the French.
_ELISION: Final = regex(
    "(?:[lmtsnjdcç]|qu|jusqu|lorsqu|puisqu|quoiqu"
    "|un|dell|nell|dall|sull|all|coll|gl|degl|negl|dagl|sugl|quest|quell|bell|sant|tutt|quant)'"
    "(?=[^\\W_])(?!s$)",  # AT&T's
    re.IGNORECASE,
)
_LOOSE: Final = regex("'[\\W_]*$")  # before @, say
_POSSESSIVE: Final = ("'s", "'S")
_ACRONYM: Final = regex("[^\\W\\d_](?:\\.[^\\W\\d_])+")
_JOINT: Final = regex("[@_:\u2027]+|(?<![lL])·|·(?![lL])|(?<!\\d)\\.|\\.(?!\\d)")
_SIGNS: Final = regex("[\\W_]+")
_HAS_JOINT: Final = regex("['@_:.·\u2027]")


def cut(word: str) -> list[tuple[int, int]]:
    """Return the spans of the parts of one normalised word, in code points of that word.

    >>> [("l'été"[s:e]) for s, e in cut("l'été")]
    ['été']
    >>> ["étudiant.e.s"[s:e] for s, e in cut("étudiant.e.s")]
    ['étudiant', 'e', 's']
    """
    if not _HAS_JOINT.search(word) or _ACRONYM.fullmatch(word):
        return [(0, len(word))]
    joints = list(_JOINT.finditer(word))
    starts = [0, *(joint.end() for joint in joints)]
    ends = [*(joint.start() for joint in joints), len(word)]
    parts: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        # A mark without its letter, as on @, is no word and begins none: nor would it in a query.
        while start < end and (word[start] == APOSTROPHE or _is_mark(word[start])):
            start += 1
        if start < end and not _SIGNS.fullmatch(word, start, end):
            parts.append(_trim(word, start, end))
    return parts


def _is_mark(char: str) -> bool:
    """Whether a character belongs to the one before it: a mark, a sign that nobody sees, or the
    colour of an emoji."""
    return category(char) in ("Mn", "Mc", "Me", "Cf") or "\U0001f3fb" <= char <= "\U0001f3ff"


def _trim(word: str, start: int, end: int) -> tuple[int, int]:
    """A part without what is elided, or added by an apostrophe."""
    if APOSTROPHE not in word:
        return start, end
    if (loose := _LOOSE.search(word, start, end)) is not None:
        end = loose.start()
    while elided := _ELISION.match(word, start, end):
        start = elided.end()
    while end - start > 2 and word.endswith(_POSSESSIVE, start, end):
        end -= 2
    return start, end
