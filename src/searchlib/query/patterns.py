r"""Regular expressions: ours → those that tantivy's automaton takes.

tantivy matches whole terms, and knows neither anchors nor what looks around. Its Unicode classes
(``\w``, ``\p{L}``) take it seconds to build, so ours are a few ranges: no term holds white space
or, in its inside, anything that is no word. The number of states of its automaton is bounded, and
so is the time that a pattern takes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from searchlib import _tantivy as tantivy
from searchlib._later import regex
from searchlib.analysis import WordRule, fold
from searchlib.analysis.fold import lower
from searchlib.analysis.normalize import APOSTROPHE, normal_text

__all__ = ["LONGEST_PATTERN", "PatternError", "engine_pattern", "problem_of"]

#: Code points of a regular expression.
LONGEST_PATTERN: Final = 200

_FIELD: Final = "terms"
# A class begins or ends; a sign behind a backslash that stands for itself, or any other; how often
# the letter before it comes; flags or the name of a group; a letter.
_TOKEN: Final = regex(
    r"(?P<opened>\[\^?\]?)|(?P<closed>\])"
    r"|\\(?P<sign>[!-/:;=?@\[-`{-~])"
    r"|(?P<escape>\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[xuU]\{[^}]*\}|.))"
    r"|(?P<counts>[*+?]|\{\d+(?:,\d*)?\})|\(\?[^():>\[\]]*[:>)]|(?P<letter>[^\\(){}|.^$])|.",
    re.DOTALL,
)
_META: Final = regex(r"[\\.+*?()|\[\]{}^$]")
# The rules by which a pattern is judged before it is known which languages it is for.
_AS_TYPED: Final = (lower,)
# Counted repetitions within each other multiply: tantivy writes them all out before it counts.
_MOST_SIGNS: Final = 300
_SIGN: Final = regex(
    r"\\[xuU]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\\\]])*\]|\{(?P<counts>\d+(?:,\d*)?)\}|.", re.DOTALL
)
_BEYOND_ASCII: Final = r"\x{80}-\x{10FFFF}"
# What each class stands for within [ ]; its opposite is the class in capitals.
_CLASSES: Final = {
    "d": "0-9",
    "w": "0-9A-Za-z_" + _BEYOND_ASCII,
    "s": r"\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    "D": r"\x{0}-/:-" + r"\x{10FFFF}",
    "W": r"\x{0}-/:-@\[-\^`\{-\x{7f}",
    "S": r"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{84}\x{86}-\x{9f}\x{a1}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10FFFF}",
}


class PatternError(ValueError):
    """What is wrong with a regular expression, to go on after its name."""


def problem_of(pattern: str, *, is_text: bool) -> str | None:
    """Return what is wrong with a regular expression, to go on after its name; None if nothing is.

    Args:
        pattern: the regular expression.
        is_text: whether it is for the words of text fields, or for values.

    >>> problem_of("a(b", is_text=True)
    'cannot be read: unclosed group'
    """
    try:
        engine_pattern(pattern, _AS_TYPED if is_text else ())
    except PatternError as error:
        return str(error)
    return None


@lru_cache(maxsize=256)
def engine_pattern(pattern: str, rules: tuple[WordRule, ...] = ()) -> str:
    r"""Return tantivy's form of a regular expression, which it is known to take.

    Args:
        pattern: the regular expression.
        rules: how the words that it is for are spelled: ``fold``, or in the written view what each
            language makes of them; none if it is for values.

    Raises:
        PatternError: it is none, or too large.

    >>> engine_pattern(r"^Covid\d", (lower,)), engine_pattern("O’Brien|prud’.*", (fold,))
    ('covid[0-9]', 'obrien|prud.*')
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"is longer than {LONGEST_PATTERN} characters")
    if any("\ud800" <= sign <= "\udfff" for sign in pattern):
        raise PatternError("holds half of a surrogate pair, which stands in no word")
    if _size(pattern) > _MOST_SIGNS:
        raise PatternError(_TOO_LARGE)
    made = _rewritten(_unanchored(normalize("NFC", pattern) if rules else pattern), rules)
    try:
        with tantivy.panics_as(PatternError, "cannot be matched"):
            tantivy.Query.regex_query(_schema(), _FIELD, made)
    except (ValueError, OverflowError, RecursionError) as error:
        if rules and rules != _AS_TYPED:  # with all its spellings it may be too large
            return engine_pattern(pattern, _AS_TYPED)
        if isinstance(error, PatternError):
            raise
        raise PatternError(_reason(str(error))) from None
    return made


