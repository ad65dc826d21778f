"""Threads that read while one writes, and that share one index."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import Any

import pytest

from searchlib import Index, IndexLockedError, Integer, Schema, Text, analyze
from tests.conftest import ROOT, SMALL, indexed, run_python

SCHEMA = Schema({"title": Text()}, languages=["en"])


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_readers_see_whole_commits_only(place: str, tmp_path: Path) -> None:
    """Each commit replaces all documents by as many of the next generation."""
    index = Index(SCHEMA, None if place == "memory" else tmp_path)
    batch = 8

    def generation(number: int) -> list[dict[str, str]]:
        return [{"id": str(n), "title": f"word generation{number}"} for n in range(batch)]

    index.add(generation(0))
    done = Event()

    def read() -> int:
        rounds = 0
        while not done.is_set() or rounds == 0:
            result = index.search("word", limit=100)
            assert result.total == len(result) == batch
            assert len({hit["title"] for hit in result}) == 1
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            with index.writer(memory=SMALL) as writer:
                for number in range(1, 12):
                    writer.add_many(generation(number))
                    writer.commit()
        finally:
            done.set()
        assert all(reader.result() > 0 for reader in readers)
    assert {hit["title"] for hit in index.search("word")} == {"word generation11"}


def test_one_thread_of_many_gets_the_writer() -> None:
    index = Index(SCHEMA)
    holding, release = Event(), Event()

    def hold() -> None:
        with index.writer(memory=SMALL) as writer:
            writer.add({"id": "held"})
            holding.set()
            release.wait(10)

    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(hold)
        assert holding.wait(10)
        try:
            with pytest.raises(IndexLockedError):
                index.add([{"id": "other"}])
        finally:
            release.set()
        held.result()
    assert index.search().ids == ("held",)


def test_threads_share_one_analysis() -> None:
    texts = [f"Đường {n} l’été 東京 ประเทศไทย coopération{n}" for n in range(200)]
    expected = [analyze(text, "fr") for text in texts]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda text: analyze(text, "fr"), texts * 3)
        assert list(found) == expected * 3


def test_threads_share_one_index() -> None:
    documents = [{"id": str(n), "title": f"lion number{n}"} for n in range(50)]
    index = indexed(SCHEMA, documents[:25], documents[25:])
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: index.search(f"number{n}", highlight=True).ids, range(50))
        assert list(found) == [(str(n),) for n in range(50)]


def test_threads_and_processes_read_while_one_writes(tmp_path: Path) -> None:
    """Two seconds of what ``python -m tests.concurrency`` does for as long as one likes."""
    code = "import sys; from pathlib import Path; from tests.concurrency import main\n"
    code += "if __name__ == '__main__': print(dict(main(Path(sys.argv[1]), 2.0)))"
    script = tmp_path / "script.py"  # which a spawned process reads anew
    script.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", "utf-8")
    run = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], check=True)"
    done = run_python(run, script, tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    counts = ast.literal_eval(done.stdout)
    assert counts["commits"] > 0
    assert counts["searches of threads"] > 8
    assert counts["searches of processes"] > 1
    assert counts["second writers refused"] > 1


def test_no_thread_puts_an_older_commit_in_the_place_of_a_newer_one(tmp_path: Path) -> None:
    """A thread is held where it has read the last commit and not yet said so; meanwhile comes
    another commit, and others look for it."""
    index = Index(Schema({"n": Integer()}), tmp_path / "index")
    index.add([{"id": "a", "n": 1}])
    store = index._store
    slow, held, go = store._index, Event(), Event()

    class Slow:
        """The engine's index, which one thread waits for after it has read it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(slow, name)

        def searcher(self) -> Any:
            searcher = slow.searcher()
            if current_thread().name == "slow":
                held.set()
                go.wait(10)
            return searcher

    store._index = Slow()  # type: ignore[assignment]
    late = Thread(target=store.refresh, name="slow")
    late.start()
    assert held.wait(10)
    adding = Thread(target=index.add, args=([{"id": "b", "n": 2}],))
    adding.start()
    adding.join(1)
    go.set()
    late.join(10)
    adding.join(10)
    assert len(index) == 2
    assert index.search().total == 2
