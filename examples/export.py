"""Data out: hits as dicts and in a notebook, all documents as files, the way to a cluster."""

from pathlib import Path
from tempfile import TemporaryDirectory

from searchlib import Category, Index, Integer, Schema, Text
from searchlib.io import elasticsearch, export, load, read

schema = Schema({"title": Text(), "section": Category(), "year": Integer()}, languages=["fr"])
index = Index(schema)
index.add(
    [
        {"id": "1", "title": "L’été à Québec", "section": "News/Canada", "year": 2021},
        {"id": "2", "title": "Un été <chaud>", "section": "News", "year": 2022},
    ]
)

result = index.search("ete", facets=["section"], highlight=True, sort="id")
for row in result.to_dicts():  # to_arrow(), to_pandas(), to_polars() likewise
    print(row["id"], row["year"], *row["_highlights"]["title"])
print("a notebook shows", len(result._repr_html_()), "characters of HTML")

with TemporaryDirectory() as temporary:
    path = Path(temporary) / "all.jsonl.gz"
    print("exported:", export(index, path))
    again = Index(schema)
    print("and loaded:", load(again, read(path)).added)
    print("the same:", list(again.documents()) == list(index.documents()))

    bulk = Path(temporary) / "all.ndjson"
    elasticsearch.bulk(index, bulk)
    print(bulk.read_text("utf-8").splitlines()[0])
    print(elasticsearch.mapping(schema)["mappings"]["properties"]["section"])
