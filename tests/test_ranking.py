"""What comes first: fields together, marks, keys, and the query's language among others."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Schema, Text
from tests.conftest import indexed

laws = settings(max_examples=20, deadline=None)
SEEDS: Final = Path(__file__).resolve().parents[1] / "seeds"


def titled(languages: Sequence[str], *titles: str) -> Index:
    schema = Schema({"title": Text()}, languages=languages)
    return indexed(schema, [{"id": str(n), "title": title} for n, title in enumerate(titles)])


def ranked(index: Index, query: str, language: str | None = None) -> list[str]:
    return [hit["title"] for hit in index.search(query, limit=1000, language=language)]


# --- Fields together --------------------------------------------------------------------


@pytest.mark.parametrize("weight", [1, 2, 3, 7, 20])
def test_a_word_of_a_field_counts_as_often_as_the_field_weighs(weight: int) -> None:
    """Once in the title, or as often in the body as the title weighs: the same."""
    schema = Schema({"title": Text(weight=weight), "body": Text()}, languages=["und"])
    index = indexed(
        schema,
        [
            {"id": "title", "title": "lion ape", "body": "bat " * weight},
            {"id": "body", "title": "bat ape", "body": "lion " * weight},
            {"id": "less", "title": "bat ape", "body": "lion " * (weight - 1) + "x"},
        ],
    )
    scores = {hit.id: hit.score or 0 for hit in index.search("lion")}
    assert scores["title"] == pytest.approx(scores["body"])
    assert scores["title"] > scores.get("less", 0)


@laws
@given(st.data())
def test_two_words_of_a_query_outrank_one_repeated(data: st.DataObject) -> None:
    """Wherever the two stand, and however often the one: two texts of the same length."""
    weight = data.draw(st.integers(1, 3))
    schema = Schema({"title": Text(weight=weight), "body": Text()}, languages=["und"])
    # By BM25 even endless repetition is worth no more than 2.2 words in texts of average length.
    often, size = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 6))
    rest = " x" * size
    split = {"title": "lion a", "body": "zebra" + " b" * (often - 1) + rest}
    if data.draw(st.booleans()):
        split = {"title": "zebra a", "body": "lion" + " b" * (often - 1) + rest}
    both = {"id": "both", **split}
    one = data.draw(st.sampled_from(["lion", "zebra"]))
    again = {"id": "one", "title": f"{one} {one}", "body": f"{one} " * often + rest}
    fill = [{"id": str(n), "title": "a b", "body": "b " * often + rest} for n in range(6)]
    for documents in ([both, again, *fill], [again, *fill, both]):
        assert indexed(schema, documents).search("lion zebra").ids == ("both", "one")


def test_a_rare_word_counts_alike_in_whichever_field_it_is_rare() -> None:
    """Rare in titles, common in bodies: a word is as rare as the documents that hold it."""
    schema = Schema({"title": Text(), "body": Text()}, languages=["und"])
    fill = [{"id": str(n), "title": "a b", "body": "common x"} for n in range(20)]
    documents = [
        {"id": "common", "title": "common y", "body": "x x"},
        {"id": "rare", "title": "y y", "body": "rare x"},
    ]
    assert indexed(schema, [*documents, *fill]).search("common rare").ids[0] == "rare"


# --- Marks ------------------------------------------------------------------------------

FILLER: Final = [f"w{n}x" for n in range(30)]


@pytest.mark.parametrize(
    ("code", "typed", "others"),
    [
        ("vi", "đường", ["duong", "đương", "dương"]),
        ("vi", "má", ["ma", "mà", "mả", "mạ"]),
        ("vi", "hợp tác", ["hop tac", "họp tạc", "hợp tạc", "họp tác"]),
        ("fr", "péché", ["peche", "pêche", "pêché"]),
        ("fr", "côté gauche", ["cote gauche", "coté gauche", "côté gauché"]),
        ("fr", "l’été indien", ["l’ete indien", "d’ete indien"]),
    ],
)
@laws
@given(seed=st.integers(0, 10**6), longest=st.sampled_from([0, 10, 40]))
def test_texts_with_the_very_form_typed_come_first(
    code: str, typed: str, others: list[str], seed: int, longest: int
) -> None:
    chance = random.Random(seed)
    texts = []
    for n in range(40):
        words = chance.choices(FILLER, k=chance.randint(0, longest))
        form = typed if n % 3 == 0 else chance.choice(others)
        for _ in range(chance.randint(1, 3)):
            words.insert(chance.randint(0, len(words)), form)
        texts.append(" ".join(words))
    chance.shuffle(texts)
    index = titled([code], *texts)
    for query in (typed, typed.upper()):
        exact = [typed in text for text in ranked(index, query)]
        assert sum(exact) == 14
        assert all(exact[:14])


@pytest.mark.parametrize(
    ("code", "typed", "other"),
    [
        ("vi", "má", "mà"),
        ("vi", "hợp tác", "họp tạc"),
        ("fr", "péché", "pêche"),
        ("fr", "côté gauche", "coté gauche"),
    ],
)
def test_a_long_text_with_the_very_form_comes_before_a_short_one_without(
    code: str, typed: str, other: str
) -> None:
    texts = [" ".join([*FILLER[n:], typed, *FILLER, *FILLER[:n], *FILLER]) for n in range(12)]
    texts += [other] * 12 + ["bla bla"] * 40
    assert all(typed in text for text in ranked(titled([code], *texts), typed)[:12])


@pytest.mark.parametrize(
    ("code", "plain", "forms"),
    [
        ("vi", "ma", ["má", "mà", "ma", "MẠ"]),
        ("vi", "hop tac xa", ["hợp tác xã", "hop tac xa", "họp tạc xả"]),
        ("fr", "cote", ["côté", "coté", "côte", "cote"]),
        ("de", "schon", ["schön", "schon"]),
    ],
)
def test_without_marks_all_forms_are_alike(code: str, plain: str, forms: list[str]) -> None:
    index = titled([code], *(f"bla {form}" for form in forms), "bla")
    scores = [hit.score for hit in index.search(plain)]
    assert len(scores) == len(forms)
    assert scores == pytest.approx([scores[0]] * len(forms))


@pytest.mark.parametrize("query", ["quoc hội", "quốc hoi", "QUOC HỘI"])
def test_a_word_that_lost_its_marks_ranks_as_if_it_had_them(query: str) -> None:
    both = ["quốc hội họp", "Quốc hội bla bla bla bla", "hội bla quốc", "quốc hội quốc hội"]
    others = ["quộc hồi họp", "hội bla", "bla quốc bla"]
    index = titled(["vi"], *others, *both, *["bla bla"] * 12)
    assert set(ranked(index, query)[:4]) == set(both)
    assert ranked(index, query)[:4] == ranked(index, "quốc hội")[:4]
    assert set(ranked(index, query)) == {*both, *others}


# --- Keys -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["quoosc hooij", "quoc61 hoi65", "QUOC61 HOI65", "quoocs hooji", "quốc hooij"]
)
@pytest.mark.parametrize("codes", [["vi"], ["vi", "fr", "en"], ["en", "vi"]])
def test_typed_keys_find_what_they_stand_for(query: str, codes: list[str]) -> None:
    index = titled(codes, "quốc hội họp", "họp bàn", "an old house", "la maison")
    assert ranked(index, query)[0] == "quốc hội họp"
    codes_of = {notice.code for notice in index.search(query).notices}
    assert codes_of == {"corrected"}


@pytest.mark.parametrize("word", ["has", "mais", "hats", "test", "box", "car", "does"])
def test_held_words_that_look_like_keys_are_words(word: str) -> None:
    texts = [f"{word} bla", "hả mái hát tét bõ cả doé", "há"]
    for codes in (["vi", "en", "fr"], ["en"], ["vi"]):
        index = titled(codes, *texts)
        result = index.search(word)
        assert not result.notices
        assert result.ids == index.search(word, typos=False).ids
        assert result.hits[0]["title"] == f"{word} bla"
    assert ranked(titled(["vi", "en", "fr"], *texts), word) == [f"{word} bla"]


# --- Languages --------------------------------------------------------------------------

# The same news in three languages, names and all; fillers keep the words apart.
PARALLEL: Final = {
    "vi": "Chủ tịch {0} thăm trụ sở của {1} và bàn về hợp tác giáo dục giữa các nước thành viên",
    "fr": "Le président de {0} a visité le siège de {1} pour parler de la coopération éducative",
    "en": "The president of {0} visited the headquarters of {1} to talk about school cooperation",
}
QUERIES: Final = {
    "vi": ["{0} {1} hợp tác giáo dục", "chủ tịch {0} thăm {1}", "{0} {1} giữa các nước"],
    "fr": ["{0} {1} coopération éducative", "le président de {0}", "visite du siège de {1}"],
    "en": ["{0} {1} school cooperation", "the president of {0}", "visited the headquarters of {1}"],
}
NAMES: Final = [("Kazatrom", "Oblonsk"), ("UNESCO", "ASEAN"), ("Salim", "Khairat")]


def parallel() -> Index:
    texts = [text.format(*names) for names in NAMES for text in PARALLEL.values()]
    return titled(["vi", "fr", "en"], *texts)


@pytest.mark.parametrize("names", NAMES, ids=" ".join)
@pytest.mark.parametrize("code", PARALLEL)
def test_of_parallel_texts_that_in_the_language_of_the_query_is_first(
    code: str, names: tuple[str, str]
) -> None:
    index = parallel()
    for query in (query.format(*names) for query in QUERIES[code]):
        for language in (None, code):
            found = ranked(index, query, language)
            assert found[0] == PARALLEL[code].format(*names), query
            assert set(found) >= {text.format(*names) for text in PARALLEL.values()}, query


@pytest.mark.parametrize("code", PARALLEL)
def test_names_alone_follow_the_language_that_is_given(code: str) -> None:
    index = parallel()
    for names in NAMES:
        hits = index.search(" ".join(names), language=code).hits
        assert hits[0].language == code
        assert {hit.language for hit in hits} == set(PARALLEL)


def test_a_name_in_all_languages_does_not_drown_the_query_language() -> None:
    """Repeated in a short text of another language, the name is no better answer."""
    texts = [PARALLEL["fr"].format(*NAMES[0]), "Kazatrom of Kazatrom", "Kazatrom thăm Kazatrom"]
    index = titled([*PARALLEL], *texts, *(text.format("x", "y") for text in PARALLEL.values()))
    assert ranked(index, "coopération Kazatrom")[0] == texts[0]
    assert set(ranked(index, "coopération Kazatrom")) >= set(texts)


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("coopération ICESCO OSCE", "002", "004"),
        ("cooperation between ICESCO and OSCE", "004", "002"),
        ("examen des perspectives de coopération entre l’ICESCO et l’OSCE", "002", "004"),
        ("Exploring Prospects for Cooperation between ICESCO and OSCE", "004", "002"),
        ("le directeur général AlMalik", "002", "004"),
        ("the director-general AlMalik", "004", "002"),
        ("la visite au Kazakhstan", "002", "004"),
        ("the visit to Kazakhstan", "004", "002"),
        ("15 septembre 2022", "002", "004"),
        ("15 september 2022", "004", "002"),
    ],
)
def test_the_seeds_that_are_one_article_in_two_languages(
    query: str, first: str, second: str
) -> None:
    files = [(file.name[:3], file.read_text("utf-8")) for file in SEEDS.glob("0*.txt")]
    index = indexed(
        Schema({"text": Text()}, languages=["vi", "fr", "en"]),
        [{"id": name, "text": text} for name, text in sorted(files)],
    )
    found = index.search(query).ids
    assert found[0] == first
    assert second in found


def test_one_language_needs_no_preference() -> None:
    index = titled(["fr"], "la coopération", "la coopération de Kazatrom")
    for query in ("coopération", "le Kazatrom"):
        for hit in index.search(query):
            views = [reason.view for reason in index.explain(query, hit).reasons]
            assert "language" not in views
    # … as a language that no document is in has none.
    for code in ("en", "vi"):
        reasons = index.explain("Kazatrom", "1", language=code).reasons
        assert reasons
        assert "language" not in [reason.view for reason in reasons]
    # Beside another language, and only there, the language is a reason.
    index.add([{"id": "en", "title": "nothing here"}], language="en")
    views = [reason.view for reason in index.explain("Kazatrom", "1", language="fr").reasons]
    assert views.count("language") == 1
