"""``searchlib index`` and ``export``: documents in from files and pipes, and out again."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import Category, Date, Index, Integer, Keyword, Schema, Text
from searchlib.cli.app import run as run_here
from tests.cli import DOCUMENTS, call, make_index, on_terminal

Capture = pytest.CaptureFixture[str]

ROWS: Final[list[dict[str, Any]]] = [
    {"id": "1", "title": "Chủ tịch Quốc hội thăm Campuchia", "by": "Quang", "on": "2022-11-19"},
    {"id": "2", "title": "L’été à Montréal est fini déjà", "by": "Salim", "on": "2022-09-15"},
    {"id": "3", "title": "Quốc hội và hoà bình ở châu Á", "by": "Quang", "on": "2021-03-19"},
]
OPEN: Final = [{"id": str(n), "by": f"Author {n}"} for n in range(50)]  # a text or a keyword?


def jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_text(jsonl(ROWS), "utf-8")
    return str(path)


def test_a_new_index_gets_the_schema_that_is_printed(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "idx"
    done = call("index", folder, source, "--languages", "vi, fr")
    assert (done.returncode, done.stderr) == (0, "")
    code, _, last = done.stdout.rstrip().rpartition("\n")
    assert last.startswith(f"3 documents added to {folder} in ")
    names: dict[str, Any] = {}
    exec(code, names)  # what is printed is Python
    index = Index.open(folder)
    assert index.schema == names["schema"]
    assert index.schema.languages == ("vi", "fr")
    assert index.schema.fields == {"title": Text(), "by": Keyword(), "on": Date()}
    assert index.search("quoc hoi").total == 2


def test_options_say_what_fields_are(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "idx"
    options = ["--text", "title", "--text", "by", "--category", "on", "--id", "id"]
    assert run_here(["index", str(folder), source, *options, "--json"]) == 0
    fields = Index.open(folder).schema.fields
    assert fields == {"title": Text(), "by": Text(), "on": Category()}


def test_what_is_not_clear_is_asked_and_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "idx"
    done = call("index", folder, text=jsonl(OPEN))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--text by" in done.stderr and "--keyword by" in done.stderr
    assert "fields=" not in done.stderr
    assert not folder.exists()
    assert call("index", folder, "-", "--keyword", "by", text=jsonl(OPEN)).returncode == 0
    assert Index.open(folder).schema.fields == {"by": Keyword()}


def test_an_id_that_is_not_clear_is_asked_for(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(jsonl([{"no": f"x{n}", "size": n} for n in range(9)]), "utf-8")
    assert run_here(["index", str(tmp_path / "idx"), str(path)]) == 2
    told = capsys.readouterr().err
    assert "--id no" in told and "id=" not in told
    assert run_here(["index", str(tmp_path / "idx"), str(path), "--id", "no"]) == 0


def test_a_dry_run_prints_a_schema_that_can_be_changed_and_used(
    source: str, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "idx"
    assert run_here(["index", str(folder), source, "--dry-run"]) == 0
    assert not folder.exists()
    code = capsys.readouterr().out
    assert "# 'id' is the id" in code and "Index" not in code
    file = tmp_path / "schema.py"
    file.write_text(code.replace("Text()", "Text(weight=3.0)"), "utf-8")
    assert run_here(["index", str(folder), source, "--schema", str(file)]) == 0
    assert Index.open(folder).schema.fields["title"] == Text(weight=3.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1", "the file makes no Schema"),
        ("from searchlib import Schema\na = Schema({})\nb = Schema({}, id='b')", "2 schemas"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("(", "SyntaxError"),
    ],
)
def test_a_schema_file_that_is_none(
    source: str, tmp_path: Path, capsys: Capture, text: str, told: str
) -> None:
    file = tmp_path / "schema.py"
    file.write_text(text, "utf-8")
    assert run_here(["index", str(tmp_path / "idx"), source, "--schema", str(file)]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "idx").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--text", "nosuch"], "has a field 'nosuch'"),
        (["--text", "by", "--keyword", "by"], "'by' is named twice"),
        (["--schema", "nosuch.py"], "No such file"),
        (["--schema", "x.py", "--text", "by"], "contradict"),
        (["--languages", "vi,12"], "language code"),
    ],
)
def test_options_that_cannot_be(
    source: str, tmp_path: Path, capsys: Capture, options: list[str], told: str
) -> None:
    assert run_here(["index", str(tmp_path / "idx"), source, *options]) == 2
    captured = capsys.readouterr()
    assert told in captured.err and captured.err.count("\n") == 1
    assert not (tmp_path / "idx").exists()


def test_more_documents_come_into_the_index_that_is_there(source: str, tmp_path: Path) -> None:
    folder = make_index(tmp_path / "idx")
    more = tmp_path / "more.jsonl.gz"
    more.write_bytes(gzip.compress(jsonl([{"id": "z", "title": "Maps", "pages": 4}]).encode()))
    done = call("index", folder, more)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 document added to ")
    assert len(Index.open(folder)) == len(DOCUMENTS) + 1
    assert call("index", folder, source, "--text", "title").returncode == 2


def test_several_sources_and_their_formats(source: str, tmp_path: Path) -> None:
    table = tmp_path / "table.data"
    table.write_text("id,title,by,on\n7,Old maps,Ann,2020-02-02\n", "utf-8")
    folder = tmp_path / "idx"
    schema = Schema({"title": Text(), "by": Keyword(), "on": Date()})
    Index(schema, folder)
    assert call("index", folder, table, "--format", "csv").returncode == 0
    assert call("index", folder, source, source).returncode == 0
    assert sorted(document["id"] for document in Index.open(folder).documents()) == list("1237")
    assert call("index", folder, table).returncode == 3
    assert "--format" in call("index", folder, table).stderr


def test_rows_that_do_not_fit_are_left_out_and_kept(tmp_path: Path) -> None:
    folder = make_index(tmp_path / "idx")
    bad = tmp_path / "bad.jsonl"
    rows = jsonl([{"id": "n", "pages": "many"}, {"id": "m", "pages": 4}]) + '{"id": \n' + "[]\n" * 4
    done = call("index", folder, "--bad-rows", bad, text=rows)
    assert done.returncode == 3
    assert done.stdout.startswith("1 document added")
    told = done.stderr.splitlines()
    assert told[0] == "searchlib: 6 rows left out:"
    assert "field 'pages': expected an int" in told[1] and "line 1" in told[1]
    assert told[-1] == f"  … and 3 more; all of them are in {bad}"
    kept = [json.loads(line) for line in bad.read_text("utf-8").splitlines()]
    assert len(kept) == 6 and kept[0]["raw"] == {"id": "n", "pages": "many"}
    assert "m" in Index.open(folder)


def test_the_report_as_json(source: str, tmp_path: Path, capsys: Capture) -> None:
    assert run_here(["index", str(tmp_path / "idx"), source, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["rejected"], report["reasons"]) == (3, 0, [])
    assert Schema.from_dict(report["schema"]) == Index.open(tmp_path / "idx").schema


def test_an_index_that_nothing_came_into_is_not_left_behind(tmp_path: Path) -> None:
    folder = tmp_path / "idx"
    schema = tmp_path / "schema.py"
    schema.write_text("from searchlib import *\nschema = Schema({'n': Integer()})", "utf-8")
    assert call("index", folder, "--schema", schema, text='{"id": "a", "m": 1}\n').returncode == 3
    assert not folder.exists()


def test_a_source_that_cannot_be_read(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "idx"
    assert run_here(["index", str(folder), str(tmp_path / "nosuch.jsonl")]) == 3
    assert "nosuch.jsonl" in capsys.readouterr().err
    done = call("index", folder, text="")
    assert done.returncode == 2 and "there are no records" in done.stderr
    assert not folder.exists()


def test_somebody_at_a_terminal_is_not_left_waiting(tmp_path: Path) -> None:
    seen = on_terminal("index", str(tmp_path / "idx"))
    assert seen.code == 2 and "a source is missing" in seen.output


def test_progress_is_shown_on_a_terminal_only(source: str, tmp_path: Path) -> None:
    seen = on_terminal("index", str(tmp_path / "idx"), source)
    assert seen.code == 0 and "3 added" in seen.output and "100%" in seen.output
    assert "added" not in call("index", tmp_path / "idx", source).stderr


def test_documents_come_out_as_they_went_in(tmp_path: Path) -> None:
    folder = make_index(tmp_path / "idx")
    done = call("export", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line) for line in done.stdout.splitlines()] == DOCUMENTS
    again = call(
        "index",
        tmp_path / "again",
        "--text",
        "body",
        "--category",
        "section",
        "--boolean",
        "draft",
        "--float",
        "price",
        "--text",
        "title",
        "--keyword",
        "author",
        "--integer",
        "pages",
        "--date",
        "date",
        text=done.stdout,
    )
    assert again.returncode == 0, again.stderr
    first, second = Index.open(folder), Index.open(tmp_path / "again")
    assert list(first.documents()) == list(second.documents())


def test_an_export_to_a_table(tmp_path: Path, capsys: Capture) -> None:
    folder = make_index(tmp_path / "idx")
    target = tmp_path / "all.csv"
    assert run_here(["export", folder, str(target)]) == 0
    assert capsys.readouterr().out == f"6 documents written to {target}\n"
    with target.open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [one["id"] for one in DOCUMENTS]
    assert run_here(["export", folder, str(tmp_path / "all.xyz")]) == 3
    assert "--format" in capsys.readouterr().err
    assert Index.open(folder).schema.fields["pages"] == Integer()


# --- What the source does not tell -------------------------------------------------------


def test_an_encoding_and_a_delimiter_can_be_said(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.csv", tmp_path / "idx"
    path.write_bytes("id;a,b\n1;Łódź, źródło\n".encode("cp852"))
    said = ("--encoding", "cp852", "--delimiter", ";", "--text", "a_b", "--languages", "pl")
    done = call("index", folder, path, *said)
    assert done.returncode == 0 and done.stderr.count("!") == 1, done.stderr
    assert Index.open(folder).get("1") == {"id": "1", "a_b": "Łódź, źródło"}
    path.write_text("id\ta_b\n2\tŁódź\n", "utf-8")
    assert call("index", folder, path, "--delimiter", "\\t").returncode == 0
    assert Index.open(folder).get("2") == {"id": "2", "a_b": "Łódź"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--encoding", "cp0"], "--encoding: there is no encoding 'cp0'"),
        (["--delimiter", "ab"], "--delimiter is one character, such as ';', not 'ab'"),
        (["--delimiter", '"'], "--delimiter is one character"),
        (["--format", "xlsx"], '"xlsx" for --format'),
        (["--wait", "-1"], "a number of seconds from 0, not -1"),
        (["--wait", "nan"], "a number of seconds from 0, not nan"),
        (["--wait", "long"], 'Invalid value for --wait: unable to convert "long"'),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(
    source: str, tmp_path: Path, options: list[str], told: str
) -> None:
    done = call("index", tmp_path / "idx", source, *options)
    assert done.returncode == 2 and told in done.stderr, done.stderr
    assert not (tmp_path / "idx").exists()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"id,t\xe9\n1,x\n2,\xc3\xa9t\xc3\xa9\n", "in this encoding: say --encoding"),
        ("a.csv", b"id,a;b\n1,2;3\n", "say --delimiter"),
        ("a.csv", b"\0\1\xff\xfe\0" * 20, "if it is, say --encoding"),
        ("a.xyz", b"id\n1\n", "say --format, one of"),
        ("a.jsonl", b'{"id": \n', "no JSON: Expecting value, at character 9"),
        ("a.jsonl", b'{"n": 1}\n{"n": 1}\n', "give each record one"),
        ("a.jsonl", b'{"id": "1", "x": ["a", 1]}\n', "or keep it unsearched with --stored"),
        ("a.jsonl", b'{"id": 1, "no": 1}\n{"id": 1, "no": 2}\n', ": say --id no\n"),
    ],
)
def test_no_message_says_what_cannot_be_typed(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    done = call("index", tmp_path / "idx", path)
    assert done.returncode in (2, 3) and says in done.stderr, done.stderr
    for python in ("=,", "= ", "=\n", "={", "('", "({", "read(", "on_bad", "records)"):
        assert python not in done.stderr, done.stderr


def test_notices_say_what_can_be_typed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,title\n1,L’été à Montréal où l’on boit du café\n".encode("cp1252"))
    for options in ([], ["--json"]):
        done = call("index", tmp_path / f"idx{len(options)}", path, *options)
        assert done.returncode == 0
        assert "wrong, say --encoding" in done.stdout + done.stderr
        assert "encoding=" not in done.stdout + done.stderr


def test_a_format_that_there_is_not_is_a_wrong_command_line(source: str, tmp_path: Path) -> None:
    folder = make_index(tmp_path / "idx")
    for target in ([], [tmp_path / "a.xlsx"], [tmp_path / "a.csv"]):
        done = call("export", folder, *target, "--format", "xlsx")
        assert done.returncode == 2 and done.stdout == ""
        assert 'Choose from: "jsonl", "csv", "tsv", "parquet", "arrow"' in done.stderr
    assert call("export", folder, "--format", "csv").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["idx", "rows.jsonl"]


def test_rows_left_out_of_several_sources_are_kept_in_one_file(tmp_path: Path) -> None:
    folder, bad = make_index(tmp_path / "idx"), tmp_path / "bad.jsonl"
    sources = [tmp_path / f"{number}.jsonl" for number in range(3)]
    sources[0].write_text('{"id": "x", "pages": "many"}\n' * 12, "utf-8")
    sources[1].write_text('{"id": \n{"id": "y", "pages": 1}\n', "utf-8")
    sources[2].write_text('{"id": "z", "pages": 2}\n', "utf-8")
    done = call("index", folder, *sources, "--bad-rows", bad)
    assert done.returncode == 3 and f"all of them are in {bad}" in done.stderr
    raw = [json.loads(line)["raw"] for line in bad.read_text("utf-8").splitlines()]
    assert raw == [{"id": "x", "pages": "many"}] * 12 + ['{"id": ']
    before = bad.read_bytes()
    done = call("index", folder, sources[2], sources[1], bad, "--bad-rows", bad)
    assert done.returncode == 3 and "is what is read" in done.stderr
    assert bad.read_bytes() == before
    assert call("index", folder, sources[2], "--bad-rows", bad).returncode == 0
    assert not bad.exists()


def test_a_file_that_is_named_is_none_of_the_index(source: str, tmp_path: Path) -> None:
    path = make_index(tmp_path / "idx")
    manifest = f"{path}/searchlib.json"
    for arguments in (
        ["export", path, manifest, "--format", "jsonl"],
        ["index", path, source, "--bad-rows", manifest],
    ):
        done = call(*arguments)
        assert (done.returncode, done.stdout) == (3, "")
        assert "searchlib.json' is in the folder of an index" in done.stderr
    assert len(Index.open(path)) == len(DOCUMENTS)
    new = tmp_path / "new"
    done = call("index", new, source, "--bad-rows", f"{new}/bad.jsonl", "--json")
    assert (done.returncode, new.exists()) == (3, False)
