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

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# What takes no names, such as the command line's help, starts in a fraction of the time that the
# library takes to load.
if TYPE_CHECKING:
    from searchlib.api import *  # noqa: F403
    from searchlib.api import __all__ as __all__
else:

    def __getattr__(name: str) -> object:
        """Load the library at the first use of a name of it that is no module."""
        is_module = find_spec(f"{__name__}.{name}") is not None
        if is_module or not hasattr(api := import_module(f"{__name__}.api"), name):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals().update({public: getattr(api, public) for public in ("__all__", *api.__all__)})
        return globals()[name]

    def __dir__() -> list[str]:
        return sorted({*globals(), *import_module(f"{__name__}.api").__all__})
