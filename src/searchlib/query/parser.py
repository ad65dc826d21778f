"""Query string → nodes.

    either   := each ("OR" each)*
    each     := clauses ("AND" clauses)*
    clauses  := (["+" | "-" | "NOT"] clause)+
    clause   := [field ":"] [accents] one ["^" factor | "^=" score]
    accents  := "=" | "=~" | "=?"
    one      := word ["*" | "~" [distance]] | "phrase" ["*" | "~" slop] | "(" either ")"
              | "[" from "TO" to "]" | "*" | "/" regular expression "/"

Words that stand together are one ``Match``, ranked as a whole. A value of a field that is not text
(``year:2022``) narrows what the words beside it find. A regular expression is one only where it is
asked for: people type paths, and fractions. The parser is lenient by default:
whatever people type means something, and what had to be ignored or guessed is a notice. In strict
mode the first notice is an error instead.
"""

from __future__ import annotations

from collections.abc import Callable

from searchlib._dataclass import dataclass, field, replace
from searchlib._typing import Final
from searchlib.errors import QuerySyntaxError
from searchlib.fields import Category, Keyword, Text, described
from searchlib.fields import Field as FieldType
from searchlib.query.lexer import Kind, Lexeme, is_without_syntax, lex, only_beginning, only_phrase
from searchlib.query.nodes import (
    LARGEST_SLOP,
    Accents,
    All,
    And,
    Boost,
    ConstantScore,
    Exists,
    Fuzzy,
    Match,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Regex,
    Should,
)
from searchlib.query.patterns import problem_of
from searchlib.query.values import Values
from searchlib.results import Notice
from searchlib.schema import Schema

__all__ = ["LANGUAGE_FIELD", "parse"]

#: The name under which the language of each document can be filtered and counted.
LANGUAGE_FIELD: Final = "_language"

# The sign of a clause such as year:2022 that has none: it narrows what the words beside it find.
_FILTER: Final = "="
_OCCURS: Final[dict[str, Callable[[Query], Query]]] = {
    "+": lambda clause: clause,
    _FILTER: lambda clause: clause,
    "-": Not,
    "": Should,
}
_KEYWORD: Final = Keyword()
_DEEPEST: Final = 50  # brackets within brackets; no person goes there
_FARTHEST: Final = 2  # letters that a word may differ by


def parse(
    text: str, schema: Schema, *, strict: bool = False, regex: bool = False
) -> tuple[Query, tuple[Notice, ...]]:
    """Parse a query string into nodes and the notices about it.

    Args:
        text: what a person typed.
        schema: names the fields that may stand before a colon, and types their values.
        strict: raise instead of guessing.
        regex: read ``/…/`` as a regular expression.

    Raises:
        QuerySyntaxError: in strict mode; points at the character.

    >>> from searchlib.fields import Text
    >>> query, _ = parse('climat +été -"fonte des neiges"', Schema({"title": Text()}))
    >>> print(query)
    climat +été -"fonte des neiges"
    """
    if (simple := _simple(text)) is not None:
        return simple, ()
    kinds: dict[str, FieldType] = {
        LANGUAGE_FIELD: _KEYWORD,
        schema.id: _KEYWORD,
        **schema.fields,
    }
    values = {name for name, kind in kinds.items() if not isinstance(kind, Text)}
    parser = _Parser(text, kinds, lex(text, kinds, values=values, regex=regex), strict)
    found = [parser.either(0)]
    while parser.peek() is not None:  # a bracket that closes nothing
        parser.notice("stray-bracket", "a ) closes nothing: it was ignored", parser.take())
        found.append(parser.either(0))
    parts = [part for part in found if part is not None]
    query = Or(*parts) if len(parts) > 1 else parts[0] if parts else None
    if query is None and not parser.notices:
        everything = Lexeme(Kind.WORD, text, 0, len(text))
        parser.notice("no-words", "the query holds nothing to search for", everything)
    return (Or() if query is None else query), tuple(parser.notices)


