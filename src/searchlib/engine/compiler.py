"""Query nodes → tantivy's queries. The words of a query go through the analysis of the documents.

A word becomes one clause for each view that the profile of its language weighs, in each text
field: all of them side by side in one boolean query, because nesting them costs twice the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import Analysis, Token, View, Weights, has_marks
from searchlib.engine.layout import ID, LANGUAGE, view_field
from searchlib.engine.store import Snapshot
from searchlib.errors import QueryError
from searchlib.fields import Field, Float, Keyword, Text
from searchlib.highlight import Needles
from searchlib.languages import analyzer
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

_MUST, _SHOULD, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
# Distinct words of one query beyond which further ones are left out: a page pasted into the box.
_MOST_WORDS: Final = 500
_KEYWORD: Final = Keyword()


class Compiler:
    """Compiles the nodes of one search.

    Args:
        schema, engine_schema: the fields, ours and tantivy's.
        snapshot: the commit that is searched, asked whether it knows a word.
        languages: the languages that the texts may be in; the first is the query's own.

    Attributes:
        needles: text field → what to highlight in it.
        notices: what was left out.
    """

    def __init__(
        self,
        schema: Schema,
        engine_schema: tantivy.Schema,
        snapshot: Snapshot,
        languages: Sequence[str],
    ) -> None:
        self._schema = schema
        self._engine_schema = engine_schema
        self._snapshot = snapshot
        self._languages = languages
        self._marked = False
        self._analyses: dict[tuple[str, str], Analysis] = {}
        self._excluding = 0  # above 0 inside of what is excluded or only filters
        self.needles: dict[str, Needles] = {name: Needles() for name in schema.text_fields}
        self.notices: list[Notice] = []

    def compile(self, query: Query, filters: Iterable[Query] = ()) -> tantivy.Query:
        """Return tantivy's query for a node, narrowed by filters that add nothing to scores.

        Raises:
            QueryError: a node names a field that is not there or not of its type.
        """
        self._marked = any(map(has_marks, texts_of(query)))
        narrowing = [(_MUST, self.compile_filter(node)) for node in filters]
        if not isinstance(query, (Match, Or)):
            compiled = self._one(query) or tantivy.Query.empty_query()
            if not narrowing:
                return compiled
            return tantivy.Query.boolean_query([(_MUST, compiled), *narrowing])
        clauses = self._flat(query)
        if not clauses:
            return tantivy.Query.empty_query()
        return tantivy.Query.boolean_query(
            [*((_SHOULD, clause) for clause in clauses), *narrowing],
            minimum_number_should_match=1,
        )

    def compile_filter(self, node: Query) -> tantivy.Query:
        """Return tantivy's query for a node whose score does not count."""
        self._excluding += 1  # its words are not what is looked for
        compiled = self._one(node)
        self._excluding -= 1
        if compiled is None:
            if node == Or():  # any of no values
                return tantivy.Query.empty_query()
            raise QueryError(f"the filter {str(node)!r} holds no words to filter by")
        return tantivy.Query.const_score_query(compiled, 0.0)

    def _one(self, node: Query) -> tantivy.Query | None:
        """Compile one node; None where it holds nothing to look for."""
        match node:
            case All():
                return tantivy.Query.all_query()
            case And(clauses):
                return self._and(clauses)
            case Not(clause):
                self._excluding += 1
                excluded = self._one(clause)
                self._excluding -= 1
                if excluded is None:
                    return None
                return tantivy.Query.boolean_query(
                    [(_MUST, tantivy.Query.all_query()), (_MUST_NOT, excluded)]
                )
            case Should(clause):
                return self._or([*self._flat(clause), self._zero()])
            case Boost(clause, factor):
                if not 0 < factor <= LARGEST_BOOST:
                    raise QueryError(
                        f"a boost is above 0 and at most {LARGEST_BOOST:g}, not {factor!r}"
                    )
                boosted = self._one(clause)
                return None if boosted is None else tantivy.Query.boost_query(boosted, factor)
            case Term(field, value):
                return self._term(field, value)
            case Range():
                return self._range(node)
            case Match() | Phrase() | Or():
                return self._or(self._flat(node))
            case _:
                raise QueryError(f"a part of a query is a node, not {node!r}")

    def _flat(self, node: Query) -> list[tantivy.Query]:
        """Compile a node to clauses any of which may match."""
        match node:
            case Match(text, field) | Phrase(text, field):
                if not isinstance(text, str):
                    raise QueryError(f"the text of a query is a str, not {text!r}")
                look_for = self._match if isinstance(node, Match) else self._phrase
                return look_for(text, self._text_fields(field))
            case Or(clauses):
                return [flat for clause in clauses for flat in self._flat(clause)]
            case _:
                compiled = self._one(node)
                return [] if compiled is None else [compiled]

    def _or(self, clauses: Sequence[tantivy.Query]) -> tantivy.Query | None:
        if len(clauses) < 2:
            return clauses[0] if clauses else None
        return tantivy.Query.boolean_query([(_SHOULD, clause) for clause in clauses])

    def _zero(self) -> tantivy.Query:
        return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)

    def _and(self, nodes: Sequence[Query]) -> tantivy.Query | None:
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for node in nodes:
            if isinstance(node, Should):
                clauses += [(_SHOULD, clause) for clause in self._flat(node.clause)]
            elif isinstance(node, Not):
                self._excluding += 1
                excluded = self._one(node.clause)
                self._excluding -= 1
                if excluded is not None:
                    clauses.append((_MUST_NOT, excluded))
            elif (compiled := self._one(node)) is not None:
                clauses.append((_MUST, compiled))
        if not clauses:
            return None
        if all(occur is not _MUST for occur, _ in clauses):
            clauses.append((_MUST, self._zero()))
        return tantivy.Query.boolean_query(clauses)

    def _match(self, text: str, fields: Mapping[str, Text]) -> list[tantivy.Query]:
        """The clauses of ranked words: words × views × fields, each term once."""
        clauses: list[tantivy.Query] = []
        known: dict[str, bool] = {}
        for name, kind in fields.items():
            weights: dict[tuple[View, str], float] = {}
            own, *others = self._codes(kind)
            skipped: frozenset[str] = frozenset()
            for code in (own, *others):
                terms, skipped = self._word_terms(text, code, skipped, is_own=code == own)
                for key, weight in terms.items():
                    weights[key] = max(weights.get(key, 0.0), weight)
            for (view, term), weight in weights.items():
                field = view_field(name, view)
                if view is View.FOLDED:
                    known[term] = known.get(term, False) or self._snapshot.holds(field, term)
                query = tantivy.Query.term_query(self._engine_schema, field, term, "freq")
                clauses.append(tantivy.Query.boost_query(query, weight * kind.weight))
            self._remember(name, weights)
        self._report_unknown(text, fields, known)
        return clauses

    def _word_terms(
        self, text: str, code: str, skipped: frozenset[str], *, is_own: bool
    ) -> tuple[dict[tuple[View, str], float], frozenset[str]]:
        """Terms of the views of ranked words in one language, with their weights.

        The query's own language comes first. It gives the folded view, which is the same in every
        language, and says which function words are skipped, here and in the other languages.
        """
        language = analyzer(code).language
        weights: Weights = language.marked if self._marked else language.plain
        analysis = self._analysis(text, code)
        tokens = analysis.tokens
        if len({token.folded for token in tokens}) > _MOST_WORDS:
            tokens = self._first_words(tokens)
        # A function word says nothing where another word remains; alone it is all there is.
        if is_own and not all(token.is_stop for token in tokens):
            skipped = frozenset(token.folded for token in tokens if token.is_stop)
        words = [token for token in tokens if token.folded not in skipped]
        found: dict[tuple[View, str], float] = {}

        def add(view: View, weight: float, terms: Iterable[str | None]) -> None:
            # A word that the query repeats counts as often as it stands there.
            if weight:
                for term, count in Counter(terms).items():
                    if term is not None:
                        found[view, term] = weight * count

        if is_own:
            add(View.FOLDED, weights.folded, (token.folded for token in words))
        add(View.WRITTEN, weights.written, (token.written for token in words))
        add(View.STEM, weights.stem, (token.stem for token in words))
        pairs = (term.text for term in analysis.pair[: 2 * _MOST_WORDS])
        add(View.PAIR, weights.pair, pairs)
        return found, skipped

    def _analysis(self, text: str, code: str) -> Analysis:
        """One analysis of a text in a language serves all fields."""
        key = text, code
        if key not in self._analyses:
            self._analyses[key] = analyzer(code).analyze(text)
        return self._analyses[key]

    def _first_words(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        kept: dict[str, None] = {}
        for token in tokens:
            if len(kept) >= _MOST_WORDS:
                break
            kept.setdefault(token.folded)
        if not any(notice.code == "too-many-words" for notice in self.notices):
            self.notices.append(
                Notice("too-many-words", f"only the first {_MOST_WORDS} words were searched")
            )
        return tuple(token for token in tokens if token.folded in kept)

    def _phrase(self, text: str, fields: Mapping[str, Text]) -> list[tantivy.Query]:
        clauses: list[tantivy.Query] = []
        for name, kind in fields.items():
            sequences: dict[tuple[View, tuple[str, ...]], None] = {}
            for code in self._codes(kind):
                tokens = self._analysis(text, code).tokens
                sequences.setdefault((View.FOLDED, tuple(token.folded for token in tokens)))
                if self._marked:
                    sequences.setdefault((View.WRITTEN, tuple(token.written for token in tokens)))
            for (view, words), _ in sequences.items():
                if not words:
                    continue
                query = self._words_in_order(view_field(name, view), words)
                clauses.append(tantivy.Query.boost_query(query, kind.weight))
                if view is View.FOLDED and not self._excluding:
                    if len(words) == 1:
                        self.needles[name].folded.update(words)
                    else:
                        self.needles[name].phrases.add(words)
        if not clauses:
            self._report_no_words(text)
        return clauses

    def _words_in_order(self, field: str, words: tuple[str, ...]) -> tantivy.Query:
        if len(words) == 1:
            return tantivy.Query.term_query(self._engine_schema, field, words[0], "freq")
        return tantivy.Query.phrase_query(self._engine_schema, field, list(words))

    def _term(self, name: str, value: Value) -> tantivy.Query:
        kind = self._value_field(name)
        return tantivy.Query.term_query(
            self._engine_schema, self._engine_field(name), self._encode(name, kind, value), "basic"
        )

    def _range(self, node: Range) -> tantivy.Query:
        kind = self._value_field(node.field)
        if not kind.is_ordered:
            raise QueryError(
                f"field {node.field!r} is a {kind.type_name} field: ranges are of integer, float, "
                "date and datetime fields"
            )
        low = node.gt if node.gt is not None else node.gte
        high = node.lt if node.lt is not None else node.lte
        if low is None and high is None:
            return tantivy.Query.exists_query(node.field)
        is_float = isinstance(kind, Float)
        return tantivy.Query.range_query(
            self._engine_schema,
            node.field,
            tantivy.FieldType.Float if is_float else tantivy.FieldType.Integer,
            None if low is None else self._encode(node.field, kind, low),
            None if high is None else self._encode(node.field, kind, high),
            include_lower=node.gt is None,
            include_upper=node.lt is None,
        )

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

    def _codes(self, kind: Text) -> Sequence[str]:
        return (kind.language,) if kind.language is not None else self._languages

    def _remember(self, name: str, terms: Iterable[tuple[View, str]]) -> None:
        if self._excluding:
            return
        needles = self.needles[name]
        sets = {
            View.WRITTEN: needles.written,
            View.FOLDED: needles.folded,
            View.STEM: needles.stems,
            View.PAIR: needles.characters,
        }
        for view, term in terms:
            if view is not View.PAIR or len(term) == 2:
                sets[view].add(term)

    def _report_unknown(
        self, text: str, fields: Mapping[str, Text], known: Mapping[str, bool]
    ) -> None:
        """Name the words that no document holds: the searcher may have mistyped them."""
        if not known:
            self._report_no_words(text)
        if self._excluding or all(known.values()):
            return
        for token in self._analysis(text, self._languages[0]).tokens:
            if known.get(token.folded, True) or (
                token.stem is not None
                and any(
                    self._snapshot.holds(view_field(name, View.STEM), token.stem) for name in fields
                )
            ):
                continue
            notice = Notice("unknown-word", f"no document holds {token.text!r}")
            if notice not in self.notices:
                self.notices.append(notice)

    def _report_no_words(self, text: str) -> None:
        self.notices.append(Notice("no-words", f"{text!r} holds no words to search for"))


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
