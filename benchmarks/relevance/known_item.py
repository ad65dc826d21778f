"""Make a test collection of any documents with titles: known-item search.

    python benchmarks/relevance/known_item.py DOCUMENTS.jsonl FOLDER --language hi --queries 500

Somebody remembers a page by its title and looks for it: a query is the title of a page, the one
relevant document is the text of that page, without the lines that only repeat the title, alone or
behind a label (``Title is: …``). No document has a title in the collection. Queries are drawn at
random from the titles of two words and more that no other page shares; pages that are hardly
written in the script of their language, as untranslated ones are, stay as documents only.
FOLDER gets the files that collection.py reads.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import name

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from searchlib.languages import analyzer, language

_LEAST_WORDS = 2
# Of all letters: programs, names and file types are Latin in every language.
_LEAST_SHARE = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("documents", type=Path, help="a JSON object a line, may be gzipped")
    parser.add_argument("folder", type=Path, help="is made if need be")
    parser.add_argument("--id", default="id", help="key of a page's id; without one, its number")
    parser.add_argument("--title", default="title", help="key of a page's title")
    parser.add_argument("--text", default="text", help="key of a page's text")
    parser.add_argument("--language", help="of all pages; otherwise each page's `lang`")
    parser.add_argument("--queries", type=int, default=500, help="at most so many")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    documents = [
        {
            "id": str(line.get(options.id, number)),
            "title": str(line.get(options.title) or "").strip(),
            "text": str(line.get(options.text) or ""),
            "lang": options.language or str(line["lang"]),
        }
        for number, line in enumerate(_lines(options.documents), start=1)
    ]
    chosen = list(known_items(documents))
    chosen = Random(options.seed).sample(chosen, min(options.queries, len(chosen)))
    options.folder.mkdir(parents=True, exist_ok=True)
    _write(
        options.folder / "corpus.jsonl.gz",
        (
            {**one, "title": "", "text": without_title(one["text"], one["title"])}
            for one in documents
        ),
    )
    _write(
        options.folder / "queries.jsonl.gz",
        ({"id": one["id"], "text": one["title"], "lang": one["lang"]} for one in chosen),
    )
    judgements = "".join(f"{one['id']}\t{one['id']}\t1\n" for one in chosen)
    (options.folder / "qrels.tsv").write_text(judgements, "utf-8")
    print(f"{options.folder}: {len(documents)} documents, {len(chosen)} queries")


def known_items(documents: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the documents that their titles are to find."""
    shared = Counter(_bare(one["title"]) for one in documents)
    for one in documents:
        is_long = len(analyzer(one["lang"]).tokens(one["title"])) >= _LEAST_WORDS
        text = without_title(one["text"], one["title"])
        if (
            is_long
            and text.strip()
            and shared[_bare(one["title"])] == 1
            and _is_in_script(one["title"], one["lang"])
            and _is_in_script(text, one["lang"])
        ):
            yield one


def without_title(text: str, title: str) -> str:
    """Take out the lines that say the title and nothing else, but for a label before it."""
    wanted = _bare(title)
    if not wanted:
        return text
    return "\n".join(
        line
        for line in text.split("\n")
        if wanted not in (_bare(line), _bare(line.partition(": ")[2]))
    )


def _bare(title: str) -> str:
    return " ".join(title.casefold().split())


def _is_in_script(text: str, code: str) -> bool:
    """Whether enough letters are other than Latin, where the language's are."""
    if language(code).script == "LATIN":
        return True
    letters = [char for char in text if char.isalpha()]
    own = sum(not name(char, "").startswith("LATIN") for char in letters)
    return own > _LEAST_SHARE * len(letters)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8")
    ) as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _write(path: Path, lines: Iterable[dict[str, str]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


if __name__ == "__main__":
    main()
