"""Several keys and cursors: the order is that of Python's sort, and pages make one list."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final
from unittest.mock import patch

import icu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Float,
    Index,
    Integer,
    Keyword,
    QueryError,
    Schema,
    SchemaError,
    Sort,
    Text,
    ValueFacet,
)
from searchlib.engine import groups, order
from searchlib.engine.layout import hash_of
from tests.conftest import SMALL, indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "n": Integer(),
        "x": Float(),
        "tag": Keyword(),
        "open": Boolean(),
        "name": Keyword(collation="vi"),
        "head": Text(collation="sv"),
    },
    languages=["und"],
)
#: How a field's values compare, where not as they are.
COLLATORS: Final = {
    name: icu.Collator.createInstance(icu.Locale(code)).getSortKey
    for name, code in (("name", "vi"), ("head", "sv"))
}
Documents = list[dict[str, Any]]
laws = settings(max_examples=40, deadline=None)


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly one value, seldom none or several."""
    return values | values | st.none() | st.lists(values, max_size=2)


_documents: Final = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text("abđé01", min_size=1, max_size=3),
            "title": st.sampled_from(["lion", "lion zebra", "zebra", "lion lion", "lion ant bee"]),
        },
        optional={
            "n": st.sampled_from([0, 1, 2, -(2**63), 2**63 - 1, 2**53 + 1]) | st.none(),
            "x": _some(st.sampled_from([-0.0, 0.0, 0.1, 5e-324, 1e300, -1e300])),
            "tag": _some(st.sampled_from(["", "a", "b", "é", "đ", "𠮷", "\uffff"])),
            "open": st.booleans() | st.none(),
            "name": _some(st.text("aáâbdđe\u0301 D-", max_size=3)),
            "head": _some(st.text("aåäzößÅ𠮷\u0000 ", max_size=3)),
        },
    ),
    max_size=25,
    unique_by=lambda document: document["id"],
)
_fields: Final = st.sampled_from(["n", "x", "tag", "open", "name", "head"])
_keys: Final = st.lists(
    st.builds(Sort, _fields, st.booleans(), st.sampled_from(["first", "last"]))
    | st.builds(Sort, st.just("id"), st.booleans())
    | st.just(Sort("score")),
    min_size=1,
    max_size=3,
)
_queries: Final = st.sampled_from([None, "lion", "zebra lion", "tag:a", "nothing"])


def first(document: dict[str, Any], field: str) -> Any:
    value = document.get(field)
    if isinstance(value, list):
        value = value[0] if value else None
    return value


def in_order(index: Index, documents: Documents, query: str | None, keys: list[Sort]) -> list[str]:
    """What a stable sort by each key, the last one first, makes of the documents found."""
    scores = {hit.id: hit.score for hit in index.search(query, limit=100)}
    found = sorted(
        (one for one in documents if one["id"] in scores), key=lambda one: hash_of(one["id"])
    )
    for key in reversed(keys):
        if key.field == "score":
            found.sort(key=lambda one: -(scores[one["id"]] or 0))
            continue
        has = [one for one in found if first(one, key.field) is not None]
        gaps = [one for one in found if first(one, key.field) is None]
        collate = COLLATORS.get(key.field, lambda value: value)
        has.sort(  # with reverse, too, what is alike keeps its order
            key=lambda one, key=key, collate=collate: collate(first(one, key.field)),  # type: ignore[misc]
            reverse=key.descending,
        )
        found = gaps + has if key.missing == "first" else has + gaps
    return [one["id"] for one in found]


def stocked(documents: Documents, size: int) -> Index:
    return indexed(SCHEMA, *(documents[n : n + size] for n in range(0, len(documents), size)))


@laws
@given(_documents, st.integers(3, 25), _queries, _keys, st.integers(0, 5), st.integers(0, 12))
def test_several_keys_sort_as_pythons_sort_does(
    documents: Documents,
    size: int,
    query: str | None,
    keys: list[Sort],
    offset: int,
    limit: int,
) -> None:
    index = stocked(documents, size)
    expected = in_order(index, documents, query, keys)
    assert list(index.search(query, sort=keys, limit=100).ids) == expected
    page = index.search(query, sort=keys, limit=limit, offset=offset)
    assert list(page.ids) == expected[offset : offset + limit]
    assert page.total == len(expected)


@laws
@given(_documents, st.integers(3, 25), _queries, _keys, st.integers(1, 7))
def test_pages_by_cursor_make_the_one_list(
    documents: Documents, size: int, query: str | None, keys: list[Sort], limit: int
) -> None:
    index = stocked(documents, size)
    whole = list(index.search(query, sort=keys, limit=100).ids)
    assert pages(index, query, keys, limit) == whole


def pages(index: Index, query: str | None, keys: list[Sort], limit: int) -> list[str]:
    """The ids of all pages by cursor."""
    result = index.search(query, sort=keys, limit=limit)
    total = result.total
    ids = list(result.ids)
    while result.cursor is not None:
        assert len(result) == limit
        result = index.search(query, sort=keys, limit=limit, after=result.cursor)
        assert result.total == total
        ids += result.ids
    return ids


