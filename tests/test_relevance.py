"""The ranking cannot get worse unnoticed: nDCG@10 on the judged sample in ``data/sample``.

Where a change lowers a mean by more than 1 %, either the change is wrong or it is worth it, which
the large collections tell (benchmarks/relevance). In the second case, and when the means have risen
or the sample has changed, take the baseline again and put what this prints in place of it::

    python -m tests.test_relevance

The sample is small: it shows that stems, marks and typos work, but hardly feels the weights of
titles and of pairs of words.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from benchmarks.relevance.collection import Collection, Query, read_collection
from benchmarks.relevance.variants import vary
from searchlib import Index, Schema, Text
from searchlib.analysis import Analyzer, Language
from searchlib.engine import terms
from searchlib.languages import analyzer
from tests.conftest import ROOT, indexed

SAMPLE: Final = Path(__file__).parent / "data" / "sample"
LANGUAGES: Final = ("vi", "fr", "en")
ALL: Final = "all"

#: Queries → their mean nDCG@10, taken on 2026-11-22.
BASELINE: Final = {"all": 0.8929, "vi": 0.9602, "fr": 0.8724, "en": 0.8448}

#: Group of queries (a language, or all) → their mean.
Means = dict[str, float]


@pytest.fixture(scope="module")
def sample() -> Collection:
    return read_collection(SAMPLE)


@pytest.fixture(scope="module")
def index(sample: Collection) -> Index:
    return make_index(sample, language_given=True)


def make_index(collection: Collection, *, language_given: bool) -> Index:
    schema = Schema(
        {"title": Text(weight=2), "text": Text()},
        language="lang" if language_given else None,
        languages=LANGUAGES,
    )
    kept = ("id", "title", "text", "lang") if language_given else ("id", "title", "text")
    return indexed(schema, [{key: one[key] for key in kept} for one in collection.documents])


def means(
    index: Index,
    collection: Collection,
    *,
    typos: bool = True,
    typed: Callable[[Query], str] = lambda query: query.text,
) -> Means:
    pytest.importorskip("ir_measures")
    pytest.importorskip("scipy")
    from benchmarks.relevance.measures import mean, measure

    index.searcher()._snapshot().kept.clear()  # queries compiled by rules that a test has changed
    found = {query.id: index.search(typed(query), typos=typos).ids for query in collection.queries}
    values = measure(found, collection.judgements)["nDCG@10"]
    groups = {ALL: collection.queries} | {
        code: [query for query in collection.queries if query.language == code]
        for code in LANGUAGES
    }
    return {
        name: mean({query.id: values[query.id] for query in queries})
        for name, queries in groups.items()
    }


def fallen(now: Means, before: Means) -> dict[str, str]:
    """The groups whose mean has fallen by more than 1 %."""
    return {
        name: f"{value:.4f} → {now[name]:.4f}"
        for name, value in before.items()
        if now[name] < 0.99 * value
    }


# --- The guard ---------------------------------------------------------------------------------


def test_the_ranking_is_no_worse_than_the_baseline(index: Index, sample: Collection) -> None:
    assert set(BASELINE) == {ALL, *LANGUAGES}
    assert not fallen(means(index, sample), BASELINE)


def test_identified_languages_serve_as_well_as_given_ones(index: Index, sample: Collection) -> None:
    identified = means(make_index(sample, language_given=False), sample)
    assert identified == pytest.approx(means(index, sample), rel=0.02)


# --- The guard bites ---------------------------------------------------------------------------


def _without_stems(language: Language) -> Language:
    plain, marked = replace(language.plain, stem=0.0), replace(language.marked, stem=0.0)
    return replace(language, plain=plain, marked=marked)


def test_it_sees_that_stems_are_gone(
    index: Index, sample: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = means(index, sample)
    changed = {code: Analyzer(_without_stems(analyzer(code).language)) for code in LANGUAGES}
    monkeypatch.setattr(terms, "analyzer", changed.__getitem__)
    lost = fallen(means(index, sample), before)
    assert lost.keys() == {ALL, "fr", "en"}  # Vietnamese has none to lose


def test_it_sees_that_typos_are_taken_as_they_stand(index: Index, sample: Collection) -> None:
    assert ALL in fallen(means(index, sample, typos=False), means(index, sample))


def test_it_sees_that_marks_are_ignored(index: Index, sample: Collection) -> None:
    unmarked = means(
        index, sample, typed=lambda query: vary("unmarked", query.id, query.text, seed=1)
    )
    assert "vi" in fallen(unmarked, means(index, sample))


def test_it_sees_that_french_is_taken_for_english(index: Index, sample: Collection) -> None:
    documents = [{**one, "lang": one["lang"].replace("fr", "en")} for one in sample.documents]
    mistaken = means(make_index(replace(sample, documents=documents), language_given=True), sample)
    assert mistaken != pytest.approx(means(index, sample), rel=0.02)


def test_one_percent_is_the_line() -> None:
    before = {ALL: 0.8, "vi": 0.5}
    assert fallen({ALL: 0.793, "vi": 0.6}, before) == {}
    assert fallen({ALL: 0.791, "vi": 0.6}, before) == {ALL: "0.8000 → 0.7910"}


# --- The sample --------------------------------------------------------------------------------


def test_documents_are_the_words_of_the_seeds(sample: Collection) -> None:
    squeezed = "".join
    seeds = [squeezed(path.read_text("utf-8").split()) for path in (ROOT / "seeds").glob("*.txt")]
    for document in sample.documents:
        title, text = (squeezed(document[key].split()) for key in ("title", "text"))
        assert text
        assert any(title in seed and text in seed for seed in seeds), document["id"]
    titles = [document["title"] for document in sample.documents if document["title"]]
    assert len(titles) == len(set(titles)) == 4  # one seed has none


def test_judgements_fit_documents_and_queries(sample: Collection) -> None:
    ids = [document["id"] for document in sample.documents]
    assert len(ids) == len(set(ids))
    assert {document["lang"] for document in sample.documents} == set(LANGUAGES)
    asked = (SAMPLE / "queries.jsonl").read_text("utf-8").splitlines()
    queries = [json.loads(line)["id"] for line in asked]
    # A query that nobody judged would be left out in silence.
    assert [query.id for query in sample.queries] == queries
    assert len(queries) == len(set(queries))
    _, *lines = (SAMPLE / "qrels.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert {query for query, _, _ in rows} == set(queries)
    assert {document for _, document, _ in rows} <= set(ids)
    assert {grade for _, _, grade in rows} == {"1", "2"}
    assert len({(query, document) for query, document, _ in rows}) == len(rows)


if __name__ == "__main__":
    collection = read_collection(SAMPLE)
    now = means(make_index(collection, language_given=True), collection)
    shown = ", ".join(f'"{name}": {value:.4f}' for name, value in now.items())
    print(f"BASELINE: Final = {{{shown}}}")
