"""A search over a folder of texts, from the files as they were saved to answers on a terminal.

    python examples/demo.py [folder] [query ...]

Without a query it asks some of its own, in Vietnamese, French and English. seed_texts.py beside it
reads the files; everything that concerns the search is here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any

from seed_texts import Page, find_organisations, mentioned, read_folder

from searchlib import (
    CalendarFacet,
    Date,
    FacetResult,
    Highlight,
    Hit,
    Index,
    Keyword,
    Range,
    Schema,
    SearchResult,
    Text,
)

SCHEMA = Schema(
    {
        "title": Text(weight=3.0),
        "body": Text(),
        # Forms and footers can be found too, but hardly count where an article matches.
        "boilerplate": Text(weight=0.02),
        "dateline": Text(),
        # Only where the page gives the year: a date that is half guessed would be a wrong one.
        "published": Date(),
        "days": Date(),  # all that the text names: days:2021-03
        "organisation": Keyword(),
    },
    languages=["vi", "fr", "en"],
)
FACETS = ("organisation", "_language", CalendarFacet("published"))
LANGUAGES = {"vi": "Vietnamese", "fr": "French", "en": "English"}
HEADINGS = {"organisation": "organisation", "_language": "language", "published": "year"}

WIDTH = 100
INDENT = " " * 5
BAR = 16
FRAGMENT = 250
# Marks of one character each, so that lines wrap where they should; replaced at the very end.
OPEN, CLOSE = "\ue000", "\ue001"
MARKS = Highlight(
    fields=["title", "body", "boilerplate"], size=FRAGMENT, style="text", before=OPEN, after=CLOSE
)


@dataclass(frozen=True)
class Style:
    """What surrounds the parts of the output: colours on a terminal, plain signs elsewhere."""

    mark: tuple[str, str] = ("«", "»")
    strong: tuple[str, str] = ("", "")
    faint: tuple[str, str] = ("", "")
    accent: tuple[str, str] = ("", "")
    warning: tuple[str, str] = ("", "")

    def bold(self, text: str) -> str:
        return text.join(self.strong)

    def dim(self, text: str) -> str:
        return text.join(self.faint)

    def blue(self, text: str) -> str:
        return text.join(self.accent)

    def warn(self, text: str) -> str:
        return text.join(self.warning)

    def marked(self, text: str) -> str:
        return text.replace(OPEN, self.mark[0]).replace(CLOSE, self.mark[1])

    def width(self, text: str) -> int:
        """How many columns a text with marks takes: colours take none."""
        marks = text.count(OPEN) + text.count(CLOSE)
        return len(text) if self is PLAIN else len(text) - marks


def _ansi(code: str, off: str = "0") -> tuple[str, str]:
    return f"\x1b[{code}m", f"\x1b[{off}m"


PLAIN = Style()
COLOURS = Style(
    # Each is switched off by its own code, so that a mark inside a bold title leaves it bold.
    mark=_ansi("30;43", "39;49"),
    strong=_ansi("1", "22"),
    faint=_ansi("2", "22"),
    accent=_ansi("36", "39"),
    warning=_ansi("33", "39"),
)


def choose_style() -> Style:
    """Colours for people at a terminal who have not asked for none (https://no-color.org)."""
    wanted = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return COLOURS if wanted and not os.environ.get("NO_COLOR") else PLAIN


# --- Indexing ----------------------------------------------------------------------------------


def build_index(pages: Sequence[Page]) -> tuple[Index, dict[str, str]]:
    """Index the pages; return the index and the organisations, acronym → name."""
    organisations = find_organisations(page.body for page in pages)
    index = Index(SCHEMA)
    result = index.add(to_document(page, organisations) for page in pages)
    result.raise_for_rejected()
    return index, organisations


def to_document(page: Page, organisations: dict[str, str]) -> dict[str, Any]:
    """Make the document of one page. Its language is told by the library, from its text."""
    return {
        "id": page.name,
        "title": page.title,
        "body": page.body,
        "boilerplate": page.boilerplate,
        "dateline": page.dateline,
        "published": page.published,
        "days": list(page.days),
        "organisation": mentioned(f"{page.title}\n{page.body}", organisations),
    }


# --- Printing ----------------------------------------------------------------------------------


class Printer:
    """Prints results in one style."""

    def __init__(self, style: Style, organisations: dict[str, str]) -> None:
        self.style = style
        self.organisations = organisations

    def heading(self, text: str) -> None:
        print(f"\n{self.style.dim('─' * WIDTH)}\n{text}\n")

    def question(self, query: str, remark: str = "") -> None:
        style = self.style
        gap = " " * max(WIDTH - len(query) - len(remark) - 2, 2)
        ending = gap + style.dim(remark) if remark else ""
        self.heading(f"{style.blue('❯')} {style.bold(query)}{ending}")

    def note(self, text: str) -> None:
        for line in wrap(text, WIDTH - 4):
            print(f"  {self.style.dim(line)}")

    def hits(self, result: SearchResult) -> None:
        for rank, hit in enumerate(result, 1):
            self.hit(rank, hit)
        for notice in result.notices:
            print(f"  {self.style.warn('!')} {notice}")
        shown = f", the first {len(result)} shown" if len(result) < result.total else ""
        self.note(f"{count(result.total)} in {result.took * 1e3:.1f} ms{shown}")

    def hit(self, rank: int, hit: Hit) -> None:
        style = self.style
        first, *rest = lines_of(best_title(hit), WIDTH - len(INDENT) - 9)
        score = "" if hit.score is None else f"{hit.score:.2f}"
        gap = " " * (WIDTH - len(INDENT) - style.width(first) - len(score))
        print(f"{rank:>3}  {style.bold(style.marked(first))}{gap}{style.dim(score)}")
        for line in rest:
            print(INDENT + style.bold(style.marked(line)))
        facts = (LANGUAGES.get(hit.language, hit.language), describe_date(hit), hit.id)
        print(INDENT + style.blue(" · ".join(facts)))
        for line in lines_of(best_fragment(hit), WIDTH - len(INDENT)):
            print(INDENT + style.marked(line))
        print()

    def facet(self, facet: FacetResult) -> None:
        print(f"  {self.style.bold(HEADINGS[facet.field])}")
        most = max((line.count for line in facet), default=1)
        for line in facet:
            label = LANGUAGES.get(str(line.value), str(line.value))
            tick = self.style.warn("✓") if line.selected else " "
            bar = ("█" * round(BAR * line.count / most)).ljust(BAR)
            name = shorten(self.organisations.get(label, ""), 66, placeholder="…")
            ending = f" {self.style.dim(name)}" if name else ""
            print(f"  {tick} {label:<10}{line.count:>2} {self.style.blue(bar)}{ending}".rstrip())
        if not len(facet):
            print(f"    {self.style.dim('none')}")
        print()

    def facets(self, result: SearchResult) -> None:
        for facet in result.facets.values():
            self.facet(facet)


def lines_of(text: str, width: int) -> list[str]:
    """Wrap a text with marks; marks of neighbouring words on one line become one."""
    return [line.replace(f"{CLOSE} {OPEN}", " ") for line in wrap(text, width)]


def best_title(hit: Hit) -> str:
    """The title with its matches marked."""
    title = str(hit["title"])
    for fragment in hit.highlights.get("title", ()):
        if fragment.replace(OPEN, "").replace(CLOSE, "") == title:
            return fragment
    return title


def best_fragment(hit: Hit) -> str:
    """Where the article matches, or else what is around it, on one line."""
    for field in ("body", "boilerplate"):
        for fragment in hit.highlights.get(field, ()):
            return " ".join(fragment.split())
    return shorten(str(hit["body"]), FRAGMENT, placeholder="…")


def count(texts: int) -> str:
    """A number of texts in words."""
    return "1 text" if texts == 1 else f"{texts} texts"


def describe_date(hit: Hit) -> str:
    """The day of publication, as far as the page gives it."""
    published: date | None = hit.document.get("published")
    if published is not None:
        return f"{published.day} {published:%B %Y}"
    return f"{hit['dateline']}, year not given" if hit["dateline"] else "no date"


# --- The tour ----------------------------------------------------------------------------------


def ask(index: Index, printer: Printer, query: str, remark: str = "", **options: Any) -> None:
    """Search, and print question and answer."""
    result = index.search(query, highlight=MARKS, limit=3, **options)
    printer.question(query, remark)
    printer.hits(result)


def tour(index: Index, printer: Printer) -> None:
    """Ask questions that show what the library does."""
    ask(index, printer, "hợp tác Quốc hội", "Vietnamese: “cooperation National Assembly”")
    ask(index, printer, "hop tac quoc hoi", "the same, typed without marks")
    ask(
        index,
        printer,
        "coopération entre l’ICESCO et l’OSCE",
        "French; the text is there in two languages",
    )
    ask(index, printer, "cooperation icesco osce", "the same two, asked for in English")
    phrase(index, printer, '"science and technology"')
    faceted(index, printer, "cooperation hợp tác", "ICESCO")
    dated(index, printer, "paix peace", date(2022, 9, 1), date(2022, 10, 1))
    ask(index, printer, "coperation icesco", "a slip of the finger: found, and said so")
    explained(index, printer, "quoc hội lào")
    ask(index, printer, "saxophone", "a word that no text holds")
    ask(
        index,
        printer,
        "google translate",
        "from a page’s margin: found, but hardly scored",
    )


def explained(index: Index, printer: Printer, query: str) -> None:
    """Why the first hit is the first."""
    printer.question(query, "half of its marks typed; what each word gave to the first hit")
    first = index.search(query, limit=1).hits[0]
    for line in str(index.explain(query, first)).splitlines():
        printer.note(line)


def phrase(index: Index, printer: Printer, quoted: str) -> None:
    """A phrase, and what the same words find without the quotation marks."""
    ask(index, printer, quoted, "a phrase: these words in this order")
    loose = index.search(quoted.strip('"')).total
    printer.note(f"Without the quotation marks: {count(loose)} with any of the words.")


def faceted(index: Index, printer: Printer, query: str, choice: str) -> None:
    """Counts, then the same search with one of them chosen."""
    printer.question(query, "counted by organisation, language and year")
    everything = index.search(query, facets=FACETS, limit=0)
    printer.facets(everything)
    dated = sum(line.count for line in everything.facets["published"])
    printer.note(
        f"{count(everything.total)}; {everything.total - dated} of them without a year, and so in "
        "no year's count."
    )
    printer.question(f"{query} + organisation {choice}", "one count chosen")
    chosen = index.search(query, where={"organisation": choice}, facets=FACETS, limit=0)
    printer.facets(chosen)
    printer.note(
        f"{count(chosen.total)}. Languages and years are counted among these; the organisations "
        "keep their counts, so that another can be chosen instead."
    )


def dated(index: Index, printer: Printer, query: str, start: date, end: date) -> None:
    """A search within a span of days."""
    span = Range("published", gte=start, lt=end)
    ask(index, printer, query, f"published in {start:%B %Y}", where=[span])
    printer.note(f"A person can type it, too: {query} published:{start:%Y-%m}")


def closing(printer: Printer, folder: Path) -> None:
    """What to try next."""
    printer.heading(printer.style.bold("Try next"))
    for command, what in (
        (f"python examples/demo.py {folder.name} 'icesco -osce'", "your own questions"),
        (f"python examples/seed_texts.py {folder.name}", "what was read out of each text"),
        ("python examples/quickstart.py", "the library in twenty lines"),
    ):
        print(f"  {command:<54}{printer.style.dim(what)}")


def main(arguments: Sequence[str]) -> None:
    """Index the folder and answer."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / "seeds"
    pages = read_folder(folder)
    if not pages:
        sys.exit(f"no .txt file in {str(folder)!r}: name a folder that has some")
    index, organisations = build_index(pages)
    printer = Printer(choose_style(), organisations)
    names = ", ".join(LANGUAGES.get(code, code) for code in index.languages)
    print(printer.style.bold(f"{len(index)} texts") + f" from {folder.name}/ in {names}")
    if queries := arguments[1:]:
        for query in queries:
            ask(index, printer, query)
        return
    tour(index, printer)
    closing(printer, folder)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: demo.py | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
