"""One module a language, each holding its ``LANGUAGE``: adding one is adding a module here (and a
file of expectations under ``tests/golden/``). A language without a module gets sound defaults."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from os import listdir

from searchlib._later import regex
from searchlib._typing import Final
from searchlib.analysis import Analysis, Analyzer, Language

__all__ = ["UNDETERMINED", "analyze", "analyzer", "base_code", "known_languages", "language"]

#: The code of a text whose language nobody knows (ISO 639-2).
UNDETERMINED: Final = "und"

_CODE: Final = regex(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*")
_NOT_LANGUAGES: Final = {"__init__", "detect"}
# Older or narrower codes of a language that has a module under another one.
_ALIASES: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}


@cache
def known_languages() -> tuple[str, ...]:
    """Return the codes of all languages that have a module of their own, sorted.

    >>> {"vi", "fr", "en"} <= set(known_languages())
    True
    """
    return tuple(sorted(set(_modules()) - _NOT_LANGUAGES))


def _modules() -> Iterator[str]:
    """The names of the modules beside this one."""
    try:
        for name in listdir(__path__[0]):
            stem, _, ending = name.partition(".")
            if ending in {"py", "pyc"}:
                yield stem
    except NotADirectoryError:  # an archive; what reads those loads what reads source code
        from pkgutil import iter_modules

        yield from (module.name for module in iter_modules(__path__))


@lru_cache(maxsize=1024)
def base_code(code: str) -> str:
    """Return the language of a BCP 47 tag, without script or region.

    Raises:
        ValueError: the tag has not the form of one.

    >>> base_code("pt-BR"), base_code("VI")
    ('pt', 'vi')
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError(
            f"{code!r} is not a language code: give one such as 'vi', or a tag such as 'pt-BR'"
        )
    code = match[1].lower()
    return _ALIASES.get(code, code)


@lru_cache(maxsize=1024)
def language(code: str) -> Language:
    """Return the language with that code or tag; defaults where searchlib has no rules for it.

    >>> language("vi").name
    'Vietnamese'
    >>> language("cy").stemmer is None
    True
    """
    base = base_code(code)
    if base not in known_languages():
        return Language(base, base, script="")
    found: Language = import_module(f"{__name__}.{base}").LANGUAGE
    return found


@cache
def _analyzer(base: str) -> Analyzer:
    return Analyzer(language(base))


@lru_cache(maxsize=1024)
def analyzer(code: str) -> Analyzer:
    """Return the one analyzer of a language, made at the first call; languages without rules of
    their own share one."""
    base = base_code(code)
    return _analyzer(base if base in known_languages() else UNDETERMINED)


def analyze(text: str, language: str = UNDETERMINED) -> Analysis:
    """Show what a text becomes: its words and the terms of each view, with offsets.

    Args:
        text: any text; offsets count its code points.
        language: code or tag of the language whose rules apply.

    Raises:
        ValueError: ``language`` has not the form of a language code.

    >>> print(analyze("Đường đến l’été", "vi"))
    span   text   written  folded  stem
    0-5    Đường  đường    duong
    6-9    đến    đến      den
    12-15  été    été      ete
    pairs: duong+den den+ete
    """
    return analyzer(language).analyze(text)
