"""Cases in which a search engine quietly gives a wrong answer, loses a document, or hangs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

import pytest

from searchlib import (
    And,
    CalendarFacet,
    Category,
    Date,
    DateTime,
    Highlight,
    Index,
    Integer,
    Keyword,
    Match,
    Not,
    Or,
    Phrase,
    QueryError,
    RangeFacet,
    Schema,
    Term,
    Text,
    ValueFacet,
    making,
    reindex,
)
from searchlib.engine.store import Store
from searchlib.languages import analyzer
from searchlib.manifest import Manifest

SCHEMA = Schema(
    {
        "title": Text(),
        "body": Text(),
        "author": Keyword(),
        "section": Category(),
        "year": Integer(),
        "day": Date(),
        "at": DateTime(),
    },
    languages=["vi", "fr", "en"],
)


def stocked() -> Index:
    index = Index(SCHEMA)
    index.add(
        [
            {"id": "1", "title": "apple", "author": "A", "section": "News/Asia", "year": 2021},
            {"id": "2", "title": "pear", "author": "B", "section": "News", "year": 2022},
            {"id": "3", "title": "plum", "body": "osce", "author": "C", "year": 2022},
        ],
        all_or_nothing=True,
    )
    return index


# --- Nothing is deleted that was not meant ------------------------------------------------


def test_any_of_no_values_is_no_document_and_not_any_of_them_is_all() -> None:
    index = stocked()
    assert index.search(where={"author": [], "year": 2022}).total == 0
    assert index.search(And(Or(), Term("year", 2022))).total == 0
    assert index.search(Not(Or())).total == 3
    with index.writer() as writer:
        writer.delete_where({"author": [], "year": 2022})
    assert len(index) == 3


@pytest.mark.parametrize(
    "query", ["year:2022 +!!!", [Match("!!!"), Term("year", 2022)], Match("…") & Term("year", 2022)]
)
def test_a_condition_without_words_does_not_fall_away(query: object) -> None:
    index = stocked()
    with index.writer() as writer, pytest.raises(QueryError):
        writer.delete_where(query)  # type: ignore[arg-type]
    assert len(index) == 3


def test_reindex_takes_a_commit_made_just_before_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(SCHEMA, tmp_path)
    index.add([{"id": "1", "title": "early"}])

    class Late(Store):
        """A store before whose writer another one commits."""

        def writer(self, memory: int, wait: float = 0.0, threads: int = 1):  # type: ignore[no-untyped-def]
            if memory == 0:
                index.add([{"id": "2", "title": "late"}])
            return super().writer(memory, wait, threads)

    monkeypatch.setattr(making, "Store", Late)
    assert reindex(tmp_path) == 2
    assert set(index.search().ids) == {"1", "2"}


def test_an_index_that_was_open_during_a_rebuild_writes_to_the_new_one(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path)
    index.add([{"id": "1", "title": "old"}])
    reindex(tmp_path)
    index.add([{"id": "2", "title": "new"}])
    assert Manifest.read(tmp_path).data == "data-2"
    assert set(Index.open(tmp_path).search().ids) == {"1", "2"}


# --- Whatever people type --------------------------------------------------------------------


def test_stray_brackets_by_the_thousand() -> None:
    assert stocked().search("apple ) " * 1000).total == 1


def test_an_inch_is_no_quotation_mark_and_two_hyphens_no_sign() -> None:
    index = Index(Schema({"title": Text()}, languages=["en"]))
    index.add([{"id": "1", "title": 'a 27" monitor'}, {"id": "2", "title": "help and more"}])
    assert index.search('27" monitor cat').ids == ("1",)
    assert index.search("--help").ids == ("2",)


def test_a_long_query_is_cut_with_a_notice() -> None:
    result = stocked().search("apple " + "x" * 20_000)
    assert result.total == 1
    assert [notice.code for notice in result.notices][:1] == ["too-long"]


@pytest.mark.parametrize(
    "text",
    [
        "a" + "'s" * 50_000,
        "l'" * 50_000,
        "a" + "\u0301\u0323" * 50_000,
        "a." * 50_000,
        "đ" * 100_000,
        "(" * 100_000,
        "北京大学生" * 5_000,
    ],
    ids=["possessives", "elisions", "marks", "dots", "letters", "brackets", "Chinese"],
)
def test_no_text_takes_time_by_the_square(text: str) -> None:
    """Ten times the time of a tenth is linear; a hundred times is what must not be."""

    def seconds(part: str) -> float:
        best = 1e9
        for _ in range(3):
            started = perf_counter()
            analyzer("fr").views(part)
            best = min(best, perf_counter() - started)
        return best

    assert seconds(text) < 40 * seconds(text[: len(text) // 10]) + 0.05


def test_highlighting_a_long_text_of_one_word() -> None:
    index = Index(Schema({"t": Text()}, languages=["en"]))
    index.add([{"id": "1", "t": "zebra " * 50_000}])
    started = perf_counter()
    for query in ("zebra", '"' + "zebra " * 400 + '"'):
        for options in (Highlight(), Highlight(fragments=5, size=5_000)):
            assert index.search(query, highlight=options).hits[0].highlights["t"]
    assert perf_counter() - started < 30


# --- Answers that look right -------------------------------------------------------------------


def test_a_day_a_month_and_a_year_of_a_moment() -> None:
    index = Index(SCHEMA)
    index.add(
        [
            {"id": "early", "at": datetime(2022, 9, 15, 3, tzinfo=UTC), "day": date(2022, 9, 15)},
            {"id": "last", "at": datetime(2022, 9, 30, 23, 59, tzinfo=UTC)},
        ]
    )
    assert index.search("at:2022-09-15").ids == ("early",)
    assert index.search("at:2022").total == 2
    assert index.search("at:[2022-09-01 TO 2022-09-30]").total == 2
    assert index.search("at:>2022-09-15").ids == ("last",)
    assert index.search("at:<2022-09-30").ids == ("early",)
    assert index.search("day:[2021 TO 2022]").ids == ("early",)
    assert index.search("day:>=2022").total == 1
    assert index.search("day:>2022").total == 0


def test_phrases_where_no_spaces_stand_between_words() -> None:
    index = Index(Schema({"t": Text()}, languages=["zh", "ja"]))
    index.add(
        [
            {"id": "zh", "t": "北京大学生前来应聘算法工程师"},
            {"id": "ja", "t": "東京都立大学の研究者"},
            {"id": "no", "t": "京北学大"},
        ]
    )
    for phrase, found in (("北京大学", "zh"), ("東京都", "ja"), ("研究", "ja")):
        result = index.search(Phrase(phrase), highlight=True)
        assert result.ids == (found,)
        assert "<mark>" in result.hits[0].highlights["t"][0]


def test_every_chosen_line_of_a_facet_is_selected() -> None:
    index = stocked()
    for request in (RangeFacet("year", (2021, 2022)), ValueFacet("author")):
        lines = index.search(facets=[request]).facets[request.field].counts
        chosen = [line for line in lines if line.count][:2]
        where = [Or(*(line.filter for line in chosen))]
        again = index.search(where=where, facets=[request]).facets[request.field]
        assert [line.value for line in again if line.selected] == [line.value for line in chosen]
    index.add([{"id": "4", "day": "2020-02-03"}, {"id": "5", "day": "2021-02-03"}])
    lines = index.search(facets=[CalendarFacet("day")]).facets["day"].counts
    where = [Or(lines[0].filter, lines[1].filter)]
    again = index.search(where=where, facets=[CalendarFacet("day")]).facets["day"]
    assert [line.selected for line in again] == [True, True]


@pytest.mark.parametrize("path", ["News", " News", "News/", "/News"])
def test_a_category_in_any_writing_is_one_line(path: str) -> None:
    index = stocked()
    facet = index.search(where={"section": path}, facets=["section"]).facets["section"]
    assert [(line.value, line.count, line.selected) for line in facet] == [("News", 2, True)]
    assert facet.other == 0
    under = index.search(facets=[ValueFacet("section", under=path)]).facets["section"]
    assert under.as_dict() == {"News/Asia": 1}


def test_notices_say_what_is_true() -> None:
    index = stocked()
    (notice,) = index.search("title:osce").notices
    assert notice.message == "no document holds 'osce' in 'title'"
    index = Index(Schema({"t": Text()}, languages=["fr", "en"]))
    index.add([{"id": "1", "t": "the minister speaks to the press"}], language="en")
    index.add([{"id": "2", "t": "la presse écrit"}], language="fr")
    result = index.search("ministers")
    assert result.ids == ("1",) and result.notices == ()
    assert Index(Schema({"k": Keyword()})).search("a").notices[0].code == "no-text"


def test_words_of_a_field_that_is_not_text_are_its_values() -> None:
    index = stocked()
    assert set(index.search(Match("A B", field="author")).ids) == {"1", "2"}
    assert index.search(Match("2021", field="year")).ids == ("1",)
    assert index.search("id:2").ids == ("2",)
    with pytest.raises(QueryError, match="year"):
        index.search(Match("soon", field="year"))


@pytest.mark.parametrize(
    "search",
    [
        lambda index: index.search("a", language=["fr"]),
        lambda index: index.search("a", language=5),
        lambda index: index.search("a", sort=[3]),
        lambda index: index.search("a", facets=[3]),
        lambda index: index.search("a", facets=[ValueFacet("author", limit="a")]),  # type: ignore[arg-type]
        lambda index: index.search("a", facets=[RangeFacet("year", 5)]),  # type: ignore[arg-type]
        lambda index: index.search("a", highlight=Highlight(fields="title")),
    ],
)
def test_arguments_of_the_wrong_type_are_query_errors(search) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(QueryError):
        search(stocked())


@pytest.mark.parametrize(
    "text",
    [" ".join(f"w{number}" for number in range(600)), "word " * 3_000],
    ids=["words", "characters"],
)
def test_a_filter_is_never_cut_short(text: str) -> None:
    index = Index(Schema({"t": Text()}, languages=["en"]))
    beginning = " ".join(text.split()[:500])
    index.add([{"id": "begins alike", "t": beginning}])
    for query in (Phrase(text), Match(text)):
        with pytest.raises(QueryError, match="at most 500 words and 10,000 characters"):
            index.search(where=[query])
        with index.writer() as writer, pytest.raises(QueryError, match="at most 500 words"):
            writer.delete_where([query])
    assert len(index) == 1
