"""The index as a whole: its folder, its documents, and what other processes do to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Date,
    Index,
    IndexNotFoundError,
    IndexStateError,
    Integer,
    Keyword,
    Schema,
    SchemaMismatchError,
    Stored,
    Text,
)
from tests.conftest import SMALL, indexed, output_of, run_python

SCHEMA: Final = Schema(
    {"title": Text(), "tag": Keyword(), "count": Integer(), "day": Date(), "raw": Stored()},
    languages=["en"],
)
ADD: Final = (
    "import sys, searchlib as s; s.Index.open(sys.argv[1]).add([{'id': 'new', 'title': 'new'}])"
)


# --- Documents back ---------------------------------------------------------------------


def test_get_and_in_and_len() -> None:
    document = {"id": "1", "title": ["a", "b"], "day": date(2020, 1, 2), "raw": {"x": [1, None]}}
    index = indexed(SCHEMA, [document], [{"id": "2"}])
    assert index.get("1") == document
    assert index.get("2") == {"id": "2"}
    assert index.get("3") is None
    assert "1" in index
    assert "3" not in index
    assert 1 not in index
    assert len(index) == 2


@pytest.mark.parametrize("odd", ["", "\ud800", "x" * 70_000])
def test_an_id_that_none_can_have_is_not_there(odd: str) -> None:
    index = indexed(SCHEMA, [{"id": "1"}])
    assert index.get(odd) is None
    assert odd not in index


def test_documents_yields_each_once_over_many_segments() -> None:
    batches = [[{"id": f"{batch}-{n}"} for n in range(7)] for batch in range(5)]
    index = indexed(SCHEMA, *batches)
    found = [document["id"] for document in index.documents()]
    assert sorted(found) == sorted(document["id"] for batch in batches for document in batch)


def test_documents_yields_more_than_a_page() -> None:
    index = indexed(SCHEMA, [{"id": str(n)} for n in range(2_345)], [{"id": "x"}])
    index.delete(*(str(n) for n in range(0, 2_345, 3)))
    found = [document["id"] for document in index.documents()]
    assert len(found) == len(set(found)) == len(index)
    assert set(found) == {str(n) for n in range(2_345) if n % 3} | {"x"}


def test_documents_is_of_one_commit() -> None:
    """Changes made while the documents are read neither add nor drop any."""
    index = indexed(SCHEMA, [{"id": str(n)} for n in range(1_500)])
    documents = index.documents()
    first = next(documents)
    with index.writer(memory=SMALL) as writer:
        writer.clear()
        writer.add({"id": "new"})
    assert {first["id"], *(document["id"] for document in documents)} == {
        str(n) for n in range(1_500)
    }


def test_languages_are_the_commonest_first() -> None:
    schema = Schema({"title": Text()}, language="lang")
    index = indexed(
        schema,
        [{"id": "1", "lang": "vi"}],
        [{"id": "2", "lang": "fr"}, {"id": "3", "lang": "fr-CA"}, {"id": "4", "lang": "cy"}],
        [{"id": "5", "lang": "vi"}, {"id": "6", "lang": "vi"}],
    )
    assert index.languages == ("vi", "fr", "cy")
    assert Index(schema).languages == ()


def test_an_empty_index_answers() -> None:
    index = Index(SCHEMA)
    for query in (None, "", "word", '"two words"', "-word", "tag:a", "count:>1"):
        result = index.search(query, facets=["tag", "count", "day", "_language"], highlight=True)
        assert (result.total, result.hits) == (0, ())
        assert all(len(facet) == 0 and facet.other == 0 for facet in result.facets.values())
    assert list(index.documents()) == []


def test_repr_says_where_and_how_many(tmp_path: Path) -> None:
    assert repr(indexed(SCHEMA, [{"id": "1"}])) == "<Index in memory: 1 documents>"
    assert str(tmp_path) in repr(Index(SCHEMA, tmp_path))


# --- Ids of any characters --------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.sets(st.text(min_size=1, max_size=10), min_size=1, max_size=8))
def test_ids_are_of_any_characters(ids: set[str]) -> None:
    index = indexed(SCHEMA, [{"id": one, "title": "x"} for one in ids])
    assert {document["id"] for document in index.documents()} == ids
    assert set(index.search("x").ids) == ids
    for one in ids:
        assert index.get(one) == {"id": one, "title": "x"}
        assert one in index
        assert index.search(where={"id": one}).ids == (one,)
    gone = min(ids)
    index.delete(gone)
    assert set(index.search().ids) == ids - {gone}


# --- On disk ----------------------------------------------------------------------------


def test_a_folder_is_made_with_its_parents_and_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "été đường"
    indexed(SCHEMA, [{"id": "1", "title": "kept"}], path=folder)
    again = Index.open(folder)
    assert again.schema == SCHEMA
    assert again.path == folder
    assert again.search("kept").hits[0].document == {"id": "1", "title": "kept"}


def test_nothing_is_made_where_nothing_is_opened(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        Index.open(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_index(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    with pytest.raises(IndexNotFoundError):
        Index.open(file)
    with pytest.raises(IndexStateError):
        Index(SCHEMA, file)
    assert file.read_text("utf-8") == "x"


def test_the_order_in_which_a_schema_lists_its_fields_makes_no_difference(tmp_path: Path) -> None:
    fields = {"year": Integer(), "author": Keyword(), "title": Text()}
    one = Index(Schema(fields, languages=["en"]), tmp_path)
    one.add([{"id": "a", "year": 2021, "author": "Ada", "title": "Old maps"}])
    two = Index(Schema(dict(reversed(fields.items())), languages=["en"]), tmp_path)
    two.add([{"id": "b", "year": 2022, "author": "Ann", "title": "New maps"}])
    for index in (one, two):
        assert index.search("maps", where={"year": 2022, "author": "Ann"}).ids == ("b",)
        assert index.search("maps", sort="year", facets=["author"]).ids == ("a", "b")


def test_another_schema_is_refused_and_the_data_left(tmp_path: Path) -> None:
    indexed(SCHEMA, [{"id": "1", "title": "kept"}], path=tmp_path)
    for other in (
        Schema({"title": Text()}, languages=["en"]),
        Schema({**SCHEMA.fields, "title": Text(weight=2.0)}, languages=["en"]),
        Schema(SCHEMA.fields, languages=["en", "fr"]),
        Schema(SCHEMA.fields, id="key", languages=["en"]),
        Schema(SCHEMA.fields, language="lang", languages=["en"]),
    ):
        with pytest.raises(SchemaMismatchError):
            Index(other, tmp_path)
    assert Index(SCHEMA, tmp_path).search("kept").total == 1


# --- Commits of others ------------------------------------------------------------------


def test_another_index_object_sees_a_commit_by_itself(tmp_path: Path) -> None:
    one = Index(SCHEMA, tmp_path)
    other = Index.open(tmp_path)
    for n in range(1, 6):
        one.add([{"id": str(n), "title": "word"}])
        assert other.search("word").total == n
        assert len(other) == n
        assert str(n) in other
    other.delete("1")
    assert one.search("word").total == 4
    assert one.get("1") is None


def test_a_commit_of_another_process_is_seen(tmp_path: Path) -> None:
    index = indexed(SCHEMA, [{"id": "old", "title": "old"}], path=tmp_path)
    assert index.search("new").total == 0
    output_of(ADD, tmp_path)
    assert index.search("new").ids == ("new",)
    assert set(index.search().ids) == {"old", "new"}
    code = "import sys, searchlib as s; print(*sorted(s.Index.open(sys.argv[1]).search().ids))"
    assert output_of(code, tmp_path) == "new old"


def test_a_process_killed_before_its_commit_leaves_the_last_one(tmp_path: Path) -> None:
    index = indexed(SCHEMA, [{"id": "old", "title": "old"}], path=tmp_path)
    code = (
        "import os, signal, sys, searchlib as s\n"
        "writer = s.Index.open(sys.argv[1]).writer(memory=15_000_000)\n"
        "for n in range(2_000): writer.add({'id': str(n), 'title': 'lost ' * 50})\n"
        "writer.delete('old')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert run_python(code, tmp_path).returncode != 0
    assert index.search().ids == ("old",)
    assert Index.open(tmp_path).search().ids == ("old",)
    index.add([{"id": "new"}])
    assert set(Index.open(tmp_path).search().ids) == {"old", "new"}


def test_memory_indexes_share_nothing() -> None:
    one, other = Index(SCHEMA), Index(SCHEMA)
    one.add([{"id": "1"}])
    assert len(other) == 0


def test_a_snapshot_knows_the_languages_that_a_commit_brought(tmp_path: Path) -> None:
    """Without them, a query would not be read by the rules of a language that came later."""
    schema = Schema({"title": Text()}, language="lang", languages=["vi", "fr"])
    reader = indexed(schema, [{"id": "1", "lang": "vi", "title": "quốc hội"}], path=tmp_path)
    assert reader.search("coopération").total == 0
    added: list[dict[str, Any]] = [{"id": "2", "lang": "fr", "title": "coopérations"}]
    Index.open(tmp_path).add(added)
    assert reader.search("coopération").ids == ("2",)
    assert reader.languages in {("vi", "fr"), ("fr", "vi")}
