"""What analysis, adding and searching do is counted, not timed: a regression shows on any machine.

Where a change does more on purpose, or less: ``python benchmarks/work.py --set``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.work import CEILINGS, counts, over
from searchlib import Index
from searchlib.analysis import Analyzer
from searchlib.analysis.columns import COMPILED
from searchlib.engine.snapshot import Snapshot
from searchlib.writer import Writer

pytestmark = pytest.mark.skipif(
    not COMPILED, reason="what is compiled calls no Python: the ceilings are those of that"
)


@pytest.fixture(scope="module")
def ceilings() -> dict[str, float]:
    found: dict[str, float] = json.loads(CEILINGS.read_text())
    return found


def test_nothing_does_more_than_its_ceiling(ceilings: dict[str, float]) -> None:
    found = counts()
    above = over(found, ceilings)
    assert not above, f"more work than before; if on purpose: benchmarks/work.py --set: {above}"
    # A ceiling far above what is counted would hold nothing.
    loose = {name: count for name, count in found.items() if count < 0.5 * ceilings[name]}
    assert not loose, f"less work than before: benchmarks/work.py --set: {loose}"
    assert found.keys() == {name for name in ceilings if "instructions" not in name}


def _more(owner: type, name: str, more: Callable[..., object]) -> Callable[..., Any]:
    """A method that does something more before."""
    method = getattr(owner, name)

    def mutated(self: Any, *given: Any, **named: Any) -> Any:
        held = more(self, *given, **named)  # noqa: F841  stays in memory meanwhile
        return method(self, *given, **named)

    return mutated


def _nothing(word: str) -> None:
    """One call of a function written in Python."""


def _a_call_per_word(analyzer: Analyzer, text: str) -> None:
    for word in text.split():
        _nothing(word)


def _calls_per_document(writer: Writer, document: dict[str, Any], **options: Any) -> None:
    for _ in range(60):
        _nothing("")


def _calls_per_search(index: Index, query: str, **options: Any) -> None:
    for _ in range(60):
        _nothing("")


def _engine_calls_per_page(snapshot: Snapshot, *given: Any) -> None:
    for _ in range(20):
        _ = snapshot.searcher.doc_freq("_id", "")


def _more_objects(analyzer: Analyzer, text: str) -> list[str]:
    return [word + " " for word in text.split() for _ in range(2)]


@pytest.mark.parametrize(
    ("owner", "name", "more", "part"),
    [
        (Analyzer, "views", _a_call_per_word, "analysis fr: Python calls per 1000 words"),
        (Analyzer, "views", _more_objects, "analysis fr: peak bytes per byte of text"),
        (Writer, "add", _calls_per_document, "adding, language given: Python calls per document"),
        (Index, "search", _calls_per_search, "search, phrase: Python calls"),
        (Snapshot, "page", _engine_calls_per_page, "search, one word: engine calls"),
    ],
)
def test_what_does_more_is_seen(
    monkeypatch: pytest.MonkeyPatch,
    ceilings: dict[str, float],
    owner: type,
    name: str,
    more: Callable[..., object],
    part: str,
) -> None:
    monkeypatch.setattr(owner, name, _more(owner, name, more))
    assert part in over(counts(part.split()[0].rstrip(",")), ceilings)
