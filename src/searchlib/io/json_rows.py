"""Rows of JSON: one a line, or an array, or objects one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any, Final, NoReturn

from searchlib.errors import ReadError
from searchlib.io.lines import LONGEST_LINE, UNREADABLE, is_whole, lines, shown, text_of
from searchlib.io.records import Records

__all__ = ["json_lines", "json_values"]

_CHUNK: Final = 1 << 16  # code points read at a time
# Of a message about something that the next chunk may complete.
_MAY_GO_ON: Final = 20


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def json_lines(file: IO[Any], records: Records, encoding: str | None) -> Iterator[Any]:
    """Yield the value of each line; blank lines are none."""
    decode = json.JSONDecoder(parse_constant=_no_json).decode
    for line in lines(text_of(file, records, encoding, "\n"), records):
        if line.isspace():
            continue
        records.position += 1
        if not is_whole(line):
            records.refuse("it holds bytes that are no text in this encoding", shown(line))
            continue
        try:
            row = decode(line)
        except json.JSONDecodeError as error:
            reason = f"no JSON: {error.msg}, at character {error.pos + 1}"
            records.refuse(reason, line.rstrip("\r\n"))
        except (ValueError, RecursionError) as error:
            records.refuse(f"no JSON: {error}", line.rstrip("\r\n"))
        else:
            yield row


def json_values(file: IO[Any], records: Records, encoding: str | None) -> Iterator[Any]:
    """Yield the values of an array, or those that stand one after the other.

    Raises:
        ReadError: something else stands there: what follows cannot be told apart; or it cannot be
            read.
    """
    text = text_of(file, records, encoding, "\n")
    decode = json.JSONDecoder(parse_constant=_no_json).raw_decode
    buffer, start, is_array, is_end = "", 0, False, False
    while True:
        while start < len(buffer) and buffer[start] in " \t\r\n,":
            start += 1
        if records.position < 0 and not is_array and buffer[start : start + 1] == "[":
            is_array, start = True, start + 1
            continue
        if is_array and buffer[start : start + 1] == "]":
            start, is_array = start + 1, False
            continue
        if start < len(buffer):
            try:
                value, end = decode(buffer, start)
                is_complete = is_end or end < len(buffer)  # 12 may be the beginning of 123
            except json.JSONDecodeError as error:
                is_open = error.msg.startswith("Unterminated") or (
                    error.pos >= len(buffer) - _MAY_GO_ON
                )
                if is_end or not is_open:
                    raise _broken(records, error.msg) from None
                is_complete = False
            except (ValueError, RecursionError) as error:
                raise _broken(records, str(error)) from None
            if is_complete:
                records.position += 1
                records.where = f"value {records.position:,}"
                start = end
                yield value
                continue
        if is_end:
            if start < len(buffer) or is_array:
                raise _broken(records, "it ends before the array does")
            return
        if len(buffer) - start > LONGEST_LINE:
            raise _broken(records, f"it is longer than {LONGEST_LINE:,} code points")
        # As much again as there is: a long value is tried but a few times.
        try:
            more = text.read(max(_CHUNK, len(buffer) - start))
        except UNREADABLE as error:
            raise ReadError(
                f"{records.prefix}value {records.position + 1:,} of the JSON and what follows "
                f"cannot be read: {error}"
            ) from error
        if not is_whole(more):
            raise _broken(records, "bytes that are no text in this encoding stand there or later")
        buffer, start, is_end = buffer[start:] + more, 0, not more


def _broken(records: Records, reason: str) -> ReadError:
    return ReadError(
        f"{records.prefix}value {records.position + 1:,} of the JSON cannot be read: {reason}; nor "
        "can what follows: in JSON lines it could"
    )
