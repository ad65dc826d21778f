"""Full-text search in your process, for texts in many languages.

>>> from searchlib import Index, Schema, Text
>>> index = Index(Schema({"title": Text()}, languages=["vi", "fr", "en"]))
>>> index.add([
...     {"id": "1", "title": "Chủ tịch Quốc hội thăm Campuchia"},
...     {"id": "2", "title": "L’été à Montréal"},
... ]).added
2
>>> [hit["title"] for hit in index.search("quoc hoi")]
['Chủ tịch Quốc hội thăm Campuchia']
>>> [hit["title"] for hit in index.search("ete")]
['L’été à Montréal']
"""

__version__ = "0.1.0"

from typing import TYPE_CHECKING

# With it comes nearly all that a search needs: no first search waits for modules.
from searchlib.index import Index as Index

# What only some programs use is loaded when they do: all of it takes half as long again.
if TYPE_CHECKING:
    from searchlib.api import *  # noqa: F403
    from searchlib.api import __all__ as __all__
else:
    # Module → its public names, as in api.py; a test compares the two.
    _NAMES = {
        "analysis": "Analysis Token",
        "copies": "Verification backup restore verify",
        "errors": (
            "AnalysisMismatchError DocumentError ExportError GlossaryError IndexDamagedError "
            "IndexFormatError IndexLockedError IndexNotFoundError IndexStateError "
            "MissingExtraError QueryError QuerySyntaxError ReadError SchemaError "
            "SchemaMismatchError SearchlibError SearchTimeoutError ServeError WriterClosedError"
        ),
        "fields": "Boolean Category Date DateTime Float Integer Keyword Stored Text",
        "glossary": "Glossary",
        "highlight": "Highlight",
        "index": "Index",
        "languages": "analyze known_languages",
        "limits": "Limits",
        "multi": "MultiSearcher",
        "query.collapse": "Collapse NearDuplicates",
        "query.facets": "CalendarFacet Facet RangeFacet ValueFacet",
        "query.nodes": (
            "All And Boost ConstantScore Exists Fuzzy Match MoreLikeThis Near Not Or Phrase "
            "Prefix Query Range Regex Should Term"
        ),
        "query.order": "Sort",
        "query.rank": "Popularity Recency",
        "rebuild": "reindex",
        "results": (
            "AddResult Explanation FacetCount FacetResult Fragment Group Hit IndexStats Notice "
            "Reason Rejected SearchResult Suggestion UpdateResult"
        ),
        "schema": "Schema",
        "searcher": "Searcher",
        "termbases": "GlossaryTerm",
        "writer": "Writer",
    }
    _HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}
    __all__ = sorted(_HOMES)

    def __getattr__(name: str) -> object:
        """Load the module that a public name is in, at its first use."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        home = import_module(f"{__name__}.{_HOMES[name]}")
        return globals().setdefault(name, getattr(home, name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
