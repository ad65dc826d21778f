"""A PostgreSQL server of the tests' own, from Debian's package, for as long as they run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import pytest

#: Where Debian puts the programs, which it leaves out of PATH.
DEBIAN: Final = Path("/usr/lib/postgresql")
#: Root may not run the server; the package makes this user.
OWNER: Final = "postgres" if os.geteuid() == 0 else None

#: Ends the server, and what it wrote, when the pipe is closed: by the tests, or by their death.
KEEPER: Final = """
folder=$1; shift
"$@" & server=$!
read -r _
kill -INT "$server"; wait "$server"
rm -rf "$folder"
"""


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    path = os.pathsep.join([*map(str, reversed(folders)), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.fail(f"these tests need PostgreSQL's {name}: apt-get install postgresql")
    return found


@contextmanager
def server() -> Iterator[str]:
    """Run a server that listens on a socket in its own folder; yield where to connect."""
    # Not pytest's folder: the path of a socket is short, and the server's user must get there.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if OWNER is not None:
        shutil.chown(folder, OWNER)
    data = str(folder / "data")
    made = subprocess.run(
        [
            *(program("initdb"), f"--pgdata={data}", "--username=postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        user=OWNER,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *("sh", "-c", KEEPER, "sh", str(folder), program("postgres"), "-D", data),
                *("-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"),
                *("-c", "fsync=off"),
            ],
            user=OWNER,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    with process:
        deadline = monotonic() + 60
        ready = [program("pg_isready"), "--quiet", f"--host={folder}"]
        while subprocess.run(ready, check=False).returncode:
            assert monotonic() < deadline, (folder / "log").read_text("utf-8")
            sleep(0.05)
        yield f"postgresql:///postgres?host={folder}&user=postgres"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server, with an empty database `postgres`, for all tests that write there.

    Use tables of names of your own, and drop them.
    """
    with server() as address:
        yield address
