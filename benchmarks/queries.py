"""Queries that find something: words, phrases and questions cut out of the documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from random import Random
from typing import Any, Final

from benchmarks.relevance.variants import vary
from searchlib import Token, analyze

__all__ = ["KINDS", "queries"]

# What the query syntax would take for more than letters.
_SYNTAX: Final = re.compile(r'["“”„«»(){}\[\]:^*\\]|(?<!\S)(?:[+-]|(?:AND|OR|NOT)(?!\S))')
_BEGINNING: Final = 4  # letters of a word that somebody is typing


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    tokens: list[Token]

    @property
    def adjacent(self) -> list[tuple[Token, Token]]:
        """The pairs of words with nothing but white space between them."""
        return [
            (one, two)
            for one, two in pairwise(self.tokens)
            if not self.text[one.end : two.start].strip()
        ]

    def between(self, first: Token, last: Token) -> str:
        return " ".join(_SYNTAX.sub(" ", self.text[first.start : last.end]).split())


def _word(source: _Source, random: Random) -> str:
    one = random.choice(_telling(source.tokens))
    return source.between(one, one)


def _two_words(joint: str) -> Callable[[_Source, Random], str]:
    def make(source: _Source, random: Random) -> str:
        return f"{_word(source, random)}{joint}{_word(source, random)}"

    return make


def _phrase(source: _Source, random: Random) -> str:
    return f'"{source.between(*random.choice(source.adjacent))}"'


def _prefix(source: _Source, random: Random) -> str:
    """What somebody has typed of a word."""
    words = _telling(source.tokens)
    long = [one for one in words if len(one.text) > _BEGINNING + 2] or words
    one = random.choice(long)
    return source.between(one, one)[:_BEGINNING] + "*"


def _question(source: _Source, random: Random) -> str:
    length = random.randint(6, 8)
    start = random.randrange(max(len(source.tokens) - length, 1))
    words = source.tokens[start : start + length]
    return source.between(words[0], words[-1])


def _unmarked(source: _Source, random: Random) -> str:
    return vary("unmarked", "", _question(source, random), 0)


#: Kind → how it is made from a text.
KINDS: Final[dict[str, Callable[[_Source, Random], str]]] = {
    "one word": _word,
    "two words": _two_words(" OR "),
    "both words": _two_words(" AND "),
    "phrase": _phrase,
    "prefix": _prefix,
    "question": _question,
    "question unmarked": _unmarked,
}


def queries(documents: Sequence[dict[str, Any]], kind: str, count: int, seed: int = 1) -> list[str]:
    """Return so many queries of a kind, each from another document and sure to find it."""
    random = Random(f"{seed}/{kind}")
    sources = _sources(random.sample(documents, len(documents)))
    return [KINDS[kind](source, random) for source in islice(sources, count)]


def _sources(documents: Sequence[dict[str, Any]]) -> Iterator[_Source]:
    for document in documents:
        text = document["text"][:2_000]
        tokens = analyze(text, document["lang"]).tokens
        source = _Source(text, list(tokens))
        if len(_telling(tokens)) >= 10 and source.adjacent:
            yield source


def _telling(tokens: Sequence[Token]) -> list[Token]:
    """The words that somebody would search for."""
    return [t for t in tokens if not t.is_stop and len(t.text) > 1 and t.text.isalpha()]
