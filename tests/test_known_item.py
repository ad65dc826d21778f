"""Known-item collections hold what a searcher could find, and not the answer itself."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.relevance.collection import Collection, read_collection

PROGRAM = Path(__file__).parents[1] / "benchmarks" / "relevance" / "known_item.py"
PAGES = [
    ("rows", "Sorting  Rows", "sorting rows\nHow lines are put in order.\nTitle is: Sorting Rows"),
    ("prose", "Printing Pages", "Printing pages is easy.\nSee also: Sorting Rows"),
    ("shared 1", "New Features", "What came in May."),
    ("shared 2", "new features", "What came in June."),
    ("one word", "Glossary", "Words and what they mean."),
    ("nothing else", "Empty Page", "Empty Page\n"),
    ("no title", "", "Some text."),
]


def make(folder: Path, pages: list[tuple[str, str, str]], *options: str) -> Collection:
    source = folder / "pages.jsonl.gz"
    with gzip.open(source, "wt", encoding="utf-8") as file:
        for key, title, text in pages:
            file.write(json.dumps({"id": key, "name": title, "body": text, "lang": "en"}) + "\n")
    command = [sys.executable, str(PROGRAM), str(source), str(folder / "made")]
    names = ["--title", "name", "--text", "body"]
    subprocess.run([*command, *names, *options], check=True, capture_output=True)
    return read_collection(folder / "made")


def test_titles_that_one_page_has_are_the_queries(tmp_path: Path) -> None:
    made = make(tmp_path, PAGES)
    assert {query.id: query.text for query in made.queries} == {
        "rows": "Sorting  Rows",
        "prose": "Printing Pages",
    }
    assert made.judgements == {"rows": {"rows": 1}, "prose": {"prose": 1}}
    assert {query.language for query in made.queries} == {"en"}


def test_all_pages_are_documents_without_the_lines_that_repeat_their_titles(tmp_path: Path) -> None:
    made = make(tmp_path, PAGES)
    texts = {one["id"]: one["text"].strip() for one in made.documents}
    assert list(texts) == [key for key, _, _ in PAGES]
    assert texts["rows"] == "How lines are put in order."
    assert texts["prose"] == "Printing pages is easy.\nSee also: Sorting Rows"
    assert texts["no title"] == "Some text."
    assert not any(one["title"] for one in made.documents)


def test_untranslated_pages_are_no_queries(tmp_path: Path) -> None:
    pages = [
        ("translated", "पंक्तियाँ छाँटना", "पंक्तियों का क्रम LibreOffice में"),
        ("text is not", "पृष्ठ छापना", "How pages are printed."),
        ("title is not", "Printing pages", "पृष्ठ कैसे छापे जाते हैं"),
    ]
    made = make(tmp_path, pages, "--language", "hi")
    assert [query.id for query in made.queries] == ["translated"]
    assert made.languages == ["hi"]


@pytest.mark.parametrize(("wanted", "drawn"), [("3", 3), ("50", 10)])
def test_no_more_queries_are_drawn_than_wanted(tmp_path: Path, wanted: str, drawn: int) -> None:
    pages = [(str(n), f"Chapter {n}", f"Text of number {n}.") for n in range(10)]
    first = make(tmp_path, pages, "--queries", wanted)
    assert len(first.queries) == len(first.judgements) == drawn
    assert make(tmp_path, pages, "--queries", wanted).queries == first.queries
