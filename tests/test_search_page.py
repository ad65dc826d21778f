"""The search page in a real browser: typing, choosing, going back, and what people try to break."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from shutil import which
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect, sync_playwright

from searchlib import Boolean, Category, Date, Index, Integer, Keyword, Schema, Text
from searchlib.serve import ServerLimits, create_app
from tests.conftest import indexed

CHROMIUM: Final = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS: Final = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
EVIL: Final = '"><img src=x onerror="window.broken=1"><script>window.broken=1</script>'

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: apt-get install chromium")

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "author": Keyword(),
        "section": Category(),
        "pages": Integer(),
        "free": Boolean(),
        "day": Date(),
        "link": Keyword(),
    },
    languages=["vi", "fr", "en", "ar", "th"],
)
TEXTS: Final[list[dict[str, Any]]] = [
    {
        "id": "vi/1",
        "title": "Chủ tịch Quốc hội thăm Campuchia",
        "body": "Chủ tịch Quốc hội đã đến Phnôm Pênh hôm nay. Hai nước hợp tác chặt chẽ.",
        "author": "Quang",
        "section": "News/Asia",
        "day": date(2022, 11, 19),
    },
    {
        "id": "fr",
        "title": "L’été à Montréal",
        "body": "Un été chaud à Montréal, des étés plus longs. " * 30,
        "author": ["Salim", "Zoé"],
        "section": "News/America",
        "day": date(2022, 7, 1),
        "free": True,
        "pages": 12,
    },
    {
        "id": "en",
        "title": "Old maps of Asia",
        "body": "The cooperation of mapmakers. Maps were drawn by hand.",
        "author": "Salim",
        "section": "Notes",
        "day": date(2021, 3, 19),
        "free": False,
        "pages": 3,
        "link": "https://example.org/maps",
    },
    {
        "id": "ar",
        "title": "ICESCO تعقد اجتماعا في الرباط",
        "body": "عقدت المنظمة اجتماعا في الرباط حول التعاون في مجال العلوم والثقافة.",
        "author": "سالم",
        "day": date(2020, 1, 2),
    },
    {
        "id": "th",
        "title": "รัฐสภาไทยเปิดประชุมสมัยสามัญ",
        "body": "รัฐสภาไทยเปิดประชุมสมัยสามัญครั้งที่หนึ่งในวันนี้",
        "day": date(2023, 5, 2),
    },
    {
        "id": EVIL,
        "title": f"Danger {EVIL}",
        "body": f"Danger lies in the maps {EVIL} and also 😀 & <b>bold</b>.",
        "author": EVIL,
        "section": f"Notes/{EVIL.replace('/', '|')}",
        "link": "javascript:window.broken=1",
    },
]
MANY: Final = [
    {
        "id": f"n{number}",
        "title": f"Report number {number}",
        "author": f"Writer {number % 40:02}",
        "section": "Reports",
        "day": date(1990 + number % 20, 1, 1),
        "pages": number,
    }
    for number in range(60)
]


class Server:
    """A server in a thread of this process."""

    def __init__(self, index: Index, **options: Any) -> None:
        config = uvicorn.Config(create_app(index, **options), port=0, log_level="warning")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    index = indexed(SCHEMA, TEXTS, MANY)
    with Server(index, name="Library", limits=ServerLimits(query=200)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def allowed() -> list[str]:
    """What a test adds to this may stand in the console: it provokes it."""
    return []


@pytest.fixture
def page(browser: Browser, url: str, allowed: list[str]) -> Iterator[Page]:
    """A page that must run without an error, and ask nobody else."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1200, "height": 850})
    context.set_default_timeout(8_000)
    made = context.new_page()
    problems: list[str] = []
    made.on("pageerror", lambda error: problems.append(str(error)))
    made.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    made.on("request", lambda one: None if one.url.startswith(url) else problems.append(one.url))
    yield made
    context.close()
    assert [one for one in problems if not any(part in one for part in allowed)] == []


def opened(page: Page, url: str) -> None:
    """Open the page as it begins: all documents, the box in focus."""
    page.goto(url)
    count_is(page, "66 documents")
    expect(page.locator("#q")).to_be_focused()


