"""Documents out of databases: a real PostgreSQL and SQLite, by drivers and by SQLAlchemy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
import sqlalchemy
from psycopg.rows import dict_row

from searchlib import DateTime, Float, Index, Integer, Keyword, ReadError, Stored, Text
from searchlib.io import infer, load, read

QUERY: Final = "SELECT * FROM articles ORDER BY id"
ROWS: Final = 1_500


def programs() -> Path:
    """Where the newest PostgreSQL's programs are."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    assert folders, "PostgreSQL is not installed: ./run test does that on Debian and Ubuntu"
    return folders[-1]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The folder of the socket of a server of our own, which nobody else can reach."""
    folder = tempfile.mkdtemp(prefix="pg-")  # the path of a socket has to be short
    user = None
    if os.getuid() == 0:  # as whom the server refuses to run
        user = "postgres"
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs() / program), "-D", f"{folder}/data", *arguments]
        done = subprocess.run(
            command, user=user, cwd=folder, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr + done.stdout

    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", options)
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def connection(server: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(host=server, user="postgres", dbname="postgres") as connection:
        connection.execute(
            """
            CREATE TABLE articles (
                id integer PRIMARY KEY, key uuid, title text, price numeric(8, 2), tags text[],
                at timestamptz, day date, more jsonb, score double precision, is_free boolean
            )
            """
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO articles VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (
                        n,
                        UUID(int=n),
                        f"Chủ tịch Quốc hội thăm Campuchia lần thứ {n}",
                        Decimal(n) / 4,
                        ["vn", f"t{n % 3}"] if n % 2 else None,
                        datetime(2022, 9, 15, 10, 30, n % 60, 123456, UTC),
                        date(2022, 9, 1 + n % 30),
                        f'{{"n": [{n}]}}',
                        None if n % 5 == 0 else n / 3,
                        n % 7 == 0,
                    )
                    for n in range(ROWS)
                ],
            )
        connection.commit()
        yield connection


def check(source: Any) -> None:
    """Infer, load and look at what came of it."""
    records = read(source)
    schema = infer(records, fields={"price": Float()}, languages=["vi"]).schema
    assert schema is not None
    kinds = {name: type(kind) for name, kind in schema.fields.items()}
    assert kinds["title"] is Text
    assert (kinds["price"], kinds["score"], kinds["at"]) == (Float, Float, DateTime)
    assert (kinds["key"], kinds["tags"], kinds["more"]) == (Keyword, Keyword, Stored)
    index = Index(schema)
    report = load(index, records)
    assert (report.added, report.rejected) == (ROWS, 0)
    assert index.get("7") == {
        "id": "7",
        "key": str(UUID(int=7)),
        "title": "Chủ tịch Quốc hội thăm Campuchia lần thứ 7",
        "price": 1.75,
        "tags": ["vn", "t1"],
        "at": datetime(2022, 9, 15, 10, 30, 7, 123456, UTC),
        "day": date(2022, 9, 8),
        "more": {"n": [7]},
        "score": 7 / 3,
        "is_free": True,
    }
    assert index.search("quoc hoi", where={"tags": "t1", "is_free": True}).total == sum(
        n % 2 == 1 and n % 3 == 1 and n % 7 == 0 for n in range(ROWS)
    )


def test_a_cursor_of_postgresql_is_read(connection: psycopg.Connection[Any]) -> None:
    with connection.cursor() as cursor:
        check(cursor.execute(QUERY))
    with connection.cursor(row_factory=dict_row) as cursor:
        check(cursor.execute(QUERY))


def test_a_cursor_that_stays_on_the_server_is_read(connection: psycopg.Connection[Any]) -> None:
    with connection.cursor("of_articles") as cursor:
        check(cursor.execute(QUERY))


def test_a_result_of_sqlalchemy_is_read(server: str, connection: psycopg.Connection[Any]) -> None:
    engine = sqlalchemy.create_engine(f"postgresql+psycopg://postgres@/postgres?host={server}")
    try:
        with engine.connect().execution_options(yield_per=100) as opened:
            check(opened.execute(sqlalchemy.text(QUERY)))
        with engine.connect() as opened:
            check(opened.execute(sqlalchemy.text(QUERY)).mappings())
    finally:
        engine.dispose()


def test_a_query_that_breaks_off_is_an_error_of_ours(connection: psycopg.Connection[Any]) -> None:
    with connection.cursor("breaking") as cursor:
        cursor.execute(f"SELECT id, 1 / (id - {ROWS - 1}) AS n FROM articles ORDER BY id")
        records = read(cursor)
        with pytest.raises(ReadError, match="the rows of the query cannot be read: division by"):
            list(records)
        assert records.position == 999  # those that were fetched before
    connection.rollback()


def test_sqlite_is_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, title TEXT, year INTEGER)")
        rows = [(n, f"Boats on the river, part {n}", 2000 + n % 9) for n in range(ROWS)]
        connection.executemany("INSERT INTO a VALUES (?, ?, ?)", rows)
        for factory in (None, sqlite3.Row):
            connection.row_factory = factory
            index = Index.from_records(connection.execute("SELECT * FROM a"), languages=["en"])
            assert index.schema.fields == {"title": Text(), "year": Integer()}
            assert len(index) == ROWS
            assert index.search("boat", where={"year": 2003}).total == len(range(3, ROWS, 9))


def test_what_a_cursor_cannot_give_is_said(tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(ReadError, match="the cursor has no rows: execute a SELECT first"):
            list(read(connection.cursor()))
        with pytest.raises(ReadError, match="several columns are called 'id'"):
            list(read(connection.execute("SELECT 1 AS id, 2 AS id")))
        factories: list[tuple[Callable[[Any, Any], Any], str]] = [
            (lambda cursor, row: object(), r"is <object .*> \(object\)"),
            (lambda cursor, row: row[0], r"is 'ab' \(str\)"),
            (lambda cursor, row: row[1], r"is 7 \(int\)"),
            (lambda cursor, row: row[:1], r"is \('ab',\) \(tuple\)"),
        ]
        for factory, words in factories:
            connection.row_factory = factory
            message = f"a row of the query {words}, and not a value for each of its columns, id, n"
            with pytest.raises(ReadError, match=message):
                list(read(connection.execute("SELECT 'ab' AS id, 7 AS n")))
    engine = sqlalchemy.create_engine("sqlite://")
    no_rows = pytest.raises(ReadError, match="the statement returns no rows")
    with engine.connect() as opened, no_rows:
        list(read(opened.execute(sqlalchemy.text("CREATE TABLE a (id)"))))
    engine.dispose()
