"""The server: its answers, what it refuses, and what it says about itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from searchlib import (
    Date,
    DateTime,
    Index,
    IndexNotFoundError,
    Integer,
    Keyword,
    Schema,
    ServeError,
    Stored,
    Text,
)
from searchlib.serve import ServerLimits, create_app
from tests.conftest import indexed
from tests.served import DOCUMENTS, SCHEMA, ids, problem, search


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(indexed(SCHEMA, DOCUMENTS))) as made:
        yield made


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


@pytest.mark.parametrize(
    ("field", "parameter", "value", "takes"),
    [
        ("free", "matching", "t", "keyword or category; 'free' is of type boolean"),
        ("day", "matching", "2022", "keyword or category; 'day' is of type date"),
        ("pages", "matching", "1", "keyword or category; 'pages' is of type integer"),
        ("author", "under", "News", "category; 'author' is of type keyword"),
        ("price", "under", "1", "category; 'price' is of type float"),
        ("author", "unit", "day", "date or datetime; 'author' is of type keyword"),
        ("section", "unit", "year", "date or datetime; 'section' is of type category"),
        ("_language", "unit", "year", "date or datetime; '_language' is of type keyword"),
    ],
)
def test_a_parameter_that_says_nothing_of_the_field_is_refused(
    client: TestClient, field: str, parameter: str, value: str, takes: str
) -> None:
    told = problem(client, "/api/facet", 400, **{"field": field, parameter: value})
    assert told["code"] == "bad-parameter" and told["parameter"] == parameter
    assert told["detail"].startswith(f"the parameter {parameter!r} is for a field of type {takes}")


def test_one_facet_has_no_more_lines_than_asked_for() -> None:
    schema = Schema({"day": Date(), "seen": DateTime(), "size": Integer(), "by": Keyword()})
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(500)]
    index = indexed(
        schema,
        [
            {"id": str(n), "day": day, "seen": f"{day}T12:00:00Z", "size": n, "by": f"b{n}"}
            for n, day in enumerate(days)
        ],
    )
    with TestClient(create_app(index, limits=ServerLimits(values=40))) as client:

        def facet(**parameters: Any) -> dict[str, Any]:
            answer = client.get("/api/facet", params=parameters)
            assert answer.status_code == 200, answer.text
            lines = answer.json()["lines"]
            assert sum(line["count"] for line in lines) + answer.json()["other"] == 500
            return {line["value"]: line["count"] for line in lines}

        for name in ("day", "seen"):
            assert facet(field=name, unit="day", limit=2) == {"2001-05-13": 1, "2001-05-14": 1}
            assert facet(field=name, limit=1) == {"2001": 134}
            assert len(facet(field=name, unit="day")) == 20
            assert len(facet(field=name, unit="day", limit=40)) == 40
        assert list(facet(field="size", limit=2)) == ["300 – 400", "400 – 500"]
        assert len(facet(field="size")) == 5
        assert len(facet(field="by", limit=3)) == 3
        assert problem(client, "/api/facet", 400, field="day", limit="41")["parameter"] == "limit"


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
    assert set(about["limits"]) == {one.name for one in fields(ServerLimits)}


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
        ({"limits": 7}, "limits is ServerLimits, not 7"),
    ],
)
def test_a_server_that_cannot_be_set_up_so(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ServeError, match=says):
        create_app(Index(SCHEMA), **options)


@pytest.mark.parametrize("name", [one.name for one in fields(ServerLimits)])
def test_limits_are_numbers(name: str) -> None:
    values: list[Any] = [-1, True, "7", float("nan"), float("inf"), 10**9]
    for bad in values:
        with pytest.raises(ServeError, match=f"'{name}' is a"):
            replace(ServerLimits(), **{name: bad})


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
