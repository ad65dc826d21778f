"""Beginnings of words, words with slips, words near each other, and documents that have a value."""

from searchlib import Exists, Fuzzy, Index, Integer, Keyword, Match, Near, Prefix, Schema, Text

fields = {"title": Text(), "author": Keyword(), "year": Integer()}
index = Index(Schema(fields, languages=["vi", "en"]))
index.add(
    [
        {"id": "assembly", "title": "Chủ tịch Quốc hội", "author": "Quang", "year": 2022},
        {"id": "cooperation", "title": "Hợp tác quốc tế về khí hậu", "author": "Quỳnh"},
        {"id": "unions", "title": "United Nations, trade unions and cooperatives", "year": 2020},
        {"id": "nations", "title": "Cooperation among nations that are united", "author": "Salim"},
    ]
)

QUERIES = (
    "ho*",  # words that begin so, with any marks
    "hộ*",  # with these first
    '"quốc t"*',  # a phrase whose last word goes on
    "author:Qu*",  # values that begin so
    "cooperatoin~",  # one slip
    "coperatives~2",  # two letters that differ
    '"united nations"~2',  # near each other
    '"nations united"~3',
    "year:*",  # has a year
    "nations -year:*",  # has none
    "year:2019..2021",
    "(coop* OR uni*)^=1",  # all alike
)
for query in QUERIES:
    result = index.search(query)
    scores = ", ".join(f"{hit.id} {hit.score:.2f}" for hit in result)
    print(f"{query:<24}{scores or '—'}")
    for notice in result.notices:
        print(f"{'':<24}! {notice}")

print("\nThe same as nodes:")
for node in (Prefix("hộ"), Fuzzy("coperatives", 2), Near("united nations", 2), Exists("year")):
    print(f"{node!s:<24}{', '.join(index.search(node).ids)}")

print("\nWhere a prefix filters, it finds exactly what begins so:")
print(index.search(Match("quốc"), where=[Prefix("Qu", field="author")]).ids)
