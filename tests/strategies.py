"""Strategies of texts, shared by the property tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final
from unicodedata import category

from hypothesis import strategies as st

from searchlib import (
    All,
    And,
    Boolean,
    Boost,
    Category,
    ConstantScore,
    Date,
    DateTime,
    Exists,
    Float,
    Fuzzy,
    Integer,
    Keyword,
    Match,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Schema,
    Should,
    Stored,
    Term,
    Text,
)
from searchlib.fields import Field
from searchlib.query.nodes import ACCENTS

__all__ = [
    "APOSTROPHES",
    "LETTERS",
    "WHITE_SPACE",
    "any_nodes",
    "documents",
    "json_values",
    "letters",
    "moments",
    "nodes",
    "plain_texts",
    "schemas",
    "wild_texts",
]

_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_THAI: Final = "กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศษสหอฮะาิีึืุูเแโใไ็่้๊๋์"

#: The letters, and the signs that stand on them, of each language's everyday spelling.
LETTERS: Final[dict[str, str]] = {
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأؤإئ\u064b\u064e\u064f\u0650\u0651\u0652\u0640",
    "ca": _LATIN + "àçèéíïòóúü·",
    "cs": _LATIN + "áčďéěíňóřšťúůýž",
    "da": _LATIN + "æøåé",
    "de": _LATIN + "äöüß",
    "el": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
    "en": _LATIN,
    "es": _LATIN + "áéíñóúü",
    "fa": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءآأئ\u200c",
    "fi": _LATIN + "åäö",
    "fr": _LATIN + "àâæçéèêëîïôœùûüÿ",
    "he": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ\u05b0\u05b4\u05b5\u05b7\u05b8\u05bc",
    "hi": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह\u093e\u093f\u0940\u0941\u0947\u094d\u0902",
    "hu": _LATIN + "áéíóöőúüű",
    "id": _LATIN,
    "it": _LATIN + "àèéìòù",
    "ja": "あいうえおかがきぎくけこさしすせそたっとなにのはばぱまやゆよらりるをんアイカガス"
    "セタッチトドリロン一人大学日本東京語行食ー",
    "km": "កខគឃងចឆជឈញដតថទធនបផពភមយរលវសហអ\u17b6\u17b7\u17b8\u17bb\u17c1\u17c4\u17d2\u17cb",
    "ko": "가각간고과국그나는다대도를리마말문법보사서서시아에영우은을이자정조하학한해",
    "lo": "ກຂຄງຈຊຍດຕຖທນບປຜຝພຟມຢຣລວສຫອຮະາ\u0eb4\u0eb5\u0eb8\u0ebbເແໂໃໄ\u0ec8\u0ec9",
    "my": "ကခဂဃငစဆဇညတထဒဓနပဖဗဘမယရလဝသဟအ\u102b\u102c\u102d\u102f\u1031\u1037\u1038\u1039\u103a\u103b",
    "nl": _LATIN + "éëïöü",
    "no": _LATIN + "æøåé",
    "pl": _LATIN + "ąćęłńóśźż",
    "pt": _LATIN + "áâãàçéêíóôõú",
    "ro": _LATIN + "ăâîșțşţ",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "sv": _LATIN + "åäöé",
    "ta": "அஆஇஈஉஎஏஒகஙசஞடணதநபமயரலவழளறன\u0bbe\u0bbf\u0bc0\u0bc1\u0bc6\u0bc8\u0bcd",
    "th": _THAI,
    "tr": "abcçdefgğhıijklmnoöprsştuüvyzâî",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "vi": "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờ"
    "ớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ",
    "zh": "的一是不了人我在有他这中大来上国时说年生会自去学北京東海文字语書新华社",
}

APOSTROPHES: Final = "'’ʼ＇‘‛′´`"
WHITE_SPACE: Final = " \t\n\r\u00a0\u2003\u2009\u2028\u202f\u3000"
_PUNCTUATION: Final = '-.,;:!?()«»“”"/_@·•…&%+#'
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u202a\ufe0f"
_MARKS: Final = "\u0300\u0301\u0302\u0303\u0306\u0308\u0309\u031b\u0323\u0327\u0328\u0345"
_EMOJI: Final = "😀👍🏽👨‍👩‍👧🇻🇳❤️☕"
_ODD: Final = "ǅﬁﬃ①½Ⅷªµ℃㎏ŉßẞİıſÐƉΣςΐ𝒳𠮷ｱｶﾞ㈱가\u1100\u1161\u0340\u2126\ufdfa\u0e33\u0958\ufb2a"
_DIGITS: Final = "0129٣५"
_ALL: Final = "".join(LETTERS.values()) + _PUNCTUATION + _INVISIBLE + _MARKS + _DIGITS
_MIXED: Final = "".join(sorted(set(_ALL))) + _EMOJI + _ODD


def letters(code: str) -> str:
    """Return the letters of a language; the Latin ones for a language without a list."""
    return LETTERS.get(code, _LATIN)


@cache  # making a strategy costs more than drawing from it
def plain_texts(code: str) -> st.SearchStrategy[str]:
    """Texts of words in the letters of one language, with apostrophes, hyphens and capitals."""
    own = letters(code)
    # No word begins with a vowel sign.
    first = st.sampled_from([letter for letter in own if category(letter)[0] == "L"])
    word = st.builds(str.__add__, first, st.text(own, max_size=6))
    # Longer than the elided and possessive words, of which a mark would make others: c' and ć'.
    long_word = st.builds(str.__add__, first, st.text(own, min_size=3, max_size=6))
    joint = st.sampled_from([*APOSTROPHES, "-", "."])
    words = st.lists(
        word
        | word.map(str.title)
        | word.map(str.upper)
        | st.tuples(long_word, joint, long_word).map("".join)
        | st.tuples(st.sampled_from(["l", "qu", "d"]), joint, long_word).map("".join),
        min_size=1,
        max_size=5,
    )
    return st.builds(str.join, st.sampled_from(WHITE_SPACE), words)


@cache
def wild_texts(code: str) -> st.SearchStrategy[str]:
    """Texts of a language's letters among all else that a text may hold, in any order."""
    own = letters(code)
    among = own + own.upper() + _MARKS + _INVISIBLE + APOSTROPHES + WHITE_SPACE + _PUNCTUATION
    return (
        st.text(among, max_size=24)
        | st.text(among + _MIXED, max_size=24)
        | st.text(max_size=12)
        | st.lists(st.text(own, min_size=1, max_size=6) | st.sampled_from(_MIXED)).map("".join)
    )


