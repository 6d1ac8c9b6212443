"""The service's own pages with a map, in a real browser: drawn, strict, by keyboard, on a phone, in four languages."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.clients

WAIT = 60_000  # milliseconds
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
PAGES = [
    "/collections",
    "/collections/roads",
    "/collections/airports/items?country=LV",
    "/collections/ports/items?unLocode=BEANR",
    "/styles/map",
    "/styles/map-print",
]
# Finds the map of a page through the library's module, which the page has loaded itself, and says what it draws.
DRAWN = """async ([centre, zoom]) => {
    const {Map} = await import("/static/vendor/maplibre-gl/maplibre-gl.mjs");
    const fire = Map.prototype.fire;
    const map = await new Promise((found) => {
        Map.prototype.fire = function (...event) { found(this); return fire.apply(this, event); };
        document.querySelector(".maplibregl-canvas").dispatchEvent(new MouseEvent("mousemove", {bubbles: true}));
    });
    Map.prototype.fire = fire;
    if (centre) {
        map.jumpTo({center: centre, zoom});
        await map.once("idle");
    }
    const layers = {};
    for (const {layer} of map.queryRenderedFeatures()) layers[layer.id] = (layers[layer.id] ?? 0) + 1;
    const {width, height} = map.getCanvas().getBoundingClientRect();
    return {layers, width, height, box: map.getBounds().toArray().flat()};
}"""
# What breaks the Content-Security-Policy is noted before anything else runs.
WATCH_POLICY = """
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + event.blockedURI));
"""

Open = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def open_page(browser: Browser, service: str) -> Open:
    """Opens a page and, when its map is drawn, hands it over. Afterwards nothing may have gone wrong."""

    @contextmanager
    def opened(
        path: str, size: dict[str, int] = DESKTOP, language: str = "en", scheme: str = "light"
    ) -> Iterator[Page]:
        complaints: list[str] = []
        options: Any = {"viewport": size, "color_scheme": scheme, "locale": language}
        with browser.new_context(**options) as context:
            page = context.new_page()
            _listen(page, complaints, urlsplit(service).netloc)
            page.add_init_script(WATCH_POLICY)
            page.goto(service + path)
            page.wait_for_selector("figure[data-map][aria-busy=false]", timeout=WAIT)
            yield page
            assert page.evaluate("violations") == []
        assert complaints == []

    return opened


def _listen(page: Page, complaints: list[str], host: str) -> None:
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    page.on(
        "request",
        lambda request: (
            complaints.append(f"another host: {request.url}")
            if urlsplit(request.url).netloc not in (host, "")
            else None
        ),
    )


def drawn(page: Page, centre: tuple[float, float] | None = None, zoom: float | None = None) -> dict[str, Any]:
    """Features by layer, the size of the map on the page, and the box it shows."""
    seen: dict[str, Any] = page.evaluate(DRAWN, [centre, zoom])
    return seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_draw_their_map(open_page: Open, path: str, size: dict[str, int], scheme: str) -> None:
    with open_page(path, size, scheme=scheme) as page:
        seen = drawn(page)
        print(f"{path} {size['width']} {scheme}: {seen['layers']}")
        assert set(seen["layers"]) - {"land", "boundaries", "country-names", "water"}
        assert seen["layers"]["land"] > 0
        assert seen["height"] >= 280
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize(
    ("place", "centre"), [("Antwerp", (4.4, 51.2)), ("Riga", (24.1, 56.9))], ids=lambda value: str(value)
)
@pytest.mark.parametrize("zoom", [0, 2, 5, 8])
def test_roads_ports_and_airports_are_drawn_at_every_zoom(
    open_page: Open, place: str, centre: tuple[float, float], zoom: int
) -> None:
    with open_page("/styles/map") as page:
        layers = drawn(page, centre, zoom)["layers"]
        print(f"{place} z{zoom}: {layers}")
        assert {"roads", "ports", "airports", "land"} <= layers.keys()


def test_the_roads_of_a_village_carry_their_names(open_page: Open, real_data: object) -> None:  # noqa: ARG001
    with open_page("/styles/map") as page:
        layers = drawn(page, (4.79, 51.265), 14)["layers"]
        assert layers["roads-names"] > 3
        assert layers["roads-nationalRoadCode"] > 0


@pytest.mark.parametrize(
    ("language", "zoom_in", "title"),
    [("en", "Zoom in", "Map"), ("nl", "Inzoomen", "Kaart"), ("fr", "Zoomer", "Carte"), ("de", "Hineinzoomen", "Karte")],
)
def test_controls_and_countries_are_named_in_the_readers_language(
    open_page: Open, language: str, zoom_in: str, title: str
) -> None:
    with open_page("/collections/ports", language=language) as page:
        expect(page.get_by_role("button", name=zoom_in, exact=True)).to_be_visible()
        expect(page.get_by_role("region", name=title, exact=True)).to_be_visible()
        style = page.evaluate("fetch(document.querySelector('figure').dataset.style).then((answer) => answer.json())")
        assert f"name:{language}" in json.dumps(style)


def test_the_keyboard_reaches_the_map_its_controls_and_its_features(open_page: Open, service: str) -> None:
    feature = httpx.get(f"{service}/collections/ports/items?unLocode=BEANR").json()["features"][0]
    with open_page(f"/collections/ports/items/{feature['id']}") as page:
        page.locator("#main").focus()
        order = [_next_focus(page) for _ in range(4)]
        assert order == ["Map", "Zoom in", "Zoom out", "Map over the whole screen"]
        page.locator(".maplibregl-canvas").focus()
        page.keyboard.press("Enter")
        answer = page.locator(".map-answer")
        expect(answer).to_contain_text("BEANR")
        link = answer.get_by_role("link", name="Antwerpen")
        assert link.get_attribute("href") == f"/collections/ports/items/{feature['id']}"


def _next_focus(page: Page) -> str:
    page.keyboard.press("Tab")
    name: str = page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")
    return name


def test_a_click_tells_what_a_feature_is_with_titles_and_units(open_page: Open, service: str) -> None:
    feature = httpx.get(f"{service}/collections/airports/items?icao=EVRA").json()["features"][0]
    with open_page(f"/collections/airports/items/{feature['id']}", language="de") as page:
        page.locator(".maplibregl-canvas").click()
        answer = page.locator(".map-answer")
        expect(answer).to_contain_text("ICAO-Code")
        expect(answer).to_contain_text("EVRA")
        expect(answer).to_contain_text("\u00a0m")


def test_what_publishers_wrote_is_never_markup_in_an_answer(open_page: Open, service: str) -> None:
    feature = httpx.get(f"{service}/collections/ports/items?unLocode=BEANR").json()["features"][0]
    wild = "<img src=x onerror=alert(1)>"
    poisoned = feature | {"properties": feature["properties"] | {"name": wild}}

    def answer(route: Any) -> None:
        route.fulfill(json=poisoned) if "f=json" in route.request.url else route.fallback()

    with open_page("/collections") as page:
        page.route(f"**/collections/ports/items/{feature['id']}**", answer)
        page.goto(f"{service}/collections/ports/items/{feature['id']}")
        page.wait_for_selector("figure[data-map][aria-busy=false]", timeout=WAIT)
        page.locator(".maplibregl-canvas").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".map-answer")).to_contain_text(wild)
        assert page.locator(".map-answer img").count() == 0


def test_the_view_of_the_map_becomes_the_box_of_a_search(open_page: Open) -> None:
    with open_page("/collections/airports/items?country=LV&limit=5") as page:
        shown = drawn(page)["box"]
        with page.expect_navigation():
            page.get_by_role("button", name="Search in this area").click()
        asked = parse_qs(urlsplit(page.url).query)
        assert [float(edge) for edge in asked["bbox"][0].split(",")] == pytest.approx(shown, abs=1e-3)
        assert asked["country"] == ["LV"]
        page.wait_for_selector("figure[data-map][aria-busy=false]", timeout=WAIT)


def test_without_scripts_a_page_tells_the_same_in_words(browser: Browser, service: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{service}/collections/airports/items?country=LV")
        expect(page.locator("figure")).to_be_hidden()
        expect(page.get_by_role("table")).to_be_visible()
        expect(page.get_by_role("button", name="Search in this area")).to_be_hidden()


def test_a_browser_that_cannot_draw_says_so(browser: Browser, service: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto(f"{service}/collections/ports")
        page.wait_for_selector("figure[data-map][aria-busy=false]", timeout=WAIT)
        expect(page.locator(".map-canvas")).to_contain_text("cannot draw the map")
