"""Highlights: the original text to the code point, and marks on what was looked for."""

from __future__ import annotations

import html
import re
from typing import Any, Final

import icu
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib import Highlight, Index, Keyword, Match, Query, Schema, Text, analyze
from searchlib.languages import analyzer
from searchlib.marks import InOrder, Marker, Needles
from tests.conftest import indexed
from tests.strategies import wild_texts

# Marks that no text of these tests holds.
OPEN, CLOSE = "\ue000", "\ue001"
PLAIN: Final = Highlight(before=OPEN, after=CLOSE, style="text")
MARKED: Final = re.compile(f"{OPEN}(.*?){CLOSE}", re.S)


def stocked(text: str | list[str], language: str) -> Index:
    return indexed(Schema({"title": Text()}, languages=[language]), [{"id": "1", "title": text}])


def fragments(
    text: str | list[str], query: str | Query, language: str = "fr", **options: Any
) -> tuple[str, ...]:
    chosen = {"before": "[", "after": "]", "style": "text", **options}
    (hit,) = stocked(text, language).search(query, highlight=Highlight(**chosen))
    return hit.highlights.get("title", ())


def marked(text: str, query: str | Query, language: str = "fr") -> str:
    """The whole text with its marks."""
    (fragment,) = fragments(text, query, language, size=10_000)
    return fragment


def unmarked(fragment: str) -> str:
    return fragment.replace(OPEN, "").replace(CLOSE, "")


# --- The text is the original's ---------------------------------------------------------

_piece: Final = st.sampled_from(
    [
        "été",
        "été",
        "l’été",
        "đường",
        "Đường",
        "東京",
        "ประเทศไทย",
        "한국어",
        "😀",
        "👨\u200d👩\u200d👧",
        "<b>",
        "&amp;",
        '"',
        "a.b",
        "x@y.z",
        "so\xadft",
        "\u200b",
        "…",
        "ﬁn",
        "ǆ",
        "İ",
        "ß",
        "́",
        "�",
        "\x00",
        "\n",
        "\xa0",
        "word",
        "two words",
        ".",
    ]
)
_texts: Final = (
    st.lists(_piece, min_size=1, max_size=30).map(" ".join)
    | st.lists(_piece, min_size=1, max_size=20).map("".join)
    | wild_texts("fr")
    | wild_texts("vi")
)


@settings(max_examples=80, deadline=None)
@given(_texts, st.integers(1, 60), st.integers(1, 4), st.data())
def test_a_fragment_is_a_stretch_of_the_original(
    text: str, size: int, count: int, data: st.DataObject
) -> None:
    words = [token.text for token in analyze(text, "fr").tokens]
    query = data.draw(st.sampled_from(words)) if words else "word"
    options = Highlight(size=size, fragments=count, before=OPEN, after=CLOSE, style="text")
    index = indexed(
        Schema({"title": Text()}, languages=["fr"]), [{"id": "1", "title": text}, {"id": "2"}]
    )
    result = index.search(Match(query), highlight=options)
    for hit in result:
        stored = hit["title"]
        found = hit.highlights["title"]
        assert 1 <= len(found) <= count
        spans = []
        for fragment in found:
            assert MARKED.search(fragment)
            plain = unmarked(fragment)
            # An ellipsis of ours says that the text goes on there; one of the text's is its own.
            candidates = {
                plain[head : len(plain) - tail]
                for head in (0, 1)
                for tail in (0, 1)
                if plain[:head] in ("", "…") and plain[len(plain) - tail :] in ("", "…")
            }
            inner = max((one for one in candidates if one in stored), key=len, default="")
            assert inner, (fragment, stored)
            spans.append(inner)
        assert sum(map(len, spans)) <= len(stored)
    assert result.total == (1 if words else 0)


