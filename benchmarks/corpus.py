"""What the benchmarks search in: generated documents in five languages, or a folder of real ones.

A generated text is nonsense with the statistics of sense: words of real languages, drawn by Zipf's
law, some of them more often in one topic than in another.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.vocabulary import LANGUAGES, vocabulary
from searchlib import Boolean, Category, Date, Integer, Keyword, Schema, Text
from searchlib.fields import Field

__all__ = [
    "LANGUAGES",
    "Corpus",
    "documents",
    "generated",
    "load",
    "read_lines",
    "without_language",
]

Document = dict[str, Any]

_SOURCES: Final = tuple(f"{kind} {number}" for kind in ("Daily", "Review") for number in range(12))
_TOPICS: Final = (
    "World/Asia/Vietnam World/Asia/Thailand World/Europe/France World/Africa Society/Health "
    "Society/Education Society/Law Economy/Trade Economy/Farming Science/Climate Science/Space "
    "Culture/Music Culture/Books Sport/Football Sport/Swimming"
).split()
_TOPIC_WORDS: Final = 25
_FIRST_DAY: Final = date(2010, 1, 1)
_DAYS: Final = 5_500
_ELIDED: Final = frozenset("le la de que je ne se ce lorsque jusque".split())
_VOWELS: Final = frozenset("aàâeéèêiîoôuhœ")
_MOST_VALUES: Final = 200  # of a metadata key that is worth a facet


@dataclass(frozen=True)
class Corpus:
    """Documents of title, text, lang and metadata, and the types of the metadata's fields."""

    name: str
    documents: list[Document]
    fields: Mapping[str, Field] = field(default_factory=dict)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(document["lang"] for document in self.documents))

    def of(self, language: str) -> list[Document]:
        """The documents in a language; ``"mixed"`` takes those of all in turn."""
        if language != "mixed":
            return [document for document in self.documents if document["lang"] == language]
        each = [self.of(code) for code in self.languages]
        longest = max(map(len, each), default=0)
        return [some[place] for place in range(longest) for some in each if place < len(some)]

    def schema(self, languages: Iterable[str], *, names_language: bool = False) -> Schema:
        """The schema of an index of such documents.

        Args:
            languages: those to expect.
            names_language: whether each document says which one it is in.
        """
        kinds: dict[str, Field] = {"title": Text(weight=1.5), "text": Text(), **self.fields}
        return Schema(kinds, language="lang" if names_language else None, languages=[*languages])


