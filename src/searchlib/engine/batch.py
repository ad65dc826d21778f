"""Documents on their way to tantivy, some together: what costs a kilobyte each by itself.

A document takes the place of the one with its id: that one is deleted, in case it is there. tantivy
keeps each deletion until the commit with all that scoring it would take, a kilobyte, which makes a
gigabyte of a million documents. One deletion of a thousand ids takes next to nothing, and a third
of the time (docs/adr/0029).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from searchlib import _tantivy as tantivy
from searchlib.engine.encode import Encoded, engine_document
from searchlib.engine.layout import ID
from searchlib.engine.pace import Pace

__all__ = ["Batch"]

_MOST: Final = 1_000  # ids
_MOST_BYTES: Final = 1_000_000  # of the documents' JSON; their terms are some five times as much


class Batch:
    """Replacements and deletions by id that tantivy has not been told of.

    Whatever else is done to the writer (a deletion by a query, a commit), ``flush`` comes first. A
    Ctrl-C may come between any two steps: what was put stays until it is forgotten, and to tell
    tantivy twice is as good as once, for ids are deleted before documents are added.

    Args:
        schema: tantivy's schema.
    """

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema
        self._held: OrderedDict[str, Encoded | None] = OrderedDict()
        self._size = 0
        self._pace = Pace()

    @property
    def is_full(self) -> bool:
        """Whether it is time to flush."""
        return len(self._held) >= _MOST or self._size >= _MOST_BYTES

    @property
    def changes(self) -> Mapping[str, Encoded | None]:
        """What was put last of each id; None where it was deleted."""
        return self._held

    def put(self, document_id: str, document: Encoded | None) -> None:
        """Put a document in the place of the one with its id; None only deletes that one."""
        held = self._held
        before = held.get(document_id)
        held[document_id] = document
        held.move_to_end(document_id)  # the last of one id stays, in its place
        self._size += _size_of(document) - _size_of(before)

    def forget(self) -> None:
        """Drop all that was put."""
        self._held = OrderedDict()
        self._size = 0

    def flush(self, writer: tantivy.IndexWriter) -> None:
        """Tell tantivy of all that was put."""
        held = self._held
        if not held:
            return
        self._pace.hand(self._size)
        ids = tantivy.Query.term_set_query(self._schema, ID, list(held))
        writer.delete_documents_by_query(ids)
        for document in held.values():
            if document is not None:
                writer.add_document(engine_document(document, self._schema))


def _size_of(document: Encoded | None) -> int:
    return 0 if document is None else len(document.source)
