"""Every example runs by itself, from any folder, and says what it shows."""

from __future__ import annotations

import ast
import os
import pty
import re
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
# What searchlib.integrations fits into.
INTEGRATED = {"django", "haystack", "langchain_core", "llama_index", "mcp"}
TEXTS = sorted(SEEDS.glob("*.txt"))


def run(path: Path, folder: Path, *arguments: str, **variables: str) -> str:
    """Run an example as a person would; return what it prints."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **variables}
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")])
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def answers(output: str) -> dict[str, str]:
    """Cut what the demo prints into query → answer."""
    blocks = re.split(r"(?m)^❯ ", output)[1:]
    return {re.split(r"\s{2,}", block, maxsplit=1)[0]: block for block in blocks}


def ids(answer: str) -> list[str]:
    """The first three characters of the names of the files found, in order."""
    return re.findall(r"(?m) · (\d{3})_[0-9a-f]{16}$", answer)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The demo's answers."""
    return answers(run(ROOT / "examples/demo.py", tmp_path_factory.mktemp("demo"), str(SEEDS)))


def test_there_are_examples() -> None:
    assert {"demo.py", "quickstart.py"} <= {path.name for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    assert run(path, tmp_path).strip()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_what_it_shows(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring
    assert docstring.splitlines()[0].endswith(".")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_needs_the_public_names_only(path: Path) -> None:
    neighbours = {other.stem for other in EXAMPLES}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        else:
            continue
        for module in modules:
            allowed = module in {"searchlib", "searchlib.io"} or module in neighbours
            allowed |= module.startswith("searchlib.integrations.")
            root = module.partition(".")[0]
            assert allowed or root in INTEGRATED or root in sys.stdlib_module_names, module


@pytest.mark.parametrize("query", ["hợp tác Quốc hội", "hop tac quoc hoi"])
def test_the_demo_finds_the_vietnamese_text(demo: dict[str, str], query: str) -> None:
    assert ids(demo[query])[0] == "001"
    assert "Vietnamese · 19/11, year not given · 001_" in demo[query]


@pytest.mark.parametrize(
    "query", ["coopération entre l’ICESCO et l’OSCE", "cooperation icesco osce"]
)
def test_the_demo_finds_both_versions_of_an_article(demo: dict[str, str], query: str) -> None:
    assert set(ids(demo[query])[:2]) == {"002", "004"}
    assert "French · 15 September 2022 · 002_" in demo[query]
    assert "English · 15 September 2022 · 004_" in demo[query]


def test_the_demo_names_the_word_that_no_text_holds(demo: dict[str, str]) -> None:
    answer = demo["saxophone"]
    assert ids(answer) == []
    assert re.search(r"(?m)^ +! .*saxophone", answer)
    assert "0 texts" in answer


def test_the_demo_mends_a_slip_and_says_so(demo: dict[str, str]) -> None:
    answer = demo["coperation icesco"]
    assert ids(answer)[0] == "004"
    assert re.search(r"(?m)^ +! .*'coperation': looked for 'cooperation'", answer)


def test_the_demo_explains_a_hit(demo: dict[str, str]) -> None:
    lines = demo["quoc hội lào"].splitlines()
    score = next(float(m[1]) for line in lines if (m := re.search(r"scores (\d+\.\d+):", line)))
    parts = [float(m[1]) for line in lines if (m := re.match(r" +(\d+\.\d\d)  ", line))]
    assert len(parts) >= 3 and abs(sum(parts) - score) < 0.01 * len(parts)


def test_the_demo_finds_a_phrase_in_one_text_and_its_words_in_more(demo: dict[str, str]) -> None:
    answer = demo['"science and technology"']
    phrase = re.compile("science and technology", re.IGNORECASE)
    holders = [path.name[:3] for path in TEXTS if phrase.search(path.read_text("utf-8"))]
    assert sorted(ids(answer)) == holders
    loose = re.search(r"Without the quotation marks: (\d) texts", answer)
    assert loose is not None
    assert int(loose[1]) > len(holders)


def test_the_demo_keeps_to_a_span_of_days(demo: dict[str, str]) -> None:
    assert set(ids(demo["paix peace"])) == {"002", "004"}


def counts(answer: str, heading: str) -> dict[str, int]:
    """The lines of one printed facet."""
    lines = answer.split(f"  {heading}\n")[1].split("\n\n")[0].splitlines()
    found = [re.match(r"  [ ✓] (\S+) +(\d+) █", line) for line in lines]
    return {match[1]: int(match[2]) for match in found if match}


def test_the_demo_counts_and_a_choice_does_not_narrow_its_own_counts(demo: dict[str, str]) -> None:
    before = demo["cooperation hợp tác"]
    after = demo["cooperation hợp tác + organisation ICESCO"]
    mentions = Counter[str]()
    for path in TEXTS:
        words = set(re.findall(r"\w+", path.read_text("utf-8")))
        mentions.update(words & {"ICESCO", "OSCE", "ICISE", "IPU", "UN", "WTO"})
    assert counts(before, "organisation") == mentions == counts(after, "organisation")
    assert "✓ ICESCO" in after and "✓" not in before
    assert counts(before, "language") == {"English": 3, "French": 1, "Vietnamese": 1}
    assert counts(after, "language") == {"English": 2, "French": 1}
    assert counts(before, "year") == {"2021": 1, "2022": 2, "2023": 1}
    assert counts(after, "year") == {"2021": 1, "2022": 2}


def test_the_demo_answers_questions_of_ones_own(tmp_path: Path) -> None:
    output = run(ROOT / "examples/demo.py", tmp_path, str(SEEDS), "icesco -osce", "cái gì thế")
    assert ids(answers(output)["icesco -osce"]) == ["003"]
    assert set(answers(output)) == {"icesco -osce", "cái gì thế"}


def test_piped_output_holds_no_colours(tmp_path: Path) -> None:
    for variables in ({}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}):
        output = run(ROOT / "examples/demo.py", tmp_path, **variables)
        assert "\x1b" not in output
        assert "«hợp tác Quốc hội»" in output
        assert max(map(len, output.splitlines())) <= 100


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_colours_unless_it_wants_none(no_color: str, coloured: bool) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "examples/demo.py"), str(SEEDS), "hop tac"],
        stdout=terminal,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm", "NO_COLOR": no_color},
    )
    os.close(terminal)
    printed = b""
    try:
        while chunk := os.read(controller, 4096):
            printed += chunk
    except OSError:  # how Linux says that the other end was closed
        pass
    finally:
        os.close(controller)
    assert process.wait(timeout=60) == 0
    output = printed.decode("utf-8")
    assert ("\x1b[" in output) is coloured
    assert "\ue000" not in output and "\ue001" not in output


