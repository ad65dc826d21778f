"""The retriever for LangChain, in LangChain's own chains."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.load import dumps
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from searchlib import Highlight, Index, MultiSearcher, QueryError, Range, Schema, Text
from searchlib.integrations.langchain import SearchlibRetriever
from tests.conftest import output_of
from tests.retrieval import DOCUMENTS, library

INDEX: Final = library()


def ids(documents: list[Document]) -> list[str | None]:
    return [document.id for document in documents]


def test_a_document_holds_text_and_metadata() -> None:
    (document,) = SearchlibRetriever(index=INDEX, k=1).invoke("traité paix")
    assert document.id == "paix"
    assert document.page_content == f"{DOCUMENTS[0]['title']}\n\n{DOCUMENTS[0]['body']}"
    score = document.metadata.pop("_score")
    assert score == INDEX.search("traité paix").hits[0].score
    own = {name: DOCUMENTS[0][name] for name in ("author", "year", "day")}
    assert document.metadata == {**own, "_language": "fr"}


def test_a_document_without_text_has_an_empty_one() -> None:
    (document,) = SearchlibRetriever(index=INDEX, where={"author": "Khairat"}).invoke("")
    assert (document.id, document.page_content) == ("bare", "")


def test_k_and_where_are_of_the_retriever_or_of_one_call() -> None:
    retriever = SearchlibRetriever(index=INDEX, k=2, where={"author": "Quang"})
    assert set(ids(retriever.invoke(""))) == {"paix", "hoi"}
    assert len(retriever.invoke("", k=1)) == 1
    assert ids(retriever.invoke("", where=Range("year", gt=2022))) == ["peace"]
    assert len(SearchlibRetriever(index=INDEX).invoke("", k=0)) == 0


def test_options_reach_the_search() -> None:
    retriever = SearchlibRetriever(index=INDEX, options={"sort": "-year"})
    documents = retriever.invoke("")
    assert ids(documents) == ["peace", "hoi", "paix", "bare"]
    assert {document.metadata["_score"] for document in documents} == {None}


def test_highlights_are_plain_values() -> None:
    highlight = Highlight(fields=["title"], style="text")
    (document,) = SearchlibRetriever(index=INDEX, highlight=highlight).invoke("quoc hoi")
    assert document.metadata["_highlights"] == {"title": ["Chủ tịch «Quốc» «hội» thăm Campuchia"]}
    assert type(document.metadata["_highlights"]["title"][0]) is str
    assert json.loads(dumps(document))["kwargs"]["metadata"]["_language"] == "vi"


def test_content_says_which_fields_are_the_text() -> None:
    (document,) = SearchlibRetriever(index=INDEX, content="title", k=1).invoke("peace")
    assert document.page_content == "Peace talks"
    assert document.metadata["body"] == "The talks went on."
    (document,) = SearchlibRetriever(index=INDEX, content=["author", "year"]).invoke("traite")
    assert document.page_content == "Salim\nQuang\n\n2021"
    with pytest.raises(QueryError, match=r"'colour'.* title, body"):
        SearchlibRetriever(index=INDEX, content="colour").invoke("peace")


def test_it_is_awaited_alike() -> None:
    retriever = SearchlibRetriever(index=INDEX, highlight=True)
    found = asyncio.run(retriever.ainvoke("hop tac", k=1, where={"year": 2022}))
    assert found == retriever.invoke("hop tac", k=1, where={"year": 2022})
    assert ids(found) == ["hoi"]


def test_a_batch_searches_in_threads() -> None:
    retriever = SearchlibRetriever(index=INDEX, k=1)
    queries = ["peace", "quoc hoi", "traite"] * 5
    assert retriever.batch(queries) == [retriever.invoke(query) for query in queries]
    found = asyncio.run(retriever.abatch(queries))
    assert [ids(documents) for documents in found] == [["peace"], ["hoi"], ["paix"]] * 5


def test_it_is_a_part_of_a_chain() -> None:
    def told(documents: list[Document]) -> str:
        return " | ".join(document.page_content.split("\n")[0] for document in documents)

    retriever = SearchlibRetriever(index=INDEX, k=1)
    chain: Any = {"context": retriever | told, "question": RunnablePassthrough()} | RunnableLambda(
        lambda given: f"{given['question']}: {given['context']}"
    )
    assert chain.invoke("peace talks") == "peace talks: Peace talks"


def test_callbacks_hear_of_errors() -> None:
    heard: list[str] = []

    class Listener(BaseCallbackHandler):
        def on_retriever_error(self, error: BaseException, **_: Any) -> None:
            heard.append(str(error))

    retriever = SearchlibRetriever(index=INDEX, where={"colour": "red"})
    with pytest.raises(QueryError):
        retriever.invoke("peace", config={"callbacks": [Listener()]})
    (message,) = heard
    assert "colour" in message


def test_several_indexes_have_names() -> None:
    other = Index(Schema({"title": Text()}, languages=["en"]))
    other.add([{"id": "peace", "title": "Peace at last"}])
    retriever = SearchlibRetriever(index=MultiSearcher({"old": INDEX, "new": other}))
    found = {document.id: document.metadata["_index"] for document in retriever.invoke("peace")}
    assert found["old/peace"] == "old" and found["new/peace"] == "new"


@pytest.mark.parametrize(
    ("module", "extra"),
    [("langchain", "langchain"), ("llama_index", "llama-index")],
)
def test_a_missing_library_is_named_with_its_extra(module: str, extra: str) -> None:
    code = (
        "import sys\n"
        "sys.modules['langchain_core'] = sys.modules['llama_index'] = None\n"
        "from searchlib import MissingExtraError\n"
        "try:\n"
        f"    import searchlib.integrations.{module}\n"
        "except MissingExtraError as error:\n"
        "    print(error)"
    )
    assert output_of(code).endswith(f"pip install 'searchlib[{extra}]'")
