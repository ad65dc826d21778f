"""What people type: phrases, signs, operators, fields, ranges; and what happens to their slips."""

from searchlib import Date, Index, Integer, QuerySyntaxError, Schema, Text

fields = {"title": Text(weight=2.0), "body": Text(), "year": Integer(), "day": Date()}
index = Index(Schema(fields, languages=["en", "fr"]))
index.add(
    [
        {"id": "snow", "title": "La fonte des neiges", "year": 2021, "day": "2021-03-19"},
        {"id": "ice", "title": "Melting ice", "body": "Snow and ice melt.", "year": 2022},
        {"id": "cream", "title": "Ice cream", "body": "Summer, melting.", "year": 2023},
    ]
)

QUERIES = (
    "melting ice",  # any of the words, best first
    '"melting ice"',  # side by side
    "+ice -cream",  # must, must not
    "ice AND summer",
    "snow OR neige",
    "ice NOT snow",
    "(snow OR summer) AND ice",
    "title:ice",  # one field
    "ice year:2022",  # a value narrows what the words find
    "year:[2022 TO 2023]",
    "year:>2021",
    "day:2021-03",  # a whole month
    "ice cream^3",  # a word that counts more
    '"melting ice',  # slips: lenient, with a notice
    "colour:blue ice",
    "year:soon ice",
)
for query in QUERIES:
    result = index.search(query)
    print(f"{query:<28}{', '.join(result.ids) or '—'}")
    for notice in result.notices:
        print(f"{'':<28}! {notice}")

print("\nThe same slip in strict mode:")
try:
    index.search('"melting ice', strict=True)
except QuerySyntaxError as error:
    print(error)
