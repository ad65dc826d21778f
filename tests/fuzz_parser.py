"""Throw strings of all scripts and signs at the lenient parser, and see that its laws hold.

    python -m tests.fuzz_parser --strings 1000000 --seed 1

Each string parses without an error, its notices stand within it, and what it was read as prints as
what parses to the same, or as nothing. Every so many strings one is searched for as well.
"""

from __future__ import annotations

import argparse
from collections import Counter
from random import Random
from time import perf_counter
from typing import Final

from searchlib import Index, Or, QuerySyntaxError
from searchlib.query.nodes import ACCENTS
from searchlib.query.parser import parse
from tests.strategies import APOSTROPHES, LETTERS, WHITE_SPACE
from tests.test_parser import FRAGMENTS, SCHEMA, SEARCHED

SIGNS: Final = [
    *FRAGMENTS,
    *("=", "=~", "=?", "=a", "=~đ", "=?é", '="a b"', "=(", "=~(", "title:=", "tag:=", "==", "=>"),
    *("/", "//", "/a/", "/a.*/", "/a(/", r"/\//", "title:/a/", "tag:/a|b/", "n:/1/", "/[/", "/ /"),
    *("/a/^2", "/a{9}{9}{9}/", r"/\w\d\W/", "/)", "(/", "1/2", "a/b", "=/a/", "-/a/", "+=", "-=~a"),
]
#: What prints where nothing is left to look for.
NOTHING: Final = '{"type": "Or", "clauses": []}'
#: A random code point: of the first kilobytes, where the signs are, of the first plane, or any.
PLANES: Final = (0x250, 0x250, 0x10000, 0x110000)


def random_string(random: Random) -> str:
    """Return some pieces of syntax, words of one script, and anything at all."""
    letters = random.choice(tuple(LETTERS.values()))
    pieces = []
    for _ in range(random.randint(0, 10)):
        kind = random.random()
        if kind < 0.5:
            pieces.append(random.choice(SIGNS))
        elif kind < 0.8:
            pieces.append("".join(random.choices(letters, k=random.randint(1, 6))))
        elif kind < 0.9:
            pieces.append(random.choice(APOSTROPHES + WHITE_SPACE))
        else:
            pieces.append(chr(random.randrange(random.choice(PLANES))))
    return random.choice(("", "", " ")).join(pieces)


def check(text: str, *, regex: bool, is_strict: bool = True) -> int:
    """Check the laws on one string, of the strict parser too; return how many notices it gave."""
    query, notices = parse(text, SCHEMA, regex=regex)
    for notice in notices:
        assert notice.start is not None
        assert notice.end is not None
        assert 0 <= notice.start <= notice.end <= len(text), notice
    printed = str(query)
    if query == Or():  # no string says that there is nothing to look for
        assert printed == NOTHING
    else:
        again, _ = parse(printed, SCHEMA, regex=regex)
        assert again == query, (printed, query, again)
        assert str(again) == printed
    if not is_strict:
        return len(notices)
    try:
        strict = parse(text, SCHEMA, strict=True, regex=regex)
    except QuerySyntaxError as error:
        assert notices
        assert error.position == notices[0].start
    else:
        assert strict == (query, ())
    return len(notices)


def fuzz(strings: int, seed: int, *, every: int = 20, index: Index = SEARCHED) -> Counter[str]:
    """Check so many strings, and search for one of so many; return what was seen.

    Raises:
        AssertionError: a law does not hold; names the string.
    """
    random = Random(seed)
    seen: Counter[str] = Counter()
    for number in range(strings):
        text = random_string(random)
        regex = random.random() < 0.5
        try:
            noticed = check(text, regex=regex, is_strict=number % 4 == 0)
            if number % every == 0:
                accents = random.choice(ACCENTS)
                index.search(text, regex=regex, accents=accents, highlight=True)
                seen["searched"] += 1
        except Exception as error:
            raise AssertionError(f"string {number} of seed {seed}: {text!r}, {regex=}") from error
        seen["strings"] += 1
        seen["with notices"] += noticed > 0
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--search-every", type=int, default=20)
    options = parser.parse_args()
    started = perf_counter()
    seen = fuzz(options.strings, options.seed, every=options.search_every)
    took = perf_counter() - started
    print(f"{dict(seen)} in {took:.0f} s: {took / options.strings * 1e6:.0f} µs a string")


if __name__ == "__main__":
    main()
