"""How a stretch of text is shown with its matches marked: in HTML, on a terminal, as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

__all__ = ["STYLES", "Style", "render"]

# A terminal obeys control characters: each is shown by one of its own, so that a text stays as long
# as it was. Line ends and tabs stay; a return to the line's beginning would hide what is there.
_TERMINAL: Final = {
    **{code: 0x2400 + code for code in range(32) if code not in (0x09, 0x0A)},
    0x0D: 0x20,
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


class Style(NamedTuple):
    """A way to show a stretch of text.

    Attributes:
        before, after: what stands around a match.
        escape: what makes any text harmless there.
        ellipsis: what says that the text goes on.
    """

    before: str
    after: str
    escape: Callable[[str], str]
    ellipsis: str = "…"


def _for_html(text: str) -> str:
    """As ``html.escape``, whose module takes 10 ms to import."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#x27;")


def _for_terminal(text: str) -> str:
    return text.translate(_TERMINAL)


#: The styles by their names.
STYLES: Final = {
    "html": Style("<mark>", "</mark>", _for_html),
    # Black on yellow; switched off by codes of their own, so that what is bold around it stays so.
    "ansi": Style("\x1b[30;43m", "\x1b[39;49m", _for_terminal),
    "text": Style("«", "»", str),
    "ranges": Style("", "", str, ""),
}


def render(text: str, start: int, end: int, spans: Iterable[tuple[int, int]], style: Style) -> str:
    """Return a stretch of a text with the spans in it marked, which are in order and apart.

    >>> render("a < b", 2, 5, [(4, 5)], STYLES["html"])
    '…&lt; <mark>b</mark>'
    """
    before, after, escape, ellipsis = style
    pieces = [ellipsis] if start > 0 else []
    position = start
    for first, last in spans:
        pieces += (escape(text[position:first]), before, escape(text[first:last]), after)
        position = last
    pieces.append(escape(text[position:end]))
    if end < len(text):
        pieces.append(ellipsis)
    return "".join(pieces)
