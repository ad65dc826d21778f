"""Loading: what fits is added, what does not is told and kept, in bounded memory."""

from __future__ import annotations

import importlib
import io
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from searchlib import (
    Boolean,
    Date,
    DateTime,
    DocumentError,
    ExportError,
    Float,
    Index,
    IndexLockedError,
    IndexStateError,
    Integer,
    Keyword,
    ReadError,
    Schema,
    SchemaError,
    Stored,
    Text,
    bulk,
)
from searchlib.display.console import progress_bar
from searchlib.io import LoadReport, Progress, load, read
from tests.cli import PROGRAM, environment
from tests.conftest import output_of

SCHEMA = Schema({"title": Text(), "year": Integer()}, languages=["en"])
MOMENT = datetime(2022, 9, 15, 10, 30, 0, 123456, tzinfo=UTC)


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_rows_that_do_not_fit_are_kept_with_their_reasons(tmp_path: Path) -> None:
    lines = [
        '{"id": 1, "title": "Maps", "year": 2021}',
        "{oops",
        '{"id": 2, "title": 7}',
        '{"title": "No id"}',
        '{"id": 3, "titel": "Slip"}',
        '{"id": 4, "title": "Boats", "year": "soon"}',
        '{"id": 5, "title": "Half \\ud800", "year": 2022}',
        '{"id": 6, "title": "Boats", "year": "2022"}',
    ]
    path, bad = tmp_path / "a.jsonl", tmp_path / "bad.jsonl"
    path.write_bytes("\n".join(lines).encode() + b'\n{"id": 7, "title": "\xe9"}')
    index = Index(SCHEMA)
    report = load(index, read(path, encoding="utf-8"), bad_rows=bad)
    rows = told(bad)
    assert report.added == len(index) == 3
    assert (report.rejected, report.bad_rows, len(report.first)) == (6, bad, 6)
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5, 8]
    assert rows[0]["raw"] == "{oops"
    assert rows[1]["raw"] == {"id": 2, "title": 7}
    assert rows[5]["raw"] == '{"id": 7, "title": "\\xe9"}'
    assert rows[4]["reason"].startswith("line 6: document '4' (str), field 'year': expected an int")
    assert all(row["reason"].startswith(f"line {row['position'] + 1}: ") for row in rows)
    mended = ({**row["raw"], "year": 2023, "title": "Mended"} for row in rows[1:4:2])
    again = load(index, ({**row, "id": n} for n, row in enumerate(mended, 20)), bad_rows=bad)
    assert (again.added, again.rejected) == (1, 1)
    assert len(told(bad)) == 1  # of this load, not of the one before


def test_a_load_without_bad_rows_leaves_no_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    report = load(Index(SCHEMA), [{"id": 1}], bad_rows=bad)
    assert report == LoadReport(1, 0, report.seconds)
    assert not bad.exists()


def test_odd_values_can_be_kept_as_bad_rows(tmp_path: Path) -> None:
    circle: list[Any] = []
    circle.append(circle)
    rows: list[Any] = [
        {"id": "a", "year": float("inf")},
        {"id": "b", "title": b"\xff"},
        {"id": "c", 7: 1},
        {"id": "d", "title": circle},
        {"id": "\ud800"},
        {"id": ""},
        {"id": 10**5_000},
        {"id": "e", "year": 10**5_000},
        7,
    ]
    bad = tmp_path / "bad.jsonl"
    report = load(Index(SCHEMA), rows, bad_rows=bad)
    assert (report.added, report.rejected) == (0, len(rows))
    assert [row["position"] for row in told(bad)] == list(range(len(rows)))