def titles(page: Page) -> list[str]:
    return page.locator(".hits h2").all_inner_texts()


def count_is(page: Page, text: str) -> None:
    expect(page.locator("#status")).to_have_text(text)


def tick(page: Page, field: str, value: str) -> None:
    page.locator(f'fieldset[data-field="{field}"]').get_by_label(value).first.click()


# --- Searching ----------------------------------------------------------------------------


def test_it_searches_while_one_types(page: Page, url: str) -> None:
    opened(page, url)
    page.keyboard.type("quoc h")
    expect(page).to_have_title("quoc h – Library")
    count_is(page, "1 result")
    assert titles(page) == ["Chủ tịch Quốc hội thăm Campuchia"]
    marks = page.locator(".hits h2 mark").all_inner_texts()
    assert "Quốc" in marks
    page.keyboard.type("oi")
    expect(page.locator(".hits h2 mark").nth(1)).to_have_text("hội")
    assert "q=quoc+hoi" in page.url


def test_what_is_typed_before_the_page_is_ready_is_not_lost(page: Page, url: str) -> None:
    waiting: list[Route] = []
    page.route("**/api/about?", lambda route: waiting.append(route))
    page.goto(url)
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("maps")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)  # longer than the page waits for the next key
    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].continue_()
    count_is(page, "2 results")
    expect(page.locator("#q")).to_have_value("maps")


def test_half_a_word_finds_and_is_no_mistake(page: Page, url: str) -> None:
    opened(page, url)
    page.keyboard.type("mapma")
    count_is(page, "1 result")
    expect(page.locator(".notice")).to_have_count(0)
    expect(page.locator(".fragment mark")).to_have_text("mapmakers")
    page.keyboard.press("Enter")  # now it is meant
    expect(page.locator(".notice, .meant").first).to_be_visible()


def test_a_slip_is_mended_and_the_right_word_offered(page: Page, url: str) -> None:
    page.goto(url + "?q=coperation")
    count_is(page, "1 result")
    expect(page.locator(".notice")).to_have_text(
        "No document has “coperation”. These have words like it."
    )
    page.locator(".meant a").click()
    expect(page.locator("#q")).to_have_value("cooperation")
    expect(page.locator(".notice")).to_have_count(0)


