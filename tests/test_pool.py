"""Processes that help to add documents: the same index, order and errors, whatever befalls them."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import tantivy

from searchlib import (
    Category,
    Date,
    DateTime,
    DocumentError,
    Index,
    IndexStateError,
    Integer,
    Keyword,
    Limits,
    Schema,
    Stored,
    Text,
    WriterClosedError,
    bulk,
    reindex,
)
from searchlib.analysis import View
from searchlib.engine import cores, encoders
from searchlib.engine import pool as engine_pool
from searchlib.engine.encode import Encoder, Outcome, Task
from searchlib.engine.layout import FORMS, TEXT, view_field
from searchlib.engine.pool import Pool
from searchlib.engine.worker import releases
from searchlib.io import load
from searchlib.writer import Writer
from tests.conftest import SOURCE, change_manifest, output_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere one process does it all")

SCHEMA: Final = Schema(
    {
        "title": Text(collation="vi"),
        "whole": Text(),
        "day": Date(),
        "at": DateTime(),
        "tags": Keyword(),
        "place": Category(),
        "n": Integer(),
        "any": Stored(),
    },
    language="lang",
    languages=["vi", "fr", "en", "th"],
)
TEXTS: Final = (
    "Chủ tịch Quốc hội thăm Bảo tàng Hồ Chí Minh và trao đổi về luật đất đai mới",
    "L’été des cartes : les députés de l’Assemblée ont débattu de l’œuvre d’art à Besançon",
    "The committee’s old maps were re-examined; COVID-19 had kept co-operation from going on",
    "พิพิธภัณฑ์แห่งชาติกรุงเทพมหานคร",
    "half a pair \ud800 and a nul \x00 and an emoji 👩‍👩‍👧",
    "",
)
FEW: Final = 1_100


def document(n: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"d{n % (FEW - 50)}",  # the last fifty replace the first
        "title": f"{TEXTS[n % 6]} {n}",
        "whole": [TEXTS[(n + 1) % 6], f"{TEXTS[n // 6 % 6]} {n * 7919}"],
        "day": date(2000 + n % 20, 1 + n % 12, 1) if n % 2 else f"20{n % 10:02}-03-04",
        "at": datetime(2020, 1, 1, n % 24, tzinfo=UTC),
        "tags": [f"t{n % 7}", f"u{n % 11}"],
        "place": f"Asia/Vietnam/{n % 5}",
        "n": n,
        "any": {"deep": [n, None, 1.5, {"x": "y"}]},
    }
    if n % 10 == 0:
        made["lang"] = "pt-BR"
    return made


class Name(str):
    """A value of a class that no other process knows."""


BAD: Final[dict[int, Any]] = {
    5: {"id": 5},
    700: {"id": "bad", "titel": "x"},
    701: {"id": "bad", "day": "yesterday"},
    900: "no document",
    901: None,
    902: {"id": "bad", "n": 1 << 70},
    903: {"id": "bad", "n": Decimal("1.5")},
    904: {"id": "bad", "lang": "??"},
    905: {"id": "large", "title": "x" * 200_000},
    1_099: {"id": ""},
}
ODD: Final[dict[int, Any]] = {
    800: {"id": Name("named"), "title": Name("Été de quelqu’un")},
    801: {"id": "other", "any": {"a": Name("b")}},
}


def documents(count: int = FEW) -> Iterator[Any]:
    for n in range(count):
        yield BAD.get(n) if n in BAD else ODD.get(n) or document(n)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "_BEFORE", 1)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(SCHEMA, 100_000)


@pytest.fixture(scope="module")
def two(encoder: Encoder) -> Iterator[Pool]:
    two = Pool(encoder, 2)
    yield two
    assert len(two.processes) == 2
    two.close()


def plain(outcome: Outcome) -> Any:
    if isinstance(outcome, DocumentError):
        return str(outcome), outcome.document_id, outcome.field
    return outcome


def made_here(encoder: Encoder, given: Iterable[Any]) -> list[Any]:
    return [plain(encoder.outcome(Task(one))) for one in given]


def made_there(pool: Pool, given: Iterable[Any]) -> list[Any]:
    return [plain(outcome) for outcome in pool.encode(map(Task, given))]


def content(index: Index) -> Any:
    """All that searches can see of an index, but for the order of its documents."""
    searcher = index._snapshot().searcher
    alive = tantivy.Query.all_query()  # else those that were replaced count as well
    fields = [FORMS, "_id", "_fields", "_language", "tags", "place", "title.sort"]
    fields += [view_field(name, view) for name in (TEXT, "title", "whole") for view in View]
    terms = {name: searcher.terms_with_prefix(name, "", alive) for name in fields}
    assert all(terms.values())
    return {one["id"]: one for one in index.documents()}, terms


class Alone(NamedTuple):
    """What becomes of the documents in one process."""

    rejected: list[tuple[int, str]]
    content: Any


@pytest.fixture(scope="module")
def alone() -> Alone:
    index = Index(SCHEMA, limits=Limits(document=100_000))
    with index.writer(cores=1) as writer:
        rejected = writer.add_many(documents()).rejected
        assert not workers(writer)
    return Alone([(one.position, str(one.error)) for one in rejected], content(index))


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def children() -> set[int]:
    """The processes that this one has started and that are at work."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            if f"PPid:\t{os.getpid()}\n" in path.read_text() and alive(int(path.parent.name)):
                found.add(int(path.parent.name))
    return found