def _simple(text: str) -> Query | None:
    """What nearly every query is, without the long way: words, or words joined by one operator; one
    phrase; the beginning of a word. None for any other."""
    if '"' in text:
        phrase = only_phrase(text)
        return None if phrase is None else Phrase(phrase)
    if "*" in text:
        beginning = only_beginning(text)
        return None if beginning is None else Prefix(beginning)
    if not is_without_syntax(text):
        return None
    words = " ".join(text.split())
    for operator, node in ((" OR ", Or), (" AND ", And)):
        if operator in words:
            return node(*map(Match, words.split(operator)))
    return Match(words)


@dataclass(slots=True)
class _Parser:
    text: str
    kinds: dict[str, FieldType]
    lexemes: list[Lexeme]
    strict: bool
    position: int = 0
    notices: list[Notice] = field(default_factory=list)
    values: Values = field(init=False)

    def __post_init__(self) -> None:
        self.values = Values(self.kinds, self.notice)

    def peek(self) -> Lexeme | None:
        return self.lexemes[self.position] if self.position < len(self.lexemes) else None

    def take(self) -> Lexeme:
        lexeme = self.lexemes[self.position]
        self.position += 1
        return lexeme

    def notice(self, code: str, message: str, lexeme: Lexeme) -> None:
        if self.strict:
            raise QuerySyntaxError(message, query=self.text, position=lexeme.start)
        self.notices.append(Notice(code, message, lexeme.start, lexeme.end))

    def either(self, depth: int) -> Query | None:
        return self._joined(Kind.OR, Or, lambda: self.each(depth))

    def each(self, depth: int) -> Query | None:
        return self._joined(Kind.AND, And, lambda: self.clauses(depth))

    def _joined(
        self, operator: Kind, node: type[And] | type[Or], part: Callable[[], Query | None]
    ) -> Query | None:
        parts = [part()]
        while self._is_operator(operator):
            self.take()
            parts.append(part())
        found = [one for one in parts if one is not None]
        return node(*found) if len(found) > 1 else found[0] if found else None

    def _is_operator(self, operator: Kind) -> bool:
        """Whether an operator comes next and has something to join on its right."""
        lexeme = self.peek()
        if lexeme is None or lexeme.kind is not operator:
            return False
        following = self.lexemes[self.position + 1 : self.position + 2]
        return bool(following) and following[0].kind not in (Kind.AND, Kind.OR, Kind.CLOSE)

    def clauses(self, depth: int) -> Query | None:
        sequence = _Sequence()
        while (lexeme := self.peek()) is not None and lexeme.kind is not Kind.CLOSE:
            if _is_plain(lexeme):
                self._report(self.take())
                sequence.add_word(lexeme.text, lexeme.accents)
                continue
            joins = self._is_operator(Kind.OR) or self._is_operator(Kind.AND)
            if joins and not sequence.is_empty:
                break
            if lexeme.kind in (Kind.AND, Kind.OR):
                self.notice(
                    "dangling-operator",
                    f"{lexeme.text} joins nothing here: it was searched as a word",
                    lexeme,
                )
                sequence.add_word(self.take().text)
                continue
            sign, lexeme = self._signed()
            if lexeme is None:
                break
            if not sign and _is_plain(lexeme):  # behind a NOT that was none
                self._report(lexeme)
                sequence.add_word(lexeme.text, lexeme.accents)
                continue
            clause = self._clause(lexeme, depth)
            if clause is not None:
                sequence.add(sign or (_FILTER if self._is_filter(lexeme) else ""), clause)
        return sequence.query()

    def _is_filter(self, lexeme: Lexeme) -> bool:
        if lexeme.field is None:
            return False
        return _is_any(lexeme) or not isinstance(self.kinds[lexeme.field], Text)

    def _signed(self) -> tuple[str, Lexeme | None]:
        """Take the next lexeme, and a NOT before it as its sign."""
        lexeme = self.take()
        if lexeme.kind is not Kind.NOT:
            return lexeme.sign, lexeme
        following = self.peek()
        if following is None or following.kind in (Kind.AND, Kind.OR, Kind.NOT, Kind.CLOSE):
            self.notice(
                "dangling-operator", "NOT excludes nothing: it was searched as a word", lexeme
            )
            return "", Lexeme(Kind.WORD, lexeme.text, lexeme.start, lexeme.end)
        return "-", self.take()

    def _report(self, lexeme: Lexeme) -> None:
        if lexeme.problem is not None:
            self.notice("syntax", lexeme.problem, lexeme)

    def _clause(self, lexeme: Lexeme, depth: int) -> Query | None:
        self._report(lexeme)
        if lexeme.kind is Kind.OPEN:
            return self._group(lexeme, depth)
        return _weighed(self._unweighed(lexeme), lexeme)

    def _unweighed(self, lexeme: Lexeme) -> Query | None:
        name, accents = lexeme.field, lexeme.accents
        if lexeme.kind is Kind.ALL:
            return All()
        if lexeme.kind is Kind.REGEX:
            return self._regex(lexeme)
        if name is not None and _is_any(lexeme):
            return Exists(name)
        if name is not None and lexeme.kind is Kind.RANGE:
            return self.values.range(lexeme)
        is_text = name is None or isinstance(self.kinds[name], Text)
        if not lexeme.text.strip() and (is_text or lexeme.suffix):
            self.notice("no-words", "there is nothing between the quotation marks: ignored", lexeme)
            return None
        if not is_text:
            return self.values.suffixed(lexeme, lexeme.text, lexeme.suffix)
        is_phrase = lexeme.kind is Kind.PHRASE
        if lexeme.suffix == "*":
            return Prefix(lexeme.text, name, accents)
        if lexeme.suffix == "~" and is_phrase:
            slop = self._number(lexeme, "slop", 0, LARGEST_SLOP)
            if slop is not None:
                return Near(lexeme.text, slop, name, accents)
            return Phrase(lexeme.text, name, accents)
        if lexeme.suffix == "~":
            distance = 1
            if lexeme.number is not None:
                distance = self._number(lexeme, "distance", 1, _FARTHEST) or distance
            return Fuzzy(lexeme.text, distance, name, accents)
        return (Phrase if is_phrase else Match)(lexeme.text, name, accents)

    def _regex(self, lexeme: Lexeme) -> Query | None:
        kind = Text() if lexeme.field is None else self.kinds[lexeme.field]
        if not isinstance(kind, (Text, Keyword, Category)):
            why = f"{lexeme.field!r} is {described(kind)}: it takes no regular expression"
            self.notice("bad-value", f"{why}; ignored", lexeme)
            return None
        problem = problem_of(lexeme.text, is_text=isinstance(kind, Text))
        if problem is not None:
            self.notice("bad-regex", f"the regular expression {problem}: it was ignored", lexeme)
            return None
        return Regex(lexeme.text, lexeme.field)

    def _number(self, lexeme: Lexeme, what: str, least: int, most: int) -> int | None:
        """The number after ``~``; None where it is none that makes sense."""
        number = lexeme.number
        if number is not None and least <= number <= most and number == int(number):
            return int(number)
        self.notice("bad-number", f"the {what} after ~ is a number from {least} to {most}", lexeme)
        return None

    def _group(self, opening: Lexeme, depth: int) -> Query | None:
        if depth >= _DEEPEST:
            self.notice("too-deep", f"brackets nest deeper than {_DEEPEST}: ignored", opening)
            return None
        clause = self.either(depth + 1)
        closing = None
        if self.peek() is None:
            self.notice("open-bracket", "a ( is not closed: closed at the end", opening)
        else:
            closing = self.take()
            self._report(closing)
        if opening.field is not None and clause is not None:
            clause = self._within(opening, clause)
        if opening.accents is not None and clause is not None:
            clause = _with_accents(clause, opening.accents)
        return clause if closing is None else _weighed(clause, closing)

    def _within(self, opening: Lexeme, clause: Query) -> Query | None:
        """Bind a group to the field before it: ``title:(quốc hội)``."""
        assert opening.field is not None
        is_text = isinstance(self.kinds[opening.field], Text)
        match clause:
            case Match() | Phrase() | Prefix() | Fuzzy() | Near() if is_text:
                return replace(clause, field=opening.field) if clause.field is None else clause
            case Match(text, None):
                values = [self.values.value(opening, word) for word in text.split()]
                found = [value for value in values if value is not None]
                return Or(*found) if len(found) > 1 else found[0] if found else None
            case Phrase(text, None):
                return self.values.value(opening, text, is_quoted=True)
            case Prefix(text, None):
                return self.values.suffixed(opening, text, "*")
            case Fuzzy(text, _, None) | Near(text, _, None):
                return self.values.suffixed(opening, text, "~")
            case Regex(pattern, None):
                return self._regex(opening._replace(text=pattern))
            case And(parts) | Or(parts):
                bound = [self._within(opening, part) for part in parts]
                kept = [part for part in bound if part is not None]
                if len(kept) > 1 or (kept and len(parts) == 1):
                    return type(clause)(*kept)
                alone = kept[0] if kept else None
                return alone.clause if isinstance(alone, Should) else alone
            case Not(part) | Should(part):
                inner = self._within(opening, part)
                return None if inner is None else type(clause)(inner)
            case Boost(part, number) | ConstantScore(part, number):
                inner = self._within(opening, part)
                return None if inner is None else type(clause)(inner, number)
            case _:  # a field of its own inside the brackets
                return clause


