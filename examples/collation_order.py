"""Lists in the alphabetical order of a language: đ after d, é with e."""

from searchlib import Index, Keyword, Schema, Sort, Text

BOOKS = [
    {"id": "1", "author": "Đặng Thùy Trâm", "title": "Nhật ký Đặng Thùy Trâm"},
    {"id": "2", "author": "Dương Thu Hương", "title": "Những thiên đường mù"},
    {"id": "3", "author": "Éluard, Paul", "title": "Capitale de la douleur"},
    {"id": "4", "author": "Zola, Émile", "title": "Étienne dans la mine"},
    {"id": "5", "author": "Eco, Umberto", "title": "Le Nom de la rose"},
    {"id": "6", "title": "Anonyme"},
]

schema = Schema(
    {"author": Keyword(collation="vi"), "title": Text(collation="fr"), "plain": Keyword()},
    languages=["vi", "fr"],
)
index = Index(schema)
index.add({**book, "plain": book.get("author", "")} for book in BOOKS)

in_order = index.search(sort="author")
print("by the alphabet:  ", [hit.document.get("author", "–") for hit in in_order])
by_code_point = index.search(sort="plain")
print("by code point:    ", [hit["plain"] or "–" for hit in by_code_point])
assert in_order.ids == ("2", "1", "5", "3", "4", "6")
assert by_code_point.ids == ("6", "2", "5", "4", "3", "1")

print("by title, from Z: ", [hit["title"] for hit in index.search(sort="-title")])
assert index.search(sort="-title").ids == ("2", "1", "5", "4", "3", "6")

# Page after page, those without an author first.
keys = (Sort("author", missing="first"), Sort("title"))
page = index.search(sort=keys, limit=4)
rest = index.search(sort=keys, limit=4, after=page.cursor)
print("two pages:        ", page.ids, rest.ids)
assert page.ids + rest.ids == ("6", "2", "1", "5", "3", "4")