def test_suggestions_are_taken_by_keyboard_and_pointer(page: Page, url: str) -> None:
    opened(page, url)
    box = page.locator("#q")
    page.keyboard.type("camp")
    option = page.locator("#suggestions li").first
    expect(option).to_have_text("campuchia")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(box).to_have_value("campuchia")
    expect(page.locator("#suggestions")).to_be_hidden()
    box.fill("mont")
    page.get_by_role("option", name="L’été à Montréal").click()
    expect(box).to_have_value("L’été à Montréal")
    box.fill("map")
    expect(page.locator("#suggestions")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(box).to_have_value("map")


def test_nothing_found_says_so(page: Page, url: str) -> None:
    page.goto(url + "?q=xylophone&ui=fr")
    expect(page.locator(".message")).to_contain_text("Aucun résultat.")
    expect(page.locator(".notice")).to_have_text("Aucun document ne contient « xylophone ».")


# --- Choosing -----------------------------------------------------------------------------


def test_facets_take_several_values_and_keep_their_counts(page: Page, url: str) -> None:
    page.goto(url + "?q=maps+montreal+quoc")
    count_is(page, "4 results")
    tick(page, "author", "Salim")
    count_is(page, "2 results")
    tick(page, "author", "Quang")
    count_is(page, "3 results")
    assert page.url.count("filter.author=") == 2
    line = page.locator('fieldset[data-field="author"] li', has_text="Zoé")
    expect(line.locator(".count")).to_have_text("1")
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("button", name="Remove filter Author: Salim").click()
    count_is(page, "1 result")
    tick(page, "author", "Quang")
    count_is(page, "4 results")


def test_a_category_opens_and_narrows(page: Page, url: str) -> None:
    page.goto(url)
    tick(page, "section", "News")
    count_is(page, "2 results")
    tick(page, "section", "Asia")
    count_is(page, "1 result")
    assert "filter.section=News%2FAsia" in page.url and page.url.count("filter.section") == 1
    expect(page.locator(".chip")).to_contain_text("News › Asia")


def test_ranges_and_yes_or_no(page: Page, url: str) -> None:
    page.goto(url)
    first = page.locator('fieldset[data-field="pages"] li').first
    number = first.locator(".count").inner_text()
    first.locator("input").click()
    count_is(page, f"{number} results")
    expect(page.locator(".chip")).to_contain_text("0 – 20")
    page.goto(url + "?ui=vi")
    tick(page, "free", "Có")
    count_is(page, "1 kết quả")


def test_a_span_of_days(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("From").fill("2021-01-01")
    page.get_by_label("To", exact=True).fill("2022-07-01")
    page.keyboard.press("Enter")
    count_is(page, "2 results")
    assert "filter.day=2021-01-01..2022-07-01" in page.url
    expect(page.locator(".chip")).to_contain_text("1 January 2021 – 1 July 2022")
    tick(page, "day", "2023")  # a year in place of the span
    count_is(page, "1 result")
    assert page.url.endswith("filter.day=2023")


def test_a_value_among_many_is_looked_for(page: Page, url: str) -> None:
    page.goto(url)
    box = page.get_by_label("Find in author")
    box.fill("writer 39")
    line = page.locator('fieldset[data-field="author"] li')
    expect(line).to_have_count(1)
    line.locator("input").press("Space")
    count_is(page, "1 result")
    expect(line).to_have_count(1)
    expect(line.locator("input")).to_be_focused()  # although the list was drawn anew
    line.locator("input").press("Space")
    count_is(page, "66 documents")
    box.fill("")
    expect(line).to_have_count(11)  # ten and a button


def test_all_values_can_be_shown(page: Page, url: str) -> None:
    page.goto(url)
    facet = page.locator('fieldset[data-field="author"]')
    expect(facet.locator("input[type=checkbox]")).to_have_count(10)
    facet.get_by_role("button", name="35 more").click()
    expect(facet.locator("input[type=checkbox]")).to_have_count(45)
    fewer = facet.get_by_role("button", name="Show fewer")
    expect(fewer).to_be_focused()
    tick(page, "author", "Writer 39")
    count_is(page, "1 result")
    expect(facet.locator("input[type=checkbox]")).to_have_count(45)
    fewer.click()
    expect(facet.locator("input[type=checkbox]")).to_have_count(11)  # with the one that is chosen
    expect(facet.get_by_role("button", name="more")).to_be_focused()


def test_years_fold_when_there_are_many(page: Page, url: str) -> None:
    page.goto(url)
    years = page.locator('fieldset[data-field="day"] li label')
    expect(years).to_have_count(8)
    expect(years.first).to_contain_text("2023")
    page.get_by_role("button", name="Show more").click()
    expect(years).to_have_count(24)


def test_order_and_pages(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".hits h2").first).to_have_text("รัฐสภาไทยเปิดประชุมสมัยสามัญ")  # the newest
    page.get_by_label("Sort").select_option(label="Pages, highest first")
    expect(page.locator(".hits h2").first).to_have_text("Report number 59")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".hits h2").first).to_have_text("Report number 49")
    expect(page.locator("#pages")).to_contain_text("Page 2 of 7")
    assert "sort=-pages" in page.url and "page=2" in page.url
    page.reload()
    expect(page.locator(".hits h2").first).to_have_text("Report number 49")
    page.goto(url + "?page=5000")  # the last there is
    expect(page.locator("#pages")).to_contain_text("Page 7 of 7")
    expect(page.locator(".hits li")).to_have_count(6)


def test_the_back_button_goes_back_search_by_search(page: Page, url: str) -> None:
    opened(page, url)
    page.keyboard.type("maps", delay=40)  # several searches, one step
    page.keyboard.press("Enter")
    count_is(page, "2 results")
    tick(page, "author", "Salim")
    count_is(page, "1 result")
    page.reload()  # as somebody gets it whom the address was sent to
    count_is(page, "1 result")
    expect(page.locator("#q")).to_have_value("maps")
    page.go_back()
    count_is(page, "2 results")
    expect(page.locator(".chip")).to_have_count(0)
    page.go_back()
    count_is(page, "66 documents")
    expect(page.locator("#q")).to_have_value("")
    page.go_forward()
    count_is(page, "2 results")


