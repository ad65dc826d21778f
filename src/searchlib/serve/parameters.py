"""The parameters of a request: one description reads them and documents them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from searchlib.serve.problems import Problem

__all__ = ["Parameter", "choice", "read_parameters", "text", "whole"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query string.

    Attributes:
        name: its name.
        about: what it does, for the documentation.
        schema: the JSON schema of one value.
        read: makes the value of its text.
        default: what stands where it is not given; of a list, nothing.
        most: how many values it takes; more than one make it a list. None takes one.
        is_required: whether it must be given.
    """

    name: str
    about: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    default: Any = None
    most: int | None = None
    is_required: bool = False

    def refusal(self, why: str) -> Problem:
        """The problem that it is not of its form."""
        return Problem(
            HTTPStatus.BAD_REQUEST, "bad-parameter", f"the parameter {self.name!r} {why}", self.name
        )

    def value(self, texts: Sequence[str]) -> Any:
        """Return what the texts given for it mean.

        Raises:
            Problem: they are not of its form.
        """
        if not texts:
            if self.is_required:
                wanted = self.schema.get("enum")
                one_of = f": one of {', '.join(wanted)}" if wanted else ""
                raise self.refusal(f"is missing{one_of}")
            return self.default if self.most is None else ()
        most = 1 if self.most is None else self.most
        if len(texts) > most:
            times = "once" if most == 1 else f"at most {most} times"
            raise self.refusal(f"may be given {times}, not {len(texts)} times")
        try:
            values = tuple(self.read(text) for text in texts)
        except ValueError as error:
            raise self.refusal(str(error)) from None
        return values[0] if self.most is None else values

    def document(self) -> dict[str, Any]:
        """Return its description in OpenAPI."""
        schema = dict(self.schema)
        if self.most is not None:
            schema = {"type": "array", "items": schema, "maxItems": self.most}
        elif self.default is not None:
            schema["default"] = self.default
        plain = {"name": self.name, "in": "query", "description": self.about, "schema": schema}
        return {**plain, "required": True} if self.is_required else plain


def text(
    name: str, about: str, longest: int, *, most: int | None = None, is_required: bool = False
) -> Parameter:
    """A text of a limited number of code points.

    >>> text("q", "what is looked for", 3).value(["ete"])
    'ete'
    """

    def read(given: str) -> str:
        if len(given) > longest:
            raise ValueError(f"has at most {longest:,} characters, not {len(given):,}: shorten it")
        return given

    schema = {"type": "string", "maxLength": longest}
    return Parameter(name, about, schema, read, most=most, is_required=is_required)


def whole(name: str, about: str, least: int, most: int, default: int) -> Parameter:
    """A whole number within bounds.

    >>> limit = whole("limit", "hits", 0, 100, 10)
    >>> limit.value([]), limit.value(["7"])
    (10, 7)
    """

    def read(given: str) -> int:
        # int() also takes "1_0", " 7" and the digits of other scripts; 20 digits say too much.
        digits = given.removeprefix("-")
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= 20
        if not is_number or not least <= int(given) <= most:
            raise ValueError(f"is a whole number from {least:,} to {most:,}, not {given[:40]!r}")
        return int(given)

    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(name, about, schema, read, min(default, most))


def choice(
    name: str,
    about: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    most: int | None = None,
    is_required: bool = False,
) -> Parameter:
    """One of some words, or several.

    >>> choice("unit", "what to count", ["year", "month"], default="year").value(["month"])
    'month'
    """

    def read(given: str) -> str:
        if given not in options:
            raise ValueError(f"is one of {', '.join(options) or 'nothing'}, not {given[:40]!r}")
        return given

    schema = {"type": "string", "enum": list(options)}
    return Parameter(name, about, schema, read, default, most, is_required)


def read_parameters(
    parameters: Sequence[Parameter], given: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Return the value of each parameter.

    Raises:
        Problem: one is not of its form, or there is no such parameter.

    >>> read_parameters([whole("limit", "hits", 0, 100, 10)], [("limit", "7")])
    {'limit': 7}
    """
    texts: dict[str, list[str]] = {one.name: [] for one in parameters}
    for name, value in given:
        if name not in texts:
            known = ", ".join(texts) or "none"
            raise Problem(
                HTTPStatus.BAD_REQUEST,
                "unknown-parameter",
                f"there is no parameter {name[:40]!r} here; there are: {known}",
                name[:40],
            )
        texts[name].append(value)
    return {one.name: one.value(texts[one.name]) for one in parameters}
