"""What stands beside tantivy's files: one JSON that says what the index is and what made it.

    my-index/
        searchlib.json      format, schema, version of the analysis, versions of what it rests on
        data-1/             tantivy's files; a rebuilt index gets a new folder and a new manifest

The manifest is replaced as a whole, by one rename, so that it always names a complete index.
"""

from __future__ import annotations

import json
import os
from os.path import abspath, basename, dirname, exists, join
from typing import Any, Final
from zlib import crc32

from searchlib._dataclass import dataclass
from searchlib._later import regex
from searchlib._tantivy import tantivy_version
from searchlib.analysis import ANALYSIS_VERSION, icu_version, unicode_version
from searchlib.engine.files import StrPath, layout_checksum, put, sync_folder
from searchlib.errors import (
    AnalysisMismatchError,
    IndexDamagedError,
    IndexFormatError,
    IndexNotFoundError,
    IndexStateError,
    SchemaError,
    SearchlibError,
)
from searchlib.fields import Keyword, Text, show
from searchlib.schema import Schema

__all__ = ["FORMAT", "Manifest", "folder_around", "folder_of", "is_data", "located"]

_NAME: Final = "searchlib.json"
#: Of the files as a whole: what an earlier release cannot read gets the next number.
FORMAT: Final = 2
_DATA: Final = regex(r"data-\d+")
# Languages whose words ICU takes from its dictionaries, which change from release to release.
_BY_DICTIONARY: Final = frozenset({"ja", "km", "lo", "my", "th", "zh"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one index folder.

    Attributes:
        schema: the fields of its documents.
        data: the name of the folder with tantivy's files.
        analysis: the version of the analysis that made its terms.
        versions: ``icu``, ``unicode`` and ``tantivy`` at work then.
        layout: a checksum of tantivy's fields and settings.
    """

    schema: Schema
    data: str
    analysis: str
    versions: dict[str, str]
    layout: int

    @classmethod
    def of(cls, schema: Schema, data: StrPath) -> Manifest:
        """Return the manifest of an index made by the library as it is now.

        Args:
            schema: its fields.
            data: the folder with tantivy's files.
        """
        versions = {
            "icu": icu_version(),
            "unicode": unicode_version(),
            "tantivy": tantivy_version,
        }
        return cls(schema, basename(data), ANALYSIS_VERSION, versions, layout_checksum(data))

    @classmethod
    def exists(cls, folder: StrPath) -> bool:
        """Whether there is a manifest in the folder."""
        return exists(join(folder, _NAME))

    @classmethod
    def seen(cls, folder: StrPath) -> tuple[int, int] | None:
        """What tells the manifest in a folder from the one put in its place; None where there is
        none."""
        try:
            status = os.stat(join(folder, _NAME))
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    @classmethod
    def read(cls, folder: StrPath) -> Manifest:
        """Read the manifest of a folder.

        Raises:
            IndexNotFoundError: there is none.
            IndexDamagedError: it cannot be read.
            IndexFormatError: its index is of another format.
            IndexStateError: as of ``folder_of``.
        """
        path = join(folder_of(folder), _NAME)
        try:
            with open(path, encoding="utf-8") as file:
                plain = json.load(file)
        except (FileNotFoundError, NotADirectoryError):
            raise IndexNotFoundError(
                f"there is no index in {str(folder)!r}: it holds no {_NAME}; make one with "
                "Index(schema, path)"
            ) from None
        except OSError as error:
            raise IndexStateError(f"{path!r} cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise IndexDamagedError(f"{path!r} cannot be read: {error}") from error
        try:
            found = plain["format"]
            if found != FORMAT:
                remedy = (
                    "install a newer searchlib: pip install --upgrade searchlib"
                    if isinstance(found, int) and found > FORMAT
                    else "with the release that made it, add Index.open(path).documents() to an "
                    "index of this one"
                )
                raise IndexFormatError(
                    f"the index in {str(folder)!r} is of format {found}, this searchlib reads "
                    f"format {FORMAT}: {remedy}"
                )
            if plain.pop("checksum") != _checksum(plain):
                raise ValueError("its checksum differs")
            if not _DATA.fullmatch(plain["data"]):
                raise ValueError(f"{plain['data']!r} is no name of a data folder")
            return cls(
                Schema.from_dict(plain["schema"]),
                plain["data"],
                str(plain["analysis"]),
                dict(plain["versions"]),
                int(plain["layout"]),
            )
        except (KeyError, TypeError, ValueError, SchemaError) as error:
            if isinstance(error, SearchlibError) and not isinstance(error, SchemaError):
                raise
            raise IndexDamagedError(f"{path!r} is no manifest: {_why(error)}") from error

    def write(self, folder: StrPath) -> None:
        """Put this manifest into a folder in place of the one there, whole or not at all."""
        os.makedirs(folder, exist_ok=True)
        plain = self._plain()
        plain |= {"checksum": _checksum(plain)}
        put(join(folder, _NAME), json.dumps(plain, ensure_ascii=False, indent=2) + "\n")
        sync_folder(folder)

    def remove(self, folder: StrPath) -> None:
        """Take the manifest out of a folder, which is no index any more then."""
        os.unlink(join(folder, _NAME))
        sync_folder(folder)

    def check_analysis(self, folder: StrPath, languages: frozenset[str]) -> None:
        """Check that queries will meet the terms of the index.

        Args:
            folder: where the index is, for the message.
            languages: of its documents.

        Raises:
            AnalysisMismatchError: they may not.
        """
        remedy = f"rebuild it from its stored documents with searchlib.reindex({str(folder)!r})"
        if self.analysis != ANALYSIS_VERSION:
            raise AnalysisMismatchError(
                f"the index in {str(folder)!r} was made by version {self.analysis} of the "
                f"analysis, this searchlib has version {ANALYSIS_VERSION}: {remedy}"
            )
        affected = sorted(languages & _BY_DICTIONARY)
        sorted_by = [
            name
            for name, kind in self.schema.fields.items()
            if isinstance(kind, (Keyword, Text)) and kind.collation is not None
        ]
        if not (affected or sorted_by) or self.versions.get("icu") == icu_version():
            return
        if sorted_by:
            raise AnalysisMismatchError(
                f"the index in {str(folder)!r} was made with ICU {self.versions.get('icu')}, this "
                f"is ICU {icu_version()}, whose alphabetical order, by which "
                f"{', '.join(sorted_by)} can be sorted, may differ: {remedy}"
            )
        raise AnalysisMismatchError(
            f"the index in {str(folder)!r} was made with ICU {self.versions.get('icu')}, this is "
            f"ICU {icu_version()}, which may cut words of {', '.join(affected)} in other places: "
            f"{remedy}"
        )

    def _plain(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "data": self.data,
            "analysis": self.analysis,
            "versions": self.versions,
            "layout": self.layout,
            "schema": self.schema.to_dict(),
        }


def _why(error: Exception) -> str:
    """What is wrong with a manifest, from what reading it ran into."""
    match error:
        case KeyError():
            return f"it holds no {error}"
        case TypeError():
            return "what it holds is of other types than it was written with"
        case _:
            return str(error)


def _checksum(plain: dict[str, Any]) -> int:
    return crc32(json.dumps(plain, sort_keys=True).encode())


def folder_of(path: object) -> str:
    """Return what names the folder of an index, as a str. Whoever takes a path from a caller has it
    checked here, before anything is made.

    Args:
        path: a str, or an object with the method ``__fspath__``.

    Raises:
        IndexStateError: it can be no folder of an index.

    >>> from pathlib import Path
    >>> folder_of(Path("my-index")), folder_of("")
    ('my-index', '.')
    """
    name = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(name, str):
        raise IndexStateError(
            f"the folder of an index is given as a str or a Path, not as {show(name)}"
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise IndexStateError(
            f"there can be no index in {name!r}: the engine opens folders by names of UTF-8 alone; "
            "rename it, or name it by a link"
        ) from None
    if "\0" in name:
        raise IndexStateError(
            f"there can be no index in {name!r}: no name of a folder holds a zero character"
        )
    return name or os.curdir


def located(folder: str) -> str:
    """Return the path of a folder that stays right when the program goes to another.

    Raises:
        IndexStateError: it can be no folder of an index.
    """
    try:
        return folder_of(abspath(folder))
    except FileNotFoundError:
        raise IndexStateError(
            f"there can be no index in {folder!r}: the folder that the program is in is gone"
        ) from None


def is_data(name: str) -> bool:
    """Whether a folder of this name holds tantivy's files."""
    return _DATA.fullmatch(name) is not None


def folder_around(path: str) -> str | None:
    """Return the folder of the index that a file would stand in, beside its manifest or among
    tantivy's files; None where there is none.

    Args:
        path: of the file, links resolved.
    """
    folder = dirname(path)
    if is_data(basename(folder)):
        folder = dirname(folder)
    return folder if Manifest.exists(folder) else None