def test_a_document_is_shown_whole(page: Page, url: str, allowed: list[str]) -> None:
    page.goto(url + "?q=quoc")
    page.get_by_role("link", name="Chủ tịch Quốc hội").click()
    expect(page.locator("h1")).to_have_text("Chủ tịch Quốc hội thăm Campuchia")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator(".text").first).to_contain_text("Hai nước hợp tác chặt chẽ.")
    assert "id=vi%2F1" in page.url
    page.go_back()
    count_is(page, "1 result")
    page.goto(url + "?id=gone")
    expect(page.get_by_role("alert")).to_contain_text("not there any more")
    allowed.append("404")


def test_a_hit_with_an_address_leads_there_and_shows_what_is_like_it(page: Page, url: str) -> None:
    page.goto(url + "?q=maps+asia")
    link = page.get_by_role("link", name="Old maps of Asia")
    expect(link).to_have_attribute("href", "https://example.org/maps")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    page.get_by_role("link", name="Details").click()
    expect(page.locator("h1")).to_have_text("Old maps of Asia")
    expect(page.locator(".similar h3").first).to_contain_text("Danger")
    expect(page.locator("mark")).to_have_count(0)


# --- What people try to break -------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        {"q": "danger"},
        {"filter.section": f"Notes/{EVIL.replace('/', '|')}", "filter.author": EVIL},
        {"id": EVIL},
        {"q": "danger", "ui": EVIL, "sort": "day", "page": EVIL},
        {"q": f"{EVIL} coperation"},
    ],
)
def test_nothing_in_texts_or_addresses_becomes_html(
    page: Page, url: str, address: dict[str, str]
) -> None:
    page.goto(f"{url}?{urlencode(address)}")
    expect(page.locator("#found > *").first).to_be_visible()
    page.locator("#q").fill("dang")
    expect(page.locator("#suggestions li").first).to_be_visible()
    assert page.evaluate("window.broken") is None
    assert page.locator("main img, main script, main b, header img").count() == 0
    assert page.locator('a[href^="javascript" i]').count() == 0
    expect(page.locator(".hits h2").first).to_contain_text(EVIL)


def test_the_policy_stops_what_would_get_through(page: Page, url: str, allowed: list[str]) -> None:
    page.goto(url)
    stopped = page.evaluate(
        """() => { try { document.body.innerHTML = "<img src=x>"; return false; }
                   catch (error) { return error instanceof TypeError; } }"""
    )
    assert stopped
    allowed.append("TrustedHTML")


def test_addresses_that_cannot_be_searched_say_what_is_wrong(
    page: Page, url: str, allowed: list[str]
) -> None:
    allowed.append("400")
    page.goto(url + "?filter.pages=many")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("'many' is no filter of 'pages'")
    alert.get_by_role("link", name="Start anew").click()
    count_is(page, "66 documents")


def test_a_server_that_is_gone_is_said_and_can_be_tried_again(
    page: Page, url: str, allowed: list[str]
) -> None:
    allowed.append("ERR_")
    page.goto(url)
    count_is(page, "66 documents")
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#q").fill("maps")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    count_is(page, "2 results")


# --- For everybody ------------------------------------------------------------------------


def test_languages_of_the_interface(page: Page, url: str) -> None:
    page.goto(url + "?q=maps")
    assert page.evaluate("document.documentElement.lang") == "en"  # what the browser speaks
    page.get_by_role("button", name="Tiếng Việt").click()
    count_is(page, "2 kết quả")
    assert page.evaluate("document.documentElement.lang") == "vi"
    expect(page.get_by_role("button", name="Tiếng Việt")).to_be_focused()
    expect(page.locator(".facts").first).to_contain_text("19 tháng 3, 2021")
    page.get_by_role("button", name="Français").click()
    count_is(page, "2 résultats")
    expect(page.locator(".facts").first).to_contain_text("19 mars 2021 · Anglais")
    assert "ui=fr" in page.url and "q=maps" in page.url


