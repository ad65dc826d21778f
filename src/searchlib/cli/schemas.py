"""The schema of a new index: from options, from a Python file, or told from the documents."""

from __future__ import annotations

import re
import runpy
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from searchlib.cli.codes import UsageError
from searchlib.cli.parameters import several
from searchlib.cli.typed import typed
from searchlib.fields import FIELD_TYPES, Field
from searchlib.io.infer import Inference, infer
from searchlib.io.records import Records
from searchlib.schema import Schema

__all__ = ["SchemaOptions", "inferred", "plain_code", "questions_of", "schema_in"]

_Names = Annotated[tuple[str, ...], several()]


@Parameter(name="*", group="Schema of a new index")
@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """What is said of the schema on the command line; the rest is told from the documents.

    Attributes:
        text: A field to search by its words. As the next ones, it may be given several times.
        keyword: A field of labels, to filter and count.
        category: A field of paths such as News/Asia.
        integer: A field of whole numbers.
        float: A field of numbers.
        boolean: A field of true and false.
        date: A field of days.
        datetime: A field of moments.
        stored: A field that is kept, but not searched.
        id: The field with the id.
        languages: The codes of the languages to expect: vi,fr,en.
        schema: A Python file with a Schema, in place of all of these.
    """

    text: _Names = ()
    keyword: _Names = ()
    category: _Names = ()
    integer: _Names = ()
    float: _Names = ()
    boolean: _Names = ()
    date: _Names = ()
    datetime: _Names = ()
    stored: _Names = ()
    id: str | None = None
    languages: str | None = None
    schema: Path | None = None

    @property
    def are_given(self) -> bool:
        """Whether anything is said at all."""
        return self != SchemaOptions()

    @property
    def kinds(self) -> dict[str, Field]:
        """The fields that are named: name → type.

        Raises:
            UsageError: one is named twice.
        """
        kinds: dict[str, Field] = {}
        for type_name, kind in FIELD_TYPES.items():
            for name in getattr(self, type_name):
                if name in kinds:
                    raise UsageError(
                        f"the field {name!r} is named twice: --{kinds[name].type_name} {name} and "
                        f"--{type_name} {name}"
                    )
                kinds[name] = kind()
        return kinds

    @property
    def codes(self) -> Sequence[str]:
        """The codes of the languages that are named."""
        return re.findall(r"[^\s,]+", self.languages or "")


def inferred(records: Records, options: SchemaOptions) -> Inference:
    """Return the schema of these records, of which nothing is used up.

    Raises:
        SchemaError: an option names no field that there is, or there are no records.
    """
    return infer(records, id=options.id, fields=options.kinds, languages=options.codes)


def schema_in(path: Path, options: SchemaOptions) -> Schema:
    """Return the schema that a Python file makes: the only one, or that called ``schema``.

    Raises:
        UsageError: there is none, or the file does not run, or other options are given too.
    """
    others = [one.name for one in fields(options) if one.name != "schema"]
    if given := [name for name in others if getattr(options, name)]:
        raise UsageError(f"--schema and --{given[0]} contradict each other: write it into {path}")
    try:
        names = runpy.run_path(str(path))
    except OSError as error:
        raise UsageError(f"--schema {path}: {error.strerror}") from error
    except Exception as error:  # whatever a file of somebody's may raise
        raise UsageError(f"--schema {path}: {type(error).__name__}: {error}") from error
    found = {name: value for name, value in names.items() if isinstance(value, Schema)}
    if "schema" in found or len(found) == 1:
        return found.get("schema", *found.values())
    what = f"{len(found)} schemas, none called schema" if found else "no Schema"
    raise UsageError(f"--schema {path}: the file makes {what}")


def questions_of(inference: Inference) -> list[str]:
    """Return what the records leave open, with the options that answer it.

    >>> from searchlib.io import infer
    >>> records = [{"id": n, "by": f"Author {n}"} for n in range(100)]
    >>> questions_of(infer(records))[0].rpartition(": ")[2]
    'say --text by to search their words, --keyword by to filter and count them'
    """
    return list(map(typed, inference.questions))


def plain_code(inference: Inference) -> str:
    """Return the Python that makes the schema and no index, as ``--schema`` reads it again."""
    lines = inference.code.splitlines()
    lines[0] = lines[0].replace(" Index,", "")
    return "\n".join(line for line in lines if not line.startswith("index = "))
