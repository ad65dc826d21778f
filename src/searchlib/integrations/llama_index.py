"""A retriever for LlamaIndex: ``pip install 'searchlib[llama-index]'``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from searchlib.errors import QueryError
from searchlib.extras import extra
from searchlib.highlight import Highlight
from searchlib.integrations.filters import COMPARISONS
from searchlib.integrations.passages import Passage, content_fields, passage_of
from searchlib.query.nodes import All, And, Exists, Not, Or, Phrase, Query
from searchlib.query.where import Where, filters_of
from searchlib.results import SearchResult
from searchlib.searcher import Searcher

with extra("llama-index", "the retriever for LlamaIndex"):
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
    from llama_index.core.vector_stores.types import (
        FilterCondition,
        FilterOperator,
        MetadataFilter,
        MetadataFilters,
    )

__all__ = ["SearchlibRetriever", "filters_query"]


class SearchlibRetriever(BaseRetriever):
    """Finds the documents of an index for a query engine or agent of LlamaIndex.

    A node's text is the document's, its metadata all the document's other fields, and beside these
    ``_score``, ``_language`` and, where asked for, ``_highlights`` (field → fragments), which
    neither an embedding nor a language model is shown.

    Args:
        index: an ``Index``, or what else searches: a ``Searcher``, a ``MultiSearcher``.
        similarity_top_k: how many nodes.
        where: filters, as in ``Index.search``.
        filters: filters of LlamaIndex; where both are given, both must match.
        content: the field or fields that are the text; None takes all text fields.
        highlight: as in ``Index.search``.
        options: what else ``Index.search`` takes: ``{"language": "vi", "accents": "strict"}``.
        callback_manager: LlamaIndex's own.

    Raises:
        QueryError: the index has no field of ``content``, or a filter cannot be said; at a search,
            as ``Index.search``.

    >>> from searchlib import Index, Integer, Schema, Text
    >>> index = Index(Schema({"title": Text(), "year": Integer()}, languages=["fr"]))
    >>> index.add([{"id": "a", "title": "L’été à Montréal", "year": 2022}]).added
    1
    >>> (found,) = SearchlibRetriever(index, similarity_top_k=3).retrieve("montreal")
    >>> found.node.node_id, found.text, found.metadata["year"]
    ('a', 'L’été à Montréal', 2022)
    """

    def __init__(
        self,
        index: Searcher,
        *,
        similarity_top_k: int = 10,
        where: Where | None = None,
        filters: MetadataFilters | None = None,
        content: str | Sequence[str] | None = None,
        highlight: bool | Sequence[str] | Highlight = False,
        options: Mapping[str, Any] | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager)
        self._index = index
        self._fields = content_fields(content, index.schema)
        own = filters_of(where)
        self._arguments = {
            **(options or {}),
            "limit": similarity_top_k,
            "where": own if filters is None else (*own, filters_query(filters)),
            "highlight": highlight,
        }

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes(self._index.search(query_bundle.query_str, **self._arguments))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes(await self._index.asearch(query_bundle.query_str, **self._arguments))

    def _nodes(self, result: SearchResult) -> list[NodeWithScore]:
        schema = self._index.schema
        passages = (passage_of(hit, self._fields, schema) for hit in result)
        return [NodeWithScore(node=_node(passage), score=passage.score) for passage in passages]


def filters_query(filters: MetadataFilters) -> Query:
    """Return LlamaIndex's filters as a node, ready for ``where``.

    ``text_match`` looks for the words of a text field side by side, without regard to case.

    Raises:
        QueryError: an operator is none of LlamaIndex's, or does not fit its value.

    >>> one = MetadataFilter(key="year", value=2020, operator=FilterOperator.GTE)
    >>> two = MetadataFilter(key="author", value=["Salim", "Quang"], operator=FilterOperator.IN)
    >>> str(filters_query(MetadataFilters(filters=[one, two])))
    'year:[2020 TO *] AND (author:"Salim" OR author:"Quang")'
    """
    parts = [
        filters_query(one) if isinstance(one, MetadataFilters) else _comparison(one)
        for one in filters.filters
    ]
    if not parts:
        return All()
    if filters.condition == FilterCondition.NOT:
        return Not(Or(*parts))
    if filters.condition == FilterCondition.OR:
        return Or(*parts)
    return And(*parts)


def _comparison(one: MetadataFilter) -> Query:
    operator = one.operator
    if operator in _SEVERAL and not isinstance(one.value, list):
        raise QueryError(
            f"filter on {one.key!r}: {operator.value!r} takes a list of values, not {one.value!r}"
        )
    return _OPERATORS[operator](one.key, one.value)


def _all_of(field: str, values: Any) -> Query:
    return And(*(COMPARISONS["=="](field, value) for value in values))


_SEVERAL: Final = {FilterOperator.IN, FilterOperator.NIN, FilterOperator.ANY, FilterOperator.ALL}
_OPERATORS: Final[Mapping[FilterOperator, Callable[[str, Any], Query]]] = {
    FilterOperator.EQ: COMPARISONS["=="],
    FilterOperator.NE: COMPARISONS["!="],
    FilterOperator.GT: COMPARISONS[">"],
    FilterOperator.GTE: COMPARISONS[">="],
    FilterOperator.LT: COMPARISONS["<"],
    FilterOperator.LTE: COMPARISONS["<="],
    FilterOperator.IN: COMPARISONS["in"],
    FilterOperator.NIN: COMPARISONS["not in"],
    FilterOperator.ANY: COMPARISONS["in"],
    FilterOperator.ALL: _all_of,
    FilterOperator.CONTAINS: COMPARISONS["=="],  # of a field with several values, any of them
    FilterOperator.TEXT_MATCH: lambda field, value: Phrase(str(value), field),
    FilterOperator.TEXT_MATCH_INSENSITIVE: lambda field, value: Phrase(str(value), field),
    FilterOperator.IS_EMPTY: lambda field, _: Not(Exists(field)),
}


def _node(passage: Passage) -> TextNode:
    hidden = [name for name in passage.metadata if name.startswith("_")]
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=passage.metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
