"""Models of a Django project and their indexes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.models import F
from django.test.utils import override_settings

from searchlib import (
    AnalysisMismatchError,
    DocumentError,
    Index,
    IndexDamagedError,
    IndexLockedError,
    IndexStateError,
    Keyword,
    Schema,
    SchemaError,
    SchemaMismatchError,
    Text,
)
from searchlib.integrations.django import ModelIndex
from tests.conftest import ROOT, SOURCE, change_manifest, output_of
from tests.django_project import SETTINGS
from tests.library_app.models import Atlas, Author, Book, Classic, Loan, Note, Tag
from tests.library_app.search_indexes import books, notes

MODELS: Final = (Author, Tag, Book, Atlas, Note)


@pytest.fixture(scope="session")
def databases(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Both databases, with their tables."""
    file = str(tmp_path_factory.mktemp("sqlite") / "db.sqlite3")
    host = postgres.partition("host=")[2].partition("&")[0]
    connections["default"].settings_dict["NAME"] = os.environ["LIBRARY_SQLITE"] = file
    connections["postgres"].settings_dict["HOST"] = os.environ["LIBRARY_POSTGRES"] = host
    for alias in connections:
        with connections[alias].schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
    yield
    with connections["postgres"].schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)
    connections.close_all()


@pytest.fixture(params=["default", "postgres"])
def db(request: pytest.FixtureRequest, databases: None, tmp_path: Path) -> Iterator[str]:
    """The alias of a database without rows; the indexes are empty, too."""
    alias: str = request.param
    with override_settings(SEARCHLIB={"PATH": tmp_path / "search", "WAIT": 0.2}):
        yield alias
        connection = connections[alias]
        connection.close()
        tables = [
            connection.ops.quote_name(name) for name in connection.introspection.table_names()
        ]
        with connection.cursor() as cursor, suppress(StopIteration):
            if alias == "postgres":
                cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
            else:
                with connection.constraint_checks_disabled():
                    for table in tables:
                        cursor.execute(f"DELETE FROM {table}")
        connection.close()


def titles(query: str = "") -> set[str]:
    return {hit["title"] for hit in books.index.search(query, limit=1000)}


def expected(alias: str) -> set[str]:
    return set(Book.objects.using(alias).filter(is_draft=False).values_list("title", flat=True))


def test_rows_are_found_in_the_order_of_the_hits(db: str) -> None:
    author = Author.objects.using(db).create(name="Quang")
    with transaction.atomic(using=db):
        for title in ("Peace", "Talks on peace, peace, peace", "Quốc hội", "War"):
            Book.objects.using(db).create(title=title, author=author, year=len(title))
    result = books.index.search("peace", facets=["author"], sort="-year")
    assert result.facets["author"].as_dict() == {"Quang": 2}
    rows = books.objects(result).using(db)
    assert [row.title for row in rows] == ["Talks on peace, peace, peace", "Peace"]
    assert [row.title for row in books.objects(result.hits[1:]).using(db)] == ["Peace"]
    assert list(rows.values_list("year", flat=True)) == [28, 5]  # it is a query set like others
    Book.objects.using(db).filter(title="Peace")._raw_delete(db)
    assert [row.title for row in books.objects(result).using(db)] == [rows[0].title]
    assert list(books.objects(books.index.search("nothing")).using(db)) == []


def test_a_change_is_found_and_a_deleted_row_is_not(db: str) -> None:
    book = Book.objects.using(db).create(title="Old maps")
    assert titles("maps") == {"Old maps"}
    book.title = "New charts"
    book.save()
    assert (titles("maps"), titles("charts")) == (set(), {"New charts"})
    book.is_draft = True
    book.save()
    assert titles() == set()
    book.is_draft = False
    book.save()
    book.delete()
    assert titles() == set()