def test_bad_rows_go_nowhere_dangerous(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1"}\n{"id": 2.5}\n', "utf-8")
    with pytest.raises(ExportError, match="is what is read: write bad rows to another file"):
        load(Index(SCHEMA), path, bad_rows=str(path))
    with pytest.raises(ExportError, match="cannot be written: No such file"):
        load(Index(SCHEMA), path, bad_rows=tmp_path / "no" / "bad.jsonl")
    assert path.read_text("utf-8").count("\n") == 2
    with pytest.raises(ExportError, match="bad_rows is the path of a file, not 5"):
        load(Index(SCHEMA), [{"id": "1"}], bad_rows=5)  # type: ignore[arg-type]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    load(Index(SCHEMA), [{"id": "1"}], bad_rows=pipe)  # which is no file of ours to remove
    os.close(reader)
    assert pipe.exists()


@pytest.mark.parametrize("number", [0, -1, None, 1.5, True, "7"])
def test_a_number_of_documents_to_commit_after_is_one(tmp_path: Path, number: Any) -> None:
    bad, index = tmp_path / "bad.jsonl", Index(SCHEMA)
    rows = iter([{"id": "1"}])
    with pytest.raises(IndexStateError, match=f"commit_every is a whole number .* {number!r}"):
        load(index, rows, commit_every=number, bad_rows=bad)
    assert not bad.exists() and list(rows) == [{"id": "1"}]
    assert load(index, [{"id": "1"}, {"id": "2"}], commit_every=1).added == 2


def test_what_is_read_is_not_written_to(tmp_path: Path) -> None:
    path, link, index = tmp_path / "a.jsonl", tmp_path / "link.jsonl", Index(SCHEMA)
    path.write_text('{"id": "1"}\n{"id": 2.5}\n', "utf-8")
    link.symlink_to(path)
    with path.open("rb") as file:
        for source in (str(path), read(path), file, read(file)):
            for bad in (path, link):
                with pytest.raises(ExportError, match="is what is read: write bad rows to another"):
                    load(index, source, bad_rows=bad)
    Index(SCHEMA, tmp_path / "idx")
    command = [*PROGRAM, "index", str(tmp_path / "idx"), "-", "--bad-rows", str(path)]
    with path.open("rb") as file:
        done = subprocess.run(command, stdin=file, env=environment(), capture_output=True)
    assert done.returncode == 3 and b"a.jsonl' is what is read" in done.stderr
    assert len(index) == 0 and path.read_text("utf-8").count("\n") == 2
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "idx", link]


