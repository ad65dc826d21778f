"""The page of a language: made of its module and of what its golden file tests, so that neither can
say anything else. A page written by hand (docs/languages/vi.md) ends with the same facts."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from typing import Final

from searchlib import analyze
from searchlib.analysis import Language, View, Weights
from searchlib.analysis.fold import fold, lower
from searchlib.analysis.segment import is_unspaced, reaches
from searchlib.languages import language
from tests.golden_files import GOLDEN, Line, read

#: Signs that nobody would see.
_UNSEEN: Final = re.compile(r"[^\S ]|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def language_page(code: str) -> str:
    """The whole page of a language that has none written by hand."""
    own = language(code)
    prose = inspect.getdoc(import_module(f"searchlib.languages.{own.code}")) or ""
    return f"# {own.name}\n\n{prose}\n\n{facts(code)}"


def facts(code: str) -> str:
    """What holds for a language: its rules, a text taken apart, and what is tested."""
    own = language(code)
    lines = list(read(GOLDEN / f"{code}.txt"))
    sample = next(line.text for line in lines if line.text)
    return "\n".join(
        [
            "## Rules\n",
            *_rules(own, sample),
            "\n## What a text becomes\n",
            f"`print(analyze({sample!r}, {code!r}))`\n",
            f"```text\n{analyze(sample, code)}\n```",
            "\n## What is found\n",
            f"Each line is a test, written by hand in `tests/golden/{code}.txt`.\n",
            *_found(lines),
            *_written(lines),
            *_function_words(own),
        ]
    )


def _rules(own: Language, sample: str) -> Iterator[str]:
    yield f"| code | `{own.code}` |\n|---|---|"
    yield f"| written form | {_rule(own.written, lower, 'lower case, marks kept')} |"
    yield "| folded form | marks removed, as in every language |"
    if own.stemmer is None:
        yield "| stem | none |"
    else:
        by = f"Snowball, `{own.stemmer}`" if isinstance(own.stemmer, str) else _first(own.stemmer)
        cut = f"; its first {own.stem_letters} letters count" if own.stem_letters else ""
        yield f"| before stemming | {_rule(own.stem_input, fold, 'fold')} |"
        yield f"| stem | {by}{cut} |"
    yield f"| pairs | adjacent {_pairs(own, sample)} |"
    yield f"| function words | {len(own.stop_words) or 'none'} |"
    if own.keys:
        names = (key.__name__.removeprefix("from_") for key in own.keys)
        yield f"| keys read | {', '.join(names)} |"
    yield f"| weights, no mark typed | {_weights(own.plain)} |"
    yield f"| weights, a mark typed | {_weights(own.marked)} |"


def _pairs(own: Language, sample: str) -> str:
    letter = next(char for char in sample if char.isalpha())
    if is_unspaced(letter):
        fewest, most = reaches(letter)
        return f"characters, {fewest} and {most} of them"
    return "stems, function words stepped over" if own.pairs_of_stems else "folded words"


def _rule(rule: object, default: object, words: str) -> str:
    return words if rule is default else _first(rule)


def _first(rule: object) -> str:
    """The first sentence of what a rule says of itself."""
    text = " ".join((inspect.getdoc(rule) or "").split("\n\n")[0].split())
    return text[:1].lower() + text[1:].rstrip(".")


def _weights(weights: Weights) -> str:
    shown = ((view, float(getattr(weights, view))) for view in View)
    return ", ".join(f"{view} {weight:g}" for view, weight in shown if weight)


def _found(lines: list[Line]) -> Iterator[str]:
    yield "| text | found by | not by |\n|---|---|---|"
    for text, group in groupby((line for line in lines if line.text), key=lambda line: line.text):
        parts: dict[str, list[str]] = {"found": [], "missed": []}
        for line in group:
            if line.key in parts:
                parts[line.key] += line.parts()
        yield f"| {_cell([text])} | {_cell(parts['found'])} | {_cell(parts['missed'])} |"


def _written(lines: list[Line]) -> Iterator[str]:
    pairs = [line.value for line in lines if line.key == "written"]
    if not pairs:
        return
    for sign, says in ((" = ", "Written alike"), (" != ", "Written apart")):
        some = [value.replace(sign, sign.replace("!=", "≠")) for value in pairs if sign in value]
        if some:
            yield f"\n{says}: {_cell(some)}."


def _function_words(own: Language) -> Iterator[str]:
    if own.stop_words:
        yield "\n## Function words\n"
        yield "Dropped from the words of a query while another remains; phrases find them.\n"
        yield " · ".join(sorted(own.stop_words))


def _cell(parts: list[str]) -> str:
    """Texts for a table or a line, with signs that nobody could see written out."""
    shown = (_UNSEEN.sub(_escape, part).replace("|", r"\|") for part in parts)
    return ", ".join(f"`` {part} ``" for part in shown)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
