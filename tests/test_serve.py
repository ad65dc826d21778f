"""The server: its answers, its limits, its errors, and what another process writes meanwhile."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from socket import socket
from subprocess import PIPE, Popen
from typing import Any, Final

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    Float,
    Index,
    IndexNotFoundError,
    Integer,
    Keyword,
    Schema,
    Searcher,
    ServeError,
    Stored,
    Text,
)
from searchlib.serve import Limits, create_app
from searchlib.serve.gate import Gate
from searchlib.serve.problems import Problem
from tests.conftest import indexed, output_of, run_python

SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0),
        "body": Text(),
        "author": Keyword(),
        "section": Category(),
        "pages": Integer(),
        "price": Float(),
        "free": Boolean(),
        "day": Date(),
        "seen": DateTime(),
        "url": Keyword(),
        "extra": Stored(),
    },
    languages=["vi", "fr", "en"],
)
DOCUMENTS: Final[list[dict[str, Any]]] = [
    {
        "id": "a/1",
        "title": "Hợp tác Quốc hội Việt Nam – Campuchia",
        "body": "Chủ tịch Quốc hội thăm Campuchia. " * 20,
        "author": "Quang",
        "section": "News/Asia/Vietnam",
        "pages": 3,
        "price": 1.5,
        "free": True,
        "day": date(2022, 11, 19),
        "seen": datetime(2022, 11, 19, 23, 30, tzinfo=UTC),
        "url": "https://example.org/a",
        "extra": {"half": "\ud800"},
    },
    {
        "id": "b",
        "title": "Coopération entre l’ICESCO et l’OSCE",
        "body": "Les deux organisations 😀 ont convenu de coopérer.",
        "author": ["Salim", "Khairat"],
        "section": "News/Europe",
        "pages": 12,
        "free": False,
        "day": date(2022, 9, 15),
    },
    {
        "id": "c",
        "title": "Cooperation between ICESCO and OSCE",
        "author": "Salim, the 2nd",
        "section": "News/Europe",
        "pages": 9,
        "day": date(2021, 1, 1),
    },
    {"id": "d", "body": "Meetings with National Commissions", "section": "Notes", "pages": -5},
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(indexed(SCHEMA, DOCUMENTS))) as made:
        yield made


def search(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/api/search", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(answer: dict[str, Any]) -> set[str]:
    return {hit["id"] for hit in answer["hits"]}


def problem(client: TestClient, path: str, status: int, **parameters: Any) -> dict[str, Any]:
    answer = client.get(path, params=parameters)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status and told["title"] and told["code"]
    return told


# --- Answers ------------------------------------------------------------------------------


def test_a_search_finds_what_the_library_finds(client: TestClient) -> None:
    found = search(client, q="quoc hoi")
    assert ids(found) == {"a/1"} and found["total"] == 1 and found["language"] == "vi"
    assert search(client)["total"] == len(DOCUMENTS)
    assert [hit["id"] for hit in search(client, sort="-pages")["hits"]] == ["b", "c", "a/1", "d"]


def test_documents_come_back_as_json_can_hold_them(client: TestClient) -> None:
    (hit,) = search(client, q="quoc hoi")["hits"]
    want = {**DOCUMENTS[0], "day": "2022-11-19", "seen": "2022-11-19T23:30:00+00:00"}
    assert hit["document"] == want  # half a surrogate pair included
    assert client.get("/api/document", params={"id": "a/1"}).json()["document"] == want
    (hit,) = search(client, q="quoc hoi", fields=["title", "day"])["hits"]
    assert set(hit["document"]) == {"id", "title", "day"}


def test_fragments_point_into_the_texts(client: TestClient) -> None:
    (hit,) = search(client, q="convenu coopération", limit=1, highlight=["title", "body"])["hits"]
    for name, words in (("title", {"Coopération"}), ("body", {"convenu", "coopérer"})):
        (fragment,) = hit["highlights"][name]
        text = hit["document"][name]
        assert {text[start:end] for start, end in fragment["matches"]} == words
        assert text[fragment["start"] : fragment["end"]] == fragment["text"]
        assert fragment["length"] == len(text)


def test_a_text_without_a_match_shows_its_beginning(client: TestClient) -> None:
    (hit,) = search(client, **{"filter.author": "Quang", "highlight": "body"})["hits"]
    (fragment,) = hit["highlights"]["body"]
    assert fragment["matches"] == [] and fragment["start"] == 0
    text = DOCUMENTS[0]["body"]
    assert text.startswith(fragment["text"] + " ") and 100 < len(fragment["text"]) < 250
    (hit,) = search(client, **{"filter.section": "Notes", "highlight": "title"})["hits"]
    assert hit["highlights"] == {}


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("author", ["Salim", "Quang"], {"a/1", "b"}),
        ("author", ["Salim, the 2nd"], {"c"}),
        ("author", ['") OR *:*'], set()),
        ("section", ["News"], {"a/1", "b", "c"}),
        ("section", ["News/Asia", "Notes"], {"a/1", "d"}),
        ("pages", ["9"], {"c"}),
        ("pages", ["-5..3"], {"a/1", "d"}),
        ("pages", ["[3 TO 12}", ">=12"], {"a/1", "b", "c"}),
        ("price", ["1.5"], {"a/1"}),
        ("free", ["true"], {"a/1"}),
        ("free", ["true", "false"], {"a/1", "b"}),
        ("day", ["2022"], {"a/1", "b"}),
        ("day", ["2022-09"], {"b"}),
        ("day", ["2021-01-01..2022-09-15"], {"b", "c"}),
        ("day", ["..2021"], {"c"}),
        ("seen", ["2022-11-19..2022-11-19"], {"a/1"}),
        ("_language", ["fr"], {"b"}),
    ],
)
def test_filters(client: TestClient, name: str, given: list[str], found: set[str]) -> None:
    assert ids(search(client, **{f"filter.{name}": given})) == found


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("pages", "many"),
        ("pages", "3 OR 9"),
        ("pages", "3) OR author:Salim"),
        ("pages", ""),
        ("price", "nan"),
        ("day", "2022-02-30"),
        ("day", "[2022 TO"),
        ("section", "News//Asia"),
    ],
)
def test_what_is_no_filter_is_refused(client: TestClient, name: str, given: str) -> None:
    told = problem(client, "/api/search", 400, **{f"filter.{name}": given})
    assert told["parameter"] == f"filter.{name}"
    assert repr(name) in told["detail"] and "takes" in told["detail"]


def every_line(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield line
        yield from every_line(line.get("children", []))


def test_each_line_of_a_facet_filters_to_its_count(client: TestClient) -> None:
    names = ["author", "section", "pages", "price", "free", "day", "seen", "_language"]
    facets = search(client, facet=names)["facets"]
    assert set(facets) == set(names)
    for name in names:
        assert facets[name]["lines"]
        for line in facets[name]["lines"]:
            found = search(client, **{f"filter.{name}": line["filter"], "facet": name})
            assert found["total"] == line["count"] > 0 or line["count"] == 0
            chosen = [one for one in every_line(found["facets"][name]["lines"]) if one["selected"]]
            assert [one["filter"] for one in chosen] == [line["filter"]]
            # A choice does not narrow its own counts, so that others can be made.
            again = {one["filter"]: one["count"] for one in found["facets"][name]["lines"]}
            assert again == {one["filter"]: one["count"] for one in facets[name]["lines"]}


def test_a_category_opens_below_what_is_chosen(client: TestClient) -> None:
    found = search(client, **{"filter.section": "News/Asia", "facet": "section"})
    news, notes = sorted(found["facets"]["section"]["lines"], key=lambda line: str(line["value"]))
    assert (news["value"], news["count"], news["selected"]) == ("News", 3, False)
    assert "children" not in notes
    asia = next(line for line in news["children"] if line["value"] == "News/Asia")
    assert asia["selected"] and [one["value"] for one in asia["children"]] == ["News/Asia/Vietnam"]


def test_one_facet_with_a_say(client: TestClient) -> None:
    def lines(**parameters: Any) -> dict[Any, int]:
        answer = client.get("/api/facet", params=parameters)
        assert answer.status_code == 200, answer.text
        return {line["value"]: line["count"] for line in answer.json()["lines"]}

    assert lines(field="author", matching="kha") == {"Khairat": 1}
    assert lines(field="author", limit=1) == {"Khairat": 1} or len(lines(field="author")) == 4
    assert lines(field="section", under="News") == {"News/Europe": 2, "News/Asia": 1}
    assert lines(field="day", unit="month") == {"2021-01": 1, "2022-09": 1, "2022-11": 1}
    assert lines(field="author", q="icesco", **{"filter.pages": "12"}) == {"Salim": 1, "Khairat": 1}
    told = problem(client, "/api/facet", 400, field="free", matching="t")
    assert "keyword" in told["detail"]


def test_slips_are_mended_and_told(client: TestClient) -> None:
    found = search(client, q="coperation")
    assert found["total"] == 2 and found["did_you_mean"] is not None
    (notice,) = found["notices"]
    assert (notice["code"], notice["start"], notice["end"]) == ("corrected", 0, 10)
    assert search(client, q="coperation", typos="false")["total"] == 0
    assert search(client, q="cooperation")["did_you_mean"] is None
    assert search(client, q="cooperation", accents="strict")["total"] == 1


def test_a_cursor_goes_on(client: TestClient) -> None:
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = search(client, sort=["-pages", "id"], limit=1, **after)
        seen += [hit["id"] for hit in page["hits"]]
        if page["cursor"] is None:
            break
        after = {"after": page["cursor"]}
    assert seen == ["b", "c", "a/1", "d"]
    assert problem(client, "/api/search", 400, sort="day", after="xx")["code"] == "bad-query"


def test_suggestions_are_words_and_titles(client: TestClient) -> None:
    answer = client.get("/api/suggest", params={"q": "coop"}).json()
    assert "cooperation" in {one["query"] for one in answer["words"]}
    assert {one["text"] for one in answer["titles"]} == {
        "Coopération entre l’ICESCO et l’OSCE",
        "Cooperation between ICESCO and OSCE",
    }


def test_similar_documents(client: TestClient) -> None:
    found = client.get("/api/similar", params={"id": "b", "limit": 2}).json()
    assert found["hits"][0]["id"] == "c"
    assert "b" not in ids(found)


@pytest.mark.parametrize("path", ["/api/document", "/api/similar"])
def test_a_document_that_is_not_there(client: TestClient, path: str) -> None:
    told = problem(client, path, 404, id="nobody")
    assert told["parameter"] == "id" and "'nobody'" in told["detail"]


def test_about_tells_the_roles_of_fields_and_the_limits(client: TestClient) -> None:
    about = client.get("/api/about").json()
    assert about["documents"] == 4 and set(about["languages"]) == {"vi", "fr", "en"}
    roles = about["roles"]
    assert [roles[one] for one in ("title", "body", "url", "date")] == [
        "title", "body", "url", "day",
    ]  # fmt: skip
    assert "url" not in roles["facets"] and "extra" not in roles["facets"]
    assert set(about["limits"]) == {one.name for one in fields(Limits)}


# --- Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "parameters", "at_fault", "says"),
    [
        ("search", {"q": "x" * 501}, "q", "at most 500 characters, not 501"),
        ("search", {"limit": "101"}, "limit", "from 0 to 100"),
        ("search", {"limit": "-1"}, "limit", "from 0 to 100"),
        ("search", {"limit": "1_0"}, "limit", "whole number"),
        ("search", {"limit": "٣"}, "limit", "whole number"),
        ("search", {"limit": "9" * 5000}, "limit", "whole number"),
        ("search", {"offset": "10001"}, "offset", "from 0 to 10,000"),
        ("search", {"facet": ["author"] * 31}, "facet", "at most 30 times, not 31"),
        ("search", {"facet": "title"}, "facet", "one of author, section"),
        ("search", {"sort": "section"}, "sort", "one of"),
        ("search", {"q": ["a", "b"]}, "q", "once, not 2 times"),
        ("search", {"fields": "nothing"}, "fields", "one of title"),
        ("search", {"filter.title": "x"}, "filter.title", "there is no parameter"),
        ("search", {"filter.author": ["x"] * 101}, "filter.author", "at most 100 times"),
        ("search", {"query": "x"}, "query", "there are: q,"),
        ("search", {"accents": "yes"}, "accents", "prefer, strict, ignore"),
        ("suggest", {}, "q", "is missing"),
        ("facet", {}, "field", "is missing: one of author"),
        ("facet", {"field": "author", "limit": "0"}, "limit", "from 1 to 200"),
        ("document", {}, "id", "is missing"),
    ],
)
def test_a_refusal_names_the_parameter_and_what_it_takes(
    client: TestClient, path: str, parameters: dict[str, Any], at_fault: str, says: str
) -> None:
    told = problem(client, f"/api/{path}", 400, **parameters)
    assert told["parameter"] == at_fault
    assert says in told["detail"] and len(told["detail"]) < 600


def test_filters_are_limited_together(client: TestClient) -> None:
    many = {"filter.author": ["x"] * 60, "filter.section": ["y"] * 60}
    told = problem(client, "/api/search", 400, **many)
    assert told["code"] == "over-limit" and "at most 100" in told["detail"]


def test_unknown_paths_and_methods(client: TestClient) -> None:
    assert "/openapi.json" in problem(client, "/nothing", 404)["detail"]
    answer = client.post("/api/search")
    assert answer.status_code == 405 and "takes GET, not POST" in answer.json()["detail"]
    assert answer.headers["allow"]


def test_what_is_typed_never_breaks_a_search(client: TestClient) -> None:
    for typed in ('"', "((((", "a:b:c", "[1 TO", "^^^", "\x00\x01", "\ud7ff\ue000", "*", "~", "-"):
        search(client, q=typed, highlight=["title", "body"])
        assert client.get("/api/suggest", params={"q": typed}).status_code == 200
    assert client.get("/api/search?q=%ED%A0%80%FF").status_code == 200  # no UTF-8


def test_a_folder_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="nowhere"):
        create_app(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"title_field": "heading"}, "title_field: the schema has no field 'heading'"),
        ({"title_field": "pages"}, "'pages' is of type integer"),
        ({"body_field": "author"}, "'author' is of type keyword"),
        ({"date_field": "title"}, "'title' is of type text"),
        ({"facets": ["title"]}, "'title' is no field that can be counted"),
        ({"facets": "author"}, r"facets is a list of fields: \['author'\]"),
        ({"limits": 7}, "limits is a Limits, not 7"),
    ],
)
def test_a_server_that_cannot_be_set_up_so(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ServeError, match=says):
        create_app(Index(SCHEMA), **options)


@pytest.mark.parametrize("name", [one.name for one in fields(Limits)])
def test_limits_are_numbers(name: str) -> None:
    values: list[Any] = [-1, True, "7", float("nan"), float("inf"), 10**9]
    for bad in values:
        with pytest.raises(ServeError, match=f"'{name}' is a"):
            replace(Limits(), **{name: bad})


def test_what_is_no_index() -> None:
    with pytest.raises(ServeError, match="an index, or the folder of one, not 7"):
        create_app(7)  # type: ignore[arg-type]


# --- What fields are for ------------------------------------------------------------------


def roles_of(schema: Schema, **options: Any) -> dict[str, Any]:
    with TestClient(create_app(Index(schema), **options)) as client:
        shown: dict[str, Any] = client.get("/api/about").json()["roles"]
        return shown


@pytest.mark.parametrize(
    ("kinds", "title", "body"),
    [
        ({"headline": Text(), "story": Text()}, "headline", "story"),
        ({"tiêu_đề": Text(), "nội_dung": Text()}, "tiêu_đề", "nội_dung"),
        ({"contenu": Text(), "titre": Text()}, "titre", "contenu"),
        ({"page_title": Text(), "content": Text(), "abstract": Text()}, "page_title", "content"),
        ({"text": Text()}, None, "text"),
        ({"short": Text(weight=3.0), "long": Text()}, "short", "long"),
        ({"one": Text(), "two": Text()}, None, "one"),
        ({"title": Text(), "footer": Text(weight=0.1), "main": Text()}, "title", "main"),
        ({"name": Keyword(), "text": Text()}, "name", "text"),
        ({"faint": Text(weight=0.1)}, None, "faint"),
        ({"n": Integer()}, None, None),
    ],
)
def test_the_fields_of_any_schema_find_their_place(
    kinds: dict[str, Any], title: str | None, body: str | None
) -> None:
    found = roles_of(Schema(kinds))
    assert (found["title"], found["body"]) == (title, body)


def test_fields_that_are_named_take_their_place() -> None:
    kinds = {
        "title": Text(),
        "alt": Text(),
        "a": Date(),
        "b": Date(),
        "k": Keyword(),
        "l": Stored(),
    }
    found = roles_of(
        Schema(kinds),
        title_field="alt",
        body_field="title",
        date_field="b",
        url_field="l",
        facets=["k"],
    )
    assert [found[one] for one in ("title", "body", "date", "url", "facets")] == [
        "alt", "title", "b", "l", ["k"],
    ]  # fmt: skip


# --- Health, metrics, description, page ---------------------------------------------------


def test_health_and_metrics_tell_what_is_going_on() -> None:
    with TestClient(create_app(indexed(SCHEMA, DOCUMENTS))) as client:
        assert client.get("/health").json() == {"status": "ok", "documents": 4}
        for _ in range(3):
            search(client, q="icesco")
        problem(client, "/api/search", 400, limit=1000)
        problem(client, "/" + "x" * 100, 404)
        answer = client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = answer.text.splitlines()
        assert 'searchlib_requests_total{operation="search",status="200"} 3.0' in lines
        assert 'searchlib_requests_total{operation="search",status="400"} 1.0' in lines
        assert 'searchlib_requests_total{operation="other",status="404"} 1.0' in lines
        assert 'searchlib_request_seconds_count{operation="search"} 4.0' in lines
        assert "searchlib_documents 4.0" in lines and "searchlib_searches_running 0.0" in lines
        assert "x" * 100 not in answer.text


def test_every_answer_keeps_browsers_from_harm(client: TestClient) -> None:
    for path in ("/", "/api/search", "/page/search.js", "/nothing", "/openapi.json"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-cache"


def test_the_page_is_there_with_all_it_names(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for path in ("page/search.css", "page/search.js", "page/icon.svg"):
        assert path in page.text
        first = client.get("/" + path)
        assert first.status_code == 200
        again = client.get("/" + path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
    for outside in ("/page/../app.py", "/page/%2e%2e/app.py", "/page/..%2fapp.py"):
        assert client.get(outside).status_code == 404


def test_the_description_is_openapi_and_says_what_there_is(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    validate(told)
    about = told["paths"]["/api/search"]["get"]["parameters"]
    names = {one["name"] for one in about}
    assert {"q", "filter.author", "filter._language", "after"} <= names
    assert "filter.title" not in names and "filter.extra" not in names
    for path, methods in told["paths"].items():
        asked = {one["name"]: "x" for one in methods["get"].get("parameters", [])}
        answer = client.get(path, params=asked)
        assert answer.status_code != 404 or "404" in methods["get"]["responses"]
        assert str(answer.status_code) in methods["get"]["responses"]


description: Final = schemathesis.openapi.from_asgi(
    "/openapi.json", create_app(indexed(SCHEMA, DOCUMENTS))
)


@description.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_requests_that_the_description_allows_or_not(case: schemathesis.Case[Any]) -> None:
    """No fault, no status and no answer that is not described, nothing accepted that is not."""
    # What a day looks like, or a category, no schema says: these are refused with reason.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


def test_behind_a_proxy_that_shows_it_below_a_path() -> None:
    app = create_app(indexed(SCHEMA, DOCUMENTS))
    with TestClient(app, root_path="/library") as client:
        assert client.get("/openapi.json").json()["servers"] == [{"url": "/library"}]
        page = client.get("/").text
        assert 'src="/' not in page and 'href="/' not in page  # all its addresses are relative
        assert search(client)["total"] == 4


# --- Limits of work -----------------------------------------------------------------------


class Held(Index):
    """An index whose searches wait until they are let go."""

    let_go: threading.Event
    begun: threading.Semaphore

    def searcher(self) -> Searcher:
        self.begun.release()
        assert self.let_go.wait(30)
        return super().searcher()


@pytest.fixture
def held() -> Iterator[Held]:
    index = Held(SCHEMA)
    index.add(DOCUMENTS)
    index.let_go, index.begun = threading.Event(), threading.Semaphore(0)
    yield index
    index.let_go.set()


def wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_more_searches_than_may_wait_are_turned_away(held: Held) -> None:
    limits = Limits(searches=2, waiting=1, seconds=30)
    with TestClient(create_app(held, limits=limits)) as client, ThreadPoolExecutor(8) as pool:
        running = [pool.submit(search, client, q="icesco") for _ in range(3)]
        for _ in range(2):
            assert held.begun.acquire(timeout=20)
        wait_until(lambda: "searchlib_searches_waiting 1.0" in client.get("/metrics").text)
        assert "searchlib_searches_running 2.0" in client.get("/metrics").text
        answer = client.get("/api/search")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
        assert answer.json()["code"] == "busy" and "2 searches run" in answer.json()["detail"]
        assert client.get("/health").status_code == 200  # busy is not ill
        held.let_go.set()
        assert [found.result(20)["total"] for found in running] == [2, 2, 2]
        assert search(client, q="icesco")["total"] == 2


def test_a_search_that_takes_too_long_is_given_up(held: Held) -> None:
    limits = Limits(searches=1, waiting=5, seconds=0.2)
    with TestClient(create_app(held, limits=limits)) as client, ThreadPoolExecutor(4) as pool:
        first = pool.submit(client.get, "/api/search")
        assert held.begun.acquire(timeout=20)
        second = pool.submit(client.get, "/api/search")
        slow, late = first.result(20), second.result(20)
        assert slow.status_code == 504 and slow.json()["code"] == "too-slow"
        assert "0.2 s" in slow.json()["detail"]
        # It never began: the one thread was still at work on the first.
        assert late.status_code == 503 and "no thread became free" in late.json()["detail"]
        assert not held.begun.acquire(blocking=False)
        held.let_go.set()
        wait_until(lambda: client.get("/api/search").status_code == 200)


def test_errors_of_the_work_come_out_of_the_gate() -> None:
    async def main() -> None:
        gate = Gate(Limits(searches=1, waiting=0, seconds=0.1))
        with pytest.raises(ZeroDivisionError):
            await gate.run(lambda: 1 / 0)
        with pytest.raises(TimeoutError, match="its own"):
            await gate.run(fail)
        assert await gate.run(lambda: 7) == 7
        with pytest.raises(Problem) as caught:
            await gate.run(late)
        assert caught.value.status == 504
        await asyncio.sleep(0.3)  # its error comes, and nobody is told that it was forgotten
        assert (gate.running, gate.waiting) == (0, 0)

    def fail() -> None:
        raise TimeoutError("its own")

    def late() -> None:
        time.sleep(0.25)
        raise ValueError

    asyncio.run(main())


class Broken(Index):
    """An index with a fault of its own."""

    def searcher(self) -> Searcher:
        raise ZeroDivisionError("secret")


def test_a_fault_is_told_without_what_it_is_about() -> None:
    with TestClient(create_app(Broken(SCHEMA)), raise_server_exceptions=False) as client:
        told = problem(client, "/api/search", 500)
        assert "secret" not in json.dumps(told) and "log" in told["detail"]
        assert 'operation="search",status="500"} 1.0' in client.get("/metrics").text


# --- Other processes ----------------------------------------------------------------------


def test_commits_of_another_process_are_seen(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    indexed(SCHEMA, DOCUMENTS, path=folder)
    code = (
        "import sys; from searchlib import Index\n"
        "Index.open(sys.argv[1]).add([{'id': 'new', 'title': 'Seaside', 'author': 'Ann'}])"
    )
    with TestClient(create_app(folder)) as client:
        assert search(client, q="seaside", typos="false")["total"] == 0
        output_of(code, folder)
        found = search(client, q="seaside", facet="author")
        assert ids(found) == {"new"}
        assert [line["value"] for line in found["facets"]["author"]["lines"]] == ["Ann"]
        assert client.get("/health").json()["documents"] == 5


def test_searches_go_on_while_another_process_writes(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    indexed(SCHEMA, DOCUMENTS, path=folder)
    code = (
        "import sys; from searchlib import Index\n"
        "index = Index.open(sys.argv[1])\n"
        "for number in range(12):\n"
        "    with index.writer(memory=15_000_000) as writer:\n"
        "        writer.add({'id': f'n{number}', 'title': 'Seaside', 'author': 'Ann'})\n"
    )

    def read_on(client: TestClient, is_over: threading.Event) -> list[int]:
        totals = []
        while not is_over.is_set():
            found = search(client, q="seaside", facet="author", typos="false")
            assert found["total"] == sum(one["count"] for one in found["facets"]["author"]["lines"])
            totals.append(found["total"])
        return totals

    is_over = threading.Event()
    with TestClient(create_app(folder)) as client, ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read_on, client, is_over) for _ in range(3)]
        try:
            output_of(code, folder)
        finally:
            is_over.set()
        for reader in readers:
            totals = reader.result(30)
            assert totals == sorted(totals) and len(set(totals)) > 2  # never back, and often on
        assert search(client, q="seaside")["total"] == 12


def test_an_index_that_is_lost_is_a_server_out_of_order(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "index"
    indexed(SCHEMA, DOCUMENTS, path=folder)
    with TestClient(create_app(folder)) as client:
        output_of("import sys, searchlib; searchlib.reindex(sys.argv[1])", folder)
        (folder / "searchlib.json").write_text("{", "utf-8")
        told = problem(client, "/api/search", 503)
        assert told["code"] == "index" and str(folder) not in told["detail"]
        assert str(folder) in caplog.text  # but whoever runs it can read which, and why
        problem(client, "/health", 503)
        assert "searchlib_documents NaN" in client.get("/metrics").text


def free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_server_process_answers_until_it_is_told_to_stop(tmp_path: Path) -> None:
    folder, port = tmp_path / "index", free_port()
    indexed(SCHEMA, DOCUMENTS, path=folder)
    code = (
        "import sys; from searchlib.serve import run\n"
        "run(sys.argv[1], port=int(sys.argv[2]), root_path='/below', name='Texts')"
    )
    command = [sys.executable, "-c", code, str(folder), str(port)]
    with Popen(command, stderr=PIPE, text=True) as process:
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None
            try:
                return httpx2.get(f"{address}/health").status_code == 200
            except httpx2.ConnectError:
                return False

        wait_until(answers)
        assert httpx2.get(f"{address}/api/about").json()["name"] == "Texts"
        assert httpx2.get(f"{address}/openapi.json").json()["servers"] == [{"url": "/below"}]
        assert '{operation="about",status="200"} 1.0' in httpx2.get(f"{address}/metrics").text
        second = run_python(code, folder, port)
        assert second.returncode != 0 and "address already in use" in second.stderr
        process.terminate()
        said = process.communicate(timeout=20)[1]
    assert f"Uvicorn running on {address}" in said and "Traceback" not in said


def test_without_the_extra_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; import searchlib.serve"
    done = run_python(code)
    assert "MissingExtraError: the server takes uvicorn, which is not installed" in done.stderr
    assert "pip install 'searchlib[serve]'" in done.stderr
