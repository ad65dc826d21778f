"""Query nodes → tantivy's queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import log
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib._dataclass import NamedTuple
from searchlib.analysis import has_marks
from searchlib.engine.clauses import Clause, weighted
from searchlib.engine.fields import FieldCompiler, scoring
from searchlib.engine.layout import ID, LANGUAGE
from searchlib.engine.patterns import PatternCompiler
from searchlib.engine.reading import Reading, read_text, telling_texts, texts_of
from searchlib.engine.similar import joined
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.sought import Sought
from searchlib.engine.texts import LONGEST_TEXT, MOST_WORDS
from searchlib.errors import DocumentError, QueryError
from searchlib.query.nodes import (
    LARGEST_BOOST,
    LARGEST_SLOP,
    All,
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
    Words,
)
from searchlib.query.patterns import PatternError
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["Compiled", "Compiler", "filter_fields"]

# What a document in the query's own language gets, where others are in the index: so much of the
# idf of a word that stands in one document.
_OWN_LANGUAGE: Final = 0.25

_MUST, _SHOULD, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class Compiled(NamedTuple):
    """A query as one commit is searched for it. It knows nothing of the commit, which remembers it.

    Attributes:
        query: tantivy's.
        clauses: what it looks for, in its order, filters apart.
        sought: text field → what to highlight in it.
        notices: what was left out, and words that no document holds → the part of the query meant.
        language: the code of the query's own language.
    """

    query: tantivy.Query
    clauses: Sequence[Clause]
    sought: Sought
    notices: Mapping[Notice, str | None]
    language: str


class Compiler:
    """Compiles the nodes of one search.

    Args:
        schema: the fields.
        snapshot: the commit that is searched.
        reading: how the words are read.
        narrowing: how those of filters are; None for alike.

    Attributes:
        language: the code of the query's own language.
        clauses: what the last query compiled looks for, in its order, filters apart.
    """

    def __init__(
        self,
        schema: Schema,
        snapshot: Snapshot,
        reading: Reading,
        narrowing: Reading | None = None,
    ) -> None:
        self._schema = schema
        self._snapshot = snapshot
        self._engine_schema = snapshot.schema
        self._fields = FieldCompiler(schema, snapshot)
        self._words = PatternCompiler(snapshot, schema.text_fields, reading)
        self._filtering = self._words
        if narrowing not in (None, reading):
            self._filtering = PatternCompiler(snapshot, schema.text_fields, narrowing)
        self._accents = reading.accents
        self.language = reading.languages[0]
        others = len(snapshot.languages) > 1 and self.language in snapshot.languages
        self._preferred = self.language if others and reading.is_sure else None
        self._factor = 1.0
        self.clauses: list[Clause] = []

    def compiled(self, query: Query, filters: Iterable[Query] = ()) -> Compiled:
        """Return a node compiled, and what was found out on the way.

        Raises:
            QueryError: as ``compile``.
        """
        whole, words = self.compile(query, filters), self._words
        notices = {**words.notices, **self._filtering.notices}
        return Compiled(whole, self.clauses, words.sought, notices, self.language)

    def compile(self, query: Query, filters: Iterable[Query] = ()) -> tantivy.Query:
        """Return tantivy's query for a node, narrowed by filters that add nothing to scores.

        Raises:
            QueryError: a node names a field that is not there or not of its type.
        """
        nodes = tuple(filters)
        narrowing = [(_MUST, one) for one in self._narrowing(nodes)] if nodes else []
        texts = tuple(texts_of(query, self._accents))
        telling = texts or telling_texts(query, self._accents)
        self._words.begin(is_marked=any(map(has_marks, telling)))
        self.clauses = []
        preferred = self._preferring() if texts else []
        if not isinstance(query, (Match, Or)):
            whole = self._all(tantivy.Query.all_query()) if isinstance(query, All) else None
            compiled = whole or self._one(query) or tantivy.Query.empty_query()
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
            [*[(_SHOULD, clause) for clause in clauses], *narrowing],
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
        preference = _OWN_LANGUAGE * log(1 + len(self._snapshot))
        clause = Clause(query, preference, "", LANGUAGE, "language", self._preferred)
        return [(_SHOULD, self._note(clause))]

    def _note(self, clause: Clause) -> tantivy.Query:
        """Write down what is looked for, with all boosts around it; return it as a query."""
        return self._noted([clause])[0]

    def _noted(self, clauses: Sequence[Clause]) -> list[tantivy.Query]:
        """Write down what is looked for, each clause as ``_note`` does; return them as queries."""
        if not self._words.is_aside:
            factor = self._factor
            self.clauses += (
                clauses
                if factor == 1
                else [clause._replace(weight=clause.weight * factor) for clause in clauses]
            )
        return weighted(clauses)

    def _narrowing(self, nodes: Sequence[Query]) -> list[tantivy.Query]:
        """Return tantivy's queries for nodes whose scores do not count. They are read as the one
        query that they are together: whatever is looked for beside it, it finds what it would
        delete.

        Raises:
            QueryError: as ``compile``, or a part of one holds no words: what narrows or deletes
                must not be guessed at.
        """
        texts = telling_texts(And(*nodes), self._accents)
        words, self._words = self._words, self._filtering
        self._words.begin(is_marked=any(map(has_marks, texts)))
        self._words.is_filter = True
        try:
            with self._aside():
                return [self._filter(node) for node in nodes]
        finally:
            self._words.is_filter = False
            self._words = words

    def _filter(self, node: Query) -> tantivy.Query:
        compiled = self._one(node)
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
                return self._all(scoring(tantivy.Query.all_query()))
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
            case ConstantScore(clause, score):
                return self._constant(clause, score)
            case Term(field, value):
                return self._note(self._fields.equal(field, value))
            case Exists(field):
                return self._note(self._fields.exists(field))
            case Range():
                return self._note(self._fields.within(node))
            case MoreLikeThis():
                return self._more_like(node)
            case Or(()):  # any of nothing
                return tantivy.Query.empty_query()
            case Match() | Phrase() | Prefix() | Fuzzy() | Near() | Regex() | Or():
                return _any(self._flat(node))
            case _:
                raise QueryError(f"a part of a query is a node, not {node!r}")

    def _all(self, query: tantivy.Query) -> tantivy.Query:
        return self._note(Clause(query, 1.0, "*:*", "*", "all", "*"))

    def _flat(self, node: Query) -> list[tantivy.Query]:
        """Compile a node to clauses any of which may match."""
        match node:
            case Match() | Phrase() | Prefix() | Fuzzy() | Near():
                return self._side_by_side(self._looked_for(node))
            case Regex():
                return self._noted(self._matching(node))
            case Or(clauses) if clauses:
                return [flat for clause in clauses for flat in self._flat(clause)]
            case _:
                compiled = self._one(node)
                return [] if compiled is None else [compiled]

    def _side_by_side(self, clauses: Sequence[Clause]) -> list[tantivy.Query]:
        """Clauses of one text, any of which may match; where some do not find, one for all."""
        finding = [clause for clause in clauses if clause.finds]
        queries = self._noted(finding)
        if len(finding) == len(clauses):
            return queries
        found = _any(queries) or tantivy.Query.empty_query()
        others = [clause._replace(within=(found,)) for clause in clauses if not clause.finds]
        adding = [(_SHOULD, query) for query in self._noted(others)]
        return [tantivy.Query.boolean_query([(_MUST, found), *adding])]

    def _looked_for(self, node: Words) -> list[Clause]:
        """What any of the nodes that hold text looks for."""
        text, field, words = node.text, node.field, self._words
        if not isinstance(text, str):
            raise QueryError(f"the text of a query is a str, not {text!r}")
        if field is not None and not self._fields.is_text(field):
            if isinstance(node, (Match, Phrase)):
                return self._fields.written(field, text, is_one=isinstance(node, Phrase))
            if isinstance(node, Prefix):
                start = self._fields.beginning(field, text)
                return words.value_beginning(field, self._fields.engine_name(field), start)
        fields = self._fields.texts(field)
        text = read_text(node, self._accents)
        words.read_by(node.accents)
        if self._words.is_filter and self._words.is_too_long(text):
            raise QueryError(
                f"a filter looks for at most {MOST_WORDS} words and {LONGEST_TEXT:,} characters of "
                f"text, not for {len(text):,}: its beginning alone would match more"
            )
        match node:
            case Match():
                found = words.ranked(text, fields)
            case Phrase():
                found = words.in_order(text, fields)
            case Prefix():
                found = words.beginning(text, fields)
            case Near(_, slop):
                if not (isinstance(slop, int) and 0 <= slop <= LARGEST_SLOP):
                    raise QueryError(f"a slop is from 0 to {LARGEST_SLOP:,} words, not {slop!r}")
                found = words.in_order(text, fields, slop)
            case Fuzzy(_, distance):
                if distance not in (1, 2):
                    raise QueryError(f"a distance is 1 or 2 letters, not {distance!r}")
                if self._words.is_filter:
                    raise QueryError(
                        f"the filter {str(node)!r} is fuzzy: what narrows or deletes must not be "
                        "guessed at; put it into the query"
                    )
                found = words.alike(text, int(distance), fields)
        if not found and self._words.is_filter:
            raise QueryError(f"the filter {str(node)!r} holds no words to filter by")
        return found

    def _more_like(self, node: MoreLikeThis) -> tantivy.Query | None:
        fields = self._fields.texts(node.field)
        if self._words.is_filter:
            raise QueryError(
                f"the filter {str(node)!r} tells what is like it, better or worse: put it into the "
                "query"
            )
        if node.id is None:
            if not isinstance(node.text, str):
                raise QueryError(f"the text of a query is a str, not {node.text!r}")
            clauses = self._words.telling(node.text, fields)
            return _any(self._noted(clauses))
        try:
            stored = self._snapshot.by_id(self._schema.check_id(node.id))
        except DocumentError:  # what cannot be an id is none
            stored = None
        if stored is None:
            raise QueryError(f"there is no document {node.id!r}")
        document = self._schema.load(stored.source)
        text = joined(document.get(name) for name in fields)
        found = _any(self._noted(self._words.telling(text, fields, stored.language)))
        if found is None:
            return None
        itself = tantivy.Query.term_query(self._engine_schema, ID, node.id, "basic")
        return tantivy.Query.boolean_query([(_MUST, found), (_MUST_NOT, itself)])

    def _matching(self, node: Regex) -> list[Clause]:
        """What a regular expression looks for."""
        pattern, name = node.pattern, node.field
        if not isinstance(pattern, str):
            raise QueryError(f"a regular expression is a str, not {pattern!r}")
        try:
            if name is None or self._fields.is_text(name):
                return self._words.matching(pattern, self._fields.texts(name))
            self._fields.check_pattern(name)
            return self._words.values_matching(pattern, name, self._fields.engine_name(name))
        except PatternError as error:
            raise QueryError(f"the regular expression {pattern!r} {error}") from None

    def _and(self, nodes: Sequence[Query]) -> tantivy.Query | None:
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        before, is_asked = len(self.clauses), False
        for node in nodes:
            if isinstance(node, Should):
                clauses += [(_SHOULD, clause) for clause in self._flat(node.clause)]
            elif isinstance(node, Not):
                with self._aside():
                    excluded = self._one(node.clause)
                if excluded is not None:
                    clauses.append((_MUST_NOT, excluded))
            else:
                is_asked = True
                if (compiled := self._required(node)) is not None:
                    clauses.append((_MUST, compiled))
        occurs = [occur for occur, _ in clauses]
        # Where all that must match holds no words, one of those that need not has to: what asks for
        # something does not find everything.
        if not clauses or (is_asked and _MUST not in occurs and _SHOULD not in occurs):
            return None
        if not is_asked:
            clauses.append((_MUST, _everything()))
        query = tantivy.Query.boolean_query(clauses)
        parts = self.clauses[before:]
        self.clauses[before:] = [one._replace(within=(*one.within, query)) for one in parts]
        return query

    def _required(self, node: Query) -> tantivy.Query | None:
        """Compile a node that must match."""
        if not isinstance(node, Match):
            return self._one(node)
        clauses = self._looked_for(node)
        finder = self._words.finder(clauses)
        if finder is None:
            return _any(self._side_by_side(clauses))
        # What finds leads, and the others are asked only of what all parts of a query find: one in
        # another, for several side by side would be read to their ends.
        others = [clause for clause in clauses if clause is not finder]
        compiled, *added = self._noted([finder, *others])
        for query in added:
            compiled = tantivy.Query.boolean_query([(_MUST, compiled), (_SHOULD, query)])
        return compiled

    def _constant(self, node: Query, score: float) -> tantivy.Query | None:
        if not (isinstance(score, (int, float)) and 0 <= score <= LARGEST_BOOST):
            raise QueryError(f"a score is from 0 to {LARGEST_BOOST:g}, not {score!r}")
        before = len(self.clauses)
        compiled = self._one(node)
        del self.clauses[before:]  # what each part gives is of no account
        if compiled is None:
            return None
        return self._note(
            Clause(scoring(compiled), float(score), str(node), "", "constant", str(node))
        )


def _any(clauses: Sequence[tantivy.Query]) -> tantivy.Query | None:
    if len(clauses) < 2:
        return clauses[0] if clauses else None
    return tantivy.Query.boolean_query([(_SHOULD, clause) for clause in clauses])


def _everything() -> tantivy.Query:
    return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)


def filter_fields(node: Query) -> frozenset[str | None]:
    """Return the fields that a node looks at; None stands for all text fields."""
    match node:
        case Match() | Phrase() | Prefix() | Fuzzy() | Near() | Regex() | MoreLikeThis():
            return frozenset([node.field])
        case Term() | Range() | Exists():
            return frozenset([node.field])
        case And(clauses) | Or(clauses):
            return frozenset().union(*map(filter_fields, clauses))
        case Not(clause) | Should(clause) | Boost(clause, _) | ConstantScore(clause, _):
            return filter_fields(clause)
        case _:
            return frozenset()