def test_what_is_rolled_back_is_never_found(db: str) -> None:
    kept = Book.objects.using(db).create(title="kept")
    with suppress(RuntimeError), transaction.atomic(using=db):
        Book.objects.using(db).create(title="undone")
        kept.delete()
        assert titles() == {"kept"}
        raise RuntimeError
    assert titles() == {"kept"}
    with transaction.atomic(using=db):
        Book.objects.using(db).create(title="outer")
        with suppress(RuntimeError), transaction.atomic(using=db):
            Book.objects.using(db).create(title="inner")
            raise RuntimeError
        assert titles() == {"kept"}
    assert titles() == {"kept", "outer"}


def test_a_savepoint_that_is_rolled_back_takes_no_other_change_with_it(db: str) -> None:
    with transaction.atomic(using=db):
        with suppress(RuntimeError), transaction.atomic(using=db):
            Book.objects.using(db).create(title="first, undone")
            raise RuntimeError
        Book.objects.using(db).create(title="second, kept")
    assert titles() == {"second, kept"}


@pytest.mark.parametrize("seed", range(3))
def test_after_any_transactions_the_index_says_what_the_database_says(db: str, seed: int) -> None:
    chance = random.Random(seed)

    def change(depth: int) -> None:
        for _ in range(chance.randrange(1, 5)):
            rows = list(Book.objects.using(db).all())
            match chance.choice(["create", "save", "delete", "delete all", "block", "block"]):
                case "create":
                    Book.objects.using(db).create(title=f"title {chance.random()}")
                case "save" if rows:
                    row = chance.choice(rows)
                    row.title, row.is_draft = f"title {chance.random()}", chance.random() < 0.3
                    row.save()
                case "delete" if rows:
                    chance.choice(rows).delete()
                case "delete all" if depth:
                    Book.objects.using(db).filter(pk__in=[row.pk for row in rows[::2]]).delete()
                case "block" if depth < 3:
                    with suppress(RuntimeError), transaction.atomic(using=db):
                        change(depth + 1)
                        if chance.random() < 0.4:
                            raise RuntimeError

    for _ in range(4):
        change(0)
        assert titles() == expected(db)


def test_one_transaction_is_one_commit_of_the_index(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Index] = []
    writer = Index.writer

    def counted(self: Index, **arguments: Any) -> Any:
        opened.append(self)
        return writer(self, **arguments)

    monkeypatch.setattr(Index, "writer", counted)
    with transaction.atomic(using=db):
        for number in range(20):
            Book.objects.using(db).create(title=f"book {number}")
    assert len(titles()) == 20
    assert len(opened) == 1


def test_rows_are_indexed_in_the_order_of_their_changes(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Sequence[Any]] = []
    write = ModelIndex._write

    def noted(self: ModelIndex[Any], index: Index, keys: Sequence[Any], using: str | None) -> Any:
        written.append(keys)
        return write(self, index, keys, using)

    rows = [Book.objects.using(db).create(title=f"book {number}") for number in range(40)]
    monkeypatch.setattr(ModelIndex, "_write", noted)
    with transaction.atomic(using=db):
        for row in reversed(rows):
            row.save()
    assert written == [[row.pk for row in reversed(rows)]]


def test_many_to_many_fields_are_followed_from_both_sides(db: str) -> None:
    book, other = (Book.objects.using(db).create(title=title) for title in ("one", "two"))
    tag = Tag.objects.using(db).create(name="maps")

    def tagged() -> set[str]:
        return {hit["title"] for hit in books.index.search(where={"tags": "maps"})}

    book.tags.add(tag)
    assert tagged() == {"one"}
    book.tags.clear()
    assert tagged() == set()
    tag.books.set([book, other])
    assert tagged() == {"one", "two"}
    tag.books.remove(book)
    assert tagged() == {"two"}
    with suppress(RuntimeError), transaction.atomic(using=db):
        tag.books.clear()
        raise RuntimeError
    assert tagged() == {"two"}
    tag.books.clear()
    assert tagged() == set()


