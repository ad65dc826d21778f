"""A folder of text, Markdown and HTML files: a document each, with every word that people see."""

from __future__ import annotations

import os
from errno import EACCES
from pathlib import Path
from typing import Any

import pytest

from searchlib import Index, ReadError
from searchlib.io import BadRow, read

HTML = """<!DOCTYPE html><html><head><title>The  river
&amp; its boats</title><style>p { color: red }</style><script>var hidden = "no";</script></head>
<body><nav><a href="/">Home</a><a href="/b">Boats</a></nav><h1>Boats</h1><p>They <b>sail</b>ed on
the <i>ri</i>ver.<br>All day.</p><ul><li>one<li>two</ul><table><tr><td>a</td><td>b</td></tr></table>
<noscript>hidden too</noscript><!-- nor this --><p>caf&eacute;</p></body></html>"""

MARKDOWN = """---
title: The old maps
tags: [maps, "old"]
date: 2022-09-15
---
# Maps *of* the river

They show `boats`, [a harbour](https://a.example "t") and ![a sail](x.png).
Second line.<br>Third <b>line</b>.

```python
sail = "boat"
```

| a | b |
|---|---|
| c | d |

<div>within <p>html</p></div>
"""


def one(folder: Path, name: str, data: str | bytes, **options: Any) -> dict[str, Any]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (row,) = read(path, **options)
    return row


def test_html_keeps_its_words_whole_and_its_blocks_apart(tmp_path: Path) -> None:
    row = one(tmp_path, "a.html", HTML)
    assert row["title"] == "The river & its boats"
    assert row["text"].split("\n") == [
        "HomeBoats",
        "Boats",
        "They sailed on the river.",
        "All day.",
        "one",
        "two",
        "a",
        "b",
        "café",
    ]


def test_markdown_keeps_its_words_and_what_stands_before(tmp_path: Path) -> None:
    row = one(tmp_path, "a.md", MARKDOWN)
    assert row["title"] == "The old maps"
    assert row["meta"] == {"tags": ["maps", "old"], "date": "2022-09-15"}
    assert (
        row["text"].split()
        == (
            "Maps of the river They show boats, a harbour and a sail. Second line. Third line. "
            'sail = "boat" a b c d within html'
        ).split()
    )


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("Words\n\nHeading\n---\n\nmore", "Heading", "Words more"),
        ("no heading", "a", "no heading"),
        ("", "a", ""),
        ("---\nnot: [yaml\n---\nwords", "a", "not: [yaml words"),
        (f"---\nd: {'[' * 5_000}\n---\nwords", "a", f"d: {'[' * 5_000} words"),
        ("---\na: &x [1]\nb: [*x, *x]\n---\nwords", "a", "a: &x [1] b: [*x, *x] words"),
        ("---\n- a list\n---\nwords", "a", "- a list words"),
        ("---\ntitle: [a, b]\n---\nwords", "a", "title: [a, b] words"),
        ("# A <script>alert(1)</script> b", "A alert(1) b", ""),
    ],
)
def test_whatever_markdown_holds_is_read(tmp_path: Path, text: str, title: str, words: str) -> None:
    row = one(tmp_path, "a.md", text)
    assert (row["title"], row["text"].split()) == (title, words.split())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-15"])
def test_html_is_read_as_it_says_of_itself(tmp_path: Path, encoding: str) -> None:
    said = f'<meta charset="{encoding}">' if encoding not in {"utf-16", "utf-8-sig"} else ""
    row = one(tmp_path, "a.html", f"<html>{said}<p>Élève</html>".encode(encoding))
    assert row["text"] == "Élève"


def test_a_page_that_is_no_text_in_what_it_says_is_refused(tmp_path: Path) -> None:
    for said, data in (("utf-7", b"\xff"), ("x-unknown", b"\xe9"), ("ascii", b"\xe9")):
        with pytest.raises(ReadError, match="it is no text in"):
            one(tmp_path, "a.html", f'<meta charset="{said}">'.encode() + data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "b.txt": "Quốc hội họp hôm nay",
        "a/one.md": "# Boats\n\nThey sail.",
        "a/deep/er/two.HTML": "<title>Maps</title><p>Old maps",
        "a/c.pdf": "%PDF",
        "c.png": "",
        "d.png": "",
        "LICENSE": "words",
        ".git/config.txt": "hidden",
        ".hidden.md": "hidden",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_folder_gives_its_files_in_order(folder: Path) -> None:
    records = read(folder)
    rows = list(records)
    assert [row["id"] for row in rows] == ["b.txt", "a/one.md", "a/deep/er/two.HTML"]
    assert [row["title"] for row in rows] == ["b", "Boats", "Maps"]
    assert [row["text"] for row in rows] == ["Quốc hội họp hôm nay", "They sail.", "Old maps"]
    assert records.share == 1.0
    (notice,) = records.notices
    assert notice.startswith("left out 4 files") and ".png (2)" in notice


def test_a_folder_becomes_an_index(folder: Path) -> None:
    index = Index.from_records(folder, languages=["vi", "en"])
    assert index.search("quoc hoi").ids == ("b.txt",)
    assert index.search("map").ids == ("a/deep/er/two.HTML",)


def test_files_that_cannot_be_read_are_named(folder: Path) -> None:
    (folder / "broken.txt").symlink_to(folder / "nowhere")
    (folder / "binary.md").write_bytes(bytes(range(256)) * 9)
    os.mkfifo(folder / "pipe.txt")
    bad: list[BadRow] = []
    rows = list(read(folder, on_bad=bad.append))
    assert len(rows) == 3
    assert [(row.raw, row.reason.split(":")[0]) for row in bad] == [
        ("binary.md", "binary.md"),
        ("broken.txt", "broken.txt"),
        ("pipe.txt", "pipe.txt"),
    ]


def test_folders_that_cannot_be_read_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, closed = os.scandir, {str(folder / "a" / "deep")}

    def scandir(path: str) -> Any:
        if str(path) in closed:  # as for all but the superuser
            raise PermissionError(EACCES, os.strerror(EACCES), str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    bad: list[BadRow] = []
    records = read(folder, on_bad=bad.append)
    assert [row["id"] for row in records] == ["b.txt", "a/one.md"]
    assert [row.raw for row in bad] == [*closed]
    assert bad[0].reason.endswith("deep: it cannot be read: Permission denied")
    assert records.share == 1.0
    closed.add(str(folder))
    with pytest.raises(ReadError, match="it cannot be read: Permission denied"):
        list(read(folder))


def test_an_empty_folder_has_no_documents(tmp_path: Path) -> None:
    assert list(read(tmp_path)) == []
