"""Several indexes, searched as one: what an adversary would put together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from searchlib import (
    All,
    Boolean,
    Boost,
    CalendarFacet,
    Category,
    ConstantScore,
    Date,
    Exists,
    Float,
    Index,
    Integer,
    Keyword,
    Match,
    MultiSearcher,
    Not,
    Or,
    Phrase,
    QueryError,
    QuerySyntaxError,
    Range,
    RangeFacet,
    Schema,
    SchemaMismatchError,
    Searcher,
    Sort,
    Stored,
    Term,
    Text,
)
from searchlib.engine.snapshot import Snapshot
from searchlib.fields import Field
from tests.conftest import SMALL, indexed

EN = ["en"]


def library(**indexes: list[dict[str, Any]]) -> MultiSearcher:
    """Indexes of one schema; documents are numbered in each unless they have an id."""
    schema = Schema({"title": Text(), "tag": Keyword(), "n": Integer()}, languages=EN)
    return MultiSearcher(
        {
            name: indexed(schema, [{"id": str(n), **one} for n, one in enumerate(documents)])
            for name, documents in indexes.items()
        }
    )


@pytest.fixture
def unlike() -> MultiSearcher:
    """Three indexes of which no two have the same fields, or the same name for the id."""
    news = Schema(
        {"title": Text(), "body": Text(), "author": Keyword(), "day": Date()}, languages=["en"]
    )
    laws = Schema(
        {"title": Text(weight=2.0), "number": Integer(), "place": Category(), "day": Date()},
        id="key",
        languages=["fr", "en"],
    )
    notes = Schema({"text": Text(weight=0.2), "author": Keyword(), "raw": Stored()}, id="author_id")
    return MultiSearcher(
        {
            "news": indexed(
                news,
                [
                    {
                        "id": "a",
                        "title": "A bridge over the river",
                        "body": "The engineers came from afar to see the bridge",
                        "author": "Salim",
                        "day": date(2022, 3, 1),
                    },
                    {"id": "b", "title": "Nothing happened", "author": "Quang"},
                ],
            ),
            "laws": indexed(
                laws,
                [
                    {
                        "key": "a",
                        "title": "Loi sur les ponts",
                        "number": 12,
                        "place": "Europe/France",
                        "day": date(2021, 5, 1),
                    },
                    {"key": "c", "title": "Bridge act of the engineers", "number": 3},
                ],
            ),
            "notes": indexed(
                notes,
                [{"author_id": "x", "text": "the bridge is old", "author": "Salim", "raw": [1]}],
            ),
        }
    )


def found(searcher: MultiSearcher, *arguments: Any, **options: Any) -> set[tuple[str | None, str]]:
    return {(hit.index, hit.id) for hit in searcher.search(*arguments, **options)}


# --- Indexes that do not have the same fields -------------------------------------------


def test_words_are_found_in_every_index(unlike: MultiSearcher) -> None:
    assert found(unlike, "bridge") == {("news", "a"), ("laws", "c"), ("notes", "x")}
    assert unlike.search("bridge").total == 3


def test_a_field_that_only_some_have_matches_nothing_in_the_others(unlike: MultiSearcher) -> None:
    assert found(unlike, where={"number": 12}) == {("laws", "a")}
    assert found(unlike, "body:bridge") == {("news", "a")}
    assert found(unlike, "title:bridge") == {("news", "a"), ("laws", "c")}
    assert found(unlike, "number:[1 TO 5]") == {("laws", "c")}
    assert found(unlike, "place:Europe") == {("laws", "a")}
    assert found(unlike, Exists("author")) == {("news", "a"), ("news", "b"), ("notes", "x")}
    assert found(unlike, "author:Sal*") == {("news", "a"), ("notes", "x")}
    assert found(unlike, Phrase("the bridge", "text")) == {("notes", "x")}
    assert found(unlike, ConstantScore(Boost(Term("number", 3), 2.0), 1.5)) == {("laws", "c")}


def test_a_field_that_an_index_lacks_is_no_obstacle_to_what_stands_around_it(
    unlike: MultiSearcher,
) -> None:
    everything = found(unlike)
    assert len(everything) == len(unlike) == 5
    assert found(unlike, Not(Term("number", 12))) == everything - {("laws", "a")}
    assert found(unlike, "bridge -number:3") == {("news", "a"), ("notes", "x")}
    assert found(unlike, "bridge AND (author:Salim OR number:3)") == found(unlike, "bridge")
    either = Or(Term("author", "Salim"), Term("number", 3))
    assert found(unlike, where=either) == found(unlike, "bridge")
    assert found(unlike, where=[either, Not(Exists("day"))]) == {("laws", "c"), ("notes", "x")}
    assert found(unlike, "bridge number:3") == {("laws", "c")}
    assert found(unlike, "+bridge (number:3 OR afar)") == found(unlike, "bridge")


def test_a_field_that_no_index_has_is_an_error(unlike: MultiSearcher) -> None:
    for where in ({"colour": "red"}, [Range("colour", gte=1)], [Not(Match("x", "colour"))]):
        with pytest.raises(QueryError, match=r"no field 'colour'.*indexes have.*number.*raw"):
            unlike.search(where=where)
    with pytest.raises(QueryError, match="colour"):
        unlike.search(facets=["colour"])
    with pytest.raises(QueryError, match="colour"):
        unlike.search(sort="colour")
    with pytest.raises(QueryError, match="number"):
        unlike.search(highlight=["number"])
    with pytest.raises(QueryError, match="stored"):
        unlike.search(Term("raw", 1))


def test_facets_count_where_the_field_is(unlike: MultiSearcher) -> None:
    result = unlike.search(facets=["author", "number", "place", "_language", CalendarFacet("day")])
    assert result.facets["author"].as_dict() == {"Salim": 2, "Quang": 1}
    assert result.facets["number"].as_dict() == {3: 1, 12: 1}
    assert result.facets["place"].as_dict() == {"Europe": 1}
    assert result.facets["day"].as_dict() == {"2021": 1, "2022": 1}
    assert sum(result.facets["_language"].as_dict().values()) == 5
    # A filter on the facet's own field does not narrow it, in any index.
    narrowed = unlike.search(where={"author": "Salim"}, facets=["author", "number"])
    assert narrowed.facets["author"].as_dict() == {"Salim": 2, "Quang": 1}
    assert [line.selected for line in narrowed.facets["author"]] == [True, False]
    assert narrowed.facets["number"].as_dict() == {}


def test_ranges_that_fit_are_chosen_for_all_indexes() -> None:
    searcher = library(low=[{"n": 1}, {"n": 2}], none=[{}], high=[{"n": 95}])
    facet = searcher.search(facets=[RangeFacet("n", bins=2)]).facets["n"]
    assert facet.as_dict() == {"0 – 50": 2, "50 – 100": 1}
    # Bounds that tantivy would round are counted one by one.
    large = searcher.search(facets=[RangeFacet("n", bounds=(2, 2**60 + 1))]).facets["n"]
    assert list(large.as_dict().values()) == [1, 2, 0]


def test_what_an_index_lacks_is_missing_to_the_order(unlike: MultiSearcher) -> None:
    by_number = unlike.search(sort=["number", "id"])
    assert [(hit.index, hit.id) for hit in by_number][:2] == [("laws", "c"), ("laws", "a")]
    assert [hit.id for hit in by_number][2:] == ["a", "b", "x"]
    first = unlike.search(sort=[Sort("number", missing="first"), "id"])
    assert [hit.id for hit in first] == ["a", "b", "x", "c", "a"]


def test_the_id_is_called_as_in_the_first_index(unlike: MultiSearcher) -> None:
    assert unlike.schema.id == "id"
    assert found(unlike, "id:a") == {("news", "a"), ("laws", "a")}
    assert unlike.search(sort="-id").ids == ("x", "c", "b", "a", "a")
    assert [hit.index for hit in unlike.search(sort="id", limit=2)] == ["news", "laws"]


def test_an_index_of_texts_without_weight_is_searched_beside_others() -> None:
    """Its only text field weighs less than a half, so that nothing is indexed together."""
    low = Schema({"a": Text(weight=0.1), "b": Text(weight=0.2)}, languages=EN)
    both = Schema({"a": Text(), "b": Text()}, languages=EN)
    document = {"id": "1", "a": "rare bird", "b": "common fish"}
    searcher = MultiSearcher({"low": indexed(low, [document]), "both": indexed(both, [document])})
    assert found(searcher, "bird fish") == {("low", "1"), ("both", "1")}
    assert searcher.search("bird").notices == ()


# --- Scores -----------------------------------------------------------------------------


def test_a_word_is_as_rare_as_in_all_indexes_together() -> None:
    """*river* is rare among the roads and common among the rivers: the one document about a river
    there is no better an answer than those here."""
    roads = [{"title": f"road {word}"} for word in "aa bb cc dd ee ff".split()]
    rivers = [{"title": f"river {word}"} for word in "gg hh ii jj kk ll".split()]
    searcher = library(roads=[*roads, {"title": "river mm"}], rivers=rivers)
    scores = {(hit.index, hit.id): hit.score for hit in searcher.search("river")}
    assert len(scores) == 7
    assert list(scores.values()) == pytest.approx([scores["roads", "6"]] * 7, rel=1e-5)
    apart = searcher.indexes["roads"].search("river").hits[0].score
    assert apart is not None
    assert apart > 2 * (scores["roads", "6"] or 0.0)


def test_a_typical_match_scores_by_the_length_of_all_texts() -> None:
    """Each index holds texts of one length, which have the word twice: the factor is exact. Asked
    for a word that only one index has first, the length of the others' texts is found all the same.
    """
    documents = {
        "short": [{"title": f"bird w{n} bird"} for n in range(4)],
        "long": [{"title": f"bird {' '.join(f'x{k}' for k in range(9))} bird"} for _ in range(4)],
        "other": [{"title": " ".join(f"y{k}" for k in range(20))}],
    }
    parts = library(**documents)
    numbered = [(name, n) for name, own in documents.items() for n in range(len(own))]
    everything = [{**documents[name][n], "id": f"{name}{n}"} for name, n in numbered]
    whole = library(whole=everything)
    for query in ("w3 bird", "bird"):
        expected = {hit.id: hit.score for hit in whole.search(Match(query))}
        scores = {f"{hit.index}{hit.id}": hit.score for hit in parts.search(Match(query))}
        assert len(scores) == 8
        if query == "bird":
            assert scores == pytest.approx(expected, rel=1e-4)
        assert list(scores) == list(expected)


def test_equal_scores_come_in_the_order_of_the_indexes() -> None:
    same = [{"title": "old maps"}, {"title": "old maps"}]
    searcher = library(second=same, first=same)
    assert [(hit.index, hit.id) for hit in searcher.search("maps")] == [
        ("second", "0"),
        ("second", "1"),
        ("first", "0"),
        ("first", "1"),
    ]


@pytest.mark.parametrize("sort", [["n", "score", "id"], ["tag", "n", "score"]])
def test_scores_behind_other_keys_are_found_out_together(
    sort: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by a search a hit: to 600 hits that takes minutes."""
    documents = [
        {"title": "map" + " road" * (n * 7 % 60), "n": n % 2, "tag": "x" if n % 3 else "y"}
        for n in range(300)
    ]
    searcher = library(a=documents, b=documents)
    best = searcher.search("map", limit=600)
    scores = {(hit.index, hit.id): float(f"{hit.score:.5g}") for hit in best}
    assert len(scores) == 600 and len(set(scores.values())) > 30
    searches = []
    ordered = Snapshot.ordered

    def counted(*given: Any, **named: Any) -> Any:
        searches.append(given)
        return ordered(*given, **named)

    monkeypatch.setattr(Snapshot, "ordered", counted)
    hits = searcher.search("map", sort=sort, limit=600)
    assert {(hit.index, hit.id) for hit in hits} == set(scores)
    places = [
        tuple(-scores[hit.index, hit.id] if key == "score" else hit[key] for key in sort)
        for hit in hits
    ]
    assert places == sorted(places)
    assert len(searches) < 150  # those that order ids among equal scores


