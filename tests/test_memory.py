"""What is opened is closed, and a writer holds no more for being given more."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchlib import Index, Schema, Text
from searchlib.engine import pace as pace_module
from searchlib.engine.pace import _TAKING, Pace, _are_busy
from tests.conftest import SMALL, run_python

linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="not told here")

OPENS = """
import gc, os, sys, time
from pathlib import Path
from searchlib import Index, Schema, Text, verify
def held():
    gc.collect()
    samples = []
    for _ in range(20):  # threads end, and free what they have, a moment after who waits for them
        time.sleep(0.1)
        samples.append(once_held())
    return [min(some) for some in zip(*samples)]
def once_held():
    status = Path("/proc/self/status").read_text().split()
    return (
        len(os.listdir("/proc/self/fd")),
        Path("/proc/self/maps").read_text().count("\\n"),
        len(os.listdir("/proc/self/task")),
        int(status[status.index("RssAnon:") + 1]),
    )
def once():
    index = Index.open(sys.argv[1])
    assert index.search("maps", highlight=True, timeout=30).total == 3
    with index.writer(memory=15_000_000) as writer:
        writer.delete("nobody")
        writer.rollback()
for _ in range(30):
    once()
before = held()
for _ in range(60):
    once()
verify(sys.argv[1])
print(*[now - then for now, then in zip(held(), before)])
"""

GIVES_BACK = """
import ctypes, sys
from pathlib import Path
from threading import Thread
from searchlib import Index, Schema, Text
def own():
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("RssAnon:") + 1])
index = Index(Schema({"title": Text()}, languages=["en"]), sys.argv[1])
most = before = own()
for block in range(10):
    with index.writer() as writer:
        for number in range(5_000 * block, 5_000 * (block + 1)):
            title = f"maps {number} {7 * number} {-number}"
            writer.add({"id": f"d{number}", "title": title}, language="en")
        most = max(most, own())
after = own()
ctypes.CDLL(None).malloc_trim(0)
print(after - own(), most - before)
"""

ADDS = """
import sys
from pathlib import Path
from searchlib import Index, Schema, Text
def own():
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("RssAnon:") + 1]) // 1024
index = Index(Schema({"title": Text()}, languages=["en"]), sys.argv[1])
many = [{"id": f"document {n}", "title": "maps"} for n in range(1_000)]
with index.writer(memory=15_000_000) as writer:
    for _ in range(10):
        writer.add_many(many, language="en")  # replaced again and again
    before = own()
    for _ in range(30):
        writer.add_many(many, language="en")
    print(own() - before)
print(len(index))
"""


@linux
def test_opens_and_closes_leave_nothing(tmp_path: Path) -> None:
    index = Index(Schema({"title": Text()}, languages=["en"]), tmp_path / "index")
    for number in range(3):
        index.add([{"id": str(number), "title": "old maps"}])
    done = run_python(OPENS, tmp_path / "index", timeout=120)
    assert done.returncode == 0, done.stderr
    files, maps, threads, kilobytes = map(int, done.stdout.split())
    assert files <= 2
    assert maps <= 12  # those of memory itself come and go
    assert threads <= 2
    assert kilobytes < 12_000  # a writer's least memory is 15 MB


@linux
def test_what_a_writer_freed_is_given_back(tmp_path: Path) -> None:
    done = run_python(GIVES_BACK, tmp_path / "index", timeout=120)
    assert done.returncode == 0, done.stderr
    left, most = map(int, done.stdout.split())
    assert most > 40_000  # there was something to give back
    assert left < 4_000  # kilobytes


@linux
def test_what_is_replaced_takes_no_memory(tmp_path: Path) -> None:
    done = run_python(ADDS, tmp_path / "index", timeout=120)
    assert done.returncode == 0, done.stderr
    replaced, count = map(int, done.stdout.split())
    assert replaced < 20  # a kilobyte for each would be 30 MB
    assert count == 1_000


@linux
def test_who_is_too_far_ahead_waits_until_the_engine_has_caught_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[bool] = []

    def looked(names: tuple[str, ...]) -> bool:
        looks.append(_are_busy(names))
        return looks[-1]

    monkeypatch.setattr(pace_module, "_are_busy", looked)
    index = Index(Schema({"title": Text()}, languages=["en"]))
    with index.writer(memory=SMALL) as writer:
        # Analysed once, so that they come faster than the engine takes them in.
        prepared = writer._prepare({"id": "x", "title": "the old maps of the world " * 2_000}, "en")
        pace, was_busy = Pace(), False
        for number in range(60):
            writer._put(prepared._replace(id=str(number)))
            was_busy |= _are_busy(_TAKING)
        pace.hand(100_000_000)
        was_busy |= _are_busy(_TAKING)
        assert was_busy
        looks.clear()
        pace.hand(1_000)
        # As long as the engine was busy, and no longer.
        assert looks and not looks[-1] and all(looks[:-1])
    assert len(index) == 60