@settings(max_examples=60, deadline=None)
@given(_texts, st.data())
def test_marks_cover_whole_words_that_were_looked_for(text: str, data: st.DataObject) -> None:
    analysis = analyze(text, "vi")
    words = [token for token in analysis.tokens if not token.is_unspaced]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    whole = Highlight(size=100_000, before=OPEN, after=CLOSE, style="text")
    (hit,) = stocked(text, "vi").search(Match(word.text), highlight=whole)
    (fragment,) = hit.highlights["title"]
    wanted = {token.folded for token in analyze(word.text, "vi").tokens}
    same = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    expected = [token.text for token in analyze(same, "vi").tokens if token.folded in wanted]
    assert MARKED.findall(fragment) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<script>", "&", "été", '"', "'", "</mark>", "<mark>", "&lt;", "a<b", ">"]
        ),
        min_size=1,
        max_size=12,
    ).map(" ".join)
)
def test_html_of_the_text_cannot_escape(text: str) -> None:
    (hit,) = stocked(f"{text} été", "fr").search("été", highlight=Highlight(size=10_000))
    (fragment,) = hit.highlights["title"]
    assert set(re.findall(r"<[^>]*>?", fragment)) == {"<mark>", "</mark>"}
    inner = fragment.replace("<mark>", "").replace("</mark>", "")
    assert not re.search(r"[<>\"']", inner)
    assert html.unescape(inner) == f"{text} été"


def test_without_escaping_the_text_is_as_it_is() -> None:
    text = '<b>été</b> & "hiver"'
    assert marked(text, "été") == '<b>[été]</b> & "hiver"'


def test_marks_are_given_as_they_are() -> None:
    (hit,) = stocked("un été", "fr").search(
        "été", highlight=Highlight(before="<em class='x'>", after="</em>")
    )
    assert hit.highlights["title"] == ("un <em class='x'>été</em>",)


# --- What is marked ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "query", "expected"),
    [
        ("fr", "été", "un [été] chaud"),
        ("fr", "ete", "l’[été] chaud"),
        ("fr", "été", "L'[été] chaud"),
        ("fr", "été", "d’[été] en [Été]"),
        ("fr", "l’été", "d’[été] en hiver"),
        ("fr", "coopération", "les [coopérations] futures"),
        ("fr", "cooperations", "la [coopération] future"),
        ("fr", "etudiante", "[étudiant]·e·s là"),
        ("fr", "été", "un [e\u0301te\u0301] chaud"),
        ("fr", "soft", "so [so\u00adft] so"),
        ("vi", "duong", "về [Đường] quê"),
        ("vi", "đường", "về [Đường] quê"),
        ("vi", "hoà", "[hòa] bình"),
        ("vi", "quốc hội", "Chủ tịch [Quốc] [hội] về [quốc] gia"),
        ("en", "runs", "[Running] and [run]"),
        ("en", "ICESCO", "[ICESCO]’s report"),
        ("en", "the lion", "the [lion] sleeps"),
        ("en", "mèo", "😀😀 [mèo] 😀"),
        ("en", "Strasse", "die [Straße] dort"),
        ("en", "fin", "la [ﬁn] là"),
        ("de", "haus", "viele [Häuser] dort"),
        ("ru", "книга", "новые [книги] там"),
        ("zh", "東京", "我去[東京]都看書"),
        ("th", "ประเทศไทย", "[ประเทศไทย]สวย"),
    ],
)
def test_marks(language: str, query: str, expected: str) -> None:
    text = expected.replace("[", "").replace("]", "")
    result = marked(text, query, language).replace("][", "")
    assert result == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"fonte des neiges"', "la [fonte] [des] [neiges] et la fonte des glaces, neiges"),
        ('"neiges fonte"', None),
        ('"fonte des neiges" glace', "la [fonte] [des] [neiges] et la fonte des [glaces], neiges"),
        ('"fonte"', "la [fonte] des neiges et la [fonte] des glaces, neiges"),
        ("fonte -hiver", "la [fonte] des neiges et la [fonte] des glaces, neiges"),
        ("fonte NOT (hiver OR pluie)", "la [fonte] des neiges et la [fonte] des glaces, neiges"),
        ("fonte^3", "la [fonte] des neiges et la [fonte] des glaces, neiges"),
        ("+la hiver", "[la] fonte des neiges et [la] fonte des glaces, neiges"),
        ("title:fonte", "la [fonte] des neiges et la [fonte] des glaces, neiges"),
    ],
)
def test_phrases_mark_themselves_only(query: str, expected: str | None) -> None:
    text = "la fonte des neiges et la fonte des glaces, neiges"
    if expected is None:
        assert stocked(text, "fr").search(query).total == 0
    else:
        assert marked(text, query) == expected


