"""Vietnamese typed as the keys of VNI and Telex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from unicodedata import is_normalized, normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.analysis.keys import from_telex, from_vni
from searchlib.languages.vi import written

# Real syllables, such that each rime stands here at least once, and each onset.
SYLLABLES: Final = """
    bà bạc cách mai làm bán hàng nhanh sáo tháp hát sau ngày bắc năm bắn trăng cặp mặt đắk lắk
    gấc cầm cân vâng thấp mất cầu thầy mẹ séc kém đèn kẻng mèo đẹp ghét về ếch đêm nên bệnh xếp tết
    nếu đi nghỉ gì gìn phía ích chim xin tính kịp ít chịu việc tiêm biển tiếng hiệp viết nhiều
    giếng giết giêng giễu già giúp giữ giường giỏi cho học nói xóm con đoòng soóc trong góp một tốc
    tôi hôm bốn không tốp cơ với cơm hơn lớp bớt hòa khoác hoạch hoài ngoạm toàn hoàng doanh
    ngoáo oạp hoạt xoáy hoặc oằm xoăn hoẵng thoắt khỏe khoen ngoẻo loét thu mùa phúc núi chùm bún
    dùng súp hút thư mưa đực gửi hừm nhựng từ mứt cứu luận khuâng luật khuấy tuế huếch huênh thuở
    huơ thuốc nuôi nhuộm muốn xuồng suốt nước người lượm vườn đường cướp lượt rượu hươu
    thủy khuya huých huỳnh tuýp huýt khuỷu thuyền tuyệt kỹ quý quỵt quỳnh quyền quyết yếm yên yểng
    yết yêu ỷ quả quặng quấy quần quét quên quờ quốc quít quẻ quen chưn ngọt cô tuyn
    pin ngọ nghèo nghĩa ỉa ao
