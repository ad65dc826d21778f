"""Mistyped words: what they are taken for, what never is, and what comes first."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from searchlib import Highlight, Index, Keyword, Match, Phrase, Schema, Text, analyze
from searchlib.engine import spelling
from searchlib.engine.snapshot import Snapshot
from searchlib.results import SearchResult
from tests.conftest import SMALL, indexed

laws = settings(max_examples=20, deadline=None)


def titled(languages: list[str], *titles: str) -> Index:
    """An index of these titles, which are their ids too."""
    schema = Schema({"title": Text()}, languages=languages)
    return indexed(schema, [{"id": title, "title": title} for title in titles])


def corrections(result: SearchResult) -> list[str]:
    return [notice.message for notice in result.notices if notice.code == "corrected"]


def outcome(result: SearchResult) -> tuple[Any, ...]:
    return result.total, [(hit.id, hit.score) for hit in result], result.notices, result.language


# --- Each kind of slip ------------------------------------------------------------------

# A word and a letter of its script that does not stand in it.
WORDS: Final = [
    ("en", "kitchen", "z"), ("fr", "électricité", "b"), ("vi", "nguyễn", "b"),
    ("tr", "çiçekçi", "o"), ("ru", "трактор", "ж"), ("el", "μπαλκόνι", "χ"), ("ar", "مستشفى", "خ"),
    ("vi", "thương", "e"), ("he", "תרנגול", "ק"), ("hi", "समाचार", "ट"), ("und", "abcdef", "z"),
]  # fmt: skip


def slips(word: str, foreign: str) -> dict[str, str]:
    """Name of a slip → what is typed: every kind, at the first, a middle and the last letter."""
    typed: dict[str, str] = {}
    for where, at in (("first", 0), ("middle", len(word) // 2), ("last", len(word) - 1)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        left = min(at, len(word) - 2)
        typed |= {
            f"left out, {where}": before + after,
            f"doubled, {where}": before + letter * 2 + after,
            f"replaced, {where}": before + foreign + after,
            f"added, {where}": before + letter + foreign + after,
            f"swapped, {where}": word[:left] + word[left + 1] + word[left] + word[left + 2 :],
        }
    return typed | {"added, before": foreign + word}


@pytest.mark.parametrize(("code", "word", "foreign"), WORDS)
def test_a_slip_of_any_kind_finds_the_word(code: str, word: str, foreign: str) -> None:
    index = titled([code], word, "bla bla", "42")
    for name, typed in slips(word, foreign).items():
        result = index.search(typed)
        assert result.ids == (word,), f"{name}: {typed}"
        # Where the stemmer takes the slip for another form of the word, nothing was corrected.
        (meant,), (given_word,) = analyze(word, code).tokens, analyze(typed, code).tokens
        if meant.stem is None or meant.stem != given_word.stem:
            (notice,) = result.notices
            assert notice.code == "corrected"
            assert repr(typed) in notice.message, name
            assert repr(meant.folded) in notice.message, name


@pytest.mark.parametrize("typed", ["COPERATION", "Cóperatiön", "l’coperation", "coperation’s"])
def test_case_marks_and_apostrophes_do_not_hide_a_slip(typed: str) -> None:
    index = titled(["vi", "fr", "en"], "la coopération", "our cooperation", "hợp tác")
    for code in (None, "fr", "en", "vi"):
        result = index.search(typed, language=code)
        assert set(result.ids) == {"la coopération", "our cooperation"}
        assert corrections(result)


# --- The law ----------------------------------------------------------------------------

ALPHABETS: Final = [
    "abcdefghijklmnopqrstuvwxyz", "абвгдежзклмнопрстуфхцчшщы", "αβγδεζηθικλμνξοπρτυφχψω",
    "دذرزسشصضطظعغفقلمن", "कखगघचछजटठडतथदधनपफ",
]  # fmt: skip


def is_one_slip(one: str, two: str) -> bool:
    """Whether one word becomes the other by one letter left out, added, replaced or swapped."""
    short, long = sorted((one, two), key=len)
    if len(long) > len(short):
        return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
    n = next((n for n in range(len(one)) if one[n] != two[n]), 0)
    swapped = one[:n] + one[n : n + 2][::-1] + one[n + 2 :]
    return one[n + 1 :] == two[n + 1 :] or swapped == two


@pytest.mark.parametrize("alphabet", ALPHABETS)
@laws
@given(data=st.data())
def test_any_slip_finds_all_words_near_it_and_no_other(alphabet: str, data: st.DataObject) -> None:
    near = st.text(alphabet[:3], min_size=4, max_size=6)  # to each other
    vocabulary = st.text(alphabet, min_size=4, max_size=12) | near
    words = data.draw(st.lists(vocabulary, min_size=1, max_size=12, unique=True))
    index = titled(["und"], *words)
    word, letter = data.draw(st.sampled_from(words)), data.draw(st.sampled_from(alphabet))
    typed = data.draw(st.sampled_from([*slips(word, letter).values()]))
    for known in words:
        assert index.search(known).ids == (known,)
    assume(typed not in words and len(typed) >= 4)
    meant = {known for known in words if is_one_slip(typed, known)}
    found = set(index.search(typed, limit=20).ids)
    assert word in meant
    assert found <= meant
    assert len(found) == min(len(meant), 5)
    (message,) = corrections(index.search(typed))
    assert all(repr(known) in message for known in found)


@laws
@given(
    word=st.text("abcéqu", min_size=4, max_size=9),
    letters=st.sampled_from(["abcdefghijklmnopqrstuvwxyz", "abqu", "z"]),
    some=st.text("abcquz", max_size=4),
)
def test_slips_are_listed_as_they_are_weighed(word: str, letters: str, some: str) -> None:
    costs = spelling._one_slip_away(word, letters)
    assert {word, *spelling._alike(word, letters)} == {word, *costs}
    # What a slip costs depends on no letter but those of the word that was meant.
    few = "".join(letter for letter in letters if letter in some)
    part = spelling._one_slip_away(word, few)
    assert part == {meant: cost for meant, cost in costs.items() if meant in part}
    assert part.keys() >= {meant for meant in costs if set(meant) <= {*few}}


# --- What is never expanded -------------------------------------------------------------

STOCK: Final = titled(
    ["en", "vi", "th", "zh"],
    "house", "horse", "mouse", "cat", "cut", "the oak", "2023 b", "20230 b", "covid18", "12.50",
    "garden plot", "ประเทศไทย", "中华人民共和国", "running water", "a@b.org",
)  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        *("house", "horse", "HOUSE mouse", "hóuse", "runs", "runner’s"),  # held, or a form of it
        *("cta", "ct", "kat", "oaq", "oka ca"),  # short
        *("2022", "20231", "2203", "covid19", "12.51", "h0rse", "horse1"),  # numbers
        *('"hoise"', '"gardne plot"', 'title:"hoise"', "-hoise", "house -hoise", "NOT hoise"),
        *("ประเทศไทบ", "中华人民共和囯", "人民共和围", "ไทยประเทษ"),
        *("id:hoise", "_language:ens", "😀😀😀😀", "....", ""),
    ],
)
def test_what_is_no_unknown_word_is_not_expanded(query: str) -> None:
    result = STOCK.search(query)
    assert not corrections(result)
    assert outcome(result) == outcome(STOCK.search(query, typos=False))


def test_filters_take_words_as_they_stand() -> None:
    assert STOCK.search("hoise gardne").total == 3  # they would be expanded
    for where in (Match("hoise"), Match("hoise", "title"), Phrase("hoise")):
        assert STOCK.search("house", where=where).total == 0
        assert not STOCK.search(where=where).notices
        assert STOCK.search(where=~where).total == len(STOCK)
    with STOCK.writer(memory=SMALL) as writer:
        writer.delete_where("hoise")
        writer.delete_where(Match("gardne"))
    assert STOCK.search("house garden").total == 2


def test_nothing_is_expanded_where_typos_are_off() -> None:
    index = titled(["vi", "en"], "house", "quốc hội")
    for query in ("hoise", "houze hoose", "quoocs"):
        assert index.search(query).total == 1
        result = index.search(query, typos=False)
        assert result.total == 0
        assert {notice.code for notice in result.notices} == {"unknown-word"}


def test_words_of_deleted_documents_are_unknown() -> None:
    index = titled(["und"], "house", "horse", "gardens", "gardener")
    index.delete("house", "gardens")
    result = index.search("garden")
    assert not result.ids
    assert not corrections(result)  # not to what no document holds
    result = index.search("house")
    assert result.ids == ("horse",)
    assert corrections(result)


# --- Order ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("hoise", "house", "horse"),  # i lies beside u, not beside r
        ("polpe", "pompe", "porpe"),  # l beside m: AZERTY
        ("wazer", "water", "waper"),  # z beside t: QWERTZ
        ("лекта", "лнкта", "лбкта"),  # е beside н: ЙЦУКЕН
        ("λοτος", "λογος", "λομος"),  # τ above γ
        ("leter", "letter", "lewter"),  # doubled or out of nowhere
        ("harrbor", "harbor", "harrbori"),
        ("hosue", "house", "hqsue"),  # swapped or out of nowhere
        ("montogne", "montagne", "montxgne"),  # a vowel for a vowel
        ("rable", "rabke", "table"),  # two neighbours: the first letter is seldom mistyped
    ],
)
def test_likelier_slips_come_first(typed: str, first: str, second: str) -> None:
    for titles in ((first, second), (second, first)):
        assert titled(["und"], *titles, "bla bla").search(typed).ids == (first, second)


@pytest.mark.parametrize("query", ["hoise bla", "hoise xyzt", "hoise blaa", "blxa hoise"])
def test_another_word_does_not_make_a_likely_word_less_likely(query: str) -> None:
    for titles in (("house", "horse"), ("horse", "house")):
        index = titled(["und"], *titles, "bla bla")
        assert [one for one in index.search(query).ids if one != "bla bla"] == ["house", "horse"]


@laws
@given(st.data())
def test_the_word_as_typed_comes_before_words_near_it(data: st.DataObject) -> None:
    """Texts of the same length, each with one of the query's words or a word near it."""
    words = ["house", "garden", "kitchen", "window"]
    wanted = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=4, unique=True))
    typed = [data.draw(st.sampled_from([w, slips(w, "q")["replaced, middle"]])) for w in wanted]
    assume(set(wanted) & set(typed))
    near = [slips(word, "x")["replaced, middle"] for word in wanted]
    titles = data.draw(st.permutations([*wanted, *near] * 2))
    schema = Schema({"title": Text()}, languages=["und"])
    index = indexed(schema, [{"id": str(n), "title": title} for n, title in enumerate(titles)])
    found = [hit["title"] for hit in index.search(" ".join(typed), limit=50)]
    held = set(wanted) & set(typed)
    assert set(found[: len(held) * 2]) == held
    assert not {word for word, one in zip(near, typed, strict=True) if one in held} & set(found)


