"""Partial updates: what is not named stays, what the writer did before counts, none is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Category,
    Date,
    DocumentError,
    Index,
    IndexLockedError,
    Integer,
    Keyword,
    Schema,
    Stored,
    Text,
    Writer,
    WriterClosedError,
)
from tests.conftest import ROOT, SMALL, indexed
from tests.strategies import documents, schemas

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "tag": Keyword(),
        "place": Category(),
        "views": Integer(),
        "day": Date(),
        "raw": Stored(),
    },
    languages=["en"],
)
FULL: Final[dict[str, Any]] = {
    "id": "a",
    "title": ["old lion", "zebra"],
    "tag": ["x", "y"],
    "place": "News/Asia",
    "views": 4,
    "day": "2020-02-29",
    "raw": {"n": [1, None]},
}


@pytest.fixture(params=["memory", "disk"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return Index(SCHEMA, None if request.param == "memory" else tmp_path / "index")


def writing(index: Index) -> Writer:
    return index.writer(memory=SMALL)


# --- What changes and what stays --------------------------------------------------------


def test_only_the_fields_named_change(index: Index) -> None:
    index.add([FULL, {"id": "b", "views": 4}])
    before = index.get("a")
    assert before is not None
    assert index.update([{"id": "a", "views": 5, "tag": "z"}]).updated == 1
    assert index.get("a") == before | {"views": 5, "tag": "z"}
    assert len(index) == 2
    assert index.search("lion zebra", where={"views": 5, "tag": "z", "place": "News"}).ids == ("a",)
    assert index.search('"old lion"').ids == index.search("day:2020-02").ids == ("a",)
    assert index.search("tag:x").total == index.search("tag:y").total == 0
    assert index.search("views:4").ids == ("b",)


def test_none_takes_a_field_away(index: Index) -> None:
    index.add([FULL])
    index.update([{"id": "a", "title": None, "day": None, "raw": None, "views": None}])
    assert index.get("a") == {"id": "a", "tag": ["x", "y"], "place": "News/Asia"}
    assert index.search("lion").total == index.search("day:*").total == 0


def test_a_field_is_replaced_whole() -> None:
    index = indexed(SCHEMA, [FULL])
    index.update([{"id": "a", "raw": {"m": 2}, "title": ["giraffe"]}])
    found = index.get("a")
    assert found is not None
    assert (found["raw"], found["title"]) == ({"m": 2}, ["giraffe"])
    assert index.search("zebra").total == 0


def test_an_id_alone_changes_nothing() -> None:
    index = indexed(SCHEMA, [FULL])
    before = index.get("a")
    assert index.update([{"id": "a"}]).updated == 1
    assert index.get("a") == before


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_an_update_is_an_add_of_the_document_as_it_then_is(data: st.DataObject) -> None:
    """For any schema and documents; of the language too, unless it was said."""
    schema = data.draw(schemas())
    old = data.draw(documents(schema))
    changes = {**data.draw(documents(schema)), schema.id: old[schema.id]}
    one, other = Index(schema), Index(schema)
    with writing(one) as writer:
        writer.add(old)
        if data.draw(st.booleans()):
            writer.commit()
        writer.update(changes)
    merged = {**old, **changes}
    with writing(other) as writer:
        writer.add({name: merged[name] for name in merged if merged[name] is not None})
    left, right = one.search().hits[0], other.search().hits[0]
    nothing = [name for name, value in old.items() if value is None and name not in changes]
    assert left.document == {**right.document, **dict.fromkeys(nothing)}
    assert left.language == right.language
    for name in schema.text_fields:
        for word in str(merged.get(name) or "").split()[:3]:
            found, expected = (some.search(word, highlight=[name]) for some in (one, other))
            assert found.ids == expected.ids
            assert [hit.highlights for hit in found] == [hit.highlights for hit in expected]


# --- What cannot be changed -------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "b", "views": 5}, "id"),
        ({"id": "b"}, "id"),
        ({"views": 5}, "id"),
        ({"id": "", "views": 5}, "id"),
        ({"id": "\ud800", "views": 5}, "id"),
        ({"id": "a", "views": "many"}, "views"),
        ({"id": "a", "colour": "red"}, "colour"),
        ({"id": "a", "colour": None}, "colour"),
        ("a", None),
        (None, None),
    ],
    ids=ascii,
)
def test_a_change_that_cannot_be_changes_nothing(change: Any, field: str | None) -> None:
    index = indexed(SCHEMA, [FULL])
    before = index.get("a")
    with writing(index) as writer:
        with pytest.raises(DocumentError) as caught:
            writer.update(change)
        assert caught.value.field == field
        result = writer.update_many([change])
        assert (result.updated, [one.error.field for one in result.rejected]) == (0, [field])
    assert [index.get("a")] == list(index.documents()) == [before]


def test_a_missing_id_is_named() -> None:
    index = indexed(SCHEMA, [{"id": "a"}])
    result = index.update([{"id": "nobody", "views": 1}, {"id": "a", "views": 2}])
    assert result.updated == 1
    (refusal,) = result.rejected
    assert (refusal.position, refusal.error.document_id) == (0, "nobody")
    with pytest.raises(DocumentError, match=r"change 0|document 0.*no document 'nobody'"):
        result.raise_for_rejected()
    assert index.get("a") == {"id": "a", "views": 2}


def test_all_or_nothing(index: Index) -> None:
    index.add([{"id": "a", "views": 1}, {"id": "b", "views": 1}])
    changes = [{"id": "a", "views": 2}, {"id": "c", "views": 2}, {"id": "b", "views": 2}]
    with pytest.raises(DocumentError, match="no document 'c'"):
        index.update(changes, all_or_nothing=True)
    assert [document["views"] for document in index.documents()] == [1, 1]
    changes[1] = {"id": "a", "tag": "later of one id"}
    assert index.update(changes, all_or_nothing=True).updated == 3
    assert index.get("a") == {"id": "a", "views": 2, "tag": "later of one id"}
    assert index.get("b") == {"id": "b", "views": 2}


def test_a_closed_writer_says_so() -> None:
    writer = writing(Index(SCHEMA))
    writer.close()
    for use in (lambda: writer.update({"id": "a"}), lambda: writer.update_many([])):
        with pytest.raises(WriterClosedError):
            use()


# --- What the writer itself did before --------------------------------------------------

_keys: Final = st.sampled_from("abc")
_steps: Final = st.lists(
    st.tuples(st.sampled_from(["add", "update", "delete"]), _keys)
    | st.tuples(st.sampled_from(["update", "where", "clear", "commit", "rollback"]), _keys),
    max_size=25,
)


@pytest.mark.parametrize("place", ["memory", "disk"])
@settings(max_examples=40, deadline=None)
@given(steps=_steps)
def test_a_writer_is_a_dict_of_dicts(
    place: str, steps: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was added, changed or deleted before, committed or not, an update goes by it."""
    folder = None if place == "memory" else tmp_path_factory.mktemp("index")
    index = Index(SCHEMA, folder)
    committed: dict[str, dict[str, Any]] = {}
    pending: dict[str, dict[str, Any]] = {}
    with writing(index) as writer:
        for number, (action, key) in enumerate(steps):
            match action:
                case "add":
                    pending[key] = {"id": key, "title": f"word{number}", "tag": key}
                    writer.add(pending[key])
                case "update":
                    change = {"id": key, "views": number, "tag": [f"t{number % 2}", key]}
                    if key in pending:
                        writer.update(change)
                        pending[key] = {**pending[key], **change}
                    else:
                        with pytest.raises(DocumentError, match="no document"):
                            writer.update(change)
                case "delete":
                    writer.delete(key)
                    pending.pop(key, None)
                case "where":
                    tag = key if number % 3 else f"t{number % 2}"
                    writer.delete_where({"tag": tag})
                    pending = {n: one for n, one in pending.items() if tag not in one["tag"]}
                case "clear":
                    writer.clear()
                    pending = {}
                case "commit":
                    writer.commit()
                    committed = dict(pending)
                case "rollback":
                    writer.rollback()
                    pending = dict(committed)
            if action in ("commit", "rollback"):
                assert {one["id"]: one for one in index.documents()} == committed
    assert {one["id"]: one for one in index.documents()} == pending


