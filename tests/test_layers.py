"""Imports go downhill only, and each heavy dependency has one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import SOURCE, output_of

# Each may import what stands above it, and itself. The last is ``searchlib/__init__.py``.
ORDER: Final = (
    "errors",
    "threads",
    "_tantivy",
    "analysis.version",
    "analysis.normalize",
    "analysis.segment",
    "analysis.cut",
    "analysis.fold",
    "analysis.keys",
    "analysis.language",
    "analysis.analyzer",
    "analysis",
    "languages",
    "fields",
    "schema",
    "termbases",
    "glossary",
    "query.nodes",
    "query.facets",
    "query.where",
    "query.order",
    "query.collapse",
    "query.rank",
    "results",
    "query.lexer",
    "query.patterns",
    "query.values",
    "query.parser",
    "query.given",
    "query",
    "styles",
    "marks",
    "highlight",
    "engine.layout",
    "engine.files",
    "engine.snapshot",
    "engine.store",
    "engine.shared",
    "engine.spelling",
    "engine.expand",
    "engine.reading",
    "engine.terms",
    "engine.similar",
    "engine.clauses",
    "engine.words",
    "engine.synonyms",
    "engine.wildcards",
    "engine.patterns",
    "engine.compiler",
    "engine.ranking",
    "engine.part",
    "engine.explain",
    "engine.requests",
    "engine.values",
    "engine.ranges",
    "engine.calendar",
    "engine.facets",
    "engine.cursor",
    "engine.groups",
    "engine.order",
    "engine.duplicates",
    "engine.collapse",
    "engine.merge",
    "engine.vocabulary",
    "engine.suggest",
    "engine.correct",
    "engine",
    "manifest",
    "backup",
    "rebuild",
    "pending",
    "writer",
    "page",
    "searcher",
    "index",
    "multi",
    "",
)
DOORS: Final = {
    "tantivy": "_tantivy",
    "icu": "analysis.segment",
    "unidecode": "analysis.fold",
    "pycld2": "languages.detect",
}


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES: Final = {name_of(path): path for path in SOURCE.rglob("*.py")}


def layer(module: str) -> int:
    """The place in ORDER of the module, or of the nearest package that holds it."""
    while module and module not in ORDER:
        module = module.rpartition(".")[0]
    return ORDER.index(module)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """The full name of each module that these nodes import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = str(node.module)
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner.removeprefix("searchlib.") in MODULES else module


def own_imports(module: str) -> set[str]:
    names = imported(ast.walk(tree(module)))
    return {
        name.removeprefix("searchlib").removeprefix(".")
        for name in names
        if name.partition(".")[0] == "searchlib"
    }


def test_every_module_has_its_layer() -> None:
    unplaced = {module for module in MODULES if module and ORDER[layer(module)] == ""}
    assert not unplaced
    assert {entry for entry in ORDER if entry not in MODULES} == set()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_go_downhill(module: str) -> None:
    uphill = {name for name in own_imports(module) if layer(name) > layer(module)}
    assert not uphill, f"searchlib.{module} imports {uphill}, which stand above it"


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {module: own_imports(module) - {module} for module in MODULES}
    assert len(tuple(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_own_modules_are_imported_at_the_top(module: str) -> None:
    top = set(imported(iter(tree(module).body)))
    hidden = {
        name
        for name in imported(ast.walk(tree(module)))
        if name.startswith("searchlib") and name not in top
    }
    assert not hidden


@pytest.mark.parametrize("module", sorted(MODULES))
def test_each_dependency_has_one_door(module: str) -> None:
    names = {name.partition(".")[0] for name in imported(ast.walk(tree(module)))}
    others = names - sys.stdlib_module_names - {"searchlib"}
    assert others == {dependency for dependency, door in DOORS.items() if door == module}


def test_the_package_only_hands_on_names() -> None:
    for node in tree("").body[1:]:
        assert isinstance(node, (ast.ImportFrom, ast.Assign)), ast.dump(node)


def test_importing_the_package_loads_no_heavy_dependency() -> None:
    loaded = output_of("import searchlib, sys; print(*sys.modules)").split()
    assert "tantivy" in loaded  # so the list is that of the modules loaded
    assert not {"icu", "_icu_", "unidecode", "pycld2", "_pycld2"} & set(loaded)


def test_plain_latin_text_is_indexed_and_searched_without_icu() -> None:
    code = (
        "import sys, searchlib as s\n"
        "index = s.Index(s.Schema({'title': s.Text()}, languages=['vi']))\n"
        "index.add([{'id': '1', 'title': 'Quốc hội'}])\n"
        "print(index.search('quoc hoi').total, 'icu' in sys.modules)"
    )
    assert output_of(code) == "1 False"
