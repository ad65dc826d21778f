"""How often a text that is no UTF-8 is read right: ``python benchmarks/charsets.py FOLDER``.

FOLDER holds ``xx.jsonl.gz`` a language, an object with a "text" a line. Paragraphs are written in
the encodings that files in their language have been kept in; these are told from the bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import chardet
from charset_normalizer import from_bytes

from searchlib import ReadError
from searchlib.io.encoding import encoding_of

ENCODINGS: Final = {
    "fr": ("cp1252", "latin-1"),
    "de": ("cp1252",),
    "es": ("cp1252",),
    "it": ("cp1252",),
    "pt": ("cp1252",),
    "tr": ("cp1254",),
    "vi": ("cp1258",),
    "el": ("cp1253",),
    "ru": ("cp1251", "koi8-r"),
    "ja": ("shift_jis", "euc-jp"),
    "ko": ("euc-kr",),
    "zh-CN": ("gb18030",),
}
SIZES: Final = (60, 400)
TEXTS: Final = 25
LEAST_ODD: Final = 0.02  # share of characters beyond ASCII: less is an untranslated page


def with_chardet(data: bytes) -> str | None:
    return chardet.detect(data)["encoding"]


def with_charset_normalizer(data: bytes) -> str | None:
    best = from_bytes(data).best()
    return None if best is None else best.encoding


def with_searchlib(data: bytes) -> str | None:
    try:
        return encoding_of(data, "")[0]
    except ReadError:
        return None


DETECTORS: Final[dict[str, Callable[[bytes], str | None]]] = {
    "searchlib": with_searchlib,
    "chardet": with_chardet,
    "charset-normalizer": with_charset_normalizer,
}


def stretches(path: Path, encoding: str, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield stretches of texts and their bytes, those that the encoding can write."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [str(json.loads(line)["text"]) for line in file]
    random.Random(7).shuffle(texts)
    for text in texts:
        lines = [line for line in text.splitlines() if not line.isascii()]
        part = "\n".join(lines)[:size]
        odd = sum(not char.isascii() for char in part)
        try:
            data = part.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(part) == size and odd >= LEAST_ODD * size:
            yield part, data


def is_read(text: str, data: bytes, encoding: str | None) -> bool:
    try:
        return encoding is not None and data.decode(encoding) == text
    except (UnicodeDecodeError, LookupError):
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print("# Encodings\n")
    print(f"Share of {TEXTS} texts of so many characters that are read right.\n")
    print("| language | encoding | characters |", " | ".join(DETECTORS), "|")
    print("|---|---|---|", "---|" * len(DETECTORS), sep="")
    sums = dict.fromkeys(DETECTORS, 0.0)
    rows = 0
    for size in SIZES:
        for language, encodings in ENCODINGS.items():
            for encoding in encodings:
                texts = stretches(folder / f"{language}.jsonl.gz", encoding, size)
                some = list(islice(texts, TEXTS))
                shares = {
                    name: sum(is_read(*one, tell(one[1])) for one in some) / len(some)
                    for name, tell in DETECTORS.items()
                }
                cells = " | ".join(f"{share:.2f}" for share in shares.values())
                print(f"| {language} | {encoding} | {size:,} | {cells} |")
                sums = {name: total + shares[name] for name, total in sums.items()}
                rows += 1
    print("| mean | | |", " | ".join(f"{total / rows:.2f}" for total in sums.values()), "|")


if __name__ == "__main__":
    main()
