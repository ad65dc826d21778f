"""A glossary as a value, and its files."""

from __future__ import annotations

import pickle
import tracemalloc
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Glossary, GlossaryError, GlossaryTerm
from searchlib.glossary import LONGEST_TERM, folded_words
from searchlib.languages import analyzer
from tests.strategies import LETTERS, wild_texts

CODES: Final = ["vi", "fr", "en", "zh", "ar"]


def texts(glossary: Glossary) -> list[set[str]]:
    return [{term.text for term in concept} for concept in glossary]


# --- The value ---------------------------------------------------------------------------------


def test_a_concept_holds_its_terms_by_language_each_once() -> None:
    glossary = Glossary([{"vi": "Quốc  hội", "en-GB": ["parliament", "parliament", " "]}])
    assert glossary.concepts == (
        (GlossaryTerm("parliament", "en"), GlossaryTerm("Quốc hội", "vi")),
    )


def test_concepts_of_one_term_or_none_say_nothing() -> None:
    assert len(Glossary([["UN"], [], {"vi": "Quốc hội"}, ["a", "a"], ["b", " "], {}])) == 0


def test_two_glossaries_are_one() -> None:
    one, two = Glossary([["UN", "ONU =>"]]), Glossary([{"vi": "Quốc hội", "en": "parliament"}])
    both = Glossary([*one, *two])
    assert both.concepts == one.concepts + two.concepts
    assert both.digest == Glossary([*one, *two]).digest != one.digest
    assert both == Glossary([*one, *two]) != one
    assert hash(both) == hash(Glossary([*one, *two]))


@pytest.mark.parametrize(
    "entries",
    [
        "UN",
        None,
        3,
        {"vi": "Quốc hội"},
        ["UN, ONU"],
        [None],
        [["UN", None]],
        [["UN", 3]],
        [{"vi": 3}],
        [{"vi": ["Quốc hội", None]}],
        [{"": "Quốc hội"}],
        [{"not a code": "Quốc hội"}],
        [{None: "Quốc hội"}],
        [[GlossaryTerm("a", "not a code"), "b"]],
        [[GlossaryTerm(None), "b"]],  # type: ignore[arg-type]
    ],
)
def test_entries_of_another_form_are_refused(entries: Any) -> None:
    with pytest.raises(GlossaryError, match=r"entry 1|list of entries"):
        Glossary(entries)


def test_an_error_names_the_entry() -> None:
    with pytest.raises(
        GlossaryError, match=r"^entry 2 is \{'xx-': 'b'\}.*: 'xx-' is not a language"
    ):
        Glossary([["a", "b"], {"xx-": "b"}])


def test_a_glossary_can_be_sent_to_another_process() -> None:
    glossary = Glossary([{"vi": "Quốc hội", "en": "parliament"}])
    again = pickle.loads(pickle.dumps(glossary))
    assert again == glossary and again.lookup("quoc hoi") == glossary.concepts
    with pytest.raises(AttributeError):
        glossary.concepts = ()  # type: ignore[misc]


def test_a_term_of_very_many_concepts_does_not_slow_it_down() -> None:
    started = perf_counter()
    glossary = Glossary(["set", f"sense{number}"] for number in range(50_000))
    assert len(glossary.lookup("Set")) == 50_000
    assert perf_counter() - started < 15


def test_a_long_entry_does_not_fill_the_message() -> None:
    with pytest.raises(GlossaryError) as raised:
        Glossary([["word " * 9_000, 3]])  # type: ignore[list-item]
    assert len(str(raised.value)) < 400


def test_terms_are_looked_up_without_case_and_marks() -> None:
    glossary = Glossary([{"vi": "Quốc hội", "fr": "L’Assemblée nationale"}])
    for typed in ("quoc hoi", "QUỐC HỘI", "assemblee nationale", "  l'Assemblée   NATIONALE!"):
        assert glossary.lookup(typed) == glossary.concepts, typed
    for typed in ("", "quoc", "hoi", "quoc hoi viet nam", "…"):
        assert glossary.lookup(typed) == (), typed


def test_the_longest_term_is_found() -> None:
    glossary = Glossary([["a b c", "x"], ["a", "y"], ["b c", "z"]])
    words = "a b a b c a".split()
    assert [glossary.longest(words, place) for place in range(6)] == [1, 0, 3, 2, 0, 1]


def test_terms_of_signs_and_endless_terms_are_kept_and_not_looked_for() -> None:
    endless = "word " * 10_000
    glossary = Glossary([["…", "!?", "x"], [endless, "short"], ["a " * LONGEST_TERM, "b"]])
    assert len(glossary) == 3
    assert glossary.lookup("…") == () == glossary.lookup(endless)
    assert glossary.longest(endless.split()) == 0
    assert glossary.longest(["a"] * 60) == LONGEST_TERM


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_folded_words_are_those_of_the_analysis(code: str, data: st.DataObject) -> None:
    text = data.draw(wild_texts(code) | st.text("aB1 é'", max_size=12))
    expected = " ".join(token.folded for token in analyzer(code).tokens(text))
    assert folded_words(text) == expected


