"""Fields and documents: what each type takes, refuses, and gives back."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, Final

import numpy
import pandas
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    DocumentError,
    Float,
    Index,
    Integer,
    Keyword,
    Match,
    Schema,
    SchemaError,
    Stored,
    Text,
    reindex,
)
from searchlib.fields import Field
from searchlib.schema import unpacked
from tests.conftest import indexed
from tests.strategies import documents, json_values, moments, schemas

KINDS: Final[list[Field]] = [
    Text(),
    Keyword(),
    Category(),
    Integer(),
    Float(),
    Boolean(),
    Date(),
    DateTime(),
    Stored(),
]
GOOD: Final[dict[str, st.SearchStrategy[Any]]] = {
    "text": st.text(),
    "keyword": st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    "category": st.lists(
        st.text("abc đé.*+", min_size=1).filter(str.strip), min_size=1, max_size=4
    ).map("/".join),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**200), 2**200),
    "boolean": st.booleans(),
    "date": st.dates() | st.dates().map(date.isoformat),
    "datetime": moments() | moments().map(datetime.isoformat) | st.dates(),
    "stored": json_values(),
}
ANYTHING: Final = (
    st.none()
    | st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.binary()
    | st.dictionaries(st.text(), st.integers(), max_size=2)
    | st.sets(st.integers(), max_size=2)
    | st.complex_numbers()
)
laws = settings(max_examples=60, deadline=None)
engine_laws = settings(max_examples=25, deadline=None)


def one(kind: Field) -> Schema:
    return Schema({"field": kind}, languages=["fr"])


each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type_name)


# --- Good and bad values ----------------------------------------------------------------


@each_kind
@laws
@given(data=st.data())
def test_good_values_pass(kind: Field, data: st.DataObject) -> None:
    value = data.draw(GOOD[kind.type_name])
    document_id, encoded = one(kind).check({"id": "1", "field": value})
    assert document_id == "1"
    assert len(encoded.get("field", [])) == (0 if value is None else 1)


@each_kind
@laws
@given(data=st.data())
def test_other_values_raise_a_document_error_or_nothing(kind: Field, data: st.DataObject) -> None:
    """Whatever a document holds, the check raises the one error, and what it lets pass is
    stored, found, and given back."""
    value = data.draw(ANYTHING | st.lists(ANYTHING, max_size=3))
    schema = one(kind)
    document = {"id": "1", "field": value}
    try:
        schema.check(document)
    except DocumentError as error:
        assert error.field == "field"
        assert error.document_id == "1"
        assert "'field'" in str(error)
        assert type(kind).expects in str(error) or "surrogate" in str(error)
    else:
        assert json.loads(schema.dump(document))["id"] == "1"


@laws
@given(data=st.data(), longest=st.sampled_from([0, 1, 4, 500]))
def test_a_document_comes_back_from_what_is_stored(data: st.DataObject, longest: int) -> None:
    """However long its texts are, and whatever zeros and halves of surrogate pairs stand in them:
    its fields in their order, the same values, none of another type."""
    any_text = st.text(st.characters(exclude_categories=[]) | st.sampled_from('\0\n"\\\ud800é'))
    fields = {"title": Text(), "tags": Keyword(), "more": Stored(), "day": Date()}
    schema = Schema(fields)
    document = data.draw(
        st.fixed_dictionaries(
            {"more": any_text | json_values(), "id": st.text(min_size=1, max_size=3)},
            optional={
                "title": any_text | st.lists(any_text, max_size=2) | st.none(),
                "day": st.dates() | st.none(),
                "tags": st.text(max_size=5),
            },
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchlib.schema._LONG", longest)
        stored = schema.pack(document)
    loaded = schema.load(stored)
    assert loaded == document
    assert list(loaded) == list(document)
    assert repr(loaded) == repr(document)  # True is not 1, nor -0.0 0
    plain = json.loads(schema.dump(document))
    assert repr(unpacked(stored)) == repr(plain)


def test_texts_are_stored_as_they_are() -> None:
    schema = Schema({"title": Text(), "text": Text()})
    text = 'Đường "dài" é\n' * 50
    stored = schema.pack({"id": "a", "text": text, "title": "Đường"})
    assert stored == f'text\0{text}\0{{"id":"a","text":null,"title":"Đường"}}'.encode()
    # An empty text is none, nor is one with a zero stored so: it could not be told from two.
    for other in ("", "\0" + text, [text, text]):
        assert schema.pack({"id": "a", "text": other}).count(b"\0") == 0
    assert schema.load(schema.pack({"id": "a", "text": "\0" + text}))["text"] == "\0" + text


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (Text(), [1, 1.0, True, b"x", {}, {"a": 1}, ["a", None], [["a"]]]),
        (Keyword(), [1, None.__class__, b"x", "\ud800", "x" * 32_767, ["a", 1]]),
        (Category(), ["", "/", "a//b", " / ", "a/ /b", 1, ["a", ""], "\ud800"]),
        (Integer(), ["1", 1.0, True, 2**63, -(2**63) - 1, [1, "2"], float("nan")]),
        (Float(), ["1", True, math.nan, math.inf, -math.inf, 10**400, [1.0, "x"], 1j]),
        (Boolean(), [0, 1, "true", "", [True, 1]]),
        (Date(), ["", "2020", "2020-13-01", "2020-02-30", 0, datetime.now(UTC), ["2020-01-01", 1]]),
        (DateTime(), ["", "noon", 0, 1.5, "2020-01-01T25:00", ["2020-01-01", 1]]),
        (Stored(), [{1, 2}, b"x", object(), datetime.now(UTC), [date.today()], 1j]),
    ],
)
def test_bad_values_are_refused(kind: Field, bad: list[Any]) -> None:
    for value in bad:
        with pytest.raises(DocumentError):
            one(kind).check({"id": "1", "field": value})


def test_stored_json_is_json_that_others_can_read() -> None:
    """NaN and numbers like it are no JSON; keys that are no strings would come back changed."""
    for value in (math.nan, [math.inf], {"a": -math.inf}, {1: "a"}, {True: 1}, {None: 1}):
        with pytest.raises(DocumentError):
            one(Stored()).check({"id": "1", "field": value})
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(DocumentError):
        one(Stored()).check({"id": "1", "field": deep})
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(DocumentError):
        one(Stored()).check({"id": "1", "field": circle})


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("hours", [-14, 14])
def test_a_moment_outside_the_calendar_is_refused(moment: datetime, hours: int) -> None:
    shifted = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    outside = (moment.year == 1) == (hours > 0)
    if outside:
        with pytest.raises(DocumentError):
            one(DateTime()).check({"id": "1", "field": shifted})
    else:
        one(DateTime()).check({"id": "1", "field": shifted})


def test_a_moment_that_is_none_is_refused_and_the_others_are_added() -> None:
    """pandas has a moment that is none, and a datetime by its type; it goes beyond the calendar,
    too."""
    index = Index(Schema({"field": DateTime(), "day": Date()}))
    far = pandas.Timestamp(numpy.datetime64("12000-01-01", "s"))
    bad = [pandas.NaT, [pandas.NaT], far]
    result = index.add([{"id": "a"}, *({"id": "b", "field": value} for value in bad), {"id": "c"}])
    assert (result.added, len(result.rejected)) == (2, 3)
    for rejected in result.rejected:
        assert re.search(r"'b' .*field 'field': expected a datetime or", str(rejected.error))
    (rejected,) = index.add([{"id": "b", "day": pandas.NaT}]).rejected
    assert str(rejected.error).endswith("such as '2022-09-15', got NaT (NaTType)")
    moment = pandas.Timestamp("2022-09-15T10:30:00.123456789+07:00")
    assert index.add([{"id": "d", "field": moment}]).added == 1
    stored = (index.get("d") or {})["field"]
    assert stored == datetime(2022, 9, 15, 3, 30, 0, 123456, tzinfo=UTC)
    assert type(stored) is datetime


class OwnZone(tzinfo):
    def __init__(self, offset: Any) -> None:
        self.offset = offset

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        if isinstance(self.offset, Exception):
            raise self.offset
        return self.offset  # type: ignore[no-any-return]

    def dst(self, moment: datetime | None) -> None: ...

    def tzname(self, moment: datetime | None) -> str:
        return "own"


@pytest.mark.parametrize("offset", [KeyError("zone"), timedelta(days=2), "+7"])
def test_a_time_zone_that_fails_is_a_rejection(offset: Any) -> None:
    moment = datetime(2022, 9, 15, tzinfo=OwnZone(offset))
    index = Index(one(DateTime()))
    result = index.add([{"id": "a", "field": moment}, {"id": "b"}])
    assert result.added == 1
    assert "document 'a' (str), field 'field': " in str(result.rejected[0].error)
    assert "its time zone does not tell how far it is from UTC" in str(result.rejected[0].error)


def test_a_moment_of_a_time_zone_that_says_nothing_is_one_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        moment = datetime(2022, 9, 15, 10, 30, tzinfo=OwnZone(None))
        assert DateTime().to_json(moment) == "2022-09-15T10:30:00+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@each_kind
def test_none_and_an_empty_list_are_no_value(kind: Field) -> None:
    nothing: list[Any] = [None, []]
    for value in nothing:
        _, encoded = one(kind).check({"id": "1", "field": value})
        assert not encoded.get("field") or kind.type_name == "stored"
    index = indexed(one(kind), [{"id": "1", "field": None}, {"id": "2", "field": []}, {"id": "3"}])
    assert index.get("1") == {"id": "1", "field": None}
    assert index.get("2") == {"id": "2", "field": []}
    assert index.get("3") == {"id": "3"}


@each_kind
def test_none_within_a_list_is_refused(kind: Field) -> None:
    if kind.type_name != "stored":
        with pytest.raises(DocumentError):
            one(kind).check({"id": "1", "field": [None]})


# --- Documents in are documents out -----------------------------------------------------


@engine_laws
@given(schema=schemas(), data=st.data())
def test_documents_come_back_as_they_were(schema: Schema, data: st.DataObject) -> None:
    batch = data.draw(st.lists(documents(schema), max_size=4, unique_by=lambda d: d[schema.id]))
    index = indexed(schema, batch)
    expected = {document[schema.id]: came_back(schema, document) for document in batch}
    assert {document[schema.id]: document for document in index.documents()} == expected
    for document_id, document in expected.items():
        found = index.get(document_id)
        assert found == document
        assert found is not None
        assert {k: repr(v) for k, v in found.items()} == {k: repr(v) for k, v in document.items()}


def came_back(schema: Schema, document: dict[str, Any]) -> dict[str, Any]:
    """What is promised of a document: the same, but tuples as lists and dates as dates."""
    converters: dict[str, Callable[[Any], Any]] = {"date": as_date, "datetime": as_moment}
    result = {}
    for name, value in document.items():
        kind = schema.fields.get(name)
        convert = converters.get("" if kind is None else kind.type_name)
        if convert is None or value is None:
            result[name] = value
        elif isinstance(value, list):
            result[name] = [convert(item) for item in value]
        else:
            result[name] = convert(value)
    return result


def as_date(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_moment(value: date | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def test_dates_come_back_as_dates_and_moments_in_utc() -> None:
    schema = Schema({"day": Date(), "at": DateTime()})
    hanoi = timezone(timedelta(hours=7))
    index = indexed(
        schema,
        [
            {
                "id": "1",
                "day": date(2022, 9, 15),
                "at": datetime(2022, 9, 15, 10, 30, tzinfo=hanoi),
            },
            {"id": "2", "day": "2022-09-15", "at": "2022-09-15T10:30:00+07:00"},
            {"id": "3", "day": ["0001-01-01", date.max], "at": [datetime(1, 1, 1), "2022-09-15"]},
            {"id": "4", "at": date(2022, 9, 15)},
        ],
    )
    utc = datetime(2022, 9, 15, 3, 30, tzinfo=UTC)
    for document_id in ("1", "2"):
        assert index.get(document_id) == {"id": document_id, "day": date(2022, 9, 15), "at": utc}
        assert index.get(document_id)["at"].tzinfo is UTC  # type: ignore[index]
    midnight = datetime(2022, 9, 15, tzinfo=UTC)
    assert index.get("3") == {
        "id": "3",
        "day": [date.min, date.max],
        "at": [datetime(1, 1, 1, tzinfo=UTC), midnight],
    }
    assert index.get("4") == {"id": "4", "at": midnight}
    assert type(index.get("4")["at"]) is datetime  # type: ignore[index]


def test_values_of_derived_types_are_stored_as_what_they_are(tmp_path: Path) -> None:
    """Whatever their own methods say of them."""

    class OwnDay(date):
        def isoformat(self) -> str:
            return self.strftime("%d/%m/%Y")

        def toordinal(self) -> int:
            return 1

    class OwnMoment(datetime):
        def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
            return self.strftime("%d/%m/%Y")

        def astimezone(self, tz: Any = None) -> Any:
            return self

    class OwnText(str):
        def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
            return b"not\0this"

        def split(self, *_: Any) -> Any:
            return ["neither"]

        def strip(self, *_: Any) -> Any:
            return "nor"

        def __len__(self) -> int:
            return 1_000

        def __contains__(self, other: object) -> bool:
            return False

    class OwnInteger(int):
        def __int__(self) -> int:
            return 5

        def __repr__(self) -> str:
            return "seven"

        __str__ = __repr__

    class OwnFloat(float):
        def __float__(self) -> float:
            return 5.0

        def __repr__(self) -> str:
            return "seven"

        __str__ = __repr__

    schema = Schema(
        {
            "day": Date(),
            "at": DateTime(),
            "text": Text(),
            "label": Keyword(),
            "path": Category(),
            "count": Integer(),
            "share": Float(),
            "more": Stored(),
        },
        languages=["en"],
    )
    long = "words \0 " * 100
    path = tmp_path / "index"
    index = Index(schema, path)
    given: dict[str, Any] = {
        "day": [OwnDay(2022, 9, 15)],
        "at": OwnMoment(2022, 9, 15, 10, 30, tzinfo=UTC),
        "text": [OwnText("boats"), OwnText(long)],
        "label": OwnText("x" * 600),
        "path": OwnText("/a/b/"),
        "count": OwnInteger(7),
        "share": OwnFloat(7.5),
        "more": [OwnInteger(7), OwnFloat(7.5), OwnText("x")],
    }
    first = {"id": OwnText("a" * 600), **given}
    second = {"id": OwnText("b"), **given, "day": OwnDay(2022, 9, 15), "text": OwnText(long)}
    index.add([first, second])
    for document_id, document in (("a" * 600, first), ("b", second)):
        assert index.get(document_id) == {
            **document,
            "id": document_id,
            "at": datetime(2022, 9, 15, 10, 30, tzinfo=UTC),
            "text": ["boats", long] if document is first else long,
            "day": [date(2022, 9, 15)] if document is first else date(2022, 9, 15),
        }
    for query in ("text:words", "day:2022-09-15", "path:a", "count:7", "share:7.5"):
        assert index.search(query).total == 2, query
    with index.writer() as writer:
        writer.update({"id": "b", "day": OwnDay(2023, 1, 1)})
    reindex(path)
    assert Index.open(path).search("day:2023-01-01").ids == ("b",)


@engine_laws
@given(st.text(st.characters(), max_size=20))
@example("\ud800 word \udfff")
@example("wo\ud800rd")
@example("\udbff\udfff word")
@example("\x00\x01 word \x7f\x85")
def test_any_text_can_be_stored_and_does_not_hide_what_is_beside_it(text: str) -> None:
    schema = Schema({"title": Text(), "more": Text()}, languages=["fr"])
    index = indexed(schema, [{"id": "1", "title": text, "more": "beside"}, {"id": "2"}])
    assert index.get("1") == {"id": "1", "title": text, "more": "beside"}
    assert index.search("beside").ids == ("1",)
    assert index.search("beside", highlight=True).hits[0].highlights["more"]
    assert index.search(Match(text)).total <= 1


def test_words_beside_a_lone_surrogate_are_found() -> None:
    index = indexed(
        Schema({"title": Text()}, languages=["fr"]), [{"id": "1", "title": "un \ud800 mot"}]
    )
    assert index.search("mot", highlight=True).hits[0].highlights["title"] == (
        "un \ud800 <mark>mot</mark>",
    )


@engine_laws
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5),
)
@example([5e-324, -0.0, 1.7976931348623157e308], [-(2**63), 2**63 - 1, 2**53 + 1])
def test_numbers_are_found_by_their_exact_value(floats: list[float], integers: list[int]) -> None:
    schema = Schema({"x": Float(), "n": Integer()})
    index = indexed(
        schema, [{"id": str(n), "x": x} for n, x in enumerate(floats)], [{"id": "n", "n": integers}]
    )
    for number in floats:
        expected = {str(n) for n, x in enumerate(floats) if x == number}
        assert set(index.search(where={"x": number}).ids) == expected
    for integer in integers:
        assert index.search(where={"n": integer}).ids == ("n",)
        for near in (integer - 1, integer + 1):
            if near not in integers and -(2**63) <= near < 2**63:
                assert index.search(where={"n": near}).total == 0


def test_values_of_a_list_are_each_found() -> None:
    schema = Schema({"title": Text(), "tag": Keyword(), "n": Integer(), "day": Date()})
    document = {
        "id": "1",
        "title": ("one", "two"),
        "tag": ["a", "b", "a"],
        "n": [1, 2],
        "day": ["2020-01-01", date(2021, 1, 1)],
    }
    index = indexed(schema, [document])
    for query in ("one", "two", "tag:a", "tag:b", "n:1", "n:2", "day:2020", "day:2021"):
        assert index.search(query).ids == ("1",), query
    assert index.search(facets=["tag"]).facets["tag"].as_dict() == {"a": 1, "b": 1}


# --- Schemas ----------------------------------------------------------------------------


@laws
@given(schemas())
def test_a_schema_is_its_dict(schema: Schema) -> None:
    plain = json.loads(json.dumps(schema.to_dict()))
    again = Schema.from_dict(plain)
    assert again == schema
    assert again.to_dict() == schema.to_dict()
    assert list(again.fields) == list(schema.fields)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Schema({"": Text()}),
        lambda: Schema({"two words": Text()}),
        lambda: Schema({"_id": Text()}),
        lambda: Schema({"_language": Keyword()}),
        lambda: Schema({"a.b": Text()}),
        lambda: Schema({"a-b": Text()}),
        lambda: Schema({"1a": Text()}),
        lambda: Schema({5: Text()}),  # type: ignore[dict-item]
        lambda: Schema({"id": Keyword()}),
        lambda: Schema({"lang": Keyword()}, language="lang"),
        lambda: Schema({}, id="lang", language="lang"),
        lambda: Schema({}, id=""),
        lambda: Schema({}, id="_x"),
        lambda: Schema({}, language="no name"),
        lambda: Schema({"title": Text}),  # type: ignore[dict-item]
        lambda: Schema({"title": "text"}),  # type: ignore[dict-item]
        lambda: Schema({"title": None}),  # type: ignore[dict-item]
        lambda: Schema({}, languages="vi"),
        lambda: Schema({}, languages=["english!"]),
        lambda: Schema({}, languages=[""]),
        lambda: Schema({}, languages=[None]),  # type: ignore[list-item]
        lambda: Text(weight=0),
        lambda: Text(weight=-1.0),
        lambda: Text(weight=math.nan),
        lambda: Text(weight=math.inf),
        lambda: Text(weight=1e39),
        lambda: Text(weight="2"),  # type: ignore[arg-type]
        lambda: Text(language="not a code"),
        lambda: Text(language=""),
        lambda: Schema.from_dict({}),
        lambda: Schema.from_dict({"fields": None, "id": "id", "language": None, "languages": []}),
        lambda: Schema.from_dict(
            {"fields": {"a": {"type": "colour"}}, "id": "id", "language": None, "languages": []}
        ),
        lambda: Schema.from_dict(
            {"fields": {"a": {"type": "text"}}, "id": "id", "language": None, "languages": []}
        ),
        lambda: Schema.from_dict(5),  # type: ignore[arg-type]
        lambda: Schema.from_dict([]),  # type: ignore[arg-type]
        lambda: Schema(["title"]),  # type: ignore[arg-type]
    ],
)
def test_schemas_that_contradict_themselves(make: Callable[[], object]) -> None:
    with pytest.raises(SchemaError):
        make()


def test_languages_are_base_codes_each_once() -> None:
    assert Schema({}, languages=["vi-VN", "VI", "fr_CA", "nb"]).languages == ("vi", "fr", "no")
    assert Text(language="pt-BR").language == "pt"


def test_a_schema_keeps_what_it_was_made_of() -> None:
    fields: dict[str, Field] = {"title": Text()}
    schema = Schema(fields)
    fields["more"] = Text()
    assert set(schema.fields) == {"title"}


def test_many_fields_of_odd_names() -> None:
    names = ["tiêu_đề", "été", "标题", "Καλό", "A", "a", "b" * 200, "and", "OR", "NOT", "score"]
    index = indexed(
        Schema({name: Text() for name in names}, languages=["en"]),
        [{"id": name, name: "word"} for name in names],
    )
    assert set(index.search("word", limit=99).ids) == set(names)
    for name in names:
        assert index.search(Match("word", field=name)).ids == (name,)


@pytest.mark.parametrize("key", ["key", "uid"])
def test_the_id_may_have_another_name(key: str) -> None:
    schema = Schema({"id": Keyword(), "title": Text()}, id=key)
    index = Index(schema)
    assert index.add([{key: "1", "id": "x", "title": "word"}, {"id": "2"}]).added == 1
    assert index.get("1") == {key: "1", "id": "x", "title": "word"}
    assert index.search(where={key: "1"}).total == 1
    assert index.search(where={"id": "x"}).ids == ("1",)
    assert index.search(sort=f"-{key}").ids == ("1",)
