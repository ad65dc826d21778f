"""Files that are a document each: text, Markdown, HTML. The only importer of their parsers."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import ReadError
from searchlib.extras import extra
from searchlib.io.encoding import encoding_of
from searchlib.io.records import Records

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["PAGES", "page", "page_rows"]

_HIDDEN: Final = "script, style, noscript, template, head"
_BLOCKS: Final = (
    "address, article, aside, blockquote, br, caption, dd, details, div, dl, dt, fieldset, "
    "figcaption, figure, footer, form, h1, h2, h3, h4, h5, h6, header, hr, legend, li, main, nav, "
    "ol, option, p, pre, section, summary, table, tbody, td, tfoot, th, thead, tr, ul"
)
_BREAK: Final = "\x1e"  # between blocks; a text that holds one gains a line there
_CHARSET: Final = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)


def page_rows(root: Path, records: Records, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Yield a document for each text, Markdown and HTML file in a folder and those within it.

    Its id is the path from the folder, with ``/``; files whose name begins with a dot are left out,
    as are those of another kind, which a notice counts. A folder that cannot be read is refused.
    """
    paths: list[Path] = []
    unread: list[OSError] = []
    others = Counter[str]()
    for folder, folders, names in os.walk(root, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith("."):
                continue
            if path.suffix.lower() in PAGES:
                paths.append(path)
            else:
                others[path.suffix.lower() or "none"] += 1
    if others:
        kinds = ", ".join(f"{ending} ({count:,})" for ending, count in others.most_common(5))
        records.note(
            f"left out {others.total():,} files that are no text, Markdown or HTML by their "
            f"endings: {kinds}{', …' if len(others) > 5 else ''}"
        )
    if total := len(unread) + len(paths):
        records.measure = lambda: (records.position + 1) / total
    for error in unread:
        records.position += 1
        records.where = str(error.filename)
        records.refuse(f"it cannot be read: {error.strerror}", records.where)
    for path in paths:
        records.position += 1
        name = path.relative_to(root).as_posix()
        records.where = name
        try:
            yield page(path, name, records, encoding)
        except ReadError as error:
            records.refuse(str(error), name)


def page(path: Path, name: str, records: Records, encoding: str | None) -> dict[str, Any]:
    """Return the document of one file: its id, title and text.

    Raises:
        ReadError: it cannot be opened, or is no text.
    """
    if not os.path.isfile(path):  # a pipe would be waited for
        raise ReadError("it cannot be read: it is no file, or leads to none")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"it cannot be read: {error.strerror}") from error
    kind = PAGES[path.suffix.lower()]
    text = _decoded(data, name, records, encoding, is_html=kind is _of_html)
    return {"id": name, **kind(text.replace("\r\n", "\n"), path.stem)}


def _decoded(
    data: bytes, name: str, records: Records, encoding: str | None, *, is_html: bool
) -> str:
    notice = None
    if encoding is None:
        declared = _CHARSET.search(data[:4096]) if is_html else None
        own = None if declared is None else declared[1].decode("ascii")
        encoding, notice = encoding_of(data, name, own)
    try:
        text = data.decode(encoding)
    except (ValueError, LookupError, TypeError) as error:  # of what is no encoding, too
        raise ReadError(f"it is no text in {encoding}: {error}") from None
    if notice:
        records.note(notice)
    return text


def _of_text(text: str, stem: str) -> dict[str, Any]:
    return {"title": stem, "text": text}


def _of_html(text: str, stem: str) -> dict[str, Any]:
    title, body = _html(text)
    return {"title": title or stem, "text": body}


def _html(text: str) -> tuple[str, str]:
    """The title and the words of a page, a line for each block of it."""
    with extra("html", "to read HTML"):
        from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    heading = tree.css_first("title")
    title = "" if heading is None else " ".join(heading.text().split())
    for node in tree.css(_HIDDEN):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    body = "" if tree.body is None else tree.body.text()
    blocks = (" ".join(block.split()) for block in body.split(_BREAK))
    return title, "\n".join(filter(None, blocks))


def _of_markdown(text: str, stem: str) -> dict[str, Any]:
    with extra("markdown", "to read Markdown"):
        import yaml
        from markdown_it import MarkdownIt
        from mdit_py_plugins.front_matter import front_matter_plugin

    tokens = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).parse(text)
    meta: dict[str, Any] = {}
    heading = ""
    blocks = []
    for place, token in enumerate(tokens):
        if token.type == "front_matter":
            meta = _meta(token.content, yaml) or {}
            if not meta:
                blocks.append(token.content)  # no YAML: words like others
        elif token.type in {"fence", "code_block"}:
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "html_block":
            blocks.append(_html(token.content)[1])
        elif token.type == "inline":
            words = "".join(map(_words, token.children or ()))
            if not heading and tokens[place - 1].type == "heading_open":
                heading = words
                if "title" not in meta:
                    continue
            blocks.append(words)
    title = meta.pop("title", "") or heading or stem
    document = {"title": title, "text": "\n\n".join(filter(None, blocks))}
    return {**document, "meta": meta} if meta else document


def _meta(text: str, yaml: ModuleType) -> dict[str, Any] | None:
    """What stands before a page, all values as text; None where it is no dict in YAML."""
    try:
        # An alias can stand for a billion of what it names.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            return None
        meta = yaml.load(text, yaml.BaseLoader)  # knows strings, lists and dicts only
    except (yaml.YAMLError, RecursionError):  # of what is nested too deep
        return None
    if not isinstance(meta, dict) or not isinstance(meta.get("title", ""), str):
        return None
    return meta


def _words(token: Token) -> str:
    """The words of a part of a paragraph."""
    match token.type:
        case "text" | "code_inline":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return "".join(map(_words, token.children or ()))
        case "html_inline" if token.content.lower().startswith("<br"):
            return "\n"
    return ""


#: The ending of a file's name → what makes title and text of it.
PAGES: Final[dict[str, Callable[[str, str], dict[str, Any]]]] = {
    ".txt": _of_text,
    ".md": _of_markdown,
    ".markdown": _of_markdown,
    ".html": _of_html,
    ".htm": _of_html,
}
