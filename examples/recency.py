"""News first: scores raised by a date and by the number of readers, and explained."""

from datetime import date, timedelta

from searchlib import Date, Index, Integer, Popularity, Recency, Schema, Text

schema = Schema({"title": Text(), "date": Date(), "views": Integer()}, languages=["en"])
index = Index(schema)
index.add(
    [
        {"id": "2019", "title": "Storm hits coast: storm report", "date": date(2019, 3, 1)},
        {"id": "may", "title": "After the storm", "date": date(2026, 5, 20), "views": 90},
        {"id": "june", "title": "A storm on its way to us", "date": date(2026, 6, 1), "views": 4},
    ]
)
today = date(2026, 6, 1)

# score + weight * 0.5 ** (age / half_life)
recency = Recency("date", half_life=timedelta(days=30), weight=1.0, origin=today)
# score + weight * views / (views + pivot)
popularity = Popularity("views", pivot=50, weight=1.0)

print("by words:      ", index.search("storm").ids)
print("and by date:   ", index.search("storm", rank=[recency]).ids)
print("and by readers:", index.search("storm", rank=[recency, popularity]).ids)
assert index.search("storm").ids[0] == "2019"
assert index.search("storm", rank=[recency]).ids[0] == "june"
assert index.search("storm", rank=[recency, popularity]).ids == ("may", "june", "2019")

best = index.search("storm", rank=[recency, popularity]).hits[0]
explanation = index.explain("storm", best, rank=[recency, popularity])
print(explanation)
assert best.score is not None
assert abs(explanation.score - best.score) < 1e-4
