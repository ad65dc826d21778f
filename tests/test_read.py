"""Documents read from files and tables: whole, in order, and what cannot be read named."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy
import pandas
import polars
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import ReadError
from searchlib.io import BadRow, read
from searchlib.io.records import field_name
from tests.conftest import SOURCE, output_of

ROWS: Final[list[dict[str, Any]]] = [
    {"id": str(n), "title": f"Đường {n}\n“số”; a, b\t|", "year": n} for n in range(50)
]


def write(path: Path, text: str | bytes) -> Path:
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def refused(source: Any, **options: Any) -> tuple[list[dict[str, Any]], list[BadRow]]:
    bad: list[BadRow] = []
    return list(read(source, on_bad=bad.append, **options)), bad


# JSON


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "A.JSONL", "a.json.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_json_lines_come_back_as_they_are(tmp_path: Path, name: str, end: str) -> None:
    text = end.join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    records = read(write(tmp_path / name, text))
    assert list(records) == ROWS
    assert records.share == 1.0
    assert records.notices == ()


def test_lines_that_are_no_json_are_told_by_their_place(tmp_path: Path) -> None:
    lines = ['{"id": "1"}', "", "{oops}", '{"id": NaN}', '{"id": "2"}', "[1]", "[" * 100_000]
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    rows, bad = refused(path)
    assert rows == [{"id": "1"}, {"id": "2"}]
    assert [row.position for row in bad] == [1, 2, 4, 5]
    assert [row.reason.split(":")[0] for row in bad] == ["line 3", "line 4", "line 6", "line 7"]
    assert [row.raw for row in bad] == ["{oops}", '{"id": NaN}', [1], "[" * 100_000]
    with pytest.raises(ReadError, match=r"line 3: no JSON: .* on_bad= collects"):
        list(read(path))


@pytest.mark.parametrize("indent", [None, 3])
@pytest.mark.parametrize("copies", [1, 400])
def test_an_array_is_read_across_chunks(tmp_path: Path, indent: int | None, copies: int) -> None:
    rows = ROWS * copies
    path = write(tmp_path / "a.json", json.dumps(rows, indent=indent, ensure_ascii=False))
    assert list(read(path)) == rows


def test_objects_one_after_the_other_are_read_as_an_array_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '\n{"id": "1"}{"id": "2"}\n\n {"id":\n"3"}')
    assert [row["id"] for row in read(path)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "read_first"),
    [('[{"id": 1}, {"id": }]', 1), ('[{"id": 1}', 1), ('[{"id": 1}, {"id', 1), ("[", 0)],
)
def test_an_array_that_breaks_off_says_where(tmp_path: Path, text: str, read_first: int) -> None:
    records = read(write(tmp_path / "a.json", text))
    for _ in range(read_first):
        next(records)
    with pytest.raises(ReadError, match=f"value {read_first} of the JSON cannot be read"):
        next(records)


def test_a_long_value_is_read_in_time(tmp_path: Path) -> None:
    row = {"id": "1", "text": "ă" * 5_000_000}
    assert list(read(write(tmp_path / "a.json", json.dumps([row], ensure_ascii=False)))) == [row]


def test_what_is_too_long_for_a_row_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchlib.io.lines.LONGEST_LINE", 1_000)
    long = json.dumps({"id": "long", "text": "a" * 4_000})
    rows, bad = refused(write(tmp_path / "a.jsonl", f'{{"id": "1"}}\n{long}\n{{"id": "2"}}'))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert (bad[0].position, bad[0].raw) == (1, long[:1000])
    assert bad[0].reason == "line 2: it is longer than 1,000 code points"
    monkeypatch.setattr("searchlib.io.json_rows.LONGEST_LINE", 100_000)
    with pytest.raises(ReadError, match=r"value 1 .* longer than 100,000 code points"):
        list(read(write(tmp_path / "a.json", '[{"id": "1"}, {"id": "' + "a" * 900_000 + '"}]')))


def test_bytes_that_are_no_text_end_an_array(tmp_path: Path) -> None:
    data = json.dumps(ROWS * 1_000).encode()
    with pytest.raises(ReadError, match="bytes that are no text in this encoding"):
        list(read(write(tmp_path / "a.json", data[:-100] + b"\xff" + data[-100:])))
    for text in ('[{"id": NaN}]', "[" * 100_000):
        with pytest.raises(ReadError, match="value 0 of the JSON cannot be read"):
            list(read(write(tmp_path / "a.json", text)))


# CSV


def as_csv(rows: Iterable[Iterable[str]], delimiter: str, end: str = "\n") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize(("name", "delimiter"), [*(("a.csv", d) for d in ",;\t|"), ("a.tsv", "\t")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cells_come_back_whatever_stands_between_them(
    tmp_path: Path, name: str, delimiter: str, end: str
) -> None:
    cells = [[row["id"], row["title"], str(row["year"])] for row in ROWS]
    path = write(tmp_path / name, as_csv([["id", "title", "year"], *cells], delimiter, end))
    assert list(read(path)) == [row | {"year": str(row["year"])} for row in ROWS]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_any_cells_come_back(cells: list[list[str]]) -> None:
    file = io.BytesIO(
        as_csv([["one", "two"], *(["x" + a, b] for a, b in cells)], ",", "\r\n").encode()
    )
    expected = [{"one": "x" + a, "two": b or None} for a, b in cells]
    assert list(read(file, format="csv")) == expected


def test_rows_of_another_length_are_refused_and_the_others_read(tmp_path: Path) -> None:
    text = 'id,title\n1,a\n2,"b\nb"\n3,c,d\n4\n\n"5" x,e\n6,f\n'
    rows, bad = refused(write(tmp_path / "a.csv", text))
    assert [row["id"] for row in rows] == ["1", "2", "6"]
    assert [(row.position, row.reason.split(":")[0]) for row in bad] == [
        (2, "line 5"),
        (3, "line 6"),
        (4, "line 8"),
    ]
    assert bad[0].raw == ["3", "c", "d"]
    assert bad[2].raw == '"5" x,e\n'


def test_a_quotation_mark_that_is_not_closed_loses_nothing(tmp_path: Path) -> None:
    lines = [f"{n},text {n}\n" for n in range(100)]
    lines[50] = '50,"text 50\n'
    rows, bad = refused(write(tmp_path / "a.csv", "id,title\n" + "".join(lines)))
    assert len(rows) == 50
    assert [row.reason for row in bad] == ["line 52: no CSV: unexpected end of data"]
    assert bad[0].raw == "".join(lines[50:])


def test_a_cell_may_be_longer_than_python_allows_by_itself(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path / "a.csv", "id,text\n1," + "a" * 1_000_000))
    assert len(row["text"]) == 1_000_000


def test_what_excel_writes_before_the_names_is_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "\ufeffsep=;\r\nid;a,b\r\n1;2\r\n")
    assert list(read(path)) == [{"id": "1", "a_b": "2"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;b,c\n", r"';' may both stand between the columns of 'a;b,c': say delimiter="),
        ("id,a,a\n1,2,3\n", "several columns are called 'a'"),
        ("id,a b,a_b\n1,2,3\n", "another field"),
        ('id,"a\n1,2', "the names of the columns cannot be read"),
    ],
)
def test_names_that_leave_doubt_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path / "a.csv", text)
    if message == "another field":
        rows = list(read(path))
        assert rows == [{"id": "1", "a_b_2": "2", "a_b": "3"}]
    else:
        with pytest.raises(ReadError, match=message):
            list(read(path))


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", "id,title\n"])
def test_a_file_without_rows_has_none(tmp_path: Path, text: str) -> None:
    assert list(read(write(tmp_path / "a.csv", text))) == []


# Encodings

#: A sentence, and the encodings that files in its language have been kept in.
SENTENCES: Final = {
    "L’été à Montréal, où l’on boit du café à l’hôtel": ["cp1252", "utf-16", "utf-8-sig"],
    "Der Präsident der Versammlung übergab die Schlüssel für das große Gebäude": ["cp1252"],
    "Председатель парламента посетил Камбоджу и встретился с королём": ["cp1251", "koi8-r"],
    "全国人大常委会委员长访问柬埔寨并举行会谈": ["gb18030"],
    "国会議長がカンボジアを訪問し、会談が行われました": ["cp932", "utf-16"],
    "국회의장이 오늘 캄보디아를 방문하여 회담을 가졌다": ["euc-kr"],
    "Ο πρόεδρος της βουλής επισκέφθηκε σήμερα την Καμπότζη": ["cp1253"],
}


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, one) for text, several in SENTENCES.items() for one in several]
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt", "a.csv.gz"])
def test_other_encodings_are_told_and_named(
    tmp_path: Path, text: str, encoding: str, name: str
) -> None:
    files = {"csv": f"id;text\r\n1;{text}\r\n", "jsonl": json.dumps({"text": text}), "txt": text}
    files["jsonl"] = json.dumps({"text": text}, ensure_ascii=False)
    kind = name.removesuffix(".gz").rpartition(".")[2]
    records = read(write(tmp_path / name, files[kind].encode(encoding)))
    (row,) = records
    assert row["text"] == text
    assert len(records.notices) == (encoding != "utf-8-sig")
    assert all("is read as" in notice for notice in records.notices)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.csv.gz"])
@pytest.mark.parametrize(("count", "other"), [(5_000, 5), (2, 1), (2, 0), (30, 29)])
def test_a_line_in_another_encoding_is_refused_and_the_others_read(
    tmp_path: Path, name: str, count: int, other: int
) -> None:
    is_csv = "csv" in name
    form = '%d,"Les députés à Québec"' if is_csv else '{"id": "%d", "t": "Les députés à Québec"}'
    lines = [(form % number).encode() for number in range(count)]
    lines[other] = lines[other].decode().encode("cp1252")
    bad: list[BadRow] = []
    path = write(tmp_path / name, b"\n".join([b"id,t"] * is_csv + lines))
    records = read(path, on_bad=bad.append)
    rows = list(records)
    assert len(rows) == count - 1 and {row["t"] for row in rows} == {"Les députés à Québec"}
    assert [row.position for row in bad] == [other]
    assert r"d\xe9put\xe9s" in bad[0].raw and "no text in this encoding" in bad[0].reason
    (notice,) = records.notices
    assert f"1 of the {count:,} lines with accents" in notice
    assert "is read as utf-8, though not all of it is" in notice


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030", "euc-kr", "koi8-r"])
def test_a_few_lines_that_could_be_utf_8_do_not_make_a_file_of_another_encoding_so(
    tmp_path: Path, encoding: str
) -> None:
    text = next(text for text, encodings in SENTENCES.items() if encoding in encodings)
    lines = [f"{number};{text}".encode(encoding) for number in range(9)]
    records = read(write(tmp_path / "a.csv", b"\n".join([b"id;t", "x;été".encode(), *lines])))
    assert [row["t"] for row in records][1:] == [text] * 9
    (notice,) = records.notices
    assert "is no UTF-8: it is read as" in notice
    assert "1 of 10 lines with accents may be UTF-8" in notice


@pytest.mark.parametrize("delimiter", ["", "ab", "\n", '"', "\0", 7])
def test_a_delimiter_is_one_character(tmp_path: Path, delimiter: Any) -> None:
    path = write(tmp_path / "a.csv", "id,t\n1,x\n")
    with pytest.raises(ReadError, match="delimiter= is one character, such as ';', not "):
        read(path, delimiter=delimiter)


def test_an_encoding_that_is_said_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,t\n1,Łódź\n".encode("cp852"))
    records = read(path, encoding="cp852")
    assert list(records) == [{"id": "1", "t": "Łódź"}]
    assert records.notices == ()
    with pytest.raises(ReadError, match="there is no encoding 'cp0'"):
        list(read(path, encoding="cp0"))


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_bytes_that_are_no_text_are_refused_wherever_they_stand(tmp_path: Path, name: str) -> None:
    """Behind the first megabyte, from which the encoding is told."""
    lines = ['{"id": "%d"}' if name == "a.jsonl" else '%d,"text"'] * 100_000
    data = "\n".join(line % number for number, line in enumerate(lines)).encode().split(b"\n")
    data[90_000] = data[90_000].replace(b'"', b'"\xe9', 1)
    head = b"" if name == "a.jsonl" else b"id,t\n"
    rows, bad = refused(write(tmp_path / name, head + b"\n".join(data)))
    assert len(rows) == 99_999
    assert bad[0].position == 90_000
    assert "no text in this encoding" in bad[0].reason
    assert r"\xe9" in bad[0].raw


def test_what_is_no_text_is_not_read_as_some(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "id,text\n" * 1000)
    for data in (file.getvalue(), bytes(range(256)) * 50):
        for name in ("a.csv", "a.jsonl", "a.json"):
            with pytest.raises(ReadError):
                list(read(write(tmp_path / name, data)))


def test_a_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS * 400).encode())
    path = tmp_path / "a.jsonl.gz"
    for size in (len(whole) // 2, 15):
        path.write_bytes(whole[:size])
        with pytest.raises(ReadError, match=r"cannot be (read|unpacked)"):
            list(read(path))


@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz", "a.csv.gz"])
def test_a_file_that_cannot_be_unpacked_whole_says_so(tmp_path: Path, name: str) -> None:
    texts = [sha256(str(number).encode()).hexdigest() for number in range(40_000)]
    if name.startswith("a.csv"):
        plain = "id\n" + "\n".join(texts)
    else:
        rows = [json.dumps({"id": text}) for text in texts]
        plain = f"[{','.join(rows)}]" if name == "a.json.gz" else "\n".join(rows)
    whole = gzip.compress(plain.encode())
    middle = len(whole) // 2
    damaged = [
        whole[: len(whole) * 3 // 4],
        whole[:-8] + bytes(4) + whole[-4:],  # another checksum
        *(whole[:at] + b"\xff" * 2_000 + whole[at + 2_000 :] for at in (500, middle)),
    ]
    path = tmp_path / name
    for data in damaged:
        path.write_bytes(data)
        with pytest.raises(ReadError, match=r"a\.\w+\.gz'.* cannot be (read|unpacked)"):
            list(read(path, on_bad=lambda row: None))


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_a_file_that_is_no_table_is_named(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "no table")
    with pytest.raises(ReadError, match=rf"{name}': no file of (Parquet|Arrow): "):
        list(read(path))


def test_json_that_ends_inside_a_character_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(ROWS).encode("utf-16")[:-1])
    with pytest.raises(ReadError, match=r"a\.json': value 0 of the JSON and what follows"):
        list(read(path, encoding="utf-16"))


@pytest.mark.parametrize("encoding", ["klingon", "undefined", "a\0b", 5])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.txt"])
def test_what_is_no_encoding_is_told(tmp_path: Path, name: str, encoding: Any) -> None:
    path = write(tmp_path / name, "[]\n")
    with pytest.raises(ReadError, match=r"encoding|no text"):
        list(read(path, encoding=encoding))


# Tables

MOMENT: Final = datetime(2022, 9, 15, 10, 30, 0, 123456, tzinfo=UTC)
TABLE: Final[list[dict[str, Any]]] = [
    {"id": "a", "n": 1, "x": 0.5, "day": date(2022, 9, 15), "at": MOMENT, "tags": ["u", "v"]},
    {"id": "b", "n": None, "x": None, "day": None, "at": None, "tags": None},
    {"id": "c", "n": 2**62, "x": 1e300, "day": date(1, 1, 1), "at": MOMENT, "tags": []},
] * 1500


def parquet(path: Path, table: Any) -> Any:
    pyarrow.parquet.write_table(table, path / "a.parquet", row_group_size=1000)
    return path / "a.parquet"


def feather(path: Path, table: Any) -> Any:
    pyarrow.feather.write_feather(table, path / "a.feather", compression="lz4")
    return path / "a.feather"


def stream(path: Path, table: Any) -> Any:
    with pyarrow.ipc.new_stream(path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    return path / "a.arrow"


@pytest.mark.parametrize(
    "make",
    [
        parquet,
        feather,
        stream,
        lambda _, table: table,
        lambda _, table: table.to_reader(max_chunksize=7),
        lambda _, table: polars.from_arrow(table),
        lambda _, table: (parquet(_, table)).open("rb"),
    ],
    ids=["parquet", "feather", "stream", "table", "reader", "polars", "file"],
)
def test_tables_come_back_as_they_are(tmp_path: Path, make: Callable[[Path, Any], Any]) -> None:
    source = make(tmp_path, pyarrow.Table.from_pylist(TABLE))
    is_file = hasattr(source, "readline")
    assert list(read(source, format="parquet" if is_file else None)) == TABLE
    if is_file:
        source.close()


@pytest.mark.skipif(os.name != "posix", reason="pipes have names there")
@pytest.mark.parametrize("make", [parquet, feather, stream])
def test_tables_come_out_of_pipes(tmp_path: Path, make: Callable[[Path, Any], Path]) -> None:
    path, pipe = make(tmp_path, pyarrow.Table.from_pylist(TABLE)), tmp_path / "pipe"
    format = "parquet" if make is parquet else "arrow"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE) as process:
        assert list(read(process.stdout, format=format)) == TABLE
    with subprocess.Popen(["sh", "-c", 'cat "$1" > "$2"', "sh", str(path), str(pipe)]):
        assert list(read(pipe, format=format)) == TABLE
    code = "import sys; from searchlib.io import read; print(len([*read('-', format=sys.argv[1])]))"
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE) as process:
        command = [sys.executable, "-c", code, format]
        told = subprocess.run(command, stdin=process.stdout, check=True, capture_output=True)
    assert int(told.stdout) == len(TABLE)


@pytest.mark.skipif(os.name != "posix", reason="there are such limits")
def test_a_table_out_of_a_pipe_for_which_there_is_no_room(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + os.urandom(2_000_000) + b"PAR1")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE) as process:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
        try:
            with pytest.raises(ReadError, match=r"out of a pipe .*: File too large; save it to"):
                list(read(process.stdout, format="parquet"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_table_is_no_text(tmp_path: Path) -> None:
    path = parquet(tmp_path, pyarrow.Table.from_pylist(TABLE))
    with path.open() as file, pytest.raises(ReadError, match="open it for bytes, with mode 'rb'"):
        list(read(file, format="parquet"))


def test_columns_are_chosen_by_either_name(tmp_path: Path) -> None:
    table = pyarrow.table({"id": ["1"], "Given name": ["Ada"], "blob": [b"\0"]})
    for source in (parquet(tmp_path, table), table, polars.from_arrow(table), table.to_pylist()):
        for name in ("Given name", "Given_name"):
            assert list(read(source, columns=["id", name])) == [{"id": "1", "Given_name": "Ada"}]
    with pytest.raises(ReadError, match="there is no column 'nme'; there are id, Given_name, blob"):
        list(read(table, columns=["nme"]))


def test_json_within_arrow_comes_back_as_what_it_means(tmp_path: Path) -> None:
    kind = pyarrow.json_()
    table = pyarrow.table({"id": ["a", "b"], "more": pyarrow.array(['{"n": [1]}', None], kind)})
    assert [row["more"] for row in read(parquet(tmp_path, table))] == [{"n": [1]}, None]


def test_nanoseconds_are_cut_to_what_python_has() -> None:
    table = pyarrow.table(
        {"at": pyarrow.array([1_663_237_800_123_456_789], pyarrow.timestamp("ns", "UTC"))}
    )
    assert list(read(table)) == [{"at": MOMENT}]


def test_a_value_that_python_cannot_hold_is_a_row_that_cannot_be_read(tmp_path: Path) -> None:
    """And the rows beside it are read."""
    offsets = pyarrow.py_buffer(numpy.array([0, 1, 2, 3, 4], "int32").tobytes())
    text = pyarrow.Array.from_buffers(
        pyarrow.string(), 4, [None, offsets, pyarrow.py_buffer(b"ab\xffd")]
    )
    far, small = [1, 10**8, 3, 4], pyarrow.int32()
    more = pyarrow.array(["1", None, "2", "{no"], pyarrow.string())
    table = pyarrow.table(
        {
            "id": ["a", "b", "c", "d"],
            "day": pyarrow.array(far, small).cast(pyarrow.date32()),
            "at": pyarrow.array([1, 10**12, 3, None], pyarrow.timestamp("s")),
            "by whom": text,
            "more": pyarrow.ExtensionArray.from_storage(pyarrow.json_(), more),
        }
    )
    # Behind a thousand rows that can be read, and before others.
    good = pyarrow.concat_tables([table.slice(0, 1)] * 1_200)
    table = pyarrow.concat_tables([good, table, good]).combine_chunks()
    for source in (table, parquet(tmp_path, table), feather(tmp_path, table)):
        rows, bad = refused(source)
        first = {"id": "a", "day": date(1970, 1, 2), "at": datetime(1970, 1, 1, 0, 0, 1)}
        assert rows == [{**first, "by_whom": "a", "more": 1}] * 2_401
        assert [one.position for one in bad] == [1_201, 1_202, 1_203]
        assert [one.raw["id"] for one in bad] == ["b", "c", "d"]
        assert bad[0].reason.startswith("row 1,201: column 'day' cannot be read: ")
        assert bad[0].reason.endswith("out of range (date32[day])") and bad[0].raw["day"] is None
        assert bad[1].reason.startswith("row 1,202: column 'by whom' cannot be read: 'utf-8' codec")
        assert bad[2].reason.startswith("row 1,203: column 'more' cannot be read: Expecting")
    with pytest.raises(ReadError, match=r"row 1,201: column 'day' cannot be read: .*; on_bad="):
        list(read(table))


def test_a_day_of_polars_that_python_cannot_hold_ends_the_reading() -> None:
    days = polars.Series([1, 10**8], dtype=polars.Int32).cast(polars.Date)
    with pytest.raises(ReadError, match="the rest holds a value that Python cannot hold"):
        list(read(polars.DataFrame({"id": ["a", "b"], "day": days})))


def test_a_frame_of_pandas_comes_back_without_its_gaps() -> None:
    frame = pandas.DataFrame(
        {
            "n": pandas.array([1, None], "Int64"),
            "x": [0.5, float("nan")],
            "at": pandas.to_datetime([MOMENT, None]),
            "kind": pandas.Categorical(["u", None]),
            "tags": [["u", "v"], None],
        },
        index=pandas.Index(["a", "b"], name="id"),
    )
    first, second = read(frame)
    assert first == {"id": "a", "n": 1, "x": 0.5, "at": MOMENT, "kind": "u", "tags": ["u", "v"]}
    assert second == {"id": "b"} | dict.fromkeys(["n", "x", "at", "kind", "tags"])
    assert read(frame.iloc[[1, 0]].reset_index()).peek(1)[0]["id"] == "b"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pandas.Series([1]), "a Series: frame it first"),
        (polars.Series([1]), "a table; this Series has no columns: frame it first"),
        (pyarrow.chunked_array([[1]]), "this ChunkedArray has no columns: frame it first"),
        (
            pandas.DataFrame({"id": [1]}, index=pandas.Index([7], name="id")),
            r"a name that a column has, too \(cannot insert id, already exists\)",
        ),
        (pandas.DataFrame([[1]]), "a field's name is a str, not 0"),
        (pandas.DataFrame([[1] * 4], columns=[0, 0, "a", "a"]), "a field's name is a str, not 0"),
        (polars.LazyFrame({"id": ["1"]}), r"give frame\.collect\(\)"),
        (7, "not from int"),
        ([7], "a record is a dict, not int"),
        (["id"], "a record is a dict, not str"),
        ([{7: 1}], "a field's name is a str, not 7"),
        ([{"a b": 1, "a_b": 2}, {"a b": 1, "a.b": 2, "a_b": 3}], None),
        ([{"_id": 1}, {"_id": 1, "id": 2}], "two of its fields have names that come to the same"),
    ],
)
def test_what_holds_no_documents_says_what_to_do(source: Any, message: str | None) -> None:
    if message is None:
        assert len(list(read(source))) == 2
        return
    with pytest.raises(ReadError, match=message):
        list(read(source))


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_files_that_are_no_tables_are_refused(tmp_path: Path, name: str) -> None:
    for data in (b"", b"PAR1", b"id,title\n1,a\n" * 100):
        with pytest.raises(ReadError, match="no file of"):
            list(read(write(tmp_path / name, data)))


# Sources


def test_a_source_that_is_not_there_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere\.jsonl' cannot be read: No such file"):
        read(tmp_path / "nowhere.jsonl")
    with pytest.raises(ReadError, match=r"'a\\x00b.jsonl' cannot be read: embedded null"):
        read("a\0b.jsonl")
    for name in ("a" * 300, json.dumps([{"id": 1, "title": "maps " * 60}])):  # JSON itself, too
        with pytest.raises(ReadError, match="cannot be read: File name too long"):
            read(name)
    with pytest.raises(ReadError, match=r"say format=, one of jsonl, json, csv"):
        read(write(tmp_path / "data", "{}"))
    with pytest.raises(ReadError, match="there is no format 'xlsx'; there are jsonl"):
        read(tmp_path / "data", format="xlsx")
    with pytest.raises(ReadError, match=r"columns is a list of names: \['id'\]"):
        read([], columns="id")


def test_standard_input_is_read(tmp_path: Path) -> None:
    code = "from searchlib.io import read; print(*(row['id'] for row in read('-', format=%r)))"
    for format, text in (("jsonl", '{"id": "1"}\n{"id": "ă"}'), ("csv", "id\n1\nă\n")):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code % format],
            input=text.encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert done.stdout.decode().split() == ["1", "ă"]


@pytest.mark.skipif(os.name != "posix", reason="a shell that closes streams")
def test_streams_that_are_closed_are_told(tmp_path: Path) -> None:
    code = """