def gone(pids: Iterable[int], seconds: float = 10) -> bool:
    """Whether processes end soon."""
    latest = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < latest:
        time.sleep(0.01)
    return not any(map(alive, pids))


def workers(writer: Writer) -> list[int]:
    pool = writer._encoders._pool
    return [] if pool is None else pool.processes


def test_what_they_make_is_what_is_made_here_in_the_same_order(encoder: Encoder, two: Pool) -> None:
    assert len(two.processes) == 2
    there = made_there(two, documents())
    assert there == made_here(encoder, documents())
    assert sum(len(outcome) == 3 for outcome in there) == len(BAD)
    assert made_there(two, documents(10)) == there[:10]  # once more by the same processes


def test_an_index_is_the_same(alone: Alone, tmp_path: Path) -> None:
    limits = Limits(document=100_000)
    index = Index(SCHEMA, tmp_path / "index", limits=limits)
    with index.writer(cores=8) as writer:
        result = writer.add_many(documents())
        pids = workers(writer)
    assert len(pids) == 2 and gone(pids)
    assert [(one.position, str(one.error)) for one in result.rejected] == alone.rejected
    assert [one.position for one in result.rejected] == sorted(BAD)
    assert content(index) == alone.content
    replaced = index.get("d0")
    assert replaced is not None and replaced["n"] == FEW - 50


def test_all_or_nothing_adds_none_and_leaves_no_process(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path / "a")
    with index.writer(cores=6) as writer:
        with pytest.raises(DocumentError, match="document 5 of the batch"):
            writer.add_many(documents(), all_or_nothing=True)
        pids = workers(writer)
        assert writer.add_many(map(document, range(100)), all_or_nothing=True).added == 100
    assert pids and gone(pids) and len(index) == 100


def test_the_language_is_that_of_all(encoder: Encoder, two: Pool) -> None:
    given = [document(n) for n in range(50)]
    there = list(two.encode(Task(one, "th") for one in given))
    assert there == [encoder.encode(one, "th") for one in given]
    [error] = two.encode([Task(given[0], "no code")])
    assert plain(error) == plain(encoder.outcome(Task(given[0], "no code")))


def test_one_dict_for_all_is_no_trouble(two: Pool) -> None:
    def reused() -> Iterator[dict[str, Any]]:
        one: dict[str, Any] = {"tags": []}
        for n in range(1_000):
            one["id"] = str(n)
            one["tags"][:] = [f"tag {n}"]
            yield one

    outcomes: Any = two.encode(map(Task, reused()))
    assert [one.values["tags"] for one in outcomes] == [f"tag {n}" for n in range(1_000)]


def test_documents_are_taken_as_they_are_needed(two: Pool) -> None:
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"id": str(taken), "title": "été"}

    outcomes = two.encode(map(Task, endless()))
    for seen in range(1, 6_000):
        assert plain(next(outcomes)).id == str(seen)
        assert taken <= seen + 5 * 500  # two batches a process, and the one that is asked for


