"""How many processor cores adding some documents is worth: known once enough of them was seen."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final, TypeVar

from searchlib.engine.cores import usable_cores
from searchlib.engine.plain import copied
from searchlib.errors import DocumentError

__all__ = ["begun"]

#: Bytes of documents from which on more than two cores are made use of. One of tantivy's threads
#: makes one segment of about as many, and documents of one segment lie in the order in which they
#: were added; of several segments, they do not in any case (docs/adr/0032).
_MANY: Final = 16_000_000
_FEW: Final = 2
_ERROR: Final = 1_000  # bytes, with the row that it is about


_T = TypeVar("_T")


def begun(documents: Iterable[_T]) -> tuple[int, Iterable[_T]]:
    """Return how many cores to add documents with, and the documents, among which may stand a
    ``DocumentError``. Where to ask for them raises, it does so at the same place.

    >>> cores, documents = begun(iter([{"id": "a"}, {"id": "b"}]))
    >>> cores, list(documents)
    (1, [{'id': 'a'}, {'id': 'b'}])
    """
    cores = usable_cores()
    if cores <= _FEW:
        return 1, documents
    # Copies, for who yields them may use one dict for all.
    seen: list[Any] = []
    size = 0
    rest = iter(documents)
    while size < _MANY:
        try:
            document = next(rest)
        except StopIteration:
            rest = iter(())  # not to be asked again: some would wait for more
            break
        except Exception as error:
            rest = _raised(error)
            break
        if isinstance(document, DocumentError):
            seen.append(document)
            size += _ERROR
            continue
        try:
            copy = copied(document)
        except Exception:  # cannot be copied, so it is not to be held
            rest = chain((document,), rest)
            break
        seen.append(copy)
        size += len(copy)
    return cores if size >= _MANY else 1, chain(map(_original, seen), rest)


def _original(seen: Any) -> Any:
    return seen if isinstance(seen, DocumentError) else pickle.loads(seen)


def _raised(error: Exception) -> Iterator[Any]:
    raise error
    yield  # an iterator, which raises when it is asked
