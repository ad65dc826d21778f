"""The places of a page → hits: stored documents, with the matches marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from searchlib.engine.collapse import Collapsed, common_value
from searchlib.engine.merge import Found
from searchlib.engine.part import Part
from searchlib.engine.patterns import find_patterns
from searchlib.engine.snapshot import StoredDocument
from searchlib.highlight import Highlight, highlight
from searchlib.languages import analyzer
from searchlib.query.collapse import Collapse, NearDuplicates
from searchlib.results import Fragment, Group, Hit

__all__ = ["grouped", "shown"]


def shown(places: Iterable[Found], options: Highlight | None) -> tuple[Hit, ...]:
    """Return the hits at these places.

    Args:
        places: where they lie.
        options: how to highlight; None does not.
    """
    found = [(place, place.part.snapshot.document(place.address)) for place in places]
    if options is not None:
        _find_patterns(found, options)
    return tuple(_hit(place, stored, options) for place, stored in found)


def grouped(
    collapsed: Collapsed,
    part: Part,
    grouping: Collapse | NearDuplicates,
    options: Highlight | None,
) -> tuple[Hit, ...]:
    """Return the best hit of each group of a page, which says what it stands for.

    Args:
        collapsed: the page.
        part: the index.
        grouping: what the groups have in common.
        options: how to highlight; None does not.
    """
    leads = shown([Found(part, *lead.hit) for lead in collapsed.leads], options)
    return tuple(
        replace(
            hit,
            group=Group(
                common_value(grouping, part.schema, hit.document),
                lead.size,
                shown([Found(part, *one) for one in lead.others], options),
            ),
        )
        for hit, lead in zip(leads, collapsed.leads, strict=True)
    )


def _find_patterns(found: Sequence[tuple[Found, StoredDocument]], options: Highlight) -> None:
    """Find out, for the whole page at once, which words regular expressions match."""
    for part in dict.fromkeys(place.part for place, _ in found):
        fields = part.schema.text_fields
        for name in fields if options.fields is None else options.fields:
            needles = part.compiler.needles.get(name)
            if needles is None or not needles.patterns:
                continue
            texts = [
                (text, analyzer(fields[name].language or stored.language))
                for place, stored in found
                if place.part is part
                for text in _texts(part.schema.load(stored.source), name)
            ]
            find_patterns(needles, texts)


def _hit(place: Found, stored: StoredDocument, options: Highlight | None) -> Hit:
    part = place.part
    document = part.schema.load(stored.source)
    marked: dict[str, tuple[Fragment, ...]] = {}
    if options is not None:
        fields = part.schema.text_fields
        for name in fields if options.fields is None else options.fields:
            needles = part.compiler.needles.get(name)
            if not needles:
                continue
            rules = analyzer(fields[name].language or stored.language)
            if found := highlight(_texts(document, name), needles, rules, options):
                marked[name] = tuple(found)
    return Hit(stored.id, place.score, document, stored.language, marked, index=part.name)


def _texts(document: Mapping[str, Any], name: str) -> Sequence[str]:
    value = document.get(name)
    return [value] if isinstance(value, str) else value or []
