"""Readers that hold still while others write, and what an index says about itself."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import Date, Index, IndexStats, Keyword, Schema, Searcher, Stored, Text, reindex
from tests.conftest import ROOT, SMALL, indexed, output_of

SCHEMA: Final = Schema(
    {"title": Text(), "body": Text(), "tag": Keyword(), "day": Date(), "raw": Stored()},
    language="lang",
    languages=["fr", "en"],
)
DOCUMENTS: Final[list[dict[str, Any]]] = [
    {
        "id": f"doc{n}",
        "lang": "fr" if n % 4 == 0 else "en",
        "title": f"lion number{n}",
        "body": "the old zebra sleeps " * (n % 7),
        "tag": f"t{n % 3}",
        "day": f"2020-{n % 12 + 1:02}-01",
    }
    for n in range(60)
]
# What another process does to the index, each time in a commit of its own.
WRITE: Final = """
import sys, searchlib as s
index = s.Index.open(sys.argv[1])
with index.writer(memory=15_000_000) as writer:
    for n in range(12):  # enough segments that the engine merges them
        writer.add_many({"id": f"new{n}-{k}", "title": "lion", "lang": "en"} for k in range(5))
        writer.commit()
index.delete(*(f"doc{n}" for n in range(0, 60, 2)))
index.update([{"id": "doc3", "title": "giraffe"}])
with index.writer() as writer:
    writer.delete_where("tag:t1")
