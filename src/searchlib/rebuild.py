"""Rebuild an index from what it stores, after the rules of analysis have changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from searchlib import _tantivy as tantivy
from searchlib.engine.layout import engine_document
from searchlib.engine.store import WRITER_MEMORY, Store, StoredDocument
from searchlib.errors import IndexLockedError
from searchlib.languages import analyzer
from searchlib.manifest import Manifest
from searchlib.schema import Schema

__all__ = ["reindex"]


def reindex(path: str | Path) -> int:
    """Rebuild the index in a folder from its stored documents, by the rules of analysis of today.

    The old index serves until the new one is whole; then one rename puts it in the old one's
    place, also for ``Index`` objects that are open. Each document keeps its language.

    Returns:
        the number of documents.

    Raises:
        IndexNotFoundError, IndexDamagedError: there is no index that can be read.
        IndexLockedError: a writer is open.
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
        new = Manifest.of(old.schema, number)
        shutil.rmtree(folder / new.data, ignore_errors=True)  # of a rebuild that was cut off
        target = Store(old.schema, folder / new.data, create=True)
        writer = target.writer(WRITER_MEMORY)
        for stored in source.last.documents():
            writer.add_document(_rebuilt(old.schema, stored))
        writer.commit()
        writer.wait_merging_threads()
        new.write(folder)
        # Before the lock is given up, so that no writer can begin in the old folder.
        shutil.rmtree(folder / old.data, ignore_errors=True)
    finally:
        lock.wait_merging_threads()
    target.refresh()
    return len(target.last)


def _rebuilt(schema: Schema, stored: StoredDocument) -> tantivy.Document:
    document = schema.load(stored.source)
    document_id, encoded = schema.check(document)
    texts = {name: encoded.pop(name) for name in schema.text_fields if name in encoded}
    views = {
        name: list(map(analyzer(schema.text_fields[name].language or stored.language).views, some))
        for name, some in texts.items()
    }
    return engine_document(
        document_id, stored.language, stored.source, encoded, texts, views, schema
    )
