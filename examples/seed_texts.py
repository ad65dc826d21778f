"""Reads web pages saved as plain text: finds title, date, article and page furniture.

    python examples/seed_texts.py [folder]

shows what it takes out of each text. It is an example of preparing documents; the search itself is
in demo.py. The rules look at the form of a page, never at its name or its site:

- a line that is nothing but a date stands under the title; what stands above the title is furniture
  (feedback forms, disclaimers);
- a line that several pages share is furniture, and so is a last line of a few words without any
  punctuation under a paragraph ("Latest articles");
- a page that begins with ``date 2023-05-12`` has no title: its first sentence serves.

No text is lost: every word is in the title, the dateline, the body or the boilerplate.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import shorten
from unicodedata import normalize

HEADER_LINES = 12  # a title's date stands at most this far down, feedback form included
LONGEST_TITLE = 160
LONGEST_FURNITURE = 300  # a longer line that two pages share is an article printed twice
FOOTER_WORDS = 6


@dataclass(frozen=True)
class Page:
    """One text, taken apart.

    Attributes:
        name: of its file, without the ending.
        title, body, boilerplate: the article's heading, the article, and what is around it.
        dateline: the date as the page writes it, "" if there is none.
        published: the day it means; None where the page does not give the year.
        days: all days that the text names with their year, the first mention first.
    """

    name: str
    title: str
    body: str
    boilerplate: str
    dateline: str
    published: date | None
    days: tuple[date, ...]


def read_folder(folder: Path) -> list[Page]:
    """Read every .txt file of a folder, in the order of their names."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}
    pages_with = Counter(line for text in texts.values() for line in set(_lines(text)))
    shared = frozenset(
        line
        for line, pages in pages_with.items()
        if pages > 1 and len(line) <= LONGEST_FURNITURE and not _is_date(line)
    )
    return [read_page(name, text, shared) for name, text in texts.items()]


def read_page(name: str, text: str, shared: frozenset[str] = frozenset()) -> Page:
    """Take one text apart; ``shared`` holds the lines that other pages have too."""
    lines = _lines(text)
    above: list[str] = []
    dateline = ""
    dates = [place for place, line in enumerate(lines[:HEADER_LINES]) if place and _is_date(line)]
    if lines and (stamp := re.match(r"date (\S+)\s+(?=\S)", lines[0])) and _is_date(stamp[1]):
        dateline = stamp[0].strip()
        lines[0] = lines[0][stamp.end() :]
        title = _first_sentence(lines[0])
    elif dates:
        below = dates[0]
        above, title, dateline = lines[: below - 1], lines[below - 1], lines[below]
        lines = lines[below + 1 :]
    elif len(lines) > 1 and len(lines[0]) <= LONGEST_TITLE and not _ends_sentence(lines[0]):
        title, lines = lines[0], lines[1:]
    else:
        title = _first_sentence(lines[0]) if lines else ""
    body = [line for line in lines if line not in shared]
    below_body = [line for line in lines if line in shared]
    if len(body) > 1 and _is_footer(body[-1]) and _ends_sentence(body[-2]):
        below_body.insert(0, body.pop())
    written, published = first_day(dateline or (body[0] if body else ""))
    return Page(
        name,
        title,
        "\n\n".join(body),
        "\n".join([*above, *below_body]),
        dateline or written,
        published,
        tuple(dict.fromkeys(day for _, day in find_days(text))),
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _first_sentence(text: str) -> str:
    # Not after the full stop of an initial or of a title: M. Mr. Dr. Prof.
    end = re.search(r"(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\bProf)[.!?…](?=\s|$)", text)
    return shorten(text[: end.end()] if end else text, LONGEST_TITLE, placeholder="…")


def _ends_sentence(line: str) -> bool:
    return line.rstrip("\"'”’»)").endswith((".", "!", "?", "…", ":", ";"))


def _is_footer(line: str) -> bool:
    return len(line.split()) <= FOOTER_WORDS and line.replace(" ", "").isalpha()


# --- Dates -------------------------------------------------------------------------------------

_NAMES = (
    "january janvier, february février, march mars, april avril, may mai, june juin, july juillet, "
    "august août, september septembre, october octobre, november novembre, december décembre"
)
_MONTHS = {
    name: number for number, names in enumerate(_NAMES.split(", "), 1) for name in names.split()
}
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)? {_MONTH} (?P<year>\d{{4}})\b",
        rf"\b{_MONTH} (?P<day>\d{{1,2}}), (?P<year>\d{{4}})\b",
        # Vietnam and France write the day first.
        r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})\b",
        r"\b(?P<day>\d{1,2}) tháng (?P<month>\d{1,2}) năm (?P<year>\d{4})\b",
    )
)
_DAY_WITHOUT_YEAR = re.compile(r"\((\d{1,2}/\d{1,2})\)")


