"""The record of the last commit, ``commit.json``, by which a check tells whether it is all there.

tantivy's ``meta.json`` names the segments of a commit, and has no checksum (docs/adr/0028).
"""

from __future__ import annotations

import json
from contextlib import suppress
from errno import EIO
from os.path import join
from typing import Any, Final
from zlib import crc32

from searchlib._dataclass import NamedTuple
from searchlib.engine.files import META, NOT_DAMAGE, StrPath, number_of, put, read_meta, sync_folder
from searchlib.errors import IndexDamagedError, IndexStateError

__all__ = ["RECORD", "check_record", "record_commit", "record_merges"]

#: The file's name.
RECORD: Final = "commit.json"


class Record(NamedTuple):
    """What is written down of a commit beside it, by which a check tells whether all is there.

    Attributes:
        opstamp: the number of the commit.
        documents: how many it has.
        segments: which segments they lay in.
        checksum: of ``meta.json`` at that time.
    """

    opstamp: int
    documents: int
    segments: list[str]
    checksum: int


def record_commit(folder: StrPath, documents: int) -> None:
    """Write down the last commit, and let it and the record outlast a power cut.

    Args:
        folder: of tantivy's files.
        documents: how many it has.

    Raises:
        IndexStateError: the disk failed.
    """
    with suppress(OSError):  # without room it says less, and no wrong
        _write_record(folder, documents, read_meta(folder))
    try:
        sync_folder(folder)  # tantivy syncs its files, but not the name of the last
    except OSError as error:
        if error.errno == EIO:
            raise IndexStateError(
                f"the commit was made in {str(folder)!r}, but may not outlast a power cut: the "
                f"disk failed to write it ({error}). Make a backup on another disk"
            ) from error


def record_merges(folder: StrPath) -> None:
    """Write the last commit down anew where segments of it were merged since.

    Raises:
        IndexDamagedError: it cannot be read.
    """
    meta = read_meta(folder)
    record = _read_record(folder)
    # Of a later commit, another process's, that one has made the record.
    if record and record.opstamp == number_of(meta) and record.checksum != crc32(meta):
        with suppress(OSError):
            _write_record(folder, record.documents, meta)


def check_record(folder: StrPath, meta: bytes) -> int | None:
    """Return how many documents a commit had when it was made, or None where that was not written
    down: the process was killed in between.

    Args:
        folder: of tantivy's files.
        meta: the commit's ``meta.json``, as read before the call.

    Raises:
        IndexDamagedError: the record is damaged, or the commit is not as it was made.
    """
    record = _read_record(folder)
    if record is None:
        return None
    opstamp = number_of(meta)
    if record.opstamp != opstamp:
        # Later: of a commit made meanwhile, for the record was read after the commit.
        if record.opstamp > opstamp and number_of(read_meta(folder)) < record.opstamp:
            raise IndexDamagedError(
                f"{join(folder, META)!r} is not that of the last commit, but of an earlier one"
            )
        return None
    # A commit's segments are merged after it, and only then does its meta.json change.
    if record.checksum != crc32(meta) and sorted(record.segments) == sorted(_segments(meta)):
        raise IndexDamagedError(f"{META!r} is not as it was written: its checksum differs")
    return record.documents


def _write_record(folder: StrPath, documents: int, meta: bytes) -> None:
    plain = Record(number_of(meta), documents, _segments(meta), crc32(meta))._asdict()
    put(join(folder, RECORD), json.dumps(plain | {"own": _checksum(plain)}))


def _read_record(folder: StrPath) -> Record | None:
    try:
        with open(join(folder, RECORD), encoding="utf-8") as file:
            plain = json.load(file)
        if plain.pop("own") != _checksum(plain):
            raise ValueError("its checksum differs")
        return Record(**plain)
    except FileNotFoundError:
        return None
    except OSError as error:
        kind = IndexStateError if error.errno in NOT_DAMAGE else IndexDamagedError
        raise kind(f"{RECORD!r} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamagedError(
            f"{RECORD!r} is damaged: {error!r}. Nothing else rests on it; the next commit writes "
            "it anew"
        ) from error


def _checksum(plain: dict[str, Any]) -> int:
    return crc32(json.dumps(plain, sort_keys=True).encode())


def _segments(meta: bytes) -> list[str]:
    try:
        return [str(segment["segment_id"]) for segment in json.loads(meta)["segments"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamagedError(f"{META!r} is damaged: {error!r}") from error
