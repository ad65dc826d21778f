"""What somebody is typing → whole titles that it may become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import Token, View, unmarked
from searchlib.analysis.normalize import normal_text
from searchlib.engine.clauses import longest_characters
from searchlib.engine.layout import view_field
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.suggest import LONGEST, MOST_SEEN
from searchlib.engine.texts import is_run
from searchlib.engine.vocabulary import Vocabulary
from searchlib.languages import analyzer
from searchlib.query.nodes import Match
from searchlib.results import Suggestion
from searchlib.schema import Schema

__all__ = ["suggest_titles"]

_MOST_TITLES: Final = 60  # titles that hold what was typed, the best, that are compared


def suggest_titles(
    snapshot: Snapshot, schema: Schema, text: str, name: str, limit: int, code: str
) -> tuple[Suggestion, ...]:
    """Return the values of a text field that hold all words typed but the last, and a word that
    begins as the last does: those that begin as typed first, then those whose words begin so (the
    article of ``l'été`` is cut off them), then those that hold it in one piece.

    Args:
        snapshot: the commit.
        schema: its fields.
        text: what was typed.
        name: the text field.
        limit: how many.
        code: the language of what was typed.
    """
    kind = schema.text_fields[name]
    text = text[-LONGEST:]
    tokens = analyzer(code).tokens(text)
    if not tokens:
        return ()
    is_open = tokens[-1].end == len(text)
    whole = [token.folded for token in (tokens[:-1] if is_open else tokens)]
    start = tokens[-1].folded if is_open else ""
    vocabulary = Vocabulary(snapshot, schema.text_fields, {name: kind})

    def holding(word: str, view: View = View.FOLDED) -> tantivy.Query:
        return tantivy.Query.term_query(snapshot.schema, view_field(name, view), word, "freq")

    ends = [holding(word) for word, _ in vocabulary.beginning(start, MOST_SEEN)] if start else []
    ways: list[tantivy.Query] = []
    if ends or not start:
        held = list(map(holding, dict.fromkeys(whole)))
        ways.append(_all([*held, _any(ends)] if ends else held))
    # A dictionary cuts the beginning of a word otherwise than the word: its characters stay.
    run = _last_run(tokens) if is_open else ()
    if run:
        before = [token.folded for token in tokens[: -len(run)]]
        pairs = analyzer(code).pairs(text[run[0].start :])
        characters = longest_characters(pair.text for pair in pairs)
        held = list(map(holding, dict.fromkeys(before)))
        ways.append(_all([*held, *(holding(one, View.PAIR) for one in characters)]))
    if not ways:
        return ()
    query = ways[0] if len(ways) == 1 else _any(ways)
    _, page = snapshot.search(query, limit=max(_MOST_TITLES, 3 * limit), offset=0)
    typed, literally = " ".join([*whole, start]), _literal(text)
    found: dict[str, list[int]] = {}  # where it holds what was typed, its rank, its documents
    for rank, (_, address) in enumerate(page):
        stored = snapshot.document(address)
        value = schema.load(stored.source).get(name)
        own = analyzer(kind.language or stored.language)
        for title in dict.fromkeys([value] if isinstance(value, str) else value or ()):
            folded = own.views(title).folded
            place = f" {folded} ".find(f" {typed}")
            if run and place < 0:
                place = folded.replace(" ", "").find(typed.replace(" ", ""))
            if place < 0 and isinstance(value, list):
                continue  # another title of this document was found
            begins = _literal(title).startswith(literally)
            order = 0 if begins else 1 if place == 0 else 2 if place > 0 else 3
            found.setdefault(title, [order, rank, 0])[2] += 1
    titles = sorted(found, key=lambda title: found[title][:2])[:limit]
    return tuple(Suggestion(title, str(Match(title)), found[title][2]) for title in titles)


def _literal(text: str) -> str:
    """A text with its signs, but in small letters without marks, with one kind of apostrophe and
    single spaces.

    >>> _literal("L’École  d’été")
    "l'ecole d'ete"
    """
    return unmarked(" ".join(map(normal_text, text.split()))).casefold()


def _last_run(tokens: Sequence[Token]) -> Sequence[Token]:
    """The last words, if several stand without spaces between them."""
    place = len(tokens) - 1
    while place > 0 and is_run(tokens[place - 1 : place + 1]):
        place -= 1
    return tokens[place:] if place < len(tokens) - 1 else ()


def _all(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
