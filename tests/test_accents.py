"""Marks preferred, demanded or ignored, by the search, by the word, and in filters."""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Fuzzy,
    Index,
    Keyword,
    Match,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Schema,
    Text,
    analyze,
)
from searchlib.query.nodes import ACCENTS, Accents, Words
from searchlib.query.parser import parse
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {"title": Text(weight=2.0), "body": Text(), "note": Text(weight=0.3), "tag": Keyword()},
    languages=["vi"],
)
WORDS: Final = (
    *("hội", "hôi", "hoi", "hồi", "hòa", "hoà", "hoa", "hoá", "đường", "duong", "đương", "Đường"),
    *("été", "ete", "éte", "étés", "etes", "pêche", "péché", "peche", "ma", "má", "mạ", "hợp"),
)
_text: Final = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
_fields: Final = st.fixed_dictionaries({"title": _text, "body": _text, "note": _text})
_corpus: Final = st.lists(_fields, min_size=1, max_size=6)
_field: Final = st.sampled_from([None, "title", "body", "note"])
laws = settings(max_examples=8, deadline=None)


def corpus(texts: list[dict[str, str]]) -> Index:
    documents = [{"id": str(number), **fields} for number, fields in enumerate(texts)]
    return indexed(SCHEMA, documents[:3], documents[3:])


def written(text: str) -> list[str]:
    return [token.written for token in analyze(text, "vi").tokens]


def edits(one: str, two: str) -> int:
    """How many letters must be left out, added, mistaken or swapped with the next."""
    if not one or not two:
        return len(one) + len(two)
    found = min(
        edits(one[1:], two) + 1,
        edits(one, two[1:]) + 1,
        edits(one[1:], two[1:]) + (one[0] != two[0]),
    )
    if len(one) > 1 and len(two) > 1 and one[:2] == two[1] + two[0]:
        found = min(found, edits(one[2:], two[2:]) + 1)
    return found


def holds(node: Words, words: list[str]) -> bool:
    """Whether a text, as its words are written, has what a strict node looks for."""
    sought = written(node.text)
    places = range(len(words) - len(sought) + 1)
    match node:
        case Match():
            return not set(sought).isdisjoint(words)
        case Phrase():
            return any(words[place : place + len(sought)] == sought for place in places)
        case Prefix():
            *first, last = sought
            return any(
                words[place : place + len(first)] == first
                and words[place + len(first)].startswith(last)
                for place in places
            )
        case Near():
            one, two = sought
            return any(
                abs(there - 1 - here) <= node.slop
                for here, word in enumerate(words)
                for there, other in enumerate(words)
                if word == one and other == two
            )
        case Fuzzy():
            (one,) = sought
            bare = analyze(one, "vi").tokens[0].folded
            return any(
                word == one
                or (edits(one, word) <= 1 and analyze(word, "vi").tokens[0].folded != bare)
                for word in words
            )


@st.composite
def strict_nodes(draw: st.DrawFn) -> Words:
    word, other = draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))
    field = draw(_field)
    pair = f"{word} {other}"
    some: list[Words] = [
        Match(word, field, "strict"),
        Match(pair, field, "strict"),
        Phrase(pair, field, "strict"),
        Prefix(word[: draw(st.integers(1, len(word)))], field, "strict"),
        Prefix(pair, field, "strict"),
        Fuzzy(word, 1, field, "strict"),
    ]
    if written(word) != written(other):
        some.append(Near(pair, draw(st.integers(0, 3)), field, "strict"))
    return draw(st.sampled_from(some))


@settings(max_examples=25, deadline=None)
@given(_corpus, strict_nodes())
def test_a_strict_node_finds_what_is_written_so(texts: list[dict[str, str]], node: Words) -> None:
    index = corpus(texts)
    expected = {
        str(number)
        for number, fields in enumerate(texts)
        if any(
            holds(node, written(text))
            for name, text in fields.items()
            if node.field in (None, name)
        )
    }
    result = index.search(node, highlight=True)
    assert set(result.ids) == expected
    assert set(index.search(str(node)).ids) == expected
    assert set(index.search(Not(node)).ids) == {str(n) for n in range(len(texts))} - expected
    if not isinstance(node, Fuzzy):
        assert set(index.search(where=[node]).ids) == expected
    for hit in result:
        account = index.explain(node, hit)
        assert sum(one.score for one in account.reasons) == pytest.approx(hit.score, rel=1e-3)
        marked = written(" ".join(part for text in hit.highlights.values() for part in marks(text)))
        assert marked
        if isinstance(node, (Match, Phrase, Near)):
            assert set(marked) <= set(written(node.text))


