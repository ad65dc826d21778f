"""A few documents in several languages that every retriever is tested with."""

from __future__ import annotations

from datetime import date
from typing import Final

from searchlib import Date, Index, Integer, Keyword, Schema, Text
from tests.conftest import indexed

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "author": Keyword(),
        "year": Integer(),
        "day": Date(),
    },
    languages=["vi", "fr", "en"],
)
DOCUMENTS: Final = (
    {
        "id": "paix",
        "title": "La paix en Europe",
        "body": "Les États ont signé un traité de paix.",
        "author": ["Salim", "Quang"],
        "year": 2021,
        "day": date(2021, 3, 19),
    },
    {
        "id": "hoi",
        "title": "Chủ tịch Quốc hội thăm Campuchia",
        "body": "Chủ tịch Quốc hội bàn về hợp tác và hòa bình.",
        "author": "Quang",
        "year": 2022,
    },
    {"id": "peace", "title": "Peace talks", "body": "The talks went on.", "year": 2023},
    {"id": "bare", "author": "Khairat"},
)


def library() -> Index:
    return indexed(SCHEMA, DOCUMENTS)