def test_many_to_many_fields_of_a_model_with_itself(db: str) -> None:
    one, two, three = (Book.objects.using(db).create(title=str(n)) for n in (1, 2, 3))

    def like(book: Book) -> set[str]:
        return {hit["title"] for hit in books.index.search(where={"likes": str(book.pk)})}

    one.likes.add(two, three)
    assert (like(one), like(two), like(three)) == ({"2", "3"}, {"1"}, {"1"})
    two.likes.remove(one)
    assert (like(one), like(two)) == ({"3"}, set())
    one.likes.clear()
    assert (like(one), like(three)) == (set(), set())


def test_what_sends_no_signals_is_told(db: str) -> None:
    made = Book.objects.using(db).bulk_create(Book(title=f"bulk {n}", year=n) for n in range(3))
    assert titles() == set()
    books.update(made, using=db)
    assert titles() == {"bulk 0", "bulk 1", "bulk 2"}
    late = Book.objects.using(db).filter(year__gt=0)
    with transaction.atomic(using=db):
        late.update(year=F("year") + 100)
        books.update(late)
        assert books.index.search(where={"year": 101}).total == 0
    assert books.index.search(where={"year": [101, 102]}).total == 2
    Book.objects.using(db).update(year=7)
    books.update(Book.objects.using(db).order_by("title")[:2])
    assert books.index.search(where={"year": 7}).total == 2
    keys = [row.pk for row in made]
    Book.objects.using(db).filter(pk__in=keys[:2])._raw_delete(db)
    books.update(keys, using=db)
    assert titles() == {"bulk 2"}


def test_rows_of_other_models_are_told(db: str) -> None:
    author = Author.objects.using(db).create(name="Quang")
    Book.objects.using(db).create(title="maps", author=author)
    author.name = "Salim"
    author.save()
    books.update(Book.objects.using(db).filter(author=author))
    assert books.index.search(where={"author": "Salim"}).total == 1
    author.delete()  # Django deletes the books, too, and says so of each
    assert titles() == set()


def test_proxies_and_heirs_of_a_model_are_its_rows(db: str) -> None:
    Classic.objects.using(db).create(title="proxy")
    atlas = Atlas.objects.using(db).create(title="heir")
    assert titles() == {"proxy", "heir"}
    atlas.delete()
    assert titles() == {"proxy"}


def test_keys_that_are_no_numbers(db: str) -> None:
    note = Note.objects.using(db).create(text="remember the maps")
    result = notes.index.search("maps")
    assert result.ids == (str(note.pk),)
    assert [row.pk for row in notes.objects(result).using(db)] == [note.pk]
    Note(pk=note.pk.hex, text="").delete(using=db)
    assert len(notes.index) == 0


# --- Several writers --------------------------------------------------------------------


def test_a_change_waits_for_another_writer(db: str) -> None:
    def write() -> None:
        with books.index.writer():
            locked.set()
            released.wait()

    locked, released = threading.Event(), threading.Event()
    thread = threading.Thread(target=write)
    thread.start()
    locked.wait()
    with pytest.raises(IndexLockedError, match=r"1 rows of library_app.Book are saved.*update"):
        Book.objects.using(db).create(title="in vain")
    assert expected(db) == {"in vain"}
    threading.Timer(0.1, released.set).start()
    Book.objects.using(db).create(title="in time")
    thread.join()
    assert titles() == {"in vain", "in time"}  # the next change brings what was missed


def test_processes_that_write_at_once_lose_nothing(db: str, tmp_path: Path) -> None:
    code = (
        "import sys, django\n"
        "django.setup()\n"
        "from tests.library_app.models import Book\n"
        "number, alias = sys.argv[1:]\n"
        "shared = Book.objects.using(alias).get(title__startswith='shared')\n"
        "for turn in range(4):\n"
        "    Book.objects.using(alias).create(title=f'{number} {turn}')\n"
        "    shared.title = f'shared {number} {turn}'\n"
        "    shared.save()\n"
    )
    Book.objects.using(db).create(title="shared")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "LIBRARY_SEARCH": str(tmp_path / "search"),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, str(number), db],
            env=environment,
            stderr=subprocess.PIPE,
        )
        for number in range(2)
    ]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert len(expected(db)) == 9
    assert titles() == expected(db)