@laws
@given(_documents, st.integers(3, 25), _queries, _keys, st.integers(0, 9), st.integers(1, 7))
def test_far_down_the_order_is_the_same(
    documents: Documents,
    size: int,
    query: str | None,
    keys: list[Sort],
    offset: int,
    limit: int,
) -> None:
    """As if pages were deep, and groups large, from a few hits on."""
    index = stocked(documents, size)
    expected = in_order(index, documents, query, keys)
    with patch.multiple(order, _DEEP=1, _SPARE=1), patch.object(groups, "_MEMBERS", 2):
        assert list(index.search(query, sort=keys, limit=100).ids) == expected
        page = index.search(query, sort=keys, limit=limit, offset=offset)
        assert list(page.ids) == expected[offset : offset + limit]
        assert pages(index, query, keys, limit) == expected


@laws
@given(
    _documents,
    _documents,
    st.lists(st.sampled_from(["n", "x", "tag", "open"]).map(lambda name: Sort(name)), max_size=2),
    st.integers(1, 4),
    st.data(),
)
def test_writes_to_other_documents_do_not_move_a_cursor(
    documents: Documents, others: Documents, keys: list[Sort], limit: int, data: st.DataObject
) -> None:
    """Between the pages others are added, changed and deleted; the rest comes once, in order."""
    keys = [*keys, Sort("id", data.draw(st.booleans()))]
    others = [{**one, "id": "z" + one["id"]} for one in others]
    index = stocked([*documents, *others[::2]], 9)
    expected = in_order(index, documents, None, keys)
    ids: list[str] = []
    cursor: str | None = None
    while True:
        result = index.search(sort=keys, limit=limit, after=cursor)
        ids += result.ids
        cursor = result.cursor
        if cursor is None:
            break
        with index.writer(memory=SMALL) as writer:
            for other in others:
                if data.draw(st.booleans()):
                    writer.delete(other["id"])
                else:
                    writer.add({**other, "n": data.draw(st.integers(-3, 3))}, language="und")
    own = [one for one in ids if not one.startswith("z")]
    assert own == expected


def test_the_document_of_the_cursor_may_be_gone() -> None:
    index = indexed(SCHEMA, [{"id": f"d{n}", "n": n // 3} for n in range(9)])
    keys = ["-n", "id"]
    cursor = index.search(sort=keys, limit=4).cursor
    index.delete("d3", "d6", "d7")
    assert index.search(sort=keys, limit=3, after=cursor).ids == ("d4", "d5", "d0")


def test_a_cursor_lives_on_after_the_index_is_opened_again(tmp_path: Any) -> None:
    indexed(SCHEMA, [{"id": f"d{n}", "tag": f"t{n % 3}"} for n in range(20)], path=tmp_path / "i")
    options: dict[str, Any] = {"sort": [Sort("tag", missing="first"), "-id"], "limit": 7}
    cursor = Index.open(tmp_path / "i").search(**options).cursor
    index = Index.open(tmp_path / "i")
    assert index.search(**options, after=cursor).ids == index.search(**options, offset=7).ids


def test_a_name_may_stand_for_a_key() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "n": n % 2, "tag": f"t{n % 3}"} for n in range(6)])
    assert index.search(sort=["-n", "tag"]).ids == ("3", "1", "5", "0", "4", "2")
    assert index.search(sort=("-n", Sort("tag", descending=True))).ids == (
        *("5", "1", "3"),
        *("2", "4", "0"),
    )
    assert index.search(sort=Sort("id", descending=True), limit=1).ids == ("5",)


def test_relevance_first_gives_scores() -> None:
    documents = [{"id": f"d{n}", "title": "lion" if n % 2 else "lion bee"} for n in range(300)]
    index = indexed(SCHEMA, documents[200:], documents[:200])
    result = index.search("lion", sort="score", limit=200)
    scores = [hit.score for hit in result]
    assert scores == sorted(scores, key=lambda score: -(score or 0))
    odd = sorted((f"d{n}" for n in range(1, 300, 2)), key=hash_of)
    assert list(result.ids[:150]) == odd
    assert index.search("lion", sort=["score", "-id"], limit=3).ids == ("d99", "d97", "d95")


# --- Collations -------------------------------------------------------------------------


def test_each_field_has_the_order_of_its_language() -> None:
    fields = {code: Keyword(collation=code) for code in ("sv", "de", "vi", "cs", "und")}
    index = Index(Schema({**fields, "plain": Keyword()}, languages=["und"]))
    names = ["zebra", "ärlig", "cy", "chata", "đi", "dự", "em", "été"]
    index.add([{"id": name, "plain": name, **dict.fromkeys(fields, name)} for name in names])
    assert index.search(sort="de", limit=2).ids == ("ärlig", "chata")
    assert index.search(sort="sv", limit=8).ids[-2:] == ("zebra", "ärlig")
    assert index.search(sort="cs", limit=8).ids.index("cy") == 1  # ch comes after h
    assert index.search(sort="vi", limit=8).ids[3:] == ("dự", "đi", "em", "été", "zebra")
    assert index.search(sort="plain", limit=8).ids[-3:] == ("ärlig", "été", "đi")
    for code in ("de", "und", "plain"):
        assert index.search(sort=f"-{code}", limit=8).ids == tuple(
            reversed(index.search(sort=code, limit=8).ids)
        )