""".split()
TONES: Final = {"\u0301": "s1", "\u0300": "f2", "\u0309": "r3", "\u0303": "x4", "\u0323": "j5"}
MARKS: Final = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}


def unmarked(text: str) -> str:
    decomposed = normalize("NFD", text)
    return "".join(part for part in decomposed if part not in TONES | MARKS).replace("đ", "d")


def tones_of(text: str) -> list[str]:
    return [part for part in normalize("NFD", text) if part in TONES]


class Key(NamedTuple):
    """A key, and the place of the letter that it must follow."""

    host: int
    key: str


class Method(NamedTuple):
    decode: Callable[[str], str | None]
    keys: Callable[[str], tuple[str, list[Key]]]


def vni(syllable: str) -> tuple[str, list[Key]]:
    """Return the plain letters and the keys of a syllable."""
    keys = []
    for place, letter in enumerate(syllable):
        if letter == "đ":
            keys.append(Key(place, "9"))
        for sign in normalize("NFD", letter)[1:]:
            keys.append(Key(place, MARKS.get(sign) or TONES[sign][1]))
    return unmarked(syllable), keys


def telex(syllable: str) -> tuple[str, list[Key]]:
    keys = []
    for place, letter in enumerate(syllable):
        if letter == "đ":
            keys.append(Key(place, "d"))
        parts = normalize("NFD", letter)
        for sign in parts[1:]:
            mark = {"6": parts[0], "7": "w", "8": "w"}.get(MARKS.get(sign, ""))
            keys.append(Key(place, mark or TONES[sign][0]))
    letters = unmarked(syllable)
    double = letters.find("oo")
    if double < 0:
        return letters, keys
    # Two would be ô, so the third o is part of the spelling.
    moved = [Key(key.host + (key.host > double), key.key) for key in keys]
    return letters.replace("oo", "ooo"), moved


def one_horn(keys: list[Key]) -> list[Key]:
    """Leave out the horn of u where one key serves ươ."""
    horns = [key for key in keys if key.key in "w7"]
    return [key for key in keys if len(horns) < 2 or key != horns[0]]


def typed(letters: str, placed: list[tuple[int, str]]) -> str:
    """Put each key after so many letters."""
    return "".join(
        "".join(key for after, key in placed if after == count) + letters[count : count + 1]
        for count in range(len(letters) + 1)
    )


METHODS: Final = {"vni": Method(from_vni, vni), "telex": Method(from_telex, telex)}
both_methods = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def tones_for(syllable: str) -> list[str]:
    """Return the tones that the rime of a syllable can bear; "" is no mark."""
    return ["\u0301", "\u0323"] if syllable.endswith(("c", "ch", "p", "t")) else ["", *TONES]


def with_tone(syllable: str, tone: str) -> str:
    decomposed = normalize("NFD", syllable)
    bare = "".join(part for part in decomposed if part not in TONES)
    vowels = [place for place, part in enumerate(bare) if part in "aeiouy"]
    # Anywhere will do: `written` mends it. Not on the onset's vowel, which might be left there.
    place = len(bare) if not vowels else vowels[-1] + 1
    while bare[place : place + 1] in MARKS:
        place += 1
    return written(normalize("NFC", bare[:place] + tone + bare[place:]))


ALL: Final = sorted(
    {written(word) for word in SYLLABLES}
    | {
        with_tone(word, tone)
        for word in SYLLABLES
        # `written` knows neither the rime of Đắk nor quô, and so cannot mend a tone there.
        if not word.endswith("k") and not unmarked(word).startswith("quo")
        for tone in tones_for(word)
    }
)
MARKED: Final = [word for word in ALL if not word.isascii()]


def test_the_syllables_of_this_test_are_what_they_should_be() -> None:
    assert len(MARKED) > 700
    assert {"thuở", "khuỷu", "quỳnh", "đường", "giếng", "hoà", "quốc"} <= set(MARKED)
    assert all(len(tones_of(word)) <= 1 and is_normalized("NFC", word) for word in MARKED)


@both_methods
@pytest.mark.parametrize("horns", ["each", "one"])
@pytest.mark.parametrize("where", ["letter", "end", "turned"])
def test_every_syllable_is_read_from_its_keys(method: Method, horns: str, where: str) -> None:
    wrong = {}
    for syllable in MARKED:
        letters, keys = method.keys(syllable)
        keys = keys if horns == "each" else one_horn(keys)
        if where == "letter":
            placed = [(key.host + 1, key.key) for key in keys]
        else:
            placed = [(len(letters), key.key) for key in keys]
        word = typed(letters, placed[::-1] if where == "turned" else placed)
        if method.decode(word) != syllable:
            wrong[word] = syllable, method.decode(word)
    assert not wrong


@both_methods
@settings(deadline=None)
@given(data=st.data())
def test_keys_may_stand_anywhere_after_their_letter(method: Method, data: st.DataObject) -> None:
    syllable = data.draw(st.sampled_from(MARKED))
    letters, keys = method.keys(syllable)
    keys = one_horn(keys) if data.draw(st.booleans()) else keys
    keys = data.draw(st.permutations(keys))
    placed = [
        (data.draw(st.integers(key.host + 1, len(letters)), label=key.key), key.key) for key in keys
    ]
    word = typed(letters, placed)
    assert method.decode(word) == method.decode(word.upper()) == syllable


TELEX: Final = """
    gif gì, gis gí, ginf gìn, gieengs giếng, giaf già, giuowngf giường, gixw giữ, giwx giữ,
    quyf quỳ, quys quý, quoosc quốc, quar quả, quowf quờ, ngoanf ngoàn, ngheof nghèo,
    thuowr thuở, thuwowr thuở, huow huơ, uwr ử, wr ử, khuyur khuỷu, nghieengx nghiễng,
    nuowcs nước, nuocws nước, nwowcs nước, nwocs nước, mwaf mừa, ruouwj rượu, huouw hươu,
    dduwowngf đường, duongwfd đường, duwowngf dường, ddawks đắk, lawks lắk, ddawk đăk,
    hoaf hòa, hofa hòa, hojai hoại, hoij họi, hooij hội, hoojc hộc, vieejt việt,
    tieengs tiếng, tiengse tiếng, ngoeor ngoẻo, ngoaso ngoáo, xooong xoong, soongs sống,
    hasz ha, hafzj hạ,
    has há, this thí, soon sôn, mais mái, dans dán
