"""Map libraries in a real browser, on pages of another origin: MapLibre, OpenLayers, Leaflet."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pyproj
import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.clients

# Motorways and trunk roads of the default data about Manchester; the airports of Latvia.
ROADS = {"collection": "roads", "centre": "-2.25,53.5", "zoom": "8"}
AIRPORTS = {"collection": "airports", "centre": "24.5,56.9", "zoom": "6"}
WAIT = 60_000  # milliseconds

Open = Callable[..., dict[str, Any]]


@pytest.fixture
def open_page(browser: Browser, web_site: str, service: str) -> Open:
    """Opens a page of the web site and gives what it has seen; nothing else may have gone wrong."""

    def opened(name: str, **asked: str) -> dict[str, Any]:
        address = f"{web_site}/{name}.html?{urlencode({'service': service, **asked})}"
        complaints: list[str] = []
        with browser.new_page() as page:
            listen(page, complaints, {urlsplit(web_site).netloc, urlsplit(service).netloc})
            page.goto(address)
            seen: dict[str, Any] = page.wait_for_function("() => window.seen", timeout=WAIT).json_value()
        print(f"{name} {asked}: { {key: value for key, value in seen.items() if not isinstance(value, list)} }")
        assert complaints == []
        assert "error" not in seen
        return seen

    return opened


def listen(page: Page, complaints: list[str], hosts: set[str]) -> None:
    """Notes what the console says, what fails, and what is asked of any other host."""
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    page.on(
        "request",
        lambda request: (
            complaints.append(f"another host: {request.url}")
            if request.url.startswith("http") and urlsplit(request.url).netloc not in hosts
            else None
        ),
    )


def items(service: str, collection: str, **parameters: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{service}/collections/{collection}/items", params=parameters, timeout=60)
    answer.raise_for_status()
    features: list[dict[str, Any]] = answer.json()["features"]
    return features


@pytest.mark.parametrize("place", [ROADS, AIRPORTS], ids=lambda place: place["collection"])
def test_maplibre_draws_a_collection_by_its_tilejson(open_page: Open, service: str, place: dict[str, str]) -> None:
    seen = open_page("maplibre-tilejson", **place)
    assert seen["features"] > 5
    assert all(isinstance(number, int) for number in seen["ids"])
    [feature] = items(service, place["collection"], limit="1")
    named = {name for properties in seen["properties"] for name in properties}
    assert "dataset" in named
    assert named <= feature["properties"].keys()
    assert named <= set(seen["fields"]) <= feature["properties"].keys()


def test_maplibre_draws_the_whole_dataset_from_one_source(open_page: Open) -> None:
    seen = open_page("maplibre-tilejson", centre=AIRPORTS["centre"], zoom=AIRPORTS["zoom"])
    assert {"airports", "ports"} <= set(seen["layers"])
    assert all(isinstance(number, int) for number in seen["ids"])


def test_openlayers_finds_the_whole_dataset_from_the_landing_page(open_page: Open) -> None:
    seen = open_page("openlayers", centre=AIRPORTS["centre"], zoom=AIRPORTS["zoom"])
    assert {"airports", "ports"} <= set(seen["layers"])


def test_openlayers_draws_in_the_system_of_europe(open_page: Open, service: str) -> None:
    """By the definition of the tile matrix set, whose axes stand as the system has them."""
    project = pyproj.Transformer.from_crs(4326, 3035, always_xy=True).transform
    centre = ",".join(map(str, project(24.5, 56.9)))
    seen = open_page("openlayers", collection="airports", set="EuropeanETRS89_LAEAQuad", centre=centre, zoom="2")
    assert seen["projection"].endswith("/3035")
    drawn = dict(zip(seen["ids"], seen["places"], strict=True))
    latvian = {
        feature["id"]: project(*feature["geometry"]["coordinates"])
        for feature in items(service, "airports", country="LV", limit="1000")
    }
    both = drawn.keys() & latvian.keys()
    assert len(both) > 3
    for number in both:
        assert drawn[number] == pytest.approx(latvian[number], abs=200)


def test_a_feature_of_a_tile_is_the_feature_of_that_id(open_page: Open, service: str) -> None:
    seen = open_page("maplibre-tilejson", **AIRPORTS)
    number, properties = seen["ids"][0], seen["properties"][0]
    feature = httpx.get(f"{service}/collections/airports/items/{number}").json()
    assert properties.items() <= feature["properties"].items()


@pytest.mark.parametrize("style", ["roads", "roads-dark", "map", "map-dark"])
def test_maplibre_draws_a_style(open_page: Open, style: str) -> None:
    seen = open_page("maplibre-style", style=style, centre=ROADS["centre"], zoom=ROADS["zoom"])
    assert seen["features"] > 5
    assert "roads" in seen["sources"]


@pytest.mark.parametrize("place", [ROADS, AIRPORTS], ids=lambda place: place["collection"])
def test_openlayers_finds_and_draws_the_tiles(open_page: Open, place: dict[str, str]) -> None:
    seen = open_page("openlayers", **place)
    assert seen["features"] > 5
    assert seen["projection"] == "EPSG:3857"
    assert seen["layers"] == [place["collection"]]
    assert all(isinstance(number, int) for number in seen["ids"])


@pytest.mark.parametrize("place", [ROADS, AIRPORTS], ids=lambda place: place["collection"])
def test_leaflet_draws_features_page_by_page(open_page: Open, place: dict[str, str]) -> None:
    seen = open_page("leaflet", **place)
    assert seen["features"] > 5
    assert seen["drawn"] == seen["features"]
    assert seen["pages"] == -(-seen["features"] // 1000)


def test_a_page_of_another_origin_may_ask_and_read_what_it_needs(browser: Browser, web_site: str, service: str) -> None:
    """With headers that browsers ask permission for first, of answers that are errors too."""
    script = """async ([address, headers]) => {
      const answer = await fetch(address, { headers });
      return { status: answer.status, link: answer.headers.get("Link"), etag: answer.headers.get("ETag") };
    }"""
    asking = {"If-None-Match": '"x"', "Authorization": "Bearer x", "X-Requested-With": "XMLHttpRequest"}
    with browser.new_page() as page:
        page.goto(f"{web_site}/page.js")
        seen = page.evaluate(script, [f"{service}/collections/airports/items?limit=1", asking])
        refused = page.evaluate(script, [f"{service}/collections/airports/items?limit=0", asking])
        absent = page.evaluate(script, [f"{service}/nowhere", asking])
    assert seen["status"] == 200
    assert 'rel="next"' in seen["link"]
    assert (refused["status"], absent["status"]) == (400, 404)
