"""One commit of an index as tantivy keeps it, to search and to ask in."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import log
from os.path import isdir
from typing import Any, Final

from searchlib import _tantivy as tantivy
from searchlib.deadline import check_time
from searchlib.engine.checks import Unchecked
from searchlib.engine.layout import ID, ID_HASH, LANGUAGE, SOURCE
from searchlib.engine.sealed import unsealed
from searchlib.errors import IndexDamagedError

__all__ = ["Snapshot", "StoredDocument", "by_count", "idf"]

# Documents that are looked up together. Each page costs a walk over all documents before it: with
# at most 20 pages, the time that it takes to read all documents grows as their number does.
_PAGE: Final = 10_000
_MOST_PAGES: Final = 20
_MOST_INTEGERS: Final = 60_000  # of one answer
_ALL_OF_SEGMENT: Final = 2**31  # without, counts of several segments are not exact
_MOST_LANGUAGES: Final = 1_000
_FEW: Final = 10  # terms, not all of which deleted documents alone have
_MOST_COUNTED: Final = 100_000  # terms whose frequencies a commit remembers


def idf(frequency: int, documents: int) -> float:
    """Return how much a term tells that so many of so many documents have: BM25's, as in tantivy.

    >>> round(idf(1, 1000), 2), round(idf(500, 1000), 2)
    (6.5, 0.69)
    """
    # Deleted documents count for the frequency until they are merged away.
    return log(1 + (max(documents - frequency, 0) + 0.5) / (frequency + 0.5))


def by_count(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts in their order, the largest first, of equals by the alphabet: wherever the
    documents lie, the first is the same.

    >>> by_count({"vi": 2, "th": 2, "fr": 3})
    {'fr': 3, 'th': 2, 'vi': 2}
    """
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


class StoredDocument:
    """A stored document as the engine has it.

    It is checked when it is read, and decoded when it is looked at: that takes as long as all the
    rest of reading it.

    Attributes:
        id: its id.
        language: the code of the language it was analysed in.
        source: what was stored, as ``Schema.pack`` made it; ``Schema.load`` decodes it.

    Raises:
        ValueError: it is not what was stored.
    """

    __slots__ = ("id", "language", "source")

    def __init__(self, document: tantivy.Document) -> None:
        first = document.get_first
        self.id: str = first(ID) or ""
        self.language: str = first(LANGUAGE) or ""
        self.source = unsealed(self.id, self.language, first(SOURCE) or b"")