def without_language(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents for an index that has to find out their language."""
    for document in documents:
        yield {key: value for key, value in document.items() if key != "lang"}


# --- Generated ----------------------------------------------------------------------------


def generated(count: int) -> Corpus:
    """Return a corpus of so many documents in each language."""
    fields: dict[str, Field] = {
        "source": Keyword(),
        "topic": Category(),
        "year": Integer(),
        "date": Date(),
    }
    return Corpus("generated", list(documents(LANGUAGES, count, seed=1)), fields)


def documents(languages: Sequence[str], count: int, seed: int) -> Iterator[Document]:
    """Yield so many documents in each of the languages: the same with the same seed.

    >>> [one["id"] for one in documents(["vi"], 2, seed=1)]
    ['vi-0', 'vi-1']
    """
    for language in languages:
        for number in range(count):
            # Each document by itself: a larger corpus begins with the smaller one.
            yield _document(language, number, Random(f"{seed}/{language}/{number}"))


def _document(language: str, number: int, random: Random) -> Document:
    topic = _TOPICS[int(len(_TOPICS) * random.random() ** 1.5)]
    day = _FIRST_DAY + timedelta(days=int(_DAYS * random.random() ** 0.7))
    title = _sentence(language, _words(language, topic, random.randint(4, 9), random), random)
    length = random.randint(50, 400)
    paragraphs: list[list[str]] = [[]]
    while length > 0:
        words = _words(language, topic, min(length, random.randint(6, 22)), random)
        length -= len(words)
        if len(paragraphs[-1]) >= 3 and random.random() < 0.4:
            paragraphs.append([])
        paragraphs[-1].append(_sentence(language, words, random) + _end(language, random))
    space = "" if language == "zh" else " "
    return {
        "id": f"{language}-{number}",
        "title": title,
        "text": "\n\n".join(space.join(sentences) for sentences in paragraphs),
        "lang": language,
        "source": random.choice(_SOURCES),
        "topic": topic,
        "year": day.year,
        "date": day.isoformat(),
    }


@cache
def _weights(language: str) -> tuple[float, ...]:
    """Zipf's law as Mandelbrot mended it, summed up for drawing."""
    return tuple(accumulate(1 / (rank + 2.7) for rank in range(len(vocabulary(language)))))


@cache
def _topic_words(language: str, topic: str) -> list[str]:
    return Random(f"{language}/{topic}").sample(vocabulary(language)[60:400], _TOPIC_WORDS)


def _words(language: str, topic: str, count: int, random: Random) -> list[str]:
    words = random.choices(vocabulary(language), cum_weights=_weights(language), k=count)
    own = _topic_words(language, topic)
    return [random.choice(own) if random.random() < 0.12 else word for word in words]


def _sentence(language: str, words: Sequence[str], random: Random) -> str:
    """Put words together as the language writes them; the full stop comes later."""
    if language == "zh":
        return _clauses(words, random, "", "，")
    if language == "th":
        return _clauses(words, random, "", " ")
    pieces: list[str] = []
    for place, word in enumerate(words):
        shown = word
        if language == "vi" and random.random() < 0.05:
            shown = word.title()
        elif random.random() < 0.02:
            shown = str(random.randint(2, 2030))
        if place + 1 < len(words):
            following = words[place + 1]
            if language == "fr" and word in _ELIDED and following[0] in _VOWELS:
                pieces.append(word[:-1] + random.choice("'’"))
                continue
            shown += "," if random.random() < 0.06 else ""
            pieces.append(shown + " ")
        else:
            pieces.append(shown)
    text = "".join(pieces)
    return text[:1].upper() + text[1:]


def _clauses(words: Sequence[str], random: Random, joint: str, pause: str) -> str:
    pieces: list[str] = []
    for word in words:
        pieces += (word, pause if random.random() < 0.15 else joint)
    return "".join(pieces[:-1])


def _end(language: str, random: Random) -> str:
    drawn = random.random()
    if language == "th":
        return ""
    if language == "zh":
        return "？" if drawn < 0.05 else "。"
    if drawn < 0.05:
        return " ?" if language == "fr" else "?"
    return "!" if drawn < 0.07 else "."


# --- Real ---------------------------------------------------------------------------------


def load(folder: Path, limit: int | None = None) -> Corpus:
    """Read every ``*.jsonl`` and ``*.jsonl.gz`` below a folder, one object a line: id, title, text,
    lang and metadata.

    A metadata key becomes a date, integer, boolean or keyword field, the first that all its values
    fit; a keyword of too many distinct values for a facet is left out.

    Args:
        folder: where to look.
        limit: so many documents of each file at most.
    """
    found: list[Document] = []
    paths = sorted(path for path in folder.rglob("*.jsonl*") if path.suffix in (".jsonl", ".gz"))
    for path in paths:
        # Files often hold the same documents in several languages, under the same ids.
        prefix = path.relative_to(folder).as_posix().partition(".jsonl")[0]
        for line in read_lines(path, limit):
            document = {key: value for key, value in line.items() if value not in ("", None)}
            document["id"] = f"{prefix}/{line['id']}"
            document["title"] = str(line.get("title") or "")
            document["text"] = str(line.get("text") or "")
            document["lang"] = str(line.get("lang") or "und").partition("-")[0].lower()
            found.append(document)
    fields = _metadata(found)
    kept = {"id", "title", "text", "lang", *fields}
    return Corpus(
        folder.name,
        [{key: value for key, value in one.items() if key in kept} for one in found],
        fields,
    )


def read_lines(path: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield the objects of a ``*.jsonl`` or ``*.jsonl.gz``, or so many of them."""
    is_packed = path.suffix == ".gz"
    with (
        gzip.open(path, "rt", encoding="utf-8") if is_packed else path.open(encoding="utf-8")
    ) as file:
        for number, line in enumerate(file):
            if limit is not None and number >= limit:
                break
            yield json.loads(line)


def _metadata(found: Sequence[Document]) -> dict[str, Field]:
    values: dict[str, list[Any]] = {}
    for document in found:
        for key, value in document.items():
            if key not in ("id", "title", "text", "lang"):
                values.setdefault(key, []).extend(value if isinstance(value, list) else [value])
    fields: dict[str, Field] = {}
    for key, some in values.items():
        kind = _kind(some)
        if kind is not None and key.isidentifier() and not key.startswith("_"):
            fields[key] = kind
    return fields


def _kind(values: Sequence[Any]) -> Field | None:
    for kind in (Date(), Integer(), Boolean()):
        if _all_fit(kind.encode, values):
            return kind
    keyword = Keyword()
    if _all_fit(keyword.encode, values) and len(set(values)) <= _MOST_VALUES:
        return keyword
    return None


def _all_fit(encode: Callable[[Any], Any], values: Sequence[Any]) -> bool:
    try:
        for value in values:
            encode(value)
    except ValueError:
        return False
    return True
