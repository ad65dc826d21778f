"""Documents and queries that nobody means well: kept as they are, or refused by a clear error."""

from __future__ import annotations

import json
import math
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import (
    And,
    Boolean,
    Boost,
    Category,
    Date,
    DateTime,
    DocumentError,
    Float,
    Fuzzy,
    Index,
    Integer,
    Keyword,
    Match,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Regex,
    Schema,
    Should,
    Stored,
    Text,
    reindex,
    verify,
)
from tests.conftest import SOURCE, run_python

SCHEMA: Final = Schema(
    {
        "text": Text(),
        "label": Keyword(),
        "path": Category(),
        "number": Integer(),
        "price": Float(),
        "flag": Boolean(),
        "day": Date(),
        "moment": DateTime(),
        "extra": Stored(),
    },
    languages=["en", "vi"],
)


def deep(levels: int) -> Any:
    """A list within so many others."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


#: What is kept as it is.
KEPT: Final[dict[str, dict[str, Any]]] = {
    "half of a surrogate pair in a text": {"text": "a\ud800b \udfff"},
    "NUL in a text": {"text": "old\0maps \0"},
    "NUL in a value": {"label": "\0", "path": "a\0/b"},
    "NUL in an id": {"id": "a\0b"},
    "an id of signs": {"id": "\t /\\'\"<>&*?:[]{}()\u202e\u200b\U0010ffff"},
    "a query for an id": {"id": "* OR *:* AND (NOT"},
    "zalgo": {"text": "h" + "\u0301\u0316\u035c" * 30_000 + "i"},
    "bidirectional controls": {"text": "\u202eold\u202c \u2066maps\u2069", "label": "\u202e"},
    "ten thousand values": {
        "text": [f"w{n}" for n in range(10_000)],
        "label": [f"v{n}" for n in range(10_000)],
        "number": list(range(10_000)),
    },
    "a million tokens": {"text": "old maps of the world " * 200_000},
    "one word of five million letters": {"text": "x" * 5_000_000},
    "a hundred thousand characters without a space": {"text": "東京大学" * 25_000},
    "a path of a thousand steps": {"path": "/".join("a" * 1_000)},
    "the ends of 64 bits": {"number": [-(2**63), 2**63 - 1]},
    "the ends of floats": {"price": [5e-324, -1.7976931348623157e308, -0.0]},
    "JSON two hundred deep": {"extra": deep(199)},
    "an integer of four thousand digits": {"extra": 10**4_000},
    "white space of all kinds": {"text": "\u3000\u2028\x85\x1c\x0b", "label": " "},
    "not a character": {"text": "\uffff\ufffe\U0001fffe", "label": "\uffff"},
}

#: What is refused, and words that the error must hold.
REFUSED: Final[dict[str, tuple[dict[str, Any], list[str]]]] = {
    "a hundred megabytes in a field": (
        {"text": "old maps, " * 10_000_000},
        ["100,000,0", "Limits(document=10000000)", "cut it"],
    ),
    "half of a surrogate pair in a value": ({"label": "a\ud800"}, ["label", "surrogate"]),
    "half of a surrogate pair in an id": ({"id": "a\ud800"}, ["id", "surrogate"]),
    "a long id": ({"id": "x" * 40_000}, ["id", "32,766 bytes", "40,000"]),
    "a long value": ({"label": "é" * 20_000}, ["label", "32,766 bytes", "40,000"]),
    "a long step": ({"path": "x" * 40_000}, ["path", "32,766 bytes"]),
    "no id": ({"id": ""}, ["id"]),
    "an id that is no str": ({"id": 5}, ["id", "str", "5 (int)"]),
    "not a number": ({"price": math.nan}, ["price", "finite", "nan"]),
    "infinity": ({"price": -math.inf}, ["price", "finite", "inf"]),
    "an integer beyond 64 bits": ({"number": 2**63}, ["number", "64 bits"]),
    "an integer of ten thousand digits": ({"number": 10**10_000}, ["number", "64 bits", "digits"]),
    "a bool for an integer": ({"number": True}, ["number", "int", "True (bool)"]),
    "before year 1 in UTC": (
        {"moment": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
        ["moment", "1 to 9999"],
    ),
    "after year 9999 in UTC": ({"moment": "9999-12-31T23:59:59-12:00"}, ["moment", "1 to 9999"]),
    "a date of year 0": ({"day": "0000-01-01"}, ["day", "0000"]),
    "JSON more than two hundred deep": ({"extra": deep(200)}, ["extra", "JSON", "200"]),
    "JSON a hundred thousand deep": ({"extra": deep(100_000)}, ["extra", "JSON", "200"]),
    "a path of sixteen thousand steps": (
        {"path": "/".join("a" * 16_000)},
        ["path", "1,000 steps", "16,000"],
    ),
    "what is no JSON": ({"extra": math.nan}, ["extra", "JSON", "nan"]),
    "an object": ({"extra": {1, 2}}, ["extra", "JSON", "set"]),
    "a field of that name": ({"_source": "x"}, ["_source", "no such field"]),
}


def index_of(document: dict[str, Any]) -> Index:
    index = Index(SCHEMA)
    index.add([{"id": "other", "text": "old maps", "label": "b"}])
    index.add([{"id": "a", **document}]).raise_for_rejected()
    return index


@pytest.mark.parametrize("document", KEPT.values(), ids=list(KEPT))
def test_what_fits_is_kept_and_found(document: dict[str, Any]) -> None:
    index = index_of(document)
    whole = {"id": "a", **document}
    assert index.get(whole["id"]) == whole
    assert whole["id"] in index.search(limit=2).ids
    is_large = len(json.dumps(document)) > 1_000_000
    for query in ("maps",) if is_large else (None, "maps", "x*", "h", "=old", "東京", "\0"):
        index.search(query, highlight=True, facets=["label", "path", "number"], sort=["label"])
    for field in ("label", "path"):
        values = document.get(field, [])
        for value in values[:3] if isinstance(values, list) else [values]:
            assert whole["id"] in index.search(where={field: value}).ids
    index.delete(whole["id"])
    assert index.search().ids == ("other",)


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_told(name: str) -> None:
    document, words = REFUSED[name]
    began = time.monotonic()
    with pytest.raises(DocumentError) as caught:
        index_of(document)
    assert time.monotonic() - began < 10
    for word in words:
        assert word in str(caught.value)
    assert len(str(caught.value)) < 400


def test_all_that_fits_goes_through_a_disk(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path / "index")
    documents = {
        whole["id"]: whole
        for number, one in enumerate(KEPT.values())
        if len(json.dumps(one)) < 10_000
        for whole in [{"id": f"d{number}", **one}]
    }
    index.add(documents.values()).raise_for_rejected()
    assert {one["id"]: one for one in Index.open(tmp_path / "index").documents()} == documents
    assert verify(tmp_path / "index").is_whole


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", date.min),
        ("day", date.max),
        ("moment", datetime.min.replace(tzinfo=UTC)),
        ("moment", datetime.max.replace(tzinfo=UTC)),
    ],
    ids=str,
)
def test_the_first_and_the_last_day(field: str, value: date) -> None:
    index = index_of({field: value})
    assert index.get("a") == {"id": "a", field: value}
    assert index.search(where={field: value}, sort=field).ids == ("a",)


# --- Queries ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def words() -> Index:
    index = Index(SCHEMA)
    letters = "abcdefghij"
    index.add(
        {"id": f"{one}{two}", "text": " ".join(f"{one}{two}{three}" * 2 for three in letters)}
        for one in letters
        for two in letters
    )
    return index


#: Query strings, and the notice that each must give; None: it means what it says.
STRINGS: Final[dict[str, tuple[str, str | None]]] = {
    "a megabyte of words": ("old " * 250_000, "too-long"),
    "a megabyte of one word": ("x" * 1_000_000, "too-long"),
    "a thousand words": (" ".join(f"w{n}" for n in range(1_000)), "too-many-words"),
    "ten thousand brackets": ("(" * 10_000 + "a" + ")" * 10_000, "too-deep"),
    "ten thousand closing brackets": (")" * 10_000, "stray-bracket"),
    "quotes": ('"' * 10_000, None),
    "minus": ("-" * 9_999 + "a", None),
    "operators": ("AND OR NOT " * 900, None),
    "fuzzy on everything": (" ".join(f"{a}{b}a~2" for a in "abcdefgh" for b in "abcd"), None),
    "prefixes of everything": (" ".join(f"{a}*" for a in "abcdefghij"), None),
    "a wildcard within": ("a*b*c*d*", None),
    "only wildcards": ("* ** ***", None),
    "half of a surrogate pair": ("\ud800 a\udfffb", None),
    "NUL": ('\0 "\0" label:\0', None),
    "zalgo": ("h" + "\u0301" * 5_000, None),
    "a number without end": (f"number:{'9' * 9_000}", "bad-value"),
    "a range without end": (f"number:[{'9' * 400} TO *]", "bad-value"),
    "a boost without end": (f"a^{'9' * 500}", None),
    "not a number": ("price:nan price:[nan TO inf]", None),
}
PATTERNS: Final[dict[str, tuple[str, bool]]] = {
    "all of all": ("(.*)*(.*)*(.*)*", True),
    "alternatives without end": ("(a|b|ab|ba|aab)*c", True),
    "repeats of repeats": ("(((a{9}){9}){9}){9}", False),
    "a repeat beyond all": ("a{1000000}", False),
    "classes repeated": (r"(\w{1,60}\W{1,60}){1,60}", False),
    "groups in groups": ("(" * 90 + "a" + ")" * 90, True),
    "unclosed": ("(a", False),
    "too long": ("a" * 201, False),
    "looks behind": ("(?<=a)b", False),
    "NUL": ("\0", True),
}


@pytest.mark.parametrize("name", STRINGS)
def test_any_string_is_answered(words: Index, name: str) -> None:
    query, notice = STRINGS[name]
    began = time.monotonic()
    result = words.search(query, highlight=True, timeout=60)
    assert time.monotonic() - began < 20
    codes = {one.code for one in result.notices}
    assert notice is None or notice in codes
    assert all(len(str(one)) < 500 for one in result.notices)


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_run_or_refused(words: Index, name: str) -> None:
    pattern, is_run = PATTERNS[name]
    began = time.monotonic()
    result = words.search(f"/{pattern}/", regex=True, timeout=60)
    if is_run:
        assert all(notice.code in ("unknown-word", "no-words") for notice in result.notices)
        words.search(Regex(pattern), timeout=60)
    else:
        assert result.notices
        with pytest.raises(QueryError):
            words.search(Regex(pattern), timeout=60)
    assert time.monotonic() - began < 20


def nested(wrap: Any, levels: int) -> Query:
    node: Query = Match("aaa")
    for number in range(levels):
        node = wrap(node, number)
    return node


@pytest.mark.parametrize(
    "wrap",
    [
        lambda node, _: Not(node),
        lambda node, _: Boost(node, 1.01),
        lambda node, _: Should(node),
        lambda node, number: (And, Or)[number % 2](node, Match(f"w{number}")),
    ],
    ids=["Not", "Boost", "Should", "And, Or"],
)
def test_nodes_too_deep_are_refused(words: Index, wrap: Any) -> None:
    words.search(nested(wrap, 90), where=[nested(wrap, 90)], highlight=True, timeout=60)
    for levels in (101, 50_000):
        node = nested(wrap, levels)
        for search in (
            lambda node=node: words.search(node),
            lambda node=node: words.search(where=[node]),
            lambda node=node: words.search(where=node),
            lambda node=node: words.explain(node, "aa"),
        ):
            with pytest.raises(QueryError, match="more than 100 deep"):
                search()


@pytest.mark.parametrize(
    "node",
    [
        Match("x" * 1_000_000),
        Match("w " * 100_000),
        Phrase("w " * 10_000),
        Prefix("\0"),
        Fuzzy("\ud800" * 50),
        Or(*(Match(f"w{n}") for n in range(2_000))),
    ],
    ids=["long", "many", "phrase", "NUL", "surrogates", "clauses"],
)
def test_any_node_is_answered(words: Index, node: Query) -> None:
    began = time.monotonic()
    words.search(node, highlight=True, timeout=60)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("value", [2**63, -(10**4_000), math.nan, "\ud800", "\0", None, [[]], {}])
def test_any_filter_is_answered_or_refused(words: Index, value: Any) -> None:
    for field in SCHEMA.fields:
        try:
            words.search(where={field: value})
        except QueryError as error:
            assert len(str(error)) < 500
    assert words.get(value) is None


# --- What comes out --------------------------------------------------------------------


class _Tags(HTMLParser):
    """The tags of some HTML, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, Any]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('maps')</script> old maps",
        '<img src=x onerror="maps()"> maps & <mark>maps</mark>',
        "</mark><b>maps<!-- maps -->",
        "maps&lt;script&gt; &amp;maps; &#60;maps&#x3e;",
        "<ma<b>ps maps \" onmouseover='maps'",
        "maps\ud800<\0script>maps",
    ],
)
def test_no_html_escapes_through_highlights(text: str) -> None:
    index = index_of({"text": text})
    fragments = index.search("maps", highlight=True)
    (hit,) = [hit for hit in fragments if hit.id == "a"]
    assert hit.highlights["text"]
    for fragment in hit.highlights["text"]:
        page = _Tags()
        page.feed(str(fragment))
        page.close()
        assert page.tags
        assert {tag for tag, _ in page.tags} == {"mark"}
        assert all(not attributes for _, attributes in page.tags)
        shown = str(fragment).replace("<mark>", "").replace("</mark>", "")
        assert "<" not in shown


