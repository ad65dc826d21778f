"""Regular expressions: what they find, what they are refused for, and where they are text."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    And,
    Category,
    Highlight,
    Index,
    Integer,
    Keyword,
    Match,
    Not,
    Or,
    QueryError,
    QuerySyntaxError,
    Regex,
    Schema,
    Text,
    analyze,
)
from searchlib.analysis.fold import lower
from searchlib.query.parser import parse
from searchlib.query.patterns import LONGEST_PATTERN, engine_pattern, problem_of
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "note": Text(weight=0.3),
        "tag": Keyword(),
        "place": Category(),
        "n": Integer(),
    },
    languages=["fr"],
)
WORDS: Final = "été ete étude covid19 covid ab abab a1 x_y 東京 co-op".split()
PIECES: Final = r"a b e é t . d [a-e] [^a] (ab|et) \d \w 1 \W".split()


def library(*texts: str) -> Index:
    documents = [{"id": str(n), "title": text, "tag": text} for n, text in enumerate(texts)]
    return indexed(SCHEMA, documents[::2], documents[1::2])


_atom: Final = st.tuples(st.sampled_from(PIECES), st.sampled_from(["", "*", "+", "?"])).map("".join)
_pattern: Final = st.lists(_atom, min_size=1, max_size=4).map("".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join), min_size=1), _pattern)
def test_it_finds_what_python_finds_in_the_words(texts: list[str], pattern: str) -> None:
    index = library(*texts)
    view = "written" if "é" in pattern else "folded"
    expected, values = set(), set()
    for number, text in enumerate(texts):
        words = [getattr(token, view) for token in analyze(text, "fr").tokens]
        if any(re.fullmatch(pattern, word) for word in words):
            expected.add(str(number))
        if re.fullmatch(pattern, text):
            values.add(str(number))
    result = index.search(Regex(pattern), limit=100, highlight=True)
    assert set(result.ids) == expected
    assert set(index.search(where=[Regex(pattern, "title")], limit=100).ids) == expected
    assert set(index.search(Not(Regex(pattern)), limit=100).ids).isdisjoint(expected)
    assert set(index.search(str(Regex(pattern)), regex=True, limit=100).ids) == expected
    for hit in result:
        marked = re.findall("<mark>(.*?)</mark>", " ".join(hit.highlights["title"]))
        words = [getattr(token, view) for one in marked for token in analyze(one, "fr").tokens]
        assert words
        assert all(re.fullmatch(pattern, word) for word in words)
        account = index.explain(Regex(pattern), hit)
        assert sum(one.score for one in account.reasons) == pytest.approx(hit.score, rel=1e-3)
    if "W" not in pattern and "w" not in pattern:
        assert set(index.search(Regex(pattern, "tag"), limit=100).ids) == values


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("COVID.*", {"covid19", "covid"}),
        ("^covid$", {"covid"}),
        (r"covid\d{2}", {"covid19"}),
        (r"[\w]+\D", {"covid", "étude"}),
        ("étude", {"étude"}),
        ("e\u0301tude", {"étude"}),
        ("etude", {"étude"}),
        ("êtude", set()),
        ("(?i)COVID", {"covid"}),
        ("", set()),
    ],
)
def test_patterns(pattern: str, found: set[str]) -> None:
    index = library("covid19", "covid", "étude")
    assert {hit["title"] for hit in index.search(Regex(pattern))} == found


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("Hoà", "hòa hoà HÒA hoa hòa|z (z|hòa).*"),
        ("thủy", "thủy thuỷ.* thủ?y thủy* thủy{1,2}"),
        ("khỏe", "khỏe.* (sức|khỏe) k+hỏe"),
        ("Aujourd’hui", "aujourd'hui aujourd’hui aujourdhui aujourd’h.* (aujourd')hui aujourd'.+"),
        ("prud'hommes", "prud'hommes? prud’hommes prud.* prud[']?hommes"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς ΟΔΥΣΣΕΥΣ οδυσσευς? ΟΔΥΣ.*"),
        ("Οδυσσεύς", "οδυσσεύς ΟΔΥΣΣΕΎΣ ΟΔΥΣΣΕΎ[ς] ΟΔΥΣΣΕΎ.* οδυσσευς"),
        ("IŞIK", "IŞIK ışık isik (?i)isik I.IK"),
        ("п’ять", "п’ять п'ять.* пять"),
        ("ştiinţă", "ştiinţă știință ştiin.* ş+tiință"),
        ("كتاب", "کتاب"),
        ("CO₂", "co2 CO₂"),
        ("U.S.A", r"usa u\.s\.a U\.?S\.?A"),
        ("3.14", r"3\.14 \d\.\d+"),
        ("œuvre", "œuvre oeuvre Œ+uvre"),
    ],
)
def test_letters_are_read_as_those_of_texts_are(text: str, patterns: str) -> None:
    languages = ["fr", "vi", "el", "tr", "uk", "ro", "ar"]
    index = indexed(Schema({"title": Text()}, languages=languages), [{"id": "a", "title": "x"}])
    for code in languages:
        index.add([{"id": code, "title": f"x {text}, y"}], language=code)
    for pattern in patterns.split():
        found = index.search(Regex(pattern), highlight=Highlight(style="text"))
        assert "a" not in found.ids
        marked = {hit.highlights["title"] for hit in found}
        assert marked == {(f"x «{text}», y",)}, pattern


def test_strict_patterns_are_of_the_written_word() -> None:
    index = Index(Schema({"title": Text()}, languages=["fr", "vi"]))
    for id_, title in (("a", "hòa aujourd’hui"), ("b", "hoa aujourdhui")):
        index.add([{"id": id_, "title": title}], language="vi")
    for pattern in ("hòa", "hoà.*", "aujourd’hui", "aujourd.hui"):
        assert index.search(Regex(pattern), accents="strict").ids == ("a",)
    for pattern in ("hoa", "aujourdhui"):
        assert index.search(Regex(pattern), accents="strict").ids == ("b",)


def test_what_is_too_large_with_all_spellings_is_taken_as_typed() -> None:
    index = indexed(Schema({"title": Text()}, languages=["vi"]), [{"id": "a", "title": "hoà"}])
    assert index.search(Regex("(hòa.?){30}|hòa")).ids == ("a",)
    assert index.search(Regex("(hòa.?){39}|hoà")).ids == ("a",)
    assert index.search(Regex("(hòa.?){39}|hòa")).total == 0


def test_modes_of_accents() -> None:
    index = library("été", "ete")
    assert index.search(Regex("e.e"), accents="strict").ids == ("1",)
    assert index.search(Regex("é.é"), accents="strict").ids == ("0",)
    for pattern in ("e.e", "é.é"):
        assert len(index.search(Regex(pattern), accents="ignore")) == 2


def test_a_rarer_find_scores_more_and_all_of_it_alike() -> None:
    index = library("aa", "ab", "ac ac ac", "ba", "c")
    common, rare = index.search(Regex("a.")), index.search(Regex("b."))
    assert len({hit.score for hit in common}) == 1
    assert (rare.hits[0].score or 0) > (common.hits[0].score or 0) > 0


BAD: Final = [
    ("(a", "unclosed"),
    ("a)", "unopened"),
    ("[a", "unclosed"),
    ("*", "repetition"),
    ("a\\", "escape"),
    (r"\bab", "whole words"),
    ("a$b", "whole words"),
    ("a*?", "lazy"),
    (r"(a)\1", "backreferences"),
    ("(?=a)", "look-around"),
    (r"\p{L}", "not known"),
    ("a{999}", "too large"),
    ("((a{30}){30}){30}", "too large"),
    (".*a.{12}", "too large"),
    ("x" * (LONGEST_PATTERN + 1), "longer"),
    ("\ud800", "surrogate"),
]


@pytest.mark.parametrize(("pattern", "why"), BAD, ids=[one[0][:9] for one in BAD])
def test_a_bad_pattern_says_what_is_wrong(pattern: str, why: str) -> None:
    index = library("a")
    for node in (Regex(pattern), Regex(pattern, "tag"), And(Match("a"), Not(Regex(pattern)))):
        with pytest.raises(QueryError, match="regular expression") as caught:
            index.search(node)
        assert why in str(caught.value)
    if "/" in str(Regex(pattern))[:1]:
        text = f"a +{Regex(pattern)} b"
        query, (notice,) = parse(text, SCHEMA, regex=True)
        assert query == Or(Match("a"), Match("b")) or query == Match("a b")
        assert (notice.code, notice.start) == ("bad-regex", 2)
        with pytest.raises(QuerySyntaxError) as syntax:
            parse(text, SCHEMA, strict=True, regex=True)
        assert syntax.value.position == 2
        assert why in str(syntax.value)


@pytest.mark.parametrize(
    "text", ["/a/", "/a.b/", "1/2", "/etc/hosts", "a /b/ c", "/", "//", "/a", "a/b/"]
)
def test_without_the_switch_slashes_are_text(text: str) -> None:
    assert parse(text, SCHEMA) == (Match(text), ())


@pytest.mark.parametrize(
    "text", ["1/2", "/etc/hosts", "/", "//", "/a", "a/b/", "a/b/ c", "http://a/b/"]
)
def test_with_the_switch_paths_and_fractions_are_text(text: str) -> None:
    assert parse(text, SCHEMA, regex=True) == (Match(text), ())


def test_a_pattern_among_other_clauses() -> None:
    node, notices = parse(r"a -/b|c/ title:/\/d/^2 tag:/x y/", SCHEMA, regex=True)
    assert not notices
    assert parse(str(node), SCHEMA, regex=True)[0] == node
    assert "tag:/x y/" in str(node)
    query, (notice,) = parse("a n:/1/", SCHEMA, regex=True)
    assert (query, notice.code, notice.start) == (Match("a"), "bad-value", 2)


ONE_WORD: Final = library("a")


@settings(max_examples=100, deadline=None)
@given(st.text("ab\\[](){}|*+?.^$-,09wdpsWé/:<>=!", max_size=12) | st.text(max_size=8))
def test_any_pattern_is_taken_or_refused(pattern: str) -> None:
    problem = problem_of(pattern, is_text=True)
    if problem is None:
        assert engine_pattern(pattern, (lower,)) is not None
        ONE_WORD.search(Regex(pattern), highlight=True)
    else:
        with pytest.raises(QueryError):
            ONE_WORD.search(Regex(pattern))