from searchlib import ExportError, Index, ReadError, Schema
from searchlib.io import export, read
told = []
for error, call in ((ReadError, lambda: read("-")), (ExportError, lambda: export(index, "-"))):
    index = Index(Schema({}))
    try:
        call()
    except error as caught:
        told.append(str(caught))
open("told", "w").write("\\n".join(told))
"""
    command = ["sh", "-c", 'exec "$@" <&- >&-', "sh", sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, timeout=60)
    assert (tmp_path / "told").read_text("utf-8").splitlines() == [
        "there is no standard input, it is closed: name a file to read from",
        "there is no standard output, it is closed: name a file to write to",
    ]


def test_looking_ahead_uses_nothing_up() -> None:
    rows: list[Any] = [{"id": "1"}, 7, {"id": "2"}, {"id": "3"}]
    bad: list[BadRow] = []
    records = read(iter(rows), on_bad=bad.append)
    assert records.peek(1) == [{"id": "1"}]
    assert (records.peek(2), bad) == ([{"id": "1"}, {"id": "2"}], [])
    assert [(row["id"], records.position) for row in records] == [("1", 0), ("2", 2), ("3", 3)]
    assert [row.position for row in bad] == [1]


def test_what_is_looked_at_or_refused_stays_as_it_was() -> None:
    def rows() -> Iterator[Any]:
        vector, cells = numpy.zeros(1, int), [0]
        row: dict[str, Any] = {"id": 0, "tags": [0], "vector": vector}
        row["round"] = (row["tags"], row)
        for n in range(3):
            row["id"], row["tags"][0], vector[0], cells[0] = n, n, n, n
            yield row
            yield cells

    bad: list[BadRow] = []
    records = read(rows(), on_bad=bad.append)
    ahead = records.peek(2)
    rest = [(row["id"], row["tags"], row["vector"].tolist(), row["round"][0]) for row in records]
    assert rest == [(n, [n], [n], [n]) for n in range(3)]
    assert [row["id"] for row in ahead] == [0, 1] and ahead[1]["round"][1] is ahead[1]
    assert [row.raw for row in bad] == [[0], [1], [2]]
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    assert len(read([{"deep": deep}]).peek(1)) == 1


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_any_name_becomes_one_that_a_field_may_have(name: str) -> None:
    own = field_name(name)
    assert own.isidentifier() and not own.startswith("_")
    assert field_name(own) == own


def test_a_missing_library_is_named_with_what_installs_it(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "for name in sys.argv[2].split(): sys.modules[name] = None\n"
        "from searchlib import MissingExtraError\n"
        "from searchlib.io import read\n"
        "try:\n    list(read(sys.argv[1]))\n"
        "except MissingExtraError as error:\n    print(error)"
    )
    for name, module, name_of_extra in (
        ("a.parquet", "pyarrow", "arrow"),
        ("a.md", "markdown_it", "markdown"),
        ("a.html", "selectolax", "html"),
        ("a.csv", "chardet", "encodings"),
    ):
        path = write(tmp_path / name, b"\xe9t\xe9" if name == "a.csv" else b"")
        said = output_of(code, path, module)
        assert said.endswith(f"is not installed: pip install 'searchlib[{name_of_extra}]'"), said
        assert module in said
