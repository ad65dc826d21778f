"""What docs/guarantees.md promises is held by tests that are there."""

from __future__ import annotations

import ast
import re
from typing import Final

import pytest

from tests.conftest import ROOT

PAGE: Final = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
#: Each promise: its bold beginning, and what follows.
PROMISES: Final = re.findall(r"^\*\*(.+?)\*\*(.*?)(?=^\*\*|\Z)", PAGE, re.M | re.S)


def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_there_are_promises() -> None:
    assert len(PROMISES) > 10


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[0])
def test_each_promise_names_tests_that_are_there(promise: tuple[str, str]) -> None:
    files = re.findall(r"`(tests/test_\w+\.py)`", promise[1])
    names = re.findall(r"`(test_\w+)`", promise[1])
    assert files
    assert names
    there = {name for file in files for name in names_in(file)}
    assert set(names) <= there
    for file in files:
        assert names_in(file) & set(names), f"{promise[0]}: no test of {file} is named"


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`python (-m )?([\w./]+)", PAGE))))
def test_each_command_is_there(command: tuple[str, str]) -> None:
    is_module, name = command
    path = f"{name.replace('.', '/')}.py" if is_module else name
    assert (ROOT / path).is_file()