# --- Schemas and their documents --------------------------------------------------------

_CODES: Final = ["vi", "fr", "en", "th", "zh", "ru", "cy"]


def moments() -> st.SearchStrategy[datetime]:
    """Moments that the calendar holds in UTC too, with and without a time zone."""
    minutes = st.integers(-14 * 60, 14 * 60)
    zones = st.none() | minutes.map(lambda minute: timezone(timedelta(minutes=minute)))
    naive = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
    return st.builds(lambda moment, zone: moment.replace(tzinfo=zone, fold=0), naive, zones)


def json_values() -> st.SearchStrategy[Any]:
    """Anything that JSON can hold."""
    plain = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    return st.recursive(
        plain | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=6,
    )


def _kinds() -> st.SearchStrategy[Field]:
    texts = st.builds(
        Text,
        weight=st.floats(0.01, 100.0),
        language=st.none() | st.sampled_from(_CODES),
        collation=st.none() | st.just("sv"),
    )
    others: list[Field] = [
        Keyword(),
        Keyword(collation="vi"),
        Category(),
        Integer(),
        Float(),
        Boolean(),
        Date(),
    ]
    return texts | st.sampled_from([*others, DateTime(), Stored()])


def schemas() -> st.SearchStrategy[Schema]:
    """Schemas of up to six fields of any types."""
    names = st.sampled_from(["title", "body", "été", "n", "tag", "at", "raw", "x1", "AND"])
    return st.builds(
        Schema,
        st.dictionaries(names, _kinds(), max_size=6),
        id=st.sampled_from(["id", "key"]),
        language=st.none() | st.just("lang"),
        languages=st.lists(st.sampled_from(_CODES), max_size=3),
    )


def _values(kind: Field) -> st.SearchStrategy[Any]:
    step = st.text("abc đ.*", min_size=1, max_size=3).filter(str.strip)
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "text": st.text(max_size=12),
        "keyword": st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
        "category": st.lists(step, min_size=1, max_size=3).map("/".join),
        "integer": st.integers(-(2**63), 2**63 - 1),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "date": st.dates() | st.dates().map(date.isoformat),
        "datetime": moments() | moments().map(datetime.isoformat) | st.dates(),
        "stored": json_values(),
    }
    value = by_type[kind.type_name]
    return st.none() | value | st.lists(value, max_size=3)


