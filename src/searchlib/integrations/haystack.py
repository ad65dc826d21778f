"""A document store and a retriever for Haystack: ``pip install 'searchlib[haystack]'``."""

# Annotations are no strings here: Haystack reads those of a component's ``run``.

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, Final, Self

from searchlib.errors import QueryError, SchemaError
from searchlib.extras import extra
from searchlib.fields import Field, Stored, Text
from searchlib.highlight import Highlight
from searchlib.index import Index
from searchlib.integrations.filters import COMPARISONS
from searchlib.integrations.passages import content_fields, plain_highlights, text_of
from searchlib.query.nodes import All, And, Not, Or, Query
from searchlib.results import SearchResult
from searchlib.schema import Schema
from searchlib.searcher import Searcher
from searchlib.threads import in_thread
from searchlib.writer import Writer

with extra("haystack", "the document store for Haystack"):
    from haystack import Document, component, default_from_dict, default_to_dict
    from haystack.document_stores.errors import DuplicateDocumentError
    from haystack.document_stores.types import DuplicatePolicy, FilterPolicy
    from haystack.document_stores.types.filter_policy import apply_filter_policy
    from haystack.errors import FilterError

__all__ = ["SearchlibDocumentStore", "SearchlibRetriever", "document_schema", "filters_query"]

# The field that holds what else there is of a document: all its meta, and what cannot be searched.
_WHOLE: Final = "haystack"
_DATES: Final = "dates"  # and in it, dates of the meta as they were written: JSON has none
_LOGIC: Final[Mapping[str, Callable[..., Query]]] = {
    "AND": And,
    "OR": Or,
    "NOT": lambda *conditions: Not(And(*conditions)),
}


def document_schema(meta: Mapping[str, Field], languages: Sequence[str] = ()) -> Schema:
    """Return the schema of an index that documents of Haystack can be written to.

    Args:
        meta: the keys of their meta that can be searched, filtered and counted, with their types.
            Other keys are kept as well, and come back.
        languages: the languages to expect, as in ``Schema``.

    >>> from searchlib.fields import Keyword
    >>> list(document_schema({"author": Keyword()}, languages=["fr"]).fields)
    ['content', 'author', 'haystack']
    """
    return Schema({"content": Text(), **meta, _WHOLE: Stored()}, languages=languages)


