"""The retriever for LlamaIndex, in LlamaIndex's own query engine."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from llama_index.core.vector_stores.types import MetadataFilters

from searchlib import Index, MultiSearcher, QueryError, Schema, Text
from searchlib.integrations.llama_index import SearchlibRetriever
from tests.retrieval import DOCUMENTS, library

INDEX: Final = library()


def ids(nodes: list[NodeWithScore]) -> list[str]:
    return [node.node.node_id for node in nodes]


def filtered(*filters: dict[str, Any], condition: str = "and") -> set[str]:
    """The ids that LlamaIndex's filters leave."""
    given = MetadataFilters.model_validate({"filters": list(filters), "condition": condition})
    return set(ids(SearchlibRetriever(INDEX, filters=given).retrieve("")))


def test_a_node_holds_text_score_and_metadata() -> None:
    (found,) = SearchlibRetriever(INDEX, similarity_top_k=1).retrieve("traité paix")
    hit = INDEX.search("traité paix").hits[0]
    assert (found.node.node_id, found.score) == ("paix", hit.score)
    assert found.text == f"{DOCUMENTS[0]['title']}\n\n{DOCUMENTS[0]['body']}"
    own = {name: DOCUMENTS[0][name] for name in ("author", "year", "day")}
    assert found.metadata == {**own, "_score": hit.score, "_language": "fr"}


def test_a_language_model_sees_no_scores_and_marks() -> None:
    retriever = SearchlibRetriever(INDEX, highlight=["title"], content="body")
    (found,) = retriever.retrieve(QueryBundle("quoc hoi"))
    assert found.metadata["_highlights"]["title"] == [
        "Chủ tịch <mark>Quốc</mark> <mark>hội</mark> thăm Campuchia"
    ]
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        shown = found.node.get_content(metadata_mode=mode)
        assert "year: 2022" in shown and "hòa bình" in shown
        assert "_score" not in shown and "<mark>" not in shown


def test_hits_in_the_order_of_a_field_have_no_score() -> None:
    found = SearchlibRetriever(INDEX, options={"sort": "-year"}, similarity_top_k=2).retrieve("")
    assert ids(found) == ["peace", "hoi"]
    assert [node.score for node in found] == [None, None]


def test_it_is_awaited_alike() -> None:
    retriever = SearchlibRetriever(INDEX, where={"author": "Quang"})
    found = asyncio.run(retriever.aretrieve("hòa bình"))
    assert ids(found) == ids(retriever.retrieve("hòa bình")) == ["hoi"]


def test_it_serves_a_query_engine() -> None:
    engine = RetrieverQueryEngine.from_args(
        SearchlibRetriever(INDEX, similarity_top_k=1), llm=MockLLM()
    )
    response = engine.query("talks on peace")
    assert ids(response.source_nodes) == ["peace"]
    assert "The talks went on." in str(response)  # the prompt, which this model gives back


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("==", "author", "Quang", {"paix", "hoi"}),
        ("!=", "author", "Quang", {"peace", "bare"}),
        (">", "year", 2021, {"hoi", "peace"}),
        (">=", "year", 2022, {"hoi", "peace"}),
        ("<", "year", 2022, {"paix"}),
        ("<=", "year", 2022, {"paix", "hoi"}),
        (">=", "day", "2021-01-01", {"paix"}),
        ("in", "year", [2021, 2023], {"paix", "peace"}),
        ("nin", "year", [2021, 2023], {"hoi", "bare"}),
        ("any", "author", ["Salim", "Khairat"], {"paix", "bare"}),
        ("all", "author", ["Salim", "Quang"], {"paix"}),
        ("contains", "author", "Salim", {"paix"}),
        ("text_match", "body", "hop tac", {"hoi"}),
        ("text_match_insensitive", "title", "PEACE TALKS", {"peace"}),
        ("is_empty", "author", None, {"peace"}),
        ("==", "author", None, {"peace"}),
    ],
)
def test_each_operator_filters(operator: str, key: str, value: Any, expected: set[str]) -> None:
    assert filtered({"key": key, "operator": operator, "value": value}) == expected


def test_conditions_join_filters() -> None:
    quang, late = {"key": "author", "value": "Quang"}, {"key": "year", "value": 2022}
    assert filtered(quang, late) == {"hoi"}
    assert filtered({"key": "year", "value": 2023}, quang, condition="or") == {
        "paix",
        "hoi",
        "peace",
    }
    assert filtered(quang, late, condition="not") == {"peace", "bare"}
    inner = {"filters": [quang, {"key": "author", "value": "Khairat"}], "condition": "or"}
    assert filtered(inner, {"key": "year", "operator": "is_empty", "value": None}) == {"bare"}
    assert filtered() == {"paix", "hoi", "peace", "bare"}


def test_filters_of_both_kinds_must_match() -> None:
    given = MetadataFilters.model_validate({"filters": [{"key": "author", "value": "Quang"}]})
    retriever = SearchlibRetriever(INDEX, filters=given, where={"year": 2021})
    assert ids(retriever.retrieve("")) == ["paix"]


def test_what_does_not_fit_is_an_error() -> None:
    with pytest.raises(QueryError, match=r"'year'.*list of values"):
        filtered({"key": "year", "operator": "in", "value": 2021})
    with pytest.raises(QueryError, match="no field 'colour'"):
        filtered({"key": "colour", "value": "red"})
    with pytest.raises(QueryError, match=r"'colour'.* title, body"):
        SearchlibRetriever(INDEX, content="colour")


def test_same_ids_in_several_indexes_are_different_nodes() -> None:
    other = Index(Schema({"title": Text()}, languages=["en"]))
    other.add([{"id": "peace", "title": "Peace at last"}])
    retriever = SearchlibRetriever(MultiSearcher({"old": INDEX, "new": other}))
    assert {"old/peace", "new/peace"} <= set(ids(retriever.retrieve("peace")))
