"""Dataclasses made quickly behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any, ClassVar, NamedTuple, get_type_hints

import pytest

import searchlib
from searchlib import _dataclass as quick
from tests.conftest import output_of

MAKERS = [pytest.param(quick, id="quick"), pytest.param(dataclasses, id="standard")]


@quick.dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    kind: ClassVar[str] = "point"

    x: int
    y: int = 0
    label: str | None = quick.field(default=None, compare=False)
    tags: list[str] = quick.field(default_factory=list, repr=False, compare=False)


@quick.dataclass(frozen=True)
class Line:
    """Two places."""

    start: Point
    end: Point = Point(0)


def made(module: Any, **options: Any) -> Any:
    """The same class, by either library."""

    @module.dataclass(**options)
    class Word:
        """A word."""

        shown: ClassVar[int] = 0

        text: str
        marks: tuple[str, ...] = ()
        parts: list[str] = module.field(default_factory=list, compare=False, repr=False)

        def __post_init__(self) -> None:
            if not self.text:
                raise ValueError("no word")

    return Word


@pytest.mark.parametrize("module", MAKERS)
@pytest.mark.parametrize(
    "options",
    [
        {"frozen": True},
        {"frozen": True, "slots": True},
        {"frozen": True, "slots": True, "kw_only": True},
        {"slots": True},
        {"frozen": True, "repr": False},
    ],
    ids=str,
)
def test_it_behaves_as_the_standard_one(module: Any, options: dict[str, Any]) -> None:
    word_class = made(module, **options)
    assert word_class.shown == 0
    parameters = inspect.signature(word_class).parameters  # before there is any object
    assert [one.annotation for one in parameters.values()] == [
        "str",
        "tuple[str, ...]",
        "list[str]",
    ]
    word, again, other = (word_class(text=text, marks=("´",)) for text in ("été", "été", "ete"))
    assert word == again != other
    assert word != ("été", ("´",))
    assert word_class(text="a").parts is not word_class(text="a").parts
    assert word_class.__match_args__ == (
        () if options.get("kw_only") else ("text", "marks", "parts")
    )
    assert [one.name for one in dataclasses.fields(word)] == ["text", "marks", "parts"]
    assert dataclasses.asdict(word) == {"text": "été", "marks": ("´",), "parts": []}
    assert dataclasses.replace(word, text="ete") == other
    assert quick.replace(word, text="ete") == other
    assert copy.copy(word) == copy.deepcopy(word) == word
    assert hasattr(word, "__dict__") != options.get("slots", False)
    assert inspect.signature(word_class).parameters == parameters
    assert list(parameters) == ["text", "marks", "parts"]
    assert made(module, **options).__init__.__qualname__.endswith("made.<locals>.Word.__init__")
    shown = "test_dataclass.made.<locals>.Word"
    if options.get("repr", True):
        assert repr(word).endswith("made.<locals>.Word(text='été', marks=('´',))")
    else:
        assert f"{shown} object at" in repr(word)
    with pytest.raises(ValueError, match="no word"):
        word_class(text="")
    with pytest.raises(TypeError, match="missing 1 required"):
        word_class()
    with pytest.raises(TypeError, match="unexpected keyword"):
        word_class(text="a", colour="red")
    with pytest.raises(TypeError):
        dataclasses.replace(word, colour="red")
    if options.get("frozen"):
        assert hash(word) == hash(again)
        assert len({word, again, other}) == 2
        for name in ("text", "marks"):
            with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot assign.*{name}"):
                setattr(word, name, "")
            with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot delete.*{name}"):
                delattr(word, name)
    else:
        word.text = "ete"
        assert word == other
        with pytest.raises(TypeError, match="unhashable"):
            hash(word)


@pytest.mark.parametrize("module", MAKERS)
def test_methods_of_the_class_stay(module: Any) -> None:
    @module.dataclass(frozen=True, slots=True)
    class Own:
        """With methods of its own."""

        text: str

        def __repr__(self) -> str:
            return "own"

        def __hash__(self) -> int:
            return 7

        def __eq__(self, other: object) -> bool:
            return True

    own: Any = Own
    assert repr(own("a")) == "own"
    assert hash(own("a")) == 7
    assert own("a") == own("b")


@pytest.mark.parametrize("module", MAKERS)
def test_nothing_and_itself_are_shown(module: Any) -> None:
    @module.dataclass(frozen=True, slots=True)
    class Empty:
        """Nothing."""

    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert repr(Empty()).endswith("Empty()")

    @module.dataclass(frozen=True)
    class Round:
        """Holds itself."""

        inner: list[Any]

    make: Any = Round
    one = make([])
    one.inner.append(one)
    assert repr(one).endswith("Round(inner=[...])")


def test_it_is_pickled() -> None:
    line = Line(Point(1, label="a", tags=["b"]))
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        found = pickle.loads(pickle.dumps(line, protocol))
        assert found == line
        assert (found.start.label, found.start.tags) == ("a", ["b"])


def test_it_is_matched_and_derived_from() -> None:
    match Line(Point(1, 2)):
        case Line(Point(x, y), Point(0)):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("not matched")

    @dataclasses.dataclass(frozen=True)
    class Named(Line):
        name: str = ""

    assert list(inspect.signature(Named).parameters) == ["start", "end", "name"]
    named = Named(Point(1), Point(2), "n")
    assert [one.name for one in dataclasses.fields(named)] == ["start", "end", "name"]
    assert quick.replace(named, name="m") == Named(Point(1), Point(2), "m")
    with pytest.raises(dataclasses.FrozenInstanceError):
        named.name = "m"  # type: ignore[misc]


def test_those_of_the_library_are_dataclasses() -> None:
    for name in searchlib.__all__:
        kind = getattr(searchlib, name)
        if inspect.isclass(kind) and hasattr(kind, "_own_fields"):
            assert dataclasses.is_dataclass(kind)
            names = [one.name for one in dataclasses.fields(kind)]
            assert tuple(names) == quick.names_of(kind)
            parameters = inspect.signature(kind).parameters
            if not kind.__init__.__qualname__.startswith(("Glossary", "Regex")):
                assert set(parameters) <= {*names, "self"}


class Mark(quick.NamedTuple):
    """A span of a text."""

    start: int
    end: int = 0
    label: str | None = None

    @property
    def width(self) -> int:
        return self.end - self.start


class StandardMark(NamedTuple):
    """A span of a text."""

    start: int
    end: int = 0
    label: str | None = None

    @property
    def width(self) -> int:
        return self.end - self.start


@pytest.mark.parametrize("kind", [Mark, StandardMark])
def test_named_tuples_behave_as_the_standard_ones(kind: Any) -> None:
    parameters = inspect.signature(kind).parameters  # before there is any object
    assert list(parameters) == ["start", "end", "label"]
    assert [one.default for one in parameters.values()][1:] == [0, None]
    one = kind(3, label="a")
    assert one == (3, 0, "a") == tuple(one)
    assert hash(one) == hash((3, 0, "a"))
    assert (one.start, one.end, one.label, one.width) == (3, 0, "a", -3)
    assert repr(one) == f"{kind.__name__}(start=3, end=0, label='a')"
    assert one._asdict() == {"start": 3, "end": 0, "label": "a"}
    assert one._replace(end=9).width == 6
    assert kind._make([1, 2, None]) == kind(1, 2)
    assert type(kind._make([1, 2, None])) is kind
    assert (kind._fields, kind._field_defaults) == (kind.__match_args__, {"end": 0, "label": None})
    assert kind.__doc__ == "A span of a text."
    assert list(kind.__annotations__) == ["start", "end", "label"]
    assert not hasattr(one, "__dict__")
    assert copy.copy(one) == copy.deepcopy(one) == one
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        found = pickle.loads(pickle.dumps(one, protocol))
        assert (found, type(found)) == (one, kind)
    match one:
        case kind(start, _, label=label):
            assert (start, label) == (3, "a")
        case _:
            pytest.fail("not matched")
    for given, named in [((), {}), ((1, 2, "a", 4), {}), ((1,), {"colour": 2})]:
        with pytest.raises(TypeError):
            kind(*given, **named)
    with pytest.raises(TypeError):
        kind._make([1, 2])
    with pytest.raises((TypeError, ValueError), match="colour"):
        one._replace(colour=2)
    with pytest.raises(AttributeError):
        one.start = 1
    with pytest.raises(AttributeError):
        one.colour = 1


def test_named_tuples_are_unpickled_before_any_is_made() -> None:
    stored = pickle.dumps(searchlib.analyze("Été").tokens)
    code = f"import pickle; print([token.folded for token in pickle.loads({stored!r})])"
    assert output_of(code).strip() == "['ete']"


def test_types_of_fields_can_be_evaluated() -> None:
    for name in searchlib.__all__:
        kind = getattr(searchlib, name)
        if inspect.isclass(kind) and hasattr(kind, "_own_fields"):
            assert set(quick.names_of(kind)) <= set(get_type_hints(kind)), name


def test_none_of_this_loads_what_reads_source_code() -> None:
    code = "import searchlib._dataclass, sys; print({'dataclasses', 'inspect'} & {*sys.modules})"
    assert output_of(code).strip() == "set()"