def _is_plain(lexeme: Lexeme) -> bool:
    """Whether a lexeme is a word and nothing else."""
    is_word = lexeme.kind is Kind.WORD and lexeme.field is None and not lexeme.sign
    return is_word and not lexeme.suffix and lexeme.boost is None


def _is_any(lexeme: Lexeme) -> bool:
    """Whether a lexeme says that a field has any value: ``year:*``, ``year:[* TO *]``."""
    if lexeme.kind is Kind.RANGE:
        return lexeme.text[1:-1].split() == ["*", "TO", "*"]
    return lexeme.kind is Kind.WORD and not lexeme.text and lexeme.suffix == "*"


def _weighed(clause: Query | None, lexeme: Lexeme) -> Query | None:
    """A clause with the weight that stands behind it."""
    if clause is None or lexeme.boost is None:
        return clause
    return (ConstantScore if lexeme.is_constant else Boost)(clause, lexeme.boost)


def _with_accents(node: Query, accents: Accents) -> Query:
    """A group with the mode that stands before it, for the words in it that have none."""
    match node:
        case Match() | Phrase() | Prefix() | Fuzzy() | Near():
            return replace(node, accents=accents) if node.accents is None else node
        case And(parts) | Or(parts):
            return type(node)(*(_with_accents(part, accents) for part in parts))
        case Not(part) | Should(part):
            return type(node)(_with_accents(part, accents))
        case Boost(part, number) | ConstantScore(part, number):
            return type(node)(_with_accents(part, accents), number)
        case _:
            return node


