"""What the fuzzer calls with bytes of its own making; each must hold a law, whatever they are."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

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
    QueryError,
    Schema,
    SearchlibError,
    Stored,
    Text,
    verify,
)
from searchlib.query.nodes import ACCENTS
from tests.fuzz_parser import check
from tests.test_parser import SEARCHED

SCHEMA: Final = Schema(
    {
        "text": Text(),
        "label": Keyword(collation="vi"),
        "path": Category(),
        "number": Integer(),
        "price": Float(),
        "flag": Boolean(),
        "day": Date(),
        "moment": DateTime(),
        "extra": Stored(),
    },
    languages=["en", "vi", "ja"],
)


class Source(Protocol):
    """Where a target takes its values from: bytes, cut up by atheris or by ``Bytes``."""

    def ConsumeUnicode(self, count: int) -> str: ...
    def ConsumeIntInRange(self, least: int, most: int) -> int: ...
    def ConsumeFloat(self) -> float: ...
    def ConsumeBool(self) -> bool: ...
    def ConsumeBytes(self, count: int) -> bytes: ...


class Bytes:
    """The same cuts where atheris is not installed."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def ConsumeBytes(self, count: int) -> bytes:
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def ConsumeUnicode(self, count: int) -> str:
        return "".join(map(chr, self.ConsumeBytes(count)))

    def ConsumeIntInRange(self, least: int, most: int) -> int:
        return least + int.from_bytes(self.ConsumeBytes(9), "big") % (most - least + 1)

    def ConsumeFloat(self) -> float:
        return self.ConsumeIntInRange(-(2**64), 2**64) / (1 + self.ConsumeIntInRange(0, 2**20))

    def ConsumeBool(self) -> bool:
        return bool(self.ConsumeIntInRange(0, 1))


def query(source: Source) -> None:
    """Any string means something, prints as it, and can be searched for."""
    regex = source.ConsumeBool()
    accents = ACCENTS[source.ConsumeIntInRange(0, len(ACCENTS) - 1)]
    is_searched = source.ConsumeIntInRange(0, 9) == 0
    text = source.ConsumeUnicode(200)
    check(text, regex=regex)
    if is_searched:
        SEARCHED.search(text, regex=regex, accents=accents, highlight=True, timeout=60)


def document(source: Source) -> None:
    """Any document is kept as it is, or refused with a reason."""
    given: dict[str, Any] = {"id": "a"}
    for _ in range(source.ConsumeIntInRange(0, 6)):
        names = [*SCHEMA.fields, "id", "other"]
        given[names[source.ConsumeIntInRange(0, len(names) - 1)]] = _value(source, 0)
    index = Index(SCHEMA)
    try:
        index.add([given]).raise_for_rejected()
    except DocumentError as error:
        assert len(str(error)) < 1_000
        return
    (kept,) = index.documents()
    assert index.get(given["id"]) == kept
    again = Index(SCHEMA)
    again.add([kept]).raise_for_rejected()
    assert list(again.documents()) == [kept]
    index.search("a* OR b", highlight=True, facets=["label", "path", "number"], sort="label")


def cursor(source: Source) -> None:
    """Any string for a cursor is refused, or none at all."""
    try:
        SEARCHED.search("a*", sort="score", after=source.ConsumeUnicode(80))
    except QueryError as error:
        assert "cursor" in str(error) or "after" in str(error)


def files(source: Source) -> None:
    """Whatever stands in a file that tells what an index is: an error of ours, or the documents."""
    # The engine may look at a folder once more, and lay its lock there, while it is cleared away.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for path, content in _FILES.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
        names = [path for path in _FILES if path.endswith(".json")]
        chosen = names[source.ConsumeIntInRange(0, len(names) - 1)]
        changed = bytearray(_FILES[chosen])
        for _ in range(source.ConsumeIntInRange(1, 4)):
            place = source.ConsumeIntInRange(0, len(changed))
            end = place + source.ConsumeIntInRange(0, 8)
            changed[place:end] = source.ConsumeBytes(source.ConsumeIntInRange(0, 8))
        (folder / chosen).write_bytes(changed)
        try:
            is_whole = verify(folder).is_whole
            assert is_whole == (bytes(changed) == _FILES[chosen]) or _means_the_same(
                chosen, changed
            )
            found = sorted(one["id"] for one in Index.open(folder).documents())
            assert found == ["1", "2"] or not is_whole
        except SearchlibError:
            pass


def _means_the_same(name: str, content: bytearray) -> bool:
    """Other white space, or more names in the engine's list of files, change nothing."""
    plain, before = json.loads(content), json.loads(_FILES[name])
    if isinstance(plain, list) and isinstance(before, list):
        return set(map(str, before)) <= set(map(str, plain)) or plain != before
    return bool(plain == before)


def _value(source: Source, depth: int) -> Any:
    kind = source.ConsumeIntInRange(0, 10 if depth < 4 else 8)
    if kind == 0:
        return None
    if kind == 1:
        return source.ConsumeBool()
    if kind == 2:
        return source.ConsumeIntInRange(-(2**63) - 1, 2**63)
    if kind == 3:
        return source.ConsumeFloat()
    if kind == 4:
        return date.min + timedelta(days=source.ConsumeIntInRange(0, (date.max - date.min).days))
    if kind == 5:
        seconds = timedelta(seconds=source.ConsumeIntInRange(0, 10**9))
        return datetime(1, 1, 1, tzinfo=UTC) + seconds
    if kind == 6:
        return source.ConsumeBytes(4)
    if kind <= 8:
        return source.ConsumeUnicode(source.ConsumeIntInRange(0, 60))
    values = [_value(source, depth + 1) for _ in range(source.ConsumeIntInRange(0, 3))]
    return values if kind == 9 else {str(place): value for place, value in enumerate(values)}


def _files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        index = Index(Schema({"title": Text()}, languages=["en"]), name)
        index.add([{"id": "1", "title": "old maps"}])
        index.add([{"id": "2", "title": "new maps"}])
        paths = [path for path in Path(name).rglob("*") if path.is_file()]
        return {str(path.relative_to(name)): path.read_bytes() for path in paths}


_FILES: Final = _files()
TARGETS: Final[dict[str, Callable[[Source], None]]] = {
    "query": query,
    "document": document,
    "cursor": cursor,
    "files": files,
}
