"""Searching with a glossary: what it adds, what it leaves alone, and what comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Glossary,
    Index,
    Keyword,
    Match,
    Phrase,
    Query,
    QueryError,
    Schema,
    SearchResult,
    Text,
)
from searchlib.engine.synonyms import MOST_SYNONYMS
from tests.conftest import indexed
from tests.strategies import wild_texts

PARLIAMENT: Final = Glossary(
    [
        {
            "vi": "Quốc hội",
            "en": ["National Assembly", "parliament"],
            "fr": "Assemblée nationale",
            "zh": "全国人民代表大会",
            "de": "Bundestag",
        },
        {"vi": "ngân sách", "en": "budget", "fr": "budget"},
    ]
)
TITLES: Final = {
    "vi": ("Chủ tịch Quốc hội thăm Campuchia", "vi"),
    "en": ("The National Assembly opens its session", "en"),
    "loose": ("A national park and an assembly of birds", "en"),
    "turned": ("The assembly, national as it is", "en"),
    "law": ("Laws are made in parliaments", "en"),
    "fr": ("Séance de l’Assemblée nationale à Paris", "fr"),
    "zh": ("全国人民代表大会今天开会", "zh"),
    "none": ("Nothing of that kind", "en"),
}


@pytest.fixture(scope="module")
def index() -> Index:
    batch = [
        {"id": name, "title": title, "lang": language, "tag": "x"}
        for name, (title, language) in TITLES.items()
    ]
    schema = Schema({"title": Text(), "body": Text(), "tag": Keyword()}, language="lang")
    return indexed(schema, batch[:4], batch[4:])


def corpus(*titles: str, language: str = "vi", body: bool = False) -> Index:
    fields = {"title": Text(weight=2.0), "body": Text()} if body else {"title": Text()}
    made = Index(Schema(fields, languages=["vi", "en"]))
    made.add(({"id": title, "title": title} for title in titles), language=language)
    return made


def added(result: SearchResult) -> list[str]:
    return [notice.message for notice in result.notices if notice.code == "glossary"]


# --- What is found -----------------------------------------------------------------------------

EVERYWHERE: Final = {"vi", "en", "law", "fr", "zh"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("quốc hội", EVERYWHERE),
        ("QUOC HOI", EVERYWHERE),
        ('"quốc hội"', {"vi", "en", "fr", "zh"}),  # a phrase means its words, not their stems
        ("title:(quốc hội)", EVERYWHERE),
        ('title:"quốc hội"', {"vi", "en", "fr", "zh"}),
        ("body:(quốc hội)", set()),
        ("hội quốc", {"vi"}),  # no term, words as ever
        ("quốc AND hội", {"vi"}),
        ("(quốc hội) AND thăm", {"vi"}),
        ("(quốc hội) AND tag:x", EVERYWHERE),
        ("+(quốc hội) -parliaments", EVERYWHERE - {"law"}),
        ("(quốc hội)^3", EVERYWHERE),
        ("parliament", EVERYWHERE),
        ("全国人民代表大会", EVERYWHERE),
        ("assemblee nationale", EVERYWHERE),
        ('"assemblee nationale"', {"vi", "en", "fr", "zh"}),
        ("bundestag", EVERYWHERE),  # of a language that no document is in, yet a term
        ("*:* -(quốc hội)", set(TITLES) - {"vi"}),
        ('"quốc hội"~2', {"vi"}),
        ('"quốc hội"*', {"vi"}),
        ("parliament~", {"law"}),
        ("quốc*", {"vi"}),
    ],
)
def test_a_term_finds_the_other_terms_of_its_concept(
    index: Index, query: str, found: set[str]
) -> None:
    assert set(index.search(query, glossary=PARLIAMENT, typos=False).ids) == found


def test_filters_say_what_they_say(index: Index) -> None:
    for where in (Match("quốc hội"), Phrase("quốc hội")):
        assert index.search(where=where, glossary=PARLIAMENT).ids == ("vi",)


def test_a_notice_says_what_was_added(index: Index) -> None:
    result = index.search("chủ tịch quốc hội", glossary=PARLIAMENT)
    assert added(result) == [
        "'quốc hội' also as 'National Assembly', 'parliament', 'Assemblée nationale', "
        "'全国人民代表大会'"
    ]
    assert not added(index.search("quốc hội"))
    assert not added(index.search("ngân sách", glossary=PARLIAMENT))  # no text holds a budget


def test_the_longest_term_counts() -> None:
    texts = "Ủy ban Quốc hội", "parliament committee", "parliament", "committee"
    glossary = Glossary(
        [
            {"vi": "Ủy ban Quốc hội", "en": "parliament committee"},
            {"vi": "Ủy ban", "en": "committee"},
            {"vi": "Quốc hội", "en": "parliament"},
        ]
    )
    result = corpus(*texts).search("ủy ban quốc hội", glossary=glossary)
    assert set(result.ids) == {"Ủy ban Quốc hội", "parliament committee"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("má", {"má", "cheek"}),
        ("mạ", {"mạ", "rice seedling"}),
        ("ma", {"ma", "ghost"}),  # a term just as typed
        ("mã", {"mã"}),  # no term with this mark
        ("la", {"lá", "leaf", "là", "to be"}),  # which of the two was meant nobody knows
        ("lá", {"lá", "leaf"}),
    ],
)
def test_marks_tell_terms_apart(typed: str, found: set[str]) -> None:
    terms = [{"vi": "má", "en": "cheek"}, {"vi": "mạ", "en": "rice seedling"}]
    terms += [{"vi": "ma", "en": "ghost"}, {"vi": "lá", "en": "leaf"}, {"vi": "là", "en": "to be"}]
    texts = ["má", "mạ", "ma", "mã", "lá", "là", "cheek", "rice seedling", "ghost", "leaf", "to be"]
    folded = {typed, *(text for text in texts if len(text) == 2 and " " not in text)}
    result = corpus(*texts).search(typed, language="vi", glossary=Glossary(terms), limit=20)
    english = {text for text in result.ids if text not in folded}
    assert english == {text for text in found if text not in folded}
    assert result.ids[0] in found or typed.isascii()


def test_a_name_may_lack_marks_in_a_language_that_does_without() -> None:
    glossary = Glossary([{"en": "Temujin", "vi": "Thiết Mộc Chân"}])
    made = corpus("Thiết Mộc Chân", "Chân trời")
    assert made.search("Temüjin", glossary=glossary).ids == ("Thiết Mộc Chân",)


def test_terms_of_the_query_s_own_language_come_first() -> None:
    glossary = Glossary([{"fr": "pain", "en": "bread"}, {"en": "pain", "fr": "douleur"}])
    schema = Schema({"title": Text()}, languages=["fr", "en"])
    made = indexed(schema, [{"id": one, "title": one} for one in ("pain", "bread", "douleur")])
    made.add([{"id": "x", "title": "le ciel est bleu"}, {"id": "y", "title": "the sky is blue"}])
    assert set(made.search("pain", language="fr", glossary=glossary).ids) == {"pain", "bread"}
    assert set(made.search("pain", language="en", glossary=glossary).ids) == {"pain", "douleur"}


def test_one_way_leads_to_the_others_and_not_back() -> None:
    glossary = Glossary([["laptop =>", "computer", "machine"]])
    made = corpus("laptop", "computer", "machine", language="en")
    assert set(made.search("laptop", glossary=glossary).ids) == {"laptop", "computer", "machine"}
    assert set(made.search("computer", glossary=glossary).ids) == {"computer", "machine"}


def test_an_index_without_documents_or_text_finds_nothing() -> None:
    glossary = Glossary([["a", "b c"], {"xx": "a", "yy": "b"}])
    for fields in ({"title": Text()}, {"tag": Keyword()}):
        empty = Index(Schema(fields))
        for query in ("a", '"a"', "b c", '"b c"'):
            assert empty.search(query, glossary=glossary).total == 0
        empty.add([{"id": "1", next(iter(fields)): "a"}])
        assert empty.search("b c", glossary=glossary).total == ("title" in fields)


def test_a_field_of_one_language_is_searched_in_it() -> None:
    made = Index(Schema({"title": Text(language="de")}, languages=["en"]))
    made.add([{"id": "1", "title": "Die Sitzungen des Bundestags"}], language="en")
    assert made.search("parliament", glossary=PARLIAMENT).ids == ("1",)


def test_circles_end() -> None:
    glossary = Glossary([["a1", "b1"], ["b1", "c1"], ["c1", "a1"]])
    made = corpus("a1", "b1", "c1", "d1", language="en")
    assert set(made.search("a1", glossary=glossary).ids) == {"a1", "b1", "c1"}
    assert set(made.search("a1 b1 c1", glossary=glossary).ids) == {"a1", "b1", "c1"}


def test_a_function_word_is_no_term_where_another_word_remains() -> None:
    glossary = Glossary([["WHO", "World Health Organization"]])
    made = corpus("who was that", "World Health Organization", "president", language="en")
    found = made.search("who is president", language="en", glossary=glossary)
    assert found.ids == ("president",)
    alone = made.search("WHO", language="en", glossary=glossary)
    assert set(alone.ids) == {"who was that", "World Health Organization"}


# --- What comes first --------------------------------------------------------------------------


@pytest.mark.parametrize("body", [False, True])
@pytest.mark.parametrize("many", [1, 8])
@pytest.mark.parametrize(
    ("typed", "other"),
    [("quốc hội", "National Assembly"), ("alpha", "omega"), ("alpha beta", "omega"),
     ("alpha", "omega psi"), ("đức", "germany")],
)  # fmt: skip
def test_the_words_typed_come_before_what_stands_for_them(
    typed: str, other: str, many: int, body: bool
) -> None:
    """However rare the other is, in texts of one length."""
    pad = (
        " ".join(["xin"] * (12 - len(typed.split()))),
        " ".join(["xin"] * (12 - len(other.split()))),
    )
    made = corpus(*(f"{typed} {pad[0]} {number}" for number in range(many)), body=body)
    made.add([{"id": "other", "title": f"{other} {pad[1]} 1"}], language="vi")
    if body:
        made.add([{"id": "both", "title": "xin 1", "body": f"{other} {pad[1]}"}], language="vi")
    for query in (typed, f'"{typed}"', f"title:({typed})"):
        for one, two in ((typed, other), (other, typed)):
            found = made.search(query, glossary=Glossary([[one, two]]), limit=20)
            assert len(found) >= many + 1
            assert all(hit.id.startswith(typed) for hit in found.hits[:many]), query


def test_many_synonyms_count_as_one() -> None:
    names = ["omega", "psi", "chi", "phi rho"]
    made = corpus("alpha xin xin xin xin xin", "omega psi chi phi rho xin")
    found = made.search("alpha", glossary=Glossary([["alpha", *names]]))
    assert found.ids[0].startswith("alpha") and found.total == 2


def test_a_term_of_many_concepts_counts_less_for_each() -> None:
    made = corpus("bank", "shore", "finance", language="en")
    one = Glossary([["bank", "shore"]])
    both = Glossary([["bank", "shore"], ["bank", "finance"]])
    scores = [
        {hit.id: hit.score or 0.0 for hit in made.search("bank", glossary=glossary)}
        for glossary in (one, both)
    ]
    assert scores[1]["shore"] == pytest.approx(scores[0]["shore"] / 2)
    assert scores[1]["finance"] == pytest.approx(scores[1]["shore"])
    assert scores[1]["bank"] == scores[0]["bank"]


# --- What is told ------------------------------------------------------------------------------


def test_highlights_mark_the_translation(index: Index) -> None:
    result = index.search("quốc hội", glossary=PARLIAMENT, highlight=True)
    marked = {hit.id: hit.highlights["title"][0] for hit in result}
    assert marked["en"] == "The <mark>National</mark> <mark>Assembly</mark> opens its session"
    assert marked["law"] == "Laws are made in <mark>parliaments</mark>"
    assert marked["fr"].count("<mark>") == 2
    assert marked["zh"].replace("</mark><mark>", "") == "<mark>全国人民代表大会</mark>今天开会"


@pytest.mark.parametrize(
    "query", ["quốc hội", '"quốc hội"', "title:(quốc hội)", "+(quoc hoi)^2 thăm"]
)
def test_explanations_account_for_the_score(index: Index, query: str) -> None:
    result = index.search(query, glossary=PARLIAMENT)
    for hit in result:
        explanation = index.explain(query, hit, glossary=PARLIAMENT)
        assert explanation.score == pytest.approx(hit.score, rel=1e-4)
        assert sum(one.score for one in explanation.reasons) == pytest.approx(hit.score, rel=1e-4)
        assert not {"quốc", "hội", "quoc", "hoi"} & set(explanation.missing)
    english = index.explain(query, "en", glossary=PARLIAMENT)
    assert [one.term for one in english.reasons if one.view == "glossary"] == ["National Assembly"]


def test_a_cursor_belongs_to_its_glossary(index: Index) -> None:
    first = index.search("quốc hội", glossary=PARLIAMENT, sort="tag", limit=2)
    rest = index.search(
        "quốc hội", glossary=Glossary(PARLIAMENT), sort="tag", limit=9, after=first.cursor
    )
    assert {*first.ids, *rest.ids} == EVERYWHERE
    for other in (None, Glossary([["a", "b"]])):
        with pytest.raises(QueryError, match="same search"):
            index.search("quốc hội", glossary=other, sort="tag", after=first.cursor)


def test_facets_count_what_is_found(index: Index) -> None:
    result = index.search("quốc hội", glossary=PARLIAMENT, facets=["tag"], where={"tag": "x"})
    assert result.facets["tag"].as_dict() == {"x": len(EVERYWHERE)}


def test_at_most_so_many_terms_are_looked_for() -> None:
    words = [f"w{number}" for number in range(MOST_SYNONYMS + 20)]
    made = corpus("typed", *words, language="en")
    result = made.search("typed", glossary=Glossary([["typed", *words]]), limit=200)
    assert result.total == MOST_SYNONYMS + 1
    assert [one.message for one in result.notices if one.code == "too-many-terms"] == [
        f"only {MOST_SYNONYMS} terms of the glossary were looked for"
    ]


@pytest.mark.parametrize("glossary", [{"vi": "a"}, "terms.csv", [["a", "b"]], True])
def test_a_glossary_is_a_glossary(index: Index, glossary: Any) -> None:
    with pytest.raises(QueryError, match="a glossary is a Glossary, not"):
        index.search("a", glossary=glossary)


# --- Laws --------------------------------------------------------------------------------------

laws = settings(max_examples=60, deadline=None)
WORDS: Final = [
    "quốc",
    "hội",
    "quoc",
    "national",
    "assembly",
    "parliaments",
    "nationale",
    "全国",
    "session",
]
run = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
term = (
    run | wild_texts("vi") | st.sampled_from(["…", "a " * 60, "word " * 700, "Assemblée nationale"])
)
codes = st.sampled_from(["vi", "en", "fr", "zh", "xx"])
concept: st.SearchStrategy[Any] = st.lists(term, max_size=4) | st.dictionaries(
    codes, st.lists(term, max_size=2), max_size=3
)
glossaries = st.lists(concept, max_size=5).map(Glossary)
SIGNS: Final = st.sampled_from(["AND", "OR", "-", "+", "(", ")"])
queries: st.SearchStrategy[str | Query] = (
    st.lists(run | run.map(lambda text: f'"{text}"') | SIGNS)
    .map(" ".join)
    | run.map(Match)
    | run.map(Phrase)
    | run.map(lambda text: Match(text, "title") | Phrase(text))
    | wild_texts("vi")
)  # fmt: skip


def seen(result: SearchResult) -> Sequence[tuple[str, float | None, Mapping[str, Any]]]:
    return [(hit.id, hit.score, hit.highlights) for hit in result]


@laws
@given(query=queries, glossary=glossaries)
def test_a_glossary_takes_nothing_away(
    index: Index, query: str | Query, glossary: Glossary
) -> None:
    plain = index.search(query, limit=20)
    with_it = index.search(query, limit=20, glossary=glossary, highlight=True)
    assert set(plain.ids) <= set(with_it.ids)
    assert with_it.total == len(with_it)
    for hit in with_it:
        assert index.explain(query, hit, glossary=glossary).is_found
    if not added(with_it):
        assert seen(index.search(query, limit=20, highlight=True)) == seen(with_it)
        assert plain.notices == with_it.notices


@laws
@given(query=queries)
def test_terms_that_are_not_typed_change_nothing(index: Index, query: str | Query) -> None:
    glossary = Glossary([["zzyzx", "national assembly =>"], {"vi": "zzyzx", "en": "qqq"}])
    glossary = Glossary([*glossary, {"fr": "jamais vu", "vi": "zzyzx hội"}])
    options: dict[str, Any] = {"limit": 20, "highlight": True, "facets": ["tag"]}
    plain = index.search(query, **options)
    with_it = index.search(query, glossary=glossary, **options)
    if not added(with_it):
        assert (seen(plain), plain.notices, plain.facets) == (
            seen(with_it), with_it.notices, with_it.facets,
        )  # fmt: skip


def test_long_queries_and_long_terms_take_no_longer_than_some() -> None:
    made = corpus("a b", "c", language="en")
    terms = [["a " * count, f"c{count}"] for count in range(1, 60)]
    glossary = Glossary([*terms, ["a " * 9_000, "b"]])
    started = perf_counter()
    made.search("a " * 4_900, glossary=glossary)
    assert perf_counter() - started < 3
