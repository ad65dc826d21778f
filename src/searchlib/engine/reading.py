"""How the words of a query are read: in which languages, by which marks, and how freely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchlib.analysis import unmarked
from searchlib.engine.store import Snapshot
from searchlib.errors import QueryError
from searchlib.languages import UNDETERMINED, base_code
from searchlib.languages.detect import guess
from searchlib.query.nodes import ACCENTS, Accents, Query, Words, words_of
from searchlib.schema import Schema

__all__ = ["Reading", "check_accents", "languages_of", "read_text", "texts_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words of a query are read.

    Attributes:
        languages: the languages that the texts may be in; the first is the query's own.
        is_sure: whether it is sure that the query is in the first language.
        typos: whether a word that no document holds is taken for those near it.
        accents: what marks do to words whose node does not say it.
    """

    languages: Sequence[str]
    is_sure: bool = False
    typos: bool = False
    accents: Accents = "prefer"


def check_accents(accents: Accents) -> Accents:
    """Return a mode of accents.

    Raises:
        QueryError: it is none.
    """
    if accents not in ACCENTS:
        known = ", ".join(map(repr, ACCENTS))
        raise QueryError(f"accents is one of {known}, not {accents!r}")
    return accents


def read_text(node: Words, accents: Accents) -> str:
    """Return the text that is looked for: without marks where these are ignored."""
    text = node.text
    is_bare = (node.accents or accents) == "ignore" and isinstance(text, str)
    return unmarked(text) if is_bare else text


def texts_of(node: Query, accents: Accents) -> Iterator[str]:
    """Yield the texts that a query looks for, as they are read."""
    for words in words_of(node):
        if isinstance(words.text, str):
            yield read_text(words, accents)


def languages_of(
    node: Query,
    snapshot: Snapshot,
    schema: Schema,
    language: str | None,
    accents: Accents = "prefer",
) -> tuple[tuple[str, ...], bool]:
    """Return the languages whose analysis a query gets, its own first, and whether that is sure.

    Args:
        node: the query.
        snapshot: the commit that is searched.
        schema: its fields.
        language: the code that was given for the query's language; None to tell it from the query.
        accents: what marks do.

    Raises:
        QueryError: it is no code.
    """
    if language is not None:
        try:
            return (base_code(language),), True
        except (ValueError, TypeError):
            raise QueryError(
                f"language is a code such as 'vi' or 'pt-BR', not {language!r}"
            ) from None
    present = snapshot.languages or tuple(schema.languages) or (UNDETERMINED,)
    own, is_sure = guess(" ".join(texts_of(node, accents)), present)
    return (own, *(code for code in present if code != own)), is_sure