@pytest.mark.parametrize("sort", [None, "n"])
def test_a_page_may_be_larger_or_farther_than_any_machine_counts(sort: str | None) -> None:
    one = [{"title": "map", "n": n} for n in range(3)]
    searcher = library(a=one, b=one)
    assert len(searcher.search("map", sort=sort, limit=2**70)) == 6
    assert len(searcher.search("map", sort=sort, limit=2**70, offset=4)) == 2
    assert len(searcher.search("map", sort=sort, limit=2, offset=2**70)) == 0


@pytest.mark.parametrize("query", ["harbuor", "harbouur"])
def test_an_answer_does_not_hang_on_what_was_asked_before(query: str) -> None:
    """Neither an index knows what all together do, nor the other way round."""

    def asked(*order: int) -> dict[int, Any]:
        both = library(a=[{"title": "the old harbor wall"}], b=[{"title": "harbour light"}] * 3)
        searchers = [both, *both.indexes.values()]
        found = {}
        for number in order:
            result = searchers[number].search(query)
            found[number] = [(hit.id, hit.score) for hit in result], result.notices
        return found

    assert asked(0, 1, 2) == asked(2, 1, 0) == asked(1, 0, 2)


def test_words_that_only_another_index_knows_are_known() -> None:
    searcher = library(one=[{"title": "saxophone"}], two=[{"title": "trumpet"}], none=[])
    assert searcher.search("saxophone trumpet").notices == ()
    (notice,) = searcher.search("saxaphone").notices
    assert notice.code == "corrected"
    assert found(searcher, "saxaphone") == {("one", "0")}
    (notice,) = searcher.search("xylophone").notices
    assert notice.code == "unknown-word"


