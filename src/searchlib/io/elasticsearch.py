"""What it takes to move to a cluster of Elasticsearch or OpenSearch: a mapping and a bulk file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any, Final

from searchlib.errors import ExportError
from searchlib.fields import Boolean, Category, Date, DateTime, Field, Float, Integer, Keyword, Text
from searchlib.io import targets
from searchlib.io.export import Readable
from searchlib.schema import Schema

__all__ = ["bulk", "mapping"]

_LONGEST_ID: Final = 512  # bytes
# The languages for which both have an analyzer of their own, by our codes.
_ANALYZERS: Final = {
    "ar": "arabic",
    "bg": "bulgarian",
    "bn": "bengali",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "gl": "galician",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "ja": "cjk",
    "ko": "cjk",
    "lt": "lithuanian",
    "lv": "latvian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "zh": "cjk",
}


def mapping(schema: Schema) -> dict[str, Any]:
    """Return the settings and the mapping of an index that takes the documents of a schema.

    A text is folded (lower case, without marks) and, in a subfield ``written``, as it stands; in a
    subfield for each language that the schema expects, by the analyzer of that language. It is
    what both offer without plugins, and ranks by other rules than this library. Weights are a
    matter of the query there, and so are collations and what filters narrow.

    >>> from searchlib import Category, Integer, Schema
    >>> from searchlib.io import elasticsearch
    >>> schema = Schema({"year": Integer(), "section": Category()})
    >>> elasticsearch.mapping(schema)["mappings"]["properties"]["year"]
    {'type': 'long'}
    """
    own = {name: {"type": "keyword"} for name in (schema.id, schema.language) if name is not None}
    fields = {name: _property(kind, schema) for name, kind in schema.fields.items()}
    return {
        "settings": {
            "analysis": {
                "analyzer": {
                    "folded": {
                        "type": "custom",
                        "tokenizer": "standard",
                        "filter": ["lowercase", "asciifolding"],
                    },
                    "path": {"type": "custom", "tokenizer": "path"},
                },
                "tokenizer": {"path": {"type": "path_hierarchy", "delimiter": "/"}},
            }
        },
        "mappings": {"dynamic": "strict", "properties": {**own, **fields}},
    }


def _property(kind: Field, schema: Schema) -> dict[str, Any]:
    match kind:
        case Text():
            codes = schema.languages if kind.language is None else [kind.language]
            names = {code: _ANALYZERS[code] for code in codes if code in _ANALYZERS}
            written = {"written": {"type": "text", "analyzer": "standard"}}
            by_language = {code: {"type": "text", "analyzer": own} for code, own in names.items()}
            return {"type": "text", "analyzer": "folded", "fields": written | by_language}
        case Keyword():
            return {"type": "keyword"}
        case Category():
            below = {"type": "text", "analyzer": "path", "search_analyzer": "keyword"}
            return {"type": "keyword", "fields": {"below": below}}
        case Integer():
            return {"type": "long"}
        case Float():
            return {"type": "double"}
        case Boolean():
            return {"type": "boolean"}
        case Date():
            return {"type": "date", "format": "strict_date"}
        case DateTime():
            return {"type": "date", "format": "strict_date_optional_time"}
    return {"type": "object", "enabled": False}  # Stored


def bulk(index: Readable, target: str | Path | IO[Any]) -> int:
    """Write all documents of an index as the body of a ``_bulk`` request, and return how many.

    Two lines a document, its id on the first. A cluster takes some 100 MB a request: cut the file
    after an even number of lines.

    Args:
        index: an index, or a searcher of one.
        target: a path, compressed if it ends in ``.gz``; ``"-"``, the standard output; or a file
            open for bytes.

    Raises:
        ExportError: it cannot be written, or an id is longer than a cluster takes.

    >>> from io import BytesIO
    >>> from searchlib import Index, Schema
    >>> from searchlib.io import elasticsearch
    >>> index = Index(Schema({}))
    >>> index.add([{"id": "a"}]).added
    1
    >>> file = BytesIO()
    >>> elasticsearch.bulk(index, file)
    1
    >>> print(file.getvalue().decode(), end="")
    {"index":{"_id":"a"}}
    {"id":"a"}
    """
    count = 0
    schema = index.schema
    with targets.text(target) as file:
        for document in index.documents():
            own = document[schema.id]
            if len(own.encode()) > _LONGEST_ID:
                raise ExportError(
                    f"the id {own[:80]!r}… has more than the {_LONGEST_ID} bytes that a cluster "
                    "takes"
                )
            action = json.dumps({"index": {"_id": own}}, ensure_ascii=False, separators=(",", ":"))
            file.write(f"{action}\n{schema.dump(document)}\n")
            count += 1
    return count
