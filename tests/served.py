"""What the tests of the server serve, and how they ask for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from starlette.testclient import TestClient

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    Float,
    Integer,
    Keyword,
    Schema,
    Stored,
    Text,
)

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "author": Keyword(),
        "section": Category(),
        "pages": Integer(),
        "price": Float(),
        "free": Boolean(),
        "day": Date(),
        "seen": DateTime(),
        "url": Keyword(),
        "extra": Stored(),
    },
    languages=["vi", "fr", "en"],
)
DOCUMENTS: Final[list[dict[str, Any]]] = [
    {
        "id": "a/1",
        "title": "Hợp tác Quốc hội Việt Nam – Campuchia",
        "body": "Chủ tịch Quốc hội thăm Campuchia. " * 20,
        "author": "Quang",
        "section": "News/Asia/Vietnam",
        "pages": 3,
        "price": 1.5,
        "free": True,
        "day": date(2022, 11, 19),
        "seen": datetime(2022, 11, 19, 23, 30, tzinfo=UTC),
        "url": "https://example.org/a",
        "extra": {"half": "\ud800"},
    },
    {
        "id": "b",
        "title": "Coopération entre l’ICESCO et l’OSCE",
        "body": "Les deux organisations 😀 ont convenu de coopérer.",
        "author": ["Salim", "Khairat"],
        "section": "News/Europe",
        "pages": 12,
        "free": False,
        "day": date(2022, 9, 15),
    },
    {
        "id": "c",
        "title": "Cooperation between ICESCO and OSCE",
        "author": "Salim, the 2nd",
        "section": "News/Europe",
        "pages": 9,
        "day": date(2021, 1, 1),
    },
    {"id": "d", "body": "Meetings with National Commissions", "section": "Notes", "pages": -5},
]


def search(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/api/search", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(answer: dict[str, Any]) -> set[str]:
    return {hit["id"] for hit in answer["hits"]}


def problem(client: TestClient, path: str, status: int, **parameters: Any) -> dict[str, Any]:
    answer = client.get(path, params=parameters)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status and told["title"] and told["code"]
    return told


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
