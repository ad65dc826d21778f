"""An index as tools for language models, over the Model Context Protocol:
``pip install 'searchlib[mcp]'``, ``python -m searchlib.integrations.mcp INDEX``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from searchlib.errors import QueryError, SearchlibError
from searchlib.extras import extra
from searchlib.fields import Stored, Text
from searchlib.highlight import Highlight
from searchlib.index import Index
from searchlib.integrations.passages import plain_highlights
from searchlib.query.nodes import Query, Range, Value
from searchlib.query.where import filters_of
from searchlib.results import FacetResult, Hit
from searchlib.schema import Schema
from searchlib.searcher import Searcher

with extra("mcp", "the server of tools"):
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations
    from pydantic import Field

__all__ = ["Answer", "Count", "Found", "Read", "Tools", "create_server", "main"]

_SHOWN: Final = 300  # code points of a text that a hit shows
_READ: Final = 20_000  # code points of a text that are read at once
_MOST_HITS: Final = 50
_HIGHLIGHT: Final = Highlight(style="text", size=200, fragments=2)
_BOUNDS: Final = frozenset({"gte", "gt", "lte", "lt"})


# What tools give back has no slots: the protocol's library would take them for defaults.
@dataclass(frozen=True)
class Found:
    """One hit. Its long texts are cut, at an ellipsis, and matches stand in « »."""

    id: str
    score: float | None
    language: str
    document: dict[str, Any]
    highlights: dict[str, list[str]]


@dataclass(frozen=True)
class Count:
    """One line of a facet."""

    value: str | int | float | bool
    count: int


@dataclass(frozen=True)
class Answer:
    """What a search found."""

    total: int
    hits: list[Found]
    facets: dict[str, list[Count]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """A document; of longer texts a part, and how long they are in all."""

    document: dict[str, Any]
    cut: dict[str, int]


class Tools:
    """What a language model can do with an index: search it, and read a document.

    Args:
        index: an ``Index``, or a ``Searcher``.

    >>> from searchlib import Index, Integer, Schema, Text
    >>> index = Index(Schema({"title": Text(), "year": Integer()}, languages=["fr"]))
    >>> index.add([{"id": "a", "title": "L’été à Montréal", "year": 2022}]).added
    1
    >>> answer = Tools(index).search("montreal", where={"year": {"gte": 2020}})
    >>> answer.total, answer.hits[0].id, answer.hits[0].highlights
    (1, 'a', {'title': ['L’été à «Montréal»']})
    """

    def __init__(self, index: Searcher) -> None:
        self._index = index

    def search(
        self,
        query: Annotated[
            str,
            Field(
                description='Words to rank by; also "a phrase", +must, -not, OR, prefix*, '
                "field:word, year:2020..2022. Empty finds every document."
            ),
        ] = "",
        where: Annotated[
            dict[str, Any] | None,
            Field(
                description="Filters: field -> value, list of values (any of them), or bounds such "
                'as {"gte": "2022-01-01", "lt": "2023-01-01"}.'
            ),
        ] = None,
        facets: Annotated[
            list[str] | None, Field(description="Fields whose values to count.")
        ] = None,
        sort: Annotated[
            str | None,
            Field(description='A field to sort by, largest first after "-"; default: relevance.'),
        ] = None,
        limit: Annotated[int, Field(ge=0, le=_MOST_HITS, description="How many hits.")] = 10,
        offset: Annotated[int, Field(ge=0, description="Hits to leave out at first.")] = 0,
    ) -> Answer:
        """Search the documents, the best first. Marks (accents, tones), word forms and small
        typing errors need not be right; results are ranked so that what was typed comes first."""
        with _told():
            result = self._index.search(
                query,
                where=_where(where),
                facets=facets,
                sort=sort,
                limit=limit,
                offset=offset,
                highlight=_HIGHLIGHT,
            )
        return Answer(
            result.total,
            [_found(hit, self._index.schema) for hit in result],
            {name: _counts(facet) for name, facet in result.facets.items()},
            [notice.message for notice in result.notices],
        )

    def get(
        self,
        id: Annotated[str, Field(description="The id of a hit.")],
        start: Annotated[
            int, Field(ge=0, description="The first character to read of each long text.")
        ] = 0,
    ) -> Read:
        """Read one document whole. Of texts that are longer than 20,000 characters it gives as
        many from `start` on, and in `cut` how long they are."""
        with _told():
            document = self._index.get(id)
        if document is None:
            raise ToolError(f"there is no document {id!r}: ids come from the hits of a search")
        plain = _plain(document, self._index.schema)
        cut: dict[str, int] = {}
        for name, value in plain.items():
            if isinstance(value, str) and len(value) > _READ:
                cut[name] = len(value)
                plain[name] = value[start : start + _READ]
        return Read(plain, cut)


def create_server(index: Searcher, name: str = "searchlib") -> MCPServer[Any]:
    """Return a server of the tools ``search`` and ``get`` of an index, which only read.

    >>> from searchlib import Index, Schema, Text
    >>> server = create_server(Index(Schema({"title": Text()})), name="library")
    >>> server.name
    'library'
    """
    tools = Tools(index)
    about = _about(index)
    server: MCPServer[Any] = MCPServer(name, instructions=about, log_level="WARNING")
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (tools.search, tools.get):
        description = " ".join(str(tool.__doc__).split())
        if tool == tools.search:
            description = f"{description}\n\n{about}"
        server.add_tool(tool, description=description, annotations=reading, structured_output=True)
    return server


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve an index on standard input and output, until the input ends."""
    parser = argparse.ArgumentParser(
        prog="python -m searchlib.integrations.mcp",
        description="Serve an index to language models: the tools search and get, over stdio.",
    )
    parser.add_argument("index", help="the folder of the index")
    parser.add_argument("--name", default="searchlib", help="what the server calls itself")
    given = parser.parse_args(arguments)
    try:
        server = create_server(Index.open(given.index), given.name)
    except SearchlibError as error:
        sys.exit(f"{parser.prog}: {error}")
    try:
        server.run("stdio")
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell says it


