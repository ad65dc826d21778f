"""The ways in which the engine loses data without a word, and the guard against each.

Every test fails if its guard is taken away.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    DocumentError,
    Float,
    Index,
    IndexLockedError,
    Integer,
    Keyword,
    Match,
    QueryError,
    Schema,
    SchemaMismatchError,
    Stored,
    Term,
    Text,
)
from tests.conftest import SMALL, indexed, output_of, run_python

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "tag": Keyword(),
        "place": Category(),
        "count": Integer(),
        "price": Float(),
        "open": Boolean(),
        "day": Date(),
        "moment": DateTime(),
        "raw": Stored(),
    },
    languages=["en"],
)


# --- An existing index is never emptied -------------------------------------------------


def test_opening_a_folder_again_keeps_its_documents(tmp_path: Path) -> None:
    indexed(SCHEMA, [{"id": "1", "title": "kept"}], path=tmp_path)
    for again in (Index(SCHEMA, tmp_path), Index.open(tmp_path), Index(SCHEMA, str(tmp_path))):
        assert again.search("kept").ids == ("1",)


def test_opening_a_folder_under_an_open_writer_keeps_its_documents(tmp_path: Path) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "kept"}], path=tmp_path)
    with index.writer(memory=SMALL) as writer:
        writer.add({"id": "2", "title": "kept too"})
        assert len(Index(SCHEMA, tmp_path)) == 1
        assert len(Index.open(tmp_path)) == 1
    assert set(Index.open(tmp_path).search("kept").ids) == {"1", "2"}


def test_a_reopened_index_still_cuts_terms_at_spaces(tmp_path: Path) -> None:
    """Tokenizers are forgotten at every open; without ours, nothing could be added or found."""
    indexed(SCHEMA, [{"id": "1", "title": "two words"}], path=tmp_path)
    again = Index.open(tmp_path)
    assert again.search("words").ids == ("1",)
    assert again.search('"two words"').ids == ("1",)
    again.add([{"id": "2", "title": "three more words"}])
    assert set(again.search("words").ids) == {"1", "2"}


# --- A block that raises commits nothing ------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_block_that_raises_commits_nothing(error: type[BaseException]) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "before"}])
    with pytest.raises(error), index.writer(memory=SMALL) as writer:
        writer.add({"id": "2", "title": "lost"})
        writer.delete("1")
        raise error
    assert index.search().ids == ("1",)
    index.add([{"id": "3", "title": "after"}])  # and the lock is free
    assert set(index.search().ids) == {"1", "3"}


# --- Values are checked before the engine sees them -------------------------------------

BAD: Final[list[tuple[str, Any, str]]] = [
    ("title", 5, "str"),
    ("title", b"bytes", "str"),
    ("title", ["good", 5], "str"),
    ("title", {"text": "x"}, "str"),
    ("tag", 5, "str"),
    ("tag", True, "str"),
    ("place", 5, "path"),
    ("place", "a//b", "path"),
    ("count", "5", "int"),
    ("count", 5.0, "int"),
    ("count", True, "int"),
    ("count", 2**63, "64 bits"),
    ("count", -(2**63) - 1, "64 bits"),
    ("price", "5.0", "float"),
    ("price", float("nan"), "finite"),
    ("price", float("inf"), "finite"),
    ("price", 10**400, "finite"),
    ("price", False, "float"),
    ("open", 1, "True or False"),
    ("open", "true", "True or False"),
    ("day", 20_200_101, "date"),
    ("day", "yesterday", "date"),
    ("day", datetime(2020, 1, 1, tzinfo=UTC), "date"),
    ("moment", 1.5, "datetime"),
    ("moment", "soon", "datetime"),
    ("raw", {1, 2}, "JSON"),
    ("raw", object(), "JSON"),
    ("colour", "red", "no such field"),
]


@pytest.mark.parametrize(("field", "value", "expected"), BAD)
def test_a_wrong_value_raises_at_once_and_loses_nothing_else(
    field: str, value: Any, expected: str
) -> None:
    index = Index(SCHEMA)
    with index.writer(memory=SMALL) as writer:
        writer.add({"id": "before", "title": "good"})
        with pytest.raises(DocumentError) as caught:
            writer.add({"id": "bad one", "title": "good", field: value})
        writer.add({"id": "after", "title": "good"})
    message = str(caught.value)
    assert "bad one" in message
    assert field in message
    assert expected in message
    assert (caught.value.document_id, caught.value.field) == ("bad one", field)
    assert set(index.search("good").ids) == {"before", "after"}


def test_a_refused_document_leaves_the_one_with_its_id() -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "old"}])
    assert index.add([{"id": "1", "title": "new", "count": "many"}]).added == 0
    assert index.search().hits[0]["title"] == "old"


def test_an_int_is_a_float_in_a_float_field() -> None:
    index = indexed(SCHEMA, [{"id": "1", "price": 3}, {"id": "2", "price": 2**60}])
    assert index.search("price:3").ids == ("1",)
    assert index.search("price:>=1e18").ids == ("2",)


def test_documents_are_dicts_with_ids() -> None:
    bad: list[Any] = [None, "x", 5, [("id", "1")], {}, {"id": None}, {"id": ""}, {"id": 7}]
    index = Index(SCHEMA)
    result = index.add([*bad, {"id": "good"}])
    assert [refusal.position for refusal in result.rejected] == list(range(len(bad)))
    assert index.search().ids == ("good",)


# --- Long terms -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "x" * 41,  # the engine's default tokenizer drops tokens of more than 40 bytes
        "ệ" * 41,
        "x" * 70_000,  # a term of more than 65,530 bytes vanishes
        "ệ" * 70_000,
        "東" * 30_000,
        "ก" * 30_000,
        "𠮷" * 20_000,
        "x1" * 40_000,
    ],
    ids=lambda word: f"{word[:2]}…{len(word)}",
)
def test_long_words_are_found(word: str) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": f"before {word} after"}, {"id": "2"}])
    assert index.search(Match(word)).ids == ("1",)
    assert index.search("before").ids == index.search("after").ids == ("1",)
    assert index.get("1") == {"id": "1", "title": f"before {word} after"}


@pytest.mark.parametrize("letter", ["x", "đ", "東", "𠮷"])
def test_a_label_is_kept_up_to_the_limit_and_refused_above(letter: str) -> None:
    most = letter * (32_766 // len(letter.encode()))
    index = Index(SCHEMA)
    good = {"id": most, "tag": most, "place": most}
    with index.writer(memory=SMALL) as writer:
        writer.add(good)
        for field in ("tag", "place", "id"):
            with pytest.raises(DocumentError, match=field):
                writer.add(good | {"id": "2", field: most + letter})
    assert index.get(most) == good
    for field in ("tag", "place", "id"):
        assert index.search(where={field: most}).total == 1


# --- Panics, and numbers that the engine cannot take ------------------------------------


def test_limit_zero_counts_only() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "title": "word", "tag": "a"} for n in range(5)])
    for query in ("word", None, "nothing"):
        result = index.search(query, limit=0, facets=["tag"])
        assert result.hits == ()
        assert result.total == sum(result.facets["tag"].as_dict().values())
    assert index.search("word", limit=0, offset=3, sort="count").total == 5


PAGES: Final = [
    (sys.maxsize, 0),
    (10**6, 0),
    (2**31, 0),
    (2**32, 1),
    (2**63, 0),
    (2**64, 0),
    (10, 10**6),
    (10, 2**31),
    (10, sys.maxsize),
    (10, 2**63),
    (10, 2**64),
    (2**40, 2**40),
    (sys.maxsize, sys.maxsize),
    (0, 2**64),
]


@pytest.mark.parametrize("sort", ["", "count", "-tag"])
def test_any_page_can_be_asked_for(sort: str) -> None:
    """In a process of its own: an allocation that fails ends the whole process."""
    code = (
        "import json, sys, searchlib as s\n"
        "index = s.Index(s.Schema({'title': s.Text(), 'tag': s.Keyword(), 'count': s.Integer()}))\n"
        "index.add([{'id': '1', 'title': 'word'}, {'id': '2', 'title': 'word', 'count': 1}])\n"
        "for limit, offset in json.loads(sys.argv[1]):\n"
        "    print(limit, offset, end=' ', flush=True)\n"
        "    found = index.search('word', limit=limit, offset=offset, sort=sys.argv[2] or None)\n"
        "    print(found.total, len(found), flush=True)"
    )
    done = run_python(code, json.dumps(PAGES), sort)
    expected = [f"{n} {o} 2 {len(range(2)[o : o + n])}" for n, o in PAGES]
    assert done.stdout.splitlines() == expected, done.stderr[-300:]


@pytest.mark.parametrize("bad", [-1, -(2**70), 1.0, "10", None, True])
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_a_page_is_of_whole_numbers(name: str, bad: Any) -> None:
    with pytest.raises(QueryError, match=name):
        Index(SCHEMA).search("word", **{name: bad})


@pytest.mark.parametrize(
    "query",
    [
        '"word"',
        '""',
        '"',
        '"  "',
        '"…"',
        "*",
        "?",
        "*:*",
        "~",
        "^",
        "()",
        "-",
        "+",
        "-()",
        "NOT",
        "-word",
        "\x00",
        "\ud800",
        "tag:\ud800",
        "word\udfff",
        "title:",
        "count:[* TO *]",
        "price:[* TO *}",
        "day:[* TO *]",
        "moment:{* TO *}",
        "tag:[a TO b]",
        "place:>a",
        "open:[true TO true]",
        "count:[9 TO 1]",
        "count:>9223372036854775807",
        "count:<-9223372036854775808",
        "count:{9223372036854775807 TO *]",
        "count:99999999999999999999",
        "price:1e999",
        "price:nan",
        "day:0000",
        "day:9999",
        "day:9999-12",
        "day:0001-01",
        "day:[0001-01-01 TO 9999-12-31]",
        "moment:[0001-01-01 TO 9999-12-31T23:59:59.999999]",
        "word^0",
        "word^1e9",
        "word^" + "9" * 400,
        "(word)^" + "9" * 60,
        "a b " * 2_000,
        "(" * 10_000,
        "NOT " * 5_000 + "word",
    ],
    ids=lambda query: ascii(query)[:30],
)
def test_no_string_that_people_type_raises_or_panics(query: str) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "word", "tag": "a"}, {"id": "2", "count": 5}])
    result = index.search(query, facets=["tag"], highlight=True)
    assert result.total >= len(result.hits)
    for hit in result:
        assert hit.score is not None
        assert 0 <= hit.score < float("inf")


# --- What finds nothing says so ---------------------------------------------------------


@pytest.mark.parametrize("query", ["app*", "title:app*", "+app*"])
def test_a_wildcard_finds_what_begins_so(query: str) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "apple"}, {"id": "2", "title": "apricot"}])
    assert index.search(query).ids == ("1",)


@pytest.mark.parametrize("query", ["wo*d", "*", "a *", "*ple"])
def test_a_wildcard_is_never_ignored_in_silence(query: str) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "apple word app"}])
    assert [n for n in index.search(query).notices if "*" in n.message]


def test_a_prefix_finds_more_terms_than_tantivy_takes_by_itself() -> None:
    """``phrase_prefix_query`` takes the 50 first terms of a segment and says nothing."""
    index = indexed(SCHEMA, [{"id": str(n), "title": f"app{n:03}"} for n in range(120)])
    assert index.search("app*", limit=0).total == 120


@pytest.mark.parametrize("query", ['""', '"', '" "', "title:()", "!!", "+()", "…"])
def test_a_query_without_words_says_so(query: str) -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "word"}])
    result = index.search(query)
    assert result.total == 0
    assert result.notices


# --- Lock and schema are told apart -----------------------------------------------------


def test_a_lock_and_another_schema_are_different_errors(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path)
    with index.writer(memory=SMALL):
        with pytest.raises(IndexLockedError):
            index.writer()
        with pytest.raises(IndexLockedError):
            Index.open(tmp_path).writer()
        with pytest.raises(SchemaMismatchError):
            Index(Schema({"title": Keyword()}), tmp_path)


# --- Deleted documents do not count -----------------------------------------------------


def test_deleted_documents_are_neither_found_nor_counted() -> None:
    documents = [
        {
            "id": str(n),
            "title": f"common word{n}",
            "tag": f"t{n % 2}",
            "count": n,
            "day": "2020-01-01",
        }
        for n in range(10)
    ]
    index = indexed(SCHEMA, documents)
    index.delete(*(str(n) for n in range(0, 10, 2)))
    result = index.search("common", limit=20, facets=["tag", "count", "day", "_language"])
    assert set(result.ids) == {"1", "3", "5", "7", "9"}
    assert result.total == len(index) == 5
    assert result.facets["tag"].as_dict() == {"t1": 5}
    assert result.facets["count"].as_dict() == {1: 1, 3: 1, 5: 1, 7: 1, 9: 1}
    assert result.facets["day"].as_dict() == {"2020": 5}
    assert result.facets["_language"].as_dict() == {"en": 5}
    assert index.search("word4").total == 0
    assert index.get("4") is None
    assert "4" not in index
    assert sorted(document["id"] for document in index.documents()) == ["1", "3", "5", "7", "9"]


def test_a_word_of_deleted_documents_only_is_reported_as_unknown() -> None:
    index = indexed(SCHEMA, [{"id": "1", "title": "zebra"}, {"id": "2", "title": "lion"}])
    assert index.search("zebra").notices == ()
    index.delete("1")
    result = index.search("zebra lion")
    assert result.ids == ("2",)
    assert [notice.code for notice in result.notices] == ["unknown-word"]


def test_languages_of_deleted_documents_are_gone() -> None:
    schema = Schema({"title": Text()}, language="lang", languages=["vi", "fr"])
    index = indexed(schema, [{"id": "1", "lang": "vi"}, {"id": "2", "lang": "fr"}])
    index.delete("1")
    assert index.languages == ("fr",)


# --- A panic of the engine itself -------------------------------------------------------


def test_a_panic_arrives_as_an_error_of_ours() -> None:
    """The engine panics at ``limit=0``; asked past our guard, it must still not end the caller."""
    code = (
        "from searchlib import IndexStateError, _tantivy as t\n"
        "index = t.Index(t.SchemaBuilder().build())\n"
        "try:\n"
        "    with t.panics_as(IndexStateError, 'no'):\n"
        "        index.searcher().search(t.Query.all_query(), limit=0)\n"
        "except IndexStateError as error:\n"
        "    print(type(error.__cause__).__name__)"
    )
    assert output_of(code) == "PanicException"


def test_other_errors_pass_through_the_guard_against_panics() -> None:
    from searchlib import IndexStateError, _tantivy

    with pytest.raises(KeyError), _tantivy.panics_as(IndexStateError, "no"):
        raise KeyError


def test_an_unchanged_value_is_found_by_its_type() -> None:
    """An int in a text field would be stored and not found: fields of values find each kind."""
    moment = datetime(2020, 5, 17, 10, 30, tzinfo=UTC)
    document = {
        "id": "1",
        "tag": "5",
        "place": "a/5",
        "count": 5,
        "price": 5.5,
        "open": True,
        "day": date(2020, 5, 17),
        "moment": moment,
    }
    index = indexed(SCHEMA, [document, {"id": "2"}])
    for field, value in document.items():
        assert index.search(where=Term(field, value)).ids == ("1",), field  # type: ignore[arg-type]


def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    Index(SCHEMA, tmp_path)
    code = (
        "import os, sys, searchlib\n"
        "writer = searchlib.Index.open(sys.argv[1]).writer()\n"
        "writer.add({'id': 'lost'})\n"
        "os._exit(7)"
    )
    done: subprocess.CompletedProcess[str] = run_python(code, tmp_path)
    assert done.returncode == 7
    index = Index.open(tmp_path)
    assert index.add([{"id": "1"}]).added == 1
    assert index.search().ids == ("1",)
