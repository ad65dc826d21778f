"""The server of tools, spoken to by a client of the protocol over a real pipe."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

from searchlib import (
    Category,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    Keyword,
    Schema,
    Stored,
    Text,
)
from searchlib.integrations.mcp import Answer, Tools, create_server, main
from tests.conftest import SOURCE, indexed, output_of
from tests.retrieval import library

SCHEMA: Final = Schema(
    {
        "title": Text(),
        "body": Text(),
        "author": Keyword(),
        "section": Category(),
        "year": Integer(),
        "price": Float(),
        "day": Date(),
        "changed": DateTime(),
        "raw": Stored(),
    },
    languages=["vi", "fr", "en"],
)
LONG: Final = "".join(f"{number:06} " for number in range(7_000))  # 49,000 code points
DOCUMENTS: Final = (
    {
        "id": "hoi",
        "title": "Chủ tịch Quốc hội",
        "body": LONG,
        "author": ["Quang", "Salim"],
        "section": "News/Asia",
        "year": 2022,
        "price": 1.5,
        "day": date(2022, 9, 15),
        "changed": datetime(2022, 9, 15, 3, 30, tzinfo=UTC),
        "raw": {"pages": [1, 2]},
    },
    {"id": "paix", "title": "La paix", "author": "Quang", "section": "News/Europe", "year": 2021},
    {"id": "<b>", "title": "Peace <script>", "year": 2020},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mcp") / "index"
    indexed(SCHEMA, DOCUMENTS, path=path)
    return path


def asked(folder: Path, ask: Callable[[Client], Awaitable[None]]) -> None:
    """Let a client ask a server in a process of its own."""

    async def main() -> None:
        server = StdioServerParameters(
            command=sys.executable,
            args=["-W", "error", "-m", "searchlib.integrations.mcp", str(folder)],
            env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
        )
        async with Client(stdio_client(server)) as client:
            await ask(client)

    asyncio.run(main())


def message(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_a_client_searches_and_reads(folder: Path) -> None:
    async def ask(client: Client) -> None:
        assert client.instructions is not None and "3 documents" in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"search", "get"}
        for tool in tools.values():
            assert tool.annotations is not None and tool.annotations.read_only_hint
        assert "author (keyword)" in str(tools["search"].description)
        properties = tools["search"].input_schema["properties"]
        assert all(one["description"] for one in properties.values())

        result = await client.call_tool(
            "search", {"query": "quoc hoi", "where": {"year": {"gte": 2021}}, "facets": ["author"]}
        )
        assert not result.is_error
        answer: Any = result.structured_content
        (hit,) = answer["hits"]
        assert (answer["total"], hit["id"], hit["language"]) == (1, "hoi", "vi")
        assert hit["highlights"] == {"title": ["Chủ tịch «Quốc» «hội»"]}
        assert answer["facets"]["author"] == [
            {"value": "Quang", "count": 1},
            {"value": "Salim", "count": 1},
        ]

        result = await client.call_tool("get", {"id": "hoi"})
        read: Any = result.structured_content
        assert read["document"]["day"] == "2022-09-15"
        assert read["document"]["raw"] == {"pages": [1, 2]}
        assert read["cut"] == {"body": len(LONG)}

        for arguments, words in (
            ({"where": {"colour": "red"}}, "no field 'colour'"),
            ({"limit": 51}, "50"),
            ({"limit": -1}, "0"),
        ):
            result = await client.call_tool("search", arguments)
            assert result.is_error and words in message(result), arguments
        result = await client.call_tool("get", {"id": "none"})
        assert result.is_error and "no document 'none'" in message(result)
        # The server is still there, and sees what others write.
        Index.open(folder).add([{"id": "new", "title": "Fresh maps"}])
        result = await client.call_tool("search", {"query": "maps"})
        found: Any = result.structured_content
        assert [hit["id"] for hit in found["hits"]] == ["new"]
        Index.open(folder).delete("new")

    asked(folder, ask)


@pytest.fixture(scope="module")
def tools() -> Tools:
    return Tools(indexed(SCHEMA, DOCUMENTS))


def ids(answer: Answer) -> list[str]:
    return [hit.id for hit in answer.hits]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"author": "Quang"}, {"hoi", "paix"}),
        ({"year": [2020, 2021]}, {"paix", "<b>"}),
        ({"year": {"gt": 2020, "lte": 2021}}, {"paix"}),
        ({"day": {"lt": "2023-01-01"}, "section": "News"}, {"hoi"}),
        ({"changed": {"gte": "2022-09-15T10:30:00+07:00"}}, {"hoi"}),
        ({}, {"hoi", "paix", "<b>"}),
    ],
)
def test_filters_are_json(tools: Tools, where: dict[str, Any], expected: set[str]) -> None:
    assert set(ids(tools.search(where=where))) == expected


def test_order_and_pages(tools: Tools) -> None:
    assert ids(tools.search(sort="year")) == ["<b>", "paix", "hoi"]
    answer = tools.search(sort="-year", limit=1, offset=1)
    assert (ids(answer), answer.total, answer.hits[0].score) == (["paix"], 3, None)


def test_a_hit_shows_the_beginning_of_long_texts(tools: Tools) -> None:
    (hit,) = tools.search("quoc").hits
    assert hit.document["body"] == LONG[:300] + "…"
    assert hit.document["author"] == ["Quang", "Salim"]
    assert "raw" not in hit.document
    index = Index(Schema({"notes": Text()}, languages=["en"]))
    index.add([{"id": "a", "notes": ["short maps", LONG]}])
    (hit,) = Tools(index).search("maps").hits
    assert hit.document["notes"] == ["short maps", LONG[:300] + "…"]


def test_a_long_text_is_read_part_by_part(tools: Tools) -> None:
    parts = [str(tools.get("hoi", start).document["body"]) for start in range(0, 60_000, 20_000)]
    assert "".join(parts) == LONG
    assert tools.get("paix").cut == {}
    with pytest.raises(ToolError, match="no document 'none'"):
        tools.get("none")


def test_counts_without_hits(tools: Tools) -> None:
    answer = tools.search(limit=0, facets=["section", "year", "_language"])
    assert answer.hits == []
    assert {line.value: line.count for line in answer.facets["section"]} == {"News": 2}
    assert {line.value: line.count for line in answer.facets["year"]} == {
        2020: 1,
        2021: 1,
        2022: 1,
    }


def test_notices_are_told(tools: Tools) -> None:
    answer = tools.search("xylophonist")
    assert answer.total == 0
    assert any("xylophonist" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"where": {"year": {"from": 2020}}}, "gte, gt, lte and lt, not from"),
        ({"where": {"year": {}}}, "gte, gt, lte and lt"),
        ({"where": {"year": "soon"}}, "'year'"),
        ({"where": {"raw": "x"}}, "'raw'"),
        ({"facets": ["title"]}, "'title'"),
        ({"sort": "body"}, "'body'"),
    ],
)
def test_what_does_not_fit_is_told_to_the_model(
    tools: Tools, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(ToolError, match=words):
        tools.search(**arguments)


def test_a_server_is_made_of_an_index_in_memory() -> None:
    async def ask() -> None:
        async with Client(create_server(library(), name="library")) as client:
            result = await client.call_tool("search", {"query": "peace talks"})
            found: Any = result.structured_content
            assert found["hits"][0]["document"]["title"] == "Peace talks"

    asyncio.run(ask())


def test_a_folder_without_an_index_is_one_line_of_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "searchlib.integrations.mcp", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
        timeout=60,
        check=False,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "no index" in done.stderr and str(tmp_path) in done.stderr


def test_main_opens_the_index_and_names_the_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "mcp.server.MCPServer.run", lambda self, transport: served.append((self.name, transport))
    )
    main([str(folder), "--name", "library"])
    assert served == [("library", "stdio")]

    def interrupted(self: object, transport: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mcp.server.MCPServer.run", interrupted)
    with pytest.raises(SystemExit) as caught:
        main([str(folder)])
    assert caught.value.code == 130
    with pytest.raises(SystemExit, match="no index"):
        main([str(folder / "none")])


def test_a_missing_library_is_named_with_its_extra() -> None:
    code = (
        "import sys\n"
        "sys.modules['mcp'] = None\n"
        "from searchlib import MissingExtraError\n"
        "try:\n"
        "    import searchlib.integrations.mcp\n"
        "except MissingExtraError as error:\n"
        "    print(error)"
    )
    assert output_of(code).endswith("pip install 'searchlib[mcp]'")
