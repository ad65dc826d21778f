"""Highlights in each style: nothing of the text is lost, nothing in it acts, offsets are exact."""

from __future__ import annotations

import copy
import html
import pickle
import re
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Fragment, Highlight, Index, Match, Query, QueryError, Schema, Text, analyze
from tests.conftest import indexed
from tests.strategies import LETTERS, plain_texts, wild_texts

# Marks that no text of these tests holds.
OPEN, CLOSE = "\ue000", "\ue001"
MARKED: Final = re.compile(f"{OPEN}(.*?){CLOSE}", re.S)
CODES: Final = sorted(LETTERS)
#: What would act in a page or on a terminal, were it not made harmless.
NASTY: Final = [
    "<script>alert(1)</script>",
    "<mark>",
    "</mark>",
    "&lt;mark&gt;",
    "&amp;amp;",
    "&#x3c;b>",
    "\"'><img src=x onerror=1>",
    "<!--",
    "]]>",
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\x1b[39;49m",
    "\x08\x08",
    "\r",
    "\x00",
    "\x7f",
    "…",
    "«",
    "»",
]
laws = settings(max_examples=60, deadline=None)


def stocked(value: str | list[str], language: str) -> Index:
    return indexed(Schema({"t": Text()}, languages=[language]), [{"id": "1", "t": value}])


def found(index: Index, query: str | Query, **options: Any) -> tuple[Fragment, ...]:
    (hit,) = index.search(query, highlight=Highlight(**options))
    return hit.highlights.get("t", ())


@st.composite
def searches(draw: st.DrawFn) -> tuple[Index, str, Match]:
    """An index of one text in any script, among what is dangerous, and a word of it."""
    code = draw(st.sampled_from(CODES))
    own = st.one_of(plain_texts(code), wild_texts(code), st.sampled_from(NASTY))
    glue = draw(st.sampled_from([" ", "", "\n"]))
    index = stocked(glue.join([*draw(st.lists(own, min_size=1, max_size=8)), " zebra"]), code)
    text = index.search().hits[0]["t"]  # as it is stored
    tokens = analyze(text, code).tokens
    return index, text, Match(draw(st.sampled_from([token.text for token in tokens])))


# --- The laws ---------------------------------------------------------------------------


@laws
@given(searches())
def test_unmarking_and_unescaping_html_gives_back_the_text(
    search: tuple[Index, str, Match],
) -> None:
    index, text, query = search
    (shown,) = found(index, query, size=None)
    assert html.unescape(shown.replace("<mark>", "").replace("</mark>", "")) == text
    # What acts in a page are our marks alone, each closed before the next opens.
    assert set(re.findall("[<>]", re.sub("<mark>|</mark>", "", shown))) == set()
    assert re.fullmatch(r"([^<>]*<mark>[^<>]*</mark>)+[^<>]*", shown)
    assert not set("\"'") & set(shown)


@laws
@given(searches(), st.none() | st.integers(1, 60), st.integers(1, 4))
def test_ranges_are_what_the_marks_enclose(
    search: tuple[Index, str, Match], size: int | None, count: int
) -> None:
    index, text, query = search
    bare = found(index, query, size=size, fragments=count, style="ranges")
    marked = found(index, query, size=size, fragments=count, style="text", before=OPEN, after=CLOSE)
    assert 1 <= len(bare) <= (1 if size is None else count)
    for one, same in zip(bare, marked, strict=True):
        assert one == text[one.start : one.end]
        assert (one.value, one.start, one.end, one.matches) == (
            same.value,
            same.start,
            same.end,
            same.matches,
        )
        assert [text[start:end] for start, end in one.matches] == MARKED.findall(same)
        assert list(one.matches) == sorted(one.matches)
        ends = [one.start, *(place for match in one.matches for place in match), one.end]
        assert ends == sorted(ends)
        assert all(start < end for start, end in one.matches)
        plain = same.replace(OPEN, "").replace(CLOSE, "")
        before, after = "…" * (one.start > 0), "…" * (one.end < len(text))
        assert plain == f"{before}{one}{after}"


@laws
@given(searches())
def test_of_whole_texts_every_matching_word_is_marked(search: tuple[Index, str, Match]) -> None:
    """Found anew from the analysis: each word whose folded form is the query's."""
    index, text, query = search
    (bare,) = found(index, query, size=None, style="ranges")
    code = index.languages[0]
    wanted = {token.folded for token in analyze(query.text, code).tokens}
    expected = {
        (token.start, token.end) for token in analyze(text, code).tokens if token.folded in wanted
    }
    assert expected <= set(bare.matches)


@laws
@given(searches())
def test_a_terminal_is_sent_no_control_character_but_ours(
    search: tuple[Index, str, Match],
) -> None:
    index, text, query = search
    (shown,) = found(index, query, size=None, style="ansi")
    assert re.fullmatch(r"([^\x1b]*\x1b\[30;43m[^\x1b]*\x1b\[39;49m)+[^\x1b]*", shown)
    plain = shown.replace("\x1b[30;43m", "").replace("\x1b[39;49m", "")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", plain)
    assert len(plain) == len(text)
    for there, here in zip(text, plain, strict=True):
        assert there == here or ord(there) < 0x20 or 0x7F <= ord(there) < 0xA0


@pytest.mark.parametrize("nasty", NASTY, ids=ascii)
def test_what_a_text_holds_does_not_act(nasty: str) -> None:
    index = stocked(f"{nasty} été {nasty}", "fr")
    (page,) = found(index, "ete", size=None)
    assert page == f"{html.escape(nasty)} <mark>été</mark> {html.escape(nasty)}"
    (line,) = found(index, "ete", size=None, style="ansi")
    assert line.count("\x1b") == 2


# --- The styles -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "L’<mark>été</mark> &lt;b&gt;"),
        ({"style": "html", "before": "<em class='x'>", "after": "</em>"},
         "L’<em class='x'>été</em> &lt;b&gt;"),
        ({"style": "text"}, "L’«été» <b>"),
        ({"style": "text", "before": "", "after": ""}, "L’été <b>"),
        ({"style": "ansi"}, "L’\x1b[30;43mété\x1b[39;49m <b>"),
        ({"style": "ansi", "before": "\x1b[1m", "after": "\x1b[22m"},
         "L’\x1b[1mété\x1b[22m <b>"),
        ({"style": "ranges"}, "L’été <b>"),
    ],
    ids=str,
)  # fmt: skip
def test_styles(options: dict[str, Any], expected: str) -> None:
    assert found(stocked("L’été <b>", "fr"), "été", **options) == (expected,)


