"""The writer: all or nothing, one at a time, and ids that are the user's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    All,
    And,
    Date,
    DocumentError,
    Index,
    IndexLockedError,
    IndexStateError,
    Integer,
    Keyword,
    Match,
    Not,
    QueryError,
    Range,
    Schema,
    Term,
    Text,
    Writer,
    WriterClosedError,
)
from tests.conftest import SMALL, indexed, run_python

SCHEMA: Final = Schema(
    {"title": Text(), "tag": Keyword(), "count": Integer(), "day": Date()}, languages=["en"]
)


@pytest.fixture(params=["memory", "disk"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return Index(SCHEMA, None if request.param == "memory" else tmp_path / "index")


def writing(index: Index) -> Writer:
    return index.writer(memory=SMALL)


def ids(index: Index) -> set[str]:
    found = {document["id"] for document in index.documents()}
    assert found == set(index.search(limit=100).ids)
    assert len(index) == len(found)
    return found


def titles(index: Index) -> dict[str, str]:
    return {document["id"]: document["title"] for document in index.documents()}


# --- Add, replace, delete ---------------------------------------------------------------


def test_nothing_is_seen_before_the_commit(index: Index) -> None:
    with writing(index) as writer:
        writer.add({"id": "1", "title": "first"})
        assert len(index) == 0
        assert index.search("first").total == 0
    assert index.search("first").ids == ("1",)


def test_a_known_id_replaces(index: Index) -> None:
    index.add([{"id": "1", "title": "old"}, {"id": "2", "title": "other"}])
    index.add([{"id": "1", "title": "new", "tag": "t"}])
    assert titles(index) == {"1": "new", "2": "other"}
    assert index.search("old").total == 0
    assert index.get("1") == {"id": "1", "title": "new", "tag": "t"}


def test_of_one_id_in_a_batch_the_last_stays(index: Index) -> None:
    versions = [{"id": "1", "title": f"version{n}"} for n in range(5)]
    assert index.add(versions).added == 5
    assert titles(index) == {"1": "version4"}
    assert index.search("version3").total == 0


def test_replaced_again_after_a_commit_in_one_block(index: Index) -> None:
    with writing(index) as writer:
        writer.add({"id": "1", "title": "one"})
        writer.commit()
        writer.add({"id": "1", "title": "two"})
        writer.delete("1")
        writer.add({"id": "1", "title": "three"})
    assert titles(index) == {"1": "three"}


def test_delete(index: Index) -> None:
    index.add([{"id": str(n), "title": "x"} for n in range(5)])
    index.delete("1", "3")
    assert ids(index) == {"0", "2", "4"}
    index.delete("3", "unknown")
    index.delete()
    assert ids(index) == {"0", "2", "4"}


def test_delete_then_add_in_one_block(index: Index) -> None:
    index.add([{"id": "1", "title": "old"}])
    with writing(index) as writer:
        writer.delete("1")
        writer.add({"id": "1", "title": "new"})
        writer.add({"id": "2", "title": "gone"})
        writer.delete("2")
    assert titles(index) == {"1": "new"}


@pytest.mark.parametrize("bad", ["", None, 5, b"1", ["1"], "\ud800", "x" * 40_000])
def test_delete_takes_ids_only_and_deletes_none_where_one_is_bad(bad: Any) -> None:
    index = indexed(SCHEMA, [{"id": "1"}, {"id": "2"}])
    with writing(index) as writer, pytest.raises(DocumentError):
        writer.delete("1", bad, "2")
    assert ids(index) == {"1", "2"}


def test_an_id_is_a_whole_not_a_word(index: Index) -> None:
    strange = [
        "a b",
        "A B",
        "a",
        " a",
        "a ",
        "đ",
        "d",
        "a\nb",
        "a\x00b",
        "a/b",
        "*",
        '"',
        "é",
        "e\u0301",
    ]
    index.add([{"id": one, "title": "x"} for one in strange])
    assert ids(index) == set(strange)
    for one in strange:
        assert index.get(one) == {"id": one, "title": "x"}
    index.delete("a", "d")
    assert ids(index) == set(strange) - {"a", "d"}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "delete", "commit", "rollback", "clear"]) | st.just("add"),
            st.text(min_size=1, max_size=8).filter(lambda text: text.isprintable())
            | st.sampled_from("ab"),
        ),
        max_size=20,
    )
)
def test_a_writer_is_a_dict_with_commits(steps: list[tuple[str, str]]) -> None:
    index = Index(SCHEMA)
    committed: dict[str, str] = {}
    pending: dict[str, str] = {}
    with writing(index) as writer:
        for number, (action, key) in enumerate(steps):
            match action:
                case "add":
                    writer.add({"id": key, "title": f"n{number}"})
                    pending[key] = f"n{number}"
                case "delete":
                    writer.delete(key)
                    pending.pop(key, None)
                case "clear":
                    writer.clear()
                    pending = {}
                case "commit":
                    writer.commit()
                    committed = dict(pending)
                case "rollback":
                    writer.rollback()
                    pending = dict(committed)
            assert titles(index) == committed
    assert titles(index) == pending
    for key, title in pending.items():
        assert index.search(title).ids == (key,)


# --- delete_where and clear -------------------------------------------------------------

DOCUMENTS: Final[list[dict[str, Any]]] = [
    {"id": "1", "title": "old lion", "tag": "a", "count": 1},
    {"id": "2", "title": "young lion", "tag": "b", "count": 2},
    {"id": "3", "title": "old zebra", "tag": "b", "count": 3},
    {"id": "4", "title": "giraffe"},
]


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ("lion", {"3", "4"}),
        ("old -lion", {"1", "2", "4"}),
        ("tag:b", {"1", "4"}),
        ("nothing", {"1", "2", "3", "4"}),
        ("*:*", set()),
        (Match("old lion"), {"4"}),
        (And(Match("old"), Match("lion")), {"2", "3", "4"}),
        (Range("count", gte=2), {"1", "4"}),
        (Not(Term("tag", "b")), {"2", "3"}),
        (All(), set()),
        ({"tag": "b"}, {"1", "4"}),
        ({"tag": ["a", "b"]}, {"4"}),
        ({"tag": "b", "count": 3}, {"1", "2", "4"}),
        ({"id": "4"}, {"1", "2", "3"}),
        ([Term("tag", "b"), Match("lion")], {"1", "3", "4"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("together", [True, False])
def test_delete_where(condition: Any, left: set[str], together: bool) -> None:
    """Documents added before it in the same block are deleted too."""
    index = indexed(SCHEMA, [] if together else DOCUMENTS)
    with writing(index) as writer:
        if together:
            writer.add_many(DOCUMENTS)
        writer.delete_where(condition)
    assert ids(index) == left


def test_documents_added_after_delete_where_stay() -> None:
    index = indexed(SCHEMA, DOCUMENTS)
    with writing(index) as writer:
        writer.delete_where("lion")
        writer.add({"id": "1", "title": "lion again"})
    assert ids(index) == {"1", "3", "4"}


def test_delete_where_finds_added_words_of_a_new_language() -> None:
    """The rules that it goes by are those of documents that no commit has shown yet."""
    schema = Schema({"title": Text()}, language="lang", languages=["vi", "fr"])
    index = indexed(schema, [{"id": "1", "lang": "vi", "title": "quốc hội"}])
    with writing(index) as writer:
        writer.add({"id": "2", "lang": "fr", "title": "coopérations"})
        writer.delete_where("coopération")
    assert ids(index) == {"1"}


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "  ",
        "a (b",
        '"',
        "!!",
        "unknown:[1 TO 2] x (",
        {"unknown": 1},
        {"count": "x"},
        Term("title", "x"),
        Match("…"),
        [Match("!!!"), Term("tag", "x")],
        Match("!!!") & Term("tag", "x"),
        None,
        [],
        {},
        ["lion"],
    ],
    ids=repr,
)
def test_a_condition_that_says_nothing_deletes_nothing(bad: Any) -> None:
    index = indexed(SCHEMA, DOCUMENTS)
    with writing(index) as writer, pytest.raises(QueryError):
        writer.delete_where(bad)
    assert len(index) == len(DOCUMENTS)


def test_clear(index: Index) -> None:
    index.add(DOCUMENTS)
    with writing(index) as writer:
        writer.add({"id": "9"})
        writer.clear()
        writer.add({"id": "new", "title": "x"})
    assert ids(index) == {"new"}
    assert index.search("lion").total == 0


# --- Commit, roll back, close -----------------------------------------------------------


def test_commit_in_the_middle_stays_whatever_follows(index: Index) -> None:
    with pytest.raises(RuntimeError), writing(index) as writer:
        writer.add({"id": "1"})
        writer.commit()
        assert ids(index) == {"1"}
        writer.add({"id": "2"})
        writer.delete("1")
        raise RuntimeError
    assert ids(index) == {"1"}


def test_rollback_goes_back_to_the_last_commit_and_the_writer_goes_on(index: Index) -> None:
    with writing(index) as writer:
        writer.add({"id": "1"})
        writer.commit()
        writer.add({"id": "2"})
        writer.delete("1")
        writer.rollback()
        writer.add({"id": "3"})
    assert ids(index) == {"1", "3"}


def test_close_without_commit_loses_and_frees_the_lock(index: Index) -> None:
    writer = writing(index)
    writer.add({"id": "1"})
    writer.close()
    writer.close()
    assert ids(index) == set()
    with writing(index) as other:
        other.add({"id": "2"})
    assert ids(index) == {"2"}


def test_closing_within_the_block_commits_nothing(index: Index) -> None:
    with writing(index) as writer:
        writer.add({"id": "1"})
        writer.close()
    assert ids(index) == set()


@pytest.mark.parametrize(
    "use",
    [
        lambda writer: writer.add({"id": "1"}),
        lambda writer: writer.add_many([{"id": "1"}]),
        lambda writer: writer.delete("1"),
        lambda writer: writer.delete_where("x"),
        lambda writer: writer.clear(),
        lambda writer: writer.commit(),
        lambda writer: writer.rollback(),
    ],
)
def test_a_closed_writer_says_so(use: Any) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "x"}])
    with writing(index) as writer:
        pass
    with pytest.raises(WriterClosedError, match=r"index\.writer"):
        use(writer)
    assert ids(index) == {"1"}


@pytest.mark.parametrize("empty", [[], [{"no": "id"}], None])
def test_a_closed_writer_says_so_whatever_it_is_given(empty: Any) -> None:
    writer = writing(Index(SCHEMA))
    writer.close()
    with pytest.raises(WriterClosedError):
        writer.add_many(empty)
    with pytest.raises(WriterClosedError):
        writer.update_many(empty)
    with pytest.raises(WriterClosedError):
        writer.delete()


# --- One at a time ----------------------------------------------------------------------


def test_a_second_writer_is_refused(index: Index) -> None:
    with writing(index) as writer:
        writer.add({"id": "1"})
        with pytest.raises(IndexLockedError):
            index.writer()
        with pytest.raises(IndexLockedError):
            index.add([{"id": "2"}])
        with pytest.raises(IndexLockedError):
            index.delete("1")
    assert ids(index) == {"1"}


def test_a_writer_of_another_process_is_refused(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path)
    code = (
        "import sys, searchlib as s\n"
        "try:\n"
        "    s.Index.open(sys.argv[1]).add([{'id': 'other'}])\n"
        "except s.IndexLockedError:\n"
        "    print('locked')"
    )
    with writing(index) as writer:
        writer.add({"id": "1"})
        assert run_python(code, tmp_path).stdout.strip() == "locked"
    assert ids(index) == {"1"}
    assert run_python(code, tmp_path).stdout.strip() == ""
    assert ids(index) == {"1", "other"}


def test_searches_go_on_while_a_writer_is_open(index: Index) -> None:
    index.add([{"id": "1", "title": "word"}])
    with writing(index) as writer:
        for n in range(2, 5):
            writer.add({"id": str(n), "title": "word"})
            assert index.search("word").total == n - 1
            writer.commit()
            assert index.search("word").total == n


# --- Batches ----------------------------------------------------------------------------

MIXED: Final[list[Any]] = [
    {"id": "0", "title": "good"},
    {"id": "1", "title": 5},
    {"id": "2", "title": "good"},
    {"title": "no id"},
    "no document",
    {"id": "5", "colour": "red"},
    {"id": "6", "title": "good"},
]


def test_bad_documents_are_named_and_the_others_kept(index: Index) -> None:
    result = index.add(MIXED)
    assert result.added == 3
    assert [refusal.position for refusal in result.rejected] == [1, 3, 4, 5]
    assert [refusal.error.field for refusal in result.rejected] == ["title", "id", None, "colour"]
    assert ids(index) == {"0", "2", "6"}


def test_all_or_nothing(index: Index) -> None:
    with pytest.raises(DocumentError, match="document 1 of the batch") as caught:
        index.add(MIXED, all_or_nothing=True)
    assert (caught.value.document_id, caught.value.field) == ("1", "title")
    assert ids(index) == set()
    good = [MIXED[0], MIXED[2], MIXED[6]]
    assert index.add(good, all_or_nothing=True).added == 3
    assert ids(index) == {"0", "2", "6"}


def test_all_or_nothing_leaves_what_the_block_did_before() -> None:
    index = Index(SCHEMA)
    with writing(index) as writer:
        writer.add({"id": "before"})
        with pytest.raises(DocumentError):
            writer.add_many(MIXED, all_or_nothing=True)
        writer.add({"id": "after"})
    assert ids(index) == {"before", "after"}


def test_raise_for_rejected_names_the_first_and_counts_the_others() -> None:
    index = Index(SCHEMA)
    index.add(MIXED[:1]).raise_for_rejected()
    with pytest.raises(DocumentError, match=r"document 1 of the batch.*3 more") as caught:
        index.add(MIXED).raise_for_rejected()
    assert (caught.value.document_id, caught.value.field) == ("1", "title")


def test_an_iterator_that_raises_commits_nothing_of_the_batch(index: Index) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield {"id": "1"}
        raise OSError("the file ends here")

    with pytest.raises(OSError, match="ends here"):
        index.add(broken())
    assert ids(index) == set()


def test_a_batch_is_taken_one_by_one() -> None:
    """A generator is never held as a whole: each document is read when the last one is in."""
    index = Index(SCHEMA)
    with writing(index) as writer:
        seen: list[int] = []

        def numbers() -> Iterator[dict[str, Any]]:
            for n in range(3):
                seen.append(n)
                yield {"id": str(n)}

        assert writer.add_many(numbers()).added == 3
        assert seen == [0, 1, 2]
    assert ids(index) == {"0", "1", "2"}


def test_one_document_may_be_added_without_a_list(index: Index) -> None:
    assert index.add({"id": "1", "title": "x"}).added == 1  # type: ignore[dict-item]
    assert ids(index) == {"1"}


@pytest.mark.parametrize("given", [None, 5, True, "rows.jsonl", b"rows", Index, object()])
def test_what_holds_no_documents_is_told(index: Index, given: Any) -> None:
    index.add([{"id": "a"}])
    with writing(index) as writer:
        writer.add({"id": "b"})
        for call in (
            *(writer.add_many, writer.update_many),
            lambda those: list(writer.add_each(those)),
        ):
            with pytest.raises(
                DocumentError, match=r"documents are dicts, in a list or any .*load"
            ):
                call(given)
        writer.delete("a")
    for call in (index.add, index.update):
        with pytest.raises(DocumentError, match="documents are dicts, in a list or any other"):
            call(given)
    assert ids(index) == {"b"}


def test_a_writer_takes_what_an_index_takes(index: Index) -> None:
    class Rows:
        """What Python takes for an iterable, too: items by their numbers."""

        def __getitem__(self, number: int) -> dict[str, Any]:
            return [{"id": "r", "count": 1}][number]

    some: list[Any] = [{"id": name, "count": n} for n, name in enumerate("abcbc")]
    rows: Any = Rows()
    assert index.add(some[0]).added == index.add(rows).added == 1
    with writing(index) as writer:
        assert writer.add_many(some[1]).added == 1
        assert list(writer.add_each(some[2])) == [None]
        assert writer.update_many(some[3]).updated == 1
        assert writer.update_many(rows).updated == 1
    assert index.update(some[4]).updated == 1
    assert {one["id"]: one["count"] for one in index.documents()} == {
        "a": 0,
        "b": 3,
        "c": 4,
        "r": 1,
    }


def test_the_documents_given_are_not_changed() -> None:
    document = {"id": "1", "title": ["a", "b"], "day": "2020-01-01", "tag": None}
    before = {**document, "title": ["a", "b"]}
    index = indexed(SCHEMA, [document])
    assert document == before
    (hit,) = index.search()
    hit.document["title"].append("c")
    assert index.get("1") != hit.document


# --- Languages of documents -------------------------------------------------------------


def test_the_language_is_as_said_else_as_named_else_as_read() -> None:
    schema = Schema({"title": Text()}, language="lang", languages=["vi", "fr", "en"])
    index = Index(schema)
    with writing(index) as writer:
        writer.add({"id": "said", "title": "the lion", "lang": "en"}, language="fr-CA")
        writer.add({"id": "named", "title": "the lion", "lang": "VI"})
        writer.add({"id": "read", "title": "Le lion est mort ce soir dans la jungle"})
    assert {hit.id: hit.language for hit in index.search()} == {
        "said": "fr",
        "named": "vi",
        "read": "fr",
    }
    assert index.get("named") == {"id": "named", "title": "the lion", "lang": "VI"}


@pytest.mark.parametrize("bad", ["english!", "", 5, ["en"], "e"])
def test_a_language_that_is_no_code_is_refused(bad: Any) -> None:
    schema = Schema({"title": Text()}, language="lang")
    index = Index(schema)
    result = index.add([{"id": "1", "lang": bad}, {"id": "2", "lang": "en"}])
    assert [refusal.error.field for refusal in result.rejected] == ["lang"]
    if isinstance(bad, str):
        with writing(index) as writer, pytest.raises(DocumentError):
            writer.add({"id": "3"}, language=bad)
    assert ids(index) == {"2"}


def test_a_field_of_one_language_goes_by_its_rules_in_any_document() -> None:
    schema = Schema({"fr": Text(language="fr"), "en": Text(language="en")}, languages=["vi"])
    index = indexed(schema, [{"id": "1", "fr": "les chevaux", "en": "running horses"}])
    assert index.search("chevaux").total == index.search("cheval chevaux").total == 1
    assert index.search("runs").ids == index.search("horse").ids == ("1",)


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_segments_are_merged_however_short_writers_live(place: str, tmp_path: Path) -> None:
    index = Index(
        Schema({"title": Text()}, languages=["en"]), None if place == "memory" else tmp_path
    )
    most = 0
    for number in range(40):
        index.add([{"id": str(number), "title": f"map {number}"}])
        most = max(most, index.stats().segments)
    assert most < 15
    assert len(index) == 40


@pytest.mark.parametrize("wait", [-1, "x", None, True, float("nan")])
def test_a_wait_is_a_number_of_seconds(wait: Any) -> None:
    with pytest.raises(IndexStateError, match="seconds"):
        Index(Schema({})).writer(wait=wait)


@pytest.mark.parametrize("memory", ["64 MB", 64e6, True])
def test_memory_that_is_no_number_of_bytes_is_told(memory: Any) -> None:
    index = Index(Schema({}))
    with pytest.raises(IndexStateError, match="memory is a whole number of bytes, not "):
        index.writer(memory=memory)
    assert index.add([{"id": "a"}]).added == 1
