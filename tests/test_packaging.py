"""What people install: the versions agree, and where ICU is missing they are told how to get it."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Final

import pytest

import searchlib
from searchlib.analysis import segment
from tests.conftest import ROOT, output_of

PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INSTALL: Final = (ROOT / "docs/install.md").read_text("utf-8")

#: Arguments: a folder that stands first on the path, and what to do there.
PROGRAM: Final = """
import sys
sys.path.insert(0, sys.argv[1])
import searchlib as s
try:
    exec(sys.argv[2])
except s.MissingExtraError as error:
    print(error)
else:
    print("nothing was missing")
"""
NEEDS_ICU: Final = {
    "words of Thai": "s.analyze('ฉันรักประเทศไทย', 'th')",
    "a document": "s.Index(s.Schema({'t': s.Text()})).add([{'id': '1', 't': '北京大学'}])",
    "a query": "s.Index(s.Schema({'t': s.Text()}, languages=['th'])).search('ภาษาไทย')",
    "an index in a folder": "s.Index(s.Schema({'t': s.Text()}), sys.argv[1] + '/index')",
    "an alphabet": (
        "s.Index(s.Schema({'t': s.Keyword(collation='vi')})).add([{'id': '1', 't': 'Đinh'}])"
    ),
}


def without_icu(folder: Path, why: str = "No module named 'icu'") -> None:
    """Let `import icu` fail there as it does where PyICU is not installed, or not for this ICU."""
    (folder / "icu.py").write_text(f"raise ImportError({why!r})\n", "utf-8")


@pytest.mark.parametrize("what", NEEDS_ICU.values(), ids=NEEDS_ICU)
def test_what_needs_icu_says_how_to_get_it(tmp_path: Path, what: str) -> None:
    without_icu(tmp_path)
    message = output_of(PROGRAM, tmp_path, what)
    assert "No module named 'icu'" in message
    for word in ("Debian", "Fedora", "macOS", "apt-get", "dnf", "brew", "Without a compiler"):
        assert word in message
    assert message.splitlines()[-1].split() == [
        "pip",
        "install",
        "--force-reinstall",
        "pyicu-wheels",
    ]


def test_the_reason_is_told(tmp_path: Path) -> None:
    why = "libicui18n.so.67: cannot open shared object file: No such file or directory"
    without_icu(tmp_path, why)
    assert why in output_of(PROGRAM, tmp_path, "s.analyze('ภาษาไทย', 'th')")


def test_another_package_named_icu_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "icu.py").write_text("VERSION = '0.0.1'\n", "utf-8")
    message = output_of(PROGRAM, tmp_path, "s.analyze('ภาษาไทย', 'th')")
    assert "cannot import name 'BreakIterator'" in message and "pyicu-wheels" in message


def test_plain_words_need_none(tmp_path: Path) -> None:
    without_icu(tmp_path)
    search = (
        "index = s.Index(s.Schema({'t': s.Text()}, languages=['vi', 'fr']))\n"
        "index.add([{'id': '1', 't': 'Quốc hội, été'}])\n"
        "assert index.search('quoc hoi').total == 1"
    )
    assert output_of(PROGRAM, tmp_path, search) == "nothing was missing"


def test_an_except_clause_for_import_errors_takes_it() -> None:
    assert issubclass(searchlib.MissingExtraError, ImportError)
    assert issubclass(searchlib.MissingExtraError, searchlib.SearchlibError)


def test_the_page_on_installing_names_the_same_commands() -> None:
    for line in segment._NO_ICU.splitlines():
        command = re.search(r"(?:: |^ +)((?:apt-get|dnf|brew|export|pip) .*)", line)
        assert command is None or command[1] in INSTALL, command[1]


def test_the_way_without_a_compiler_takes_what_the_project_declares() -> None:
    command = next(
        line for line in INSTALL.splitlines() if line.startswith("pip install --no-deps")
    )
    others = {name for name in PROJECT["dependencies"] if not name.startswith("pyicu")}
    assert set(shlex.split(command)[3:]) == {".", "pyicu-wheels", *others}


def test_the_core_stays_small() -> None:
    names = {re.match(r"[\w-]+", line)[0] for line in PROJECT["dependencies"]}  # type: ignore[index]
    assert names == {"tantivy", "pyicu", "unidecode", "pycld2"}


def test_the_citation_names_the_version_and_the_authors() -> None:
    lines = (ROOT / "CITATION.cff").read_text("utf-8").splitlines()
    assert f"version: {PROJECT['version']}" in lines
    assert [f"  - name: {author['name']}" for author in PROJECT["authors"]] == [
        line for line in lines if line.startswith("  - name:")
    ]


def test_each_supported_python_is_tried_in_ci() -> None:
    supported = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    for workflow in ("ci.yml", "release.yml"):
        text = (ROOT / ".github/workflows" / workflow).read_text("utf-8")
        assert all(version in text for version in supported), workflow
