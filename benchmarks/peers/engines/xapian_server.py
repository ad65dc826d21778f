"""Xapian behind the lines that ProcessEngine writes. Needs nothing but Xapian's bindings."""

from __future__ import annotations

import sys
import tempfile
from typing import Any

import xapian

# Words are made of pairs of characters in Chinese, Japanese and Korean. No query syntax.
_INDEX_FLAGS = xapian.TermGenerator.FLAG_CJK_NGRAM
_QUERY_FLAGS = xapian.QueryParser.FLAG_CJK_NGRAM


def main() -> None:
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    known = xapian.Stem.get_available_languages().decode().split()
    with tempfile.TemporaryDirectory() as folder:
        made = 0
        for line in sys.stdin:
            order, *cells = line.rstrip("\n").split("\t")
            if order == "version":
                print(xapian.version_string(), flush=True)
            elif order == "index":
                made += 1
                database = xapian.WritableDatabase(f"{folder}/{made}", xapian.DB_CREATE)
                stemmer = xapian.Stem(cells[0] if cells[0] in known else "none")
            elif order == "add":
                _add(database, stemmer, *cells)
            elif order == "commit":
                database.commit()
                print(flush=True)
            elif order == "search":
                print(*_search(database, stemmer, *cells), flush=True)


def _add(database: Any, stemmer: Any, title: str, text: str) -> None:
    document = xapian.Document()
    generator = xapian.TermGenerator()
    generator.set_stemmer(stemmer)
    generator.set_flags(_INDEX_FLAGS)
    generator.set_document(document)
    # As its guide has it: the title under its prefix and among all the text.
    generator.index_text(title, 1, "S")
    generator.index_text(title)
    generator.increase_termpos()
    generator.index_text(text)
    database.add_document(document)


def _search(database: Any, stemmer: Any, limit: str, text: str) -> list[int]:
    parser = xapian.QueryParser()
    parser.set_stemmer(stemmer)
    parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
    parser.set_default_op(xapian.Query.OP_OR)
    enquire = xapian.Enquire(database)
    try:
        query = parser.parse_query(text, _QUERY_FLAGS)
    except xapian.QueryParserError:  # of some queries that mix Chinese words with others
        parts = [parser.parse_query(word, _QUERY_FLAGS) for word in text.split()]
        query = xapian.Query(xapian.Query.OP_OR, parts)
    enquire.set_query(query)
    return [match.docid - 1 for match in enquire.get_mset(0, int(limit))]


if __name__ == "__main__":
    main()
