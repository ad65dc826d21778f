"""Data in: a CSV file that leaves questions, their answers, and the rows that do not fit."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from searchlib import Date, Index, Keyword, SchemaError
from searchlib.io import infer, load, read

ROWS = """id;title;published;Post code
1;Chủ tịch Quốc hội thăm Campuchia hôm nay;2022-11-19;02134
2;Les deux organisations ont convenu de coopérer;2022-09-15;75001
3;The rivers of the north in old maps;unknown;10115
4;Old boats on the river;2021-05-03;10115
5;Les femmes et la paix en Afrique;2022-09-15;75001
"""

with TemporaryDirectory() as temporary:
    path = Path(temporary) / "articles.csv"
    path.write_text(ROWS, "utf-8")

    try:
        Index.from_records(path, languages=["vi", "fr", "en"])
    except SchemaError as error:
        print(error, end="\n\n")

    records = read(path)
    answers = {"published": Date(), "Post_code": Keyword()}
    inference = infer(records, fields=answers, languages=["vi", "fr", "en"])
    print("with the answers:", *inference.reasons, sep="\n  ")
    assert inference.schema is not None

    index = Index(inference.schema)
    report = load(index, records, bad_rows=Path(temporary) / "bad.jsonl")
    print(f"\n{report.added} added, {report.rejected} rejected:")
    for line in (Path(temporary) / "bad.jsonl").read_text("utf-8").splitlines():
        print(" ", json.loads(line)["reason"])

    for hit in index.search("quoc hoi"):
        print("found:", hit["title"], hit["published"])
