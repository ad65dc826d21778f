"""What the exit code of the command line says."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitCode", "UsageError"]


class ExitCode(IntEnum):
    """The exit codes, as ``grep`` has them where it has one."""

    OK = 0  # done; of a search, something was found
    NOTHING = 1  # nothing was found
    USAGE = 2  # the command line cannot be run as written, or leaves open what is meant
    DATA = 3  # an index or a file cannot be read, is damaged, or some of it was left out
    LOCKED = 4  # another process writes to the index: the same command may do later
    BUG = 70  # an error that searchlib does not know of
    INTERRUPTED = 130  # by Ctrl-C
    PIPE = 141  # the reader of the output has gone


class UsageError(Exception):
    """The command line cannot be run as written; the message says what to write instead."""