def test_adjacent_characters_of_another_field_are_no_word_of_this_one() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["ja", "en"])
    texts: list[dict[str, Any]] = [{"title": "東京タワー", "body": "国会議事堂"}, {"title": "x"}]
    documents = [{**text, "id": str(n)} for n, text in enumerate(texts)]
    one = indexed(schema, documents)
    several = MultiSearcher({each["id"]: indexed(schema, [each]) for each in documents})
    for query in ("title:東京", "東京", "国会議*", "title:国会議", "title:議事", "title:国会議*"):
        expected = [(notice.code, notice.message) for notice in one.search(query).notices]
        assert bool(expected) is (query in ("title:国会議", "title:議事", "title:国会議*"))
        found = several.search(query).notices
        assert [(notice.code, notice.message) for notice in found] == expected
    assert several.search("東京").total == 1


def test_an_index_without_text_fields_adds_no_notice() -> None:
    numbers = indexed(Schema({"n": Integer()}), [{"id": "1", "n": 1}])
    texts = indexed(Schema({"title": Text()}, languages=EN), [{"id": "1", "title": "maps"}])
    searcher = MultiSearcher({"numbers": numbers, "texts": texts})
    assert (found(searcher, "maps"), searcher.search("maps").notices) == ({("texts", "1")}, ())
    alone = MultiSearcher({"numbers": numbers, "more": numbers}).search("maps")
    assert [notice.code for notice in alone.notices] == ["no-text"]


