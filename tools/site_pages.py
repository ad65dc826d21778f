"""The pages of the site that stand elsewhere in the checkout or come from the code: a MkDocs hook.

What is true elsewhere is not written down again: the first page is the README, the results are
those that the benchmarks printed, the page of a language is made of its module and of what its
golden file tests. Links between files of the checkout become links between pages of the site.

A page that would have a browser fetch something from another host fails the build.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from searchlib import known_languages
from searchlib.languages import language
from tools.language_pages import facts, language_page

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "benchmarks/results"
#: Page of the site → file of the checkout.
ELSEWHERE: Final = {
    "index.md": "README.md",
    "architecture.md": "ARCHITECTURE.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    **{
        f"results/{path.relative_to(RESULTS)}": str(path.relative_to(ROOT))
        for path in sorted(RESULTS.rglob("*"))
        if path.suffix in {".md", ".svg", ".png"}
    },
    "results/how-peers-are-set-up.md": "benchmarks/peers/README.md",
}
_PAGE_OF: Final = {file: page for page, file in ELSEWHERE.items()} | {
    "examples": "examples.md",
    "docs": "index.md",
}
_FETCHED: Final = re.compile(
    r"""<(?!a\b)\w[^>]*?\s(?:src|href|srcset)=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)"""
)
_log: Final = logging.getLogger("mkdocs.hooks.site_pages")
_LINK: Final = re.compile(
    r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])+)\]\((?P<target>[^)#:\s]+)(?P<anchor>#[^)\s]*)?\)"
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the parts of the navigation that list whole folders."""
    results = [
        {PurePosixPath(page).stem.replace("-", " ").capitalize(): page}
        for page in ELSEWHERE
        if re.fullmatch(r"results/.*\.md", page)
    ]
    decisions = sorted(path.name for path in (ROOT / "docs/adr").glob("*.md"))
    languages = [f"languages/{code}.md" for code in ("vi", "fr", "en")]
    others = sorted(known_languages(), key=lambda code: language(code).name)
    languages += [path for code in others if (path := _language(code)) not in languages]
    assert config.nav is not None
    nav: list[Any] = config.nav
    for section in nav:
        for title, entries in section.items():
            if title == "Languages":
                entries.extend(languages)
            for entry in entries:
                if isinstance(entry, dict) and "Results" in entry:
                    entry["Results"] = results
                if isinstance(entry, dict) and "Decisions" in entry:
                    entry["Decisions"] = [f"adr/{name}" for name in decisions]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    for page, file in ELSEWHERE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / file)))
    files.append(File.generated(config, "examples.md", content=examples()))
    for code in known_languages():
        if files.get_file_from_path(_language(code)) is None:
            files.append(File.generated(config, _language(code), content=language_page(code)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links between files to their pages; end a page on a language with the facts."""
    uri = page.file.src_uri
    if uri.startswith("languages/") and page.file.generated_by is None:
        markdown += "\n" + facts(PurePosixPath(uri).stem)
    if uri.startswith(("adr/", "results/")):
        page.meta["search"] = {"boost": 0.2}  # people look for how to do something first
    return with_links_of_the_site(markdown, uri)


def with_links_of_the_site(markdown: str, uri: str) -> str:
    """Return the text of a page with its links to files made links to pages."""
    file = PurePosixPath(ELSEWHERE.get(uri, f"docs/{uri}"))
    return _LINK.sub(lambda link: _link(link, file, uri), markdown)


def on_post_build(config: MkDocsConfig) -> None:
    """Look for what a browser would fetch from elsewhere; links to follow may lead anywhere."""
    for path in sorted(Path(config.site_dir).rglob("*")):
        if path.suffix in {".html", ".css"}:
            for address in fetched_from_elsewhere(path.read_text("utf-8")):
                _log.warning("%s fetches %s", path.relative_to(config.site_dir), address)


def fetched_from_elsewhere(text: str) -> list[str]:
    """The addresses in a page or a style sheet that its browser fetches from other hosts."""
    return [match[1] or match[2] for match in _FETCHED.finditer(text)]


def examples() -> str:
    """A page of all the examples; each says first what it shows."""
    parts = ["# Examples\n\nEach runs by itself: `python examples/quickstart.py`.\n"]
    for path in sorted((ROOT / "examples").glob("*.py")):
        parts.append(f"## {path.name}\n\n````python\n{path.read_text('utf-8')}````\n")
    return "\n".join(parts)


def _language(code: str) -> str:
    return f"languages/{code}.md"


def _link(link: re.Match[str], file: PurePosixPath, uri: str) -> str:
    """Lead a link of the page to the page of the file that it names; what names a file that the
    site does not show becomes its text."""
    place = os.path.normpath(file.parent / link["target"])
    page = _PAGE_OF.get(place)
    if page is None and place.startswith("docs/"):
        page = place.removeprefix("docs/")
        if (ROOT / place).is_dir():
            page += f"/{min(path.name for path in (ROOT / place).glob('*.md'))}"
    if page is not None:
        target = os.path.relpath(page, PurePosixPath(uri).parent)
        return f"{link['image']}[{link['text']}]({target}{link['anchor'] or ''})"
    return link["text"] if (ROOT / place).exists() else link[0]
