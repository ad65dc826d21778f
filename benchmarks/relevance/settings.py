"""Change one setting of the engine at a time and measure what it is worth.

    python benchmarks/relevance/settings.py FOLDER … [--section NAME …] [--queries N]
        [--markdown FILE]

Each FOLDER is a collection (see collection.py) or holds some; each collection is indexed once and
searched through the public interface. A section prints a table for each folder: nDCG@10, one row a
setting, the first being what searchlib does; one column a collection and way of typing; their mean;
and p, of a paired t test of all queries against the first row. In a cell, * stands for p < 0.05 in
its column and ** for p < 0.01. The columns of "exact" that name one or two words hold another
figure: the share of the ten best hits that hold exactly what was typed (see short.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance import short
from benchmarks.relevance.collection import (
    Collection,
    Query,
    find_collections,
    read_collection,
    sample,
    union,
)
from benchmarks.relevance.lab import table
from benchmarks.relevance.lab_studies import Row
from benchmarks.relevance.measures import measure
from benchmarks.relevance.programs import index_of, part_options, write_parts
from benchmarks.relevance.variants import vary
from searchlib import Index
from searchlib import _tantivy as tantivy
from searchlib.analysis import PAIR_JOINT, Analyzer, Language, Term, View, Weights
from searchlib.engine import compiler, spelling, terms, texts, words
from searchlib.engine.layout import TEXT, view_field
from searchlib.languages import analyzer

#: Given the code of a language, a context in which the setting is changed.
Change: TypeAlias = Callable[[str], AbstractContextManager[None]]

_SEED: Final = 1
_UNSPACED: Final = {"th", "zh", "ja", "km", "lo", "my", "ko"}


@dataclass(frozen=True, slots=True)
class Section:
    """Settings, the collections where they say anything, by language, and how queries are typed."""

    title: str
    settings: dict[str, Change]
    applies: Callable[[str], bool] = lambda code: True
    variants: tuple[str, ...] = ("typed",)


def _constant(module: ModuleType | type, name: str, value: Any) -> Change:
    @contextmanager
    def change(code: str) -> Iterator[None]:
        before = getattr(module, name)
        setattr(module, name, value)
        try:
            yield
        finally:
            setattr(module, name, before)

    return change


def _both(*changes: Change) -> Change:
    @contextmanager
    def change(code: str) -> Iterator[None]:
        one, two = changes
        with one(code), two(code):
            yield

    return change


def _language(change_one: Callable[[Language], Language]) -> Change:
    """Weights and function words of the query's language; what was indexed stays as it is."""

    def change(code: str) -> AbstractContextManager[None]:
        changed = Analyzer(change_one(analyzer(code).language))
        both = [_constant(module, "analyzer", lambda _: changed) for module in (terms, texts)]
        return _both(*both)(code)

    return change


def _only(weights: Weights) -> Callable[[Language], Language]:
    return lambda language: replace(language, plain=weights, marked=weights)


def _stems(language: Language) -> Language:
    return _only(Weights(stem=1.0) if language.stemmer else Weights(folded=1.0))(language)


def _without_pairs(language: Language) -> Language:
    return replace(
        language, plain=replace(language.plain, pair=0.0), marked=replace(language.marked, pair=0.0)
    )


#: Neither pairs of words nor adjacent characters are looked for.
WITHOUT_PAIRS: Final = _language(_without_pairs)
_AS_IT_IS: Final[dict[str, Change]] = {"base": lambda code: nullcontext()}
_VIEWS: Final = {
    "written alone": _language(_only(Weights(written=1.0))),
    "folded alone": _language(_only(Weights(folded=1.0))),
    "stem alone": _language(_stems),
    "all but pairs": WITHOUT_PAIRS,
}


def _pairs_of_common(count: int) -> Change:
    """Only pairs of two of so many words, the commonest of the index, are looked for: as if others
    were not indexed."""

    @contextmanager
    def change(code: str) -> Iterator[None]:
        pairs_of_words = texts.QueryTexts._pairs_of_words
        view = View.STEM if analyzer(code).language.pairs_of_stems else View.FOLDED
        field = view_field(TEXT, view)

        def chosen(self: terms.QueryTerms, text: str, parts: Iterable[str]) -> Sequence[Term]:
            commonest = self._snapshot.kept.setdefault((_COMMONEST, count), {})
            if not commonest:
                commonest.update(self._snapshot.terms(field, "", count))
            found = pairs_of_words(self, text, parts)
            return [pair for pair in found if set(pair.text.split(PAIR_JOINT)) <= commonest.keys()]

        with _constant(texts.QueryTexts, "_pairs_of_words", chosen)(code):
            yield

    return change


