"""Near-duplicates: copies of real texts are one group, whatever stands around them; a header, a
topic or a translation in common makes none."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Integer, Keyword, NearDuplicates, QueryError, Schema, Text
from searchlib.engine.duplicates import Content, content_of, groups_of, share
from tests.conftest import ROOT, indexed

SEEDS: Final = {
    path.name[:3]: path.read_text("utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))
}
SAMPLE: Final = [
    json.loads(line)
    for line in (ROOT / "tests/data/sample/corpus.jsonl").read_text("utf-8").splitlines()
]
SCHEMA: Final = Schema(
    {"title": Text(), "text": Text(), "n": Integer(), "tag": Keyword()},
    languages=["vi", "fr", "en"],
)
#: What stands above the texts of 002 and 003.
HEADER: Final = SEEDS["003"].split("    ICESCO Holds")[0]
laws = settings(max_examples=100, deadline=None)


def edited(text: str, part: float, seed: int = 1) -> str:
    """The text with some of its words replaced by others of the sample."""
    random = Random(seed)
    words = re.split(r"(\s+)", text)
    spots = [place for place, word in enumerate(words) if word.strip()]
    stock = [word for one in SAMPLE for word in one["text"].split()]
    for place in random.sample(spots, round(part * len(spots))):
        words[place] = random.choice(stock)
    return "".join(words)


def grouped(index: Index, query: str | None = None, **options: Any) -> set[frozenset[str]]:
    """The ids of each group of the hits."""
    result = index.search(query, limit=1_000, collapse=NearDuplicates(hits=100, **options))
    groups = []
    for hit in result:
        assert hit.group is not None and hit.group.value is None
        groups.append([hit.id, *(other.id for other in hit.group.hits)])
        assert hit.group.count == len(groups[-1])
    assert result.groups == len(groups)
    assert sum(map(len, groups)) == result.total
    return {frozenset(ids) for ids in groups}


def index_of(texts: dict[str, str]) -> Index:
    return indexed(SCHEMA, [{"id": name, "text": text} for name, text in texts.items()])


# --- The real pages ---------------------------------------------------------------------


def test_no_two_of_the_seed_texts_are_duplicates() -> None:
    """Neither those under one header nor the translation."""
    assert len(HEADER) > 200 and HEADER.splitlines()[0] in SEEDS["002"]
    assert grouped(index_of(SEEDS)) == {frozenset([name]) for name in SEEDS}


def test_nor_are_they_where_the_one_header_is_made_longer_than_the_texts() -> None:
    texts = {f"{name} under it": HEADER * 3 + text for name, text in SEEDS.items()}
    assert len(HEADER * 3) > 700
    assert len(grouped(index_of(texts))) == len(texts)


FRENCH: Final = SEEDS["002"]
COPIES: Final = {
    "the same": FRENCH,
    "few words changed": edited(FRENCH, 0.03),
    "one word in ten changed": edited(FRENCH, 0.1),
    "header cut off": FRENCH[FRENCH.index("Dr Salim") :],
    "another header": HEADER + FRENCH[FRENCH.index("Examen des") :],
    "an updated number": FRENCH.replace("150 start-up", "175 start-up").replace("2022", "2023"),
    "without marks": FRENCH.translate(str.maketrans("éèêàâîôûçÀÉ", "eeeaaioucAE")),
    "in capitals": FRENCH.upper(),
    "on one line": " ".join(FRENCH.split()),
    "with a paragraph more": FRENCH + "\n\n" + SAMPLE[3]["text"],
    "paragraphs in another order": "\n\n".join(reversed(FRENCH.split("\n\n"))),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_a_duplicate(kind: str) -> None:
    index = index_of({**SEEDS, "copy": COPIES[kind]})
    assert grouped(index) == {
        frozenset(["002", "copy"]),
        *(frozenset([n]) for n in SEEDS if n != "002"),
    }


def test_all_copies_are_one_group() -> None:
    index = index_of({**SEEDS, **COPIES})
    assert grouped(index) == {
        frozenset(["002", *COPIES]),
        *(frozenset([n]) for n in SEEDS if n != "002"),
    }


@pytest.mark.parametrize("name", SEEDS)
def test_copies_in_each_language(name: str) -> None:
    index = index_of({**SEEDS, "copy": edited(SEEDS[name], 0.08)})
    assert frozenset([name, "copy"]) in grouped(index)


#: A header of 120 words of which no text below it says anything.
AROUND: Final = " ".join(SEEDS["000"].split()[:120])
BELOW: Final = [
    one["text"]
    for one in SAMPLE
    if one["lang"] == "en" and not one["id"].startswith("ipu") and len(one["text"].split()) > 25
]


def test_what_a_site_puts_around_its_texts_makes_no_duplicates() -> None:
    """It is longer than any of them."""
    assert len(BELOW) > 10 and max(len(text.split()) for text in BELOW) < 120
    index = index_of({str(n): f"{AROUND}\n{text}" for n, text in enumerate(BELOW)})
    assert len(grouped(index)) == len(BELOW)


def test_a_copy_without_what_its_site_puts_around_it() -> None:
    pages = {str(n): f"{AROUND}\n{text}" for n, text in enumerate(BELOW)}
    longest = max(range(len(BELOW)), key=lambda n: len(BELOW[n]))
    index = index_of({**pages, "copy": BELOW[longest]})
    assert frozenset([str(longest), "copy"]) in grouped(index)


def test_texts_without_spaces() -> None:
    one = (
        "国会主席今天上午在金边签署了一份关于促进两国国会合作关系的"
        "谅解备忘录，补充了许多符合当前形势的新内容。"
    )
    two = "教育部门的负责人在会议上讨论了青年培训计划以及在技术和创新领域建立和发展小型企业的办法。"
    schema = Schema({"text": Text()}, languages=["zh"])
    texts = {"a": one, "b": two, "c": one.replace("今天", "昨天"), "d": two[:20]}
    index = indexed(schema, [{"id": name, "text": text} for name, text in texts.items()])
    assert grouped(index) == {frozenset("ac"), frozenset("b"), frozenset("d")}


# --- What is compared -------------------------------------------------------------------

LONG: Final = SAMPLE[5]["text"]
OTHER: Final = SAMPLE[6]["text"]


def test_the_best_hit_stands_for_its_copies() -> None:
    documents = [{"id": f"d{n}", "n": n, "text": edited(LONG, 0.05, n)} for n in range(6)]
    index = indexed(SCHEMA, documents[3:], documents[:3], [{"id": "o", "n": 3, "text": OTHER}])
    for sort, ids in (("n", ("d0", "o")), ("-n", ("d5", "o"))):
        result = index.search(sort=sort, collapse=NearDuplicates(hits=2))
        assert (result.ids, result.total, result.groups) == (ids, 7, 2)
        group = result.hits[0].group
        assert group is not None and group.count == 6
        step = 1 if sort == "n" else -1
        assert [hit["n"] for hit in group.hits] == [result.hits[0]["n"] + n * step for n in (1, 2)]


def test_pages_and_cursors() -> None:
    documents = [
        {"id": f"{name}{n}", "n": n, "text": edited(SEEDS[name], 0.02, n)}
        for name in SEEDS
        for n in range(4)
    ]
    index = indexed(SCHEMA, documents)
    collapse = NearDuplicates()
    whole = index.search(sort=["n", "id"], limit=99, collapse=collapse).ids
    assert whole == tuple(f"{name}0" for name in SEEDS)
    ids: list[str] = []
    result = index.search(sort=["n", "id"], limit=2, collapse=collapse)
    ids += result.ids
    while result.cursor is not None:
        result = index.search(sort=["n", "id"], limit=2, collapse=collapse, after=result.cursor)
        ids += result.ids
    assert tuple(ids) == whole
    pages = [
        index.search(sort=["n", "id"], limit=2, offset=n, collapse=collapse) for n in (0, 2, 4)
    ]
    assert tuple(name for page in pages for name in page.ids) == whole


def test_hits_behind_the_depth_stand_by_themselves() -> None:
    index = indexed(SCHEMA, [{"id": f"d{n}", "n": n, "text": LONG} for n in range(8)])
    result = index.search(sort="n", collapse=NearDuplicates(depth=5))
    assert result.ids == ("d0", "d5", "d6", "d7")
    assert (result.total, result.groups) == (8, 4)
    assert [hit.group.count for hit in result if hit.group] == [5, 1, 1, 1]
    assert index.search(sort="n", offset=2, collapse=NearDuplicates(depth=5)).ids == ("d6", "d7")


def test_the_fields_compared() -> None:
    documents = [
        {"id": "a", "title": LONG, "text": OTHER},
        {"id": "b", "title": LONG, "text": SAMPLE[7]["text"]},
        {"id": "c", "title": SAMPLE[2]["text"], "text": [OTHER[:200], OTHER[200:]]},
        {"id": "d", "n": 3},
        {"id": "e", "n": 3},
    ]
    index = indexed(SCHEMA, documents)
    assert frozenset("ab") in grouped(index, fields=["title"])
    assert frozenset("ac") in grouped(index, fields=["text"])
    assert frozenset("ac") in grouped(index, fields=("text",))
    both = grouped(index, share=0.7)
    assert both == {frozenset(name) for name in "abcde"}


def test_short_texts_are_groups_by_themselves() -> None:
    index = index_of({str(n): "Read more about the latest news" for n in range(5)})
    assert len(grouped(index)) == 5
    assert len(grouped(index_of({"a": LONG[:200], "b": LONG[:200]}))) == 1


def test_a_higher_share_asks_for_more() -> None:
    index = index_of({**SEEDS, "copy": edited(SEEDS["000"], 0.15)})
    pair = frozenset(["000", "copy"])
    assert pair in grouped(index, share=0.4)
    assert pair not in grouped(index, share=0.9)
    exact = index_of({**SEEDS, "copy": SEEDS["000"].upper()})
    assert pair in grouped(exact, share=1)


def test_half_a_text_within_a_longer_one_is_none() -> None:
    half = FRENCH[: len(FRENCH) // 3]
    assert len(grouped(index_of({"whole": FRENCH, "part": half}))) == 2


def test_highlights_and_filters_go_on() -> None:
    documents = [{"id": f"d{n}", "n": n, "text": LONG, "tag": "ab"[n % 2]} for n in range(6)]
    index = indexed(SCHEMA, documents)
    word = LONG.split()[1]
    result = index.search(
        word, where={"tag": "a"}, facets=["tag"], highlight=True, collapse=NearDuplicates(hits=1)
    )
    (hit,) = result
    assert (result.total, result.groups) == (3, 1)
    assert hit.group is not None and hit.group.count == 3
    assert f"<mark>{word}</mark>" in hit.group.hits[0].highlights["text"][0]
    assert result.facets["tag"].as_dict() == {"a": 3, "b": 3}


# --- The laws of comparison -------------------------------------------------------------

_NAMES: Final = [f"p{n:02}" for n in range(24)]


@st.composite
def _contents(draw: st.DrawFn) -> Content:
    """Pairs in the one order that all texts have them in, each with a weight of this text."""
    kept = draw(st.lists(st.booleans(), min_size=len(_NAMES), max_size=len(_NAMES)))
    weights = st.sampled_from([1.0, 1.0, 0.5, 0.1, 0.003])
    return content_of(
        {name: draw(weights) for name, keep in zip(_NAMES, kept, strict=True) if keep}
    )


@laws
@given(st.lists(_contents(), max_size=12), st.sampled_from([0.1, 0.3, 0.5, 0.6, 0.8, 1.0]))
def test_groups_are_those_of_comparing_all_with_all(texts: list[Content], least: float) -> None:
    leads: list[int] = []
    expected = []
    for place, text in enumerate(texts):
        enough = [n for n in leads if share(text, texts[n]) >= least - 1e-9]
        if len(text.weights) < 10 or not enough:
            expected.append(place)
            if len(text.weights) >= 10:
                leads.append(place)
        else:
            expected.append(enough[0])
    assert groups_of(texts, least) == expected


@laws
@given(_contents(), _contents())
def test_a_share_is_a_part_of_both(one: Content, two: Content) -> None:
    assert share(one, two) == pytest.approx(share(two, one))
    assert 0 <= share(one, two) <= 1 + 1e-9
    if one.weights:
        assert share(one, one) == pytest.approx(1)


# --- What cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"share": 0},
        {"share": 1.01},
        {"share": True},
        {"share": "0.5"},
        {"share": float("nan")},
        {"fields": "text"},
        {"fields": []},
        {"fields": 3},
        {"fields": ["text", 3]},
        {"fields": [["text"]]},
        {"hits": -1},
        {"depth": 0},
        {"depth": 1_001},
        {"depth": 2.0},
    ],
    ids=repr,
)
def test_values_out_of_range(options: Any) -> None:
    with pytest.raises(QueryError, match="NearDuplicates"):
        NearDuplicates(**options)


@pytest.mark.parametrize("field", ["n", "id", "nowhere"])
def test_fields_that_are_no_text(field: str) -> None:
    with pytest.raises(QueryError, match="no text field; the schema's: title, text"):
        Index(SCHEMA).search(collapse=NearDuplicates(fields=["text", field]))


def test_without_text_fields_nothing_is_alike() -> None:
    schema = Schema({"n": Integer()}, languages=["und"])
    index = indexed(schema, [{"id": str(n), "n": 1} for n in range(3)])
    assert len(grouped(index)) == 3
