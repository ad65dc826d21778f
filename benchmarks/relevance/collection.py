"""A test collection: documents, queries, and who judged which document relevant to which query.

FOLDER/corpus.jsonl[.gz]    {"id", "title", "text", "lang"} a line; other keys are ignored
FOLDER/queries.jsonl[.gz]   {"id", "text", "lang"} a line
FOLDER/qrels.tsv            query id TAB document id TAB grade; a header line may stand first
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

__all__ = [
    "Collection",
    "Judgements",
    "Query",
    "find_collections",
    "read_collection",
    "sample",
    "union",
]

Judgements = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody asked, and in which language."""

    id: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents are dicts of id, title, text and lang; judgements: query → document → grade."""

    name: str
    documents: list[dict[str, str]]
    queries: list[Query]
    judgements: Judgements

    @property
    def languages(self) -> list[str]:
        return sorted({document["lang"] for document in self.documents})


def find_collections(folder: Path) -> list[Path]:
    """The folders of collections at or below a folder, by name."""
    return sorted({path.parent for path in folder.rglob("qrels.tsv")})


def read_collection(folder: Path) -> Collection:
    """Read one collection; queries that nobody judged are left out."""
    judgements: Judgements = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query_id, document_id, *_, grade = line.split("\t")
        if grade.lstrip("-").isdecimal():
            judgements.setdefault(query_id, {})[document_id] = int(grade)
    documents = [
        {key: str(line.get(key) or "") for key in ("id", "title", "text", "lang")}
        for line in _read_lines(folder, "corpus")
    ]
    queries = [
        Query(str(line["id"]), str(line["text"]), str(line["lang"]))
        for line in _read_lines(folder, "queries")
        if any(grade > 0 for grade in judgements.get(str(line["id"]), {}).values())
    ]
    kept = {query.id: judgements[query.id] for query in queries}
    return Collection(folder.name, documents, queries, kept)


def sample(queries: Sequence[Query], most: int | None, seed: int = 1) -> Sequence[Query]:
    """Return so many queries at most, drawn by seed; None for all."""
    if most is None or most >= len(queries):
        return queries
    return Random(seed).sample(queries, most)


def union(collections: list[Collection]) -> Collection:
    """Return all collections as one; ids get the name of theirs in front."""
    return Collection(
        "union",
        [
            {**document, "id": f"{one.name}/{document['id']}"}
            for one in collections
            for document in one.documents
        ],
        [
            Query(f"{one.name}/{query.id}", query.text, query.language)
            for one in collections
            for query in one.queries
        ],
        {
            f"{one.name}/{query}": {f"{one.name}/{document}": g for document, g in grades.items()}
            for one in collections
            for query, grades in one.judgements.items()
        },
    )


def _read_lines(folder: Path, stem: str) -> Iterator[dict[str, Any]]:
    packed, plain = folder / f"{stem}.jsonl.gz", folder / f"{stem}.jsonl"
    with (
        gzip.open(packed, "rt", encoding="utf-8")
        if packed.exists()
        else plain.open(encoding="utf-8")
    ) as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
