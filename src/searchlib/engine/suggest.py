"""What somebody is typing → what it may become: words of the index.

Words are found without their marks and shown with them, in the form most used. The word before the
one that is typed is read too: what stands beside it in some document comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple
from unicodedata import category, combining, normalize

from searchlib._later import regex
from searchlib.analysis import PAIR_JOINT, Token, View, fold, has_marks
from searchlib.engine.snapshot import Snapshot
from searchlib.engine.texts import is_run
from searchlib.engine.vocabulary import Vocabulary
from searchlib.languages import analyzer
from searchlib.results import Suggestion
from searchlib.schema import Schema

__all__ = ["LONGEST", "MOST_SEEN", "cased", "honours", "suggest_words"]

LONGEST: Final = 300  # code points of what was typed that are read: its end
MOST_SEEN: Final = 60  # words that begin so, the commonest, that are compared
_MOST_BESIDE: Final = 30  # pairs that begin with the word before, likewise
_MOST_ASKED: Final = 10  # words of whose places texts are asked, where pairs do not tell
_MOST_LANGUAGES: Final = 4  # whose rules for pairs are tried
_BEFORE: Final = 3  # words before the last that are read: pairs step over function words
_LEAST_STEM: Final = 4  # letters of a stem that few words begin with
_RARE_FORM: Final = 0.05  # of a form's use: below it, another form is hardly meant
_RARELY_BARE: Final = 0.2  # of a word's use: it is written without marks less often
# A word of no language, and so no function word.
_ANY_WORD: Final = "0x0"
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
# What may stand before the last word without white space: signs, a field.
_HEAD: Final = regex(r'[+\-]?(?:([^\W\d]\w*):)?["“„«(]*')
_LAST: Final = regex(r"\S*$")


class Typed(NamedTuple):
    """What was typed, taken apart.

    Attributes:
        text: all of it.
        start: where its last word begins; the end of the text where that is still to come.
        last: the last word; None where it is still to come.
        before: the words before it, at most three.
        field: the field named before the last word, or None.
    """

    text: str
    start: int
    last: Token | None
    before: tuple[Token, ...]
    field: str | None

    @property
    def folded(self) -> str:
        """The last word without marks; empty where it is still to come."""
        return "" if self.last is None else self.last.folded

    @property
    def written(self) -> str:
        """The last word as typed, in lower case."""
        return "" if self.last is None else self.last.written


class _Place(NamedTuple):
    """How many documents have a word behind what was typed before it: the more, the likelier.

    Attributes:
        over: how many have it behind the content word before, function words in between.
        behind: how many have it right behind the word before.
        pair: the pair that it makes there; empty where pairs leave it out, or none have it there.
    """

    over: int = 0
    behind: int = 0
    pair: str = ""


class _Candidate(NamedTuple):
    """A word that the last one may become."""

    is_honoured: bool
    place: _Place
    documents: int
    word: str
    form: str

    @property
    def bound(self) -> tuple[int, int, int]:
        """The higher, the likelier."""
        return self.place.over, self.place.behind, self.documents


def read_typed(text: str, code: str, schema: Schema) -> Typed:
    """Take apart what was typed, whose words follow the rules of a language."""
    chunk = _LAST.search(text)
    head = _HEAD.match(text, chunk.start() if chunk else len(text))
    field = normalize("NFKC", head[1]) if head is not None and head[1] is not None else None
    readable = text
    if head is None or field not in schema.fields:
        field = None
    else:  # the name of a field is no word
        readable = text[: head.start()] + " " * (head.end() - head.start()) + text[head.end() :]
    begin = max(len(text) - LONGEST, 0)
    tokens = [
        token._replace(start=begin + token.start, end=begin + token.end)
        for token in analyzer(code).tokens(readable[begin:])
    ]
    last = tokens.pop() if tokens and tokens[-1].end == len(text) else None
    start = len(text) if last is None else last.start
    return Typed(text, start, last, tuple(tokens[-_BEFORE:]), field)


def suggest_words(
    snapshot: Snapshot,
    schema: Schema,
    text: str,
    names: Sequence[str],
    limit: int,
    codes: Sequence[str],
) -> tuple[Suggestion, ...]:
    """Return what the last word typed may become, the likeliest first.

    Args:
        snapshot: the commit.
        schema: its fields.
        text: what was typed.
        names: the text fields whose words count.
        limit: how many.
        codes: the languages of the words, that of the text first.
    """
    typed = read_typed(text, codes[0], schema)
    if typed.field is not None:
        names = [typed.field] if typed.field in schema.text_fields else []
    if not names or not (typed.last or typed.before):
        return ()
    chosen = {name: schema.text_fields[name] for name in names}
    vocabulary = Vocabulary(snapshot, schema.text_fields, chosen)
    found: dict[str, Suggestion] = {}
    for one in (*_joined(typed), typed):
        for suggestion in _Completer(vocabulary, one, codes[:_MOST_LANGUAGES]).suggestions(limit):
            found.setdefault(suggestion.query, suggestion)
    return tuple(islice(found.values(), limit))


def _joined(typed: Typed) -> Iterator[Typed]:
    """Yield what was typed with its last words as one, the most of them first: where no spaces
    stand between words, a dictionary cuts the beginning of a word otherwise than the word."""
    last, before = typed.last, typed.before
    if last is None or not last.is_unspaced:
        return
    for place in range(len(before)):
        words = (*before[place:], last)
        if is_run(words):
            start = words[0].start
            whole = last._replace(
                start=start,
                text=typed.text[start : last.end],
                written="".join(word.written for word in words),
                folded="".join(word.folded for word in words),
            )
            yield typed._replace(start=start, last=whole, before=before[:place])


class _Completer:
    """Completes the last word of one text."""

    def __init__(self, vocabulary: Vocabulary, typed: Typed, codes: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._typed = typed
        # One language of each kind of pair: all that pair folded words make the same.
        kinds = {
            (language.pairs_of_stems and language.code): code
            for code in reversed(codes)
            for language in [analyzer(code).language]
        }
        self._codes = tuple(kinds.values())
        before = typed.before
        # The word before by the rules of each of them, where they pair it with the next.
        self._heads = {
            code: head
            for code in (self._codes if before else ())
            if (head := _last_pair_word(typed.text[before[0].start : before[-1].end], code))
        }

    def suggestions(self, limit: int) -> Iterator[Suggestion]:
        typed = self._typed
        found = sorted(
            self._candidates(limit),
            key=lambda one: (not one.is_honoured, *(-count for count in one.bound), one.form),
        )
        count = 0
        for candidate in found:
            if count == limit:
                break
            form, query = self._completed(candidate)
            if query == typed.text:
                continue
            count += 1
            documents = self._vocabulary.count(View.WRITTEN, [form]).get(form, 0)
            yield Suggestion(form, query, documents)

    def _words(self) -> Iterator[str]:
        """The folded words that may be meant, each once."""
        folded, vocabulary = self._typed.folded, self._vocabulary
        found: dict[str, None] = {}
        if folded:
            is_marked = self._typed.written != folded
            commonest = vocabulary.beginning(folded, MOST_SEEN)
            found.update(dict.fromkeys(word for word, _ in commonest))
            if is_marked:
                marked = vocabulary.written(self._typed.written, MOST_SEEN)
                found.update(dict.fromkeys(fold(word) for word, _ in marked))
        found.update(dict.fromkeys(self._following()))
        return iter(found)

    def _following(self) -> Iterator[str]:
        """The words that stand beside the word before."""
        folded, vocabulary = self._typed.folded, self._vocabulary
        for code, head in self._heads.items():
            own = analyzer(code)
            for pair, _ in vocabulary.beside(head + PAIR_JOINT + folded, _MOST_BESIDE):
                word = pair.partition(PAIR_JOINT)[2]
                if not own.language.pairs_of_stems:
                    yield word
                elif len(word) >= _LEAST_STEM:
                    # A stem: the commonest word that has it.
                    for whole, _ in vocabulary.beginning(word, _MOST_BESIDE):
                        if whole.startswith(folded) and own.tokens(whole)[0].stem == word:
                            yield whole
                            break

    def _candidates(self, limit: int) -> list[_Candidate]:
        """The words that may be meant, and no more of them than can be among so many."""
        words = self._vocabulary.count(View.FOLDED, self._words())
        places = {word: self._place(word) for word in words}
        self._ask_texts(sorted(words, key=lambda word: (-words[word], word)), places)
        bounds = [(places[word], most, word) for word, most in words.items()]
        bounds.sort(key=lambda one: (-one[0].over, -one[0].behind, -one[1], one[2]))
        found: list[_Candidate] = []
        for place, most, word in bounds:
            # No form is in more documents than its word. One may be just what was typed.
            bound = place.over, place.behind, most
            better = (one for one in found if one.bound > bound)
            if sum(one.is_honoured for one in better) > limit:
                break
            forms = self._vocabulary.forms(word)
            if forms:
                honoured = [one for one in forms if honours(one[0], self._typed.written)]
                form, documents = (honoured or forms)[0]
                found.append(_Candidate(bool(honoured), place, documents, word, form))
        return found

    def _place(self, word: str) -> _Place:
        """Where a word stands, as pairs tell it."""
        heads = {
            head + PAIR_JOINT + own: code
            for code, head in self._heads.items()
            if (own := analyzer(code).pair_word(word))
        }
        found = _Place()
        for pair, count in self._vocabulary.count(View.PAIR, heads).items():
            is_over = self._is_stepped_over(self._typed.before[-1].folded, heads[pair])
            found = max(found, _Place(count, 0, pair) if is_over else _Place(0, count, pair))
        return found

    def _ask_texts(self, words: Iterable[str], places: dict[str, _Place]) -> None:
        """Count the documents in which a function word stands behind the word before, or a word
        behind a function word: pairs of stems leave them out. A few of the words are enough, the
        commonest."""
        typed = self._typed
        if not typed.before or typed.before[-1].is_unspaced:
            return
        before = typed.before[-1].folded
        asked = (
            word
            for word in words
            if not places[word].over
            and any(
                self._is_stepped_over(one, code) for code in self._codes for one in (before, word)
            )
        )
        for word in islice(asked, _MOST_ASKED):
            count = self._vocabulary.side_by_side(before, word)
            if count > places[word].behind:
                places[word] = places[word]._replace(behind=count)

    @staticmethod
    def _is_stepped_over(word: str, code: str) -> bool:
        """Whether the pairs of a language step over a word."""
        own = analyzer(code)
        return own.language.pairs_of_stems and not own.pair_word(word)

    def _completed(self, candidate: _Candidate) -> tuple[str, str]:
        """The form of a candidate that stands beside the word before, and all that was typed with
        it: that word too gets the marks that it has there, if none were typed."""
        typed, form = self._typed, candidate.form
        last = "" if typed.last is None else typed.last.text
        pair = candidate.place.pair
        if not pair:
            return form, typed.text[: typed.start] + cased(form, last)
        form = self._form_beside(pair, candidate.word, typed.written) or form
        query, end = "", typed.start
        is_marked = has_marks(typed.text)
        for before in reversed(() if is_marked else typed.before):
            head = before.text
            if self._lost_marks(before.folded):
                head = cased(self._form_beside(pair, before.folded, "") or head, head)
            query = head + typed.text[before.end : end] + query
            end = before.start
        return form, typed.text[:end] + query + cased(form, last)

    def _lost_marks(self, word: str) -> bool:
        """Whether a word typed without marks is hardly ever written so."""
        forms = dict(self._vocabulary.forms(word))
        return forms.get(word, 0) < _RARELY_BARE * sum(forms.values())

    def _form_beside(self, pair: str, word: str, typed: str) -> str | None:
        """The form that most of the documents with a pair hold."""
        forms = [one for one in self._vocabulary.forms(word) if honours(one[0], typed)]
        likely = [form for form, count in forms if count >= _RARE_FORM * forms[0][1]]
        if len(likely) < 2:
            return likely[0] if likely else None
        # The first of those that are alike is the one most used.
        return max(likely, key=lambda form: self._vocabulary.together(pair, form))


def cased(text: str, typed: str) -> str:
    """Return a text in the case of what was typed in its place.

    >>> cased("quốc hội", "Quoc"), cased("quốc hội", "QUOC"), cased("quốc hội", "q")
    ('Quốc hội', 'QUỐC HỘI', 'quốc hội')
    """
    if len(typed) > 1 and typed.isupper():
        return text.upper()
    return text[:1].upper() + text[1:] if typed[:1].isupper() else text


def honours(form: str, typed: str) -> bool:
    """Whether a word begins as typed, letter by letter with at least the marks typed. A tone mark
    may stand on the letter beside: hò is the beginning of hoà, its place in the index.

    >>> honours("đường", "đu"), honours("dương", "đu"), honours("hoà", "hò")
    (True, False, True)
    """
    if typed.isascii():
        return True  # no mark was typed, so that none is missed
    wanted, found = _letters(typed), _letters(form)
    if len(wanted) > len(found):
        return False
    for place, (letter, marks) in enumerate(wanted):
        if letter != found[place][0]:
            return False
        missed = marks - found[place][1]
        nearby = found[max(place - 1, 0) : place] + found[place + 1 : place + 2]
        if missed and not any(missed <= _TONES & one[1] for one in nearby):
            return False
    return True


@lru_cache(maxsize=4096)
def _letters(word: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The letters of a word without marks, each with its marks. A letter that is one by itself,
    such as đ, is its own mark."""
    found: list[tuple[str, set[str]]] = []
    for sign in normalize("NFD", word):
        if combining(sign) and found:
            found[-1][1].add(sign)
            continue
        if category(sign)[0] == "P":  # an apostrophe, which folding leaves out
            continue
        plain = fold(sign)
        own = set() if plain == sign else {sign}
        found += [(letter, set(own)) for letter in plain]
    return tuple((letter, frozenset(marks)) for letter, marks in found)


def _last_pair_word(head: str, code: str) -> str:
    """What the last of some words gives to a pair with the next one."""
    pair = analyzer(code).views(f"{head} {_ANY_WORD}").pair
    one, _, two = pair.rpartition(" ")[2].partition(PAIR_JOINT)
    return one if two else ""