class SearchlibDocumentStore:
    """An index as a document store of Haystack.

    A document comes back as it was written, embedding, blob and all its meta included. Filters are
    on ``id`` and on the keys of meta that the schema names. Each call is one commit, or none.

    Beside the methods of the protocol it has those that Haystack's own stores have in common, and
    for each one to ``await``: ``write_documents_async`` and so on.

    Args:
        index: an index with a ``document_schema``. One with any other schema can be read: its text
            fields are the content, its other fields the meta.
        wait: seconds that a write waits for another to end, in any process.

    >>> from searchlib import Index, Keyword
    >>> index = Index(document_schema({"author": Keyword()}, languages=["fr", "en"]))
    >>> store = SearchlibDocumentStore(index)
    >>> store.write_documents([
    ...     Document(id="a", content="L’été à Montréal", meta={"author": "Salim", "page": 3}),
    ... ])
    1
    >>> by_salim = {"field": "meta.author", "operator": "==", "value": "Salim"}
    >>> store.filter_documents(by_salim)[0].meta
    {'author': 'Salim', 'page': 3}
    """

    def __init__(self, index: Index, *, wait: float = 30.0) -> None:
        self.index = index
        self.wait = wait

    def to_dict(self) -> dict[str, Any]:
        """Return the store as plain values: folder and schema of its index, not its documents.

        An index in memory comes back empty.
        """
        path = self.index.path
        plain = {"path": None if path is None else str(path), "schema": self.index.schema.to_dict()}
        return default_to_dict(self, index=plain, wait=self.wait)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Make the store that ``to_dict`` gave."""
        given = data["init_parameters"]
        plain = given["index"]
        index = Index(Schema.from_dict(plain["schema"]), plain["path"])
        return cls(index, wait=given["wait"])

    def count_documents(self) -> int:
        """Return how many documents there are."""
        return len(self.index)

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        """Return how many documents match.

        Raises:
            FilterError: the filters are malformed, or do not fit the schema.
        """
        return self._found(self.index, filters, 0).total

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """Return the documents that match; all, if there are no filters.

        Raises:
            FilterError: the filters are malformed, or do not fit the schema.
        """
        return self._filtered(self.index.searcher(), filters)

    def write_documents(
        self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        """Write all of these documents, or none, and return how many were written.

        Args:
            documents: the documents.
            policy: what happens to one whose id is there; NONE is FAIL.

        Raises:
            DuplicateDocumentError: FAIL, and an id is there.
            DocumentError: a value in a document's meta does not fit the schema.
            SchemaError: the index has no ``document_schema``.
            IndexLockedError: another writer is open, and still was after the wait.
            ValueError: the argument is no list of documents.
        """
        if not isinstance(documents, list) or not all(
            isinstance(document, Document) for document in documents
        ):
            raise ValueError("write_documents takes a list of Haystack's Documents")
        known: set[str] = set()
        written = 0
        with self._writer() as writer:
            for document in documents:
                is_there = document.id in known or document.id in self.index
                if is_there and policy in (DuplicatePolicy.NONE, DuplicatePolicy.FAIL):
                    raise DuplicateDocumentError(
                        f"there is a document {document.id!r} already, nothing was written: "
                        "policy=DuplicatePolicy.OVERWRITE replaces it, SKIP leaves it"
                    )
                known.add(document.id)
                if is_there and policy is DuplicatePolicy.SKIP:
                    continue
                writer.add(_to_own(document, self.index.schema))
                written += 1
        return written

    def delete_documents(self, document_ids: list[str]) -> None:
        """Delete the documents with these ids; an id that no document has changes nothing.

        Raises:
            IndexLockedError: another writer is open, and still was after the wait.
            ValueError: the argument is one id, and no list of them.
        """
        if isinstance(document_ids, str):  # whose characters may be ids as well
            raise ValueError(f"delete_documents takes a list of ids: [{document_ids!r}]")
        with self._writer() as writer:
            writer.delete(*document_ids)

    def delete_all_documents(self) -> None:
        """Delete all documents."""
        with self._writer() as writer:
            writer.clear()

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        """Delete the documents that match, and return how many they were.

        Raises:
            FilterError: the filters are malformed, or do not fit the schema.
        """
        with self._writer() as writer:
            total = self._found(self.index, filters, 0).total
            if total:
                writer.delete_where(filters_query(filters, self.index.schema))
        return total

    def update_by_filter(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """Set these keys of the meta of all documents that match; return how many they were.

        Raises:
            FilterError: the filters are malformed, or do not fit the schema.
            DocumentError: a value does not fit the schema; nothing was changed.
        """
        with self._writer() as writer:
            documents = self._filtered(self.index.searcher(), filters)
            for document in documents:
                changed = replace(document, meta={**document.meta, **meta})
                writer.add(_to_own(changed, self.index.schema))
        return len(documents)

    count_documents_async = in_thread(count_documents)
    count_documents_by_filter_async = in_thread(count_documents_by_filter)
    filter_documents_async = in_thread(filter_documents)
    write_documents_async = in_thread(write_documents)
    delete_documents_async = in_thread(delete_documents)
    delete_all_documents_async = in_thread(delete_all_documents)
    delete_by_filter_async = in_thread(delete_by_filter)
    update_by_filter_async = in_thread(update_by_filter)

    def _writer(self) -> Writer:
        return self.index.writer(wait=self.wait)

    def _found(
        self, searcher: Searcher, filters: dict[str, Any] | None, limit: int
    ) -> SearchResult:
        node = filters_query(filters, self.index.schema) if filters else All()
        try:
            return searcher.search(where=node, limit=limit)
        except QueryError as error:
            raise FilterError(str(error)) from error

    def _filtered(self, searcher: Searcher, filters: dict[str, Any] | None) -> list[Document]:
        schema = self.index.schema
        if not filters:
            return [_to_haystack(document, schema) for document in searcher.documents()]
        total = self._found(searcher, filters, 0).total
        hits = self._found(searcher, filters, total)
        return [_to_haystack(hit.document, schema) for hit in hits]


@component
class SearchlibRetriever:
    """Finds the documents of a store by their words.

    Args:
        document_store: the store.
        top_k: how many documents.
        filters: filters of Haystack.
        filter_policy: whether filters of one run replace these, or join them.
        highlight: as in ``Index.search``; the fragments stand in a document's
            ``meta["_highlights"]``, by field.
        options: what else ``Index.search`` takes: ``{"language": "vi", "accents": "strict"}``.
            To be written to YAML with the pipeline, plain values.

    >>> from searchlib import Index
    >>> store = SearchlibDocumentStore(Index(document_schema({}, languages=["fr"])))
    >>> store.write_documents([Document(id="a", content="L’été à Montréal")])
    1
    >>> (document,) = SearchlibRetriever(store).run("montreal")["documents"]
    >>> document.id, document.content
    ('a', 'L’été à Montréal')
    """

    def __init__(
        self,
        document_store: SearchlibDocumentStore,
        *,
        top_k: int = 10,
        filters: dict[str, Any] | None = None,
        filter_policy: FilterPolicy = FilterPolicy.REPLACE,
        highlight: bool | Sequence[str] | Highlight = False,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        if not isinstance(document_store, SearchlibDocumentStore):
            raise SchemaError("SearchlibRetriever retrieves from a SearchlibDocumentStore")
        self.document_store = document_store
        self.top_k = top_k
        self.filters = filters
        self.filter_policy = filter_policy
        self.highlight = highlight
        self.options = dict(options or {})

    def to_dict(self) -> dict[str, Any]:
        """Return the component as plain values, as a pipeline is written to YAML."""
        marks = self.highlight
        return default_to_dict(
            self,
            document_store=self.document_store.to_dict(),
            top_k=self.top_k,
            filters=self.filters,
            filter_policy=self.filter_policy.value,
            highlight=asdict(marks) if isinstance(marks, Highlight) else marks,
            options=self.options,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Make the component that ``to_dict`` gave."""
        given = dict(data["init_parameters"])
        if isinstance(given["document_store"], dict):  # else Haystack has made it already
            given["document_store"] = SearchlibDocumentStore.from_dict(given["document_store"])
        given["filter_policy"] = FilterPolicy.from_str(given["filter_policy"])
        if isinstance(given["highlight"], dict):
            given["highlight"] = Highlight(**given["highlight"])
        return default_from_dict(cls, {**data, "init_parameters": given})

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Retrieve documents, the best first.

        Args:
            query: what a person typed.
            filters: filters of this run; what they do to the component's own says its policy.
            top_k: how many documents; None takes the component's.

        Raises:
            FilterError: the filters are malformed, or do not fit the schema.
            QueryError: as ``Index.search``.
        """
        result = self.document_store.index.search(query, **self._arguments(filters, top_k))
        return {"documents": self._documents(result)}

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Await ``run``: same arguments, same result, same errors."""
        arguments = self._arguments(filters, top_k)
        result = await self.document_store.index.asearch(query, **arguments)
        return {"documents": self._documents(result)}

    def _arguments(self, filters: dict[str, Any] | None, top_k: int | None) -> dict[str, Any]:
        schema = self.document_store.index.schema
        applied = apply_filter_policy(self.filter_policy, self.filters, filters)
        return {
            **self.options,
            "where": filters_query(applied, schema) if applied else None,
            "limit": self.top_k if top_k is None else top_k,
            "highlight": self.highlight,
        }

    def _documents(self, result: SearchResult) -> list[Document]:
        schema = self.document_store.index.schema
        documents = []
        for hit in result:
            document = _to_haystack(hit.document, schema)
            marks = {"_highlights": plain_highlights(hit)} if hit.highlights else {}
            meta = {**document.meta, **marks}
            documents.append(replace(document, score=hit.score, meta=meta))
        return documents


