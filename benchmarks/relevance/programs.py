"""What the programs that measure have in common: options, collections, an index, a page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, find_collections, read_collection
from searchlib import Index, Schema, Text

__all__ = [
    "TITLE_WEIGHT",
    "add_collections",
    "chosen_collections",
    "index_of",
    "parser",
    "part_options",
    "write_page",
    "write_parts",
]

TITLE_WEIGHT: Final = 1.5


def parser(about: str, *, folders: str | None = None) -> argparse.ArgumentParser:
    """Return a parser that knows FOLDER, one or as many as ``folders`` says, and --markdown."""
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("folder", type=Path, nargs=folders)
    made.add_argument("--markdown", type=Path, help="write what is printed here too")
    return made


def add_collections(made: argparse.ArgumentParser) -> None:
    """Add the options by which some of the collections are chosen."""
    made.add_argument("--language", action="append", help="only collections in this language")
    made.add_argument("--collection", action="append", help="only the collection of this name")


def chosen_collections(options: argparse.Namespace) -> list[Collection]:
    """Read the collections below the folder that the options choose; exit where there is none."""
    found = [read_collection(path) for path in find_collections(options.folder)]
    if options.language:
        found = [one for one in found if set(one.languages) & set(options.language)]
    if options.collection:
        found = [one for one in found if one.name in options.collection]
    if not found:
        sys.exit(f"no collection to measure below {options.folder}")
    return found


def index_of(collection: Collection, title: float = TITLE_WEIGHT, text: float = 1.0) -> Index:
    """Return an index of title and text, of these weights; the language of a document is
    identified."""
    fields = {"title": Text(weight=title), "text": Text(weight=text)}
    index = Index(Schema(fields, languages=collection.languages))
    kept = ("id", "title", "text")
    index.add({key: one[key] for key in kept} for one in collection.documents).raise_for_rejected()
    return index


def write_page(path: Path, title: str, command: str, body: str) -> None:
    """Write a result in Markdown: what printed it, with what, and the figures."""
    path.write_text(f"# {title}\n\n{heading(command)}\n{body}", "utf-8")


def part_options(about: str, part: str, names: Iterable[str]) -> argparse.Namespace:
    """Read the options of a program in parts: ``chosen`` are the names of those that are to run.

    Args:
        about: what the program does.
        part: what it calls a part.
        names: of all parts.
    """
    made = parser(about, folders="+")
    made.add_argument(
        f"--{part}", action="append", dest="parts", choices=list(names), help="only this one"
    )
    made.add_argument("--queries", type=int, help="at most so many a collection")
    options = made.parse_args()
    options.part = part
    options.chosen = options.parts or list(names)
    return options


def write_parts(
    options: argparse.Namespace,
    title: str,
    program: str,
    about: str,
    parts: Iterable[tuple[str, Sequence[str]]],
) -> None:
    """Print the tables of a program in parts, and write its page; exit where there is none.

    Args:
        options: of ``part_options``.
        title: of the page.
        program: the path of the program.
        about: how the tables are to be read.
        parts: the heading of each part and its tables.
    """
    blocks = ["\n".join([f"## {heading}\n", *tables]) for heading, tables in parts if tables]
    if not blocks:
        sys.exit(f"no collection of a language that the chosen {options.part} is about")
    text = "\n".join(blocks)
    print(text)
    if options.markdown:
        flags = ["FOLDER"] * len(options.folder)
        flags += [f"--{options.part} {name}" for name in options.parts or ()]
        flags += [f"--queries {options.queries}"] if options.queries is not None else []
        command = f"python benchmarks/relevance/{Path(program).name} {' '.join(flags)}"
        write_page(options.markdown, title, command, f"{about}\n\n{text}")
