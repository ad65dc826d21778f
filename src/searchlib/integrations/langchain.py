"""A retriever for LangChain: ``pip install 'searchlib[langchain]'``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from searchlib.extras import extra
from searchlib.highlight import Highlight
from searchlib.integrations.passages import content_fields, passage_of
from searchlib.query.where import Where
from searchlib.results import SearchResult
from searchlib.searcher import Searcher

with extra("langchain", "the retriever for LangChain"):
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from pydantic import Field, NonNegativeInt, SkipValidation

__all__ = ["SearchlibRetriever"]


class SearchlibRetriever(BaseRetriever):
    """Finds the documents of an index for a chain or agent of LangChain.

    ``k`` and ``where`` may also be given to one ``invoke``: ``retriever.invoke("été", k=2)``.

    A document's ``page_content`` is its text, its ``metadata`` all its other fields, and beside
    these ``_score``, ``_language`` and, where asked for, ``_highlights`` (field → fragments).

    Attributes:
        index: an ``Index``, or what else searches: a ``Searcher``, a ``MultiSearcher``.
        k: how many documents.
        where: filters, as in ``Index.search``.
        content: the field or fields that are the text; None takes all text fields.
        highlight: as in ``Index.search``.
        options: what else ``Index.search`` takes: ``{"language": "vi", "accents": "strict"}``.

    Raises:
        QueryError: at a search, as ``Index.search``; the index has no field of ``content``.

    >>> from searchlib import Index, Integer, Schema, Text
    >>> index = Index(Schema({"title": Text(), "year": Integer()}, languages=["fr"]))
    >>> index.add([{"id": "a", "title": "L’été à Montréal", "year": 2022}]).added
    1
    >>> retriever = SearchlibRetriever(index=index, k=3, highlight=True)
    >>> (document,) = retriever.invoke("montreal")
    >>> document.id, document.page_content, document.metadata["year"]
    ('a', 'L’été à Montréal', 2022)
    >>> document.metadata["_highlights"]
    {'title': ['L’été à <mark>Montréal</mark>']}
    """

    index: SkipValidation[Searcher]
    k: NonNegativeInt = 10
    where: Annotated[Where | None, SkipValidation] = None
    content: str | Sequence[str] | None = None
    highlight: Annotated[bool | Sequence[str] | Highlight, SkipValidation] = False
    options: Mapping[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        where: Where | None = None,
    ) -> list[Document]:
        return self._documents(self.index.search(query, **self._arguments(k, where)))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        where: Where | None = None,
    ) -> list[Document]:
        return self._documents(await self.index.asearch(query, **self._arguments(k, where)))

    def _arguments(self, k: int | None, where: Where | None) -> dict[str, Any]:
        return {
            **self.options,
            "limit": self.k if k is None else k,
            "where": self.where if where is None else where,
            "highlight": self.highlight,
        }

    def _documents(self, result: SearchResult) -> list[Document]:
        schema = self.index.schema
        fields = content_fields(self.content, schema)
        passages = (passage_of(hit, fields, schema) for hit in result)
        return [
            Document(id=passage.id, page_content=passage.text, metadata=passage.metadata)
            for passage in passages
        ]
