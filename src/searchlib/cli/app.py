"""The commands by their names, and what becomes of the errors of each."""

from __future__ import annotations

import atexit
import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from io import TextIOWrapper
from typing import Final

from cyclopts import App
from cyclopts.exceptions import (
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from searchlib import __version__
from searchlib.cli.codes import ExitCode, UsageError
from searchlib.cli.terminal import err, out, show
from searchlib.cli.typed import typed
from searchlib.errors import IndexLockedError, QueryError, SchemaError, SearchlibError

__all__ = ["COMMANDS", "app", "run"]

#: Command → where its function is, and what it is said to do. Only the module of the command that
#: is run is loaded: the help comes at once.
COMMANDS: Final = {
    "index": (
        "searchlib.cli.load:index",
        """Add documents to an index, which is made if it is not there.

        The schema of a new index is told from the documents, and printed as Python. Where they
        leave open what is meant, the questions are printed and nothing is made.""",
    ),
    "search": (
        "searchlib.cli.search:search",
        """Search an index.

        The exit code is 1 where nothing is found.""",
    ),
    "suggest": (
        "searchlib.cli.words:suggest",
        """Complete what somebody is typing.

        The exit code is 1 where there is nothing to suggest.""",
    ),
    "analyze": ("searchlib.cli.words:analyze", "Show what a text becomes in an index."),
    "info": ("searchlib.cli.keep:info", "Tell what an index holds."),
    "export": ("searchlib.cli.load:export", "Write all documents of an index to a file."),
    "verify": (
        "searchlib.cli.keep:verify",
        """Check that an index is whole.

        Every file is read and compared with its checksum, then every document. The exit code is 3
        where something is wrong.""",
    ),
    "backup": (
        "searchlib.cli.keep:backup",
        """Copy an index to a new folder.

        The index may be written to meanwhile. The copy is checked, and is an index like any
        other.""",
    ),
    "restore": (
        "searchlib.cli.keep:restore",
        """Put a backup in the place of an index.

        The backup is checked before anything is replaced, and stays as it is.""",
    ),
    "reindex": (
        "searchlib.cli.keep:reindex",
        """Rebuild an index from its documents, by the rules of analysis of today.

        The old index serves until the new one is whole.""",
    ),
    "serve": ("searchlib.cli.serve:serve", "Answer searches over HTTP."),
}


def _made() -> App:
    app = App(
        name="searchlib",
        version=f"searchlib {__version__}",
        help="Full-text search for texts in many languages.",
        help_epilogue="searchlib COMMAND --help tells more of a command.",
        help_format="markdown",
        version_format="plaintext",
        suppress_keyboard_interrupt=False,
    )
    for name, (path, text) in COMMANDS.items():
        app.command(
            path, name=name, help=text, help_epilogue="", sort_key=list(COMMANDS).index(name)
        )
    app.register_install_completion_command(
        help="Set up the completion of commands in your shell: bash, zsh or fish."
    )
    return app


app: Final = _made()


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Args:
        arguments: the command line after the name of the program.

    Returns:
        the exit code.
    """
    _prepare_output()
    try:
        code = app(
            arguments,
            console=out(),
            error_console=err(),
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
        return int(code or ExitCode.OK)
    except BrokenPipeError:
        _forget_output()
        return ExitCode.PIPE
    except KeyboardInterrupt as error:
        _say(str(error) or "interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:
        if os.environ.get("SEARCHLIB_TRACEBACK"):
            raise
        code, message = _told(error)
        _say(message)
        _forget_output()
        return code


def _told(error: Exception) -> tuple[ExitCode, str]:
    """The exit code and the line for an error."""
    match error:
        case CycloptsError():
            return ExitCode.USAGE, _usage(error)
        case UsageError():
            return ExitCode.USAGE, str(error)
        case IndexLockedError():
            return ExitCode.LOCKED, typed(str(error))
        case QueryError() | SchemaError():
            return ExitCode.USAGE, typed(str(error))
        case SearchlibError():
            return ExitCode.DATA, typed(str(error))
        case OSError():
            return ExitCode.DATA, _system(error)
        case _:
            return ExitCode.BUG, (
                f"an error of its own, please report it: {type(error).__name__}: {error}; "
                "SEARCHLIB_TRACEBACK=1 in the environment shows where"
            )


def _usage(error: CycloptsError) -> str:
    """What is wrong with the command line, and where to read what is right."""
    command = " ".join(("searchlib", *(error.command_chain or ())))
    what = None
    argument, tokens = error.argument, error.unused_tokens or [""]
    if isinstance(error, MissingArgumentError) and argument is not None:
        what = f"{argument.name} is missing"
        if not argument.is_positional_only():
            what = f"a value is missing after {argument.name}"
    elif isinstance(error, UnusedCliTokensError):
        what = f"{tokens[0]!r} is one argument too many"
    elif isinstance(error, UnknownCommandError):
        near = get_close_matches(tokens[0], COMMANDS, 1)
        what = f"there is no command {tokens[0]!r}"
        if near:
            what += f"; did you mean {near[0]}?"
    elif isinstance(error, UnknownOptionError):
        what = f"{str(error).rstrip('.')} (words that begin with - go after --)"
    return f"{(what or str(error)).strip().rstrip('.')} (see {command} --help)"


def _system(error: OSError) -> str:
    what = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what = "there is no room left on the disk"
    return f"{error.filename!r}: {what}" if error.filename else what


def _say(message: str) -> None:
    """Print an error, in one line."""
    line = " ".join(message.split())
    try:
        show(err(), f"searchlib: {line}", "red")
    except OSError:
        return  # nobody reads it


def _prepare_output() -> None:
    """Let nothing about the streams stop a command: neither that a terminal cannot show a letter,
    nor that a caller has closed them."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, "w")  # noqa: SIM115  until the end of the process
            atexit.register(nowhere.close)
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_output() -> None:
    """Let what is not written yet go nowhere: Python would stumble over it at the very end."""
    with suppress(OSError):  # or there is no file behind it
        output = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
