"""Measure what corrections of queries with one typing error are right.

    python benchmarks/relevance/did_you_mean.py FOLDER [--markdown FILE]

FOLDER holds collections (see collection.py). Each query gets one slip (see variants.py). A
correction is right where it gives back the query as it was, marks and case apart. The mistyped word
is at times a word of the collection itself, which nothing can see, and at times the word that was
meant stands nowhere in it: the third figure is the share of right corrections among queries with
neither.

"The commonest" is what a simpler way does: each word that no document holds becomes the word of the
search's own speller that counts most.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environment import heading
from benchmarks.relevance.collection import Collection, find_collections, read_collection
from benchmarks.relevance.variants import vary
from searchlib import Index, Schema, Text
from searchlib.engine.spelling import Speller
from searchlib.languages import analyzer

_SEED = 1
_FIELD = "_text.folded"

Correct = Callable[[str], str | None]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--languages", nargs="+", default=["vi", "fr", "en"])
    parser.add_argument("--queries", type=int, default=500, help="at most so many a collection")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    lines = [
        "| collection | queries | right | wrong | right of those that can be "
        "| the commonest, right | wrong | ms | correct queries changed |",
        "|---" * 9 + "|",
    ]
    for path in find_collections(options.folder):
        collection = read_collection(path)
        if len(collection.languages) == 1 and collection.languages[0] in options.languages:
            lines.append(_row(collection, options.queries))
            print(lines[-1], file=sys.stderr)
    if len(lines) == 2:
        sys.exit(f"no collection in {', '.join(options.languages)} below {options.folder}")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.markdown:
        command = f"python benchmarks/relevance/{Path(__file__).name} FOLDER"
        text = f"# Did you mean\n\n{heading(command)}\n{table}"
        options.markdown.write_text(text, "utf-8")


def _row(collection: Collection, most: int) -> str:
    code = collection.languages[0]
    schema = Schema({"title": Text(weight=1.5), "text": Text()}, languages=[code])
    index = Index(schema)
    kept = ("id", "title", "text")
    index.add({key: one[key] for key in kept} for one in collection.documents).raise_for_rejected()
    queries = {query.id: query.text for query in collection.queries[:most]}
    slips = {key: vary("typo", key, text, _SEED) for key, text in queries.items()}
    pairs = [(text, slips[key]) for key, text in queries.items() if slips[key] != text]
    snapshot = index.searcher()._snapshot()

    def held(text: str) -> set[str]:
        return set(snapshot.frequencies(_FIELD, _folded(text, code)))

    def can_be(text: str, slip: str) -> bool:
        one, two = set(_folded(text, code)), set(_folded(slip, code))
        return one - two <= held(text) and not (two - one) & held(slip)

    possible = [pair for pair in pairs if can_be(*pair)]
    times: list[float] = []

    def ours(text: str) -> str | None:
        started = perf_counter()
        found = index.did_you_mean(text)
        times.append(perf_counter() - started)
        return found

    speller = Speller(snapshot, [_FIELD])

    def commonest(text: str) -> str | None:
        found = text
        for token in reversed(analyzer(code).tokens(text)):
            if not token.is_stop and (near := speller.near(token.folded)):
                found = found[: token.start] + near[0].term + found[token.end :]
        return None if found == text else found

    right, wrong = _shares(pairs, ours, code)
    their_right, their_wrong = _shares(pairs, commonest, code)
    possible_right, _ = _shares(possible, ours, code)
    changed = sum(index.did_you_mean(text) is not None for text in queries.values())
    return (
        f"| {collection.name} | {len(pairs)} | {right:.3f} | {wrong:.3f} "
        f"| {possible_right:.3f} of {len(possible)} | {their_right:.3f} | {their_wrong:.3f} "
        f"| {1000 * median(times):.1f} | {changed} of {len(queries)} |"
    )


def _shares(pairs: list[tuple[str, str]], correct: Correct, code: str) -> tuple[float, float]:
    """The shares of right and of wrong corrections."""
    right = wrong = 0
    for text, slip in pairs:
        found = correct(slip)
        if found is not None:
            is_right = _folded(found, code) == _folded(text, code)
            right += is_right
            wrong += not is_right
    return right / max(len(pairs), 1), wrong / max(len(pairs), 1)


def _folded(text: str, code: str) -> list[str]:
    return [token.folded for token in analyzer(code).tokens(text)]


if __name__ == "__main__":
    main()
