"""``await``: the loop goes on, results are the same, errors arrive, what is cancelled is whole."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pytest

from searchlib import DocumentError, Index, Integer, QueryError, Schema, Searcher, Text
from tests.conftest import indexed, output_of

SCHEMA: Final = Schema({"title": Text(), "n": Integer()}, languages=["en"])
DOCUMENTS: Final = [
    {"id": str(n), "title": f"lion number{n} " + "old zebra " * (n % 30), "n": n}
    for n in range(3_000)
]
TICK: Final = 0.005


@pytest.fixture(scope="module")
def index() -> Index:
    return indexed(SCHEMA, DOCUMENTS)


# --- The same as without ----------------------------------------------------------------


def test_all_methods_give_what_they_give_without(index: Index) -> None:
    async def main() -> None:
        query: dict[str, Any] = {"facets": ["n"], "highlight": True, "sort": "-n", "limit": 5}
        found, expected = await index.asearch("lion", **query), index.search("lion", **query)
        assert (found.ids, found.facets) == (expected.ids, expected.facets)
        assert await index.aget("7") == index.get("7")
        assert await index.aexplain("lion", "7") == index.explain("lion", "7")
        assert await index.astats(words=True) == index.stats(words=True)
        assert [one async for one in index.adocuments()] == DOCUMENTS
        searcher = index.searcher()
        assert (await searcher.asearch("zebra")).ids == searcher.search("zebra").ids

    asyncio.run(main())


def test_writing() -> None:
    async def main() -> None:
        index = Index(SCHEMA)
        assert (await index.aadd([{"id": "a", "n": 1}, {"id": "b", "n": "x"}])).added == 1
        assert (await index.aupdate([{"id": "a", "title": "lion"}])).updated == 1
        assert (await index.asearch("lion")).hits[0].document == {
            "id": "a",
            "n": 1,
            "title": "lion",
        }
        await index.adelete("a", "c")
        assert len(index) == 0

    asyncio.run(main())


def test_errors_arrive() -> None:
    async def main() -> None:
        index = Index(SCHEMA)
        with pytest.raises(QueryError, match="limit"):
            await index.asearch("x", limit=-1)
        with pytest.raises(DocumentError):
            await index.aadd([{"id": 5}], all_or_nothing=True)
        with pytest.raises(TypeError):
            await index.asearch("x", no_such=1)  # type: ignore[call-arg]

    asyncio.run(main())


def test_signatures_are_those_of_the_methods() -> None:
    """And no method that reads or writes has been forgotten."""
    waiting = {"get", "documents", "search", "explain", "stats", "add", "update", "delete"}
    for name in waiting:
        owner: type = Searcher if hasattr(Searcher, name) else Index
        method, twin = getattr(owner, name), getattr(owner, f"a{name}")
        assert inspect.signature(twin) == inspect.signature(method)
        assert inspect.iscoroutinefunction(twin) or inspect.isasyncgenfunction(twin)
        assert f"``{name}``" in str(twin.__doc__)


def test_a_subclass_is_awaited_as_it_is() -> None:
    class Loud(Index):
        def get(self, document_id: str) -> dict[str, Any] | None:
            return {"loud": document_id}

    assert asyncio.run(Loud(SCHEMA).aget("x")) == {"loud": "x"}


# --- The loop goes on -------------------------------------------------------------------


async def longest_gap(work: asyncio.Future[Any]) -> tuple[float, int]:
    """Tick until work is done; return the longest time between two ticks, and how many."""
    longest, ticks, last = 0.0, 0, perf_counter()
    while not work.done():
        await asyncio.sleep(TICK)
        now = perf_counter()
        longest, ticks, last = max(longest, now - last), ticks + 1, now
    return longest, ticks


def test_the_loop_ticks_during_long_calls(index: Index) -> None:
    """None of them holds it up for more than a part of the time that the call takes."""

    query: dict[str, Any] = {"highlight": True, "limit": 3_000, "facets": ["n"]}
    started = perf_counter()
    index.search("lion zebra num*", **query)
    assert perf_counter() - started > 10 * TICK, "the search is too short to tell"

    async def main() -> None:
        calls: list[Callable[[], Awaitable[Any]]] = [
            lambda: index.asearch("lion zebra num*", **query),
            lambda: Index(SCHEMA).aadd(DOCUMENTS),
        ]
        for call in calls:
            shares: list[float] = []
            while min(shares, default=1.0) >= 0.5:
                assert len(shares) < 3, shares  # a machine may stand still once
                started = perf_counter()
                gap, ticks = await longest_gap(asyncio.ensure_future(call()))
                shares.append(gap / (perf_counter() - started))
                assert ticks >= 5

    asyncio.run(main())


def test_many_at_once_each_get_their_own(index: Index) -> None:
    async def main() -> None:
        numbers = range(0, 3_000, 23)
        found = await asyncio.gather(
            *(index.asearch(f"number{n}", highlight=True) for n in numbers)
        )
        assert [result.ids for result in found] == [(str(n),) for n in numbers]
        got = await asyncio.gather(*(index.aget(str(n)) for n in numbers))
        assert got == [DOCUMENTS[n] for n in numbers]

    asyncio.run(main())


# --- Cancelled, and left early ----------------------------------------------------------


def test_a_cancelled_write_is_done_whole(tmp_path: Path) -> None:
    """The wait ends at once, the thread goes on: all of the batch is there in the end."""
    index = Index(SCHEMA, tmp_path)

    async def main() -> None:
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def documents() -> Iterator[dict[str, Any]]:
            for number, document in enumerate(DOCUMENTS[:500]):
                if number == 100:
                    loop.call_soon_threadsafe(begun.set)
                yield document

        task = asyncio.create_task(index.aadd(documents()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(index) == 0  # it still writes

    asyncio.run(main())  # which waits for the threads of its pool
    assert len(index) == 500
    index.add([{"id": "after"}])  # and the lock is free


def test_documents_may_be_left_early(index: Index) -> None:
    async def main() -> None:
        async for document in index.adocuments():
            assert document == DOCUMENTS[0]
            break
        assert len([one async for one in index.adocuments()]) == len(DOCUMENTS)

    asyncio.run(main())


def test_asyncio_is_not_loaded_before_it_is_needed() -> None:
    assert output_of("import searchlib, sys; print('asyncio' in sys.modules)") == "False"
