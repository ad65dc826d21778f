"""The documentation says what is true: its examples run, and what it lists is what there is."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import griffe
import pytest

import searchlib
from searchlib import known_languages
from searchlib.languages import language
from tests.conftest import ROOT, SOURCE
from tests.golden_files import GOLDEN, read
from tools.language_pages import language_page
from tools.site_pages import examples as site_examples
from tools.site_pages import fetched_from_elsewhere, with_links_of_the_site

README: Final = ROOT / "README.md"
PAGES: Final = sorted([README, *(ROOT / "docs").rglob("*.md")])
#: Those on other libraries, whose examples make files of a project, have a test of their own.
APART: Final = ROOT / "docs/integrations"
BLOCK: Final = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>python|console)\b[^\n]*\n(?P<text>.*?)^(?P=fence)\s*$", re.M | re.S
)


class Block(NamedTuple):
    """A fenced example, and the line of its page on which it begins."""

    kind: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(match["kind"], match["text"], text.count("\n", 0, match.start("text")))
        for match in BLOCK.finditer(text)
    ]


def test_readme_shows_code() -> None:
    assert blocks(README)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=str(page.relative_to(ROOT)))
        for page in PAGES
        if blocks(page) and page.parent != APART
    ],
)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples of one page run in order, in an empty folder, one going on where the last
    stopped: Python as it stands or as a session, and what is typed in a shell."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    for kind, text, line in blocks(page):
        if kind == "console":
            # Its folder and its documents are made by test_command_line_docs.py, which runs it.
            if page.name != "command-line.md":
                run_console(text)
        elif ">>>" in text:
            example = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), line)
            report: list[str] = []
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            runner.run(example, out=report.append, clear_globs=False)
            names |= example.globs
            assert not report, "".join(report)
        else:
            exec(compile("\n" * line + text, str(page), "exec"), names)


def run_console(text: str) -> None:
    """Run each line after `$ `; what stands below it is what it prints, … standing for anything."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        # As in an environment that is active: the programs beside this Python come first.
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        done = subprocess.run(
            ["sh", "-c", command],
            env={"PATH": path, "PYTHONUTF8": "1", "PYTHONPATH": str(SOURCE.parent)},
            capture_output=True,
            text=True,
        )
        printed = done.stdout + done.stderr
        pattern = ".*".join(map(re.escape, expected.rstrip().split("…")))
        assert re.fullmatch(pattern, printed.rstrip(), re.S), f"{command}\nprinted\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_of_the_checkout(page: Path) -> None:
    """The pages are read in the checkout as well as on the site, which checks its own links."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#:\s]+)", re.sub(r"`[^`\n]*`", "", text)):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_the_site_includes_is_a_link_in_the_checkout(page: Path) -> None:
    text = page.read_text("utf-8")
    for match in re.finditer(r'^--8<-- "([^:"]+)[^\n]*$', text, re.M):
        assert text[: match.start()].endswith(f"From [{match[1]}](../{match[1]}):\n\n"), match[1]


def test_each_public_name_is_in_the_reference_once() -> None:
    pages = (ROOT / "docs/reference").glob("*.md")
    shown = [
        name
        for page in pages
        for name in re.findall(r"^::: searchlib\.(\w+)$", page.read_text("utf-8"), re.M)
    ]
    assert sorted(shown) == list(searchlib.__all__)


def test_the_first_page_of_the_reference_names_each_name() -> None:
    text = (ROOT / "docs/reference/index.md").read_text("utf-8")
    assert sorted(re.findall(r"\[`(\w+)`\]\[searchlib\.\1\]", text)) == list(searchlib.__all__)


# --- Languages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", known_languages())
def test_the_page_of_a_language_says_what_its_tests_hold(code: str) -> None:
    page = language_page(code)
    own = language(code)
    assert page.startswith(f"# {own.name}\n")
    for line in read(GOLDEN / f"{code}.txt"):
        if line.key in {"found", "missed"}:
            visible = [part for part in line.parts() if part.isprintable()]
            assert all(part in page for part in visible), line
    assert all(word in page for word in own.stop_words)
    assert (f"Snowball, `{own.stemmer}`" in page) == isinstance(own.stemmer, str)


def test_the_table_of_languages_says_what_their_modules_say() -> None:
    text = (ROOT / "docs/languages.md").read_text("utf-8")
    table = text.split("## All languages with rules of their own")[1].split("\n## ")[0]
    told: dict[str, tuple[str, str]] = {}
    for codes, stems, pairs in re.findall(
        r"^\| ([a-z, ]+) \| (yes|own|) ?\| ([^|]+?) \|", table, re.M
    ):
        told |= {code: (stems, pairs) for code in codes.split(", ") if code != "code"}
    assert sorted(told) == list(known_languages())
    for code, (stems, pairs) in told.items():
        own = language(code)
        kind = "" if own.stemmer is None else "yes" if isinstance(own.stemmer, str) else "own"
        assert stems == kind, code
        assert (pairs == "stems") == own.pairs_of_stems, code


# --- The site -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fetched"),
    [
        ('<script src="https://a.example/x.js"></script>', ["https://a.example/x.js"]),
        ("<link rel=stylesheet href=//fonts.example/css>", ["//fonts.example/css"]),
        ('<img alt="" src="https://a.example/i.png">', ["https://a.example/i.png"]),
        ("body { background: url('https://a.example/b.png') }", ["https://a.example/b.png"]),
        ('@import "https://a.example/c.css";', ["https://a.example/c.css"]),
        ('<a href="https://a.example/">to follow</a>', []),
        ('<script src="assets/x.js"></script><img src="data:image/png;base64,//x">', []),
    ],
)
def test_what_a_browser_would_fetch_from_elsewhere_is_found(text: str, fetched: list[str]) -> None:
    assert fetched_from_elsewhere(text) == fetched


@pytest.mark.parametrize(
    ("uri", "link", "becomes"),
    [
        ("index.md", "[a](docs/search.md#facets)", "[a](search.md#facets)"),
        ("index.md", "[`docs/`](docs/adr/)", "[`docs/`](adr/0001-views-of-our-own-analysis.md)"),
        ("index.md", "[examples/](examples/)", "[examples/](examples.md)"),
        ("guarantees.md", "[x](../benchmarks/results/faults.md)", "[x](results/faults.md)"),
        ("languages/vi.md", "[x](../comparison.md)", "[x](../comparison.md)"),
        ("results/faults.md", "[x](../../CHANGELOG.md)", "[x](../changelog.md)"),
        ("search.md", "[the test](../tests/test_search.py)", "the test"),
        ("search.md", "[no such page](gone.md)", "[no such page](gone.md)"),
        ("search.md", "[elsewhere](https://a.example/b)", "[elsewhere](https://a.example/b)"),
    ],
)
def test_links_between_files_become_links_between_pages(uri: str, link: str, becomes: str) -> None:
    assert with_links_of_the_site(f"See {link}.", uri) == f"See {becomes}."


def test_all_examples_are_on_the_page_of_examples() -> None:
    page = site_examples()
    for path in (ROOT / "examples").glob("*.py"):
        assert path.read_text("utf-8") in page


def test_the_reference_shows_what_value_classes_are_made_of() -> None:
    extensions = griffe.load_extensions(str(ROOT / "tools/standard_names.py"))
    package = griffe.load("searchlib", search_paths=[SOURCE.parent], extensions=extensions)
    for name in ("SearchResult", "Match", "Limits", "Text", "Sort"):
        kind = getattr(searchlib, name)
        shown = package[f"{kind.__module__.removeprefix('searchlib.')}.{name}"]
        assert isinstance(shown, griffe.Class)
        parameters = [one.name for one in shown.parameters if one.name != "self"]
        assert parameters == list(inspect.signature(kind).parameters)
