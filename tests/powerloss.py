"""Cuts the power at every moment of a writer's life, on paper, and opens what would be on the disk.

    python -m tests.powerloss FOLDER STATES SEED [--unordered]

A process that makes an index, commits, merges, rebuilds and restores it runs under ``strace``,
which tells every change that it makes to files. A power cut after any of them leaves what was
synced, and of the rest what the system had got round to: of a file's content all, a part, zeros or
nothing, of the names in folders those up to some moment, as file systems with a journal keep them.
With ``--unordered`` each name by itself is kept or lost, as without a journal.

Each state is put into a folder. The index there must open, be whole, hold exactly the last commit
that ``commit()`` had returned from or the one being made, and take writes.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from searchlib import Index, SearchlibError, backup, reindex, restore, verify
from tests.crash import SCHEMA, State, after, document

_CALLS: Final = (
    "open,openat,creat,write,pwrite64,writev,rename,renameat,renameat2,unlink,unlinkat,fsync,"
    "fdatasync,ftruncate,mkdir,mkdirat,rmdir,close,dup,dup2,dup3,fcntl,lseek,link,linkat"
)
_LINE: Final = re.compile(r"(\d+) +(.*)")
_UNFINISHED: Final = " <unfinished ...>"
_RESUMED: Final = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_CALL: Final = re.compile(r"(\w+)\((.*)\) += (-?\d+)", re.S)
_STRING: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_COMMITS: Final = 6


# --- The writer ----------------------------------------------------------------------------


def write(folder: Path, seed: int) -> None:
    """Change an index, and say in a file beside it what was done and is being done."""
    chance = random.Random(seed)
    marks = os.open(folder / "marks", os.O_WRONLY | os.O_CREAT)

    def tell(*message: Any) -> None:
        os.write(marks, json.dumps(message).encode() + b"\n")

    path = folder / "index"
    index = Index(SCHEMA, path)
    tell("made")
    for number in range(_COMMITS):
        with index.writer(memory=15_000_000) as writer:
            for _ in range(3):  # eight segments of about a size are merged
                changes: list[Any] = [document(chance) for _ in range(chance.randrange(1, 6))]
                changes += [f"d{chance.randrange(60)}" for _ in range(chance.randrange(3))]
                for change in changes:
                    if isinstance(change, str):
                        writer.delete(change)
                    else:
                        writer.add(change, language="en")
                tell("committing", changes)
                writer.commit()
                tell("committed")
        if number == 2:
            reindex(path)
        if number == 3:
            backup(path, folder / "copy")
            restore(folder / "copy", path)
            shutil.rmtree(folder / "copy")


def trace(folder: Path, seed: int) -> list[str]:
    """Run the writer in a folder; return what strace says of it, a line a call."""
    log = folder.with_name("trace.txt")
    # All strings in hexadecimal, so that nothing in them looks like something else.
    command = ["strace", "-f", "-qq", "-xx", "-s", "100000000", "-e", f"trace={_CALLS}"]
    code = "import sys; from tests.powerloss import *; write(Path(sys.argv[1]), int(sys.argv[2]))"
    command += ["-e", "signal=none", "-o", str(log), sys.executable, "-c", code]
    paths = [str(Path(__file__).resolve().parents[1]), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    subprocess.run(
        [*command, str(folder), str(seed)], check=True, env=environment, capture_output=True
    )
    whole: list[str] = []
    begun: dict[str, str] = {}
    for line in log.read_text("ascii").splitlines():
        match = _LINE.fullmatch(line)
        assert match, line
        thread, text = match.groups()
        if text.endswith(_UNFINISHED):
            begun[thread] = text.removesuffix(_UNFINISHED)
            if text.startswith("close("):
                # Its number is free from now on: another thread may be given it before this one
                # is told that it has closed the file.
                whole.append(f"{begun[thread]}) = 0")
        elif resumed := _RESUMED.fullmatch(text):
            if not begun[thread].startswith("close("):
                whole.append(begun[thread] + resumed[1])
            del begun[thread]
        else:
            whole.append(text)
    return whole


# --- What it did to files ------------------------------------------------------------------


@dataclass
class File:
    """A file or folder, whatever its name.

    Attributes:
        contents: (moment, content) after each change.
        synced: (moment, content) after each sync.
    """

    is_folder: bool = False
    contents: list[tuple[int, bytes]] = field(default_factory=lambda: [(-1, b"")])
    synced: list[tuple[int, bytes]] = field(default_factory=lambda: [(-1, b"")])


@dataclass
class _Open:
    file: File
    path: str
    place: int = 0


@dataclass
class Name:
    """A change to a folder: a name that stands for a file from then on, or, with None, for none."""

    moment: int
    path: str
    file: File | None
    group: int  # both of a rename, which happen together
    durable: int | None = None  # the moment of the sync that made it last


class Disk:
    """All that a process did to the files below a folder, in order.

    Attributes:
        names: the changes of names.
        moment: how many changes there were.
        marks: (moment, what the writer told).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.names: list[Name] = []
        self.moment = 0
        self.marks: list[tuple[int, list[Any]]] = []
        self._now: dict[str, File] = {str(folder): File(is_folder=True)}
        self._open: dict[int, _Open] = {}

    def replay(self, lines: list[str]) -> None:
        for line in lines:
            match = _CALL.match(line)
            if match and not match[3].startswith("-"):
                self._call(match[1], match[2], int(match[3]))

    def _call(self, call: str, arguments: str, result: int) -> None:
        strings = [bytes.fromhex(found.replace("\\x", "")) for found in _STRING.findall(arguments)]
        plain = [part.strip() for part in _STRING.sub('""', arguments).split(",")]
        if call in ("open", "creat", "openat"):
            at = plain[0] if call == "openat" else "AT_FDCWD"
            self._opened(self._path(at, strings[0]), " ".join(plain), result)
        elif call in ("rename", "renameat", "renameat2"):
            two = (plain[0], plain[2]) if call != "rename" else ("AT_FDCWD", "AT_FDCWD")
            self._rename(*(self._path(at, name) for at, name in zip(two, strings, strict=True)))
        elif call in ("unlink", "rmdir", "unlinkat", "mkdir", "mkdirat"):
            path = self._path(plain[0] if call.endswith("at") else "AT_FDCWD", strings[0])
            if self._is_ours(path):
                self._name(path, File(is_folder=True) if call.startswith("mkdir") else None)
        elif call in ("link", "linkat", "writev"):
            assert not any(self._is_ours(os.fsdecode(name)) for name in strings), call
        elif call in ("dup", "dup2", "dup3") or (call == "fcntl" and "F_DUPFD" in arguments):
            if int(plain[0]) in self._open:
                self._open[result] = self._open[int(plain[0])]
        elif call == "close":
            self._open.pop(int(plain[0]), None)
        elif (opened := self._open.get(int(plain[0]))) is not None:
            self._change(call, opened, plain, strings, result)

    def _change(
        self, call: str, opened: _Open, plain: list[str], strings: list[bytes], result: int
    ) -> None:
        file, content = opened.file, opened.file.contents[-1][1]
        if call == "lseek":
            opened.place = result
        elif call in ("write", "pwrite64"):
            data = strings[0][:result]
            place = int(plain[3]) if call == "pwrite64" else opened.place
            if call == "write":
                opened.place += result
            if opened.path == self.folder + "/marks":
                self.marks.append((self.moment, json.loads(data)))
                return
            content = content.ljust(place, b"\0")
            self._content(file, content[:place] + data + content[place + len(data) :])
        elif call == "ftruncate":
            size = int(plain[1])
            self._content(file, content[:size].ljust(size, b"\0"))
        elif call in ("fsync", "fdatasync"):
            self.moment += 1
            file.synced.append((self.moment, content))
            for name in self.names if file.is_folder else ():
                if os.path.dirname(name.path) == opened.path and name.durable is None:
                    name.durable = self.moment

    def _content(self, file: File, content: bytes) -> None:
        self.moment += 1
        file.contents.append((self.moment, content))

    def _opened(self, path: str, flags: str, descriptor: int) -> None:
        if not self._is_ours(path):
            self._open.pop(descriptor, None)
            return
        if path not in self._now:
            assert "O_CREAT" in flags, (path, flags)
            self._name(path, File())
        elif "O_TRUNC" in flags:
            self._content(self._now[path], b"")
        self._open[descriptor] = _Open(self._now[path], path)

    def _rename(self, old: str, new: str) -> None:
        if not self._is_ours(old):
            return
        file = self._now[old]
        inside = [path for path in self._now if path.startswith(old + "/")]
        self._name(old, None)
        group = self.names[-1].group
        self._name(new, file, group)
        for path in inside:  # a folder goes with all in it
            inner = self._now[path]
            self._name(path, None, group)
            self._name(new + path.removeprefix(old), inner, group)

    def _name(self, path: str, file: File | None, group: int | None = None) -> None:
        self.moment += group is None  # both halves of a rename are one moment
        self.names.append(Name(self.moment, path, file, group or self.moment))
        if file is None:
            self._now.pop(path, None)
        else:
            self._now[path] = file

    def _path(self, at: str, name: bytes) -> str:
        path = os.fsdecode(name)
        if at != "AT_FDCWD" and not path.startswith("/"):
            opened = self._open.get(int(at))
            return "" if opened is None else f"{opened.path}/{path}"
        return os.path.abspath(path)

    def _is_ours(self, path: str) -> bool:
        return path == self.folder or path.startswith(self.folder + "/")

    # --- What a power cut leaves -----------------------------------------------------------

    def left(self, moment: int, chance: random.Random, *, is_ordered: bool) -> dict[str, Any]:
        """What may be on the disk after a cut at a moment: path → content, None for a folder."""
        done = [name for name in self.names if name.moment <= moment]
        groups = list(dict.fromkeys(name.group for name in done))
        lasting = {n.group for n in done if n.durable is not None and n.durable <= moment}
        if is_ordered:
            least = max((groups.index(group) for group in lasting), default=-1) + 1
            kept = set(
                groups[: chance.choice([least, len(groups), chance.randint(least, len(groups))])]
            )
        else:
            share = chance.random()
            kept = {group for group in groups if group in lasting or chance.random() < share}
        tree: dict[str, File] = {}
        for name in done:
            if name.group not in kept:
                continue
            if name.file is None:
                tree.pop(name.path, None)
            else:
                tree[name.path] = name.file
        fate = chance.choice(["all", "synced", "mixed"])
        return {
            path: None if file.is_folder else _content(file, moment, fate, chance)
            for path, file in tree.items()
        }


