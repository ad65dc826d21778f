"""Corrections of whole queries."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Keyword, Match, QueryError, Schema, Text
from searchlib.analysis import fold
from searchlib.query.lexer import lex
from tests.conftest import indexed
from tests.strategies import plain_texts

SCHEMA: Final = Schema(
    {"title": Text(), "body": Text(), "author": Keyword()}, languages=["vi", "fr", "en"]
)
TEXTS: Final = {
    "vi": [
        "Chủ tịch Quốc hội thăm Lào",
        "Quốc hội họp về hoà bình",
        "hỏi và đáp về hợp tác",
        "Quốc hội Việt Nam",
    ],
    "fr": [
        "La révolution française et la coopération",
        "Coopération internationale entre universités",
        "Un ministre de la République",
        "Le premier ministre parle",
    ],
    "en": [
        "Information about the government of New York",
        "More information on cooperation in the United States",
        "A town in the state of New York",
        "Formation of governments",
    ],
}


@pytest.fixture(scope="module")
def index() -> Index:
    found = Index(SCHEMA)
    with found.writer() as writer:
        for code, texts in TEXTS.items():
            for place, text in enumerate(texts):
                document = {"id": f"{code}{place}", "title": text, "author": "Salim"}
                writer.add(document, language=code)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("quochoi", "quốc hội"),  # run together
        ("QUOCHOI", "QUỐC HỘI"),
        ("Quochoi", "Quốc hội"),
        ("infor mation", "information"),  # torn apart
        ("quoosc hooij", "quốc hội"),  # keys of Telex
        ("premier minsitre", "premier ministre"),
        ("govrenment", "government"),
        ("Govrenment", "Government"),
        ("coperation", "coopération"),  # in more documents than cooperation
        ("revolutoin francaise", "révolution francaise"),
        ("infromatoin", "information"),  # two slips
        ("unitde staets", "united states"),
        ("+govrenment -minsitre", "+government -minsitre"),
        ("title:quochoi^2 author:Slaim", "title:(quốc hội)^2 author:Slaim"),
        (
            '"premier minsitre" AND (govrenment OR title:qoc)',
            '"premier ministre" AND (government OR title:qoc)',
        ),
        ("NOT govrenment informatoin", "NOT govrenment information"),
        ("author:(Slaim govrenment) (informatoin)", "author:(Slaim govrenment) (information)"),
        ("govrenm* govrenment~ govrenment^3", "govrenm* govrenment~ government^3"),
        ('"quochoi hop"~3', None),
        ("l'univresités", "l'universités"),
        ("unknownword govrenment", "unknownword government"),
    ],
)
def test_words_change_and_nothing_else(index: Index, query: str, expected: str | None) -> None:
    assert index.did_you_mean(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "quoc hoi",  # without marks is no mistake
        "quốc hội",
        "révolution française",
        "revolution francaise",
        "universite",  # another form of a word
        "the of and",
        "new york",
        "author:Slaim",
        "-govrenment",
        "zzzzzz",
        "abc1234567",
        "東京都",
        "",
        "  ",
        '"',
        ")(",
    ],
)
def test_what_needs_no_correction_gets_none(index: Index, query: str) -> None:
    assert index.did_you_mean(query) is None


def test_what_stands_beside_the_neighbours_is_preferred() -> None:
    texts = ["cat food", "cut food", "cut food", "cut food", "my little cat"]
    texts += ["grey cart", "grey cart", "green card", "green card", "green care"]
    schema = Schema({"text": Text()}, languages=["en"])
    index = indexed(schema, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    assert index.did_you_mean("grey carx") == "grey cart"
    assert index.did_you_mean("green carx") == "green card"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sofe", None),  # soft or some: no document holds some
        ("sofe thing", None),
        ("sofe skin", None),
        ("wiht", None),  # alone
        ("wiht qqxxz", None),
        ("wiht skin", "with skin"),
        ("soft wiht", "soft with"),
        ("thsi thing", "this thing"),
        ("thesw words", "these words"),
    ],
)
@pytest.mark.parametrize("more", [0, 8, 30])
def test_a_function_word_that_no_document_holds_takes_a_neighbour(
    query: str, expected: str | None, more: int
) -> None:
    texts = ["soft skin", *(f"word{number} thing words" for number in range(3 + more))]
    schema = Schema({"text": Text()}, languages=["en"])
    index = indexed(schema, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    assert index.did_you_mean(query) == (expected if more else None)
    index.add([{"id": "held", "text": "some with these"}])
    assert index.did_you_mean("wiht skin") == "with skin"


def test_a_common_word_is_preferred_and_deleted_ones_are_gone() -> None:
    schema = Schema({"text": Text()}, languages=["en"])
    texts = ["housing"] * 3 + ["housings apart"] + ["houring speech"] * 2
    index = indexed(schema, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    assert index.did_you_mean("houzing") == "housing"
    index.delete("0", "1", "2", "3")
    assert index.did_you_mean("houzing") == "houring"
    index.delete("4", "5")
    assert index.did_you_mean("houzing") is None


def test_marks_that_were_typed_are_kept_where_a_form_has_them() -> None:
    schema = Schema({"text": Text()}, languages=["fr"])
    texts = ["les cotes", "les cotes", "les côtés du lac", "marchandises"]
    index = indexed(schema, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    assert index.did_you_mean("côttés") == "côtés"
    assert index.did_you_mean("cottes") == "cotes"


def test_the_language_may_be_told(index: Index) -> None:
    assert index.did_you_mean("govrenment", language="en") == "government"
    with pytest.raises(QueryError, match="language"):
        index.did_you_mean("a", language="no code at all")
    with pytest.raises(QueryError, match="is a str"):
        index.did_you_mean(None)  # type: ignore[arg-type]


def test_a_page_is_corrected_in_its_beginning_only(index: Index) -> None:
    page = "govrenment " + "York " * 5_000 + "govrenment"
    found = index.did_you_mean(page)
    assert found is not None
    assert found == page.replace("govrenment", "government", 1)
    assert Index(SCHEMA).did_you_mean(page) is None
    assert Index(Schema({"author": Keyword()})).did_you_mean("govrenment") is None


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["vi", "fr", "en", "ru", "tr", "ar", "hi", "th"]).flatmap(
        lambda code: st.tuples(st.just(code), plain_texts(code))
    )
)
def test_words_of_a_document_are_right_with_and_without_marks(drawn: tuple[str, str]) -> None:
    code, text = drawn
    index = Index(Schema({"text": Text()}))
    index.add([{"id": "a", "text": text}], language=code).raise_for_rejected()
    assert index.did_you_mean(str(Match(text)), language=code) is None
    plain = " ".join(fold(word) for word in text.split())
    if index.search(plain, language=code, typos=False).notices == ():
        assert index.did_you_mean(str(Match(plain)), language=code) is None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            'govrenment minsitre coperation york quoc hoi + - ( ) " * ~ ^2 title: author: NOT AND '
            "OR [ TO ] \\ « » : new".split()
        ),
        max_size=8,
    ),
    st.sampled_from(["", " "]),
)
def test_the_signs_of_any_query_stay(parts: list[str], joint: str) -> None:
    index = INDEX
    query = joint.join(parts)
    found = index.did_you_mean(query)
    if found is not None:
        # Two words may have been run together, or one torn apart: what is no letter stays.
        signs = re.sub(r"[\w\s()]", "", query)
        assert re.sub(r"[\w\s()]", "", found) == signs
        names = {"title", "body", "author", "id", "_language"}
        fields = {one.field for one in lex(query, names)}
        assert {one.field for one in lex(found, names)} == fields
        assert found != query
        assert index.did_you_mean(found) is None


INDEX: Final = indexed(
    SCHEMA,
    [
        {"id": f"{code}{place}", "title": text, "author": "Salim"}
        for code, texts in TEXTS.items()
        for place, text in enumerate(texts)
    ],
)