def find_days(text: str) -> list[tuple[str, date]]:
    """Return each day that a text names with its year, as written and as a date, in order."""
    return [(match[0], day) for match, day in sorted(_days(text), key=lambda one: one[0].start())]


def first_day(text: str) -> tuple[str, date | None]:
    """Return the first day that a text names: as written, and as a date if it gives the year.

    >>> first_day("Sáng nay (19/11), tại trụ sở Quốc hội")
    ('19/11', None)
    """
    full = find_days(text)
    partial = _DAY_WITHOUT_YEAR.search(text)
    if partial and (not full or partial.start() < text.index(full[0][0])):
        return partial[1], None
    return full[0] if full else ("", None)


def _days(text: str) -> Iterator[tuple[re.Match[str], date]]:
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            month = _MONTHS.get(match["month"].lower()) or int(match["month"])
            try:
                yield match, date(int(match["year"]), month, int(match["day"]))
            except ValueError:  # 2022-19-11 is a number of something else
                continue


def _is_date(line: str) -> bool:
    days = find_days(line)
    return bool(days) and days[0][0] == line


# --- Organisations -----------------------------------------------------------------------------

_DEFINITION = re.compile(r"\(([^\W\d_]{2,8})\)")
_ARTICLE = re.compile(r"^\W*(?:[dl]['’])?", re.IGNORECASE)


def find_organisations(texts: Iterable[str]) -> dict[str, str]:
    """Return acronym → name for each that a text defines: ``Inter-Parliamentary Union (IPU)``.

    The initials of the name's capitalised words have to fit, in any order, because a translated
    name has its words in another one; of an acronym of four letters and more all but one suffice
    (``Islamic World Educational, Scientific and Cultural Organization (ICESCO)``). A name that is a
    single word is a title, not an organisation: ``Director-General (DG)``.
    """
    found: dict[str, str] = {}
    for text in texts:
        for match in _DEFINITION.finditer(text):
            acronym = match[1]
            if acronym.isupper() and (name := _long_form(text[: match.start()], acronym)):
                found.setdefault(acronym, name)
    return found


def mentioned(text: str, organisations: Iterable[str]) -> list[str]:
    """Return those of the organisations whose acronym a text holds."""
    return [name for name in organisations if re.search(rf"\b{name}\b", text)]


def _long_form(before: str, acronym: str) -> str:
    """The shortest run of capitalised words at the end of a text that fits best; "" if none."""
    words = before.rpartition("\n")[2].split()
    wanted = Counter(acronym)
    spare = 1 if len(acronym) > 3 else 0
    best = (spare + 1, 0, "")
    initials: Counter[str] = Counter()
    capitalised = 0
    for place in range(len(words) - 1, -1, -1):
        word = _ARTICLE.sub("", words[place])
        if not word[:1].isupper():
            continue
        capitalised += 1
        if capitalised > len(acronym) + 2:
            break
        initials.update(normalize("NFD", part)[0] for part in word.split("-") if part)
        missing = (wanted - initials).total()
        if missing < best[0]:
            name = " ".join([word, *words[place + 1 :]])
            best = (missing, capitalised, name)
            if capitalised == 1 and not missing:  # no more words can fit better
                return ""
    return best[2]


def main(folder: Path) -> None:
    """Print what is found in each text of a folder."""
    pages = read_folder(folder)
    organisations = find_organisations(page.body for page in pages)
    for page in pages:
        year = "" if page.published or not page.dateline else " (year not given)"
        parts = {
            "title": page.title,
            "date": f"{page.published or page.dateline or 'none'}{year}",
            "names": ", ".join(mentioned(page.body, organisations)) or "none",
            "article": f"{len(page.body):,} characters: {page.body}",
            "around it": page.boilerplate or "nothing",
        }
        print(page.name)
        for label, value in parts.items():
            print(f"  {label:<10} {shorten(value, 87, placeholder='…')}")
        print()
    for acronym, name in sorted(organisations.items()):
        print(f"{acronym:<7} {name}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    default = Path(__file__).resolve().parent.parent / "seeds"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
