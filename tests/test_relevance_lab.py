"""The programs that try other ways to rank: their formulas worked out by hand, and the engine's."""

from __future__ import annotations

import json
import subprocess
import sys
from math import log, log2
from pathlib import Path

import pytest

pytest.importorskip("scipy")
pytest.importorskip("ir_measures")

import numpy as np

from benchmarks.relevance import settings
from benchmarks.relevance.collection import Collection, Query, read_collection
from benchmarks.relevance.lab import table
from benchmarks.relevance.lab_core import Lab, Terms, best, ndcg
from benchmarks.relevance.lab_distances import cooccurrences, shortest_span
from benchmarks.relevance.lab_rules import NUMBER_RULES, Splitter, adjacent, cut_to
from benchmarks.relevance.lab_studies import STUDIES, Row
from benchmarks.relevance.measures import measure
from searchlib import Index, Schema, Text
from searchlib.analysis import View
from searchlib.engine import compiler, spelling, terms, texts, words
from searchlib.languages import analyzer

ROOT = Path(__file__).parents[1]

ENGLISH = {
    "d1": ("Mills", "the old mill on the river grinds wheat for bread"),
    "d2": ("Rivers", "a river and another river meet where no mill stands"),
    "d3": ("Bread", "bread is baked of wheat and wheat is ground in mills"),
    "d4": ("", "nothing of the kind"),
}
VIETNAMESE = {
    "d1": ("Quốc hội", "Chủ tịch Quốc hội thăm thành phố Huế và quốc hội nước bạn"),
    "d2": ("Thành phố", "Hội chợ quốc tế mở cửa tại thành phố Đà Nẵng"),
    "d3": ("", "Chủ tich thanh pho khong dau"),
}


def collection(language: str, texts: dict[str, tuple[str, str]], *queries: str) -> Collection:
    return Collection(
        "toy",
        [
            {"id": name, "title": title, "text": text, "lang": language}
            for name, (title, text) in texts.items()
        ],
        [Query(f"q{number}", text, language) for number, text in enumerate(queries)],
        {f"q{number}": {"d1": 2, "d2": 1} for number in range(len(queries))},
    )


# --- Formulas -----------------------------------------------------------------------------------


def test_bm25_of_one_term_is_the_formula() -> None:
    found = Terms([["a", "a", "b"], ["a"], ["c", "c", "c", "c"]], [["a"], ["c"], ["z"]])
    idf_of_a, idf_of_c = log(1 + 1.5 / 2.5), log(1 + 2.5 / 1.5)
    average = 8 / 3

    def counted(times: int, length: int, k1: float = 1.2, b: float = 0.75) -> float:
        return times * (k1 + 1) / (times + k1 * (1 - b + b * length / average))

    expected = [
        [idf_of_a * counted(2, 3), idf_of_a * counted(1, 1), 0],
        [0, 0, idf_of_c * counted(4, 4)],
        [0, 0, 0],
    ]
    assert found.bm25() == pytest.approx(np.array(expected), rel=1e-6)
    assert found.bm25(2, 0)[1, 2] == pytest.approx(idf_of_c * counted(4, 4, 2, 0), rel=1e-6)
    assert found.bm25(once=True)[0, 0] == pytest.approx(idf_of_a * counted(1, 3), rel=1e-6)
    assert found.rarity()[0].tolist() == pytest.approx([idf_of_a, idf_of_a, 0], rel=1e-6)


def test_a_term_that_the_query_repeats_counts_as_often() -> None:
    found = Terms([["a", "b"], ["b"]], [["a", "a", "b"]])
    once = Terms([["a", "b"], ["b"]], [["a"], ["b"]])
    assert found.bm25()[0] == pytest.approx(2 * once.bm25()[0] + once.bm25()[1], rel=1e-6)


def test_ndcg_of_a_known_order_is_that_of_ir_measures() -> None:
    scores = np.array([[3.0, 5.0, 0.0, 4.0]], np.float32)  # found: 1, 3, 0
    ideal = 2 + 1 / log2(3) + 1 / log2(4)
    value = ndcg(scores, [{0: 2, 3: 1, 2: 1}], [ideal])
    assert value.tolist() == pytest.approx([(1 / log2(3) + 2 / log2(4)) / ideal])
    theirs = measure({"q": ["1", "3", "0"]}, {"q": {"0": 2, "3": 1, "2": 1}})
    assert value[0] == pytest.approx(theirs["nDCG@10"]["q"])