def test_a_reader_who_has_seen_enough_causes_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "examples/demo.py"), str(SEEDS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert errors == b""


@pytest.fixture(scope="module")
def seed_texts() -> dict[str, Any]:
    """The names of the module that reads the texts."""
    return runpy.run_path(str(ROOT / "examples/seed_texts.py"), run_name="seed_texts")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem[:3])
def test_no_word_of_a_text_is_lost(seed_texts: dict[str, Any], path: Path) -> None:
    page = next(one for one in seed_texts["read_folder"](SEEDS) if one.name == path.stem)
    kept = f"{page.title}\n{page.dateline}\n{page.body}\n{page.boilerplate}"
    lost = Counter(path.read_text("utf-8").split()) - Counter(kept.split())
    assert not lost


def test_a_page_is_taken_apart_by_its_form(seed_texts: dict[str, Any]) -> None:
    text = "Cookies\n\nRate us\n\nRiver rises\n\n3 mai 2021\n\nIt rose in May.\n\nRead more"
    page = seed_texts["read_page"]("x", text)
    assert (page.title, page.body) == ("River rises", "It rose in May.")
    assert page.boilerplate.split("\n") == ["Cookies", "Rate us", "Read more"]
    assert page.published.isoformat() == "2021-05-03"


def test_only_names_that_fit_define_an_acronym(seed_texts: dict[str, Any]) -> None:
    text = (
        "The Director-General (DG) of the World Trade Organization (WTO) met the Organisation des "
        "Nations Unies (ONU) and Liên Hợp Quốc (LHQ) over a virus (COVID), in Saint Brieuc (NO)."
    )
    assert seed_texts["find_organisations"]([text]) == {
        "WTO": "World Trade Organization",
        "ONU": "Organisation des Nations Unies",
        "LHQ": "Liên Hợp Quốc",
    }


@pytest.mark.parametrize("text", ["", "\n \n", "x", "date", "(99/99)", "date 2023-99-99 Words."])
def test_any_text_can_be_read(seed_texts: dict[str, Any], text: str) -> None:
    page = seed_texts["read_page"]("x", text)
    assert set(text.split()) <= set(f"{page.title} {page.dateline} {page.body}".split())
    assert page.published is None
