"""Every link of every document and page leads where it says, as what it says; none but licences leaves the service."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest

Document = Any

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# What stands for the places in the templates of addresses, and the tile that holds everything.
VALUES = {"tileMatrix": 0, "tileRow": 0, "tileCol": 0, "z": 0, "y": 0, "x": 0, "range": "0-255"}
OUTSIDE = {"license", "external", "noopener", "nofollow"}


class Answer(NamedTuple):
    """What came back, and where from."""

    status: int
    media_type: str
    text: str
    document: Document


Get = Callable[..., Answer]


@pytest.fixture(scope="module")
def get() -> Iterator[Get]:
    """Asks for each address once in each of two ways: as programs do, and as browsers."""
    seen: dict[tuple[str, str], Answer] = {}
    with httpx.Client(timeout=20) as client:

        def fetched(url: str, accept: str = "*/*") -> Answer:
            url = urldefrag(url).url
            if (url, accept) not in seen:
                # Downloads have tests of their own; that each is there is told without making it.
                method = "HEAD" if "/download?" in url else "GET"
                answer = client.request(method, url, headers={"Accept": accept})
                media_type = answer.headers.get("content-type", "")
                is_json = media_type.split(";")[0].endswith(("/json", "+json"))
                document = answer.json() if is_json and answer.content else None
                text = answer.text if media_type.startswith("text/html") else ""
                seen[url, accept] = Answer(answer.status_code, media_type, text, document)
            return seen[url, accept]

        yield fetched


def members(document: Document) -> Iterator[Document]:
    """Everything within a document, itself included."""
    yield document
    below = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for member in below:
        yield from members(member)


def links(document: Document) -> list[dict[str, Any]]:
    """Not the places of a schema that describes links."""
    return [entry for entry in members(document) if isinstance(entry, dict) and isinstance(entry.get("href"), str)]


def filled(template: str, document: Document) -> str:
    """An address from its template; letters are those that a style names."""
    fonts = (entry["text-font"] for entry in members(document) if isinstance(entry, dict) and "text-font" in entry)
    return re.sub(
        r"\{(\w+)\}", lambda part: str((VALUES | {"fontstack": ",".join(next(fonts, []))})[part[1]]), template
    )


def documents(get: Get, address: str) -> dict[str, Document]:
    """Every document that links lead to from the landing page, by its address."""
    found: dict[str, Document] = {}
    waiting = [f"{address}/", f"{address}/?lang=nl", f"{address}/basemap"]
    while waiting:
        here = waiting.pop()
        answer = get(here)
        if here in found or answer.document is None:
            continue
        found[here] = answer.document
        waiting += [
            link["href"]
            for link in links(answer.document)
            if link["href"].startswith(address) and not link.get("templated")
        ]
    return found


def test_every_link_of_every_document_leads_where_it_says(get: Get, address: str) -> None:
    followed = documents(get, address)
    number = 0
    for here, document in followed.items():
        for link in links(document):
            what = f"{here}: {link}"
            assert link["rel"], what
            assert link["title"].strip(), what
            assert "{" not in link["title"], what
            if not link["href"].startswith(address):
                assert (link["rel"], urlsplit(link["href"]).scheme) == ("license", "https"), what
                continue
            assert ("{" in link["href"]) is link.get("templated", False), what
            answer = get(filled(link["href"], document))
            number += 1
            assert answer.status == 200 or (answer.status == 204 and link.get("templated")), what
            assert answer.status == 204 or plain(answer.media_type) == plain(link["type"]), what
    print(f"followed {number} links of {len(followed)} documents")
    assert number > 300


def plain(media_type: str) -> str:
    """Without the character set, which for text is always UTF-8."""
    return media_type.replace("; charset=utf-8", "").replace("; ", ";")


def test_a_document_is_where_it_says_it_is(get: Get, address: str) -> None:
    for here, document in documents(get, address).items():
        own = [link for link in document.get("links", []) if link["rel"] == "self"]
        assert len(own) <= 1, here
        for link in own:
            assert get(link["href"]).document == document, here


def test_every_address_in_a_document_answers(get: Get, address: str) -> None:
    """Such as the sources, letters and icons of a style, and the tiles of a TileJSON document."""
    for here, document in documents(get, address).items():
        for text in members(document):
            if isinstance(text, str) and text.startswith(address + "/"):
                suffixes = (".json", ".png", "@2x.json", "@2x.png") if text.endswith("/sprite") else ("",)
                for suffix in suffixes:
                    assert get(filled(text, document) + suffix).status in (200, 204), f"{here}: {text}{suffix}"


class Page(HTMLParser):
    """The links of a page: rel, address, type; and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        given = {name: value or "" for name, value in attributes}
        self.places.add(given.get("id", ""))
        self.found += [(given[name], given) for name in ("href", "src", "action") if name in given]


def pages(get: Get, address: str) -> dict[str, Page]:
    """Every page that links lead to from the landing page in English, and the same in other languages one step on."""
    found: dict[str, Page] = {}
    waiting = [f"{address}/"]
    while waiting:
        here = waiting.pop()
        answer = get(here, BROWSER)
        if here in found or not answer.text:
            continue
        found[here] = Page(answer.text)
        for href, _ in found[here].found:
            there = urldefrag(urljoin(here, href)).url
            if there.startswith(address) and "lang=" not in there:
                waiting.append(there)
    return found


def test_every_link_of_every_page_leads_where_it_says(get: Get, address: str) -> None:
    followed = pages(get, address)
    number = 0
    for here, page in followed.items():
        for href, given in page.found:
            there, what = urljoin(here, href), f"{here}: {given}"
            if not there.startswith(address):
                assert OUTSIDE & set(given.get("rel", "").split()), what
                assert urlsplit(there).scheme in ("http", "https", "mailto"), what
                continue
            answer = get(there, BROWSER if "type" not in given else given["type"] or "*/*")
            number += 1
            assert answer.status == 200, what
            if given.get("rel") == "alternate" and "type" in given:
                assert plain(answer.media_type) == plain(given["type"]), what
            if "hreflang" in given:
                assert f'<html lang="{given["hreflang"]}"' in answer.text, what
            place = urldefrag(there).fragment
            assert not place or place in Page(answer.text).places, what
    print(f"followed {number} links of {len(followed)} pages")
    assert number > 1000