def test_large_documents_that_no_process_can_read_are_not_taken_ahead(two: Pool) -> None:
    taken = 0

    def large() -> Iterator[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"id": Name(taken), "title": "été " * 12_500}

    outcomes = two.encode(map(Task, large()))
    for seen in range(1, 60):
        assert plain(next(outcomes)).id == str(seen)
        assert taken <= seen + 5 * 5  # batches of 200,000 bytes


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 2_300])
def test_what_the_documents_raise_comes_after_those_before(
    two: Pool, count: int, error: type[BaseException]
) -> None:
    def broken() -> Iterator[Task]:
        yield from (Task({"id": str(n)}) for n in range(count))
        raise error("the network is gone")

    seen = []
    with pytest.raises(error, match="the network is gone"):
        for outcome in two.encode(broken()):
            seen.append(plain(outcome).id)
    assert seen == [str(n) for n in range(count)]


def test_a_nest_too_deep_is_refused_as_here(encoder: Encoder, two: Pool) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    given = [{"id": "a"}, {"id": "b", "any": deep}, {"id": "c"}]
    assert made_there(two, given) == made_here(encoder, given)
    given.clear()
    while deep:  # a nest as deep as this is taken apart by hand
        deep = deep.pop()


class Trap(dict[str, Any]):
    """A document that cannot be looked at."""

    def get(self, *_: Any) -> Any:
        raise RuntimeError("not now")


def test_what_else_a_document_raises_comes_after_those_before(two: Pool) -> None:
    outcomes = two.encode(map(Task, [{"id": "a"}, Trap(id="b"), {"id": "c"}]))
    assert plain(next(outcomes)).id == "a"
    with pytest.raises(RuntimeError, match="not now"):
        next(outcomes)


@pytest.mark.parametrize("killed", [1, 2])
def test_a_killed_process_loses_no_document(encoder: Encoder, killed: int) -> None:
    two = Pool(encoder, 2)
    given = [document(n) for n in range(FEW)]
    outcomes = two.encode(map(Task, given))
    seen = [plain(next(outcomes)) for _ in range(200)]
    for pid in two.processes[:killed]:
        os.kill(pid, signal.SIGKILL)
    seen += map(plain, outcomes)
    assert seen == made_here(encoder, given)
    assert made_there(two, given) == seen  # by the other, or here
    assert len(two.processes) == 2 - killed
    two.close()


def test_a_process_killed_while_it_starts_loses_none(encoder: Encoder) -> None:
    two = Pool(encoder, 2)
    for pid in two.processes:
        os.kill(pid, signal.SIGKILL)
    assert made_there(two, documents(300)) == made_here(encoder, documents(300))
    two.close()


@pytest.mark.parametrize("place", range(3))
def test_a_process_of_another_release_makes_nothing(
    monkeypatch: pytest.MonkeyPatch, encoder: Encoder, place: int
) -> None:
    """Somebody has installed another searchlib, or another ICU, under a program that goes on."""
    others = list(releases())
    others[place] += ".1"
    monkeypatch.setattr(engine_pool, "releases", lambda: tuple(others))
    two = Pool(encoder, 2)
    started = two.processes
    assert len(started) == 2
    assert made_there(two, documents(300)) == made_here(encoder, documents(300))
    assert gone(started)
    two.close()


def test_a_program_that_a_broken_pipe_ends_goes_on_without_them() -> None:
    """As many programs of the command line ask for it; the processes are of another release."""
    assert (
        output_of("""
import signal
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
from searchlib.engine import pool
from searchlib.engine.encode import Encoder, Task
from searchlib.schema import Schema
pool.releases = lambda: ("0", "0", "0")
made = pool.Pool(Encoder(Schema({})), 2)
for worker in made._workers:
    worker.process.wait()
print(sum(outcome.id == "a" for outcome in made.encode([Task({"id": "a"})] * 2_000)))
""").strip()
        == "2000"
    )


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.1])
def test_an_answer_that_comes_too_late_is_not_taken_for_another(
    encoder: Encoder, seconds: float
) -> None:
    two = Pool(encoder, 2)
    for worker in two._workers:
        worker.connection.settimeout(seconds)
    given = [document(n) for n in range(6_000)]
    assert made_there(two, given) == made_here(encoder, given)
    two.close()