def test_a_prefix_stands_for_the_commonest_words_of_all_indexes() -> None:
    """*aazz* is the commonest, though every index has 60 others that come before it."""
    documents = {
        name: [
            {"id": f"{name}{copy}{word}", "title": word}
            for word in [
                *(f"aa{name}{letter}{n}" for letter in "cdefgh" for n in range(10)),
                "aazz",
            ]
            for copy in range(2)
        ]
        for name in "bcd"
    }
    whole = library(whole=[one for own in documents.values() for one in own])
    expected, result = (each.search("aa*", limit=400) for each in (whole, library(**documents)))
    assert result.total == expected.total == 366
    assert result.notices == expected.notices
    assert [notice.code for notice in result.notices] == ["too-many-terms"]
    scores = {hit.id: hit.score for hit in expected}
    assert {hit.id: hit.score for hit in result} == pytest.approx(scores, rel=1e-4)
    assert {hit.id for hit in result if hit.score} >= {f"{name}0aazz" for name in "bcd"}


def test_one_index_scores_as_it_does_alone() -> None:
    searcher = library(one=[{"title": "old maps"}, {"title": "maps of roads", "tag": "x"}])
    alone = searcher.indexes["one"].search("maps", facets=["tag"], sort=["score"])
    among = searcher.search("maps", facets=["tag"], sort=["score"])
    assert [hit.score for hit in among] == [hit.score for hit in alone]
    assert among.facets == alone.facets
    assert {hit.index for hit in among} == {"one"}
    assert {hit.index for hit in alone} == {None}