def marks(fragments: tuple[str, ...]) -> list[str]:
    """The marked parts of highlights."""
    return [part.partition("</mark>")[0] for text in fragments for part in text.split("<mark>")[1:]]


def bare(text: str) -> str:
    """A text without marks, by the standard library alone."""
    letters = normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")


@laws
@given(_corpus, strict_nodes(), st.booleans())
def test_where_marks_are_ignored_typing_them_changes_nothing(
    texts: list[dict[str, str]], node: Words, is_told: bool
) -> None:
    """By the node or by the whole search: the same hits, order, scores, marks, reasons."""
    index = corpus(texts)
    values = {name: getattr(node, name) for name in node.__dataclass_fields__}
    values["accents"] = "ignore" if is_told else None
    one = type(node)(**values)
    two = type(node)(**{**values, "text": bare(node.text)})
    mode: Accents = "prefer" if is_told else "ignore"
    first, second = (index.search(each, accents=mode, highlight=True) for each in (one, two))
    assert first.hits == second.hits
    assert first.total == second.total
    assert first.notices == second.notices
    for hit in first:
        assert index.explain(one, hit, accents=mode) == index.explain(two, hit, accents=mode)
    # Without its mark a word may be a function word, which is skipped beside others: "mà" as "ma".
    if not any(token.is_stop for token in analyze(bare(node.text), "vi").tokens):
        assert set(first.ids) >= set(index.search(node).ids)


@pytest.mark.parametrize("code", ["vi", "fr", "de", "ru", "el", "tr", "ar", "hi", "pt", "sv"])
def test_ignored_marks_of_any_language_change_nothing(code: str) -> None:
    words = {
        "vi": "đường Hợp Quốc",
        "fr": "l’été cœur maïs là",
        "de": "Bücher größe",
        "ru": "новый ёлка",
        "el": "λόγος Ελλάδα",
        "tr": "İstanbul çağ",
        "ar": "كِتاب أحمد",
        "hi": "फ़िल्म",
        "pt": "coração ações",
        "sv": "språk öl",
    }[code]
    schema = Schema({"title": Text()}, languages=[code])
    index = indexed(schema, [{"id": "1", "title": words}, {"id": "2", "title": bare(words)}])
    for text in (words, *words.split()):
        found = [
            [(hit.id, hit.score) for hit in index.search(Match(one), accents="ignore")]
            for one in (text, bare(text), normalize("NFD", text))
        ]
        assert found[0] == found[1] == found[2]
        assert len(found[0]) == 2, text


@pytest.mark.parametrize(
    "text",
    ["Windows™", "accord³", "commissions①", "5㎏", "№ 5", "Café®", "3×4", "τῷ", "m²", "1ᵉʳ", "la´"],
)
def test_where_marks_are_ignored_signs_are_no_letters(text: str) -> None:
    index = titles(text, "zebra")
    for query in (text, f'"{text}"'):
        assert index.search(query, accents="ignore", typos=False).ids == (text,)
    assert index.search(f"=~{text}", typos=False).ids == (text,)


# Letters with marks, ligatures, and signs that compatibility forms make letters or spaces of. No
# apostrophes: without its mark, what stands before one may be an article (đ’a, d’a). Nor letters
# that become two: what is as short as a unit (m²) with them may be longer without.
_odd_pieces: Final = [*"abxéđøﬁůỹσᾷёйأ", *"™®℠³²₂①⑴½№㎏ªº¨¸×·", "e\u0301", "a\u00ad", "α\u0345"]
_odd_words: Final = st.lists(st.sampled_from(_odd_pieces), min_size=1, max_size=6).map("".join)


@settings(max_examples=30, deadline=None)
@given(st.lists(_odd_words, min_size=1, max_size=10, unique=True))
def test_where_marks_are_ignored_as_much_is_found_as_where_they_are_preferred(
    words: list[str],
) -> None:
    # Without a language, no word is a function word for lack of its marks.
    index = titles(*words, code="und")
    for node in (kind(word) for word in words for kind in (Match, Phrase, Prefix)):
        preferred, ignored = (
            set(index.search(node, accents=mode, typos=False, limit=20).ids)
            for mode in ("prefer", "ignore")
        )
        assert ignored >= preferred, node


