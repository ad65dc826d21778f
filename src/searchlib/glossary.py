"""A glossary: which terms mean the same, in one language or in several. It is given with a query
and never comes into an index, so that it can change at any time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeAlias

from searchlib._dataclass import dataclass, field
from searchlib.errors import GlossaryError
from searchlib.fields import show
from searchlib.languages import UNDETERMINED, analyzer, base_code
from searchlib.termbases import GlossaryTerm, read_csv, read_tbx, term_of, write_csv

__all__ = ["LONGEST_TERM", "Concept", "Entry", "Glossary", "folded_words"]

#: Words of a term that is looked for: a longer one is a definition, or the title of a treaty.
LONGEST_TERM: Final = 50

#: The terms of one concept, by language.
Concept: TypeAlias = tuple[GlossaryTerm, ...]
#: What a concept is given as.
Entry: TypeAlias = "Mapping[str, str | Iterable[str]] | Iterable[str | GlossaryTerm]"

_MEMO_LIMIT: Final = 1 << 18  # distinct words remembered while a glossary is read


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Glossary:
    """Terms that mean the same: ``index.search(query, glossary=glossary)``.

    Args:
        entries: a concept each: a dict of language code → term or terms, or a list of terms that
            are no language's in particular: plain synonyms. A term followed by ``=>`` only leads to
            the others of its concept, never back. A concept of fewer than two terms says nothing
            and is left out.

    Attributes:
        concepts: what it holds, each concept as a tuple of its terms, by language.

    Raises:
        GlossaryError: an entry is of another form, or names no language code.

    >>> glossary = Glossary([
    ...     {"vi": "Quốc hội", "en": ["National Assembly", "parliament =>"]},
    ...     ["UN", "United Nations"],
    ... ])
    >>> glossary
    <Glossary: 2 concepts, 5 terms; en, vi>
    >>> from searchlib import Index, Schema, Text
    >>> index = Index(Schema({"title": Text()}, languages=["vi", "en"]))
    >>> index.add([{"id": "1", "title": "Chủ tịch Quốc hội thăm Campuchia"}]).added
    1
    >>> result = index.search("national assembly", glossary=glossary)
    >>> [hit["title"] for hit in result]
    ['Chủ tịch Quốc hội thăm Campuchia']
    >>> result.notices[-1].message
    "'national assembly' also as 'Quốc hội'"

    Two glossaries are one: ``Glossary([*one, *two])``.
    """

    concepts: tuple[Concept, ...]
    # Folded words of a term → the concepts that it is a term of; first word → a bit for each number
    # of words that terms beginning with it have.
    _places: dict[str, Sequence[int]] = field(compare=False)
    _lengths: dict[str, int] = field(compare=False)
    _digest: list[str] = field(compare=False)

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        if isinstance(entries, (str, Mapping)) or not isinstance(entries, Iterable):
            raise GlossaryError("a glossary is made of a list of entries, one for each concept")
        self._fill(_checked(number, entry) for number, entry in enumerate(entries, 1))

    def _fill(self, concepts: Iterable[Iterable[GlossaryTerm]]) -> None:
        kept = tuple(concept for terms in concepts if len(concept := _in_order(terms)) > 1)
        places: dict[str, Sequence[int]] = {}
        lengths: dict[str, int] = {}
        memo: dict[str, str] = {}
        for number, concept in enumerate(kept):
            for term in concept:
                key = _folded(term.text, memo)
                count = key.count(" ") + 1
                if not key or count > LONGEST_TERM:
                    continue
                before = places.get(key)
                if before is None:
                    places[key] = (number,)
                    first = key.partition(" ")[0]
                    lengths[first] = lengths.get(first, 0) | 1 << count
                elif isinstance(before, list):
                    if before[-1] != number:
                        before.append(number)
                elif before[0] != number:
                    places[key] = [*before, number]
        put = partial(object.__setattr__, self)
        put("concepts", kept)
        put("_places", places)
        put("_lengths", lengths)
        put("_digest", [])

    @classmethod
    def from_csv(cls, path: str | Path, *, languages: Collection[str] | None = None) -> Glossary:
        r"""Read a CSV file: a row for each concept, a column for each language.

        The first line holds the language code of each column, or ``*`` for plain synonyms, and
        tells whether commas, semicolons or tabs stand between the cells. In a cell ``|`` stands
        between synonyms, and ``=>`` behind one that only leads to the others of its row; ``\|``
        and ``\=>`` are the signs themselves.

        Args:
            path: the file, in UTF-8.
            languages: the columns to read; None reads all.

        Raises:
            GlossaryError: it is no such file; the message names file and line.
            OSError: it cannot be opened.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "terms.csv")
        ...     _ = path.write_text("vi,en\nQuốc hội,National Assembly|parliament =>\n", "utf-8")
        ...     Glossary.from_csv(path).lookup("parliament")[0][2].text
        'Quốc hội'
        """
        return cls._of(read_csv(path, languages))

    @classmethod
    def from_tbx(cls, path: str | Path, *, languages: Collection[str] | None = None) -> Glossary:
        """Read a TBX file (ISO 30042) of the 2008 or the 2019 edition, as term bases export it.

        The file is read as a stream: what is kept in memory are the terms. Entities and files that
        it declares are never read.

        Args:
            path: the file.
            languages: the languages to read; None reads all.

        Raises:
            GlossaryError: it is no such file; the message names file and line.
            OSError: it cannot be opened.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> text = '''<martif type="TBX"><text><body><termEntry>
        ... <langSet xml:lang="vi"><tig><term>Quốc hội</term></tig></langSet>
        ... <langSet xml:lang="fr"><tig><term>Assemblée nationale</term></tig></langSet>
        ... </termEntry></body></text></martif>'''
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "terms.tbx")
        ...     _ = path.write_text(text, "utf-8")
        ...     Glossary.from_tbx(path)
        <Glossary: 1 concepts, 2 terms; fr, vi>
        """
        return cls._of(read_tbx(path, languages))

    @classmethod
    def _of(cls, concepts: Iterable[Sequence[GlossaryTerm]]) -> Glossary:
        glossary = cls.__new__(cls)
        glossary._fill(concepts)
        return glossary

    def to_csv(self, path: str | Path) -> None:
        """Write it as the CSV file that ``from_csv`` makes an equal glossary of.

        Args:
            path: the file; what it held is lost.

        Raises:
            OSError: it cannot be written.

        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "terms.csv")
        ...     Glossary([{"vi": "Quốc hội", "en": "National Assembly"}]).to_csv(path)
        ...     print(path.read_text("utf-8"), end="")
        en,vi
        National Assembly,Quốc hội
        """
        write_csv(path, self.concepts)

    def lookup(self, term: str) -> tuple[Concept, ...]:
        """Return the concepts that a term belongs to, whatever its case and marks.

        >>> glossary = Glossary([{"vi": "Quốc hội", "en": "National Assembly"}])
        >>> [one.text for one in glossary.lookup("quoc hoi")[0]]
        ['National Assembly', 'Quốc hội']
        """
        return tuple(self.concepts[place] for place in self._places.get(folded_words(term), ()))

    def longest(self, words: Sequence[str], start: int = 0) -> int:
        """Return how many words the longest term has that begins at a place in a text; 0 for none.

        Args:
            words: the folded words of the text.
            start: the place of the first word.

        >>> Glossary([{"vi": "Quốc hội", "en": "National Assembly"}]).longest(["quoc", "hoi", "ta"])
        2
        """
        bits = self._lengths.get(words[start], 0)
        for count in range(min(bits.bit_length() - 1, len(words) - start), 0, -1):
            if bits >> count & 1 and " ".join(words[start : start + count]) in self._places:
                return count
        return 0

    @property
    def digest(self) -> str:
        """What tells it from glossaries with other concepts, in every process alike.

        >>> Glossary([["UN", "ONU"]]).digest == Glossary([["UNO", "ONU"]]).digest
        False
        """
        if not self._digest:
            whole = blake2b(digest_size=16)
            for concept in self.concepts:
                whole.update(repr(concept).encode())
            self._digest.append(whole.hexdigest())
        return self._digest[0]

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts)

    def __len__(self) -> int:
        return len(self.concepts)

    def __repr__(self) -> str:
        terms = sum(map(len, self.concepts))
        codes = {one.language for concept in self.concepts for one in concept if one.language}
        languages = f"; {', '.join(sorted(codes))}" if codes else ""
        return f"<Glossary: {len(self):,} concepts, {terms:,} terms{languages}>"


def folded_words(text: str) -> str:
    """Return the folded words of a text, a space apart: the same in every language.

    >>> folded_words("L’Assemblée nationale")
    'assemblee nationale'
    """
    return _folded(text, {})


def _folded(text: str, memo: dict[str, str]) -> str:
    if text.isascii() and text.replace(" ", "").isalnum() and len(text) <= 200:
        # What the analysis makes of such a text, in a tenth of the time.
        return " ".join(text.lower().split())
    found: list[str] = []
    for chunk in text.split():
        if chunk not in memo:
            if len(memo) >= _MEMO_LIMIT:
                memo.clear()
            spots = analyzer(UNDETERMINED).spots(chunk)
            memo[chunk] = " ".join([terms.folded for _, _, terms in spots])
        if memo[chunk]:
            found.append(memo[chunk])
    return " ".join(found)


def _in_order(terms: Iterable[GlossaryTerm]) -> Concept:
    """By language, each term once."""
    kept: dict[tuple[str, str | None], GlossaryTerm] = {}
    for term in terms:
        if term.text:
            kept.setdefault((term.text, term.language), term)
    return tuple(sorted(kept.values(), key=lambda term: term.language or ""))


def _checked(number: int, entry: Entry) -> Iterator[GlossaryTerm]:
    """Yield the terms of an entry as a caller wrote it."""
    try:
        if isinstance(entry, Mapping):
            for code, terms in entry.items():
                language = base_code(code)
                for text in [terms] if isinstance(terms, str) else terms:
                    yield term_of(text, language)
        elif isinstance(entry, str):
            raise TypeError("it is a str")
        else:
            for term in entry:
                if isinstance(term, GlossaryTerm):
                    own = None if term.language is None else base_code(term.language)
                    text = " ".join(term.text.split())
                    yield GlossaryTerm(text, own, bool(term.one_way))
                else:
                    yield term_of(term, None)
    except (TypeError, ValueError, AttributeError) as error:
        raise GlossaryError(
            f"entry {number} is {show(entry)}: {error}; an entry is a dict of language code → "
            "term or list of terms, or a list of terms"
        ) from None
