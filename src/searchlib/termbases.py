"""Files of terms: CSV as people keep it in a spreadsheet, and TBX (ISO 30042), the exchange format
of term bases. Both are read as a stream: a concept is handed on as soon as it has been read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from searchlib.errors import GlossaryError
from searchlib.languages import base_code

__all__ = ["ANY_LANGUAGE", "GlossaryTerm", "read_csv", "read_tbx", "term_of", "write_csv"]

#: The heading of the column of terms that belong to no language.
ANY_LANGUAGE: Final = "*"

_DELIMITERS: Final = ",;\t"
_BYTES: Final = 1 << 16  # of a TBX file at a time

# Both editions of TBX, by the names that their elements have behind the namespace.
_ROOTS: Final = frozenset({"martif", "tbx"})
_CONCEPTS: Final = frozenset({"termEntry", "conceptEntry"})
_LANGUAGES: Final = frozenset({"langSet", "langSec"})
_LANGUAGE_KEYS: Final = ("http://www.w3.org/XML/1998/namespace lang", "lang")

_ONE_WAY: Final = re.compile(r"\s*(?<!\\)=>\s*\Z")
_ESCAPED: Final = re.compile(r"\\([\\|=])")
_SPECIAL: Final = re.compile(r"[\\|]|=(?=>\Z)")
_PART: Final = re.compile(r"(?:\\.|[^|\\])*", re.DOTALL)


class GlossaryTerm(NamedTuple):
    """One term of a concept.

    Attributes:
        text: the term, its words a space apart.
        language: the code of its language; None of a term that is the same in all, or unknown.
        one_way: whether it only leads to the other terms of its concept: who types it also finds
            those, who types one of those does not find it.

    >>> GlossaryTerm("Quốc hội", "vi")
    GlossaryTerm(text='Quốc hội', language='vi', one_way=False)
    """

    text: str
    language: str | None = None
    one_way: bool = False


def term_of(notation: str, language: str | None) -> GlossaryTerm:
    r"""Return the term that people write so: ``=>`` behind it makes it lead one way, and a
    backslash takes its meaning from a ``|``, a ``=>`` and a backslash.

    >>> term_of("UN =>", "en")
    GlossaryTerm(text='UN', language='en', one_way=True)
    """
    text = _ONE_WAY.sub("", notation) if "=>" in notation else notation
    plain = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    return GlossaryTerm(" ".join(plain.split()), language, text != notation)


def _notation(term: GlossaryTerm) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", term.text)
    return f"{text} =>" if term.one_way else text


def _terms_of_cell(cell: str, language: str | None) -> Iterator[GlossaryTerm]:
    if "\\" not in cell:
        yield from (term_of(part, language) for part in cell.split("|"))
        return
    position = 0
    while position <= len(cell):
        match = _PART.match(cell, position)
        end = match.end() if match else position
        if end < len(cell) and cell[end] == "\\":  # the very last sign, which takes nothing away
            end += 1
        yield term_of(cell[position:end], language)
        position = end + 1


# --- CSV -----------------------------------------------------------------------------------------


def read_csv(path: str | Path, languages: Collection[str] | None) -> Iterator[list[GlossaryTerm]]:
    """Yield the terms of each row.

    Args:
        path: the file; UTF-8, with a byte order mark or without.
        languages: the headings of the columns to read; None reads all.

    Raises:
        GlossaryError: it is no such file; the message names the line.
    """
    wanted = None if languages is None else _codes(languages)
    with open(path, encoding="utf-8-sig", newline="") as file:
        line = 1  # on which the row begins that is read
        try:
            heading = file.readline()
            delimiter = max(_DELIMITERS, key=heading.count)
            columns = _columns(path, next(csv.reader([heading], delimiter=delimiter), []), wanted)
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            line = 2
            for row in rows:
                if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
                    raise GlossaryError(
                        f"{path}, line {line}: {len(row)} cells under {len(columns)} headings; "
                        f"put quotes around a term that holds {delimiter!r}"
                    )
                yield [
                    term
                    for cell, column in zip(row, columns, strict=False)
                    if column is not None and cell.strip()
                    for term in _terms_of_cell(cell, None if column == ANY_LANGUAGE else column)
                ]
                line = rows.line_num + 2
        except csv.Error as error:
            raise GlossaryError(f"{path}, line {line}: {error}") from None
        except UnicodeDecodeError as error:
            raise GlossaryError(
                f"{path}: it is not UTF-8 ({error.reason}); save it as 'CSV UTF-8'"
            ) from None


def _codes(languages: Collection[str]) -> frozenset[str]:
    if isinstance(languages, str):
        raise GlossaryError(f"languages is a list of codes: [{languages!r}]")
    try:
        return frozenset(ANY_LANGUAGE if c == ANY_LANGUAGE else base_code(c) for c in languages)
    except (ValueError, TypeError) as error:
        raise GlossaryError(str(error)) from None


def _columns(
    path: str | Path, headings: Sequence[str], wanted: frozenset[str] | None
) -> Sequence[str | None]:
    """The language of each column; None of one that is not read."""
    columns: list[str | None] = []
    for place, heading in enumerate(map(str.strip, headings), 1):
        code = _code_or_none(heading)
        if code is None and wanted is None and heading:
            raise GlossaryError(
                f"{path}, line 1: the heading of column {place} is {heading!r}, where a language "
                f"code such as 'vi' is due, or {ANY_LANGUAGE!r} for any language; "
                "languages=[…] names the columns to read"
            )
        columns.append(code if wanted is None or code in wanted else None)
    found = frozenset(column for column in columns if column is not None)
    if missing := sorted((wanted or frozenset()) - found):
        raise GlossaryError(f"{path}, line 1: there is no column {missing[0]!r}")
    if not found:
        raise GlossaryError(
            f"{path}, line 1: the first line holds a language code over each column: vi,en,fr"
        )
    return columns


def _code_or_none(heading: str) -> str | None:
    if heading == ANY_LANGUAGE:
        return heading
    try:
        return base_code(heading)
    except ValueError:
        return None


def write_csv(path: str | Path, concepts: Iterable[Sequence[GlossaryTerm]]) -> None:
    """Write a row for each concept, a column for each language."""
    concepts = tuple(concepts)
    codes = {term.language or ANY_LANGUAGE for concept in concepts for term in concept}
    columns = sorted(codes) or [ANY_LANGUAGE]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for concept in concepts:
            cells: dict[str, list[str]] = {}
            for term in concept:
                cells.setdefault(term.language or ANY_LANGUAGE, []).append(_notation(term))
            writer.writerow(["|".join(cells.get(column, ())) for column in columns])


# --- TBX -----------------------------------------------------------------------------------------


def read_tbx(path: str | Path, languages: Collection[str] | None) -> Iterator[list[GlossaryTerm]]:
    """Yield the terms of each concept.

    Args:
        path: the file; TBX of 2008 (``martif``) or 2019 (``tbx``), in any encoding that it names.
        languages: the codes of the languages to read; None reads all.

    Raises:
        GlossaryError: it is no such file; the message names the line.
    """
    reader = _TbxReader(path, None if languages is None else _codes(languages))
    with open(path, "rb") as file:
        while chunk := file.read(_BYTES):
            yield from reader.read(chunk)
        yield from reader.read(b"", is_last=True)


class _TbxReader:
    """Reads one file, a piece at a time. What a document type declares is not read: neither files
    that it names nor entities, by which a few lines can grow to gigabytes."""

    def __init__(self, path: str | Path, wanted: frozenset[str] | None) -> None:
        self._path = path
        self._wanted = wanted
        self._depth = 0
        self._language: str | None = None
        self._in_concept = False
        self._text: list[str] | None = None  # of the term that is being read
        self._terms: list[GlossaryTerm] = []
        self._done: list[list[GlossaryTerm]] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._entity
        self._parser.SkippedEntityHandler = self._entity

    def read(self, chunk: bytes, *, is_last: bool = False) -> list[list[GlossaryTerm]]:
        """Return the concepts that end in the next piece of the file."""
        self._done = []
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            raise self._error(f"no well-formed XML: {expat.ErrorString(error.code)}") from None
        except (ValueError, LookupError) as error:  # an encoding that Python does not know
            if isinstance(error, GlossaryError):
                raise
            raise self._error(f"no readable XML: {error}") from None
        return self._done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if self._depth == 0 and name not in _ROOTS:
            raise self._error(f"no TBX: it begins with <{name}>, not with <martif> or <tbx>")
        self._depth += 1
        if name in _CONCEPTS:
            self._in_concept = True
        elif name in _LANGUAGES and self._in_concept:
            self._language = self._language_of(name, attributes)
        elif name == "term" and self._language is not None:
            self._text = []

    def _language_of(self, name: str, attributes: dict[str, str]) -> str | None:
        code = next((attributes[key] for key in _LANGUAGE_KEYS if key in attributes), None)
        if code is None:
            raise self._error(f"<{name}> without xml:lang, which tells the language of its terms")
        base = _code_or_none(code)
        if base is None and self._wanted is None:
            raise self._error(f"xml:lang={code!r} is no language code; languages=[…] leaves it out")
        return base if self._wanted is None or base in self._wanted else None

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        self._depth -= 1
        if name == "term" and self._text is not None:
            self._terms.append(GlossaryTerm(" ".join("".join(self._text).split()), self._language))
            self._text = None
        elif name in _LANGUAGES:
            self._language = None
        elif name in _CONCEPTS:
            self._in_concept = False
            self._done.append(self._terms)
            self._terms = []

    def _entity(self, name: str, *_: Any) -> None:
        raise self._error(
            f"it uses or declares the entity {name!r}; entities are not read, because they can "
            "fetch files and grow without end: save it with plain characters in their place"
        )

    def _error(self, what: str) -> GlossaryError:
        return GlossaryError(f"{self._path}, line {self._parser.CurrentLineNumber}: {what}")