"""
VNI: Final = """
    quoc61 quốc, quo6c1 quốc, hoi65 hội, nuoc71 nước, d9uong72 đường, duong972 đường,
    duong279 đường, d9u7o7ng2 đường, duong72 dường, D9A8k1 đắk, thuo73 thuở, thu7o73 thuở,
    gi2 gì, giu74 giữ, hoa2 hoà, ho2a hoà, hoa2 hòa, quy2 quỳ, u73 ử, xoong2 xoòng, khuyu3 khuỷu,
    a4 ã, co2 cò
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(keys, syllable) for keys, syllable in map(str.split, text.split(","))]


@pytest.mark.parametrize(("keys", "syllable"), pairs(TELEX))
def test_telex_is_read(keys: str, syllable: str) -> None:
    decoded = from_telex(keys)
    assert decoded is not None
    assert written(decoded) == written(syllable)


@pytest.mark.parametrize(("keys", "syllable"), pairs(VNI))
def test_vni_is_read(keys: str, syllable: str) -> None:
    decoded = from_vni(keys)
    assert decoded is not None
    assert written(decoded) == written(syllable)


REFUSED: Final = {
    "other words": """
        hello windows7 mp3 covid19 2022 h2o ps5 iphone7 b12 utf8 x86 f16 u23 a80 a10 w3c web2
        python3 4g i7""",
    "no key, or marks that stand already": "hoa quoc nghieng toan đường hòa đ9 hộis hoi6̣5",
    "signs that only look or count like keys": "hoi６５ hoi٦٥ hoi_65 hoi-5 hoi0 hoi650",
    "a key twice, or keys that contradict": """
        toan11 toan12 toanss toansf toanz toanszz toan66 toan68 toanww www ww anaw dddi didd ddid
        dididd d99i ddi99 tru77""",
    "keys that no letter takes": "to78 tinw8 an7 hai9 hdai9 hd9ai d9",
    "keys before their letter": "1toan t1oan 9duong t8an t7uong t6oan to8a qu6o1c gi7u4 sfoan tja",
    "c, k, g, gh, ng, ngh and qu in the wrong place": """
        cinf cis ci1 ka1 kaf gef ge2 gha1 nge1 nghas ngis ghys nghy1 giis giy1 coaf coa2 cuyr
        quus quu1 quoas quoons quon61 quias quia1 quieets""",
    "no rime, or one of other onsets": """
        gi1a1 vuo73 vuowr tyt1 tyts tyeens tyen61 ieenf ien62 bawk bak81 ouf anhaa aia anga0""",
    "no onset or coda": "zas fa1 jaf wa1x strax blas bla1 tonr1 ons1",
    "a stop without the tone sắc or nặng": """
        quoocf quoc62 hatx hat4 moot mot6 sachr sach3 xeepf boot""",
}


@both_methods
@pytest.mark.parametrize("reason", REFUSED)
def test_what_no_vietnamese_typed_stands_for_nothing(method: Method, reason: str) -> None:
    for word in REFUSED[reason].split():
        assert method.decode(word) is None, word
        assert method.decode(word.upper()) is None, word


@both_methods
@pytest.mark.parametrize("word", ["", " ", "hoi65\n", "hoi65 ", " hoi65", "hoijf\n", "hoaf hoaf"])
def test_only_a_word_by_itself_is_read(method: Method, word: str) -> None:
    assert method.decode(word) is None


keyed = st.text("aeiouyhngtcdqsfrxjzw123456789", max_size=8)


@given(word=st.one_of(st.text(max_size=8), keyed))
@example(word="\u212aa1")  # the kelvin sign lower-cases to k
@example(word="İ1")
def test_whatever_is_read_is_one_syllable_of_the_letters_typed(word: str) -> None:
    for method in METHODS.values():
        decoded = method.decode(word)
        if decoded is None:
            continue
        assert is_normalized("NFC", decoded) and decoded == decoded.lower() != word.lower()
        assert decoded.isalpha() and len(tones_of(decoded)) <= 1
        # Nothing is added but the u that a lone w stands for, and nothing changes its place.
        letters = iter(word.lower().replace("w", "uw"))
        assert all(letter in letters for letter in unmarked(decoded))


@given(word=keyed)
def test_vni_keeps_every_letter(word: str) -> None:
    decoded = from_vni(word)
    if decoded is not None:
        assert unmarked(decoded) == "".join(letter for letter in word if letter.isalpha())
