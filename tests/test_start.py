"""What a new process does until its first result, counted: modules instead of milliseconds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from searchlib import Index, Schema, Text, api
from searchlib import __all__ as names
from tests.conftest import SOURCE, output_of

SEARCH: Final = """
import sys
import searchlib
before = {{*sys.modules}}
result = searchlib.Index.open({path!r}).search({query!r})
assert [hit.document["title"] for hit in result.hits] == ["L’été des cartes"], result
print(*sorted(sys.modules))
"""
#: What neither a search nor opening an index needs.
NOT_NEEDED: Final = (
    *("unidecode", "pycld2", "icu", "dataclasses", "inspect", "csv", "xml", "shutil", "asyncio"),
    *("hashlib", "sqlite3", "ctypes", "pathlib"),
    *("calendar", "locale", "decimal", "fractions", "uuid", "pkgutil", "http", "html", "email"),
    *("rich", "pyarrow", "pandas", "polars"),
    *(f"searchlib.{name}" for name in ("io", "serve", "cli", "integrations", "display", "tables")),
    *(f"searchlib.{name}" for name in ("writer", "changes", "pending", "rebuild", "copies")),
    *(f"searchlib.{name}" for name in ("multi", "api")),
    *(f"searchlib.{name}" for name in ("glossary", "termbases", "highlight", "query.facets")),
    *(f"searchlib.engine.{name}" for name in ("facets", "calendar", "collapse", "duplicates")),
    *(f"searchlib.engine.{name}" for name in ("suggest", "correct", "explain", "encode")),
    *("searchlib.engine.spelling", "searchlib.languages.detect"),
)
# A few more than there are, of which 77 are the library's own.
MOST_MODULES: Final = 165
MOST_EXPRESSIONS: Final = 12
#: Those that the search itself loads: the rules of its language, and the like.
MOST_LATE: Final = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("start") / "index"
    index = Index(Schema({"title": Text()}, languages=["fr"]), path)
    index.add([{"id": "a", "title": "L’été des cartes"}, {"id": "b", "title": "Paix"}])
    return path


@pytest.mark.parametrize("query", ["cartes etes", "été cartes"])
def test_a_search_loads_what_it_needs(folder: Path, query: str) -> None:
    loaded = output_of(SEARCH.format(path=str(folder), query=query)).split()
    needless = [name for name in loaded if name.startswith(tuple(f"{one}." for one in NOT_NEEDED))]
    assert not [*needless, *sorted(set(loaded) & set(NOT_NEEDED))]
    languages = {name for name in loaded if re.fullmatch(r"searchlib\.languages\.[a-z]{2}", name)}
    assert languages == {"searchlib.languages.fr"}
    assert len(loaded) <= MOST_MODULES, loaded


def test_few_regular_expressions_are_compiled(folder: Path) -> None:
    """Those of searchlib; the standard library compiles some of its own."""
    counted = """
import re, sys
compiled = []
real = re._compile
def count(pattern, flags):
    frame = sys._getframe(1)
    while "searchlib" not in frame.f_globals["__name__"] and frame.f_back:
        frame = frame.f_back
    if "searchlib" in frame.f_globals["__name__"]:
        compiled.append(pattern)
    return real(pattern, flags)
re._compile = count
"""
    code = counted + SEARCH.format(path=str(folder), query="cartes etes") + "print(len(compiled))"
    assert int(output_of(code).split()[-1]) <= MOST_EXPRESSIONS


@pytest.mark.parametrize("query", ["cartes etes", "été cartes"])
def test_the_import_loads_what_a_search_needs(folder: Path, query: str) -> None:
    code = SEARCH.format(path=str(folder), query=query) + "print(*{*sys.modules} - before)"
    late = output_of(code).splitlines()[-1].split()
    assert len(late) <= MOST_LATE, late


def test_names_are_those_of_the_type_checker() -> None:
    """``searchlib`` lists the module of each name, ``api`` imports it: both say the same."""
    assert list(names) == api.__all__
    for name in names:
        code = f"import searchlib; print(searchlib.{name}.__module__)"
        if name in ("Index", "Term", "Token", "reindex", "Highlight"):  # each a process of its own
            assert output_of(code).strip() == getattr(api, name).__module__
    import searchlib

    assert all(getattr(searchlib, name) is getattr(api, name) for name in names)


def test_every_expression_is_one() -> None:
    """Also those that are compiled late."""
    from importlib import import_module

    from searchlib import _later

    late = 0
    for path in sorted(SOURCE.glob("analysis/*.py")) + sorted(SOURCE.glob("query/**/*.py")):
        module = import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
        for value in vars(module).values():
            if isinstance(value, _later.regex):  # type: ignore[arg-type]
                late += 1
                assert value.pattern == re.compile(value.pattern, value.flags).pattern
    assert late > 40
