"""Measure which of two texts are taken for near-duplicates: known changes of real texts, and
different texts that share what stands around them.

    python benchmarks/near_duplicates.py [FOLDER] [--texts 60] [--markdown FILE]

FOLDER is a collection (see relevance/collection.py) or holds some, with or without judgements;
without it the texts of tests/data/sample are taken. Of each collection so many texts of 40 to 400
words are drawn at random; a third of them gives the words for what is added to the others. Each
text stands on one of two sites, between a header and a footer that are the same on all its pages:
45 words on the one, 150 on the other. All pages and all changed pages of a collection stand in one
index, which says how common a pair of words is.

A cell is the share of the page pairs that a method takes for duplicates. The thresholds of the
other methods are those with the best F1 on these very pairs, which favours them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from searchlib import Index, NearDuplicates, Schema, Text
from searchlib.analysis import fold
from searchlib.engine.duplicates import Content, DuplicateFinder, content_of, share
from searchlib.languages import analyzer

_SAMPLE: Final = Path(__file__).resolve().parents[1] / "tests/data/sample"
_LEAST, _MOST = 40, 400  # words of a text
_UNSPACED: Final = frozenset({"zh", "ja", "th", "km", "lo", "my"})
_OWN: Final = "weighed pairs"
_SHINGLE: Final = 3
_BITS: Final = 64


class Case(NamedTuple):
    """Two pages, and whether they are the same text."""

    kind: str
    is_same: bool
    one: str
    two: str
    language: str


class Site(NamedTuple):
    """What stands around the texts of a site."""

    header: str
    footer: str

    def page(self, text: str) -> str:
        return f"{self.header}\n\n{text}\n\n{self.footer}"


# --- Texts and their changes ----------------------------------------------------------------


def texts_of(folder: Path, count: int, random: Random) -> dict[str, list[str]]:
    """Language → texts drawn from a collection."""
    path = next(folder.glob("corpus.jsonl*"))
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    lines = [json.loads(line) for line in data.decode().splitlines()]
    found: dict[str, list[str]] = {}
    for line in lines:
        text = line["text"]
        if _LEAST <= len(_units(text, line["lang"])) <= _MOST:
            found.setdefault(line["lang"], []).append(text)
    return {code: random.sample(some, min(count, len(some))) for code, some in found.items()}


def _units(text: str, language: str) -> list[str]:
    """Words; of a script without spaces, runs of three characters, about as long as a word."""
    return re.findall(r"\S{1,3}", text) if language in _UNSPACED else text.split()


def _joined(units: Sequence[str], language: str) -> str:
    return ("" if language in _UNSPACED else " ").join(units)


def _bare(text: str) -> str:
    return re.sub(r"\S+", lambda word: fold(word[0].lower()), text)


def cases_of(language: str, texts: Sequence[str], random: Random) -> Iterator[Case]:
    """Yield pairs of pages made of these texts."""
    # What stands around the texts, and what takes the place of their words, are other texts.
    kept = len(texts) * 2 // 3
    stock = [unit for text in texts[kept:] for unit in _units(text, language)]
    texts = texts[:kept]

    def words(count: int) -> str:
        """So many words as they stand somewhere."""
        start = random.randrange(max(len(stock) - count, 1))
        return _joined(stock[start : start + count], language)

    def edited(text: str, part: float) -> str:
        units = _units(text, language)
        for place in random.sample(range(len(units)), round(part * len(units))):
            units[place] = random.choice(stock)
        return _joined(units, language)

    def shuffled(text: str) -> str:
        parts = re.split(r"(?<=[.;:!?。！？])\s*", text)
        random.shuffle(parts)
        return " ".join(parts)

    sites = [Site(words(25), words(20)), Site(words(90), words(60)), Site(words(90), words(60))]
    for number, text in enumerate(texts):
        site, other = sites[number % 2], sites[2]
        page = site.page(text)
        changes = {
            **{f"{part:.0%} of the words changed": edited(page, part) for part in (0.02, 0.05)},
            **{f"{part:.0%} of the words changed": edited(page, part) for part in (0.1, 0.2)},
            "numbers changed": re.sub(r"\d+", lambda _: str(random.randrange(9999)), page),
            "marks and capitals left out": _bare(page),
            "header and footer cut off": text,
            "another long header and footer": other.page(text),
            "the same and 5% of the words changed": other.page(edited(text, 0.05)),
            "sentences in another order": site.page(shuffled(text)),
            "30 words added": site.page(f"{text} {words(30)}"),
        }
        for kind, changed in changes.items():
            yield Case(kind, True, page, changed, language)
        # Another text of the same site; its neighbour in the collection, often of one article.
        different = texts[(number + 2) % len(texts)]
        which = "long" if number % 2 else "short"
        yield Case(f"other text, same {which} header", False, page, site.page(different), language)
        rare = Site(words(len(_units(text, language)) // 3), "")
        one, two = rare.page(text), rare.page(different)
        yield Case("other text, header of these two alone", False, one, two, language)
        half = len(_units(text, language)) // 2
        mixed = _joined(_units(text, language)[:half], language) + " " + different
        yield Case("half of it within another text", False, page, site.page(mixed), language)


# --- Methods --------------------------------------------------------------------------------


def shingles(text: str, language: str, size: int = _SHINGLE) -> set[tuple[str, ...]]:
    units = analyzer(language).views(text).folded.split()
    return {tuple(units[n : n + size]) for n in range(max(len(units) - size + 1, 1))}


def resemblance(case: Case) -> float:
    """Broder's: what MinHash estimates."""
    one, two = shingles(case.one, case.language), shingles(case.two, case.language)
    return len(one & two) / len(one | two)


