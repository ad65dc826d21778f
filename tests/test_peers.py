"""The side-by-side measurement of searchlib and its peers, run as a person runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from math import log2
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ENGINES = ["searchlib", "tantivy", "tantivy-marks", "fts5"]
PACKAGES = {"bm25s": "bm25s", "lancedb": "lancedb", "whoosh": "whoosh-reloaded"}

# The first of two relevant documents found first, the other not at all.
HALF = 1 / (1 + 1 / log2(3))
# The only relevant document found second.
SECOND = 1 / log2(3)
ENGLISH = (1 + HALF + SECOND) / 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two collections with the same ids, small enough to rank by hand."""
    pytest.importorskip("ir_measures")
    pytest.importorskip("scipy")
    _write(
        tmp_path / "english",
        "en",
        {
            "d1": "apple banana",
            "d2": "cherry",
            "d3": "some valley",
            # Once in a longer text: behind the next one, whichever way one counts.
            "d4": "a river passes many green fields, tall houses, mills and quiet gardens",
            "d5": "river river",
        },
        {"q1": "cherry", "q2": "banana", "q3": "river"},
        "q1\td2\t1\nq2\td1\t1\nq2\td3\t1\nq3\td4\t1\n",
    )
    _write(
        tmp_path / "french",
        "fr",
        {"d1": "un vélo rouge", "d2": "une voiture bleue"},
        {"q1": "vélo"},
        "q1\td1\t1\n",
    )
    return tmp_path


def _write(
    folder: Path, language: str, documents: dict[str, str], queries: dict[str, str], qrels: str
) -> None:
    folder.mkdir()
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    for stem, texts in {"corpus": documents, "queries": queries}.items():
        lines = (
            json.dumps({"id": key, "title": "", "text": text, "lang": language})
            for key, text in texts.items()
        )
        (folder / f"{stem}.jsonl").write_text("\n".join(lines), "utf-8")