@pytest.mark.parametrize(
    "query",
    ["neiges -glaces", "neiges NOT glaces", 'neiges -"des glaces"', "neiges AND NOT (glaces)"],
)
def test_excluded_words_are_not_marked(query: str) -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["fr"])
    index = indexed(schema, [{"id": "1", "title": "neiges et pluies", "body": "neiges"}])
    (hit,) = index.search(query, highlight=True)
    assert hit.highlights == {
        "title": ("<mark>neiges</mark> et pluies",),
        "body": ("<mark>neiges</mark>",),
    }


def test_an_excluded_word_of_one_field_is_not_marked_in_another() -> None:
    schema = Schema({"title": Text(), "body": Text()}, languages=["en"])
    index = indexed(schema, [{"id": "1", "title": "lion", "body": "lion and zebra"}])
    (hit,) = index.search("lion -title:zebra", highlight=True)
    assert hit.highlights["body"] == ("<mark>lion</mark> and zebra",)


def test_filters_are_not_marked() -> None:
    index = stocked("lion and zebra", "en")
    (hit,) = index.search("lion", where=[Match("zebra")], highlight=True)
    assert hit.highlights["title"] == ("<mark>lion</mark> and zebra",)


def test_only_the_field_that_was_asked_is_marked() -> None:
    schema = Schema({"title": Text(), "body": Text(), "tag": Keyword()}, languages=["en"])
    index = indexed(schema, [{"id": "1", "title": "lion", "body": "lion", "tag": "lion"}])
    assert set(index.search("title:lion", highlight=True).hits[0].highlights) == {"title"}
    assert set(index.search("lion", highlight=["body"]).hits[0].highlights) == {"body"}
    assert set(index.search("lion", highlight=True).hits[0].highlights) == {"title", "body"}
    assert index.search("lion").hits[0].highlights == {}
    assert index.search("lion", highlight=[]).hits[0].highlights == {}
    assert index.search(highlight=True).hits[0].highlights == {}
    assert index.search("tag:lion", highlight=True).hits[0].highlights == {}


# --- Fragments --------------------------------------------------------------------------

LONG: Final = " ".join(
    ["bla"] * 100
    + ["lion"]
    + ["bla"] * 100
    + ["zebra lion"]
    + ["bla"] * 100
    + ["zebra"]
    + ["bla"] * 100
)


def test_the_best_fragment_holds_the_most_words_of_the_query() -> None:
    (best,) = fragments(LONG, "lion zebra", size=60)
    assert "[zebra] [lion]" in best
    assert best.startswith("…")
    assert best.endswith("…")


def test_several_fragments_the_best_first_without_overlaps() -> None:
    found = fragments(LONG, "lion zebra", size=60, fragments=5)
    assert len(found) == 3
    assert "[zebra] [lion]" in found[0]
    assert sorted(found[1:], key=lambda one: "[zebra]" in one) == list(found[1:])
    assert sum(fragment.count("[") for fragment in found) == 4


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["lion", "zebra", "bla", "a", "x" * 9, "ici."]), min_size=1, max_size=80
    ),
    st.integers(10, 80),
    st.integers(1, 6),
)
def test_fragments_are_of_about_the_size_and_apart(words: list[str], size: int, count: int) -> None:
    # Numbered, so that an overlap of two fragments shows.
    text = " ".join(f"{n} {word}" for n, word in enumerate(words))
    found = (
        fragments(text, "lion zebra", size=size, fragments=count)
        if {"lion", "zebra"} & set(words)
        else ()
    )
    numbers = []
    for fragment in found:
        inner = fragment.replace("[", "").replace("]", "").strip("…")
        numbers += re.findall(r"\d+", inner)
        assert len(inner) <= size + 12
        places = [place.start() for place in re.finditer(re.escape(inner), text)]
        assert any(
            (start > 0) == fragment.startswith("…")
            and (start + len(inner) < len(text)) == fragment.endswith("…")
            for start in places
        )
    assert len(numbers) == len(set(numbers)), "two fragments overlap"


def test_a_fragment_begins_with_its_sentence_where_that_is_near() -> None:
    text = "bla " * 60 + "ends here. The old lion sleeps. " + "bla " * 60
    (fragment,) = fragments(text, "lion", "en", size=60)
    assert fragment.startswith("…The old [lion] sleeps.")