class _Sequence:
    """Clauses that stand side by side; plain words next to each other make one ``Match``, as do
    those with the same mode of accents."""

    def __init__(self) -> None:
        self._clauses: list[tuple[str, Query]] = []
        self._words: list[str] = []
        self._accents: Accents | None = None

    @property
    def is_empty(self) -> bool:
        return not self._clauses and not self._words

    def add_word(self, word: str, accents: Accents | None = None) -> None:
        if accents != self._accents:
            self._close_words()
            self._accents = accents
        self._words.append(word)

    def add(self, sign: str, clause: Query) -> None:
        if not sign and isinstance(clause, Match) and clause.field is None:
            self.add_word(clause.text, clause.accents)  # brackets around plain words mean nothing
            return
        self._close_words()
        self._clauses.append((sign, clause))

    def query(self) -> Query | None:
        self._close_words()
        clauses = self._clauses
        if all(sign == "" for sign, _ in clauses):
            plain = [clause for _, clause in clauses]
            return Or(*plain) if len(plain) > 1 else plain[0] if plain else None
        plain = [clause for sign, clause in clauses if not sign]
        if not any(sign == "+" for sign, _ in clauses):
            # Nothing is required by its sign, so the plain clauses are what is looked for.
            wanted = [Or(*plain)] if len(plain) > 1 else plain
            wanted += [Not(clause) if sign == "-" else clause for sign, clause in clauses if sign]
            return And(*wanted) if len(wanted) > 1 else wanted[0]
        return And(*(_OCCURS[sign](clause) for sign, clause in clauses))

    def _close_words(self) -> None:
        if self._words:
            words = Match(" ".join(self._words), accents=self._accents)
            self._clauses.append(("", words))
            self._words = []
