"""Every language does to its words what its golden file expects: tests/golden/README.md."""

from __future__ import annotations

import re
from typing import Final

import pytest

from searchlib.analysis import Analyzer
from searchlib.languages import analyzer, known_languages
from tests.golden_files import GOLDEN, Line, read

LINES: Final = [line for path in sorted(GOLDEN.glob("*.txt")) for line in read(path)]


def lines(key: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("line", [x for x in LINES if x.key == key], ids=str)


def shared_terms(analyzer: Analyzer, query: str, text: str) -> dict[str, bool]:
    """Return each word of a query, and whether it shares a folded or stem term with the text."""
    folded = {token.folded for token in analyzer.tokens(text)}
    stems = {token.stem for token in analyzer.tokens(text) if token.stem is not None}
    return {
        token.text: token.folded in folded or token.stem in stems
        for token in analyzer.tokens(query)
    }


def test_each_language_has_a_golden_file_and_each_file_a_language() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == list(known_languages())


@pytest.mark.parametrize("code", known_languages())
def test_each_golden_file_says_what_is_found_and_missed(code: str) -> None:
    assert {"found", "missed"} <= {line.key for line in LINES if line.code == code}


@lines("words")
def test_words(line: Line) -> None:
    tokens = analyzer(line.code).tokens(line.text)
    assert [token.text for token in tokens] == line.parts()
    position = 0
    for token in tokens:
        assert token.start >= position
        assert line.text[token.start : token.end] == token.text
        position = token.end


@lines("found")
def test_found(line: Line) -> None:
    for query in line.parts():
        shared = shared_terms(analyzer(line.code), query, line.text)
        assert shared, f"{query!r} holds no word"
        assert all(shared.values()), f"{query!r}: {shared}"


@lines("missed")
def test_missed(line: Line) -> None:
    for query in line.parts():
        shared = shared_terms(analyzer(line.code), query, line.text)
        assert shared, f"{query!r} holds no word"
        assert not any(shared.values()), f"{query!r}: {shared}"


@lines("written")
def test_written(line: Line) -> None:
    one, sign, two = re.split(r" (!?=) ", line.value)
    (first,), (second,) = (analyzer(line.code).tokens(word) for word in (one, two))
    assert (first.written == second.written) == (sign == "="), (first.written, second.written)
