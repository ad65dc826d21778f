from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchlib import Integer, Keyword, Schema, Text
from searchlib.integrations.django import ModelIndex
from tests.library_app.models import Book, Note


def document(book: Book) -> Mapping[str, Any] | None:
    if book.is_draft:
        return None
    return {
        "title": book.title,
        "year": book.year,
        "author": book.author.name if book.author else None,
        "likes": [str(other.pk) for other in book.likes.all()],
        "tags": [tag.name for tag in book.tags.all()],
    }


books = ModelIndex(
    Book,
    Schema(
        {
            "title": Text(),
            "year": Integer(),
            "author": Keyword(),
            "likes": Keyword(),
            "tags": Keyword(),
        },
        languages=["vi", "fr", "en"],
    ),
    document,
    queryset=lambda: Book.objects.select_related("author").prefetch_related("tags", "likes"),
)
notes = ModelIndex(Note, Schema({"text": Text()}, languages=["en"]))
