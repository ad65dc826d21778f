"""Several indexes, searched as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from searchlib._dataclass import replace
from searchlib.arguments import text_names
from searchlib.engine.part import Source, parts_of
from searchlib.engine.ranking import now, ranks_of
from searchlib.engine.reading import ReadingOptions
from searchlib.engine.shared import share
from searchlib.engine.snapshot import Snapshot, by_count
from searchlib.errors import QueryError, SchemaMismatchError
from searchlib.fields import Field, described
from searchlib.glossary import Glossary
from searchlib.index import Index
from searchlib.query.given import node_of
from searchlib.query.nodes import Accents, Query
from searchlib.query.rank import Rank
from searchlib.query.where import Where
from searchlib.results import Explanation, Hit, IndexStats, SearchResult, Suggestion
from searchlib.schema import Schema
from searchlib.searcher import Searcher

__all__ = ["MultiSearcher"]


class MultiSearcher(Searcher):
    """Searches several indexes as one.

    Each has a schema of its own. Fields of one name are one field: they must be of one type. What
    only some indexes have matches nothing in the others. How rare a word is, which languages there
    are and what a mistyped word may mean is asked of all indexes together, so that scores compare
    (docs/several-indexes.md says how well).

    A document is named by its index and its id: the same id in two indexes is two documents.

    Args:
        indexes: name → ``Index`` or ``Searcher``. Documents that are equal in all that orders them
            come in the order of the indexes.

    Attributes:
        indexes: as given; it cannot be changed.
        schema: the fields of all. The id is called as in the first index.
        limits: those of the first index.

    Raises:
        SchemaMismatchError: indexes have fields of one name and of different types.
        QueryError: there is no index, or something else is given for one.

    >>> from searchlib import Index, MultiSearcher, Schema, Text
    >>> news = Index(Schema({"title": Text()}, languages=["en"]))
    >>> laws = Index(Schema({"title": Text(), "body": Text()}, languages=["en", "fr"]))
    >>> news.add([{"id": "a", "title": "A new law on rivers"}]).added
    1
    >>> laws.add([{"id": "a", "title": "Rivers", "body": "The banks of rivers"}]).added
    1
    >>> everything = MultiSearcher({"news": news, "laws": laws})
    >>> result = everything.search("river")
    >>> result.total, [(hit.index, hit.id) for hit in result]
    (2, [('laws', 'a'), ('news', 'a')])
    """

    indexes: Mapping[str, Searcher]

    def __init__(self, indexes: Mapping[str, Searcher]) -> None:
        if not isinstance(indexes, Mapping) or not indexes:
            raise QueryError(
                "MultiSearcher searches a dict of name → Index or Searcher, such as "
                f"{{'news': index}}, not {indexes!r}"
            )
        for name, one in indexes.items():
            if not (isinstance(name, str) and name):
                raise QueryError(f"the name of an index is a non-empty str, not {name!r}")
            if isinstance(one, MultiSearcher) or not isinstance(one, Searcher):
                raise QueryError(
                    f"MultiSearcher searches Index and Searcher values; {name!r} is a "
                    f"{type(one).__name__}"
                )
        self.indexes = MappingProxyType(dict(indexes))
        self.limits = next(iter(indexes.values())).limits
        self.schema = _schema_of({name: one.schema for name, one in indexes.items()})

    def __repr__(self) -> str:
        return f"<MultiSearcher: {', '.join(self.indexes)}: {len(self)} documents>"

    def __len__(self) -> int:
        """Return the number of documents of all indexes."""
        return sum(map(len, self.indexes.values()))

    def searcher(self) -> MultiSearcher:
        """Return a searcher of the last commit of each index, which sees no later one.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> held = both.searcher()
        >>> two.add([{"id": "c"}]).added
        1
        >>> len(held), len(both)
        (2, 3)
        """
        return MultiSearcher(
            {
                name: one.searcher() if isinstance(one, Index) else one
                for name, one in self.indexes.items()
            }
        )

    def refresh(self) -> MultiSearcher:
        """Return a searcher of the last commit of each index, of those given as searchers too.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> held = both.searcher()
        >>> len(held.refresh())
        2
        """
        return MultiSearcher({name: one.refresh() for name, one in self.indexes.items()})

    def stats(self, *, words: bool = False) -> IndexStats:
        """Return how many documents there are in all, in which languages, and the room they take.

        Args:
            words: count the distinct words of each text field too; of a field that several
                indexes have, those of each are added up.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> both.stats().documents
        2
        """
        each = [one.stats(words=words) for one in self.indexes.values()]
        languages = sum((Counter(stats.languages) for stats in each), Counter[str]())
        sizes = [stats.bytes for stats in each if stats.bytes is not None]
        counted = sum((Counter(stats.words) for stats in each if stats.words), Counter[str]())
        return IndexStats(
            len(self),
            by_count(languages),
            sum(stats.segments for stats in each),
            sum(stats.deleted for stats in each),
            sum(sizes) if len(sizes) == len(each) else None,
            dict(counted) if words else None,
        )

    def get(self, document_id: str, index: str | None = None) -> dict[str, Any] | None:
        """Return the document with that id, or None.

        Args:
            document_id: its id.
            index: the name of its index; None takes the first index that has such a document.

        Raises:
            QueryError: there is no such index.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> both.get("b"), both.get("b", index="one")
        ({'id': 'b', 'title': 'L’étang'}, None)
        """
        found = (self.indexes[name].get(document_id) for name in self._named(index))
        return next((document for document in found if document is not None), None)

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every document, index by index.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> [document["id"] for document in both.documents()]
        ['a', 'b']
        """
        for one in self.indexes.values():
            yield from one.documents()

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages of all documents, the commonest first.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> both.languages
        ('fr',)
        """
        return self._sources()[0].snapshot.languages

    def explain(
        self,
        query: str | Query,
        document: str | Hit,
        *,
        index: str | None = None,
        rank: Sequence[Rank] | None = None,
        language: str | None = None,
        typos: bool = True,
        accents: Accents = "prefer",
        glossary: Glossary | None = None,
        regex: bool = False,
    ) -> Explanation:
        """Tell why a document is found by a query, and what each word gives to its score.

        Args:
            query: as it was given to ``search``.
            document: a hit, or a document's id.
            index: the name of the document's index; None takes the hit's, or the first index that
                has such a document.
            rank: as it was given to ``search``.
            language: as it was given to ``search``.
            typos: as it was given to ``search``.
            accents: as it was given to ``search``.
            glossary: as it was given to ``search``.
            regex: as it was given to ``search``.

        Raises:
            QueryError: there is no such document or index, or as ``search``.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> both.explain("ete", both.search("ete").hits[0]).is_found
        True
        """
        document_id = document.id if isinstance(document, Hit) else document
        if isinstance(document, Hit) and index is None:
            index = document.index
        holding = (name for name in self._named(index) if document_id in self.indexes[name])
        name = next(holding, None)
        if name is None:
            where = "" if index is None else f" in {index!r}"
            raise QueryError(f"there is no document {document_id!r}{where}")
        node, _ = node_of(query, self.schema, regex=regex)
        options = ReadingOptions(language, typos, accents, glossary)
        ranks = ranks_of(rank, self.schema)
        parts = parts_of(self._sources(), self.schema, node, (), options, ranks, now(), (node,))
        part = parts[list(self.indexes).index(name)]
        return self._explanation(part, document_id)

    def suggest(
        self,
        typed: str,
        *,
        fields: Sequence[str] | None = None,
        limit: int = 10,
        language: str | None = None,
    ) -> tuple[Suggestion, ...]:
        """Complete the last word of what somebody is typing, from the words of all indexes.

        Each index suggests as it would alone. What one holds best comes first; of equals, what
        more documents of all hold.

        Args:
            typed: the text so far.
            fields: the text fields whose words count, in the indexes that have them.
            limit: how many suggestions, at the most.
            language: the code of its language; None tells it from the text.

        Raises:
            QueryError: as ``Searcher.suggest``; no index has a field.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> [suggestion.query for suggestion in both.suggest("et")]
        ['été', 'étang']
        """
        names = text_names(fields, self.schema)

        def ask(one: Searcher) -> tuple[Suggestion, ...]:
            own = [name for name in names if name in one.schema.text_fields]
            return one.suggest(typed, fields=own, limit=limit, language=language)

        return _merged(map(ask, self.indexes.values()), limit)

    def suggest_titles(
        self, typed: str, field: str, *, limit: int = 10, language: str | None = None
    ) -> tuple[Suggestion, ...]:
        """Return the titles that somebody who is typing may look for, of all indexes likewise.

        Args:
            typed: the text so far.
            field: the text field whose values are titles, in the indexes that have it.
            limit: how many suggestions, at the most.
            language: as in ``suggest``.

        Raises:
            QueryError: as ``Searcher.suggest_titles``; no index has the field.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> [suggestion.text for suggestion in both.suggest_titles("et", "title")]
        ['L’été', 'L’étang']
        """
        (name,) = text_names([field], self.schema)
        having = (one for one in self.indexes.values() if name in one.schema.text_fields)
        asked = (one.suggest_titles(typed, name, limit=limit, language=language) for one in having)
        return _merged(asked, limit)

    def did_you_mean(self, query: str, *, language: str | None = None) -> str | None:
        """Refuse: ask the index whose words are meant, ``indexes["news"].did_you_mean(query)``.

        What stands side by side, by which a correction is chosen, is of one index.

        Args:
            query: what a person typed.
            language: the code of its language.

        Raises:
            QueryError: always.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> both.indexes["one"].did_you_mean("ete") is None
        True
        """
        raise QueryError(
            "did_you_mean is of one index: ask one of indexes, as in "
            f"indexes[{next(iter(self.indexes))!r}].did_you_mean({query!r})"
        )

    def more_like(
        self,
        document: str | Hit | None = None,
        *,
        text: str | None = None,
        field: str | None = None,
        where: Where | None = None,
        limit: int = 10,
        offset: int = 0,
        language: str | None = None,
    ) -> SearchResult:
        """Find documents of all indexes that are like a text.

        Args:
            document: none: what an id means depends on the index. Give a document's text.
            text: the text.
            field: the text field that is searched; None takes all.
            where: filters, as in ``search``.
            limit: how many hits.
            offset: how many hits to leave out before the first.
            language: the code of the text's language; None tells it from the text.

        Raises:
            QueryError: a document is given, or no text, or as ``search``.

        >>> from searchlib import Index, MultiSearcher, Schema, Text
        >>> schema = Schema({"title": Text()}, languages=["fr"])
        >>> one, two = Index(schema), Index(schema)
        >>> one.add([{"id": "a", "title": "L’été"}]).added
        1
        >>> two.add([{"id": "b", "title": "L’étang"}]).added
        1
        >>> both = MultiSearcher({"one": one, "two": two})
        >>> [(hit.index, hit.id) for hit in both.more_like(text="un été")]
        [('one', 'a')]
        """
        if document is not None:
            raise QueryError(
                "over several indexes more_like takes a text: that of the document, as in "
                "more_like(text=hit['title'])"
            )
        return super().more_like(
            text=text, field=field, where=where, limit=limit, offset=offset, language=language
        )

    def _snapshot(self) -> Snapshot:
        """A commit that counts in all indexes, and finds in the first."""
        return self._sources()[0].snapshot

    def _named(self, index: str | None) -> Sequence[str]:
        if index is None:
            return list(self.indexes)
        if index not in self.indexes:
            raise QueryError(f"there is no index {index!r}; there are {', '.join(self.indexes)}")
        return [index]

    def _sources(self) -> list[Source]:
        """The last commit of each index, counting in all."""
        searchers = self.indexes.values()
        schemas = [one.schema for one in searchers]
        snapshots = share(schemas, [one._snapshot() for one in searchers])
        return list(map(Source, self.indexes, schemas, snapshots))


def _merged(each: Iterable[tuple[Suggestion, ...]], limit: int) -> tuple[Suggestion, ...]:
    """The suggestions of several indexes, each once."""
    places: dict[str, int] = {}
    found: dict[str, Suggestion] = {}
    for suggestions in each:
        for place, one in enumerate(suggestions):
            known = found.get(one.query)
            documents = one.documents + (known.documents if known else 0)
            found[one.query] = replace(known or one, documents=documents)
            places[one.query] = min(place, places.get(one.query, place))
    best = sorted(found.values(), key=lambda one: (places[one.query], -one.documents))
    return tuple(best[:limit])


def _schema_of(schemas: Mapping[str, Schema]) -> Schema:
    """The fields of all indexes.

    Raises:
        SchemaMismatchError: fields of one name are of different types.
    """
    own_id = next(iter(schemas.values())).id
    fields: dict[str, Field] = {}
    first: dict[str, str] = {}
    for index, schema in schemas.items():
        for name, kind in schema.fields.items():
            if name == own_id:
                raise SchemaMismatchError(
                    f"{name!r} is the id in index {next(iter(schemas))!r} and {described(kind)} "
                    f"in {index!r}: search them apart, or rename one"
                )
            known = fields.setdefault(name, kind)
            first.setdefault(name, index)
            if getattr(known, "collation", None) != getattr(kind, "collation", None):
                raise SchemaMismatchError(
                    f"field {name!r} has one collation in index {first[name]!r} and another in "
                    f"{index!r}: search them apart, or give it one"
                )
            if known.type_name != kind.type_name:
                raise SchemaMismatchError(
                    f"field {name!r} is {described(known)} in index {first[name]!r} and "
                    f"{described(kind)} in {index!r}: search them apart, or rename one"
                )
    languages = dict.fromkeys(code for schema in schemas.values() for code in schema.languages)
    return Schema(fields, own_id, languages=list(languages))