class Snapshot:
    """One commit of an index: everything asked of it sees the same documents.

    Attributes:
        searcher: tantivy's.
        alive: how many documents there are.
        schema: tantivy's.
        ever: how many documents there are, with the deleted ones that lie there still.
        speakers: the code of each language of its documents → how many are in it.
        languages: the codes of the languages of its documents, the commonest first.
        has_deletions: whether terms are counted with documents that are gone.
        kept: what is dear to find out and stays true for this commit; who keeps it, bounds it.
        lasting: likewise, what hardly changes from one commit to the next.
        unchecked: what is checked before a document is read; None in memory.
        counts: the counts of facets of the last searches, for ``FacetCounter``.
    """

    def __init__(
        self,
        schema: tantivy.Schema,
        searcher: tantivy.Searcher,
        folder: str | None,
        lasting: dict[Hashable, Any] | None = None,
        unchecked: Unchecked | None = None,
    ) -> None:
        self.searcher = searcher
        self.alive: int = searcher.num_docs
        self.schema = schema
        self.folder = folder
        self.unchecked = unchecked
        self.kept: dict[Hashable, dict[Any, Any]] = {}
        self.lasting: dict[Hashable, Any] = {} if lasting is None else lasting
        self.counts: OrderedDict[Hashable, Any] = OrderedDict()
        self._single: dict[str, bool] = {ID: True, ID_HASH: True}
        self._lengths: dict[str, float] = {}
        self._frequencies: dict[tuple[str, str], int] = {}
        with tantivy.reading():
            # Every document has one language; terms are counted with the deleted documents.
            self.ever = sum(count for _, count in searcher.terms_with_prefix(LANGUAGE, ""))
        self.has_deletions = self.ever > self.alive
        request = {"languages": {"terms": {"field": LANGUAGE, "size": _MOST_LANGUAGES}}}
        answer = self.aggregate(tantivy.Query.all_query(), request)
        buckets = answer["languages"]["buckets"]
        self.speakers = by_count({bucket["key"]: bucket["doc_count"] for bucket in buckets})
        self.languages = tuple(self.speakers)

    def __len__(self) -> int:
        return self.alive

    @property
    def bytes(self) -> int | None:
        """How many bytes the files in the folder have now, those of other commits included; None
        in memory, and where the folder is gone."""
        if self.folder is None or not isdir(self.folder):
            return None
        size = 0
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # merged away while we look
                    size += entry.stat().st_size
        return size

    def search(
        self,
        query: tantivy.Query,
        *,
        limit: int,
        offset: int,
        order_by: str | None = None,
        descending: bool = True,
    ) -> tuple[int, list[tuple[float | None, tantivy.DocAddress]]]:
        """Return the total and one page of (score, address); no score where a field sorts."""
        # tantivy panics at a limit of 0, and sets memory aside for all it is asked for.
        wanted = min(limit, max(self.alive - offset, 0))
        with tantivy.reading():
            found = self.searcher.search(
                query,
                limit=max(wanted, 1),
                count=True,
                offset=offset if wanted else 0,
                order_by_field=order_by,
                order=tantivy.Order.Desc if descending else tantivy.Order.Asc,
            )
        page = found.hits if wanted else []
        total: int = found.count  # type: ignore[attr-defined]
        return total, [(None, address) for _, address in page] if order_by else page

    def ordered(
        self,
        query: tantivy.Query,
        *,
        limit: int,
        offset: int,
        order_by: str | None,
        descending: bool,
    ) -> list[tuple[Any, tantivy.DocAddress]]:
        """Return one page of (value, address): of a field's first value, or of the score."""
        wanted = min(limit, self.alive - offset)
        if wanted <= 0:
            return []
        with tantivy.reading():
            found = self.searcher.search(
                query,
                limit=wanted,
                # Without, tantivy skips what cannot be on the page, and sums scores in another
                # order: the last digit of a score must not depend on the page.
                count=order_by is None,
                offset=offset,
                order_by_field=order_by,
                order=tantivy.Order.Desc if descending else tantivy.Order.Asc,
            )
        return list(found.hits)

    def numbers(self, field: str, addresses: Sequence[tantivy.DocAddress]) -> list[Any]:
        """Return the first value, or None, of a field that is no text in each of these documents,
        as it is encoded."""
        with tantivy.reading():
            return self.searcher.fast_field_values(field, list(addresses))

    def is_single(self, field: str) -> bool:
        """Whether no document has several values of a field."""
        if field not in self._single:
            request = {"values": {"value_count": {"field": field}}}
            values = self.aggregate(tantivy.Query.all_query(), request)["values"]["value"]
            self._single[field] = values == self.count(tantivy.Query.exists_query(field))
        return self._single[field]

    def count(self, query: tantivy.Query) -> int:
        """Return how many documents match."""
        # Sorted by a number, so that no score is computed.
        return self.search(query, limit=0, offset=0, order_by=ID_HASH)[0]

    def aggregate(self, query: tantivy.Query, request: dict[str, Any]) -> dict[str, Any]:
        """Return tantivy's answer to a request for aggregations."""
        with tantivy.reading():
            answer: dict[str, Any] = self.searcher.aggregate(query, request)
        return answer

    def values(self, field: str, query: tantivy.Query) -> list[tuple[str, int]]:
        """Return all values of a keyword or category field in the documents found, each with the
        number of these that have it: any number of values, where ``aggregate`` has a limit."""
        with tantivy.reading():
            return self.searcher.terms_with_prefix(field, "", query)

    def integers(self, field: str, query: tantivy.Query) -> Iterator[tuple[int, int]]:
        """Yield all values of an integer field in the documents found, likewise."""
        # Four times as quick, where the values fit into one answer.
        terms = {"field": field, "size": _MOST_INTEGERS, "segment_size": 2**31}
        answer = self.aggregate(query, {"values": {"terms": terms}})["values"]
        if not answer["sum_other_doc_count"]:
            yield from ((bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"])
            return
        request: dict[str, Any] = {
            "size": _MOST_INTEGERS,
            "sources": [{"v": {"terms": {"field": field}}}],
        }
        while True:
            answer = self.aggregate(query, {"values": {"composite": request}})["values"]
            for bucket in answer["buckets"]:
                yield bucket["key"]["v"], bucket["doc_count"]
            if "after_key" not in answer:
                return
            request["after"] = answer["after_key"]

    def integer_counts(self, field: str, query: tantivy.Query) -> dict[int, int]:
        """Return value → number of documents found, of an integer field without several values."""
        terms = {"field": field, "size": _MOST_INTEGERS, "segment_size": _ALL_OF_SEGMENT}
        answer = self.aggregate(query, {"values": {"terms": terms}})["values"]
        if answer["sum_other_doc_count"]:
            return dict(self.integers(field, query))
        return {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]}

    def page(self, addresses: Sequence[tantivy.DocAddress]) -> list[StoredDocument]:
        """Return the stored documents at addresses of this snapshot."""
        doc = self.searcher.doc
        if self.unchecked is not None and self.unchecked.left:
            self.unchecked.check({address.segment_ord for address in addresses})
        with tantivy.reading():
            return [StoredDocument(doc(address)) for address in addresses]

    def document(self, address: tantivy.DocAddress) -> StoredDocument:
        """Return the stored document at an address of this snapshot."""
        if self.unchecked is not None and self.unchecked.left:
            self.unchecked.check([address.segment_ord])
        with tantivy.reading():
            return StoredDocument(self.searcher.doc(address))

    def holds(self, field: str, term: str) -> bool:
        """Whether any document has the term."""
        if not self.frequency(field, term):
            return False
        if not self.has_deletions:
            return True
        with tantivy.reading():
            query = tantivy.Query.term_query(self.schema, field, term, "basic")
            return bool(self.searcher.search(query, limit=1, count=False).hits)

    def side_by_side(self, field: str, words: Sequence[str]) -> int:
        """Return how many documents have words one behind the other, in a field with positions."""
        return self.count(tantivy.Query.phrase_query(self.schema, field, list(words)))

    def holds_near(self, field: str, term: str) -> bool:
        """Whether any document has a term that is this one but for one letter left out, added,
        mistaken or swapped with the next, or the term itself."""
        with tantivy.reading():
            query = tantivy.Query.fuzzy_term_query(self.schema, field, term)
            return bool(self.searcher.search(query, limit=1, count=False).hits)

    def frequency(self, field: str, term: str) -> int:
        """Return how many documents have a term, as ``frequencies`` does, and remember it."""
        known = self._frequencies.get((field, term))
        if known is not None:
            return known
        if len(self._frequencies) >= _MOST_COUNTED:
            self._frequencies.clear()
        check_time()
        try:
            found = self.searcher.doc_freq(field, term)
        except BaseException as error:
            with tantivy.READING:  # not around it: that takes as long as to count
                raise error
        self._frequencies[field, term] = found
        return found

    def frequencies(self, field: str, terms: Iterable[str]) -> dict[str, int]:
        """Return term → how many documents have it, of the terms that any has; deleted documents
        count until tantivy merges their segment."""
        doc_freq = self.searcher.doc_freq
        with tantivy.reading():
            return {term: count for term in terms if (count := doc_freq(field, term))}

    def matching(self, field: str, pattern: str) -> int:
        """Return how many documents have a term of a field that a regular expression matches."""
        return self.count(tantivy.Query.regex_query(self.schema, field, pattern))

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return at most so many terms of a field that begin so, each with how many documents have
        it, the commonest first."""
        with tantivy.reading():
            return self.searcher.terms_with_prefix(field, prefix, limit=limit)

    def term_count(self, field: str) -> int:
        """Return how many distinct terms a field has, in deleted documents too."""
        with tantivy.reading():
            return len(self.searcher.terms_with_prefix(field, ""))

    def mean_length(self, field: str, term: Any) -> float:
        """Return how many terms of a field a document has on average; 0 where none has any.

        Args:
            field: the field.
            term: one that some document may have; where none has it, another is sought: tantivy
                tells the length of a text nowhere but in its account of a score.
        """
        if field not in self._lengths:
            self._lengths[field] = self._mean_length(field, term)
        return self._lengths[field]

    def _mean_length(self, field: str, term: Any) -> float:
        if "." not in field:  # no view of a text
            values = {"values": {"value_count": {"field": field}}}
            count: float = self.aggregate(tantivy.Query.all_query(), values)["values"]["value"]
            return count / max(self.alive, 1)
        for length in (len(term), 2, 1, 0):  # the fewer letters, the longer the walk
            for one, _ in self.terms(field, term[:length], _FEW):
                query = tantivy.Query.term_query(self.schema, field, one, "freq")
                _, page = self.search(query, limit=1, offset=0)
                account = self.explain(query, page[0][1]) if page else None
                if account is not None:
                    return _told(account, "avgdl") or 0.0
        return 0.0

    def as_rare(self, query: tantivy.Query, field: str, terms: Sequence[Any]) -> tantivy.Query:
        """Return a query for terms that scores by how rare ``frequencies`` says they are."""
        return query  # tantivy counts the same

    def explain(self, query: tantivy.Query, address: tantivy.DocAddress) -> dict[str, Any] | None:
        """Return tantivy's account of a document's score, or None where it does not match."""
        try:
            account: dict[str, Any] = json.loads(query.explain(self.searcher, address).to_json())
        except ValueError:
            return None
        return account

    def matches(self, query: tantivy.Query, document_id: str) -> bool:
        """Whether a query matches a document. ``explain`` does not see what a query excludes."""
        is_it = tantivy.Query.term_query(self.schema, ID, document_id, "basic")
        both = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, is_it)]
        )
        return self.count(both) > 0

    def address(self, document_id: str) -> tantivy.DocAddress | None:
        """Return where the document with that id lies, or None."""
        query = tantivy.Query.term_query(self.schema, ID, document_id, "basic")
        _, page = self.search(query, limit=1, offset=0)
        return page[0][1] if page else None

    def by_id(self, document_id: str) -> StoredDocument | None:
        """Return the document with that id, or None."""
        address = self.address(document_id)
        if address is None:
            return None
        found = self.document(address)
        if found.id != document_id:
            raise IndexDamagedError(
                f"the files of the index are damaged: the document {document_id!r} is not where it "
                "should be"
            )
        return found

    def documents(self) -> Iterator[StoredDocument]:
        """Yield all documents, in the order in which they lie in the index."""
        size = max(_PAGE, self.alive // _MOST_PAGES)
        for offset in range(0, self.alive, size):
            _, page = self.search(tantivy.Query.all_query(), limit=size, offset=offset)
            for _, address in page:
                yield self.document(address)


def _told(account: dict[str, Any], name: str) -> float | None:
    """A number in tantivy's account of a score."""
    if account["description"].startswith(name):
        return float(account["value"])
    parts = (_told(part, name) for part in account.get("details") or ())
    return next((value for value in parts if value is not None), None)