def titles(*texts: str, code: str = "fr") -> Index:
    schema = Schema({"title": Text(), "tag": Keyword()}, languages=[code])
    return indexed(schema, [{"id": text, "title": text, "tag": "été"} for text in texts])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("été", {"été"}),
        ("ÉTÉ", {"été"}),
        ("e\u0301te\u0301", {"été"}),
        ("ete", {"ete"}),
        ("étés", {"étés"}),
        ("éte", set()),
        ("éte~", set()),
        ("étéz~", {"été", "étés"}),
        ("ét*", {"été", "étés"}),
        ("et*", {"ete"}),
        ('"bel été"', set()),
    ],
)
def test_strict(typed: str, found: set[str]) -> None:
    index = titles("été", "ete", "étés")
    assert set(index.search(typed, accents="strict").ids) == found
    if not typed.endswith("~"):
        where = [parse(typed, index.schema)[0]]
        assert set(index.search(where=where, accents="strict").ids) == found


def test_the_style_of_placing_tones_is_no_mark() -> None:
    index = titles("Hòa Bình", "Hoà Bình", "hoa binh", code="vi")
    for typed in ("hòa", "hoà", "HÒA", normalize("NFD", "hòa"), '"hòa bình"', '"hoà bình"'):
        assert set(index.search(typed, accents="strict").ids) == {"Hòa Bình", "Hoà Bình"}


def test_strict_takes_no_word_for_another() -> None:
    index = titles("quốc hội", "hoise", code="vi")
    for typed in ("quoosc", "quoc61", "quốcc", "hosie"):
        result = index.search(typed, accents="strict")
        assert result.total == 0
        assert [notice.code for notice in result.notices] == ["unknown-word"]
    (notice,) = index.search("quoc", accents="strict").notices
    assert "written so" in notice.message


def test_a_sign_says_it_of_a_word_a_phrase_or_a_group() -> None:
    index = titles("été", "ete", "un été", "un ete")
    assert set(index.search("=été").ids) == {"été", "un été"}
    assert index.search('="un été"').ids == ("un été",)
    assert set(index.search('title:="un été" OR =title:ete').ids) == {"un été", "ete", "un ete"}
    assert set(index.search("=(été OR x)").ids) == {"été", "un été"}
    assert index.search("+=un -=ete").ids == ("un été",)
    one, two = (index.search(f"=~{word}") for word in ("été", "ete"))
    assert [(hit.id, hit.score) for hit in one] == [(hit.id, hit.score) for hit in two]
    assert len(index.search("=?été", accents="strict")) == 4
    assert len(index.search("=(été OR =?un)")) == 3


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("=a", Match("a", accents="strict")),
        ("=~a", Match("a", accents="ignore")),
        ("=?a", Match("a", accents="prefer")),
        ("=a =b", Match("a b", accents="strict")),
        ("=(a b)", Match("a b", accents="strict")),
        ('="a b"~2', Near("a b", 2, accents="strict")),
        ("=“a b”*", Prefix("a b", accents="strict")),
        ("=~a~2", Fuzzy("a", 2, accents="ignore")),
        ("title:=a", Match("a", "title", "strict")),
        ("=title:a", Match("a", "title", "strict")),
        ("title:=(a b)", Match("a b", "title", "strict")),
        (r"\=a", Match("=a")),
        (r"=\=a", Match("=a", accents="strict")),
    ],
)
def test_signs(text: str, node: Query) -> None:
    assert parse(text, SCHEMA) == (node, ())
    assert parse(str(node), SCHEMA)[0] == node


@pytest.mark.parametrize(
    "text",
    [
        "a = b",
        "a=b",
        "x == y",
        "f => g",
        "=/",
        "=",
        "==",
        "a =",
        "1+1=2",
        "=>",
        "= a",
        "==a",
    ],
)
def test_what_people_type_with_an_equals_sign_is_text(text: str) -> None:
    assert parse(text, SCHEMA) == (Match(text), ())


def test_a_value_may_begin_with_the_sign() -> None:
    index = indexed(SCHEMA, [{"id": "1", "tag": "=a"}, {"id": "2", "tag": "a"}])
    assert index.search("tag:=a").ids == ("1",)
    assert index.search("tag:=a*").ids == ("1",)
    assert index.search("=tag:a").ids == ("2",)


@pytest.mark.parametrize("mode", ACCENTS)
def test_a_cursor_belongs_to_its_mode(mode: Accents) -> None:
    index = titles("été un", "été deux", "ete")
    cursor = index.search("été", sort="id", limit=1, accents=mode).cursor
    assert cursor is not None
    assert len(index.search("été", sort="id", limit=1, accents=mode, after=cursor)) == 1
    for other in set(ACCENTS) - {mode}:
        with pytest.raises(QueryError, match="same search"):
            index.search("été", sort="id", limit=1, accents=other, after=cursor)