@pytest.mark.parametrize(
    ("expected", "language"),
    [
        ("Dr. Smith goes to [Washington]", "en"),
        ("Yahoo! buys [Flickr]", "en"),
        ("Mr. Nguyen. Who? A [story]. The end.", "en"),
        ("M. Dupont et Mme [Martin] à Paris", "fr"),
        ("art. L. [123]-4 du code du travail", "fr"),
        ("TP. Hồ Chí Minh: họp [Quốc] hội", "vi"),
    ],
)
def test_a_text_that_fits_is_whole(expected: str, language: str) -> None:
    text = expected.replace("[", "").replace("]", "")
    query = expected[expected.index("[") + 1 : expected.index("]")]
    assert fragments(text, query, language) == (expected,)
    (fragment,) = fragments(f" {text}\n", query, language, size=len(text) + 2)
    assert fragment.strip("…") == expected


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The old Dr. Smith and his [lion] sleep.", "en"),
        ("The works of J. R. R. Tolkien and a [lion] sleep.", "en"),
        ("Il y a un [lion] chez M. Dupont.", "fr"),
        ("Ông ở TP. Hồ Chí Minh có [lion] rồi.", "vi"),
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str, language: str) -> None:
    inner = sentence.replace("[", "").replace("]", "")
    text = "bla " * 60 + f"tại Hà Nội. {inner} " + "bla " * 60
    (fragment,) = fragments(text, "lion", language, size=len(inner) + 4)
    assert fragment.startswith(f"…{sentence}")


def test_a_fragment_holds_what_stands_before_its_sentence_where_both_fit() -> None:
    text = "bla " * 60 + "ends here. It is day. The old lion sleeps. " + "bla " * 60
    (fragment,) = fragments(text, "lion", "en", size=34)
    assert fragment == "…It is day. The old [lion] sleeps.…"
    (fragment,) = fragments(text, "lion", "en", size=31)
    assert fragment.startswith("…The old [lion] sleeps. bla")


def ends_of_characters(text: str) -> set[int]:
    """Where what readers see as characters ends, of the whole text, and its beginning."""
    iterator = icu.BreakIterator.createCharacterInstance(icu.Locale.getRoot())
    iterator.setText(text)
    units = text.encode("utf-16-le")
    return {0, *(len(units[: 2 * end].decode("utf-16-le")) for end in iterator)}


_characters: Final = st.lists(
    st.sampled_from(
        [
            *("กำ", "ที่", "น้ำ", "ประเทศไทย", "ក្រុម", "ខ្មែរ", "が", "か\u3099", "東京", "한"),
            *("\u1112\u1161\u11ab", "e\u0301", "đường", "o\u0302\u0301", "नि", "क्षि", "हिन्दी"),
            *("👨\u200d👩\u200d👧\u200d👦", "👍🏽", "🇫🇷", "🇻🇳", "❤️", "1️⃣", "x" * 9),
        ]
    ),
    min_size=50,
    max_size=120,
).map("".join)


@settings(max_examples=100, deadline=None)
@given(
    _characters,
    _characters,
    st.sampled_from(["", " "]),
    st.sampled_from(["needle", "東京", "ประเทศไทย", "ที่", "ខ្មែរ", "हिन्दी"]),
    st.integers(1, 240),
)
@example("か\u3099" * 90, "นิ" * 90, " ", "needle", 131)
def test_no_fragment_begins_or_ends_inside_a_character(
    before: str, after: str, space: str, word: str, size: int
) -> None:
    index = stocked(f"{before}{space}{word}{space}{after}", "und")
    options = Highlight(size=size, fragments=3, style="ranges")
    for hit in index.search(word, typos=False, highlight=options):
        text = hit["title"]
        for fragment in hit.highlights["title"]:
            assert {fragment.start, fragment.end} <= ends_of_characters(text), (fragment, text)


def test_a_match_longer_than_the_size_is_whole() -> None:
    word = "x" * 100
    (fragment,) = fragments(f"bla {word} bla", word, size=10)
    assert f"[{word}]" in fragment


def test_each_value_gives_fragments_up_to_the_number() -> None:
    values = ["a lion", "no match", "lion zebra", "zebra"]
    assert fragments(values, "lion", fragments=5) == ("a [lion]", "[lion] zebra")
    assert fragments(values, "zebra", fragments=1) in (("lion [zebra]",), ("[zebra]",))


