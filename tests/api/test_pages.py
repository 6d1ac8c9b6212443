"""Every resource has a page for people, in four languages and under a strict Content-Security-Policy."""

import re

import httpx
import pytest

from tests.portal.markup import Markup

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = ["/", "/conformance", "/api", "/collections", "/collections/roads", "/collections/roads/items"]
PAGES += ["/collections/roads/items/2", "/collections/roads/queryables", "/collections/roads/schema"]
PAGES += ["/collections/roads/sortables"]
PAGES += ["/datasets", "/datasets/be/wechelderzande-roads", "/datasets/be/wechelderzande-roads/loads/1"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_browsers_get_a_page(client: httpx.Client, path: str, language: str) -> None:
    page = client.get(path, headers={"Accept": BROWSER, "Accept-Language": language})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}"' in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/collections/roads/items?limit=0", 400)])
def test_browsers_get_problems_as_pages(client: httpx.Client, path: str, status: int) -> None:
    page = client.get(path, headers={"Accept": BROWSER})
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "content-security-policy" in page.headers


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("filter=lanes+%3E", "filter", "expected"),
        ("filter=nme+%3D+%27x%27&limit=20", "filter", "Did you mean name?"),
        ("bbox=1,2,3", "bbox", "3 numbers"),
        ("datetime=yesterday", "datetime", "yesterday"),
        ("sortby=nothing", "sortby", "nothing"),
        ("limit=0", "limit", "whole number"),
        ("lanes=many", "lanes", "whole number"),
    ],
)
def test_a_mistake_in_a_search_stands_beside_its_field(client: httpx.Client, query: str, field: str, said: str) -> None:
    page = client.get(f"/collections/roads/items?{query}", headers={"Accept": BROWSER})
    assert page.status_code == 400
    markup = Markup(page.text)
    (faulty,) = [given for _, given in markup.elements if given.get("aria-invalid") == "true"]
    assert faulty["name"] == field
    assert "autofocus" in faulty
    assert "mistake" in faulty["aria-describedby"].split()
    assert said in markup.text
    assert "limit=20" not in query or 'name="limit" value="20"' in page.text


def test_a_mistake_that_no_field_holds_is_said_above_them_and_not_kept(client: httpx.Client) -> None:
    page = client.get("/collections/roads/items?crs=EPSG:1&zoom-level=3", headers={"Accept": BROWSER})
    assert page.status_code == 400
    markup = Markup(page.text)
    assert "EPSG:1" in markup.text
    hidden = {given["name"]: given["value"] for given in markup.attributes("input") if given["type"] == "hidden"}
    assert hidden == {"zoom-level": "3"}


def test_programs_get_the_mistake_as_a_problem_document(client: httpx.Client) -> None:
    answer = client.get("/collections/roads/items?filter=lanes+%3E")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["parameter"] == "filter"


def test_a_form_filled_in_on_a_page_finds_what_programs_find(client: httpx.Client) -> None:
    asked = {"q": "", "bbox": "", "filter": "lanes > 1", "sortby": "-id", "limit": "2", "name": "", "f": "html"}
    page = Markup(client.get("/collections/roads/items", params=asked).text)
    found = client.get("/collections/roads/items", params={"filter": "lanes > 1", "sortby": "-id"}).json()
    assert f"{found['numberMatched']} feature" in page.text
    assert rows(page) == [f"/collections/roads/items/{feature['id']}" for feature in found["features"][:2]]


def test_pages_lead_forth_back_and_to_the_first(client: httpx.Client) -> None:
    first = Markup(client.get("/collections/roads/items?limit=1&sortby=id&f=html").text)
    assert paging(first).keys() == {"next"}
    second = Markup(client.get(paging(first)["next"], headers={"Accept": BROWSER}).text)
    assert paging(second).keys() == {"first", "prev", "next"}
    for rel in ("first", "prev"):
        back = Markup(client.get(paging(second)[rel], headers={"Accept": BROWSER}).text)
        assert rows(back) == rows(first)
    assert rows(second) != rows(first)


def paging(markup: Markup) -> dict[str, str]:
    links = markup.attributes("a")
    return {given["rel"]: given["href"] for given in links if given.get("rel") in ("first", "prev", "next")}


def rows(markup: Markup) -> list[str]:
    return [href for href in markup.links() if re.fullmatch(r"/collections/roads/items/[0-9]+", href)]


def test_everything_found_can_be_had_as_a_file(client: httpx.Client) -> None:
    page = Markup(client.get("/collections/roads/items?limit=1&filter=id+%3E+0&f=html").text)
    (href,) = [href for href in page.links() if "download" in href and href.endswith("f=csv")]
    assert href == "/collections/roads/download?filter=id+%3E+0&f=csv"
    found = client.get("/collections/roads/items?filter=id+%3E+0").json()["numberMatched"]
    assert len(client.get(href).text.splitlines()) == found + 1


def test_a_problem_keeps_the_readers_language(client: httpx.Client) -> None:
    asked = "/collections/roads/items?limit=0&lang=nl"
    page = client.get(asked, headers={"Accept": BROWSER})
    assert 'href="/collections?lang=nl"' in page.text
    assert 'href="/collections/roads/items?limit=0&amp;lang=de"' in page.text
    unknown = client.get("/collections?lang=xx", headers={"Accept": BROWSER})
    assert "lang=xx" not in unknown.text


def test_the_form_of_a_page_asks_for_no_more_than_a_page_holds(client: httpx.Client) -> None:
    page = client.get("/collections/roads/items?limit=5000", headers={"Accept": BROWSER})
    assert '<input type="number" name="limit" value="1000" min="1" max="1000">' in page.text


def test_what_a_client_sent_is_escaped(client: httpx.Client) -> None:
    page = client.get("/collections/%3Cscript%3Ealert(1)", headers={"Accept": BROWSER})
    assert "<script>alert" not in page.text


def test_the_schema_that_programs_read_has_no_page(client: httpx.Client) -> None:
    answer = client.get("/collections/roads/schemas/feature", headers={"Accept": BROWSER})
    assert answer.headers["content-type"] == "application/schema+json"
    assert client.get("/collections/roads/schemas/feature", params={"f": "html"}).status_code == 400


def test_static_files_are_served(client: httpx.Client) -> None:
    assert client.get("/static/portal.css").headers["content-type"].startswith("text/css")
    assert client.get("/static/../pages.py").status_code == 404
    assert client.get("/static/%2e%2e/pages.py").status_code == 404


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/static/map.js", "text/javascript; charset=utf-8"),
        ("/static/vendor/maplibre-gl/maplibre-gl-worker.mjs", "text/javascript; charset=utf-8"),
        ("/static/vendor/maplibre-gl/maplibre-gl.css", "text/css; charset=utf-8"),
        ("/static/vendor/noto-sans/Noto%20Sans%20Regular/0-255.pbf", "application/x-protobuf"),
    ],
)
def test_what_maps_load_is_typed_compressed_and_sent_once(client: httpx.Client, path: str, media_type: str) -> None:
    first = client.get(path)
    assert first.headers["content-type"] == media_type
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) < 0.7 * len(first.content)
    assert client.get(path, headers={"Accept-Encoding": "identity"}).content == first.content
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