# --- CSV ---------------------------------------------------------------------------------------


def csv(folder: Path, content: str | bytes) -> Path:
    path = folder / "terms.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "vi,en\nQuốc hội,parliament|National Assembly\nNghị viện,\n,\n\n",
        "\ufeffvi;en\r\nQuốc hội;National Assembly| parliament \r\n",
        'en\tvi\nparliament|National Assembly\t"Quốc hội"',
        'vi-VN,en,en-GB\n"Quốc\nhội","National Assembly",parliament\n',
        "vi,en,,\nQuốc hội,National Assembly|parliament||,,\n",
        "vi,en\nQuốc hội\nQuốc hội,National Assembly|parliament|parliament",
    ],
)
def test_csv_as_spreadsheets_write_it(tmp_path: Path, content: str) -> None:
    assert texts(Glossary.from_csv(csv(tmp_path, content))) == [
        {"Quốc hội", "National Assembly", "parliament"}
    ]


def test_csv_columns_of_any_language_and_one_way(tmp_path: Path) -> None:
    path = csv(tmp_path, "*,en\nUN|ONU =>,\nlaptop=>,computer\n")
    assert Glossary.from_csv(path).concepts == (
        (GlossaryTerm("UN"), GlossaryTerm("ONU", None, True)),
        (GlossaryTerm("laptop", None, True), GlossaryTerm("computer", "en")),
    )


def test_csv_reads_the_columns_asked_for(tmp_path: Path) -> None:
    path = csv(tmp_path, "number,vi,en,comment\n1,Quốc hội,parliament,see there\n")
    wanted = Glossary.from_csv(path, languages=["vi", "en-US"])
    assert texts(wanted) == [{"Quốc hội", "parliament"}]
    with pytest.raises(GlossaryError, match=r"line 1: the heading of column 1 is 'number'"):
        Glossary.from_csv(path)
    with pytest.raises(GlossaryError, match="there is no column 'fr'"):
        Glossary.from_csv(path, languages=["vi", "fr"])
    with pytest.raises(GlossaryError, match="list of codes"):
        Glossary.from_csv(path, languages="vi")
    with pytest.raises(GlossaryError, match="not a language code"):
        Glossary.from_csv(path, languages=["?"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"terms\.csv, line 1: the first line holds"),
        ("\n\n", r"line 1: the first line holds"),
        ("vi,en\na,b\nc,d,e\n", r"line 3: 3 cells under 2 headings"),
        ('vi,en\na,"b"c\n', r"line 2: .*expected after"),
        ('vi,en\na,"b\nc', r"line 2: unexpected end"),
        ("vi,en\na," + "b" * 200_000, r"line 2: field larger"),
        ("vi,en\nQuốc hội,x".encode("cp1258", "replace") + b"\xff", r"it is not UTF-8"),
        ("vi,en\na,b".encode("utf-16"), r"it is not UTF-8"),
    ],
)
def test_csv_errors_say_where(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(GlossaryError, match=message) as raised:
        Glossary.from_csv(csv(tmp_path, content))
    assert "terms.csv" in str(raised.value)


def test_a_file_that_is_not_there_is_python_s_own_error(tmp_path: Path) -> None:
    for read in (Glossary.from_csv, Glossary.from_tbx):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "none")