def _program(path: str, *arguments: object, **variables: str) -> str:
    """Run a benchmark program; return what it prints."""
    search_path = [variables.pop("PYTHONPATH", ""), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, search_path))}
    command = [sys.executable, str(ROOT / "benchmarks" / path), *map(str, arguments)]
    done = subprocess.run(
        command, env=environment | variables, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _cells(table: str, title: str) -> list[list[str]]:
    """Return the cells of all rows of this title."""
    return [re.split(r"\s{2,}", line) for line in table.splitlines() if line.startswith(title)]


def _means(report: dict[str, Any], variant: str, collection: str) -> dict[str, float]:
    return {
        name: run["collections"][collection]["variants"][variant]["means"]["nDCG@10"]
        for name, run in report["engines"].items()
    }


@pytest.fixture
def without_packages(tmp_path: Path) -> dict[str, str]:
    """Variables of a process in which only SQLite and tantivy can be imported, and no Java run."""
    customized = tmp_path / "site"
    customized.mkdir()
    lines = [f"sys.modules[{name!r}] = None" for name in PACKAGES]
    (customized / "sitecustomize.py").write_text("\n".join(["import sys", *lines]), "utf-8")
    return {"PYTHONPATH": str(customized), "PATH": ""}


def test_the_table_and_the_values_are_those_worked_out_by_hand(
    folder: Path, tmp_path: Path, without_packages: dict[str, str]
) -> None:
    variants = [f"--variant={variant}" for variant in ("typed", "unmarked")]
    peers = [f"--peer={name}" for name in (*ENGINES[1:], *PACKAGES, "lucene")]
    saved = tmp_path / "peers.json"
    printed = _program(
        "peers/run.py", folder, "--json", saved, *variants, *peers, **without_packages
    )
    report = json.loads(saved.read_text("utf-8"))

    assert list(report["engines"]) == ENGINES
    for run in report["engines"].values():
        english = run["collections"]["english"]["variants"]["typed"]["values"]
        assert english["nDCG@10"] == pytest.approx({"q1": 1, "q2": HALF, "q3": SECOND})
        assert english["MRR@10"] == pytest.approx({"q1": 1, "q2": 1, "q3": 1 / 2})
        assert english["Recall@100"] == pytest.approx({"q1": 1, "q2": 1 / 2, "q3": 1})
    found = dict.fromkeys(ENGINES, 1.0)
    assert _means(report, "typed", "french") == found
    assert _means(report, "unmarked", "french") == found | {"tantivy-marks": 0}

    assert [row[0] for row in _cells(printed, "nDCG@10")] == [
        "nDCG@10, typed",
        "nDCG@10, unmarked",
    ]
    assert all(
        row[1:] == ["queries", "searchlib", "best peer", "p", *ENGINES[1:]]
        for row in _cells(printed, "nDCG@10")
    )
    value = f"{ENGLISH:.4f}"
    # No query of it has a mark: the second table leaves it out.
    assert _cells(printed, "english") == [
        ["english", "3", value, value, "tantivy", "1.0000", value, value, value]
    ]
    assert [row[-3:] for row in _cells(printed, "french")] == [
        ["1.0000", "1.0000", "1.0000"],
        ["1.0000", "0.0000", "1.0000"],
    ]
    means = _cells(printed, "mean")
    assert [row[0] for row in means] == ["mean en", "mean fr", "mean", "mean fr", "mean"]
    assert [row[1] for row in means] == [
        value,
        "1.0000",
        f"{(ENGLISH + 1) / 2:.4f}",
        "1.0000",
        "1.0000",
    ]

    # What is not there is named, with what to install.
    assert set(report["missing"]) == {"lucene", *PACKAGES}
    for name, package in PACKAGES.items():
        assert f"not measured: {name}; to have it: pip install {package}" in printed
    assert re.search(r"not measured: lucene; .* apt-get install liblucene\S+ .*jdk", printed)


def test_all_collections_in_one_index(folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "peers.json"
    _program("peers/run.py", folder, "--union", "--peer=fts5", "--json", saved)
    report = json.loads(saved.read_text("utf-8"))
    for collection, expected in {"english": ENGLISH, "french": 1.0}.items():
        for variant in ("typed", "unmarked"):
            assert _means(report, variant, collection) == pytest.approx(
                {"searchlib": expected, "fts5": expected}
            )


def test_two_engines_of_a_run_are_compared_query_by_query(folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "peers.json"
    _program("peers/run.py", folder, "--peer=tantivy-marks", "--json", saved)
    files = []
    for name, run in json.loads(saved.read_text("utf-8"))["engines"].items():
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(run), "utf-8")
    before, after = reversed(files)  # tantivy-marks, then searchlib
    printed = _program("relevance/compare.py", before, after)
    [row] = (row for row in _cells(printed, "french") if row[1].startswith("unmarked"))
    assert row[-6:-1] == ["0.0000", "1.0000", "+1.0000", "1", "0"]


def test_every_peer_that_is_here_finds_words_typed_without_accents(
    folder: Path, tmp_path: Path
) -> None:
    """Each with its own setup; what is not installed is left out, as the program says."""
    saved = tmp_path / "peers.json"
    variants = [f"--variant={variant}" for variant in ("typed", "unmarked")]
    _program("peers/run.py", folder, "--json", saved, *variants)
    report = json.loads(saved.read_text("utf-8"))
    assert set(report["engines"]) >= set(ENGINES)
    assert not set(report["engines"]) & set(report["missing"])
    everywhere = dict.fromkeys(report["engines"], 1.0)
    assert _means(report, "typed", "english") == pytest.approx(
        dict.fromkeys(report["engines"], ENGLISH)
    )
    assert _means(report, "typed", "french") == everywhere
    assert _means(report, "unmarked", "french") == everywhere | {"tantivy-marks": 0}
    assert all(run["version"] for run in report["engines"].values())
