"""A search with a deadline ends by it, with a result or an error, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event
from threading import enumerate as threads
from typing import Any, Final

import pytest

from searchlib import (
    Index,
    IndexStateError,
    Limits,
    MultiSearcher,
    QueryError,
    Schema,
    SearchTimeoutError,
    Text,
)
from searchlib.deadline import MOST_AT_ONCE, check_time, has_deadline, within
from tests.conftest import indexed

SLACK: Final = 2.0  # seconds; docs/guarantees.md says half of one, on a machine with time to spare
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def index() -> Index:
    chance = Random(1)
    words = ["".join(chance.choices(_LETTERS, k=7)) for _ in range(6_000)]
    documents = [
        {"id": str(n), "title": " ".join(chance.choices(words, k=40))} for n in range(2_000)
    ]
    return indexed(Schema({"title": Text()}, languages=["en"]), documents)


#: Each takes a tenth of a second or more without a deadline. Where one ends, its query is
#: remembered as it was compiled, and takes less from then on.
SLOW: Final[list[dict[str, Any]]] = [
    {"query": " ".join(f"{a}{b}{c}menta~2" for a in _LETTERS for b in "aeiou" for c in "drt")},
    {"query": " ".join(f"/.*{one}.*{two}/" for one in _LETTERS for two in "aeiou"), "regex": True},
    {"query": " ".join(f"{one}*" for one in _LETTERS) * 9, "highlight": True, "limit": 2_000},
]


def ours() -> int:
    return sum(thread.name == "searchlib-search" for thread in threads())


def wait_until_none_is_left() -> None:
    latest = time.monotonic() + 30
    while ours() and time.monotonic() < latest:
        time.sleep(0.02)
    assert not ours()


@pytest.mark.parametrize("search", SLOW, ids=["fuzzy", "regex", "highlights"])
def test_it_ends_by_its_deadline(index: Index, search: dict[str, Any]) -> None:
    for timeout in (0.001, 0.05):
        began = time.monotonic()
        with pytest.raises(SearchTimeoutError, match=f"timeout={timeout:g} seconds"):
            index.search(**search, timeout=timeout)
        assert time.monotonic() - began < timeout + SLACK
    wait_until_none_is_left()


def test_with_time_enough_it_is_as_without(index: Index) -> None:
    word = index.get("7")["title"].split()[0]  # type: ignore[index]
    assert index.search(word, timeout=60).ids == index.search(word).ids
    assert asyncio.run(index.asearch(word, timeout=60)).ids == index.search(word).ids
    with pytest.raises(QueryError, match="no field 'nowhere'"):
        index.search("nowhere:x", where={"nowhere": 1}, timeout=60)
    wait_until_none_is_left()


def test_an_index_may_have_a_deadline_for_all(index: Index) -> None:
    hasty = Index(index.schema, limits=Limits(timeout=0.001))
    hasty.add(index.documents())
    for one in (hasty, hasty.searcher(), MultiSearcher({"one": hasty})):
        with pytest.raises(SearchTimeoutError):
            one.search(**SLOW[0])
    assert hasty.search(timeout=60).total == 2_000
    wait_until_none_is_left()


def test_those_given_up_do_not_pile_up(index: Index) -> None:
    """However many searches are given up, only so many are at work, and all end."""
    most = 0

    def impatient(_: int) -> None:
        nonlocal most
        with pytest.raises(SearchTimeoutError):
            index.search(**SLOW[1], timeout=0.02)
        most = max(most, ours())

    with ThreadPoolExecutor(MOST_AT_ONCE + 16) as pool:
        list(pool.map(impatient, range(300)))
    assert 0 < most <= 2 * MOST_AT_ONCE  # a thread that has given up its place ends a moment later
    wait_until_none_is_left()


def test_who_finds_no_place_is_told_so_in_time() -> None:
    release = Event()

    def hold() -> None:
        with pytest.raises(SearchTimeoutError):
            within(0.01, lambda: release.wait(30))

    try:
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            list(pool.map(lambda _: hold(), range(MOST_AT_ONCE)))
        began = time.monotonic()
        with pytest.raises(SearchTimeoutError, match=r"did not begin.*others"):
            within(0.05, lambda: 1)
        assert time.monotonic() - began < SLACK
    finally:
        release.set()
    assert within(30, lambda: 1) == 1
    wait_until_none_is_left()


def test_work_that_is_given_up_ends_at_the_next_look_at_the_clock() -> None:
    looked: list[float] = []

    def work() -> None:
        assert has_deadline()
        while True:
            time.sleep(0.01)
            check_time()
            looked.append(time.monotonic())

    began = time.monotonic()
    with pytest.raises(SearchTimeoutError):
        within(0.1, work)
    wait_until_none_is_left()
    assert max(looked) - began <= 0.1
    assert not has_deadline()
    check_time()


def test_an_error_is_the_same_with_a_deadline() -> None:
    with pytest.raises(ZeroDivisionError):
        within(30, lambda: 1 // 0)
    with pytest.raises(KeyboardInterrupt):
        within(30, interrupted)
    assert within(1e300, lambda: 1) == 1


def interrupted() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), True, "5"])
def test_a_timeout_is_a_number_of_seconds(index: Index, timeout: Any) -> None:
    with pytest.raises(QueryError, match="timeout is a number of seconds above 0"):
        index.search("x", timeout=timeout)


@pytest.mark.parametrize(
    "limits", [{"document": 0}, {"query": 1.5}, {"timeout": -1}, {"document": "9"}, {"query": True}]
)
def test_limits_are_numbers(limits: dict[str, Any]) -> None:
    with pytest.raises(IndexStateError, match=f"Limits\\({next(iter(limits))}="):
        Limits(**limits)


def test_the_limits_of_an_index_hold() -> None:
    index = Index(Schema({"title": Text()}, languages=["en"]), limits=Limits(document=60, query=8))
    result = index.add([{"id": "a", "title": "x" * 40}, {"id": "b", "title": "y" * 20}])
    assert result.added == 1
    assert "61 characters" in str(result.rejected[0].error)
    assert "document=60" in str(result.rejected[0].error)
    with pytest.raises(Exception, match="61 characters"):
        index.add([{"id": "c", "title": "x" * 40}]).raise_for_rejected()
    found = index.search("maps and boats")
    assert [notice.code for notice in found.notices][:1] == ["too-long"]
    assert "first 8 " in str(found.notices[0])
