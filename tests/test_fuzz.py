"""A short run of the fuzzer; ``python -m tests.fuzz`` looks for as long as one likes."""

from __future__ import annotations

import re
from random import Random

import pytest

from searchlib import Index, SearchlibError
from tests.conftest import ROOT, run_python
from tests.fuzz_targets import TARGETS, Bytes


@pytest.mark.parametrize(("target", "runs"), [("query", 100), ("document", 15)])
def test_no_input_breaks_a_law(target: str, runs: int) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from tests.fuzz import fuzz; "
    code += "sys.argv[1:] = []; fuzz('TARGET', 60, RUNS, 7)"
    code = code.replace("TARGET", target).replace("RUNS", str(runs))
    done = run_python(code, ROOT, timeout=200)
    assert done.returncode == 0, done.stderr[-2_000:]
    count = re.search(r"executed_units: +(\d+)", done.stdout + done.stderr)
    assert count
    assert int(count[1]) >= runs


@pytest.mark.parametrize("target", TARGETS)
def test_random_bytes_do_in_place_of_a_fuzzer(target: str) -> None:
    random = Random(7)
    for _ in range(6):
        TARGETS[target](Bytes(random.randbytes(random.randrange(300))))


def test_a_law_that_is_broken_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_: Index, document_id: str) -> None:
        return None

    monkeypatch.setattr(Index, "get", lost)
    with pytest.raises(AssertionError):
        TARGETS["document"](Bytes(b"\0" * 9))
    assert not issubclass(AssertionError, SearchlibError)
