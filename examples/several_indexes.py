"""Several indexes, each with fields of its own, are searched as one."""

from datetime import date

from searchlib import Date, Index, Integer, Keyword, MultiSearcher, Schema, Text

news = Index(
    Schema({"title": Text(), "author": Keyword(), "day": Date()}, languages=["vi", "fr", "en"])
)
news.add(
    [
        {
            "id": "1",
            "title": "Quốc hội thông qua Luật Đất đai",
            "author": "Lan",
            "day": date(2024, 1, 18),
        },
        {"id": "2", "title": "The new law on land", "author": "Sam", "day": date(2024, 1, 19)},
        {"id": "3", "title": "La loi entre en vigueur", "author": "Lan", "day": date(2024, 8, 1)},
    ]
)
laws = Index(
    Schema({"title": Text(weight=2.0), "body": Text(), "number": Integer(), "day": Date()})
)
laws.add(
    [
        {
            "id": "1",
            "title": "Luật Đất đai",
            "body": "Luật này quy định về chế độ sở hữu đất đai",
            "number": 31,
            "day": date(2024, 1, 18),
        },
        {"id": "2", "title": "Luật Nhà ở", "number": 27, "day": date(2023, 11, 27)},
    ]
)

library = MultiSearcher({"news": news, "laws": laws})
print(library)


def show(what: str, names: list[str]) -> None:
    print(f"{what:<36}{' | '.join(names)}")


for query in ("luat dat dai", "land law", "loi", "body:sở", "luat number:27"):
    show(query, [f"{hit.index} {hit.id}: {hit['title']}" for hit in library.search(query)])

result = library.search("luat law loi", facets=["author", "number", "day", "_language"])
for name, facet in result.facets.items():
    show(f"facet {name}", [f"{line.value}: {line.count}" for line in facet])

first = library.search(sort="-day", limit=3)
show("latest", [f"{hit.index} {hit.id}" for hit in first])
rest = library.search(sort="-day", after=first.cursor)
show("after these", [f"{hit.index} {hit.id}" for hit in rest])

hit = library.search("dat dai", highlight=True).hits[0]
show("highlighted", [*hit.highlights["title"], *hit.highlights.get("body", ())])
print(library.explain("dat dai", hit))
print("the same id, another document:", (library.get("1", "news") or {})["title"])
