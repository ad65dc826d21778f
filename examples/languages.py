"""Languages: told from the text, or named by the document, a field or the search; mixed at will."""

from searchlib import Index, Schema, Text, known_languages

print(len(known_languages()), "languages with rules of their own:", *known_languages())

schema = Schema(
    {"title": Text(), "motto": Text(language="fr")},  # the motto is French in every document
    languages=["vi", "fr", "en"],
    language="lang",  # a document may say its own
)
index = Index(schema)
index.add(
    [
        {"id": "a", "title": "Các trường đại học mở cửa"},
        {"id": "b", "title": "Les universités ouvrent leurs portes"},
        {"id": "c", "title": "Universities are opening their doors"},
        {"id": "d", "title": "Radio 5", "motto": "des idées lumineuses"},
        {"id": "e", "title": "Pain", "lang": "fr"},  # bread: nobody could tell
    ]
)
index.add([{"id": "f", "title": "Universitas Indonesia"}], language="id")

for hit in index.search(sort="id"):
    print(f"  {hit.id}  {hit.language:<3} {hit['title']}")
print("languages of the index:", ", ".join(index.languages))
print("counted:", index.search(facets=["_language"]).facets["_language"].as_dict())

# A query is understood in the languages that the index holds …
for query in ("université", "university", "truong dai hoc", "idée lumineuse"):
    result = index.search(query)
    print(f"{query:<16} taken for {result.language}: {', '.join(result.ids)}")
# … or in the one that the search names, or among documents of one.
print("as English only:", index.search("universities", language="en").ids)
print("among French texts:", index.search("université", where={"_language": "fr"}).ids)
