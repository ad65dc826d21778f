"""A change that is cut off, by Ctrl-C or for want of room, by somebody who goes on all the same."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from types import FrameType
from typing import Any

import pytest

import searchlib.pending
from searchlib import Index, IndexStateError, Integer, Range, Schema, Text
from searchlib.engine import batch, encode
from searchlib.writer import Writer
from tests.conftest import indexed

SCHEMA = Schema({"n": Integer(), "title": Text()}, languages=["en"])
BASE = {f"i{number}": 0 for number in range(6)}
#: Where an interrupt comes, between any two lines. (At the end of a ``with`` it would, other than a
#: signal, leave a lock locked: not where locks are.)
FILES = (
    *("searchlib/writer.py", "searchlib/changes.py", "searchlib/pending.py"),
    "engine/batch.py",
)

State = dict[str, int]
#: What is done to a writer, and to a model of it.
Step = tuple[Callable[[Writer], object], Callable[[State], State]]


def _added(*documents: tuple[str, int], whole: bool = False) -> Step:
    rows = [{"id": name, "n": n, "title": "boat"} for name, n in documents]
    if whole:
        return lambda one: one.add_many(rows, all_or_nothing=True), lambda s: s | dict(documents)
    [row] = rows
    return lambda one: one.add(row), lambda s: s | dict(documents)


def _nothing(state: State) -> State:
    return state


STEPS: list[Step] = [
    _added(("i0", 1)),
    _added(("new", 1)),
    (lambda one: one.update({"id": "i1", "n": 5}), lambda s: s | {"i1": 5}),
    (lambda one: one.delete("i2"), lambda s: {k: n for k, n in s.items() if k != "i2"}),
    _added(("i0", 2)),
    (
        lambda one: one.delete_where(Range("n", gte=5)),
        lambda s: {k: n for k, n in s.items() if n < 5},
    ),
    _added(("a", 7), ("b", 7), ("i3", 7), ("c", 7), ("a", 8), whole=True),
    (lambda one: one.commit(), _nothing),
    _added(("late", 1)),
    (lambda one: one.update({"id": "late", "n": 3}), lambda s: s | {"late": 3}),
    (lambda one: one.clear(), lambda s: {}),
    _added(("last", 9)),
    _added(("last", 10)),
]
_COMMIT = 7


class _Interrupts:
    """Raises KeyboardInterrupt before one of the lines that run."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.endswith(FILES):
            return None
        if event == "line" and self.left:
            self.left -= 1
            if not self.left:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


def _state(index: Index) -> State:
    return {document["id"]: document["n"] for document in index.documents()}


def _after(steps: int) -> State:
    state = dict(BASE)
    for _, change in STEPS[:steps]:
        state = change(state)
    return state


@contextmanager
def _traced(interrupts: _Interrupts) -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(interrupts)
    try:
        yield
    finally:
        sys.settrace(before)


def test_an_interrupt_between_any_two_lines_leaves_whole_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch, "_MOST", 3)
    refused = 0
    for at in count(1, 3):
        index = indexed(SCHEMA, [{"id": name, "n": n, "title": "map"} for name, n in BASE.items()])
        interrupts = _Interrupts(at)
        done = 0
        try:
            with index.writer() as writer:
                try:
                    with _traced(interrupts):
                        for step, _ in STEPS:
                            step(writer)
                            done += 1
                except KeyboardInterrupt:
                    pass  # what there is shall stay
        except IndexStateError as error:
            assert "cut off in the middle" in str(error), error
            refused += 1
            committed = [_after(_COMMIT)] if done > _COMMIT else [BASE]
            if done == _COMMIT:
                committed.append(_after(_COMMIT))
            assert _state(index) in committed, (at, done)
        else:
            assert _state(index) in (_after(done), _after(done + 1)), (at, done)
        index.add([{"id": "usable", "n": 0, "title": "map"}]).raise_for_rejected()
        assert index.search("boat", limit=0).total == sum(
            document["title"] == "boat" for document in index.documents()
        )
        if interrupts.left:
            break
    assert done == len(STEPS)
    assert 0 < refused < at / 6  # nearly all is whole and can be committed


def test_a_commit_cut_off_among_its_documents_has_them_all_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = indexed(SCHEMA, [{"id": name, "n": 0} for name in BASE])
    told, made = 0, encode.engine_document

    def interrupted(*given: Any) -> Any:
        nonlocal told
        told += 1
        if told == 4:
            raise KeyboardInterrupt
        return made(*given)

    monkeypatch.setattr(batch, "engine_document", interrupted)
    with index.writer() as writer:
        writer.add_many({"id": name, "n": 1} for name in BASE)
        with pytest.raises(KeyboardInterrupt):
            writer.commit()
        assert _state(index) == BASE
    assert _state(index) == dict.fromkeys(BASE, 1)


def test_without_room_for_a_note_no_change_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the writer tells of its own documents is written beside the index, which may be full."""
    index = indexed(SCHEMA, [{"id": "a", "n": 0, "title": "boat"}])
    opened = searchlib.pending._opened

    def full(store: Any) -> Any:
        monkeypatch.setattr(searchlib.pending, "_opened", opened)
        raise OSError(28, "No space left on device")

    with index.writer() as writer:
        writer.update({"id": "a", "n": 1})
        monkeypatch.setattr(searchlib.pending, "_opened", full)
        with pytest.raises(IndexStateError, match="No space left"):
            writer.delete_where(Range("n", gte=100))
        writer.update({"id": "a", "title": "map"})
    assert index.get("a") == {"id": "a", "n": 1, "title": "map"}


def test_what_is_torn_stays_so_until_it_is_undone() -> None:
    index = indexed(SCHEMA, [{"id": "a", "n": 0}])

    def many(stop: int) -> Iterator[dict[str, Any]]:
        yield from ({"id": str(number), "n": number} for number in range(stop))

    with index.writer() as writer:
        put = writer._put

        def interrupted(document: Any) -> None:
            if document.id == "5":
                raise KeyboardInterrupt
            put(document)

        writer._put = interrupted  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            writer.add_many(many(10), all_or_nothing=True)
        writer._put = put  # type: ignore[method-assign]
        writer.delete_where(Range("n", gte=100))
        writer.add_many(many(3), all_or_nothing=True)
        with pytest.raises(IndexStateError, match="cut off in the middle"):
            writer.commit()
        writer.rollback()
        writer.add({"id": "b", "n": 1})
        writer.commit()
        with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patched:
            patched.setattr(writer, "_put", interrupted)
            writer.add_many(many(10), all_or_nothing=True)
        writer.clear()  # leaves nothing of it
        writer.add({"id": "c", "n": 1})
    assert _state(index) == {"c": 1}
