"""A query corrected as a whole, where that makes it better."""

from searchlib import Index, Keyword, Schema, Text

fields = {"title": Text(), "author": Keyword()}
index = Index(Schema(fields, languages=["vi", "fr", "en"]))
index.add(
    [
        {"id": "1", "title": "Chủ tịch Quốc hội thăm Lào", "author": "Quang"},
        {"id": "2", "title": "Le premier ministre et la coopération", "author": "Salim"},
        {"id": "3", "title": "Information about the government", "author": "Salim"},
    ]
)

QUERIES = (
    "premier minsitre",
    "quochoi",  # two words run together
    "infor mation",  # one torn apart
    "quoosc hooij",  # the keys of Telex
    '+title:govrenment -minsitre "la coperation" author:Slaim',  # all else stays
    "quoc hoi",  # words without marks are no mistake
)
for query in QUERIES:
    print(f"{query:<58}{index.did_you_mean(query) or '—'}")