def filters_query(filters: Mapping[str, Any], schema: Schema) -> Query:
    """Return Haystack's filters as a node, ready for ``where``.

    Raises:
        FilterError: they are malformed.

    >>> one = {"field": "meta.year", "operator": ">=", "value": 2020}
    >>> two = {"field": "meta.author", "operator": "in", "value": ["Salim", "Quang"]}
    >>> both = {"operator": "AND", "conditions": [one, two]}
    >>> str(filters_query(both, document_schema({})))
    'year:[2020 TO *] AND (author:"Salim" OR author:"Quang")'
    """
    if not isinstance(filters, Mapping):
        raise FilterError(f"a filter is a dict, not {filters!r}")
    is_comparison = "field" in filters
    for key in ("operator", "value" if is_comparison else "conditions"):
        if key not in filters:
            raise FilterError(f"{key!r} key missing in {dict(filters)!r}")
    operator = filters["operator"]
    known: Iterable[str] = COMPARISONS if is_comparison else _LOGIC
    if not isinstance(operator, str) or operator not in known:
        raise FilterError(f"there is no operator {operator!r} here; there are {', '.join(known)}")
    if not is_comparison:
        conditions = filters["conditions"]
        if not isinstance(conditions, (list, tuple)):
            raise FilterError(f"'conditions' is a list of filters, not {conditions!r}")
        return _LOGIC[operator](*(filters_query(one, schema) for one in conditions))
    value = filters["value"]
    if operator in ("in", "not in") and not isinstance(value, list):
        raise FilterError(f"{operator!r} takes a list of values, not {value!r}")
    name = str(filters["field"]).removeprefix("meta.")
    return COMPARISONS[operator](schema.id if filters["field"] == "id" else name, value)


