"""What one search asks of one index: all of a search that is over one, a part of one over several.

>>> from searchlib.fields import Keyword
>>> from searchlib.query.nodes import Boost, Term
>>> laws, all_fields = Schema({}), Schema({"author": Keyword()})
>>> narrowed_to(laws, all_fields, Boost(Term("author", "Salim"), 2.0))
Boost(clause=Or(clauses=()), factor=2.0)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import NamedTuple, replace
from searchlib._later import regex
from searchlib.engine.compiler import Compiled, Compiler
from searchlib.engine.layout import LANGUAGE
from searchlib.engine.ranking import Ranking
from searchlib.engine.reading import Reading, ReadingOptions
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import QueryError
from searchlib.query.nodes import (
    And,
    Boost,
    ConstantScore,
    Exists,
    Fuzzy,
    Match,
    MoreLikeThis,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Should,
    Term,
)
from searchlib.query.rank import Rank
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["Part", "Source", "narrowed_to", "notices_of", "parts_of"]

_WORD: Final = regex(r"\w+")
_COMPILED: Final = "compiled"
_MOST_COMPILED: Final = 200  # queries that a commit remembers


class Source(NamedTuple):
    """One index that is searched.

    Attributes:
        name: what it is called; None where the search is over one.
        schema: its fields.
        snapshot: its commit.
    """

    name: str | None
    schema: Schema
    snapshot: Snapshot


class Part:
    """What one search asks of one index.

    Args:
        source: the index.
        whole: the fields of all indexes that are searched.
        reading: how its words are read.
        narrowing: how those of the filters are.
        node: the query.
        filters: what narrows it.
        ranks: what raises scores besides.
        moment: the present, in microseconds since 1970.
        digest: what tells this query, as read here, from others but for its filters; the commit
            remembers the last ones compiled. None where others are searched beside it, which it
            depends on.

    Attributes:
        name, schema, snapshot: those of the index.
        ranking: orders by score, fields included.
        compiled: the query as it was read for this index.
        query: tantivy's.
        key: what tells it from others that this commit was asked; None without a digest.
        notices: what the compiler had to say.
    """

    def __init__(
        self,
        source: Source,
        whole: Schema,
        reading: Reading,
        narrowing: Reading,
        node: Query,
        filters: Sequence[Query],
        ranks: Sequence[Rank] = (),
        moment: int = 0,
        digest: object | None = None,
    ) -> None:
        self.name, self.schema, self.snapshot = source
        own = [rank for rank in ranks if rank.field in self.schema.fields]
        self.ranking = Ranking(self.snapshot, self.schema, own, moment)
        self._readings = reading, narrowing
        self._whole = whole
        self._node = self._own(node)
        self._filters = filters
        # In words, because 1, 1.0 and True are equal, and what is no option may be a list.
        self.key = None if digest is None else repr((filters, digest))
        self.compiled = self._remembered()
        self.query = self.compiled.query
        self.notices = self.compiled.notices

    def narrowed(self, filters: Sequence[Query]) -> tantivy.Query:
        """Return the query with these filters in place of all."""
        return self.query if list(filters) == list(self._filters) else self._compiled(filters).query

    def has(self, field: str) -> bool:
        """Whether the index has a field that is no text."""
        return field == LANGUAGE or field.partition(".")[0] in self.schema.fields

    def _remembered(self) -> Compiled:
        """The query compiled, now or lately: people turn pages, and many ask for the same."""
        if self.key is None:
            return self._compiled(self._filters)
        known = self.snapshot.kept.setdefault(_COMPILED, {})
        found: Compiled | None = known.get(self.key)
        if found is None:
            found = self._compiled(self._filters)
            if len(known) >= _MOST_COMPILED:
                known.clear()
            known[self.key] = found
        return found

    def _compiled(self, filters: Iterable[Query]) -> Compiled:
        compiler = Compiler(self.schema, self.snapshot, *self._readings)
        return compiler.compiled(self._node, [self._own(node) for node in filters])

    def _own(self, node: Query) -> Query:
        return node if self.schema is self._whole else narrowed_to(self.schema, self._whole, node)


def parts_of(
    sources: Sequence[Source],
    whole: Schema,
    node: Query,
    filters: Sequence[Query],
    options: ReadingOptions,
    ranks: Sequence[Rank],
    moment: int,
    said: tuple[object, ...],
) -> list[Part]:
    """Return what a search asks of each index.

    Args:
        sources: the indexes.
        whole: the fields of all of them.
        node: the query.
        filters: what narrows it.
        options: how words are to be read.
        ranks: what raises scores besides.
        moment: the present, in microseconds since 1970.
        said: what tells the node from others: itself, or what it was made of.
    """
    reading = options.reading(node, sources[0].snapshot, whole)
    narrowing = options.narrowing(reading, filters, sources[0].snapshot, whole)
    return [
        Part(
            source,
            whole,
            reading,
            narrowing,
            node,
            filters,
            ranks,
            moment,
            (*said, *options.digest) if source.name is None else None,
        )
        for source in sources
    ]


def notices_of(parts: Sequence[Part], query: object) -> tuple[Notice, ...]:
    """Return what the compilers had to say, each thing once, with its place in the query string
    where it stands there as typed."""
    typed = {notice: words for part in parts for notice, words in part.notices.items()}
    return tuple(
        _placed(notice, words, query)
        for notice, words in typed.items()
        # Words are looked for in the indexes that have text.
        if notice.code != "no-text" or all(notice in part.notices for part in parts)
    )


def _placed(notice: Notice, typed: str | None, query: object) -> Notice:
    """A notice about words with their place in the query.

    Nodes do not know where they were parsed from: they are values, alike wherever they stood.
    """
    if typed and isinstance(query, str):
        start = query.find(typed)
        while start >= 0:
            end = start + len(typed)
            if not (_goes_on(query, start) or _goes_on(query, end)):
                return Notice(notice.code, notice.message, start, end)
            # No word begins within another: what is one word of a million letters is left at once.
            word = _WORD.match(query, start)
            start = query.find(typed, start + 1 if word is None else word.end())
    return notice


def _goes_on(text: str, place: int) -> bool:
    """Whether a word goes on from before a place to behind it."""
    before, behind = text[place - 1 : place], text[place : place + 1]
    return (before.isalnum() or before == "_") and (behind.isalnum() or behind == "_")


def narrowed_to(schema: Schema, whole: Schema, node: Query) -> Query:
    """Return what a node means to one index of several: a field that only others have matches
    nothing in it, and the id has its name.

    Raises:
        QueryError: no index has a field.
    """
    match node:
        case (
            Match()
            | Phrase()
            | Prefix()
            | Fuzzy()
            | Near()
            | Regex()
            | MoreLikeThis()
            | Term()
            | Range()
            | Exists()
        ):
            field = node.field
            if field is None or field == LANGUAGE:
                return node
            if field == whole.id:
                return replace(node, field=schema.id)
            if field in schema.fields:
                return node
            if field not in whole.fields:
                known = ", ".join([whole.id, *whole.fields])
                raise QueryError(f"there is no field {field!r}; the indexes have {known}")
            return Or()
        case And(clauses) | Or(clauses):
            return type(node)(*(narrowed_to(schema, whole, clause) for clause in clauses))
        case Not(clause) | Should(clause):
            return type(node)(narrowed_to(schema, whole, clause))
        case Boost(clause, _) | ConstantScore(clause, _):
            return replace(node, clause=narrowed_to(schema, whole, clause))
        case _:
            return node
