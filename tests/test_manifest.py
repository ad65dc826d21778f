"""What stands beside the engine's files, and what becomes of it when it or they are broken."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib import (
    AnalysisMismatchError,
    Date,
    Index,
    IndexDamagedError,
    IndexFormatError,
    IndexLockedError,
    IndexNotFoundError,
    IndexStateError,
    Keyword,
    Schema,
    SearchlibError,
    Text,
    backup,
    reindex,
    restore,
    verify,
)
from searchlib.analysis import ANALYSIS_VERSION, icu_version, unicode_version
from searchlib.manifest import FORMAT
from tests.conftest import SMALL, change_manifest, indexed, run_python

SCHEMA: Final = Schema(
    {"title": Text(weight=2.0), "tag": Keyword(), "day": Date()},
    language="lang",
    languages=["vi", "fr", "en"],
)
DOCUMENTS: Final[list[dict[str, Any]]] = [
    {"id": "1", "title": ["Đường về quê", "quốc hội"], "lang": "vi", "tag": ["a", "b"]},
    {"id": "2", "title": "l’été des coopérations", "lang": "fr", "day": "2020-02-29"},
    {"id": "3", "title": "The horses are running home over the hills"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    indexed(SCHEMA, DOCUMENTS[:2], DOCUMENTS[2:], path=tmp_path / "index")
    return tmp_path / "index"


@pytest.mark.skipif(os.name != "posix", reason="names are bytes there")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        (
            "a\udcffb",
            "there can be no index in 'a\\udcffb': the engine opens folders by names of UTF-8",
        ),
        ("\ud800", "there can be no index in '\\ud800': the engine opens"),
        (Path("a\udcffb", "below"), "there can be no index in 'a\\udcffb/below'"),
        ("a\0b", "there can be no index in 'a\\x00b': no name of a folder holds a zero"),
        (b"bytes", "is given as a str or a Path, not as b'bytes' (bytes)"),
        (5, "is given as a str or a Path, not as 5 (int)"),
        (["a"], "is given as a str or a Path, not as ['a'] (list)"),
    ],
    ids=repr,
)
def test_what_can_be_no_folder_is_told_before_anything_is_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: Any, why: str
) -> None:
    monkeypatch.chdir(folder.parent)
    before = sorted(folder.parent.rglob("*"))
    calls: list[Callable[[], object]] = [
        lambda: Index(SCHEMA, name),
        lambda: Index.open(name),
        lambda: Index.from_records(DOCUMENTS, name, schema=SCHEMA),
        lambda: backup(name, "copy"),
        lambda: backup(folder, name),
        lambda: restore(name, "copy"),
        lambda: restore(folder, name),
        lambda: reindex(name),
        lambda: verify(name),
    ]
    for call in calls:
        with pytest.raises(IndexStateError, match=re.escape(why)) as caught:
            call()
        assert type(caught.value) is IndexStateError
    assert sorted(folder.parent.rglob("*")) == before


class Named:
    """A path of another library."""

    def __init__(self, name: Path) -> None:
        self._name = str(name)

    def __fspath__(self) -> str:
        return self._name


def test_whatever_names_a_folder_is_taken(tmp_path: Path) -> None:
    path, copy, again = (Named(tmp_path / name) for name in ("Quốc hội", "copy", "again"))
    assert Index(SCHEMA, path).add(DOCUMENTS).added == 3  # type: ignore[arg-type]
    assert backup(path, copy).is_whole and restore(copy, again).is_whole  # type: ignore[arg-type]
    assert reindex(again) == 3 and verify(again).is_whole  # type: ignore[arg-type]
    assert len(Index.open(again)) == len(Index.open(os.fspath(path))) == 3  # type: ignore[arg-type]


def test_a_folder_whose_name_is_no_utf_8_is_reached_by_a_link(tmp_path: Path) -> None:
    odd, link = tmp_path / os.fsdecode(b"a\xffb"), tmp_path / "link"
    try:
        odd.mkdir()
    except OSError:
        pytest.skip("this file system takes no such names")
    link.symlink_to(odd)
    assert Index(SCHEMA, link).add(DOCUMENTS).added == 3
    assert len(Index.open(link)) == 3 and verify(link).is_whole


def manifest(folder: Path) -> Path:
    return folder / "searchlib.json"


def read(folder: Path) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(manifest(folder).read_text("utf-8"))
    return plain


def data(folder: Path) -> Path:
    return folder / str(read(folder)["data"])


def test_content(folder: Path) -> None:
    plain = read(folder)
    assert plain["format"] == FORMAT
    assert plain["analysis"] == ANALYSIS_VERSION
    assert plain["versions"]["icu"] == icu_version()
    assert plain["versions"]["unicode"] == unicode_version()
    assert plain["versions"]["tantivy"]
    assert Schema.from_dict(plain["schema"]) == SCHEMA
    assert data(folder).is_dir()
    assert {path.name for path in folder.iterdir()} == {"searchlib.json", plain["data"]}


def test_missing(folder: Path) -> None:
    manifest(folder).unlink()
    with pytest.raises(IndexNotFoundError):
        Index.open(folder)
    with pytest.raises(IndexNotFoundError):
        reindex(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"5",
        b"[]",
        b'"text"',
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"format": %d}' % FORMAT,
        b'{"format": %d, "schema": 5, "data": "data-1", "analysis": "1", "versions": {}}' % FORMAT,
        b'{"format": %d, "schema": {}, "data": "data-1", "analysis": "1", "versions": {}}' % FORMAT,
    ],
    ids=lambda content: ascii(content)[:30],
)
def test_garbage_is_damage(folder: Path, content: bytes) -> None:
    manifest(folder).write_bytes(content)
    before = {path: path.read_bytes() for path in (folder / "data-1").iterdir()}
    with pytest.raises(IndexDamagedError, match=r"searchlib\.json"):
        Index.open(folder)
    with pytest.raises(IndexDamagedError, match=r"searchlib\.json"):
        Index(SCHEMA, folder)
    assert before == {path: path.read_bytes() for path in (folder / "data-1").iterdir()}


@pytest.mark.parametrize(
    "values",
    [
        {"schema": {"fields": {"title": {"type": "unknown"}}, "id": "id"}},
        {"schema": {"fields": {"a b": {"type": "keyword"}}, "id": "id", "language": None}},
        {"versions": None},
        {"versions": 7},
        {"data": ""},
        {"data": "."},
        {"data": "../index/data-1/.."},
    ],
    ids=str,
)
def test_wrong_values_are_damage(folder: Path, values: dict[str, Any]) -> None:
    change_manifest(folder, **values)
    with pytest.raises(IndexDamagedError):
        Index.open(folder)


@pytest.mark.parametrize("open_", [Index.open, lambda path: Index(SCHEMA, path), reindex, verify])
@pytest.mark.parametrize(
    ("found", "remedy"),
    [(FORMAT + 1, "install a newer"), (FORMAT - 1, r"documents\(\)"), ("x", r"documents\(\)")],
)
def test_another_format_is_named_with_what_to_do(
    folder: Path, open_: Callable[[Path], object], found: object, remedy: str
) -> None:
    change_manifest(folder, format=found)
    with pytest.raises(IndexFormatError, match=f"(?s)format {found}.*format {FORMAT}.*{remedy}"):
        open_(folder)
    assert len(list(data_files(folder))) > 5


def data_files(folder: Path) -> Iterator[Path]:
    return (folder / "data-1").iterdir()


def test_no_half_written_manifest_is_left(folder: Path) -> None:
    for _ in range(3):
        reindex(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["data-4", "searchlib.json"]


# --- Damaged files of the engine --------------------------------------------------------


def files(folder: Path) -> list[Path]:
    return sorted(path for path in data(folder).iterdir() if not path.name.startswith("."))


def use(folder: Path) -> None:
    """Open an index and touch all of it."""
    index = Index.open(folder)
    index.search("running quốc", facets=["tag", "day"], highlight=True, sort="tag")
    index.search('"quốc hội"')
    assert len(list(index.documents())) == len(index)


KINDS: Final = ["meta.json", ".store", ".term", ".idx", ".pos", ".fast", ".fieldnorm"]
DAMAGES: Final[dict[str, Callable[[Path], object]]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 4),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_an_error_not_a_panic(folder: Path, kind: str, damage: str) -> None:
    hurt = [path for path in files(folder) if path.name.endswith(kind)]
    assert hurt
    for path in hurt:
        DAMAGES[damage](path)
    with pytest.raises(IndexDamagedError):
        use(folder)


def test_a_missing_data_folder_is_damage_not_an_empty_index(folder: Path) -> None:
    data(folder).rename(folder / "elsewhere")
    with pytest.raises(IndexDamagedError):
        Index.open(folder)
    with pytest.raises(IndexDamagedError):
        Index(SCHEMA, folder)
    (folder / "elsewhere").rename(data(folder))
    assert len(Index.open(folder)) == 3


def test_files_lost_under_an_open_index_are_damage(folder: Path) -> None:
    index = Index.open(folder)
    (data(folder) / "meta.json").write_text("{", "utf-8")
    with pytest.raises(IndexDamagedError):
        index.search("horses")


# --- Another analysis, and reindex ------------------------------------------------------


def contents(folder: Path) -> dict[str, tuple[dict[str, Any], str]]:
    return {hit.id: (hit.document, hit.language) for hit in Index.open(folder).search()}


def test_another_analysis_is_refused_and_reindex_repairs(folder: Path) -> None:
    expected = contents(folder)
    assert {language for _, language in expected.values()} == {"vi", "fr", "en"}
    change_manifest(folder, analysis="older")
    with pytest.raises(AnalysisMismatchError, match=r"reindex\(") as caught:
        Index.open(folder)
    assert str(folder) in str(caught.value)
    with pytest.raises(AnalysisMismatchError, match=r"reindex\("):
        Index(SCHEMA, folder)
    assert data(folder).is_dir()  # until then, the old data is there
    assert read(folder)["analysis"] == "older"
    assert reindex(folder) == 3
    assert read(folder)["analysis"] == ANALYSIS_VERSION
    assert contents(folder) == expected
    index = Index.open(folder)
    assert index.search("coopération").ids == ("2",)
    assert index.search("duong").ids == ("1",)
    assert index.search("runs").ids == ("3",)
    assert index.search('"quốc hội"', where={"tag": "b"}).ids == ("1",)


def test_another_icu_matters_to_the_languages_of_its_dictionaries_only(tmp_path: Path) -> None:
    schema = Schema({"title": Text()}, language="lang")
    for code, matters in (("th", True), ("zh", True), ("fr", False), ("ko", False)):
        folder = tmp_path / code
        indexed(schema, [{"id": "1", "lang": code, "title": "x"}], path=folder)
        change_manifest(folder, versions=read(folder)["versions"] | {"icu": "1.0"})
        if matters:
            with pytest.raises(AnalysisMismatchError, match=f"(?s)ICU 1.0.*{code}.*reindex"):
                Index.open(folder)
            assert reindex(folder) == 1
        assert len(Index.open(folder)) == 1


@pytest.mark.parametrize("kind", [Keyword(collation="vi"), Text(collation="vi")], ids=repr)
def test_another_icu_may_have_another_alphabetical_order(
    tmp_path: Path, kind: Keyword | Text
) -> None:
    documents = [{"id": name, "name": name} for name in ("Đinh", "Dương", "Em", "Éluard")]
    indexed(Schema({"name": kind}, languages=["vi"]), documents, path=tmp_path)
    change_manifest(tmp_path, versions=read(tmp_path)["versions"] | {"icu": "1.0"})
    with pytest.raises(AnalysisMismatchError, match=r"(?s)ICU 1.0.*name.*reindex"):
        Index.open(tmp_path)
    assert reindex(tmp_path) == 4
    assert Index.open(tmp_path).search(sort="name").ids == ("Dương", "Đinh", "Éluard", "Em")


def test_an_index_from_before_there_were_collations_opens(folder: Path) -> None:
    schema = read(folder)["schema"]
    for options in schema["fields"].values():
        options.pop("collation", None)
    change_manifest(folder, schema=schema)
    assert Index.open(folder).schema == SCHEMA


def test_reindex_keeps_what_identification_would_change(tmp_path: Path) -> None:
    """A language that was said for a document, not read from it, is kept."""
    schema = Schema({"title": Text()}, languages=["en", "fr"])
    index = Index(schema, tmp_path)
    with index.writer(memory=SMALL) as writer:
        writer.add({"id": "1", "title": "the quick brown foxes are running home"}, language="fr")
    reindex(tmp_path)
    assert Index.open(tmp_path).languages == ("fr",)


def test_reindex_leaves_no_deleted_document(folder: Path) -> None:
    Index.open(folder).delete("2")
    assert reindex(folder) == 2
    assert set(Index.open(folder).search().ids) == {"1", "3"}


def test_reindex_under_an_open_writer_is_refused(folder: Path) -> None:
    with Index.open(folder).writer(memory=SMALL) as writer:
        writer.add({"id": "4", "lang": "en"})
        with pytest.raises(IndexLockedError):
            reindex(folder)
    assert len(Index.open(folder)) == 4


def test_an_index_object_from_before_a_reindex_loses_nothing(folder: Path) -> None:
    """Its changes must not go, unseen, to files that nothing reads any more."""
    old = Index.open(folder)
    reindex(folder)
    try:
        old.add([{"id": "4", "lang": "en", "title": "late"}])
    except SearchlibError:
        pass
    else:
        assert Index.open(folder).get("4") is not None
    assert Index.open(folder).get("1") is not None


def test_a_rebuild_that_was_cut_off_can_be_made_again(folder: Path) -> None:
    (folder / "data-2").mkdir()
    (folder / "data-2" / "rubbish").write_text("x", "utf-8")
    expected = contents(folder)
    assert reindex(folder) == 3
    assert contents(folder) == expected


def test_a_rebuild_that_is_killed_leaves_the_old_index(folder: Path) -> None:
    expected = contents(folder)
    code = (
        "import os, sys\n"
        "from searchlib import manifest, reindex\n"
        "manifest.Manifest.write = lambda *_: os._exit(3)\n"
        "reindex(sys.argv[1])"
    )
    assert run_python(code, folder).returncode == 3
    assert contents(folder) == expected
    assert reindex(folder) == 3
    assert contents(folder) == expected


def test_an_empty_index_is_rebuilt(tmp_path: Path) -> None:
    Index(SCHEMA, tmp_path)
    assert reindex(tmp_path) == 0
    assert len(Index.open(tmp_path)) == 0


def test_reindex_takes_any_text_that_was_added(tmp_path: Path) -> None:
    document = {"id": "1", "title": "lone \ud800 half", "day": "0001-01-01", "lang": "fr"}
    indexed(SCHEMA, [document], path=tmp_path)
    before = contents(tmp_path)
    assert reindex(str(tmp_path)) == 1
    assert contents(tmp_path) == before
