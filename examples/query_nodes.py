"""Queries as values: nodes that combine with & | ~ and print as the string that parses to them."""

from searchlib import (
    And,
    Boost,
    Index,
    Integer,
    Keyword,
    Match,
    Phrase,
    Query,
    Range,
    Schema,
    Should,
    Term,
    Text,
)

fields = {"title": Text(), "kind": Keyword(), "year": Integer()}
index = Index(Schema(fields, languages=["vi", "en"]))
index.add(
    [
        {"id": "1", "title": "Hợp tác quốc tế", "kind": "news", "year": 2022},
        {"id": "2", "title": "Quốc tế hợp tác xã", "kind": "law", "year": 2020},
        {"id": "3", "title": "International cooperation", "kind": "news", "year": 2023},
    ]
)

recent = Range("year", gte=2022)
queries: list[Query] = [
    Match("hợp tác"),
    Phrase("quốc tế"),
    Match("hop tac") & recent,
    Match("hợp tác") | Match("cooperation", field="title"),
    Match("quốc tế") & ~Term("kind", "law"),
    And(Term("kind", "news"), Should(Match("cooperation"))),
    Boost(Match("hợp tác"), 2) | Match("cooperation"),
]
for query in queries:
    result = index.search(query)
    print(f"{query!s:<48}{', '.join(result.ids)}")
    assert index.search(str(query)).ids == result.ids  # the string means the same

# A string becomes nodes too; `result.query` shows how it was understood.
print(repr(index.search("+quốc -xã year:>=2022").query))
