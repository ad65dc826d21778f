"""Changes to some fields of a document, readers that hold still, and what an index holds."""

from searchlib import DocumentError, Index, Integer, Keyword, Schema, Text

index = Index(
    Schema({"title": Text(), "tags": Keyword(), "views": Integer()}, languages=["vi", "fr", "en"])
)
index.add(
    [
        {"id": "fr", "title": "L’été à Montréal", "tags": ["city", "season"], "views": 4},
        {"id": "vi", "title": "Mùa hè ở Huế", "tags": "city", "views": 9},
        {"id": "en", "title": "Summer in the city", "views": 7},
    ]
)
print("before:", index.get("fr"))
reader = index.searcher()  # sees this commit, whatever follows

index.update([{"id": "fr", "views": 5}])
print("one field changed:", index.get("fr"))
index.update([{"id": "fr", "tags": None}])
print("one taken away:", index.get("fr"))

result = index.update([{"id": "en", "views": 8}, {"id": "de", "views": 1}, {"id": "vi", "n": 1}])
print(f"{result.updated} of 3 updated")
for rejected in result.rejected:
    print(f"  {rejected}")

with index.writer() as writer:  # seen together, and by the writer itself at once
    writer.add({"id": "new", "title": "Autumn"})
    writer.update({"id": "new", "views": 1})
    writer.delete("vi")
    try:
        writer.update({"id": "vi", "views": 10})
    except DocumentError as error:
        print("deleted in the same block:", error)

print("the reader still sees:", sorted((one["id"], one["views"]) for one in reader.documents()))
reader = reader.refresh()
print("refreshed, it sees:", sorted((one["id"], one["views"]) for one in reader.documents()))

stats = index.stats(words=True)
print(f"{stats.documents} documents; deleted ones that still take up room: {stats.deleted}")
print("languages:", dict(stats.languages))
print("distinct words:", stats.words)