def test_notices_stand_where_the_word_stands() -> None:
    index = titles("été", "étude")
    query = 'été zzzz "été" xyz* qqq~ =ete étudd'
    places = {
        query[notice.start : notice.end]
        for notice in index.search(query).notices
        if notice.start is not None
    }
    assert places == {"zzzz", "xyz", "qqq", "ete", "étudd"}
    assert all(notice.start is None for notice in index.search(Match("zzzz")).notices)


# --- Words that are function words but for a mark -----------------------------------------


TITLES: Final = {
    "exam": "Đề thi đại học",
    "go": "Học sinh đi chơi",
    "le": "Lê Minh Khái",
    "tran": "Trần Văn An",
    "self": "Mình về quê",
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("đi thi", {"exam", "go"}),  # thì is a function word, thi is an examination
        ("Trần Minh", {"le", "tran", "self"}),  # mình is, Minh is a name
        ("Trần mình", {"tran"}),  # as typed it is one
        ("Minh", {"le", "self"}),  # without any mark all forms are alike
    ],
)
@pytest.mark.parametrize("fields", [["title"], ["title", "body"]])
def test_where_marks_are_typed_a_word_without_is_no_function_word_that_has_some(
    query: str, found: set[str], fields: list[str]
) -> None:
    schema = Schema({name: Text() for name in fields}, languages=["vi"])
    index = indexed(schema, [{"id": name, "title": text} for name, text in TITLES.items()])
    assert set(index.search(query).ids) == found
    assert set(index.search(where=Match(query)).ids) == found


def test_one_of_two_words_that_differ_by_a_mark_is_a_function_word() -> None:
    schema = Schema({"title": Text()}, languages=["fr"])
    titles = {"corn": "du maïs doux", "but": "mais oui", "both": "mais le maïs"}
    index = indexed(schema, [{"id": name, "title": text} for name, text in titles.items()])
    assert set(index.search("maïs mais").ids) == {"corn", "but", "both"}
    assert index.search("mais le maïs").ids[0] == "both"


def test_of_half_typed_marks_a_function_word_is_still_one() -> None:
    """Where hardly any text has the word without its mark, it was left out."""
    schema = Schema({"title": Text()}, languages=["vi"])
    texts = [f"thì {number} mười" for number in range(20)] + ["quốc hội"]
    index = indexed(schema, [{"id": str(number), "title": one} for number, one in enumerate(texts)])
    assert index.search("quốc hội thi").ids == ("20",)
    assert index.search("quốc hội thì").ids == ("20",)


@given(
    texts=st.lists(
        st.lists(st.sampled_from(["của", "cua", "mình", "minh", "quốc", "treaty"]), max_size=3).map(
            " ".join
        ),
        min_size=1,
        max_size=4,
    ),
    words=st.lists(
        st.sampled_from(["cua", "của", "-quốc", "minh", "mình", "treaty", "AND mình"]), max_size=3
    ).map(lambda words: " ".join(["cua", *words])),
)
@settings(max_examples=60, deadline=None)
def test_what_a_query_with_some_marks_finds_is_what_it_filters_and_deletes(
    texts: list[str], words: str
) -> None:
    schema = Schema({"title": Text()}, languages=["vi"])
    index = indexed(schema, [{"id": str(number), "title": one} for number, one in enumerate(texts)])
    node = parse(words, schema)[0]
    try:
        found = set(index.search(node, where=[node]).ids)
    except QueryError:  # of which a part holds no words
        return
    assert set(index.search(words, typos=False).ids) == found
    assert set(index.search(where=node).ids) == found
    for query in (words, node):
        with index.writer() as writer:
            writer.delete_where(query)
            writer.commit()
            left = {document["id"] for document in index.documents()}
            assert left == {str(number) for number in range(len(texts))} - found
            writer.add_many({"id": str(n), "title": one} for n, one in enumerate(texts))


def test_a_word_that_no_commit_has_is_deleted_as_one_that_one_has() -> None:
    for is_committed in (True, False):
        index = Index(Schema({"title": Text()}, languages=["vi"]))
        with index.writer() as writer:
            writer.add({"id": "name", "title": "minh"})
            writer.add({"id": "other", "title": "hội"})
            if is_committed:
                writer.commit()
            writer.delete_where("Trần minh")
        assert [document["id"] for document in index.documents()] == ["other"]


def test_what_is_deleted_is_read_in_the_languages_of_what_no_commit_has_yet() -> None:
    for is_committed in (True, False):
        index = Index(Schema({"title": Text()}))
        with index.writer() as writer:
            writer.add({"id": "fish", "title": "la pêche"}, language="fr")
            writer.add({"id": "has", "title": "il y a du vent"}, language="fr")
            if is_committed:
                writer.commit()
            writer.delete_where("a pêche")
        assert [document["id"] for document in index.documents()] == ["has"]
