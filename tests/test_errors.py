"""The tree of errors: one root, and messages that say what, where, and what to do."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import searchlib
from searchlib import (
    AnalysisMismatchError,
    DocumentError,
    ExportError,
    Glossary,
    GlossaryError,
    Index,
    IndexDamagedError,
    IndexFormatError,
    IndexLockedError,
    IndexNotFoundError,
    IndexStateError,
    Integer,
    Keyword,
    MissingExtraError,
    MultiSearcher,
    QueryError,
    QuerySyntaxError,
    ReadError,
    Regex,
    Schema,
    SchemaError,
    SchemaMismatchError,
    SearchlibError,
    SearchTimeoutError,
    ServeError,
    Sort,
    Text,
    WriterClosedError,
    backup,
    errors,
)
from searchlib.extras import extra
from searchlib.io import export, read
from searchlib.serve import ServerLimits
from tests.conftest import SOURCE, change_manifest

SCHEMA: Final = Schema({"title": Text(), "year": Integer()}, languages=["en"])


def test_all_are_of_one_tree() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), SearchlibError)
    assert not issubclass(SearchlibError, ValueError)


@pytest.mark.parametrize(
    ("error", "parents"),
    [
        (SchemaError, [ValueError]),
        (DocumentError, [ValueError]),
        (QueryError, [ValueError]),
        (QuerySyntaxError, [QueryError]),
        (GlossaryError, [ValueError]),
        (MissingExtraError, [ImportError]),
        (ServeError, [ValueError]),
        (ReadError, [ValueError]),
        (ExportError, [ValueError]),
        (IndexLockedError, [IndexStateError]),
        (IndexNotFoundError, [IndexStateError, FileNotFoundError]),
        (IndexDamagedError, [IndexStateError]),
        (IndexFormatError, [IndexStateError]),
        (SearchTimeoutError, [TimeoutError]),
        (SchemaMismatchError, [IndexStateError]),
        (AnalysisMismatchError, [IndexStateError]),
        (WriterClosedError, [IndexStateError]),
    ],
)
def test_parents(error: type[SearchlibError], parents: list[type[Exception]]) -> None:
    assert all(issubclass(error, parent) for parent in parents)


def test_the_docstring_draws_the_tree() -> None:
    assert errors.__doc__ is not None
    for name in errors.__all__:
        assert name in errors.__doc__


class Case(NamedTuple):
    """What provokes an error, and words that its message must hold: what, where, what to do."""

    error: type[SearchlibError]
    provoke: Callable[[Path], object]
    words: list[str]


def locked(path: Path) -> None:
    with Index(SCHEMA, path / "there").writer():
        Index.open(path / "there").add([{"id": "1"}])


def damaged(path: Path) -> None:
    Index(SCHEMA, path / "there")
    (path / "there" / "searchlib.json").write_text("{", "utf-8")
    Index.open(path / "there")


def other_schema(path: Path) -> None:
    Index(SCHEMA, path / "there")
    Index(Schema({"body": Text()}), path / "there")


def other_analysis(path: Path) -> None:
    Index(SCHEMA, path / "there")
    change_manifest(path / "there", analysis="0")
    Index.open(path / "there")


def newer_format(path: Path) -> None:
    Index(SCHEMA, path / "there")
    change_manifest(path / "there", format=99)
    Index.open(path / "there")


def slow(_: Path) -> None:
    index = Index(SCHEMA)
    index.add({"id": str(n), "title": f"word{n}"} for n in range(2_000))
    index.search("/.*a.*/ " * 200, regex=True, timeout=0.001)


def without_icu(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "icu", None)  # so Python takes it for not there
        Index(SCHEMA, path / "there")


def closed(path: Path) -> None:
    with Index(SCHEMA).writer() as writer:
        pass
    writer.add({"id": "1"})


def other_search(_: Path) -> None:
    index = Index(SCHEMA)
    index.add([{"id": "1", "year": 1}, {"id": "2", "year": 2}])
    index.search(sort="-year", after=index.search(sort="year", limit=1).cursor)


def missing_extra(_: Path) -> None:
    with extra("mcp", "the server of tools"):
        import no_such_module_at_all  # type: ignore[import-not-found]  # noqa: F401


def in_a_file(path: Path) -> None:
    (path / "file.txt").write_text("no index", "utf-8")
    Index(SCHEMA, path / "file.txt")


def not_installed(_: Path) -> None:
    """As where an extra is not there: the package is imported anew."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if name.startswith("searchlib.serve")]:
            patch.delitem(sys.modules, name)
        patch.setitem(sys.modules, "uvicorn", None)
        import_module("searchlib.serve")