@pytest.mark.parametrize("is_committed", [True, False])
def test_what_a_query_deleted_before_is_not_there(is_committed: bool) -> None:
    """By words of a language, too, which the document alone must be analysed in to match."""
    index = Index(LANGUAGES)
    with writing(index) as writer:
        writer.add({"id": "gone", "title": "les coopérations", "lang": "fr"})
        writer.add({"id": "here", "title": "les jungles", "lang": "fr"})
        if is_committed:
            writer.commit()
        writer.delete_where("coopération")
        with pytest.raises(DocumentError, match="no document 'gone'"):
            writer.update({"id": "gone", "n": 1})
        writer.update({"id": "here", "n": 1})
        writer.add({"id": "gone", "title": "la coopération", "lang": "fr"})
        writer.update({"id": "gone", "n": 2})
    assert {one["id"]: one["n"] for one in index.documents()} == {"here": 1, "gone": 2}
    assert index.search("cooperations").ids == ("gone",)


@pytest.mark.parametrize("is_committed", [True, False])
def test_what_was_cleared_is_not_there_until_it_is_rolled_back(is_committed: bool) -> None:
    index = indexed(SCHEMA, [{"id": "a"}] if is_committed else [])
    with writing(index) as writer:
        writer.add({"id": "b"})
        writer.clear()
        for gone in ("a", "b"):
            with pytest.raises(DocumentError, match="no document"):
                writer.update({"id": gone, "views": 1})
        writer.add({"id": "b"})
        writer.update({"id": "b", "views": 2})
        assert writer.update_many([{"id": "a"}, {"id": "b"}]).updated == 1
        writer.rollback()
        assert writer.update_many([{"id": "a"}, {"id": "b"}]).updated == is_committed
    assert list(index.documents()) == [{"id": "a"}] * is_committed