#: What could run something, and does not read it from anywhere.
EXECUTED: Final = {
    # Of the names of a class's own fields, as the standard library does.
    ("_dataclass.py", "exec("),
    # Copies of plain values, for a process that the one that made them has started, and back.
    *((name, "pickle") for name in ("bulk.py", "plain.py", "pool.py", "worker.py")),
}


def test_nothing_that_is_read_is_executed() -> None:
    """An index is read as JSON and by the engine: nothing imports what could run what it reads."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        for name in ("pickle", "marshal", "shelve", "eval(", "exec(", "UnsafeLoader", "__import__"):
            if (path.name, name) in EXECUTED:
                continue
            assert name not in text.replace("re.compile(", ""), (path, name)


#: An index that one did not make is used in every way, with all that is needed imported before.
AUDIT: Final = """
import sys
from pathlib import Path
from searchlib import Index, Keyword, Schema, Text, backup, reindex, restore, verify
WATCHED = {"exec", "compile", "import", "marshal.loads", "pickle.find_class", "ctypes.dlopen"}
WATCHED |= {"os.system", "os.exec", "os.posix_spawn", "subprocess.Popen"}
seen = []
def use(folder):
    index = Index.open(folder)
    for hit in index.search("maps", facets=["tag"], sort="tag", highlight=True):
        assert hit.document and hit.highlights
    index.search("ma* mapz", language="en")
    index.suggest("ma")
    assert index.explain("maps", "a")
    assert verify(folder).is_whole
    backup(folder, folder + "-copy")
    restore(folder + "-copy", folder)
    reindex(folder)
    index.update([{"id": "a", "tag": "os.system"}])
    list(index.documents())
