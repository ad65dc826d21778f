"""What people type, and what it means."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from time import process_time
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib import (
    All,
    And,
    Boolean,
    Boost,
    Category,
    ConstantScore,
    Date,
    DateTime,
    Exists,
    Float,
    Fuzzy,
    Index,
    Integer,
    Keyword,
    Match,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    QuerySyntaxError,
    Range,
    Schema,
    Should,
    Stored,
    Term,
    Text,
)
from searchlib.query.parser import _simple, parse
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "été": Text(),
        "tag": Keyword(),
        "place": Category(),
        "n": Integer(),
        "price": Float(),
        "open": Boolean(),
        "day": Date(),
        "at": DateTime(),
        "raw": Stored(),
    },
    languages=["fr"],
)
a, b, c, d = (Match(letter) for letter in "abcd")
b_in_title: Final = Match("b", field="title")


def parsed(text: str) -> Query:
    return parse(text, SCHEMA)[0]


def read_again(query: Query) -> Query:
    """What a query prints as, read: where nothing is left to look for, no string says so."""
    return Query.from_dict(json.loads(str(query))) if query == Or() else parsed(str(query))


# --- The grammar, by hand ---------------------------------------------------------------

GRAMMAR: Final[list[tuple[str, Query]]] = [
    # Words
    ("a", a),
    ("a b  c", Match("a b c")),
    ("\ta\u00a0b\u3000c\n", Match("a b c")),
    ("đường về quê", Match("đường về quê")),
    ("rendez-vous", Match("rendez-vous")),
    ("a+b a-b 1.5 x@y.z C++", Match("a+b a-b 1.5 x@y.z C++")),
    ("l'été l’été", Match("l'été l’été")),
    ("and or not", Match("and or not")),
    ("ANDES ORAL NOTE", Match("ANDES ORAL NOTE")),
    (r"\-a \+b \"c \(d \: \\", Match('-a +b "c (d : \\')),
    (r"\AND \NOT a\ b", Match("AND NOT a b")),
    # Phrases
    ('"a b"', Phrase("a b")),
    ("“a b”", Phrase("a b")),
    ("„a b“", Phrase("a b")),
    ("„a b”", Phrase("a b")),
    ("« a b »", Phrase(" a b ")),
    (r'"a \"b\" \\"', Phrase('a "b" \\')),
    ('"a AND (b"', Phrase("a AND (b")),
    ('a "b c" d', Or(a, Phrase("b c"), d)),
    ('"a""b"', Or(Phrase("a"), Phrase("b"))),
    # Signs
    ("-a", Not(a)),
    ("+a", And(a)),
    ("NOT a", Not(a)),
    ("a -b", And(a, Not(b))),
    ("a NOT b", And(a, Not(b))),
    ("a +b", And(Should(a), b)),
    ("+a b", And(a, Should(b))),
    ("+a +b", And(a, b)),
    ("+a b -c", And(a, Should(b), Not(c))),
    ("a b +c d", And(Should(Match("a b")), c, Should(d))),
    ("-a -b", And(Not(a), Not(b))),
    ('a -"b c"', And(a, Not(Phrase("b c")))),
    ("a -(b c)", And(a, Not(Match("b c")))),
    ("a - b", Match("a - b")),
    ("a -", Match("a -")),
    # Operators and brackets
    ("a AND b", And(a, b)),
    ("a OR b", Or(a, b)),
    ("a AND b AND c", And(a, b, c)),
    ("a OR b OR c", Or(a, b, c)),
    ("a OR b AND c", Or(a, And(b, c))),
    ("a AND b OR c", Or(And(a, b), c)),
    ("(a OR b) AND c", And(Or(a, b), c)),
    ("a AND (b OR c)", And(a, Or(b, c))),
    ("a b AND c d", And(Match("a b"), Match("c d"))),
    ("a AND NOT b", And(a, Not(b))),
    ("a AND -b", And(a, Not(b))),
    ("NOT (a OR b)", Not(Or(a, b))),
    ("(a)", a),
    ("((a b))", Match("a b")),
    ("a (b c)", Match("a b c")),
    ("(a AND b) c", Or(And(a, b), c)),
    ("a(b)", Match("a b")),
    # Fields
    ("title:a", Match("a", field="title")),
    ("title:a b", Or(Match("a", field="title"), b)),
    ("été:a", Match("a", field="été")),
    ("title:(a b)", Match("a b", field="title")),
    ('title:"a b"', Phrase("a b", field="title")),
    ("title:(a OR b)", Or(Match("a", field="title"), Match("b", field="title"))),
    (
        'title:(a -"b c")',
        And(Match("a", field="title"), Not(Phrase("b c", field="title"))),
    ),
    ("title:(a été:b)", Or(Match("a", field="title"), Match("b", field="été"))),
    ("-title:a", Not(Match("a", field="title"))),
    ("NOT title:a", Not(Match("a", field="title"))),
    ("title:-a", Match("-a", field="title")),
    ("http://x.y/z", Match("http://x.y/z")),
    ("title :a", Match("title :a")),
    ("title: a", Match("title: a")),
    # Values
    ("tag:a", Term("tag", "a")),
    ('tag:"a b"', Term("tag", "a b")),
    ("tag:(a b)", Or(Term("tag", "a"), Term("tag", "b"))),
    ("tag:(a OR b)", Or(Term("tag", "a"), Term("tag", "b"))),
    ("place:News/Asia", Term("place", "News/Asia")),
    ("place:/News/Asia/", Term("place", "News/Asia")),
    ('place:"Tin tức/Châu Á"', Term("place", "Tin tức/Châu Á")),
    ("_language:vi", Term("_language", "vi")),
    ("n:5", Term("n", 5)),
    ("n:-5", Term("n", -5)),
    ("-n:5", Not(Term("n", 5))),
    ("price:1.5", Term("price", 1.5)),
    ("price:5", Term("price", 5.0)),
    ("open:true", Term("open", True)),
    ("open:FALSE", Term("open", False)),
    ("day:2020-02-29", Term("day", date(2020, 2, 29))),
    ("day:2020-02", Range("day", gte=date(2020, 2, 1), lte=date(2020, 2, 29))),
    ("day:2020-12", Range("day", gte=date(2020, 12, 1), lte=date(2020, 12, 31))),
    ("day:2020-1", Range("day", gte=date(2020, 1, 1), lte=date(2020, 1, 31))),
    ("day:2020", Range("day", gte=date(2020, 1, 1), lte=date(2020, 12, 31))),
    ("day:9999", Range("day", gte=date(9999, 1, 1), lte=date.max)),
    ("day:9999-12", Range("day", gte=date(9999, 12, 1), lte=date.max)),
    ("day:0001", Range("day", gte=date.min, lte=date(1, 12, 31))),
    ("day:2021", Range("day", gte=date(2021, 1, 1), lte=date(2021, 12, 31))),
    (
        'at:"2020-01-01T10:00:00+07:00"',
        Term("at", datetime(2020, 1, 1, 3, tzinfo=UTC)),
    ),
    ("a n:5", And(a, Term("n", 5))),
    ("n:5 a", And(a, Term("n", 5))),
    ("a b n:5 -c", And(Match("a b"), Term("n", 5), Not(c))),
    ("a n:5 tag:x", And(a, Term("n", 5), Term("tag", "x"))),
    ("a OR n:5", Or(a, Term("n", 5))),
    ("+a b n:5", And(a, Should(b), Term("n", 5))),
    # Ranges
    ("n:>5", Range("n", gt=5)),
    ("n:>=5", Range("n", gte=5)),
    ("n:<-5", Range("n", lt=-5)),
    ("n:<=5", Range("n", lte=5)),
    ("n:[1 TO 5]", Range("n", gte=1, lte=5)),
    ("n:{1 TO 5}", Range("n", gt=1, lt=5)),
    ("n:[1 TO 5}", Range("n", gte=1, lt=5)),
    ("n:[* TO 5]", Range("n", lte=5)),
    ("n:{1 TO *]", Range("n", gt=1)),
    ("price:[ -1.5  TO  2e3 ]", Range("price", gte=-1.5, lte=2000.0)),
    ("day:[2020-01-01 TO 2020-12-31]", Range("day", gte=date(2020, 1, 1), lte=date(2020, 12, 31))),
    ("-n:[1 TO 5]", Not(Range("n", gte=1, lte=5))),
    ("a n:>5", And(a, Range("n", gt=5))),
    ("[1 TO 5]", Match("[1 TO 5]")),
    # Boosts
    ("a^2", Boost(a, 2.0)),
    ("a^2 b", Or(Boost(a, 2.0), b)),
    ('"a b"^0.5', Boost(Phrase("a b"), 0.5)),
    ("(a b)^3", Boost(Match("a b"), 3.0)),
    ("title:a^2", Boost(Match("a", field="title"), 2.0)),
    ("title:(a b)^2", Boost(Match("a b", field="title"), 2.0)),
    ("+a^2 b", And(Boost(a, 2.0), Should(b))),
    ("^2", Match("^2")),
    ("a^", Match("a^")),
    ("a^b", Match("a^b")),
    ("a^-1", Match("a^-1")),
    (r"a\^2", Match("a^2")),
    ("2^10", Boost(Match("2"), 10.0)),
    # Constant scores
    ("a^=2", ConstantScore(a, 2.0)),
    ("a^=0", ConstantScore(a, 0.0)),
    ('title:"a b"^=0.5', ConstantScore(Phrase("a b", field="title"), 0.5)),
    ("(a OR b)^=3", ConstantScore(Or(a, b), 3.0)),
    ("tag:(a OR b)^=3", ConstantScore(Or(Term("tag", "a"), Term("tag", "b")), 3.0)),
    ("a^=", Match("a^=")),
    (r"a\^=2", Match("a^=2")),
    # Beginnings
    ("app*", Prefix("app")),
    ("a app* b", Or(a, Prefix("app"), b)),
    ("title:app*", Prefix("app", field="title")),
    ("+app* -b*", And(Prefix("app"), Not(Prefix("b")))),
    ("app*^2", Boost(Prefix("app"), 2.0)),
    ("hộ*", Prefix("hộ")),
    ('"a b"*', Prefix("a b")),
    ('title:"a b"*^2', Boost(Prefix("a b", field="title"), 2.0)),
    ('"a"*', Prefix("a")),
    ("“a b”*", Prefix("a b")),
    ("title:(app* OR b)", Or(Prefix("app", field="title"), b_in_title)),
    ("title:(+app*)", And(Prefix("app", field="title"))),
    ("tag:a*", Prefix("a", field="tag")),
    ('tag:"a b"*', Prefix("a b", field="tag")),
    ("tag:(a* OR b)", Or(Prefix("a", field="tag"), Term("tag", "b"))),
    ("place:News/*", Prefix("News/", field="place")),
    ("a tag:b*", And(a, Prefix("b", field="tag"))),
    (r"app\*", Match("app*")),
    (r"app\\*", Prefix("app\\")),
    # Values that are there
    ("n:*", Exists("n")),
    ("title:*", Exists("title")),
    ("raw:*", Exists("raw")),
    ("id:*", Exists("id")),
    ("n:[* TO *]", Exists("n")),
    ("n:{* TO *}", Exists("n")),
    ("tag:[* TO *]", Exists("tag")),
    ("-n:*", Not(Exists("n"))),
    ("a title:*", And(a, Exists("title"))),
    ("a (title:*) +b", And(Should(a), Should(Exists("title")), b)),
    (r"tag:\*", Term("tag", "*")),
    ('tag:"*"', Term("tag", "*")),
    # Fuzzy words
    ("app~", Fuzzy("app")),
    ("app~1", Fuzzy("app")),
    ("app~2", Fuzzy("app", 2)),
    ("title:app~2^3", Boost(Fuzzy("app", 2, "title"), 3.0)),
    ("title:(app~ b)", Or(Fuzzy("app", field="title"), b_in_title)),
    ("-app~", Not(Fuzzy("app"))),
    (r"app\~", Match("app~")),
    ("~ ~1 a~b", Match("~ ~1 a~b")),
    # Words near each other
    ('"a b"~3', Near("a b", 3)),
    ('"a b"~0', Near("a b", 0)),
    ('title:"a b"~3^2', Boost(Near("a b", 3, "title"), 2.0)),
    ('title:("a b"~3 OR b)', Or(Near("a b", 3, "title"), b_in_title)),
    ('-"a b"~3', Not(Near("a b", 3))),
    # Spans and empty values
    ("n:1..5", Range("n", gte=1, lte=5)),
    ("n:-5..-1", Range("n", gte=-5, lte=-1)),
    ("n:1..", Range("n", gte=1)),
    ("n:..5", Range("n", lte=5)),
    ("price:1.5..2.5", Range("price", gte=1.5, lte=2.5)),
    ("day:2020..2021-03", Range("day", gte=date(2020, 1, 1), lte=date(2021, 3, 31))),
    ("n:(1..5 OR 9)", Or(Range("n", gte=1, lte=5), Term("n", 9))),
    ("tag:a..b", Term("tag", "a..b")),
    ('tag:""', Term("tag", "")),
    ('tag:" "', Term("tag", " ")),
    # What must match, alone and beside what must not
    ("+(-a) b", And(Not(a), Should(b))),
    ("+(NOT a)", And(Not(a))),
    ("+(+a)", And(And(a))),
    # Everything
    ("*:*", All()),
    ("*:* -a", And(All(), Not(a))),
    ("*:* AND n:5", And(All(), Term("n", 5))),
    # Hebrew abbreviations.
    ('צה"ל', Match('צה"ל')),
    ('ב"צה"ל ארה"ב', Match('ב"צה"ל ארה"ב')),
    ('title:צה"ל תנ"ך^2', Or(Match('צה"ל', "title"), Boost(Match('תנ"ך'), 2.0))),
    ('="צה"ל תקף"', Phrase('צה"ל תקף', accents="strict")),
    ('+צה"ל -ארה"ב', And(Match('צה"ל'), Not(Match('ארה"ב')))),
    ('(צה"ל OR דו"חות)', Or(Match('צה"ל'), Match('דו"חות'))),
    ('מנכ"ל*', Prefix('מנכ"ל')),
    ('צַהַ"ל~', Fuzzy('צַהַ"ל')),
    ('"צה"ל ו"ארה"ב"', Phrase('צה"ל ו"ארה"ב')),
    ('"שלום" "עולם"', Or(Phrase("שלום"), Phrase("עולם"))),
    (r'"צה\"ל"', Phrase('צה"ל')),
]


@pytest.mark.parametrize(("text", "expected"), GRAMMAR)
def test_grammar(text: str, expected: Query) -> None:
    assert parse(text, SCHEMA, strict=True) == (expected, ())


@pytest.mark.parametrize(("text", "expected"), GRAMMAR)
def test_what_was_parsed_prints_as_what_parses_to_it(text: str, expected: Query) -> None:
    assert parsed(str(expected)) == expected, str(expected)


# --- What needs no parser ---------------------------------------------------------------

_SIMPLE: Final = st.sampled_from(
    [
        *(
            "a",
            "été",
            "L’été,",
            "27",
            "x-y",
            "1.5",
            "or",
            "ORO",
            "?",
            "!!",
            "...",
            "-",
            "_x",
            "日本",
        ),
        *("AND", "OR", "NOT", "a*", "a-*", "*", "-b", "+c", "^2", "title:a", "n:2022", "=a", "/"),
        *('"a b"', '" "', '"a"', '"a b"*', '"a"~2', "a~", "a^2", "http://a.b", "a:b", "«a b»"),
        "日本",
    ]
)
_GAPS: Final = st.sampled_from([" ", "  ", "\t", "\u00a0", "\u3000", "\n"])


@given(st.lists(st.tuples(_SIMPLE, _GAPS), min_size=1, max_size=5), st.booleans())
@example([("a", " "), ("OR", " "), ("b", " ")], True)
@example([("OR", " "), ("a*", " ")], False)
@settings(max_examples=500, deadline=None)
def test_the_short_way_leads_where_the_long_way_does(
    parts: list[tuple[str, str]], begins_with_space: bool
) -> None:
    """Brackets around a query mean nothing, but what stands in them is always parsed."""
    text = " " * begins_with_space + "".join(part + gap for part, gap in parts)
    assert parsed(text) == parsed(f"({text})")


@pytest.mark.parametrize(
    "text",
    ["a " * 20_000 + "(", '"' + " " * 20_000 + '"', '"' + "a " * 20_000, "a" * 40_000 + "*("],
)
def test_what_is_nearly_simple_is_told_in_no_time(text: str) -> None:
    started = process_time()
    assert _simple(text) is None
    assert process_time() - started < 0.5  # by the square of the length: minutes


# --- What is not right is guessed, noted, and refused in strict mode --------------------

MISTAKES: Final[list[tuple[str, Query, str, int]]] = [
    # text, what it is taken for, code of the notice, where it stands
    ("a (b", Match("a b"), "open-bracket", 2),
    ("a ((b)", Match("a b"), "open-bracket", 2),
    ("a) b", Or(a, b), "stray-bracket", 1),
    (")", Or(), "stray-bracket", 0),
    ('a "b c', Or(a, Phrase("b c")), "syntax", 2),
    ("“b c", Phrase("b c"), "syntax", 0),
    ("a AND", Match("a AND"), "dangling-operator", 2),
    ("OR a", Match("OR a"), "dangling-operator", 0),
    ("a AND OR b", Or(Match("a AND"), b), "dangling-operator", 2),
    ("a NOT", Match("a NOT"), "dangling-operator", 2),
    ("(a OR) b", Match("a OR b"), "dangling-operator", 3),
    ("a *", Match("a *"), "syntax", 2),
    ("b a*b", Match("b a*b"), "syntax", 2),
    ("a**", Prefix("a*"), "syntax", 0),
    ("b a~3", Or(b, Fuzzy("a")), "bad-number", 2),
    ("a~0", Fuzzy("a"), "bad-number", 0),
    ("a~1.5", Fuzzy("a"), "bad-number", 0),
    (f"a~{'9' * 400}", Fuzzy("a"), "bad-number", 0),
    ('b "a b"~', Or(b, Phrase("a b")), "bad-number", 2),
    ('"a b"~1.5', Phrase("a b"), "bad-number", 0),
    ('"a b"~1001', Phrase("a b"), "bad-number", 0),
    ('a ""*', a, "no-words", 2),
    ('tag:""*', Or(), "no-words", 0),
    ("a n:5*", a, "bad-value", 2),
    ("a day:2020*", a, "bad-value", 2),
    ("tag:x~", Term("tag", "x"), "bad-value", 0),
    ('tag:"x y"~2', Term("tag", "x y"), "bad-value", 0),
    ("tag:(x~ OR y)", Or(Term("tag", "x"), Term("tag", "y")), "bad-value", 0),
    ("n:1..many", Or(), "bad-value", 0),
    ("n:..", Or(), "bad-value", 0),
    ('place:""', Or(), "bad-value", 0),
    ("a^=99999999", a, "syntax", 0),
    ("b a^0", Match("b a"), "syntax", 2),
    ("b (a)^0.0", Match("b a"), "syntax", 4),
    ('"a"^9999999999', Phrase("a"), "syntax", 0),
    ('a ""', a, "no-words", 2),
    ('a -""', a, "no-words", 2),
    ("x colour:red", Match("x colour:red"), "syntax", 2),
    ("a n:many", a, "bad-value", 2),
    ("a n:1.5", a, "bad-value", 2),
    ("n:[1 TO many]", Or(), "bad-value", 0),
    ("open:perhaps", Or(), "bad-value", 0),
    ("day:2020-13", Or(), "bad-value", 0),
    ("day:2020-02-30", Or(), "bad-value", 0),
    ("place:a//b", Or(), "bad-value", 0),
    ("raw:1", Or(), "bad-value", 0),
    ("title:[a TO b]", Or(), "bad-value", 0),
    ("tag:[a TO b]", Or(), "bad-value", 0),
    ("tag:>a", Or(), "bad-value", 0),
    ("open:[true TO true]", Or(), "bad-value", 0),
    ("đường n:x", Match("đường"), "bad-value", 6),
    ("😀 (a", Match("😀 a"), "open-bracket", 2),
]


@pytest.mark.parametrize(("text", "expected", "code", "position"), MISTAKES)
def test_mistakes(text: str, expected: Query, code: str, position: int) -> None:
    query, (notice, *_) = parse(text, SCHEMA)
    assert (query, notice.code, notice.start) == (expected, code, position)
    assert notice.end is not None
    assert position < notice.end <= len(text)


@pytest.mark.parametrize(("text", "expected", "code", "position"), MISTAKES)
def test_strict_mode_points_at_the_mistake(
    text: str, expected: Query, code: str, position: int
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text, SCHEMA, strict=True)
    assert (caught.value.query, caught.value.position) == (text, position)
    *_, line, pointer = str(caught.value).splitlines()
    assert line[len(pointer) - 1 :] == text[position:]
    assert pointer.strip() == "^"


def test_the_pointer_of_an_error_stands_below_its_character_in_any_lines() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("a\nb\u2028c\td (e", SCHEMA, strict=True)
    message, line, pointer = str(caught.value).split("\n")
    assert line[pointer.index("^")] == "("
    assert "character 9" in message


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000", '""', "()", "“”", '"'])
def test_nothing_is_nothing_and_says_so(text: str) -> None:
    query, notices = parse(text, SCHEMA)
    assert query == Or()
    assert notices


# --- Any text ---------------------------------------------------------------------------

FRAGMENTS: Final = [
    *"()\"“”„«»+-^*:\\[]{}<>=~/.,'",
    *(" ", "  ", "\n", "\u00a0", "\u200b", "\x00", "\ud800", "😀", "e\u0301"),
    *("AND", "OR", "NOT", "TO", " AND ", " OR ", " NOT ", "and", " TO "),
    *("title:", "tag:", "n:", "price:", "open:", "day:", "at:", "place:", "raw:", "_language:"),
    *("colour:", "id:", "été:", "http://", "*:*", "title:(", "n:[", "tag:(", "-(", "+("),
    *("a", "b", "đường", "l’été", "5", "-5", "1.5", "true", "2020", "2020-02", "2020-02-29"),
    *("2020-01-01T10:00", "^2", "^0.5", "^0", "^1e5", "^1.23456789", ")^2", '"^3', "^99999999999"),
    *(
        "*",
        "a*",
        "~",
        "a~",
        "~2",
        "a~2",
        '"~3',
        '"*',
        "^=2",
        ")^=2",
        "n:*",
        "title:*",
        "1..5",
        "..",
    ),
    *("tag:a*", '"a b"~2', '"a b"*', '""*', "title:a~", "tag:a~"),
    *('צה"ל', 'א"', '"א', "א", 'a"ב'),
    *("[1 TO 5]", "{* TO 5]", ">=5", "<5", ">", "[* TO *]", '"a b"', "“a b”", '\\"', "\\", "\\\\"),
]
texts: Final = (
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
    | st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=8).map(" ".join)
    | st.text(max_size=20)
)


@settings(max_examples=2_000, deadline=None)
@given(texts)
@example('title:("')
@example("NOT NOT a")
@example('tag:(+0 "1")')
@example("(-a) b")
@example('"\\')
@example("a\\")
@example("+-a")
@example("\\ ")
def test_any_text_means_something_and_prints_as_it(text: str) -> None:
    query, notices = parse(text, SCHEMA)
    for notice in notices:
        assert notice.start is not None
        assert notice.end is not None
        assert 0 <= notice.start <= notice.end <= len(text)
    assert read_again(query) == query, str(query)


@settings(max_examples=500, deadline=None)
@given(texts)
def test_strict_mode_raises_exactly_where_there_are_notices(text: str) -> None:
    query, notices = parse(text, SCHEMA)
    try:
        strict = parse(text, SCHEMA, strict=True)
    except QuerySyntaxError as error:
        assert notices
        assert error.position == notices[0].start
    else:
        assert strict == (query, ())
        assert notices == ()


SEARCHED: Final[Index] = indexed(
    SCHEMA,
    [{"id": "1", "title": "a b đường", "tag": ["a", "b"], "n": 5, "day": "2020-02-29"}],
    [{"id": "2", "title": "l’été", "price": 1.5, "open": True, "place": "a/b"}],
)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_any_text_can_be_searched(text: str) -> None:
    found = SEARCHED.search(text, facets=["tag"], highlight=True)
    assert 0 <= found.total <= 2
    assert len(found) == found.total
    assert found.query != Or() or found.notices
    try:
        strict = SEARCHED.search(text, strict=True)
    except QueryError as error:
        assert isinstance(error, QuerySyntaxError)
    else:
        assert strict.ids == found.ids


# --- Depth and length -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 10_000 + "a" + ")" * 10_000,
        ")" * 10_000,
        "NOT (" * 10_000 + "a" + ")" * 10_000,
        "title:(" * 10_000 + "a",
        "-(" * 5_000 + "a",
        "NOT " * 10_000 + "a",
        "- " * 10_000,
        '"' * 10_001,
        "a AND " * 10_000,
        "a OR " * 10_000,
        "+a -b " * 5_000,
        "\\" * 10_001,
        "[" * 10_000,
        "n:[" * 5_000,
        "a^" * 10_000,
        "*:*" * 5_000,
        "a:" * 10_000,
        "a*" * 5_000,
        "a* " * 3_000,
        "a~" * 5_000,
        '""*' * 3_000,
        "+(" * 5_000 + "a",
    ],
    ids=lambda text: text[:8],
)
def test_deep_and_long_strings_parse(text: str) -> None:
    query, _ = parse(text, SCHEMA)
    assert read_again(query) == query


def test_brackets_within_reason_are_all_read() -> None:
    text = "a"
    expected: Query = a
    for _ in range(20):
        text = f"b OR (c AND ({text}))"
        expected = Or(b, And(c, expected))
    assert parse(text, SCHEMA) == (expected, ())