def test_a_default_timeout_of_sockets_is_not_for_these(encoder: Encoder) -> None:
    socket.setdefaulttimeout(0.05)
    try:
        two = Pool(encoder, 2)
    finally:
        socket.setdefaulttimeout(None)
    given = [document(n) for n in range(6_000)]
    assert made_there(two, given) == made_here(encoder, given)
    assert len(two.processes) == 2
    two.close()


@pytest.mark.parametrize("late", ["threading.Thread(target=add).start()", "atexit.register(add)"])
@pytest.mark.parametrize("count", [1, 3_000])
def test_a_program_may_add_while_it_ends(late: str, count: int) -> None:
    code = f"""
import atexit, threading
from searchlib import Index, Schema, bulk
from searchlib.engine import encoders
bulk.usable_cores, bulk._MANY, encoders._BEFORE = (lambda: 4), 10_000, 1
index = Index(Schema({{}}))
def add():
    if threading.current_thread() is not threading.main_thread():
        threading.main_thread().join()
    print(index.add({{"id": str(n)}} for n in range({count})).added, len(index))
{late}
"""
    assert output_of(code) == f"{count} {count}"


def test_names_of_a_class_of_the_programs_own_stay_here() -> None:
    schema = Schema({Name("title"): Text()}, id=Name("id"), languages=["en"])
    one = Pool(Encoder(schema), 1)
    given = [{"id": str(n), "title": "maps"} for n in range(20)]
    assert made_there(one, given) == made_here(Encoder(schema), given)
    assert one.processes == []
    one.close()


