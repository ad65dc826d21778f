"""What is indexed and asked: documents of a language or of many, in the same file for all engines.

A lot is written to a file, one document a line. Real texts have as many documents as fill it; where
there are too few, they come again under other ids. What is counted is drawn the same for all: two
hundred sources, of which some are common, a dozen kinds, and twenty years.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.corpus import LANGUAGES, documents, read_lines
from benchmarks.queries import queries
from benchmarks.relevance.variants import vary

__all__ = ["LOTS", "Lot", "make_lot", "queries_of"]

#: Lot → the code of its language, empty for a mixture, and its size in MB of UTF-8.
LOTS: Final[dict[str, tuple[str, float]]] = {
    "fr": ("fr", 16.0),
    "large": ("fr", 80.0),
    "vi": ("vi", 8.0),
    "mixed": ("", 16.0),
    "en": ("en", 4.0),
    "th": ("th", 4.0),
    "zh": ("zh", 4.0),
}
_SOURCES: Final = [f"Source {number}" for number in range(200)]
_KINDS: Final = [f"Kind {number}" for number in range(12)]
_GENERATED: Final = 1_000  # documents of a language, where no texts are given
_ASKED_FROM: Final = 3_000  # documents, evenly taken, that queries are cut out of
_PREFIX: Final = 4
_LONG_WORD: Final = 7


@dataclass(frozen=True)
class Lot:
    """Documents of title and text, in a file.

    Attributes:
        name: one of ``LOTS``.
        language: the code of all; empty for a mixture.
        path: the file, as ``read_rows`` reads it.
        sizes: the bytes of title and text of each document.
    """

    name: str
    language: str
    path: Path
    sizes: tuple[int, ...]

    @property
    def megabytes(self) -> float:
        return sum(self.sizes) / 1e6

    def part(self, share: float) -> tuple[int, float]:
        """Return how many documents are this share of the bytes, and their megabytes."""
        sums = list(accumulate(self.sizes))
        number = next(place for place, size in enumerate(sums) if size >= share * sums[-1])
        return number + 1, sums[number] / 1e6


def source_of(*names: str) -> Callable[[str], tuple[str, Path]]:
    """Return what reads an argument NAME=PATH: one of some names, and where its texts are."""

    def read(text: str) -> tuple[str, Path]:
        name, _, path = text.partition("=")
        if name not in names or not Path(path).exists():
            raise ArgumentTypeError(f"expected NAME=PATH, of {', '.join(names)}")
        return name, Path(path)

    return read


def make_lot(name: str, source: Path | None, path: Path, scale: float) -> Lot:
    """Write the file of a lot.

    Args:
        name: one of ``LOTS``.
        source: a file or folder of *.jsonl[.gz]; None takes generated texts.
        path: the file.
        scale: of the usual size.
    """
    language, megabytes = LOTS[name]
    random = Random(f"lot/{name}")
    weights = list(accumulate(1 / rank for rank in range(1, len(_SOURCES) + 1)))
    sizes: list[int] = []
    missing = scale * megabytes * 1e6
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for document in _endless(_texts(language, source)):
            title, text = (" ".join(document[key].split()) for key in ("title", "text"))
            [drawn] = random.choices(_SOURCES, cum_weights=weights)
            year = 2000 + int(20 * random.random() ** 0.5)
            cells = (document["id"], title, text, document["lang"], drawn, random.choice(_KINDS))
            file.write("\t".join((*cells, str(year))) + "\n")
            sizes.append(len(title.encode()) + len(text.encode()) + 1)
            missing -= sizes[-1]
            if missing <= 0:
                break
    return Lot(name, language, path, tuple(sizes))


def _endless(texts: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for again in count():
        for one in texts:
            yield {**one, "id": f"{one['id']}-{again}"}


def _texts(language: str, source: Path | None) -> list[dict[str, Any]]:
    """The documents that there are of a language, or of all in turn."""
    if source is None:
        found = list(documents([language] if language else LANGUAGES, _GENERATED, seed=1))
    else:
        paths = sorted(source.rglob("*.jsonl*")) if source.is_dir() else [source]
        paths = [path for path in paths if not path.name.startswith("queries.")]
        found = [
            {
                "id": f"{path.name.partition('.')[0]}/{line['id']}",
                "title": str(line.get("title") or ""),
                "text": str(line.get("text") or ""),
                "lang": str(line.get("lang") or "und").partition("-")[0].lower(),
            }
            for path in paths
            for line in read_lines(path)
        ]
    kept = [one for one in found if language in ("", one["lang"])]
    if not kept:
        raise SystemExit(f"no documents of language {language!r} in {source}")
    if language:
        return kept
    # Languages in turn, so that any part of the lot has as much of each.
    each: dict[str, list[dict[str, Any]]] = {}
    for one in kept:
        each.setdefault(one["lang"], []).append(one)
    most = max(map(len, each.values()))
    return [some[place] for place in range(most) for some in each.values() if place < len(some)]


def queries_of(lot: Lot, number: int, questions: Path | None) -> dict[str, list[str]]:
    """Return kind → its queries, without any syntax: words parted by spaces, or questions.

    Args:
        lot: what is searched.
        number: of each kind.
        questions: a file or folder of *.jsonl[.gz] with real ones in "text" and "lang"; None takes
            words in a row out of the documents.
    """
    from benchmarks.peers.timed.engine import read_rows

    rows = list(read_rows(lot.path))
    step = max(len(rows) // _ASKED_FROM, 1)
    texts = [{"text": row.text or row.title, "lang": row.lang} for row in rows[::step]]
    asked = {
        kind: [one.replace(" OR ", " ").strip('"') for one in queries(texts, name, number)]
        for kind, name in {"any": "two words", "phrase": "phrase", "question": "question"}.items()
    }
    # Other words, so that what one kind reads is not warm from another.
    asked["all"] = [one.replace(" OR ", " ") for one in queries(texts, "two words", number, seed=2)]
    asked["facet"] = [one.replace(" OR ", " ") for one in queries(texts, "two words", number, 3)]
    single = queries(texts, "one word", min(20 * number, len(texts)), seed=4)
    long_ones = [word for word in single if len(word) >= _LONG_WORD] or single
    asked["prefix"] = [word[:_PREFIX] for word in long_ones[:number]]
    if questions is not None:
        paths = sorted(questions.rglob("queries.jsonl*")) if questions.is_dir() else [questions]
        real = [
            one["text"]
            for path in paths
            for one in read_lines(path)
            if lot.language in ("", one["lang"])
        ]
        asked["question"] = Random(1).sample(real, min(number, len(real))) or asked["question"]
    asked["question"] = [" ".join(text.split()) for text in asked["question"]]
    asked["typo"] = [
        vary("typo", str(place), text, 1) for place, text in enumerate(asked["question"])
    ]
    return asked
