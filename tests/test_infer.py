"""A schema is told where records leave no doubt, and asked for where they do."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Date,
    DateTime,
    DocumentError,
    Float,
    Index,
    Integer,
    Keyword,
    ReadError,
    Schema,
    SchemaError,
    Stored,
    Text,
)
from searchlib.fields import Field
from searchlib.io import infer, load, read

DAY = date(2022, 9, 15)
MOMENT = datetime(2022, 9, 15, 10, 30, tzinfo=UTC)


def typed(values: list[Any], name: str = "x") -> list[dict[str, Any]]:
    return [{"id": str(n), name: value} for n, value in enumerate(values)]


def cells(values: list[str], name: str = "x") -> Any:
    """The same as CSV: text without types."""
    text = "".join(f'{n}\t"{value}"\n' for n, value in enumerate(values))
    return read(io.StringIO(f"id\t{name}\n{text}"), format="tsv")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, None], Integer()),
        ([1, 2.5], Float()),
        ([0.0, 1.0], Float()),
        ([10**400, 1.5], Float()),
        ([10**5_000, 1.5, None], Float()),
        ([Decimal("sNaN"), Decimal("1.5")], Float()),
        ([Decimal("1E+999999"), Decimal("-Infinity"), 2.0, None], Float()),
        ([Decimal("1.5"), Decimal(2)], Float()),
        ([True, False], Boolean()),
        ([DAY, None], Date()),
        ([MOMENT], DateTime()),
        ([DAY, MOMENT], DateTime()),
        ([numpy.datetime64(0, "ns"), numpy.datetime64("NaT", "ns")], DateTime()),
        ([numpy.array([7, 8], "M8[ns]")], DateTime()),
        ([numpy.datetime64("2022-09-15")], Date()),
        (["2022-09-15", "0001-01-01"], Date()),
        (["2022-09-15T10:30:00Z", "2022-09-15"], DateTime()),
        ([UUID(int=7)], Keyword()),
        ([{"a": 1}, {}], Stored()),
        ([[{"a": 1}]], Stored()),
        ([["a", "b"], ["c"]], Keyword()),
        ([[1, 2], 3, []], Integer()),
        (["The president of the assembly met them", "Boats on the river"], Text()),
        (["one\ntwo"], Text()),
        (["https://a.example/1", "https://a.example/2"], Keyword()),
        (["draft", "final", "draft"], Keyword()),
        (["Old maps", "New maps"] * 20, Keyword()),
        (["全国人大常委会委员长访问柬埔寨并举行会谈", "北京今天天气很好我们去公园"], Text()),
        (["ก็คุณจะไปไหนวันนี้ครับผมอยากไปตลาด"], Text()),
    ],
)
def test_values_of_one_type_leave_no_doubt(values: list[Any], kind: Field) -> None:
    inference = infer(typed(values))
    assert inference.questions == ()
    assert inference.schema == Schema({"x": kind})


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-20", "0"], Integer()),
        (["1", "2.5", "1e3", ".5"], Float()),
        (["true", "FALSE"], Boolean()),
        (["2022-09-15", ""], Date()),
        (["2022-09-15 10:30:00", "2022-09-15T10:30"], DateTime()),
    ],
)
def test_cells_are_taken_for_what_they_say(values: list[str], kind: Field) -> None:
    inference = infer(cells(values))
    assert inference.schema == Schema({"x": kind})
    index = Index(inference.schema)
    assert load(index, cells(values)).rejected == 0
    assert len(index) == len(values)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (cells(["02134", "90210"]), "begin with 0, such as '02134'"),
        (cells(["1", "-007.5"]), r"Float\(\)}, by which '-007.5' becomes -7.5"),
        (cells(["20220915", "19991231"]), "may be days, such as '20220915'"),
        (cells(["15/09/2022", "01/02/2022"]), "nobody can tell the day from the month"),
        (cells(["15.09.2022", "1.2.22"]), "nobody can tell the day from the month"),
        (cells(["2022-09-15"] * 9 + ["unknown"]), "1 of 10 are none, such as 'unknown'"),
        (cells(["2022-09-15"] * 9 + ["2022-02-30"]), "such as '2022-02-30'"),
        (cells(["1"] * 9 + ["n/a"]), "1 of 10 are none, such as 'n/a'"),
        (cells(["1,5", "2,25"]), "numbers with a comma"),
        (cells(["9780306406157", "9780306406164"], "isbn"), "numbers or labels"),
        (cells(["99999999999999999999"]), "more than 64 bits"),
        (cells(["", ""]), "has no value in any record"),
        (typed(["7", "8"]), "holds digits"),
        (typed(["1.5", "8"]), "numbers written as text"),
        (typed([2**63, 1]), "more than 64 bits"),
        (typed([10**5_000, "a"]), "a number of thousands of digits"),
        (typed([10**400, 2022.0, None]), "whole numbers written as float and int"),
        (typed([2022.0, None]), "whole numbers written as float"),
        (typed([Decimal(1), Decimal(2)]), "whole numbers written as Decimal"),
        (typed([1, "a"]), "values of int and str"),
        (typed([True, 1]), "values of bool and int"),
        (typed([b"\0"]), "values of bytes"),
        (typed([numpy.timedelta64(7, "ns")]), "values of timedelta64"),
        (typed([numpy.timedelta64(7, "s")]), "values of timedelta,"),
        (typed([numpy.datetime64("12000-01-01")]), "values of datetime64"),
        (typed([None]), "has no value in any record"),
        (typed([" ", ""]), "blank texts only"),
        (typed(["Ada Lovelace", "Alan Turing"]), "short texts, such as 'Ada Lovelace'"),
        (typed(["国会", "北京"]), "short texts"),
        (typed(["News/Asia", "News/Europe", "News/Asia", "News/Asia"]), "holds paths"),
    ],
)
def test_values_that_leave_a_choice_are_asked_about(records: Any, said: str) -> None:
    inference = infer(records)
    assert inference.schema is None
    (question,) = inference.questions
    assert re.search(said, question), question
    assert question in str(inference)


def test_each_answer_that_a_question_names_settles_it() -> None:
    names = {"Text": Text, "Keyword": Keyword, "Integer": Integer, "Float": Float, "Date": Date}
    for values in (["02134", "90210"], ["20220915"], ["Ada L", "Alan T"], ["1"] * 9 + ["n/a"]):
        (question,) = infer(typed(values)).questions
        ways = [name for name in names if f"'x': {name}()" in question]
        assert len(ways) >= 2, question
        for name in ways:
            kind = names[name]()
            assert infer(typed(values), fields={"x": kind}).schema == Schema({"x": kind})


# Ids


def test_the_id_is_told_by_its_name_or_asked_for() -> None:
    rows: list[dict[str, Any]] = [{"isbn": f"x{n}", "url": f"y{n}", "n": 1} for n in range(3)]
    inference = infer(rows)
    assert inference.schema is None
    assert inference.questions == (
        "no field is called 'id'; each record has its own 'isbn' and its own 'url': say id='isbn' "
        "or id='url'",
    )
    assert infer(rows, id="isbn").schema == Schema({"url": Keyword(), "n": Integer()}, "isbn")
    for name, own in (("_id", "id"), ("ID", "ID"), ("Id", "Id")):
        schema = infer([{name: 7}, {name: 8}]).schema
        assert schema is not None and schema.id == own


@pytest.mark.parametrize(
    ("records", "id", "said"),
    [
        ([{"id": 1}, {"id": 1}], None, "several records have '1', and a later one replaces"),
        ([{"id": 1}, {"id": "1"}], None, "several records have '1'"),
        ([{"id": 1}, {"id": None}], None, "1 of 2 records have none"),
        ([{"id": 1.5}], None, "1.5 (float) is no id"),
        ([{"id": True}], None, "True (bool) is no id"),
        ([{"id": 10**5_000}], None, "a number of thousands of digits (int) is no id"),
        ([{"a": 1}, {"a": 1}], None, "none is different in every record"),
        ([{"a": 1}, {"a": 1}], "a", "'a' is to be the id, but several records have '1'"),
        ([{"id": 1, "ID": 2}], None, "'id' and 'ID' may be the id by their names"),
    ],
)
def test_what_is_no_id_is_not_taken_for_one(
    records: list[dict[str, Any]], id: str | None, said: str
) -> None:
    inference = infer(records, id=id)
    assert inference.schema is None
    assert said in inference.questions[0]


# Languages


def test_a_field_of_language_codes_names_the_language() -> None:
    rows = [{"id": 1, "lang": "vi"}, {"id": 2, "lang": "pt-BR"}]
    assert infer(rows).schema == Schema({}, language="lang")
    assert infer(rows, fields={"lang": Keyword()}).schema == Schema({"lang": Keyword()})
    spelt = infer([{"id": 1, "language": "French"}, {"id": 2, "language": "German"}]).schema
    assert spelt is not None and spelt.language is None


def test_the_languages_that_texts_read_like_are_named_not_taken() -> None:
    rows = [{"id": n, "text": "Chủ tịch Quốc hội thăm Campuchia"} for n in range(3)]
    inference = infer([*rows, {"id": 9, "text": "Le président de l’Assemblée nationale"}])
    assert inference.schema is not None and inference.schema.languages == ()
    assert "languages=[],  # the texts read like vi (3), fr (1)" in inference.code
    assert any("vi (3), fr (1)" in reason for reason in inference.reasons)


# Code


def made(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "code", "exec"), names)
    return names


KINDS = st.sampled_from([1, 2.5, True, DAY, MOMENT, "a word", "one\ntwo", {"a": 1}, UUID(int=1)])


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(st.text(min_size=1), KINDS, max_size=5),
    st.lists(st.sampled_from(["vi", "fr", "en"]), unique=True),
)
def test_the_code_makes_the_schema_that_was_inferred(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, Any], languages: list[str]
) -> None:
    record = {name: value for name, value in record.items() if name.strip("_") != "id"}
    inference = infer([{"id": 7, **record}], languages=languages)
    if inference.schema is None:
        assert inference.questions
        return
    code = inference.code.replace('Index(schema, "my-index")', "Index(schema)")
    assert made(code)["schema"] == inference.schema
    report = load(Index(inference.schema), [{"id": 7, **record}])
    assert report.added == 1


def test_code_with_an_open_question_does_not_run_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for rows in ([{"id": 1, "zip": "007"}], [{"n": 1}, {"n": 1}]):
        inference = infer(rows)
        assert "..." in inference.code
        with pytest.raises(SchemaError):
            made(inference.code)
    assert list(tmp_path.iterdir()) == []


def test_arguments_that_name_nothing_are_refused() -> None:
    with pytest.raises(SchemaError, match="first 1 has a field 'isbn'; they have id"):
        infer([{"id": 1}], id="isbn")
    with pytest.raises(SchemaError, match="a field 'x'; they have id"):
        infer([{"id": 1}], fields={"x": Text()})
    with pytest.raises(SchemaError, match="there are no records"):
        infer([])
    with pytest.raises(SchemaError, match="a language code"):
        infer([{"id": 1}], languages=["?"])


# Index.from_records


def test_an_index_is_made_of_records(tmp_path: Path) -> None:
    rows = [
        {"id": n, "title": f"Quốc hội {n}", "year": 2000 + n % 5, "key": uuid5(UUID(int=1), str(n))}
        for n in range(1500)
    ]
    for source in (rows, iter(rows), read(iter(rows))):
        index = Index.from_records(source, languages=["vi"])
        assert len(index) == 1500
        assert index.get("1499") == {**rows[-1], "id": "1499", "key": str(rows[-1]["key"])}
    path = tmp_path / "my-index"
    Index.from_records(rows, path, languages=["vi"])
    assert Index.open(path).search("quoc hoi", where={"year": 2001}).total == 300


def test_records_that_share_one_dict_are_each_added() -> None:
    """Who yields records may change one dict, and a list within it, from one to the next."""

    def rows() -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {"pages": []}
        row: dict[str, Any] = {"tags": [], "more": more}
        for n in range(30):
            row["id"], row["tags"][:], more["pages"][:] = n, [f"t{n}"], [n, n + 1]
            yield row

    records = read(rows())
    schema = infer(records, id="id", fields={"tags": Keyword(), "more": Stored()}).schema
    assert schema is not None
    index = Index(schema)
    assert load(index, records).added == 30
    for one in (index, Index.from_records(rows(), fields={"tags": Keyword()})):
        assert len(one) == 30
        assert one.get("7") == {"id": "7", "tags": ["t7"], "more": {"pages": [7, 8]}}


def test_records_that_leave_a_choice_make_no_index(tmp_path: Path) -> None:
    path = tmp_path / "my-index"
    with pytest.raises(SchemaError, match=r"(?s)\"zip\": \.\.\.,.*1\. 'zip' holds digits"):
        Index.from_records([{"id": 1, "zip": "007"}], path)
    assert not path.exists()


def test_a_record_that_does_not_fit_leaves_no_index_behind(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": n, "year": n} for n in range(1200)]
    path = tmp_path / "my-index"
    with pytest.raises(DocumentError, match=r"record 1,200: document '1200' .*, field 'year'"):
        Index.from_records([*rows, {"id": 1200, "year": "soon"}], path)
    assert not path.exists()
    index = Index.from_records(rows, path)
    with pytest.raises(DocumentError):  # into the index that is there
        Index.from_records(
            [{"id": 5000, "year": 1}, {"id": 1, "year": "soon"}], path, schema=index.schema
        )
    assert len(index) == 1200


def test_a_source_of_bad_rows_alone_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,title\n1,a,b\n", "utf-8")
    with pytest.raises(ReadError, match=r"a\.csv', line 2: 3 cells, where there are 2 columns"):
        Index.from_records(path)
    with pytest.raises(SchemaError, match="there are no records"):
        Index.from_records([])


@pytest.mark.parametrize("given", [None, "id"])
def test_an_id_that_repeats_is_one_question_which_can_be_answered(given: str | None) -> None:
    rows = [{"id": 1, "no": "7", "title": f"Boat {n}"} for n in range(3)]
    inference = infer(rows, id=given, fields={"no": Keyword()})
    (question,) = inference.questions
    assert "several records have '1'" in question and question.endswith(": say id='title'")
    rows = [{"id": "1", "title": "Boats"}] * 2
    (question,) = infer(rows, id=given).questions
    assert "; none is different in every record: give each record one, as in " in question
    mended = ({**record, "id": n} for n, record in enumerate(rows))  # as it says
    assert infer(mended).schema is not None
    rows = [{"id": n, "ID": n, "title": "Boats"} for n in range(2)]
    assert infer(rows).questions == (
        "'id' and 'ID' may be the id by their names; each record has its own 'id' and its own "
        "'ID': say id='id' or id='ID'",
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "id,titre,titre\n1,a,b\n", "several columns are called 'titre'"),
        ("a.csv", "id,titre\n", "there are no records to infer a schema from"),
        ("a.csv", "id,a;b\n1,2;3\n", "',' and ';' may both stand between the columns"),
        ("a.csv", 'id,"a\n', "the names of the columns cannot be read"),
        ("a.jsonl", "", "there are no records to infer a schema from"),
        ("a.json", "[1, x", "value 1 of the JSON cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_names_it(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises((ReadError, SchemaError)) as error:
        infer(path)
    assert str(error.value).startswith(f"{str(path)!r}: {says}")
