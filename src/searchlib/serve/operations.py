"""What the server can be asked: one table, which answers requests and documents them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from searchlib.fields import Boolean, Category, Date, DateTime, Field, Keyword, Stored, Text
from searchlib.highlight import Highlight
from searchlib.index import Index
from searchlib.query.facets import CalendarFacet, ValueFacet
from searchlib.query.nodes import MoreLikeThis, Query
from searchlib.results import SearchResult
from searchlib.searcher import Searcher
from searchlib.serve import answers
from searchlib.serve.filters import PREFIX, filter_of, filterable
from searchlib.serve.limits import ServerLimits
from searchlib.serve.parameters import Parameter, choice, text, whole
from searchlib.serve.problems import Problem
from searchlib.serve.roles import Roles

__all__ = ["Operation", "Values", "operations"]

#: The values of an operation's parameters, by their names.
Values = Mapping[str, Any]

_LONGEST_ID: Final = 4_000  # longer ones hardly fit into a URL
_LONGEST_FILTER: Final = 1_000
_MENDED: Final = frozenset({"unknown-word", "corrected"})
_FRAGMENT: Final = 240
_COMPLETIONS: Final = 6
#: Parameters of a facet → the fields that they say something of.
_FITS: Final[Mapping[str, tuple[type[Field], ...]]] = {
    "matching": (Keyword, Category),
    "under": (Category,),
    "unit": (Date, DateTime),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the server can be asked.

    Attributes:
        name: its name, in the documentation and in the metrics.
        path: where.
        about: what it does.
        parameters: what it takes.
        answers: the name of the schema of its answer.
        run: makes the answer; it is called in a thread.
        can_miss: whether what it is asked for may not be there (404).
    """

    name: str
    path: str
    about: str
    parameters: tuple[Parameter, ...]
    answers: str
    run: Callable[[Values], dict[str, Any]]
    can_miss: bool = False


def operations(
    index: Index, name: str, roles: Roles, limits: ServerLimits
) -> tuple[Operation, ...]:
    """Return all that a server of this index, called by that name, can be asked."""
    return _Service(index, name, roles, limits).table()