def documents(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Documents that fit a schema, with values, lists of values, None, or nothing."""
    ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)
    own: dict[str, st.SearchStrategy[Any]] = {schema.id: ids}
    optional = {name: _values(kind) for name, kind in schema.fields.items()}
    if schema.language is not None:
        optional[schema.language] = st.none() | st.sampled_from(_CODES)
    return st.fixed_dictionaries(own, optional=optional)


# --- Queries, for the schema of test_parser ----------------------------------------------

_lone_words: Final = st.text(min_size=1, max_size=4).filter(
    lambda text: not any(map(str.isspace, text))
)
_word: Final = _lone_words | st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "-a",
        "+a",
        "a^2",
        "title:x",
        "n:5",
        "(",
        ")",
        '"',
        "“",
        "\\",
        "*:*",
        "*",
        "colour:x",
        "^2",
        "a:b",
        "[1",
        "TO",
        "http://x",
        "«",
        "a\\",
        "-",
        "+",
        ":",
        "NOT:",
        "a^0.5",
        "a*",
        "a~",
        "a~2",
        "~",
        "^=2",
        "a^=2",
        "1..5",
        "=a",
        "=~a",
        "=?",
        "?a",
        "~a",
        "==",
        "/a/",
        "/",
    ]
)
_several: Final = st.lists(_word, min_size=1, max_size=3).map(" ".join)
_some_text: Final = st.text(max_size=6).filter(str.strip) | _several
_accents: Final = st.none() | st.sampled_from(ACCENTS)
_pattern: Final = st.sampled_from(
    ["a", "a.*", "/", "a/b", r"\d+", r"\w/\W", "[a-c]|x", "(a|é)+", "đ?", " ", "a b", r"\.", r"\\"]
)
_field: Final = st.none() | st.sampled_from(["title", "été"])
_label: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_floats: Final = st.floats(allow_nan=False, allow_infinity=False)
_integers: Final = st.integers(-(2**63), 2**63 - 1)
_moments: Final = st.datetimes(timezones=st.just(UTC))


def _ranges(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Query]:
    lower = st.one_of(
        st.just({}), values.map(lambda v: {"gte": v}), values.map(lambda v: {"gt": v})
    )
    upper = st.one_of(values.map(lambda v: {"lte": v}), values.map(lambda v: {"lt": v}))
    return st.builds(lambda low, high: Range(field, **low, **high), lower, upper)


_leaves: Final[st.SearchStrategy[Query]] = st.one_of(
    st.builds(Match, _several, _field, _accents),
    st.builds(Phrase, _some_text, _field, _accents),
    st.builds(Prefix, _word | _some_text, _field, _accents),
    st.builds(Prefix, _label.filter(str.strip), st.just("tag")),
    st.builds(Fuzzy, _word, st.sampled_from([1, 2]), _field, _accents),
    st.builds(Near, _some_text, st.integers(0, 1000), _field, _accents),
    st.builds(Regex, _pattern, _field | st.just("tag")),
    st.builds(Exists, st.sampled_from(["title", "n", "tag", "raw", "_language", "id"])),
    st.builds(Term, st.just("tag"), _label),
    st.builds(Term, st.just("n"), _integers),
    st.builds(Term, st.just("price"), _floats),
    st.builds(Term, st.just("open"), st.booleans()),
    st.builds(Term, st.just("day"), st.dates()),
    st.builds(Term, st.just("at"), _moments),
    _ranges("n", _integers),
    _ranges("price", _floats),
    _ranges("day", st.dates()),
    _ranges("at", _moments),
    st.just(All()),
)
_factors: Final = st.floats(0.001, 1000.0, allow_nan=False) | st.integers(1, 100).map(float)


def _compound(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    should = inner.map(Should)
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda clauses: And(*clauses)),
        st.lists(inner, min_size=2, max_size=3).map(lambda clauses: Or(*clauses)),
        inner.map(Not),
        st.builds(Boost, inner, _factors),
        st.builds(ConstantScore, inner, _factors | st.just(0.0)),
        # Clauses that must match, that must not, and that may, in any order.
        st.builds(
            lambda one, more, order: And(*order.sample([one, *more], 1 + len(more))),
            inner | inner.map(Not),
            st.lists(should | inner | inner.map(Not), min_size=1, max_size=3),
            st.randoms(use_true_random=False),
        ),
        st.lists(should, min_size=1, max_size=3).map(lambda clauses: And(*clauses)),
    )


def nodes() -> st.SearchStrategy[Query]:
    """Nodes that a query string can say, of fields and values of the schema of ``test_parser``."""
    return st.recursive(_leaves, _compound, max_leaves=5)


def any_nodes() -> st.SearchStrategy[Query]:
    """The same, and nodes that look for nothing or stand where they mean nothing."""
    empty: list[Query] = [Match(""), Phrase(""), Prefix(" "), Fuzzy(""), Near("", 1), Or(), And()]

    def compound(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
        several = st.lists(inner, max_size=3)
        return st.one_of(
            _compound(inner),
            inner.map(Should),
            several.map(lambda clauses: And(*clauses)),
            several.map(lambda clauses: Or(*clauses)),
        )

    return st.recursive(_leaves | st.sampled_from(empty), compound, max_leaves=5)
