"""One writes, eight threads and two processes read, others try to write: for as long as you like.

    python -m tests.concurrency FOLDER SECONDS

Each commit replaces all documents by as many of the next generation; merges, backups and checks go
on beside it. Every search must see one generation whole, and no earlier one than the search before;
whoever else wants to write is refused at once, with the number of the process that does.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from searchlib import Index, IndexLockedError, Integer, Schema, Text, backup, verify

SCHEMA: Final = Schema({"title": Text(), "generation": Integer()}, languages=["en"])
_DOCUMENTS: Final = 40
_THREADS: Final = 8


def generation(number: int) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "title": f"word generation{number}", "generation": number}
        for n in range(_DOCUMENTS)
    ]


def read(index: Index, latest: float) -> int:
    """Search until then; return how often."""
    searches = least = 0
    while time.monotonic() < latest:
        result = index.search(
            "word", limit=_DOCUMENTS, facets=["generation"], sort="generation", highlight=True
        )
        seen = {hit["generation"] for hit in result}
        assert len(result) == result.total == _DOCUMENTS, (len(result), result.total)
        assert len(seen) == 1, seen
        assert result.facets["generation"].as_dict() == {min(seen): _DOCUMENTS}
        assert min(seen) >= least, (min(seen), least)
        least = min(seen)
        assert index.get("7") is not None
        searches += 1
    return searches


def read_in_process(folder: str, latest: float, answers: Any) -> None:
    """A process that reads, and now and then tries to write."""
    index = Index.open(folder)
    searches = refusals = 0
    while time.monotonic() < latest:
        searches += read(index, min(time.monotonic() + 0.2, latest))
        refusals += refused(index, os.getppid())
    answers.put((searches, refusals))


def refused(index: Index, holder: int) -> int:
    began = time.monotonic()
    try:
        index.writer(memory=15_000_000).close()
    except IndexLockedError as error:
        assert error.pid == holder, (error.pid, holder)
        assert time.monotonic() - began < 5
        return 1
    raise AssertionError("two writers at once")


def main(folder: Path, seconds: float) -> Counter[str]:
    """Let all run; return how often each did what.

    Raises:
        AssertionError: a search saw no whole commit, or two could write.
    """
    path = folder / "index"
    index = Index(SCHEMA, path)
    index.add(generation(0))
    done: Counter[str] = Counter()
    wrong: list[BaseException] = []
    answers: Any = multiprocessing.get_context("spawn").SimpleQueue()

    def guarded(name: str, work: Callable[[], int]) -> threading.Thread:
        def run() -> None:
            try:
                done[name] += work()
            except BaseException as error:
                wrong.append(error)

        return threading.Thread(target=run)

    def check() -> int:
        checks = 0
        while time.monotonic() < latest:
            assert verify(path).problems == ()
            assert backup(path, folder / f"copy-{checks}").documents == _DOCUMENTS
            assert refused(index, os.getpid())
            checks += 1
            time.sleep(0.1)
        return checks

    with index.writer(memory=15_000_000) as writer:
        latest = time.monotonic() + seconds
        given = str(path), latest, answers
        fork, spawn = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")
        processes: list[Any] = [
            fork.Process(target=read_in_process, args=given),
            spawn.Process(target=read_in_process, args=given),
        ]
        for process in processes:
            process.start()
        threads = [
            guarded("searches of threads", lambda: read(index, latest)) for _ in range(_THREADS)
        ]
        threads.append(guarded("checks and backups", check))
        for thread in threads:
            thread.start()
        while time.monotonic() < latest and not wrong:
            writer.add_many(generation(done["commits"] + 1))
            writer.commit()
            done["commits"] += 1
        for thread in threads:
            thread.join()
        for process in processes:
            process.join(60)
            assert process.exitcode == 0, process.exitcode
            searches, refusals = answers.get()
            done["searches of processes"] += searches
            done["second writers refused"] += refusals
    if wrong:
        raise wrong[0]
    assert verify(path).is_whole
    return done


if __name__ == "__main__":
    for name, count in sorted(main(Path(sys.argv[1]), float(sys.argv[2])).items()):
        print(f"{name}: {count}")
    print("lost: 0")