def test_mended_rows_are_read_from_the_file_that_the_others_go_to(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    rows = [{"id": n, "year": "soon"} for n in range(5_000)]
    assert load(Index(SCHEMA), rows, bad_rows=bad).rejected == 5_000
    index = Index(SCHEMA)
    raw = (row["raw"] for row in read(bad))
    mended = ({**row, "year": 2022} if row["id"] % 2 else row for row in raw)
    report = load(index, mended, bad_rows=bad)
    assert (report.added, report.rejected) == (len(index), len(told(bad))) == (2_500, 2_500)
    report = load(index, ({**row["raw"], "year": 2022} for row in read(bad)), bad_rows=bad)
    assert (report.added, report.rejected, len(index)) == (2_500, 0, 5_000)
    assert list(tmp_path.iterdir()) == []


def test_bad_rows_of_the_last_load_outlive_one_that_fails(tmp_path: Path) -> None:
    bad, part, index = tmp_path / "bad.jsonl", tmp_path / "bad.jsonl.part", Index(SCHEMA)

    def broken(count: int) -> Iterator[dict[str, Any]]:
        yield from ({"id": n + 0.5} for n in range(count))
        raise OSError("the network is gone")

    with pytest.raises(OSError, match="the network is gone"):
        load(index, broken(2), bad_rows=bad)
    kept = bad.read_text("utf-8")  # there was no file: it is where it was asked for
    assert [row["position"] for row in told(bad)] == [0, 1]
    with index.writer(), pytest.raises(IndexLockedError):
        load(index, [{"id": 2.5}], bad_rows=bad)
    with pytest.raises(DocumentError):
        load(index, [{"id": 2.5}], bad_rows=bad, all_or_nothing=True)
    with pytest.raises(OSError, match="the network is gone"):
        load(index, broken(0), bad_rows=bad)
    assert list(tmp_path.iterdir()) == [bad] and bad.read_text("utf-8") == kept
    with pytest.raises(OSError, match="the network is gone"):
        load(index, broken(3), bad_rows=bad)
    assert bad.read_text("utf-8") == kept and len(told(part)) == 3
    assert sorted(tmp_path.iterdir()) == [bad, part]


def test_bad_rows_so_far_outlive_ctrl_c(tmp_path: Path) -> None:
    """In a process of its own, which waits for more of a source that never ends."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text("of the last run\n", "utf-8")
    Index(SCHEMA, tmp_path / "idx")
    command = [*PROGRAM, "index", str(tmp_path / "idx"), "-", "--bad-rows", str(bad)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment()) as process:
        assert process.stdin is not None
        process.stdin.write(b'{"id": 2.5}\n' * 100_000)  # more than a pipe holds: it is read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert bad.read_text("utf-8") == "of the last run\n"
    rows = told(tmp_path / "bad.jsonl.part")
    assert [row["position"] for row in rows] == list(range(len(rows))) and len(rows) > 10_000
    assert len(list(tmp_path.iterdir())) == 3


def test_all_or_nothing_adds_nothing_where_one_does_not_fit() -> None:
    index = Index(SCHEMA)
    rows = [{"id": str(n)} for n in range(20)]
    with pytest.raises(
        DocumentError, match=r"record 20: document '20' .*; none was added"
    ) as error:
        load(index, [*rows, {"id": "20", "x": 1}], all_or_nothing=True, commit_every=7)
    assert (error.value.document_id, error.value.field) == ("20", "x")
    with pytest.raises(ReadError, match="record 20: a record is a dict"):
        load(index, [*rows, 7], all_or_nothing=True, commit_every=7)
    assert len(index) == 0


def test_what_was_committed_before_a_source_breaks_stays() -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"id": str(n)} for n in range(25))
        raise OSError("the line is down")

    index = Index(SCHEMA)
    with pytest.raises(OSError, match="the line is down"):
        load(index, rows(), commit_every=10)
    assert len(index) == 20


def test_a_load_is_refused_before_it_begins() -> None:
    index = Index(SCHEMA)
    with index.writer(), pytest.raises(IndexLockedError):
        load(index, [{"id": 1}])
    with pytest.raises(SchemaError, match="language code"):
        load(index, [{"id": 1}], language="?")
    with pytest.raises(ReadError):
        load(index, "nowhere.jsonl")


def test_the_language_of_all_can_be_said() -> None:
    index = Index(Schema({"title": Text()}, languages=["vi", "fr"]))
    load(index, [{"id": 1, "title": "2022"}], language="fr")
    assert index.languages == ("fr",)


# Values


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        (Integer(), "12", 12),
        (Integer(), " -7 ", -7),
        (Integer(), 3.0, 3),
        (Integer(), Decimal("4.00"), 4),
        (Integer(), ["1", 2, None, ""], [1, 2]),
        (Float(), "1e3", 1000.0),
        (Float(), Decimal("0.25"), 0.25),
        (Boolean(), "TRUE", True),
        (Date(), "2022-09-15T00:00:00", "2022-09-15"),
        (Date(), numpy.datetime64("2022-09-15"), "2022-09-15"),
        (Date(), numpy.datetime64("2022-09-15", "ns"), "2022-09-15"),
        (Date(), pandas.Timestamp("2022-09-15"), "2022-09-15"),
        (DateTime(), numpy.datetime64("2022-09-15T10:30:00.123456789"), MOMENT),
        (DateTime(), numpy.array(["2022-09-15T10:30:00.123456"], "M8[ns]"), [MOMENT]),
        (DateTime(), [numpy.datetime64("2022-09-15T10:30:00.123456", "us"), None], [MOMENT]),
        (Integer(), numpy.array([1, 2], numpy.int8), [1, 2]),
        (Keyword(), 7, "7"),
        (Keyword(), UUID(int=7), str(UUID(int=7))),
        (Keyword(), (1, "b"), ["1", "b"]),
        (Stored(), [1, {"a": None}], [1, {"a": None}]),
        (Text(), "", ""),
    ],
)
def test_what_says_the_same_in_another_form_is_taken(kind: Any, given: Any, stored: Any) -> None:
    index = Index(Schema({"x": kind}))
    assert load(index, [{"id": 1, "x": given}]).rejected == 0
    document = index.get("1")
    assert document is not None
    found = document["x"]
    assert (found.isoformat() if kind == Date() else found) == stored
    assert type(found) is type(stored) or kind == Date()


@pytest.mark.parametrize("given", [None, float("nan"), "", " "])
def test_a_missing_number_is_left_out(given: Any) -> None:
    index = Index(Schema({"x": Float(), "y": Date()}))
    assert load(index, [{"id": 1, "x": given, "y": given}]).added == 1
    assert index.get("1") == {"id": "1"}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Integer(), 3.5),
        (Integer(), "3.5"),
        (Integer(), float("inf")),
        (Integer(), Decimal("Infinity")),
        (Integer(), 2**63),
        (Integer(), 1e300),
        (Integer(), Decimal("1E+999999999")),
        (Integer(), Decimal("sNaN")),
        (Keyword(), [10**5_000]),
        (Integer(), "1 000"),
        (Integer(), numpy.datetime64("2022-09-15", "ns")),
        (Integer(), numpy.timedelta64(7, "ns")),
        (Integer(), numpy.datetime64("12000-01-01")),
        (DateTime(), numpy.datetime64("12000-01-01", "s")),
        (DateTime(), pandas.Timestamp(numpy.datetime64("12000-01-01", "s"))),
        (Date(), numpy.datetime64("12000-01-01")),
        (Date(), numpy.array(["2022-01-01", "12000-01-01"], "M8[D]")),
        (Date(), pandas.Timestamp(numpy.datetime64("12000-01-01", "s"))),
        (Stored(), numpy.timedelta64(7, "ns")),
        (Integer(), True),
        (Float(), "nan"),
        (Float(), True),
        (Boolean(), "yes"),
        (Boolean(), 1),
        (Date(), "15/09/2022"),
        (Date(), "2022-09-15T10:30:00"),
        (Keyword(), 1.5),
        (Keyword(), True),
        (Text(), 7),
        (Text(), b"bytes"),
        (Stored(), b"bytes"),
    ],
)
def test_what_would_lose_something_is_rejected(kind: Any, given: Any) -> None:
    index = Index(Schema({"x": kind}))
    report = load(index, [{"id": 1, "x": given}])
    assert report.rejected == 1
    assert "record 0: document '1' (str), field 'x': expected" in report.first[0].reason
    assert len(index) == 0


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(allow_nan=True),
    st.text(),
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.uuids(),
    st.lists(st.one_of(st.text(), st.integers(), st.none())),
    st.dictionaries(st.text(), st.integers()),
)
FIELDS = {"a": Text(), "b": Keyword(), "c": Integer(), "d": Float(), "e": Boolean(), "f": Date()}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.dictionaries(st.sampled_from(["id", *FIELDS, "other"]), VALUES), max_size=5))
def test_every_record_is_added_or_rejected(records: list[dict[str, Any]]) -> None:
    report = load(Index(Schema(FIELDS)), records)
    assert report.added + report.rejected == len(records)
    assert len(report.first) == report.rejected


@pytest.mark.parametrize("count", [1, 8])
def test_a_rejected_row_is_the_one_that_was_rejected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: int
) -> None:
    """Who yields rows may change one dict from one to the next."""
    monkeypatch.setattr(bulk, "usable_cores", lambda: count)

    def rows() -> Iterator[dict[str, Any]]:
        row: dict[str, Any] = {"year": [0]}
        for n in range(40):
            row["id"], row["year"][0] = str(n), n if n % 10 else f"no {n}"
            yield row

    bad = tmp_path / "bad.jsonl"
    report = load(Index(SCHEMA), rows(), bad_rows=bad)
    wrong = [{"id": str(n), "year": [f"no {n}"]} for n in (0, 10, 20, 30)]
    assert (report.added, [row.raw for row in report.first]) == (36, wrong)
    assert [row["raw"] for row in told(bad)] == wrong


@pytest.mark.parametrize(("held", "is_in_order"), [(None, True), (5_000, True), (2_000, False)])
def test_rejected_rows_come_in_their_order_unless_too_many_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, held: int | None, is_in_order: bool
) -> None:
    """With many cores hundreds of rows are read before the first is added; those that cannot be
    read wait for the others, as long as there is room for them."""
    monkeypatch.setattr(bulk, "usable_cores", lambda: 8)
    if held is not None:
        monkeypatch.setattr(importlib.import_module("searchlib.io.load"), "_MOST_HELD", held)
    lines = [
        json.dumps({"id": str(n), "unknown" if n % 100 == 50 else "title": "Boats"})
        for n in range(600)
    ]
    for place in (100, 200, 300):
        lines[place] = '{"id": ' + "x" * 500
    path, bad = tmp_path / "a.jsonl", tmp_path / "bad.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    report = load(Index(SCHEMA), path, bad_rows=bad)
    assert (report.added, report.rejected) == (591, 9)
    places = [row["position"] for row in told(bad)]
    assert sorted(places) == [50, 100, 150, 200, 250, 300, 350, 450, 550]
    assert (places == sorted(places)) is is_in_order
    # Among themselves those that cannot be read stay in order, in any case.
    assert [place for place in places if place in (100, 200, 300)] == [100, 200, 300]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_no_room_for_rejected_rows_is_told_with_rows_under_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bulk, "usable_cores", lambda: 8)
    monkeypatch.setattr(importlib.import_module("searchlib.io.load"), "_MOST_HELD", 100_000)
    lines = [json.dumps({"id": str(n)}) for n in range(600)]
    lines[300] = '{"id": ' + "x" * 200_000
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(OSError, match="No space left"):
        load(Index(SCHEMA), path, bad_rows="/dev/full")


def test_rows_that_wait_are_weighed_by_their_cells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of a table, too: a row with too many cells is no text."""
    monkeypatch.setattr(bulk, "usable_cores", lambda: 8)
    path, bad = tmp_path / "a.csv", tmp_path / "bad.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,title\n" + "".join(f"{n},Boats\n" for n in range(50)))
        for _ in range(120):
            file.write("x" + "".join(f",é{n}" for n in range(4_000)) + "\n")
        file.write("51,Boats\n")
    monkeypatch.setattr(importlib.import_module("searchlib.io.load"), "_MOST_HELD", 1_000_000)
    tracemalloc.start()
    try:
        report = load(Index(SCHEMA), path, bad_rows=bad)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (report.added, report.rejected) == (51, 120)
    assert peak < 15_000_000, peak  # all of them take 40 MB


