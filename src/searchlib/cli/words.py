"""Commands about words: ``analyze`` and ``suggest``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from searchlib import languages
from searchlib.analysis import Analysis
from searchlib.cli.codes import ExitCode, UsageError
from searchlib.cli.complete import text_names
from searchlib.cli.parameters import Flag, several
from searchlib.cli.show import columns, language_name, lines_of
from searchlib.cli.terminal import out, print_json, safe, standard_input, width
from searchlib.index import Index
from searchlib.languages.detect import identify

__all__ = ["analyze", "suggest"]


def analyze(*text: str, language: str | None = None, json: Flag = False) -> None:
    """Show what a text becomes in an index.

    Args:
        text: The text; without any, what stands on the standard input.
        language: The code of its language; told from the text where it is not given.
        json: One object of JSON.
    """
    whole = " ".join(text)
    if not whole:
        stream = standard_input()
        if not text and stream.isatty():
            raise UsageError("a text is missing: searchlib analyze TEXT, or something on its input")
        whole = stream.read()
    try:
        found = languages.analyze(whole, language or identify(whole))
    except ValueError as error:
        raise UsageError(f"--language: {error}") from error
    if json:
        tokens = [token._asdict() for token in found.tokens]
        print_json({**asdict(found), "tokens": tokens})
    else:
        _show(found)


def _show(found: Analysis) -> None:
    """The words as a table, then the pairs of them."""
    rows = [("span", "text", "written", "folded", "stem", "")]
    for token in found.tokens:
        rows.append(
            (
                f"{token.start}-{token.end}",
                safe(token.text),
                token.written,
                token.folded,
                token.stem or "",
                "function word" if token.is_stop else "",
            )
        )
    out().print(Text(language_name(found.language), "bold"))
    for place, line in enumerate(columns(rows, width())):
        line.rstrip()
        out().print(line, soft_wrap=True, style="bright_black" if place == 0 else "")
    if found.pair:
        pairs = Text("pairs: " + " ".join(term.text for term in found.pair))
        for line in lines_of(pairs, width(), len(found.pair)):
            out().print(line, soft_wrap=True)


def suggest(
    index: Path,
    typed: str,
    /,
    *,
    field: Annotated[tuple[str, ...], several(text_names)] = (),
    titles: Annotated[str | None, Parameter(completer=text_names)] = None,
    limit: int = 10,
    language: str | None = None,
    json: Flag = False,
) -> int:
    """Complete what somebody is typing.

    Args:
        index: Its folder.
        typed: The text so far; after a space at its end, the next word is told.
        field: A text field whose words count, in place of all. May be given several times.
        titles: A text field whose whole values to look for, in place of words.
        limit: How many suggestions.
        language: The code of its language.
        json: One suggestion a line as JSON.
    """
    opened = Index.open(index)
    if titles is not None:
        found = opened.suggest_titles(typed, titles, limit=limit, language=language)
    else:
        fields = field or None
        found = opened.suggest(typed, fields=fields, limit=limit, language=language)
    if json:
        for one in found:
            print_json(asdict(one))
        return ExitCode.OK if found else ExitCode.NOTHING
    for line in columns([(f"{one.documents:,}", safe(one.query)) for one in found], width(), {0}):
        out().print(line, soft_wrap=True)
    return ExitCode.OK if found else ExitCode.NOTHING