def _to_own(document: Document, schema: Schema) -> dict[str, Any]:
    """A document of Haystack as the index takes it.

    Raises:
        SchemaError: the index cannot hold it whole.
    """
    if not isinstance(schema.fields.get(_WHOLE), Stored) or "content" not in schema.text_fields:
        raise SchemaError(
            "documents of Haystack go into an index of their own: Index(document_schema({…}), "
            f"path); this one has the fields {', '.join(schema.fields)}"
        )
    named = {
        name: value
        for name, value in document.meta.items()
        if name in schema.fields and name not in ("content", _WHOLE)
    }
    whole = document.to_dict(flatten=False)
    for name in ("id", "content", "score"):
        del whole[name]
    dates = {name: value for name, value in named.items() if _has_dates(value)}
    whole["meta"] = {name: value for name, value in document.meta.items() if name not in dates}
    if dates:
        with suppress(Exception):  # of a time zone that somebody wrote: its field says so
            whole[_DATES] = {name: _as_json(value) for name, value in dates.items()}
    return {**named, schema.id: document.id, "content": document.content, _WHOLE: whole}


def _to_haystack(own: Mapping[str, Any], schema: Schema) -> Document:
    """A document of the index as Haystack takes it, without a score."""
    whole = own.get(_WHOLE)
    if isinstance(whole, dict):
        # Documents written before dates were kept here have them in the fields alone.
        dates = {name: value for name, value in own.items() if _has_dates(value)}
        dates |= {name: _from_json(value) for name, value in whole.get(_DATES, {}).items()}
        plain = {name: value for name, value in whole.items() if name != _DATES}
        plain |= {"id": own[schema.id], "content": own.get("content")}
        return Document.from_dict({**plain, "meta": {**dates, **whole["meta"]}})
    content = content_fields(None, schema)
    meta = {name: value for name, value in own.items() if name not in content and name != schema.id}
    return Document(id=own[schema.id], content=text_of(own, content), meta=meta)


def _has_dates(value: Any) -> bool:
    """Whether this is a day or a moment, or a list in which one stands."""
    return any(isinstance(one, date) for one in (value if _is_list(value) else [value]))


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _as_json(value: Any) -> Any:
    """Days and moments, and what stands beside them, as ``_from_json`` reads them."""
    if _is_list(value):
        return list(map(_as_json, value))
    if isinstance(value, datetime):
        return {"moment": datetime.isoformat(value)}
    return {"day": date.isoformat(value)} if isinstance(value, date) else value


def _from_json(value: Any) -> Any:
    match value:
        case [*items]:
            return list(map(_from_json, items))
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return value
