"""``searchlib search``, ``suggest`` and ``analyze``: they find what the library finds, and what
they print can be read on any terminal."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from rich.cells import cell_len

from searchlib import Index, Range, Term
from searchlib.cli.app import run as run_here
from tests.cli import call, environment, lines_of_json, make_index, on_terminal, run

ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_index(tmp_path_factory.mktemp("cli") / "idx")


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def ids(capsys: Capture, *arguments: str) -> list[str]:
    """The ids that a search prints as JSON, in order."""
    run_here(["search", "--json", *arguments])
    return [line["id"] for line in lines_of_json(capsys.readouterr().out) if "id" in line]


def test_a_search_is_that_of_the_library(path: str) -> None:
    index = Index.open(path)
    options = ["--where", "date>=2022", "--facet", "author", "--sort", "-pages", "--limit", "2"]
    done = run("search", path, "cooperation", "icesco", *options, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    *hits, last = lines_of_json(done.stdout)
    expected = index.search(
        "cooperation icesco",
        where=Range("date", gte=date(2022, 1, 1)),
        facets=["author"],
        sort="-pages",
        limit=2,
        highlight=True,
    )
    assert [hit["id"] for hit in hits] == list(expected.ids) == ["b", "c"]
    assert [hit["highlights"] for hit in hits] == [
        {name: list(found) for name, found in hit.highlights.items()} for hit in expected
    ]
    assert hits[0]["document"]["author"] == ["Salim", "Khairat"]
    assert last["summary"]["total"] == expected.total == 2
    counts = {line["value"]: line["count"] for line in last["summary"]["facets"]["author"]}
    assert counts == expected.facets["author"].as_dict()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("section=News", "abc"),
        ("section!=News", "d"),
        ("date>=2022", "abc"),
        ("date = 2022-09", "bc"),
        ("date<2022", "d"),
        ("pages=5..9", "cd"),
        ("pages>5", "bc"),
        ("author=Salim", "bcd"),
        ("author!=Salim", "a"),
        ("author:(Quang OR Khairat)", "ab"),
        ("draft=true", "c"),
        ("draft=False", "a"),
        ("title=quoc hoi", "a"),
        ("-date:2022", "d"),
        ("_language=fr", "b"),
        ("id=b", "b"),
        ("id != b", "acd"),
        ('id="b" OR id:c', ""),
        ('author=no "quotes" \\ here', ""),
    ],
)
def test_filters(path: str, capsys: Capture, condition: str, found: str) -> None:
    got = ids(capsys, path, "--where", condition, "--limit", "99")
    assert sorted(one for one in got if len(one) == 1) == list(found)


def test_all_filters_must_hold(path: str, capsys: Capture) -> None:
    assert ids(capsys, path, "--where", "author=Salim", "--where", "date>=2022") != []
    assert set(ids(capsys, path, "--where", "author=Salim", "--where", "author=Khairat")) == {"b"}


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--where", "id>=a", "'id' is a keyword field, which has no order: write id=a"),
        ("--where", "nosuch=1", "there is no field 'nosuch'; the index has title, body"),
        ("--where", "pages=many", "'many' is no value of 'pages', which holds an int"),
        ("--where", "pages>=1 2", "'1 2' is more than one value"),
        ("--where", "author>=S", "'author' is a keyword field, which has no order"),
        ("--where", "pages=", "a value is missing after ="),
        ("--where", "(a", "a ( is not closed"),
        ("--where", "raw=1", "'raw' is a stored field: it cannot be searched"),
        ("--facet", "nosuch", "there is no field 'nosuch'"),
        ("--facet", "title", "a text field cannot be counted"),
        ("--facet", "date:week", "by year, month or day"),
        ("--facet", "pages:few", "into how many ranges"),
        ("--facet", "author:x", "counted as they are"),
        ("--sort", "nosuch", "nosuch"),
        ("--limit", "-1", "limit is a whole number from 0"),
        ("--limit", "ten", "--limit"),
        ("--accents", "no", "prefer"),
        ("--after", "x", "--after goes with the --sort"),
        ("--language", "12", "a code such as 'vi'"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(
    path: str, capsys: Capture, option: str, value: str, told: str
) -> None:
    assert run_here(["search", path, "quoc", option, value]) == 2
    captured = capsys.readouterr()
    assert told in captured.err and captured.out == ""
    assert captured.err.startswith("searchlib: ") and captured.err.count("\n") == 1
    assert "ignored" not in captured.err


def test_facets_of_all_kinds(path: str, capsys: Capture) -> None:
    wanted = ["author", "section:News", "date:month", "pages:2", "price", "draft", "_language"]
    run_here(["search", path, *[part for one in wanted for part in ("--facet", one)], "--json"])
    facets = lines_of_json(capsys.readouterr().out)[-1]["summary"]["facets"]
    counts = {
        name: {line["value"]: line["count"] for line in lines} for name, lines in facets.items()
    }
    assert counts["author"] == {"Salim": 3, "Quang": 1, "Khairat": 1, "สมชาย": 1}
    assert counts["section:News"] == {"News/Europe": 2, "News/Asia": 1}
    assert counts["date:month"] == {"2021-03": 1, "2022-09": 2, "2022-11": 1}
    assert sum(counts["pages:2"].values()) == 4 and sum(counts["price"].values()) == 2
    assert counts["draft"] == {False: 1, True: 1}
    assert counts["_language"]["en"] == 2


def test_the_next_page_is_the_one_that_the_first_names(path: str, capsys: Capture) -> None:
    run_here(["search", path, "--sort", "id", "--limit", "4"])
    first = capsys.readouterr().out
    (cursor,) = re.findall(r"next page: --after (\S+)", first)
    assert ids(capsys, path, "--sort", "id", "--limit", "4", "--after", cursor) == ["ja", "th"]
    run_here(["search", path, "--sort", "id", "--limit", "4", "--after", cursor])
    assert "next page" not in capsys.readouterr().out


def test_a_search_that_finds_nothing_says_so(path: str) -> None:
    done = call("search", path, "xylophone")
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["! no document holds 'xylophone'", "Nothing found."]
    assert done.stderr == ""


def test_what_may_have_been_meant(path: str, capsys: Capture) -> None:
    assert run_here(["search", path, "quochoi"]) == 1
    assert "Did you mean: quốc hội\n" in capsys.readouterr().out


def test_a_query_may_be_excluding_words_alone(path: str, capsys: Capture) -> None:
    assert "a" in ids(capsys, path, "--", "-icesco")
    assert not {"b", "c"} & set(ids(capsys, path, "--", "-icesco"))
    assert run_here(["search", path, "-icesco"]) == 2
    assert "go after --" in capsys.readouterr().err


def test_what_a_pipe_gets(path: str) -> None:
    done = call("search", path, "quoc hoi", "--facet", "author", "--facet", "draft")
    blocks = done.stdout.split("\n\n")
    hit, author, draft, last = blocks
    assert hit.splitlines()[0] == " 1  Hợp tác «Quốc hội» Việt Nam – Campuchia"
    assert hit.splitlines()[1].startswith("    a · Quang · News/Asia · pages 3 · price 2.5 · 2022")
    assert "«Quốc hội»" in hit.splitlines()[2] and hit.endswith("…")
    assert author == "author\n  Quang  1  ████████████████████"
    assert draft == "draft\n  false  1  ████████████████████"
    assert re.fullmatch(r"1 document in \d+\.\d ms\n", last)
    assert max(map(cell_len, done.stdout.splitlines())) <= 80


def test_no_highlights_where_none_are_wanted(path: str, capsys: Capture) -> None:
    run_here(["search", path, "quoc hoi", "--no-highlight"])
    assert " 1  Hợp tác Quốc hội Việt Nam – Campuchia\n" in capsys.readouterr().out
    run_here(["search", path, "quoc hoi", "--no-highlight", "--json"])
    assert lines_of_json(capsys.readouterr().out)[0]["highlights"] == {}


def test_explanations_are_those_of_the_library(path: str, capsys: Capture) -> None:
    run_here(["search", path, "quoc xylophone", "--explain"])
    shown = capsys.readouterr().out
    explanation = Index.open(path).explain("quoc xylophone", "a")
    for reason in explanation.reasons:
        assert f"{reason.score:.2f}" in shown and reason.view in shown
    assert "without: xylophone" in shown
    run_here(["search", path, "quoc xylophone", "--explain", "--json"])
    plain = lines_of_json(capsys.readouterr().out)[0]["explanation"]
    assert plain["score"] == pytest.approx(explanation.score)
    assert plain["missing"] == ["xylophone"]


@pytest.mark.parametrize("columns", [30, 44, 80])
def test_no_line_is_wider_than_the_terminal(path: str, columns: int) -> None:
    query = "quoc hoi OR cooperation OR 国会 OR ประเทศไทย"
    facets = ("--facet", "author", "--facet", "section", "--facet", "_language")
    seen = on_terminal("search", path, query, *facets, "--explain", columns=columns)
    assert seen.code == 0
    lines = [ESCAPE.sub("", line) for line in seen.output.splitlines()]
    assert len(lines) > 20
    assert max(map(cell_len, lines)) <= columns
    assert any(cell_len(line) > columns - 8 for line in lines), "the room is used"


def test_long_titles_are_cut_after_two_lines(path: str) -> None:
    seen = on_terminal("search", path, "--where", "title:*", "--limit", "9", columns=60)
    text = ESCAPE.sub("", seen.output)
    for beginning in ("国会議長", "ประเทศไทย"):
        start = text.index(beginning)
        title = text[start : text.index(" · ", start)].splitlines()[:-1]
        assert len(title) == 2 and title[1].endswith("…")


def test_marks_are_colours_on_a_terminal_and_signs_without_colours(path: str) -> None:
    seen = on_terminal("search", path, "quoc hoi")
    assert "\x1b[30;43mQuốc hội\x1b[0m" in seen.output or "43mQuốc hội" in seen.output
    assert "«" not in seen.output
    plain = on_terminal("search", path, "quoc hoi", NO_COLOR="1")
    assert "«Quốc hội»" in plain.output and "43m" not in plain.output
    dumb = on_terminal("search", path, "quoc hoi", TERM="dumb")
    assert "«Quốc hội»" in dumb.output and "\x1b" not in dumb.output


def test_documents_do_not_command_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07 maps\r\x9b31m"
    documents: list[dict[str, Any]] = [
        {"id": "\x1b[1mid", "title": evil, "body": evil, "author": evil}
    ]
    index = make_index(tmp_path / "evil", documents)
    seen = on_terminal("search", index, "maps", "--facet", "author", "--explain")
    codes = set(re.findall(r"\x1b(.)", seen.output))
    assert codes <= {"["}
    assert not set(ESCAPE.findall(seen.output)) - set(re.findall(r"\x1b\[[0-9;]*m", seen.output))
    assert not {"\x07", "\x9b", "\r"} & set(seen.output)
    assert "␛[2J" in seen.output


def test_a_text_in_an_encoding_that_cannot_hold_it(path: str) -> None:
    ascii_only = environment(PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    done = run("search", path, "quoc hoi", env=ascii_only)
    assert done.returncode == 0 and "H?p t?c" in done.stdout
    as_json = run("search", path, "quoc hoi", "--json", env=ascii_only)
    assert json.loads(as_json.stdout.splitlines()[0])["document"]["title"].startswith("Hợp tác")


def test_suggestions(path: str, capsys: Capture) -> None:
    assert run_here(["suggest", path, "quoc h"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "1  quốc hội"
    assert run_here(["suggest", path, "--titles", "title", "coop", "--json"]) == 0
    found = [line["text"] for line in lines_of_json(capsys.readouterr().out)]
    assert set(found) == {
        "Coopération entre l’ICESCO et l’OSCE",
        "Cooperation between ICESCO and OSCE",
    }
    assert run_here(["suggest", path, "--field", "body", "icesc"]) == 1
    assert capsys.readouterr().out == ""
    assert run_here(["suggest", path, "--field", "nosuch", "icesc"]) == 2


def test_an_analysis(capsys: Capture) -> None:
    assert run_here(["analyze", "L’été", "des", "enfants", "--language", "fr"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "French"
    assert re.split(r"\s{2,}", lines[1]) == ["span", "text", "written", "folded", "stem"]
    assert re.split(r"\s{2,}", lines[2]) == ["2-5", "été", "été", "ete", "ete"]
    assert lines[3].endswith("function word")
    assert lines[-1] == "pairs: ete+enfant"


def test_an_analysis_of_the_input_whose_language_is_told_from_it() -> None:
    done = call("analyze", "--json", text="Chủ tịch Quốc hội thăm Campuchia")
    plain = json.loads(done.stdout)
    assert plain["language"] == "vi"
    assert [token["folded"] for token in plain["tokens"]][:4] == ["chu", "tich", "quoc", "hoi"]


def test_columns_of_wide_letters_stand_below_each_other(capsys: Capture) -> None:
    run_here(["analyze", "国会議長 ไทย", "--language", "ja"])
    _, head, *rows = capsys.readouterr().out.splitlines()
    column = head.index("written")
    for row in [row for row in rows if "-" in row]:
        before = 0
        for place, letter in enumerate(row):
            if before == column:
                assert letter != " " and row[place - 1] == " "
                break
            before += cell_len(letter)
        else:
            pytest.fail(f"nothing stands below 'written' in {row!r}")


def test_an_analysis_takes_a_language(capsys: Capture) -> None:
    assert run_here(["analyze", "x", "--language", "12"]) == 2
    assert "not a language code" in capsys.readouterr().err


def test_a_filter_of_a_facet_is_ticked(path: str, capsys: Capture) -> None:
    run_here(["search", path, "--where", "author=Quang", "--facet", "author"])
    shown = capsys.readouterr().out
    assert "✓ Quang" in shown and "  Salim" in shown
    assert Index.open(path).search(where=Term("author", "Quang")).total == 1


def test_a_facet_says_what_it_leaves_out(tmp_path: Path, capsys: Capture) -> None:
    many = [{"id": str(n), "author": f"Author {n:02}"} for n in range(25)]
    index = make_index(tmp_path / "many", many)
    run_here(["search", index, "--limit", "0", "--facet", "author", "--facet", "draft"])
    shown = capsys.readouterr().out
    assert "… 15 more values count 15" in shown
    assert "none of the documents found has a value" in shown
