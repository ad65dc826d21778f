"""What a power cut leaves, at some moments of a writer's life."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.powerloss import Disk, problems


def can_trace() -> bool:
    """Whether there is an strace, and it may trace."""
    if shutil.which("strace") is None:
        return False
    return not subprocess.run(
        ["strace", "-qq", "true"], capture_output=True, check=False
    ).returncode


@pytest.mark.skipif(not can_trace(), reason="system calls cannot be traced here")
def test_no_commit_is_lost_to_power_cuts(tmp_path: Path) -> None:
    found = list(problems(tmp_path / "cut", states=25, seed=20221115))
    assert len(found) == 25
    assert [one for one in found if one is not None] == []


def test_the_disk_on_paper_loses_what_was_not_synced(tmp_path: Path) -> None:
    """The harness itself: what it says may be left is what may."""

    def text(value: str) -> str:
        return "".join(f"\\x{byte:02x}" for byte in value.encode())

    def left(moment: int) -> set[str]:
        """All that may be there, as text."""
        states = (disk.left(moment, chance, is_ordered=True) for _ in range(3_000))
        return {
            " ".join(f"{path[-1]}={state[path]!r}" for path in sorted(state)) for state in states
        }

    folder, chance = str(tmp_path), Random(1)
    a, b = text(f"{folder}/a"), text(f"{folder}/b")
    lines = [
        f'openat(AT_FDCWD, "{a}", O_WRONLY|O_CREAT, 0666) = 3',
        f'write(3, "{text("12")}", 2) = 2',
        "fsync(3) = 0",
        f'write(3, "{text("34")}", 2) = 2',
        f'rename("{a}", "{b}") = 0',
        f'openat(AT_FDCWD, "{text(folder)}", O_RDONLY) = 4',
        "fsync(4) = 0",
        f'unlink("{b}") = 0',
    ]
    disk = Disk(tmp_path)
    disk.replay(lines)
    named, written, synced, more, renamed, lasting, unlinked = map(left, range(1, 8))
    assert named == {"", "a=b''"}
    assert written == {"", "a=b''", "a=b'12'", "a=b'1'", r"a=b'\x00\x00'", r"a=b'1\x00'"}
    assert synced == {"", "a=b'12'"}
    content = {"b'12'", "b'1234'", "b'123'", r"b'12\x00\x00'", r"b'123\x00'"}
    assert more == {"", *(f"a={one}" for one in content)}
    assert renamed == {*more, *(f"b={one}" for one in content)}
    assert lasting == {f"b={one}" for one in content}
    assert unlinked == {"", *lasting}
