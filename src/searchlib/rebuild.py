"""Rebuild an index from what it stores, after the rules of analysis have changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from searchlib import _tantivy as tantivy
from searchlib.engine.encode import Encoder, engine_document
from searchlib.engine.store import WRITER_MEMORY, Store
from searchlib.errors import IndexLockedError
from searchlib.manifest import Manifest
from searchlib.schema import Schema

__all__ = ["rebuilt", "reindex"]


def reindex(path: str | Path) -> int:
    """Rebuild the index in a folder from its stored documents, by the rules of analysis of today.

    The old index serves until the new one is whole; then one rename puts it in the old one's
    place, also for ``Index`` objects that are open. Each document keeps its language.

    Returns:
        the number of documents.

    Raises:
        IndexNotFoundError, IndexDamagedError: there is no index that can be read.
        IndexLockedError: a writer is open.

    >>> from tempfile import TemporaryDirectory
    >>> from searchlib import Index, Schema
    >>> with TemporaryDirectory() as folder:
    ...     result = Index(Schema({}), folder).add([{"id": "a"}, {"id": "b"}])
    ...     reindex(folder)
    2
    """
    folder = Path(path)
    old = Manifest.read(folder)
    source = Store(old.schema, folder / old.data)
    lock = source.writer(0)  # nobody may write to what is about to be replaced
    try:
        if Manifest.read(folder).data != old.data:
            raise IndexLockedError(f"the index in {str(folder)!r} was just rebuilt by another")
        source.refresh()  # what was committed before the lock was ours
        number = int(old.data.rpartition("-")[2]) + 1
        data = folder / f"data-{number}"
        shutil.rmtree(data, ignore_errors=True)  # of a rebuild that was cut off
        target = Store(old.schema, data, create=True)
        writer = target.writer(WRITER_MEMORY)
        for stored in source.last.documents():
            document = rebuilt(old.schema, stored.id, stored.language, stored.source)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        target.committed()
        Manifest.of(old.schema, data).write(folder)
        # Before the lock is given up, so that no writer can begin in the old folder.
        shutil.rmtree(folder / old.data, ignore_errors=True)
    finally:
        lock.wait_merging_threads()
    return len(target.last)


def rebuilt(schema: Schema, document_id: str, language: str, source: str) -> tantivy.Document:
    """Return the engine's document of a stored one, by the rules of analysis of today."""
    return engine_document(Encoder(schema).encode(schema.load(source), language, source))