def test_of_equal_scores_the_earlier_document_comes_first_and_no_match_is_no_hit() -> None:
    row = np.array([0, 1, 2, 1, 1, 0], np.float32)
    assert best(row, 3) == [2, 1, 3]
    assert best(row, 10) == [2, 1, 3, 4]
    assert best(np.zeros(3, np.float32)) == []


@pytest.mark.parametrize(
    ("language", "texts", "query"),
    [
        ("en", ENGLISH, "where are the mills that grind wheat beside rivers"),
        ("en", ENGLISH, "river river bread"),
        ("vi", VIETNAMESE, "chủ tịch quốc hội thành phố Huế"),
        ("vi", VIETNAMESE, "chu tich quoc hoi thanh pho"),
    ],
)
def test_the_base_of_every_study_is_the_score_of_the_engine(
    language: str, texts: dict[str, tuple[str, str]], query: str
) -> None:
    toy = collection(language, texts, query)
    index = Index(Schema({"title": Text(weight=1.5), "text": Text()}, languages=[language]))
    index.add({key: one[key] for key in ("id", "title", "text")} for one in toy.documents)
    found = {hit.id: hit.score for hit in index.search(query, typos=False).hits}
    assert len(found) > 1
    lab = Lab(toy)
    ours = {name: float(score) for name, score in zip(texts, lab.base[0], strict=True) if score}
    assert ours == pytest.approx(found, rel=1e-4)


# --- Positions and rules ------------------------------------------------------------------------


def test_the_shortest_span_holds_every_term() -> None:
    assert shortest_span([(0, "a"), (5, "b"), (7, "a"), (20, "b")]) == 3
    assert shortest_span([(4, "a"), (5, "a"), (9, "b"), (10, "c")]) == 6
    assert shortest_span([(3, "a"), (4, "b")]) == 2


def test_words_occur_together_within_eight_words_and_not_across_fields() -> None:
    texts = {
        "d1": ("", "mills one two three four five six rivers"),
        "d2": ("", "mills one two three four five six seven rivers"),
        "d3": ("mills", "rivers"),
        "d4": ("", "rivers mills"),
    }
    near = cooccurrences(Lab(collection("en", texts, "mills rivers")))
    assert near.counts.toarray().tolist() == [[1, 0, 0, 1]]


def test_forms_of_numbers() -> None:
    grouped, ordinals, acronyms = NUMBER_RULES.values()
    assert grouped("1 000, 1.000.000 and 1,000") == "1000, 1000000 and 1000"
    for kept in ("12,5", "1,234.50", "in 1815, 200 men", "1.2.3", "3,1415"):
        assert grouped(kept) == kept
    assert ordinals("7ème 7e 1er 21st 4x") == "7 7 1 21 4x"
    assert acronyms("U.S.A. or A.B and end. So") == "U S A  or A B and end. So"


def test_a_compound_is_split_into_words_that_the_collection_holds() -> None:
    texts = {
        "d1": ("", "Regierung Regierung Regierung Chef Chef Chef"),
        "d2": ("", "Regierungschef Regierungsrat"),
    }
    lab = Lab(collection("de", texts, "Regierungschef"))
    parts = Splitter(lab).stems_and_parts(lab.queries[0])
    stems = [word.stem for word in lab.read("Regierungschef Regierung Chef").words]
    assert parts == stems
    rat = lab.read("Regierungsrat")
    assert Splitter(lab).stems_and_parts(rat) == [rat.words[0].stem]


def test_adjacent_characters_are_put_together_again() -> None:
    lab = Lab(collection("zh", {"d1": ("", "搜索引擎")}, "搜索"))
    assert adjacent(lab.read("搜索引擎"), 3) == ["搜索引", "索引擎"]
    assert adjacent(lab.read("搜索 引擎"), 3) == []
    assert adjacent(lab.read("搜索 引擎"), 1, 2) == ["搜", "索", "搜索", "引", "擎", "引擎"]


@pytest.mark.parametrize(
    ("language", "text", "reaches"),
    [("zh", "搜索引擎 see also", (1, 2)), ("th", "ประเทศไทย สวย see also", (2, 3))],
)
def test_the_base_of_adjacent_characters_is_the_analysis(
    language: str, text: str, reaches: tuple[int, ...]
) -> None:
    read = Lab(collection(language, {"d1": ("", text)}, text)).queries[0]
    assert sorted(adjacent(read, *reaches)) == sorted(read.pairs)


def test_stems_cut_to_a_prefix() -> None:
    toy = collection("tr", {"d1": ("", "kitaplardan")}, "kitaplığı")
    cut = Lab(toy).but(language=cut_to(analyzer("tr").language, 5))
    assert [word.stem for word in cut.queries[0].words] == ["kitap"]
    assert cut.feature(View.STEM, "idf")[0, 0] > 0


