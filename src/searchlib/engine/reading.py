"""How the words of a query are read: in which languages, and how freely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchlib.engine.store import Snapshot
from searchlib.errors import QueryError
from searchlib.glossary import Glossary
from searchlib.languages import UNDETERMINED, base_code
from searchlib.languages.detect import guess
from searchlib.query.nodes import Query, texts_of
from searchlib.schema import Schema

__all__ = ["Reading", "languages_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words of a query are read.

    Attributes:
        languages: the languages that the texts may be in; the first is the query's own.
        is_sure: whether it is sure that the query is in the first language.
        typos: whether a word that no document holds is taken for those near it.
        glossary: terms that stand for others; None for none.
        others: the languages in which these others are looked for.
    """

    languages: Sequence[str]
    is_sure: bool = False
    typos: bool = False
    glossary: Glossary | None = None
    others: Sequence[str] = ()


def languages_of(
    node: Query, snapshot: Snapshot, schema: Schema, language: str | None
) -> tuple[tuple[str, ...], bool]:
    """Return the languages whose analysis a query gets, its own first, and whether that is sure.

    Args:
        node: the query.
        snapshot: the commit that is searched.
        schema: its fields.
        language: the code that was given for the query's language; None to tell it from the query.

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
    own, is_sure = guess(" ".join(texts_of(node)), present)
    return (own, *(code for code in present if code != own)), is_sure
