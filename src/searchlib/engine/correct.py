"""A query string → the same string with its mistyped words put right.

Only words change: signs, quotation marks, fields, brackets and weights stay as they were typed. A
word that documents hold is right, and so is one whose other forms they hold. Unlike the search,
which takes an unknown word for several at once, a correction has to choose: what is common, what
the slip makes likely, and above all what stands beside the neighbouring words in some document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf, log
from typing import Final, NamedTuple

from searchlib import _tantivy as tantivy
from searchlib.analysis import PAIR_JOINT, Token, View, fold
from searchlib.engine.expand import differ
from searchlib.engine.known import KnownTerms
from searchlib.engine.layout import LANGUAGE, view_field
from searchlib.engine.reading import Reading
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.spelling import slips
from searchlib.engine.suggest import cased
from searchlib.engine.vocabulary import Vocabulary, engine_fields
from searchlib.languages import analyzer
from searchlib.query.lexer import Kind, Lexeme, lex
from searchlib.schema import Schema

__all__ = ["corrected"]

_MOST_CORRECTED: Final = 8  # words of one query
_MOST_WORDS: Final = 100  # of a query that are read: nobody corrects a page
_MOST_LANGUAGES: Final = 4  # whose rules for pairs are tried
_LIKELIEST: Final = 20  # corrections of a word that are compared by what stands beside them
# A word is put right by two slips, both behind the letters that it begins with, …
_LONG: Final = 7  # … from so many letters on, …
_KEPT: Final = 3  # … these letters kept, …
_MOST_COMPARED: Final = 500  # … among so many words that begin with them, the commonest.
_LEAST_JOINED: Final = 2  # documents that hold two words as one, where both are words by themselves
# An unknown word may be right: a name, a form that no document has. A correction is sure of itself
# if the slip costs no more than doubling or swapping letters of so many or more, …
_SURE: Final = 0.4
_TOO_SHORT: Final = 5
# … or from so many letters on, if not only the first or some of the last of them differ. Else it
# has to stand beside a neighbour in a document; a short word, or one that begins otherwise, in two.
_MIDDLING: Final = 6
_ENDING: Final = 3
_VERY_LONG: Final = 9  # letters; from so many on of two slips as well
# Two words that were run together are side by side in one of so many documents that hold one.
_RARELY_BESIDE: Final = 10
_HOLD_A_FUNCTION_WORD: Final = 10  # one document in so many, at least
# What a slip of cost 1 takes from the logarithm of how many documents hold a word, …
_SLIP: Final = 4.0
_TWO_SLIPS: Final = 1.6  # cost of two
# … and what each neighbour gives, as a part of the logarithm of how many hold both side by side.
_BESIDE: Final = 2.0


class _Spot(NamedTuple):
    """A word of the query string.

    Attributes:
        token: the word.
        run: a number, the same for words with nothing but spaces between them.
        is_free: whether two words in its place would mean what it means.
        is_alone: whether they would in brackets.
    """

    token: Token
    run: int
    is_free: bool
    is_alone: bool


class _Meant(NamedTuple):
    """What a word may have been meant for: how likely, and in how many documents it has to stand
    beside a neighbour to be believed."""

    score: float
    witnesses: int


class _Change(NamedTuple):
    """A stretch of the query string and what it ought to be."""

    start: int
    end: int
    text: str


def corrected(snapshot: Snapshot, schema: Schema, query: str, reading: Reading) -> str | None:
    """Return the query string put right, or None where nothing better is known.

    Args:
        snapshot: the commit that is searched.
        schema: its fields.
        query: the query string.
        reading: how its words are read.
    """
    spots = list(_spots(query, schema, reading.languages[0]))[:_MOST_WORDS]
    if not (spots and schema.text_fields):
        return None
    changes = list(_Corrector(snapshot, schema, query, reading).changes(spots))
    for start, end, text in sorted(changes, reverse=True):
        query = query[:start] + text + query[end:]
    return query if changes else None


def _spots(query: str, schema: Schema, code: str) -> Iterator[_Spot]:
    """The words of a query string that are looked for in texts, in order."""
    known = {LANGUAGE, schema.id, *schema.fields}
    closed: list[bool] = []  # for each bracket that is open: whether what it holds stays as it is
    is_negated, run, end = False, 0, -1
    for lexeme in lex(query, known):
        field = lexeme.field
        is_text = field is None or field in schema.text_fields
        is_kept = is_negated or lexeme.sign == "-" or not is_text
        is_negated = lexeme.kind is Kind.NOT
        if lexeme.kind is Kind.OPEN:
            closed.append(is_kept or any(closed[-1:]))
        elif lexeme.kind is Kind.CLOSE:
            del closed[-1:]
        elif lexeme.kind in (Kind.WORD, Kind.PHRASE) and not (is_kept or any(closed[-1:])):
            start = _content(query, lexeme)
            if start is None or lexeme.suffix:
                continue
            is_bound = bool(lexeme.sign or field) or lexeme.boost is not None
            is_plain = lexeme.kind is Kind.WORD and not is_bound
            if not is_plain or query[end:start].strip() or end < 0:
                run += 1
            for token in analyzer(code).tokens(lexeme.text):
                is_all = token.end - token.start == len(lexeme.text)
                moved = token._replace(start=start + token.start, end=start + token.end)
                yield _Spot(moved, run, is_plain or lexeme.kind is Kind.PHRASE, is_all)
            end = lexeme.end if lexeme.kind is Kind.WORD else -1


def _content(query: str, lexeme: Lexeme) -> int | None:
    """Where the text of a lexeme begins; None where it is not in the query letter by letter."""
    place = query.rfind(lexeme.text, lexeme.start, lexeme.end) if lexeme.text else -1
    return place if place >= 0 else None


class _Corrector:
    """Puts the words of one query right."""

    def __init__(self, snapshot: Snapshot, schema: Schema, query: str, reading: Reading) -> None:
        self._query = query
        self._snapshot = snapshot
        self._texts = schema.text_fields
        self._codes = tuple(reading.languages)
        self._pairing = tuple(reading.languages[:_MOST_LANGUAGES])
        self._fields = engine_fields(self._texts, self._texts)
        self._vocabulary = Vocabulary(snapshot, self._texts, self._texts)
        self._terms = KnownTerms(snapshot, reading)
        self._stops = frozenset(map(fold, analyzer(self._codes[0]).language.stop_words))

    def changes(self, spots: Sequence[_Spot]) -> Iterator[_Change]:
        """Yield what has to change, in order."""
        count = 0
        place = 0
        before: str | None = None  # the word before as it ought to be, folded
        while place < len(spots) and count < _MOST_CORRECTED:
            token, run, is_free, is_alone = spots[place]
            if place == 0 or spots[place - 1].run != run:
                before = None
            after = spots[place + 1] if place + 1 < len(spots) else None
            if after is not None and after.run != run:
                after = None
            joined = None if after is None else self._joined(token, after.token)
            if joined is not None and after is not None:
                yield _Change(
                    token.start, after.token.end, cased(self._form(joined, before), token.text)
                )
                count, place, before = count + 1, place + 2, joined
                continue
            words = None
            if not self._is_known(token):
                words = self._put_right(token, before, after, is_free or is_alone)
            if words is not None:
                forms = [
                    self._form(word, previous, token.written)
                    for previous, word in zip((before, *words), words, strict=False)
                ]
                text = cased(" ".join(forms), token.text)
                bracketed = text if is_free or len(words) == 1 else f"({text})"
                yield _Change(token.start, token.end, bracketed)
                count += 1
            before = (words or (token.folded,))[-1]
            place += 1

    def _is_known(self, token: Token) -> bool:
        """Whether there is nothing to put right: a function word, or one that documents hold in
        some form."""
        return (
            token.is_stop
            or token.is_unspaced
            or bool(self._held([token.folded]))
            or self._terms.has_known_stem(token, self._codes, self._fields)
        )

    def _held(self, words: Iterable[str]) -> dict[str, int]:
        return self._vocabulary.count(View.FOLDED, words)

    def _put_right(
        self, token: Token, before: str | None, after: _Spot | None, may_split: bool
    ) -> tuple[str, ...] | None:
        """The word or two words that were meant for one that no document holds."""
        for word in self._terms.decoded(token, self._codes, self._fields):
            return (fold(word),)
        folded = token.folded
        found: dict[tuple[str, ...], _Meant] = {}
        beside = [word for word in (before, after and after.token.folded) if word]
        found |= {(word,): one for word, one in self._one_slip(folded, beside).items()}
        if may_split:
            found |= self._split(folded)
        if not found and len(folded) >= _LONG:
            found = {(word,): one for word, one in self._two_slips(folded).items()}
        likeliest = sorted(found, key=lambda words: (-found[words].score, words))[:_LIKELIEST]
        best, most = None, 0.0
        for words in likeliest:
            score, witnesses = found[words]
            left = 0 if before is None else self._beside(before, words[0])
            right = 0 if after is None else self._beside(words[-1], after.token.folded)
            score += _BESIDE * (log(1 + left) + log(1 + right))
            if left + right >= witnesses and (best is None or score > most):
                best, most = words, score
        return best

    def _one_slip(self, folded: str, beside: Sequence[str]) -> dict[str, _Meant]:
        """The words one slip away: those that documents hold, and function words. Hardly a text is
        without one, but an index of titles may be without many: one that none holds is meant beside
        a word of theirs, if the slip is likelier than from any that they hold."""
        costs = slips(folded)
        counts = self._held(costs)
        common = len(self._snapshot) // _HOLD_A_FUNCTION_WORD
        stops = self._stops.intersection(counts)
        if common and self._held(beside):
            least = min([costs[word] for word in counts], default=inf)
            near = self._stops.intersection(costs)
            stops |= {word for word in near if costs[word] < least}
        counts.update((word, max(counts.get(word, 0), common)) for word in stops)
        found = {}
        for word, count in counts.items():
            cost = costs[word]
            is_like = len(folded) >= _MIDDLING and folded[0] == word[0]
            is_form = word.startswith(folded) or folded.startswith(word)
            is_slip = cost <= _SURE and len(folded) >= _TOO_SHORT and not is_form
            is_other = is_like and not _differ_in_ending(folded, word)
            witnesses = 0 if word in stops or is_slip or is_other else 1 if is_like else 2
            found[word] = _Meant(log(1 + count) - _SLIP * cost, witnesses)
        return found

    def _two_slips(self, folded: str) -> dict[str, _Meant]:
        alike = self._vocabulary.beginning(folded[:_KEPT], _MOST_COMPARED)
        return {
            word: _Meant(
                log(1 + count) - _SLIP * _TWO_SLIPS,
                int(len(folded) < _VERY_LONG or _differ_in_ending(folded, word)),
            )
            for word, count in alike
            if differ(folded, word)
        }

    def _split(self, folded: str) -> dict[tuple[str, ...], _Meant]:
        """The two words that may have been run together: that stand side by side in a document."""
        # Syllables of two letters are words; where words have endings, these are mostly endings.
        least = 3 if analyzer(self._codes[0]).language.pairs_of_stems else 2
        cuts = [(folded[:cut], folded[cut:]) for cut in range(least, len(folded) - least + 1)]
        held = self._held(dict.fromkeys(part for parts in cuts for part in parts))
        return {
            parts: _Meant(log(1 + count), 0)
            for parts in cuts
            if all(part in held for part in parts) and not self._stops.issuperset(parts)
            if (count := self._in_order(parts)) * _RARELY_BESIDE
            >= min(held[part] for part in parts)
        }

    def _joined(self, token: Token, after: Token) -> str | None:
        """The one word that was typed as two, if it is one: no document has the two in this order,
        or one of the two by itself."""
        word = token.folded + after.folded
        if self._query[token.end : after.start].strip() or token.is_unspaced:
            return None
        count = self._held([word]).get(word, 0)
        if not count:
            return None
        held = self._held([token.folded, after.folded])
        if len(held) == 2 and (
            count < _LEAST_JOINED
            or (token.is_stop and (after.is_stop or len(token.folded) == 1))
            or self._in_order((token.folded, after.folded))
        ):
            return None
        return word

    def _in_order(self, words: Sequence[str]) -> int:
        """In how many documents words stand side by side, function words and all."""
        queries = [
            tantivy.Query.phrase_query(
                self._snapshot.schema, view_field(name, View.FOLDED), list(words)
            )
            for name in self._texts
        ]
        return self._snapshot.count(
            tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
        )

    def _beside(self, one: str, two: str) -> int:
        pairs = self._pairs(one, two)
        return max(self._vocabulary.count(View.PAIR, pairs).values(), default=0)

    def _pairs(self, one: str, two: str) -> list[str]:
        """What two words make side by side, by the rules of each language."""
        found = {
            (analyzer(code).pair_word(one), analyzer(code).pair_word(two)) for code in self._pairing
        }
        return [PAIR_JOINT.join(pair) for pair in sorted(found) if all(pair)]

    def _form(self, word: str, before: str | None, written: str = "") -> str:
        """A folded word as it is written: with the marks that were typed, beside the word before,
        or most."""
        forms = self._vocabulary.forms(word)
        if not forms:
            return word
        typed = {letter for letter in written if not letter.isascii()}
        pairs: list[str] = []
        if before is not None and len(forms) > 1:
            pairs = list(self._vocabulary.count(View.PAIR, self._pairs(before, word)))

        def likeness(one: tuple[str, int]) -> tuple[int, int, int]:
            beside = sum(self._vocabulary.together(pair, one[0]) for pair in pairs)
            return len(typed.intersection(one[0])), beside, one[1]

        form, _ = max(forms, key=likeness)
        return form


def _differ_in_ending(one: str, two: str) -> bool:
    """Whether two words may be forms of one: alike but for their last letters."""
    return one[:-_ENDING] == two[: len(one) - _ENDING] and abs(len(one) - len(two)) <= _ENDING
