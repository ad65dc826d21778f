"""What a query asks of the values of fields → clauses for tantivy. Words are ``words``'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.engine.clauses import Clause
from searchlib.engine.layout import FIELDS, ID, LANGUAGE
from searchlib.engine.snapshot import Snapshot
from searchlib.errors import QueryError
from searchlib.fields import Category, Field, Float, Keyword, Text, described
from searchlib.query.nodes import Range, Value
from searchlib.schema import Schema

__all__ = ["FieldCompiler", "scoring"]

_KEYWORD: Final = Keyword()


class FieldCompiler:
    """Compiles what is asked of the values of fields, and knows which fields there are.

    Args:
        schema: the fields.
        snapshot: the commit that is searched.

    Raises, in each method:
        QueryError: a field is not there, or not of a type that can be asked so.
    """

    def __init__(self, schema: Schema, snapshot: Snapshot) -> None:
        self._schema = schema
        self._snapshot = snapshot
        self._engine_schema = snapshot.schema

    def is_text(self, name: str) -> bool:
        """Whether there is a text field of that name."""
        return name in self._schema.text_fields

    def texts(self, name: str | None) -> Mapping[str, Text]:
        """Return the text field of that name; None means all."""
        fields = self._schema.text_fields
        if name is None:
            return fields
        if name not in fields:
            has = ", ".join(fields) or "none"
            raise QueryError(f"there is no text field {name!r}; the schema's text fields: {has}")
        return {name: fields[name]}

    def engine_name(self, name: str) -> str:
        """Return what the engine calls a field that is no text."""
        return ID if name == self._schema.id else name

    def equal(self, name: str, value: Value) -> Clause:
        """Return the clause for a value of a field."""
        kind = self._of_values(name)
        field, encoded = self.engine_name(name), self._encode(name, kind, value)
        query = tantivy.Query.term_query(self._engine_schema, field, encoded, "basic")
        query = self._snapshot.as_rare(query, field, (encoded,))
        return Clause(query, 1.0, str(value), name, "value", str(value))

    def written(self, name: str, text: str, *, is_one: bool) -> list[Clause]:
        """Return the clauses for values as people write them: each word of a text, or all of it as
        one."""
        kind = self._of_values(name)
        parts = [text] if is_one else text.split()
        try:
            return [self.equal(name, kind.parse(part)) for part in parts]
        except ValueError as error:
            raise QueryError(f"field {name!r}: {error}") from None

    def beginning(self, name: str, text: str) -> str:
        """Return the beginning of a label, as the engine has it."""
        kind = self._of_labels(name, "prefixes")
        start = text.lstrip("/") if isinstance(kind, Category) else text
        if not start:
            raise QueryError(f"a prefix on {name!r} holds a letter; Exists takes any value")
        self._encode(name, _KEYWORD, start)
        return start

    def check_pattern(self, name: str) -> None:
        """Check that a regular expression can be matched with the values of a field."""
        self._of_labels(name, "regular expressions")

    def exists(self, name: str) -> Clause:
        """Return the clause for any value of a field."""
        if name in (LANGUAGE, self._schema.id):
            query = tantivy.Query.all_query()
        else:
            self._known(name)
            query = tantivy.Query.term_query(self._engine_schema, FIELDS, name, "basic")
        # Whether there is a value says nothing about how well it fits.
        return Clause(scoring(query), 1.0, f"{name}:*", name, "value", "*")

    def within(self, node: Range) -> Clause:
        """Return the clause for values from one to another."""
        kind = self._of_values(node.field)
        if not kind.is_ordered:
            raise QueryError(
                f"field {node.field!r} is {described(kind)}: ranges are of integer, float, "
                "date and datetime fields"
            )
        low = node.gt if node.gt is not None else node.gte
        high = node.lt if node.lt is not None else node.lte
        is_float = isinstance(kind, Float)
        query = tantivy.Query.range_query(
            self._engine_schema,
            node.field,
            tantivy.FieldType.Float if is_float else tantivy.FieldType.Integer,
            None if low is None else self._encode(node.field, kind, low),
            None if high is None else self._encode(node.field, kind, high),
            include_lower=node.gt is None,
            include_upper=node.lt is None,
        )
        return Clause(scoring(query), 1.0, str(node), node.field, "value", str(node))

    def _encode(self, name: str, kind: Field, value: Value) -> Any:
        try:
            return kind.encode(value)
        except ValueError as error:
            raise QueryError(f"field {name!r}: {error}") from None

    def _of_labels(self, name: str, asked: str) -> Field:
        kind = self._of_values(name)
        if not isinstance(kind, (Keyword, Category)):
            raise QueryError(
                f"field {name!r} is {described(kind)}: {asked} are of text, keyword and category "
                "fields"
            )
        return kind

    def _of_values(self, name: str) -> Field:
        if name in (LANGUAGE, self._schema.id):
            return _KEYWORD
        kind = self._known(name)
        if isinstance(kind, Text) or kind.type_name == "stored":
            raise QueryError(
                f"field {name!r} is {described(kind)}: it cannot be filtered by value or "
                "range" + ("; use Match or Phrase" if isinstance(kind, Text) else "")
            )
        return kind

    def _known(self, name: str) -> Field:
        kind = self._schema.fields.get(name)
        if kind is None:
            known = ", ".join([self._schema.id, *self._schema.fields])
            raise QueryError(f"there is no field {name!r}; the schema has {known}")
        return kind


def scoring(query: tantivy.Query) -> tantivy.Query:
    """Return a query that gives 1.0 to all it finds, in each segment: beside others that must
    match, tantivy leaves out what finds all documents of a segment, and its score with it."""
    return tantivy.Query.const_score_query(query, 1.0)
