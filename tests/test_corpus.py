"""The benchmarks' own parts: the generated corpus, real data, query variants, measures."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from math import log2
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from benchmarks.corpus import LANGUAGES, documents, generated, load, without_language
from benchmarks.queries import KINDS, queries
from benchmarks.relevance.variants import vary
from searchlib import Boolean, Date, Index, Integer, Keyword, analyze
from searchlib.languages.detect import identify

ROOT = Path(__file__).parents[1]


# --- The generated corpus -----------------------------------------------------------------


def test_the_same_seed_gives_the_same_documents_in_another_process() -> None:
    code = (
        "import json; from benchmarks.corpus import documents; "
        "print(json.dumps(list(documents(['vi', 'zh'], 3, seed=7))))"
    )
    search_path = [str(ROOT), *sys.path]
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {search_path!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(run.stdout) == list(documents(["vi", "zh"], 3, seed=7))


def test_another_seed_gives_other_documents() -> None:
    [one], [other] = (list(documents(["fr"], 1, seed=seed)) for seed in (1, 2))
    assert one["id"] == other["id"]
    assert one["text"] != other["text"]


def test_a_larger_corpus_begins_with_the_smaller_one() -> None:
    assert list(documents(["en"], 9, seed=1))[:4] == list(documents(["en"], 4, seed=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_in_their_language(language: str) -> None:
    texts = [document["text"] for document in documents([language], 20, seed=3)]
    assert [identify(text) for text in texts] == [language] * 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_the_length_and_the_words_of_real_ones(language: str) -> None:
    words: Counter[str] = Counter()
    for document in documents([language], 60, seed=4):
        tokens = analyze(document["text"], language).tokens
        # Thai and Chinese compounds, and Vietnamese words of two syllables, count more than once.
        assert 40 <= len(tokens) <= 900
        words.update(token.written for token in tokens)
    total = words.total()
    # The commonest word of real texts makes some 3 to 8 % of them.
    assert 0.02 < words.most_common(1)[0][1] / total < 0.12
    assert len(words) > (300 if language == "th" else 700)


def test_french_is_elided_everywhere() -> None:
    text = " ".join(document["text"] for document in documents(["fr"], 60, seed=5))
    assert not re.search(r"\b(?:le|la|de|que) [aâeéêœ]", text)
    assert {"'", "’"} <= set(text)
    assert "eau" in {token.written for token in analyze(text, "fr").tokens}
    assert not any(token.written.startswith(("l'", "d'")) for token in analyze(text, "fr").tokens)


def test_every_generated_document_fits_its_schema() -> None:
    corpus = generated(20)
    index = Index(corpus.schema(corpus.languages, names_language=True))
    assert index.add(corpus.documents).rejected == ()
    assert len(index) == 20 * len(LANGUAGES)
    assert set(index.languages) == set(LANGUAGES)
    counts = index.search(facets=["topic"]).facets["topic"].as_dict()
    assert sum(counts.values()) == len(index)
    assert all("/" not in str(topic) for topic in counts)


def test_mixed_takes_each_language_in_turn() -> None:
    assert [one["lang"] for one in generated(2).of("mixed")] == [*LANGUAGES, *LANGUAGES]


@pytest.mark.parametrize("kind", KINDS)
def test_queries_find_something(kind: str) -> None:
    corpus = generated(12)
    index = Index(corpus.schema(corpus.languages))
    index.add(without_language(corpus.documents))
    texts = queries(corpus.of("mixed"), kind, 30)
    assert len(texts) == 30
    assert [text for text in texts if not index.search(text).total] == []


# --- Real data ----------------------------------------------------------------------------


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def test_load_reads_plain_and_packed_files_and_tells_fields_by_their_values(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {
            "id": str(number),
            "title": "Été",
            "text": "L’été à Huế",
            "lang": "fr-CA",
            "day": "2024-02-29" if number else "",
            "count": number,
            "done": number % 2 == 0,
            "kind": f"kind {number % 3}",
            "tags": ["a", f"b{number % 2}"],
            "many": f"value {number}",
            "either": number if number % 2 else str(number),
        }
        for number in range(300)
    ]
    _write(tmp_path / "a.jsonl", lines)
    _write(tmp_path / "below" / "b.jsonl.gz", lines)
    corpus = load(tmp_path)
    assert len({one["id"] for one in corpus.documents}) == 600
    assert corpus.languages == ("fr",)
    assert corpus.fields == {
        "day": Date(),
        "count": Integer(),
        "done": Boolean(),
        "kind": Keyword(),
        "tags": Keyword(),
    }
    index = Index(corpus.schema(corpus.languages))
    assert index.add(without_language(corpus.documents)).rejected == ()
    assert index.search("hue").total == 600
    assert len(load(tmp_path, limit=10).documents) == 20


# --- Variants of queries ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đường đến Huế", "Duong den Hue"),
        ("Œuvre déjà été", "OEuvre deja ete"),
        ("мой ёж", "мой еж"),
        ("คำถามที่นี่", "คำถามที่นี่"),
        ("हिन्दी भाषा", "हिन्दी भाषा"),
        ("ガラス", "ガラス"),
        ("Ποιος είναι ο σκοπός", "Ποιος ειναι ο σκοπος"),
    ],
)
def test_unmarked_takes_the_marks_that_people_leave_out(text: str, plain: str) -> None:
    assert vary("unmarked", "q", text, 1) == plain


def test_half_takes_the_marks_of_half_of_the_marked_words() -> None:
    text = "những con đường dẫn đến thành phố Huế"
    changed = vary("half", "q", text, 1).split()
    marked = [word for word in text.split() if not word.isascii()]
    left = [word for word in changed if not word.isascii()]
    assert len(marked) == 7
    assert len(left) == 3
    assert set(left) < set(marked)


def test_nfd_decomposes_and_typed_changes_nothing() -> None:
    assert vary("nfd", "q", "Huế", 1) == "Hue\u0302\u0301"
    assert vary("typed", "q", "Huế  ?", 1) == "Huế  ?"


def _slips(word: str) -> set[str]:
    """All that one dropped, doubled, replaced or swapped letter makes of a word."""
    made: set[str] = set()
    for place in range(1, len(word)):
        before, after = word[:place], word[place + 1 :]
        made.add(before + after)
        made.add(before + word[place] * 2 + after)
        made.update(before + letter + after for letter in word)
        if after:
            made.add(before + after[0] + word[place] + after[1:])
    return made - {word}


@pytest.mark.parametrize("number", range(40))
def test_typo_is_one_slip_in_one_long_word(number: int) -> None:
    text = "Quelle université étudie la rivière?"
    before, after = (part.split() for part in (text, vary("typo", f"q{number}", text, 1)))
    assert len(before) == len(after)
    [(word, mistyped)] = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert len(word.rstrip("?")) >= 5
    assert mistyped.rstrip("?") in _slips(word.rstrip("?"))


def test_typo_leaves_short_words_alone_and_finds_words_with_vowel_signs() -> None:
    assert vary("typo", "q", "ai là ông ấy 123456", 1) == "ai là ông ấy 123456"
    hindi = normalize("NFC", "विश्वविद्यालय")
    assert vary("typo", "q", hindi, 1) != hindi


def test_a_variant_is_the_same_at_each_call_and_hangs_on_query_and_seed() -> None:
    text = "université technologique internationale de recherche"
    assert vary("typo", "q1", text, 1) == vary("typo", "q1", text, 1)
    assert len({vary("typo", f"q{number}", text, 1) for number in range(20)}) > 5
    assert len({vary("typo", "q1", text, seed) for seed in range(20)}) > 5


# --- Measures (an extra of its own: they need ir_measures and scipy) ---------------------------


def test_measures_are_those_worked_out_by_hand() -> None:
    pytest.importorskip("ir_measures")
    from benchmarks.relevance.measures import mean, measure

    judgements = {
        "graded": {"d1": 2, "d2": 1, "d3": 0},
        "nothing": {"d1": 1},
        "eleventh": {"z": 1, "y": 1},
        "second": {"a": 1},
        "deep": {"z": 1},
    }
    rankings = {
        "graded": ["d2", "d4", "d1"],
        "eleventh": [*"abcdefghij", "z"],
        "second": ["b", "a"],
        "deep": [*(f"d{number}" for number in range(100)), "z"],
        "unjudged": ["d1"],
    }
    values = measure(rankings, judgements)
    # Gains 1 and 2 at ranks 1 and 3, against 2 and 1 at ranks 1 and 2.
    graded = (1 + 2 / log2(4)) / (2 + 1 / log2(3))
    assert values["nDCG@10"] == pytest.approx(
        {"graded": graded, "nothing": 0, "eleventh": 0, "second": 1 / log2(3), "deep": 0}
    )
    assert values["MRR@10"] == pytest.approx(
        {"graded": 1, "nothing": 0, "eleventh": 0, "second": 1 / 2, "deep": 0}
    )
    assert values["Recall@100"] == pytest.approx(
        {"graded": 1, "nothing": 0, "eleventh": 1 / 2, "second": 1, "deep": 0}
    )
    assert mean(values["Recall@100"]) == pytest.approx(2.5 / 5)


def test_p_values_are_those_worked_out_by_hand() -> None:
    pytest.importorskip("scipy")
    from benchmarks.relevance.measures import p_value

    # Of the 32 ways to turn the signs, two make a sum at least as large.
    assert p_value([1, 2, 3, 4, 5], "randomisation") == pytest.approx(2 / 32)
    # t = 3 / (sqrt(2.5) / sqrt(5)) = 4.243 with 4 degrees of freedom: .0132 in the tables.
    assert p_value([1, 2, 3, 4, 5]) == pytest.approx(0.0132, abs=1e-4)
    assert p_value([1, -1, 2, -2]) == pytest.approx(1)
    for test in ("t", "randomisation"):
        assert p_value([0, 0, 0], test) == 1
        assert p_value([0.5], test) == 1
        assert p_value([0.1, -0.1] * 50 + [0.2] * 30, test) < 0.01


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    texts = {"d1": "Chủ tịch Quốc hội thăm Huế", "d2": "Giá lúa gạo", "d3": "Trận bóng đá"}
    _write(
        folder / "corpus.jsonl",
        [{"id": key, "title": "", "text": text, "lang": "vi"} for key, text in texts.items()],
    )
    asked = {"q1": "quốc hội", "q2": "bóng đá", "q3": "không ai biết", "unjudged": "gạo"}
    _write(
        folder / "queries.jsonl.gz",
        [{"id": key, "text": text, "lang": "vi"} for key, text in asked.items()],
    )
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td3\t2\nq3\td2\t1\n", "utf-8")
    return tmp_path


def _program(name: str, *arguments: str) -> str:
    program = ROOT / "benchmarks" / "relevance" / name
    code = (
        f"import runpy, sys; sys.path[:0] = {sys.path!r}; "
        f"sys.argv = {[name, *arguments]!r}; runpy.run_path({str(program)!r}, run_name='__main__')"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("mode", [(), ("--union",), ("--union", "--language-given")])
def test_a_collection_is_measured_from_files_to_report(
    collection: Path, mode: tuple[str, ...]
) -> None:
    pytest.importorskip("ir_measures")
    report = collection / "run.json"
    printed = _program("run.py", str(collection), "--json", str(report), *mode)
    found = json.loads(report.read_text("utf-8"))["collections"]["tiny"]
    assert found["queries"] == 3
    assert found["documents"] == 3
    for variant in ("typed", "unmarked", "half", "nfd"):
        # Two of the three queries find their document first; the third finds none.
        assert found["variants"][variant]["means"]["MRR@10"] == pytest.approx(2 / 3)
    assert "0.6667" in printed
    compared = _program("compare.py", str(report), str(report))
    assert re.search(r"tiny +typed +3 +0\.6667 +0\.6667 +\+0\.0000 +0 +0 +1\.0000", compared)


def test_compare_counts_what_rose_and_fell() -> None:
    pytest.importorskip("scipy")
    from benchmarks.relevance.compare import compare

    def run(**values: float) -> dict[str, Any]:
        return {"collections": {"c": {"variants": {"typed": {"values": {"nDCG@10": values}}}}}}

    [row] = compare(run(a=0.5, b=0.5, c=0.5, x=1), run(a=1, b=0.25, c=0.5), "nDCG@10", "t")
    assert (row.queries, row.rose, row.fell) == (3, 1, 1)
    assert (row.before, row.after) == pytest.approx((0.5, 1.75 / 3))
