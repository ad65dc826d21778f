"""The programs that measure speed, run as a person runs them: small, and not for the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.growth import table as growth_table
from benchmarks.peers.timed.engine import read_rows
from benchmarks.peers.timed.engines import ENGINES, Process
from benchmarks.peers.timed.lots import make_lot
from benchmarks.peers.timed.processes import Peak, cpu_seconds
from benchmarks.peers.timed.rows import ROWS, Row, figure_of
from benchmarks.peers.timed.table import table

ROOT = Path(__file__).parents[1]
TEXTS = [
    ("d0", "L’été", "Un bel été à la mer."),
    ("d1", "Hiver", "La neige et le froid de la montagne."),
    ("d2", "Été comme hiver", "La mer et la montagne, le chaud et le froid."),
]
#: Kind → what is asked, and which of the documents are to be found.
ASKED = {
    "any": ("neige chaud", {"d1", "d2"}),
    "all": ("mer montagne", {"d2"}),
    "phrase": ("bel été", {"d0"}),
    "prefix": ("nei", {"d1"}),
    "question": ("Est-ce que la neige est blanche ?", {"d1"}),
    "facet": ("neige chaud", {"d1", "d2"}),
    "facets": ("neige chaud", {"d1", "d2"}),
    "snippets": ("la neige", {"d1"}),
    "two snippets": ("bel été", {"d0"}),
}


def _program(path: str, *arguments: object) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / path), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=[name for name, one in ENGINES.items() if name != "whoosh"])
def engine(request: pytest.FixtureRequest) -> Iterator[Process]:
    found = ENGINES[request.param].fresh()
    if reason := found.lacks():
        pytest.skip(reason)
    try:
        if reason := found.missing():
            pytest.skip(reason)
        yield found
    finally:
        found.close()


def test_every_engine_finds_what_it_is_timed_at(engine: Process, tmp_path: Path) -> None:
    source = tmp_path / "texts.jsonl"
    lines = [
        json.dumps({"id": key, "title": title, "text": text, "lang": "fr"})
        for key, title, text in TEXTS
    ]
    source.write_text("\n".join(lines), "utf-8")
    # As small as it can be: each document once.
    lot = make_lot("fr", source, tmp_path / "fr.tsv", 0.0001 / 16)
    rows = list(read_rows(lot.path))
    assert [row.id for row in rows] == ["texts/d0-0", "texts/d1-0", "texts/d2-0"]
    assert sum(lot.sizes) == sum(len(row.whole.encode()) for row in rows)

    assert engine.ask("version")
    engine.ask("load", lot.path, "fr", len(lot.sizes))
    folder = tmp_path / "index"
    folder.mkdir()
    [seconds] = engine.seconds("build", folder)
    assert seconds > 0
    engine.ask("open", folder, "fr")
    answered = set()
    for kind, (text, expected) in ASKED.items():
        times = engine.seconds("time", kind, text, text)
        if times:
            assert len(times) == 2 and min(times) >= 0
            found = {
                one.removeprefix("texts/").removesuffix("-0")
                for one in engine.ask("found", kind, text).split()
            }
            # Words such as "la" are in all of them; some engines leave them out.
            is_loose = kind in ("question", "snippets", "two snippets")
            assert expected <= found if is_loose else expected == found, kind
            answered.add(kind)
    assert answered >= {"any", "question"}
    for size in engine.seconds("size", folder):
        assert size > 100


def test_the_program_measures_prints_and_keeps_what_it_has_measured(tmp_path: Path) -> None:
    saved, page, drawn = (tmp_path / name for name in ("speed.json", "speed.md", "speed.svg"))
    options = ["--json", saved, "--work", tmp_path / "work", "--engine", "fts5"]
    small = ["--scale", "0.005", "--rounds", "1", "--queries", "3"]
    _program("peers/speed.py", *small, *options, "--only", "index-fr")
    pytest.importorskip("matplotlib")
    printed = _program(
        "peers/speed.py",
        *small,
        *options,
        "--only",
        "search-fr",
        "--markdown",
        page,
        "--plot",
        drawn,
    )
    assert page.read_text("utf-8").rstrip("\n") == printed.rstrip("\n")
    assert "<svg" in drawn.read_text("utf-8")
    for title in ("index fr, language given", "OR of two words", "Python's share of a search"):
        [line] = (line for line in printed.splitlines() if line.startswith(f"| {title} |"))
        assert "≥" in line or "≤" in line
        assert "met" in line
    report = json.loads(saved.read_text("utf-8"))
    assert set(report["parts"]) == {"index-fr", "search-fr"}
    measured = report["measured"]["index fr"]
    assert {"tantivy", "searchlib", "searchlib-detecting", "fts5"} <= set(measured)
    assert all(len(values) == 1 and values[0] > 0 for values in measured.values())


def test_figures_are_worked_out_round_by_round() -> None:
    measured = {"any": {"tantivy": [1.0, 2.0, 4.0], "searchlib": [4.0, 4.0, 4.0], "slow": [10.0]}}
    row = Row("", "any", reach=0.5)
    ours, theirs = (figure_of(row, name, measured) for name in ("searchlib", "slow"))
    assert ours is not None and theirs is not None
    assert (ours.middle, ours.least, ours.most) == (0.5, 0.25, 1.0)
    assert theirs.middle == 0.1  # of the round that it took part in
    assert figure_of(row, "not there", measured) is None
    slower = figure_of(Row("", "any", is_speed=False), "searchlib", measured)
    assert slower is not None and slower.middle == 2.0


@pytest.mark.parametrize(("seconds", "told"), [(4.0, "met"), (4.1, "**not met**")])
def test_a_reach_is_met_or_not(seconds: float, told: str) -> None:
    [line] = (
        line
        for line in table(_report({"index fr": {"tantivy": [1.0], "searchlib": [seconds]}})).split(
            "\n"
        )
        if line.startswith("| index fr, language given")
    )
    assert told in [cell.strip() for cell in line.split("|")]
    assert "≥ 0.25" in line


def _report(measured: dict[str, Any]) -> dict[str, Any]:
    about = {"date": "2026-11-28", "rounds": 1}
    parts = {f"{part}-fr": about for part in ROWS}
    return {"parts": parts, "versions": {}, "lots": {}, "missing": {}, "measured": measured}


def test_two_states_of_the_source_stand_beside_bare_tantivy(tmp_path: Path) -> None:
    small = ["--scale", "0.005", "--rounds", "1", "--queries", "3"]
    work = ["--work", tmp_path / "work"]
    printed = _program("search_ratios.py", *small, *work, "--before", ROOT)
    lines = {line.split("|")[1].strip(): line for line in printed.splitlines() if "→" in line}
    assert {"OR of two words", "real questions", "three facets"} <= set(lines)
    for name, line in lines.items():
        for cell in line.split("|")[7:9]:
            if name != "three facets alone":
                before, now = (float(count.replace(",", "")) for count in cell.split("→"))
                assert now == pytest.approx(before, rel=0.02), name  # both are this tree
    for name in ("OR of two words", "real questions"):
        in_python, compiling = map(int, lines[name].split("|")[9].split(","))
        assert 0 < compiling < in_python, name
    with pytest.raises(AssertionError, match="no src/searchlib"):
        _program("search_ratios.py", *small, *work, "--before", tmp_path)


def test_growth_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = tmp_path / "texts.jsonl"
    words = [f"mot{number} bateau maison rivière montagne" for number in range(40)]
    paragraphs = [" ".join(words[start : start + 6]) for start in range(0, 36, 2)]
    source.write_text(json.dumps({"text": "\n".join(paragraphs), "lang": "fr"}), "utf-8")
    work = tmp_path / "work"
    stopped = _program("growth.py", source, "--work", work, "--to", 60, "--minutes", 0)
    assert not stopped
    printed = _program("growth.py", source, "--work", work, "--to", 60)
    again = _program("growth.py", source, "--work", work, "--to", 60)
    assert again == printed  # nothing is left to do
    state = json.loads((work / "growth.json").read_text())
    assert [one["end"] for one in state["blocks"]] == [60]
    assert "\n".join(growth_table(state)) == printed.rstrip("\n")
    for name in ("documents a second", "question, ms", "one facet, ms", "memory while adding, MB"):
        assert f"| {name} |" in printed


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells it")
def test_what_processes_use_is_seen() -> None:
    code = "x = bytearray(80_000_000)\nfor _ in range(10**7): pass\nprint(1, flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        with Peak(process.pid) as peak:
            computed = cpu_seconds(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
    assert 80_000_000 < peak.bytes < 140_000_000
    assert computed > 0.05
