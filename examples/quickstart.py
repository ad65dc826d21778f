"""The library in twenty lines: a schema, documents, a search."""

from searchlib import Index, Schema, Text

# Without a folder the index lives in memory. `languages` says which ones to expect.
schema = Schema({"title": Text(weight=2.0), "body": Text()}, languages=["vi", "fr", "en"])
index = Index(schema)
index.add(
    [
        {"id": "vi", "title": "Chợ nổi Cái Răng", "body": "Ghe thuyền bán trái cây từ sáng sớm."},
        {"id": "fr", "title": "Le marché de Noël", "body": "L’été, la place est vide."},
        {"id": "en", "title": "Night markets", "body": "Stalls open in summer, after sunset."},
    ]
)

# Marks may be left out, an article may be glued on, a word may stand in another form.
for query in ("cho noi", "trái cây", "l'ete", "marché", "market"):
    result = index.search(query, highlight=True)
    print(f"{query}: {result.total} found")
    for hit in result:
        print(f"  {hit.score:5.2f}  {hit['title']}  ({hit.language})")
        for field, fragments in hit.highlights.items():
            print(f"         {field}: {fragments[0]}")