@pytest.mark.parametrize(
    ("query", "language", "direction", "font"),
    [
        ("quoc hoi", "vi", "ltr", "Segoe UI"),
        ("montreal", "fr", "ltr", "Segoe UI"),
        ("الرباط", "ar", "rtl", "Noto Naskh Arabic"),
        ("รัฐสภา", "th", "ltr", "Noto Sans Thai"),
    ],
)
def test_texts_have_the_language_direction_and_font_of_their_script(
    page: Page, url: str, query: str, language: str, direction: str, font: str
) -> None:
    page.goto(f"{url}?q={query}")
    article = page.locator("article").first
    expect(article).to_have_attribute("lang", language)
    expect(article).to_have_attribute("dir", direction)
    title = article.locator("h2")
    found = title.evaluate("e => [getComputedStyle(e).fontFamily, getComputedStyle(e).direction]")
    assert font in found[0] and found[1] == direction
    box = page.locator("#q").evaluate("e => getComputedStyle(e).direction")
    assert box == ("rtl" if direction == "rtl" else "ltr")
    # A title that begins with Latin letters in an Arabic text begins at its right all the same.
    side = title.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e);"
        " const a = r.getBoundingClientRect(), b = e.getBoundingClientRect();"
        " return [a.left - b.left, b.right - a.right]; }"
    )
    assert (side[1] < side[0]) == (direction == "rtl")


def test_all_of_it_works_by_keyboard(page: Page, url: str) -> None:
    opened(page, url)
    page.keyboard.type("maps")
    page.keyboard.press("Enter")
    count_is(page, "2 results")
    page.locator("body").click(position={"x": 5, "y": 500})
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none"  # one sees where one is
                return
        raise AssertionError(f"{selector} cannot be reached")

    tab_to('[data-key="author=Salim"]')
    page.keyboard.press("Space")
    count_is(page, "1 result")
    assert page.evaluate("document.activeElement.dataset.key") == "author=Salim"  # still there
    tab_to(".chip")
    page.keyboard.press("Enter")
    count_is(page, "2 results")
    tab_to('[data-key^="more "]')
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    count_is(page, "2 results")
    page.goto(url)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()


def test_it_fits_a_phone(page: Page, url: str) -> None:
    page.set_viewport_size(PHONE)
    for address in ("", "?q=danger", "?q=maps&filter.author=Salim", "?id=fr", "?q=الرباط&ui=vi"):
        page.goto(url + address)
        expect(page.locator("article").first).to_be_visible()
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], address
    page.goto(url + "?q=maps")
    expect(page.locator("fieldset").first).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    tick(page, "author", "Salim")
    count_is(page, "1 result")
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("?q=maps+montreal&filter.author=Salim", "light"),
        ("?q=coperation", "dark"),
        ("?id=fr&ui=fr", "dark"),
        ("?ui=vi", "light"),
    ],
)
def test_axe_finds_nothing_serious(browser: Browser, url: str, address: str, scheme: Any) -> None:
    # axe is put into the page from outside, which the page's own policy would not let in.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, locale="en-GB")
    page = context.new_page()
    page.goto(url + address)
    expect(page.locator("article, .message").first).to_be_visible()
    if address == "?ui=vi":
        page.locator("#q").fill("mont")
        expect(page.locator("#suggestions li").first).to_be_visible()
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    context.close()
    assert found["passes"]
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in bad] == []


def test_an_index_of_any_kind_has_a_page(browser: Browser) -> None:
    only_text = indexed(Schema({"quote": Text()}), [{"id": "a", "quote": "To be or not"}])
    nothing = Index(Schema({"n": Integer()}))
    for index, text in ((only_text, "To be or not"), (nothing, "There are no documents yet.")):
        with Server(index) as address:
            page = browser.new_page(locale="en-GB")
            page.goto(address)
            expect(page.locator("#found")).to_contain_text(text)
            assert page.title() == "Search"
            page.close()


def test_the_texts_of_the_interface_are_complete() -> None:
    source = Path(str(files("searchlib.serve").joinpath("page/messages.js"))).read_text("utf-8")
    blocks = re.findall(r"^  (en|fr|vi): \{\n(.*?)^  \},", source, re.M | re.S)
    keys = {code: re.findall(r"^    (\w+):", block, re.M) for code, block in blocks}
    assert set(keys) == {"en", "fr", "vi"}
    assert keys["fr"] == keys["en"] == keys["vi"]
