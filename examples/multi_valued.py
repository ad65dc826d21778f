"""Every field may hold several values: texts, keywords, categories, numbers, dates."""

from searchlib import (
    CalendarFacet,
    Category,
    Date,
    Highlight,
    Index,
    Integer,
    Keyword,
    Schema,
    Text,
)

fields = {"names": Text(), "tags": Keyword(), "places": Category(), "scores": Integer()}
index = Index(Schema({**fields, "shown": Date()}, languages=["vi", "fr", "en"]))
index.add(
    [
        {
            "id": "film",
            "names": ["Mùi đu đủ xanh", "L’odeur de la papaye verte", "The Scent of Green Papaya"],
            "tags": ["drama", "prize"],
            "places": ["Asia/Vietnam", "Europe/France"],
            "scores": [7, 9],
            "shown": ["1993-05-22", "1993-06-08", "1994-01-28"],
        },
        {"id": "short", "names": "Green", "tags": "prize", "scores": 8, "shown": None},
    ]
)

for query in ("du du xanh", "papaye", "green papaya", '"verte the"'):  # no phrase across values
    marked = index.search(query, highlight=Highlight(before="*", after="*"))
    print(
        f"{query}: {marked.total} found", *(hit.highlights["names"][0] for hit in marked), sep="  "
    )

result = index.search(facets=["tags", "places", CalendarFacet("shown")])
for name, facet in result.facets.items():
    print(f"{name}: {facet.as_dict()}")
print("a value of several:", index.search(where={"places": "Europe"}).ids)
print("any in the range:", index.search("scores:>=9").ids)
print("they come back as they went in:", index.get("short"))
