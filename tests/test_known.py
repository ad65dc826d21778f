"""A word that the index has goes a short way: what is found is what the long one finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import And, Boost, Index, Match, Not, Or, Phrase, Query, Schema, Text
from searchlib.analysis import fold
from searchlib.engine import spelling
from searchlib.engine.clauses import Clause
from searchlib.engine.compiler import Compiled, Compiler
from searchlib.engine.known import KnownTerms
from searchlib.engine.words import WordCompiler
from searchlib.languages import analyzer, known_languages
from searchlib.query.nodes import ACCENTS
from searchlib.searcher import Searcher
from tests.conftest import indexed
from tests.strategies import wild_texts

#: Function words, words with marks and without, elided, of scripts without spaces, with digits and
#: signs, with an apostrophe that is a letter to Python.
WORDS: Final = (
    *("été", "ete", "étés", "ÉTÉ", "hôpital", "hopital", "hôpitaux", "le", "des", "chat"),
    *("quốc", "quoc", "hội", "hoi", "cuả", "của", "Ðường", "duong", "national", "nations", "map"),
    *("l’été", "lʼété", "hôpital's", "covid19", "covid", "19", "ไทย", "ภาษาไทย", "東京", "ﬁn"),
    *("İstanbul", "istanbul", "ıspanak", "kitaplar", "кошки", "кошка", "ё", "a", "œuf"),
    *("rendez-vous", "e\u0301te\u0301", "été,", "été\u00a0hội", "", " ", "ª", "K", "한국어", "ㅋ"),
)
#: Words that no document holds: mistyped, forms of others, marks typed as keys, of nowhere.
UNKNOWN: Final = (
    "hopitla",
    "natoinal",
    "nationalement",
    "xyzzy",
    "quoocs",
    "chatons",
    "ilçe",
    "кошкам",
)
_SPACED: Final = [word for word in WORDS if word < "\u0e00"]
_TEXTS: Final = [
    " ".join(WORDS),
    "été été hôpital le chat national quốc hội 東京 ไทย кошка",
    "ete hopital duong của map maps istanbul covid 19",
    "étés hôpitaux nations kitap covid19 œuf ﬁn",
]


def _made(schema: Schema, *languages: str) -> Index:
    names = [*schema.text_fields]
    rows = [
        {
            "id": f"{code}{place}",
            "lang": code,
            **{name: text[number * 20 :] for number, name in enumerate(names)},
        }
        for code in languages
        for place, text in enumerate(_TEXTS)
    ]
    return indexed(schema, rows[::2], rows[1::2])


def _schema(**fields: Text) -> Schema:
    return Schema(fields, language="lang")


INDEXES: Final[Mapping[str, Index]] = {
    "French": _made(_schema(text=Text()), "fr"),
    "Vietnamese": _made(_schema(text=Text()), "vi"),
    "many": _made(_schema(text=Text()), "fr", "vi", "en", "tr", "ru", "zh"),
    "together": _made(_schema(title=Text(weight=2.0), text=Text()), "fr", "en"),
    "apart": _made(_schema(title=Text(weight=0.3), text=Text(weight=1.7)), "fr"),
    "fixed": _made(_schema(title=Text(language="tr"), text=Text(weight=0.2)), "fr", "en"),
    "deleted": _made(_schema(text=Text()), "fr", "vi"),
}
with INDEXES["deleted"].writer() as _writer:
    _writer.delete("fr0", "vi1")


def _words() -> st.SearchStrategy[str]:
    some = st.sampled_from([*WORDS, *UNKNOWN])
    return some | wild_texts("vi") | st.lists(some).map(" ".join)


def _nodes(names: Sequence[str] = ("text",)) -> st.SearchStrategy[Query]:
    fields = st.sampled_from([None, None, *names])
    accents = st.sampled_from([None, *ACCENTS])
    leaves = st.builds(Match, _words(), fields, accents) | st.builds(Phrase, _words(), fields)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(*parts))
            | st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(*parts))
            | inner.map(Not)
            | inner.map(lambda part: Boost(part, 2.5))
        ),
        max_leaves=10,
    )


def _compiled(searcher: Searcher, node: Query, options: dict[str, Any]) -> tuple[Any, ...]:
    """All that a node becomes, and what it finds."""
    snapshot = searcher._snapshot()
    snapshot.kept.clear()
    result = searcher.search(node, limit=50, highlight=True, **options)
    [compiled] = snapshot.kept["compiled"].values()
    assert isinstance(compiled, Compiled)
    return (
        [_told(clause) for clause in compiled.clauses],
        [compiled.sought.of(name) for name in searcher.schema.text_fields],
        [(hit.id, hit.score, hit.highlights) for hit in result],
        (result.total, result.notices, result.language),
        str(compiled.query),
    )


def _told(clause: Clause) -> tuple[Any, ...]:
    """A clause with the words of its queries, which are equal to nothing else."""
    words = [str(query) for query in (clause.query, *clause.within)]
    return words, *clause._replace(within=())[1:]


#: Of so many documents more than one must hold a word that is not doubted; how many times as many
#: hold what it was meant for. As they are, and such that words of these indexes are doubted.
DOUBTS: Final = [(spelling._WELL_KNOWN, spelling._COMMONER), (2, 1), (1, 0)]


@settings(deadline=None, max_examples=500)
@given(
    name=st.sampled_from(sorted(INDEXES)),
    data=st.data(),
    typos=st.booleans(),
    accents=st.sampled_from(ACCENTS),
    language=st.sampled_from([None, None, "fr", "vi", "tr"]),
    doubts=st.sampled_from(DOUBTS),
)
def test_the_short_way_finds_what_the_long_one_does(
    name: str,
    data: st.DataObject,
    typos: bool,
    accents: str,
    language: str | None,
    doubts: tuple[int, int],
) -> None:
    searcher = INDEXES[name].searcher()
    node = data.draw(_nodes([*searcher.schema.text_fields]))
    options = {"typos": typos, "accents": accents, "language": language}
    with patch.multiple(spelling, _WELL_KNOWN=doubts[0], _COMMONER=doubts[1]):
        found = _compiled(searcher, node, options)
        with patch.object(WordCompiler, "_of_known_word", lambda *_: None):
            assert _compiled(searcher, node, options) == found


@pytest.mark.parametrize(
    ("name", "text", "is_known"),
    [
        ("French", "été", True),
        ("French", "ete", True),
        ("French", "le", True),
        ("French", "hopitla", False),
        ("French", "xyzzy", False),
        ("French", "lʼété", False),
        ("French", "covid19", False),
        ("French", "東京", False),
        ("Vietnamese", "quoc", True),
        ("many", "nations", True),
        ("together", "chat", True),
        ("apart", "chat", False),
    ],
)
def test_words_of_the_index_go_the_short_way(name: str, text: str, is_known: bool) -> None:
    found: list[object] = []
    weigh_known = KnownTerms.weigh_known

    def noted(self: KnownTerms, *given: Any) -> object:
        found.append(weigh_known(self, *given))
        return found[-1]

    searcher = INDEXES[name].searcher()
    with patch.object(KnownTerms, "weigh_known", noted):
        searcher.search(text)
    assert bool(found and found[-1]) == is_known


def test_what_makes_a_word_doubtful_is_told_by_the_language_of_the_query() -> None:
    """Also where a field's own language would stem the slip to what the index has."""
    rows = [{"id": f"k{place}", "lang": "tr", "text": "kitaplar"} for place in range(30)]
    rows += [{"id": f"a{place}", "lang": "tr", "text": "autre"} for place in range(300)]
    rows += [{"id": "x", "lang": "tr", "text": "kitpalar"}]
    for language in ("en", "fr", "ar", "vi"):
        index = indexed(_schema(text=Text(language=language)), rows)
        with patch.multiple(spelling, _WELL_KNOWN=200, _COMMONER=5):
            result = index.search("kitpalar", limit=40)
        assert (result.total, result.ids[0]) == (31, "x"), language


