"""Other people's programs read elevation: GDAL its values and its maps, MapLibre its terrain."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import rasterio
from playwright.sync_api import Browser

from tests.clients.programs import run

pytestmark = pytest.mark.clients

PLACES = ((7.42, 43.74), (7.25, 43.85), (7.12, 43.62), (7.6, 43.9))
WAIT = 60_000  # milliseconds


@pytest.fixture(scope="module")
def expected(real_data: Path) -> list[int]:
    """The heights of the source at the places."""
    with rasterio.open(real_data / "srtm_dem" / "N43E007.tif") as source:
        return [int(value[0]) for value in source.sample(PLACES)]


def test_gdal_reads_the_values_of_the_source(elevation_service: str, expected: list[int]) -> None:
    address = f"/vsicurl/{elevation_service}/collections/elevation/coverage?f=geotiff"
    read = [int(run("gdallocationinfo", "-valonly", "-wgs84", address, str(x), str(y)).strip()) for x, y in PLACES]
    assert read == expected
    described = run("gdalinfo", address)
    assert "LAYOUT=COG" in described
    assert "NoData Value=-32768" in described
    assert "Overviews" in described


def test_gdal_draws_the_map_by_discovery(elevation_service: str, tmp_path: Path) -> None:
    picture = tmp_path / "map.tif"
    window = ("-projwin", "7.2", "43.9", "7.4", "43.7", "-outsize", "200", "200")
    run(
        "gdal_translate",
        "-q",
        *window,
        f"OGCAPI:{elevation_service}/collections/elevation",
        "-oo",
        "API=MAP",
        str(picture),
        folder=tmp_path,
    )
    with rasterio.open(picture) as file:
        assert file.shape == (200, 200)
        assert file.read().std() > 5


def test_maplibre_reads_terrain(browser: Browser, web_site: str, elevation_service: str, expected: list[int]) -> None:
    places = ";".join(f"{x},{y}" for x, y in PLACES)
    asked = {"service": elevation_service, "centre": "7.35,43.82", "zoom": "9.4", "places": places}
    complaints: list[str] = []
    with browser.new_page() as page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
        page.goto(f"{web_site}/maplibre-terrain.html?{urlencode(asked)}")
        seen: dict[str, Any] = page.wait_for_function("() => window.seen", timeout=WAIT).json_value()
    assert complaints == []
    assert "error" not in seen, seen
    # Of tiles that are coarser than the cells.
    assert seen["heights"] == pytest.approx(expected, abs=60)
    assert "SRTM, NASA and NGA" in seen["attribution"]
