"""The server at work: limits of what it does at once, faults, and what others write meanwhile."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from socket import socket
from subprocess import PIPE, Popen

import httpx2
import pytest
from starlette.testclient import TestClient

from searchlib import Index, Limits, Schema, Searcher, SearchTimeoutError, Text
from searchlib.serve import ServerLimits, create_app
from searchlib.serve.gate import Gate
from searchlib.serve.problems import Problem
from tests.conftest import indexed, output_of, run_python
from tests.served import DOCUMENTS, SCHEMA, ids, problem, search, wait_until

# --- Limits of work -----------------------------------------------------------------------


class Held(Index):
    """An index whose searches wait until they are let go."""

    let_go: threading.Event
    begun: threading.Semaphore

    def searcher(self) -> Searcher:
        self.begun.release()
        assert self.let_go.wait(30)
        return super().searcher()


@pytest.fixture
def held() -> Iterator[Held]:
    index = Held(SCHEMA)
    index.add(DOCUMENTS)
    index.let_go, index.begun = threading.Event(), threading.Semaphore(0)
    yield index
    index.let_go.set()


def test_more_searches_than_may_wait_are_turned_away(held: Held) -> None:
    limits = ServerLimits(searches=2, waiting=1, seconds=30)
    with TestClient(create_app(held, limits=limits)) as client, ThreadPoolExecutor(8) as pool:
        running = [pool.submit(search, client, q="icesco") for _ in range(3)]
        for _ in range(2):
            assert held.begun.acquire(timeout=20)
        wait_until(lambda: "searchlib_searches_waiting 1.0" in client.get("/metrics").text)
        assert "searchlib_searches_running 2.0" in client.get("/metrics").text
        answer = client.get("/api/search")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
        assert answer.json()["code"] == "busy" and "2 searches run" in answer.json()["detail"]
        assert client.get("/health").status_code == 200  # busy is not ill
        held.let_go.set()
        assert [found.result(20)["total"] for found in running] == [2, 2, 2]
        assert search(client, q="icesco")["total"] == 2


def test_a_search_that_takes_too_long_is_given_up(held: Held) -> None:
    limits = ServerLimits(searches=1, waiting=5, seconds=0.2)
    with TestClient(create_app(held, limits=limits)) as client, ThreadPoolExecutor(4) as pool:
        first = pool.submit(client.get, "/api/search")
        assert held.begun.acquire(timeout=20)
        second = pool.submit(client.get, "/api/search")
        slow, late = first.result(20), second.result(20)
        assert slow.status_code == 504 and slow.json()["code"] == "too-slow"
        assert "0.2 s" in slow.json()["detail"]
        # It never began: the one thread was still at work on the first.
        assert late.status_code == 503 and "no thread became free" in late.json()["detail"]
        assert not held.begun.acquire(blocking=False)
        held.let_go.set()
        wait_until(lambda: client.get("/api/search").status_code == 200)


def test_what_is_given_up_does_not_keep_its_thread() -> None:
    """Of a hundred and more questions to the engine it asks no more than the one it is at."""
    words = ["".join(letters) for letters in product("abcdefghij", repeat=4)]
    index = Index(Schema({"title": Text()}))
    index.add({"id": str(n), "title": " ".join(words[n::50])} for n in range(50))
    slow = " ".join(f"/.*{one}.*{two}/" for one in "abcdefghij" for two in "abcdefghij")

    async def main(seconds: float) -> float:
        gate = Gate(ServerLimits(searches=1, waiting=0, seconds=seconds))
        began = time.monotonic()
        with pytest.raises(Problem) as caught:
            await gate.run(lambda: index.search(slow, regex=True, limit=100))
        assert (caught.value.status, caught.value.code) == (504, "too-slow")
        while gate.running:
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    began = time.monotonic()
    index.search(slow, regex=True, limit=100)
    without = time.monotonic() - began
    index.delete("0")  # so that nothing of that search is remembered
    assert asyncio.run(main(without / 10)) < without / 2


def test_the_time_of_the_index_holds_where_it_is_shorter() -> None:
    index = Index(Schema({"title": Text()}), limits=Limits(timeout=1e-9))
    index.add([{"id": "a", "title": "maps"}])

    async def main() -> None:
        gate = Gate(ServerLimits(seconds=30))
        with pytest.raises(SearchTimeoutError, match="timeout=1e-09"):
            await gate.run(lambda: index.search("maps"))

    asyncio.run(main())
    with TestClient(create_app(index)) as client:
        answer = client.get("/api/search", params={"q": "maps"})
    assert (answer.status_code, answer.json()["code"]) == (504, "too-slow")
    assert "timeout=1e-09" in answer.json()["detail"]


def test_errors_of_the_work_come_out_of_the_gate() -> None:
    async def main() -> None:
        gate = Gate(ServerLimits(searches=1, waiting=0, seconds=0.1))
        with pytest.raises(ZeroDivisionError):
            await gate.run(lambda: 1 / 0)
        with pytest.raises(TimeoutError, match="its own"):
            await gate.run(fail)
        assert await gate.run(lambda: 7) == 7
        with pytest.raises(Problem) as caught:
            await gate.run(late)
        assert caught.value.status == 504
        await asyncio.sleep(0.3)  # its error comes, and nobody is told that it was forgotten
        assert (gate.running, gate.waiting) == (0, 0)

    def fail() -> None:
        raise TimeoutError("its own")

    def late() -> None:
        time.sleep(0.25)
        raise ValueError

    asyncio.run(main())


class Broken(Index):
    """An index with a fault of its own."""

    def searcher(self) -> Searcher:
        raise ZeroDivisionError("secret")


def test_a_fault_is_told_without_what_it_is_about() -> None:
    with TestClient(create_app(Broken(SCHEMA)), raise_server_exceptions=False) as client:
        told = problem(client, "/api/search", 500)
        assert "secret" not in json.dumps(told) and "log" in told["detail"]
        assert 'operation="search",status="500"} 1.0' in client.get("/metrics").text


# --- Other processes ----------------------------------------------------------------------


def test_commits_of_another_process_are_seen(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    indexed(SCHEMA, DOCUMENTS, path=folder)
    code = (
        "import sys; from searchlib import Index\n"
        "Index.open(sys.argv[1]).add([{'id': 'new', 'title': 'Seaside', 'author': 'Ann'}])"
    )
    with TestClient(create_app(folder)) as client:
        assert search(client, q="seaside", typos="false")["total"] == 0
        output_of(code, folder)
        found = search(client, q="seaside", facet="author")
        assert ids(found) == {"new"}
        assert [line["value"] for line in found["facets"]["author"]["lines"]] == ["Ann"]
        assert client.get("/health").json()["documents"] == 5


def test_searches_go_on_while_another_process_writes(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    indexed(SCHEMA, DOCUMENTS, path=folder)
    code = (
        "import sys; from searchlib import Index\n"
        "index = Index.open(sys.argv[1])\n"
        "for number in range(12):\n"
        "    with index.writer(memory=15_000_000) as writer:\n"
        "        writer.add({'id': f'n{number}', 'title': 'Seaside', 'author': 'Ann'})\n"
    )

    def read_on(client: TestClient, is_over: threading.Event) -> list[int]:
        totals = []
        while not is_over.is_set():
            found = search(client, q="seaside", facet="author", typos="false")
            assert found["total"] == sum(one["count"] for one in found["facets"]["author"]["lines"])
            totals.append(found["total"])
        return totals

    is_over = threading.Event()
    with TestClient(create_app(folder)) as client, ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read_on, client, is_over) for _ in range(3)]
        try:
            output_of(code, folder)
        finally:
            is_over.set()
        for reader in readers:
            totals = reader.result(30)
            assert totals == sorted(totals) and len(set(totals)) > 2  # never back, and often on
        assert search(client, q="seaside")["total"] == 12


def test_an_index_that_is_lost_is_a_server_out_of_order(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "index"
    indexed(SCHEMA, DOCUMENTS, path=folder)
    with TestClient(create_app(folder)) as client:
        output_of("import sys, searchlib; searchlib.reindex(sys.argv[1])", folder)
        (folder / "searchlib.json").write_text("{", "utf-8")
        told = problem(client, "/api/search", 503)
        assert told["code"] == "index" and str(folder) not in told["detail"]
        assert str(folder) in caplog.text  # but whoever runs it can read which, and why
        problem(client, "/health", 503)
        assert "searchlib_documents NaN" in client.get("/metrics").text


def free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_server_process_answers_until_it_is_told_to_stop(tmp_path: Path) -> None:
    folder, port = tmp_path / "index", free_port()
    indexed(SCHEMA, DOCUMENTS, path=folder)
    code = (
        "import sys; from searchlib.serve import run\n"
        "run(sys.argv[1], port=int(sys.argv[2]), root_path='/below', name='Texts')"
    )
    command = [sys.executable, "-c", code, str(folder), str(port)]
    with Popen(command, stderr=PIPE, text=True) as process:
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None
            try:
                return httpx2.get(f"{address}/health").status_code == 200
            except httpx2.ConnectError:
                return False

        wait_until(answers)
        assert httpx2.get(f"{address}/api/about").json()["name"] == "Texts"
        assert httpx2.get(f"{address}/openapi.json").json()["servers"] == [{"url": "/below"}]
        assert '{operation="about",status="200"} 1.0' in httpx2.get(f"{address}/metrics").text
        second = run_python(code, folder, port)
        assert second.returncode != 0 and "address already in use" in second.stderr
        process.terminate()
        said = process.communicate(timeout=20)[1]
    assert f"Uvicorn running on {address}" in said and "Traceback" not in said


def test_without_the_extra_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; import searchlib.serve"
    done = run_python(code)
    assert "MissingExtraError: the server takes uvicorn, which is not installed" in done.stderr
    assert "pip install 'searchlib[serve]'" in done.stderr
