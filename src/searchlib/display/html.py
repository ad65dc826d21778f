"""A result as HTML, for notebooks. Whatever comes from documents and queries is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from searchlib.display.parts import Piece, bars, counted, shown_fields
from searchlib.hits import FacetResult, Hit, Notice
from searchlib.styles import STYLES

__all__ = ["page_of"]

_escape: Final = STYLES["html"].escape

# Styles stand in the tags: a notebook shows many results, and its own colours, dark or light.
_PAGE: Final = "display:flex;flex-wrap:wrap;gap:1.5em;align-items:flex-start;line-height:1.4"
_FAINT: Final = "opacity:.65"
_HIT: Final = "margin:0 0 .8em;padding-left:.8em;border-left:3px solid rgba(128,128,128,.4)"
_BAR: Final = "display:inline-block;height:.7em;background:#4c8bf5;border-radius:2px"


def page_of(
    query: str,
    total: int,
    took: float,
    hits: Sequence[Hit],
    facets: Mapping[str, FacetResult],
    notices: Sequence[Notice],
) -> str:
    """Return what a notebook shows of a search.

    >>> page_of("<b>", 0, 0.0012, (), {}, ())
    '<div><p><b>0 documents</b> for <code>&lt;b&gt;</code> · 1.2 ms</p></div>'
    """
    asked = f" for <code>{_escape(query)}</code>" if query else ""
    parts = [f"<p><b>{counted(total, 'document')}</b>{asked} · {took * 1000:.1f} ms</p>"]
    parts += [f'<p style="{_FAINT}">! {_escape(str(notice))}</p>' for notice in notices]
    shown = "".join(map(_hit, hits))
    counts = "".join(_facets(facets))
    if counts:
        columns = (
            f'<div style="flex:2 1 24em">{shown}</div><div style="flex:1 1 14em">{counts}</div>'
        )
        parts.append(f'<div style="{_PAGE}">{columns}</div>')
    else:
        parts.append(shown)
    return f"<div>{''.join(parts)}</div>"


def _hit(hit: Hit) -> str:
    facts = [hit.language, *([] if hit.score is None else [f"{hit.score:.2f}"])]
    facts += [] if hit.index is None else [hit.index]
    if hit.group is not None and hit.group.count > 1:
        facts.append(f"one of {hit.group.count:,}")
    head = f'<b>{_escape(hit.id)}</b> <small style="{_FAINT}">{_escape(" · ".join(facts))}</small>'
    fields = "".join(
        f'<div><span style="{_FAINT}">{_escape(name)}</span> {"".join(map(_piece, pieces))}</div>'
        for name, pieces in shown_fields(hit)
    )
    return f'<div style="{_HIT}">{head}{fields}</div>'


def _piece(piece: Piece) -> str:
    text = _escape(piece.text)
    return f"<mark>{text}</mark>" if piece.is_match else text


def _facets(facets: Mapping[str, FacetResult]) -> Iterator[str]:
    for name, lines in bars(facets):
        rows = "".join(
            f"<tr><td>{'✓ ' if bar.is_selected else ''}{_escape(bar.label)}</td>"
            f'<td style="text-align:right">{bar.documents:,}</td>'
            f'<td style="width:8em"><span style="{_BAR};width:{bar.share * 100:.0f}%"></span></td>'
            "</tr>"
            for bar in lines
        )
        heading = f'<caption style="text-align:left"><b>{_escape(name)}</b></caption>'
        yield f'<table style="margin:0 0 1em">{heading}{rows}</table>'
