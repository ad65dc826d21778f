"""``searchlib search``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from searchlib.cli.codes import ExitCode, UsageError
from searchlib.cli.complete import facet_names, filter_names, sort_names
from searchlib.cli.filters import facets_of, filters_of
from searchlib.cli.parameters import Flag, several
from searchlib.cli.show import highlighting, show_facets, show_hit, show_summary
from searchlib.cli.terminal import print_json
from searchlib.index import Index
from searchlib.results import Explanation, SearchResult

__all__ = ["search"]

_Accents = Literal["prefer", "strict", "ignore"]


def search(
    index: Path,
    /,
    *query: str,
    where: Annotated[tuple[str, ...], several(filter_names, may_begin_with_minus=True)] = (),
    facet: Annotated[tuple[str, ...], several(facet_names)] = (),
    sort: Annotated[tuple[str, ...], several(sort_names, may_begin_with_minus=True)] = (),
    limit: int = 10,
    offset: int = 0,
    after: str | None = None,
    highlight: bool = True,
    language: str | None = None,
    accents: _Accents = "prefer",
    typos: bool = True,
    explain: Flag = False,
    json: Flag = False,
) -> int:
    """Search an index.

    Args:
        index: Its folder.
        query: What to look for, in the query language; nothing finds all documents. Words
            that begin with a minus go after two of them: -- -word.
        where: A filter: section=News, "date>=2022", author!=Salim, or "author:(Salim OR Quang)".
            Given several times, all must hold.
        facet: A field whose values to count, or date:month, section:News, pages:5 (ranges). May be
            given several times.
        sort: A field to sort by, -date for the largest first; "score" is the relevance. May be
            given several times.
        limit: How many hits.
        offset: How many hits to leave out before the first.
        after: The cursor of the page before, in place of an offset; it takes --sort.
        highlight: Mark what was found.
        language: The code of the query's language.
        accents: What marks do: those typed come first, only those typed, or no difference.
        typos: Take unknown words for words that are near them.
        explain: Tell what each word adds to the score of each hit.
        json: One hit a line as JSON, then one line with the rest: {"summary": ...}.
    """
    opened = Index.open(index)
    text = " ".join(query)
    if after is not None and not sort:
        raise UsageError("--after goes with the --sort of the page before")
    options: dict[str, Any] = {"language": language, "typos": typos, "accents": accents}
    result = opened.search(
        text,
        where=filters_of(where, opened.schema),
        facets=facets_of(facet, opened.schema),
        sort=sort or None,
        limit=limit,
        offset=offset,
        after=after,
        highlight=highlighting() if highlight and not json else highlight,
        **options,
    )
    why = [opened.explain(text, hit, **options) if explain else None for hit in result]
    if json:
        _print_json(result, why)
    else:
        for place, (hit, reasons) in enumerate(zip(result, why, strict=True), offset + 1):
            show_hit(None if after else place, hit, opened.schema, reasons)
        show_facets(result)
        corrected = None if result.total else opened.did_you_mean(text, language=language)
        show_summary(result, offset, corrected)
    return ExitCode.OK if result.total else ExitCode.NOTHING


def _print_json(result: SearchResult, why: Sequence[Explanation | None]) -> None:
    """One line a hit, and a last one for all else."""
    for hit, reasons in zip(result, why, strict=True):
        line: dict[str, Any] = {
            "id": hit.id,
            "score": hit.score,
            "language": hit.language,
            "document": hit.document,
            "highlights": hit.highlights,
        }
        if reasons is not None:
            line["explanation"] = asdict(reasons)
        print_json(line)
    print_json(
        {
            "summary": {
                "query": str(result.query),
                "total": result.total,
                "seconds": result.took,
                "language": result.language,
                "facets": {
                    name: [{"value": line.value, "count": line.count} for line in facet]
                    for name, facet in result.facets.items()
                },
                "notices": [notice.message for notice in result.notices],
                "cursor": result.cursor,
            }
        }
    )
