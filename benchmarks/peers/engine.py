"""What every engine of the comparison can do, and what several of them need."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from typing import IO, Final, Protocol
from unicodedata import category

from benchmarks.relevance.variants import vary

__all__ = [
    "NAMES",
    "NGRAMS",
    "TITLE_WEIGHT",
    "Document",
    "Engine",
    "ProcessEngine",
    "fold",
    "needs",
    "ngrams",
    "words",
]

#: A dict of id, title, text and lang.
Document = dict[str, str]

#: Languages by the names that stemmers and lists of stop words know them by.
NAMES: Final = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
#: Languages written without spaces between words → how many characters an n-gram of them holds.
#: Of 1 to 3, these measured best.
NGRAMS: Final = {"ja": 2, "km": 3, "lo": 3, "my": 3, "th": 3, "zh": 2}

TITLE_WEIGHT: Final = 1.5


class Engine(Protocol):
    """An engine that indexes one set of documents at a time."""

    name: str

    def missing(self) -> str | None:
        """What to install before this engine can run; None if nothing."""
        return None

    def version(self) -> str: ...

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        """Index documents of one language, or of any mixture if None; forget earlier ones."""

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        """Return ids, the best first."""

    def close(self) -> None:
        """Give back what the engine holds."""
        return None


class ProcessEngine(Engine, Protocol):
    """An engine in a process of its own. It reads lines of cells parted by tabs:

    index LANGUAGE      starts an empty index; the language may be empty
    add TITLE TEXT      documents are numbered from 0
    commit              answered by an empty line
    search LIMIT TEXT   answered by the numbers of documents
    version             answered by the version
    """

    _process: subprocess.Popen[str] | None = None
    _ids: list[str]

    def command(self) -> list[str]: ...

    def version(self) -> str:
        return self._ask("version")

    def index(self, documents: Sequence[Document], language: str | None) -> None:
        self._ids = [document["id"] for document in documents]
        self._tell("index", language or "")
        for document in documents:
            self._tell("add", document["title"], document["text"])
        self._ask("commit")

    def search(self, text: str, limit: int, language: str | None) -> list[str]:
        return [self._ids[int(number)] for number in self._ask("search", str(limit), text).split()]

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _ask(self, *cells: str) -> str:
        self._tell(*cells)
        stdin, stdout = self._pipes()
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended without an answer to {cells[0]!r}")
        return answer.rstrip("\n")

    def _tell(self, *cells: str) -> None:
        stdin, _ = self._pipes()
        stdin.write("\t".join(" ".join(cell.split()) for cell in cells) + "\n")

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._process is None:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def needs(*modules: str, install: str) -> str | None:
    """Return what to install if one of the modules is not there."""
    return None if all(find_spec(module) for module in modules) else install


def words(text: str) -> list[str]:
    """Return the runs of letters, marks and digits: a query without its syntax."""
    return "".join(c if category(c)[0] in "LMN" else " " for c in text).split()


def ngrams(text: str, size: int) -> list[str]:
    """Return what stands within words in a row of so many characters, and shorter words."""
    return [word[i : i + size] for word in words(text) for i in range(max(1, len(word) - size + 1))]


def fold(text: str) -> str:
    """Strip the marks, for engines that leave this to their users. The benchmark's own unaccented
    queries are made the same way: no folding could suit them better."""
    return vary("unmarked", "", text, 0)
