"""Changes: an id replaces, a block commits whole or not at all, a bad document stops no batch."""

from typing import Any

from searchlib import DocumentError, Index, Integer, Schema, Text

index = Index(Schema({"title": Text(), "year": Integer()}, languages=["en"]))


def show(what: str) -> None:
    found = sorted(f"{document['id']}={document['title']}" for document in index.documents())
    print(f"{what:<40}{', '.join(found) or '—'}")


index.add([{"id": "1", "title": "one", "year": 2020}, {"id": "2", "title": "two", "year": 2021}])
show("two documents")
index.add([{"id": "2", "title": "second", "year": 2021}])
show("the same id replaces")

with index.writer() as writer:  # many changes, one commit at the end of the block
    writer.add({"id": "3", "title": "three", "year": 2022})
    writer.add({"id": "4", "title": "four", "year": 2023})
    writer.delete("1")
show("added and deleted in one block")

with index.writer() as writer:
    writer.delete_where("year:>=2023")
show("deleted by a query")

with index.writer() as writer:
    writer.clear()
    writer.rollback()
show("cleared, then rolled back")

try:
    with index.writer() as writer:
        writer.clear()
        raise RuntimeError("the power fails")
except RuntimeError as error:
    show(f"a block that raised ({error})")

batch: list[dict[str, Any]] = [
    {"id": "5", "title": "five"},
    {"id": "6", "title": 6},
    {"title": "no id"},
    {"id": "8", "titel": "eight"},
]
result = index.add(batch)
show(f"of {len(batch)} documents, {result.added} fits")
for rejected in result.rejected:
    print(f"  {rejected}")
try:
    index.add(batch, all_or_nothing=True)
except DocumentError as error:
    print(f"all or nothing: field {error.field!r} of document {error.document_id!r}")
