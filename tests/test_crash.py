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


@posix
def test_no_commit_is_lost_to_interrupts(tmp_path: Path) -> None:
    """Ctrl-C in the midst of it: the writer is closed, the process goes on and ends."""
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests.interrupt import main; "
    code += "from pathlib import Path; print(main(Path(sys.argv[1]), 5, 7))"
    done = run_python(code, ROOT, tmp_path / "index", timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.split() == ["5"]


@posix
@pytest.mark.parametrize("lock", [".tantivy-meta.lock", ".tantivy-writer.lock"])
def test_a_forked_process_keeps_no_lock_of_a_thread(tmp_path: Path, lock: str) -> None:
    """A thread that opens or commits holds a lock for a moment. A process that is forked just then
    has the file open too, and the thread is not there to close it: all would wait for ever."""
    folder = tmp_path / "index"
    Index(SCHEMA, folder).add([{"id": "1", "title": "maps"}])
    code = """
import fcntl, os, sys, time
from searchlib import Index
held = os.open(os.path.join(sys.argv[1], "data-1", sys.argv[2]), os.O_RDWR)
fcntl.flock(held, fcntl.LOCK_EX)
child = os.fork()
if not child:
    os.close(1), os.close(2)
    time.sleep(60)
    os._exit(0)
os.close(held)
index = Index.open(sys.argv[1])
index.add([{"id": "2", "title": "maps"}])
print(sorted(index.search("maps").ids))
os.kill(child, 9)
"""
    done = run_python(code, folder, lock, timeout=30)
    assert done.stdout.strip() == "['1', '2']", done.stderr


@posix
@pytest.mark.parametrize("kind", ["fork", "spawn"])
def test_workers_of_multiprocessing_read(tmp_path: Path, kind: str) -> None:
    code = """
import multiprocessing, sys
from searchlib import Index, Schema, Text
def ask(word):
    index = INDEX if "INDEX" in globals() else Index.open(sys.argv[1])
    return index.search(word).ids
if __name__ == "__main__":
    INDEX = Index(Schema({"title": Text()}, languages=["en"]), sys.argv[1])
    INDEX.add([{"id": str(n), "title": f"word{n}"} for n in range(30)])
    INDEX.search("word1")
    with multiprocessing.get_context(sys.argv[2]).Pool(3) as pool:
        print(pool.map(ask, [f"word{n}" for n in range(30)]) == [(str(n),) for n in range(30)])
"""
    script = tmp_path / "script.py"
    script.write_text(code, "utf-8")
    code = "import runpy, sys; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
    if kind == "spawn":  # which reads the script anew
        code = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], check=True)"
    done = run_python(code, script, tmp_path / "index", kind)
    assert done.stdout.strip() == "True", done.stderr


@pytest.mark.parametrize("how", ["", "sys.exit(0)", "raise KeyboardInterrupt", "index.search('a')"])
def test_an_interpreter_ends_with_a_writer_open(tmp_path: Path, how: str) -> None:
    code = f"""
import sys
from searchlib import Index, Schema, Text
index = Index(Schema({{"title": Text()}}, languages=["en"]), sys.argv[1])
index.add([{{"id": "before", "title": "maps"}}])
writer = index.writer(memory=15_000_000)
writer.add_many({{"id": str(n), "title": f"maps {{n}}"}} for n in range(3_000))
{how}
"""
    began = time.monotonic()
    done = run_python(code, tmp_path / "index")
    assert time.monotonic() - began < 40
    assert "panicked" not in done.stderr
    assert done.returncode == (0 if "Interrupt" not in how else -signal.SIGINT), done.stderr
    index = Index.open(tmp_path / "index")
    assert index.search().ids == ("before",)
    index.add([{"id": "after", "title": "maps"}])


def test_an_interpreter_ends_with_searches_given_up(tmp_path: Path) -> None:
    code = """
from searchlib import Index, Schema, SearchTimeoutError, Text
index = Index(Schema({"title": Text()}, languages=["en"]))
index.add({"id": str(n), "title": f"maps word{n} w{n % 7}"} for n in range(3_000))
for _ in range(10):
    try:
        index.search("/.*a.*/ " * 200, regex=True, timeout=0.01)
    except SearchTimeoutError:
        print("given up")
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == "given up"
    assert done.stderr == ""
