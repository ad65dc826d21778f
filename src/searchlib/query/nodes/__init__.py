"""The parts of a query: frozen values that combine by ``&``, ``|`` and ``~`` and print as the
query string that parses to them."""

from searchlib.query.nodes.combined import (
    KINDS,
    LARGEST_BOOST,
    All,
    And,
    Boost,
    ConstantScore,
    Not,
    Or,
    Query,
    Should,
)
from searchlib.query.nodes.values import Exists, Range, Term, Value
from searchlib.query.nodes.words import (
    ACCENTS,
    LARGEST_SLOP,
    Accents,
    Fuzzy,
    Match,
    MoreLikeThis,
    Near,
    Phrase,
    Prefix,
    Regex,
    Words,
    words_of,
)

__all__ = [
    "ACCENTS",
    "LARGEST_BOOST",
    "LARGEST_SLOP",
    "Accents",
    "All",
    "And",
    "Boost",
    "ConstantScore",
    "Exists",
    "Fuzzy",
    "Match",
    "MoreLikeThis",
    "Near",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Regex",
    "Should",
    "Term",
    "Value",
    "Words",
    "words_of",
]

KINDS.update(
    (kind.__name__, kind)
    for kind in (
        *(Match, Phrase, Near, Prefix, Fuzzy, Regex, MoreLikeThis, Term, Range, Exists, All),
        *(And, Or, Not, Should, Boost, ConstantScore),
    )
)
