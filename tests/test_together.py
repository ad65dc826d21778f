"""All options of a search at once, in any combination: the laws of each hold beside all others."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from unicodedata import combining, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    And,
    Boolean,
    Boost,
    Category,
    Collapse,
    ConstantScore,
    Date,
    Exists,
    Glossary,
    Highlight,
    Hit,
    Index,
    Integer,
    Keyword,
    Match,
    MoreLikeThis,
    MultiSearcher,
    Near,
    NearDuplicates,
    Not,
    Or,
    Phrase,
    Popularity,
    Prefix,
    Query,
    QueryError,
    Range,
    Recency,
    Regex,
    Schema,
    Searcher,
    SearchlibError,
    SearchResult,
    Sort,
    Term,
    Text,
)
from searchlib.engine.compiler import filter_fields
from searchlib.query.nodes import ACCENTS
from searchlib.query.where import filters_of
from tests.conftest import SMALL, indexed
from tests.strategies import any_nodes, wild_texts

laws = settings(max_examples=int(os.environ.get("LAWS", "12")), deadline=None)
Options = dict[str, Any]
SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0, collation="fr"),
        "body": Text(),
        "tag": Keyword(collation="vi"),
        "place": Category(),
        "n": Integer(),
        "open": Boolean(),
        "day": Date(),
    },
    languages=["vi", "fr", "en", "th", "zh"],
)
WORDS: Final = [
    *"quốc hội quoc hoi đường duong été ete étés péché pêche peche mạ má".split(),
    *"l’été the de river rivers parliament maps map covid-19 covid19 coopération".split(),
    *"ประเทศไทย ภาษา 北京 北京大学 大学".split(),
]
GLOSSARY: Final = Glossary(
    [
        {"vi": "quốc hội", "en": ["parliament", "river maps"], "fr": "coopération"},
        ["été", "map"],
        {"zh": "大学 =>", "th": "ภาษา"},
    ]
)
PLAIN_FACETS: Final = ("tag", "n", "open", "_language")


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | values | st.none() | st.lists(values, max_size=3)


_text: Final = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
_fields: Final[dict[str, st.SearchStrategy[Any]]] = {
    "title": some(_text),
    "body": some(_text),
    "tag": some(st.sampled_from(["a", "đ", "d", "Á", "á", "quốc hội"])),
    "place": some(st.sampled_from(["x", "x/y", "x/ý", "w/y/z"])),
    "n": some(st.integers(-2, 4)),
    "open": some(st.booleans()),
    "day": some(st.integers(0, 500).map(lambda days: date(2023, 1, 1) + timedelta(days))),
}


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list[list[dict[str, Any]]], list[str]]:
    """Documents in batches, and the ids of some to be deleted."""
    bodies = draw(st.lists(st.fixed_dictionaries(_fields), min_size=1, max_size=16))
    documents = [{"id": f"d{number}", **body} for number, body in enumerate(bodies)]
    size = draw(st.integers(4, 16))
    batches = [documents[start : start + size] for start in range(0, len(documents), size)]
    return batches, draw(st.lists(st.sampled_from([one["id"] for one in documents]), max_size=3))


def built(batches: list[list[dict[str, Any]]], gone: list[str]) -> Index:
    index = indexed(SCHEMA, *batches)
    if gone:
        with index.writer(memory=SMALL) as writer:
            writer.delete(*gone)
    return index


_words: Final = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
_field: Final = st.sampled_from([None, None, "title", "body"])
_accents: Final = st.sampled_from([None, None, *ACCENTS])
_beginnings: Final = st.sampled_from(["qu", "été", "ê", "co", "北", "ภา", "ma", "má"])
_patterns: Final = st.sampled_from(["qu.*", "ét.", "ete", "(map|river)s?", "má?", "[đd].*", "北.*"])
#: Nodes that may stand in a filter.
_leaves: Final[st.SearchStrategy[Query]] = st.one_of(
    st.builds(Match, _words, _field, _accents),
    st.builds(Phrase, _words, _field, _accents),
    st.builds(Near, _words, st.integers(0, 3), _field, _accents),
    st.builds(Prefix, _beginnings, _field, _accents),
    st.builds(Regex, _patterns, _field),
    st.builds(Regex, st.sampled_from(["[ađ]", "á", "quốc .*"]), st.just("tag")),
    st.builds(Term, st.just("tag"), st.sampled_from(["a", "đ", "á", "none"])),
    st.builds(Term, st.just("place"), st.sampled_from(["x", "x/y", "w"])),
    st.builds(Term, st.just("n"), st.integers(-2, 4)),
    st.builds(Range, st.just("n"), gte=st.integers(-2, 4)),
    st.builds(Range, st.just("day"), lt=st.just(date(2023, 9, 9))),
    st.sampled_from(["title", "body", "tag", "day", "_language"]).map(Exists),
)


def _nodes(leaves: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(And, inner, inner),
            st.builds(Or, inner, inner),
            inner.map(Not),
            st.builds(Boost, inner, st.sampled_from([0.5, 3.0])),
            st.builds(ConstantScore, inner, st.sampled_from([0.0, 2.0])),
        ),
        max_leaves=3,
    )


_filters: Final = _nodes(_leaves)
_strings: Final = st.one_of(
    _words,
    st.sampled_from(WORDS).map(lambda word: word[:-1] + "x"),  # mistyped
    st.builds("{}{}{}".format, st.sampled_from(["", "-", "+"]), _words, st.sampled_from("~*")),
    st.builds('"{}" {}'.format, _words, _words),
    st.builds("title:({}) OR {}".format, _words, _words),
    st.builds("/{}/ {}".format, _patterns, _words),
)
_signed: Final = st.builds("{}{} {}".format, st.sampled_from(["=", "=~", "=?"]), _words, _words)
_likes: Final = st.builds(MoreLikeThis, _words, st.none(), _field)
_queries: Final = st.one_of(
    st.none(), _strings, _strings, _strings, _signed, _likes, _nodes(_leaves | _likes)
)
_wheres: Final = st.one_of(
    st.none(),
    st.none(),
    st.sampled_from([{"tag": "a"}, {"tag": ["a", "đ", "á"], "open": True}, {"_language": "fr"}]),
    st.lists(_filters, min_size=1, max_size=2),
)
_keys: Final = st.one_of(
    st.sampled_from(["score", "id", "-id"]),
    st.builds(
        Sort,
        st.sampled_from(["title", "tag", "n", "open", "day"]),
        st.booleans(),
        st.sampled_from(["first", "last"]),
    ),
)
_sorts: Final = st.none() | st.lists(_keys, min_size=1, max_size=3, unique_by=str)
_ranks: Final = st.none() | st.lists(
    st.sampled_from(
        [
            Recency("day", timedelta(90), 2.0, date(2024, 1, 1)),
            Recency("day", timedelta(9), 0.3, date(2023, 6, 1)),
            Popularity("n", 2, 1.5),
        ]
    ),
    min_size=1,
    max_size=2,
)
_collapses: Final = st.sampled_from(
    [
        *(None, None, "tag", "n", Collapse("place", 2), Collapse("open", 1)),
        *(NearDuplicates(0.6, hits=2), NearDuplicates(depth=3)),
    ]
)
_highlights: Final = st.none() | st.builds(
    Highlight,
    st.sampled_from([None, ["title"]]),
    st.sampled_from([None, 10, 200]),
    st.integers(1, 3),
    st.sampled_from(["html", "ansi", "text", "ranges"]),
)
#: What changes how words are read: what ``explain`` takes, too.
_reading: Final[dict[str, st.SearchStrategy[Any]]] = {
    "rank": _ranks,
    "language": st.sampled_from([None, None, None, "vi", "fr", "zh"]),
    "typos": st.booleans(),
    "accents": st.sampled_from(ACCENTS),
    "glossary": st.sampled_from([None, GLOSSARY]),
    "regex": st.booleans(),
}
_options: Final[st.SearchStrategy[Options]] = st.fixed_dictionaries(
    {
        **_reading,
        "query": _queries,
        "where": _wheres,
        "sort": _sorts,
        "collapse": _collapses,
        "highlight": _highlights,
        "facets": st.sampled_from([None, PLAIN_FACETS]),
    }
)


def plain(result: SearchResult) -> SearchResult:
    return replace(result, took=0.0)


def searched(searcher: Searcher, options: Options, **more: Any) -> SearchResult:
    """The result; without the filters where one is refused, which holds function words alone."""
    try:
        return plain(searcher.search(**{**options, **more}))
    except QueryError as error:
        assert "filter" in str(error), error
        options["where"] = None
        return plain(searcher.search(**{**options, **more}))


def check_pages(searcher: Searcher, options: Options, size: int) -> SearchResult:
    """Pages by offset and by cursor make the one list; return that."""
    whole = searched(searcher, options, limit=100)
    assert len(whole) == (whole.total if whole.groups is None else whole.groups)
    assert (whole.groups is None) == (options["collapse"] is None)
    assert whole.cursor is None
    if whole.groups is not None:
        groups = [hit.group for hit in whole if hit.group is not None]
        assert sum(group.count for group in groups) == whole.total
        shown = [*whole.ids, *(hit.id for group in groups for hit in group.hits)]
        assert len(shown) == len(set(shown))
    pages: list[Hit] = []
    for offset in range(0, len(whole) + 1, size):
        page = searcher.search(**options, limit=size, offset=offset)
        assert (page.total, page.groups, page.facets) == (whole.total, whole.groups, whole.facets)
        assert page.notices == whole.notices
        pages += page.hits
    assert pages == list(whole)
    if options["sort"] is None:
        assert page.cursor is None
        return whole
    pages, cursor = [], None
    while True:
        page = searcher.search(**options, limit=size, after=cursor)
        assert (page.total, page.groups, page.facets) == (whole.total, whole.groups, whole.facets)
        pages += page.hits
        cursor = page.cursor
        if cursor is None:
            break
        assert len(page) == size
    assert pages == list(whole)
    return whole


def values_of(hit: Hit, field: str) -> set[Any]:
    if field == "_language":
        return {hit.language}
    value = hit.document.get(field)
    return set(value) if isinstance(value, list) else {value} - {None}


@laws
@given(corpora(), st.data())
def test_pages_counts_and_reasons(corpus: Any, data: st.DataObject) -> None:
    index = built(*corpus)
    for _ in range(4):
        options = data.draw(_options)
        whole = check_pages(index, options, data.draw(st.integers(1, 4)))
        everything = index.search(**{**options, "collapse": None}, limit=100)
        assert everything.total == whole.total
        # A filter on a facet's own field does not narrow it.
        for field in PLAIN_FACETS if options["facets"] else ():
            left = [one for one in filters_of(options["where"]) if filter_fields(one) != {field}]
            found = index.search(**{**options, "collapse": None, "where": left}, limit=100)
            counts = Counter(value for hit in found for value in values_of(hit, field))
            lines = whole.facets[field]
            # The values filtered by have their lines even where none is found.
            assert {one.value: one.count for one in lines if one.count} == counts
            assert all(one.selected for one in lines if not one.count)
            assert lines.distinct == len(counts)
        reading = {name: options[name] for name in _reading}
        for hit in everything if options["query"] is not None else ():
            explanation = index.explain(options["query"], hit, **reading)
            assert explanation.is_found
            if hit.score is not None:
                assert explanation.score == pytest.approx(hit.score, rel=1e-4, abs=1e-4)
            total = sum(reason.score for reason in explanation.reasons)
            assert total == pytest.approx(explanation.score, rel=1e-4, abs=1e-4)


def outline(result: SearchResult) -> Any:
    """What does not depend on which of hits of nearly one score comes first."""
    hits = sorted((hit.id, hit.language, sorted(hit.highlights.items())) for hit in result)
    return result.total, result.facets, result.notices, result.language, result.query, hits


@laws
@given(corpora(), st.data())
def test_several_indexes(corpus: Any, data: st.DataObject) -> None:
    batches, gone = corpus
    index = built(batches, gone)
    alone = MultiSearcher({"one": index})
    empty = Index(SCHEMA)
    split = MultiSearcher(
        {f"p{number}": built([batch], gone) for number, batch in enumerate(batches)}
        | {"empty": empty}
    )
    for _ in range(3):
        options = data.draw(_options)
        collapse = options["collapse"]
        expected = searched(index, options, limit=100)
        found = alone.search(**options, limit=100)
        hits = tuple(replace(hit, index=None) for hit in found)
        if collapse is None:
            assert replace(plain(found), hits=hits) == expected
        else:
            assert (found.ids, found.total, found.groups) == (
                expected.ids,
                expected.total,
                expected.groups,
            )
            with pytest.raises(QueryError, match="collapse"):
                split.search(**options)
        options["collapse"] = None
        expected = searched(index, options, limit=100)
        whole = check_pages(split, options, data.draw(st.integers(1, 4)))
        assert outline(whole) == outline(expected)
        if options["query"] is not None:
            reading = {name: options[name] for name in _reading}
            for hit in whole:
                explanation = split.explain(options["query"], hit, **reading)
                assert explanation.is_found
                if hit.score is not None:
                    assert explanation.score == pytest.approx(hit.score, rel=1e-4, abs=1e-4)


def unmarked(text: str) -> str:
    """Latin letters without their marks; other scripts as they are."""
    bare = "".join(
        letter
        for letter in normalize("NFD", text.replace("đ", "d"))
        if not (combining(letter) and letter < "\u0e00")
    )
    return normalize("NFC", bare)


@laws
@given(corpora(), st.data())
def test_marks_ignored_and_marks_highlighted(corpus: Any, data: st.DataObject) -> None:
    index = built(*corpus)
    for _ in range(4):
        options = data.draw(_options)
        options |= {"query": data.draw(_strings), "accents": "ignore"}
        marked = searched(index, options, limit=100)
        bare = index.search(**(options | {"query": unmarked(options["query"])}), limit=100)
        assert bare.hits == marked.hits
        assert (bare.total, bare.groups, bare.facets) == (
            marked.total,
            marked.groups,
            marked.facets,
        )
        options |= {"query": data.draw(_queries), "accents": data.draw(st.sampled_from(ACCENTS))}
        whole = data.draw(st.booleans())
        options["highlight"] = Highlight(
            size=None if whole else data.draw(st.integers(1, 40)), fragments=3, style="ranges"
        )
        for hit in searched(index, options, limit=100):
            for name, fragments in hit.highlights.items():
                value = hit.document[name]
                values = value if isinstance(value, list) else [value]
                if whole:
                    assert list(fragments) == [*map(str, values)]
                assert any(fragment.matches for fragment in fragments)
                for one in fragments:
                    assert one == values[one.value][one.start : one.end]
                    assert whole or one.matches
                    edges = [one.start, *(edge for match in one.matches for edge in match)]
                    assert edges == sorted(edges) and edges[-1] <= one.end
                    assert all(start < end for start, end in one.matches)


@laws
@given(corpora(), st.data())
def test_a_filter_finds_what_a_query_finds(corpus: Any, data: st.DataObject) -> None:
    """Words of a filter are neither corrected nor translated."""
    index = built(*corpus)
    for _ in range(6):
        node, accents = data.draw(_filters), data.draw(st.sampled_from(ACCENTS))
        reading = {"accents": accents, "limit": 100, "language": data.draw(_reading["language"])}
        expected = index.search(node, typos=False, **reading)
        for query in (None, "no such words OR *:*"):
            try:
                found = index.search(query, where=node, glossary=GLOSSARY, **reading)
            except QueryError as error:
                assert "filter" in str(error)
                continue
            assert set(found.ids) == set(expected.ids), (node, query, reading)


@laws
@given(corpora(), corpora(), st.data())
def test_a_commit_stays_as_it_is_and_twins_agree(
    corpus: Any, further: Any, data: st.DataObject
) -> None:
    index = built(*corpus)
    held = index.searcher()
    chosen = data.draw(st.lists(_options, min_size=3, max_size=3))
    before = [searched(held, options) for options in chosen]
    with index.writer(memory=SMALL) as writer:
        for batch in further[0]:
            writer.update_many(
                {"id": one["id"], "tag": "a", "title": "été"} for one in batch if one["id"] in held
            )
            writer.add_many(batch)
        writer.delete(*corpus[1])
    assert [plain(held.search(**options)) for options in chosen] == before

    async def twins() -> None:
        for options in chosen:
            for one in (held, index):
                expected = searched(one, options)
                assert plain(await one.asearch(**options)) == expected
                for hit in expected.hits[:2] if options["query"] is not None else ():
                    reading = {name: options[name] for name in _reading}
                    asked = options["query"], hit
                    explained = one.explain(*asked, **reading)
                    assert await one.aexplain(*asked, **reading) == explained
                    alike = await one.amore_like(hit, where=options["where"])
                    assert plain(alike) == plain(one.more_like(hit, where=options["where"]))
            typed = data.draw(_strings)
            assert await held.asuggest(typed) == held.suggest(typed)
            assert await held.adid_you_mean(typed) == held.did_you_mean(typed)
            titles = await held.asuggest_titles(typed, "title")
            assert titles == held.suggest_titles(typed, "title")

    asyncio.run(twins())


# --- Whatever is asked ------------------------------------------------------------------

_odd: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        *(None, "", "x", "score", "title", "-", "--n", -1, 0, 2**70, True, 1.5, [], ["n", "n"]),
        *(("title",), {}, {"n": "x"}, {"tag": []}, b"n", float("nan"), date(2024, 1, 1)),
        *(Match("été"), GLOSSARY, Sort("n"), [Sort("raw")], Collapse("body"), Collapse("n", 100)),
        *([Popularity("day", 1)], [Recency("day", timedelta.max, 1000.0, date.min)], "zz-Hant"),
    ]
)
_kept: Final = _options.flatmap(
    lambda options: st.dictionaries(
        st.sampled_from([*options, "limit", "offset", "after", "strict"]), _odd, max_size=2
    ).map(lambda odd: options | odd)
)


@laws
@given(corpora(), st.data())
def test_only_own_errors_are_raised(corpus: Any, data: st.DataObject) -> None:
    index = built(*corpus)
    searchers = [index, MultiSearcher({"one": index, "two": Index(SCHEMA)})]
    for _ in range(10):
        options = data.draw(_kept)
        if data.draw(st.booleans()):
            some_id = st.sampled_from(["d0", "d1", "d2", "", "x", "\ud800"])
            liked = _nodes(_leaves | st.builds(MoreLikeThis, id=some_id, field=_field))
            options["query"] = data.draw(liked | any_nodes() | wild_texts("vi") | st.text())
        for searcher in searchers:
            with suppress(SearchlibError):
                whole = searcher.search(**options)
                searcher.search(**{**options, "after": whole.cursor})
            reading = {name: options[name] for name in _reading}
            with suppress(SearchlibError):
                searcher.explain(options["query"], "d0", **reading)
            with suppress(SearchlibError):
                searcher.more_like(text=options["query"], where=options["where"])
            for method in (searcher.suggest, searcher.did_you_mean):
                with suppress(SearchlibError):
                    method(options["query"], language=options["language"])


def test_a_regular_expression_is_as_rare_as_in_all_indexes() -> None:
    """That an index has no match is no news where another has one, and no reason to score more."""
    documents = [{"id": str(n), "body": "river" if n < 4 else "lake"} for n in range(12)]
    parts = [documents[:3], documents[3:9], documents[9:]]
    split = MultiSearcher({str(n): indexed(SCHEMA, part) for n, part in enumerate(parts)})
    found, expected = (
        one.search("/riv.*/", regex=True) for one in (split, indexed(SCHEMA, documents))
    )
    assert found.notices == expected.notices == ()
    assert {hit.id: hit.score for hit in found} == {hit.id: hit.score for hit in expected}
    assert split.search("/sea.*/", regex=True).notices[0].code == "unknown-word"


@pytest.mark.parametrize(
    "bad",
    [
        {"highlight": 5},
        {"highlight": [5]},
        {"facets": 5},
        {"query": MoreLikeThis(id="\ud800")},
        {"query": MoreLikeThis(id="")},
    ],
)
def test_what_is_none_is_refused(bad: Options) -> None:
    with pytest.raises(QueryError):
        indexed(SCHEMA, [{"id": "a"}]).search(**bad)


@pytest.mark.parametrize("bad", [{"size": "9"}, {"fragments": None}, {"fields": 5}])
def test_a_highlight_of_the_wrong_types_is_refused(bad: Options) -> None:
    with pytest.raises(QueryError):
        Highlight(**bad)
