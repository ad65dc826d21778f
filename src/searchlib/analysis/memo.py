"""A dict that works out what it lacks: any rule for words is paid for once a distinct word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

__all__ = ["Memo"]

# A chunk longer than this is hardly ever met again: a line of Chinese, a base64 string.
_LONGEST: Final = 40
# Entries at which a memo starts afresh: some 30 MB of words.
_MOST: Final = 1 << 16

_Value = TypeVar("_Value")


class Memo(dict[str, _Value]):
    """From a word, or a chunk of text, to what a rule makes of it, worked out at the first look.

    >>> memo = Memo(str.upper)
    >>> memo["a"], list(memo)
    ('A', ['a'])
    """

    __slots__ = ("_work_out",)

    def __init__(self, work_out: Callable[[str], _Value]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: str) -> _Value:
        value = self._work_out(key)
        if len(key) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[key] = value
        return value