# Progress


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "title": "Boats"}}\n' for n in range(4000)), "utf-8")
    said: list[Progress] = []
    load(Index(SCHEMA), path, progress=said.append)
    assert said[-1].added == 4000
    assert said[-1].share == 1.0
    assert said[-1].left == 0.0
    shares = [now.share for now in said if now.share is not None]
    assert shares == sorted(shares) and len(shares) == len(said)
    assert Progress(0, 0, 0.0, None).left is None
    assert Progress(0, 0, 0.0, None).rate == 0.0


@pytest.mark.parametrize("cores", [2, 8])
def test_progress_of_what_has_no_end_has_no_time_left(
    monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(bulk, "usable_cores", lambda: cores)
    said: list[Progress] = []
    load(Index(SCHEMA), ({"id": str(n)} for n in range(50)), progress=said.append)
    assert [now.left for now in said[:-1]] == [None] * (len(said) - 1)
    said.clear()
    load(Index(SCHEMA), [{"id": str(n)} for n in range(50)], progress=said.append)
    assert said[0].share == 1 / 50


def test_a_bar_shows_rate_share_and_time_left() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system=None)
    with progress_bar(console) as tell:
        tell(Progress(added=1500, rejected=3, seconds=10.0, share=0.25))
    for part in ("1,500 added", "3 rejected", "150/s", "25%", "30 s left"):
        assert part in file.getvalue()