TERM: Final = st.text(
    st.sampled_from("ab|\\=>,;\"'\n\t *" + LETTERS["vi"][:8] + "会"), max_size=8
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
CONCEPT: Final = st.lists(
    st.builds(GlossaryTerm, TERM, st.none() | st.sampled_from(["vi", "en", "fr"]), st.booleans()),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(concepts=st.lists(CONCEPT, max_size=4))
def test_csv_gives_back_what_was_written(
    concepts: list[list[GlossaryTerm]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.csv"
    glossary = Glossary(concepts)
    glossary.to_csv(path)
    again = Glossary.from_csv(path)
    assert again == glossary
    assert again.digest == glossary.digest


@settings(max_examples=100, deadline=None)
@given(content=st.text(st.sampled_from('vien*,;|\t\n\r"=>\\ é')) | st.binary())
def test_any_file_is_read_or_refused(
    content: str | bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for read in (Glossary.from_csv, Glossary.from_tbx):
        try:
            assert len(read(path)) >= 0
        except GlossaryError as error:
            assert str(path) in str(error)


# --- TBX ---------------------------------------------------------------------------------------

MARTIF: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><martifHeader><fileDesc><sourceDesc><p>no term</p>
</sourceDesc></fileDesc></martifHeader><text><body>
<termEntry id="1"><descrip type="subjectField">politics</descrip>
 <langSet xml:lang="vi"><tig><term>Quốc
   hội</term><termNote type="partOfSpeech">noun</termNote></tig></langSet>
 <langSet xml:lang="en-GB">
  <ntig><termGrp><term>National <hi>Assembly</hi></term></termGrp></ntig>
  <tig><term>parliament &amp; co</term></tig></langSet>
</termEntry>
<termEntry id="2"><langSet xml:lang="fr"><tig><term>seul</term></tig></langSet></termEntry>
</body><back><refObjectList type="x"><refObject id="r"><term>elsewhere</term></refObject>
</refObjectList></back></text></martif>"""

TBX: Final = """<?xml version='1.0'?>
<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
  xmlns:basic="http://www.tbxinfo.net/ns/basic"><tbxHeader/><text><body>
<conceptEntry id="c1"><langSec xml:lang="vi"><termSec><term>Quốc hội</term>
  <basic:partOfSpeech>noun</basic:partOfSpeech></termSec></langSec>
 <langSec xml:lang="en"><termSec><term>National Assembly</term></termSec>
  <termSec><term>parliament &amp; co</term></termSec></langSec></conceptEntry>
</body></text></tbx>"""


def tbx(folder: Path, content: str | bytes) -> Path:
    path = folder / "terms.tbx"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("content", [MARTIF, TBX, TBX.encode("utf-16"), "\ufeff" + MARTIF])
def test_both_editions_of_tbx_are_read(tmp_path: Path, content: str | bytes) -> None:
    assert Glossary.from_tbx(tbx(tmp_path, content)).concepts == (
        (
            GlossaryTerm("National Assembly", "en"),
            GlossaryTerm("parliament & co", "en"),
            GlossaryTerm("Quốc hội", "vi"),
        ),
    )


def test_tbx_reads_the_languages_asked_for(tmp_path: Path) -> None:
    odd = MARTIF.replace('xml:lang="fr"', 'xml:lang="?"')
    path = tbx(tmp_path, odd)
    with pytest.raises(GlossaryError, match=r"terms\.tbx, line 12: xml:lang='\?' is no language"):
        Glossary.from_tbx(path)
    assert texts(Glossary.from_tbx(path, languages=["en"])) == [
        {"National Assembly", "parliament & co"}
    ]
    assert len(Glossary.from_tbx(path, languages=["vi"])) == 0


BOMB: Final = (
    '<!DOCTYPE martif [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {one} "{f"&{before};" * 10}">'
        for before, one in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><martif><text><body><termEntry><langSet xml:lang='vi'><tig><term>&i;</term></tig>"
    "</langSet></termEntry></body></text></martif>"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "entity 'a'"),
        ('<!DOCTYPE martif [<!ENTITY x SYSTEM "file:///etc/passwd">]><martif>&x;</martif>', "'x'"),
        ('<!DOCTYPE m [<!ENTITY % x SYSTEM "http://localhost:9/x"> %x;]><martif/>', "entity 'x'"),
        (MARTIF.replace("parliament", "&eacute;"), "line 10: it uses or declares the entity"),
        (TBX.replace("parliament", "&eacute;"), "line 7: no well-formed XML: undefined entity"),
        (MARTIF.replace("</ntig>", ""), "line 10: no well-formed XML: mismatched tag"),
        (MARTIF[:400], "no well-formed XML"),
        ("", "line 1: no well-formed XML: no element found"),
        ("<html><body/></html>", "line 1: no TBX: it begins with <html>"),
        ("vi,en\nQuốc hội,parliament\n", "line 1: no well-formed XML"),
        (TBX.replace(' xml:lang="vi"', ""), "line 4: <langSec> without xml:lang"),
        ("<?xml version='1.0' encoding='klingon'?><tbx/>", "unknown encoding"),
    ],
)
def test_tbx_errors_say_where(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(GlossaryError, match=message) as raised:
        Glossary.from_tbx(tbx(tmp_path, content))
    assert "terms.tbx, line" in str(raised.value)


def test_a_large_tbx_file_takes_no_memory_for_what_is_not_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "large.tbx"
    entry = (
        "<termEntry>" + '<langSet xml:lang="de"><tig><term>Wort</term></tig></langSet>' * 20
    ) + "</termEntry>\n"
    head, tail = MARTIF.split("<termEntry", 1)[0], "</body></text></martif>"
    with path.open("w", encoding="utf-8") as file:
        file.write(head + entry * 1_500 + tail)
    size = path.stat().st_size
    tracemalloc.start()
    assert len(Glossary.from_tbx(path, languages=["vi", "en"])) == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 1_500_000 > 4 * peak
