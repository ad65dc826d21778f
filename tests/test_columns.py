"""What chunks add, remembered and joined: compiled and in Python, the same."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import Analyzer, Views
from searchlib.analysis import columns as module
from searchlib.analysis.columns import InPython, Row
from searchlib.analysis.segment import boundaries
from searchlib.languages import analyzer, language
from tests.conftest import SOURCE, output_of
from tests.strategies import wild_texts

compiled = pytest.mark.skipif(not module.COMPILED, reason="nothing could be compiled here")
makers = [pytest.param(InPython, id="Python"), pytest.param(module.columns, id="C", marks=compiled)]


def row(chunk: str) -> Row:
    """Every column tells the chunk and itself."""
    return chunk + "w ", chunk + "f ", "", "+" + chunk, f"({chunk})", chunk + "= "


def expected(text: str) -> tuple[str, ...]:
    rows = list(map(row, text.split()))
    return tuple("".join(column) for column in zip(*rows, strict=True)) or ("",) * 6


@pytest.mark.skipif(
    "SEARCHLIB_PURE" in os.environ or not list(SOURCE.glob("analysis/_columns*.so")),
    reason="not compiled on purpose, or without a compiler",
)
def test_what_was_compiled_is_what_runs() -> None:
    assert module.COMPILED
    assert "_columns" in module.columns.__module__


@pytest.mark.parametrize("make", makers)
def test_white_space_is_that_of_python(make: Callable[..., module.Columns]) -> None:
    columns = make(row, 1)
    for number in range(sys.maxunicode + 1):
        if not 0xD800 <= number <= 0xDFFF:
            text = f"a{chr(number)}b"
            found = columns.join(text)[0].split(" ")
            assert (found == ["aw", "bw", ""]) == (len(text.split()) == 2), hex(number)


@pytest.mark.parametrize("make", makers)
@settings(max_examples=200, deadline=None)
@given(texts=st.lists(st.text(max_size=60).filter(str.isprintable) | wild_texts("vi"), max_size=5))
def test_columns_are_joined(make: Callable[..., module.Columns], texts: list[str]) -> None:
    columns = make(row, 7)
    for text in [*texts, *texts]:
        try:
            text.encode()
        except UnicodeEncodeError:
            continue
        found = columns.join(text)
        assert found[:5] == expected(text)[:5]
        assert set(found[5].split()) == set(expected(text)[5].split())


@compiled
@pytest.mark.parametrize("code", ["vi", "fr", "en", "zh", "th", "ar", "tr"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_both_make_the_same_of_texts(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code)).encode(errors="ignore").decode()
    rows = analyzer(code)._row_of_chunk
    one, two = module.columns(rows, 3).join(text), InPython(rows).join(text)
    assert one[:5] == two[:5]
    assert set(one[5].split()) == set(two[5].split())


def cut_at(columns: module.Columns, pieces: list[tuple[str, bool]]) -> Row:
    """The columns of a text of these pieces, some of which are words."""
    states = iter([100 if is_word else 99 for _, is_word in pieces])
    sizes = [len(piece.encode("utf-16-le")) // 2 for piece, _ in pieces]
    return columns.cut("".join(piece for piece, _ in pieces), accumulate(sizes), states.__next__)


def run_row(piece: str) -> Row:
    return piece + "w ", "", "", "", piece, piece + "= "


@pytest.mark.parametrize("make", makers)
@pytest.mark.parametrize(
    ("pieces", "characters"),
    [
        (["绿", "茶"], "绿 茶 绿茶"),
        (["ไทย"], "ไท ทย ไทย"),
        (["ไ", "ทย"], "ไท ทย ไทย"),
        (["ก"], ""),
        (["𠮷", "野家"], "𠮷 野 家 𠮷野 野家"),
        (["茶ไทย"], "茶 茶ไ ไท ไทย ทย"),
        (["ไ茶"], "ไ茶 茶"),
        (["茶", " ", "茶"], "茶 茶"),
        ([" ", "😀 ", "茶", "😀 "], "茶"),
        ([" "], ""),
        ([], ""),
    ],
)
def test_runs_are_spelt_out(
    make: Callable[..., module.Columns], pieces: list[str], characters: str
) -> None:
    """Words run into each other; what is none, here what ends in a space, ends a run."""
    found = cut_at(make(run_row, 1), [(piece, piece[-1] != " ") for piece in pieces])
    assert sorted(found[4].split()) == sorted(characters.split())
    assert found[0].split() == [piece + "w" for piece in pieces if piece[-1] != " "]


@compiled
def test_both_know_the_same_alphabets() -> None:
    one, two = module.columns(run_row, 1), InPython(run_row)
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        if char.isspace() or 0xD800 <= number <= 0xDFFF:
            continue
        pieces = [(char * 3, True)]
        assert cut_at(one, pieces)[4] == cut_at(two, pieces)[4], hex(number)


@compiled
@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(
        st.tuples(st.text("茶大ไทกខ한a\u0e4d😀𠮷é1", min_size=1, max_size=5), st.booleans()),
        max_size=12,
    )
)
def test_both_cut_the_same(pieces: list[tuple[str, bool]]) -> None:
    one, two = module.columns(run_row, 5), InPython(run_row)
    for _ in range(2):
        found, expected = cut_at(one, pieces), cut_at(two, pieces)
        assert found[:5] == expected[:5]
        assert set(found[5].split()) == set(expected[5].split())


@compiled
@pytest.mark.parametrize("code", ["vi", "th", "zh", "ja", "ko", "km", "my"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_views_are_the_same_without_anything_compiled(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code))
    in_c, in_python = Analyzer(language(code)), Analyzer(language(code))
    in_python._pieces = InPython(in_python._row_of_piece)
    in_python._columns = InPython(in_python._row_of_chunk)
    assert _without_repeats(in_c.views(text)) == _without_repeats(in_python.views(text))


def _without_repeats(views: Views) -> Views:
    """Views whose forms are told once: of those that come again either may say so again."""
    return views._replace(forms=" ".join(dict.fromkeys(views.forms.split())))


#: What chunks are cut plainly at, and what is left to ICU: letters of several alphabets with and
#: without a normal form of their own, digits, all of ASCII's signs, others, what joins.
PLAIN: Final = "aAzéơĐßŋΩжªµ09" + "_:.',;" + '-/()@"`\x7f\x01' + "«»–…€×"
CLOSER: Final = "ʰ·’ʼ٣٫中ไ\u0301\u00ad\u200b¼Ά٬‧﹒😀"


@compiled
@settings(max_examples=1_500, deadline=None)
@given(chunk=st.text(PLAIN, max_size=12) | st.text(PLAIN + CLOSER, max_size=12))
def test_chunks_are_cut_as_by_icu(chunk: str) -> None:
    """Of the chunks that C cuts by itself Python has each cut by ICU."""
    _is_cut_as_by_icu("fr", chunk)


@compiled
def test_each_character_is_cut_as_by_icu() -> None:
    for number in (*range(0x2100), *range(0x2100, 0xD800, 97), *range(0x10000, 0x20000, 997)):
        for before, behind in ("ab", "12", "a1", "  "):
            _is_cut_as_by_icu("vi", f"{before}{chr(number)}{behind}")


@cache
def _by_both(code: str) -> tuple[Analyzer, Analyzer]:
    in_c, in_python = Analyzer(language(code)), Analyzer(language(code))
    in_python._pieces = InPython(in_python._row_of_piece)
    in_python._columns = InPython(in_python._row_of_chunk)
    return in_c, in_python


def _is_cut_as_by_icu(code: str, chunk: str) -> None:
    in_c, in_python = _by_both(code)
    found, expected = in_c.views(chunk), in_python.views(chunk)
    assert _without_repeats(found) == _without_repeats(expected), repr(chunk)


@compiled
def test_plain_chunks_are_not_asked_about() -> None:
    asked: list[str] = []

    def work_out(chunk: str) -> Row:
        asked.append(chunk)
        return row(chunk)

    columns = module.columns(work_out, 1, module.columns(row, 1))
    found = columns.join("(été), l'eau 3.14 don't/a.b a:b x`y l’eau «eau»")
    assert asked == ["a:b", "x`y", "l’eau"]
    words = ["été", "l'eau", "3.14", "don't", "a.b", "a:b", "x`y", "l’eau", "eau"]
    assert found[0].split() == [f"{word}w" for word in words]
    with pytest.raises(TypeError, match="pieces are Columns"):
        module.columns(row, 1, InPython(row))


@compiled
def test_one_is_whole_when_it_is_made_and_stays_as_it_is() -> None:
    """In a process of its own: one without a table, or changed while it is at work, ends it."""
    output = output_of("""
