"""The document store and the retriever for Haystack: by Haystack's own tests, and in pipelines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest
from haystack import Document, Pipeline
from haystack.components.writers import DocumentWriter
from haystack.core.serialization_security import allow_deserialization_module
from haystack.dataclasses import ByteStream, SparseEmbedding
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DocumentStore, DuplicatePolicy, FilterPolicy
from haystack.errors import FilterError
from haystack.testing.document_store import (
    CountDocumentsByFilterTest,
    DocumentStoreBaseExtendedTests,
)
from haystack.utils.filters import document_matches_filter
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Date,
    DateTime,
    DocumentError,
    Highlight,
    Index,
    IndexLockedError,
    Integer,
    Keyword,
    SchemaError,
)
from searchlib.integrations.haystack import (
    SearchlibDocumentStore,
    SearchlibRetriever,
    document_schema,
)
from tests.conftest import output_of
from tests.retrieval import library

SCHEMA: Final = document_schema(
    {
        **{name: Keyword() for name in ("name", "page", "chapter", "category", "status")},
        **{name: Integer() for name in ("number", "year")},
        **{name: Boolean() for name in ("updated", "featured")},
        "extra_field": Keyword(),
        "date": DateTime(),
        "day": Date(),
    },
    languages=["en", "fr", "vi"],
)


def store_of(*documents: Document) -> SearchlibDocumentStore:
    store = SearchlibDocumentStore(Index(SCHEMA))
    store.write_documents(list(documents))
    return store


def by_id(documents: list[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: document.id)


class TestHaystacksOwn(DocumentStoreBaseExtendedTests, CountDocumentsByFilterTest):
    """What Haystack asks of every document store."""

    @pytest.fixture
    def document_store(self) -> SearchlibDocumentStore:
        return store_of()

    @staticmethod
    def assert_documents_are_equal(received: list[Document], expected: list[Document]) -> None:
        # In which order they come the protocol leaves to the store.
        assert by_id(received) == by_id(expected)

    def test_write_documents(self, document_store: DocumentStore) -> None:
        document = Document(content="test doc")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])
        assert document_store.filter_documents() == [document]


WHOLE: Final = Document(
    id="whole",
    content="Chủ tịch Quốc hội",
    blob=ByteStream(b"\x00\xff", meta={"a": 1}, mime_type="x/y"),
    meta={"name": "n", "number": 3, "nested": {"deep": [1, None, "é"]}, "content": "own", "id": 7},
    embedding=[0.5, -1.0],
    sparse_embedding=SparseEmbedding(indices=[1, 5], values=[0.1, 0.2]),
)


def test_a_document_comes_back_whole(tmp_path: Path) -> None:
    bare = Document(id="bare")
    store = SearchlibDocumentStore(Index(SCHEMA, tmp_path / "index"))
    store.write_documents([WHOLE, bare])
    again = SearchlibDocumentStore(Index.open(tmp_path / "index"))
    assert by_id(again.filter_documents()) == [bare, WHOLE]
    (found,) = SearchlibRetriever(again).run("quoc hoi")["documents"]
    assert found.score is not None and found.score > 0
    assert replace(found, score=None) == WHOLE


def test_dates_come_back_as_dates() -> None:
    moment = datetime(2022, 9, 15, 10, 30, tzinfo=UTC)
    document = Document(id="a", content="x", meta={"day": date(2022, 9, 15), "date": moment})
    store = store_of(document)
    assert store.filter_documents() == [document]
    for name, value in document.meta.items():
        later = {"field": f"meta.{name}", "operator": ">=", "value": value}
        assert store.count_documents_by_filter(later) == 1


def test_dates_come_back_as_they_were_written() -> None:
    """In lists, and without a time zone, whatever the field makes of them."""
    hanoi = timezone(timedelta(hours=7))
    for meta in (
        {"day": [date(2022, 1, 1), date(2022, 1, 2)]},
        {"day": [date(2022, 1, 1), "2022-01-02"]},
        {"date": datetime(2022, 9, 15, 10, 30)},
        {"date": date(2022, 9, 15)},
        {"date": [date(2022, 9, 15), datetime(2022, 9, 15, 10, 30, tzinfo=hanoi)]},
    ):
        document = Document(id="a", content="x", meta=meta)
        store = store_of(document)
        (found,) = store.filter_documents()
        assert repr(found.meta) == repr(meta)
        (name,) = meta
        later = {"field": f"meta.{name}", "operator": ">=", "value": date(2022, 1, 2)}
        assert store.count_documents_by_filter(later) == 1
        store.update_by_filter(later, {"number": 8})
        assert repr(store.filter_documents()[0].meta) == repr({**meta, "number": 8})
    with pytest.raises(DocumentError, match="field 'day': expected a date"):
        store_of(Document(id="a", content="x", meta={"day": [date(2022, 1, 1), 7]}))


def test_dates_of_documents_that_hold_them_in_their_fields_alone_come_back() -> None:
    index = Index(SCHEMA)
    day = date(2022, 9, 15)
    index.add([{"id": "a", "content": "x", "day": day, "haystack": {"meta": {"number": 3}}}])
    (document,) = SearchlibDocumentStore(index).filter_documents()
    assert document.meta == {"day": day, "number": 3}


def test_policies() -> None:
    first, second = Document(id="a", content="one"), Document(id="a", content="two")
    fresh = Document(id="b", content="three")
    store = store_of(first)
    assert store.write_documents([fresh, second], DuplicatePolicy.SKIP) == 1
    assert by_id(store.filter_documents()) == [first, fresh]
    assert store.write_documents([second, second], DuplicatePolicy.OVERWRITE) == 2
    assert by_id(store.filter_documents()) == [second, fresh]


def test_a_batch_is_written_whole_or_not_at_all() -> None:
    store = store_of(Document(id="a", content="one"))
    with pytest.raises(DuplicateDocumentError, match=r"'a'.*OVERWRITE"):
        store.write_documents([Document(id="b"), Document(id="a")], DuplicatePolicy.FAIL)
    with pytest.raises(DuplicateDocumentError, match="'c'"):  # twice in one batch
        store.write_documents([Document(id="c"), Document(id="c")])
    with pytest.raises(DocumentError, match="field 'number'"):
        store.write_documents([Document(id="d"), Document(id="e", meta={"number": "many"})])
    assert [document.id for document in store.filter_documents()] == ["a"]


def test_an_index_of_another_schema_is_read_but_not_written() -> None:
    store = SearchlibDocumentStore(library())
    (document,) = SearchlibRetriever(store).run("peace talks")["documents"]
    assert document.content == "Peace talks\n\nThe talks went on."
    assert document.meta == {"year": 2023}
    assert (
        len(store.filter_documents({"field": "meta.author", "operator": "!=", "value": None})) == 3
    )
    with pytest.raises(SchemaError, match=r"document_schema.*title, body, author"):
        store.write_documents([Document(id="x")])


def test_a_write_waits_for_another() -> None:
    store = store_of()
    store.wait = 0.1
    with store.index.writer(), pytest.raises(IndexLockedError):
        store.write_documents([Document(id="a")])
    assert store.write_documents([Document(id="a")]) == 1


def test_each_method_is_awaited_alike() -> None:
    async def main() -> None:
        store = store_of()
        one, two = Document(id="a", content="one"), Document(id="b", content="two")
        assert await store.write_documents_async([one, two]) == 2
        with pytest.raises(DuplicateDocumentError):
            await store.write_documents_async([one], DuplicatePolicy.FAIL)
        assert await store.count_documents_async() == 2
        is_one = {"field": "id", "operator": "==", "value": "a"}
        assert await store.filter_documents_async(is_one) == [one]
        assert await store.count_documents_by_filter_async(is_one) == 1
        assert await store.update_by_filter_async(is_one, {"year": 1}) == 1
        assert (await store.filter_documents_async(is_one))[0].meta == {"year": 1}
        assert await store.delete_by_filter_async(is_one) == 1
        found = await SearchlibRetriever(store).run_async("two", top_k=1)
        assert [document.id for document in found["documents"]] == ["b"]
        await store.delete_documents_async(["b"])
        assert await store.count_documents_async() == 0
        await store.delete_all_documents_async()

    asyncio.run(main())


FILTERED: Final = store_of(
    *(
        Document(
            id=f"{number}{chapter}",
            content="x",
            meta={
                name: value
                for name, value in {"number": number, "chapter": chapter}.items()
                if value is not None
            },
        )
        for number in (None, -1, 0, 2)
        for chapter in (None, "intro", "end")
    )
)


def comparisons() -> st.SearchStrategy[dict[str, Any]]:
    numbers, chapters = st.sampled_from([None, -1, 0, 1, 2]), st.sampled_from([None, "intro", "x"])

    def of(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.fixed_dictionaries(
            {
                "field": st.just(field),
                "operator": st.sampled_from(["in", "not in"]),
                "value": st.lists(values, max_size=3),
            }
        )
        signs = ["==", "!=", ">", ">=", "<", "<="] if values is numbers else ["==", "!="]
        one = st.fixed_dictionaries(
            {"field": st.just(field), "operator": st.sampled_from(signs), "value": values}
        )
        return one | several

    return of("meta.number", numbers) | of("meta.chapter", chapters)


@settings(deadline=None)
@given(
    st.recursive(
        comparisons(),
        lambda inner: st.fixed_dictionaries(
            {
                "operator": st.sampled_from(["AND", "OR", "NOT"]),
                "conditions": st.lists(inner, min_size=1, max_size=3),
            }
        ),
        max_leaves=6,
    )
)
def test_filters_mean_what_haystack_says(filters: dict[str, Any]) -> None:
    everything = FILTERED.filter_documents()
    expected = [document for document in everything if document_matches_filter(filters, document)]
    assert by_id(FILTERED.filter_documents(filters)) == by_id(expected)
    assert FILTERED.count_documents_by_filter(filters) == len(expected)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"field": "meta.colour", "operator": "==", "value": "red"}, "no field 'colour'.*chapter"),
        ({"field": "content", "operator": "==", "value": "x"}, "'content' is a text field"),
        ({"field": "meta.number", "operator": "like", "value": 1}, "'like'.*=="),
        ({"operator": "XOR", "conditions": []}, "'XOR'.*AND"),
        ({"field": "meta.number", "operator": "in", "value": 1}, "list of values"),
        ("number > 1", "a filter is a dict"),
        ({"operator": "AND", "conditions": None}, "'conditions' is a list of filters, not None"),
        ({"operator": ["AND"], "conditions": []}, r"no operator \['AND'\]"),
        ({"field": "meta.number", "operator": ["=="], "value": 1}, r"no operator \['=='\]"),
    ],
)
def test_what_does_not_fit_is_an_error(filters: Any, words: str) -> None:
    with pytest.raises(FilterError, match=words):
        FILTERED.filter_documents(filters)


def test_one_id_is_no_list_of_its_characters() -> None:
    store = SearchlibDocumentStore(Index(document_schema({})))
    store.write_documents([Document(id=name, content="x") for name in ("1", "2", "12")])
    with pytest.raises(ValueError, match=r"a list of ids: \['12'\]"):
        store.delete_documents("12")  # type: ignore[arg-type]
    assert store.count_documents() == 3


LIBRARY: Final = (
    Document(id="paix", content="La paix en Europe", meta={"number": 1, "chapter": "intro"}),
    Document(id="guerre", content="La guerre et la paix", meta={"number": 2, "chapter": "intro"}),
    Document(id="hoi", content="Hòa bình và hợp tác", meta={"number": 3, "chapter": "end"}),
)
INTRO: Final = {"field": "meta.chapter", "operator": "==", "value": "intro"}
SECOND: Final = {"field": "meta.number", "operator": "==", "value": 2}


def found(retriever: SearchlibRetriever, query: str, **arguments: Any) -> list[str]:
    return [document.id for document in retriever.run(query, **arguments)["documents"]]


def test_filters_of_a_run_replace_or_join_those_of_the_component() -> None:
    store = store_of(*LIBRARY)
    replacing = SearchlibRetriever(store, filters={**INTRO, "value": "end"})
    assert found(replacing, "paix") == []
    assert found(replacing, "paix", filters=SECOND) == ["guerre"]
    merging = SearchlibRetriever(store, filters=INTRO, filter_policy=FilterPolicy.MERGE)
    assert set(found(merging, "paix")) == {"paix", "guerre"}
    assert found(merging, "paix", filters=SECOND) == ["guerre"]
    assert len(found(merging, "paix", top_k=1)) == 1


def test_highlights_stand_in_the_meta() -> None:
    retriever = SearchlibRetriever(store_of(*LIBRARY), highlight=Highlight(style="text"))
    (document,) = retriever.run("hop tac")["documents"]
    assert document.meta["_highlights"] == {"content": ["Hòa bình và «hợp» «tác»"]}
    assert document.meta["number"] == 3


def test_it_is_a_part_of_pipelines_that_are_written_down(tmp_path: Path) -> None:
    store = SearchlibDocumentStore(Index(SCHEMA, tmp_path / "index"), wait=5.0)
    writing = Pipeline()
    writing.add_component("writer", DocumentWriter(store, policy=DuplicatePolicy.OVERWRITE))
    assert writing.run({"writer": {"documents": list(LIBRARY)}}) == {
        "writer": {"documents_written": 3}
    }
    retriever = SearchlibRetriever(
        store,
        top_k=5,
        filters=INTRO,
        filter_policy=FilterPolicy.MERGE,
        highlight=Highlight(fields=["content"], style="text"),
        options={"language": "fr"},
    )
    reading = Pipeline()
    reading.add_component("retriever", retriever)
    allow_deserialization_module("searchlib.integrations.haystack")
    again = Pipeline.loads(reading.dumps())
    assert again.to_dict() == reading.to_dict()
    asked = {"retriever": {"query": "paix", "filters": SECOND}}
    assert again.run(asked) == reading.run(asked)
    (document,) = again.run(asked)["retriever"]["documents"]
    assert document.meta["_highlights"] == {"content": ["La guerre et la «paix»"]}

    awaited = Pipeline()
    awaited.add_component("retriever", SearchlibRetriever(store))
    result = asyncio.run(awaited.run_async({"retriever": {"query": "hop tac"}}))
    assert [one.id for one in result["retriever"]["documents"]] == ["hoi"]


def test_a_store_in_memory_comes_back_empty() -> None:
    store = store_of(*LIBRARY)
    again = SearchlibDocumentStore.from_dict(store.to_dict())
    assert (again.count_documents(), again.index.schema, again.wait) == (0, SCHEMA, 30.0)


def test_a_retriever_is_of_a_store() -> None:
    with pytest.raises(SchemaError, match="SearchlibDocumentStore"):
        SearchlibRetriever(library())  # type: ignore[arg-type]


def test_a_missing_library_is_named_with_its_extra() -> None:
    code = (
        "import sys\n"
        "sys.modules['haystack'] = None\n"
        "from searchlib import MissingExtraError\n"
        "try:\n"
        "    import searchlib.integrations.haystack\n"
        "except MissingExtraError as error:\n"
        "    print(error)"
    )
    assert output_of(code).endswith("pip install 'searchlib[haystack]'")
