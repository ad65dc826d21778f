"""Rebuild an index from what it stores, after the rules of analysis have changed."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from itertools import islice
from math import inf
from os.path import basename
from pathlib import Path
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.analysis import ANALYSIS_VERSION, icu_version
from searchlib.engine.cores import plan, usable_cores
from searchlib.engine.encode import Encoder, Task, engine_document
from searchlib.engine.encoders import Encoders
from searchlib.engine.files import commit_number
from searchlib.engine.pace import Pace
from searchlib.engine.store import Store
from searchlib.errors import DocumentError, IndexStateError
from searchlib.making import ORIGIN, free_data, locked
from searchlib.manifest import FORMAT, Manifest, folder_of
from searchlib.schema import Schema

__all__ = ["rebuilding", "reindex"]

_EACH: Final = 50_000  # documents between two commits, from the last of which it can go on
#: Bytes on disk from which on more than two cores are made use of: as many as `bulk` waits for.
_MANY: Final = 32_000_000


def reindex(path: str | Path, *, wait: float = 0.0) -> int:
    """Rebuild the index in a folder from its stored documents, by the rules of analysis of today.

    The old index serves until the new one is whole; then one rename puts it in the old one's
    place, also for ``Index`` objects that are open. Each document keeps its language. Cut off, it
    goes on where it was when it is called again, unless the index was written to meanwhile.

    Args:
        path: the index's folder.
        wait: seconds to wait for a writer that is open to be closed.

    Returns:
        the number of documents.

    Raises:
        IndexNotFoundError, IndexDamagedError: there is no index that can be read.
        IndexLockedError: a writer is open, and still was after the wait.
        IndexStateError: there is no room for the new index; the old one is as it was.

    >>> from tempfile import TemporaryDirectory
    >>> from searchlib import Index, Schema
    >>> with TemporaryDirectory() as folder:
    ...     result = Index(Schema({}), folder).add([{"id": "a"}, {"id": "b"}])
    ...     reindex(folder)
    2
    """
    folder = Path(folder_of(path))
    # Nobody may write to what is about to be replaced.
    with locked(folder, wait, checked=inf) as (old, source):
        source.refresh()  # what was committed before the lock was ours
        data = Path(free_data(folder, int(old.data.rpartition("-")[2]) + 1))
        try:
            target = _begun(source, data, old.schema)
            _fill(target, source, old.schema)
            (data / ORIGIN).unlink()
            Manifest.of(old.schema, data).write(folder)
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexStateError(
                f"the index in {str(folder)!r} cannot be rebuilt, it is as it was. No room on the "
                f"disk? Then make room and call reindex again, which goes on from here: {error}"
            ) from error
        # Before the lock is given up, so that no writer can begin in the old folder.
        shutil.rmtree(folder / old.data, ignore_errors=True)
    return len(target.last)


def _begun(source: Store, data: Path, schema: Schema) -> Store:
    """The index that takes the documents: that of a rebuild that was cut off, if it was of the same
    commit and by the same rules; else an empty one."""
    assert source.folder is not None
    origin: dict[str, Any] = {
        "of": basename(source.folder),
        "commit": commit_number(source.folder),
        "documents": len(source.last),
        "format": FORMAT,
        "analysis": ANALYSIS_VERSION,
        "icu": icu_version(),
    }
    try:
        if json.loads((data / ORIGIN).read_text("utf-8")) == origin:
            return Store(schema, data)
    except (OSError, ValueError, IndexStateError):
        pass
    shutil.rmtree(data, ignore_errors=True)
    target = Store(schema, data, create=True)
    (data / ORIGIN).write_text(json.dumps(origin), "utf-8")
    return target


def _fill(target: Store, source: Store, schema: Schema) -> None:
    """Add to an index the documents of another that it lacks: those behind as many as it has."""
    cores = usable_cores() if (source.last.bytes or 0) > _MANY else 1
    threads, workers, memory = plan(cores)
    writer = target.writer(memory, threads=threads)
    encoders = Encoders(Encoder(schema), workers)
    pace = Pace()
    documents = islice(source.last.documents(), len(target.last), None)
    with (
        closing(encoders),
        tantivy.panics_as(IndexStateError, "the engine refused a document"),
    ):
        tasks = (rebuilding(schema, one.language, one.source) for one in documents)
        for number, encoded in enumerate(encoders.encode(tasks), 1):
            if isinstance(encoded, DocumentError):
                raise encoded
            pace.hand(len(encoded.source))
            writer.add_document(engine_document(encoded, target.schema))
            if not number % _EACH:
                writer.commit()
                target.committed()
        writer.commit()
    target.committed()
    writer.wait_merging_threads()
    target.merged()


def rebuilding(schema: Schema, language: str, source: bytes) -> Task:
    """What an encoder is called with, to encode a stored document by the rules of today."""
    return Task(schema.load(source), language, source)