def test_a_facet_takes_the_order_of_the_field() -> None:
    index = Index(Schema({"name": Keyword(collation="sv")}, languages=["de"]))
    index.add([{"id": name, "name": name} for name in ("ö", "z", "o")])
    for language, expected in ((None, ["o", "z", "ö"]), ("de", ["o", "ö", "z"])):
        facet = ValueFacet("name", order="value", language=language)
        assert list(index.search(facets=[facet]).facets["name"].as_dict()) == expected


def test_a_collated_field_is_filtered_and_replaced_like_any_other() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "name": name} for n, name in enumerate("đcba")])
    assert index.search(sort="name").ids == ("3", "2", "1", "0")
    index.add([{"id": "3", "name": ["e", "a"]}, {"id": "2", "name": None}])
    assert index.search(sort="name").ids == ("1", "0", "3", "2")
    assert index.search(where={"name": "a"}, sort="-name").ids == ("3",)
    assert index.search("head:*", sort="head").total == 0


def test_what_is_sorted_by_is_bounded() -> None:
    """The beginning of a text; a label as long as one may be, and its key longer than a term."""
    texts = ["a" * 249 + "b", "a" * 250 + "b", "a" * 250 + "a", "\ufdfa" * 10_000]
    index = indexed(
        SCHEMA, [{"id": str(n), "name": text, "head": text} for n, text in enumerate(texts)]
    )
    for name in ("name", "head"):
        ids = index.search(sort=name).ids
        assert set(ids[:2]) == {"1", "2"}
        assert ids[2:] == ("0", "3")
        assert index.search(sort=Sort(name, missing="first")).ids == ids


def test_texts_without_a_collation_say_what_to_declare() -> None:
    with pytest.raises(QueryError, match=r"'title'.*Text\(collation="):
        Index(SCHEMA).search(sort="title")
    with pytest.raises(QueryError, match="n, x, tag, open, name, head, score"):
        Index(SCHEMA).search(sort="place")
    for kind in (Text, Keyword):
        with pytest.raises(SchemaError, match="language"):
            kind(collation="klingon!")
        assert kind(collation="vi-VN").collation == "vi"


# --- What cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "sort",
    [
        [],
        [""],
        ["n", "title"],
        ["n", 3],
        [["n"]],
        3,
        {"n": 1},
        "-score",
        Sort("score", descending=True),
        Sort("score", missing="first"),
        Sort("place"),
    ],
    ids=repr,
)
def test_keys_that_are_none(sort: Any) -> None:
    with pytest.raises(QueryError, match="sort"):
        Index(SCHEMA).search(sort=sort)


def test_sorts_that_are_none() -> None:
    with pytest.raises(QueryError, match="missing"):
        Sort("n", missing="never")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="field"):
        Sort(3)  # type: ignore[arg-type]


def test_cursors_of_other_searches() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "n": n, "title": "lion"} for n in range(9)])
    cursor = index.search("lion", sort="n", limit=2).cursor
    assert cursor is not None
    assert index.search("lion", sort="n", limit=5, after=cursor).ids == tuple("23456")
    searches: list[dict[str, Any]] = [
        {"query": "lions", "sort": "n"},
        {"query": "lion", "sort": "-n"},
        {"query": "lion", "sort": ["n", "tag"]},
        {"query": "lion", "sort": "n", "where": {"n": [1, 2, 3]}},
        {"query": "lion", "sort": "n", "offset": 1},
        {"query": "lion", "sort": "n", "language": "fr"},
        {"query": "lion"},
    ]
    for options in searches:
        with pytest.raises(QueryError, match="after"):
            index.search(**options, after=cursor)


def test_damaged_cursors() -> None:
    index = indexed(SCHEMA, [{"id": str(n), "n": n} for n in range(9)])
    cursor = str(index.search(sort="n", limit=2).cursor)
    parts = json.loads(urlsafe_b64decode(cursor + "=="))

    def made(*values: Any) -> str:
        return urlsafe_b64encode(json.dumps([parts[0], *values]).encode()).decode().rstrip("=")

    assert parts[1:] == [2, 0, 1, hash_of("1")]
    last = hash_of("1")
    broken = ["", "é", "a", cursor[:-3], cursor + "!", made(), made(2, 0, 1), made(2, 0, "x", last)]
    broken += [made(2, 0, 1, 3), made(2, 0, [1], last), made(2, 0, 1, None), made("2", 0, 1, last)]
    broken += [made(3, 0, 1, last), made(2, 0, 2, last), made(2, 1, 1, last), made(2, 0, 1, "1")]
    broken += [made(2), made(2, 0), cursor.lower(), cursor + "===="]
    for one in [*broken, 3, b"abc"]:
        with pytest.raises(QueryError, match="after"):
            index.search(sort="n", after=one)  # type: ignore[arg-type]
