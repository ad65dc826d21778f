"""The names that people import: each is there, says what it is, and shows how it is used."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import searchlib
from searchlib import api, errors, results
from searchlib.fields import Field
from searchlib.query import collapse, facets, nodes
from tests.conftest import ROOT, SOURCE


def test_all_is_sorted_and_names_each_once() -> None:
    assert list(searchlib.__all__) == sorted(set(searchlib.__all__))


def test_no_name_is_also_that_of_a_module() -> None:
    """Else it would depend on what was imported first which of the two it is."""
    modules = {path.stem for path in SOURCE.iterdir()}
    assert not modules & set(searchlib.__all__)


def test_the_package_has_these_names_and_no_others() -> None:
    assert set(searchlib.__all__) <= set(dir(searchlib))
    star: dict[str, object] = {}
    exec("from searchlib import *", star)
    assert {name for name in star if name != "__builtins__"} == set(searchlib.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Indx'"):
        getattr(searchlib, "Indx")  # noqa: B009  a name that a type checker refuses


def test_all_names_what_there_is() -> None:
    public = {
        name
        for name, value in vars(api).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(searchlib.__all__)


@pytest.mark.parametrize("module", [errors, results, nodes, facets, collapse])
def test_all_public_classes_of_the_value_modules_are_handed_on(module: ModuleType) -> None:
    classes = {name for name in module.__all__ if inspect.isclass(getattr(module, name))}
    assert classes <= set(searchlib.__all__)


def documented() -> Iterator[tuple[str, Any]]:
    for name in searchlib.__all__:
        value = getattr(searchlib, name)
        yield name, value
        if not inspect.isclass(value):
            continue
        for member, inner in vars(value).items():
            if member.startswith("_"):
                continue
            if isinstance(inner, (staticmethod, classmethod)):
                inner = inner.__func__
            if inspect.isfunction(inner) or isinstance(inner, property):
                yield f"{name}.{member}", getattr(value, member)


@pytest.mark.parametrize(("name", "value"), [pytest.param(*one, id=one[0]) for one in documented()])
def test_every_public_name_says_what_it_is(name: str, value: Any) -> None:
    text = inspect.getdoc(value)
    assert text
    # A dataclass without a docstring of its own gets its signature for one.
    assert not text.startswith(f"{name}("), f"{name} has no docstring of its own"


def has_own_example(name: str, value: Any) -> bool:
    """Whether the docstring shows how it is used; errors, methods that are made of others and those
    that a documented base describes need no example of their own."""
    owner, _, member = name.partition(".")
    kind = getattr(searchlib, owner)
    if inspect.isclass(kind) and issubclass(kind, (Exception, Field)) and member:
        return True
    if inspect.isclass(value) and issubclass(value, Exception):
        return True
    if member.startswith("a") and hasattr(kind, member[1:]):  # asearch, of search
        return ">>>" in (inspect.getdoc(getattr(kind, member[1:])) or "")
    return ">>>" in (inspect.getdoc(value) or "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(*one, id=one[0])
        for one in documented()
        if inspect.isclass(one[1]) or callable(one[1]) or isinstance(one[1], property)
    ],
)
def test_every_public_name_shows_how_it_is_used(name: str, value: Any) -> None:
    assert has_own_example(name, value), f"{name} has no example that runs"


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert searchlib.__version__ == project["version"]


def test_the_package_says_that_it_is_typed() -> None:
    assert (SOURCE / "py.typed").is_file()
