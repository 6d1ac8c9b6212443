"""Takes the pictures of the documentation from a running service: `make pictures` while `otn up` serves.

A sheet shows one style at the places and zooms of its table, light and dark or for print. Places where a collection has
nothing are left out of its sheets: towns are drawn once their OpenStreetMap extracts are loaded. Names of pictures, as
`roads-towns`, take these alone.
"""

import base64
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent / "images"
# Maps are drawn by the processor: WebGL without a graphics card.
_ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
_PAGES = {"start": "/", "collection": "/collections/ports", "features": "/collections/airports/items?country=BE"}
# Drawn from the zoom of a town on: their overviews are the base map alone.
_OF_TOWNS = {"road-nodes", "port-facilities", "buildings"}
# Drawn in the cities that publish them.
_MEASURED = {"accidents", "traffic-counts", "traffic-volumes"}
_QUALITY = 85
_VIEW: ViewportSize = {"width": 380, "height": 420}
_TILE_PIXELS = 512
"""Of a side of a map at zoom 0, as MapLibre counts zooms."""


@dataclass(frozen=True)
class Table:
    """What a sheet shows: a row for each place (name, latitude, longitude), a column for each variant and zoom."""

    name: str
    places: Sequence[tuple[str, float, float]]
    zooms: Sequence[int]
    variants: Sequence[str] = ("light", "dark")


OVERVIEWS = Table("overviews", (("Antwerp", 51.22, 4.40), ("Riga", 56.95, 24.10), ("Crete", 35.24, 24.90)), (2, 5, 8))
TOWNS = Table(
    "towns",
    (
        ("Wechelderzande", 51.267, 4.787),
        ("Monaco", 43.7345, 7.4200),
        ("Liechtenstein", 47.141, 9.522),
        ("Prague", 50.1286, 14.4669),
    ),
    (11, 14, 16),
)
CITIES = Table("cities", (("Birmingham", 52.4827, -1.8904),), (8, 11, 14, 16))
PRINTED = replace(TOWNS, name="print", variants=("print",))
HEIGHTS = Table("heights", (("Monaco", 43.7345, 7.4200),), (8, 11, 13), ("light",))


def with_features(service: str, collection: str, table: Table) -> Table:
    """The table with those places alone that have features of the collection in the view of its lowest zoom."""
    degrees = 360 * _VIEW["width"] / (_TILE_PIXELS * 2 ** table.zooms[0])
    kept = []
    for place in table.places:
        _, latitude, longitude = place
        south, north = max(-90, latitude - degrees / 2), min(90, latitude + degrees / 2)
        west, east = max(-180, longitude - degrees / 2), min(180, longitude + degrees / 2)
        query = {"bbox": f"{west},{south},{east},{north}", "limit": 1}
        found = httpx.get(f"{service}/collections/{collection}/items", params=query, timeout=30).raise_for_status()
        if found.json()["features"]:
            kept.append(place)
    return replace(table, places=kept)


def shot(page: Page, address: str, *, only_map: bool) -> bytes:
    """A PNG of a page, or of its map alone, once its maps are drawn."""
    page.goto("about:blank")
    page.goto(address)
    if page.locator("[data-map]").count():
        page.locator("[data-map][aria-busy=false]").first.wait_for()
    return (page.locator(".map-canvas").first if only_map else page).screenshot()


def rows(pages: dict[str, Page], service: str, style: str, table: Table) -> Iterator[str]:
    """The rows of a sheet, as HTML, each variant seen in its page."""
    heads = "".join(f"<th>zoom {zoom}, {variant}</th>" for variant in pages for zoom in table.zooms)
    yield f"<tr><th></th>{heads}</tr>"
    for place, latitude, longitude in table.places:
        cells = ""
        for variant, page in pages.items():
            shown = style if variant == "light" else f"{style}-{variant}"
            for zoom in table.zooms:
                address = f"{service}/styles/{shown}?f=html#{zoom}/{latitude}/{longitude}"
                picture = base64.b64encode(shot(page, address, only_map=True)).decode()
                cells += f'<td><img src="data:image/png;base64,{picture}" alt=""></td>'
        yield f"<tr><th>{place}</th>{cells}</tr>"


def page_for(browser: Browser, variant: str) -> Page:
    """A small page, of a reader who prefers dark where the variant is."""
    return browser.new_page(viewport=_VIEW, color_scheme="dark" if variant == "dark" else "light")


def sheet(browser: Browser, service: str, style: str, table: Table) -> bytes:
    """A JPEG of one style at every place and zoom of a table."""
    pages = {variant: page_for(browser, variant) for variant in table.variants}
    body = "".join(rows(pages, service, style, table))
    for page in pages.values():
        page.close()
    page = browser.new_page(viewport={"width": 1600, "height": 800})
    css = "body{margin:8px;font:13px sans-serif}td{padding:2px}img{width:245px;display:block}"
    page.set_content(f"<style>{css}</style><table>{body}</table>")
    taken = page.locator("table").screenshot(type="jpeg", quality=_QUALITY)
    page.close()
    return taken


def sheets(service: str) -> Iterator[tuple[str, Table]]:
    """Style and table of every sheet: the map, each collection, and heights where there are some."""
    yield from (("map", table) for table in (PRINTED, OVERVIEWS, TOWNS))
    found = httpx.get(f"{service}/collections", timeout=30).raise_for_status().json()
    for entry in found["collections"]:
        if entry["itemType"] == "feature":
            yield from ((entry["id"], table) for table in tables_of(entry["id"]))
        else:
            yield from ((style, HEIGHTS) for style in ("hillshade", "relief"))


def tables_of(collection: str) -> Sequence[Table]:
    """Where a collection is drawn."""
    if collection in _MEASURED:
        return (CITIES,)
    return (TOWNS,) if collection in _OF_TOWNS else (OVERVIEWS, TOWNS)


def main(service: str, *wanted: str) -> None:
    """The pictures whose names are given, or all: pages whole, and the sheets."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.set_extra_http_headers({"Accept-Language": "en"})
        for name, path in _PAGES.items():
            if not wanted or name in wanted:
                write(f"{name}.png", shot(page, service + path, only_map=False))
        for style, table in sheets(service):
            name = f"{style}-{table.name}"
            if wanted and name not in wanted:
                continue
            shown = table if style == "map" or table is HEIGHTS else with_features(service, style, table)
            if shown.places:
                write(f"{name}.jpg", sheet(browser, service, style, shown))
        browser.close()


def write(name: str, content: bytes) -> None:
    """Writes a picture and says so."""
    (IMAGES / name).write_bytes(content)
    print(f"docs/images/{name}")


if __name__ == "__main__":
    main("http://127.0.0.1:8000", *sys.argv[1:])