def test_explain_tells_the_score_that_was_given() -> None:
    searcher = library(
        one=[{"title": "a map of roads"}, {"title": "roads"}], two=[{"title": "map of a map"}]
    )
    for hit in searcher.search("map roads"):
        explanation = searcher.explain("map roads", hit)
        assert explanation.score == pytest.approx(hit.score, rel=1e-5)
        assert sum(one.score for one in explanation.reasons) == pytest.approx(hit.score, rel=1e-4)
        counts = {one.documents for one in explanation.reasons if one.view in ("folded", "stem")}
        assert counts == {2}  # of all indexes
    assert searcher.explain("map", "0", index="two").is_found
    assert searcher.explain("map", "1").missing == ("map",)
    with pytest.raises(QueryError, match="no document '1' in 'two'"):
        searcher.explain("map", "1", index="two")
    with pytest.raises(QueryError, match="no index 'three'; there are one, two"):
        searcher.explain("map", "1", index="three")
    with pytest.raises(QueryError, match="no document ''"):
        searcher.explain("map", "")


# --- Many languages ---------------------------------------------------------------------


def test_words_are_found_by_the_rules_of_all_languages() -> None:
    texts = {
        "vi": "Chủ tịch Quốc hội thăm Campuchia và Lào trong tuần này",
        "fr": "Les coopérations entre les régions de la France et du Laos",
        "en": "The universities of the north cooperated with those of Laos",
    }
    searcher = MultiSearcher(
        {
            code: indexed(Schema({"title": Text()}, languages=[code]), [{"id": "1", "title": text}])
            for code, text in texts.items()
        }
    )
    assert set(searcher.languages) == {"vi", "fr", "en"}
    assert found(searcher, "quoc hoi") == {("vi", "1")}
    assert found(searcher, "coopération") >= {("fr", "1")}  # a stem of French
    assert found(searcher, "university") == {("en", "1")}  # a stem of English
    assert searcher.search("les régions de la France").language == "fr"
    assert searcher.search("the universities of the north").language == "en"
    marked = searcher.search("regions", highlight=True).hits[0]
    assert marked.highlights["title"] == (
        "Les coopérations entre les <mark>régions</mark> de la France et du Laos",
    )
    with pytest.raises(QueryError, match="language"):
        searcher.search("x", language="no code")


# --- In memory, on disk, empty, being written -------------------------------------------


def test_indexes_may_be_empty_in_memory_or_on_disk(tmp_path: Path) -> None:
    schema = Schema({"title": Text(), "n": Integer()}, languages=EN)
    documents = [{"id": str(n), "title": f"map {n}", "n": n} for n in range(6)]
    searcher = MultiSearcher(
        {
            "empty": Index(schema),
            "disk": indexed(schema, documents[:3], path=tmp_path / "disk"),
            "memory": indexed(schema, documents[3:]),
            "empty disk": Index(schema, tmp_path / "empty"),
        }
    )
    assert searcher.search("map", sort="-n", limit=4).ids == ("5", "4", "3", "2")
    assert searcher.search("map", facets=["n"]).facets["n"].distinct == 6
    assert len(searcher) == 6
    assert searcher.search("map*").total == 6
    nothing = MultiSearcher({"a": Index(schema), "b": Index(schema)})
    result = nothing.search("map", facets=["n", RangeFacet("n", bins=2, name="r")], sort="n")
    assert (result.total, result.hits, result.cursor) == (0, (), None)
    assert (result.facets["n"].counts, nothing.languages, list(nothing.documents())) == ((), (), [])