def _content(file: File, moment: int, fate: str, chance: random.Random) -> bytes:
    """What is left of a file's content."""
    written = file.contents[bisect_right(file.contents, moment, key=lambda one: one[0]) - 1][1]
    synced = file.synced[bisect_right(file.synced, moment, key=lambda one: one[0]) - 1][1]
    if fate == "mixed":
        fate = chance.choice(["all", "synced", "cut", "zeros"])
    if fate == "all":
        return written
    if fate == "synced" or synced == written:
        return synced
    kept = chance.randint(0, len(written))
    if written.startswith(synced):
        kept = max(kept, len(synced))
    return written[:kept] + bytes(len(written) - kept if fate == "zeros" else 0)


# --- What is made of it --------------------------------------------------------------------


def put(state: dict[str, Any], disk: Disk, target: Path) -> None:
    target.mkdir()
    for path, content in state.items():
        place = target / os.path.relpath(path, disk.folder)
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
        elif place.parent.is_dir():  # else its folder is lost, and it with it
            place.write_bytes(content)


def expected(disk: Disk, moment: int) -> tuple[bool, list[State]]:
    """Whether there must be an index at a moment, and what it may hold."""
    is_made, state, possible = False, State(), [State()]
    for when, (kind, *rest) in disk.marks:
        if when > moment:
            break
        if kind == "made":
            is_made = True
        elif kind == "committing":
            possible = [state, after(state, rest[0])]
        else:
            state = possible[-1]
            possible = [state]
    return is_made, possible