def test_of_several_values_the_best_comes_first() -> None:
    values = ["a lion", "the lion and the zebra"]
    assert fragments(values, "lion zebra", fragments=1) == ("the [lion] and the [zebra]",)


def test_matches_far_into_a_long_text_are_found() -> None:
    (fragment,) = fragments("bla " * 50_000 + "lion", "lion")
    assert "[lion]" in fragment


def test_one_character_again_and_again_is_quick() -> None:
    (fragment,) = fragments("a " * 50_000, "a", "und", size=100)
    assert len(fragment) < 500


@pytest.mark.parametrize("options", [{"size": 0}, {"size": -1}, {"fragments": 0}])
def test_options_that_cannot_be(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1 to"):
        Highlight(**options)  # type: ignore[arg-type]


def test_a_highlight_is_a_value() -> None:
    assert Highlight(fields=["a", "b"]) == Highlight(fields=("a", "b"))
    assert hash(Highlight(fields=["a"])) == hash(Highlight(fields=("a",)))
    assert Highlight(before=OPEN, after=CLOSE, style="text") == PLAIN


@pytest.mark.parametrize("fields", [["title"], ["title", "body"]])
@pytest.mark.parametrize("languages", [["vi"], ["fr", "vi", "en"]])
@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("ho chi minh", "Hồ Chí Minh và mình", "[Hồ] [Chí] [Minh] và mình"),
        ("ho chi minh", "Chí phèo của họ", "[Chí] phèo của họ"),
        # What a pair of function words finds says by what.
        ("quoc hoi la gi", "Thành phố là gì", "Thành phố [là] [gì]"),
    ],
)
def test_a_function_word_is_marked_beside_a_word_that_it_counts_with(
    query: str, text: str, marked: str, languages: list[str], fields: list[str]
) -> None:
    """Without marks họ and hồ, mình and Minh are one word, which finds nothing by itself."""
    schema = Schema({name: Text() for name in fields}, languages=languages)
    index = indexed(schema, [{"id": "a", "title": text}])
    style = Highlight(size=None, style="text", before="[", after="]")
    [hit] = index.search(query, highlight=style)
    assert hit.highlights["title"] == (marked,)


def test_beside_other_languages_no_function_word_is_marked_that_nobody_looks_for() -> None:
    index = indexed(
        Schema({"title": Text()}, languages=["vi", "fr", "en"]),
        [
            {"id": "fr", "title": "La paix et la guerre dans les livres de Tolstoï"},
            {"id": "vi", "title": "Chủ tịch Quốc hội họp phiên toàn thể"},
        ],
    )
    style = Highlight(size=None, style="text", before="[", after="]")
    for query in ("la paix", "la guerre dans les livres"):
        marked = index.search(query, highlight=style).hits[0].highlights["title"][0]
        assert "[La]" not in marked, marked
        assert "[dans]" not in marked, marked
        assert "[guerre]" in marked or "[paix]" in marked, marked


@given(
    pieces=st.lists(st.sampled_from(["a", "b", "c", "a-b", "B,", "–", "(c", "!", "x", "b’a"])),
    phrases=st.sets(st.lists(st.sampled_from("abc"), min_size=2, max_size=3).map(tuple)),
    single=st.sets(st.sampled_from("abcx")),
)
def test_phrases_are_marked_as_by_a_walk_over_all_words(
    pieces: list[str], phrases: set[tuple[str, ...]], single: set[str]
) -> None:
    text = " ".join(pieces)
    needles = Needles(folded=single, phrases={InOrder(words) for words in phrases})
    found = Marker(needles, analyzer("de")).marks(text)
    words = [(token.start, token.end, token.folded) for token in analyze(text, "de").tokens]
    expected = {place for place, (*_, word) in enumerate(words) if word in single}
    for phrase in phrases:
        # One occurrence begins behind the one before it.
        place = 0
        while place + len(phrase) <= len(words):
            if tuple(word for *_, word in words[place : place + len(phrase)]) == phrase:
                expected.update(range(place, place + len(phrase)))
                place += len(phrase)
            else:
                place += 1
    assert [(mark.start, mark.end) for mark in found] == [
        words[one][:2] for one in sorted(expected)
    ]