_COMMONEST: Final = "commonest words"
_PAIRS: Final = {
    "none": WITHOUT_PAIRS,
    **{f"of the {count:,} commonest": _pairs_of_common(count) for count in (300, 500, 1000, 3000)},
}
_WITHOUT_TYPOS: Final = _constant(spelling, "_SHORTEST", spelling._LONGEST + 1)
_TYPOS: Final = {
    "none corrected": _WITHOUT_TYPOS,
    **{
        f"weight lost {lost:g}": _constant(spelling, "_LIKENESS_LOST", lost)
        for lost in (0.0, 0.1, 0.4, 0.7)
    },
    **{f"at most {most} words": _constant(spelling, "_MOST", most) for most in (1, 3, 10)},
    **{f"from {least} letters": _constant(spelling, "_SHORTEST", least) for least in (3, 5, 6)},
}
_MIXED: Final = {
    "terms of other languages in full": _constant(terms, "_OTHER_LANGUAGE", 1.0),
    **{
        f"terms of other languages ×{factor:g}": _constant(terms, "_OTHER_LANGUAGE", factor)
        for factor in (0.5, 0.15, 0.0)
    },
    **{
        f"own language {bonus:g}": _constant(compiler, "_OWN_LANGUAGE", bonus)
        for bonus in (0.0, 0.1, 0.5, 1.0)
    },
    "neither": _both(
        _constant(terms, "_OTHER_LANGUAGE", 1.0), _constant(compiler, "_OWN_LANGUAGE", 0.0)
    ),
}


def _by_bm25(factor: float, option: str) -> Change:
    """Views that add by rarity count by BM25 in its place, so many times; of texts without their
    frequencies by lengths alone. The engine reads either in half the time."""

    def clause(self: words.WordCompiler, name: str, view: View, term: str) -> Any:
        query = tantivy.Query.term_query(self._schema, view_field(name, view), term, option)
        # The weight that it gets holds the rarity already.
        return tantivy.Query.boost_query(query, factor / self._idf(name, view, term))

    return _constant(words.WordCompiler, "_constant", clause)


_COSTS: Final = {
    **{
        label: _both(_constant(words, "_COMMON", share), _constant(words, "_FEW", few))
        for label, share, few in (
            ("none left out", 2.0, 0),
            ("of a tenth of all", 0.1, 0),
            ("of a twentieth of all", 0.05, 0),
            ("of a fiftieth of all", 0.02, 0),
        )
    },
    "by BM25": _by_bm25(1.0, "freq"),
    "by BM25 × 0.7": _by_bm25(0.7, "freq"),
    "by lengths alone": _by_bm25(1.0, "basic"),
}


def _bare_pairs(self: words.WordCompiler, name: str, view: View, term: str) -> Any:
    """Pairs as if an index did not say how often they stand in a text."""
    field = view_field(name, view)
    option = "basic" if view is View.PAIR else "freq"
    query = tantivy.Query.term_query(self._schema, field, term, option)
    return self._snapshot.as_rare(query, field, (term,))


SECTIONS: Final = {
    "costs": Section(
        "forms of words that very many documents hold (base: left out from a tenth of the "
        "documents and 1,000 on), and what else would be quicker than adding rarity",
        _COSTS,
    ),
    "views": Section(
        "views left out (base: all, as weighed)", _VIEWS, variants=("typed", "unmarked")
    ),
    "pairs": Section(
        "pairs of the commonest words alone (base: of all)",
        _PAIRS,
        lambda code: code not in _UNSPACED,
        ("typed", "unmarked"),
    ),
    "frequencies": Section(
        "how often a pair stands in a text (base: it counts)",
        {"it does not count": _constant(words.WordCompiler, "_term", _bare_pairs)},
        variants=("typed", "unmarked"),
    ),
    "gate": Section(
        "words that lost their marks in a query with marks (base: in at most 0.2 of the documents)",
        {"none": _constant(terms, "_RARELY_BARE", -1.0)}
        | {f"at most {share:g}": _constant(terms, "_RARELY_BARE", share) for share in (0.05, 0.1)}
        | {f"at most {share:g}": _constant(terms, "_RARELY_BARE", share) for share in (0.3, 0.5)},
        lambda code: code in {"vi", "fr", "el"},
        ("typed", "half"),
    ),
    "exact": Section(
        "the very words of a short query with marks (base: 1.2)",
        {f"weight {weight:g}": _constant(words, "_EXACT", weight) for weight in (0.0, 0.6, 2.4)},
        lambda code: code in {"vi", "fr", "es", "pt", "de"},
    ),
    "typos": Section(
        "typing errors (base: 0.2 lost, 5 words, from 4 letters)",
        _TYPOS,
        lambda code: code not in _UNSPACED,
        ("typo",),
    ),
    "typos-typed": Section(
        "typing errors: queries without any",
        {"none corrected": _WITHOUT_TYPOS},
        lambda code: code not in _UNSPACED,
    ),
    "stop-words": Section(
        "function words of Vietnamese (base: dropped from queries)",
        {"looked for": _language(lambda language: replace(language, stop_words=frozenset()))},
        lambda code: code == "vi",
        ("typed", "unmarked", "half"),
    ),
    "mixed": Section(
        "the same texts in many languages in one index, none given "
        "(base: terms of other languages ×0.3, own language 0.25)",
        _MIXED,
        variants=("typed", "unmarked"),
    ),
}