# --- Tables and programs ------------------------------------------------------------------------


def test_a_table_has_the_mean_of_its_columns_and_marks_what_a_collection_lacks() -> None:
    first = Row("base", np.array([0.5, 0.5, 0.5]))
    columns = {
        "one": [first, Row("other", np.array([0.9, 0.8, 1.0]))],
        "two": [Row("base", np.array([1.0, 0.0])), Row("touched", np.array([1.0, 0.0]), False)],
    }
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table(columns).splitlines()
    ]
    assert lines[0] == ["", "one", "two", "mean", "p"]
    assert lines[2] == ["base", "0.5000", "0.5000", "0.5000", ""]
    label, one, two, mean, p = lines[3]
    assert (label, one, two, mean) == ("other", "0.9000*", "=", "0.7000")
    assert 0 < float(p) < 1
    assert lines[4] == ["touched", "=", "0.5000", "0.5000", ""]


def test_settings_are_put_back() -> None:
    def values() -> list[object]:
        return [
            spelling._SHORTEST,
            spelling._MOST,
            spelling._LIKENESS_LOST,
            terms._RARELY_BARE,
            terms._OTHER_LANGUAGE,
            *(vars(module)["analyzer"] for module in (terms, texts)),
            words._EXACT,
            words._COMMON,
            words._FEW,
            words.WordCompiler._constant,
            words.WordCompiler._term,
            texts.QueryTexts._pairs_of_words,
            compiler._OWN_LANGUAGE,
        ]

    before = values()
    for section in settings.SECTIONS.values():
        for change in section.settings.values():
            with pytest.raises(RuntimeError), change("vi"):
                assert values() != before
                raise RuntimeError
            assert values() == before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small collections, one query each."""
    for language, written, query in (
        ("en", ENGLISH, "river mill"),
        ("vi", VIETNAMESE, "quốc hội thành phố"),
    ):
        path = tmp_path / f"toy-{language}"
        path.mkdir()
        toy = collection(language, written, query)
        _write(path / "corpus.jsonl", toy.documents)
        queries = [{"id": q.id, "text": q.text, "lang": q.language} for q in toy.queries]
        _write(path / "queries.jsonl", queries)
        (path / "qrels.tsv").write_text("q0\td1\t1\n", "utf-8")
    return tmp_path


def _write(path: Path, lines: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_every_study_runs_and_says_something_of_a_small_collection(folder: Path) -> None:
    for language in ("en", "vi"):
        toy = read_collection(folder / f"toy-{language}")
        for name, study in STUDIES.items():
            for variant in study.variants:
                lab = Lab(toy, variant=variant)
                if study.applies(lab):
                    labels = [row.label for row in study.rows(lab)]
                    assert labels[0] == "base", name
                    assert len(set(labels)) == len(labels), name


def test_a_lab_draws_its_queries_by_seed() -> None:
    many = collection("en", ENGLISH, *(f"river {number}" for number in range(20)))
    texts = Lab(many, 5).texts
    assert texts == Lab(many, 5).texts
    assert len(set(texts)) == 5
    assert set(texts) < {query.text for query in many.queries}
    assert texts != Lab(many, 5, seed=2).texts


def test_a_title_counts_as_often_as_its_field_is_said_to() -> None:
    lab = Lab(collection("en", {"d1": ("mill", "river")}, "mill river"))
    once, thrice = (lab.view(View.STEM, titles=copies) for copies in (1, 3))
    assert once.counts.toarray().ravel().tolist() == [1, 1]
    assert thrice.counts.toarray().ravel().tolist() == [3, 1]


@pytest.mark.parametrize(
    ("program", "arguments", "expected"),
    [
        ("lab.py", ["--study", "pairs"], ["# Other ways to rank", "| no pairs |", "toy-en"]),
        (
            "settings.py",
            ["--section", "gate", "--section", "mixed"],
            ["# Settings", "| toy-vi, half |", "toy-en, unmarked", "| neither |"],
        ),
    ],
)
def test_the_programs_write_what_they_print(
    folder: Path, program: str, arguments: list[str], expected: list[str]
) -> None:
    markdown = folder / "out.md"
    script = str(ROOT / "benchmarks/relevance" / program)
    run = subprocess.run(
        [sys.executable, script, str(folder), *arguments, "--markdown", str(markdown)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    text = markdown.read_text("utf-8")
    assert text.endswith(run.stdout.rstrip("\n") + "\n")
    assert f"python benchmarks/relevance/{program} FOLDER {' '.join(arguments)}" in text
    assert str(folder) not in text
    for part in expected:
        assert part in text
