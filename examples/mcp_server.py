"""An index as tools for a language model, asked by a client: pip install 'searchlib[mcp]'."""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import TextContent

from searchlib import Index, Integer, Keyword, Schema, Text


async def ask(folder: Path) -> None:
    """Do what a model's application does: start the server, look at its tools, call them."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "searchlib.integrations.mcp", str(folder)]
    )
    async with Client(stdio_client(server)) as client:
        print(client.instructions)
        for tool in (await client.list_tools()).tools:
            print(f"{tool.name}:", *tool.input_schema["properties"])
        asked = {"query": "quoc hoi", "where": {"year": {"gte": 2020}}, "facets": ["author"]}
        result = await client.call_tool("search", asked)
        print(json.dumps(result.structured_content, ensure_ascii=False, indent=2))
        result = await client.call_tool("search", {"where": {"colour": "red"}})
        for content in result.content:
            if isinstance(content, TextContent):
                print(content.text)


with TemporaryDirectory() as name:
    schema = Schema(
        {"title": Text(), "author": Keyword(), "year": Integer()}, languages=["vi", "fr"]
    )
    Index(schema, Path(name) / "index").add(
        [
            {"id": "1", "title": "Chủ tịch Quốc hội", "author": "Quang", "year": 2022},
            {"id": "2", "title": "Quốc hội Lào", "author": "Quang", "year": 2018},
            {"id": "3", "title": "L’été à Montréal", "author": "Salim", "year": 2021},
        ]
    )
    asyncio.run(ask(Path(name) / "index"))
