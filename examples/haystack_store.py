"""A document store and a retriever in pipelines of Haystack: pip install 'searchlib[haystack]'."""

from haystack import Document, Pipeline
from haystack.components.writers import DocumentWriter
from haystack.document_stores.types import DuplicatePolicy

from searchlib import Index, Integer, Keyword
from searchlib.integrations.haystack import (
    SearchlibDocumentStore,
    SearchlibRetriever,
    document_schema,
)

index = Index(document_schema({"author": Keyword(), "year": Integer()}, languages=["vi", "fr"]))
store = SearchlibDocumentStore(index)

writing = Pipeline()
writing.add_component("writer", DocumentWriter(store, policy=DuplicatePolicy.OVERWRITE))
documents = [
    Document(id="1", content="Chủ tịch Quốc hội thăm Campuchia", meta={"author": "Quang"}),
    Document(id="2", content="Un été à Montréal", meta={"author": "Salim", "year": 2021}),
    Document(id="3", content="L’été au bord des lacs", meta={"year": 2019, "pages": [4, 5]}),
]
print(writing.run({"writer": {"documents": documents}}))

reading = Pipeline()
reading.add_component("retriever", SearchlibRetriever(store, top_k=2, highlight=True))
since = {"field": "meta.year", "operator": ">=", "value": 2019}
for query, filters in (("quoc hoi", None), ("ete", since)):
    result = reading.run({"retriever": {"query": query, "filters": filters}})
    for document in result["retriever"]["documents"]:
        marks = document.meta.pop("_highlights")["content"]
        print(f"{query}: {document.id}  {document.score:.2f}", *marks, document.meta)

print(f"{store.count_documents_by_filter(since)} of {store.count_documents()} since 2019")