@pytest.mark.parametrize("is_committed", [True, False])
def test_any_text_that_was_added_can_stay(is_committed: bool) -> None:
    document = {"id": "a", "title": "lone \ud800 half", "raw": ["\udfff", "\x00"], "views": 1}
    index = Index(SCHEMA)
    with writing(index) as writer:
        writer.add(document)
        if is_committed:
            writer.commit()
        writer.update({"id": "a", "views": 2})
    assert index.get("a") == {**document, "views": 2}


def test_a_block_that_raises_undoes_its_updates(index: Index) -> None:
    index.add([FULL])
    before = index.get("a")
    with pytest.raises(RuntimeError), writing(index) as writer:
        writer.update({"id": "a", "views": 5})
        writer.add({"id": "b"})
        writer.update({"id": "b", "views": 5})
        raise RuntimeError
    assert list(index.documents()) == [before]


def test_more_is_written_in_one_block_than_memory_holds(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path)
    texts = {str(number): str(number) * 450_000 for number in range(10, 30)}
    with writing(index) as writer:
        writer.add_many({"id": one, "raw": text} for one, text in texts.items())
        writer.update_many({"id": one, "views": int(one)} for one in ["10", "29", "17"])
        assert {path.name for path in (tmp_path / "data-1").glob("tmp*")} == set()
    for one in ("10", "17", "29"):
        assert index.get(one) == {"id": one, "raw": texts[one], "views": int(one)}


# --- Two who write ----------------------------------------------------------------------


def test_no_update_of_another_process_is_lost(tmp_path: Path) -> None:
    """Each of three processes counts up a field of its own in one document."""
    index = indexed(SCHEMA, [{"id": "a", "title": "zebra"}], path=tmp_path)
    code = (
        "import sys, time, searchlib as s\n"
        "index, field = s.Index.open(sys.argv[1]), sys.argv[2]\n"
        "for number in range(1, 9):\n"
        "    value = number if field == 'views' else str(number)\n"
        "    while True:\n"
        "        try:\n"
        "            with index.writer(memory=15_000_000) as writer:\n"
        "                writer.update({'id': 'a', field: value})\n"
        "            break\n"
        "        except s.IndexLockedError:\n"
        "            time.sleep(0.01)\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), field],
            env={"PYTHONPATH": str(ROOT / "src")},
        )
        for field in ("views", "tag", "raw")
    ]
    for number in range(5):
        try:
            index.update([{"id": "a", "day": f"2020-01-0{number + 1}"}]).raise_for_rejected()
        except IndexLockedError:
            continue
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    found = index.get("a")
    assert found is not None
    found.pop("day", None)
    assert found == {"id": "a", "title": "zebra", "views": 8, "tag": "8", "raw": "8"}


# --- The language -----------------------------------------------------------------------

LANGUAGES: Final = Schema(
    {"title": Text(), "fixed": Text(language="en"), "n": Integer()},
    language="lang",
    languages=["vi", "fr", "en"],
)
FRENCH: Final = "Le lion est mort ce soir dans la jungle"
ENGLISH: Final = "The old lion sleeps tonight in the jungle"


@pytest.mark.parametrize(
    ("added", "said", "change", "then", "expected"),
    [
        ({"title": FRENCH}, "vi", {"n": 1}, None, "vi"),  # said, and no text changes
        ({"title": FRENCH}, "vi", {"fixed": ENGLISH}, None, "vi"),  # a text of its own language
        ({"title": FRENCH}, "vi", {"title": FRENCH}, None, "vi"),  # the same text
        ({"title": FRENCH}, "vi", {"title": ENGLISH}, None, "en"),  # another is read anew
        ({"title": FRENCH}, None, {"title": ENGLISH}, None, "en"),
        ({"title": FRENCH}, None, {"title": ENGLISH}, "vi", "vi"),  # unless it is said
        ({"title": FRENCH}, None, {"n": 1}, "vi", "vi"),
        ({"title": FRENCH, "lang": "vi"}, None, {"title": ENGLISH}, None, "vi"),  # named inside
        ({"title": FRENCH, "lang": "vi"}, None, {"lang": "en"}, None, "en"),
        ({"title": FRENCH, "lang": "vi"}, None, {"lang": None}, None, "fr"),
    ],
)
@pytest.mark.parametrize("is_committed", [True, False])
def test_the_language_stays_unless_a_text_changes_or_it_is_said(
    added: dict[str, Any],
    said: str | None,
    change: dict[str, Any],
    then: str | None,
    expected: str,
    is_committed: bool,
) -> None:
    index = Index(LANGUAGES)
    with writing(index) as writer:
        writer.add({"id": "a", **added}, language=said)
        if is_committed:
            writer.commit()
        writer.update({"id": "a", **change}, language=then)
    assert index.search().hits[0].language == expected


@pytest.mark.parametrize("bad", ["english!", ""])
def test_a_language_that_is_none_changes_nothing(bad: str) -> None:
    index = indexed(LANGUAGES, [{"id": "a", "n": 1}])
    result = index.update([{"id": "a", "lang": bad, "n": 2}])
    assert [one.error.field for one in result.rejected] == ["lang"]
    assert index.update([{"id": "a", "n": 2}], language=bad).updated == 0
    assert index.get("a") == {"id": "a", "n": 1}
