"""Takes the pictures of the documentation from a running service: `make pictures` while `otn up` serves.

The places at zoom 11 and 14 are drawn once their OpenStreetMap extracts are loaded.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
# Maps are drawn by the processor: WebGL without a graphics card.
_ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
_OVERVIEWS = {"antwerp": (51.22, 4.40), "riga": (56.95, 24.10), "crete": (35.24, 24.90)}
_TOWNS = {
    "wechelderzande": (51.267, 4.787),
    "monaco": (43.7345, 7.4200),
    "liechtenstein": (47.141, 9.522),
    "prague": (50.1286, 14.4669),
}
_PAGES = {"start": "/", "collection": "/collections/ports", "features": "/collections/airports/items?country=BE"}
MAPS = {f"{name}-z{zoom}": (zoom, *place) for name, place in _OVERVIEWS.items() for zoom in (2, 5, 8)} | {
    f"{name}-z{zoom}": (zoom, *place) for name, place in _TOWNS.items() for zoom in (11, 14)
}


# Towns as on paper, whatever the screen is.
PRINTED = {f"{name}-z14-print": (14, *place) for name, place in _TOWNS.items() if name in ("wechelderzande", "monaco")}


def take(page: Page, address: str, name: str, *, only_map: bool = False) -> None:
    """A picture of a page, or of its map alone, once its maps are drawn."""
    page.goto("about:blank")
    page.goto(address)
    if page.locator("[data-map]").count():
        page.locator("[data-map][aria-busy=false]").first.wait_for()
    shown = page.locator(".map-canvas").first if only_map else page
    shown.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


def main(service: str) -> None:
    """Every picture: pages whole, maps without what stands around them."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.set_extra_http_headers({"Accept-Language": "en"})
        for name, path in _PAGES.items():
            take(page, service + path, name)
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 760, "height": 620}, color_scheme=scheme)
            for name, (zoom, latitude, longitude) in MAPS.items():
                if scheme == "light" or zoom == 8:
                    suffix = "" if scheme == "light" else "-dark"
                    take(
                        page, f"{service}/styles/map?f=html#{zoom}/{latitude}/{longitude}", name + suffix, only_map=True
                    )
        for name, (zoom, latitude, longitude) in PRINTED.items():
            take(page, f"{service}/styles/map-print?f=html#{zoom}/{latitude}/{longitude}", name, only_map=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
