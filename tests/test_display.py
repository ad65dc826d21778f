"""What notebooks and terminals show, and hits as frames: whole, and harmless."""

from __future__ import annotations

import html.parser
import io
import json
from datetime import UTC, date, datetime
from typing import Any, Final

import pandas
import polars
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from searchlib import (
    Date,
    DateTime,
    Float,
    Highlight,
    Integer,
    Keyword,
    MultiSearcher,
    Schema,
    SearchResult,
    Stored,
    Text,
    ValueFacet,
)
from tests.conftest import indexed, output_of

SCHEMA: Final = Schema(
    {"title": Text(), "tags": Keyword(), "year": Integer(), "price": Float(), "day": Date(),
     "at": DateTime(), "more": Stored()},
    languages=["en"],
)  # fmt: skip
EVIL: Final = "boats <script>alert('x')</script> & \"quotes\" <img src=x onerror=alert(1)> \x1b[31m"
ALLOWED: Final = {
    "div", "p", "b", "code", "small", "span", "mark", "table", "caption", "tr", "td", "tbody",
}  # fmt: skip


class Tags(html.parser.HTMLParser):
    """What a browser would make of a page: its tags, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.marked: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] == "mark":
            self.marked[-1] += data


def page(result: SearchResult) -> Tags:
    found = Tags(result._repr_html_())
    assert found.open == []
    assert set(found.tags) <= ALLOWED
    assert found.attributes <= {"style"}
    return found


def terminal(result: SearchResult, **options: Any) -> str:
    file = io.StringIO()
    Console(file=file, width=100, **options).print(result)
    return file.getvalue()


@pytest.mark.parametrize("style", ["html", "ansi", "text", "ranges"])
def test_nothing_of_a_document_or_query_is_obeyed(style: Any) -> None:
    index = indexed(
        SCHEMA, [{"id": EVIL, "title": [EVIL, "no"], "tags": EVIL, "more": {EVIL: EVIL}}]
    )
    highlight = Highlight(style=style)
    if style == "text":
        highlight = Highlight(style=style, before="<script>", after="</script>")
    facets = [ValueFacet("tags", name=EVIL)]
    result = index.search(f"boats {EVIL} 'nowhere<b>'", facets=facets, highlight=highlight)
    found = page(result)
    assert "boats" in found.marked and "script" in found.marked
    assert found.text.count("<script>alert('x')</script>") >= 4
    shown = terminal(result, force_terminal=True, color_system=None)
    assert "\x1b[31m" not in shown.replace("\x1b[0m", "")
    assert "␛[31m" in shown


@settings(deadline=None, max_examples=50)
@given(st.text(), st.text())
def test_any_text_is_shown_as_it_is(title: str, tag: str) -> None:
    index = indexed(
        Schema({"title": Text(), "tags": Keyword()}), [{"id": "1", "title": f"boats {title}"[:90]}]
    )
    found = page(index.search("boats"))
    kept = f"boats {title}"[:90].replace("\r", "").replace("\x00", "")
    assert "".join(kept.split()) in "".join(
        found.text.replace("\r", "").replace("\x00", "").split()
    )


def test_hits_are_shown_with_their_matches_and_counts() -> None:
    index = indexed(
        SCHEMA,
        [{"id": f"{n}", "title": f"Old boats {n}", "tags": ["x", "yz"[n % 2]], "year": 2020 + n % 2}
         for n in range(5)],
    )  # fmt: skip
    result = index.search(
        "boat qqqq", where={"year": 2021}, facets=["tags", "year"], highlight=True, limit=2
    )
    found = page(result)
    assert found.marked == ["boats", "boats"]
    for text in (found.text, terminal(result)):
        assert "2 documents for boat qqqq" in text
        assert "! no document holds 'qqqq'" in text
        assert "✓ 2021" in text and "✓ 2020" not in text
        assert "Old boats 1" in text and "Old boats 0" not in text
    lines = terminal(result).splitlines()
    bars = {line.split()[-3]: line.count("█") for line in lines if "█" in line}
    assert bars == {"x": 24, "z": 24, "2020": 24, "2021": 16}
    styled = terminal(result, force_terminal=True, color_system="standard")
    assert "\x1b[30;43mboats\x1b[0m" in styled


def test_many_lines_and_fields_are_cut_and_counted() -> None:
    fields = {f"f{n}": Integer() for n in range(20)}
    index = indexed(
        Schema({**fields, "tag": Keyword()}),
        [{"id": f"d{n}", "tag": f"t{n}", **dict.fromkeys(fields, n)} for n in range(30)],
    )
    result = index.search(facets=[ValueFacet("tag", limit=20)], limit=1)
    for text in (page(result).text, terminal(result)):
        assert "30 documents" in text
        assert "others" in text and "20" in text
        assert "f10" in text and "f12" not in text
        assert "9 more fields" in text


def test_groups_and_indexes_are_named() -> None:
    schema = Schema({"title": Text(), "site": Keyword()}, languages=["en"])
    index = indexed(schema, [{"id": str(n), "title": "Maps", "site": "a"} for n in range(3)])
    result = index.search("maps", collapse="site")
    assert "one of 3" in page(result).text and "one of 3" in terminal(result)
    assert result.to_dicts()[0]["_count"] == 3 and result.to_dicts()[0]["_group"] == "a"
    both = MultiSearcher({"one": index, "two": indexed(schema, [{"id": "9", "title": "Maps"}])})
    found = both.search("maps", sort="-id", limit=1)
    assert "two" in page(found).text and "two" in terminal(found)
    assert found.to_dicts()[0]["_index"] == "two"


# Frames

MOMENT: Final = datetime(2022, 9, 15, 10, 30, 0, 123456, tzinfo=UTC)
DOCUMENTS: Final[list[dict[str, Any]]] = [
    {"id": "a", "title": "Boats", "tags": ["x", "y"], "year": 2**62 + 1, "price": 2},
    {
        "id": "b",
        "title": "Boats",
        "tags": "z",
        "price": 0.5,
        "day": date(2022, 9, 15),
        "at": MOMENT,
    },
    {"id": "c", "title": "Boats", "more": {"a": [1, "é"]}},
]


@pytest.fixture(scope="module")
def result() -> SearchResult:
    return indexed(SCHEMA, DOCUMENTS).search("boat", sort="id", highlight=True)


EXPECTED: Final[dict[str, list[Any]]] = {
    "id": ["a", "b", "c"],
    "title": ["Boats"] * 3,
    "tags": [["x", "y"], ["z"], None],
    "year": [2**62 + 1, None, None],
    "price": [2.0, 0.5, None],
    "day": [None, date(2022, 9, 15), None],
    "at": [None, MOMENT, None],
    "more": [None, None, '{"a": [1, "é"]}'],
    "_score": [None] * 3,
    "_language": ["en"] * 3,
    "_highlights": ['{"title": ["<mark>Boats</mark>"]}'] * 3,
}


def test_dicts_are_the_documents_and_what_the_search_says(result: SearchResult) -> None:
    rows = result.to_dicts()
    own = {"_score": None, "_language": "en", "_highlights": {"title": ["<mark>Boats</mark>"]}}
    assert rows == [document | own for document in DOCUMENTS]
    rows[0]["title"] = "changed"
    assert result.hits[0]["title"] == "Boats"
    assert json.dumps(rows, default=str)


def test_hits_become_an_arrow_table(result: SearchResult) -> None:
    table = result.to_arrow()
    assert isinstance(table, pyarrow.Table)
    assert table.to_pydict() == EXPECTED


def test_hits_become_a_frame_of_polars(result: SearchResult) -> None:
    frame = result.to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame.to_dict(as_series=False) == EXPECTED


def test_hits_become_a_frame_of_pandas(result: SearchResult) -> None:
    frame = result.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    found = {
        str(name): [
            None if gone else value for value, gone in zip(column, column.isna(), strict=True)
        ]
        for name, column in frame.items()
    }
    assert found == EXPECTED
    assert str(frame["year"].dtype) == "Int64"


def test_no_hits_are_an_empty_frame() -> None:
    none = indexed(SCHEMA, []).search("boat")
    assert none.to_dicts() == []
    assert len(none.to_arrow()) == len(none.to_pandas()) == len(none.to_polars()) == 0
    assert "0 documents" in page(none).text


def test_values_of_any_shape_fit_into_a_column() -> None:
    values: list[Any] = [1, "a", [1, "b"], {"c": 1}, [[1]], None, True]
    index = indexed(Schema({"x": Stored()}), [{"id": str(n), "x": v} for n, v in enumerate(values)])
    result = index.search(sort="id")
    for column in (result.to_arrow()["x"].to_pylist(), result.to_polars()["x"].to_list()):
        assert [None if one is None else json.loads(one) for one in column] == values


def test_no_frame_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "import sys\nfrom searchlib import Index, Schema, MissingExtraError\n"
        "index = Index(Schema({})); index.add([{'id': 'a'}]); result = index.search()\n"
        "result._repr_html_(); result.to_dicts()\n"
        "print('loaded:', *{'pyarrow', 'pandas', 'polars', 'rich'} & set(sys.modules))\n"
        "for name in ('pyarrow', 'pandas', 'polars'):\n"
        "    sys.modules[name] = None\n"
        "for method in (result.to_arrow, result.to_pandas, result.to_polars):\n"
        "    try: method()\n"
        "    except MissingExtraError as error: print(error)\n"
    )
    said = output_of(code)
    assert said.split("\n")[0].strip() == "loaded:"
    for name in ("arrow", "pandas", "polars"):
        assert f"to_{name} takes" in said
        assert f"pip install 'searchlib[{name}]'" in said
