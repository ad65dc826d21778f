"""searchlib through its public interface: all views, checks on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any, Final

from benchmarks.peers.engine import TITLE_WEIGHT
from benchmarks.peers.timed.engine import FACETS, Ask, Row, Timed, bytes_of
from searchlib import Index, Integer, Keyword, Schema, Text, languages
from searchlib.analysis import Analyzer
from searchlib.fields import Field

_EXPECTED: Final = ("vi", "fr", "en")
_FACET_KINDS: Final[dict[str, Field]] = {
    "source": Keyword(),
    "kind": Keyword(),
    "year": Integer(),
}


def _either(text: str) -> str:
    return " OR ".join(text.split())


#: What is asked for → the query that a text becomes.
_QUERIES: Final[dict[str, Callable[[str], str]]] = {
    "any": _either,
    "all": lambda text: " AND ".join(text.split()),
    "phrase": lambda text: f'"{text}"',
    "prefix": lambda text: f"{text}*",
    "question": str,
    "facet": _either,
    "facets": _either,
    "snippets": str,
    "two snippets": str,
}


class Searchlib(Timed):
    """One field of title and text; documents say which language they are in."""

    tells_language = True
    has_title = False

    def version(self) -> str:
        return version("searchlib")

    def build(self, rows: Iterable[Row], language: str, folder: Path) -> None:
        texts: dict[str, Field] = {"whole": Text()}
        if self.has_title:
            texts = {"title": Text(weight=TITLE_WEIGHT), "text": Text()}
        expected: Iterable[str] = _EXPECTED
        if not language:
            rows = list(rows)
            expected = dict.fromkeys(row.lang for row in rows)
        schema = Schema(
            {**texts, **_FACET_KINDS},
            language="lang" if self.tells_language else None,
            languages=[*expected],
        )
        Index(schema, folder).add(self._documents(rows)).raise_for_rejected()

    def _documents(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        for row in rows:
            document: dict[str, Any] = {"id": row.id}
            if self.has_title:
                document |= {"title": row.title, "text": row.text}
            else:
                document["whole"] = row.whole
            document |= {"source": row.source, "kind": row.kind, "year": row.year}
            if self.tells_language:
                document["lang"] = row.lang
            yield document

    def open(self, folder: Path, language: str) -> None:
        self._index = Index.open(folder)
        self._index.search("")

    def ask(self, kind: str) -> Ask | None:
        options: dict[str, dict[str, Any]] = {
            "facet": {"facets": FACETS[:1]},
            "facets": {"facets": FACETS},
            "snippets": {"highlight": ["text"] if self.has_title else True},
        }
        if self.has_title:
            options["two snippets"] = {"highlight": True}
        if kind not in _QUERIES or (kind == "two snippets" and not self.has_title):
            return None
        query, given = _QUERIES[kind], options.get(kind, {})

        def ask(text: str) -> list[str]:
            hits = self._index.search(query(text), **given).hits
            return [hit.document["id"] for hit in hits]

        return ask

    def size(self, folder: Path) -> int | None:
        return bytes_of(folder, without=(".store",))

    def own(self, order: str, *cells: str) -> str:
        """``analyse LANGUAGE PATH``: seconds of all views of a lot's texts, and their bytes.
        ``share KIND TEXT …``: the seconds that each query spends outside the engine.
        ``compiling KIND TEXT …``: those of it in which it is compiled.
        ``threads COUNT TEXT …``: the seconds of all.
        ``calls KIND TEXT …``: how many functions of Python, and methods of the engine, a query
        calls.
        ``least KIND TEXT …``: the seconds of what no program could leave out, in each of the
        queries: the engine's search, and the reading of the documents that it finds."""
        if order == "analyse":
            return _analysed(*cells)
        if order == "share":
            return " ".join(map(str, self._share(cells[0], cells[1:])))
        if order == "compiling":
            return " ".join(map(str, self._compiling(cells[0], cells[1:])))
        if order == "threads":
            return str(self._by_threads(int(cells[0]), cells[1:]))
        if order == "calls":
            return self._calls(cells[0], cells[1:])
        if order == "least":
            return " ".join(map(str, self._least(cells[0], cells[1:])))
        raise ValueError(order)

    def _share(self, kind: str, texts: Iterable[str]) -> Iterator[float]:
        clock, ask = self._clocked(), self._asked(kind)
        for text in texts:
            clock.seconds = 0.0
            started = thread_time()
            ask(text)
            yield thread_time() - started - clock.seconds

    def _compiling(self, kind: str, texts: Iterable[str]) -> Iterator[float]:
        from searchlib.engine.part import Part

        clock, ask, compiled = self._clocked(), self._asked(kind), Part._compiled
        seconds: list[float] = []

        def timed(part: Part, *filters: Any) -> Any:
            before, started = clock.seconds, thread_time()
            try:
                return compiled(part, *filters)
            finally:
                seconds.append(thread_time() - started - (clock.seconds - before))

        Part._compiled = timed  # type: ignore[method-assign, assignment]
        try:
            for text in texts:
                seconds.clear()
                ask(text)
                yield sum(seconds)
        finally:
            Part._compiled = compiled  # type: ignore[method-assign]

    def _clocked(self) -> _Clock:
        """Put a clock between the commit and the engine."""
        snapshot = self._index.searcher()._snapshot()
        clock = _Clock(snapshot.searcher)
        snapshot.searcher = clock  # type: ignore[assignment]
        return clock

    def _asked(self, kind: str) -> Callable[[str], object]:
        """What asks a query of a kind, and looks at no document."""
        search = self._index.search
        return lambda text: search(_QUERIES[kind](text))

    def _calls(self, kind: str, texts: Sequence[str]) -> str:
        from benchmarks.work import counted

        ask = self.ask(kind)
        assert ask is not None
        with counted() as calls:
            for text in texts:
                ask(text)
        return f"{calls.python / len(texts)} {calls.engine / len(texts)}"

    def _least(self, kind: str, texts: Iterable[str]) -> Iterator[float]:
        snapshot = self._index.searcher()._snapshot()
        searcher = snapshot.searcher
        ask = self.ask(kind)
        assert ask is not None
        for text in texts:
            noted: Any = _Noted(searcher)
            snapshot.searcher = noted
            ask(text)
            snapshot.searcher = searcher
            started = process_time()
            for given, named in noted.searches:
                found = searcher.search(*given, **named)
                for stored in snapshot.page([address for _, address in found.hits]):
                    self._index.schema.load(stored.source)
            yield process_time() - started

    def _by_threads(self, count: int, texts: Iterable[str]) -> float:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(len, [""] * count * 4))  # the threads are there
            started = perf_counter()
            list(pool.map(self._index.search, texts))
            return perf_counter() - started


class Detecting(Searchlib):
    """It finds out in which language each document is."""

    tells_language = False


class WithTitle(Searchlib):
    """Title and text are fields of their own, the title weighing more; languages as found out."""

    tells_language = False
    has_title = True


class _Clock:
    """tantivy's searcher, which notes what time of the processor its calls take."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._searcher, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            started = thread_time()
            try:
                return found(*given, **named)
            finally:
                self.seconds += thread_time() - started

        setattr(self, name, call)
        return call


class _Noted:
    """tantivy's searcher, which notes the searches that it is asked for with hits to show."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher
        self.searches: list[tuple[Any, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._searcher, name)

    def search(self, *given: Any, **named: Any) -> Any:
        if named["limit"] > 1:
            self.searches.append((given, named))
        return self._searcher.search(*given, **named)


def _analysed(language: str, path: str) -> str:
    from benchmarks.peers.timed.engine import read_rows

    texts = [row.whole for row in read_rows(Path(path)) if row.lang == language]
    analyzer = Analyzer(languages.language(language))
    started = thread_time()
    for text in texts:
        analyzer.views(text)
    seconds = thread_time() - started
    return f"{seconds} {sum(len(text.encode()) for text in texts)}"
