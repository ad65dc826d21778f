"""Commands that look after an index: ``info``, ``verify``, ``backup``, ``restore``, ``reindex``."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from searchlib import copies, rebuild
from searchlib.cli.codes import ExitCode, UsageError
from searchlib.cli.parameters import Flag, Wait
from searchlib.cli.progress import is_confirmed, spinner
from searchlib.cli.show import columns, language_name, lines_of
from searchlib.cli.terminal import out, print_json, safe, show, width
from searchlib.copies import Verification
from searchlib.fields import Field
from searchlib.index import Index
from searchlib.manifest import Manifest
from searchlib.results import IndexStats
from searchlib.schema import Schema

__all__ = ["backup", "info", "reindex", "restore", "verify"]


def info(index: Path, /, *, words: Flag = False, json: Flag = False) -> None:
    """Tell what an index holds.

    Args:
        index: Its folder.
        words: Count the distinct words of each text field too.
        json: One object of JSON, the schema included.
    """
    opened = Index.open(index)
    stats = opened.stats(words=words)
    manifest = Manifest.read(index)
    if json:
        versions = {"analysis": manifest.analysis, **manifest.versions}
        schema = opened.schema.to_dict()
        print_json({"path": str(index), **asdict(stats), "versions": versions, "schema": schema})
        return
    for name, value in (*_facts(stats, opened.schema), ("made by", _made_by(manifest))):
        for line in lines_of(Text(value), width() - 11, 5):
            out().print(Text.assemble((f"{name:<11}", "bright_black"), line), soft_wrap=True)
            name = ""
    out().print()
    for line in columns(_fields(opened.schema, stats), width()):
        out().print(line, soft_wrap=True)


def _facts(stats: IndexStats, schema: Schema) -> list[tuple[str, str]]:
    names = [f"{language_name(code)} {count:,}" for code, count in stats.languages.items()]
    size = "" if stats.bytes is None else _size(stats.bytes)
    deleted = f", {stats.deleted:,} deleted documents still take up room" if stats.deleted else ""
    return [
        ("documents", f"{stats.documents:,}"),
        ("languages", ", ".join(names) or "none"),
        ("expects", ", ".join(map(language_name, schema.languages)) or "all languages"),
        ("size", f"{size} in {_count(stats.segments, 'segment')}{deleted}"),
    ]


def _made_by(manifest: Manifest) -> str:
    versions = {"analysis": manifest.analysis, **manifest.versions}
    return ", ".join(
        version if version.startswith(name) else f"{name} {version}"
        for name, version in versions.items()
    )


def _fields(schema: Schema, stats: IndexStats) -> list[tuple[str, str, str]]:
    rows = [(schema.id, "id", "")]
    if schema.language is not None:
        rows.append((schema.language, "language", ""))
    for name, kind in schema.fields.items():
        options = _options(kind)
        if stats.words is not None and name in stats.words:
            options.insert(0, _count(stats.words[name], "word"))
        rows.append((safe(name), kind.type_name, ", ".join(options)))
    return rows


def _options(kind: Field) -> list[str]:
    """What a field's options are where they are not as they come."""
    return [
        f"{option.name} {value:g}" if isinstance(value, float) else f"{option.name} {value}"
        for option in fields(kind)  # type: ignore[arg-type]
        if (value := getattr(kind, option.name)) != option.default
    ]


def verify(index: Path, /, *, json: Flag = False) -> int:
    """Check that an index is whole.

    Args:
        index: Its folder.
        json: One object of JSON.
    """
    with spinner("checking"):
        found = copies.verify(index)
    if json:
        print_json({**asdict(found), "is_whole": found.is_whole})
    elif found.is_whole:
        show(out(), f"whole: {_read(found)}")
    else:
        out().print(Text(f"damaged: {_count(len(found.problems), 'problem')}", "red"))
        for problem in found.problems:
            show(out(), Text(f"  {safe(problem)}"))
    return ExitCode.OK if found.is_whole else ExitCode.DATA


def backup(index: Path, copy: Path, /) -> None:
    """Copy an index to a new folder.

    Args:
        index: Its folder.
        copy: The folder to make; its parent must be there.
    """
    with spinner("copying"):
        found = copies.backup(index, copy)
    show(out(), f"copied and checked: {_read(found)}")


def restore(
    copy: Path,
    index: Path,
    /,
    *,
    yes: Annotated[Flag, Parameter(alias="-y")] = False,
    wait: Wait = 0.0,
) -> None:
    """Put a backup in the place of an index.

    Args:
        copy: The folder of the backup, or of any index.
        index: The folder that it shall be in.
        yes: Replace the index that is there without asking.
        wait: How many seconds to wait where another process writes to that index.
    """
    Manifest.read(copy)
    is_there = index.exists() and any(index.iterdir())
    if is_there and not yes and not is_confirmed(f"Replace what is in {str(index)!r}?"):
        raise UsageError(f"{str(index)!r} is left as it is: --yes replaces it")
    with spinner("restoring"):
        found = copies.restore(copy, index, wait=wait)
    show(out(), f"restored and checked: {_read(found)}")


def reindex(index: Path, /, *, wait: Wait = 0.0) -> None:
    """Rebuild an index from its documents, by the rules of analysis of today.

    Args:
        index: Its folder.
        wait: How many seconds to wait where another process writes to the index.
    """
    with spinner("rebuilding"):
        count = rebuild.reindex(index, wait=wait)
    show(out(), f"rebuilt: {_count(count, 'document')}")


def _read(found: Verification) -> str:
    files = _count(found.files, "file")
    return f"{_count(found.documents, 'document')}, {files}, {_size(found.bytes)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _size(count: int) -> str:
    """A number of bytes for people."""
    size, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.3g} {unit}" if unit != "bytes" else f"{count} bytes"
