"""All options of a search at once, in any combination: the laws of each hold beside all others."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from unicodedata import combining, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Highlight,
    Hit,
    Index,
    MoreLikeThis,
    MultiSearcher,
    Query,
    QueryError,
    Schema,
    Searcher,
    SearchlibError,
    SearchResult,
    Text,
)
from searchlib.engine.compiler import filter_fields
from searchlib.query.nodes import ACCENTS
from searchlib.query.where import filters_of
from tests.conftest import SMALL, indexed
from tests.searches import (
    FILTERS,
    GLOSSARY,
    LEAVES,
    ODD_OPTIONS,
    OPTIONS,
    PLAIN_FACETS,
    QUERIES,
    READING,
    SCHEMA,
    STRINGS,
    TEXT_FIELD,
    Options,
    built,
    corpora,
    nodes_of,
)
from tests.strategies import any_nodes, wild_texts

laws = settings(max_examples=12, deadline=None)


#: Words that are one token each.
EVEN: Final = "quốc hội quoc hoi été ete pêche mạ river maps map parliament péché".split()


def plain(result: SearchResult) -> SearchResult:
    """The result without the time: what it took, and the present that its cursor keeps."""
    return replace(result, took=0.0, cursor=None if result.cursor is None else "")


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
        options = data.draw(OPTIONS)
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
        reading = {name: options[name] for name in READING}
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
        options = data.draw(OPTIONS)
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
            reading = {name: options[name] for name in READING}
            for hit in whole:
                explanation = split.explain(options["query"], hit, **reading)
                assert explanation.is_found
                if hit.score is not None:
                    assert explanation.score == pytest.approx(hit.score, rel=1e-4, abs=1e-4)


@laws
@given(st.lists(st.lists(st.sampled_from(EVEN), min_size=3, max_size=3), min_size=2), st.data())
def test_scores_of_several_indexes(titles: list[list[str]], data: st.DataObject) -> None:
    """Where texts are of one length they are nearly those of one index, however words are read."""
    schema = Schema({**SCHEMA.fields, "body": Text(language="fr")}, languages=["fr"])
    documents = [{"id": f"d{n}", "body": " ".join(words), "n": n} for n, words in enumerate(titles)]
    middle = data.draw(st.integers(1, len(documents) - 1))
    halves = documents[:middle], documents[middle:]
    split = MultiSearcher({str(n): indexed(schema, half) for n, half in enumerate(halves)})
    whole = indexed(schema, documents)
    for _ in range(4):
        options = data.draw(OPTIONS)
        options |= {"collapse": None, "sort": None, "where": None, "facets": None}
        expected = {hit.id: hit.score for hit in searched(whole, options, limit=100)}
        found = {hit.id: hit.score for hit in searched(split, options, limit=100)}
        assert found == pytest.approx(expected, rel=0.05, abs=0.01)


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
        options = data.draw(OPTIONS)
        options |= {"query": data.draw(STRINGS), "accents": "ignore"}
        marked = searched(index, options, limit=100)
        bare = index.search(**(options | {"query": unmarked(options["query"])}), limit=100)
        assert bare.hits == marked.hits
        assert (bare.total, bare.groups, bare.facets) == (
            marked.total,
            marked.groups,
            marked.facets,
        )
        options |= {"query": data.draw(QUERIES), "accents": data.draw(st.sampled_from(ACCENTS))}
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
    """Words of a filter are neither corrected nor translated, and read in a language of their own,
    whatever the query's is."""
    index = built(*corpus)
    for _ in range(6):
        node, accents = data.draw(FILTERS), data.draw(st.sampled_from(ACCENTS))
        language = data.draw(READING["language"])
        reading = {"accents": accents, "limit": 100, "language": language}
        expected = index.search(node, typos=False, **reading)
        for query in (None, "no such words OR *:*"):
            try:
                found = index.search(query, where=node, glossary=GLOSSARY, **reading)
            except QueryError as error:
                assert "filter" in str(error)
                continue
            assert set(found.ids) == set(expected.ids), (node, query, reading)


@laws
@given(corpora(), FILTERS)
def test_what_a_filter_finds_is_deleted_by_it(corpus: Any, node: Query) -> None:
    index = built(*corpus)
    left = {document["id"] for document in index.documents()}
    with suppress(QueryError):  # no words to filter by
        left -= set(index.search(where=node, limit=100).ids)
        with index.writer(memory=SMALL) as writer:
            writer.delete_where(node)
    assert {document["id"] for document in index.documents()} == left


@laws
@given(corpora(), corpora(), st.data())
def test_a_commit_stays_as_it_is_and_twins_agree(
    corpus: Any, further: Any, data: st.DataObject
) -> None:
    index = built(*corpus)
    held = index.searcher()
    chosen = data.draw(st.lists(OPTIONS, min_size=3, max_size=3))
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
                    reading = {name: options[name] for name in READING}
                    asked = options["query"], hit
                    explained = one.explain(*asked, **reading)
                    assert await one.aexplain(*asked, **reading) == explained
                    alike = await one.amore_like(hit, where=options["where"])
                    assert plain(alike) == plain(one.more_like(hit, where=options["where"]))
            typed = data.draw(STRINGS)
            assert await held.asuggest(typed) == held.suggest(typed)
            assert await held.adid_you_mean(typed) == held.did_you_mean(typed)
            titles = await held.asuggest_titles(typed, "title")
            assert titles == held.suggest_titles(typed, "title")

    asyncio.run(twins())


# --- Whatever is asked ------------------------------------------------------------------


@laws
@given(corpora(), st.data())
def test_only_own_errors_are_raised(corpus: Any, data: st.DataObject) -> None:
    index = built(*corpus)
    searchers = [index, MultiSearcher({"one": index, "two": Index(SCHEMA)})]
    for _ in range(10):
        options = data.draw(ODD_OPTIONS)
        if data.draw(st.booleans()):
            some_id = st.sampled_from(["d0", "d1", "d2", "", "x", "\ud800"])
            liked = nodes_of(LEAVES | st.builds(MoreLikeThis, id=some_id, field=TEXT_FIELD))
            options["query"] = data.draw(liked | any_nodes() | wild_texts("vi") | st.text())
        for searcher in searchers:
            with suppress(SearchlibError):
                whole = searcher.search(**options)
                searcher.search(**{**options, "after": whole.cursor})
            reading = {name: options[name] for name in READING}
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
