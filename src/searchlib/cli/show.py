"""What a search found, as people read it: on a terminal of any width, or in a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rich.cells import cell_len
from rich.text import Text

from searchlib.cli.terminal import out, safe, show, width
from searchlib.fields import Boolean, Float, Integer, Stored
from searchlib.highlight import Highlight
from searchlib.languages import UNDETERMINED, language
from searchlib.results import Explanation, FacetResult, Fragment, Hit, SearchResult
from searchlib.schema import Schema

__all__ = ["columns", "highlighting", "language_name", "show_facets", "show_hit", "show_summary"]

_TITLES: Final = ("title", "headline", "name", "subject", "heading")
_TITLE_LINES: Final = 2
_MATCH_LINES: Final = 3
_TEXT_LINES: Final = 2
_FACT: Final = 30
_NARROWEST: Final = 12
_CELL_LINES: Final = 9
_BAR: Final = 20
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_MARK: Final = "black on yellow"
_FAINT: Final = "bright_black"
_SPACE: Final = re.compile(r"\s+")


def highlighting() -> Highlight:
    """Return how to highlight for lines of this width."""
    return Highlight(size=(width() - 4) * 2, style="ranges")


def show_hit(place: int | None, hit: Hit, schema: Schema, why: Explanation | None) -> None:
    """Print one hit: its title, what else it is, and where it matches.

    Args:
        place: its number among all hits, from 1; None where that is not known.
        hit: the hit.
        schema: the fields of its document.
        why: what to print beneath.
    """
    number = f"{'·' if place is None else place:>2}  "
    indent = len(number)
    title_field = _title_field(schema)
    title = _text_of(hit, title_field) if title_field else Text(safe(hit.id))
    title.stylize_before("bold")
    for line in lines_of(title, width() - indent, _TITLE_LINES) or [Text("(no title)", _FAINT)]:
        out().print(Text.assemble((number, _FAINT), line), soft_wrap=True)
        number = " " * indent
    _print(_facts(hit, schema, width() - indent), indent)
    passage, lines = _passage(hit, schema, title_field)
    for line in lines_of(passage, width() - indent, lines):
        _print(line, indent)
    if why is not None:
        _show_explanation(why, indent)
    out().print()


def _print(line: Text, indent: int) -> None:
    out().print(Text.assemble(" " * indent, line), soft_wrap=True)


def _title_field(schema: Schema) -> str | None:
    """The text field that serves as the title: one called so, or else the first."""
    texts = schema.text_fields
    return next((name for name in _TITLES if name in texts), next(iter(texts), None))


def _passage(hit: Hit, schema: Schema, title_field: str | None) -> tuple[Text, int]:
    """Where another field than the title matches, and how many lines it is worth; or else how the
    document's text begins."""
    others = [name for name in schema.text_fields if name != title_field]
    matched = [name for name in others if name in hit.highlights]
    for name in matched or others:
        if text := _text_of(hit, name):
            return text, _MATCH_LINES if matched else _TEXT_LINES
    return Text(), 0


def _text_of(hit: Hit, name: str) -> Text:
    """A field's text with its matches marked: the best fragment, or else its beginning."""
    value = hit.document.get(name)
    values = [value] if isinstance(value, str) else value or [""]
    for fragment in hit.highlights.get(name, ()):
        return _marked(fragment, len(values[fragment.value]))
    longest = width() * (_TEXT_LINES + 1)  # past which nothing is shown
    return Text(_flat(values[0][:longest]) + "…" * (len(values[0]) > longest))


def _marked(fragment: Fragment, size: int) -> Text:
    """A fragment of a text of that size as one line, whose matches are marked by colour or, where
    there is none, by signs."""
    shown = str(fragment)
    pieces: list[tuple[str, bool]] = []
    position = 0
    for start, end in _joined(shown, fragment):
        pieces += [(shown[position:start], False), (shown[start:end], True)]
        position = end
    pieces.append((shown[position:], False))
    text = Text("…" if fragment.start else "")
    for piece, is_match in pieces:
        flat = _flat(piece)
        if not is_match:
            text.append(flat)
        elif out().color_system and not out().no_color:
            text.append(flat, _MARK)
        else:
            text.append(f"«{flat}»")
    return text.append("…" if fragment.end < size else "")


def _joined(shown: str, fragment: Fragment) -> Iterator[tuple[int, int]]:
    """The matches of a fragment, neighbours with nothing but space between them as one."""
    begun: tuple[int, int] | None = None
    for start, end in fragment.matches:
        start, end = start - fragment.start, end - fragment.start
        if begun is not None and shown[begun[1] : start].isspace():
            begun = begun[0], end
            continue
        if begun is not None:
            yield begun
        begun = start, end
    if begun is not None:
        yield begun


def _flat(text: str) -> str:
    """A text on one line, harmless to terminals."""
    return safe(_SPACE.sub(" ", text))


def lines_of(text: Text, columns: int, most: int) -> list[Text]:
    """Wrap a text; what goes past the last line is cut, and an ellipsis says so.

    >>> [line.plain for line in lines_of(Text("one two three four"), 8, 2)]
    ['one two', 'three…']
    """
    if not text.plain.strip():
        return []
    lines = list(text.wrap(out(), columns))
    if len(lines) > most:
        last = lines[most - 1]
        last.rstrip()
        if cell_len(last.plain) >= columns:
            last.truncate(columns - 1)
            last.rstrip()
        if not last.plain.endswith("…"):
            last.append("…")
    for line in lines[:most]:
        line.rstrip()
    return lines[:most]


