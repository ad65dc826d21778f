"""Lucene with its analyzer of a language: a small Java program, run from its source."""

from __future__ import annotations

from pathlib import Path
from shutil import which

from benchmarks.peers.engine import ProcessEngine

_JARS = Path("/usr/share/java")
_NEEDED = (
    "lucene-core-*.jar",
    "lucene-analyzers-common-*.jar",
    "lucene-analyzers-icu-*.jar",
    "lucene-analyzers-kuromoji-*.jar",
    "lucene-analyzers-nori-*.jar",
    "lucene-queryparser-*.jar",
    "icu4j.jar",
)


class Lucene(ProcessEngine):
    name = "lucene"

    def missing(self) -> str | None:
        if which("javac") and all(any(_JARS.glob(pattern)) for pattern in _NEEDED):
            return None
        return "apt-get install liblucene8-java libicu4j-java default-jdk-headless"

    def command(self) -> list[str]:
        return ["java", "-cp", ":".join(jars()), str(Path(__file__).with_name("Lucene.java"))]


def jars(*more: str) -> list[str]:
    """Return the paths of the jars that are needed, and of more of Lucene's by name."""
    patterns = (*_NEEDED, *(f"lucene-{name}-*.jar" for name in more))
    return [str(max(_JARS.glob(pattern))) for pattern in patterns]