def made(folder):
    schema = Schema({"title": Text(), "tag": Keyword()}, languages=["en"])
    text = "maps __import__('os').system('true') !!python/object/apply:os.system ['true']"
    Index(schema, folder).add([{"id": "a", "title": text, "tag": "cos\\nsystem\\n(S'true'\\ntR."}])
    return folder
use(made(sys.argv[1] + "/first"))
second = made(sys.argv[1] + "/second")
sys.addaudithook(lambda event, _: seen.append(event) if event in WATCHED else None)
use(second)
print(sorted(set(seen)))
eval("1")
print("exec" in seen)  # so it would have been seen
"""


def test_an_index_that_is_used_runs_nothing(tmp_path: Path) -> None:
    """Python tells of all code that it makes or starts, whoever asks for it."""
    done = run_python(AUDIT, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["[]", "True"]


class _Key(str, Enum):  # noqa: UP042  those print as what they are
    """A text that prints as something else, as ``f"{_Key.BOATS}"`` shows."""

    BOATS = "boats"
    PATH = "News/Asia"


class _Shouting(str):
    def __str__(self) -> str:
        return self.upper()

    def __format__(self, form: str) -> str:
        return self.upper()

    def encode(self, *given: Any, **named: Any) -> bytes:
        return self.upper().encode()


@pytest.mark.parametrize("kind", [_Key.BOATS, _Shouting("boats")])
def test_what_is_a_text_and_prints_as_another_is_the_text_that_it_is(
    kind: str, tmp_path: Path
) -> None:
    schema = Schema({"title": Text(), "tag": Keyword(), "path": Category()}, languages=["en"])
    index = Index(schema, tmp_path / "index")
    document = {"id": kind, "title": kind, "tag": kind, "path": _Key.PATH}
    index.add([document]).raise_for_rejected()
    plain = {"id": "boats", "title": "boats", "tag": "boats", "path": "News/Asia"}
    assert list(index.documents()) == [plain]
    assert index.get("boats") == index.get(kind) == plain
    for filters in ({"tag": kind}, {"tag": "boats"}, {"path": "News"}, {"id": kind}):
        assert index.search("boat", where=filters).ids == ("boats",)
    assert verify(tmp_path / "index").is_whole
    with index.writer() as writer:
        writer.update({"id": kind, "tag": "x"})
        writer.delete(kind)
    assert len(index) == 0


def test_what_is_kept_can_be_read_from_deep_within_calls() -> None:
    index = Index(Schema({"extra": Stored()}))
    index.add([{"id": "a", "extra": deep(199)}]).raise_for_rejected()

    def read(calls: int) -> Any:
        return read(calls - 1) if calls else index.get("a")

    assert read(sys.getrecursionlimit() // 2) == {"id": "a", "extra": deep(199)}


def test_what_was_stored_before_there_were_limits_can_be_rebuilt_and_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    schema = Schema({"extra": Stored(), "path": Category()})
    old = {"id": "a", "extra": deep(400), "path": "/".join("a" * 1_200)}
    index = Index(schema, tmp_path / "index")
    with monkeypatch.context() as patched:
        patched.setattr(Schema, "check_new", lambda *_: None)
        index.add([old]).raise_for_rejected()
    with pytest.raises(DocumentError, match="200 lists"):
        index.add([{**old, "id": "b"}]).raise_for_rejected()
    with index.writer() as writer:
        writer.delete_where({"path": "b"})  # read back from what is written down beside
    assert reindex(tmp_path / "index") == 1
    assert Index.open(tmp_path / "index").get("a") == old
