"""Strategies of searches with any options, over an index of several languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

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
    Index,
    Integer,
    Keyword,
    Match,
    MoreLikeThis,
    Near,
    NearDuplicates,
    Not,
    Or,
    Phrase,
    Popularity,
    Prefix,
    Query,
    Range,
    Recency,
    Regex,
    Schema,
    Sort,
    Term,
    Text,
)
from searchlib.query.nodes import ACCENTS
from tests.conftest import SMALL, indexed

__all__ = [
    "FILTERS",
    "GLOSSARY",
    "LEAVES",
    "ODD_OPTIONS",
    "OPTIONS",
    "PLAIN_FACETS",
    "QUERIES",
    "READING",
    "SCHEMA",
    "STRINGS",
    "TEXT_FIELD",
    "Options",
    "built",
    "corpora",
    "nodes_of",
]

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
TEXT_FIELD: Final = st.sampled_from([None, None, "title", "body"])
_accents: Final = st.sampled_from([None, None, *ACCENTS])
_beginnings: Final = st.sampled_from(["qu", "été", "ê", "co", "北", "ภา", "ma", "má"])
_patterns: Final = st.sampled_from(["qu.*", "ét.", "ete", "(map|river)s?", "má?", "[đd].*", "北.*"])
#: Nodes that may stand in a filter.
LEAVES: Final[st.SearchStrategy[Query]] = st.one_of(
    st.builds(Match, _words, TEXT_FIELD, _accents),
    st.builds(Phrase, _words, TEXT_FIELD, _accents),
    st.builds(Near, _words, st.integers(0, 3), TEXT_FIELD, _accents),
    st.builds(Prefix, _beginnings, TEXT_FIELD, _accents),
    st.builds(Regex, _patterns, TEXT_FIELD),
    st.builds(Regex, st.sampled_from(["[ađ]", "á", "quốc .*"]), st.just("tag")),
    st.builds(Term, st.just("tag"), st.sampled_from(["a", "đ", "á", "none"])),
    st.builds(Term, st.just("place"), st.sampled_from(["x", "x/y", "w"])),
    st.builds(Term, st.just("n"), st.integers(-2, 4)),
    st.builds(Range, st.just("n"), gte=st.integers(-2, 4)),
    st.builds(Range, st.just("day"), lt=st.just(date(2023, 9, 9))),
    st.sampled_from(["title", "body", "tag", "day", "_language"]).map(Exists),
)


def nodes_of(leaves: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
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


FILTERS: Final = nodes_of(LEAVES)
STRINGS: Final = st.one_of(
    _words,
    st.sampled_from(WORDS).map(lambda word: word[:-1] + "x"),  # mistyped
    st.builds("{}{}{}".format, st.sampled_from(["", "-", "+"]), _words, st.sampled_from("~*")),
    st.builds('"{}" {}'.format, _words, _words),
    st.builds("title:({}) OR {}".format, _words, _words),
    st.builds("/{}/ {}".format, _patterns, _words),
)
_signed: Final = st.builds("{}{} {}".format, st.sampled_from(["=", "=~", "=?"]), _words, _words)
_likes: Final = st.builds(MoreLikeThis, _words, st.none(), TEXT_FIELD)
QUERIES: Final = st.one_of(
    st.none(), STRINGS, STRINGS, STRINGS, _signed, _likes, nodes_of(LEAVES | _likes)
)
_wheres: Final = st.one_of(
    st.none(),
    st.none(),
    st.sampled_from([{"tag": "a"}, {"tag": ["a", "đ", "á"], "open": True}, {"_language": "fr"}]),
    st.lists(FILTERS, min_size=1, max_size=2),
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
READING: Final[dict[str, st.SearchStrategy[Any]]] = {
    "rank": _ranks,
    "language": st.sampled_from([None, None, None, "vi", "fr", "zh"]),
    "typos": st.booleans(),
    "accents": st.sampled_from(ACCENTS),
    "glossary": st.sampled_from([None, GLOSSARY]),
    "regex": st.booleans(),
}
OPTIONS: Final[st.SearchStrategy[Options]] = st.fixed_dictionaries(
    {
        **READING,
        "query": QUERIES,
        "where": _wheres,
        "sort": _sorts,
        "collapse": _collapses,
        "highlight": _highlights,
        "facets": st.sampled_from([None, PLAIN_FACETS]),
    }
)

#: What fits one option or another, or none.
_odd: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        *(None, "", "x", "score", "title", "-", "--n", -1, 0, 2**70, True, 1.5, [], ["n", "n"]),
        *(("title",), {}, {"n": "x"}, {"tag": []}, b"n", float("nan"), date(2024, 1, 1)),
        *(Match("été"), GLOSSARY, Sort("n"), [Sort("raw")], Collapse("body"), Collapse("n", 100)),
        *([Popularity("day", 1)], [Recency("day", timedelta.max, 1000.0, date.min)], "zz-Hant"),
    ]
)
ODD_OPTIONS: Final = OPTIONS.flatmap(
    lambda options: st.dictionaries(
        st.sampled_from([*options, "limit", "offset", "after", "strict"]), _odd, max_size=2
    ).map(lambda odd: options | odd)
)
