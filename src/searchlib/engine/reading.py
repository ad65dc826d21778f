"""How the words of a query are read: in which languages, by which marks, and how freely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from searchlib._dataclass import NamedTuple, dataclass
from searchlib.analysis import unmarked
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import QueryError
from searchlib.languages import UNDETERMINED, base_code
from searchlib.query.nodes import ACCENTS, Accents, And, MoreLikeThis, Query, Words, words_of
from searchlib.schema import Schema

if TYPE_CHECKING:
    from searchlib.glossary import Glossary

__all__ = ["Reading", "ReadingOptions", "check_accents", "read_text", "telling_texts", "texts_of"]


class Reading(NamedTuple):
    """How the words of a query are read.

    Attributes:
        languages: the languages that the texts may be in; the first is the query's own.
        is_sure: whether it is sure that the query is in the first language.
        typos: whether a word that no document holds is taken for those near it.
        accents: what marks do to words whose node does not say it.
        glossary: terms that stand for others; None for none.
        others: the languages in which these others are looked for; none without a glossary.
    """

    languages: Sequence[str]
    is_sure: bool = False
    typos: bool = False
    accents: Accents = "prefer"
    glossary: Glossary | None = None
    others: Sequence[str] = ()


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


def telling_texts(node: Query, accents: Accents) -> tuple[str, ...]:
    """Return the texts that tell in which language a query is, and whether with marks: those that
    it looks for, or, where there are none, those that it excludes. So they are read as where they
    are looked for."""
    return tuple(texts_of(node, accents)) or tuple(texts_of(node, accents, excluded=True))


def texts_of(node: Query, accents: Accents, *, excluded: bool = False) -> Iterator[str]:
    """Yield the texts that a query looks for, as they are read, and on demand those that it
    excludes."""
    for words in words_of(node, excluded=excluded):
        if isinstance(words, MoreLikeThis):
            if isinstance(words.text, str):
                yield words.text
        elif isinstance(words.text, str):
            yield read_text(words, accents)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a caller of ``search`` says about how words are read.

    Attributes:
        language: the code of the query's language; None tells it from the query.
        typos, accents, glossary: as in ``Reading``.

    Raises:
        QueryError: a mode of accents is none, or something else is given for a glossary.
    """

    language: str | None = None
    typos: bool = True
    accents: Accents = "prefer"
    glossary: Glossary | None = None

    @staticmethod
    def of(
        language: str | None, typos: bool, accents: Accents, glossary: Glossary | None
    ) -> ReadingOptions:
        """Return these options; those of nearly every search are made and checked once."""
        if language is None and typos is True and accents == "prefer" and glossary is None:
            return _USUAL
        return ReadingOptions(language, typos, accents, glossary)

    def __post_init__(self) -> None:
        check_accents(self.accents)
        if not (self.glossary is None or _is_glossary(self.glossary)):
            raise QueryError(f"a glossary is a Glossary, not {type(self.glossary).__name__}")

    @property
    def digest(self) -> tuple[object, ...]:
        """What tells these options from others; its repr is the same in all processes."""
        glossary = None if self.glossary is None else self.glossary.digest
        return self.language, self.typos, self.accents, glossary

    def reading(
        self, node: Query, snapshot: Snapshot, schema: Schema, added: Sequence[str] = ()
    ) -> Reading:
        """Return how the words of a query are read.

        Args:
            node: the query.
            snapshot: the commit that is searched.
            schema: its fields.
            added: languages of documents that are not in that commit yet.

        Raises:
            QueryError: the language is no code.
        """
        languages, is_sure = self._languages(node, snapshot, schema, added)
        if self.glossary is None:
            return Reading(languages, is_sure, self.typos, self.accents)
        others = tuple(dict.fromkeys([*snapshot.languages, *schema.languages]))
        return Reading(languages, is_sure, self.typos, self.accents, self.glossary, others)

    def narrowing(
        self, reading: Reading, filters: Sequence[Query], snapshot: Snapshot, schema: Schema
    ) -> Reading:
        """Return how the words of filters are read: in the language of their own, as where they say
        what is to be deleted.

        Args:
            reading: how those of the query are.
            filters: what narrows it.
            snapshot: the commit that is searched.
            schema: its fields.
        """
        if self.language is not None or len(reading.languages) == 1:
            return reading
        both = And(*filters)
        # Even where they are all excluded, it is not for the query's words to tell their language.
        if next(words_of(both, excluded=True), None) is None:
            return reading
        languages, is_sure = self._languages(both, snapshot, schema)
        return reading._replace(languages=languages, is_sure=is_sure)

    def _languages(
        self, node: Query, snapshot: Snapshot, schema: Schema, added: Sequence[str] = ()
    ) -> tuple[tuple[str, ...], bool]:
        """The languages whose analysis a query gets, its own first, and whether that is sure."""
        if self.language is not None:
            try:
                return (base_code(self.language),), True
            except (ValueError, TypeError):
                raise QueryError(
                    f"language is a code such as 'vi' or 'pt-BR', not {self.language!r}"
                ) from None
        present = snapshot.languages
        if added:
            present = tuple(dict.fromkeys([*present, *added]))
        present = present or tuple(schema.languages) or (UNDETERMINED,)
        if len(present) == 1:
            return present, True
        from searchlib.languages.detect import guess  # an index of one language asks for no guess

        own, is_sure = guess(" ".join(telling_texts(node, self.accents)), present)
        return (own, *(code for code in present if code != own)), is_sure


_USUAL: Final = ReadingOptions()


def _is_glossary(given: object) -> bool:
    from searchlib.glossary import Glossary  # which only those load who have one

    return isinstance(given, Glossary)
