"""Xapian over text folded beforehand; run by the Python that has its bindings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.engine import NAMES, fold, words
from benchmarks.peers.timed.engine import FACETS, LIMIT, Ask, Row, Timed, bytes_of

_EXAMINED = 1 << 30  # of all that is found, what is counted


class Xapian(Timed):
    """Terms and stems as STEM_SOME makes them; what is counted stands in value slots."""

    def version(self) -> str:
        import xapian

        version: str = xapian.version_string()
        return version

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        import xapian

        database = xapian.WritableDatabase(str(folder / "index"), xapian.DB_CREATE)
        generator = xapian.TermGenerator()
        generator.set_stemmer(_stemmer(language))
        generator.set_flags(xapian.TermGenerator.FLAG_CJK_NGRAM)
        for row in rows:
            document = xapian.Document()
            generator.set_document(document)
            generator.index_text(fold(row.whole))
            document.set_data(f"{row.id}\n{row.whole}")
            for slot, name in enumerate(FACETS):
                document.add_value(slot, str(getattr(row, name)))
            database.add_document(document)
        database.commit()
        database.close()

    def open(self, folder: Path, language: str) -> None:
        import xapian

        self._stemmer = _stemmer(language)
        self._database = xapian.Database(str(folder / "index"))

    def ask(self, kind: str) -> Ask | None:
        makers: dict[str, Ask] = {
            "facet": lambda text: self._found("any", text, FACETS[:1]),
            "facets": lambda text: self._found("any", text, FACETS),
            "snippets": lambda text: self._found("question", text, is_marked=True),
        }
        return makers.get(kind, lambda text: self._found(kind, text)) if kind in _KINDS else None

    def size(self, folder: Path) -> int | None:
        return bytes_of(folder, without=("docdata.glass",))

    def _query(self, kind: str, text: str) -> Any:
        import xapian

        parser = xapian.QueryParser()
        parser.set_database(self._database)
        parser.set_stemmer(self._stemmer)
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_default_op(xapian.Query.OP_AND if kind == "all" else xapian.Query.OP_OR)
        flags = xapian.QueryParser.FLAG_CJK_NGRAM
        shown = " ".join(words(fold(text))).lower()
        if kind == "phrase":
            return parser.parse_query(f'"{shown}"', flags | xapian.QueryParser.FLAG_PHRASE)
        if kind == "prefix":
            return parser.parse_query(f"{shown}*", flags | xapian.QueryParser.FLAG_WILDCARD)
        return parser.parse_query(shown, flags)

    def _found(
        self, kind: str, text: str, counted: Sequence[str] = (), *, is_marked: bool = False
    ) -> list[str]:
        import xapian

        enquire = xapian.Enquire(self._database)
        enquire.set_query(self._query(kind, text))
        spies = [xapian.ValueCountMatchSpy(FACETS.index(name)) for name in counted]
        for spy in spies:
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, LIMIT, _EXAMINED if spies else 0)
        answer = [match.document.get_data().decode() for match in found]
        if is_marked:
            for one in answer:
                found.snippet(one, 200, self._stemmer).decode()
        for spy in spies:
            _ = [(item.term, item.termfreq) for item in spy.top_values(LIMIT)]
        return [one.partition("\n")[0] for one in answer]


_KINDS = ("any", "all", "phrase", "prefix", "question", "facet", "facets", "snippets")


def _stemmer(language: str) -> Any:
    import xapian

    known = xapian.Stem.get_available_languages().decode().split()
    name = NAMES.get(language, "none")
    return xapian.Stem(name if name in known else "none")
