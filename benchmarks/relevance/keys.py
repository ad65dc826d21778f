"""Measure what reading Telex and VNI keys gives to Vietnamese typed on a foreign keyboard.

    python benchmarks/relevance/keys.py FOLDER [--markdown FILE]

FOLDER is a collection (see collection.py) or holds some; those in Vietnamese are measured. The
queries are typed again as Telex and as VNI keys: each behind its letter, a tone at the end of the
word.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from unicodedata import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.relevance.collection import Collection, find_collections, read_collection
from benchmarks.relevance.measures import mean, measure
from benchmarks.relevance.programs import index_of, parser, write_page

_TELEX = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_VNI = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5"}


def main() -> None:
    options = parser(__doc__).parse_args()
    lines = [
        "| collection | as typed | Telex | Telex, not read | VNI | VNI, not read |",
        "|---|---|---|---|---|---|",
    ]
    for path in find_collections(options.folder):
        collection = read_collection(path)
        if collection.languages == ["vi"]:
            lines.append(f"| {collection.name} | {' | '.join(_row(collection))} |")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER"
        write_page(options.markdown, "Telex and VNI keys: nDCG@10", command, table)


def _row(collection: Collection) -> list[str]:
    index = index_of(collection)
    cells = []
    for keys, reads in ((None, True), (_TELEX, True), (_TELEX, False), (_VNI, True), (_VNI, False)):
        ranked = {
            query.id: index.search(_typed(query.text, keys), typos=reads).ids
            for query in collection.queries
        }
        cells.append(f"{mean(measure(ranked, collection.judgements)['nDCG@10']):.4f}")
    return cells


def _typed(text: str, tones: dict[str, str] | None) -> str:
    """The keys of a text; without tones the text itself."""
    if tones is None:
        return text
    is_telex = tones is _TELEX

    def word(match: re.Match[str]) -> str:
        keys, tone = "", ""
        for char in normalize("NFD", match[0].replace("đ", "d\u0335").replace("Đ", "D\u0335")):
            if char in tones:
                tone = tones[char]
            elif char == "\u0302":
                keys += keys[-1].lower() if is_telex else "6"
            elif char == "\u0306":
                keys += "w" if is_telex else "8"
            elif char == "\u031b":
                keys += "w" if is_telex else "7"
            elif char == "\u0335":
                keys += "d" if is_telex else "9"
            else:
                keys += char
        return keys + tone

    return re.sub(r"[^\W\d_]+", word, normalize("NFC", text))


if __name__ == "__main__":
    main()