from searchlib.analysis.columns import columns
kind = type(columns(str, 1))
def row(chunk):
    return (chunk + " ",) * 6
def again(chunk):
    one.__init__(row, 1, columns(row, 1))
    return row(chunk)
def refused(make):
    try:
        make()
    except TypeError as error:
        return str(error)
print(refused(lambda: kind.__new__(kind)))
for one in (columns(again, 1), columns(row, 1, columns(again, 1)), columns(row, 1, None)):
    print(one.join("a a")[0])
print(refused(lambda: columns(row, 1, columns(row, 1, columns(row, 1)))))
""")
    assert output.splitlines() == [
        "function missing required argument 'work_out' (pos 1)",
        *["a a "] * 3,
        "pieces are Columns, and have none of their own",
    ]


@pytest.mark.parametrize("make", makers)
def test_a_word_may_be_worked_out_by_cutting_another(make: Callable[..., module.Columns]) -> None:
    """There is one iterator of ICU a thread: it is read to its end before any word is looked at."""

    def work_out(piece: str) -> Row:
        assert [*boundaries("mười một")[0]] == [4, 5, 8]
        return run_row(piece)

    found = make(work_out, 1).cut("một-hai-ba", *boundaries("một-hai-ba"))
    assert found[0] == "mộtw haiw baw "


@compiled
def test_what_cannot_be_cut_raises() -> None:
    columns = module.columns(run_row, 1)
    with pytest.raises(UnicodeEncodeError):
        columns.cut("\ud800", [1], lambda: 200)
    with pytest.raises(ZeroDivisionError):
        columns.cut("a", [1], lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        columns.cut("ab", (1 // number for number in (1, 0)), lambda: 200)
    for ends, status in [(1, 200), (["a"], 200), ([-1], 200), ([1], None)]:
        with pytest.raises((TypeError, OverflowError)):
            columns.cut("a", ends, lambda status=status: status)  # type: ignore
    # Ends that no iterator gives read nothing that is not there.
    assert columns.cut("ab", [9, 1, 5], lambda: 200)[0] == "abw w w "


@pytest.mark.parametrize("make", makers)
def test_more_chunks_than_are_remembered(make: Callable[..., module.Columns]) -> None:
    """A long run of new chunks, some of them too long to keep, and old ones in between."""
    columns, random = make(row, 5), Random(1)
    for _ in range(300):
        chunks = [str(random.randrange(200_000)) * random.randint(1, 12) for _ in range(1_000)]
        chunks += ["x" * 159, "x" * 160, "x" * 161, "đ" * 80, "đ" * 81]
        text = " ".join(chunks)
        assert columns.join(text)[:5] == expected(text)[:5]


@pytest.mark.parametrize("make", makers)
def test_a_chunk_is_worked_out_once(make: Callable[..., module.Columns]) -> None:
    asked: list[str] = []

    def work_out(chunk: str) -> Row:
        asked.append(chunk)
        return row(chunk)

    columns = make(work_out, 9)
    for _ in range(3):
        columns.join("một hai một")
    assert asked == ["một", "hai"]


@pytest.mark.parametrize("make", makers)
def test_long_columns(make: Callable[..., module.Columns]) -> None:
    columns = make(lambda chunk: (chunk * 70_000, "", "", "", "", ""), 2)
    assert columns.join("ab ab")[0] == columns.join("ab ab")[0] == "ab" * 140_000


@compiled
def test_what_cannot_be_joined_raises() -> None:
    with pytest.raises(UnicodeEncodeError):
        module.columns(row, 1).join("a \ud800 b")
    with pytest.raises(ZeroDivisionError):
        module.columns(lambda chunk: 1 / 0, 1).join("a")  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="tuple of six"):
        module.columns(lambda chunk: ("a",), 1).join("a")  # type: ignore
    with pytest.raises(TypeError):
        module.columns(row, 1).join(b"a")  # type: ignore[arg-type]
    with pytest.raises(UnicodeEncodeError):
        module.columns(lambda chunk: ("\ud800",) * 6, 1).join("a")


@pytest.mark.parametrize("make", makers)
def test_threads_share_one(make: Callable[..., module.Columns]) -> None:
    """Working a chunk out runs Python, and so other threads, in the middle of a text."""

    def work_out(chunk: str) -> Row:
        sorted(range(200))
        return row(chunk)

    columns = make(work_out, 11)
    wrong: list[str] = []

    def use(seed: int) -> None:
        random = Random(seed)
        for _ in range(60):
            text = " ".join(str(random.randrange(3_000)) for _ in range(300))
            if columns.join(text)[:5] != expected(text)[:5]:
                wrong.append(text)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=use, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong


@compiled
def test_it_is_given_back() -> None:
    """Also where it and who works out refer to each other."""

    class Owner:
        def __init__(self) -> None:
            self.columns = module.columns(self.row, 1)

        def row(self, chunk: str) -> Row:
            return row(chunk)

    def memory() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    if not Path("/proc/self/statm").exists():
        pytest.skip("the system does not tell how much memory a process takes")
    text = " ".join(map(str, range(20_000)))
    for _ in range(3):
        Owner().columns.join(text)
        gc.collect()
    before = memory()
    for _ in range(40):
        Owner().columns.join(text)
        gc.collect()
    assert memory() - before < 1_000  # pages of 4 kB; each of them takes about 400


@pytest.mark.parametrize("text", ["a\ud800b \udfff l’été", "\ud800", "a \ud83d\ude00 b"])
def test_halves_of_surrogate_pairs_are_not_seen(text: str) -> None:
    found = analyzer("fr").views(text)
    bare = "".join(char for char in text if not "\ud800" <= char <= "\udfff")
    assert found == analyzer("fr").views(bare)
    assert sorted(found.folded.split()) == sorted(
        term.text for term in analyzer("fr").analyze(text).folded
    )


@settings(max_examples=300, deadline=None)
@given(wild_texts("vi") | wild_texts("fr"), st.data())
def test_chunks_stand_where_python_finds_them(text: str, data: st.DataObject) -> None:
    sought = set(data.draw(st.lists(st.sampled_from([*text.split(), "a", "", "l’été", "\ud800"]))))
    found = module.chunks_in(text, sought)
    assert [chunk for _, chunk in found] == [chunk for chunk in text.split() if chunk in sought]
    behind = 0
    for place, chunk in found:
        assert place >= behind
        assert text[place : place + len(chunk)] == chunk
        assert not text[:place][-1:].strip()
        behind = place + len(chunk)
        assert not text[behind : behind + 1].strip()


@compiled
def test_white_space_between_sought_chunks_is_that_of_python() -> None:
    for number in range(sys.maxunicode + 1):
        if not 0xD800 <= number <= 0xDFFF:
            found = module.chunks_in(f"é{chr(number)}b", {"é", "b"})
            assert (found == [(0, "é"), (2, "b")]) == chr(number).isspace(), hex(number)


@compiled
@pytest.mark.parametrize("wrong", [(), ("a",), ("a", 1), (1, set()), ("a", {1}), ("a", None)])
def test_chunks_are_sought_in_a_text_by_a_set(wrong: tuple[object, ...]) -> None:
    from searchlib.analysis import _columns

    with pytest.raises(TypeError):
        _columns.chunks_in(*wrong)  # type: ignore[arg-type]