print(len(index))
"""
REPLACE: Final = "import sys, searchlib as s; print(s.reindex(sys.argv[1]))"


def seen(searcher: Searcher) -> tuple[object, ...]:
    """All that can be asked of a searcher."""
    result = searcher.search("lion number5 zebra", facets=["tag", "day"], highlight=True, limit=100)
    page = searcher.search('"old zebra"', sort=["-day", "tag"], limit=7)
    return (
        result.ids,
        [hit.score for hit in result],
        [hit.highlights for hit in result],
        {name: facet.as_dict() for name, facet in result.facets.items()},
        searcher.search("lion", sort=["-day", "tag"], after=None, limit=100).ids,
        page.ids,
        searcher.search('"old zebra"', sort=["-day", "tag"], after=page.cursor, limit=7).ids,
        searcher.search("num*").ids,
        searcher.search("zebar").notices,
        list(searcher.documents()),
        [searcher.get(f"doc{n}") for n in range(-1, 61, 10)],
        "doc2" in searcher,
        len(searcher),
        searcher.languages,
        str(searcher.explain("lion zebra", "doc5")),
        searcher.stats(words=True).words,
    )


# --- A searcher sees one commit ---------------------------------------------------------


def test_a_searcher_sees_its_commit_whatever_other_processes_do(tmp_path: Path) -> None:
    index = indexed(SCHEMA, DOCUMENTS[:30], DOCUMENTS[30:], path=tmp_path)
    searcher, untouched = index.searcher(), Index.open(tmp_path).searcher()
    before = seen(searcher)
    expected = 60 + 12 * 5 - 30 - len([n for n in range(1, 60, 2) if n % 3 == 1])
    assert int(output_of(WRITE, tmp_path)) == expected
    assert seen(searcher) == before
    assert len(index) == len(searcher.refresh()) == expected
    assert int(output_of(REPLACE, tmp_path)) == expected
    assert not (tmp_path / "data-1").exists()
    assert seen(searcher) == before
    assert seen(untouched) == before  # nor need it have read its files while they had names
    assert len(index) == expected
    assert int(output_of(REPLACE, tmp_path)) == expected
    renewed = searcher.refresh()
    assert seen(searcher) == before
    assert len(renewed) == expected
    assert renewed.search("giraffe").ids == index.search("giraffe").ids == ("doc3",)


def test_a_searcher_reads_on_while_another_process_writes(tmp_path: Path) -> None:
    index = indexed(SCHEMA, DOCUMENTS, path=tmp_path)
    searcher = index.searcher()
    before = seen(searcher)
    environment = {"PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE + REPLACE, str(tmp_path)],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    rounds = 0
    while process.poll() is None or not rounds:
        assert seen(searcher) == before
        rounds += 1
    assert process.returncode == 0
    assert seen(searcher) == before


def test_refresh_gives_the_last_commit_and_leaves_the_searcher() -> None:
    index = indexed(SCHEMA, DOCUMENTS[:1])
    one = index.searcher()
    with index.writer(memory=SMALL) as writer:
        writer.add(DOCUMENTS[1])
        assert len(one.refresh()) == 1  # there is no later commit yet
        writer.commit()
        two = one.refresh()
        writer.add(DOCUMENTS[2])
    assert (len(one), len(two), len(two.refresh()), len(index.refresh())) == (1, 2, 3, 3)


def test_documents_is_of_the_commit_in_which_it_begins(tmp_path: Path) -> None:
    index = indexed(SCHEMA, DOCUMENTS, path=tmp_path)
    documents = index.documents()
    first = next(documents)
    output_of(WRITE, tmp_path)
    reindex(tmp_path)
    assert [first["id"], *(one["id"] for one in documents)] == [one["id"] for one in DOCUMENTS]


# --- All documents ----------------------------------------------------------------------


def test_documents_of_one_commit_come_in_one_order() -> None:
    ids = [f"x{n * 7919 % 30_011}" for n in range(10_500)]  # more than are looked up at once
    index = Index(Schema({"raw": Stored()}))
    index.add({"id": one} for one in ids)
    gone = set(ids[::5])
    assert [one["id"] for one in index.documents()] == ids
    index.delete(*gone)
    assert list(index.documents()) == list(index.searcher().documents())
    assert [one["id"] for one in index.documents()] == [one for one in ids if one not in gone]


def test_documents_are_not_held_in_memory() -> None:
    size, count = 10_000, 1_000
    index = indexed(SCHEMA, ({"id": str(n), "raw": "x" * size} for n in range(count)))
    tracemalloc.start()
    try:
        assert sum(len(document["raw"]) for document in index.documents()) == size * count
        assert tracemalloc.get_traced_memory()[1] < size * count / 10
    finally:
        tracemalloc.stop()


# --- What an index says about itself ----------------------------------------------------


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_stats(place: str, tmp_path: Path) -> None:
    folder = None if place == "memory" else tmp_path / "index"
    index = indexed(SCHEMA, DOCUMENTS[:40], DOCUMENTS[40:], path=folder)
    stats = index.stats()
    assert (stats.documents, stats.segments, stats.deleted, stats.words) == (60, 2, 0, None)
    assert stats.languages == Counter(one["lang"] for one in DOCUMENTS)
    assert list(stats.languages) == ["en", "fr"]
    if folder is None:
        assert stats.bytes is None
    else:
        files = [path.stat().st_size for path in (folder / "data-1").iterdir()]
        assert stats.bytes == sum(files) > 0
    words = {
        name: {word for one in DOCUMENTS for word in one[name].split()} for name in SCHEMA.fields
        if name in ("title", "body")
    }  # fmt: skip
    assert index.stats(words=True).words == {name: len(found) for name, found in words.items()}
    assert index.stats() == stats
    assert hash(stats.documents) and stats != index.stats(words=True)


def test_stats_tell_deleted_documents_and_are_of_one_commit(tmp_path: Path) -> None:
    index = indexed(SCHEMA, DOCUMENTS, path=tmp_path)
    searcher = index.searcher()
    index.delete("doc0", "doc1")
    index.update([{"id": "doc2", "tag": "new"}])
    stats = index.stats()
    assert (stats.documents, stats.deleted) == (58, 3)
    assert stats.languages == {"en": 44, "fr": 14}
    held = searcher.stats()
    assert (held.documents, held.deleted, held.languages) == (60, 0, {"en": 45, "fr": 15})
    reindex(tmp_path)
    after = index.stats()
    assert (after.documents, after.deleted, after.segments) == (58, 0, 1)
    assert after.bytes is not None
    assert (searcher.stats().documents, searcher.stats().bytes) == (60, None)


def test_stats_of_nothing() -> None:
    assert Index(SCHEMA).stats(words=True) == IndexStats(
        documents=0, languages={}, segments=0, deleted=0, bytes=None, words={"title": 0, "body": 0}
    )
    assert Index(Schema({})).stats(words=True).words == {}