def test_the_bar_goes_to_the_standard_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load(Index(SCHEMA), [{"id": str(n)} for n in range(50)], progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "50 added" in err and "100%" in err


# Memory


LINES = {
    "a.jsonl": '{{"id": "{0}", "text": "{1}", "year": 2022}}\n',
    "a.json": '{{"id": "{0}", "text": "{1}", "year": 2022}}\n',
    "a.csv": "{0},{1},2022\n",
}


@pytest.mark.parametrize("name", LINES)
def test_a_large_file_is_read_in_little_memory(tmp_path: Path, name: str) -> None:
    """Whatever its size: of 17 MB, a process that holds them all would grow by more than that."""
    code = """
import resource, sys
from searchlib.io import read
count = sum(1 for _ in read(sys.argv[1]))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    peaks = []
    for count in (5_000, 80_000):
        with (tmp_path / name).open("w", encoding="utf-8") as file:
            file.write("id,text,year\n" if name == "a.csv" else "")
            for number in range(count):
                file.write(LINES[name].format(number, "boats on the river " * 10))
        counted, peak = map(int, output_of(code, tmp_path / name).split())
        assert counted == count
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 8, f"{peaks[0]} MB, then {peaks[1]} MB"


def test_a_long_load_takes_no_more_memory_than_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "_MANY", 1)  # else as much is read ahead, where there are more cores

    def peak(count: int) -> int:
        rows = ({"id": n, "title": "boats on the river", "year": n % 9} for n in range(count))
        index = Index(SCHEMA)
        tracemalloc.start()
        try:
            assert load(index, rows, commit_every=500).added == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(500)  # loads and remembers what is loaded once
    assert peak(3_000) < peak(500) + 300_000  # what no commit frees would be 500,000 and more


@pytest.mark.skipif(os.name != "posix", reason="pipes have names there")
def test_bad_rows_go_into_a_pipe_and_into_an_output_that_others_write_to(tmp_path: Path) -> None:
    code = """
import sys
from searchlib import Index, Integer, Schema
from searchlib.io import load
print("before", flush=True)
report = load(Index(Schema({"n": Integer()})), sys.argv[1], bad_rows=sys.argv[2])
print("after", report.added, report.rejected)
"""
    rows = tmp_path / "rows.csv"
    rows.write_text("id,n\na,1\nb,many\n", "utf-8")
    out = tmp_path / "out"
    for target in ("/dev/stdout", str(out)):
        with out.open("w") as file:
            command = [sys.executable, "-c", code, str(rows), target]
            subprocess.run(command, check=True, stdout=file)
        before, row, after = out.read_text("utf-8").splitlines()
        assert (before, after) == ("before", "after 1 1")
        assert "many" in json.loads(row)["reason"]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        done = subprocess.run(
            [sys.executable, "-c", code, str(rows), str(pipe)], check=True, capture_output=True
        )
        told, _ = reader.communicate(timeout=60)
    assert done.stdout.split() == [b"before", b"after", b"1", b"1"]
    assert "many" in json.loads(told)["reason"]
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
def test_a_file_of_bad_rows_stays_for_whom_it_was(tmp_path: Path) -> None:
    rows, bad = tmp_path / "rows.csv", tmp_path / "bad.jsonl"
    rows.write_text("id,n\nb,many\n", "utf-8")
    bad.touch(mode=0o600)
    load(Index(Schema({"n": Integer()})), rows, bad_rows=bad)
    assert bad.stat().st_mode & 0o777 == 0o600
    assert "many" in bad.read_text("utf-8")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(ExportError, match="loop"):
        load(Index(Schema({"n": Integer()})), rows, bad_rows=loop)
    with pytest.raises(ExportError, match="cannot be written: File name too long"):
        load(Index(Schema({"n": Integer()})), rows, bad_rows=tmp_path / ("b" * 300))


def test_bad_rows_in_a_folder_that_is_read_are_none_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("La paix", "utf-8")
    index = Index(Schema({"title": Text(), "text": Text()}))
    report = load(index, read(tmp_path, columns=["id", "text"]), bad_rows=tmp_path / "bad.jsonl")
    assert (report.added, report.rejected, report.notices) == (1, 0, ())
