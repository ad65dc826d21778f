"""The places of a page → hits: stored documents, with the matches marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from searchlib._dataclass import replace
from searchlib.engine.merge import Found
from searchlib.engine.part import Part
from searchlib.engine.snapshot import StoredDocument
from searchlib.hits import Fragment, Group, Hit, unread
from searchlib.languages import analyzer

if TYPE_CHECKING:  # what only some searches need is loaded where it is used
    from searchlib.engine.collapse import Collapsed
    from searchlib.highlight import Highlight, Highlighter
    from searchlib.marks import Needles
    from searchlib.query.collapse import Collapse, NearDuplicates

__all__ = ["grouped", "shown"]


def shown(places: Iterable[Found], options: Highlight | None) -> tuple[Hit, ...]:
    """Return the hits at these places.

    Args:
        places: where they lie.
        options: how to highlight; None does not.
    """
    found = _read(list(places))
    if options is None:
        return tuple(
            [
                unread(
                    part.schema.load, stored.source, stored.id, score, stored.language, part.name
                )
                for (part, score, _), stored in found
            ]
        )
    marking = _Marking(options, _needles(found, options))
    return tuple([marking.hit(place, stored) for place, stored in found])


def _read(places: Sequence[Found]) -> list[tuple[Found, StoredDocument]]:
    """The stored documents at some places."""
    parts = {place.part for place in places}
    if len(parts) == 1:
        stored = parts.pop().snapshot.page([place.address for place in places])
        return list(zip(places, stored, strict=True))
    return [(place, place.part.snapshot.document(place.address)) for place in places]


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
    from searchlib.engine.collapse import common_value

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


def _needles(
    found: Sequence[tuple[Found, StoredDocument]], options: Highlight
) -> dict[tuple[Part, str], Needles]:
    """What to highlight in each field of each index. Which words regular expressions match is found
    out here, for the whole page at once."""
    sought: dict[tuple[Part, str], Needles] = {}
    for part in dict.fromkeys(place.part for place, _ in found):
        fields = part.schema.text_fields
        for name in fields if options.fields is None else options.fields:
            needles = part.compiled.sought.of(name)
            if not needles:
                continue
            if needles.patterns:
                texts = [
                    (text, analyzer(fields[name].language or stored.language))
                    for place, stored in found
                    if place.part is part
                    for text in _texts(part.schema.load(stored.source), name)
                ]
                from searchlib.engine.patterns import find_patterns

                needles = find_patterns(needles, texts)
            sought[part, name] = needles
    return sought


class _Marking:
    """Makes the hits of a page whose matches are marked: what is found out about a word for one
    holds for all."""

    def __init__(self, options: Highlight, needles: Mapping[tuple[Part, str], Needles]) -> None:
        self._options = options
        self._needles = needles
        self._highlighters: dict[tuple[Part, str, str], Highlighter | None] = {}

    def hit(self, place: Found, stored: StoredDocument) -> Hit:
        part = place.part
        document = part.schema.load(stored.source)
        marked: dict[str, tuple[Fragment, ...]] = {}
        names = self._options.fields
        for name in part.schema.text_fields if names is None else names:
            highlighter = self._highlighter(part, name, stored.language)
            if highlighter is not None:
                found = highlighter.fragments(_texts(document, name))
                if found:
                    marked[name] = found
        return Hit(stored.id, place.score, document, stored.language, marked, index=part.name)

    def _highlighter(self, part: Part, name: str, language: str) -> Highlighter | None:
        """What marks a field of an index in a language; None where nothing is looked for in it."""
        key = part, name, language
        if key not in self._highlighters:
            needles = self._needles.get((part, name))
            made = None
            if needles is not None:
                rules = analyzer(part.schema.text_fields[name].language or language)
                from searchlib.highlight import Highlighter

                made = Highlighter(needles, rules, self._options)
            self._highlighters[key] = made
        return self._highlighters[key]


def _texts(document: Mapping[str, Any], name: str) -> Sequence[str]:
    value = document.get(name)
    return [value] if isinstance(value, str) else value or []
