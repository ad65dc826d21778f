"""The words of a language in the order of how common they are, made from the lists in words/.

A list holds words under headings. Inflected forms and, of the rarest, words with a prefix are made
from it (for Vietnamese syllables, for Chinese two characters), so that a text has as many distinct
words as a real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

__all__ = ["LANGUAGES", "vocabulary"]

_FOLDER: Final = Path(__file__).parent / "words"

#: The languages there are lists of.
LANGUAGES: Final = ("vi", "fr", "en", "th", "zh")

_RAREST: Final = 3_000
_HEADINGS: Final = {"function", "word", "noun", "verb", "adjective", "prefix", "onset", "rime"}
_FRENCH_VERBS: Final = ("er", "e", "ent", "é", "ée", "és", "ées", "ait", "aient", "era", "ant")


@cache
def vocabulary(language: str) -> tuple[str, ...]:
    """Return the words of a language, the commonest first; the same at each call.

    >>> vocabulary("fr")[:3]
    ('de', 'la', 'le')
    """
    lists = _lists(language)
    random = Random(f"vocabulary/{language}")
    base = [word.replace("_", " ") for key in ("word", "noun") for word in lists.get(key, [])]
    forms = list(_forms(language, lists))
    rarest = list(dict.fromkeys(_rare(language, lists)))
    for words in (base, forms, rarest):
        random.shuffle(words)
    ranked = dict.fromkeys([*lists["function"], *base, *forms, *rarest[:_RAREST]])
    return tuple(ranked)


def _lists(language: str) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    heading = ""
    for line in (_FOLDER / f"{language}.txt").read_text("utf-8").splitlines():
        if line in _HEADINGS:
            heading = line
        else:
            lists.setdefault(heading, []).extend(line.split())
    return lists


def _forms(language: str, lists: dict[str, list[str]]) -> Iterator[str]:
    """The inflected forms of French and English words; the others' do not change."""
    if language == "fr":
        for noun in lists["noun"]:
            yield noun if noun[-1] in "sxz" else noun + "x" if noun.endswith("eau") else noun + "s"
        for verb in lists["verb"]:
            yield from (verb + ending for ending in _FRENCH_VERBS)
        for adjective in lists["adjective"]:
            feminine = adjective if adjective.endswith("e") else adjective + "e"
            yield from (adjective, adjective.removesuffix("s") + "s", feminine, feminine + "s")
    elif language == "en":
        yield from map(_with_s, lists["noun"])
        for verb in lists["verb"]:
            stem = verb.removesuffix("e")
            past = verb[:-1] + "ied" if _ends_in_y(verb) else stem + "ed"
            yield from (verb, _with_s(verb), past, stem + "ing")
        for adjective in lists["adjective"]:
            stem = adjective[:-1] + "i" if _ends_in_y(adjective) else adjective
            yield from (adjective, stem + "ly")


def _with_s(word: str) -> str:
    if _ends_in_y(word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def _ends_in_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"


def _rare(language: str, lists: dict[str, list[str]]) -> Iterator[str]:
    if language == "vi":
        for onset in lists["onset"]:
            yield from (onset + rime for rime in lists["rime"])
    elif language == "zh":
        characters = list(dict.fromkeys("".join(lists["word"])))
        for one, two in zip(characters, characters[7:] + characters[:7], strict=True):
            yield from (one + two, two + one)
    elif language == "th":
        words = lists["word"]
        for step in (5, 11):
            yield from (one + two for one, two in zip(words, words[step:], strict=False))
    else:
        for form in _forms(language, lists):
            yield from (prefix + form for prefix in lists["prefix"])