def test_a_search_sees_what_was_written_and_a_frozen_one_does_not(tmp_path: Path) -> None:
    schema = Schema({"title": Text(), "n": Integer()}, languages=EN)
    one, two = Index(schema, tmp_path / "one"), Index(schema)
    both = MultiSearcher({"one": one, "two": two})
    one.add([{"id": "a", "title": "map", "n": 2}])
    with two.writer(memory=SMALL) as writer:
        writer.add({"id": "b", "title": "map", "n": 1})
        assert both.search("map").total == 1  # not yet committed
        frozen = both.searcher()
        first = both.search("map", sort="-n", limit=1)
    assert both.search("map").total == 2
    assert frozen.search("map").total == 1
    assert (len(both), len(frozen), repr(frozen)) == (
        2,
        1,
        "<MultiSearcher: one, two: 1 documents>",
    )
    one.add([{"id": "c", "title": "map", "n": 9}])
    # What came before the place of a cursor since then does not move it.
    after = both.search("map", sort="-n", limit=5)
    assert first.cursor is None and after.ids == ("c", "a", "b")
    cursor = both.search("map", sort="-n", limit=2).cursor
    one.add([{"id": "d", "title": "map", "n": 5}])
    two.delete("b")
    two.add([{"id": "e", "title": "map", "n": 0}])
    assert both.search("map", sort="-n", after=cursor).ids == ("e",)


def test_every_search_sees_whole_commits_while_others_write(tmp_path: Path) -> None:
    schema = Schema({"title": Text(), "n": Integer()}, languages=EN)
    indexes = {"disk": Index(schema, tmp_path / "disk"), "memory": Index(schema)}
    both = MultiSearcher(indexes)

    def write(index: Index) -> None:
        for n in range(5):
            with index.writer(memory=SMALL) as writer:
                writer.add_many({"id": f"{n}-{k}", "title": "map", "n": n} for k in range(3))

    with ThreadPoolExecutor(2) as pool:
        writing = [pool.submit(write, index) for index in indexes.values()]
        totals = [0]
        while not all(one.done() for one in writing) or len(totals) < 3:
            result = both.search("map", sort="n", limit=100, facets=["n"])
            totals.append(result.total)
            counts = result.facets["n"].as_dict().values()
            assert len(result) == result.total == sum(counts)
            assert not any(count % 3 for count in counts)
            assert all((hit.score is None, hit["title"]) == (True, "map") for hit in result)
        for one in writing:
            one.result()
    assert totals == sorted(totals)
    assert both.search("map").total == 30


# --- Documents --------------------------------------------------------------------------


def test_the_same_id_in_two_indexes_is_two_documents() -> None:
    searcher = library(
        one=[{"id": "a", "title": "map one"}],
        two=[{"id": "a", "title": "map two"}, {"id": "b", "title": "map"}],
    )
    assert found(searcher, "map") == {("one", "a"), ("two", "a"), ("two", "b")}
    assert (searcher.get("a") or {})["title"] == "map one"
    assert (searcher.get("a", "two") or {})["title"] == "map two"
    assert searcher.get("b", "one") is None and searcher.get("") is None
    assert "b" in searcher and "c" not in searcher
    assert [one["title"] for one in searcher.documents()] == ["map one", "map two", "map"]
    with pytest.raises(QueryError, match="no index 'three'"):
        searcher.get("a", "three")
    with pytest.raises(QueryError, match="no index ''"):
        searcher.get("a", "")


# --- What is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [(Integer(), Float()), (Keyword(), Category()), (Text(), Stored()), (Boolean(), Integer())],
)
def test_fields_of_one_name_are_of_one_type(one: Field, other: Field) -> None:
    indexes = {
        "first": Index(Schema({"x": one})),
        "none": Index(Schema({"y": Text()})),
        "last": Index(Schema({"x": other})),
    }
    message = (
        f"'x' is an? {one.type_name} field in index 'first' and an? {other.type_name} .* 'last'"
    )
    with pytest.raises(SchemaMismatchError, match=message):
        MultiSearcher(indexes)


