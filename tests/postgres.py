"""A PostgreSQL server of the tests' own, from Debian's package, for as long as they run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

#: Where Debian puts the programs, which it leaves out of PATH.
DEBIAN: Final = Path("/usr/lib/postgresql")
#: Root may not run the server; the package makes this user.
OWNER: Final = "postgres" if os.geteuid() == 0 else None


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    path = os.pathsep.join([*map(str, reversed(folders)), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.fail(f"these tests need PostgreSQL's {name}: apt-get install postgresql")
    return found


def run(*command: str) -> None:
    done = subprocess.run(
        command, user=OWNER, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@contextmanager
def server() -> Iterator[str]:
    """Run a server that listens on a socket in its own folder; yield where to connect."""
    # Not pytest's folder: the path of a socket is short, and the server's user must get there.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        if OWNER is not None:
            shutil.chown(folder, OWNER)
        data = str(folder / "data")
        run(
            *(program("initdb"), f"--pgdata={data}", "--username=postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        log = str(folder / "log")
        run(program("pg_ctl"), "start", "--wait", "-D", data, "-l", log, "-o", options)
        try:
            yield f"postgresql:///postgres?host={folder}&user=postgres"
        finally:
            run(program("pg_ctl"), "stop", "--wait", "-D", data, "--mode=immediate")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server, with an empty database `postgres`, for all tests that write there.

    Use tables of names of your own, and drop them.
    """
    with server() as address:
        yield address
