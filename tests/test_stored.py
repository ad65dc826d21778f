"""Stored documents: blocks of 4 kB in every index, and documents of older ones read as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import Index, Schema, Stored, Text, backup, reindex, restore, verify
from searchlib import schema as schemas

SCHEMA: Final = Schema({"title": Text(), "text": Text(), "more": Stored()}, languages=["vi", "fr"])
LONG: Final = 'Quốc hội thông qua "luật",\n' * 100


def settings(folder: Path) -> Any:
    (meta,) = folder.glob("data-*/meta.json")
    return json.loads(meta.read_text("utf-8"))["index_settings"]


def test_every_index_has_small_blocks(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path / "a")
    assert settings(tmp_path / "a")["docstore_blocksize"] == 4096
    index.add({"id": str(n), "text": LONG} for n in range(50))
    index.add([{"id": "new"}])
    reindex(tmp_path / "a")
    backup(tmp_path / "a", tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "c")
    for name in "abc":
        assert settings(tmp_path / name)["docstore_blocksize"] == 4096
        assert verify(tmp_path / name).problems == ()
    assert Index.open(tmp_path / "c").get("49") == {"id": "49", "text": LONG}


def test_processes_that_make_one_index_at_once(tmp_path: Path) -> None:
    code = """
import sys
from searchlib import Index, Schema, Text
print("ready", flush=True)
sys.stdin.readline()
index = Index(Schema({"title": Text()}), sys.argv[1])
with index.writer(wait=60) as writer:
    writer.add({"id": sys.argv[2], "title": "maps"})
"""
    command = [sys.executable, "-c", code, str(tmp_path / "index")]
    made = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in "abc"
    ]
    for process in made:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in made:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in made:
        process.communicate()
    assert [process.returncode for process in made] == [0, 0, 0]
    assert verify(tmp_path / "index").problems == ()
    found = {document["id"] for document in Index.open(tmp_path / "index").documents()}
    assert found == {"a", "b", "c"}


def test_documents_of_plain_json_are_read_beside_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index made before long texts were stored beside the JSON goes on as it is."""
    documents = [{"id": str(n), "title": "Luật", "text": LONG, "more": [n]} for n in range(3)]
    index = Index(SCHEMA, tmp_path / "index")
    monkeypatch.setattr(schemas, "_LONG", 10**9)
    index.add(documents)
    monkeypatch.undo()
    index.add([{**documents[1], "more": "new"}, {"id": "3", "text": LONG}])
    index.update([{"id": "2", "more": None}])
    expected = [
        documents[0],
        {**documents[1], "more": "new"},
        {"id": "2", "title": "Luật", "text": LONG},
        {"id": "3", "text": LONG},
    ]
    for _ in range(2):
        index = Index.open(tmp_path / "index")
        assert sorted(index.documents(), key=lambda one: str(one["id"])) == expected
        found = index.search('"thông qua"', sort="id", highlight=["text"])
        assert [hit.document for hit in found] == expected
        assert all("<mark>" in hit.highlights["text"][0] for hit in found)
        reindex(tmp_path / "index")
