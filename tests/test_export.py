"""All documents, out and in again: nothing is lost on the way."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import pyarrow.parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    ExportError,
    Float,
    Index,
    Integer,
    Keyword,
    MultiSearcher,
    Schema,
    Stored,
    Text,
)
from searchlib.io import elasticsearch, export, infer, load, read
from searchlib.io.load import load_each
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "name_fr": Text(language="fr"),
        "tags": Keyword(),
        "section": Category(),
        "pages": Integer(),
        "price": Float(),
        "free": Boolean(),
        "day": Date(),
        "at": DateTime(),
        "more": Stored(),
    },
    language="lang",
    languages=["vi", "fr", "tlh"],
)
DOCUMENTS: Final[list[dict[str, Any]]] = [
    {
        "id": "1",
        "lang": "vi",
        "title": 'Quốc hội, "họp"; hôm\nnay\r\n\t',
        "tags": ["vn", "kh"],
        "section": "News/Asia",
        "pages": 2**63 - 1,
        "price": 2,
        "free": True,
        "day": "2022-09-15",
        "at": "2022-09-15T10:30:00.123456+07:00",
        "more": {"a": [1, None, {"b": "é"}]},
    },
    {"id": "2", "title": ["Un", "deux"], "tags": "fr", "price": [0.5, 1], "more": [1, "x"]},
    {"id": "é/3", "lang": "fr", "name_fr": "L’été", "day": ["0001-01-01", "9999-12-31"]},
    {"id": "4", "free": False, "more": "text", "pages": []},
    {"id": "5"},
]


@pytest.fixture(scope="module")
def index() -> Index:
    return indexed(SCHEMA, DOCUMENTS[:3], DOCUMENTS[3:])


def documents(index: Index) -> dict[str, Any]:
    return {document["id"]: document for document in index.documents()}


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.ndjson"])
def test_json_lines_come_back_as_they_were(tmp_path: Path, index: Index, name: str) -> None:
    assert export(index, tmp_path / name) == len(DOCUMENTS)
    again = Index(SCHEMA)
    assert load(again, tmp_path / name).rejected == 0
    assert documents(again) == documents(index)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_columns_come_back_as_they_were(tmp_path: Path, index: Index, name: str) -> None:
    assert export(index, tmp_path / name) == len(DOCUMENTS)
    again = Index(SCHEMA)
    assert load(again, tmp_path / name).rejected == 0

    def listed(document: dict[str, Any]) -> dict[str, Any]:
        """A column that holds several values anywhere holds lists everywhere."""
        several = {"title", "tags", "price", "day", "pages"}
        return {
            name: value if isinstance(value, list) or name not in several else [value]
            for name, value in document.items()
        }

    assert {key: listed(one) for key, one in documents(again).items()} == {
        key: listed(one) for key, one in documents(index).items()
    }


@pytest.mark.parametrize("name", ["all.parquet", "all.arrow"])
def test_whole_numbers_of_a_field_of_floats_are_floats_in_columns(
    tmp_path: Path, name: str
) -> None:
    index = Index(Schema({"one": Float(), "some": Float()}))
    large = [2**53 + 1, 2**63, 2**70, -(2**1000)]
    index.add(
        {"id": str(n), "one": one, "some": [one, 0.5]} for n, one in enumerate(large)
    ).raise_for_rejected()
    export(index, tmp_path / name)
    found = {row["id"]: (row["one"], row["some"]) for row in read(tmp_path / name)}
    want = [float(one) for one in large]
    assert found == {str(n): (one, [one, 0.5]) for n, one in enumerate(want)}
    hits = index.search(sort="id")
    assert hits.to_arrow()["one"].to_pylist() == want
    assert hits.to_polars()["one"].to_list() == want
    assert hits.to_pandas()["one"].to_list() == want


def test_types_of_columns_are_those_of_the_fields(tmp_path: Path) -> None:
    index = indexed(SCHEMA, [DOCUMENTS[0] | {"tags": "one"}])
    export(index, tmp_path / "a.parquet")
    kinds = {
        field.name: str(field.type) for field in pyarrow.parquet.read_schema(tmp_path / "a.parquet")
    }
    assert kinds == {
        **dict.fromkeys(["id", "lang", "title", "name_fr", "tags", "section"], "string"),
        "pages": "int64",
        "price": "double",
        "free": "bool",
        "day": "date32[day]",
        "at": "timestamp[us, tz=UTC]",
        "more": "extension<arrow.json>",
    }


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv.gz", "\t")])
def test_cells_say_what_the_documents_do(
    tmp_path: Path, index: Index, name: str, delimiter: str
) -> None:
    assert export(index, tmp_path / name) == len(DOCUMENTS)
    rows = {row["id"]: row for row in read(tmp_path / name)}
    assert rows["1"]["title"] == DOCUMENTS[0]["title"]
    assert rows["1"]["more"] == '{"a": [1, null, {"b": "é"}]}'
    assert rows["1"]["at"] == "2022-09-15T03:30:00.123456+00:00"
    assert rows["1"]["free"] == "true"
    assert json.loads(rows["2"]["title"]) == ["Un", "deux"]
    assert rows["4"]["more"] == '"text"'
    assert {name for name, cell in rows["5"].items() if cell is not None} == {"id"}
    simple = indexed(SCHEMA, [{**DOCUMENTS[0], "tags": "x", "more": None}])
    export(simple, tmp_path / "b.csv")
    again = Index(SCHEMA)
    assert load(again, tmp_path / "b.csv").rejected == 0
    assert documents(again) == {
        "1": {key: value for key, value in documents(simple)["1"].items() if value is not None}
    }


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(codec="utf-8")))
@example("[]")
@example("[1]")
@example('["a"]')
def test_any_text_comes_back_from_csv(title: str) -> None:
    schema = Schema({"title": Text()})
    index, again = indexed(schema, [{"id": "1", "title": title}]), Index(schema)
    file = io.BytesIO()
    export(index, file, format="csv")
    file.seek(0)
    assert load(again, read(file, format="csv", encoding="utf-8")).added == 1
    found = again.get("1")
    assert found is not None and found.get("title", "") in (title, [title])


@pytest.mark.parametrize("name", ["a.csv", "a.tsv.gz"])
def test_several_values_come_back_from_cells(tmp_path: Path, name: str) -> None:
    kinds = {key: kind for key, kind in SCHEMA.fields.items() if key != "more"}
    schema = Schema(kinds, language="lang", languages=["vi", "fr"])
    one = {
        "id": "[1]",
        "title": ["Quốc hội", "[họp]", "L’été"],
        "tags": ["Claire Petit", 'Hugo "x" Roy', "a,b"],
        "section": ["News/Asia", "Notes"],
        "pages": [2**63 - 1, -1],
        "price": [2, 0.5],
        "free": [True, False],
        "day": ["2022-09-15", "2021-01-01"],
        "at": ["2022-09-15T03:30:00Z"],
    }
    single = {"id": "2", "title": "[2022] Un été", "tags": '["a", "b"]', "section": "[1, 2]"}
    index, again = indexed(schema, [one, single, {"id": "3", "tags": []}]), Index(schema)
    export(index, tmp_path / name)
    assert load(again, tmp_path / name).rejected == 0
    assert list(again.documents()) == [
        index.get("[1]"),
        {**single, "tags": ['["a", "b"]']},
        {"id": "3", "tags": []},
    ]
    assert again.search(where={"tags": "Claire Petit"}).ids == ("[1]",)
    assert again.search(where={"tags": '["a", "b"]'}).ids == ("2",)


def test_several_values_in_cells_tell_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    index = Index(Schema({"author": Keyword(), "year": Integer(), "day": Date(), "body": Text()}))
    words = "on old boats of the river"
    index.add(
        {
            "id": str(n),
            "author": [f"A{n % 3} Petit", "Hugo Roy"] if n % 2 else "Hugo Roy",
            "year": [2020, n],
            "day": ["2022-09-15"],
            "body": f"[{n}] {words}",
        }
        for n in range(30)
    ).raise_for_rejected()
    export(index, path)
    inference = infer(path, languages=["en"])
    assert inference.schema is not None, inference.questions
    assert dict(inference.schema.fields) == dict(index.schema.fields)
    again = Index.from_records(path, languages=["en"])
    assert list(again.documents()) == list(index.documents())
    assert again.search(facets=["author"]).facets["author"].as_dict()["Hugo Roy"] == 30
    lines = [{"id": "1", "author": '["a", "b"]', "year": 1}]  # as text in JSON, it is text
    assert load(index, lines).added == 1
    assert index.get("1") == lines[0]


def test_streams_and_standard_output_are_written(index: Index, tmp_path: Path) -> None:
    binary, text = io.BytesIO(), io.StringIO()
    assert export(index, binary) == export(index, text) == len(DOCUMENTS)
    assert binary.getvalue() == text.getvalue().encode()
    with pytest.raises(ExportError, match="open it for bytes"):
        export(index, io.StringIO(), format="parquet")
    for target in (5, None, b"all.jsonl"):
        with pytest.raises(ExportError, match=f"not to {target!r}"):
            export(index, target)  # type: ignore[arg-type]
    indexed(Schema({}), [{"id": "1"}], path=tmp_path / "my-index")
    code = (
        "import sys; from searchlib import Index; from searchlib.io import export\n"
        "print(export(Index.open(sys.argv[1]), '-'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "my-index")],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == b'{"id":"1"}\n1\n'


def test_searchers_are_exported_as_they_are(tmp_path: Path) -> None:
    index = indexed(Schema({}), [{"id": "1"}])
    searcher = index.searcher()
    index.add([{"id": "2"}])
    both = MultiSearcher({"one": index, "two": indexed(Schema({}), [{"id": "3"}])})
    counts = [export(one, tmp_path / "a.jsonl") for one in (searcher, index, both)]
    assert counts == [1, 2, 3]


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    index = indexed(Schema({"x": Text()}), [{"id": "1", "x": "half \ud800"}])
    for name in ("a.csv", "a.parquet"):
        path = tmp_path / name
        path.write_text("before", "utf-8")
        with pytest.raises(ExportError):
            export(index, path)
        assert path.read_text("utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]
    export(index, tmp_path / "a.jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text("utf-8"))["x"] == "half \ud800"


def test_what_cannot_be_written_says_why(tmp_path: Path, index: Index) -> None:
    with pytest.raises(ExportError, match="cannot be written: No such file"):
        export(index, tmp_path / "no" / "a.jsonl")
    for folder in (tmp_path, ".", "/"):
        with pytest.raises(ExportError, match="cannot be written: Is a directory"):
            export(index, folder, format="jsonl")
    for name in ("a.xlsx", "a", "a.parquet.gz"):
        with pytest.raises(
            ExportError, match="say format=, one of arrow, csv, jsonl, parquet, tsv"
        ):
            export(index, tmp_path / name)
    with pytest.raises(ExportError, match="there is no format 'xml'"):
        export(index, tmp_path / "a", format="xml")


@contextmanager
def reading(*command: str, to: IO[bytes] | int) -> Iterator[subprocess.Popen[bytes]]:
    """Run what reads a pipe, which would wait for ever for one that nobody opens."""
    with subprocess.Popen(command, stdout=to) as reader:
        try:
            yield reader
        finally:
            reader.kill()


@pytest.mark.skipif(os.name != "posix", reason="pipes have names there")
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.jsonl.gz", "a.parquet", "a.arrow"])
def test_a_pipe_is_written_to_and_stays(tmp_path: Path, index: Index, name: str) -> None:
    pipe, again, file = tmp_path / name, Index(SCHEMA), tmp_path / "file" / name
    os.mkfifo(pipe)
    file.parent.mkdir()
    with file.open("wb") as out, reading("cat", str(pipe), to=out) as reader:
        assert export(index, pipe) == len(DOCUMENTS)
        assert reader.wait(20) == 0
    assert pipe.is_fifo() and sorted(tmp_path.iterdir()) == sorted([pipe, file.parent])
    assert load(again, read(file)).added == len(DOCUMENTS)


@pytest.mark.skipif(os.name != "posix", reason="pipes have names there")
def test_a_pipe_whose_reader_leaves_is_told(tmp_path: Path) -> None:
    many = indexed(Schema({"x": Text()}), [{"id": str(n), "x": "word " * 200} for n in range(300)])
    pipe = tmp_path / "a.jsonl"
    os.mkfifo(pipe)
    with (
        reading("head", "-c", "1", str(pipe), to=subprocess.DEVNULL),
        pytest.raises(ExportError, match=r"a\.jsonl' cannot be written: Broken pipe"),
    ):
        export(many, pipe)
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name != "posix", reason="there are such links")
def test_what_a_link_points_to_is_replaced(tmp_path: Path, index: Index) -> None:
    (tmp_path / "far").mkdir()
    there, later = tmp_path / "far" / "there", tmp_path / "far" / "later"
    there.touch()
    for link, target in ((tmp_path / "a.jsonl", there), (tmp_path / "b.jsonl", later)):
        link.symlink_to(target)
        export(index, link)
        assert link.is_symlink() and len(list(read(target, format="jsonl"))) == len(DOCUMENTS)
    (tmp_path / "c.jsonl").symlink_to("c.jsonl")
    with pytest.raises(ExportError, match="cannot be written: Too many levels"):
        export(index, tmp_path / "c.jsonl")
    assert len(list(tmp_path.iterdir())) == 4 and len(list(there.parent.iterdir())) == 2


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_stays_for_whom_it_was(tmp_path: Path, index: Index, mode: int) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("before", "utf-8")
    path.chmod(mode)
    export(index, path)
    assert path.stat().st_mode & 0o777 == mode
    assert len(list(read(path))) == len(DOCUMENTS)


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="no such device here")
def test_a_device_stays_one(tmp_path: Path, index: Index) -> None:
    link = tmp_path / "a.jsonl"
    link.symlink_to("/dev/null")
    assert export(index, link) == len(DOCUMENTS)
    assert link.is_symlink() and Path("/dev/null").is_char_device()
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("name", ["csv", "parquet", "arrow"])
def test_an_open_file_that_cannot_be_written_is_told(
    tmp_path: Path, index: Index, name: str
) -> None:
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(ExportError, match="'/dev/full' cannot be written: No space left"),
    ):
        export(index, full, format=name)
    read_only = tmp_path / "mine.jsonl"
    read_only.touch()
    with read_only.open("rb") as file, pytest.raises(ExportError, match="cannot be written"):
        export(index, file)


def test_a_name_may_be_as_long_as_names_are(tmp_path: Path, index: Index) -> None:
    path = tmp_path / f"{'a' * 249}.jsonl"
    assert export(index, path) == len(DOCUMENTS)
    for name, why in ((f"{'a' * 250}.jsonl", "File name too long"), ("a\0.jsonl", "null byte")):
        with pytest.raises(ExportError, match=f"cannot be written: .*{why}"):
            export(index, tmp_path / name)
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_among_the_files_of_an_index(tmp_path: Path) -> None:
    index = indexed(Schema({}), [{"id": "1"}], path=tmp_path / "idx")
    other = indexed(Schema({}), [{"id": "2"}], path=tmp_path / "other")
    (tmp_path / "folder").symlink_to(tmp_path / "idx")
    (tmp_path / "file").symlink_to(tmp_path / "idx" / "searchlib.json")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for target in (
        *("idx/searchlib.json", "idx/new", "idx/data-1/meta.json", "idx/data-1/new"),
        *("folder/searchlib.json", "folder/data-1/../new", "file"),
    ):
        for reader in (index, index.searcher(), MultiSearcher({"a": index}), other):
            with pytest.raises(ExportError, match=r"in the folder of an index, .*idx'.* elsewhere"):
                export(reader, tmp_path / target, format="jsonl")
        with pytest.raises(ExportError, match="in the folder of an index"):
            elasticsearch.bulk(index, tmp_path / target)
        with pytest.raises(ExportError, match="in the folder of an index"):
            load(index, [{"id": "new"}, {"id": 2.5}], bad_rows=tmp_path / target)
        with pytest.raises(ExportError, match="in the folder of an index"):
            load_each(other, [[{"id": 2.5}]], bad_rows=str(tmp_path / target))
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert Index.open(tmp_path / "idx").search().ids == ("1",)
    assert export(index, tmp_path / "beside.jsonl") == 1


# Elasticsearch and OpenSearch


def test_a_bulk_file_holds_two_lines_a_document(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "all.ndjson.gz"
    assert elasticsearch.bulk(index, path) == len(DOCUMENTS)
    rows = list(read(path))
    assert [row["index"] for row in rows[::2]] == [{"_id": row["id"]} for row in rows[1::2]]
    sources = {row["id"]: row for row in rows[1::2]}
    assert sources == {one["id"]: json.loads(SCHEMA.dump(one)) for one in DOCUMENTS}
    with pytest.raises(ExportError, match="more than the 512 bytes"):
        elasticsearch.bulk(indexed(Schema({}), [{"id": "é" * 300}]), path)
    assert len(list(read(path))) == 2 * len(DOCUMENTS)


def test_a_mapping_names_every_field_and_only_what_is_defined() -> None:
    whole = elasticsearch.mapping(SCHEMA)
    assert json.loads(json.dumps(whole)) == whole
    fields = whole["mappings"]["properties"]
    assert list(fields) == ["id", "lang", *SCHEMA.fields]
    assert {name: one["type"] for name, one in fields.items()} == {
        **dict.fromkeys(["id", "lang", "tags", "section"], "keyword"),
        **dict.fromkeys(["title", "name_fr"], "text"),
        **{"pages": "long", "price": "double", "free": "boolean"},
        **{"day": "date", "at": "date", "more": "object"},
    }
    # Klingon and Vietnamese have no analyzer there; a fixed language leaves the others out.
    assert set(fields["title"]["fields"]) == {"written", "fr"}
    assert set(
        elasticsearch.mapping(Schema({"x": Text(language="de")}, languages=["fr"]))["mappings"][
            "properties"
        ]["x"]["fields"]
    ) == {"written", "de"}
    own = set(whole["settings"]["analysis"]["analyzer"])
    built_in = {"standard", "keyword", *elasticsearch._ANALYZERS.values()}

    def analyzers(node: Any) -> set[str]:
        if not isinstance(node, dict):
            return set()
        inner = set().union(*map(analyzers, node.values()))
        return inner | {str(v) for k, v in node.items() if k.endswith("analyzer")}

    assert own <= analyzers(fields) <= own | built_in


def test_cells_are_quoted_as_others_read_them(index: Index, tmp_path: Path) -> None:
    export(index, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert {len(row) for row in rows} == {len(SCHEMA.fields) + 2}
