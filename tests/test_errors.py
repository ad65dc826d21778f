"""The tree of errors: one root, and messages that say what, where, and what to do."""

from __future__ import annotations

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
    Sort,
    Text,
    WriterClosedError,
    backup,
    errors,
)
from searchlib.extras import extra
from searchlib.io import export, read
from tests.conftest import change_manifest

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
        (ReadError, [ValueError]),
        (ExportError, [ValueError]),
        (MissingExtraError, [ImportError]),
        (IndexLockedError, [IndexStateError]),
        (IndexNotFoundError, [IndexStateError, FileNotFoundError]),
        (IndexDamagedError, [IndexStateError]),
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


def closed(path: Path) -> None:
    with Index(SCHEMA).writer() as writer:
        pass
    writer.add({"id": "1"})


def other_search(_: Path) -> None:
    index = Index(SCHEMA)
    index.add([{"id": "1", "year": 1}, {"id": "2", "year": 2}])
    index.search(sort="-year", after=index.search(sort="year", limit=1).cursor)


def in_a_file(path: Path) -> None:
    (path / "file.txt").write_text("no index", "utf-8")
    Index(SCHEMA, path / "file.txt")


def missing_library(_: Path) -> None:
    with extra("arrow", "to read Parquet"):
        import_module("no_such_library")


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
    Case(MissingExtraError, missing_library, ["Parquet", "no_such_library", "searchlib[arrow]"]),
    Case(IndexLockedError, locked, ["there", "writer", "close"]),
    Case(IndexNotFoundError, lambda path: Index.open(path / "nowhere"), ["nowhere", "Index("]),
    Case(IndexDamagedError, damaged, ["there", "searchlib.json"]),
    Case(SchemaMismatchError, other_schema, ["there", "Index.open", "title", "body"]),
    Case(AnalysisMismatchError, other_analysis, ["there", "version 0", "reindex"]),
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
