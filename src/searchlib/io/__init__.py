"""Documents in from files, tables, databases and folders, and out again.

``read`` gives documents from any source, as a stream; ``infer`` finds the schema that fits them, or
what has to be asked; ``load`` puts them into an index, and those that do not fit into a file.
``export`` writes all documents of an index; ``elasticsearch`` moves them to a cluster.
"""

from searchlib.display.progress import Progress
from searchlib.io import elasticsearch
from searchlib.io.export import export
from searchlib.io.infer import Inference, infer
from searchlib.io.load import LoadReport, load
from searchlib.io.read import read
from searchlib.io.records import BadRow, Records

__all__ = [
    "BadRow",
    "Inference",
    "LoadReport",
    "Progress",
    "Records",
    "elasticsearch",
    "export",
    "infer",
    "load",
    "read",
]
