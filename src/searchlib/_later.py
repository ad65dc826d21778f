"""What a program that starts for one search need not wait for, made at its first use."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

__all__ = ["regex"]

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:
        r"""A regular expression that is compiled when it is first used.

        One with a range of a script takes up to three milliseconds, and there are sixty, of which a
        search uses few. Its methods are those of ``re.Pattern``, and as fast once they were used.

        >>> word = regex(r"\w+")
        >>> word.findall("L’été"), word.pattern
        (['L', 'été'], '\\w+')
        """

        def __init__(self, pattern, flags=0):
            self._given = pattern, flags

        @cached_property
        def _compiled(self):
            return re.compile(*self._given)

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            found = self.__dict__[name] = getattr(self._compiled, name)
            return found