def test_a_bare_fragment_has_no_ellipsis() -> None:
    text = "bla " * 50 + "lion" + " bla" * 50
    (bare,) = found(stocked(text, "en"), "lion", size=30, style="ranges")
    (shown,) = found(stocked(text, "en"), "lion", size=30, style="text", before="", after="")
    assert shown == f"…{bare}…"
    assert (bare, bare.matches) == (text[bare.start : bare.end], ((200, 204),))


@pytest.mark.parametrize(
    "options",
    [
        {"style": "HTML"},
        {"style": None},
        {"style": ("«", "»")},
        {"before": "["},
        {"after": "]", "style": "text"},
        {"before": 5, "after": 5},
        {"style": "ranges", "before": "[", "after": "]"},
    ],
    ids=str,
)
def test_styles_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        Highlight(**options)


# --- Whole texts, several values --------------------------------------------------------

VALUES: Final = ["a lion", "no match", "", "lion zebra", "zebra"]


def test_a_fragment_tells_which_value_it_is_from() -> None:
    fragments = found(stocked(VALUES, "en"), "lion", fragments=5)
    assert [(one.value, str(one)) for one in fragments] == [
        (0, "a <mark>lion</mark>"),
        (3, "<mark>lion</mark> zebra"),
    ]
    for one in fragments:
        assert [VALUES[one.value][start:end] for start, end in one.matches] == ["lion"]


def test_a_whole_field_is_every_value_in_its_order() -> None:
    fragments = found(stocked(VALUES, "en"), "zebra", size=None, style="text")
    assert fragments == ("a lion", "no match", "", "lion «zebra»", "«zebra»")
    assert [one.value for one in fragments] == [0, 1, 2, 3, 4]
    assert [len(one.matches) for one in fragments] == [0, 0, 0, 1, 1]


def test_a_whole_field_without_a_match_has_no_fragments() -> None:
    schema = Schema({"t": Text(), "other": Text()}, languages=["en"])
    index = indexed(schema, [{"id": "1", "t": "lion", "other": "zebra"}])
    (hit,) = index.search("lion", highlight=Highlight(size=None))
    assert hit.highlights == {"t": ("<mark>lion</mark>",)}


def test_a_whole_text_is_as_long_as_it_is() -> None:
    text = "lion " + "bla " * 300_000 + "lion"  # the last stands where no match is sought
    (bare,) = found(stocked(text, "en"), "lion", size=None, style="ranges")
    assert bare == text
    assert bare.matches == ((0, 4),)


# --- Fragments are values ---------------------------------------------------------------


def test_a_fragment_is_a_str_that_cannot_change() -> None:
    (one,) = found(stocked("a lion", "en"), "lion")
    assert isinstance(one, str)
    with pytest.raises(AttributeError):
        one.start = 5
    with pytest.raises(AttributeError):
        one.other = 5
    for same in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), copy.copy(one)):
        assert type(same) is Fragment
        assert same == one
        assert (same.value, same.start, same.end, same.matches) == (0, 0, 6, ((2, 6),))