def containment(case: Case) -> float:
    one, two = shingles(case.one, case.language), shingles(case.two, case.language)
    return len(one & two) / min(len(one), len(two))


def simhash_likeness(case: Case) -> float:
    """The share of the 64 bits of Charikar's fingerprints that are the same."""
    one, two = (_simhash(shingles(text, case.language, 2)) for text in (case.one, case.two))
    return 1 - (one ^ two).bit_count() / _BITS


def _simhash(features: set[tuple[str, ...]]) -> int:
    sums = [0] * _BITS
    for feature in features:
        digest = blake2b(" ".join(feature).encode(), digest_size=8).digest()
        bits = int.from_bytes(digest, "big")
        for place in range(_BITS):
            sums[place] += 1 if bits >> place & 1 else -1
    return sum(1 << place for place in range(_BITS) if sums[place] > 0)


def _cells(figures: Iterable[float]) -> str:
    return " | ".join(f"{one:.3f}" for one in figures)


class Measured(NamedTuple):
    """What each method says of each case."""

    cases: list[Case]
    likeness: dict[str, list[float]]


def measure(cases: list[Case]) -> Measured:
    language = cases[0].language
    index = Index(Schema({"text": Text()}, languages=[language]))
    pages = list(dict.fromkeys(text for case in cases for text in (case.one, case.two)))
    index.add(({"id": str(n), "text": text} for n, text in enumerate(pages)), language=language)
    snapshot = index._snapshot()
    finder = DuplicateFinder(index.schema, snapshot, NearDuplicates())
    places = {text: str(n) for n, text in enumerate(pages)}
    contents: dict[str, Content] = {}
    for text, place in places.items():
        stored = snapshot.by_id(place)
        assert stored is not None
        contents[text] = finder.content(stored)
    plain = {
        text: content_of(dict.fromkeys(content.weights, 1.0)) for text, content in contents.items()
    }
    methods: dict[str, Callable[[Case], float]] = {
        _OWN: lambda case: share(contents[case.one], contents[case.two]),
        "pairs": lambda case: share(plain[case.one], plain[case.two]),
        "resemblance": resemblance,
        "containment": containment,
        "SimHash": simhash_likeness,
    }
    return Measured(cases, {name: [*map(rule, cases)] for name, rule in methods.items()})


def best_threshold(cases: Sequence[Case], likeness: Sequence[float]) -> float:
    """The threshold with the best F1."""
    pairs = list(zip(likeness, (case.is_same for case in cases), strict=True))
    return max(sorted({value for value, _ in pairs}), key=lambda least: _scores(pairs, least)[2])


def _scores(pairs: Sequence[tuple[float, bool]], least: float) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    found = [is_same for value, is_same in pairs if value >= least]
    recall = sum(found) / sum(is_same for _, is_same in pairs)
    precision = sum(found) / len(found) if found else 1.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def table(measured: Sequence[Measured], own: float) -> Iterator[str]:
    cases = [case for one in measured for case in one.cases]
    likeness = {
        name: [value for one in measured for value in one.likeness[name]]
        for name in measured[0].likeness
    }
    least = {name: best_threshold(cases, values) for name, values in likeness.items()}
    least[_OWN] = own
    counts = Counter(case.kind for case in cases)
    yield "| | pairs | " + " | ".join(f"{name} ≥ {least[name]:.2f}" for name in likeness) + " |"
    yield "|---" * (2 + len(likeness)) + "|"
    for is_same in (True, False):
        yield f"| **{'the same text' if is_same else 'different texts'}** |" + " |" * (
            1 + len(likeness)
        )
        for kind in dict.fromkeys(case.kind for case in cases if case.is_same == is_same):
            cells = [
                fmean(
                    value >= least[name]
                    for case, value in zip(cases, values, strict=True)
                    if case.kind == kind
                )
                for name, values in likeness.items()
            ]
            yield f"| {kind} | {counts[kind]} | " + _cells(cells) + " |"
    for place, title in enumerate(("precision", "recall", "F1")):
        cells = [
            _scores([*zip(values, (case.is_same for case in cases), strict=True)], least[name])[
                place
            ]
            for name, values in likeness.items()
        ]
        yield f"| **{title}** | | " + _cells(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=_SAMPLE)
    parser.add_argument("--texts", type=int, default=60, help="so many of each collection")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    options = parser.parse_args()
    folders = sorted({path.parent for path in options.folder.rglob("corpus.jsonl*")})
    random = Random(1)
    measured: list[Measured] = []
    for folder in folders:
        for language, texts in sorted(texts_of(folder, options.texts, random).items()):
            if len(texts) >= 4:
                measured.append(measure([*cases_of(language, texts, random)]))
    lines = [*table(measured, NearDuplicates().share)]
    lines.append("")
    cases = [case for one in measured for case in one.cases]
    values = [value for one in measured for value in one.likeness[_OWN]]
    pairs = [*zip(values, (case.is_same for case in cases), strict=True)]
    lines += ["| share | precision | recall | F1 |", "|---|---|---|---|"]
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        lines.append(f"| {least} | {_cells(_scores(pairs, least))} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if options.markdown:
        command = f"python benchmarks/{Path(__file__).name} FOLDER"
        options.markdown.write_text(f"# Near-duplicates\n\n{heading(command)}\n{text}", "utf-8")


if __name__ == "__main__":
    main()
