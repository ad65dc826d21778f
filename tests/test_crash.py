"""A process that is killed while it writes, one that is forked, and the lock of a writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer
from typing import Final

import pytest

from searchlib import Index, IndexLockedError, Schema, Text, verify
from tests.conftest import ROOT, SMALL, SOURCE, run_python

SCHEMA: Final = Schema({"title": Text()}, languages=["en"])
posix: Final = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")

HOLD: Final = """
import sys, time
from searchlib import Index
writer = Index.open(sys.argv[1]).writer(memory=15_000_000)
writer.add({"id": "held", "title": "held"})
print("holding", flush=True)
time.sleep(60)
"""


@posix
def test_no_commit_is_lost_to_kills(tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests.crash import main; "
    code += "from pathlib import Path; print(sum(main(Path(sys.argv[1]), 15, 7).values()))"
    done = run_python(code, ROOT, tmp_path / "index", timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.split() == ["15"]


def test_the_lock_names_its_holder_and_goes_with_it(tmp_path: Path) -> None:
    index = Index(SCHEMA, tmp_path / "index")
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "index")],
        stdout=subprocess.PIPE,
        env=environment,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"holding"
        with pytest.raises(IndexLockedError, match=f"process {holder.pid}") as caught:
            index.writer(memory=SMALL)
        assert caught.value.pid == holder.pid
        began = time.monotonic()
        with pytest.raises(IndexLockedError):
            index.writer(memory=SMALL, wait=0.3)
        assert 0.3 <= time.monotonic() - began < 5
        Timer(0.2, holder.send_signal, [signal.SIGKILL]).start()
        with index.writer(memory=SMALL, wait=30) as writer:
            writer.add({"id": "mine", "title": "mine"})
    finally:
        holder.kill()
        holder.communicate()
    assert index.search().ids == ("mine",)


def test_the_lock_of_this_process_is_told_from_others(tmp_path: Path) -> None:
    for path in (None, tmp_path / "index"):
        index = Index(SCHEMA, path)
        with index.writer(memory=SMALL), pytest.raises(IndexLockedError) as caught:
            index.writer(memory=SMALL)
        assert caught.value.pid == os.getpid()
        assert "in this process:" in str(caught.value)


FORK: Final = """
import os, sys
from searchlib import Index, Schema, SearchlibError, Text
index = Index(Schema({"title": Text()}, languages=["en"]), sys.argv[1])
index.add([{"id": "before", "title": "maps"}])
writer = index.writer(memory=15_000_000)
writer.add({"id": "parent", "title": "maps"})
child = os.fork()
if not child:
    print(index.search("maps").ids, flush=True)
    for use in (lambda: writer.add({"id": "child", "title": "maps"}), writer.commit, writer.close):
        try:
            use()
            print("done", flush=True)
        except SearchlibError as error:
            print(type(error).__name__, flush=True)
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(status, flush=True)
if sys.argv[2] == "die":  # with a forked process that lives on
    if not os.fork():
        os.close(1), os.close(2)
        import time; time.sleep(30); os._exit(0)
    os._exit(0)
writer.commit()
writer.close()
print(sorted(index.search("maps").ids))
"""


@posix
def test_a_forked_process_reads_and_leaves_the_writer_alone(tmp_path: Path) -> None:
    done = run_python(FORK, tmp_path / "index", "live")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "('before',)",
        "WriterClosedError",
        "WriterClosedError",
        "done",
        "0",
        "['before', 'parent']",
    ]
    assert "panicked" not in done.stderr


@posix
def test_a_forked_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    done = run_python(FORK, tmp_path / "index", "die")
    assert done.returncode == 0, done.stderr
    index = Index.open(tmp_path / "index")
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files are not listed here")
    index.add([{"id": "after", "title": "maps"}])
    assert sorted(index.search("maps").ids) == ["after", "before"]
    assert verify(tmp_path / "index").is_whole
