"""Suggestions, against a count over the documents in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Index, Integer, QueryError, Schema, Suggestion, Text
from searchlib.engine.suggest import honours
from searchlib.engine.vocabulary import Vocabulary
from searchlib.languages import analyzer
from tests.conftest import indexed
from tests.strategies import LETTERS, plain_texts, wild_texts

VI: Final = Schema({"text": Text()}, languages=["vi"])
EN: Final = Schema({"text": Text()}, languages=["en"])
MIXED: Final = Schema(
    {"title": Text(weight=2.0), "body": Text(), "year": Integer()}, languages=["vi", "fr", "en"]
)
SYLLABLES: Final = "du dù dự đu đủ đường duong dương hội hỏi hoi hoà hòa hồ quốc quoc été".split()


def queries(suggestions: Iterable[Suggestion]) -> list[str]:
    return [suggestion.query for suggestion in suggestions]


def counted(texts: Iterable[str], typed: str) -> list[tuple[str, int]]:
    """What one typed word may become, by a look at every document."""
    own = analyzer("vi")
    uses: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for folded, written in {(one.folded, one.written) for one in own.tokens(text)}:
            uses[folded][written] += 1
    (token,) = own.tokens(typed)
    found = []
    for folded, forms in uses.items():
        if folded.startswith(token.folded):
            order = sorted(forms, key=lambda form: (-forms[form], form))
            good = [form for form in order if honours(form, token.written)]
            form = (good or order)[0]
            found.append((not good, -forms[form], form))
    return [(form, -count) for _, count, form in sorted(found) if form != typed]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.lists(st.lists(st.sampled_from(SYLLABLES), max_size=5).map(" ".join), max_size=4),
        min_size=1,
        max_size=3,
    ),
    st.sets(st.integers(0, 11)),
    st.sampled_from(["d", "đ", "du", "đư", "h", "ho", "hò", "hoà", "q", "quốc", "e", "x"]),
)
def test_suggestions_are_what_a_count_over_the_documents_gives(
    batches: list[list[str]], deleted: set[int], typed: str
) -> None:
    texts = {str(n): text for n, text in enumerate(text for batch in batches for text in batch)}
    rest = iter(texts.items())
    index = indexed(
        VI, *([{"id": n, "text": text} for n, text in zip_of(rest, b)] for b in batches)
    )
    index.delete(*(str(n) for n in deleted))
    living = [text for n, text in texts.items() if int(n) not in deleted]
    found = index.suggest(typed, limit=50)
    assert [(one.text, one.documents) for one in found] == counted(living, typed)
    assert queries(found) == [one.text for one in found]
    assert index.suggest(typed, limit=2) == found[:2]


def zip_of(rest: Any, batch: Sequence[str]) -> list[tuple[str, str]]:
    return [next(rest) for _ in batch]


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(LETTERS)).flatmap(lambda c: st.tuples(st.just(c), wild_texts(c))))
def test_every_written_form_is_known(pair: tuple[str, str]) -> None:
    code, text = pair
    index = Index(Schema({"text": Text()}))
    index.add([{"id": "a", "text": text}], language=code).raise_for_rejected()
    fields = index.schema.text_fields
    vocabulary = Vocabulary(index.searcher()._snapshot(), fields, fields)
    for token in analyzer(code).tokens(text):
        assert token.written in dict(vocabulary.forms(token.folded))


@settings(max_examples=40)
@given(plain_texts("vi") | plain_texts("fr") | plain_texts("el"), st.integers(1, 6))
def test_a_word_honours_its_own_beginning(text: str, length: int) -> None:
    for token in analyzer("und").tokens(text):
        assert honours(token.written, token.written[:length])
        assert honours(token.written, token.folded[:length])


@pytest.mark.parametrize(
    ("form", "typed", "expected"),
    [
        ("đường", "đu", True),
        ("đường", "duờ", True),
        ("đường", "đướ", False),
        ("dương", "đư", False),
        ("hoà", "hò", True),
        ("hoà", "hỏ", False),
        ("œuvre", "œu", True),
        ("oeuvre", "œu", False),
        ("été", "êt", False),
        ("hội", "hội đồng", False),
    ],
)
def test_marks_are_honoured_letter_by_letter(form: str, typed: str, expected: bool) -> None:
    assert honours(form, typed) is expected


@pytest.fixture(scope="module")
def index() -> Index:
    titles = [
        ("Chủ tịch Quốc hội thăm Lào", "Quốc hội họp hôm nay, hoa nở", 2022),
        ("Quốc hội và hoà bình", "đường đi khó, du khách", 2021),
        ("Hoa hồng", "hoa, hoa và hoa trên đường về; dù mưa", 2020),
        ("L’été à Montréal", "Un été chaud : la coopération, les étés d’antan", 2019),
        ("La coopération internationale", "Le temps des cerises, de la République française", 2018),
        ("The United States", "of America, united in cooperation", 2017),
    ]
    found = Index(MIXED)
    codes = ["vi", "vi", "vi", "fr", "fr", "en"]
    with found.writer() as writer:
        for place, (title, body, year) in enumerate(titles):
            document = {"id": str(place), "title": title, "body": body, "year": year}
            writer.add(document, language=codes[place])
    return found


def test_words_are_shown_with_the_marks_they_have(index: Index) -> None:
    assert index.suggest("ete")[0] == Suggestion("été", "été", 1)
    assert queries(index.suggest("quoc h"))[0] == "quốc hội"
    assert queries(index.suggest("l'et"))[0] == "l'été"
    assert queries(index.suggest("republique f"))[0] == "république française"
    assert queries(index.suggest("Quoc H"))[0] == "Quốc Hội"
    assert queries(index.suggest("QUOC HO"))[0] == "QUỐC HỘI"


def test_marks_typed_come_first(index: Index) -> None:
    assert index.suggest("đư")[0].text == "đường"
    assert [one.text for one in index.suggest("dụ")] == ["đường", "du"]  # which nothing honours


def test_what_stands_beside_the_word_before_comes_first(index: Index) -> None:
    # Hoa stands in more documents, but not behind quốc.
    assert index.suggest("h")[0].text == "hoa"
    assert index.suggest("quốc h")[0].text == "hội"
    assert "hoa" in [one.text for one in index.suggest("quốc h")]
    assert queries(index.suggest("the united s"))[0] == "the united states"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rendez-v", ["rendez-vous", "rendez-votes"]),
        ("the q", ["the quick", "the quốc"]),
        ("je suis v", ["je suis venu", "je suis votes"]),
        ("il y a d", ["il y a des", "il y a du"]),
        ("title:les votes d", ["title:les votes du", "title:les votes dân"]),
        # What stands behind the word before the function word comes first.
        ("ministre de q", ["ministre de québec", "ministre de quoi"]),
    ],
)
def test_function_words_stand_beside_others(typed: str, expected: list[str]) -> None:
    texts = [
        *["le rendez-vous de l’année"] * 5,
        *["les votes du parlement"] * 8,
        *["the quick brown fox"] * 3,
        *["quốc hội họp"] * 6,
        *["je suis venu vous voir"] * 3,
        *["il y a des votes"] * 3,
        *["nhân dân họp"] * 9,
        *["le ministre du Québec est là"],
        *["de quoi parler"] * 2,
    ]
    codes = {"quốc": "vi", "nhân": "vi", "the": "en"}
    for schema in (
        Schema({"title": Text()}, languages=["fr", "en", "vi"]),
        Schema({"title": Text(), "body": Text()}, languages=["fr", "en", "vi"]),
    ):
        index = Index(schema)
        with index.writer() as writer:
            for place, text in enumerate(texts):
                code = codes.get(text.split()[0], "fr")
                writer.add({"id": str(place), "title": text}, language=code)
        assert queries(index.suggest(typed))[:2] == expected


def test_words_that_very_many_hold_stand_beside_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["to that", "to that", "of this", "of", "of", "that this"]
    documents = [{"id": str(place), "text": text} for place, text in enumerate(texts)]
    assert queries(indexed(EN, documents).suggest("of th")) == ["of this", "of that"]
    monkeypatch.setattr("searchlib.engine.vocabulary._MOST_READ", 2)
    assert queries(indexed(EN, documents).suggest("of th")) == ["of that", "of this"]


def test_after_a_space_comes_the_next_word(index: Index) -> None:
    assert queries(index.suggest("quoc "))[0] == "quốc hội"
    assert index.suggest("hoa ") != ()
    assert index.suggest(" ") == index.suggest("") == ()


def test_all_else_that_was_typed_stays(index: Index) -> None:
    assert queries(index.suggest('+hoa -"la coop'))[0] == '+hoa -"la coopération'
    assert queries(index.suggest("year:2020 (Chủ tịch quốc h"))[0] == (
        "year:2020 (Chủ tịch quốc hội"
    )


def test_fields_narrow_what_counts(index: Index) -> None:
    assert [one.text for one in index.suggest("du", fields=["title"])] == []
    assert "đường" in [one.text for one in index.suggest("du", fields=["body"])]
    assert queries(index.suggest("title:et"))[0] == "title:été"
    assert index.suggest("title:cer") == ()
    assert queries(index.suggest("body:cer")) == ["body:cerises"]
    assert index.suggest("year:20") == ()
    both = {one.text: one.documents for one in index.suggest("hòa", fields=["title", "body"])}
    assert both["hoà"] == 1  # in the title of one


def test_a_word_of_several_fields_is_counted_once_a_document(index: Index) -> None:
    (ho, *_) = [one for one in index.suggest("ho") if one.text == "hội"]
    assert ho.documents == 2


def test_a_commit_is_seen_and_a_searcher_sees_no_later_one() -> None:
    index = Index(VI)
    index.add([{"id": "a", "text": "hội"}])
    searcher = index.searcher()
    assert index.suggest("ho") == (Suggestion("hội", "hội", 1),)
    index.add([{"id": "b", "text": "hồ"}, {"id": "c", "text": "hồ"}])
    assert [one.text for one in index.suggest("ho")] == ["hồ", "hội"]
    index.delete("b", "c")
    assert [one.text for one in index.suggest("ho")] == ["hội"]
    assert [one.text for one in searcher.suggest("ho")] == ["hội"]


def test_short_beginnings_in_a_large_index_give_what_is_common() -> None:
    random = Random(1)
    common = [f"t{letter}" for letter in "aeiou"]
    texts = [
        f"{common[min(int(random.expovariate(1.0)), 4)]} "
        + " ".join("t" + "".join(random.choices("bcdghklmnprs", k=5)) for _ in range(6))
        for _ in range(1_100)
    ]
    index = indexed(VI, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    counts = Counter(text.split()[0] for text in texts)
    found = index.suggest("t", limit=5)
    assert [(one.text, one.documents) for one in found] == counts.most_common()


def test_titles_that_begin_so_come_first(index: Index) -> None:
    found = index.suggest_titles("quoc h", "title")
    assert [one.text for one in found] == ["Quốc hội và hoà bình", "Chủ tịch Quốc hội thăm Lào"]
    assert [one.text for one in index.suggest_titles("ete", "title")] == ["L’été à Montréal"]
    assert index.suggest_titles("", "title") == index.suggest_titles("xyz", "title") == ()
    assert len(index.suggest_titles("quoc h", "title", limit=1)) == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("l'é", ["L’école d’été", "étudiants en colère", "C’est l’heure de l’école"]),
        ("L’E", ["L’école d’été", "étudiants en colère", "C’est l’heure de l’école"]),
        ("d'e", ["étudiants en colère", "L’école d’été", "C’est l’heure de l’école"]),
        ("c'est  l'h", ["C’est l’heure de l’école"]),
        ("ecole", ["L’école d’été", "C’est l’heure de l’école"]),
    ],
)
def test_titles_that_begin_so_with_what_is_cut_off_come_first(
    typed: str, expected: list[str]
) -> None:
    titles = ["étudiants en colère", "C’est l’heure de l’école", "L’école d’été"]
    documents = [{"id": str(place), "t": title} for place, title in enumerate(titles)]
    index = indexed(Schema({"t": Text()}, languages=["fr"]), documents)
    assert [one.text for one in index.suggest_titles(typed, "t")] == expected


@pytest.mark.parametrize(
    ("code", "titles", "typed", "words", "expected"),
    [
        ("ja", ["東京タワー", "東京の塔", "タワー"], "東京タ", ["東京タワー"], ["東京タワー"]),
        ("ja", ["私は東京タワーへ"], "私は東京タ", ["東京タワー"], ["私は東京タワーへ"]),
        ("ja", ["新国会議事堂", "国会議事堂"], "国会議", [], ["国会議事堂", "新国会議事堂"]),
        ("th", ["กรุงเทพมหานคร", "กรุงเก่า"], "กรุงเทพม", ["กรุงเทพมหานคร"], ["กรุงเทพมหานคร"]),
        ("ja", ["new 東京タワー", "東京タワー"], "new 東京タ", ["東京タワー"], ["new 東京タワー"]),
        ("ja", ["東京タワー"], "東京 タ", [], []),
        ("ja", ["東京タワー"], "東京タ ", [], []),
        ("ja", ["タ"], "東京タ", [], []),
    ],
)
def test_the_beginning_of_a_word_that_a_dictionary_cuts(
    code: str, titles: list[str], typed: str, words: list[str], expected: list[str]
) -> None:
    documents = [{"id": str(n), "title": title} for n, title in enumerate(titles)]
    for fields in (["title"], ["title", "body"]):
        index = indexed(Schema({name: Text() for name in fields}, languages=[code]), documents)
        found = index.suggest(typed)
        assert [one.text for one in found if one.query.startswith(typed)] == words
        assert [one.text for one in index.suggest_titles(typed, "title")] == expected


def test_a_title_is_counted_and_its_query_finds_it() -> None:
    schema = Schema({"title": Text()}, languages=["en"])
    odd = 'What is "x^2" (again)? NOT much'
    documents: list[dict[str, Any]] = [
        {"id": "a", "title": odd},
        {"id": "b", "title": [odd, "Another thing"]},
        {"id": "c", "title": "What else"},
    ]
    index = indexed(schema, documents)
    found = {one.text: one for one in index.suggest_titles("what", "title")}
    assert set(found) == {odd, "What else"}
    assert found[odd].documents == 2
    assert set(index.search(found[odd].query, strict=True).ids[:2]) == {"a", "b"}


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(LETTERS)).flatmap(
        lambda c: st.tuples(st.just(c), wild_texts(c), wild_texts(c), st.integers(0, 30))
    )
)
def test_whatever_is_typed_raises_nothing(drawn: tuple[str, str, str, int]) -> None:
    code, one, two, cut = drawn
    index = Index(Schema({"title": Text(), "body": Text()}))
    index.add([{"id": "a", "title": one, "body": two}], language=code).raise_for_rejected()
    for typed in (one, one[:cut], f"{one} {two}"[:cut], two + " "):
        for found in index.suggest(typed, limit=3):
            assert found.documents == 1
        index.suggest_titles(typed, "title")
        index.did_you_mean(typed)
        index.more_like(text=typed)
    index.more_like("a")


def test_bad_requests_are_errors(index: Index) -> None:
    with pytest.raises(QueryError, match="no text field 'year'"):
        index.suggest("a", fields=["year"])
    with pytest.raises(QueryError, match="no text field 'nope'"):
        index.suggest_titles("a", "nope")
    with pytest.raises(QueryError, match="list of names"):
        index.suggest("a", fields="title")
    with pytest.raises(QueryError, match="limit"):
        index.suggest("a", limit=-1)
    with pytest.raises(QueryError, match="is a str"):
        index.suggest(5)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="language"):
        index.suggest("a", language="not a code")
    assert index.suggest("h", limit=0) == ()


def test_an_index_without_text_or_documents_suggests_nothing() -> None:
    assert Index(VI).suggest("a b") == ()
    assert Index(Schema({"year": Integer()})).suggest("a b") == ()