# --- All rows anew ----------------------------------------------------------------------


def rebuilt(*models: str, **options: Any) -> str:
    out, err = StringIO(), StringIO()
    call_command("rebuild_search_index", *models, stdout=out, stderr=err, **options)
    assert err.getvalue() == ""
    return out.getvalue()


def test_a_rebuild_takes_in_all_rows_and_takes_out_what_has_none(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchlib.integrations.django.indexes._BATCH", 3)
    Book.objects.using(db).create(title="to be gone")
    Book.objects.using(db).all()._raw_delete(db)
    Book.objects.using(db).bulk_create(Book(title=f"bulk {n}", is_draft=n == 4) for n in range(8))
    assert titles() == {"to be gone"}
    printed = rebuilt("library_app.book", database=db, verbosity=2)
    assert titles() == expected(db)
    assert len(titles()) == 7
    lines = printed.splitlines()
    assert [line for line in lines if line.endswith("rows")] == [
        f"library_app.Book: {rows} rows" for rows in (3, 6, 8)
    ]
    assert lines[-1].startswith("library_app.Book: 7 documents in ")


def test_a_rebuild_without_names_is_of_all(db: str) -> None:
    Note.objects.using(db).bulk_create([Note(text="maps")])
    printed = rebuilt(database=db)
    assert "library_app.Book: 0 documents" in printed and "library_app.Note: 1 doc" in printed
    assert notes.index.search("map").total == 1
    assert rebuilt(database=db, verbosity=0) == ""


def test_other_writers_take_turns_with_a_rebuild(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.integrations.django.indexes._BATCH", 2)
    Book.objects.using(db).bulk_create(Book(title=f"bulk {n}") for n in range(6))

    def meanwhile(rows: int) -> None:
        if rows == 2:
            Book.objects.using(db).filter(title="bulk 0").delete()
            Book.objects.using(db).create(title="new")

    result = books.rebuild(using=db, progress=meanwhile)
    assert titles() == expected(db) == {"new", *(f"bulk {n}" for n in range(1, 6))}
    assert result.rejected == ()


def test_code_with_another_schema_has_an_index_of_its_own(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Book.objects.using(db).create(title="maps")
    old = books.index
    changed = Schema({**books.schema.fields, "year": Keyword()}, languages=["en"])
    with monkeypatch.context() as patched:
        patched.setattr(books, "schema", changed)
        patched.setattr(books, "_document", lambda book: {"title": book.title, "year": "2022"})
        command = r"manage.py rebuild_search_index library_app.Book"
        with pytest.raises(SchemaMismatchError, match=command):
            Book.objects.using(db).create(title="charts")
        printed = rebuilt("library_app.Book", database=db)
        assert titles() == {"maps", "charts"}
        assert books.index.search(where={"year": "2022"}).total == 2
        assert f"{old.path} has another schema" in printed
    # What runs the old code searches and writes as before.
    assert old.search("maps").total == 1
    Book.objects.using(db).create(title="more")
    assert titles() == {"maps", "charts", "more"}
    assert old.search("more").total == 1


def test_an_index_of_other_rules_is_rebuilt(db: str) -> None:
    Book.objects.using(db).create(title="maps")
    Book.objects.using(db).bulk_create([Book(title="charts")])
    change_manifest(books.path, analysis="0")
    books._opened = None
    with pytest.raises(AnalysisMismatchError, match=r"manage.py rebuild_search_index"):
        titles()
    rebuilt("library_app.Book", database=db)
    assert titles() == {"maps", "charts"}


def test_a_damaged_index_is_replaced(db: str) -> None:
    Book.objects.using(db).bulk_create([Book(title="maps")])
    books.path.mkdir(parents=True)
    (books.path / "searchlib.json").write_text("{")
    with pytest.raises(IndexDamagedError, match=r"searchlib\.json"):
        Book.objects.using(db).create(title="charts")
    rebuilt("library_app.Book", database=db)
    assert titles() == {"maps", "charts"}
    assert list(books.path.parent.iterdir()) == [books.path]
    Book.objects.using(db).create(title="more")
    assert titles() == {"maps", "charts", "more"}


def test_rows_that_do_not_fit_are_named_and_the_others_found(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def document(book: Book) -> dict[str, Any]:
        return {"title": book.title, "year": "soon" if book.title == "bad" else 2022}

    monkeypatch.setattr(books, "_document", document)
    with (
        pytest.raises(DocumentError, match=r"field 'year'.*'soon'"),
        transaction.atomic(using=db),
    ):
        bad, good = (Book.objects.using(db).create(title=title) for title in ("bad", "good"))
    assert titles() == {"good"}
    good.save()  # what did not fit is not tried again
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 rows do not fit"):
        call_command(
            "rebuild_search_index", "library_app.book", database=db, stdout=out, stderr=err
        )
    assert f"document '{bad.pk}'" in err.getvalue()
    assert "1 documents" in out.getvalue()


def test_a_rebuild_that_cannot_be_says_why(db: str) -> None:
    with pytest.raises(CommandError, match=r"'library_app.tag'.*library_app.Book"):
        rebuilt("library_app.Tag")
    Book.objects.using(db).bulk_create([Book(title="maps")])
    with books.index.writer(), pytest.raises(CommandError, match=r"library_app.Book: .*writer"):
        rebuilt("library_app.Book", database=db)


# --- The page on Django -----------------------------------------------------------------

# What `manage.py migrate` does, before the code of the page runs.
MIGRATE: Final = """\
import django

django.setup()
from django.core.management import call_command

call_command("migrate", run_syncdb=True, verbosity=0)
"""
BLOCK: Final = re.compile(r'^```python(?: title="([^"\n]+)")?\n(.*?)^```$', re.M | re.S)


def test_the_page_runs_as_a_project_of_its_own(tmp_path: Path) -> None:
    code = [MIGRATE]
    for file, block in BLOCK.findall((ROOT / "docs/integrations/django.md").read_text("utf-8")):
        if file:
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_text(block, "utf-8")
        else:
            code.append(block)
    assert len(code) > 1
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(code)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE.parent),
            "PYTHONUTF8": "1",
            "DJANGO_SETTINGS_MODULE": "settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# --- Set-up -----------------------------------------------------------------------------


def test_a_model_has_one_index() -> None:
    with pytest.raises(SchemaError, match=r"library_app.Book has an index"):
        ModelIndex(Book, Schema({"title": Text()}))
    assert ModelIndex.registered()["library_app.Book"] is books
    assert repr(books) == "<ModelIndex of library_app.Book>"


def test_a_composite_key_is_no_id() -> None:
    with pytest.raises(SchemaError, match=r"library_app.Loan.*composite"):
        ModelIndex(Loan, Schema({}))


def test_settings_are_checked() -> None:
    assert settings.SETTINGS_MODULE == SETTINGS
    with override_settings(SEARCHLIB={"FOLDER": "x"}):
        found = {problem.id: problem.msg for problem in run_checks()}
        assert set(found) == {"searchlib.E001", "searchlib.E002"}
        assert "SEARCHLIB = {" in found["searchlib.E001"]
        assert "'FOLDER'" in found["searchlib.E002"]
        with pytest.raises(IndexStateError, match="SEARCHLIB"):
            books.index.search("maps")
    with override_settings(SEARCHLIB={"PATH": "x"}):
        assert run_checks() == []


def test_a_missing_library_is_named_with_its_extra() -> None:
    code = (
        "import sys\n"
        "sys.modules['django'] = None\n"
        "from searchlib import MissingExtraError\n"
        "try:\n"
        "    import searchlib.integrations.django\n"
        "except MissingExtraError as error:\n"
        "    print(error)"
    )
    assert output_of(code).endswith("pip install 'searchlib[django]'")