CASES: Final = [
    Case(SchemaError, lambda _: Schema({"two words": Text()}), ["two words", "identifier"]),
    Case(
        DocumentError,
        lambda _: Index(SCHEMA).add([{"id": "a7", "year": "x"}]).raise_for_rejected(),
        ["document 0", "a7", "year", "int", "'x' (str)"],
    ),
    Case(
        DocumentError,
        lambda _: Index(SCHEMA).add([{"id": "a7", "colour": "x"}]).raise_for_rejected(),
        ["a7", "colour", "no such field", "title", "year"],
    ),
    Case(
        DocumentError,
        lambda _: Index(SCHEMA).add([{"title": "x"}]).raise_for_rejected(),
        ["no id", "'id'", "'title': 'x'"],
    ),
    Case(QueryError, lambda _: Index(SCHEMA).search(sort="title"), ["title", "sort", "year"]),
    Case(QueryError, lambda _: Index(SCHEMA).search(where={"yaer": 1}), ["yaer", "year"]),
    Case(
        QueryError,
        lambda _: Index(SCHEMA).search(where={"year": {"gte": 2020}}),
        ["where['year'] is a dict", "where=[Range('year', gte=…, lt=…)]"],
    ),
    Case(QueryError, lambda _: Index(SCHEMA).search(sort="-score"), ["'score'", "best first"]),
    Case(QueryError, lambda _: Sort("-year"), ["'-year'", "Sort('year', descending=True)"]),
    Case(
        QueryError,
        lambda _: Index(SCHEMA).search(highlight=3),  # type: ignore[arg-type]
        ["highlight", "True", "list", "3"],
    ),
    Case(QueryError, lambda _: Index(SCHEMA).search(facets=3), ["facets", "list", "3"]),  # type: ignore[arg-type]
    Case(
        QueryError,
        lambda _: Index(SCHEMA).search(sort="year", after=Index(SCHEMA).search()),  # type: ignore[arg-type]
        ["after", "str", "cursor of a result", "SearchResult"],
    ),
    Case(QueryError, other_search, ["after", "same search", "sort"]),
    Case(
        QueryError,
        lambda _: Index(SCHEMA).search(Regex("1.*", field="year")),
        ["'year'", "an integer field", "text, keyword and category"],
    ),
    Case(
        QueryError,
        lambda _: MultiSearcher({"a": Index(SCHEMA), "b": Index(SCHEMA)}).search(collapse="year"),
        ["collapse", "one index", "indexes['a']"],
    ),
    Case(SchemaError, lambda _: Index({"title": Text()}), ["Schema", "dict", "Index.open"]),  # type: ignore[arg-type]
    Case(IndexStateError, in_a_file, ["file.txt", "is a file", "folder"]),
    Case(IndexNotFoundError, lambda path: backup(path / "none", path / "to"), ["none", "no index"]),
    Case(
        QueryError, lambda _: Index(SCHEMA).search(facets=["title"]), ["title", "text", "keyword"]
    ),
    Case(
        QuerySyntaxError, lambda _: Index(SCHEMA).search("a (b", strict=True), ["(", "character 3"]
    ),
    Case(GlossaryError, lambda _: Glossary([["a", "b"], "c"]), ["entry 2", "'c'", "list of terms"]),
    Case(ReadError, lambda path: read(path / "a.csv"), ["a.csv", "No such file"]),
    Case(ReadError, lambda _: list(read([{"id": 1}, 7])), ["record 1", "int", "on_bad="]),
    Case(
        ExportError, lambda path: export(Index(SCHEMA), path / "a.xls"), ["a.xls", "format=", "csv"]
    ),
    Case(MissingExtraError, not_installed, ["server", "uvicorn", "pip install", "[serve]"]),
    Case(
        ServeError, lambda _: ServerLimits(page=0), ["'page'", "whole number", "from 1 to", "not 0"]
    ),
    Case(IndexLockedError, locked, ["there", "writer", "close"]),
    Case(IndexNotFoundError, lambda path: Index.open(path / "nowhere"), ["nowhere", "Index("]),
    Case(IndexDamagedError, damaged, ["there", "searchlib.json", "verify(", "restore("]),
    Case(IndexFormatError, newer_format, ["there", "format 99", "pip install --upgrade"]),
    Case(SearchTimeoutError, slow, ["timeout=0.001 seconds", "fewer words", "more time"]),
    Case(SchemaMismatchError, other_schema, ["there", "Index.open", "title", "body"]),
    Case(AnalysisMismatchError, other_analysis, ["there", "version 0", "reindex"]),
    Case(
        MissingExtraError,
        missing_extra,
        ["the server of tools", "no_such_module_at_all", "pip install 'searchlib[mcp]'"],
    ),
    Case(MissingExtraError, without_icu, ["PyICU", "icu", "apt-get install", "pyicu-wheels"]),
    Case(WriterClosedError, closed, ["closed", "index.writer()"]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.error.__name__)
def test_messages_say_what_where_and_what_to_do(case: Case, tmp_path: Path) -> None:
    with pytest.raises(case.error) as caught:
        case.provoke(tmp_path)
    assert type(caught.value) is case.error
    message = str(caught.value)
    for word in case.words:
        assert word in message
    assert "<" not in message.replace("<=", ""), "an object's repr says nothing to people"


def leaves(error: type[SearchlibError]) -> Iterator[type[SearchlibError]]:
    for child in error.__subclasses__():
        if child.__module__.startswith("searchlib"):
            yield child
            yield from leaves(child)


def test_each_error_of_the_tree_is_provoked_here() -> None:
    assert set(leaves(SearchlibError)) <= {case.error for case in CASES}
    assert {error.__name__ for error in leaves(SearchlibError)} <= set(searchlib.__all__)


#: Where errors of Python are raised for a caller of ours, who makes one of the tree of it.
INNER: Final = {
    "_dataclass.py": {"FrozenInstanceError", "AttributeError", "TypeError", "ValueError"},
    "_later.py": {"AttributeError"},
    "_tantivy.py": {"error"},
    "deadline.py": set(),
    "fields.py": {"ValueError", "TypeError"},
    "files.py": {"ValueError", "kind"},
    "record.py": {"ValueError", "kind"},
    "glossary.py": {"TypeError"},
    "hits.py": {"AttributeError", "KeyError"},
    "json_rows.py": {"ValueError", "_broken"},
    "sealed.py": {"ValueError"},
    "manifest.py": {"ValueError"},
    "patterns.py": {"PatternError"},
    "pending.py": {"OSError"},
    "plain.py": {"pickle.PicklingError"},
    "worker.py": {"EOFError"},
    "store.py": {"FileNotFoundError"},
    # languages.get, which says so; what the package does not have
    "__init__.py": {"ValueError", "AttributeError"},
}
#: What stands between the library and a framework raises the errors of the framework.
FRONTS: Final = {"cli", "integrations", "serve"}


def raised() -> Iterator[tuple[Path, str, ast.Call]]:
    """Each raise of the package that makes its error there: file, name and call."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] in FRONTS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func)
                yield path, name, node.exc


def test_whatever_is_raised_is_of_the_tree() -> None:
    for path, name, _ in raised():
        helper = name.removeprefix("tantivy.").lstrip("_").removeprefix("self._")
        is_made_by = helper in ("refuse", "error", "document_error", "no_room", "unreadable")
        if not (name in errors.__all__ or is_made_by):
            assert name in INNER.get(path.name, set()), f"{path.name} raises {name}"


def test_every_message_is_a_sentence() -> None:
    """Whatever is put into it, there are words about it; or it hands on a message that has them."""
    handed_on = {"error", "first", "message", "problem", "reason"}
    for path, name, call in raised():
        message = call.args[0] if call.args and name in errors.__all__ else None
        if isinstance(message, (ast.Constant, ast.JoinedStr)):
            inner = list(ast.walk(message))
            texts = [n.value for n in inner if isinstance(n, ast.Constant)]
            words = " ".join(text for text in texts if isinstance(text, str))
            is_handed_on = handed_on & {n.id for n in inner if isinstance(n, ast.Name)}
            # The class itself says what to do about damage.
            least = 2 if name == "IndexDamagedError" else 4
            assert len(words.split()) >= least or is_handed_on, (path.name, call.lineno, words)


def test_document_errors_carry_document_and_field() -> None:
    result = Index(SCHEMA).add([{"id": "a", "year": 1.5}, {"id": 3}, "no dict"])  # type: ignore[list-item]
    first, second, third = (refusal.error for refusal in result.rejected)
    assert (first.document_id, first.field) == ("a", "year")
    assert (second.document_id, second.field) == (None, "id")
    assert (third.document_id, third.field) == (None, None)


def test_long_values_do_not_fill_the_message() -> None:
    schema = Schema({"year": Integer(), "tag": Keyword()})
    result = Index(schema).add(
        [{"id": "a", "year": "x" * 10_000}, {"id": "b", "tag": ["y" * 9] * 999}]
    )
    (refusal,) = result.rejected
    assert len(str(refusal)) < 300
