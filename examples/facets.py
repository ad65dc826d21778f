"""Facets: counts of values, categories, ranges and months; a choice does not narrow its own."""

from searchlib import (
    CalendarFacet,
    Category,
    Date,
    Float,
    Index,
    Keyword,
    RangeFacet,
    Schema,
    SearchResult,
    Text,
    ValueFacet,
)

FIELDS = {"dish": Text(), "place": Category(), "course": Keyword(), "price": Float(), "on": Date()}
index = Index(Schema(FIELDS, languages=["en"]))
rows = [
    ("rice noodle soup", "Asia/Vietnam/Hanoi", ["starter", "main"], 3.5, "2024-01-20"),
    ("broken rice", "Asia/Vietnam/Saigon", ["main"], 4.0, "2024-01-28"),
    ("rice cake", "Asia/Japan", ["dessert"], 2.5, "2024-02-10"),
    ("rice pudding", "Europe/France", ["dessert"], 7.0, "2024-02-14"),
    ("rice salad", "Europe/France", ["starter"], 12.0, "2024-04-02"),
    ("onion soup", "Europe/France", ["starter"], 9.0, "2024-04-03"),
]
index.add({"id": str(n), **dict(zip(FIELDS, row, strict=True))} for n, row in enumerate(rows))


def show(title: str, result: SearchResult) -> None:
    print(f"{title}: {result.total} dishes")
    for name, facet in result.facets.items():
        counts = (f"{'✓ ' if line.selected else ''}{line.value} {line.count}" for line in facet)
        print(f"  {name:<7}{'   '.join(counts)}")


facets = ("course", "place", RangeFacet("price", (3, 5, 10)), CalendarFacet("on", "month"))
everything = index.search("rice", facets=facets)
show("rice", everything)

# Each count carries the filter that selects it, ready for `where`.
starter = next(line for line in everything.facets["course"] if line.value == "starter")
show("rice, starters", index.search("rice", where=[starter.filter], facets=facets))
show(
    "rice, starters or mains",
    index.search("rice", where={"course": ["starter", "main"]}, facets=facets),
)

# Prices in round steps; places as somebody types them, without accents.
steps = RangeFacet("price", bins=4)
typed = ValueFacet("place", under="Europe", matching="fra", order="value", name="typed")
show("rice, in steps", index.search("rice", facets=[steps, typed]))

# One step down a category.
below = ValueFacet("place", under="Asia/Vietnam")
show("in Vietnam", index.search("", where={"place": "Asia/Vietnam"}, facets=[below]))
