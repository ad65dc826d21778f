"""What each field of an index is for on a page, told from the schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from unicodedata import combining, normalize

from searchlib.engine.layout import LANGUAGE
from searchlib.errors import ServeError
from searchlib.fields import Date, DateTime, Field, Float, Integer, Keyword, Stored, Text
from searchlib.schema import Schema

__all__ = ["Roles"]

# Names that people give, without marks and in lower case; the likelier first.
_TITLES: Final = "title headline heading subject name label titre sujet nom tieu_de ten".split()
_BODIES: Final = (
    "body text content contents article abstract summary description excerpt corps texte contenu "
    "resume noi_dung tom_tat"
).split()
_URLS: Final = "url link href permalink source_url web lien adresse lien_ket".split()
_DATES: Final = "published publication_date pub_date date day created updated time ngay".split()
_FAINT: Final = 0.5  # a text that weighs less is furniture: found, but not worth showing


@dataclass(frozen=True, slots=True)
class Roles:
    """Which field is shown as what. ``Roles.of`` tells it from the names, types and weights of a
    schema's fields.

    Attributes:
        title: the field that heads a hit; None shows the beginning of its text.
        body: the text field that a hit shows a fragment of; None shows none.
        url: the field that holds the address that a hit leads to; None has none.
        date: the field that dates a hit, and by which hits can be sorted.
        facets: what can be chosen beside the hits, in order; ``"_language"`` is the language.
        labels: the fields whose values stand below a hit.
    """

    title: str | None
    body: str | None
    url: str | None
    date: str | None
    facets: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(
        cls,
        schema: Schema,
        *,
        title: str | None = None,
        body: str | None = None,
        url: str | None = None,
        date: str | None = None,
        facets: Sequence[str] | None = None,
    ) -> Roles:
        """Return what suits a schema; a field that is named takes the place of what is found.

        Raises:
            ServeError: a field named is not there, or cannot serve as that.

        >>> from searchlib import Date, Keyword, Schema, Text
        >>> fields = {"headline": Text(weight=2.0), "body": Text(), "day": Date(), "by": Keyword()}
        >>> roles = Roles.of(Schema(fields))
        >>> roles.title, roles.body, roles.date, roles.facets
        ('headline', 'body', 'day', ('day', 'by', '_language'))
        """
        text = [name for name, kind in schema.text_fields.items() if kind.weight >= _FAINT]
        text = text or list(schema.text_fields)
        keywords = [name for name, kind in schema.fields.items() if isinstance(kind, Keyword)]
        stored = [name for name, kind in schema.fields.items() if isinstance(kind, Stored)]
        days = [n for n, kind in schema.fields.items() if isinstance(kind, (Date, DateTime))]
        title = _checked(schema, "title_field", title, (Text, Keyword, Stored)) or _title_of(
            schema, text, [*keywords, *stored]
        )
        body = _checked(schema, "body_field", body, (Text,)) or _body_of(schema, text, title)
        url = _checked(schema, "url_field", url, (Keyword, Stored)) or _named(
            [*keywords, *stored], _URLS
        )
        date = _checked(schema, "date_field", date, (Date, DateTime)) or (
            _named(days, _DATES) or next(iter(days), None)
        )
        countable = [
            name
            for name, kind in schema.fields.items()
            if not isinstance(kind, (Text, Stored)) and name not in (url, title)
        ]
        if facets is None:
            facets = [*countable, LANGUAGE]
        elif isinstance(facets, str):
            raise ServeError(f"facets is a list of fields: [{facets!r}]")
        for name in facets:
            if name not in countable and name != LANGUAGE:
                has = ", ".join([*countable, LANGUAGE])
                raise ServeError(
                    f"facets: {name!r} is no field that can be counted; there are {has}"
                )
        labels = [n for n in countable if not isinstance(schema.fields[n], (Date, DateTime))]
        return cls(title, body, url, date, tuple(facets), tuple(labels))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    def sorts(self, schema: Schema) -> tuple[str, ...]:
        """Return by what a person may want to sort, each way, besides relevance.

        >>> from searchlib import Date, Schema
        >>> schema = Schema({"day": Date()})
        >>> Roles.of(schema).sorts(schema)
        ('-day', 'day')
        """
        numbers = [n for n, kind in schema.fields.items() if isinstance(kind, (Integer, Float))]
        title = schema.fields.get(self.title or "")
        names = [self.date] if self.date is not None else []
        both = [sign + name for name in [*names, *numbers] for sign in ("-", "")]
        has_order = isinstance(title, Keyword) or (isinstance(title, Text) and title.collation)
        return (*both, self.title) if has_order and self.title is not None else tuple(both)


def _checked(
    schema: Schema, what: str, name: str | None, kinds: tuple[type[Field], ...]
) -> str | None:
    """The name of a field that somebody chose, which is there and of one of these types."""
    if name is None:
        return None
    if name not in schema.fields:
        has = ", ".join(schema.fields) or "none"
        raise ServeError(f"{what}: the schema has no field {name!r}; it has {has}")
    if not isinstance(schema.fields[name], kinds):
        types = ", ".join(kind.type_name for kind in kinds)
        is_of = schema.fields[name].type_name
        raise ServeError(f"{what}: {name!r} is of type {is_of}, which cannot serve: {types}")
    return name


def _named(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The field of the likeliest name; ``article_title`` is named a title too."""
    plain = {name: _plain(name) for name in names}
    for want in wanted:
        for fits in (str.__eq__, _ends_with):
            for name in names:
                if fits(plain[name], want):
                    return name
    return None


def _ends_with(name: str, want: str) -> bool:
    return name.endswith("_" + want)


def _plain(name: str) -> str:
    letters = normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not combining(letter))


def _title_of(schema: Schema, text: Sequence[str], others: Sequence[str]) -> str | None:
    """The field named like a title; else the text that weighs most, if one does."""
    named = _named(text, _TITLES) or _named(others, _TITLES)
    if named is not None or len(text) < 2:
        return named
    first, second, *_ = sorted(text, key=lambda name: -schema.text_fields[name].weight)
    weights = schema.text_fields[first].weight, schema.text_fields[second].weight
    return first if weights[0] > weights[1] else None


def _body_of(schema: Schema, text: Sequence[str], title: str | None) -> str | None:
    """The field named like a body; else the first text that is not the title."""
    rest = [name for name in text if name != title]
    return _named(rest, _BODIES) or next(iter(rest), None)
