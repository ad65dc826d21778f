"""A retriever in a chain of LangChain: pip install 'searchlib[langchain]'."""

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from searchlib import Highlight, Index, Integer, Schema, Text
from searchlib.integrations.langchain import SearchlibRetriever

schema = Schema(
    {"title": Text(weight=2.0), "body": Text(), "year": Integer()}, languages=["vi", "fr"]
)
index = Index(schema)
index.add(
    [
        {"id": "1", "title": "Quốc hội", "body": "Chủ tịch Quốc hội thăm Campuchia.", "year": 2022},
        {"id": "2", "title": "L’été", "body": "Un été à Montréal, au bord de l’eau.", "year": 2021},
        {"id": "3", "title": "Les lacs", "body": "En été, l’eau des lacs est tiède.", "year": 2019},
    ]
)

retriever = SearchlibRetriever(index=index, k=2, highlight=Highlight(style="text"))
for document in retriever.invoke("eau ete"):
    metadata = document.metadata
    print(
        f"{document.id}  {metadata['_score']:.2f}  {metadata['year']}",
        *metadata["_highlights"]["body"],
    )


def context(documents: list[Document]) -> str:
    """What a prompt says of the documents."""
    return "\n".join(f"[{document.id}] {document.page_content}" for document in documents)


def prompt(given: dict[str, str]) -> str:
    """What a language model would be asked."""
    return f"{given['context']}\n\nAnswer from these texts: {given['question']}"


chain = {"context": retriever | context, "question": RunnablePassthrough()} | RunnableLambda(prompt)
print()
print(chain.invoke("chủ tịch thăm nước nào?"))
