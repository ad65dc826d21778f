"""As many searches at once as there are cores, and nobody waits for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BoundedSemaphore, Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest

from searchlib import Index, QueryError, Schema, SearchTimeoutError, Term, Text
from searchlib.engine import turns
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.turns import LONGEST_WAIT, a_turn
from tests.conftest import output_of


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine of one core."""
    monkeypatch.setattr(turns, "usable_cores", lambda: 1)
    a_turn().begin()
    yield
    monkeypatch.undo()
    a_turn().begin()


@pytest.fixture
def index() -> Index:
    index = Index(Schema({"title": Text()}, languages=["fr"]))
    index.add([{"id": "a", "title": "L’été des cartes"}, {"id": "b", "title": "Paix"}])
    return index


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_as_many_searches_at_once_as_cores(
    cores: int, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "usable_cores", lambda: cores)
    a_turn().begin()
    search, lock = Snapshot.search, threading.Lock()
    inside = most = 0

    def counting(self: Snapshot, *given: Any, **named: Any) -> Any:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        sleep(0.01)  # as long as a large search, without the lock of Python
        with lock:
            inside -= 1
        return search(self, *given, **named)

    monkeypatch.setattr(Snapshot, "search", counting)
    try:
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(index.search, [f"cartes {n}" for n in range(24)]))
    finally:
        monkeypatch.undo()
        a_turn().begin()
    assert {result.ids for result in results} == {("a",)}
    assert most == cores


@pytest.mark.usefixtures("one_place")
def test_a_search_that_fails_gives_its_turn_back(index: Index) -> None:
    started = monotonic()
    for _ in range(5):
        with pytest.raises(QueryError, match="there is no field 'year'"):
            index.search("paix", where=Term("year", 2022))
    assert index.search("paix").ids == ("b",)
    assert monotonic() - started < LONGEST_WAIT


@pytest.mark.usefixtures("one_place")
def test_a_turn_within_a_turn_is_waited_for_no_longer_than_said() -> None:
    """As where a signal is handled in the middle of a search, by searching."""
    started = monotonic()
    with a_turn():
        with a_turn():
            assert LONGEST_WAIT <= monotonic() - started < LONGEST_WAIT + 5
        with a_turn():
            pass
    started = monotonic()
    with a_turn():
        pass
    assert monotonic() - started < LONGEST_WAIT


@pytest.mark.usefixtures("one_place")
def test_a_lost_turn_is_put_back(index: Index) -> None:
    """As where Ctrl-C came between taking a turn and beginning."""
    a_turn().__enter__()
    assert index.search("paix").ids == ("b",)  # waits
    started = monotonic()
    for _ in range(3):
        assert index.search("paix").ids == ("b",)
    assert monotonic() - started < LONGEST_WAIT


def test_there_are_never_more_turns_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(turns, "usable_cores", lambda: 2)
    a_turn().begin()
    try:
        meet = Barrier(6)

        def slow() -> None:
            with a_turn():
                meet.wait()  # all six go on, four of them without a turn

        threads = [Thread(target=slow) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        free: BoundedSemaphore = a_turn()._free
        assert [free.acquire(blocking=False) for _ in range(3)] == [True, True, False]
    finally:
        monkeypatch.undo()
        a_turn().begin()


@pytest.mark.usefixtures("one_place")
def test_who_waits_for_a_turn_looks_at_the_time(index: Index) -> None:
    with a_turn():
        started = monotonic()
        with pytest.raises(SearchTimeoutError, match=r"timeout=0\.1 seconds"):
            index.search("paix", timeout=0.1)
        assert monotonic() - started < LONGEST_WAIT / 2
    # The thread that was given up has gone, and took no turn along.
    assert index.search("paix", timeout=5).ids == ("b",)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_has_all_turns() -> None:
    code = """
import os, sys, threading, time
from searchlib import Index, Schema, Text
from searchlib.engine import turns
turns.usable_cores = lambda: 1
turns.a_turn().begin()
index = Index(Schema({"title": Text()}, languages=["fr"]))
index.add([{"id": "a", "title": "Paix"}])
inside, done = threading.Event(), threading.Event()
def hold():
    with turns.a_turn():
        inside.set()
        done.wait()
threading.Thread(target=hold).start()
inside.wait()
child = os.fork()
if not child:
    started = time.monotonic()
    found = index.search("paix").ids
    os._exit(0 if found == ("a",) and time.monotonic() - started < turns.LONGEST_WAIT else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
done.set()
"""
    assert output_of(code) == "0"


@pytest.mark.usefixtures("one_place")
def test_a_turn_is_not_kept_from_one_who_waits(index: Index) -> None:
    begun, done = Event(), Event()

    def hold() -> None:
        with a_turn():
            begun.set()
            done.wait()

    holder = Thread(target=hold)
    holder.start()
    begun.wait()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(index.search, "paix")
        sleep(0.05)
        assert not waiting.done()
        started = monotonic()
        done.set()
        assert waiting.result().ids == ("b",)
        assert monotonic() - started < LONGEST_WAIT / 2
    holder.join()
