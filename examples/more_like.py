"""Documents that are like one of the index, or like a text from anywhere."""

from searchlib import Index, Keyword, MoreLikeThis, Schema, Term, Text

fields = {"title": Text(weight=2.0), "body": Text(), "section": Keyword()}
index = Index(Schema(fields, languages=["vi", "en"]))
index.add(
    [
        {
            "id": "maps",
            "title": "Old maps of Asia",
            "body": "How rivers were drawn",
            "section": "a",
        },
        {"id": "makers", "title": "Map makers", "body": "Who drew the rivers", "section": "b"},
        {"id": "glass", "title": "A history of glass", "body": "Sand and fire", "section": "a"},
        {"id": "song", "title": "Bản đồ các dòng sông", "body": "Sông và núi", "section": "b"},
        {"id": "nui", "title": "Những dòng sông", "body": "Sông, núi và biển", "section": "b"},
    ]
)

for document_id in ("maps", "song"):
    print(f"like {document_id}: {', '.join(index.more_like(document_id).ids)}")

text = "Which rivers are on this map?"
print(f"like {text!r}: {', '.join(index.more_like(text=text).ids)}")

print("\nInside another query:")
query = MoreLikeThis(id="maps") & Term("section", "b")
print(", ".join(index.search(query).ids))

print("\nWhy:")
print(index.explain(MoreLikeThis(id="maps"), "makers", language="en"))