def test_a_rare_word_of_a_large_index_comes_before_a_common_word_near_it() -> None:
    common = ({"id": str(n), "title": "word" if n % 100 else "cooperation"} for n in range(50_001))
    index = indexed(Schema({"title": Text()}, languages=["und"]), common)
    index.add([{"id": "rare", "title": "coperation and so on and so forth"}])
    assert index.search("coperation").ids[0] == "rare"


# --- Bounds -----------------------------------------------------------------------------

STEMS: Final = [f"{a}{b}or{c}" for a in "bcdf" for b in "aeiou" for c in "abcdefgh"]
WIDE: Final = titled(["und"], *(f"{stem}e" for stem in STEMS))
UNKNOWN: Final = [stem + letter for stem in STEMS for letter in "wxyz"][:400]


@pytest.mark.parametrize(
    ("other", "text"), [("zh", "新的地图"), ("ko", "새 지도"), ("ja", "古い地図")]
)
def test_where_there_are_thousands_of_letters_no_fuzzy_query_is_made(
    other: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tries them all, and takes longer than to look for each word near an unknown one."""
    documents = [
        {"id": "a", "title": "the old maps of the harbour"},
        {"id": "b", "title": text},
    ]
    asked: list[str] = []
    fuzzy = Snapshot.holds_near

    def noted(self: Snapshot, field: str, term: str) -> bool:
        asked.append(term)
        return fuzzy(self, field, term)

    monkeypatch.setattr(Snapshot, "holds_near", noted)
    for codes, number, tried in ((["en"], 1, ["harbuor", "zephyr"]), (["en", other], 2, [])):
        index = indexed(Schema({"title": Text()}, languages=codes), documents[:number])
        found = index.search("harbuor zephyr")
        assert (found.ids, [one.code for one in found.notices]) == (
            ("a",),
            ["corrected", "unknown-word"],
        )
        assert asked == tried
        asked.clear()


@pytest.mark.parametrize("joint", [" ", " OR ", " title:"])
def test_a_query_of_unknown_words_is_bounded(joint: str) -> None:
    started = perf_counter()
    result = WIDE.search(joint.join(UNKNOWN))
    assert perf_counter() - started < 3.0
    assert 1 <= len(corrections(result)) <= 8
    assert len(result.notices) == 400  # the rest are reported as unknown


def test_the_same_query_has_the_same_answer_every_time() -> None:
    titles = [f"{a}ou{b}e {n}" for n, a in enumerate("hmlrs") for b in "snrt"]
    answers = set()
    for _ in range(5):
        index = titled(["vi", "en", "fr"], *titles)
        answers |= {repr(outcome(index.search("hoise mousw xouse"))) for _ in range(2)}
    assert len(answers) == 1


# --- With the rest of a search ----------------------------------------------------------


LIBRARY: Final = indexed(
    Schema({"title": Text(weight=2.0), "body": Text(), "tag": Keyword()}),
    [
        {"id": "t", "title": "coopération", "body": "bla", "tag": "a"},
        {"id": "b", "title": "bla", "body": "cooperation", "tag": "b"},
        {"id": "n", "title": "bla", "body": "coperatian", "tag": "b"},
    ],
)


def test_the_fields_of_a_mistyped_word() -> None:
    assert LIBRARY.search("cooperatoin").ids == ("t", "b")
    assert LIBRARY.search("title:cooperatoin").ids == ("t",)
    assert LIBRARY.search("body:cooperatoin").ids == ("b",)
    # Held in another field, unknown in this one.
    assert LIBRARY.search("title:coperatian").total == 0
    assert LIBRARY.search("coperatian").ids == ("n",)
    assert "'title'" in corrections(LIBRARY.search("title:coperation"))[0]
    assert set(LIBRARY.search("body:coperation").ids) == {"b", "n"}


def test_operators_facets_and_highlights_see_the_corrected_word() -> None:
    assert LIBRARY.search("+cooperatoin +bla").total == 2
    assert LIBRARY.search("cooperatoin -coopération").total == 0
    marks = Highlight(before="[", after="]")
    result = LIBRARY.search("cooperatoin", facets=["tag"], where={"tag": "b"}, highlight=marks)
    assert result.facets["tag"].as_dict() == {"a": 1, "b": 1}
    assert result.hits[0].highlights["body"] == ("[cooperation]",)
    assert LIBRARY.search("cooperatoin", sort="-tag").ids == ("b", "t")


def test_an_inflected_form_of_a_held_word_is_not_mistyped() -> None:
    """Hats are more than one hat, though the keys of Telex make a Vietnamese word of them."""
    index = titled(["vi", "en"], "a red hat", "bài hát")
    assert index.search("hats", language="en").ids[0] == "a red hat"
    assert index.search("hats").ids == index.search("hats", typos=False).ids