_TOO_LARGE: Final = "is too large: it has too many choices, or repeats too much"


def _reason(message: str) -> str:
    if "exceeds size limit" in message or "too many states" in message.lower():
        return _TOO_LARGE
    if "Empty match operators" in message:
        return r"cannot be read: ^, $ and \b have no place in it, it matches whole words"
    if "Lazy" in message:
        return "cannot be read: lazy repetition (*?, +?, ??) is not known"
    *_, reason = message.rstrip("' \n").split("error: ")
    return "cannot be read: " + " ".join(reason.split())


def _size(pattern: str) -> int:
    """How many signs a pattern has with all its counted repetitions written out."""
    groups: list[list[int]] = [[]]
    for found in _SIGN.finditer(pattern):
        sizes = groups[-1]
        if found["counts"] and sizes:
            most = max(int(count or 0) for count in found["counts"].split(","))
            sizes[-1] *= min(max(most, 1), 10 * _MOST_SIGNS)
        elif found[0] == "(":
            groups.append([])
        elif found[0] == ")" and len(groups) > 1:
            groups[-2].append(sum(groups.pop()))
        else:
            sizes.append(1)
    return sum(map(sum, groups))


def _unanchored(pattern: str) -> str:
    """A pattern matches whole words anyway."""
    pattern = pattern.removeprefix("^")
    if pattern.endswith("$"):
        before = pattern[:-1]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return before
    return pattern


def _rewritten(pattern: str, rules: tuple[WordRule, ...]) -> str:
    """Letters as terms have them, and our own classes."""
    pieces: list[str] = []
    run: list[str] = []  # letters one behind another
    depth = 0  # of [ ] within [ ]
    for found in _TOKEN.finditer(pattern):
        piece = found[0]
        letter = found["letter"] or found["sign"]
        if letter and rules and not depth:
            run.append(letter)
            continue
        if run:
            # What repeats, repeats the last letter alone.
            last = run.pop() if found["counts"] else ""
            pieces += [_spelled("".join(run), rules), last and _spelled_alone(last, rules)]
            run = []
        if found["opened"]:
            depth += 1
        elif found["closed"]:
            depth = max(depth - 1, 0)
        elif found["escape"] and piece[1] in _CLASSES:
            content = _CLASSES[piece[1]]
            piece = content if depth else f"[{content}]"
        elif found["escape"] and piece[1] in "pP":
            raise PatternError(
                r"cannot be read: \p{…} is not known; name the letters, as in [а-яё]"
            )
        elif found["letter"] and rules:
            piece = piece.lower()
        pieces.append(piece)
    return "".join(pieces) + _spelled("".join(run), rules)


def _spelled(run: str, rules: tuple[WordRule, ...]) -> str:
    """The spellings that terms have of letters one behind another.

    >>> _spelled("aujourd’hui", (lower,)), _spelled("ΑΣ", (lower,)), _spelled("O’Brien", (fold,))
    ("aujourd'hui", '(?:ας|ασ)', 'obrien')
    """
    if not run:
        return ""
    text = normal_text(run)
    if fold in rules:  # where no apostrophes are
        text = text.replace(APOSTROPHE, "")
    # A word may go on behind the letters: a rule may then leave them as they are (hòa is written
    # hoà, Σ at the end of a word ς), so each is looked at by itself, too.
    forms = (form for rule in rules for form in (rule(text), "".join(map(rule, text))))
    spellings = [_META.sub(r"\\\g<0>", form) for form in dict.fromkeys(forms)]
    return spellings[0] if len(spellings) == 1 else f"(?:{'|'.join(spellings)})"


def _spelled_alone(letter: str, rules: tuple[WordRule, ...]) -> str:
    """The spellings of a letter that is repeated."""
    spelled = _spelled(letter, rules)
    return spelled if len(spelled) == 1 else f"(?:{spelled or letter})"


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_FIELD, tokenizer_name="raw", index_option="basic")
    return builder.build()
