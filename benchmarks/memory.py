"""Index a gigabyte of generated text in a million documents, and watch how much memory it takes.

    python benchmarks/memory.py FOLDER [--documents 1000000] [--megabytes 1000] [--seconds 480]

One writer adds as many documents as it can in the time given, commits, waits for merges and ends;
called again it goes on where it ended, until all are there. Each call adds a line to
FOLDER/memory.jsonl, and the last prints the table. A last call opens and closes the index ten
thousand times.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.environment import heading
from benchmarks.vocabulary import vocabulary
from searchlib import Index, Integer, Keyword, Schema, Text, verify
from searchlib.engine.cores import WRITER_MEMORY

LANGUAGES: Final = ("en", "fr", "vi")
SCHEMA: Final = Schema(
    {"text": Text(), "source": Keyword(), "year": Integer()},
    languages=LANGUAGES,
)
ALLOWED: Final = WRITER_MEMORY + 300_000_000
_OPENS: Final = 10_000
_LOOK_EACH: Final = 0.05  # seconds
_SENTENCES: Final = 20_000  # a language
_RARE: Final = 400_000  # words that hardly recur, one a document: names, numbers


@cache
def sentences(language: str) -> list[str]:
    """Sentences of a language's words, few of which make most of them, as in any text."""
    random, words = Random(language), vocabulary(language)
    return [
        " ".join(words[int(len(words) * random.random() ** 3)] for _ in range(20))
        for _ in range(_SENTENCES)
    ]


def documents(start: int, size: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield language and document, of about so many bytes of text, from that number on."""
    for number in count(start):
        random = Random(number)
        language = LANGUAGES[number % len(LANGUAGES)]
        text = [f"x{random.randrange(_RARE)}"]
        length = len(text[0])
        while length < size:
            text.append(random.choice(sentences(language)))
            length += len(text[-1].encode()) + 2
        yield (
            language,
            {
                "id": f"document-{number}",
                "text": ". ".join(text),
                "source": f"source {number % 100}",
                "year": 1990 + number % 35,
            },
        )


def memory() -> dict[str, int]:
    """What the process holds: bytes of its own, and of files that it has mapped."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    plain = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return {name: int(plain[name][0]) * 1024 for name in ("RssAnon", "RssFile")}


class Watch(Thread):
    """Looks at the memory all the time.

    Attributes:
        most: the most seen of each kind, and of both together.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = {"RssAnon": 0, "RssFile": 0, "all": 0}
        self._ended = Event()

    def run(self) -> None:
        while not self._ended.wait(_LOOK_EACH):
            now = memory()
            now["all"] = sum(now.values())
            self.most = {name: max(now[name], most) for name, most in self.most.items()}

    def end(self) -> None:
        self._ended.set()
        self.join()


def add(folder: Path, total: int, size: int, seconds: float) -> dict[str, Any]:
    """Add documents in one commit, until there are so many or the time is over."""
    index = Index(SCHEMA, folder / "index")
    began, start = time.perf_counter(), len(index)
    watch = Watch()
    watch.start()
    number, text = start, 0
    with index.writer() as writer:
        for language, document in documents(start, size):
            if number == total or time.perf_counter() - began > seconds:
                break
            writer.add(document, language=language)
            text += len(document["text"].encode())
            number += 1
    watch.end()
    return {
        "from": start,
        "documents": number - start,
        "text": text,
        "seconds": round(time.perf_counter() - began),
        **watch.most,
    }


def opened(folder: Path) -> dict[str, int]:
    """Open and close the index again and again; return what is left of it."""

    def held() -> dict[str, int]:
        files = len(os.listdir("/proc/self/fd"))
        maps = Path("/proc/self/maps").read_text("ascii", "replace").count("\n")
        return {"open files": files, "maps": maps, "bytes": memory()["RssAnon"]}

    def once() -> None:
        assert Index.open(folder / "index").search("x1", limit=1).total > 0

    for _ in range(_OPENS // 10):
        once()
    before = held()
    for _ in range(_OPENS):
        once()
    return {name: value - before[name] for name, value in held().items()}


def table(folder: Path, lines: list[dict[str, Any]], left: dict[str, int], command: str) -> str:
    found = verify(folder / "index")
    assert found.is_whole, found
    rows = [
        "| documents | MB of text | seconds | peak MB of its own | of mapped files | of both |",
        "|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {line['from']:,} + {line['documents']:,} | {line['text'] / 1e6:.0f} | "
            f"{line['seconds']} | {line['RssAnon'] / 1e6:.0f} | {line['RssFile'] / 1e6:.0f} | "
            f"{line['all'] / 1e6:.0f} |"
            for line in lines
        ),
    ]
    most = max(line["RssAnon"] for line in lines)
    text = sum(line["text"] for line in lines)
    return "\n".join(
        [
            f"# Memory\n\n{heading(command)}",
            f"{found.documents:,} documents of {text / 1e6:.0f} MB of text in {len(LANGUAGES)} "
            f"languages, each row one process and one commit. The most that one held is "
            f"**{most / 1e6:.0f} MB** of {ALLOWED / 1e6:.0f} MB allowed (the writer's "
            f"{WRITER_MEMORY / 1e6:.0f} MB and 300 MB). Mapped files are the system's cache, which "
            "it takes back as it needs it. The index has "
            f"{found.bytes / 1e6:.0f} MB and is whole.\n",
            *rows,
            f"\nOpened, searched and closed {_OPENS:,} times after {_OPENS // 10:,} times to warm "
            "up, it left: " + ", ".join(f"{value:+,} {name}" for name, value in left.items()) + ".",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=480.0, help="before it commits")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    log = options.folder / "memory.jsonl"
    lines = (
        [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    )
    done = sum(line["documents"] for line in lines)
    if done < options.documents:
        size = options.megabytes * 1_000_000 // options.documents
        line = add(options.folder, options.documents, size, options.seconds)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(line)
        return int(line["RssAnon"] > ALLOWED)
    left = opened(options.folder)
    command = (
        f"python benchmarks/memory.py FOLDER --documents {options.documents} "
        f"--megabytes {options.megabytes} --seconds {options.seconds:.0f}"
    )
    print(table(options.folder, lines, left, command))
    most = max(line["RssAnon"] for line in lines)
    return int(most > ALLOWED or left["open files"] > 0 or left["maps"] > 100)


if __name__ == "__main__":
    sys.exit(main())
