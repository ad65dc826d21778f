"""What the library says to do in Python, in words that one can type in a shell."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["typed"]

#: Python → what a shell takes in its place; the first come first.
_FORMS: Final = tuple(
    (re.compile(python), shell)
    for python, shell in (
        (r"fields=\{'(\w+)': (\w+)\(\)\}", lambda match: f"--{match[2].lower()} {match[1]}"),
        (r"\bid='(\w+)'", r"--id \1"),
        (r", as in \(\{\*\*record, .*?\(records\)\)", ""),
        (r"leave the field out with read\(…, columns=…\)", "keep it unsearched with --stored"),
        (r"; on_bad= collects such rows and goes on", ""),
        (r"\b(say|unless) (format|encoding|delimiter)=", r"\1 --\2"),
        (r"with writer\(wait=seconds\)", "with --wait SECONDS"),
        (r"Index\(schema, path\)", "searchlib index FOLDER FILE"),
        (r"searchlib\.reindex\((.+?)\)", r"searchlib reindex \1"),
        (r"searchlib\.verify\(path\)", "searchlib verify FOLDER"),
        (r"searchlib\.restore\(backup, path\)", "searchlib restore BACKUP FOLDER"),
        (
            r"add Index\.open\(path\)\.documents\(\) to an index of this one",
            "searchlib export FOLDER all.jsonl; then with this one searchlib index NEW all.jsonl",
        ),
    )
)


def typed(message: str) -> str:
    """Return a message of the library as the command line says it.

    >>> typed("'old.csv' is no UTF-8: say encoding=; the id is said with id='no'")
    "'old.csv' is no UTF-8: say --encoding; the id is said with --id no"
    """
    for python, shell in _FORMS:
        message = python.sub(shell, message)
    return message
