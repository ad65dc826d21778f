"""A retriever, with filters, for LlamaIndex: pip install 'searchlib[llama-index]'."""

from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

from searchlib import Index, Integer, Schema, Text
from searchlib.integrations.llama_index import SearchlibRetriever

index = Index(Schema({"title": Text(), "body": Text(), "year": Integer()}, languages=["vi", "fr"]))
index.add(
    [
        {"id": "1", "title": "Quốc hội", "body": "Chủ tịch Quốc hội thăm Campuchia.", "year": 2022},
        {"id": "2", "title": "L’été", "body": "Un été à Montréal, au bord de l’eau.", "year": 2021},
        {"id": "3", "title": "Les lacs", "body": "En été, l’eau des lacs est tiède.", "year": 2019},
    ]
)

recent = MetadataFilter(key="year", value=2020, operator=FilterOperator.GTE)
retriever = SearchlibRetriever(
    index, similarity_top_k=2, filters=MetadataFilters(filters=[recent]), content="body"
)
for found in retriever.retrieve("eau ete"):
    print(f"{found.node.node_id}  {found.score:.2f}  {found.text}")

# A model that repeats what it is asked shows what one that answers would see.
engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
print()
print(engine.query("chủ tịch thăm nước nào?"))