@contextmanager
def _told() -> Iterator[None]:
    """Let the model read what is wrong, and mend it; other errors are crashes."""
    try:
        yield
    except SearchlibError as error:
        raise ToolError(str(error)) from error


def _about(index: Searcher) -> str:
    """What a model should know before it searches."""
    fields = ", ".join(f"{name} ({kind.type_name})" for name, kind in index.schema.fields.items())
    return (
        f"{len(index)} documents, languages: {', '.join(index.languages) or 'none yet'}. "
        f"Fields: {fields}. Text fields are searched by words; all others but stored ones can be "
        "filtered and, but for floats and categories, sorted by; keywords, categories, booleans, "
        "integers and, by year, dates can be counted."
    )


def _where(where: Mapping[str, Any] | None) -> tuple[Query, ...]:
    """Filters of JSON as nodes."""
    nodes: list[Query] = []
    for name, value in (where or {}).items():
        if isinstance(value, Mapping):
            if not value or set(value) - _BOUNDS:
                raise QueryError(
                    f"where[{name!r}]: bounds are gte, gt, lte and lt, not {', '.join(value)}"
                )
            nodes.append(Range(name, **value))
        else:
            nodes += filters_of({name: value})
    return tuple(nodes)


def _found(hit: Hit, schema: Schema) -> Found:
    shown = {
        name: _cut(value) if isinstance(schema.fields.get(name), Text) else value
        for name, value in _plain(hit.document, schema).items()
        if not isinstance(schema.fields.get(name), Stored)
    }
    return Found(hit.id, hit.score, hit.language, shown, plain_highlights(hit))


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return [_cut(one) for one in value]
    return value if not isinstance(value, str) or len(value) <= _SHOWN else value[:_SHOWN] + "…"


def _plain(document: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """A document as JSON can hold it."""
    plain: dict[str, Any] = json.loads(schema.dump(document))
    return plain


def _counts(facet: FacetResult) -> list[Count]:
    return [Count(_label(line.value), line.count) for line in facet]


def _label(value: Value) -> str | int | float | bool:
    return value if isinstance(value, (str, int, float)) else value.isoformat()


if __name__ == "__main__":
    main()