def main() -> None:
    options = part_options(__doc__, "section", SECTIONS)
    chosen = {name: SECTIONS[name] for name in options.chosen}
    tables: dict[str, list[str]] = {name: [] for name in chosen}
    for folder in options.folder:
        collections = [read_collection(path) for path in find_collections(folder)]
        collections = [one for one in collections if len(one.languages) == 1]
        for name, columns in _run(collections, chosen, options.queries).items():
            if columns:
                tables[name].append(f"{folder.name}:\n\n{table(columns)}")
    about = __doc__.rpartition("\n\n")[2].partition("interface. ")[2].strip()
    parts = ((f"{name}: {chosen[name].title}", found) for name, found in tables.items())
    write_parts(options, "Settings", __file__, about, parts)


def _run(
    collections: Sequence[Collection], sections: dict[str, Section], queries: int | None
) -> dict[str, dict[str, list[Row]]]:
    """Return section → column → rows."""
    found: dict[str, dict[str, list[Row]]] = {name: {} for name in sections}
    for collection in collections:
        (code,) = collection.languages
        index = index_of(collection)
        for name, section in sections.items():
            if name == "mixed" or not section.applies(code):
                continue
            for variant in section.variants:
                label = collection.name
                if len(section.variants) > 1:
                    label += f", {variant}"
                drawn = sample(collection.queries, queries)
                found[name][label] = list(_rows(section, index, collection, drawn, variant))
            if name == "exact":
                found[name] |= _exactly_typed(section, index, collection, queries)
        print(f"{collection.name} done", file=sys.stderr)
    parallel = [one for one in collections if one.name.endswith(f"-{one.languages[0]}")]
    parallel.sort(key=_family)
    for _, group in groupby(parallel, _family) if "mixed" in sections else ():
        family = list(group)
        if len(family) > 1:
            found["mixed"] |= _mixed(sections["mixed"], family, queries)
    return found


def _family(collection: Collection) -> str:
    """What collections of the same texts share: their name but for the language at its end."""
    return collection.name.rpartition("-")[0]


def _mixed(
    section: Section, collections: Sequence[Collection], queries: int | None
) -> dict[str, list[Row]]:
    whole = union([*collections])
    index = index_of(whole)
    columns: dict[str, list[Row]] = {}
    for variant in section.variants:
        for one in collections:
            drawn = [
                replace(query, id=f"{one.name}/{query.id}")
                for query in sample(one.queries, queries)
            ]
            columns[f"{one.name}, {variant}"] = list(_rows(section, index, whole, drawn, variant))
        print(f"mixed, {variant} done", file=sys.stderr)
    return columns


def _rows(
    section: Section, index: Index, collection: Collection, queries: Sequence[Query], variant: str
) -> Iterator[Row]:
    judgements = {query.id: collection.judgements[query.id] for query in queries}
    texts = {query.id: vary(variant, query.id, query.text, _SEED) for query in queries}
    for label, change in (_AS_IT_IS | section.settings).items():
        index.searcher()._snapshot().kept.clear()  # the queries as they were compiled before
        with change(queries[0].language):
            ranked = {
                name: index.search(text, limit=short.DEPTH).ids for name, text in texts.items()
            }
        values = measure(ranked, judgements)["nDCG@10"]
        yield Row(label, np.array([values[name] for name in texts]))


def _exactly_typed(
    section: Section, index: Index, collection: Collection, queries: int | None
) -> Iterable[tuple[str, list[Row]]]:
    """Yield the columns for words and pairs of words that differ from others by marks alone."""
    for size, name in ((1, "one word"), (2, "two words")):
        chosen, holders = short.ambiguous(collection, size, queries)
        if not chosen:
            continue
        rows = []
        for label, change in (_AS_IT_IS | section.settings).items():
            index.searcher()._snapshot().kept.clear()
            with change(collection.languages[0]):
                shares = [short.share(index, form, holders) for form in chosen]
            rows.append(Row(label, np.array(shares)))
        yield f"{collection.name}, {name}", rows


if __name__ == "__main__":
    main()
