"""Which values a facet shows, in which order, and how many there are."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Category, Index, Integer, Keyword, QueryError, Schema, ValueFacet
from tests.conftest import indexed
from tests.facet_documents import DOCUMENTS, SCHEMA, Documents, counted, laws, stocked, values

PLACES: Final = Schema({"place": Keyword(), "path": Category(), "n": Integer()}, languages=["vi"])


def shown(index: Index, facet: ValueFacet, where: Any = None) -> list[Any]:
    return list(index.search(where=where, facets=[facet], limit=0).facets[facet.field].as_dict())


@laws
@given(
    DOCUMENTS,
    st.none() | st.lists(st.sampled_from(["a", "b", "é", "none"]), max_size=3),
    st.lists(st.sampled_from(["a", "c", ""]), max_size=2),
    st.sampled_from(["", "a", "E", "z"]),
    st.lists(st.sampled_from(["a", "b", "none"]), max_size=2),
    st.sampled_from(["count", "value"]),
    st.integers(1, 5),
)
def test_what_is_counted_is_what_a_loop_counts(
    documents: Documents,
    include: list[str] | None,
    exclude: list[str],
    prefix: str,
    selected: list[str],
    order: Any,
    limit: int,
) -> None:
    index, documents = stocked(documents)

    def accepts(value: str) -> bool:
        return (
            (include is None or value in include)
            and value not in exclude
            and value.replace("é", "e").startswith(prefix.lower())
        )

    expected = counted(
        documents, lambda one: {value for value in values(one, "tag") if accepts(value)}
    )
    facet = ValueFacet(
        "tag", limit=limit, include=include, exclude=exclude, prefix=prefix, order=order
    )
    where = {"tag": selected} if selected else None
    result = index.search(where=where, facets=[facet]).facets["tag"]
    lines = result.as_dict()
    assert result.distinct == len(expected)
    assert all(count == expected.get(value, 0) for value, count in lines.items())
    assert result.other == sum(expected.values()) - sum(lines.values())
    chosen = set(filter(accepts, selected))
    assert {line.value for line in result if line.selected} == chosen
    ranked = (
        sorted(expected, key=lambda value: (-expected[value], value))
        if order == "count"
        else sorted(expected, key=lambda value: (value.replace("é", "e"), value))
    )
    assert set(lines) == set(ranked[:limit]) | chosen
    assert [value for value in lines if value in expected] == [v for v in ranked if v in lines]


@pytest.mark.parametrize("order", ["count", "value"])
def test_of_values_as_frequent_as_the_last_the_first_are_shown(order: Any) -> None:
    """At the edge of what is shown lie as many equals as there can be, in several segments."""
    numbers = [n % 60 for n in range(60)] + [n % 7 * 8 for n in range(70)] + list(range(0, 60, 9))
    random.Random(3).shuffle(numbers)
    index = Index(PLACES)
    documents = [{"id": str(n), "place": f"p{one}", "n": one} for n, one in enumerate(numbers)]
    for start in range(0, len(documents), 40):
        index.add(documents[start : start + 40]).raise_for_rejected()
    for name in ("place", "n"):
        counts: Counter[Any] = Counter(one[name] for one in documents)
        ranked = sorted(counts, key=lambda value: (-counts[value], value))
        if order == "value":
            ranked = sorted(counts)
        for limit in range(1, 62):
            facet = ValueFacet(name, limit=limit, order=order)
            found = index.search(facets=[facet], limit=0).facets[name]
            lines = {value: counts[value] for value in ranked[:limit]}
            assert list(found.as_dict().items()) == list(lines.items())
            assert found.distinct == len(counts) == 60
            assert found.other == len(numbers) - sum(lines.values())


def test_a_selected_value_that_nothing_has_counts_zero() -> None:
    index = indexed(PLACES, [{"id": "1", "place": "Huế", "n": 1}, {"id": "2", "place": "Hội An"}])
    result = index.search(where={"place": ["Huế", "Sapa"], "n": 2}, facets=["place", "n"])
    assert result.facets["place"].as_dict() == {"Huế": 0, "Sapa": 0}
    assert all(line.selected for line in result.facets["place"])
    assert result.facets["place"].distinct == 0
    assert result.facets["n"].as_dict() == {1: 1, 2: 0}


NAMES: Final = [
    "Việt Nam",
    "Viêng Chăn",
    "Đà Nẵng",
    "Dạ Lan",
    "Nam Định",
    "L’Est-viet",
    "été",
    "zut",
]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"prefix": "viet"}, {"Việt Nam"}),
        ({"prefix": "VIỆT N"}, {"Việt Nam"}),
        ({"prefix": "vie"}, {"Việt Nam", "Viêng Chăn"}),
        ({"prefix": "nam"}, {"Nam Định"}),
        ({"matching": "nam"}, {"Việt Nam", "Nam Định"}),
        ({"matching": "nam vi"}, {"Việt Nam"}),
        ({"matching": "da"}, {"Đà Nẵng", "Dạ Lan"}),
        ({"matching": "viet"}, {"Việt Nam", "L’Est-viet"}),
        ({"matching": "Ete"}, {"été"}),
        ({"matching": "am"}, set()),
        ({"matching": "nam", "prefix": "v"}, {"Việt Nam"}),
        ({"matching": " "}, set(NAMES)),
        ({"include": ["zut", "no"]}, {"zut"}),
        ({"include": []}, set()),
        ({"exclude": [name for name in NAMES if name != "zut"]}, {"zut"}),
    ],
)
def test_the_values_that_people_look_for(options: dict[str, Any], found: set[str]) -> None:
    index = indexed(PLACES, [{"id": str(n), "place": name} for n, name in enumerate(NAMES)])
    assert set(shown(index, ValueFacet("place", **options))) == found


def test_a_decomposed_value_is_found_as_well() -> None:
    index = indexed(PLACES, [{"id": "1", "place": "Vie\u0323\u0302t"}])
    assert shown(index, ValueFacet("place", matching="việt")) == ["Vie\u0323\u0302t"]


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        # đ is a letter of its own after d in Vietnamese, an accented d elsewhere.
        ("vi", ["da", "dz", "đa", "e", "é", "f", "Z"]),
        ("en", ["da", "đa", "dz", "e", "é", "f", "Z"]),
        (None, ["da", "dz", "đa", "e", "é", "f", "Z"]),  # the schema's first
    ],
)
def test_values_in_the_order_of_an_alphabet(language: str | None, ordered: list[str]) -> None:
    index = indexed(PLACES, [{"id": str(n), "place": name} for n, name in enumerate(ordered[::-1])])
    facet = ValueFacet("place", order="value", language=language)
    assert shown(index, facet) == ordered
    assert (
        shown(index, ValueFacet("place", order="value", language=language, limit=2)) == ordered[:2]
    )


def test_other_orders_of_values() -> None:
    pairs = zip([10, -5, 9], "đzd", strict=True)
    documents = [{"id": str(n), "n": n, "path": f"A/{name}"} for n, name in pairs]
    index = indexed(PLACES, documents)
    assert shown(index, ValueFacet("n", order="value")) == [-5, 9, 10]
    below = ValueFacet("path", under="A", order="value")
    assert shown(index, below) == ["A/d", "A/đ", "A/z"]
    assert shown(index, ValueFacet("path", under="A", matching="d")) == ["A/d", "A/đ"]
    assert shown(index, ValueFacet("path", under="A", include=["A/d", "A"])) == ["A/d"]


def test_categories_to_any_depth() -> None:
    path = "/".join(f"step{depth}" for depth in range(40))
    index = indexed(PLACES, [{"id": "1", "path": path}, {"id": "2", "path": path + "/x"}])
    under, depth = None, 0
    while found := index.search(facets=[ValueFacet("path", under=under)]).facets["path"]:
        depth += 1
        assert found.distinct == 1
        under = str(found.counts[0].value)
    assert depth == 41


def test_several_facets_on_one_field() -> None:
    index = indexed(PLACES, [{"id": "1", "path": ["A/B", "C"], "n": 4}])
    facets = [ValueFacet("path"), ValueFacet("path", under="A", name="below"), ValueFacet("n")]
    result = index.search(where={"path": "C"}, facets=facets)
    assert list(result.facets) == ["path", "below", "n"]
    assert result.facets["below"].as_dict() == {"A/B": 1}
    assert result.facets["below"].field == "path"
    assert result.facets["path"].as_dict() == {"A": 1, "C": 1}
    with pytest.raises(QueryError, match="name"):
        index.search(facets=["path", ValueFacet("n", name="path")])


@pytest.mark.parametrize("field", ["place", "n", "path"])
def test_more_values_than_one_answer_of_the_engine_holds(field: str) -> None:
    """40,000 of each of two fields, some in two segments; counts stay exact."""
    numbers = [*range(40_000), *range(0, 40_000, 1_000)]
    random.seed(3)
    random.shuffle(numbers)

    def value(n: int) -> Any:
        return {"n": n + 2**60, "place": f"p{n:05}", "path": f"A/p{n:05}"}[field]

    documents = [{"id": str(i), field: value(n)} for i, n in enumerate(numbers)]
    index = indexed(PLACES, documents[:25_000], documents[25_000:])
    under = "A" if field == "path" else None
    facets = [ValueFacet(field, 3, under), ValueFacet(field, 50, under, name="more")]
    found = index.search(facets=facets, limit=0).facets
    expected = {value(n): 2 for n in (0, 1_000, 2_000)}
    assert found[field].as_dict() == expected
    assert found["more"].distinct == 40_000
    assert found["more"].other == len(numbers) - 90
    assert sum(line.count for line in found["more"]) == 90


@pytest.mark.parametrize(
    "options",
    [
        {"include": [3]},
        {"exclude": ["\ud800"]},
        {"prefix": 3},
        {"matching": None},
        {"order": "alphabet"},
        {"language": "not a code"},
        {"language": 3},
        {"name": 3},
        {"limit": True},
        {"limit": "3"},
    ],
    ids=repr,
)
def test_values_that_cannot_be_asked_for(options: dict[str, Any]) -> None:
    with pytest.raises(QueryError, match="ValueFacet"):
        Index(SCHEMA).search(facets=[ValueFacet("tag", **options)])


def test_lists_of_values_are_lists() -> None:
    for name in ("include", "exclude"):
        with pytest.raises(QueryError, match=name):
            ValueFacet("tag", **{name: "abc"})  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="keyword"):
        Index(SCHEMA).search(facets=[ValueFacet("n", prefix="1")])
