"""Indexes of this release and of those before it: each opens, or says what to run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest

import searchlib
from searchlib import AnalysisMismatchError, Index, reindex, verify
from tests.make_index import EXPECTED, FOLDER, INDEX

ARCHIVES: Final = sorted(FOLDER.glob("index-*.zip"))


def opened(folder: Path) -> Index:
    """Open an index, and run what the error says to where it was made by other rules."""
    try:
        return Index.open(folder)
    except AnalysisMismatchError as error:
        command = re.search(r"searchlib\.reindex\((.*)\)$", str(error))
        assert command, error
        assert command[1] == repr(str(folder))
        reindex(folder)
        return Index.open(folder)


def test_there_is_one_of_this_release() -> None:
    assert FOLDER / f"index-{searchlib.__version__}.zip" in ARCHIVES


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.stem)
def test_an_index_of_a_release_opens_in_every_later_one(archive: Path, tmp_path: Path) -> None:
    with ZipFile(archive) as zipped:
        zipped.extractall(tmp_path)
    folder = tmp_path / INDEX
    expected = {one["id"]: one for one in json.loads((tmp_path / EXPECTED).read_text("utf-8"))}
    assert verify(folder).problems == ()
    index = opened(folder)

    def plain(document: dict[str, Any]) -> Any:
        return json.loads(json.dumps(document, default=str))

    assert {one["id"]: plain(one) for one in index.documents()} == expected
    found = index.search("quoc hoi", highlight=True, facets=["tag", "path"], sort="title", limit=50)
    assert set(found.ids) == {name for name, one in expected.items() if "Quốc hội" in one["title"]}
    assert "<mark>Quốc</mark>" in found.hits[0].highlights["title"][0]
    for query in ("coopération", "cartographer", "แม่น้ำ", '"old maps"', "replaced"):
        hits = index.search(query, limit=50, language=None).ids
        assert bool(hits) == (query != "replaced"), query
    assert index.search(where={"number": -12}).ids == ("d0",)
    index.add([{"id": "new", "title": "Quốc hội"}])
    assert "new" in index.search("quốc hội", limit=50).ids
    assert reindex(folder) == len(expected) + 1
    assert verify(folder).problems == ()