def problem(folder: Path, is_made: bool, possible: list[State]) -> str | None:
    """What is wrong with what a power cut left; None if nothing is."""
    path = folder / "index"
    try:
        if is_made:
            found = verify(path)
            if not found.is_whole:
                return f"not whole: {'; '.join(found.problems)}"
        index = Index.open(path) if is_made else Index(SCHEMA, path)
        left = {one["id"]: one for one in index.documents()}
        if left not in possible:
            return f"{len(left)} documents, not {list(map(len, possible))}"
        probe = {"id": "probe", "title": "probe", "tag": "a", "n": 1}
        index.add([probe], language="en")
        if index.search("probe").ids != ("probe",) or not verify(path).is_whole:
            return "not whole after a write"
    except SearchlibError as error:
        return f"{type(error).__name__}: {error}"
    return None


def problems(
    folder: Path, states: int, seed: int, *, is_ordered: bool = True
) -> Iterator[str | None]:
    """Yield what is wrong with each state tried, None where nothing is."""
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / "work"
    work.mkdir(parents=True)
    disk = Disk(work)
    disk.replay(trace(work, seed))
    assert len(disk.marks) == 1 + 2 * 3 * _COMMITS
    chance = random.Random(seed)
    for number in range(states):
        # Evenly over all moments, some more than once or none.
        moment = (number * disk.moment + chance.randrange(disk.moment)) // states
        left = folder / f"left-{number}"
        put(disk.left(moment, chance, is_ordered=is_ordered), disk, left)
        wrong = problem(left, *expected(disk, moment))
        shutil.rmtree(left, ignore_errors=True)
        yield None if wrong is None else f"moment {moment} of {disk.moment}: {wrong}"


def main() -> int:
    folder, states, seed, *rest = sys.argv[1:]
    found = list(problems(Path(folder), int(states), int(seed), is_ordered=not rest))
    wrong = [one for one in found if one is not None]
    kinds = Counter(re.sub(r"[0-9a-f]{32}|\d+|'[^']*'", "…", one) for one in wrong)
    for kind, count in kinds.most_common(10):
        print(f"{count} times {kind}"[:300])
    print(f"power cuts: {len(found)}, lost: {len(wrong)}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
