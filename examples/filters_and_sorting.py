"""Filters narrow a search without counting for its scores; a field can sort it; pages follow."""

from datetime import date
from typing import Any

from searchlib import Boolean, Date, Index, Integer, Keyword, Not, Range, Schema, Sort, Term, Text

fields = {"title": Text(), "shelf": Keyword(), "year": Integer(), "lent": Boolean()}
index = Index(Schema({**fields, "due": Date()}, languages=["en"]))
index.add(
    [
        {"id": "1", "title": "Rivers of Asia", "shelf": "north", "year": 2011, "lent": False},
        {
            "id": "2",
            "title": "Rivers and roads",
            "shelf": "south",
            "year": 2019,
            "lent": True,
            "due": date(2024, 5, 2),
        },
        {
            "id": "3",
            "title": "A river runs",
            "shelf": "north",
            "year": 2022,
            "lent": True,
            "due": "2024-04-18",
        },
        {"id": "4", "title": "Roads", "shelf": "east", "year": 2020, "lent": False},
    ]
)


def show(what: str, titles: list[str]) -> None:
    print(f"{what:<34}{' | '.join(titles)}")


def titles(query: str = "", **options: Any) -> list[str]:
    return [hit["title"] for hit in index.search(query, **options)]


show("by relevance", titles("rivers roads"))
show("one value", titles("rivers", where={"shelf": "north"}))
show("any of several", titles("", where={"shelf": ["south", "east"]}))
show("two fields", titles("", where={"shelf": "north", "lent": True}))
show("a range", titles("", where=Range("year", gte=2019, lt=2022)))
show("not, and a range", titles("", where=[Not(Term("shelf", "north")), Range("year", gt=2019)]))
show("oldest first", titles("", sort="year"))
show("newest first", titles("", sort="-year"))
show("due next; never due comes last", titles("", sort="due"))
show("by shelf, the newest first", titles("", sort=["shelf", "-year"]))
show("lent without a day comes first", titles("", sort=[Sort("due", missing="first"), "year"]))
first = index.search("", sort="-year", limit=3)
show("three, and after these", [*first.ids, *index.search(sort="-year", after=first.cursor).ids])
show("second page of two", titles("", sort="year", limit=2, offset=2))
print("kept as a date:", index.search(where={"lent": True}, sort="due").hits[0]["due"])