@pytest.mark.parametrize("how", ["frozen", "another program", "no program", "fails"])
def test_where_no_python_starts_it_is_done_here(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    if how == "frozen":
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    elif how == "no program":
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    elif how == "another program":
        monkeypatch.setattr(sys, "executable", "/bin/true")
    else:
        path = tmp_path / "python3"
        path.write_text("#!/bin/sh\nexit 3\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))
    one = Pool(encoder, 1)
    assert len(one.processes) == (1 if how == "fails" else 0)
    assert made_there(one, documents(600)) == made_here(encoder, documents(600))
    one.close()


def test_a_schema_of_other_types_stays_here() -> None:
    class Shout(Text):
        def encode(self, value: Any) -> str:
            return str(super().encode(value)).upper()

    encoder = Encoder(Schema({"title": Shout()}))
    one = Pool(encoder, 1)
    given = [{"id": "a", "title": "oh"}]
    assert one.processes == [] and made_there(one, given) == made_here(encoder, given)
    one.close()


def test_processes_end_with_their_pool(encoder: Encoder) -> None:
    one = Pool(encoder, 1)
    outcomes = one.encode(map(Task, documents()))
    next(outcomes)
    pids = one.processes
    del outcomes, one
    gc.collect()
    assert gone(pids)


def test_two_that_take_turns_leave_no_process() -> None:
    others = children()
    index = Index(Schema({}))
    with index.writer(cores=6) as writer:
        one = writer.add_each({"id": f"a{n}"} for n in range(3_000))
        two = writer.add_each({"id": f"b{n}"} for n in range(3_000))
        both = zip(one, two, strict=True)
        assert len(list(islice(both, 1_500))) == 1_500
        pids = workers(writer)
        assert pids and children() - others == set(pids)
        assert len(list(both)) == 1_500
    assert gone(pids)
    assert len(index) == 6_000


@pytest.mark.parametrize("left", ["close", "rollback"])
def test_documents_that_change_the_writer(left: str) -> None:
    """Who yields documents may do with the writer what it likes."""
    index = Index(SCHEMA)
    with index.writer(cores=6) as writer:

        def meddling() -> Iterator[dict[str, Any]]:
            for n in range(8_000):
                if n == 5_000:
                    getattr(writer, left)()
                yield {"id": str(n), "title": "old maps"}

        if left == "close":
            with pytest.raises(WriterClosedError):
                writer.add_many(meddling())
        else:
            assert writer.add_many(meddling()).added == 8_000
    ids = {one["id"] for one in index.documents()}
    assert not ids if left == "close" else ids >= {str(n) for n in range(5_000, 8_000)}


def test_no_file_can_be_opened(encoder: Encoder) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        one = Pool(encoder, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert one.processes == [] and made_there(one, documents(20)) == made_here(
        encoder, documents(20)
    )
    one.close()


HELPED: Final = """
import sys, time
import searchlib as s
from searchlib.engine import encoders
encoders._BEFORE = 1
index = s.Index(s.Schema({'title': s.Text()}, languages=['en']))
writer = index.writer(cores=8)
texts = ({'id': str(n), 'title': f'old maps {n}'} for n in range(1_000))
print(writer.add_many(texts).added, *writer._encoders._pool.processes, flush=True)
"""


def run(*command: str, given: str = "") -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    done = subprocess.run(
        [sys.executable, *command],
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


def test_no_script_needs_a_guard(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(HELPED)
    isolated = f"import sys; sys.path.insert(0, {str(SOURCE.parent)!r})\n{HELPED}"
    for printed in (
        run("-c", HELPED),
        run("-", given=HELPED),
        run(str(path)),
        run("-I", "-c", isolated),
    ):
        added, *pids = printed
        assert added == "1000" and len(pids) == 2
        assert gone(map(int, pids))  # the writer was not even closed


def started(code: str) -> tuple[subprocess.Popen[str], list[int]]:
    """A process at work and those that help it."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
        start_new_session=True,
    )
    assert process.stdout is not None
    added, *pids = map(int, process.stdout.readline().split())
    assert added == 1_000 and len(pids) == 2 and all(map(alive, pids))
    return process, pids


ENDLESS: Final = """
def endless():
    n = 0
    while True:
        n += 1
        yield {'id': str(n), 'title': f'old maps {n}'}
"""


@pytest.mark.parametrize("rest", ["time.sleep(60)", f"{ENDLESS}\nwriter.add_many(endless())"])
def test_processes_end_with_the_one_that_is_killed(rest: str) -> None:
    process, pids = started(f"{HELPED}\n{rest}")
    time.sleep(0.2)
    process.kill()
    process.communicate()
    assert gone(pids)


def test_an_interrupt_ends_the_adding_and_nothing_else() -> None:
    """Ctrl-C goes to all processes of a terminal; those that help go on for who caught it."""
    process, pids = started(
        f"""{HELPED}{ENDLESS}
try:
    writer.add_many(endless())
except KeyboardInterrupt:
    print(writer._encoders._pool.processes, flush=True)
writer.rollback()
writer.add_many([{{'id': 'last', 'title': 'Spring'}}])
writer.commit()
print(index.search('spring').ids, flush=True)
writer.close()
"""
    )
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.splitlines() == [str(pids), "('last',)"]
    assert gone(pids) and not err


def test_a_forked_process_leaves_them_alone() -> None:
    code = f"""{HELPED}
import os
if not os.fork():
    sys.exit()  # an end with all that Python does at its end
os.wait()
assert writer.add_many([{{'id': 'a'}}]).added == 1
print(len(writer._encoders._pool.processes))
writer.close()
"""
    assert output_of(code).split()[-1] == "2"


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As on eight cores, where little is much: how many cores each writer was opened with."""
    opened: list[int] = []
    real = Index.writer

    def noted(self: Index, **options: Any) -> Writer:
        opened.append(options["cores"])
        return real(self, **options)

    monkeypatch.setattr(Index, "writer", noted)
    monkeypatch.setattr(bulk, "usable_cores", lambda: 8)
    monkeypatch.setattr(bulk, "_MANY", 100_000)
    return opened


@pytest.mark.parametrize("held", [list, iter])
def test_much_is_added_with_all_cores_and_little_in_order(
    many: list[int], alone: Alone, held: Callable[[Iterable[Any]], Any]
) -> None:
    little = Index(SCHEMA)
    little.add(held([{"id": str(n), "title": "the same"} for n in range(300)]))
    assert little.search("same", limit=300).ids == tuple(map(str, range(300)))
    index = Index(SCHEMA, limits=Limits(document=100_000))
    result = index.add(held(documents()))
    assert many == [1, 8]
    assert [(one.position, str(one.error)) for one in result.rejected] == alone.rejected
    assert content(index) == alone.content


def test_who_has_ended_is_not_asked_again(many: list[int]) -> None:
    """Whatever it would answer: one that reads a queue would wait for ever."""
    given: list[dict[str, Any] | None] = [{"id": "a"}, {"id": "b"}, None, {"id": "c"}]

    class Source:
        def __iter__(self) -> Iterator[dict[str, Any]]:
            return self

        def __next__(self) -> dict[str, Any]:
            if (one := given.pop(0)) is None:
                raise StopIteration
            return one

    assert Index(Schema({})).add(Source()).added == 2
    assert given == [{"id": "c"}]


def test_what_is_looked_at_first_is_as_it_came(many: list[int]) -> None:
    def reused(count: int) -> Iterator[dict[str, Any]]:
        one: dict[str, Any] = {"tags": []}
        for n in range(count):
            one["id"] = str(n)
            one["tags"][:] = [f"tag {n}"]
            yield one
        raise OSError("the network is gone")

    for count in (3, 100_000):
        _, found = bulk.begun(reused(count))
        seen = 0
        with pytest.raises(OSError, match="the network is gone"):
            for one in found:
                assert one == {"id": str(seen), "tags": [f"tag {seen}"]}
                seen += 1
        assert seen == count


def test_a_load_tells_of_rows_in_their_order(
    many: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f'{{"id": "{n}", "n": {n}, "title": "old maps of {n}"}}' for n in range(2_000)]
    for n in (0, 7, 8, 1_000, 1_001, 1_500, 1_998):
        lines[n] = '{"id": "broken'
    for n in (1, 6, 9, 999, 1_002, 1_999):
        lines[n] = f'{{"id": "{n}", "n": "no number"}}'
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    reports, files = [], []
    for count in (8, 2):
        monkeypatch.setattr(bulk, "usable_cores", lambda count=count: count)
        bad = tmp_path / f"bad-{count}.jsonl"
        report = load(Index(SCHEMA), path, bad_rows=bad, commit_every=500)
        reports.append((report.added, report.rejected, report.first))
        files.append(bad.read_text())
    assert many == [8, 1]
    assert reports[0] == reports[1] and reports[0][:2] == (1_987, 13)
    assert files[0] == files[1] and files[0].count("\n") == 13


def test_what_a_load_committed_stays_where_it_ends_in_an_error(many: list[int]) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"id": str(n), "title": f"old maps {n}"} for n in range(3_990))
        raise OSError("the network is gone")

    index = Index(SCHEMA)
    with pytest.raises(OSError, match="the network is gone"):
        load(index, rows(), commit_every=1_000)
    assert many == [8] and len(index) == 3_000


def test_a_rebuilt_index_is_the_same(
    many: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchlib import rebuild

    monkeypatch.setattr(rebuild, "usable_cores", lambda: 8)
    monkeypatch.setattr(rebuild, "_MANY", 0)
    monkeypatch.setattr(rebuild, "_EACH", 1_000)
    index = Index(SCHEMA, tmp_path / "index", limits=Limits(document=100_000))
    with index.writer(cores=1) as writer:
        writer.add_many(documents())
    before = content(index)
    change_manifest(tmp_path / "index", analysis="older")
    assert reindex(tmp_path / "index") == len(before[0])
    assert content(Index.open(tmp_path / "index")) == before


@pytest.mark.parametrize("count", [0, -1, True, 1.5, "2"])
def test_cores_are_a_number(count: Any) -> None:
    with pytest.raises(IndexStateError, match="cores"):
        Index(Schema({})).writer(cores=count)


def test_cores_are_those_that_the_process_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hasattr(os, "sched_getaffinity"):
        code = (
            "import os\nfrom searchlib.engine.cores import usable_cores\n"
            "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\nprint(usable_cores())"
        )
        assert output_of(code) == "1"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(cores, "_QUOTA", quota)
    assert cores.usable_cores() == 16
    for text, count in (("max 100000", 16), ("400000 100000", 4), ("50000 100000", 1), ("", 16)):
        quota.write_text(text)
        assert cores.usable_cores() == count


def test_the_work_is_shared_among_cores_and_no_more() -> None:
    for count in range(1, 65):
        for memory in (None, 0, 15_000_000, 128_000_000, 10**9):
            threads, workers, taken = cores.plan(count, memory)
            assert threads >= 1 and 0 <= workers <= 2
            assert count == 1 or threads + workers + 1 <= count
            assert count > 2 or (threads, workers) == (1, 0)
            assert threads == 1 or taken // threads >= 64_000_000
            assert taken <= 192_000_000 if memory is None else taken == memory