def test_an_id_of_one_index_is_no_field_of_another() -> None:
    clash = {"one": Index(Schema({}, id="key")), "two": Index(Schema({"key": Text()}))}
    with pytest.raises(SchemaMismatchError, match="'key' is the id in index 'one'"):
        MultiSearcher(clash)
    # The other way round the field is the first one's, and the second has none of the name.
    searcher = MultiSearcher(
        {
            "two": indexed(Schema({"key": Keyword()}), [{"id": "1", "key": "x"}]),
            "one": indexed(Schema({}, id="key"), [{"key": "x"}]),
        }
    )
    assert found(searcher, "key:x") == {("two", "1")}
    assert found(searcher, "id:x") == {("one", "x")}


def test_texts_of_one_name_may_differ_in_weight_and_language() -> None:
    searcher = MultiSearcher(
        {
            "a": indexed(Schema({"x": Text(weight=3.0)}), [{"id": "1", "x": "maps"}]),
            "b": indexed(Schema({"x": Text(language="fr")}), [{"id": "1", "x": "maps"}]),
        }
    )
    assert found(searcher, "x:maps") == {("a", "1"), ("b", "1")}


@pytest.mark.parametrize("bad", [{}, [], None, {"": Index(Schema({}))}, {"a": 1}, {3: None}])
def test_only_named_indexes_can_be_searched(bad: Any) -> None:
    with pytest.raises(QueryError, match=r"dict of name|non-empty str|is a int"):
        MultiSearcher(bad)


def test_a_multi_searcher_is_no_part_of_another() -> None:
    inner = library(one=[])
    assert isinstance(inner, Searcher)
    with pytest.raises(QueryError, match="'inner' is a MultiSearcher"):
        MultiSearcher({"inner": inner})


def test_cursors_belong_to_their_search_and_their_indexes() -> None:
    searcher = library(one=[{"n": 1}, {"n": 3}], two=[{"n": 2}])
    cursor = searcher.search(sort="n", limit=1).cursor
    assert cursor is not None
    assert [hit["n"] for hit in searcher.search(sort="n", after=cursor)] == [2, 3]
    renamed = MultiSearcher(dict(zip(["two", "one"], searcher.indexes.values(), strict=True)))
    alone = searcher.indexes["one"]
    of_one = alone.search(sort="n", limit=1).cursor
    wrong: list[tuple[Searcher, dict[str, Any]]] = [
        (renamed, {"sort": "n", "after": cursor}),
        (alone, {"sort": "n", "after": cursor}),
        (searcher, {"sort": "-n", "after": cursor}),
        (searcher, {"sort": "n", "after": cursor[:-2]}),
        (searcher, {"sort": "n", "after": "x"}),
        (searcher, {"sort": "n", "after": of_one}),
        (searcher, {"sort": "n", "after": cursor, "offset": 1}),
        (searcher, {"after": cursor}),
        (searcher, {"limit": -1}),
    ]
    for one, options in wrong:
        with pytest.raises(QueryError):
            one.search(**options)
    with pytest.raises(QuerySyntaxError):
        searcher.search('"open', strict=True)


def test_nothing_is_asked_for_and_more_than_there_is() -> None:
    searcher = library(one=[{"n": 1}], two=[{"n": 2}])
    for sort in (None, "n", ["n", "score"]):
        assert searcher.search(All(), sort=sort, limit=0).hits == ()
        assert searcher.search(All(), sort=sort, limit=10**9).total == 2
        assert searcher.search(All(), sort=sort, offset=10**9).hits == ()
        assert len(searcher.search(All(), sort=sort, offset=1)) == 1


@pytest.mark.parametrize("first", ["vi", "th", "fr"])
def test_of_languages_with_as_many_documents_the_same_is_the_first(first: str) -> None:
    """However the documents are spread, and whichever was there before: a query in none of them is
    read in the first.
    """
    codes = [first, *sorted({"vi", "th", "fr"} - {first})]
    schema = Schema({"title": Text()}, languages=codes, language="lang")
    documents = [{"id": code, "title": "1234", "lang": code} for code in codes]
    one = Index(schema)
    for document in documents:
        one.add([document])
    several = MultiSearcher({doc["id"]: indexed(schema, [doc]) for doc in documents})
    for searcher in (one, several):
        assert list(searcher.stats().languages) == ["fr", "th", "vi"]
        assert searcher.search("1234").language == "fr"
    assert several.stats().languages == one.stats().languages
