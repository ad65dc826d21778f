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

from searchlib.analysis import Analysis, Token
from searchlib.backup import Verification, backup, restore, verify
from searchlib.errors import (
    AnalysisMismatchError,
    DocumentError,
    GlossaryError,
    IndexDamagedError,
    IndexLockedError,
    IndexNotFoundError,
    IndexStateError,
    MissingExtraError,
    QueryError,
    QuerySyntaxError,
    SchemaError,
    SchemaMismatchError,
    SearchlibError,
    WriterClosedError,
)
from searchlib.fields import (
    Boolean,
    Category,
    Date,
    DateTime,
    Float,
    Integer,
    Keyword,
    Stored,
    Text,
)
from searchlib.glossary import Glossary
from searchlib.highlight import Highlight
from searchlib.index import Index
from searchlib.languages import analyze, known_languages
from searchlib.multi import MultiSearcher
from searchlib.query.collapse import Collapse, NearDuplicates
from searchlib.query.facets import CalendarFacet, Facet, RangeFacet, ValueFacet
from searchlib.query.nodes import (
    All,
    And,
    Boost,
    ConstantScore,
    Exists,
    Fuzzy,
    Match,
    MoreLikeThis,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Should,
    Term,
)
from searchlib.query.order import Sort
from searchlib.query.rank import Popularity, Recency
from searchlib.rebuild import reindex
from searchlib.results import (
    AddResult,
    Explanation,
    FacetCount,
    FacetResult,
    Fragment,
    Group,
    Hit,
    IndexStats,
    Notice,
    Reason,
    Rejected,
    SearchResult,
    Suggestion,
    UpdateResult,
)
from searchlib.schema import Schema
from searchlib.searcher import Searcher
from searchlib.termbases import GlossaryTerm
from searchlib.writer import Writer

__version__ = "0.1.0"

__all__ = [
    "AddResult",
    "All",
    "Analysis",
    "AnalysisMismatchError",
    "And",
    "Boolean",
    "Boost",
    "CalendarFacet",
    "Category",
    "Collapse",
    "ConstantScore",
    "Date",
    "DateTime",
    "DocumentError",
    "Exists",
    "Explanation",
    "Facet",
    "FacetCount",
    "FacetResult",
    "Float",
    "Fragment",
    "Fuzzy",
    "Glossary",
    "GlossaryError",
    "GlossaryTerm",
    "Group",
    "Highlight",
    "Hit",
    "Index",
    "IndexDamagedError",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexStateError",
    "IndexStats",
    "Integer",
    "Keyword",
    "Match",
    "MissingExtraError",
    "MoreLikeThis",
    "MultiSearcher",
    "Near",
    "NearDuplicates",
    "Not",
    "Notice",
    "Or",
    "Phrase",
    "Popularity",
    "Prefix",
    "Query",
    "QueryError",
    "QuerySyntaxError",
    "Range",
    "RangeFacet",
    "Reason",
    "Recency",
    "Regex",
    "Rejected",
    "Schema",
    "SchemaError",
    "SchemaMismatchError",
    "SearchResult",
    "Searcher",
    "SearchlibError",
    "Should",
    "Sort",
    "Stored",
    "Suggestion",
    "Term",
    "Text",
    "Token",
    "UpdateResult",
    "ValueFacet",
    "Verification",
    "Writer",
    "WriterClosedError",
    "analyze",
    "backup",
    "known_languages",
    "reindex",
    "restore",
    "verify",
]
