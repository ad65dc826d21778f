"""Imports go downhill only, and each heavy dependency has one door."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import ROOT, SOURCE, output_of

# Each may import what stands above it, and itself. The empty name is ``searchlib/__init__.py``.
ORDER: Final = (
    "_dataclass",
    "_later",
    "errors",
    "deadline",
    "limits",
    "extras",
    "tables",
    "threads",
    "_tantivy",
    "analysis.version",
    "analysis.normalize",
    "analysis.segment",
    "analysis.cut",
    "analysis.fold",
    "analysis.keys",
    "analysis.language",
    "analysis.memo",
    "analysis._columns",
    "analysis.characters",
    "analysis.columns",
    "analysis.analyzer",
    "analysis",
    "languages",
    "fields",
    "schema",
    "termbases",
    "glossary",
    "query.nodes.combined",
    "query.nodes.words",
    "query.nodes.values",
    "query.nodes",
    "query.depth",
    "query.facets",
    "query.where",
    "query.order",
    "query.collapse",
    "query.rank",
    "hits",
    "styles",
    "display.progress",
    "display.parts",
    "display.html",
    "display.console",
    "display",
    "results",
    "query.lexer",
    "query.patterns",
    "query.values",
    "query.parser",
    "query.given",
    "query",
    "stretches",
    "marks",
    "highlight",
    "engine.layout",
    "engine.sealed",
    "engine.encode",
    "engine.worker",
    "engine.plain",
    "engine.pool",
    "engine.encoders",
    "engine.cores",
    "engine.heap",
    "engine.files",
    "engine.record",
    "engine.checks",
    "engine.snapshot",
    "engine.store",
    "engine.pace",
    "engine.batch",
    "engine.shared",
    "engine.spelling",
    "engine.expand",
    "engine.reading",
    "engine.texts",
    "engine.weighing",
    "engine.terms",
    "engine.known",
    "engine.similar",
    "engine.clauses",
    "engine.sought",
    "engine.reader",
    "engine.words",
    "engine.synonyms",
    "engine.wildcards",
    "engine.patterns",
    "engine.fields",
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
    "engine.titles",
    "engine.correct",
    "engine",
    "bulk",
    "manifest",
    "making",
    "copies",
    "rebuild",
    "pending",
    "changes",
    "writer",
    "page",
    "arguments",
    "searcher",
    "io.records",
    "io.encoding",
    "io.lines",
    "io.json_rows",
    "io.csv_rows",
    "io.sql_rows",
    "io.page_rows",
    "io.read",
    "io.fit",
    "io.columns",
    "io.infer",
    "io.targets",
    "io.load",
    "io.export",
    "io.elasticsearch",
    "io",
    "index",
    "multi",
    "api",
    "serve.limits",
    "serve.problems",
    "serve.parameters",
    "serve.filters",
    "serve.roles",
    "serve.answers",
    "serve.operations",
    "serve.openapi",
    "serve.metrics",
    "serve.gate",
    "serve.app",
    "serve.server",
    "serve",
    "integrations.passages",
    "integrations.filters",
    "integrations.django.conf",
    "integrations.django.indexes",
    "integrations.django.apps",
    "integrations.django.management",
    "integrations.django",
    "integrations.haystack",
    "integrations.langchain",
    "integrations.llama_index",
    "integrations.mcp",
    "integrations",
    "",
    "cli.codes",
    "cli.typed",
    "cli.terminal",
    "cli.progress",
    "cli.parameters",
    "cli.complete",
    "cli.filters",
    "cli.schemas",
    "cli.show",
    "cli.search",
    "cli.words",
    "cli.keep",
    "cli.load",
    "cli.serve",
    "cli.app",
    "cli",
    "__main__",
)
DOORS: Final = {
    "tantivy": "_tantivy",
    "icu": "analysis.segment",
    "unidecode": "analysis.fold",
    "pycld2": "languages.detect",
    "pyarrow": "tables",
    "pandas": "tables",
    "polars": "tables",
    "chardet": "io.encoding",
    "selectolax": "io.page_rows",
    "markdown_it": "io.page_rows",
    "mdit_py_plugins": "io.page_rows",
    "yaml": "io.page_rows",
    "rich": "display.console cli",
    "cyclopts": "cli",
    "prometheus_client": "serve.metrics",
    "starlette": "serve.app",
    "uvicorn": "serve.server",
}
# What only some searches need, and is imported where they ask for it: importer → imported
# (docs/adr/0030). Everything else is imported at the top.
LATE: Final[dict[str, set[str]]] = {
    "arguments": {
        *("engine.collapse", "engine.requests", "highlight", "query.collapse", "query.facets"),
    },
    "engine.encoders": {"engine.pool"},
    "engine.expand": {"engine.spelling"},
    "engine.patterns": {"highlight"},
    "engine.reading": {"glossary", "languages.detect"},
    "engine.synonyms": {"glossary", "termbases"},
    "engine.known": {"engine.spelling"},
    "index": {
        "_tantivy",
        "bulk",
        "engine.cores",
        "io.infer",
        "io.load",
        "io.read",
        "results",
        "writer",
    },
    "page": {
        *("engine.collapse", "engine.patterns", "highlight", "marks", "query.collapse"),
    },
    "results": {"display.console", "display.html", "tables"},
    "searcher": {
        *("engine.collapse", "engine.correct", "engine.explain", "engine.facets"),
        *("engine.suggest", "engine.titles", "glossary", "highlight"),
        *("query.collapse", "query.facets"),
    },
}
# What fits into a library imports that library, and is imported by nothing else.
GUESTS: Final[dict[str, set[str]]] = {
    "integrations.django.apps": {"django"},
    "integrations.django.conf": {"django"},
    "integrations.django.indexes": {"django"},
    "integrations.django.management.commands.rebuild_search_index": {"django"},
    "integrations.haystack": {"haystack"},
    "integrations.langchain": {"langchain_core", "pydantic"},
    "integrations.llama_index": {"llama_index"},
    "integrations.mcp": {"mcp", "pydantic"},
}


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


# What is compiled is known by its stub.
MODULES: Final = {name_of(path): path for path in SOURCE.rglob("*.py*") if path.suffix != ".pyc"}


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


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {""}))  # which loads its names late
def test_own_modules_are_imported_at_the_top(module: str) -> None:
    body = tree(module).body
    # A module that need not be there is tried for.
    tried = [node for one in body if isinstance(one, ast.Try) for node in one.body]
    top = set(imported(iter([*body, *tried])))
    hidden = {
        name
        for name in imported(ast.walk(tree(module)))
        if name.startswith("searchlib") and name not in top
    }
    assert {name.removeprefix("searchlib.") for name in hidden} == LATE.get(module, set())


@pytest.mark.parametrize("module", sorted(MODULES))
def test_each_dependency_has_one_door(module: str) -> None:
    names = {name.partition(".")[0] for name in imported(ast.walk(tree(module)))}
    others = names - sys.stdlib_module_names - {"searchlib"}
    guests = GUESTS.get(module, set())
    homes = {module, *packages(module)}
    strangers = {name for name in others if not set(doors(name)) & homes} - guests
    assert not strangers
    assert guests <= others


@pytest.mark.parametrize("guest", GUESTS)
def test_nothing_imports_what_needs_an_extra(guest: str) -> None:
    family = ".".join(guest.split(".")[:2])
    importers = {module for module in MODULES if guest in own_imports(module)}
    assert not {module for module in importers if not module.startswith(family)}


def doors(dependency: str) -> list[str]:
    """The modules that may import it, and the packages all of whose modules may."""
    return DOORS.get(dependency, "").split()


def packages(module: str) -> list[str]:
    """``a``, ``a.b`` of ``a.b.c``."""
    steps = module.split(".")
    return [".".join(steps[:count]) for count in range(1, len(steps))]


@pytest.mark.parametrize("dependency", DOORS)
def test_each_door_leads_somewhere(dependency: str) -> None:
    for door in doors(dependency):
        inside = [module for module in MODULES if door in (module, *packages(module))]
        names = {name.partition(".")[0] for one in inside for name in imported(ast.walk(tree(one)))}
        assert dependency in names


def test_the_page_on_architecture_names_each_module() -> None:
    """Those of ``languages`` and ``integrations`` by their folders: each is one of a kind."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = text.split("## Layers")[1].split("\n## ")[0]
    named = {name.strip("/") for name in re.findall(r"`([\w/]+)`", table)}
    folders = ("languages.", "integrations.")
    modules = [one for one in MODULES if one and one != "__main__" and not one.startswith(folders)]
    assert [one for one in modules if one.rpartition(".")[2] not in named] == []


def test_the_list_of_public_names_only_hands_them_on() -> None:
    for node in tree("api").body[1:]:
        assert isinstance(node, (ast.ImportFrom, ast.Assign)), ast.dump(node)


@pytest.mark.parametrize("statement", ["import searchlib", "from searchlib import *"])
def test_importing_the_package_loads_no_heavy_dependency(statement: str) -> None:
    loaded = output_of(f"import sys; {statement}; print(*sys.modules)").split()
    assert "tantivy" in loaded  # so the list is that of the modules loaded
    assert not {*DOORS, "_icu_", "_pycld2"} - {"tantivy"} & set(loaded)


def test_plain_latin_text_is_indexed_and_searched_without_icu() -> None:
    code = (
        "import sys, searchlib as s\n"
        "index = s.Index(s.Schema({'title': s.Text()}, languages=['vi']))\n"
        "index.add([{'id': '1', 'title': 'Quốc hội'}])\n"
        "print(index.search('quoc hoi').total, 'icu' in sys.modules)"
    )
    assert output_of(code) == "1 False"