class _Service:
    """Answers for one index."""

    def __init__(self, index: Index, name: str, roles: Roles, limits: ServerLimits) -> None:
        self.index = index
        self.name = name
        self.schema = index.schema
        self.roles = roles
        self.limits = limits

    # --- The table ---------------------------------------------------------------------

    def table(self) -> tuple[Operation, ...]:
        """What can be asked, in the order in which people want to read about it."""
        schema, limits = self.schema, self.limits
        fields = tuple(schema.fields)
        countable = filterable(schema)
        sorts = tuple(sign + name for name in self._sortable() for sign in ("", "-"))
        query = text("q", "what is looked for, in the query language", limits.query)
        narrowed = tuple(self._filter(name) for name in countable)
        which = text("id", "the id of the document", _LONGEST_ID, is_required=True)
        limit = whole("limit", "how many hits", 0, limits.page, 10)
        kept = choice("fields", "fields of the documents to return; none: all", fields, most=100)
        marked = choice(
            "highlight",
            "text fields to return a fragment of, with the places of the matches; of one without a "
            "match, its beginning",
            tuple(schema.text_fields),
            most=20,
        )
        return (
            Operation(
                "search",
                "/api/search",
                "Search.",
                (
                    query,
                    *narrowed,
                    choice(
                        "facet",
                        "fields to count the hits by: values, years of dates, ranges of numbers",
                        countable,
                        most=limits.facets,
                    ),
                    choice("sort", "fields to sort by, the largest first after -", sorts, most=5),
                    limit,
                    whole("offset", "how many hits to leave out", 0, limits.depth, 0),
                    text("after", "the cursor of the page before, in place of offset", 10_000),
                    kept,
                    marked,
                    text("language", "the code of the query's language; none: told from it", 20),
                    choice(
                        "accents",
                        "what marks do",
                        ("prefer", "strict", "ignore"),
                        default="prefer",
                    ),
                    choice(
                        "typos",
                        "whether words that no document holds are taken for words near them",
                        ("true", "false"),
                        default="true",
                    ),
                ),
                "SearchResult",
                self.search,
            ),
            Operation(
                "suggest",
                "/api/suggest",
                "Complete what somebody is typing: words, and titles that hold them.",
                (
                    replace(query, is_required=True),
                    whole("limit", "how many of each", 0, 20, _COMPLETIONS),
                ),
                "Suggestions",
                self.suggest,
            ),
            Operation(
                "facet",
                "/api/facet",
                "Count the hits of a search by one field, with a say in what is counted.",
                (
                    choice("field", "the field to count by", countable, is_required=True),
                    query,
                    *narrowed,
                    text(
                        "matching",
                        "of a keyword or category, values in which each word of this begins a word",
                        200,
                    ),
                    text("under", "of a category, the path whose children are counted", 1_000),
                    choice("unit", "of a date, what is counted", ("year", "month", "day")),
                    whole(
                        "limit",
                        "how many lines: the most frequent values; of dates and numbers the last, "
                        "in order",
                        1,
                        limits.values,
                        20,
                    ),
                ),
                "Facet",
                self.facet,
            ),
            Operation(
                "document",
                "/api/document",
                "Get one document, whole.",
                (which,),
                "Document",
                self.document,
                can_miss=True,
            ),
            Operation(
                "similar",
                "/api/similar",
                "Find documents that are like one.",
                (which, limit, kept, marked),
                "SearchResult",
                self.similar,
                can_miss=True,
            ),
            Operation(
                "about",
                "/api/about",
                "Tell what the index holds, what each field is for, and the limits.",
                (),
                "About",
                self.about,
            ),
        )

    def _filter(self, name: str) -> Parameter:
        kind = self.schema.fields.get(name)
        takes = "a language code" if kind is None else kind.expects
        spans = "; or a span: low..high" if kind is not None and kind.is_ordered else ""
        about = f"only hits with this {name}, or any of these: {takes}{spans}"
        if isinstance(kind, Boolean):
            return choice(PREFIX + name, about, ("true", "false"), most=2)
        return text(PREFIX + name, about, _LONGEST_FILTER, most=self.limits.filters)

    def _sortable(self) -> list[str]:
        def can_sort(kind: Field) -> bool:
            if isinstance(kind, Text):
                return kind.collation is not None
            return not isinstance(kind, (Category, Stored))

        names = [name for name, kind in self.schema.fields.items() if can_sort(kind)]
        return [*names, self.schema.id]

    # --- The answers -------------------------------------------------------------------

    def search(self, values: Values) -> dict[str, Any]:
        searcher = self.index.searcher()
        where, chosen = self._where(values)
        facets = answers.facets_for(self.schema, _distinct(values["facet"]), chosen)
        sort = _distinct(values["sort"])
        result = searcher.search(
            values["q"],
            where=where,
            facets=facets,
            sort=sort or ("score" if values["after"] is not None else None),
            limit=values["limit"],
            offset=values["offset"],
            after=values["after"],
            highlight=_fragments(values["highlight"]),
            language=values["language"],
            accents=values["accents"],
            typos=values["typos"] == "true",
        )
        answer = self._found(result, values, chosen)
        if values["q"] and any(notice.code in _MENDED for notice in result.notices):
            answer["did_you_mean"] = searcher.did_you_mean(values["q"], language=values["language"])
        return answer

    def _found(
        self, result: SearchResult, values: Values, chosen: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        fields, shown = frozenset(values["fields"]), _distinct(values["highlight"])
        return {
            "query": values.get("q") or "",
            "total": result.total,
            "language": result.language,
            "seconds": round(result.took, 6),
            "hits": [answers.hit_answer(hit, fields, shown, self.schema.id) for hit in result.hits],
            "facets": answers.facets_answer(result.facets, chosen),
            "notices": [answers.notice_answer(notice) for notice in result.notices],
            "did_you_mean": None,
            "cursor": result.cursor,
        }

    def suggest(self, values: Values) -> dict[str, Any]:
        searcher, typed, limit = self.index.searcher(), values["q"], values["limit"]
        title = self.roles.title
        words = searcher.suggest(typed, limit=limit)
        titles = (
            searcher.suggest_titles(typed, title, limit=limit)
            if title is not None and title in self.schema.text_fields
            else ()
        )
        return {
            "words": [answers.suggestion_answer(one) for one in words],
            "titles": [answers.suggestion_answer(one) for one in titles],
        }

    def facet(self, values: Values) -> dict[str, Any]:
        name, limit = values["field"], values["limit"]
        self._check_fit(name, values)
        where, chosen = self._where(values)
        (request, *_) = answers.facets_for(self.schema, [name], {})
        if isinstance(request, ValueFacet):
            matching, under = values["matching"] or "", values["under"] or None
            request = replace(request, limit=limit, matching=matching, under=under)
        elif isinstance(request, CalendarFacet):
            request = replace(request, unit=values["unit"] or "year")
        result = self.index.search(values["q"], where=where, facets=[request], limit=0)
        answer = answers.facet_answer(result.facets[name], chosen.get(name, ()))
        return answer if isinstance(request, ValueFacet) else answers.last_lines(answer, limit)

    def _check_fit(self, name: str, values: Values) -> None:
        """Refuse what cannot be asked of this field."""
        kind = self.schema.fields.get(name, Keyword())  # or the language of documents
        for option, kinds in _FITS.items():
            if values[option] and not isinstance(kind, kinds):
                names = " or ".join(one.type_name for one in kinds)
                raise Problem(
                    HTTPStatus.BAD_REQUEST,
                    "bad-parameter",
                    f"the parameter {option!r} is for a field of type {names}; {name!r} is of type "
                    f"{kind.type_name}: leave it out",
                    option,
                )

    def document(self, values: Values) -> dict[str, Any]:
        hit = next(iter(self.index.search(where={self.schema.id: values["id"]}, limit=1)), None)
        if hit is None:
            raise _missing(values["id"])
        document = answers.plain(hit.document)
        return {"id": hit.id, "language": hit.language, "document": document}

    def similar(self, values: Values) -> dict[str, Any]:
        searcher = self.index.searcher()
        language = self._language(searcher, values["id"])
        result = searcher.search(
            MoreLikeThis(id=values["id"]),
            limit=values["limit"],
            language=language,
            highlight=_fragments(values["highlight"]),
        )
        return self._found(result, values, {})

    def _language(self, searcher: Searcher, document_id: str) -> str:
        hits = searcher.search(where={self.schema.id: document_id}, limit=1).hits
        if not hits:
            raise _missing(document_id)
        return hits[0].language

    def about(self, values: Values) -> dict[str, Any]:
        searcher = self.index.searcher()
        return {
            "name": self.name,
            "documents": len(searcher),
            "languages": list(searcher.languages),
            "id": self.schema.id,
            "fields": {name: kind.type_name for name, kind in self.schema.fields.items()},
            "roles": self.roles.to_dict(),
            "sorts": list(self.roles.sorts(self.schema)),
            "limits": asdict(self.limits),
        }

    def _where(self, values: Values) -> tuple[list[Query], dict[str, Sequence[str]]]:
        """The filters as nodes, and field → the texts given for it."""
        chosen: dict[str, Sequence[str]] = {
            name.removeprefix(PREFIX): tuple(texts)
            for name, texts in values.items()
            if name.startswith(PREFIX) and texts
        }
        count = sum(map(len, chosen.values()))
        if count > self.limits.filters:
            raise Problem(
                HTTPStatus.BAD_REQUEST,
                "over-limit",
                f"a search has at most {self.limits.filters:,} values of filters, not {count:,}: "
                "choose fewer",
            )
        nodes = [filter_of(self.schema, name, texts) for name, texts in chosen.items()]
        return nodes, chosen


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _fragments(names: Sequence[str]) -> Highlight | None:
    if not names:
        return None
    return Highlight(fields=_distinct(names), size=_FRAGMENT, style="ranges")


def _missing(document_id: str) -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        f"there is no document {document_id[:80]!r} any more, or there never was",
        "id",
    )
