"""Query nodes → tantivy's queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import log
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import has_marks
from searchlib.engine.layout import ID, LANGUAGE
from searchlib.engine.store import Snapshot
from searchlib.engine.terms import LONGEST_TEXT, MOST_WORDS
from searchlib.engine.words import Clause, WordCompiler
from searchlib.errors import QueryError
from searchlib.fields import Field, Float, Keyword, Text
from searchlib.highlight import Needles
from searchlib.query.nodes import (
    LARGEST_BOOST,
    All,
    And,
    Boost,
    Match,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Should,
    Term,
    Value,
    texts_of,
)
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["Compiler", "filter_fields"]

# What a document in the query's own language gets, where others are in the index: so much of the
# idf of a word that stands in one document.
_OWN_LANGUAGE: Final = 0.25

_MUST, _SHOULD, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_KEYWORD: Final = Keyword()


class Compiler:
    """Compiles the nodes of one search.

    Args:
        schema, engine_schema: the fields, ours and tantivy's.
        snapshot: the commit that is searched.
        languages: the languages that the texts may be in; the first is the query's own.
        is_sure: whether it is sure that the query is in the first language.
        typos: whether a word that no document holds is taken for those near it.

    Attributes:
        language: the code of the query's own language.
        clauses: what the last query compiled looks for, in its order, filters apart.
    """

    def __init__(
        self,
        schema: Schema,
        engine_schema: tantivy.Schema,
        snapshot: Snapshot,
        languages: Sequence[str],
        *,
        is_sure: bool = False,
        typos: bool = False,
    ) -> None:
        self._schema = schema
        self._engine_schema = engine_schema
        self._words = WordCompiler(
            engine_schema, snapshot, languages, schema.text_fields, is_sure=is_sure, typos=typos
        )
        others = len(snapshot.languages) > 1 and languages[0] in snapshot.languages
        self._preferred = languages[0] if others and is_sure else None
        self._preference = _OWN_LANGUAGE * log(1 + len(snapshot))
        self._is_filter = False
        self._factor = 1.0
        self.language = languages[0]
        self.clauses: list[Clause] = []

    @property
    def needles(self) -> Mapping[str, Needles]:
        """Text field → what to highlight in it."""
        return self._words.needles

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was left out, and words that no document holds."""
        return tuple(self._words.notices)

    def compile(self, query: Query, filters: Iterable[Query] = ()) -> tantivy.Query:
        """Return tantivy's query for a node, narrowed by filters that add nothing to scores.

        Raises:
            QueryError: a node names a field that is not there or not of its type.
        """
        texts = tuple(texts_of(query))
        self._words.begin(is_marked=any(map(has_marks, texts)))
        self.clauses = []
        narrowing = [(_MUST, self.compile_filter(node)) for node in filters]
        preferred = self._preferring() if texts else []
        if not isinstance(query, (Match, Or)):
            compiled = self._one(query) or tantivy.Query.empty_query()
            if not (narrowing or preferred):
                return compiled
            return tantivy.Query.boolean_query([(_MUST, compiled), *preferred, *narrowing])
        clauses = self._flat(query)
        if not clauses:
            return tantivy.Query.empty_query()
        if preferred:
            compiled = tantivy.Query.boolean_query([(_SHOULD, clause) for clause in clauses])
            return tantivy.Query.boolean_query([(_MUST, compiled), *preferred, *narrowing])
        return tantivy.Query.boolean_query(
            [*((_SHOULD, clause) for clause in clauses), *narrowing],
            minimum_number_should_match=1,
        )

    def _preferring(self) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        """What documents in the query's own language get: of two texts that hold a name, people
        read the one in the language in which they ask."""
        if self._preferred is None:
            return []
        query = tantivy.Query.const_score_query(
            tantivy.Query.term_query(self._engine_schema, LANGUAGE, self._preferred, "basic"), 1.0
        )
        clause = Clause(query, self._preference, "", LANGUAGE, "language", self._preferred)
        self.clauses.append(clause)
        return [(_SHOULD, clause.weighted())]

    def _note(self, clause: Clause) -> tantivy.Query:
        """Write down what is looked for, with all boosts around it; return it as a query."""
        if not self._words.is_aside:
            self.clauses.append(clause._replace(weight=clause.weight * self._factor))
        return clause.weighted()

    def compile_filter(self, node: Query) -> tantivy.Query:
        """Return tantivy's query for a node whose score does not count.

        Raises:
            QueryError: as ``compile``, or a part of it holds no words: what narrows or deletes
                must not be guessed at.
        """
        self._is_filter = True
        try:
            with self._aside():
                compiled = self._one(node)
        finally:
            self._is_filter = False
        if compiled is None:
            raise QueryError(f"the filter {node!r} holds nothing to filter by")
        return tantivy.Query.const_score_query(compiled, 0.0)

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Inside, words are not what is looked for."""
        before, self._words.is_aside = self._words.is_aside, True
        try:
            yield
        finally:
            self._words.is_aside = before

    def _one(self, node: Query) -> tantivy.Query | None:
        """Compile one node; None where it holds nothing to look for."""
        match node:
            case All():
                return self._note(
                    Clause(_one_point(tantivy.Query.all_query()), 1.0, "*:*", "*", "all", "*")
                )
            case And(clauses):
                return self._and(clauses)
            case Not(clause):
                with self._aside():
                    excluded = self._one(clause)
                if excluded is None:
                    return None
                return tantivy.Query.boolean_query([(_MUST, _everything()), (_MUST_NOT, excluded)])
            case Should(clause):
                return _any([*self._flat(clause), _everything()])
            case Boost(clause, factor):
                is_number = isinstance(factor, (int, float))
                if not (is_number and 0 < factor <= LARGEST_BOOST):
                    raise QueryError(
                        f"a boost is above 0 and at most {LARGEST_BOOST:g}, not {factor!r}"
                    )
                before, self._factor = self._factor, self._factor * factor
                boosted = self._one(clause)
                self._factor = before
                return None if boosted is None else tantivy.Query.boost_query(boosted, factor)
            case Term(field, value):
                return self._term(field, value)
            case Range():
                return self._range(node)
            case Or(()):  # any of nothing
                return tantivy.Query.empty_query()
            case Match() | Phrase() | Or():
                return _any(self._flat(node))
            case _:
                raise QueryError(f"a part of a query is a node, not {node!r}")

    def _flat(self, node: Query) -> list[tantivy.Query]:
        """Compile a node to clauses any of which may match."""
        match node:
            case Match(text, field) | Phrase(text, field):
                if not isinstance(text, str):
                    raise QueryError(f"the text of a query is a str, not {text!r}")
                if field is not None and not isinstance(self._schema.fields.get(field), Text):
                    return self._values(field, text, node)
                fields = self._text_fields(field)
                if self._is_filter and self._words.is_too_long(text):
                    raise QueryError(
                        f"a filter looks for at most {MOST_WORDS} words and {LONGEST_TEXT:,} "
                        f"characters of text, not for {len(text):,}: its beginning alone would "
                        "match more"
                    )
                is_match = isinstance(node, Match)
                words = self._words
                found = words.ranked(text, fields) if is_match else words.in_order(text, fields)
                if not found and self._is_filter:
                    raise QueryError(f"the filter {str(node)!r} holds no words to filter by")
                return [self._note(clause) for clause in found]
            case Or(clauses) if clauses:
                return [flat for clause in clauses for flat in self._flat(clause)]
            case _:
                compiled = self._one(node)
                return [] if compiled is None else [compiled]

    def _values(self, name: str, text: str, node: Query) -> list[tantivy.Query]:
        """Words on a field that is not text: any of them as its value; a phrase is one value."""
        kind = self._value_field(name)
        parts = text.split() if isinstance(node, Match) else [text]
        try:
            return [self._term(name, kind.parse(part)) for part in parts]
        except ValueError as error:
            raise QueryError(f"field {name!r}: {error}") from None

    def _and(self, nodes: Sequence[Query]) -> tantivy.Query | None:
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        first = len(self.clauses)
        for node in nodes:
            if isinstance(node, Should):
                clauses += [(_SHOULD, clause) for clause in self._flat(node.clause)]
            elif isinstance(node, Not):
                with self._aside():
                    excluded = self._one(node.clause)
                if excluded is not None:
                    clauses.append((_MUST_NOT, excluded))
            elif (compiled := self._one(node)) is not None:
                clauses.append((_MUST, compiled))
        if not clauses:
            return None
        if all(occur is not _MUST for occur, _ in clauses):
            clauses.append((_MUST, _everything()))
        whole = tantivy.Query.boolean_query(clauses)
        self.clauses[first:] = [
            clause._replace(within=(whole, *clause.within)) for clause in self.clauses[first:]
        ]
        return whole

    def _term(self, name: str, value: Value) -> tantivy.Query:
        kind = self._value_field(name)
        query = tantivy.Query.term_query(
            self._engine_schema, self._engine_field(name), self._encode(name, kind, value), "basic"
        )
        return self._note(Clause(query, 1.0, str(value), name, "value", str(value)))

    def _range(self, node: Range) -> tantivy.Query:
        kind = self._value_field(node.field)
        if not kind.is_ordered:
            raise QueryError(
                f"field {node.field!r} is a {kind.type_name} field: ranges are of integer, float, "
                "date and datetime fields"
            )
        low = node.gt if node.gt is not None else node.gte
        high = node.lt if node.lt is not None else node.lte
        is_float = isinstance(kind, Float)
        if low is None and high is None:
            query = tantivy.Query.exists_query(node.field)
        else:
            query = tantivy.Query.range_query(
                self._engine_schema,
                node.field,
                tantivy.FieldType.Float if is_float else tantivy.FieldType.Integer,
                None if low is None else self._encode(node.field, kind, low),
                None if high is None else self._encode(node.field, kind, high),
                include_lower=node.gt is None,
                include_upper=node.lt is None,
            )
        return self._note(Clause(_one_point(query), 1.0, str(node), node.field, "value", str(node)))

    def _encode(self, name: str, kind: Field, value: Value) -> Any:
        try:
            return kind.encode(value)
        except ValueError as error:
            raise QueryError(f"field {name!r}: {error}") from None

    def _engine_field(self, name: str) -> str:
        return ID if name == self._schema.id else name

    def _value_field(self, name: str) -> Field:
        if name in (LANGUAGE, self._schema.id):
            return _KEYWORD
        kind = self._schema.fields.get(name)
        if kind is None:
            known = ", ".join([self._schema.id, *self._schema.fields])
            raise QueryError(f"there is no field {name!r}; the schema has {known}")
        if isinstance(kind, Text) or kind.type_name == "stored":
            raise QueryError(
                f"field {name!r} is a {kind.type_name} field: it cannot be filtered by value or "
                "range" + ("; use Match or Phrase" if isinstance(kind, Text) else "")
            )
        return kind

    def _text_fields(self, name: str | None) -> Mapping[str, Text]:
        fields = self._schema.text_fields
        if name is None:
            return fields
        if name not in fields:
            has = ", ".join(fields) or "none"
            raise QueryError(f"there is no text field {name!r}; the schema's text fields: {has}")
        return {name: fields[name]}


def _any(clauses: Sequence[tantivy.Query]) -> tantivy.Query | None:
    if len(clauses) < 2:
        return clauses[0] if clauses else None
    return tantivy.Query.boolean_query([(_SHOULD, clause) for clause in clauses])


def _one_point(query: tantivy.Query) -> tantivy.Query:
    """What matches every document would take the scores of all beside it away, were it not
    wrapped: tantivy then looks at nothing else."""
    return tantivy.Query.const_score_query(query, 1.0)


def _everything() -> tantivy.Query:
    return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)


def filter_fields(node: Query) -> frozenset[str | None]:
    """Return the fields that a node looks at; None stands for all text fields."""
    match node:
        case Match(_, field) | Phrase(_, field):
            return frozenset([field])
        case Term(field, _):
            return frozenset([field])
        case Range():
            return frozenset([node.field])
        case And(clauses) | Or(clauses):
            return frozenset().union(*map(filter_fields, clauses))
        case Not(clause) | Should(clause) | Boost(clause, _):
            return filter_fields(clause)
        case _:
            return frozenset()