@pytest.mark.parametrize("query", ["kitpalar autre", "la kitpalar", "autre kitpalar autre"])
@pytest.mark.parametrize("weights", [(0.4, 4.0), (5.0, 8.0), (1.0, 1.0), (8.0, 0.4)])
def test_a_rare_word_as_typed_comes_first_in_whichever_field(
    query: str, weights: tuple[float, float]
) -> None:
    title, text = (Text(weight=weight) for weight in weights)
    schema = Schema({"title": title, "text": text}, languages=["vi"])
    rows = [{"id": str(n), "text": "autre" if n % 9 else "autre la"} for n in range(1_000)]
    many = "kitaplar kitaplar kitaplar autre la"
    rows += [{"id": f"k{n}", "text": many, "title": many} for n in range(30)]
    for name in ("title", "text"):
        index = indexed(schema, [*rows, {"id": "x", name: "kitpalar"}])
        with patch.multiple(spelling, _WELL_KNOWN=100, _COMMONER=5):
            assert index.search(query).ids[0] == "x"


def test_no_more_words_are_doubted_than_are_corrected() -> None:
    """A page of rare words, each a node of its own."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    common = [f"common{one}{two}" for one in letters for two in letters[:4]]
    rows = [{"id": f"{word}{n}", "text": word} for word in common for n in range(6)]
    rows += [{"id": f"rare{word}", "text": f"{word[:5]}{word[6:]}"} for word in common]
    index = indexed(Schema({"text": Text()}, languages=["vi"]), rows)  # without stems
    asked: list[str] = []
    near = spelling.Speller.near

    def noted(self: spelling.Speller, word: str) -> list[spelling.Near]:
        asked.append(word)
        return near(self, word)

    node = Or(*(Match(f"{word[:5]}{word[6:]}") for word in common))
    with (
        patch.multiple(spelling, _WELL_KNOWN=100, _COMMONER=2),
        patch.object(spelling.Speller, "near", noted),
    ):
        assert index.search(node).total > len(common)
    assert 8 <= len(asked) <= 2 * 8


@settings(deadline=None, max_examples=150)
@given(
    name=st.sampled_from(sorted(INDEXES)),
    text=st.lists(st.sampled_from(_SPACED), min_size=1).map(" ".join),
    language=st.sampled_from([None, "fr", "vi", "tr"]),
)
def test_phrases_with_marks_find_and_score_as_if_either_form_found(
    name: str, text: str, language: str | None
) -> None:
    def found() -> dict[str, float | None]:
        searcher._snapshot().kept.clear()
        result = searcher.search(Phrase(text), limit=50, language=language)
        return {hit.id: hit.score for hit in result}

    searcher = INDEXES[name].searcher()
    with patch.object(Compiler, "_side_by_side", Compiler._noted):
        either = found()
    assert found() == pytest.approx(either, rel=1e-5)


@pytest.mark.parametrize("code", sorted(known_languages()))
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_words_as_written_stand_where_folded_ones_do(code: str, data: st.DataObject) -> None:
    """Of a phrase with marks, the words as written find nothing that the folded ones do not."""
    text = data.draw(wild_texts(code) | st.just(" ".join(WORDS)))
    written = {one.written: one.folded for one in analyzer(code).tokens(text)}
    for other in ("vi", "tr", "ro", "fr"):
        for one in analyzer(other).tokens(text):
            assert written.get(one.written, one.folded) == one.folded
    for shown, folded in written.items():
        assert fold(shown) == folded