def _facts(hit: Hit, schema: Schema, columns: int) -> Text:
    """The id, then the short values of the document as far as the line goes, then the score."""
    score = "" if hit.score is None else f" · score {hit.score:.2f}"
    facts = [_cut(safe(hit.id), columns // 2)]
    room = columns - cell_len(facts[0]) - len(score)
    for name, kind in schema.fields.items():
        if name in schema.text_fields or isinstance(kind, Stored):
            continue
        value = hit.document.get(name)
        if value in (None, [], ""):
            continue
        # A number says nothing without its name.
        label = f"{name} " if isinstance(kind, (Integer, Float, Boolean)) else ""
        fact = _cut(label + _shown(value), _FACT)
        room -= cell_len(fact) + 3
        if room < 0:
            break
        facts.append(fact)
    line = Text(" · ").join([Text(facts[0], "cyan"), *(Text(fact) for fact in facts[1:])])
    return line.append(score, _FAINT)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return _flat(str(value).lower() if isinstance(value, bool) else str(value))


def _cut(text: str, columns: int) -> str:
    cut = Text(text)
    cut.truncate(max(columns, 1), overflow="ellipsis")
    return cut.plain


def _show_explanation(why: Explanation, indent: int) -> None:
    rows = [
        (f"{reason.score:.2f}", _flat(reason.word), _flat(str(reason))) for reason in why.reasons
    ]
    for line in columns(rows, width() - indent, right={0}):
        line.stylize(_FAINT)
        _print(line, indent)
    if why.missing:
        missing = Text("without: " + _flat(", ".join(why.missing)), _FAINT)
        for line in lines_of(missing, width() - indent, 2):
            _print(line, indent)


def columns(rows: Sequence[Sequence[str]], room: int, right: Iterable[int] = ()) -> Iterator[Text]:
    """Yield the lines of a table: each column as wide as its widest cell, the last wrapped where
    the room ends, or below the others where there is next to none.

    >>> rows = [("a", "bc"), ("def", "the turn of the tide")]
    >>> [line.plain for line in columns(rows, 17)]
    ['a    bc', 'def  the turn of', '     the tide']
    """
    last = max(map(len, rows), default=0) - 1
    widths = [max(cell_len(row[place]) for row in rows) for place in range(last)]
    indent = sum(widths) + 2 * len(widths)
    is_below = room - indent < _NARROWEST
    if is_below:
        indent = 4
    for row in rows:
        cells = []
        for place, size in enumerate(widths):
            gap = " " * (size - cell_len(row[place]))
            cells.append(gap + row[place] if place in right else row[place] + gap)
        line = "  ".join(cells)
        lines = [line.plain for line in lines_of(Text(row[last]), room - indent, _CELL_LINES)]
        if lines and not is_below:
            line += "  " + lines.pop(0)
        yield Text(_cut(line.rstrip(), room))
        for rest in lines:
            yield Text(" " * indent + rest)


def show_facets(result: SearchResult) -> None:
    """Print the counts of each facet, as numbers and bars."""
    for name, facet in result.facets.items():
        _show_facet(name, facet)
        out().print()


def _show_facet(name: str, facet: FacetResult) -> None:
    out().print(Text(name, "bold"), soft_wrap=True)
    if not facet.counts:
        _print(Text("none of the documents found has a value", _FAINT), 2)
        return
    most = max(max(line.count for line in facet), 1)
    labels = [_label(name, line.value) for line in facet]
    bar = min(_BAR, width() // 4)
    digits = max(len(f"{line.count:,}") for line in facet)
    room = min(max(map(cell_len, labels)), width() - bar - digits - 6)
    for label, line in zip(labels, facet, strict=True):
        cut = _cut(label, room)
        shown = Text.assemble(
            ("✓ " if line.selected else "  ", "green"),
            cut + " " * (room - cell_len(cut) + 2),
            f"{line.count:>{digits},}  ",
            (_bar(line.count / most, bar), "blue"),
        )
        shown.rstrip()
        out().print(shown, soft_wrap=True)
    if facet.other:
        hidden = facet.distinct - len(facet)
        _print(Text(f"… {hidden:,} more values count {facet.other:,}", _FAINT), 2)


def _label(name: str, value: object) -> str:
    if name == "_language":
        return language_name(str(value))
    return _shown(value)


def _bar(share: float, room: int) -> str:
    """A bar, exact to an eighth of a column; what is more than nothing is seen."""
    eighths = round(share * room * 8)
    if share and not eighths:
        eighths = 1
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def language_name(code: str) -> str:
    """Return the name of a language, or its code where it has no rules of its own.

    >>> language_name("vi"), language_name("und")
    ('Vietnamese', 'unknown')
    """
    return "unknown" if code == UNDETERMINED else language(code).name


def show_summary(result: SearchResult, offset: int, corrected: str | None) -> None:
    """Print how much was found, what is worth knowing, and how to get more."""
    for notice in result.notices:
        show(out(), Text(f"! {_flat(str(notice))}"), "yellow")
    if corrected is not None:
        out().print(Text.assemble("Did you mean: ", (_flat(corrected), "bold")), soft_wrap=True)
    if result.total == 0:
        out().print("Nothing found.")
        return
    plural = "document" if result.total == 1 else "documents"
    line = f"{result.total:,} {plural} in {result.took * 1e3:.1f} ms"
    if len(result) < result.total and len(result):
        first = offset + 1
        line += (
            f", {first:,} to {offset + len(result):,} shown"
            if offset
            else f", the first {len(result):,} shown"
        )
    show(out(), line, _FAINT)
    if result.cursor is not None and len(result) < result.total:
        out().print(Text(f"next page: --after {result.cursor}", _FAINT), soft_wrap=True)
